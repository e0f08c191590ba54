package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// freezeResult is the JSON of tier freeze and tier unfreeze.
type freezeResult struct {
	planResult
	Tier      shop.Tier   `json:"tier"`
	Result    string      `json:"result"`    // the name of the exit code
	Changed   bool        `json:"changed"`   // false: it was so already
	Frozen    *freezeJSON `json:"frozen"`    // as it is now
	Overwrote *freezeJSON `json:"overwrote"` // the freeze that this one replaced or lifted
}

func freezeCommand() *Command {
	return &Command{
		Name: "freeze", Help: func(t *i18n.Text) i18n.Help { return t.Freeze.Help },
		Args:    []Arg{{Name: "TIER", Complete: completeTiers}},
		Flags:   []Flag{{Name: "until", Value: "TIME"}},
		Mutates: true, Kind: "TierFreeze", Fields: freezeResult{}, Run: runFreeze,
	}
}

func unfreezeCommand() *Command {
	return &Command{
		Name: "unfreeze", Help: func(t *i18n.Text) i18n.Help { return t.Freeze.LiftHelp },
		Args:    []Arg{{Name: "TIER", Complete: completeTiers}},
		Mutates: true, Kind: "TierUnfreeze", Fields: freezeResult{}, Run: runUnfreeze,
	}
}

func runFreeze(ctx context.Context, c *Call) error {
	if err := c.mustSayWhy(ctx); err != nil {
		return err
	}
	g := shop.FreezeTier{Tier: shop.Tier(c.Arg(0)), Reason: c.Reason()}
	t := c.Text.Freeze
	until := func() string {
		if g.Until.IsZero() {
			return ""
		}
		return c.Talk.Clock(g.Until)
	}
	var told any
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (_ shop.Goal, err error) {
			if _, err := findTier(c, have, c.Arg(0)); err != nil {
				return g, err
			}
			if text := c.String("until"); c.Given("until") && g.Until.IsZero() {
				g.Until, err = c.when(text, have.Now)
			}
			return g, err
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: t.Question(string(g.Tier))}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			tier, _ := have.Tier(g.Tier)
			p.Line(t.Title(string(g.Tier), until()), "   ", c.system.Title())
			p.Line("  ", t.About(releaseName(tier, tier.Runs)))
			if old, ok := overwrites(todo).(shop.Freeze); ok {
				told = old
				p.Line("  ", p.Mark(show.Warn, t.Replaces(c.freezeFacts(g.Tier, old))))
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, _ time.Duration) (Result, error) {
			old, replaced := overwrites(did).(shop.Freeze)
			if replaced && told != any(old) {
				c.Say(c.Talk.Mark(show.Warn, t.Replaced(c.freezeFacts(g.Tier, old))))
			}
			undo := `shopctl tier unfreeze ` + string(g.Tier) + ` -m "…"`
			if replaced {
				undo = freezeLine(g.Tier, old)
			}
			return c.freezeDone(have, g.Tier, did, t.Done(string(g.Tier), until(), g.Reason), undo, "shopctl why "+string(g.Tier)), nil
		},
	})
}

func runUnfreeze(ctx context.Context, c *Call) error {
	if err := c.mustSayWhy(ctx); err != nil {
		return err
	}
	g := shop.UnfreezeTier{Tier: shop.Tier(c.Arg(0)), Reason: c.Reason()}
	t := c.Text.Freeze
	var told any
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) {
			_, err := findTier(c, have, c.Arg(0))
			return g, err
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: t.LiftQuestion(string(g.Tier))}
		},
		preview: func(p show.Page, _ World, _ shop.State, _ shop.Goal, todo []plan.Op) error {
			if old, ok := overwrites(todo).(shop.Freeze); ok {
				told = old
				p.Line(t.LiftTitle(c.freezeFacts(g.Tier, old)), "   ", c.system.Title())
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, _ time.Duration) (Result, error) {
			old, lifted := overwrites(did).(shop.Freeze)
			if !lifted {
				return c.freezeDone(have, g.Tier, did, t.Open(string(g.Tier)), "", ""), nil
			}
			if told != any(old) {
				c.Say(c.Talk.Mark(show.Warn, t.Replaced(c.freezeFacts(g.Tier, old))))
			}
			next := "shopctl promote " + string(g.Tier)
			if g.Tier.Number() == 0 {
				next = "shopctl reconcile " + string(g.Tier)
			}
			return c.freezeDone(have, g.Tier, did, t.Lifted(string(g.Tier)), freezeLine(g.Tier, old), next), nil
		},
	})
}

// freezeDone is how a freeze stands at the end, with the lines to paste.
func (c *Call) freezeDone(have shop.State, tier shop.Tier, did []plan.Op, said, undo, next string) Result {
	t, _ := have.Tier(tier)
	v := freezeResult{Tier: tier, Result: ExitName(ExitOK), Changed: !onlyWaits(did), Frozen: freezeOf(t.Spec, have.Now)}
	if old, ok := overwrites(did).(shop.Freeze); ok {
		v.Overwrote = &freezeJSON{recordOf(old.Record), show.Stamp(old.Until)}
	}
	c.Output("result", v.Result)
	row := []string{string(tier), v.Result, "", "", "", "", ""}
	if f := v.Frozen; f != nil {
		row = []string{string(tier), v.Result, "frozen", f.Until, f.By, f.At, f.Reason}
	}
	return Result{Value: v, Rows: [][]string{row}, Human: func(p show.Page) {
		p.Line(show.Clean(said))
		if v.Changed {
			c.undoAndNext(p, undo, next)
		}
	}}
}

// undoAndNext prints the line that takes a change back and the one that goes on.
func (c *Call) undoAndNext(p show.Page, undo, next string) {
	e := c.Text.Errand
	if undo != "" {
		p.Line("  ", show.Pad(e.Undo, 7), undo)
	}
	if next != "" {
		p.Line("  ", show.Pad(e.Next, 7), next)
	}
}

// overwrites is the value of the intent that a plan replaces, nil for none.
func overwrites(ops []plan.Op) any {
	for _, op := range ops {
		if w, ok := op.(plan.WriteSystem); ok && w.Was != nil {
			return w.Was
		}
	}
	return nil
}

func (c *Call) freezeFacts(tier shop.Tier, f shop.Freeze) i18n.FreezeFacts {
	facts := i18n.FreezeFacts{Tier: string(tier), By: show.Clean(f.By), Reason: show.Clean(f.Reason)}
	if !f.Until.IsZero() {
		facts.Until = c.Talk.Clock(f.Until)
	}
	return facts
}

// freezeLine is the line that freezes a tier as it was.
func freezeLine(tier shop.Tier, f shop.Freeze) string {
	line := "shopctl tier freeze " + string(tier)
	if !f.Until.IsZero() {
		line += " --until " + show.Stamp(f.Until)
	}
	if f.Reason == "" {
		return line + ` -m "…"`
	}
	return line + " -m " + Quote(show.Clean(f.Reason))
}
