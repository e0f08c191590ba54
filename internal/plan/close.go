package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

type (
	// AwaitFront waits until customers meet a subject closed, or open.
	AwaitFront struct {
		Subject shop.Subject
		Closed  bool
	}
	// AwaitDrain waits until requests that had begun before have ended.
	AwaitDrain struct {
		Subject shop.Subject
		Until   time.Time // seen
	}
)

// Wish names a subject as people do.
func (o AwaitFront) Wish() string {
	state := "open"
	if o.Closed {
		state = "closed"
	}
	return fmt.Sprintf("await %s %s", called(o.Subject), state)
}

// Wish does not say until when: that is seen, not wished.
func (o AwaitDrain) Wish() string { return fmt.Sprintf("await %s drained", called(o.Subject)) }

func called(s shop.Subject) string { return strings.ToLower(string(s.Kind)) + " " + s.Name }

// maintenance is the switch of one subject.
func maintenance(s shop.Subject, value any) shop.Edit {
	return shop.Edit{Kind: s.Kind, Name: s.Name, Field: "maintenance", Value: value}
}

// shut closes a subject until a time. It is an incident action: it asks for no
// gate, and a freeze or a pin does not keep it off.
func shut(g shop.Close, have shop.State) ([]Op, error) {
	tiers, err := scene(have, g.Subject)
	if err != nil {
		return nil, err
	}
	value := g.Maintenance
	if was := have.Scene.Maintenance; was != nil && sameMaintenance(*was, value) {
		return front(followedAll(have, tiers), have, g.Subject, tiers, &value, g.NoWait)
	}
	title := fmt.Sprintf("close %s until %s", called(g.Subject), value.Until.UTC().Format(time.RFC3339))
	ops, err := hold(have, title, value.Reason, maintenance(g.Subject, &value), standing(have), tiers...)
	if err != nil {
		return nil, err
	}
	return front(ops, have, g.Subject, tiers, &value, g.NoWait)
}

// open ends a maintenance before its time. Other switches that close the
// subject stay as they are.
func open(g shop.Open, have shop.State) ([]Op, error) {
	tiers, err := scene(have, g.Subject)
	if err != nil {
		return nil, err
	}
	ops := followedAll(have, tiers)
	if have.Scene.Maintenance != nil {
		if ops, err = hold(have, "open "+called(g.Subject), g.Reason, maintenance(g.Subject, nil), standing(have), tiers...); err != nil {
			return nil, err
		}
	}
	return front(ops, have, g.Subject, tiers, nil, g.NoWait)
}

// standing is the maintenance in force, nil if none.
func standing(have shop.State) any {
	if m := have.Scene.Maintenance; m != nil {
		return *m
	}
	return nil
}

// sameMaintenance compares what a person asks for, not who did and when.
func sameMaintenance(a, b shop.Maintenance) bool {
	return a.Until.Equal(b.Until) && a.Message == b.Message && a.Drain == b.Drain && a.Reason == b.Reason && slices.Equal(a.Allow, b.Allow)
}

// scene finds the tiers that a subject concerns, or says that there is none.
func scene(have shop.State, s shop.Subject) (tiers []shop.TierState, err error) {
	if !have.Scene.Found {
		if s.Kind == shop.KindTier {
			return nil, &Stop{Why: UnknownTier, Tier: shop.Tier(s.Name)}
		}
		return nil, &Stop{Why: NoSubject, Text: called(s)}
	}
	for _, name := range have.Scene.Tiers {
		t, err := unedited(have, name)
		if err != nil {
			return nil, err
		}
		tiers = append(tiers, t)
	}
	return tiers, nil
}

func followedAll(have shop.State, tiers []shop.TierState) (ops []Op) {
	for _, t := range tiers {
		ops = append(ops, followed(have, t)...)
	}
	return ops
}

