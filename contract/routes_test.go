package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/kubernetes/pkg/apis/networking"
	kubenetworking "k8s.io/kubernetes/pkg/apis/networking/v1"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// judge holds one document of a route against what its publisher says of it, as
// an apiserver does: fields that there are, types and lengths, rules in CEL.
type judge func(document []byte) error

// judges are by kind.
func judges(t *testing.T) map[string]judge {
	return map[string]judge{"HTTPRoute": httpRoutes(t), "Ingress": ingress}
}

// httpRoutes judges by the definition that the Gateway API publishes.
func httpRoutes(t *testing.T) judge {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(data, &crd); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(crd.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name == "v1" })
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(crd.Spec.Versions[i].Schema.OpenAPIV3Schema, &props, nil); err != nil {
		t.Fatal(err)
	}
	structural, err := schema.NewStructural(&props)
	if err != nil {
		t.Fatal(err)
	}
	forms, _, err := validation.NewSchemaValidator(&props)
	if err != nil {
		t.Fatal(err)
	}
	rules := cel.NewValidator(structural, true, celconfig.PerCallLimit)
	if rules == nil {
		t.Fatal("the definition has no rules in CEL: it is read wrongly")
	}
	return func(document []byte) error {
		var route gatewayv1.HTTPRoute
		if err := strictly(document, &route); err != nil {
			return err
		}
		data, err := yaml.YAMLToJSONStrict(document)
		if err != nil {
			return err
		}
		var o map[string]any
		if err := json.UnmarshalCaseSensitivePreserveInts(data, &o); err != nil {
			return err
		}
		options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
		if unknown := pruning.PruneWithOptions(o, structural, true, options); len(unknown) > 0 {
			return fmt.Errorf("unknown fields: %s", strings.Join(unknown, " "))
		}
		defaulting.Default(o, structural)
		if errs := validation.ValidateCustomResource(nil, o, forms); len(errs) > 0 {
			return errs.ToAggregate()
		}
		errs, _ := rules.Validate(context.Background(), nil, structural, o, nil, celconfig.RuntimeCELCostBudget)
		return errs.ToAggregate()
	}
}

// ingress judges by Kubernetes' own types and validation.
func ingress(document []byte) error {
	var in networkingv1.Ingress
	if err := strictly(document, &in); err != nil {
		return err
	}
	var internal networking.Ingress
	if err := kubenetworking.Convert_v1_Ingress_To_networking_Ingress(&in, &internal, nil); err != nil {
		return err
	}
	return networkingvalidation.ValidateIngressCreate(&internal).ToAggregate()
}

// strictly reads a document as an apiserver does with fieldValidation=Strict.
func strictly(document []byte, into any) error {
	data, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	strict, err := json.UnmarshalStrict(data, into)
	return errors.Join(append(strict, err)...)
}

