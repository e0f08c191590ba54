package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// runPRMerge merges a pull request into tier-0, exactly at the commit that the
// preview showed, and waits until it is live there.
func runPRMerge(ctx context.Context, c *Call) error {
	repo, number, err := c.pullNamed()
	if err != nil {
		return err
	}
	g := shop.MergeChange{Repository: repo, Number: number, Method: c.String("method"), NoWait: !c.Waits(), Grace: c.grace()}
	return c.noPull(c.carryOut(ctx, errand{
		look: g,
		goal: func(World, shop.State) (shop.Goal, error) { return g, nil },
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: c.Text.PR.Question(number)}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, _ []plan.Op) error {
			t := c.Text.PR
			pull := *have.Change.Pull
			p.Line(t.Merge(number, pull.Title, string(pull.Base)), "   ", c.system.Title())
			p.Line("  ", t.By(show.Clean(pull.Author), show.Age(p.Now, pull.Opened), show.Clean(pull.Branch), string(pull.Base)), "   ", pull.Head.Short())
			if pull.Blocked != "" {
				p.Line("  ", p.Mark(show.Warn, pull.Blocked))
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, _ time.Duration) (Result, error) {
			return c.changed(have, did, repo, !g.NoWait && !have.ArgoCD.None), nil
		},
	}), number)
}

// mergeHeld is a merge that the forge holds back until somebody or something says yes.
func (c *Call) mergeHeld(f *shop.Fault, out *Fail) {
	out.Code, out.Reasons = MergeBlocked, []string{f.Text}
	out.Hints = []Hint{{Text: c.Text.PR.See, Command: "shopctl pr show " + c.Arg(0)}, {Text: c.Text.PR.MergeLater, Command: c.Again()}}
}

// stillToMerge is the end of a run that waited for a merge in vain.
func (c *Call) stillToMerge(have shop.State, op plan.Op) *Fail {
	t := c.Text.PR
	f := &Fail{Code: TimeIsUp, Message: t.NotMerged, Calm: true, Hints: []Hint{{Text: c.Text.Errand.GoOn, Command: c.Again()}}}
	if _, unknown := op.(plan.AwaitMergeable); unknown {
		f.Message = t.NotKnown
	}
	if p := have.Change.Pull; p != nil {
		if p.Blocked != "" {
			f.Reasons = append(f.Reasons, p.Blocked)
		}
		f.Hints = append(f.Hints, Hint{Text: t.See, Command: prLine("show", p.Repository, p.Number)})
	}
	return f
}
