package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// errInFull says that only rendering everything gives the answer.
var errInFull = errors.New("to be rendered in full")

// before is the intent that a tier branch was rendered from, if shopctl wrote
// its tip and main goes on from there. The tree of the tip is then what that
// intent asks for: the first commit was rendered in full, and each later one
// from the one before.
func (w *World) before(v view, tip git.Commit) (view, bool) {
	t, ours := shop.ParseTrailers(tip.Message)
	if !ours || t.Intent == "" || v.at.IsZero() {
		return view{}, false
	}
	from := id(t.Intent)
	if !w.Memo.contains(v.o, shop.SystemRepository, from, v.at) {
		return view{}, false
	}
	base, err := w.viewOf(v.o, from)
	return base, err == nil
}

// renderedSince renders what is new since the tip was written. errInFull: that
// does not tell.
func (w *World) renderedSince(ctx context.Context, v view, tier shop.Tier, r shop.Release, tip git.Commit) (rendering, error) {
	if _, ok := w.before(v, tip); !ok {
		return rendering{}, errInFull
	}
	if err := w.checked(v); err != nil {
		return rendering{}, fmt.Errorf("render %s: %w", tier, err)
	}
	return w.caughtUp(ctx, v, tier, r, tip)
}

// caughtUp is renderedSince without a look at the rules.
func (w *World) caughtUp(ctx context.Context, v view, tier shop.Tier, r shop.Release, tip git.Commit) (rendering, error) {
	base, ok := w.before(v, tip)
	if !ok {
		return rendering{}, errInFull
	}
	c := catchUp{w: w, ctx: ctx, base: base, v: v, tier: tier, tip: tip.Tree, want: map[string][]byte{}}
	if err := c.prepare(r); err != nil {
		return rendering{}, err
	}
	for _, step := range []func() error{c.shared, c.shopSets, c.shops} {
		if err := step(); err != nil {
			return rendering{}, err
		}
	}
	return c.out(r)
}

// catchUp brings the tree of a tier branch from one intent to a later one.
type catchUp struct {
	w       *World
	ctx     context.Context
	base, v view
	tier    shop.Tier
	tip     git.ID // tree
	news    news
	was, is roster // of the whole system
	policy  *shop.Policy
	spec    *shop.TierSpec
	trees   releaseTrees
	want    map[string][]byte // by path; nil: it goes
}

func (c *catchUp) prepare(r shop.Release) (err error) {
	if c.news, err = c.v.since(c.base); err != nil || !c.news.plain {
		return errInFull
	}
	if c.was, err = c.w.roster(c.base); err != nil {
		return errInFull
	}
	if c.is, err = c.w.roster(c.v); err != nil {
		return errInFull
	}
	if c.policy, err = c.v.policy(); err != nil {
		return errInFull
	}
	if c.spec, err = resource[*shop.TierSpec](c.v, shop.KindTier, string(c.tier)); err != nil {
		return errInFull
	}
	if !c.likeBefore() {
		return errInFull
	}
	if c.trees, err = c.w.releaseTrees(r); err != nil {
		return fmt.Errorf("render %s: %w", c.tier, err)
	}
	return c.facts(r)
}

// facts holds what the new release brings against what the old one brought,
// for every Configuration that the tier is made with. Other facts concern
// every file; a release that cannot be built is refused.
func (c *catchUp) facts(r shop.Release) error {
	from, err := gitlinks(c.v.o, c.tip)
	if err != nil {
		return errInFull
	}
	if from == r {
		return nil
	}
	old, err := c.w.releaseTrees(from)
	if err != nil {
		return errInFull
	}
	if old == c.trees {
		return nil
	}
	known := c.was.configurations(c.tier)
	for _, name := range c.is.configurations(c.tier) {
		f, err := c.factsOf(name)
		if err != nil {
			return fmt.Errorf("render %s: %w", c.tier, err)
		}
		if !slices.Contains(known, name) {
			continue
		}
		configuration, err := resource[*shop.Configuration](c.base, shop.KindConfiguration, name)
		if err != nil {
			return errInFull
		}
		policy, err := c.base.policy()
		if err != nil {
			return errInFull
		}
		before, err := c.w.factsOf(c.ctx, *configuration, *policy, old)
		if err != nil || before != f {
			return errInFull
		}
	}
	return nil
}

