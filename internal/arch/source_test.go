package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/shopctl/shopctl"

// A folder is one package as its files say it. Files are parsed, not listed by
// the go command: what a test reads itself is part of its cache key.
type folder struct {
	dir         string // below the module's root, with slashes
	comment     string // the package comment
	imports     []string
	testImports []string
	calls       []string // "time.Now" and the like, tests aside
	texts       []string // string literals, tests aside
}

// load parses every package of the root module.
func load(root fs.FS) (map[string]*folder, error) {
	folders := map[string]*folder{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped(root, name):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		dir := path.Dir(name)
		if folders[dir] == nil {
			folders[dir] = &folder{dir: dir}
		}
		return folders[dir].add(root, name)
	})
	return folders, err
}

// skipped folders are no packages of the root module.
func skipped(root fs.FS, dir string) bool {
	base := path.Base(dir)
	if dir != "." && (base == "testdata" || base[0] == '.' || base[0] == '_') {
		return true
	}
	_, err := fs.Stat(root, path.Join(dir, "go.mod"))
	return dir != "." && err == nil
}

func (f *folder) add(root fs.FS, name string) error {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ParseComments)
	if err != nil {
		return err
	}
	test := strings.HasSuffix(name, "_test.go")
	if file.Doc != nil && !test {
		f.comment += file.Doc.Text()
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("read import %s of %q: %w", spec.Path.Value, name, err)
		}
		if test {
			f.testImports = append(f.testImports, imported)
		} else {
			f.imports = append(f.imports, imported)
		}
	}
	if !test {
		f.calls = append(f.calls, selectors(file)...)
		f.texts = append(f.texts, literals(file)...)
	}
	return nil
}

func selectors(file *ast.File) (found []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				found = append(found, x.Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	return found
}

func literals(file *ast.File) (found []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			found = append(found, l.Value)
		}
		return true
	})
	return found
}

// ours are the imports from this module, as folders.
func (f *folder) ours() (dirs []string) {
	for _, i := range f.imports {
		if dir, ok := strings.CutPrefix(i, module+"/"); ok && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// repository is the module as it lies on disk.
func repository(t *testing.T) (fs.FS, map[string]*folder) {
	t.Helper()
	root := os.DirFS("../..")
	folders, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	return root, folders
}
