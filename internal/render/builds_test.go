package render

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// many is the sample with more ShopSets of both Configurations, with names and
// values that YAML would take for something else, or that need quotes.
func many(t testing.TB, edits ...string) system {
	s := sample(t, edits...)
	for i, name := range []string{"s-103", "s-104", "s-105", "s-106", "123", "true", "1e5", "off", "s-107", "default"} {
		parameters := "QUEUE: normal"
		switch name {
		case "s-104":
			parameters = `QUEUE: "yes"`
		case "s-105":
			parameters = "QUEUE: \"two words: # and more, so many that a line of YAML would have to be folded somewhere in the middle of it\""
		case "s-106":
			parameters = "QUEUE: |-\n      two\n      lines"
		}
		for kind, configuration := range []string{"default", "bare"} {
			set := name
			if kind == 1 {
				set = fmt.Sprintf("b%d-%s", i, name)
			}
			namespace := ""
			if name == "s-107" && kind == 0 {
				namespace = "\n  namespace: on-its-own"
			}
			s.intent["shopsets/"+set+".yaml"] = fmt.Appendf(nil, "apiVersion: shopset.dev/v1alpha1\nkind: ShopSet\nmetadata:\n  name: %q\nspec:\n  tier: tier-1\n  configuration: %s\n  cluster: tokyo\n  failureDomain: tokyo-a%s\n  parameters:\n    %s\n",
				set, configuration, namespace, parameters)
		}
	}
	return s
}

func overlays(t testing.TB, s system, tier shop.Tier) (all []Overlay) {
	set := s.set(t)
	files := s.tier(t, tier)
	for name, shopSet := range set.ShopSets {
		if shopSet.Tier != tier {
			continue
		}
		o := Overlay{Name: name, Files: Files{}}
		for file, data := range files {
			if rest, ok := strings.CutPrefix(file, folderOf(name)+"/"); ok && !strings.HasPrefix(rest, "shops/") {
				o.Files[file] = data
			}
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b Overlay) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return all
}

func texts(t *testing.T, b *Builder, builds map[shop.ShopSetID]Build) map[shop.ShopSetID][]byte {
	t.Helper()
	all := map[shop.ShopSetID][]byte{}
	for n, x := range builds {
		text, err := b.Text(x)
		if err != nil {
			t.Fatal(err)
		}
		all[n] = text
	}
	return all
}

// A build that is shared is the build of each, byte for byte, whatever people
// write in the base and the configuration; what cannot be shared is not.
func TestBuildsAsEach(t *testing.T) {
	component := func(more string) []string { return []string{"kind: Component\n", "kind: Component\n" + more} }
	for _, tt := range []struct {
		name   string
		shared bool // at least one group
		edits  []string
	}{
		{"sample", true, nil},
		{"a value put elsewhere", true, component("replacements:\n- source: {kind: ConfigMap, name: shopset, fieldPath: data.QUEUE}\n  targets:\n  - select: {kind: Service, name: web}\n    fieldPaths: [metadata.annotations.queue]\n    options: {create: true}\n")},
		{"a generator that merges", true, component("configMapGenerator:\n- name: shopset\n  behavior: merge\n  literals: [MORE=1]\n")},
		{"a generator that merges, with its hash", true, component("configMapGenerator:\n- name: shopset\n  behavior: replace\n  literals: [MORE=1]\n  options: {disableNameSuffixHash: false}\n")},
		{"a patch of the parameters", true, []string{"patches:\n  - path", "patches:\n  - patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: shopset}, data: {QUEUE: patched}}'\n  - path"}},
		{"a patch that copies a value", true, []string{"patches:\n  - path", "patches:\n  - patch: '[{\"op\": \"copy\", \"from\": \"/data/QUEUE\", \"path\": \"/data/COPY\"}]'\n    target: {kind: ConfigMap, name: shopset}\n  - path"}},
		{"a role of the namespace", true, []string{"  - maintenance\n", "  - maintenance\n  - role.yaml\n", "-- app/k8s/service.yaml --", "-- app/k8s/service.yaml --"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := many(t, tt.edits...)
			if tt.name == "a role of the namespace" {
				s.app["k8s/role.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: web\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}\nsubjects:\n- kind: ServiceAccount\n  name: default\n")}
			}
			all := overlays(t, s, "tier-1")
			base, config := FromFS(s.app), FromFS(s.config)
			var b Builder
			builds, err := b.Builds(all, base, config)
			if err != nil {
				t.Fatal(err)
			}
			got := texts(t, &b, builds)
			for _, o := range all {
				want, err := alone(o, base, config)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got[o.Name])); diff != "" {
					t.Errorf("%s:\n%s", o.Name, diff)
				}
			}
			if len(got) != len(all) {
				t.Errorf("%d builds of %d overlays", len(got), len(all))
			}
		})
	}
}

