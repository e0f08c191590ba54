package render

import (
	"fmt"
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
// the shop, its ShopSet or its tier it names the maintenance Service instead.
func Route(in Input, s shop.Shop) (path string, data []byte, err error) {
	path = RoutePath(in.ShopSet.Name, s.Name)
	data, err = in.route(string(s.Name), s.Hosts, s.Maintenance)
	if err != nil {
		return path, nil, fmt.Errorf("render the route of shop %q: %w", s.Name, err)
	}
	return path, data, nil
}

// RoutePath is where the route of a shop lies on a tier branch.
func RoutePath(set shop.ShopSetID, s shop.ShopID) string {
	return "shopsets/" + string(set) + "/shops/" + string(s) + ".yaml"
}

// route writes text, not a tree: there are 100,000 of them.
func (in Input) route(name string, hosts []string, own *shop.Maintenance) ([]byte, error) {
	service, port := in.Configuration.Service, intent.Port(in.Configuration)
	closed := in.maintained(own)
	if closed != nil {
		service, port = intent.MaintenanceService(in.Policy), in.Facts.MaintenancePort
		if port == 0 {
			return nil, fmt.Errorf("a maintenance needs Service %q, and the base of Configuration %q has none", service, in.Configuration.Name)
		}
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
		in.httpRoute(line, hosts, service, port)
	} else {
		in.ingress(line, hosts, service, port)
	}
	return []byte(b.String()), nil
}

func (in Input) httpRoute(line func(int, ...string), hosts []string, service string, port int) {
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
}

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
