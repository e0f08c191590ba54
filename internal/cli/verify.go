package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// verifyResult is the JSON of verify.
type verifyResult struct {
	planResult
	Tier      shop.Tier     `json:"tier"`
	Result    string        `json:"result"`  // the name of the exit code
	Changed   bool          `json:"changed"` // false: it was so already
	Verified  *verifiedJSON `json:"verified"`
	Overwrote *verifiedJSON `json:"overwrote"`
}

func verifyCommand() *Command {
	return &Command{
		Name: "verify", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Verify.Help },
		Args:    []Arg{{Name: "TIER", Complete: completeTiers}, {Name: "RELEASE", Optional: true, Complete: completeReleases}},
		Flags:   []Flag{{Name: "bad"}, {Name: "note", Value: "TEXT", Kind: Words}},
		Mutates: true, Kind: "Verify", Fields: verifyResult{}, Run: runVerify,
	}
}

func runVerify(ctx context.Context, c *Call) error {
	g := shop.Verify{Tier: shop.Tier(c.Arg(0)), Result: shop.FoundGood, Note: cmp.Or(spoken(c.String("note")), c.Reason())}
	if c.Is("bad") {
		g.Result = shop.FoundBad
	}
	t := c.Text.Verify
	var told any
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (_ shop.Goal, err error) {
			tier, err := findTier(c, have, c.Arg(0))
			switch {
			case err != nil:
			case c.Arg(1) != "":
				g.Release, _, err = resolveRelease(c, w, have, g.Tier, c.Arg(1))
			case tier.Runs.IsZero():
				err = &Fail{Code: NoSuchRelease, Message: t.NoneYet(string(g.Tier))}
			case g.Release.IsZero():
				g.Release = tier.Runs
			}
			return g, err
		},
		confirm: func(shop.State, shop.Goal) Confirmation { return Confirmation{Level: LevelNone} },
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			tier, _ := have.Tier(g.Tier)
			p.Line(t.Title(string(g.Tier), releaseName(tier, g.Release), g.Result), "   ", c.system.Title())
			if old, ok := overwrites(todo).(shop.Verified); ok {
				told = old
				p.Line("  ", p.Mark(show.Warn, t.Replaces(old.Result, releaseName(tier, old.Release), show.Clean(old.By), show.Clean(old.Note))))
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, _ time.Duration) (Result, error) {
			tier, _ := have.Tier(g.Tier)
			if old, ok := overwrites(did).(shop.Verified); ok && told != any(old) {
				c.Say(c.Talk.Mark(show.Warn, t.Replaced(old.Result, releaseName(tier, old.Release), show.Clean(old.By), show.Clean(old.Note))))
			}
			return c.verifyDone(have, tier, g, did), nil
		},
	})
}

func (c *Call) verifyDone(have shop.State, t shop.TierState, g shop.Verify, did []plan.Op) Result {
	v := verifyResult{Tier: g.Tier, Result: ExitName(ExitOK), Changed: !onlyWaits(did), Verified: verifiedOf(t, t.Spec.Verified)}
	if old, ok := overwrites(did).(shop.Verified); ok {
		v.Overwrote = verifiedOf(t, &old)
	}
	c.Output("result", v.Result)
	row := []string{string(g.Tier), v.Result, "", "", "", "", "", ""}
	if x := v.Verified; x != nil {
		row = []string{string(g.Tier), v.Result, x.Result, number(x.Release.Number), string(x.Release.App), x.By, x.At, x.Note}
	}
	return Result{Value: v, Rows: [][]string{row}, Human: func(p show.Page) { c.humanVerify(p, have, t, g, v.Changed) }}
}

func (c *Call) humanVerify(p show.Page, have shop.State, t shop.TierState, g shop.Verify, changed bool) {
	say := c.Text.Verify
	name, tier := releaseName(t, g.Release), string(g.Tier)
	above, has := have.Tier(shop.TierAt(g.Tier.Number() + 1))
	up := string(above.Spec.Name)
	line := say.Good(tier, name)
	if g.Result == shop.FoundBad {
		line = say.Bad(tier, name)
	}
	switch {
	case !has:
	case !above.Spec.Gates.Verify:
		line += " " + say.NotAsked(up)
	case g.Result == shop.FoundBad:
		line += " " + say.Shuts(up)
	default:
		line += " " + say.Opens(up)
	}
	p.Line(line)
	if !changed {
		return
	}
	undo := "shopctl verify " + tier + " " + shortName(t, g.Release)
	switch {
	case g.Result == shop.FoundBad && t.Runs == g.Release:
		c.undoAndNext(p, undo, "shopctl rollback "+tier)
	case g.Result == shop.FoundBad:
		c.undoAndNext(p, undo, "")
	case has:
		c.undoAndNext(p, undo+" --bad", "shopctl why "+up)
	default:
		c.undoAndNext(p, undo+" --bad", "")
	}
}

func verifiedOf(t shop.TierState, v *shop.Verified) *verifiedJSON {
	if v == nil {
		return nil
	}
	return &verifiedJSON{releaseOf(v.Release, numberOf(t, v.Release)), v.Result, v.Note, v.By, show.Stamp(v.At)}
}
