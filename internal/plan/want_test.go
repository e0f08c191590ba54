package plan_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// What a tier should run, and the mixed pairs that a dead promotion leaves.
func TestWant(t *testing.T) {
	rows := []struct {
		name      string
		tip       shop.Release // of tier-1, which runs release 0
		change    func(*shop.State)
		want      shop.Release
		completes bool
	}{
		{"at rest", rel(0), nil, rel(0), false},
		{"promoted, not written yet", rel(1), nil, rel(1), false},
		{"the app half alone", mixed(1, 0), nil, rel(1), true},
		{"the configuration half alone", mixed(0, 1), nil, rel(1), true},
		{"a half that fits two releases", mixed(1, 0), func(s *shop.State) {
			s.Tiers[0] = tierAt(0, rel(1), rel(2), mixed(1, 2), rel(0))
		}, rel(0), false},
		{"a half of a release that was carried and never healthy", mixed(1, 0), func(s *shop.State) {
			s.Tiers[0] = tierAt(0, rel(2), rel(2), rel(1), rel(0))
			s.Tiers[0].History[1].Health = shop.Degraded
		}, rel(0), false},
		{"a half of a former release", mixed(1, 0), func(s *shop.State) {
			s.Tiers[0] = tierAt(0, rel(2), rel(2), rel(1), rel(0))
		}, rel(1), true},
		{"a half of what is still rolling out", mixed(1, 0), func(s *shop.State) { progressing.set(&s.Tiers[0]) }, rel(0), false},
		{"a half of what nobody carried", mixed(2, 0), nil, rel(0), false},
		{"a pair that was never carried together", mixed(1, 2), nil, rel(0), false},
		{"a mixed pair that was itself carried", mixed(1, 0), func(s *shop.State) {
			s.Tiers[0] = tierAt(0, mixed(1, 0), rel(2), rel(0))
		}, mixed(1, 0), false},
		{"a hotfix", shop.Release{App: "x1", Configuration: "c0"}, nil, rel(0), false},
		{"not healthy below", rel(1), func(s *shop.State) { degraded.set(&s.Tiers[0]) }, rel(0), false},
		{"Argo CD silent", rel(1), func(s *shop.State) { argo(s, shop.ArgoCD{Silent: "?"}) }, rel(0), false},
		{"no Argo CD", rel(1), func(s *shop.State) { argo(s, shop.ArgoCD{None: true}) }, rel(1), false},
		{"no Argo CD, a mixed pair", mixed(1, 0), func(s *shop.State) { argo(s, shop.ArgoCD{None: true}) }, rel(1), true},
		{"rejected", rel(1), func(s *shop.State) { s.Policy.Rejected = []shop.Rejected{{Release: rel(1)}} }, rel(0), false},
		{"half of a rejected one", mixed(1, 0), func(s *shop.State) { s.Policy.Rejected = []shop.Rejected{{Release: rel(1)}} }, rel(0), false},
		{"pinned", rel(1), func(s *shop.State) { s.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(0)} }, rel(0), false},
		{"pinned to what it does not run yet", rel(2), func(s *shop.State) { s.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(1)} }, rel(1), false},
		{"pinned, a mixed pair", mixed(1, 0), func(s *shop.State) { s.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(0)} }, rel(0), false},
		{"frozen", rel(1), func(s *shop.State) { s.Tiers[1].Spec.Freeze = &shop.Freeze{} }, rel(0), false},
		{"frozen, a mixed pair", mixed(1, 0), func(s *shop.State) { s.Tiers[1].Spec.Freeze = &shop.Freeze{} }, rel(0), false},
		{"frozen and pinned: the pin wins", rel(1), func(s *shop.State) {
			s.Tiers[1].Spec.Freeze, s.Tiers[1].Spec.Pin = &shop.Freeze{}, &shop.Pin{Release: rel(1)}
		}, rel(1), false},
		{"the freeze is over", rel(1), func(s *shop.State) { s.Tiers[1].Spec.Freeze = &shop.Freeze{Until: noon} }, rel(1), false},
		{"the freeze ends soon", rel(1), func(s *shop.State) { s.Tiers[1].Spec.Freeze = &shop.Freeze{Until: noon.Add(time.Second)} }, rel(0), false},
		{"the tier below is pinned elsewhere", rel(1), func(s *shop.State) { s.Tiers[0].Spec.Pin = &shop.Pin{Release: rel(0)} }, rel(0), false},
		{"the tier below is pinned to it", rel(1), func(s *shop.State) { s.Tiers[0].Spec.Pin = &shop.Pin{Release: rel(1)} }, rel(1), false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := stateOf(tierAt(0, rel(1), rel(2), rel(0)), tierAt(1, rel(0), row.tip))
			if row.change != nil {
				row.change(&s)
			}
			got, completes := plan.Want(s, "tier-1")
			if got != row.want || completes != row.completes {
				t.Errorf("want %v %v, got %v %v", row.want, row.completes, got, completes)
			}
			left := plan.Left(s)
			held := s.Tiers[1].Spec.Pin != nil || s.Tiers[1].Spec.Frozen(s.Now) != nil
			if stays := got == rel(0) && row.tip != rel(0) && !held; stays != (len(left) == 1 && left[0] == "tier-1" || len(left) == 2) {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// tier-0 follows its branches, whatever they hold.
func TestWantLowest(t *testing.T) {
	s := stateOf(tierAt(0, rel(0), mixed(1, 0)))
	if got, completes := plan.Want(s, "tier-0"); got != mixed(1, 0) || completes {
		t.Errorf("got %v %v", got, completes)
	}
	s.Tiers[0].Spec.Freeze = &shop.Freeze{}
	if got, _ := plan.Want(s, "tier-0"); got != rel(0) {
		t.Errorf("frozen: got %v", got)
	}
	s.Tiers[0].Spec.Pin = &shop.Pin{Release: rel(0)}
	s.Tiers[0].Spec.Freeze = nil
	if got, _ := plan.Want(s, "tier-0"); got != rel(0) {
		t.Errorf("pinned: got %v", got)
	}
}

func TestChoose(t *testing.T) {
	onItsWay := func(n int, r shop.Release, goal shop.Tier) shop.TierState {
		up := tierAt(n, r, r, rel(0))
		up.History[0].Goal = goal
		return up
	}
	rows := []struct {
		name     string
		goal     shop.Promote
		tiers    []shop.TierState
		r, newer shop.Release
	}{
		{"one hop", shop.Promote{To: "tier-1", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(1), rel(2)), tierAt(1, rel(0), rel(0))}, rel(1), shop.Release{}},
		{"over two, nothing on its way", shop.Promote{To: "tier-2", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(2), rel(2)), tierAt(1, rel(1), rel(1)), tierAt(2, rel(0), rel(0))}, rel(2), shop.Release{}},
		{"resumed, newer named", shop.Promote{To: "tier-2", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(2), rel(2)), onItsWay(1, rel(1), "tier-2"), tierAt(2, rel(0), rel(0))}, rel(1), rel(2)},
		{"resumed, nothing newer", shop.Promote{To: "tier-2", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(1), rel(2)), onItsWay(1, rel(1), "tier-2"), tierAt(2, rel(0), rel(0))}, rel(1), shop.Release{}},
		{"bound for less", shop.Promote{To: "tier-3", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(2), rel(2)), onItsWay(1, rel(1), "tier-2"), tierAt(2, rel(0), rel(0)), tierAt(3, rel(0), rel(0))}, rel(2), shop.Release{}},
		{"bound for more", shop.Promote{To: "tier-2", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(2), rel(2)), onItsWay(1, rel(1), "tier-3"), tierAt(2, rel(0), rel(0)), tierAt(3, rel(0), rel(0))}, rel(1), rel(2)},
		{"it has arrived", shop.Promote{To: "tier-2", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(2), rel(2)), onItsWay(1, rel(1), "tier-2"), tierAt(2, rel(1), rel(1))}, rel(2), shop.Release{}},
		{"the furthest counts", shop.Promote{To: "tier-3", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(2), rel(2)), onItsWay(1, rel(2), "tier-3"), onItsWay(2, rel(1), "tier-3"), tierAt(3, rel(0), rel(0))}, rel(1), rel(2)},
		{"an older run of the lowest tier is not newer", shop.Promote{To: "tier-2", From: "tier-0"},
			[]shop.TierState{tierAt(0, rel(0), rel(2)), onItsWay(1, rel(1), "tier-2"), tierAt(2, rel(0), rel(0))}, rel(1), shop.Release{}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r, newer, err := plan.Choose(stateOf(row.tiers...), row.goal)
			if err != nil || r != row.r || newer != row.newer {
				t.Errorf("want %v %v, got %v %v %v", row.r, row.newer, r, newer, err)
			}
		})
	}
	for _, g := range []shop.Promote{{To: "tier-9", From: "tier-0"}, {To: "tier-1", From: "tier-8"}} {
		_, _, err := plan.Choose(asked(), g)
		if stop := (*plan.Stop)(nil); !errors.As(err, &stop) || stop.Why != plan.UnknownTier {
			t.Errorf("%+v: got %v", g, err)
		}
	}
}

