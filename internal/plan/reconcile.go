package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// waiting says how a write ends.
type waiting struct {
	not   bool // do not wait for the effect
	grace time.Duration
}

// settle adds what is to be waited for after a write.
func settle(ops []Op, have shop.State, t shop.TierState, r shop.Release, hand handStep, w waiting) ([]Op, error) {
	writes := len(ops) > 0
	if w.not {
		return append(ops, nudge(have, t, writes)...), nil
	}
	if t.Runs != r && !writes {
		return nil, nil
	}
	if t.Runs != r {
		t.Runs = shop.Release{} // not even a newer one counts: exactly this
	}
	wait, err := arrival(have, t, r, hand, w.grace)
	if writes && err != nil {
		return append(ops, nudge(have, t, true)...), nil // the write may be what mends it
	}
	if len(wait) == 0 || wait[0] != (Refresh{Tier: t.Spec.Name}) {
		ops = append(ops, nudge(have, t, writes)...)
	}
	return append(ops, wait...), err
}

// nudge asks Argo CD to look at a branch that this run writes, or has written
// and nobody has looked at since.
func nudge(have shop.State, t shop.TierState, writes bool) []Op {
	if have.ArgoCD.None || !writes && !t.Mine {
		return nil
	}
	for _, s := range t.ShopSets {
		if writes || s.Revision != t.System {
			return []Op{Refresh{Tier: t.Spec.Name}}
		}
	}
	return nil
}

// reconcile makes tier branches equal to the intent, all in one push.
func reconcile(g shop.Reconcile, have shop.State) ([]Op, error) {
	tiers := g.Tiers
	if len(tiers) == 0 {
		for _, t := range have.Tiers {
			tiers = append(tiers, t.Spec.Name)
		}
	}
	var ops, hints []Op
	sys := WriteSystem{Main: have.Main}
	var ends []shop.ShopSetID
	sys.Edits, ends = finished(have, tiers)
	var names []string
	overdue := over(have, tiers)
	opens := map[shop.Tier]bool{}
	for _, x := range overdue {
		sys.Edits = append(sys.Edits, maintenance(x.Subject, nil))
		for _, t := range x.Tiers {
			opens[t] = true
			tiers = append(slices.Clip(tiers), t)
		}
	}
	for _, tier := range slices.Compact(slices.Sorted(slices.Values(tiers))) {
		t, err := tierFor(have, tier)
		if err != nil {
			return nil, err
		}
		want, completes := Want(have, tier)
		w := write(have, t, want)
		if completes {
			moves, err := complete(have, t, &w)
			if err != nil {
				return nil, err
			}
			ops = append(ops, moves...)
		}
		writes := t.Runs != want || t.Stale || t.Edited || livesIn(have, tier, ends) || opens[tier]
		hints = append(hints, nudge(have, t, writes)...)
		if !writes {
			continue
		}
		sys.Tiers = append(sys.Tiers, w)
		names = append(names, string(tier))
	}
	if len(sys.Tiers) > 0 {
		sys.Title = fmt.Sprintf("%s: reconcile", strings.Join(names, ", "))
		if len(overdue) > 0 {
			sys.Title = opened(overdue)
		}
		ops = append(ops, sys)
	}
	return append(ops, hints...), nil
}

// livesIn reports whether one of some ShopSets is of a tier.
func livesIn(have shop.State, tier shop.Tier, sets []shop.ShopSetID) bool {
	return slices.ContainsFunc(sets, func(s shop.ShopSetID) bool { return have.Fleet.ShopSets[s].Tier == tier })
}

// complete moves the half of a release that a dead promotion left behind, and
// tells the write where the branches will be then.
func complete(have shop.State, t shop.TierState, w *TierWrite) ([]Op, error) {
	w.App = ahead(have, shop.AppRepository, t.App, w.Release.App)
	w.Configuration = ahead(have, shop.ConfigurationRepository, t.Configuration, w.Release.Configuration)
	return moves(have, t, w.Release)
}

// Left names the tiers whose branches hold something that is no release: the
// gitlinks stay, and somebody has to promote.
func Left(have shop.State) (left []shop.Tier) {
	for _, t := range have.Tiers {
		want, completes := Want(have, t.Spec.Name)
		tips := shop.Release{App: t.App, Configuration: t.Configuration}
		if t.Spec.Pin == nil && t.Spec.Frozen(have.Now) == nil && want == t.Runs && tips != t.Runs && !have.Within(tips, t.Runs) && !completes {
			left = append(left, t.Spec.Name)
		}
	}
	return left
}

// addTier makes a new top tier that begins with what the tier below runs.
func addTier(g shop.AddTier, have shop.State) ([]Op, error) {
	n := g.Tier.Number()
	if n < 0 {
		return nil, &Stop{Why: UnknownTier, Tier: g.Tier}
	}
	if n < len(have.Tiers) && have.Tiers[n].System != "" {
		return root(have, have.Tiers[n]), nil
	}
	if n > len(have.Tiers) || n == 0 {
		return nil, &Stop{Why: NotNewest, Tier: shop.TierAt(known(have))}
	}
	below, err := unedited(have, shop.TierAt(n-1))
	if err != nil {
		return nil, err
	}
	var t shop.TierState
	if n < len(have.Tiers) {
		t = have.Tiers[n]
	}
	written := t.Spec.Name != "" // the intent has it already, written by hand
	t.Spec.Name = g.Tier
	ops, err := moves(have, t, below.Runs)
	if err != nil {
		return nil, err
	}
	w := TierWrite{Tier: g.Tier, Release: below.Runs, Below: below.System,
		App:           ahead(have, shop.AppRepository, t.App, below.Runs.App),
		Configuration: ahead(have, shop.ConfigurationRepository, t.Configuration, below.Runs.Configuration)}
	sys := WriteSystem{Tiers: []TierWrite{w}, Title: fmt.Sprintf("%s: new top tier", g.Tier), Main: have.Main}
	if !written {
		spec := g.Spec
		spec.Name = g.Tier
		sys.Edits = append([]shop.Edit{{Kind: shop.KindTier, Name: string(g.Tier), Value: &spec}}, likeBelow(have, g.Tier)...)
	}
	ops = append(ops, sys)
	if !have.ArgoCD.None {
		ops = append(ops, InstallRoot{Tier: g.Tier})
	}
	return ops, nil
}

// likeBelow makes the first ShopSet of a new tier after the pattern of the tier below.
func likeBelow(have shop.State, tier shop.Tier) []shop.Edit {
	p := have.Found.Pattern
	if p == nil {
		return nil
	}
	name := FirstShopSet(tier)
	return []shop.Edit{{Kind: shop.KindShopSet, Name: string(name), Value: &shop.ShopSet{
		Name: name, Tier: tier, Configuration: p.Configuration, Cluster: p.Cluster, FailureDomain: p.FailureDomain,
	}}}
}

// known counts the tiers that the intent has.
func known(have shop.State) (n int) {
	for _, t := range have.Tiers {
		if t.Spec.Name != "" {
			n++
		}
	}
	return n
}
