package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// rejectResult is the JSON of reject.
type rejectResult struct {
	planResult
	Release   releaseJSON `json:"release"` // its number on the highest tier that knows it
	Result    string      `json:"result"`  // the name of the exit code
	Changed   bool        `json:"changed"` // false: it was so already
	Rejected  *recordJSON `json:"rejected"`
	Overwrote *recordJSON `json:"overwrote"` // what was said of it before
	RunsOn    []shop.Tier `json:"runsOn"`    // where it goes on until somebody rolls back
}

func rejectCommand() *Command {
	return &Command{
		Name: "reject", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Reject.Help },
		Args:    []Arg{{Name: "RELEASE", Complete: completeReleases}},
		Mutates: true, Kind: "Reject", Fields: rejectResult{}, Run: runReject,
	}
}

func runReject(ctx context.Context, c *Call) error {
	if err := c.mustSayWhy(ctx); err != nil {
		return err
	}
	g := shop.Reject{Reason: c.Reason()}
	t := c.Text.Reject
	var told any
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (_ shop.Goal, err error) {
			g.Release, _, err = resolveRelease(c, w, have, "", c.Arg(0))
			return g, err
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: t.Question}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			p.Line(t.Title(g.Release.Short()), "   ", c.system.Title())
			for _, tier := range have.Tiers {
				name := releaseName(tier, g.Release)
				switch {
				case tier.Runs == g.Release:
					p.Line("  ", p.Mark(show.Warn, t.Runs(string(tier.Spec.Name), name)))
				case numberOf(tier, g.Release) > 0:
					p.Line("    ", t.Known(string(tier.Spec.Name), name))
				}
			}
			if old, ok := overwrites(todo).(shop.Rejected); ok {
				told = old
				p.Line("  ", p.Mark(show.Warn, t.Replaces(show.Clean(old.By), show.Clean(old.Reason))))
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, _ time.Duration) (Result, error) {
			if old, ok := overwrites(did).(shop.Rejected); ok && told != any(old) {
				c.Say(c.Talk.Mark(show.Warn, t.Replaced(show.Clean(old.By), show.Clean(old.Reason))))
			}
			return c.rejectDone(have, g.Release, did), nil
		},
	})
}

func (c *Call) rejectDone(have shop.State, r shop.Release, did []plan.Op) Result {
	v := rejectResult{Result: ExitName(ExitOK), Changed: !onlyWaits(did), RunsOn: []shop.Tier{}, Release: releaseOf(r, 0)}
	name := r.Short()
	for _, t := range have.Tiers {
		if n := numberOf(t, r); n > 0 {
			v.Release.Number, name = n, releaseName(t, r)
		}
		if t.Runs == r {
			v.RunsOn = append(v.RunsOn, t.Spec.Name)
		}
	}
	var said recordJSON
	if x, ok := have.Policy.RejectedBy(r); ok {
		said = recordOf(x.Record)
		v.Rejected = &said
	}
	if old, ok := overwrites(did).(shop.Rejected); ok {
		was := recordOf(old.Record)
		v.Overwrote = &was
	}
	c.Output("result", v.Result)
	return Result{
		Value: v,
		Rows:  [][]string{{string(r.App), string(r.Configuration), v.Result, "rejected", said.By, said.At, said.Reason}},
		Human: func(p show.Page) {
			p.Line(c.Text.Reject.Done(name))
			if !v.Changed {
				return
			}
			c.undoAndNext(p, c.Text.Reject.ForGood, "")
			for _, tier := range v.RunsOn {
				c.undoAndNext(p, "", "shopctl rollback "+string(tier))
			}
		},
	}
}
