package render

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

const webBuilt = `apiVersion: v1
data:
  SHOPSET: s-1
kind: ConfigMap
metadata:
  labels:
    shopset.dev/shopset: s-1
  name: shopset
  namespace: s-1
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    shopset.dev/shopset: s-1
  name: web
  namespace: s-1
spec:
  replicas: 4
  template:
    spec:
      containers:
      - command:
        - bin/rails
        env:
        - name: LEVEL
          value: info
        - name: DAYS
          value: "7"
        image: storefront:1
        name: web
      - image: proxy:1
        name: proxy
`

func impactText(i shop.Impact) string {
	var b strings.Builder
	for _, g := range i.Groups {
		added, removed := g.Counts()
		fmt.Fprintf(&b, "%v +%d -%d\n", g.ShopSets, added, removed)
		for _, o := range g.Objects {
			fmt.Fprintf(&b, "%s %s %s\n", o.APIVersion, o.Kind, o.Name)
			for _, l := range o.Lines {
				fmt.Fprintf(&b, "%c %s\n", l.Mark, l.Text)
			}
			for _, f := range o.Fields {
				fmt.Fprintf(&b, "%s: %q -> %q\n", f.Path, f.Before, f.After)
			}
		}
	}
	return b.String()
}

// impactOf compares texts as if each was built by itself.
func impactOf(t *testing.T, before, after map[shop.ShopSetID][]byte) shop.Impact {
	t.Helper()
	builds := func(texts map[shop.ShopSetID][]byte) map[shop.ShopSetID]Build {
		all := map[shop.ShopSetID]Build{}
		for n, text := range texts {
			all[n] = Build{text: text, pattern: pattern{Overlay: Overlay{Name: n}}}
		}
		return all
	}
	i, err := new(Builder).Impact(builds(before), builds(after))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestImpact(t *testing.T) {
	of := func(name string, edits ...string) []byte {
		text := strings.NewReplacer(edits...).Replace(webBuilt)
		return []byte(strings.ReplaceAll(text, "s-1", name))
	}
	service := "---\napiVersion: v1\nkind: Service\nmetadata:\n  labels:\n    shopset.dev/shopset: s-1\n  name: web\n  namespace: s-1\n"
	with := func(name string, edits ...string) []byte {
		return append(of(name, edits...), strings.ReplaceAll(service, "s-1", name)...)
	}
	days := []string{`"7"`, `"14"`, "storefront:1", "storefront:2", "replicas: 4", "replicas: 6"}
	for _, tt := range []struct {
		name          string
		before, after map[shop.ShopSetID][]byte
		want          string
	}{
		{"nothing", map[shop.ShopSetID][]byte{"s-1": of("s-1"), "s-2": of("s-2")}, map[shop.ShopSetID][]byte{"s-1": of("s-1"), "s-2": of("s-2")}, "[s-1 s-2] +0 -0\n"},
		{
			"the same in two, one differs", map[shop.ShopSetID][]byte{"s-1": of("s-1"), "s-2": of("s-2"), "s-3": of("s-3", "proxy:1", "proxy:0")},
			map[shop.ShopSetID][]byte{"s-1": of("s-1", days...), "s-2": of("s-2", days...), "s-3": of("s-3", days...)},
			`[s-1 s-2] +3 -3
apps/v1 Deployment web
  spec:
- ` + `  replicas: 4
+   replicas: 6
    template:
      spec:
        containers:
        - name: web
          env:
          - name: DAYS
-           value: "7"
-         image: storefront:1
+           value: "14"
+         image: storefront:2
spec.replicas: "4" -> "6"
spec.template.spec.containers[web].env[DAYS].value: "7" -> "14"
spec.template.spec.containers[web].image: "storefront:1" -> "storefront:2"
[s-3] +4 -4
apps/v1 Deployment web
  spec:
-   replicas: 4
+   replicas: 6
    template:
      spec:
        containers:
        - name: web
          env:
          - name: DAYS
-           value: "7"
-         image: storefront:1
+           value: "14"
+         image: storefront:2
-       - image: proxy:0
+       - image: proxy:1
spec.replicas: "4" -> "6"
spec.template.spec.containers[web].env[DAYS].value: "7" -> "14"
spec.template.spec.containers[web].image: "storefront:1" -> "storefront:2"
spec.template.spec.containers[proxy].image: "proxy:0" -> "proxy:1"
`,
		},
		{
			"an object that comes has each ShopSet's own name, and is the same",
			map[shop.ShopSetID][]byte{"s-1": of("s-1"), "s-2": of("s-2")}, map[shop.ShopSetID][]byte{"s-1": with("s-1"), "s-2": with("s-2")},
			"[s-1 s-2] +7 -0\nv1 Service web\n+ apiVersion: v1\n+ kind: Service\n+ metadata:\n+   labels:\n+     shopset.dev/shopset: s-1\n+   name: web\n+   namespace: s-1\n",
		},
		{
			"a parameter that goes", map[shop.ShopSetID][]byte{"s-1": of("s-1", "  SHOPSET: s-1\n", "  QUEUE: a\n  SHOPSET: s-1\n")}, map[shop.ShopSetID][]byte{"s-1": of("s-1")},
			"[s-1] +0 -1\nv1 ConfigMap shopset\n  data:\n-   QUEUE: a\ndata.QUEUE: \"a\" -> \"\"\n",
		},
		{"a ShopSet that comes", nil, map[shop.ShopSetID][]byte{"s-1": []byte(strings.TrimPrefix(service, "---\n"))}, "[s-1] +7 -0\nv1 Service web\n+ apiVersion: v1\n+ kind: Service\n+ metadata:\n+   labels:\n+     shopset.dev/shopset: s-1\n+   name: web\n+   namespace: s-1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, impactText(impactOf(t, tt.before, tt.after))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// What is compared once for all who share a build is what comparing each gives.
func TestImpactOfShared(t *testing.T) {
	old, now := many(t), many(t)
	for _, change := range [][2]string{{"image: ", "image: other."}, {"- port: 80\n", "- name: http\n      port: 80\n"}} {
		for name, f := range now.app {
			now.app[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f.Data), change[0], change[1]))}
		}
	}
	for name, f := range now.config { // of one Configuration alone
		now.config[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f.Data), "value: ", "value: 1"))}
	}
	all := overlays(t, old, "tier-1")
	var b Builder
	before, err := b.Builds(all, FromFS(old.app), FromFS(old.config))
	if err != nil {
		t.Fatal(err)
	}
	after, err := b.Builds(all, FromFS(now.app), FromFS(now.config))
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Impact(before, after)
	if err != nil {
		t.Fatal(err)
	}
	want := impactOf(t, texts(t, &b, before), texts(t, &b, after))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-each +shared\n%s", diff)
	}
	added, removed := got.Groups[0].Counts()
	if len(got.Groups) < 2 || len(got.Groups[0].ShopSets) < 5 || added == 0 || removed == 0 {
		t.Errorf("nothing to compare: %s", impactText(got))
	}
}
