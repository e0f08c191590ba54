package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// shut is the end of a run in front of closed gates. With several the first of
// 9, 1, 4, 5, 7, 6, 11, 8 decides.
func (c *Call) shut(w *apply.WaitingError, op plan.AwaitGates) *Fail {
	t := c.Text.Errand
	closed := plan.Closed(op.Gates)
	var exits []int
	for _, g := range closed {
		exits = append(exits, gateCode(g).Exit())
	}
	worst := Worst(exits...)
	f := &Fail{Code: OpensLater, Message: t.Stopped(string(op.Tier))}
	for _, g := range closed {
		if code := gateCode(g); code.Exit() == worst {
			f.Code = code
			f.Hints = c.gateHints(op.Tier, g)
			if worst != ExitPending {
				f.Message, f.Reasons = c.gateHeadline(w.State, g)
				closed = slices.DeleteFunc(closed, func(other plan.Gate) bool { return other == g })
			}
			break
		}
	}
	if worst == ExitPending {
		c.pending(f, w, op, closed)
		c.skips(f, w.State, op)
		return f
	}
	for _, g := range closed {
		f.Reasons = append(f.Reasons, c.gateLine(c.Talk, w.State.Now, g))
	}
	c.skips(f, w.State, op)
	return f
}

// pending is the end in front of gates that open by themselves: what came so
// far, what is waited for, and when to go on.
func (c *Call) pending(f *Fail, w *apply.WaitingError, op plan.AwaitGates, closed []plan.Gate) {
	t := c.Text.Errand
	f.Calm = true
	for _, tier := range w.State.Tiers {
		name := tier.Spec.Name
		if name.Number() > 0 && name.Number() < op.Tier.Number() && tier.Runs == op.Release && !tier.HealthySince().IsZero() {
			f.Reasons = append(f.Reasons, c.Talk.Mark(show.Good, t.RunsHealthy(string(name), releaseName(tier, tier.Runs))))
		}
	}
	for _, g := range closed {
		f.Reasons = append(f.Reasons, c.Talk.Mark(gateSymbol(g), t.WaitsFor(string(op.Tier), c.gateText(w.State.Now, g))))
	}
	f.Hints = []Hint{{Text: t.GoOn, Command: c.Again()}}
	if opens := lastOpening(closed); !opens.IsZero() {
		f.Hints[0].Text = t.GoOnAfter(c.Talk.Clock(opens))
	}
}

// gateHeadline is what holds a release off, and by whose word.
func (c *Call) gateHeadline(have shop.State, g plan.Gate) (message string, reasons []string) {
	t := c.Text.Errand
	facts := i18n.GateFacts{Tier: string(g.Tier), Reason: g.Reason, By: g.By}
	if !g.OpensAt.IsZero() {
		facts.Opens = c.Talk.Clock(g.OpensAt)
	}
	if tier, ok := have.Tier(g.Tier); ok && tier.Spec.Pin != nil {
		facts.Name = releaseName(tier, tier.Spec.Pin.Release)
	}
	say := t.Held[string(g.Because)]
	if say == nil {
		return c.gateText(have.Now, g), nil
	}
	if !g.Since.IsZero() {
		facts.Since = c.Talk.Clock(g.Since)
	}
	if who := t.HeldBy(facts); who != "" {
		reasons = []string{who}
	}
	return say(facts), reasons
}

func lastOpening(gates []plan.Gate) (last time.Time) {
	for _, g := range gates {
		if g.OpensAt.After(last) {
			last = g.OpensAt
		}
	}
	return last
}

