package world

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// assertKey names what was built: the files of a ShopSet, how it is made, and
// the trees below it.
type assertKey struct {
	files, configuration [sha256.Size]byte
	trees                releaseTrees
}

// proof looks at a tier branch before it is pushed: a Kustomize build that does
// something else than was meant succeeds silently.
type proof struct {
	w     *World
	ctx   context.Context
	v     view
	tier  shop.Tier
	trees releaseTrees
	o     git.Objects
	tree  git.ID // of the branch
	r     rendering
	is    roster
}

// assert holds the files that a write changes against I9, and builds one
// ShopSet of every kind among those whose overlay or release changes. The
// number of ShopSets does not matter: those of a Configuration differ in names.
func (w *World) assert(ctx context.Context, v view, tier shop.Tier, release shop.Release, r rendering, o git.Objects, tree git.ID) error {
	trees, err := w.releaseTrees(release)
	if err != nil {
		return err
	}
	is, err := w.roster(v)
	if err != nil {
		return err
	}
	p := proof{w: w, ctx: ctx, v: v, tier: tier, trees: trees, o: o, tree: tree, r: r, is: is}
	if err := p.check9(); err != nil {
		return &shop.Fault{Kind: shop.BrokenRule, Repository: shop.SystemRepository, Tier: tier, Text: err.Error(), Err: err}
	}
	if !w.builds {
		return nil
	}
	for _, name := range p.representatives() {
		if err := p.build(name); err != nil {
			return err
		}
	}
	return nil
}

// touched is the ShopSet that a path of a tier branch belongs to, and whether
// the file is a route.
func touched(file string) (set shop.ShopSetID, route bool) {
	top, rest, _ := strings.Cut(file, "/")
	switch name, below, _ := strings.Cut(rest, "/"); {
	case top == "argocd" && strings.HasSuffix(rest, ".yaml"):
		return shop.ShopSetID(strings.TrimSuffix(rest, ".yaml")), false
	case top == "shopsets":
		return shop.ShopSetID(name), strings.HasPrefix(below, "shops/")
	}
	return "", false
}

// check9 looks at the changed files, and at those that have to be there with them.
func (p proof) check9() error {
	files := render.Files{}
	maps.Copy(files, p.r.content)
	for file := range p.r.changes {
		set, _ := touched(file)
		if set == "" {
			continue
		}
		for _, with := range []string{"argocd/" + string(set) + ".yaml", "shopsets/" + string(set) + "/kustomization.yaml"} {
			if files[with] != nil {
				continue
			}
			e, err := git.Lookup(p.o, p.tree, with)
			if err != nil {
				continue // gone too, or Check9 says so
			}
			if p.is[set].tier != p.tier {
				return fmt.Errorf("I9: ShopSet %q is none of %s", set, p.tier)
			}
			if files[with], err = p.o.Blob(e.ID); err != nil {
				return err
			}
		}
	}
	return render.Check9(files, p.tier)
}

// representatives are the first ShopSet of each kind among those that change.
func (p proof) representatives() []shop.ShopSetID {
	among := map[shop.ShopSetID]bool{}
	all := false
	for file := range p.r.changes {
		if set, route := touched(file); set != "" && !route {
			among[set] = true
		}
		all = all || file == "base" || file == "config"
	}
	policy, err := p.v.policy()
	if err != nil {
		return nil
	}
	type kind struct {
		configuration string
		wildcard      bool
	}
	firsts := map[kind]shop.ShopSetID{}
	for name, e := range p.is {
		if e.tier != p.tier || !all && !among[name] {
			continue
		}
		k := kind{e.configuration, policy.Wildcard != nil && policy.Wildcard.ShopSet == name}
		if first, has := firsts[k]; !has || name < first {
			firsts[k] = name
		}
	}
	return slices.Sorted(maps.Values(firsts))
}

// build builds one ShopSet from the files of the branch.
func (p proof) build(name shop.ShopSetID) error {
	files, err := p.filesOf(name)
	if err != nil {
		return err
	}
	policy, err := p.v.policy()
	if err != nil {
		return err
	}
	spec, err := resource[*shop.TierSpec](p.v, shop.KindTier, string(p.tier))
	if err != nil {
		return err
	}
	in, err := p.v.input(name, policy, spec, func(configuration string) (render.Facts, error) {
		c, err := resource[*shop.Configuration](p.v, shop.KindConfiguration, configuration)
		if err != nil {
			return render.Facts{}, err
		}
		return p.w.factsOf(p.ctx, *c, *policy, p.trees)
	})
	if err != nil {
		return err
	}
	key := assertKey{digest(files), sha256.Sum256(fmt.Appendf(nil, "%+v", in.Configuration)), p.trees}
	_, err = memoised(p.w.Memo, p.w.Memo.asserted, key, func() (bool, error) {
		base := p.w.treeOf(p.ctx, shop.AppRepository, p.trees.app)
		config := p.w.treeOf(p.ctx, shop.ConfigurationRepository, p.trees.configuration)
		_, err := render.Assert(in, files, base, config)
		return err == nil, doesNotBuild(in.Configuration.Name, p.tier, err, base, config)
	})
	return err
}

// filesOf are the files of a ShopSet as the branch has them, with the routes
// that changed, or one that did not.
func (p proof) filesOf(name shop.ShopSetID) (render.Files, error) {
	dir := "shopsets/" + string(name)
	files := render.Files{}
	for file, data := range p.r.content {
		if strings.HasPrefix(file, dir+"/shops/") {
			files[file] = data
		}
	}
	top, err := git.Lookup(p.o, p.tree, dir)
	if err != nil {
		return nil, fmt.Errorf("read the overlay of ShopSet %q: %w", name, err)
	}
	one := len(files) > 0
	err = git.Walk(p.o, top.ID, func(file string, e git.Entry) error {
		route := path.Dir(file) == "shops"
		switch {
		case e.Mode == git.ModeTree:
			return nil
		case route && (one || !strings.HasSuffix(file, ".yaml")):
			return nil
		}
		one = one || route
		data, err := p.o.Blob(e.ID)
		files[dir+"/"+file] = data
		return err
	})
	return files, err
}

func digest(files render.Files) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, file := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n", file, len(files[file]))
		h.Write(files[file])
	}
	copy(sum[:], h.Sum(nil))
	return sum
}

// doesNotBuild says that a release cannot be built with a Configuration,
// unless it was its files that could not be read.
func doesNotBuild(configuration string, tier shop.Tier, err error, trees ...render.Tree) error {
	if err == nil {
		return nil
	}
	for _, t := range trees {
		if t, ok := t.(*repoTree); ok && t.failed != nil {
			return t.failed
		}
	}
	text := err.Error()
	if name := fmt.Sprintf("Configuration %q", configuration); !strings.Contains(text, name) {
		text = name + ": " + text
	}
	return &shop.Fault{Kind: shop.DoesNotBuild, Repository: shop.AppRepository, Tier: tier, Text: text, Err: err}
}
