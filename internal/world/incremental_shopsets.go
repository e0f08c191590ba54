package world

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// shopSets renders the ShopSets that changed.
func (c *catchUp) shopSets() error {
	for _, x := range c.news.all {
		was, is, ok := sides[shop.ShopSet](x)
		concern := render.Concerns(x.was, x.is)
		if !ok || concern == render.None {
			continue
		}
		before := was != nil && was.Tier == c.tier
		after := is != nil && is.Tier == c.tier
		var err error
		switch {
		case before && !after:
			err = c.removeShopSet(was.Name)
		case after && !before && was != nil:
			return errInFull // a ShopSet changed its tier
		case after:
			err = c.renderShopSet(is.Name, concern, before)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *catchUp) renderShopSet(name shop.ShopSetID, concern render.Concern, was bool) error {
	in, err := c.input(name)
	if err != nil {
		return fmt.Errorf("render %s: %w", c.tier, err)
	}
	if concern&render.Overlays != 0 {
		files, err := render.ShopSet(in)
		if err != nil {
			return fmt.Errorf("render %s: %w", c.tier, err)
		}
		c.want[render.ClosedPath(name)] = nil // it is among the files of a closed one
		maps.Copy(c.want, files)
	}
	if concern&render.Routes == 0 || !was {
		return nil // nobody lived in a new one
	}
	shops, err := c.routesIn(name)
	if err != nil {
		return err
	}
	for _, s := range shops {
		spec, err := resource[*shop.Shop](c.v, shop.KindShop, string(s))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it is in the news
		}
		if err != nil {
			return err
		}
		if slices.Contains(render.Homes(*spec), name) {
			c.route(in, *spec)
		}
	}
	return nil
}

// routesIn names the shops that have a route in a ShopSet on the branch.
func (c *catchUp) routesIn(name shop.ShopSetID) (shops []shop.ShopID, err error) {
	dir, err := git.Lookup(c.v.o, c.tip, "shopsets/"+string(name)+"/shops")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := c.v.o.Tree(dir.ID)
	for _, e := range entries {
		if s, ok := strings.CutSuffix(e.Name, ".yaml"); ok && shop.ValidName(s) {
			shops = append(shops, shop.ShopID(s))
		}
	}
	return shops, err
}

func (c *catchUp) route(in render.Input, s shop.Shop) {
	path, data := render.Route(in, s)
	c.want[path] = data
}

// removeShopSet takes away all that the branch has of a ShopSet.
func (c *catchUp) removeShopSet(name shop.ShopSetID) error {
	c.want["argocd/"+string(name)+".yaml"] = nil
	dir := "shopsets/" + string(name)
	e, err := git.Lookup(c.v.o, c.tip, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return git.Walk(c.v.o, e.ID, func(path string, e git.Entry) error {
		if e.Mode != git.ModeTree {
			c.want[dir+"/"+path] = nil
		}
		return nil
	})
}

// shops renders the routes of the shops that changed, in their old and their
// new homes.
func (c *catchUp) shops() error {
	for _, x := range c.news.all {
		was, is, ok := sides[shop.Shop](x)
		if !ok || render.Concerns(x.was, x.is) == render.None {
			continue
		}
		if was != nil {
			for _, home := range render.Homes(*was) {
				if c.was[home].tier == c.tier {
					c.want[render.RoutePath(home, was.Name)] = nil
				}
			}
		}
		if is == nil {
			continue
		}
		for _, home := range render.Homes(*is) {
			if c.is[home].tier != c.tier {
				continue
			}
			in, err := c.routing(home)
			if err == nil && closed(in, *is) {
				in, err = c.input(home)
			}
			if err != nil {
				return fmt.Errorf("render %s: %w", c.tier, err)
			}
			c.route(in, *is)
		}
	}
	return nil
}

// routing is what is enough for the route of an open shop: to know more of the
// release costs a build.
func (c *catchUp) routing(name shop.ShopSetID) (render.Input, error) {
	return c.v.input(name, c.policy, c.spec, func(string) (render.Facts, error) { return render.Facts{}, nil })
}

// closed reports whether a route leads to the maintenance Service.
func closed(in render.Input, s shop.Shop) bool {
	return in.Tier.Maintenance != nil || in.ShopSet.Maintenance != nil || s.Maintenance != nil
}
