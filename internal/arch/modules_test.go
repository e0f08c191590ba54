package arch

import (
	"bytes"
	"debug/buildinfo"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Modules linked into shopctl, its own counted.
const moduleBudget = 80

// tooHeavy must not be linked: each costs start-up time and size that no
// command can afford (libraries of Kubernetes and of Argo CD's server).
var tooHeavy = []string{
	"k8s.io/kubernetes/",
	"k8s.io/client-go/",
	"sigs.k8s.io/controller-runtime/",
	"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1",
	"github.com/argoproj/argo-cd/v2/pkg/apiclient/application",
	"github.com/argoproj/gitops-engine/",
	"github.com/charmbracelet/glamour",
	"github.com/santhosh-tekuri/jsonschema",
	"github.com/invopop/jsonschema",
}

func goMod(t *testing.T) string {
	t.Helper()
	root, _ := repository(t)
	data, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var directive = regexp.MustCompile(`(?m)^(replace|exclude|toolchain)\b`)

// `go install …@latest` refuses a module with replace or exclude; a toolchain
// line makes a machine that has the right Go fetch another one.
func TestGoModCanBeInstalled(t *testing.T) {
	if found := directive.FindString(goMod(t)); found != "" {
		t.Errorf("go.mod has a %s directive", found)
	}
}

var required = regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)

// directModules are those that go.mod requires without "// indirect".
func directModules(mod string) (paths []string) {
	for _, m := range required.FindAllStringSubmatch(mod, -1) {
		paths = append(paths, m[1])
	}
	return paths
}

var explained = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]{20,} \\|$")

func TestEveryDirectModuleHasItsSentence(t *testing.T) {
	root, _ := repository(t)
	page, err := fs.ReadFile(root, "docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, m := range explained.FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, m[1])
	}
	direct := directModules(goMod(t))
	if len(direct) == 0 {
		t.Fatal("go.mod has no direct modules: the pattern is wrong")
	}
	for _, m := range direct {
		if !slices.Contains(rows, m) {
			t.Errorf("%s has no row in docs/dependencies.md that says what it replaces", m)
		}
	}
	for _, r := range rows {
		if !slices.Contains(direct, r) {
			t.Errorf("docs/dependencies.md explains %s, which go.mod does not require directly", r)
		}
	}
}

func TestDirectModulesReadsGoMod(t *testing.T) {
	mod := "module m\n\nrequire example.com/a v1.0.0\n\nrequire (\n\texample.com/b/v2 v2.0.0\n\texample.com/c v0.1.0 // indirect\n)\n"
	if got, want := directModules(mod), []string{"example.com/a", "example.com/b/v2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// heavy names the forbidden packages that a binary contains: their functions'
// names stand in it, stripped or not.
func heavy(binary []byte) (found []string) {
	for _, p := range tooHeavy {
		if bytes.Contains(binary, []byte(p)) {
			found = append(found, p)
		}
	}
	return found
}

// The sources are read above this test, so its cached result falls with any of
// them; what is linked is read from the binary, not from a list.
func TestLinked(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the binary")
	}
	repository(t)
	goMod(t)
	file := filepath.Join(t.TempDir(), "shopctl")
	build := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-o", file, "./cmd/shopctl") // as it is released
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build ./cmd/shopctl: %v\n%s", err, out)
	}
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	count := len(info.Deps) + 1
	t.Logf("figure modules-linked=%d budget=%d", count, moduleBudget)
	if count > moduleBudget {
		t.Errorf("%d modules are linked, more than %d", count, moduleBudget)
	}
	binary, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range heavy(binary) {
		t.Errorf("the binary contains %s", p)
	}
	if !bytes.Contains(binary, []byte(module+"/internal/shop")) {
		t.Error("the binary does not name its own packages: the search proves nothing")
	}
}

func TestHeavyIsFound(t *testing.T) {
	if got := heavy([]byte("x k8s.io/client-go/rest.Config y")); !slices.Equal(got, []string{"k8s.io/client-go/"}) {
		t.Errorf("got %q", strings.Join(got, " "))
	}
}
