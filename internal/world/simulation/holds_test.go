package simulation

import (
	"math/rand/v2"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// drawsHold is a freeze, an unfreeze, a reject or a verify.
func drawsHold(random *rand.Rand) *command {
	tier := shop.TierAt(1 + random.IntN(tiers-1))
	switch n := random.IntN(12); {
	case n < 4:
		return &command{goal: shop.FreezeTier{Tier: tier, Reason: []string{"sale", "quarter's end"}[random.IntN(2)]}}
	case n < 6:
		return &command{goal: shop.UnfreezeTier{Tier: tier, Reason: "over"}}
	case n < 9:
		return &command{choose: rejectsWhatRuns(shop.TierAt(random.IntN(tiers)))}
	}
	return &command{choose: verifiesWhatRuns(shop.TierAt(random.IntN(tiers)), []string{shop.FoundGood, shop.FoundBad}[random.IntN(2)])}
}

// rejectsWhatRuns rejects what a tier runs, but never what all began with.
func rejectsWhatRuns(tier shop.Tier) func(shop.State) shop.Goal {
	return func(have shop.State) shop.Goal {
		h := have.Tiers[tier.Number()].History
		if len(h) < 2 {
			return nil
		}
		return shop.Reject{Release: h[0].Release, Reason: "slow"}
	}
}

func verifiesWhatRuns(tier shop.Tier, result string) func(shop.State) shop.Goal {
	return func(have shop.State) shop.Goal {
		return shop.Verify{Tier: tier, Release: have.Tiers[tier.Number()].Runs, Result: result, Note: "tried the cart"}
	}
}

// holds notes the key of the intent that a goal names.
func (a *actor) holds(g shop.Goal) {
	of := func(t shop.Tier, key string) { a.edits[intent.Path(shop.KindTier, string(t))+" "+key] = true }
	switch g := g.(type) {
	case shop.FreezeTier:
		of(g.Tier, "freeze")
	case shop.UnfreezeTier:
		of(g.Tier, "freeze")
	case shop.Verify:
		of(g.Tier, "verified")
	case shop.Reject:
		a.edits["policy.yaml rejected"] = true
	}
}

// said is what a person recorded on a tier, as the checker reads it.
type said struct {
	Reason, Result     string
	App, Configuration shop.CommitID
	By                 string
	At                 time.Time
}

// holdIsSo holds H1 for an operation on one key: main had it within the last moments.
func holdIsSo(g shop.Goal, w *wanted) bool {
	switch g := g.(type) {
	case shop.FreezeTier:
		f := w.freezes[g.Tier]
		return w.frozen[g.Tier] && f.Reason == g.Reason && f.By != "" && !f.At.IsZero()
	case shop.UnfreezeTier:
		return !w.frozen[g.Tier]
	case shop.Verify:
		v := w.verified[g.Tier]
		return v.App == g.Release.App && v.Configuration == g.Release.Configuration && v.Result == g.Result && v.By != "" && !v.At.IsZero()
	case shop.Reject:
		for _, r := range w.rejected {
			if r == g.Release {
				return true
			}
		}
		return false
	}
	return true
}
