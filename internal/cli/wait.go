package cli

import (
	"context"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func waitCommand() *Command {
	return &Command{
		Name: "wait", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Wait.Help },
		Args:  []Arg{{Name: "TARGET", Complete: completeTiers}},
		Flags: []Flag{{Name: "for", Value: "release=R|synced|healthy|open"}, timeoutFlag(), graceFlag()},
		Kind:  "Wait", Fields: arrivalResult{}, Run: runWait,
	}
}

// runWait looks first and waits then; nothing is written.
func runWait(ctx context.Context, c *Call) error {
	g := shop.Await{Tier: shop.Tier(c.Arg(0)), Grace: c.grace()}
	condition, release, named := strings.Cut(c.String("for"), "=")
	g.For = shop.Condition(condition)
	switch {
	case condition == "":
		g.For = shop.ForHealthy
	case g.For == shop.ForRelease && named && release != "":
	case (g.For == shop.ForSynced || g.For == shop.ForHealthy || g.For == shop.ForOpen) && !named:
	default:
		return &Fail{Code: BadValue, Message: c.Text.Wait.Which}
	}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (_ shop.Goal, err error) {
			t, err := findTier(c, have, c.Arg(0))
			if err != nil {
				return g, err
			}
			if g.For == shop.ForRelease {
				g.Release, _, err = resolveRelease(c, w, have, "", release)
				if err != nil {
					g.Release, _, err = resolveRelease(c, w, have, g.Tier, release)
				}
			}
			g.Exact = t.Spec.Pin != nil
			return g, err
		},
		done: func(w World, before, have shop.State, _ shop.Goal, _ []plan.Op, took time.Duration) (Result, error) {
			r, err := c.arrived(w, before, have, g.Tier, nil, took, c.Text.Wait.Done)
			if g.For == shop.ForOpen {
				r.Human = func(p show.Page) { p.Line(c.Text.Wait.Open(string(g.Tier))) }
			}
			return r, err
		},
	})
}
