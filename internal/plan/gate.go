package plan

import (
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// Gate is one reason why a release may not enter a tier yet, judged on a State.
type Gate struct {
	Name    string // health, soak, freeze, pin, reject, verify, review, checks, windows, or that of a team's own
	Status  GateStatus
	Because Cause
	OpensAt time.Time // when it opens by itself; zero: not known, or never by itself
	Since   time.Time // of a health or soak gate: healthy since
	Needs   time.Duration
	Tier    shop.Tier // the tier that the cause lies in
	By      string    // who holds it
	Reason  string    // his words
	Ready   int       // of a health gate: ShopSets that run the release, healthy
	Of      int
	// Of a checks or review gate: what it was judged on, and what it is about.
	Release    shop.Release
	Repository shop.Repository
	Check      string // context of one check
	Address    string // of a pull request
}

// GateStatus says what has to happen for a gate to open.
type GateStatus string

// The statuses. Only Open, Unchecked and Skipped let a release pass.
const (
	Open        GateStatus = "open"
	Unchecked   GateStatus = "unchecked"   // cannot be checked here, does not hold
	Pending     GateStatus = "pending"     // opens by itself
	Held        GateStatus = "held"        // a person or another run holds it
	Refused     GateStatus = "refused"     // must be mended first
	Unavailable GateStatus = "unavailable" // who would know does not answer
)

// Cause says why a gate has its status, for the sentence in front of people.
type Cause string

// The causes.
const (
	IsHealthy       Cause = "healthy"
	WasHealthy      Cause = "was-healthy"
	NoArgoCD        Cause = "no-argocd"
	ArgoCDSilent    Cause = "argocd-silent"
	RollingOut      Cause = "rolling-out"
	IsUnhealthy     Cause = "unhealthy"
	NeverCarried    Cause = "never-carried"
	NeverHealthy    Cause = "never-healthy"
	NoShopSets      Cause = "no-shopsets"
	Soaked          Cause = "soaked"
	Soaking         Cause = "soaking"
	SoakNotBegun    Cause = "soak-not-begun"
	ReplacedTooSoon Cause = "replaced-too-soon"
	IsFrozen        Cause = "frozen"
	IsPinned        Cause = "pinned"
	BelowPinned     Cause = "below-pinned"
	PinLifted       Cause = "pin-lifted"
	IsRejected      Cause = "rejected"
	IsVerified      Cause = "verified"
	NotVerified     Cause = "not-verified"
	VerifiedBad     Cause = "verified-bad"
	NotSupported    Cause = "not-supported"
)

// Passes reports whether the gate lets the release through.
func (g Gate) Passes() bool {
	return g.Status == Open || g.Status == Unchecked || g.Status == Skipped
}

// Closed picks the gates that do not let the release through.
func Closed(gates []Gate) (closed []Gate) {
	for _, g := range gates {
		if !g.Passes() {
			closed = append(closed, g)
		}
	}
	return closed
}

// Gates judges every gate in front of a tier for one release. unpin says that
// the run also lifts the pin of the tier.
func Gates(have shop.State, tier shop.Tier, r shop.Release, unpin bool) []Gate {
	t, ok := have.Tier(tier)
	below, isUpper := tier.Below()
	if !ok || !isUpper {
		return nil
	}
	b, _ := have.Tier(below)
	gates := []Gate{healthGate(have, b, r)}
	if t.Spec.Gates.Soak > 0 {
		gates = append(gates, soakGate(have, b, r, time.Duration(t.Spec.Gates.Soak)))
	}
	gates = append(gates, freezeGates(have, t)...)
	gates = append(gates, pinGates(t, b, r, unpin)...)
	if x, rejected := have.Policy.RejectedBy(r); rejected {
		gates = append(gates, Gate{Name: "reject", Status: Refused, Because: IsRejected, Tier: tier, By: x.By, Reason: x.Reason, Since: x.At})
	}
	if t.Spec.Gates.Verify {
		gates = append(gates, verifyGate(b, r))
	}
	gates = append(gates, checksGates(have, t, r)...)
	gates = append(gates, reviewGates(have, t, r)...)
	gates = append(gates, windowGates(have, t)...)
	return append(gates, customGates(have, t, r)...)
}

func freezeGates(have shop.State, t shop.TierState) []Gate {
	f := t.Spec.Frozen(have.Now)
	if f == nil {
		return nil
	}
	return []Gate{{Name: "freeze", Status: Held, Because: IsFrozen, Tier: t.Spec.Name, By: f.By, Reason: f.Reason, Since: f.At, OpensAt: f.Until}}
}

// Holds is what people hold a tier with, whatever waits for it.
func Holds(have shop.State, t shop.TierState) []Gate {
	gates := freezeGates(have, t)
	if p := t.Spec.Pin; p != nil {
		gates = append(gates, Gate{Name: "pin", Status: Held, Because: IsPinned, Tier: t.Spec.Name, By: p.By, Reason: p.Reason, Since: p.At})
	}
	return gates
}

// evidence finds what is known of a release on a tier that may have replaced it.
func evidence(t shop.TierState, r shop.Release) (shop.Carried, bool) {
	var found shop.Carried
	for _, c := range t.History {
		if c.Release != r {
			continue
		}
		if found.System == "" || found.Health != shop.Healthy && c.Health == shop.Healthy {
			found = c
		}
	}
	return found, found.System != ""
}

func healthGate(have shop.State, b shop.TierState, r shop.Release) Gate {
	g := Gate{Name: "health", Tier: b.Spec.Name, Of: len(b.ShopSets), Ready: b.Ready()}
	was, carried := evidence(b, r)
	switch {
	case b.Runs != r && !carried:
		g.Status, g.Because = Refused, NeverCarried
	case have.ArgoCD.None:
		g.Status, g.Because = Unchecked, NoArgoCD
	case b.Runs != r && was.Health == shop.Healthy:
		g.Status, g.Because, g.Since = Open, WasHealthy, was.HealthySince
	case b.Runs != r:
		g.Status, g.Because = Refused, NeverHealthy
	case have.ArgoCD.Silent != "":
		g.Status, g.Because, g.Reason = Unavailable, ArgoCDSilent, have.ArgoCD.Silent
	case len(b.ShopSets) == 0:
		g.Status, g.Because = Refused, NoShopSets
	case !b.HealthySince().IsZero():
		g.Status, g.Because, g.Since = Open, IsHealthy, b.HealthySince()
	case b.Health() == shop.Degraded && settled(b):
		g.Status, g.Because, g.Reason = Refused, IsUnhealthy, worst(b)
	default:
		g.Status, g.Because = Pending, RollingOut
	}
	return g
}

// settled reports whether no ShopSet of the tier is still on its way.
func settled(t shop.TierState) bool {
	for _, s := range t.ShopSets {
		if !s.Current || s.Phase == shop.Running || s.Health == shop.Progressing {
			return false
		}
	}
	return true
}

func worst(t shop.TierState) string {
	for _, s := range t.ShopSets {
		if s.Health == shop.Degraded && s.Message != "" {
			return string(s.Name) + ": " + s.Message
		}
	}
	return ""
}

func soakGate(have shop.State, b shop.TierState, r shop.Release, needs time.Duration) Gate {
	g := Gate{Name: "soak", Tier: b.Spec.Name, Needs: needs}
	since := b.HealthySince()
	if have.ArgoCD.None {
		since = b.BroughtAt
	}
	if b.Runs != r {
		was, carried := evidence(b, r)
		if !carried {
			g.Status, g.Because = Pending, SoakNotBegun
			return g
		}
		until := was.Until
		if since = was.HealthySince; have.ArgoCD.None {
			since = was.At
		}
		g.Since, g.Status, g.Because = since, Refused, ReplacedTooSoon
		if !since.IsZero() && !until.Before(since.Add(needs)) {
			g.Status, g.Because = Open, Soaked
		}
		return g
	}
	g.Since = since
	switch {
	case since.IsZero() && have.ArgoCD.Silent != "":
		g.Status, g.Because = Unavailable, ArgoCDSilent
	case since.IsZero():
		g.Status, g.Because = Pending, SoakNotBegun
	case have.Now.Before(since.Add(needs)):
		g.Status, g.Because, g.OpensAt = Pending, Soaking, since.Add(needs)
	default:
		g.Status, g.Because = Open, Soaked
	}
	return g
}

func pinGates(t, b shop.TierState, r shop.Release, unpin bool) (gates []Gate) {
	if p := t.Spec.Pin; p != nil && p.Release != r {
		g := Gate{Name: "pin", Status: Held, Because: IsPinned, Tier: t.Spec.Name, By: p.By, Reason: p.Reason, Since: p.At}
		if unpin {
			g.Status, g.Because = Open, PinLifted
		}
		gates = append(gates, g)
	}
	if p := b.Spec.Pin; p != nil && p.Release != r {
		gates = append(gates, Gate{Name: "pin", Status: Held, Because: BelowPinned, Tier: b.Spec.Name, By: p.By, Reason: p.Reason, Since: p.At})
	}
	return gates
}

func verifyGate(b shop.TierState, r shop.Release) Gate {
	g := Gate{Name: "verify", Status: Held, Because: NotVerified, Tier: b.Spec.Name}
	v := b.Spec.Verified
	if v == nil || v.Release != r {
		return g
	}
	g.By, g.Reason, g.Since = v.By, v.Note, v.At
	if v.Result == "good" {
		g.Status, g.Because = Open, IsVerified
	} else {
		g.Status, g.Because = Refused, VerifiedBad
	}
	return g
}
