package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

var (
	moveApp    = plan.MoveBranch{Repository: shop.AppRepository, Tier: "tier-1", To: "a1", From: "a0"}
	moveConfig = plan.MoveBranch{Repository: shop.ConfigurationRepository, Tier: "tier-1", To: "c1", From: "c0"}
	writeOne   = plan.WriteSystem{Tiers: []plan.TierWrite{{Tier: "tier-1", Release: rel(1), System: "s1"}}, Main: "m1"}
	writePin   = plan.WriteSystem{Edits: []shop.Edit{{Kind: shop.KindTier, Name: "tier-1", Field: "pin", Value: &shop.Pin{}}}, Tiers: writeOne.Tiers, Main: "m1"}
	writeTwo   = plan.WriteSystem{Tiers: append([]plan.TierWrite{{Tier: "tier-0", Release: rel(1), System: "s0"}}, writeOne.Tiers...), Main: "m1"}
	refresh    = plan.Refresh{Tier: "tier-1"}
	awaitGates = plan.AwaitGates{Tier: "tier-1", Release: rel(1)}
)

func TestCovers(t *testing.T) {
	approved := []plan.Op{moveApp, moveConfig, writeTwo, refresh}
	rows := []struct {
		name string
		todo []plan.Op
		want bool
	}{
		{"all of it", approved, true},
		{"nothing left", nil, true},
		{"others did the first", approved[1:], true},
		{"others did one in between", []plan.Op{moveApp, writeTwo, refresh}, true},
		{"others did half of a write", []plan.Op{writeOne, refresh}, true},
		{"waiting needs no approval", []plan.Op{awaitGates, moveApp, writeTwo, plan.AwaitRead{Tier: "tier-1", Release: rel(2)}}, true},
		{"nor does a hint", []plan.Op{moveApp, plan.Refresh{Tier: "tier-7"}}, true},
		{"other ids, the same wish", []plan.Op{plan.MoveBranch{Repository: shop.AppRepository, Tier: "tier-1", To: "a1", From: "a9"}}, true},
		{"another commit", []plan.Op{plan.MoveBranch{Repository: shop.AppRepository, Tier: "tier-1", To: "a2", From: "a0"}}, false},
		{"another tier", []plan.Op{plan.MoveBranch{Repository: shop.AppRepository, Tier: "tier-2", To: "a1", From: "a0"}}, false},
		{"another order", []plan.Op{moveConfig, moveApp}, false},
		{"twice", []plan.Op{moveApp, moveApp}, false},
		{"an edit more", []plan.Op{writePin}, false},
		{"another release", []plan.Op{plan.WriteSystem{Tiers: []plan.TierWrite{{Tier: "tier-1", Release: rel(2)}}}}, false},
		{"something new", []plan.Op{plan.InstallRoot{Tier: "tier-1"}}, false},
	}
	for _, row := range rows {
		if got := plan.Covers(approved, row.todo); got != row.want {
			t.Errorf("%s: got %v", row.name, got)
		}
	}
}

// A promotion lifts only the pin that its plan has seen; unpin lifts whatever
// is there.
func TestAnotherPin(t *testing.T) {
	state := func(pin int, runs shop.Release) shop.State {
		s := stateOf(tierAt(0, rel(1), rel(2), rel(0)), tierAt(1, runs, runs, rel(0)))
		s.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(pin)}
		return s
	}
	for _, runs := range []shop.Release{rel(0), rel(1)} { // the release has to come, or is there already
		promote, unpin := shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1), Unpin: true}, shop.Unpin{Tier: "tier-1"}
		for _, row := range []struct {
			goal shop.Goal
			want bool
		}{{promote, false}, {unpin, true}} {
			goal, want := row.goal, row.want
			approved, err := plan.For(goal, state(0, runs))
			if err != nil {
				t.Fatal(err)
			}
			now, err := plan.For(goal, state(1, runs))
			if err != nil {
				t.Fatal(err)
			}
			if !plan.Covers(approved, approved) || plan.Covers(approved, now) != want {
				t.Errorf("%T, runs %v: approved was%s\nnow it is%s", goal, runs, wishes(approved), wishes(now))
			}
		}
	}
}

