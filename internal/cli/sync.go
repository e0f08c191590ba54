package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func syncCommand() *Command {
	return &Command{
		Name: "sync", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.SyncTier.Help },
		Args:  []Arg{{Name: "TIER", Complete: completeTiers}},
		Flags: []Flag{graceFlag()}, Mutates: true, Kind: "Sync", Fields: arrivalResult{}, Run: runSync,
	}
}

func runSync(ctx context.Context, c *Call) error {
	g := shop.SyncTier{Tier: shop.Tier(c.Arg(0)), NoWait: !c.Waits(), Grace: c.grace()}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) {
			g.Began = have.Now
			_, err := findTier(c, have, c.Arg(0))
			return g, err
		},
		confirm: func(have shop.State, _ shop.Goal) Confirmation {
			return c.confirmTier(have, g.Tier, c.Text.SyncTier.Question(string(g.Tier)))
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, _ []plan.Op) error {
			t, _ := have.Tier(g.Tier)
			waiting := 0
			for _, s := range t.ShopSets {
				if s.Sync != shop.Synced {
					waiting++
				}
			}
			p.Line(c.Text.SyncTier.Title(string(g.Tier), waiting, len(t.ShopSets)), "   ", c.system.Title())
			if n := len(t.RoutesBehind); n > 0 {
				p.Line("  ", c.Text.SyncTier.Routes(n))
			}
			return nil
		},
		done: func(w World, before, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			return c.arrived(w, before, have, g.Tier, did, took, c.Text.SyncTier.Done)
		},
	})
}
