package render

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// What people write in the base and the configuration, and what is said of it.
func TestBadTrees(t *testing.T) {
	const component = "kind: Component\npatches:"
	for _, tt := range []struct {
		name  string
		edits []string
		want  string
	}{
		{"mistyped target", []string{"      kind: Deployment\n      name: web", "      kind: Deployment\n      name: wbe"}, "config/shop/kustomization.yaml:6: the patch matches nothing: target kind Deployment, name wbe"},
		{"mistyped kind", []string{"      kind: Deployment\n      name: web", "      kind: Deploiment\n      name: web"}, "config/shop/kustomization.yaml:6: the patch matches nothing: target kind Deploiment, name web"},
		{"second of two patches", []string{"patches:\n  - path: replicas.yaml", "patches:\n  - patch: '[{\"op\": \"test\", \"path\": \"/kind\", \"value\": \"x\"}]'\n    target: {name: nothing}\n  - path: replicas.yaml"}, "config/shop/kustomization.yaml:5: the patch matches nothing: target name nothing"},
		{"no Service", []string{"kind: Service\nmetadata:\n  name: web", "kind: Service\nmetadata:\n  name: wbe"}, `the base has no Service "web", but maintenance, wbe`},
		{"no port", []string{"- port: 80\n", "- port: 81\n"}, `Service "web" has no port 80, but 81`},
		{"no kustomization", []string{"app/k8s/kustomization.yaml", "app/k8s/kustomize.yaml"}, `the app repository has no kustomization.yaml in "base/k8s"`},
		{"no configuration", []string{"config/shop/kustomization.yaml", "config/shop/kustomize.yaml"}, `the configuration repository has no kustomization.yaml in "config/shop"`},
		{"cluster-wide object", []string{"apiVersion: v1\nkind: Service\nmetadata:\n  name: maintenance", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: maintenance"}, `ClusterRole "maintenance" belongs to the whole cluster`},
		{"remote base", []string{"  - maintenance\n", "  - https://github.com/example-shop/x?ref=main\n"}, `base/k8s/kustomization.yaml:5: "https://github.com/example-shop/x?ref=main" is not in the repository`},
		{"remote base without scheme", []string{"  - maintenance\n", "  - github.com/example-shop/x\n"}, `base/k8s/kustomization.yaml:5: "github.com/example-shop/x" is not in the repository`},
		{"remote base by ssh", []string{"  - maintenance\n", "  - git@git.example.jp:x/y\n"}, `base/k8s/kustomization.yaml:5: "git@git.example.jp:x/y" is not in the repository`},
		{"remote file", []string{"resources:\n  - service.yaml", "resources:\n  - service.yaml\nconfigMapGenerator:\n  - name: x\n    files: [a=https://example.jp/x]"}, `base/k8s/maintenance/kustomization.yaml:5: "a=https://example.jp/x" is not in the repository`},
		{"remote patch", []string{"path: replicas.yaml", "path: https://example.jp/x.yaml"}, `config/shop/kustomization.yaml:4: "https://example.jp/x.yaml" is not in the repository`},
		{"Helm", []string{"resources:\n  - service.yaml", "helmCharts:\n  - name: x"}, `base/k8s/maintenance/kustomization.yaml:2: shopctl builds no Helm charts`},
		{"another repository", []string{"  - maintenance\n", "  - ../../config/shop\n"}, `base/k8s/kustomization.yaml:5: "../../config/shop" leaves the repository`},
		{"alias", []string{"resources:\n  - service.yaml", "resources: &r\n  - service.yaml\ncrds: *r"}, `base/k8s/maintenance/kustomization.yaml:3: shopctl reads no YAML aliases in a kustomization`},
		{"another kind", []string{component, "kind: Helm\npatches:"}, `config/shop/kustomization.yaml:2: kind "Helm" is neither Component nor Kustomization`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := sample(t, tt.edits...)
			set := s.set(t)
			_, err := Inspect(*set.Configurations["default"], *set.Policy, FromFS(s.app), FromFS(s.config))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// A patch that deletes what it matches is no mistake.
func TestDeletingPatch(t *testing.T) {
	s := sample(t, "patches:\n  - path", "patches:\n  - patch: '{$patch: delete, apiVersion: v1, kind: Service, metadata: {name: maintenance}}'\n    target: {kind: Service, name: maintenance}\n  - path")
	set := s.set(t)
	facts, err := Inspect(*set.Configurations["default"], *set.Policy, FromFS(s.app), FromFS(s.config))
	if err != nil || facts.MaintenancePort != 0 {
		t.Errorf("%+v, %v", facts, err)
	}
}

func TestFacts(t *testing.T) {
	s := sample(t, "kind: Component", "kind: Kustomization", "patches:", "resources: [more.yaml]\nx-patches:")
	s.config["shop/more.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n")}
	s.config["shop/kustomization.yaml"] = &fstest.MapFile{Data: []byte("resources: [more.yaml]\n")}
	set := s.set(t)
	facts := s.facts(t, set)
	if want := (Facts{Config: "Kustomization", MaintenancePort: 8080}); facts["default"] != want {
		t.Errorf("got %+v", facts["default"])
	}
	if want := (Facts{MaintenancePort: 8080}); facts["bare"] != want {
		t.Errorf("got %+v", facts["bare"])
	}
	in := input(t, set, "s-001", facts)
	files, err := ShopSet(in)
	if err != nil {
		t.Fatal(err)
	}
	built, err := Assert(in, files, FromFS(s.app), FromFS(s.config))
	if err != nil || !strings.Contains(string(built), "name: more") {
		t.Errorf("%v\n%s", err, built)
	}
}

// What Assert sees in rendered files that are wrong.
func TestAssertRefuses(t *testing.T) {
	const overlay, route = "shopsets/s-101/kustomization.yaml", "shopsets/s-101/shops/hana.yaml"
	for _, tt := range []struct {
		name, file, old, new string
		app                  []string
		want                 string
	}{
		{name: "namespace", file: overlay, old: "namespace: s-101", new: "namespace: s-102", want: `is in namespace "s-102", not in "s-101"`},
		{name: "label", file: overlay, old: "shopset.dev/shopset: s-101", new: "shopset.dev/shopset: s-102", want: `has label shopset.dev/shopset "s-102", not "s-101"`},
		{name: "parameter", file: overlay, old: "SHOPSET=s-101", new: "SHOPSET=s-102", want: `ConfigMap "shopset" has SHOPSET="s-102", not "s-101"`},
		{name: "name with a suffix", file: overlay, old: "disableNameSuffixHash: true", new: "disableNameSuffixHash: false", want: `there is no ConfigMap "shopset"`},
		{name: "prefix", file: overlay, old: "kind: Kustomization", new: "kind: Kustomization\nnamePrefix: x-", want: `there is no ConfigMap "shopset"`},
		{name: "Service of a route", file: route, old: "name: web", new: "name: wbe", want: route + `: the base has no Service "wbe"`},
		{name: "port of a route", file: route, old: "port: 80", new: "port: 81", want: route + `: Service "web" has no port 81`},
		{name: "another tier", app: []string{"image: registry", "env: [{name: RING, value: tier-2}]\n          image: registry"}, want: `Deployment "web" names tier-2, in tier-1 (I9)`},
		{name: "Service gone", app: []string{"kind: Service\nmetadata:\n  name: web", "kind: Service\nmetadata:\n  name: wbe"}, want: `check shopsets/s-101: the base has no Service "web"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := sample(t)
			set := s.set(t)
			in := input(t, set, "s-101", s.facts(t, set))
			files := s.tier(t, "tier-1")
			if tt.file != "" {
				changed := strings.Replace(string(files[tt.file]), tt.old, tt.new, 1)
				if changed == string(files[tt.file]) {
					t.Fatalf("%s has no %q", tt.file, tt.old)
				}
				files[tt.file] = []byte(changed)
			}
			if _, err := Assert(in, files, FromFS(sample(t, tt.app...).app), FromFS(s.config)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestCheck9(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(own, other Files)
		want   string
	}{
		{"a file of another tier", func(own, other Files) {
			own["argocd/s-101.yaml"] = other["argocd/s-101.yaml"]
			own["shopsets/s-101/kustomization.yaml"] = other["shopsets/s-101/kustomization.yaml"]
		}, `I9: argocd/s-101.yaml names tier "tier-1", on tier-0`},
		{"a route of another tier", func(own, other Files) {
			own["shopsets/s-001/shops/hana.yaml"] = other["shopsets/s-101/shops/hana.yaml"]
		}, `I9: shopsets/s-001/shops/hana.yaml names tier "tier-1", on tier-0`},
		{"no overlay", func(own, _ Files) { delete(own, "shopsets/s-001/kustomization.yaml") }, `I9: argocd/s-001.yaml is there without the overlay of ShopSet "s-001"`},
		{"no Applications", func(own, _ Files) { delete(own, "argocd/s-001.yaml") }, `without the Applications of ShopSet "s-001"`},
		{"a stray file", func(own, _ Files) { own["README.md"] = nil }, `I9: README.md belongs to no ShopSet of tier-0`},
	} {
		s := sample(t)
		own := s.tier(t, "tier-0")
		tt.change(own, s.tier(t, "tier-1"))
		if err := Check9(own, "tier-0"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

// The end of a maintenance is written, never read from a clock.
func TestMaintenanceHasNoClock(t *testing.T) {
	in := Input{Configuration: shop.Configuration{Service: "web"}, Facts: Facts{MaintenancePort: 80},
		Tier: shop.TierSpec{Maintenance: &shop.Maintenance{Until: time.Unix(0, 0)}}, ShopSet: shop.ShopSet{Maintenance: &shop.Maintenance{Until: time.Unix(60, 0)}}}
	_, data := Route(in, shop.Shop{Name: "hana", Hosts: []string{"a.b"}})
	if !strings.Contains(string(data), "name: maintenance\n") || !strings.Contains(string(data), `"1970-01-01T00:01:00Z"`) {
		t.Errorf("%s", data)
	}
}

// Routes are written as text; every YAML reader must see names as text.
func TestRouteIsText(t *testing.T) {
	for _, routing := range []string{"gateway", "ingress"} {
		for _, name := range []string{"hana", "123", "null", "on", "1e3", "0x1f", "y", "2026-01-31", "a-1"} {
			in := Input{Policy: shop.Policy{Name: name}, Tier: shop.TierSpec{Name: "tier-1"}, ShopSet: shop.ShopSet{Name: shop.ShopSetID(name)},
				Configuration: shop.Configuration{Service: name}, Cluster: shop.Cluster{Routing: routing, Gateway: name + "/" + name, IngressClass: name}}
			_, data := Route(in, shop.Shop{Name: shop.ShopID(name), Hosts: []string{name + ".jp", name}})
			var doc yaml.Node
			if err := yaml.Unmarshal(data, &doc); err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			var texts int
			var look func(n *yaml.Node)
			look = func(n *yaml.Node) {
				if n.Kind == yaml.ScalarNode && n.Value == name {
					texts++
					if n.Tag != "!!str" {
						t.Errorf("%s %q is %s, line %d", routing, name, n.Tag, n.Line)
					}
				}
				for _, c := range n.Content {
					look(c)
				}
			}
			look(&doc)
			if texts < 7 {
				t.Errorf("%s %q stands there %d times:\n%s", routing, name, texts, data)
			}
		}
	}
}

func TestRelativeAddresses(t *testing.T) {
	for _, tt := range []struct{ system, other, want string }{
		{"a/system", "a/app", "../app.git"},
		{"a/system", "b/app", "../../b/app.git"},
		{"a/system", "https://github.com/b/app", "../../b/app"},
		{"https://h/a/system.git", "https://h/a/app.git", "../app.git"},
		{"https://h/a/system.git", "https://i/a/app.git", "https://i/a/app.git"},
		{"https://h:1/a/system.git", "https://h:2/a/app.git", "https://h:2/a/app.git"},
		{"https://h/system.git", "http://h/app.git", "http://h/app.git"},
		{"https://h/x/y/system.git", "https://h/x/app.git", "../../app.git"},
		{"https://h/x/system.git", "https://h/x/y/app.git", "../y/app.git"},
		{"git@h:a/system.git", "git@h:a/app.git", "../app.git"},
		{"git@h:a/system.git", "git@i:a/app.git", "git@i:a/app.git"},
		{"ssh://git@h/a/system.git", "ssh://git@h/a/app.git", "../app.git"},
		{"/srv/git/system.git", "/srv/git/app.git", "../app.git"},
		{"file:///srv/git/system.git", "file:///srv/git/app.git", "../app.git"},
		{"http://127.0.0.1:3000/system.git", "http://127.0.0.1:3000/app.git", "../app.git"},
		{"/srv/system.git", "a/app", "https://github.com/a/app.git"},
	} {
		if got := relative(tt.system, tt.other); got != tt.want {
			t.Errorf("relative(%q, %q) = %q, want %q", tt.system, tt.other, got, tt.want)
		}
	}
}

func BenchmarkTier1000Shops(b *testing.B) {
	s := sample(b)
	set := s.set(b)
	facts := s.facts(b, set)
	for i := range 1000 {
		name := shop.ShopID("shop-" + time.Duration(i).String())
		set.Add(&shop.Shop{Name: name, Hosts: []string{"a.example.jp", "b.example.jp"}, ShopSet: "s-101"})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Tier(set, "tier-1", facts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAssert(b *testing.B) {
	s := sample(b)
	set := s.set(b)
	in := input(b, set, "s-101", s.facts(b, set))
	files, err := ShopSet(in)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Assert(in, files, FromFS(s.app), FromFS(s.config)); err != nil {
			b.Fatal(err)
		}
	}
}