// A finished operation is waited for, unless what it was made from has moved.
func TestAgain(t *testing.T) {
	moved := func(w plan.WriteSystem, main, system shop.CommitID) plan.WriteSystem {
		w.Main = main
		w.Tiers = []plan.TierWrite{w.Tiers[0]}
		w.Tiers[0].System = system
		return w
	}
	rows := []struct {
		name     string
		done, op plan.Op
		want     bool
	}{
		{"nothing was done", nil, moveApp, false},
		{"the same move", moveApp, moveApp, true},
		{"another branch", moveApp, moveConfig, false},
		{"from another commit", moveApp, plan.MoveBranch{Repository: shop.AppRepository, Tier: "tier-1", To: "a1", From: "a-1"}, false},
		{"the same write", writeOne, writeOne, true},
		{"main has moved", writeOne, moved(writeOne, "m2", "s1"), false},
		{"the tier has moved", writeOne, moved(writeOne, "m1", "s2"), false},
		{"a sync of the same", plan.Sync{Tier: "tier-1", Revision: "s1"}, plan.Sync{Tier: "tier-1", Revision: "s1"}, true},
		{"a sync of something newer", plan.Sync{Tier: "tier-1", Revision: "s1"}, plan.Sync{Tier: "tier-1", Revision: "s2"}, false},
	}
	for _, row := range rows {
		if got := plan.Again(row.done, row.op); got != row.want {
			t.Errorf("%s: got %v", row.name, got)
		}
	}
}

// The hash is over wishes: a retry may change ids, not what was approved.
func TestHash(t *testing.T) {
	a := plan.Hash([]plan.Op{moveApp, writeOne})
	from := moveApp
	from.From = "a9"
	main := writeOne
	main.Main, main.Plan, main.Title = "m9", "x", "y"
	if b := plan.Hash([]plan.Op{from, main}); a != b {
		t.Errorf("other ids, other hash: %s %s", a, b)
	}
	for name, other := range map[string][]plan.Op{"order": {writeOne, moveApp}, "less": {moveApp}, "pin": {moveApp, writePin}} {
		if b := plan.Hash(other); a == b {
			t.Errorf("%s: same hash", name)
		}
	}
	if len(a) != 16 || strings.Trim(a, "0123456789abcdef") != "" {
		t.Errorf("%q is no hash", a)
	}
}

// Planning changes nothing that it is given, and twice gives the same.
func TestPure(t *testing.T) {
	s := stateOf(tierAt(0, rel(1), rel(2), rel(0)), tierAt(1, rel(0), mixed(1, 0)), tierAt(2, rel(0), rel(0)))
	s.Tiers[2].Stale = true
	before := newModel(s).State
	goals := []shop.Goal{shop.Promote{To: "tier-2", From: "tier-0", Release: rel(1), Unpin: true}, shop.Reconcile{Tiers: []shop.Tier{"tier-2", "tier-1", "tier-2"}},
		shop.Rollback{Tier: "tier-0", Release: rel(0)}, shop.Unpin{Tier: "tier-2"}, shop.AddTier{Tier: "tier-3"}, shop.Look{}}
	for _, g := range goals {
		first, err := plan.For(g, s)
		if err != nil {
			t.Fatalf("%+v: %v", g, err)
		}
		again, _ := plan.For(g, s)
		if d := cmp.Diff(first, again); d != "" {
			t.Errorf("%+v: %s", g, d)
		}
		if d := cmp.Diff(before, s); d != "" {
			t.Errorf("%+v changed the state: %s", g, d)
		}
	}
}

// What a write records of the release that it replaces is what was seen, and
// never better than that.
func TestReplaced(t *testing.T) {
	for c, want := range map[condition]shop.Health{live: shop.Healthy, arrived: shop.Healthy, progressing: shop.Progressing,
		waitsHand: shop.UnknownHealth, unread: shop.UnknownHealth, stuck: shop.Degraded, refused: shop.Missing, none: shop.UnknownHealth} {
		s := asked()
		c.set(&s.Tiers[1])
		ops, err := plan.For(shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1)}, s)
		if err != nil {
			t.Fatal(err)
		}
		got := ops[2].(plan.WriteSystem).Tiers[0].Replaced
		if got.Release != rel(0) || got.Health != want || got.HealthySince.IsZero() != (want != shop.Healthy) {
			t.Errorf("condition %d: %+v", c, got)
		}
	}
}

// The goal of a promotion over several tiers stands in each of its commits, so
// that the next run can go on with the same release.
func TestGoalIsRecorded(t *testing.T) {
	s := stateOf(tierAt(0, rel(1), rel(2), rel(0)), tierAt(1, rel(0), rel(0)), tierAt(2, rel(0), rel(0)))
	ops, err := plan.For(shop.Promote{To: "tier-2", From: "tier-0", Release: rel(1)}, s)
	if err != nil {
		t.Fatal(err)
	}
	var goals []shop.Tier
	for _, op := range ops {
		if w, ok := op.(plan.WriteSystem); ok {
			goals = append(goals, w.Goal)
		}
	}
	if d := cmp.Diff([]shop.Tier{"tier-2", "tier-2"}, goals); d != "" {
		t.Error(d)
	}
}
