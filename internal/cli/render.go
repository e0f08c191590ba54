package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type renderResult struct {
	Tier    shop.Tier       `json:"tier"`
	Release releaseJSON     `json:"release"`
	Files   int             `json:"files"`
	Equal   bool            `json:"equal"` // the branch holds exactly this
	Differs []differingFile `json:"differs"`
	Out     string          `json:"out,omitempty"`
}

type differingFile struct {
	Path string `json:"path"`
	How  string `json:"how"` // added, changed, removed: what reconcile would do
}

func renderCommand() *Command {
	return &Command{
		Name: "render", Group: Repair, Help: func(t *i18n.Text) i18n.Help { return t.Render.Help },
		Args:  []Arg{{Name: "TIER|SHOPSET", Complete: completeTiers}},
		Flags: []Flag{{Name: "out", Value: "DIR", Shell: true}, {Name: "check"}},
		Kind:  "Render", Fields: renderResult{}, Run: runRender,
	}
}

// runRender renders what a tier should run, in full, and compares.
func runRender(ctx context.Context, c *Call) error {
	w, err := c.World(ctx)
	if err != nil {
		return err
	}
	defer w.Close()
	have, err := w.Observe(ctx, shop.Look{})
	if err != nil {
		return err
	}
	t, only, err := c.renderTarget(have, c.Arg(0))
	if err != nil {
		return err
	}
	tier := t.Spec.Name
	want, _ := plan.Want(have, tier)
	files, differs, err := w.Rendered(ctx, tier, want)
	if err != nil {
		return err
	}
	if only != "" {
		files, differs = ofShopSet(files, differs, only)
	}
	v := renderResult{Tier: tier, Release: releaseOf(want, numberOf(t, want)), Files: len(files), Equal: len(differs) == 0, Differs: []differingFile{}, Out: c.String("out")}
	for _, d := range differs {
		v.Differs = append(v.Differs, differingFile{d.Path, how(d)})
	}
	if v.Out != "" {
		if err := export(v.Out, files); err != nil {
			return err
		}
		c.Say(c.Text.Render.Written(len(files), v.Out))
	}
	if err := c.Show(c.rendered(v, files)); err != nil {
		return err
	}
	if c.Is("check") && !v.Equal {
		return Exit(ExitChanges)
	}
	return nil
}

func (c *Call) renderTarget(have shop.State, name string) (t shop.TierState, only shop.ShopSetID, err error) {
	if t, ok := have.Tier(shop.Tier(name)); ok {
		return t, "", nil
	}
	for _, t := range have.Tiers {
		for _, s := range t.ShopSets {
			if string(s.Name) == name {
				return t, s.Name, nil
			}
		}
	}
	return t, "", &Fail{Code: NoSuchShopSet, Message: c.Text.Render.NotHere(name)}
}

func ofShopSet(files map[string][]byte, differs []shop.Change, name shop.ShopSetID) (map[string][]byte, []shop.Change) {
	belongs := func(p string) bool {
		return strings.HasPrefix(p, "shopsets/"+string(name)+"/") || p == "argocd/"+string(name)+".yaml"
	}
	own := maps.Clone(files)
	maps.DeleteFunc(own, func(p string, _ []byte) bool { return !belongs(p) })
	return own, slices.DeleteFunc(differs, func(c shop.Change) bool { return !belongs(c.Path) })
}

func how(c shop.Change) string {
	switch {
	case c.Removed:
		return "removed"
	case c.Added:
		return "added"
	}
	return "changed"
}

// export writes files below a folder and nowhere else.
func export(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make %q: %w", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open %q: %w", dir, err)
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
			return fmt.Errorf("make %q: %w", name, err)
		}
		if err := root.WriteFile(name, files[name], 0o666); err != nil {
			return fmt.Errorf("write %q: %w", name, err)
		}
	}
	return nil
}

func (c *Call) rendered(v renderResult, files map[string][]byte) Result {
	r := Result{Value: v}
	if c.Is("check") {
		for _, d := range v.Differs {
			r.Rows = append(r.Rows, []string{d.How, d.Path})
		}
		r.Human = func(p show.Page) {
			if v.Equal {
				p.Line(p.Mark(show.Good, c.Text.Render.Equal(c.Arg(0), v.Files)))
				return
			}
			p.Line(p.Mark(show.Bad, c.Text.Render.Differs(c.Arg(0), len(v.Differs))))
			for _, d := range v.Differs {
				p.Line("  ", show.Pad(d.How, 8), "  ", show.Clean(d.Path))
			}
		}
		return r
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		r.Rows = append(r.Rows, []string{name, fmt.Sprint(len(files[name]))})
	}
	r.Human = func(p show.Page) {
		if v.Out != "" {
			return
		}
		for _, row := range r.Rows {
			p.Line(row[0])
		}
	}
	return r
}
