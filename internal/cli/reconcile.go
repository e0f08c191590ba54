package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type reconcileResult struct {
	planResult
	Result      string           `json:"result"`
	Changed     bool             `json:"changed"`
	Tiers       []reconciledTier `json:"tiers"`
	TookSeconds float64          `json:"tookSeconds"`
}

type reconciledTier struct {
	Tier    shop.Tier   `json:"tier"`
	Changed bool        `json:"changed"`
	Release releaseJSON `json:"release"`
	Left    bool        `json:"left"` // its branches hold commits that are no release
}

func reconcileCommand() *Command {
	return &Command{
		Name: "reconcile", Group: Repair, Help: func(t *i18n.Text) i18n.Help { return t.Reconcile.Help },
		Args:  []Arg{{Name: "TIER", Optional: true, Many: true, Complete: completeTiers}},
		Flags: []Flag{exitCodeFlag()}, Mutates: true, Kind: "Reconcile", Fields: reconcileResult{}, Run: runReconcile,
	}
}

func runReconcile(ctx context.Context, c *Call) error {
	var g shop.Reconcile
	for _, name := range c.Args() {
		g.Tiers = append(g.Tiers, shop.Tier(name))
	}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) {
			for _, tier := range g.Tiers {
				if _, err := findTier(c, have, string(tier)); err != nil {
					return g, err
				}
			}
			return g, nil
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: c.Text.Reconcile.Question}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			c.previewReconcile(p, have, todo)
			return nil
		},
		done: c.reconciled,
	})
}

func (c *Call) previewReconcile(p show.Page, have shop.State, todo []plan.Op) {
	t := c.Text.Reconcile
	for _, op := range todo {
		w, ok := op.(plan.WriteSystem)
		if !ok {
			continue
		}
		p.Line(t.Title(len(w.Tiers)), "   ", c.system.Title())
		for _, tier := range w.Tiers {
			state, _ := have.Tier(tier.Tier)
			switch {
			case tier.Repair:
				p.Line("  ", p.Mark(show.Warn, t.Repairs(string(tier.Tier))))
			case tier.Release != tier.From:
				p.Line("  ", t.Carries(string(tier.Tier), releaseName(state, tier.From), nextName(state, tier.Release)+" ("+tier.Release.Short()+")"))
			default:
				p.Line("  ", t.Follows(string(tier.Tier)))
			}
		}
	}
}

func (c *Call) reconciled(_ World, _, have shop.State, g shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
	v := reconcileResult{Result: ExitName(ExitOK), Changed: !onlyWaits(did), TookSeconds: took.Seconds()}
	left := map[shop.Tier]bool{}
	for _, t := range plan.Left(have) {
		left[t] = true
	}
	wanted := g.(shop.Reconcile).Tiers
	var rows [][]string
	var written []string
	for _, t := range have.Tiers {
		tier := t.Spec.Name
		if len(wanted) > 0 && !slices.Contains(wanted, tier) {
			continue
		}
		r := reconciledTier{Tier: tier, Changed: writesTier(did, tier), Release: releaseOf(t.Runs, t.Number), Left: left[tier]}
		v.Tiers = append(v.Tiers, r)
		word := "same"
		if r.Changed {
			word = "written"
			written = append(written, string(tier))
		}
		rows = append(rows, []string{string(tier), word, number(t.Number), string(t.Runs.App), string(t.Runs.Configuration)})
		if r.Left {
			c.Say(c.Talk.Mark(show.Warn, c.Text.Reconcile.Left(string(tier))), "   shopctl promote ", string(tier))
		}
	}
	return Result{Value: v, Rows: rows, Human: func(p show.Page) {
		if len(written) > 0 {
			p.Line(c.Text.Reconcile.Done(strings.Join(written, ", "), show.Length(took)))
		}
	}}, nil
}
