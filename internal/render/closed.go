package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// closing is a maintenance in force with what it closes: the switch of a shop,
// of its ShopSet or of the tier.
type closing struct {
	*shop.Maintenance
	kind shop.Kind
	name string
}

// closed is the maintenance that ends last of those that close a shop, nil if it
// is open: each is a switch of its own. Whether `until` has passed is not looked
// at: an end is written. Without a shop it is what closes the whole ShopSet.
func (in Input) closed(own *shop.Shop) *closing {
	all := []closing{
		{in.ShopSet.Maintenance, shop.KindShopSet, string(in.ShopSet.Name)},
		{in.Tier.Maintenance, shop.KindTier, string(in.Tier.Name)},
	}
	if own != nil {
		all = append([]closing{{own.Maintenance, shop.KindShop, string(own.Name)}}, all...)
	}
	all = slices.DeleteFunc(all, func(c closing) bool { return c.Maintenance == nil })
	if len(all) == 0 {
		return nil
	}
	last := slices.MaxFunc(all, func(a, b closing) int { return cmp.Compare(a.Until.Unix(), b.Until.Unix()) })
	return &last
}

// ours reports whether a closing needs a backend that we generate: the base
// brings none, or somebody is to be let in.
func (in Input) ours(c *closing) bool { return in.Facts.MaintenancePort == 0 || len(c.Allow) > 0 }

// answering is the Service that answers for a closing.
func (in Input) answering(c *closing) (service string, port int) {
	if !in.ours(c) {
		return intent.MaintenanceService(in.Policy), in.Facts.MaintenancePort
	}
	return closedName(c), 80
}

// longestName is that of a Service.
const longestName = 63

// closedName is what the objects of a generated backend are called. Those of a
// shop begin otherwise than the one of the whole ShopSet.
func closedName(c *closing) string {
	if c.kind != shop.KindShop {
		return "maintenance-shopset"
	}
	name := "maintenance-shop-" + c.name
	if len(name) > longestName {
		sum := sha256.Sum256([]byte(name))
		name = name[:longestName-9] + "-" + hex.EncodeToString(sum[:4])
	}
	return name
}

// closedFile holds the backend of a whole ShopSet, beside the routes. It cannot
// be a shop's: those have no dot.
const closedFile = "maintenance.shopset.yaml"

// ClosedPath is where the backend of a closed ShopSet lies on a tier branch.
func ClosedPath(set shop.ShopSetID) string { return "shopsets/" + string(set) + "/shops/" + closedFile }

// Bypass is the word that lets people into what a maintenance closes. Who reads
// the system repository can work it out; it keeps customers out, not attackers.
func Bypass(system string, kind shop.Kind, name string, m shop.Maintenance) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "bypass\n%s\n%s\n%s\n%d\n%d\n%s\n%s", system, kind, name, m.Until.Unix(), m.At.Unix(), m.By, m.Reason))
	return hex.EncodeToString(sum[:10])
}

// BypassKey is the parameter, the cookie and, with hyphens, the header of it.
const BypassKey = "shopset_bypass"

func (in Input) bypass(c *closing) string {
	return Bypass(in.Policy.Name, c.kind, c.name, *c.Maintenance)
}

// retryAfter is the end of a maintenance as HTTP says it.
func retryAfter(until time.Time) string { return until.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }

// told are the headers by which the base's own Service learns of a maintenance.
func (c *closing) told() [][2]string {
	headers := [][2]string{{"Shopset-Maintenance-Until", c.Until.UTC().Format(time.RFC3339)}}
	if c.Message != "" {
		headers = append(headers, [2]string{"Shopset-Maintenance-Message", escaped(c.Message)})
	}
	return headers
}

// longestHeader is that of a value in an HTTPRoute.
const longestHeader = 4096

// escaped is a text in percent-encoding, cut between two characters.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == utf8.RuneError {
			continue
		}
		e := strings.ReplaceAll(url.QueryEscape(string(r)), "+", "%20")
		if b.Len()+len(e) > longestHeader {
			break
		}
		b.WriteString(e)
	}
	return b.String()
}

