package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// Every operation of a plan stands in the table: it has a word as a step to
// come and a form for programs, but for hints, which nobody is told of.
func TestEveryOperationHasWords(t *testing.T) {
	ops := map[string]plan.Op{}
	for _, op := range []plan.Op{
		plan.MoveBranch{}, plan.CreateBranches{}, plan.WriteSystem{}, plan.Refresh{}, plan.Sync{}, plan.Seed{}, plan.InstallRoot{},
		plan.AwaitGates{}, plan.AwaitHand{}, plan.AwaitRead{}, plan.AwaitRollout{}, plan.AwaitDwell{}, plan.Propose{}, plan.Publish{}, plan.Conclude{},
		plan.SetImages{}, plan.OpenPull{}, plan.MergeByItself{}, plan.MergePull{}, plan.AwaitMergeable{}, plan.AwaitMerge{},
		plan.AwaitRoutes{}, plan.AwaitShopSet{}, plan.AwaitFront{}, plan.AwaitDrain{},
	} {
		ops[reflect.TypeOf(op).Name()] = op
	}
	c := callWith("promote", "tier-1")
	for _, name := range operations(t) {
		op, known := ops[name]
		if !known {
			t.Errorf("plan.%s is not tried here", name)
			continue
		}
		s := c.stepOf(op, shop.State{})
		if told := !plan.Harmless(op); told != (s.next != "") {
			t.Errorf("%s: as a step to come it is %q", name, s.next)
		}
		if s.done != "" && s.facts == "" {
			t.Errorf("%s: people are told that it is over, programs are not", name)
		}
		if plan.Waits(op) && !s.comes {
			t.Errorf("%s waits, and is over when it is done", name)
		}
	}
}

// operations are the types of package plan that have a wish.
func operations(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../plan/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of package plan: %v", err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "Wish" && f.Recv != nil {
				names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	return names
}

func callWith(args ...string) *Call {
	root := tree()
	return &Call{Env: &Env{Args: args}, Text: i18n.For(i18n.English), root: root, line: normalise(root, args)}
}
