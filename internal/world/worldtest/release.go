package worldtest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// Site is a system of at least three tiers whose tier-0 holds a healthy release
// that tier-1 has not got, and that may be promoted.
type Site struct {
	World func() apply.World // of a new run, which remembers nothing
	Tip   func(repo shop.Repository, branch string) shop.CommitID
	Forge bool // it has one that is asked for checks and told of gates
}

// Release promotes once and once more: with a forge and without one the same
// branches end at the same commits, and nothing is left to do.
func Release(t *testing.T, open func(*testing.T) Site) {
	site := open(t)
	goal := shop.Promote{From: "tier-0", To: "tier-1", NoWait: true}
	w := site.World()
	have, err := w.Observe(t.Context(), goal)
	if err != nil {
		t.Fatal(err)
	}
	if have.Forge.There != site.Forge || have.Forge.Silent != "" {
		t.Errorf("the forge is there: %v, and it is silent: %q", have.Forge.There, have.Forge.Silent)
	}
	below, ok := have.Tier("tier-0")
	if !ok {
		t.Fatal("no tier-0")
	}
	goal.Release = below.Runs
	done := reach(t, w, goal)
	if len(done) == 0 {
		t.Fatal("nothing was done")
	}
	for repo, want := range map[shop.Repository]shop.CommitID{shop.AppRepository: below.Runs.App, shop.ConfigurationRepository: below.Runs.Configuration} {
		if got := site.Tip(repo, "tier-1"); got != want {
			t.Errorf("tier-1 of %s is at %s, want %s", repo, got, want)
		}
	}
	before := site.Tip(shop.SystemRepository, "tier-1")
	if again := reach(t, site.World(), goal); len(again) != 0 {
		t.Errorf("again: %q", again)
	}
	if site.Tip(shop.SystemRepository, "tier-1") != before {
		t.Error("again: the system repository moved")
	}
}

// reach carries a goal out and says which wishes were done.
func reach(t *testing.T, w apply.World, goal shop.Promote) (done []string) {
	t.Helper()
	have, err := w.Observe(t.Context(), goal)
	if err != nil {
		t.Fatal(err)
	}
	todo, err := plan.For(goal, have)
	if err != nil {
		t.Fatal(err)
	}
	job := apply.Job{Goal: goal, Approved: todo, Poll: time.Millisecond, Chance: func() float64 { return 0 }, Report: func(e apply.Event) error {
		if e.Kind == apply.Finished && e.Err == nil && !slices.Contains(done, e.Op.Wish()) {
			done = append(done, e.Op.Wish())
		}
		return nil
	}}
	err = apply.Run(t.Context(), w, job, apply.Limits{Timeout: time.Minute, Now: time.Now})
	var waiting *apply.WaitingError
	if errors.As(err, &waiting) {
		if op, ok := waiting.Op.(plan.AwaitGates); ok {
			t.Fatalf("%+v", plan.Closed(op.Gates))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return done
}
