package arch

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// vague names say nothing about what a folder gives.
var vague = []string{"pkg", "util", "utils", "common", "types", "models", "service", "core", "helper", "helpers", "manager", "base", "misc"}

// unexplained finds packages whose comment does not say what they are for, or,
// inside, gives no example.
func unexplained(folders map[string]*folder) (found []string) {
	for _, f := range sorted(folders) {
		base := path.Base(f.dir)
		begin := "Package " + base + " "
		if strings.HasPrefix(f.dir, "cmd/") {
			begin = "Command " + base + " "
		}
		switch {
		case slices.Contains(vague, base):
			found = append(found, fmt.Sprintf("%s: name the folder by what it gives", f.dir))
		case !strings.HasPrefix(f.comment, begin):
			found = append(found, fmt.Sprintf("%s: the package comment must begin %q", f.dir, begin))
		case strings.Count(f.comment, begin) > 1:
			found = append(found, fmt.Sprintf("%s has two package comments", f.dir))
		case strings.HasPrefix(f.dir, "internal/") && !strings.Contains(f.comment, "\n\t"):
			found = append(found, fmt.Sprintf("%s: the package comment shows no example", f.dir))
		}
	}
	return found
}

func TestEveryPackageExplainsItself(t *testing.T) {
	_, folders := repository(t)
	for _, u := range unexplained(folders) {
		t.Error(u)
	}
}

func TestPackageCommentRulesCatch(t *testing.T) {
	for source, want := range map[string]string{
		"package plan":                               `internal/plan: the package comment must begin "Package plan "`,
		"// Package plan decides.\npackage plan":     "internal/plan: the package comment shows no example",
		"// The plan decides.\n//\n//\tx\npackage p": `internal/plan: the package comment must begin "Package plan "`,
	} {
		folders, err := load(fstest.MapFS{"internal/plan/plan.go": {Data: []byte(source)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := unexplained(folders); !slices.Equal(got, []string{want}) {
			t.Errorf("%q: got %q, want %q", source, got, want)
		}
	}
}

// The root of the repository is fixed: a new top-level entry is a decision.
func TestTopLevel(t *testing.T) {
	root, _ := repository(t)
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields("CHANGELOG.md LICENSE Makefile README.md README.ja.md bin cmd completions contract dist docs e2e go.mod go.sum internal")
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(known, e.Name()) {
			t.Errorf("unknown top-level entry %q", e.Name())
		}
	}
}