// routesOf renders the routes of every tier of the sample system that package
// render is tested with. edits replace texts, old and new.
func routesOf(t *testing.T, edits ...string) map[string][]byte {
	t.Helper()
	archive, err := txtar.ParseFile("../internal/render/testdata/system.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]map[string][]byte{"intent": {}, "app": {}, "config": {}}
	base, config := fstest.MapFS{}, fstest.MapFS{}
	whole := string(txtar.Format(archive))
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(whole, edits[i]) {
			t.Fatalf("the sample has no %q", edits[i])
		}
	}
	for _, f := range txtar.Parse([]byte(strings.NewReplacer(edits...).Replace(whole))).Files {
		switch top, name, _ := strings.Cut(f.Name, "/"); top {
		case "intent":
			files["intent"][name] = f.Data
		case "app":
			base[name] = &fstest.MapFile{Data: f.Data}
		case "config":
			config[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	set, err := intent.Load(maps.All(files["intent"]))
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]render.Facts{}
	for name, c := range set.Configurations {
		if facts[name], err = render.Inspect(*c, *set.Policy, render.FromFS(base), render.FromFS(config)); err != nil {
			t.Fatal(err)
		}
	}
	routes := map[string][]byte{}
	for tier := range set.Tiers {
		tree, err := render.Tier(set, shop.Tier(tier), facts)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range tree {
			if base := path.Base(name); strings.HasPrefix(name, "shopsets/") && path.Ext(name) == ".yaml" && base != "kustomization.yaml" && base != "maintenance.shopset.yaml" {
				routes[name] = data
			}
		}
	}
	return routes
}

// documents are the routes in a file; what else stands there is Kubernetes' own
// and held against a real apiserver by the end-to-end suite.
func documents(t *testing.T, data []byte) map[string][][]byte {
	t.Helper()
	all := map[string][][]byte{}
	for _, document := range bytes.Split(data, []byte("\n---\n")) {
		var head struct{ Kind string }
		if err := yaml.Unmarshal(document, &head); err != nil {
			t.Fatal(err)
		}
		all[head.Kind] = append(all[head.Kind], document)
	}
	return all
}

const (
	closedShop = "  shopset: s-001\n"
	open       = "metadata:\n  name: tier-1\nspec:\n"
	until      = "  maintenance:\n    until: 2026-01-31T10:00:00+09:00\n    message: \"在庫の点検中です: \\\"quoted\\\" # and more\"\n"
)

// Every form of a route is valid by what its publisher says: open, closed by a
// switch of its own, of its ShopSet, of its tier, with the base's own Service
// and with a generated one; a shop on its way on two routes; the wildcard; names
// and hosts that YAML takes for something else; as many hosts as there can be.
func TestRoutesAreValid(t *testing.T) {
	hosts := ""
	for i := range 15 {
		hosts += fmt.Sprintf("    - %s.h%d.example.jp\n", strings.Repeat("a", 63), i)
	}
	judges := judges(t)
	seen := map[string]int{}
	for name, edits := range map[string][]string{
		"as it is":                          nil,
		"the tier closed":                   {open, open + until},
		"the tier closed, some let in":      {open, open + until + "    allow: [203.0.113.0/24]\n"},
		"no Service for a maintenance":      {"  - maintenance\n", "", open, open + until},
		"a shop on an Ingress closed":       {closedShop, closedShop + until},
		"the same with a generated Service": {closedShop, closedShop + until, "  - maintenance\n", ""},
		"a long message":                    {closedShop, closedShop + strings.Replace(until, "在庫", strings.Repeat("在庫", 90), 1)},
		"sixteen hosts":                     {"    - momiji.example.jp\n", "    - momiji.example.jp\n" + hosts, "    - kome.example.jp\n", "    - kome.example.jp\n" + strings.ReplaceAll(hosts, ".h", ".k")},
		"a wildcard on an Ingress":          {"shopset: s-101\n-- intent/tiers", "shopset: s-102\n-- intent/tiers"},
	} {
		t.Run(name, func(t *testing.T) {
			for file, data := range routesOf(t, edits...) {
				found := documents(t, data)
				for kind, judge := range judges {
					for _, document := range found[kind] {
						seen[kind]++
						if err := judge(document); err != nil {
							t.Errorf("%s: %v\n%s", file, err, document)
						}
					}
				}
				if len(found["HTTPRoute"])+len(found["Ingress"]) != 1 {
					t.Errorf("%s holds %d routes", file, len(found["HTTPRoute"])+len(found["Ingress"]))
				}
			}
		})
	}
	t.Logf("figure routes valid=%v", seen)
	if seen["HTTPRoute"] < 20 || seen["Ingress"] < 10 {
		t.Errorf("few were tried: %v", seen)
	}
}

// A mistake in what is rendered is seen.
func TestMistakesInRoutesAreSeen(t *testing.T) {
	judges, routes := judges(t), routesOf(t)
	hana, momiji := string(routes["shopsets/s-101/shops/hana.yaml"]), string(routes["shopsets/s-001/shops/momiji.yaml"])
	many := ""
	for i := range 15 {
		many += fmt.Sprintf("    - h%d.example.jp\n", i)
	}
	for _, tt := range []struct{ name, kind, of, old, new, says string }{
		{"a field that there is not", "HTTPRoute", hana, "hostnames:", "hosts:", "unknown field"},
		{"a field of a rule that there is not", "HTTPRoute", hana, "backendRefs:", "backends:", "unknown field"},
		{"17 hosts", "HTTPRoute", hana, "  hostnames:\n", "  hostnames:\n" + many, "must have at most 16 items"},
		{"a host in capitals", "HTTPRoute", hana, "hana.example.jp", "Hana.example.jp", "spec.hostnames[0]"},
		{"an address for a host", "HTTPRoute", hana, "hana.example.jp", "hana.example.jp:80", "spec.hostnames[0]"},
		{"a long host", "HTTPRoute", hana, "hana.example.jp", strings.Repeat("a.", 130) + "jp", "spec.hostnames[0]"},
		{"no port, which a rule in CEL wants", "HTTPRoute", hana, "          port: 80\n", "", "Must have port for Service reference"},
		{"a gateway named twice, which a rule in CEL forbids", "HTTPRoute", hana, "  rules:\n", "    - name: shops\n      namespace: default\n  rules:\n", "sectionName must be unique"},
		{"a name for a port", "HTTPRoute", hana, "port: 80", "port: http", "port"},
		{"a field of an Ingress that there is not", "Ingress", momiji, "pathType:", "pathtype:", "unknown field"},
		{"a path of no known type", "Ingress", momiji, "pathType: Prefix", "pathType: Begin", "pathType"},
		{"no type of a path", "Ingress", momiji, "            pathType: Prefix\n", "", "pathType"},
		{"a host of an Ingress in capitals", "Ingress", momiji, "momiji.example.jp", "Momiji.example.jp", "spec.rules[0].host"},
		{"a path that is none", "Ingress", momiji, "path: /", "path: shop", "path"},
		{"no Service of an Ingress", "Ingress", momiji, "name: web\n", "name: Web\n", "service.name"},
	} {
		broken := strings.Replace(tt.of, tt.old, tt.new, 1)
		if broken == tt.of {
			t.Fatalf("%s: the route has no %q\n%s", tt.name, tt.old, tt.of)
		}
		if err := judges[tt.kind]([]byte(broken)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v\n%s", tt.name, err, broken)
		}
	}
}

// What is read of a route's status is written as the Gateway API has it.
func TestRouteWords(t *testing.T) {
	for _, w := range []struct{ ours, theirs string }{
		{acceptedWord, string(gatewayv1.RouteConditionAccepted)},
		{pendingWord, string(gatewayv1.RouteReasonPending)},
	} {
		if w.ours != w.theirs {
			t.Errorf("%q is %q there", w.ours, w.theirs)
		}
	}
}
