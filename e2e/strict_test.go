package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/e2e/stack"
	"github.com/shopctl/shopctl/internal/rehearsal"
)

// Everything that shopctl generates is taken by the real apiserver when it is
// told to be strict: projects and Applications, and what Kustomize makes of the
// overlays and routes of a ShopSet.
func TestStrict(t *testing.T) {
	p := repositories(t, "strict", rehearsal.GitOptions{})
	settled(t, p, 2)
	change := shopFile("hana", "s-001")
	change["tiers/tier-1.yaml"] = tierFile("tier-1", "dwell: 1s", "sync: manual")
	p.commit("system", "main", "A shop, and a tier by hand", change)
	p.shopctl(0, "reconcile", "--yes")
	tree := func(branch string) string {
		dir := filepath.Join(p.home, "strict-"+branch)
		p.git("-c", "protocol.file.allow=always", "clone", "-q", "-b", branch, "--recurse-submodules", p.url+"/system.git", dir)
		return dir
	}
	seen := map[string]int{}
	taken := func(manifests string) {
		t.Helper()
		for document := range strings.SplitSeq(manifests, "\n---\n") {
			kind := field(document, "kind")
			path, known := collections[kind]
			if !known {
				t.Errorf("where does a %q go?\n%s", kind, document)
				continue
			}
			namespace := field(document, "  namespace")
			if namespace == "" {
				namespace = "argocd"
			}
			seen[kind]++
			// Another name: what is there already would be refused as such.
			document = strings.Replace(document, "\n  name: ", "\n  name: strict-", 1)
			err := world.Kube.Send(t.Context(), http.MethodPost, strings.ReplaceAll(path, "NAMESPACE", namespace)+"?dryRun=All&fieldValidation=Strict", stack.YAML, []byte(document), nil)
			if err != nil {
				t.Errorf("%v\n%s", err, document)
			}
		}
	}
	main := tree("main")
	for _, tier := range []string{"tier-0", "tier-1"} {
		files, err := filepath.Glob(filepath.Join(main, "bootstrap", tier+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		dir := tree(tier)
		more, err := filepath.Glob(filepath.Join(dir, "argocd", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range append(files, more...) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			taken(string(data))
		}
		sets, err := filepath.Glob(filepath.Join(dir, "shopsets", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range sets {
			taken(output(t, exec.Command(filepath.Join(os.Getenv("E2E_ARGO"), "kustomize"), "build", set)))
			routes, err := filepath.Glob(filepath.Join(set, "shops", "*.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range routes {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				taken(string(data))
			}
		}
	}
	t.Logf("figure strict %v", seen)
	for _, kind := range []string{"AppProject", "Application", "Deployment", "Service", "ConfigMap", "HTTPRoute"} {
		if seen[kind] == 0 {
			t.Errorf("no %s was tried", kind)
		}
	}
}

// collections are where objects of a kind are created.
var collections = map[string]string{
	"AppProject":  "/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects",
	"Application": applications,
	"ConfigMap":   "/api/v1/namespaces/NAMESPACE/configmaps",
	"Service":     "/api/v1/namespaces/NAMESPACE/services",
	"Namespace":   "/api/v1/namespaces",
	"Deployment":  "/apis/apps/v1/namespaces/NAMESPACE/deployments",
	"HTTPRoute":   "/apis/gateway.networking.k8s.io/v1/namespaces/NAMESPACE/httproutes",
	"Ingress":     "/apis/networking.k8s.io/v1/namespaces/NAMESPACE/ingresses",
}

// field is the value of the first line that begins with a key.
func field(document, key string) string {
	for line := range strings.Lines(document) {
		if value, is := strings.CutPrefix(line, key+": "); is {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