func TestFormer(t *testing.T) {
	s := stateOf(tierAt(0, rel(2), rel(2), rel(2), rel(1), rel(0)))
	if r, err := plan.Former(s, "tier-0"); r != rel(1) || err != nil {
		t.Errorf("got %v %v", r, err)
	}
	s.Policy.Rejected = []shop.Rejected{{Release: rel(1)}}
	if r, err := plan.Former(s, "tier-0"); r != rel(0) || err != nil {
		t.Errorf("one is rejected: got %v %v", r, err)
	}
	s.Tiers[0].Spec.Pin = &shop.Pin{Release: rel(1), Record: shop.Record{By: "Aiko"}}
	var stop *plan.Stop
	if _, err := plan.Former(s, "tier-0"); !errors.As(err, &stop) || stop.Why != plan.AlreadyPinned || stop.By != "Aiko" {
		t.Errorf("pinned: got %v", err)
	}
	if _, err := plan.Former(stateOf(tierAt(0, rel(0), rel(0))), "tier-0"); !errors.As(err, &stop) || stop.Why != plan.NothingBefore {
		t.Errorf("first release: got %v", err)
	}
}

// Every reason to stop, from the goal that meets it.
func TestStops(t *testing.T) {
	promote := shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1), Grace: grace}
	pin := func(r shop.Release) *shop.Pin { return &shop.Pin{Release: r, Record: shop.Record{By: "Aiko"}} }
	rows := []struct {
		name   string
		goal   shop.Goal
		change func(*shop.State)
		want   plan.Stop // Why, Tier and what else is set
	}{
		{"unknown tier", shop.Promote{To: "tier-7", From: "tier-0"}, nil, plan.Stop{Why: plan.UnknownTier, Tier: "tier-7"}},
		{"lowest tier", shop.Promote{To: "tier-0", From: "tier-0"}, nil, plan.Stop{Why: plan.LowestTier, Tier: "tier-0"}},
		{"skipped", shop.Promote{To: "tier-1", From: "tier-0", Release: rel(2)}, nil, plan.Stop{Why: plan.TierSkipped, Tier: "tier-1", Release: rel(2)}},
		{"no branch", promote, func(s *shop.State) { s.Tiers[1].Configuration = "" }, plan.Stop{Why: plan.NoBranch, Tier: "tier-1", Repository: shop.ConfigurationRepository}},
		{"app diverged", promote, func(s *shop.State) { s.Tiers[1].App = "x1" }, plan.Stop{Why: plan.Diverged, Tier: "tier-1", Repository: shop.AppRepository, Commit: "x1", Release: rel(1)}},
		{"configuration diverged", promote, func(s *shop.State) { s.Tiers[1].Configuration = "x1" }, plan.Stop{Why: plan.Diverged, Tier: "tier-1", Repository: shop.ConfigurationRepository, Commit: "x1", Release: rel(1)}},
		{"edited by hand", promote, func(s *shop.State) { s.Tiers[1].Edited = true }, plan.Stop{Why: plan.Edited, Tier: "tier-1", Repository: shop.SystemRepository, Commit: "s10"}},
		{"somebody took the tier elsewhere", promote, func(s *shop.State) { s.Tiers[1].Mine = true; s.Tiers[1].History[0].By = "Aiko" }, plan.Stop{Why: plan.Superseded, Tier: "tier-1", Release: rel(1), By: "Aiko"}},
		{"a pin that this run has not seen", shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1), Unpin: true}, func(s *shop.State) {
			s.Tiers[1] = tierAt(1, rel(1), rel(1), rel(0))
			s.Tiers[1].Mine, s.Tiers[1].Spec.Pin = true, pin(rel(1))
		}, plan.Stop{Why: plan.Superseded, Tier: "tier-1", Release: rel(1), By: "Aiko"}},
		{"degraded stays", promote, func(s *shop.State) { s.Tiers[1] = tierAt(1, rel(1), rel(1), rel(0)); stuck.set(&s.Tiers[1]) }, plan.Stop{Why: plan.DegradedStays, Tier: "tier-1", Release: rel(1), Of: 1}},
		{"sync failed", promote, func(s *shop.State) { s.Tiers[1] = tierAt(1, rel(1), rel(1), rel(0)); refused.set(&s.Tiers[1]) }, plan.Stop{Why: plan.SyncFailed, Tier: "tier-1", Release: rel(1), Of: 1}},
		{"rolled back to what it never ran", shop.Rollback{Tier: "tier-1", Release: rel(2)}, nil, plan.Stop{Why: plan.UnknownRelease, Tier: "tier-1", Release: rel(2)}},
		{"rolled back to a rejected one", shop.Rollback{Tier: "tier-1", Release: rel(0)}, func(s *shop.State) { s.Policy.Rejected = []shop.Rejected{{Release: rel(0)}} }, plan.Stop{Why: plan.ReleaseRejected, Tier: "tier-1", Release: rel(0)}},
		{"rollback undone by somebody", shop.Rollback{Tier: "tier-0", Release: rel(0)}, func(s *shop.State) { s.Tiers[0].Mine = true; s.Tiers[0].History[0].By = "Aiko" }, plan.Stop{Why: plan.Superseded, Tier: "tier-0", Release: rel(0), By: "Aiko"}},
		{"unpin undone by somebody", shop.Unpin{Tier: "tier-1"}, func(s *shop.State) { s.Tiers[1].Mine = true; s.Tiers[1].Spec.Pin = pin(rel(0)) }, plan.Stop{Why: plan.Superseded, Tier: "tier-1", Release: rel(0), By: "Aiko"}},
		{"sync without Argo CD", shop.SyncTier{Tier: "tier-1"}, func(s *shop.State) { argo(s, shop.ArgoCD{None: true}) }, plan.Stop{Why: plan.NeedsArgoCD, Tier: "tier-1"}},
		{"sync, Argo CD silent", shop.SyncTier{Tier: "tier-1"}, func(s *shop.State) { argo(s, shop.ArgoCD{Silent: "no route"}) }, plan.Stop{Why: plan.ArgoCDNoAnswer, Tier: "tier-1", Text: "no route"}},
		{"wait without Argo CD", shop.Await{Tier: "tier-1", For: shop.ForHealthy}, func(s *shop.State) { argo(s, shop.ArgoCD{None: true}) }, plan.Stop{Why: plan.NeedsArgoCD, Tier: "tier-1"}},
		{"a new tier too high", shop.AddTier{Tier: "tier-5"}, nil, plan.Stop{Why: plan.NotNewest, Tier: "tier-2"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := asked()
			if row.change != nil {
				row.change(&s)
			}
			ops, err := plan.For(row.goal, s)
			var got *plan.Stop
			if !errors.As(err, &got) {
				t.Fatalf("got %v %v", wishes(ops), err)
			}
			seen := *got
			seen.ShopSets, seen.Gates = nil, nil
			if d := cmp.Diff(row.want, seen); d != "" {
				t.Errorf("want -, got +\n%s", d)
			}
		})
	}
}

