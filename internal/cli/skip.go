package cli

import (
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// skipRisks are the gates that a promotion is about to go past, as risks.
func skipRisks(have shop.State, g shop.Promote) []string {
	todo, err := plan.For(g, have)
	if err != nil {
		return nil // the run says it
	}
	return slices.DeleteFunc(accepted(todo), func(risk string) bool { return len(plan.SkippedBy([]string{risk})) == 0 })
}

// skips says how closed gates may be gone past, where the tier's file allows it
// for all of them, and of what was asked for what is never skipped.
func (c *Call) skips(f *Fail, have shop.State, op plan.AwaitGates) {
	if op.Patient {
		return
	}
	t, _ := have.Tier(op.Tier)
	asked := plan.SkippedBy(c.Strings("accept-risk"))
	var risks []string
	for _, g := range plan.Closed(op.Gates) {
		if !plan.MaySkip(t.Spec, g.Name) {
			risks = nil
			break
		}
		if risk := "--accept-risk=" + plan.SkipRisk(g.Name); !slices.Contains(risks, risk) {
			risks = append(risks, risk)
		}
	}
	for _, g := range plan.Closed(op.Gates) {
		if slices.Contains(asked, g.Name) {
			f.Reasons = append(f.Reasons, c.Text.Gates.NotSkippable(g.Name, string(op.Tier)))
		}
	}
	if len(risks) > 0 {
		f.Hints = append(f.Hints, Hint{Text: c.Text.Gates.SkipIt, Command: c.Again(append(risks, `-m "…"`)...)})
	}
}

// gateRow is the sentence of a gate that stands beside its name.
func (c *Call) gateRow(now time.Time, g plan.Gate) string {
	text := c.gateText(now, g)
	if say := c.Text.Gates.Row[cause(g)]; say != nil {
		text = cleanFacts(say, c.gateFacts(now, g))
	}
	if g.Status == plan.Skipped {
		text = c.Text.Gates.Skipped(text, plan.SkipRisk(g.Name))
	}
	return text
}