func (c *catchUp) factsOf(name string) (render.Facts, error) {
	configuration, err := resource[*shop.Configuration](c.v, shop.KindConfiguration, name)
	if err != nil {
		return render.Facts{}, err
	}
	return c.w.factsOf(c.ctx, *configuration, *c.policy, c.trees)
}

// input is what a ShopSet of the tier is rendered from now.
func (c *catchUp) input(name shop.ShopSetID) (render.Input, error) {
	return c.v.input(name, c.policy, c.spec, c.factsOf)
}

func (v view) input(name shop.ShopSetID, p *shop.Policy, t *shop.TierSpec, factsOf func(string) (render.Facts, error)) (in render.Input, err error) {
	set, err := resource[*shop.ShopSet](v, shop.KindShopSet, string(name))
	if err != nil {
		return in, err
	}
	configuration, err := resource[*shop.Configuration](v, shop.KindConfiguration, set.Configuration)
	if err != nil {
		return in, err
	}
	cluster, err := resource[*shop.Cluster](v, shop.KindCluster, set.Cluster)
	if err != nil {
		return in, err
	}
	facts, err := factsOf(set.Configuration)
	return render.Input{Policy: *p, Tier: *t, ShopSet: *set, Configuration: *configuration, Cluster: *cluster, Facts: facts}, err
}

// shared looks for changes that concern files of many ShopSets: those are
// rendered in full.
func (c *catchUp) shared() error {
	for _, x := range c.news.all {
		if render.Concerns(x.was, x.is)&^render.Roots == render.None {
			continue
		}
		if c.concernsMany(x) {
			return errInFull
		}
	}
	return nil
}

// concernsMany reports whether a change of something that ShopSets share is one
// for the tier's. What is new or gone is named by ShopSets that changed too.
func (c *catchUp) concernsMany(x changed) bool {
	if _, _, ok := sides[shop.Policy](x); ok {
		return true
	}
	if was, is, ok := sides[shop.TierSpec](x); ok {
		return was != nil && was.Name == c.tier || is != nil && is.Name == c.tier
	}
	uses := func(use func(enrolled) bool) bool { return c.was.any(c.tier, use) && c.is.any(c.tier, use) }
	if was, is, ok := sides[shop.Configuration](x); ok {
		return was != nil && is != nil && uses(func(e enrolled) bool { return e.configuration == is.Name })
	}
	if was, is, ok := sides[shop.Cluster](x); ok {
		return was != nil && is != nil && uses(func(e enrolled) bool { return e.cluster == is.Name })
	}
	return false
}

// out is what of all that is not on the branch yet, with the gitlinks.
func (c *catchUp) out(r shop.Release) (rendering, error) {
	out := rendering{changes: map[string]git.Change{}, content: map[string][]byte{}}
	for path, data := range c.want {
		there, err := c.there(path)
		switch {
		case err != nil:
			return out, err
		case data == nil && !there.ID.IsZero():
			out.changes[path] = git.Change{}
		case data != nil && (there.Mode != git.ModeFile || there.ID != git.BlobID(data)):
			out.put(path, data)
		}
	}
	for path, commit := range map[string]shop.CommitID{"base": r.App, "config": r.Configuration} {
		there, err := c.there(path)
		if err != nil {
			return out, err
		}
		want := git.Change{Mode: git.ModeGitlink, ID: id(commit)}
		if commit == "" {
			want = git.Change{}
		}
		if there.ID != want.ID || there.Mode != want.Mode {
			out.changes[path] = want
		}
	}
	return out, nil
}

// there is the entry of the branch at a path, zero when there is none.
func (c *catchUp) there(path string) (git.Entry, error) {
	e, err := git.Lookup(c.v.o, c.tip, path)
	if errors.Is(err, fs.ErrNotExist) {
		return git.Entry{}, nil
	}
	return e, err
}