// What reads a value to decide or to put it elsewhere is never shared, and what
// is plain is.
func TestShared(t *testing.T) {
	for _, tt := range []struct {
		name  string
		edits []string
		want  bool
	}{
		{"sample", nil, true},
		{"replacements", []string{"kind: Component\n", "kind: Component\nreplacements: []\n"}, false},
		{"vars", []string{"kind: Component\n", "kind: Component\nvars: []\n"}, false},
		{"transformers", []string{"kind: Component\n", "kind: Component\ntransformers: []\n"}, false},
		{"configurations", []string{"kind: Component\n", "kind: Component\nconfigurations: []\n"}, false},
		{"origin", []string{"kind: Component\n", "kind: Component\nbuildMetadata: []\n"}, false},
		{"changed parameters", []string{"patches:\n  - path", "patches:\n  - patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: shopset}, data: {QUEUE: patched}}'\n  - path"}, false},
		{"parameters that go", []string{"patches:\n  - path", "patches:\n  - patch: '{$patch: delete, apiVersion: v1, kind: ConfigMap, metadata: {name: shopset}}'\n    target: {kind: ConfigMap, name: shopset}\n  - path"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := many(t, tt.edits...)
			var alike []pattern
			var b Builder
			for _, o := range overlays(t, s, "tier-1") {
				if p := b.patternOf(o); p.key != "" && bytes.Contains(p.kustomization, []byte("components:")) && len(o.Files) == 1 {
					alike = append(alike, p)
				}
			}
			if len(alike) < worthSharing {
				t.Fatalf("only %d overlays are alike", len(alike))
			}
			got, err := b.together(alike, FromFS(s.app), FromFS(s.config))
			if err != nil {
				t.Fatal(err)
			}
			if (got != nil) != tt.want {
				t.Errorf("shared: %v", got != nil)
			}
		})
	}
}

// All of them agree with kubectl.
func TestBuildsAsKubectl(t *testing.T) {
	program, err := exec.LookPath(*kubectl)
	if err != nil {
		t.Skip("NO KUBECTL ON PATH: NO BUILD WAS COMPARED WITH IT")
	}
	s := many(t)
	all := overlays(t, s, "tier-1")
	var b Builder
	builds, err := b.Builds(all, FromFS(s.app), FromFS(s.config))
	if err != nil {
		t.Fatal(err)
	}
	got := texts(t, &b, builds)
	dir := t.TempDir()
	for sub, tree := range map[string]fs.FS{"base": s.app, "config": s.config} {
		if err := os.CopyFS(filepath.Join(dir, sub), tree); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range all {
		for file, data := range o.Files {
			write(t, filepath.Join(dir, file), data)
		}
		want, err := exec.Command(program, "kustomize", filepath.Join(dir, folderOf(o.Name))).Output()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got[o.Name])); diff != "" {
			t.Errorf("%s: kubectl builds something else:\n%s", o.Name, diff)
		}
	}
}
