package cli

import (
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// forgeGateCode is the code of a closed gate that the forge answers for.
func forgeGateCode(g plan.Gate) Code {
	switch g.Because {
	case plan.ForgeSilent, plan.NotAsked:
		return ForgeUnreachable
	case plan.ForgeSpent:
		return ForgeLimit
	case plan.ChecksUnknown, plan.ReviewUnknown:
		return NoRight
	case plan.CheckIsRed:
		return ChecksRed
	case plan.CheckIsPending, plan.CheckIsMissing:
		return ChecksRun
	case plan.NotProposed, plan.NotApproved, plan.ChangesAsked:
		return ApprovalMissing
	}
	return GateClosed
}

// forgeHints are what opens such a gate.
func (c *Call) forgeHints(g plan.Gate) []Hint {
	t := c.Text.Errand
	switch g.Because {
	case plan.NotApproved, plan.ChangesAsked, plan.HeadMoved:
		return []Hint{{Text: t.ApproveIt, Command: g.Address}, {Text: t.GoOn, Command: c.Again()}}
	case plan.NotProposed:
		return []Hint{{Text: t.AskForApproval, Command: c.Again()}}
	case plan.CheckIsRed, plan.CheckIsPending:
		if g.Address != "" {
			return []Hint{{Text: t.SeeIt, Command: g.Address}, {Text: t.GoOn, Command: c.Again()}}
		}
		return []Hint{{Text: t.GoOn, Command: c.Again()}}
	case plan.CheckIsMissing, plan.ForgeSilent, plan.ForgeSpent, plan.NotAsked:
		return []Hint{{Text: t.AskAgainLater, Command: c.Again()}}
	case plan.ChecksUnknown, plan.ReviewUnknown, plan.NoForge:
		return []Hint{{Text: t.Fix, Command: "shopctl doctor"}}
	}
	return nil
}

// forgeFault is a fault of the forge itself, git aside.
func (c *Call) forgeFault(f *shop.Fault, out *Fail) {
	t := c.Text.Errand
	out.Code = map[shop.FaultKind]Code{
		shop.ForgeSilent: ForgeUnreachable, shop.ForgeLimit: ForgeLimit, shop.ForgeLogin: LoginRejected,
		shop.ForgeRight: NoRight, shop.ForgeMissing: NoSuchRepository, shop.ForgeRefused: Failed,
	}[f.Kind]
	facts := i18n.FaultFacts{Repository: string(f.Repository), Address: f.Address, Text: f.Text}
	if !f.RetryAt.IsZero() {
		facts.Until = c.Talk.Clock(f.RetryAt)
	}
	out.Message = show.Clean(t.Fault[string(f.Kind)](facts))
	if f.Text != "" {
		out.Reasons = []string{f.Text}
	}
	switch f.Kind {
	case shop.ForgeHolds:
		c.mergeHeld(f, out)
	case shop.ForgeSilent, shop.ForgeLimit:
		out.Hints = []Hint{{Text: t.AskAgainLater, Command: c.Again()}}
	case shop.ForgeLogin:
		out.Hints = []Hint{{Text: t.GiveToken, Command: "shopctl auth login"}}
	default:
		out.Hints = []Hint{{Text: t.Fix, Command: "shopctl doctor"}}
	}
}

// refused explains each rule that refused a push, and what to set.
func (c *Call) refused(f *shop.Fault, out *Fail) {
	out.Reasons = nil
	for _, rule := range f.Rules {
		say := c.Text.Errand.PushRules[string(rule.Kind)]
		if say == nil {
			say = c.Text.Errand.PushRules[string(shop.RuleOther)]
		}
		out.Reasons = append(out.Reasons, rule.Text, "  "+say(i18n.PushRuleFacts{Branch: string(f.Tier), Name: rule.Name}))
		if rule.Kind != shop.RuleUpdate && rule.Kind != shop.RuleWriter {
			out.Code = RuleRefuses
		}
	}
	if len(f.Rules) == 0 {
		out.Reasons = []string{f.Text}
	}
}