// Gitlinks that somebody moved by hand on a generated branch are no release:
// neither a freeze nor branches that hold nothing new keep them there.
func TestWantIgnoresHandMadeGitlinks(t *testing.T) {
	s := stateOf(tierAt(0, rel(2), rel(2), rel(1)))
	tier := &s.Tiers[0]
	tier.Edited = true
	tier.History[0].ByHand = true
	tier.Spec.Freeze = &shop.Freeze{}
	if got, _ := plan.Want(s, "tier-0"); got != rel(1) {
		t.Errorf("got %v, want what shopctl brought last, %v", got, rel(1))
	}
}

// A tier without ShopSets never becomes healthy: who waits for it is told so.
func TestAwaitDeserted(t *testing.T) {
	s := stateOf(tierAt(0, rel(1), rel(1)))
	s.Tiers[0].ShopSets = nil
	_, err := plan.For(shop.Await{Tier: "tier-0", For: shop.ForHealthy}, s)
	var stop *plan.Stop
	if !errors.As(err, &stop) || stop.Why != plan.Deserted {
		t.Errorf("got %v", err)
	}
}

// A look at the app repository that is older than the one at the system
// repository shows branches behind what runs: nothing goes back by that.
func TestWantNeverGoesBack(t *testing.T) {
	for _, behind := range []shop.Release{rel(1), mixed(1, 2), mixed(2, 1)} {
		s := stateOf(tierAt(0, rel(2), behind, rel(1)))
		if got, completes := plan.Want(s, "tier-0"); got != rel(2) || completes {
			t.Errorf("branches at %v: got %v, want what runs, %v", behind, got, rel(2))
		}
	}
}
