package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// line is a history in which b follows a, in both repositories.
type line struct{}

func (line) Contains(_ shop.Repository, ancestor, descendant shop.CommitID) bool {
	return ancestor != "" && ancestor <= descendant
}

var (
	before = shop.Release{App: "a", Configuration: "a"}
	goal   = shop.Release{App: "b", Configuration: "b"}
	newer  = shop.Release{App: "c", Configuration: "c"}
	noon   = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

var promote = shop.Promote{To: "tier-1", From: "tier-0", Release: goal}

// world is a small simulation of two tiers. It compares and swaps, rolls out
// while nobody looks, and counts what really happened.
type world struct {
	shop.State
	effects map[string]int
	fault   func(n int, after bool) error // of the n-th operation, before or after its effect
	looks   int
	blind   func(n int) error // of the n-th look
	calls   int
	onLook  func(*world)
}

func newWorld() *world {
	w := &world{effects: map[string]int{}, State: shop.State{
		Now: noon, Main: "m", HasConfiguration: true, Graph: line{},
		Tiers: []shop.TierState{tierOf("tier-0", goal), tierOf("tier-1", before)},
	}}
	return w
}

func tierOf(name shop.Tier, runs shop.Release) shop.TierState {
	system := shop.CommitID("s-" + string(name))
	return shop.TierState{
		Spec: shop.TierSpec{Name: name}, App: runs.App, Configuration: runs.Configuration, System: system,
		Runs: runs, Brought: system, BroughtAt: noon.Add(-time.Hour), History: []shop.Carried{{Release: runs, System: system}},
		ShopSets: []shop.ShopSetState{{Name: shop.ShopSetID(name), Sync: shop.Synced, Health: shop.Healthy, Phase: shop.Succeeded, Revision: system, Current: true, Since: noon.Add(-time.Hour)}},
	}
}

func (w *world) Observe(context.Context, shop.Goal) (shop.State, error) {
	w.looks++
	if w.blind != nil {
		if err := w.blind(w.looks); err != nil {
			return shop.State{}, err
		}
	}
	s := w.State
	s.Tiers = slices.Clone(s.Tiers)
	for i := range s.Tiers {
		s.Tiers[i].ShopSets = slices.Clone(s.Tiers[i].ShopSets)
		w.rollOut(&w.Tiers[i])
	}
	w.Now = w.Now.Add(time.Minute)
	if w.onLook != nil {
		w.onLook(w)
	}
	return s, nil
}

// rollOut is one step of what Argo CD does while we wait.
func (w *world) rollOut(t *shop.TierState) {
	t.ShopSets = slices.Clone(t.ShopSets)
	for i := range t.ShopSets {
		switch s := &t.ShopSets[i]; {
		case s.Revision != t.System:
			s.Revision, s.Current, s.Health, s.Phase = t.System, true, shop.Progressing, shop.Running
		case s.Health == shop.Progressing:
			s.Health, s.Phase, s.Since = shop.Healthy, shop.Succeeded, w.Now
		}
	}
}

func (w *world) Do(_ context.Context, op plan.Op) error {
	w.calls++
	if w.fault != nil {
		if err := w.fault(w.calls, false); err != nil {
			return err
		}
	}
	if err := w.effect(op); err != nil {
		return err
	}
	w.effects[op.Wish()]++
	if w.fault != nil {
		return w.fault(w.calls, true)
	}
	return nil
}

func (w *world) effect(op plan.Op) error {
	switch op := op.(type) {
	case plan.MoveBranch:
		t := &w.Tiers[op.Tier.Number()]
		tip := &t.App
		if op.Repository == shop.ConfigurationRepository {
			tip = &t.Configuration
		}
		if *tip != op.From {
			return again("refused")
		}
		*tip = op.To
	case plan.WriteSystem:
		t := &w.Tiers[op.Tiers[0].Tier.Number()]
		if t.System != op.Tiers[0].System {
			return again("refused")
		}
		t.System += "+"
		t.Brought, t.BroughtAt, t.Runs, t.Stale = t.System, w.Now, op.Tiers[0].Release, false
		t.History = append([]shop.Carried{{Release: t.Runs, System: t.System}}, t.History...)
		for i := range t.ShopSets {
			t.ShopSets[i].Current = false
		}
	case plan.Refresh:
	default:
		return fmt.Errorf("cannot do %T", op)
	}
	return nil
}

func again(text string) error { return &apply.AgainError{Err: errors.New(text)} }

// job is what a command would start: the plan as seen now, approved.
func job(t *testing.T, w *world, g shop.Goal) apply.Job {
	t.Helper()
	ops, err := plan.For(g, w.State)
	if err != nil {
		t.Fatal(err)
	}
	return apply.Job{Goal: g, Approved: ops, Report: func(apply.Event) error { return nil }, Chance: func() float64 { return 0.5 }}
}

// clock is real time, moved by sleeping alone.
type clock struct {
	now    time.Time
	sleeps []time.Duration
	max    int
}

func (c *clock) limits() apply.Limits {
	return apply.Limits{Timeout: time.Hour, Now: func() time.Time { return c.now }, Sleep: func(_ context.Context, d time.Duration) error {
		if c.sleeps = append(c.sleeps, d); c.max > 0 && len(c.sleeps) > c.max {
			return fmt.Errorf("slept %d times", len(c.sleeps))
		}
		c.now = c.now.Add(d)
		return nil
	}}
}

func newClock() *clock { return &clock{now: noon, max: 1000} }

func run(t *testing.T, w apply.World, j apply.Job) error {
	t.Helper()
	return apply.Run(t.Context(), w, j, newClock().limits())
}

// promoted are the effects of the promotion, each once.
var promoted = []string{"move tier-1 in app to b", "move tier-1 in configuration to b", "write system: tier-1 carries b+b", "refresh tier-1"}

func exactlyOnce(t *testing.T, w *world, what string) {
	t.Helper()
	for _, wish := range promoted {
		if n := w.effects[wish]; n != 1 && wish != "refresh tier-1" {
			t.Errorf("%s: %q was done %d times", what, wish, n)
		}
	}
	if up := w.Tiers[1]; up.Runs != goal || up.App != goal.App || up.Configuration != goal.Configuration || up.HealthySince().IsZero() {
		t.Errorf("%s: ended in %+v", what, up)
	}
}
