package plan

import "github.com/shopctl/shopctl/internal/shop"

// The causes of the gates of a team's own.
const (
	GateOpens    Cause = "gate-opens"
	GateShuts    Cause = "gate-shuts"
	GateMute     Cause = "gate-mute"
	GateNotSet   Cause = "gate-not-set"
	GateNotAsked Cause = "gate-not-asked"
)

// customGates judge the answers of the http and command gates. They are asked
// when the release is about to enter, and not before.
func customGates(have shop.State, t shop.TierState, r shop.Release) (gates []Gate) {
	for _, h := range t.Spec.Gates.HTTP {
		g := Gate{Name: h.Name, Tier: t.Spec.Name, Address: h.URL}
		gates = append(gates, answered(have, g, r))
	}
	for _, c := range t.Spec.Gates.Commands {
		gates = append(gates, answered(have, Gate{Name: c.Name, Tier: t.Spec.Name}, r))
	}
	return gates
}

func answered(have shop.State, g Gate, r shop.Release) Gate {
	a, asked := have.Asked.Of(g.Tier, r, g.Name)
	g.Reason = a.Text
	switch {
	case !asked:
		g.Status, g.Because = Pending, GateNotAsked
	case a.Verdict == shop.Opens:
		g.Status, g.Because = Open, GateOpens
	case a.Verdict == shop.NotSet:
		g.Status, g.Because = Refused, GateNotSet
	case a.Verdict == shop.Mute:
		g.Status, g.Because = Unavailable, GateMute
	default:
		g.Status, g.Because = Refused, GateShuts
	}
	return g
}

// Asks says whose own gates a goal has to ask: those of the tier that the
// release enters next. No other's: an answer from before is none.
func Asks(have shop.State, g shop.Goal) (t shop.TierState, r shop.Release, asks bool) {
	switch g := g.(type) {
	case shop.Promote:
		return enters(have, g)
	case shop.Await:
		below, upper := g.Tier.Below()
		t, known := have.Tier(g.Tier)
		b, _ := have.Tier(below)
		return t, b.Runs, known && upper && g.For == shop.ForOpen && len(t.Spec.Gates.Custom()) > 0
	}
	return t, r, false
}

// enters is the tier in front of which a promotion stands.
func enters(have shop.State, g shop.Promote) (t shop.TierState, r shop.Release, asks bool) {
	if r = g.Release; r.IsZero() {
		var err error
		if r, _, err = Choose(have, g); err != nil {
			return t, r, false
		}
	}
	for n := g.From.Number() + 1; n > 0 && n <= g.To.Number() && n < len(have.Tiers); n++ {
		if t = have.Tiers[n]; t.Runs != r && !have.Within(r, t.Runs) {
			return t, r, len(t.Spec.Gates.Custom()) > 0
		}
	}
	return t, r, false
}

// unanswered reports whether the look came before it was known which release
// enters: then the gates have not been asked about it.
func unanswered(have shop.State, g shop.Goal) bool {
	t, r, asks := Asks(have, g)
	return asks && (have.Asked.Tier != t.Spec.Name || have.Asked.Release != r)
}
