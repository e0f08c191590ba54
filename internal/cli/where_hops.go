package cli

import (
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// tier follows the commit through one tier.
func (h *hops) tier(t shop.TierState) whereTier {
	one := whereTier{Name: t.Spec.Name, Health: shop.UnknownHealth, Live: liveNo}
	one.Branch = h.onBranch(t)
	brought, carried := h.brought(t)
	if carried {
		r := releaseOf(brought.Release, brought.Number)
		one.Release = &r
	}
	if one.Branch {
		one.BranchAt = h.branchAt(t, brought, carried)
	}
	h.clusters(t, &one)
	switch {
	case !carried:
		one.Live = liveNo
	case one.ShopSets == 0:
		one.Live = liveNo
	case h.have.ArgoCD.None || h.have.ArgoCD.Silent != "":
		one.Live = liveUnknown
	}
	if one.Live == liveYes {
		one.Since = show.Stamp(h.liveSince(t, brought))
	}
	h.explain(t, &one)
	return one
}

func (h *hops) onBranch(t shop.TierState) bool {
	if h.commit == "" {
		return true
	}
	tip := t.App
	if h.repo == shop.ConfigurationRepository {
		tip = t.Configuration
	}
	return tip == h.commit || h.have.Graph.Contains(h.repo, h.commit, tip)
}

// brought is the release with which the commit came to stay: the oldest of
// those that hold it, back from what the tier carries now without a break.
func (h *hops) brought(t shop.TierState) (r shop.Carried, ok bool) {
	if h.commit == "" {
		if len(t.History) > 0 {
			return t.History[0], true
		}
		return r, false
	}
	for _, at := range t.History {
		if !has(h.have, at.Release, h.repo, h.commit) {
			break
		}
		r, ok = at, true
	}
	return r, ok
}

// branchAt is about when the commit came to the tier's branch: git keeps no
// time of that, but on tier-0 it was made there, and above it was promoted.
func (h *hops) branchAt(t shop.TierState, brought shop.Carried, carried bool) string {
	switch {
	case h.commit != "" && t.Spec.Name.Number() == 0:
		return show.Stamp(h.about.At)
	case carried:
		return show.Stamp(brought.At)
	}
	return ""
}

// clusters looks at what Argo CD reports: the gitlinks at the revision decide,
// so that a commit that only added a shop changes nothing.
func (h *hops) clusters(t shop.TierState, one *whereTier) {
	running, before, seen := []shop.Health{}, h.liveBefore(t), len(t.ShopSets) > 0
	for _, s := range t.ShopSets {
		if h.only.ShopSet != "" && s.Name != h.only.ShopSet {
			continue
		}
		one.ShopSets++
		one.Shops += s.Shops
		seen = seen && s.Revision != ""
		at, ok := releaseAt(h.have, t, s.Revision)
		if !ok || h.commit != "" && !has(h.have, at.Release, h.repo, h.commit) || h.commit == "" && at.Release != t.Runs {
			continue
		}
		running = append(running, s.Health)
		if s.Sync == shop.Synced || before {
			one.Synced++
		}
		exactly := s.Health == shop.Healthy && s.Sync == shop.Synced && s.Phase != shop.Running
		if exactly || before && (s.Health == shop.Healthy || s.Health == shop.Progressing) {
			one.Ready++
			one.LiveShops += s.Shops
		}
	}
	for i, health := range running {
		one.Health = shop.TierState{ShopSets: []shop.ShopSetState{{Health: one.Health}, {Health: health}}}.Health()
		if i == 0 {
			one.Health = health
		}
	}
	if len(running) == 0 && one.Release != nil && seen {
		one.Health = shop.Progressing // the tier carries it, and every ShopSet still runs what was before
	}
	switch {
	case one.Ready == one.ShopSets && one.Ready > 0:
		one.Live = liveYes
	case one.Ready > 0:
		one.Live = livePartly
	}
}

// liveBefore reports whether an earlier release of the tier brought the commit
// and was seen healthy: then the rollout of the next one does not take it away.
func (h *hops) liveBefore(t shop.TierState) bool {
	if h.commit == "" || len(t.History) == 0 {
		return false
	}
	for _, at := range t.History[1:] {
		if !has(h.have, at.Release, h.repo, h.commit) {
			return false
		}
		if !at.HealthySince.IsZero() {
			return true
		}
	}
	return false
}

// releaseAt is the release whose gitlinks a commit of the tier's branch has.
func releaseAt(have shop.State, t shop.TierState, revision shop.CommitID) (shop.Carried, bool) {
	if revision == "" {
		return shop.Carried{}, false
	}
	for _, at := range t.History {
		if at.System == revision || have.Graph.Contains(shop.SystemRepository, at.System, revision) {
			return at, true
		}
	}
	return shop.Carried{}, false
}

// liveSince is when the ShopSets were seen healthy with it for the first time.
func (h *hops) liveSince(t shop.TierState, brought shop.Carried) time.Time {
	for i := len(t.History) - 1; i > 0; i-- {
		if at := t.History[i]; !at.At.Before(brought.At) && !at.HealthySince.IsZero() {
			return at.HealthySince
		}
	}
	return t.HealthySince()
}

// explain says why it is not live, or not everywhere.
func (h *hops) explain(t shop.TierState, one *whereTier) {
	english := i18n.For(i18n.English).Where
	say := func(of func(i18n.Where) string) {
		one.Because, h.texts[t.Spec.Name] = of(english), of(h.c.Text.Where)
	}
	below, upper := t.Spec.Name.Below()
	switch {
	case one.Live == liveYes:
	case one.Live == liveUnknown:
		say(func(w i18n.Where) string { return w.NobodyKnows })
	case one.Live == livePartly:
		say(func(w i18n.Where) string { return w.ForShops(show.Number(one.LiveShops), show.Number(one.Shops)) })
	case one.Release != nil && one.ShopSets == 0:
		say(func(w i18n.Where) string { return w.NoShopSets })
	case one.Release != nil:
		say(func(w i18n.Where) string { return w.NotYet })
	case t.Spec.Pin != nil && one.Branch:
		say(func(w i18n.Where) string { return w.PinnedTo(releaseText(t.Number, t.Runs)) })
	case one.Branch:
		say(func(w i18n.Where) string { return w.NotReconciled })
	case !upper:
		say(func(w i18n.Where) string { return w.NotMerged })
	default:
		h.notPromoted(t, below, say)
		if gate, shut := h.gate(t); shut {
			text := h.c.gateText(h.have.Now, gate)
			one.Because, h.texts[t.Spec.Name] = gate.Name+": "+string(gate.Because), text
		}
	}
}

// notPromoted is for a commit that has not come up from the tier below.
func (h *hops) notPromoted(_ shop.TierState, below shop.Tier, say func(func(i18n.Where) string)) {
	b, _ := h.have.Tier(below)
	if has(h.have, b.Runs, h.repo, h.commit) {
		say(func(w i18n.Where) string { return w.Promotable })
		return
	}
	say(func(w i18n.Where) string { return w.NotBelow(string(below)) })
}

// gate is the first closed gate in front of a tier, for what the tier below runs.
func (h *hops) gate(t shop.TierState) (plan.Gate, bool) {
	below, upper := t.Spec.Name.Below()
	b, _ := h.have.Tier(below)
	if !upper || !has(h.have, b.Runs, h.repo, h.commit) {
		return plan.Gate{}, false
	}
	closed := plan.Closed(plan.Gates(h.have, t.Spec.Name, b.Runs, false))
	for _, g := range closed {
		if g.Status != plan.Pending { // who must act goes before what opens by itself
			return g, true
		}
	}
	if len(closed) > 0 {
		return closed[0], true
	}
	return plan.Gate{}, false
}
