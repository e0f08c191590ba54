package plan

import (
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// Skipped lets a release pass too: the tier's file allows it, and somebody took
// the risk, which is recorded with the gate.
const Skipped GateStatus = "skipped"

// skipRisk begins the names of the risks of skipping a gate.
const skipRisk = "skip-"

// SkipRisk is the name of the risk that goes past a gate.
func SkipRisk(gate string) string { return skipRisk + gate }

// SkippedBy picks the gates that a list of accepted risks wants to go past.
func SkippedBy(risks []string) (gates []string) {
	for _, r := range risks {
		if gate, ok := strings.CutPrefix(r, skipRisk); ok {
			gates = append(gates, gate)
		}
	}
	return gates
}

// MaySkip reports whether a tier's file lets people go past a gate. Health,
// freeze, pin and reject are never in the list; were they, it would not count.
func MaySkip(spec shop.TierSpec, gate string) bool {
	return slices.Contains(spec.Gates.Skippable, gate) && !slices.Contains([]string{"health", "freeze", "pin", "reject"}, gate)
}

// Skip goes past the closed gates that somebody asked to skip, where the tier's
// file allows it. An open gate stays what it is: there is no risk in it.
func Skip(spec shop.TierSpec, gates []Gate, asked []string) []Gate {
	gates = slices.Clone(gates)
	for i, g := range gates {
		if !g.Passes() && slices.Contains(asked, g.Name) && MaySkip(spec, g.Name) {
			gates[i].Status = Skipped
		}
	}
	return gates
}

// skipRisks names the risks of the gates that are gone past, each once.
func skipRisks(gates []Gate) (risks []string) {
	for _, g := range gates {
		if risk := SkipRisk(g.Name); g.Status == Skipped && !slices.Contains(risks, risk) {
			risks = append(risks, risk)
		}
	}
	return risks
}
