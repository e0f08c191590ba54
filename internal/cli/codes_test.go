package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/shopctl/shopctl/internal/i18n"
)

// Every code that is declared is in the registry, once, and has a page; no page is of no code.
func TestCodes(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []Code
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, _ := strconv.Unquote(l.Value); len(s) == len("SHOP-1001") && s[:5] == "SHOP-" {
				declared = append(declared, Code(s))
			}
		}
		return true
	})
	registry := Codes()
	if !slices.Equal(declared, registry) {
		t.Errorf("declared %d codes %v, registry %d %v", len(declared), declared, len(registry), registry)
	}
	pages := i18n.For(i18n.English).Explain
	for _, c := range registry {
		p, ok := pages[string(c)]
		if !ok || p.Title == "" || p.Why == "" || p.Do == "" {
			t.Errorf("%s has no page to explain it", c)
		}
		if n := c.Exit(); n < 1 || n > 11 || n == 10 {
			t.Errorf("%s exits with %d", c, n)
		}
		delete(pages, string(c))
	}
	for c := range pages {
		t.Errorf("the page of %s explains no code", c)
	}
}

func TestExit(t *testing.T) {
	for code, want := range map[Code]int{"SHOP-6002": 6, "SHOP-B001": 11, "SHOP-1001": 1, "": 1, "SHOP-": 1, "SHOP-0001": 1} {
		if got := code.Exit(); got != want {
			t.Errorf("%q exits with %d, want %d", code, got, want)
		}
	}
}

// A row of the table, a line of help, a name.
func TestExitCodes(t *testing.T) {
	when := i18n.For(i18n.English).Help.ExitCodes
	for _, e := range ExitCodes() {
		if when[e.Code] == "" || e.Name == "" || ExitName(e.Code) != e.Name {
			t.Errorf("exit code %d: name %q, when %q", e.Code, e.Name, when[e.Code])
		}
		delete(when, e.Code)
	}
	if len(when) != 0 {
		t.Errorf("help on codes that are in no table: %v", when)
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		codes []int
		want  int
	}{
		{nil, 0},
		{[]int{0, 0}, 0},
		{[]int{8, 11, 6, 7, 5, 4, 1, 9}, 9},
		{[]int{8, 11, 6, 7, 5, 4, 1}, 1},
		{[]int{8, 11, 6, 7, 5, 4}, 4},
		{[]int{8, 11, 6, 7, 5}, 5},
		{[]int{8, 11, 6, 7}, 7},
		{[]int{8, 11, 6}, 6},
		{[]int{8, 11}, 11},
		{[]int{0, 8, 10}, 8},
		{[]int{0, 10}, 10},
	} {
		if got := Worst(c.codes...); got != c.want {
			t.Errorf("Worst(%v) = %d, want %d", c.codes, got, c.want)
		}
	}
}