func (c *Call) gateHints(tier shop.Tier, g plan.Gate) []Hint {
	t := c.Text.Errand
	wait := Hint{Text: t.WaitForOpen, Command: fmt.Sprintf("shopctl wait %s --for open", tier)}
	switch g.Because {
	case plan.IsFrozen:
		return []Hint{wait, {Text: t.LiftIt, Command: fmt.Sprintf(`shopctl tier unfreeze %s -m "…"`, tier)}}
	case plan.IsPinned, plan.BelowPinned:
		return []Hint{{Text: t.LiftIt, Command: "shopctl unpin " + string(g.Tier)}}
	case plan.NeverCarried:
		return []Hint{{Text: t.First, Command: "shopctl promote " + string(g.Tier)}}
	case plan.IsRejected:
		return []Hint{{Text: t.ListReleases, Command: "shopctl releases " + string(shop.TierAt(0))}}
	case plan.IsUnhealthy, plan.NeverHealthy:
		return []Hint{{Text: t.LookAgain, Command: "shopctl status " + string(g.Tier)}}
	case plan.ArgoCDSilent:
		return []Hint{{Text: t.LookAgain, Command: "shopctl doctor"}}
	case plan.NotVerified, plan.VerifiedBad:
		return []Hint{{Text: t.Fix, Command: "shopctl verify " + string(g.Tier)}}
	}
	if hints := c.forgeHints(g); hints != nil {
		return hints
	}
	if g.Because == plan.GateNotSet {
		return []Hint{{Text: c.Text.Gates.SetProgram, Command: "shopctl settings set gates." + g.Name + " PROGRAM"}}
	}
	return []Hint{wait}
}

func gateCode(g plan.Gate) Code {
	switch g.Because {
	case plan.IsFrozen:
		return Frozen
	case plan.IsPinned, plan.BelowPinned:
		return Pinned
	case plan.NotVerified:
		return ApprovalMissing
	case plan.IsRejected:
		return RejectedRelease
	case plan.NeverCarried:
		return TierSkipped
	case plan.IsUnhealthy, plan.NeverHealthy, plan.NoShopSets, plan.ReplacedTooSoon:
		return BelowUnhealthy
	case plan.ArgoCDSilent:
		return ArgoCDUnreachable
	case plan.Soaking, plan.SoakNotBegun:
		return Soaking
	case plan.RollingOut, plan.GateNotAsked:
		return OpensLater
	case plan.OutsideWindow:
		return OutsideWindow
	case plan.GateMute:
		return GateSilent
	}
	return forgeGateCode(g)
}

// gateLine is a gate as one line: symbol, name, sentence.
func (c *Call) gateLine(p show.Page, now time.Time, g plan.Gate) string {
	return p.Mark(gateSymbol(g), show.Pad(g.Name, 8)) + "  " + c.gateRow(now, g)
}

func gateSymbol(g plan.Gate) show.Symbol {
	switch g.Status {
	case plan.Open:
		return show.Good
	case plan.Pending:
		return show.Busy
	case plan.Held:
		return show.Held
	case plan.Refused:
		return show.Bad
	case plan.Skipped:
		return show.Warn
	}
	return show.Unknown
}

func (c *Call) gateText(now time.Time, g plan.Gate) string {
	say := c.Text.Errand.Gate[cause(g)]
	if say == nil {
		return string(g.Because)
	}
	return show.Clean(say(c.gateFacts(now, g)))
}

// cause is the reason of a gate, as its sentences are found by it.
func cause(g plan.Gate) string {
	if g.Because == plan.ReplacedTooSoon && g.Since.IsZero() {
		return string(plan.SoakNotBegun) // it never ran there
	}
	return string(g.Because)
}

// gateFacts are what its sentences may need.
func (c *Call) gateFacts(now time.Time, g plan.Gate) i18n.GateFacts {
	f := i18n.GateFacts{Tier: string(g.Tier), By: g.By, Reason: g.Reason, Name: g.Name, Ready: g.Ready, Of: g.Of}
	if !g.Since.IsZero() {
		f.Since = show.Length(now.Sub(g.Since))
	}
	if !g.OpensAt.IsZero() {
		f.Opens, f.Left = c.Talk.Clock(g.OpensAt), show.Length(g.OpensAt.Sub(now))
	}
	f.Needs = shop.Duration(g.Needs).String()
	f.Check, f.Repository, f.Address, f.Commit = g.Check, string(g.Repository), g.Address, g.Commit().Short()
	return f
}
