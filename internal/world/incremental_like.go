package world

import (
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// likeBefore renders a few files of the branch once more, from the intent that
// they were made from. Another version of shopctl may render them in another
// way, and then all of the branch has to follow: not just what changes next.
func (c *catchUp) likeBefore() bool {
	like, err := memoised(c.w.Memo, c.w.Memo.alike, likeKey{c.base.tree, c.tip, c.tier}, func() (bool, error) {
		return c.standsAgain(), nil
	})
	return err == nil && like
}

// likeKey is what the answer of likeBefore hangs on.
type likeKey struct {
	intent, branch git.ID // trees
	tier           shop.Tier
}

func (c *catchUp) standsAgain() bool {
	policy, err := c.base.policy()
	if err != nil || !c.stand(render.Shared(*policy)) {
		return false
	}
	name, ok := c.firstShopSet()
	if !ok {
		return true
	}
	spec, err := resource[*shop.TierSpec](c.base, shop.KindTier, string(c.tier))
	if err != nil {
		return false
	}
	in, err := c.base.input(name, policy, spec, func(string) (render.Facts, error) { return render.Facts{}, nil })
	return err == nil && c.overlayStands(in) && c.routeStands(in)
}

// stand reports whether the branch has exactly these files.
func (c *catchUp) stand(files render.Files) bool {
	for path, data := range files {
		if e, err := c.there(path); err != nil || e.ID != git.BlobID(data) {
			return false
		}
	}
	return true
}

func (c *catchUp) firstShopSet() (shop.ShopSetID, bool) {
	dir, err := c.there("shopsets")
	if err != nil || dir.Mode != git.ModeTree {
		return "", false
	}
	entries, err := c.v.o.Tree(dir.ID)
	if err != nil || len(entries) == 0 {
		return "", false
	}
	return shop.ShopSetID(entries[0].Name), true
}

// overlayStands takes whatever kind the configuration was of: to look at its
// tree would cost a build, and what a maintenance adds hangs on that too.
func (c *catchUp) overlayStands(in render.Input) bool {
	if in.ShopSet.Maintenance != nil || in.Tier.Maintenance != nil {
		in.ShopSet.Maintenance, in.Tier.Maintenance = nil, nil
	}
	for _, kind := range []string{"Component", "Kustomization", ""} {
		in.Facts.Config = kind
		if files, err := render.ShopSet(in); err == nil && c.stand(files) {
			return true
		}
	}
	return false
}

// routeStands looks at one route, if it is one to the application.
func (c *catchUp) routeStands(in render.Input) bool {
	shops, err := c.routesIn(in.ShopSet.Name)
	if err != nil || len(shops) == 0 {
		return err == nil
	}
	s, err := resource[*shop.Shop](c.base, shop.KindShop, string(shops[0]))
	if err != nil {
		return false
	}
	if closed(in, *s) {
		return true
	}
	path, data := render.Route(in, *s)
	return c.stand(render.Files{path: data})
}
