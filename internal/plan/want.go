package plan

import "github.com/shopctl/shopctl/internal/shop"

// Want is the release that a tier should run: its pin; what it runs now while
// it is frozen; else what its branches hold, if that is a release; else what
// it runs now. completes says that the branches hold one half of a promotion
// that died, and that the other half has to follow.
//
// It is what reconcile renders: a half-done promotion never slips past a pin
// or a freeze, and a pair that nobody tested is never live.
func Want(have shop.State, tier shop.Tier) (want shop.Release, completes bool) {
	t, _ := have.Tier(tier)
	if t.Spec.Pin != nil {
		return t.Spec.Pin.Release, false
	}
	return wantUnpinned(have, t)
}

func wantUnpinned(have shop.State, t shop.TierState) (want shop.Release, completes bool) {
	tips := shop.Release{App: t.App, Configuration: t.Configuration}
	t.Runs = brought(t)
	if t.Spec.Frozen(have.Now) != nil || tips == t.Runs {
		return t.Runs, false
	}
	if !have.Within(t.Runs, tips) {
		return t.Runs, false // a forge lags: branches never hold less than what runs
	}
	below, upper := t.Spec.Name.Below()
	if !upper {
		return tips, false
	}
	b, _ := have.Tier(below)
	if offered(have, b, tips) {
		return tips, false
	}
	fits := fitting(have, b, t)
	if len(fits) == 1 {
		return fits[0], true
	}
	return t.Runs, false
}

// brought is what the tier runs; gitlinks that somebody moved by hand on a
// generated branch do not count.
func brought(t shop.TierState) shop.Release {
	if !t.Edited {
		return t.Runs
	}
	for _, c := range t.History {
		if !c.ByHand {
			return c.Release
		}
	}
	return t.Runs
}

// offered reports whether the tier below carried the release, was seen healthy
// at exactly that pair, and nobody rejected it.
func offered(have shop.State, b shop.TierState, r shop.Release) bool {
	if _, rejected := have.Policy.RejectedBy(r); rejected {
		return false
	}
	if p := b.Spec.Pin; p != nil && p.Release != r {
		return false
	}
	g := healthGate(have, b, r)
	return g.Passes()
}

// fitting lists the releases of the tier below of which the branches of t hold
// one half: the one side is there, the other can still fast-forward to it.
func fitting(have shop.State, b, t shop.TierState) (fits []shop.Release) {
	seen := map[shop.Release]bool{}
	for _, c := range b.History {
		r := c.Release
		if seen[r] {
			continue
		}
		seen[r] = true
		half := r.App == t.App && r.Configuration != t.Configuration || r.App != t.App && r.Configuration == t.Configuration
		moved := t.App != t.Runs.App && r.App == t.App || t.Configuration != t.Runs.Configuration && r.Configuration == t.Configuration
		if half && moved && have.Within(shop.Release{App: t.App, Configuration: t.Configuration}, r) && offered(have, b, r) {
			fits = append(fits, r)
		}
	}
	return fits
}
