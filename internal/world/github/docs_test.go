package github

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	docRow    = regexp.MustCompile(`(?m)^\| (L?\d+|T\d+ [^|]*) \|(.*)\|$`)
	docTest   = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)(/\\d+)?`")
	docScript = regexp.MustCompile(`\*([a-z][-a-z]+)\*`)
	aTest     = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// Every row of docs/github.md names a test or a script, and each is there.
func TestDocumentedRowsAreTested(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	doc, err := os.ReadFile(filepath.Join(root, "docs", "github.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests, rows := everyTest(t, root), rowsOf(t, root)
	seen := map[string]bool{}
	for _, m := range docRow.FindAllStringSubmatch(string(doc), -1) {
		seen[m[1]] = true
		cells := strings.Split(m[2], "|")
		shown := cells[len(cells)-1]
		names, scripts := docTest.FindAllStringSubmatch(shown, -1), docScript.FindAllStringSubmatch(shown, -1)
		if len(names)+len(scripts) == 0 {
			t.Errorf("row %s is shown by nothing", m[1])
		}
		for _, n := range names {
			if !tests[n[1]] || n[2] != "" && !rows[n[2][1:]] {
				t.Errorf("row %s: there is no test %s%s", m[1], n[1], n[2])
			}
		}
		for _, s := range scripts {
			if _, err := os.Stat(filepath.Join(root, "cmd/shopctl/testdata/script", s[1]+".txtar")); err != nil {
				t.Errorf("row %s: there is no script %s", m[1], s[1])
			}
		}
	}
	for i := 1; i <= 32; i++ {
		if !seen[fmt.Sprint(i)] {
			t.Errorf("no row %d", i)
		}
		if i <= 10 && !seen[fmt.Sprintf("L%d", i)] {
			t.Errorf("no trap L%d", i)
		}
	}
}

func everyTest(t *testing.T, root string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, dir := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			data, err := os.ReadFile(path)
			for _, m := range aTest.FindAllSubmatch(data, -1) {
				found[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// rowsOf are the numbers of the subtests of TestRows.
func rowsOf(t *testing.T, root string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "internal/world/worldtest/rows_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t\t"(\d\d) `).FindAllSubmatch(data, -1) {
		found[string(m[1])] = true
	}
	return found
}
