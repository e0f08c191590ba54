package arch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// ours says which packages of ours a package may import, tests aside. A folder
// that is not here is not part of the shape: give it a line, and
// docs/architecture.md one too.
var ours = map[string]string{
	"cmd/shopctl":               "internal/cli internal/login internal/rehearsal internal/rehearsal/forge internal/settings internal/shop internal/termguard internal/world internal/world/argocd internal/world/git internal/world/github",
	"completions":               "",
	"internal/apply":            "internal/plan internal/shop",
	"internal/arch":             "",
	"internal/bench":            "",
	"internal/cli":              "completions internal/apply internal/i18n internal/intent internal/plan internal/rails internal/rehearsal internal/render internal/settings internal/shop internal/show internal/tui",
	"internal/crash":            "",
	"internal/i18n":             "internal/shop",
	"internal/intent":           "internal/shop",
	"internal/login":            "",
	"internal/plan":             "internal/shop",
	"internal/rails":            "",
	"internal/rehearsal":        "internal/intent internal/rehearsal/forge internal/render internal/shop internal/world/git",
	"internal/rehearsal/forge":  "",
	"internal/render":           "internal/intent internal/shop",
	"internal/screens":          "",
	"internal/settings":         "internal/shop",
	"internal/shop":             "",
	"internal/show":             "internal/apply internal/plan internal/shop",
	"internal/termguard":        "",
	"internal/tui":              "internal/apply internal/i18n internal/plan internal/settings internal/shop internal/show",
	"internal/world":            "internal/apply internal/intent internal/plan internal/render internal/shop internal/world/argocd internal/world/gate internal/world/git internal/world/github",
	"internal/world/argocd":     "",
	"internal/world/gate":       "",
	"internal/world/git":        "",
	"internal/world/github":     "",
	"internal/world/simulation": "internal/apply internal/intent internal/plan internal/render internal/shop internal/world internal/world/argocd internal/world/git internal/world/github",
	"internal/world/worldtest":  "internal/apply internal/intent internal/plan internal/rehearsal internal/render internal/shop internal/world internal/world/argocd internal/world/git internal/world/github",
}

// worldsUsers are the only ones that import world: main builds it, everybody
// else is given an apply.World. The other two exist for tests; nobody imports them.
var worldsUsers = []string{"cmd/shopctl", "internal/world/simulation", "internal/world/worldtest"}

// owners are the only importers of a library, tests included, so that an
// upgrade or a replacement is one folder's business.
var owners = map[string]string{
	"github.com/urfave/cli":                 "internal/cli",
	"github.com/go-git":                     "internal/world/git",
	"github.com/google/go-github":           "internal/world/github",
	"github.com/argoproj":                   "internal/world/argocd",
	"sigs.k8s.io/kustomize":                 "internal/render",
	"github.com/charmbracelet/bubbletea":    "internal/tui",
	"github.com/charmbracelet/bubbles":      "internal/tui",
	"github.com/charmbracelet/lipgloss":     "internal/tui",
	"github.com/itchyny/gojq":               "internal/show",
	"github.com/zalando/go-keyring":         "internal/login",
	"github.com/sergi/go-diff":              "internal/render",
	"github.com/mattn/go-runewidth":         "nobody", // counts frames as two cells in a Japanese locale
	"github.com/rivo/uniseg":                "nobody", // one width function: x/ansi
	"github.com/creack/pty":                 "tests",
	"github.com/getkin/kin-openapi":         "tests",
	"github.com/google/go-cmp":              "tests",
	"github.com/invopop/jsonschema":         "tests",
	"github.com/rogpeppe/go-internal":       "tests",
	"github.com/santhosh-tekuri/jsonschema": "tests",
}

// leaves are the packages of argo-cd/v2 that cost nothing; every other one
// brings Kubernetes with it, 35 ms of start-up and 50 MiB.
var leaves = []string{
	"github.com/argoproj/argo-cd/v2/pkg/apis/application",
	"github.com/argoproj/argo-cd/v2/pkg/apiclient/session",
	"github.com/argoproj/argo-cd/v2/pkg/apiclient/version",
	"github.com/argoproj/argo-cd/v2/util/localconfig",
}

