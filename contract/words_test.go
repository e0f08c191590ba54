package contract

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// wordsOf reads the string constants of one type from the source of a package,
// so that a word that a newer Argo CD adds is noticed.
func wordsOf(t *testing.T, path, typeName string) []string {
	t.Helper()
	pkg, err := build.Import(path, ".", 0)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == typeName {
				for _, v := range spec.Values {
					if lit, ok := v.(*ast.BasicLit); ok {
						word, err := strconv.Unquote(lit.Value)
						if err != nil {
							t.Fatal(err)
						}
						words = append(words, word)
					}
				}
			}
			return true
		})
	}
	slices.Sort(words)
	return words
}

func TestEveryWordIsKnown(t *testing.T) {
	var healths, syncs, phases []string
	for _, w := range []argocd.Health{argocd.Healthy, argocd.Progressing, argocd.Degraded, argocd.Suspended, argocd.Missing, argocd.HealthUnknown} {
		healths = append(healths, string(w.Known()))
	}
	for _, w := range []argocd.SyncStatus{argocd.Synced, argocd.OutOfSync, argocd.SyncUnknown} {
		syncs = append(syncs, string(w.Known()))
	}
	for _, w := range []argocd.Phase{argocd.Running, argocd.Terminating, argocd.Succeeded, argocd.Failed, argocd.Errored} {
		if w.Active() == w.Done() {
			t.Errorf("phase %s must be either active or done", w)
		}
		phases = append(phases, string(w))
	}
	for _, tt := range []struct {
		path, typeName string
		ours           []string
	}{
		{"github.com/argoproj/gitops-engine/pkg/health", "HealthStatusCode", healths},
		{"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1", "SyncStatusCode", syncs},
		{"github.com/argoproj/gitops-engine/pkg/sync/common", "OperationPhase", phases},
	} {
		slices.Sort(tt.ours)
		if theirs := wordsOf(t, tt.path, tt.typeName); !slices.Equal(theirs, tt.ours) {
			t.Errorf("%s: Argo CD has %q, the client knows %q", tt.typeName, theirs, tt.ours)
		}
	}
}

// The server leaves out a field that it does not know, without a word. So each
// field that the client asks for must exist in Argo CD's types.
func TestEveryFieldAskedForExists(t *testing.T) {
	s := &server{apps: []v1alpha1.Application{full("prod-s-101")}}
	c := start(t, s)
	if _, err := c.List(t.Context(), argocd.Query{Detail: argocd.Operations},
		func(argocd.Application) error { return nil }); err != nil {
		t.Fatal(err)
	}
	wantPaths(t, s.url.Query().Get("fields"), "items.", reflect.TypeFor[v1alpha1.Application]())

	_ = c.Watch(t.Context(), argocd.Query{}, "", func(argocd.Event) error { return nil })
	fields := strings.TrimPrefix(s.url.Query().Get("fields"), "error,")
	wantPaths(t, fields, "result.", reflect.TypeFor[v1alpha1.ApplicationWatchEvent]())
}

func wantPaths(t *testing.T, fields, prefix string, root reflect.Type) {
	t.Helper()
	if fields == "" {
		t.Fatal("no fields were asked for")
	}
	for field := range strings.SplitSeq(fields, ",") {
		path, ok := strings.CutPrefix(field, prefix)
		if !ok || !hasPath(root, strings.Split(path, ".")) {
			t.Errorf("%s does not exist in %v", field, root)
		}
	}
}

func hasPath(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if len(path) == 0 {
		return true
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && hasPath(f.Type, path) || name == path[0] && hasPath(f.Type, path[1:]) {
			return true
		}
	}
	return false
}
