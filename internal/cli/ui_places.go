package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// Places are the ShopSets that a shop could live in: those of its own tier
// first, each tier as the placement of a new shop judges it.
func (d *desk) Places(ctx context.Context, name shop.ShopID) ([]tui.Place, error) {
	d.looking.Lock()
	defer d.looking.Unlock()
	have, err := d.w.Observe(ctx, shop.LookFleet{Shops: []shop.ShopID{name}, Loads: true})
	if err != nil {
		return nil, err
	}
	s, there := have.Fleet.Shops[name]
	if !there {
		return nil, d.c.unknownShop(d.w, name)
	}
	home := have.Fleet.ShopSets[s.ShopSet].Tier
	tiers := slices.SortedFunc(maps.Keys(tiersOfSets(have.Fleet)), func(a, b shop.Tier) int {
		if a == home || b == home {
			return before(a == home)
		}
		return a.Number() - b.Number()
	})
	var all []tui.Place
	for _, tier := range tiers {
		for _, p := range plan.NewPlacement(have.Fleet, plan.Barred).Why(tier, have.Fleet.Plans[s.Plan]) {
			one := tui.Place{
				ShopSet: p.ShopSet, Tier: tier, Domain: show.Clean(p.Domain), Filled: fmt.Sprintf("%d/%d", p.Weight, p.Holds),
				Mark: show.Good, Why: d.c.Text.Shop.Verdict[string(p.Verdict)], Home: p.ShopSet == s.ShopSet,
			}
			if !p.Verdict.Takes() {
				one.Mark = show.Bad
			}
			all = append(all, one)
		}
	}
	return all, nil
}

func before(first bool) int {
	if first {
		return -1
	}
	return 1
}

func tiersOfSets(f shop.Fleet) map[shop.Tier]bool {
	all := map[shop.Tier]bool{}
	for _, s := range f.ShopSets {
		all[s.Tier] = true
	}
	return all
}
