// Package plan decides what has to happen. It reads no clock, no file and no
// network: the same goal and state always give the same operations. It carries
// nothing out; package apply does.
//
//	ops, err := plan.For(shop.Promote{To: "tier-1", From: "tier-0", Release: r}, state)
//	// nil: reached.  A *plan.Stop: there is no way on, and why.
package plan

import (
	"fmt"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// For returns the operations that bring the goal about, in order. None means
// that it is reached.
func For(g shop.Goal, have shop.State) ([]Op, error) {
	switch g := g.(type) {
	case shop.Promote:
		return promote(g, have)
	case shop.Rollback:
		return rollback(g, have)
	case shop.Unpin:
		return unpin(g, have)
	case shop.FreezeTier:
		return freeze(g, have)
	case shop.UnfreezeTier:
		return unfreeze(g, have)
	case shop.Reject:
		return reject(g, have)
	case shop.Verify:
		return verify(g, have)
	case shop.ProposeChange:
		return proposeChange(g, have)
	case shop.MergeChange:
		return mergeChange(g, have)
	case shop.Reconcile:
		return reconcile(g, have)
	case shop.SyncTier:
		return syncTier(g, have)
	case shop.AddTier:
		return addTier(g, have)
	case shop.Init:
		return initialise(g, have)
	case shop.Close:
		return shut(g, have)
	case shop.Open:
		return open(g, have)
	case shop.Await:
		return await(g, have)
	case shop.AddShops:
		return addShops(g, have)
	case shop.SetShop:
		return setShop(g, have)
	case shop.MoveShop:
		return moveShop(g, have)
	case shop.RemoveShop:
		return removeShop(g, have)
	case shop.AddShopSet:
		return addShopSet(g, have)
	case shop.DrainShopSet:
		return drainShopSet(g, have)
	case shop.RemoveShopSet:
		return removeShopSet(g, have)
	case shop.Look, shop.LookFleet:
		return nil, nil
	}
	return nil, fmt.Errorf("no plan for a goal of type %T", g)
}

// tierFor finds a tier that can be worked on.
func tierFor(have shop.State, tier shop.Tier) (shop.TierState, error) {
	t, ok := have.Tier(tier)
	if !ok {
		return t, &Stop{Why: UnknownTier, Tier: tier}
	}
	for repo, tip := range map[shop.Repository]shop.CommitID{shop.AppRepository: t.App, shop.SystemRepository: t.System, shop.ConfigurationRepository: t.Configuration} {
		if tip == "" && (repo != shop.ConfigurationRepository || have.HasConfiguration) {
			return t, &Stop{Why: NoBranch, Tier: tier, Repository: repo}
		}
	}
	return t, nil
}

// unedited finds a tier whose generated branch only shopctl has written.
func unedited(have shop.State, tier shop.Tier) (shop.TierState, error) {
	t, err := tierFor(have, tier)
	if err == nil && t.Edited {
		err = &Stop{Why: Edited, Tier: tier, Repository: shop.SystemRepository, Commit: t.System}
	}
	return t, err
}

// write is what tier t shall carry, with everything that was seen of it.
func write(have shop.State, t shop.TierState, r shop.Release) TierWrite {
	w := TierWrite{Tier: t.Spec.Name, Release: r, System: t.System, App: t.App, Configuration: t.Configuration, From: t.Runs, Repair: t.Edited}
	if r == t.Runs || t.System == "" {
		return w
	}
	w.Replaced = shop.Carried{Number: t.Number, Release: t.Runs, System: t.Brought, Health: t.Health()}
	if have.ArgoCD.None || have.ArgoCD.Silent != "" {
		w.Replaced.Health = shop.UnknownHealth
	}
	if since := t.HealthySince(); !since.IsZero() {
		w.Replaced.Health, w.Replaced.HealthySince = shop.Healthy, since
	} else if w.Replaced.Health == shop.Healthy {
		w.Replaced.Health = shop.UnknownHealth // healthy, but not all of it at exactly this release
	}
	return w
}

// arrival lists what is left to wait for until a tier runs what it carries.
// r is the release that the tier shall carry when the waiting begins.
func arrival(have shop.State, t shop.TierState, r shop.Release, hand handStep, grace time.Duration) ([]Op, error) {
	tier := t.Spec.Name
	if have.ArgoCD.None || len(t.ShopSets) == 0 {
		return nil, nil
	}
	arriving := t.Runs == r || have.Within(r, t.Runs)
	if !arriving {
		ops := []Op{Refresh{Tier: tier}, AwaitRead{tier, r}}
		ops = append(ops, hand.ops(t)...)
		return append(ops, AwaitRollout{tier, r}, AwaitDwell{tier, r}), nil
	}
	if err := failure(have, t, grace); err != nil {
		return nil, err
	}
	var ops []Op
	if !read(t) {
		ops = append(ops, Refresh{Tier: tier}, AwaitRead{tier, r})
	}
	since := t.HealthySince()
	if since.IsZero() {
		// What nobody has read yet will be out of sync then: the hand step is
		// part of the plan from the beginning, or it would come as a surprise.
		if outOfSync(t) || !read(t) {
			ops = append(ops, hand.ops(t)...)
		}
		ops = append(ops, AwaitRollout{tier, r})
	}
	if since.IsZero() || have.Now.Before(since.Add(t.Spec.DwellOr())) {
		ops = append(ops, AwaitDwell{tier, r})
	}
	return ops, nil
}

// read reports whether Argo CD has looked at what every ShopSet shall run.
func read(t shop.TierState) bool {
	for _, s := range t.ShopSets {
		if !s.Current {
			return false
		}
	}
	return true
}

// outOfSync reports whether a ShopSet waits for its hand step.
func outOfSync(t shop.TierState) bool {
	for _, s := range t.ShopSets {
		if s.Sync != shop.Synced && s.Phase != shop.Running {
			return true
		}
	}
	return false
}

// handStep is who does the hand step of a tier with sync: manual.
type handStep bool

const (
	somebody handStep = false // the run waits for it
	thisRun  handStep = true
)

func (h handStep) ops(t shop.TierState) []Op {
	switch {
	case t.Spec.Sync != "manual":
		return nil
	case h == thisRun:
		return []Op{Sync{Tier: t.Spec.Name, Revision: t.System}}
	}
	return []Op{AwaitHand{t.Spec.Name}}
}

// failure finds what will not become good by waiting: a sync that was refused
// at what the tier carries now, or a ShopSet that has been degraded for longer
// than grace and is not rolling out any more.
func failure(have shop.State, t shop.TierState, grace time.Duration) error {
	var degraded, failed []shop.ShopSetState
	for _, s := range t.ShopSets {
		switch {
		case !s.Current:
		case s.Phase == shop.Failed || s.Phase == shop.Errored:
			failed = append(failed, s)
		case s.Health == shop.Degraded && s.Phase != shop.Running && !have.Now.Before(s.Since.Add(grace)):
			degraded = append(degraded, s)
		}
	}
	if len(failed) > 0 {
		return &Stop{Why: SyncFailed, Tier: t.Spec.Name, Release: t.Runs, ShopSets: failed, Of: len(t.ShopSets)}
	}
	if len(degraded) > 0 {
		return &Stop{Why: DegradedStays, Tier: t.Spec.Name, Release: t.Runs, ShopSets: degraded, Of: len(t.ShopSets)}
	}
	return nil
}