// starters are those that may run another program. Nothing else does, and on
// the write path nobody.
var starters = []string{
	"cmd/shopctl",              // git's credential helper
	"internal/rehearsal",       // git's http-backend, the sample data
	"internal/rehearsal/forge", // git, to merge and to compare
	"internal/screens",         // tmux, the terminal of the tests and of the pictures
	"internal/world/gate",      // the program of a command gate, from the runner's own settings: before a plan, never in a write
	"internal/world/git",       // git's own idea of who the user is
}

// pure packages decide or compute; clock, chance, files and network come to
// them as values.
var (
	pure         = []string{"internal/shop", "internal/plan", "internal/intent", "internal/render", "internal/rails"}
	impure       = []string{"os", "os/exec", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "syscall"}
	impureCalls  = []string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.NewTimer", "time.NewTicker"}
	longestChain = 7
)

// violations checks everything about who imports what.
func violations(folders map[string]*folder) (found []string) {
	say := func(format string, a ...any) { found = append(found, fmt.Sprintf(format, a...)) }
	for _, f := range sorted(folders) {
		allowed, listed := ours[f.dir]
		if !listed {
			say("%s has no line in the table of internal/arch", f.dir)
		}
		for _, dir := range f.ours() {
			if listed && !slices.Contains(strings.Fields(allowed), dir) {
				say("%s imports %s", f.dir, dir)
			}
			if dir == "internal/world" && !slices.Contains(worldsUsers, f.dir) {
				say("%s imports world: only main builds it, others are given one", f.dir)
			}
		}
		found = append(found, foreign(f)...)
		found = append(found, impurities(f)...)
		found = append(found, paddings(f)...)
	}
	if chain := longest(folders); len(chain) > longestChain {
		say("the longest import chain has %d packages, more than %d: %s", len(chain), longestChain, strings.Join(chain, " -> "))
	}
	return found
}

// foreign checks what a package takes from other modules.
func foreign(f *folder) (found []string) {
	for library, owner := range owners {
		users := f.imports
		if owner != "tests" {
			users = append(slices.Clone(users), f.testImports...)
		}
		for _, i := range users {
			if (i == library || strings.HasPrefix(i, library+"/")) && f.dir != owner {
				found = append(found, fmt.Sprintf("%s imports %s, which is for %s alone", f.dir, i, owner))
			}
		}
	}
	for _, i := range append(slices.Clone(f.imports), f.testImports...) {
		if strings.HasPrefix(i, "github.com/argoproj/") && !slices.Contains(leaves, i) {
			found = append(found, fmt.Sprintf("%s imports %s, which is no leaf of argo-cd", f.dir, i))
		}
	}
	if slices.Contains(f.imports, "os/exec") && !slices.Contains(starters, f.dir) {
		found = append(found, fmt.Sprintf("%s starts programs", f.dir))
	}
	if f.dir == "internal/termguard" && !slices.Equal(f.imports, []string{"os"}) {
		found = append(found, fmt.Sprintf("internal/termguard imports %v; with anything but os it is initialised too late", f.imports))
	}
	return found
}

func impurities(f *folder) (found []string) {
	if !slices.Contains(pure, f.dir) {
		return nil
	}
	for _, i := range f.imports {
		if slices.Contains(impure, i) {
			found = append(found, fmt.Sprintf("%s is pure and imports %s", f.dir, i))
		}
	}
	for _, c := range f.calls {
		if slices.Contains(impureCalls, c) {
			found = append(found, fmt.Sprintf("%s is pure and uses %s", f.dir, c))
		}
	}
	return found
}

// speakers write text for people.
var (
	speakers = []string{"internal/cli", "internal/i18n", "internal/show", "internal/tui"}
	padding  = regexp.MustCompile(`%-?[0-9*]+[sqv]`)
)