// front adds what is to be waited for until customers meet the subject as it was
// wished: closed by a maintenance, or open with none.
func front(ops []Op, have shop.State, s shop.Subject, tiers []shop.TierState, m *shop.Maintenance, noWait bool) ([]Op, error) {
	if have.ArgoCD.None || len(have.Scene.ShopSets) == 0 {
		return ops, nil
	}
	closed := m != nil || len(have.Scene.Others) > 0
	writes := len(ops) > 0
	there := !writes && have.ArgoCD.Silent == "" && have.Scene.Shows(closed)
	if !there {
		ops = append(ops, looks(have, s, tiers, writes)...)
	}
	if noWait {
		return ops, nil
	}
	if !writes {
		if err := unrouted(have, tiers); err != nil {
			return nil, err
		}
	}
	if !there {
		for _, t := range tiers {
			if t.Spec.Sync == "manual" && (writes || hands(have, t.Spec.Name)) {
				ops = append(ops, AwaitHand{t.Spec.Name})
			}
		}
		ops = append(ops, AwaitFront{s, closed})
	}
	if m != nil && m.Drain > 0 {
		// Until the routes are there nobody knows when it ends.
		until := have.Scene.AppliedAt().Add(time.Duration(m.Drain))
		if !there || have.Now.Before(until) {
			ops = append(ops, AwaitDrain{s, until})
		}
	}
	return ops, nil
}

// looks asks Argo CD to look at what a subject concerns and no more: a tier may
// have a thousand ShopSets.
func looks(have shop.State, s shop.Subject, tiers []shop.TierState, writes bool) (ops []Op) {
	if s.Kind != shop.KindTier {
		for _, f := range have.Scene.Fronts {
			if writes || !f.Applied {
				ops = append(ops, Refresh{f.Tier, string(f.ShopSet)})
			}
		}
		if len(have.Scene.Fronts) > 0 {
			return ops
		}
	}
	for _, t := range tiers {
		if writes || !brings(have, t.Spec.Name) {
			ops = append(ops, Refresh{Tier: t.Spec.Name})
		}
	}
	return ops
}

// brings reports whether the routes of a tier are in the cluster as the branch has them.
func brings(have shop.State, t shop.Tier) bool {
	return !slices.ContainsFunc(have.Scene.Fronts, func(f shop.Front) bool { return f.Tier == t && !f.Applied })
}

func hands(have shop.State, t shop.Tier) bool {
	return slices.ContainsFunc(have.Scene.Fronts, func(f shop.Front) bool { return f.Tier == t && f.Waits })
}

// unrouted says that Argo CD could not bring the routes: waiting mends nothing.
func unrouted(have shop.State, tiers []shop.TierState) error {
	var failed []shop.ShopSetState
	for _, f := range have.Scene.Fronts {
		if f.Failure != "" && !f.Applied {
			failed = append(failed, shop.ShopSetState{Name: f.ShopSet, Failure: f.Failure})
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &Stop{Why: SyncFailed, Tier: tiers[0].Spec.Name, Release: tiers[0].Runs, ShopSets: failed, Of: len(have.Scene.Fronts)}
}

// over are the maintenances whose time has passed, of subjects in some tiers.
func over(have shop.State, tiers []shop.Tier) (ended []shop.Closed) {
	for _, x := range have.Closed {
		if x.Over(have.Now) && slices.ContainsFunc(x.Tiers, func(t shop.Tier) bool { return slices.Contains(tiers, t) }) {
			ended = append(ended, x)
		}
	}
	return ended
}

// fewNames is how many a commit's first line names.
const fewNames = 3

// opened tells, in the first line of a commit, what has ended.
func opened(ended []shop.Closed) string {
	var names []string
	for _, x := range ended {
		names = append(names, called(x.Subject))
	}
	if more := len(names) - fewNames; more > 0 {
		names = append(names[:fewNames], fmt.Sprintf("%d more", more))
	}
	return "open " + strings.Join(names, ", ") + ": maintenance over"
}
