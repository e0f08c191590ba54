package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Impact is what a tier's ShopSets are made of now and would be made of with a
// release, by the intent that was seen last: as Kustomize builds it from the
// branch as it stands, and from the branch as a write would make it. Routes are
// no part of it.
func (w *World) Impact(ctx context.Context, tier shop.Tier, r shop.Release) (shop.Impact, error) {
	v, err := w.main()
	if err != nil {
		return shop.Impact{}, err
	}
	w.seen.Lock()
	tip := w.seen.refs[shop.SystemRepository].Tips[tier.Branch()]
	w.seen.Unlock()
	i := impact{w: w, ctx: ctx, tier: tier}
	if !tip.IsZero() {
		if i.tip, err = w.system().Commit(tip); err != nil {
			return shop.Impact{}, fmt.Errorf("read %s: %w", tier, err)
		}
	}
	will, err := w.rendered(ctx, v, tier, r, i.tip)
	if err != nil {
		return shop.Impact{}, err
	}
	if i.now, err = i.overlays(); err != nil {
		return shop.Impact{}, err
	}
	i.then = i.changed(will)
	runs, err := gitlinks(w.system(), i.tip.Tree)
	if i.tip.Tree.IsZero() {
		runs, err = shop.Release{}, nil
	}
	if err != nil {
		return shop.Impact{}, err
	}
	return i.compare(runs, r)
}

// impact is the question on its way.
type impact struct {
	w         *World
	ctx       context.Context
	tier      shop.Tier
	tip       git.Commit
	now, then map[shop.ShopSetID]render.Files
}

// overlays are the files of the branch by ShopSet, without routes.
func (i impact) overlays() (map[shop.ShopSetID]render.Files, error) {
	all := map[shop.ShopSetID]render.Files{}
	if i.tip.Tree.IsZero() {
		return all, nil
	}
	o := i.w.system()
	top, err := git.Lookup(o, i.tip.Tree, "shopsets")
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", i.tier, err)
	}
	sets, err := o.Tree(top.ID)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", i.tier, err)
	}
	for _, set := range sets {
		if set.Mode != git.ModeTree {
			continue
		}
		files := render.Files{}
		if err := i.folder(set.ID, path.Join("shopsets", set.Name), files); err != nil {
			return nil, fmt.Errorf("read %s: %w", i.tier, err)
		}
		all[shop.ShopSetID(set.Name)] = files
	}
	return all, nil
}

// folder reads a folder of an overlay. The one of the routes, which may be
// thousands, is not even listed.
func (i impact) folder(tree git.ID, dir string, into render.Files) error {
	o := i.w.system()
	entries, err := o.Tree(tree)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name)
		switch {
		case e.Mode == git.ModeTree && e.Name != "shops":
			err = i.folder(e.ID, name, into)
		case e.Mode == git.ModeFile:
			into[name], err = o.Blob(e.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// changed are the overlays after a write.
func (i impact) changed(will rendering) map[shop.ShopSetID]render.Files {
	then := map[shop.ShopSetID]render.Files{}
	for name, files := range i.now {
		then[name] = files
	}
	for file, change := range will.changes {
		set, route := touched(file)
		if set == "" || route || !strings.HasPrefix(file, "shopsets/") {
			continue
		}
		files := render.Files{}
		for name, data := range then[set] {
			files[name] = data
		}
		if change.ID.IsZero() {
			delete(files, file)
		} else {
			files[file] = will.content[file]
		}
		then[set] = files
	}
	for name, files := range then {
		if len(files) == 0 {
			delete(then, name)
		}
	}
	return then
}

// compare builds both sides. Where neither the overlay nor a tree changes there
// is nothing to build.
func (i impact) compare(runs, will shop.Release) (shop.Impact, error) {
	was, is := releaseTrees{}, releaseTrees{}
	for _, side := range []struct {
		trees *releaseTrees
		r     shop.Release
	}{{&was, runs}, {&is, will}} {
		if side.r.App == "" {
			continue
		}
		var err error
		if *side.trees, err = i.w.releaseTrees(side.r); err != nil {
			return shop.Impact{}, err
		}
	}
	before, after := map[shop.ShopSetID]render.Files{}, map[shop.ShopSetID]render.Files{}
	same := []shop.ShopSetID{}
	for name, files := range i.now {
		if was == is && digest(files) == digest(i.then[name]) {
			same = append(same, name)
			continue
		}
		before[name] = files
	}
	for name, files := range i.then {
		if _, both := i.now[name]; !both || before[name] != nil {
			after[name] = files
		}
	}
	var b render.Builder
	old, err := i.built(&b, before, was)
	if err != nil {
		return shop.Impact{}, err
	}
	now, err := i.built(&b, after, is)
	if err != nil {
		return shop.Impact{}, err
	}
	for _, name := range same {
		old[name], now[name] = render.Build{}, render.Build{}
	}
	return b.Impact(old, now)
}

// built builds overlays on the trees of a release.
func (i impact) built(b *render.Builder, all map[shop.ShopSetID]render.Files, trees releaseTrees) (map[shop.ShopSetID]render.Build, error) {
	if len(all) == 0 {
		return map[shop.ShopSetID]render.Build{}, nil
	}
	overlays := make([]render.Overlay, 0, len(all))
	for name, files := range all {
		overlays = append(overlays, render.Overlay{Name: name, Files: files})
	}
	base := i.w.treeOf(i.ctx, shop.AppRepository, trees.app)
	config := i.w.treeOf(i.ctx, shop.ConfigurationRepository, trees.configuration)
	texts, err := b.Builds(overlays, base, config)
	if err == nil {
		return texts, nil
	}
	for _, t := range []render.Tree{base, config} {
		if t, ok := t.(*repoTree); ok && t.failed != nil {
			return nil, t.failed
		}
	}
	return nil, &shop.Fault{Kind: shop.DoesNotBuild, Repository: shop.AppRepository, Tier: i.tier, Text: err.Error(), Err: err}
}