// paddings finds text that is padded by fmt, which counts runes and not cells.
func paddings(f *folder) (found []string) {
	if !slices.Contains(speakers, f.dir) {
		return nil
	}
	for _, text := range f.texts {
		if verb := padding.FindString(text); verb != "" {
			found = append(found, fmt.Sprintf("%s pads by %s in %s: fmt counts runes, a terminal cells", f.dir, verb, text))
		}
	}
	return found
}

// longest is the longest chain of imports among our packages, tests aside.
func longest(folders map[string]*folder) []string {
	known := map[string][]string{}
	var from func(dir string) []string
	from = func(dir string) []string {
		if chain, ok := known[dir]; ok {
			return chain
		}
		best := []string{}
		if f := folders[dir]; f != nil {
			for _, next := range f.ours() {
				if chain := from(next); len(chain) > len(best) {
					best = chain
				}
			}
		}
		known[dir] = append([]string{dir}, best...)
		return known[dir]
	}
	var best []string
	for _, f := range sorted(folders) {
		if chain := from(f.dir); len(chain) > len(best) {
			best = chain
		}
	}
	return best
}

func sorted(folders map[string]*folder) (list []*folder) {
	for _, f := range folders {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *folder) int { return strings.Compare(a.dir, b.dir) })
	return list
}

func TestImports(t *testing.T) {
	_, folders := repository(t)
	for _, v := range violations(folders) {
		t.Error(v)
	}
	chain := longest(folders)
	t.Logf("figure import-chain=%d packages=%d %s", len(chain), len(folders), strings.Join(chain, " -> "))
}

// Each rule is broken once here, so that none of them is asleep.
func TestImportRulesCatch(t *testing.T) {
	for _, c := range []struct{ file, source, want string }{
		{"internal/plan/x.go", "package plan\nimport _ \"github.com/shopctl/shopctl/internal/apply\"", "internal/plan imports internal/apply"},
		{"internal/cli/x.go", "package cli\nimport _ \"github.com/shopctl/shopctl/internal/world\"", "internal/cli imports world: only main builds it, others are given one"},
		{"internal/helpers/x.go", "package helpers", "internal/helpers has no line in the table of internal/arch"},
		{"internal/world/x.go", "package world\nimport _ \"github.com/go-git/go-git/v5\"", "internal/world imports github.com/go-git/go-git/v5, which is for internal/world/git alone"},
		{"internal/world/x_test.go", "package world\nimport _ \"github.com/go-git/go-git/v5\"", "internal/world imports github.com/go-git/go-git/v5, which is for internal/world/git alone"},
		{"internal/show/x.go", "package show\nimport _ \"github.com/google/go-cmp/cmp\"", "internal/show imports github.com/google/go-cmp/cmp, which is for tests alone"},
		{"internal/world/argocd/x.go", "package argocd\nimport _ \"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1\"", "internal/world/argocd imports github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1, which is no leaf of argo-cd"},
		{"internal/termguard/x.go", "package termguard\nimport (\n_ \"os\"\n_ \"fmt\"\n)", "internal/termguard imports [os fmt]; with anything but os it is initialised too late"},
		{"internal/render/x.go", "package render\nimport _ \"os\"", "internal/render is pure and imports os"},
		{"internal/plan/x.go", "package plan\nimport \"time\"\nvar _ = time.Now", "internal/plan is pure and uses time.Now"},
		{"internal/cli/x.go", "package cli\nimport _ \"os/exec\"", "internal/cli starts programs"},
		{"internal/show/x.go", "package show\nconst x = \"%-10s\"", "internal/show pads by %-10s in \"%-10s\": fmt counts runes, a terminal cells"},
	} {
		folders, err := load(fstest.MapFS{c.file: {Data: []byte(c.source)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := violations(folders); !slices.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.file, got, c.want)
		}
	}
}

func TestLongestChain(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 8 {
		files[fmt.Sprintf("p%d/x.go", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "package p\nimport _ %q", fmt.Sprintf("%s/p%d", module, i+1))}
	}
	folders, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(longest(folders)); got != 9 {
		t.Errorf("longest chain: got %d, want 9", got)
	}
}
