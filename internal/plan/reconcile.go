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
	if w.not {
		return ops, nil
	}
	if len(ops) > 0 && t.Runs == r {
		return append(ops, hintAfter(have, t)...), nil
	}
	if t.Runs != r && len(ops) == 0 {
		return nil, nil
	}
	if t.Runs != r {
		t.Runs = shop.Release{} // not even a newer one counts: exactly this
	}
	wait, err := arrival(have, t, r, hand, w.grace)
	return append(ops, wait...), err
}

// hintAfter asks Argo CD to look at a branch that was written anew.
func hintAfter(have shop.State, t shop.TierState) []Op {
	if have.ArgoCD.None {
		return nil
	}
	return []Op{Refresh{Tier: t.Spec.Name}}
}

// reconcile makes tier branches equal to the intent, all in one push.
func reconcile(g shop.Reconcile, have shop.State) ([]Op, error) {
	tiers := g.Tiers
	if len(tiers) == 0 {
		for _, t := range have.Tiers {
			tiers = append(tiers, t.Spec.Name)
		}
	}
	var ops []Op
	sys := WriteSystem{Main: have.Main}
	var names []string
	for _, tier := range slices.Compact(slices.Sorted(slices.Values(tiers))) {
		t, err := tierFor(have, tier)
		if err != nil {
			return nil, err
		}
		want, completes := Want(have, tier)
		if completes {
			moves, err := moves(have, t, want)
			if err != nil {
				return nil, err
			}
			ops = append(ops, moves...)
		}
		if t.Runs == want && !t.Stale && !t.Edited {
			continue
		}
		w := write(have, t, want)
		if completes {
			w.App, w.Configuration = ahead(have, shop.AppRepository, t.App, want.App), ahead(have, shop.ConfigurationRepository, t.Configuration, want.Configuration)
		}
		sys.Tiers = append(sys.Tiers, w)
		names = append(names, string(tier))
	}
	if len(sys.Tiers) == 0 {
		return ops, nil
	}
	sys.Title = fmt.Sprintf("%s: reconcile", strings.Join(names, ", "))
	ops = append(ops, sys)
	for _, w := range sys.Tiers {
		t, _ := have.Tier(w.Tier)
		ops = append(ops, hintAfter(have, t)...)
	}
	return ops, nil
}

// Left names the tiers whose branches hold something that is no release: the
// gitlinks stay, and somebody has to promote.
func Left(have shop.State) (left []shop.Tier) {
	for _, t := range have.Tiers {
		want, completes := Want(have, t.Spec.Name)
		tips := shop.Release{App: t.App, Configuration: t.Configuration}
		if t.Spec.Pin == nil && t.Spec.Frozen(have.Now) == nil && want == t.Runs && tips != t.Runs && !completes {
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
		return nil, nil
	}
	if n > len(have.Tiers) || n == 0 {
		return nil, &Stop{Why: NotNewest, Tier: shop.TierAt(len(have.Tiers))}
	}
	below, err := unedited(have, shop.TierAt(n-1))
	if err != nil {
		return nil, err
	}
	t := shop.TierState{Spec: g.Spec}
	if n < len(have.Tiers) {
		t = have.Tiers[n]
	}
	t.Spec.Name = g.Tier
	ops, err := moves(have, t, below.Runs)
	if err != nil {
		return nil, err
	}
	w := TierWrite{Tier: g.Tier, Release: below.Runs, Below: below.System,
		App:           ahead(have, shop.AppRepository, t.App, below.Runs.App),
		Configuration: ahead(have, shop.ConfigurationRepository, t.Configuration, below.Runs.Configuration)}
	sys := WriteSystem{Tiers: []TierWrite{w}, Title: fmt.Sprintf("%s: new top tier", g.Tier), Main: have.Main}
	if n == len(have.Tiers) {
		spec := g.Spec
		spec.Name = g.Tier
		sys.Edits = []shop.Edit{{Kind: shop.KindTier, Name: string(g.Tier), Value: &spec}}
	}
	ops = append(ops, sys)
	if !have.ArgoCD.None {
		ops = append(ops, InstallRoot{Tier: g.Tier})
	}
	return ops, nil
}
