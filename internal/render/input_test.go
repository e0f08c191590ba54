package render

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// Kustomize would clone what looks like an address, though a folder has its name.
func TestFolderNamedLikeAnAddress(t *testing.T) {
	s := sample(t, "  - maintenance\n", "  - github.com/example-shop/x\n")
	s.app["k8s/github.com/example-shop/x/kustomization.yaml"] = &fstest.MapFile{Data: []byte("resources: []\n")}
	set := s.set(t)
	_, err := Inspect(*set.Configurations["default"], *set.Policy, FromFS(s.app), FromFS(s.config))
	if want := `base/k8s/kustomization.yaml:5: "github.com/example-shop/x" is not in the repository`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

func TestManualTier(t *testing.T) {
	s := sample(t, "spec:\n  gates:", "spec:\n  sync: manual\n  gates:")
	apps := string(s.tier(t, "tier-1")["argocd/s-101.yaml"])
	if strings.Contains(apps, "automated") || !strings.Contains(apps, "CreateNamespace=true") {
		t.Errorf("Argo CD syncs by itself:\n%s", apps)
	}
	set := s.set(t)
	_, root := Bootstrap(*set.Policy, *set.Tiers["tier-1"], set.Clusters)
	if !strings.Contains(string(root), "prune: false") {
		t.Errorf("a ShopSet that leaves takes its objects along without a sync:\n%s", root)
	}
}

func TestWithoutConfigurationRepository(t *testing.T) {
	s := sample(t, "    configuration: https://git.example.jp/settings.git\n", "", "  path: shop\n", "")
	files := s.tier(t, "tier-1")
	if modules := string(files[".gitmodules"]); strings.Contains(modules, "config") {
		t.Error(modules)
	}
}

// With manifest-generate-paths Argo CD says Synced and runs the release before
// (decision 13): the real one showed it, so it must not come back.
func TestNoGeneratePaths(t *testing.T) {
	s := sample(t)
	set := s.set(t)
	_, root := Bootstrap(*set.Policy, *set.Tiers["tier-1"], set.Clusters)
	for name, data := range s.tier(t, "tier-1") {
		if strings.Contains(string(data), "manifest-generate-paths") {
			t.Errorf("%s has it", name)
		}
	}
	if strings.Contains(string(root), "manifest-generate-paths") {
		t.Error("the root Application has it")
	}
}

// A person may write "." and paths that are not clean.
func TestBasePaths(t *testing.T) {
	for base, want := range map[string]string{"": "../../base", ".": "../../base", "./k8s/": "../../base/k8s", "deploy/base": "../../base/deploy/base"} {
		files, err := ShopSet(Input{ShopSet: shop.ShopSet{Name: "s-1"}, Configuration: shop.Configuration{Base: base}, Cluster: shop.Cluster{Name: "k"}})
		if err != nil || !strings.Contains(string(files["shopsets/s-1/kustomization.yaml"]), "resources:\n  - "+want+"\n") {
			t.Errorf("base %q: %v\n%s", base, err, files["shopsets/s-1/kustomization.yaml"])
		}
	}
}

func TestServices(t *testing.T) {
	names, err := Services("k8s", FromFS(sample(t).app))
	if diff := cmp.Diff([]string{"maintenance", "web"}, names); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := Services("deploy", FromFS(sample(t).app)); err == nil {
		t.Error("a folder that is not there has Services")
	}
}
