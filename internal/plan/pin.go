package plan

import (
	"fmt"

	"github.com/shopctl/shopctl/internal/shop"
)

// rollback pins a tier to a release that it has run before. No branch moves:
// the gitlinks go back, and the pin keeps them there.
func rollback(g shop.Rollback, have shop.State) ([]Op, error) {
	t, err := unedited(have, g.Tier)
	if err != nil {
		return nil, err
	}
	pinned := t.Spec.Pin != nil && t.Spec.Pin.Release == g.Release
	if _, carried := evidence(t, g.Release); !carried {
		return nil, &Stop{Why: UnknownRelease, Tier: g.Tier, Release: g.Release}
	}
	if _, rejected := have.Policy.RejectedBy(g.Release); rejected && !pinned {
		return nil, &Stop{Why: ReleaseRejected, Tier: g.Tier, Release: g.Release}
	}
	var ops []Op
	if !pinned || t.Runs != g.Release || t.Stale {
		if t.Mine && !pinned {
			return nil, &Stop{Why: Superseded, Tier: g.Tier, Release: g.Release, By: latest(t).By}
		}
		sys := WriteSystem{
			Tiers:  []TierWrite{write(have, t, g.Release)},
			Title:  fmt.Sprintf("%s: roll back to %s", g.Tier, named(t, g.Release)),
			Reason: g.Reason, Main: have.Main, Risks: shop.RisksOf(g.Risks, g.Tier),
		}
		if !pinned {
			sys.Edits = []shop.Edit{{Kind: shop.KindTier, Name: string(g.Tier), Field: "pin",
				Value: &shop.Pin{Release: g.Release, Record: shop.Record{Reason: g.Reason}}}}
		}
		ops = append(ops, sys)
	}
	return settle(ops, have, t, g.Release, handStep(g.Sync), waiting{g.NoWait, g.Grace})
}

// Former settles what a rollback without a release goes back to: the release
// that the tier carried before the one it runs. It is relative, so a tier that
// is pinned already needs a name, or a second run would go back twice.
func Former(have shop.State, tier shop.Tier) (shop.Release, error) {
	t, err := tierFor(have, tier)
	if err != nil {
		return shop.Release{}, err
	}
	if p := t.Spec.Pin; p != nil {
		return shop.Release{}, &Stop{Why: AlreadyPinned, Tier: tier, Release: p.Release, By: p.By}
	}
	for _, c := range t.History {
		if c.Release == t.Runs {
			continue
		}
		if _, rejected := have.Policy.RejectedBy(c.Release); !rejected {
			return c.Release, nil
		}
	}
	return shop.Release{}, &Stop{Why: NothingBefore, Tier: tier, Release: t.Runs}
}

// unpin lifts the pin; the tier takes what its branches hold, if that is a release.
func unpin(g shop.Unpin, have shop.State) ([]Op, error) {
	t, err := unedited(have, g.Tier)
	if err != nil {
		return nil, err
	}
	want, completes := wantUnpinned(have, t)
	var ops []Op
	if t.Spec.Pin != nil {
		if t.Mine {
			return nil, &Stop{Why: Superseded, Tier: g.Tier, Release: want, By: t.Spec.Pin.By}
		}
		w := write(have, t, want)
		if completes {
			if ops, err = complete(have, t, &w); err != nil {
				return nil, err
			}
		}
		ops = append(ops, WriteSystem{
			Edits: []shop.Edit{{Kind: shop.KindTier, Name: string(g.Tier), Field: "pin"}},
			Tiers: []TierWrite{w},
			Title: fmt.Sprintf("%s: unpin", g.Tier), Reason: g.Reason, Main: have.Main,
		})
	} else if t.Stale {
		ops = refreshed(have, t)
		want = t.Runs
	} else {
		want = t.Runs
	}
	return settle(ops, have, t, want, handStep(g.Sync), waiting{g.NoWait, g.Grace})
}
