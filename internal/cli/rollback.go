package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/rails"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func rollbackCommand() *Command {
	return &Command{
		Name: "rollback", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Rollback.Help },
		Args:    []Arg{{Name: "TIER", Complete: completeTiers}, {Name: "RELEASE", Optional: true, Complete: completeReleases}},
		Flags:   []Flag{{Name: "sync"}, graceFlag()},
		Mutates: true, Kind: "Rollback", Fields: arrivalResult{}, Run: runRollback,
	}
}

func runRollback(ctx context.Context, c *Call) error {
	var behind []migrationJSON
	g := shop.Rollback{Tier: shop.Tier(c.Arg(0)), Sync: c.Is("sync"), NoWait: !c.Waits(), Grace: c.grace(), Reason: c.Reason()}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (_ shop.Goal, err error) {
			if _, err := findTier(c, have, c.Arg(0)); err != nil {
				return g, err
			}
			if c.Arg(1) != "" {
				g.Release, _, err = resolveRelease(c, w, have, g.Tier, c.Arg(1))
			} else {
				g.Release, err = plan.Former(have, g.Tier)
			}
			if err != nil {
				return g, err
			}
			t, _ := have.Tier(g.Tier)
			behind, err = migrations(ctx, w, have, g.Release, t.Runs)
			g.Risks = byTier{g.Tier: behind}.risks()
			return g, err
		},
		confirm: func(have shop.State, _ shop.Goal) Confirmation {
			t, _ := have.Tier(g.Tier)
			to, board := releaseName(t, g.Release), c.Text.BoardErrand
			return Confirmation{
				Level: LevelAsk, Question: c.Text.Rollback.Question, Name: string(g.Tier), Risks: riskNames(g.Risks),
				Board: board.RollBack(string(g.Tier), c.system.Title(), to), What: []string{board.Restarts(show.Number(t.Shops), to)},
			}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, _ []plan.Op) error {
			t, _ := have.Tier(g.Tier)
			to := releaseName(t, g.Release)
			p.Line(c.Text.Rollback.Title(string(g.Tier), releaseName(t, t.Runs), to), "   ", c.system.Title())
			p.Line("  ", c.Text.Rollback.About(string(g.Tier), t.Shops, len(t.ShopSets), to, c.estimate(t)))
			if names := thatAre(rails.Impossible, behind); len(names) > 0 {
				p.Line("  ", p.Mark(show.Warn, c.Text.Migrations.GoBack(names, shop.IrreversibleMigration)))
			}
			if pin := t.Spec.Pin; pin != nil && pin.Release != g.Release {
				p.Line("  ", p.Mark(show.Warn, c.Text.Rollback.Replaces(releaseName(t, pin.Release), show.Clean(pin.By))))
			}
			return nil
		},
		done: func(w World, before, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			return c.arrived(w, before, have, g.Tier, did, took, c.Text.Rollback.Done)
		},
	})
}
