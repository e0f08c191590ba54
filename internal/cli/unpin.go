package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func unpinCommand() *Command {
	return &Command{
		Name: "unpin", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Unpin.Help },
		Args:    []Arg{{Name: "TIER", Complete: completeTiers}},
		Flags:   []Flag{{Name: "sync"}, graceFlag()},
		Mutates: true, Kind: "Unpin", Fields: arrivalResult{}, Run: runUnpin,
	}
}

func runUnpin(ctx context.Context, c *Call) error {
	g := shop.Unpin{Tier: shop.Tier(c.Arg(0)), Sync: c.Is("sync"), NoWait: !c.Waits(), Grace: c.grace(), Reason: c.Reason()}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) {
			_, err := findTier(c, have, c.Arg(0))
			return g, err
		},
		confirm: func(have shop.State, _ shop.Goal) Confirmation {
			return c.confirmTier(have, g.Tier, c.Text.Unpin.Question(string(g.Tier)))
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			t, _ := have.Tier(g.Tier)
			if pin := t.Spec.Pin; pin != nil {
				p.Line(c.Text.Unpin.Title(string(g.Tier), releaseName(t, pin.Release), show.Clean(pin.By), releaseName(t, carried(todo, g.Tier))), "   ", c.system.Title())
			}
			return nil
		},
		done: func(w World, before, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			return c.arrived(w, before, have, g.Tier, did, took, c.Text.Unpin.Done)
		},
	})
}

// carried is the release that a plan brings to a tier.
func carried(todo []plan.Op, tier shop.Tier) shop.Release {
	for _, op := range todo {
		w, ok := op.(plan.WriteSystem)
		if !ok {
			continue
		}
		for _, t := range w.Tiers {
			if t.Tier == tier {
				return t.Release
			}
		}
	}
	return shop.Release{}
}
