package plan

import (
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// await is reached when a tier is so; it plans nothing but waiting.
func await(g shop.Await, have shop.State) ([]Op, error) {
	t, err := tierFor(have, g.Tier)
	if err != nil {
		return nil, err
	}
	if g.For != shop.ForOpen && have.ArgoCD.None && g.For != shop.ForRelease {
		return nil, &Stop{Why: NeedsArgoCD, Tier: g.Tier}
	}
	if len(t.ShopSets) == 0 && (g.For == shop.ForSynced || g.For == shop.ForHealthy) {
		return nil, &Stop{Why: Deserted, Tier: g.Tier}
	}
	switch g.For {
	case shop.ForOpen:
		below, upper := g.Tier.Below()
		if !upper {
			return nil, nil
		}
		b, _ := have.Tier(below)
		gates := Gates(have, g.Tier, b.Runs, false)
		if len(Closed(gates)) == 0 {
			return nil, nil
		}
		return []Op{AwaitGates{Tier: g.Tier, Release: b.Runs, Gates: gates, Patient: true}}, nil
	case shop.ForSynced:
		if err := failure(have, t, g.Grace); err != nil && err.(*Stop).Why == SyncFailed {
			return nil, err
		}
		if t.Sync() == shop.Synced {
			return nil, nil
		}
		return append(hint(t), AwaitRead{g.Tier, t.Runs}), nil
	case shop.ForHealthy:
		if err := failure(have, t, g.Grace); err != nil {
			return nil, err
		}
		if !t.HealthySince().IsZero() {
			return nil, nil
		}
		return append(hint(t), AwaitRollout{g.Tier, t.Runs}), nil
	}
	return awaitRelease(g, have, t)
}

func awaitRelease(g shop.Await, have shop.State, t shop.TierState) ([]Op, error) {
	r := g.Release
	there := t.Runs == r || !g.Exact && have.Within(r, t.Runs)
	if !there {
		return []Op{AwaitRead{g.Tier, r}}, nil
	}
	if have.ArgoCD.None {
		return nil, nil
	}
	return arrival(have, t, r, somebody, g.Grace)
}

// hint asks Argo CD to look when it has not read what a tier carries: the
// branch was written while it, or git, did not answer.
func hint(t shop.TierState) []Op {
	if read(t) {
		return nil
	}
	return []Op{Refresh{Tier: t.Spec.Name}}
}

// syncTier does the hand step of a tier and waits for it.
func syncTier(g shop.SyncTier, have shop.State) ([]Op, error) {
	t, err := tierFor(have, g.Tier)
	if err != nil {
		return nil, err
	}
	if have.ArgoCD.None {
		return nil, &Stop{Why: NeedsArgoCD, Tier: g.Tier}
	}
	if have.ArgoCD.Silent != "" {
		return nil, &Stop{Why: ArgoCDNoAnswer, Tier: g.Tier, Text: have.ArgoCD.Silent}
	}
	arrived := len(t.ShopSets) == 0 || t.Sync() == shop.Synced && !t.HealthySince().IsZero()
	if arrived && len(t.RoutesBehind) == 0 {
		return nil, nil
	}
	err = routesFailure(t, g.Began)
	if err == nil && !arrived {
		if err = failure(have, t, g.Grace); err != nil && outOfSync(t) && !endedSince(err.(*Stop), g.Began) {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	var ops []Op
	if outOfSync(t) || routesWait(t) {
		ops = append(ops, Sync{Tier: g.Tier, Revision: t.System})
	}
	if g.NoWait {
		return ops, nil
	}
	if len(t.RoutesBehind) > 0 {
		ops = append(ops, AwaitRoutes{Tier: g.Tier})
	}
	if !arrived {
		ops = append(ops, AwaitRollout{g.Tier, t.Runs})
	}
	return ops, nil
}

// routesWait reports whether routes wait for the hand step.
func routesWait(t shop.TierState) bool {
	return slices.ContainsFunc(t.RoutesBehind, func(s shop.ShopSetState) bool { return s.Phase != shop.Running })
}

// routesFailure is a hand step of this run that was refused for the routes of a ShopSet.
func routesFailure(t shop.TierState, began time.Time) error {
	var failed []shop.ShopSetState
	for _, s := range t.RoutesBehind {
		if (s.Phase == shop.Failed || s.Phase == shop.Errored) && s.Since.After(began) {
			failed = append(failed, s)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &Stop{Why: SyncFailed, Tier: t.Spec.Name, Release: t.Runs, ShopSets: failed, Of: len(t.RoutesBehind)}
}

// endedSince reports whether a failure is newer than the run: an older one is
// what the hand step shall mend.
func endedSince(failed *Stop, began time.Time) bool {
	for _, s := range failed.ShopSets {
		if s.Since.After(began) {
			return true
		}
	}
	return false
}
