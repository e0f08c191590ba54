package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// freeze keeps every release out of a tier, until a time or until it is lifted.
func freeze(g shop.FreezeTier, have shop.State) ([]Op, error) {
	t, err := unedited(have, g.Tier)
	if err != nil {
		return nil, err
	}
	if f := t.Spec.Freeze; f != nil && f.Until.Equal(g.Until) && f.Reason == g.Reason {
		return followed(have, t), nil
	}
	title := fmt.Sprintf("%s: freeze", g.Tier)
	if !g.Until.IsZero() {
		title += " until " + g.Until.UTC().Format(time.RFC3339)
	}
	value := &shop.Freeze{Until: g.Until, Record: shop.Record{Reason: g.Reason}}
	return hold(have, title, g.Reason, edit(g.Tier, "freeze", value), frozen(have, t), t)
}

// unfreeze lets releases in again. What a promotion left half done stays so: it
// comes with the next promotion or reconcile, not with this.
func unfreeze(g shop.UnfreezeTier, have shop.State) ([]Op, error) {
	t, err := unedited(have, g.Tier)
	if err != nil {
		return nil, err
	}
	if t.Spec.Frozen(have.Now) == nil {
		return followed(have, t), nil
	}
	return hold(have, fmt.Sprintf("%s: unfreeze", g.Tier), g.Reason, edit(g.Tier, "freeze", nil), frozen(have, t), t)
}

// frozen is the freeze in force, nil if none.
func frozen(have shop.State, t shop.TierState) any {
	if f := t.Spec.Frozen(have.Now); f != nil {
		return *f
	}
	return nil
}

// reject keeps a release out of every tier. Where it runs, it goes on.
func reject(g shop.Reject, have shop.State) ([]Op, error) {
	var tiers []shop.TierState
	known := false
	for _, t := range have.Tiers {
		if t.System == "" {
			continue // its branch is still to be made, and that looks at the Policy
		}
		if t.Edited {
			return nil, &Stop{Why: Edited, Tier: t.Spec.Name, Repository: shop.SystemRepository, Commit: t.System}
		}
		_, carried := evidence(t, g.Release)
		known = known || carried
		tiers = append(tiers, t)
	}
	if !known {
		return nil, &Stop{Why: UnknownRelease, Tier: shop.TierAt(0), Release: g.Release}
	}
	list := slices.Clone(have.Policy.Rejected)
	entry := shop.Rejected{Release: g.Release, Record: shop.Record{Reason: g.Reason}}
	was := any(nil)
	if i := slices.IndexFunc(list, func(x shop.Rejected) bool { return x.Release == g.Release }); i >= 0 {
		if list[i].Reason == g.Reason {
			return nil, nil
		}
		was, list[i] = list[i], entry
	} else {
		list = append(list, entry)
	}
	e := shop.Edit{Kind: shop.KindPolicy, Name: have.Policy.Name, Field: "rejected", Value: list}
	return hold(have, "reject "+g.Release.Short(), g.Reason, e, was, tiers...)
}

// verify records what somebody found. It concerns the tier and the one above,
// whose gate it opens or closes.
func verify(g shop.Verify, have shop.State) ([]Op, error) {
	t, err := unedited(have, g.Tier)
	if err != nil {
		return nil, err
	}
	if _, carried := evidence(t, g.Release); !carried {
		return nil, &Stop{Why: UnknownRelease, Tier: g.Tier, Release: g.Release}
	}
	v := t.Spec.Verified
	if v != nil && v.Release == g.Release && v.Result == g.Result && v.Note == g.Note {
		return followed(have, t), nil
	}
	tiers := []shop.TierState{t}
	if up, ok := have.Tier(shop.TierAt(g.Tier.Number() + 1)); ok && up.System != "" {
		if up.Edited {
			return nil, &Stop{Why: Edited, Tier: up.Spec.Name, Repository: shop.SystemRepository, Commit: up.System}
		}
		tiers = append(tiers, up)
	}
	was := any(nil)
	if v != nil {
		was = *v
	}
	value := &shop.Verified{Release: g.Release, Result: g.Result, Note: g.Note}
	return hold(have, fmt.Sprintf("%s: verify %s: %s", g.Tier, named(t, g.Release), g.Result), g.Note, edit(g.Tier, "verified", value), was, tiers...)
}

func edit(tier shop.Tier, field string, value any) shop.Edit {
	return shop.Edit{Kind: shop.KindTier, Name: string(tier), Field: field, Value: value}
}

// hold changes one key of the intent and commits on every tier branch that it
// concerns, even where no file changes: what was planned on the old tips, with
// the old value in mind, is planned again.
func hold(have shop.State, title, reason string, e shop.Edit, was any, tiers ...shop.TierState) ([]Op, error) {
	sys := WriteSystem{Edits: []shop.Edit{e}, Was: was, Title: title, Reason: reason, Main: have.Main}
	// Of any tier: a shop may have moved to another one since.
	for _, t := range have.Tiers {
		if t.Mine {
			return nil, &Stop{Why: Superseded, Tier: t.Spec.Name} // it was so; somebody has changed it since
		}
	}
	for _, t := range tiers {
		sys.Tiers = append(sys.Tiers, write(have, t, kept(t)))
	}
	return []Op{sys}, nil
}

// kept is what a tier goes on to carry. A pin that was written by hand holds for
// everybody who writes the tier (I2).
func kept(t shop.TierState) shop.Release {
	if t.Spec.Pin != nil {
		return t.Spec.Pin.Release
	}
	return t.Runs
}

// followed brings a tier in line whose files lag behind the intent, when there
// is nothing else to write.
func followed(have shop.State, t shop.TierState) []Op {
	if !t.Stale {
		return nil
	}
	return []Op{WriteSystem{Tiers: []TierWrite{write(have, t, kept(t))}, Title: fmt.Sprintf("%s: follow the intent", t.Spec.Name), Main: have.Main}}
}
