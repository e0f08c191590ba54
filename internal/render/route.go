package render

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// wildcardName cannot be a shop's: those have no dot.
const wildcardName = "wildcard.shops"

// Route is the file that brings the hosts of a shop to the ShopSet of in: an
// HTTPRoute, or an Ingress where the cluster routes so. During a maintenance of
// the shop, its ShopSet or its tier it names the Service that answers for that;
// one of the shop's own lies in the same file.
func Route(in Input, s shop.Shop) (path string, data []byte) {
	closed := in.closed(&s)
	data = in.route(string(s.Name), s.Hosts, closed)
	if closed != nil && closed.kind == shop.KindShop && in.ours(closed) {
		data = append(data, in.backend(closed)...)
	}
	return RoutePath(in.ShopSet.Name, s.Name), data
}

// RoutePath is where the route of a shop lies on a tier branch.
func RoutePath(set shop.ShopSetID, s shop.ShopID) string {
	return "shopsets/" + string(set) + "/shops/" + string(s) + ".yaml"
}

// route writes text, not a tree: there are 100,000 of them.
func (in Input) route(name string, hosts []string, closed *closing) []byte {
	service, port := in.Configuration.Service, intent.Port(in.Configuration)
	if closed != nil {
		service, port = in.answering(closed)
	}
	var b strings.Builder
	b.Grow(768)
	line := func(indent int, parts ...string) {
		b.WriteString("                    "[:indent])
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	gateway := intent.Routing(in.Cluster) == "gateway"
	b.WriteString(header)
	if gateway {
		line(0, "apiVersion: gateway.networking.k8s.io/v1")
		line(0, "kind: HTTPRoute")
	} else {
		line(0, "apiVersion: networking.k8s.io/v1")
		line(0, "kind: Ingress")
	}
	line(0, "metadata:")
	if closed != nil {
		line(2, "annotations:")
		line(4, `shopset.dev/maintenance-until: "`, closed.Until.UTC().Format(time.RFC3339), `"`)
	}
	line(2, "labels:")
	if name != wildcardName {
		line(4, "shopset.dev/shop: ", plain(name))
	}
	line(4, "shopset.dev/shopset: ", plain(string(in.ShopSet.Name)))
	line(4, "shopset.dev/system: ", plain(in.Policy.Name))
	line(4, "shopset.dev/tier: ", plain(string(in.Tier.Name)))
	line(2, "name: ", plain(name))
	line(2, "namespace: ", plain(intent.Namespace(in.ShopSet)))
	line(0, "spec:")
	if gateway {
		in.httpRoute(line, hosts, closed, service, port)
	} else {
		in.ingress(line, hosts, service, port)
	}
	return []byte(b.String())
}

func (in Input) httpRoute(line func(int, ...string), hosts []string, closed *closing, service string, port int) {
	line(2, "hostnames:")
	for _, h := range hosts {
		line(4, "- ", plain(h))
	}
	namespace, gateway, _ := strings.Cut(intent.Gateway(in.Cluster), "/")
	line(2, "parentRefs:")
	line(4, "- name: ", plain(gateway))
	line(6, "namespace: ", plain(namespace))
	line(2, "rules:")
	line(4, "- backendRefs:")
	line(8, "- name: ", plain(service))
	line(10, "port: ", strconv.Itoa(port))
	if closed != nil && !in.ours(closed) {
		in.lead(line, closed)
	}
}

// lead tells the base's own Service of the maintenance, and leads those past it
// who know the word: what a generated backend does by itself.
func (in Input) lead(line func(int, ...string), closed *closing) {
	line(6, "filters:")
	line(8, "- requestHeaderModifier:")
	line(12, "set:")
	for _, h := range closed.told() {
		line(14, "- name: ", h[0])
		line(16, "value: ", strconv.Quote(h[1]))
	}
	line(10, "type: RequestHeaderModifier")
	line(4, "- backendRefs:")
	line(8, "- name: ", plain(in.Configuration.Service))
	line(10, "port: ", strconv.Itoa(intent.Port(in.Configuration)))
	line(6, "matches:")
	line(8, "- headers:")
	line(12, "- name: ", BypassHeader)
	line(14, "value: ", strconv.Quote(in.bypass(closed)))
}

// BypassHeader carries the word of Bypass.
const BypassHeader = "Shopset-Bypass"

func (in Input) ingress(line func(int, ...string), hosts []string, service string, port int) {
	if in.Cluster.IngressClass != "" {
		line(2, "ingressClassName: ", plain(in.Cluster.IngressClass))
	}
	line(2, "rules:")
	for _, h := range hosts {
		line(4, "- host: ", plain(h))
		line(6, "http:")
		line(8, "paths:")
		line(10, "- backend:")
		line(14, "service:")
		line(16, "name: ", plain(service))
		line(16, "port:")
		line(18, "number: ", strconv.Itoa(port))
		line(12, "path: /")
		line(12, "pathType: Prefix")
	}
}

var (
	plainForm = regexp.MustCompile(`^[a-z][a-z0-9.-]*$`)
	words     = map[string]bool{"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "null": true, "y": true, "n": true}
)

// plain writes a name or host so that every YAML parser reads text: 123, null and
// *.example.jp need quotes.
func plain(v string) string {
	if plainForm.MatchString(v) && !words[v] {
		return v
	}
	return strconv.Quote(v)
}