// backend are the documents of the Service that answers for a closing: before
// the routes lead to it, it runs (decision 14).
func (in Input) backend(c *closing) []byte {
	name := closedName(c)
	page, config := in.page(c), in.nginx(c)
	sum := sha256.Sum256([]byte(page + config))
	selector := object{"shopset.dev/maintenance": name}
	pod := object{"shopset.dev/maintenance": name}
	for k, v := range in.labels() {
		pod[k] = v
	}
	metadata := func(wave string) object {
		return object{
			"name": name, "namespace": intent.Namespace(in.ShopSet), "labels": in.labels(),
			"annotations": object{
				"argocd.argoproj.io/sync-wave":    wave,
				"argocd.argoproj.io/sync-options": "PruneLast=true",
			},
		}
	}
	const first = "-1" // the routes have none: they follow when this is healthy
	mount := func(name, path string) object { return object{"name": name, "mountPath": path} }
	container := object{
		"name":    "nginx",
		"image":   image,
		"command": []string{"nginx", "-c", configDir + "/nginx.conf", "-e", "stderr", "-g", "daemon off;"},
		"ports":   []object{{"containerPort": listens}},
		"readinessProbe": object{
			"httpGet": object{"path": readyPath, "port": listens}, "periodSeconds": 2,
		},
		"resources": object{"requests": object{"cpu": "5m", "memory": "16Mi"}, "limits": object{"memory": "64Mi"}},
		"securityContext": object{
			"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": object{"drop": []string{"ALL"}},
		},
		"volumeMounts": []object{mount("maintenance", configDir), mount("tmp", "/tmp")},
	}
	documents := []object{
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(first), "data": object{"nginx.conf": config, "closed.html": page}},
		{"apiVersion": "v1", "kind": "Service", "metadata": metadata(first), "spec": object{
			"selector": selector, "ports": []object{{"port": 80, "targetPort": listens}},
		}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(first), "spec": object{
			"replicas": 1,
			// What cannot start fails soon, and holds up no other route for longer.
			"progressDeadlineSeconds": 60,
			"strategy":                object{"rollingUpdate": object{"maxSurge": 1, "maxUnavailable": 0}},
			"selector":                object{"matchLabels": selector},
			"template": object{
				"metadata": object{"labels": pod, "annotations": object{"shopset.dev/content": hex.EncodeToString(sum[:8])}},
				"spec": object{
					"automountServiceAccountToken": false,
					"containers":                   []object{container},
					"securityContext": object{
						"runAsNonRoot": true, "runAsUser": 65534, "runAsGroup": 65534, "seccompProfile": object{"type": "RuntimeDefault"},
					},
					"volumes": []object{{"name": "maintenance", "configMap": object{"name": name}}, {"name": "tmp", "emptyDir": object{}}},
				},
			},
		}},
	}
	var out []byte
	for _, d := range documents {
		out = append(append(out, "---\n"...), document(d)...)
	}
	return out
}

// What the generated backend is made of.
const (
	image     = "docker.io/library/nginx:1.28-alpine"
	configDir = "/maintenance"
	listens   = 8080
	readyPath = "/.well-known/shopset/ready"
	pagePath  = "/.well-known/shopset/closed.html"
)

// nginx is the configuration of the backend. Nothing in it comes from a person
// but the ranges and names that the intent holds to their forms: what was
// written for customers stands in the page alone.
func (in Input) nginx(c *closing) string {
	word := in.bypass(c)
	var allowed strings.Builder
	for _, cidr := range c.Allow {
		allowed.WriteString("    " + cidr + " 1;\n")
	}
	customers := "return 503;"
	if in.Facts.MaintenancePort != 0 {
		customers = "proxy_pass http://" + intent.MaintenanceService(in.Policy) + ":" + strconv.Itoa(in.Facts.MaintenancePort) + ";"
		for _, h := range c.told() {
			customers += "\n      proxy_set_header " + h[0] + " \"" + h[1] + "\";"
		}
		customers += "\n      proxy_set_header Host $http_host;"
	}
	return strings.NewReplacer(
		"@ALLOWED@", allowed.String(), "@WORD@", word, "@KEY@", BypassKey, "@LISTENS@", strconv.Itoa(listens), "@READY@", readyPath, "@PAGE@", pagePath,
		"@DIR@", configDir, "@RETRY@", retryAfter(c.Until), "@UNTIL@", c.Until.UTC().Format(time.RFC3339), "@CUSTOMERS@", customers,
		"@APP@", in.Configuration.Service+":"+strconv.Itoa(intent.Port(in.Configuration)),
	).Replace(nginxForm)
}
