package world

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// main is the intent that was seen last.
func (w *World) main() (view, error) {
	w.seen.Lock()
	tip := w.seen.refs[shop.SystemRepository].Tips[shop.MainBranch]
	w.seen.Unlock()
	return w.viewOf(w.system(), tip)
}

// Rendered is what a tier branch shall hold for a release, by the intent that
// was seen last: all its files, and how the branch differs from that.
func (w *World) Rendered(ctx context.Context, tier shop.Tier, r shop.Release) (files map[string][]byte, differs []shop.Change, err error) {
	v, err := w.main()
	if err != nil {
		return nil, nil, err
	}
	w.seen.Lock()
	tip := w.seen.refs[shop.SystemRepository].Tips[tier.Branch()]
	w.seen.Unlock()
	var tree git.ID
	if !tip.IsZero() {
		c, err := w.system().Commit(tip)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", tier, err)
		}
		tree = c.Tree
	}
	out, err := w.renderedInFull(ctx, v, tier, r, tree)
	if err != nil {
		return nil, nil, err
	}
	if files, err = w.files(ctx, v, tier, r); err != nil {
		return nil, nil, err
	}
	c := BuiltCommit{Parent: tip, Files: out.changes, Content: out.content}
	for _, path := range slices.Sorted(maps.Keys(out.changes)) {
		differs = append(differs, w.change(c, path))
	}
	return files, differs, nil
}

// Configuration reads one Configuration from the intent that was seen last.
func (w *World) Configuration(name string) (shop.Configuration, error) {
	v, err := w.main()
	if err != nil {
		return shop.Configuration{}, err
	}
	c, err := resource[*shop.Configuration](v, shop.KindConfiguration, name)
	if err != nil {
		return shop.Configuration{}, err
	}
	return *c, nil
}

// Shop reads one shop and its ShopSet from the intent that was seen last.
func (w *World) Shop(name shop.ShopID) (shop.Shop, shop.ShopSet, error) {
	v, err := w.main()
	if err != nil {
		return shop.Shop{}, shop.ShopSet{}, err
	}
	if !shop.ValidName(string(name)) {
		return shop.Shop{}, shop.ShopSet{}, fmt.Errorf("shop %q: %w", name, fs.ErrNotExist)
	}
	s, err := resource[*shop.Shop](v, shop.KindShop, string(name))
	if err != nil {
		return shop.Shop{}, shop.ShopSet{}, err
	}
	set, err := resource[*shop.ShopSet](v, shop.KindShopSet, string(s.ShopSet))
	if err != nil {
		return *s, shop.ShopSet{}, err
	}
	return *s, *set, nil
}
