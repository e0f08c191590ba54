package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func tierAddCommand() *Command {
	return &Command{
		Name: "add", Help: func(t *i18n.Text) i18n.Help { return t.TierAdd.Help },
		Args:    []Arg{{Name: "TIER"}},
		Mutates: true, Kind: "TierAdd", Fields: arrivalResult{}, Run: runTierAdd,
	}
}

func runTierAdd(ctx context.Context, c *Call) error {
	g := shop.AddTier{Tier: shop.Tier(c.Arg(0))}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) {
			if g.Tier.Number() < 0 {
				return g, &plan.Stop{Why: plan.UnknownTier, Tier: g.Tier}
			}
			return g, nil
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: c.Text.TierAdd.Question(string(g.Tier))}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			below, _ := g.Tier.Below()
			b, _ := have.Tier(below)
			p.Line(c.Text.TierAdd.Title(string(g.Tier), releaseName(b, carried(todo, g.Tier))), "   ", c.system.Title())
			return nil
		},
		done: func(w World, before, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			return c.arrived(w, before, have, g.Tier, did, took, c.Text.TierAdd.Done)
		},
	})
}
