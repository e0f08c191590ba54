package show

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var padding = regexp.MustCompile(`%[-+ 0#]*([1-9*][0-9]*)(\.[0-9*]+)?[svq]`)

// Text is measured in cells, by one function: no padding by bytes, no other
// library of widths.
func TestNoPaddingByBytes(t *testing.T) {
	for _, dir := range []string{".", "../cli", "../i18n", "../tui"} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, wrong := range paddings(t, path, nil) {
				t.Error(wrong)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestPaddingIsSeen(t *testing.T) {
	const file = "package p\nimport \"text/tabwriter\"\nvar _ = fmt.Sprintf(\"%-10s\", x)\nvar _ = strings.Repeat(\" \", 10-len(x))\n"
	if got := paddings(t, "p.go", file); len(got) != 3 {
		t.Errorf("seen: %q", got)
	}
}

func paddings(t *testing.T, path string, src any) (wrong []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(n ast.Node, what string) { wrong = append(wrong, set.Position(n.Pos()).String()+": "+what) }
	for _, i := range file.Imports {
		for _, other := range []string{"go-runewidth", "uniseg", "text/tabwriter"} {
			if strings.Contains(i.Path.Value, other) {
				add(i, "measures text in its own way")
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if s, _ := strconv.Unquote(n.Value); n.Kind == token.STRING && padding.MatchString(s) {
				add(n, "pads by bytes; use show.Pad")
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Repeat" && len(n.Args) == 2 && usesLen(n.Args[1]) {
				add(n, "counts bytes; use show.Width")
			}
		}
		return true
	})
	return wrong
}

func usesLen(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "len"
		return true
	})
	return found
}
