package apply_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// A wait ends with the time that was given, not a moment later.
func TestTimeout(t *testing.T) {
	w := newWorld()
	w.onLook = func(w *world) {
		w.Tiers[1].ShopSets[0].Current = false // Argo CD never reads it
		w.Now = w.Now.Add(-59 * time.Second)   // a second a look: no hint is due again
	}
	w.Tiers[1] = tierOf("tier-1", goal)
	j := apply.Job{Goal: promote, Approved: []plan.Op{plan.Refresh{Tier: "tier-1"}}, Report: func(apply.Event) error { return nil }, Poll: 7 * time.Second}
	w.Tiers[1].ShopSets[0].Current = false
	c := newClock()
	limits := c.limits()
	limits.Timeout = 30 * time.Second
	var waits *apply.WaitingError
	if err := apply.Run(t.Context(), w, j, limits); !errors.As(err, &waits) || !waits.Out {
		t.Fatalf("got %v", err)
	}
	if _, ok := waits.Op.(plan.AwaitRead); !ok || waits.State.Now.IsZero() {
		t.Errorf("waited for %+v", waits)
	}
	want := []time.Duration{0, 7 * time.Second, 7 * time.Second, 7 * time.Second, 7 * time.Second, 2 * time.Second}
	if d := cmp.Diff(want, c.sleeps); d != "" {
		t.Error(d)
	}
}

// No time at all: one look, no sleep.
func TestNoTime(t *testing.T) {
	w := newWorld()
	w.Tiers[1] = tierOf("tier-1", goal)
	w.Tiers[1].ShopSets[0].Health = shop.Suspended
	c := newClock()
	limits := c.limits()
	limits.Timeout = 0
	var waits *apply.WaitingError
	err := apply.Run(t.Context(), w, apply.Job{Goal: promote, Report: func(apply.Event) error { return nil }}, limits)
	if !errors.As(err, &waits) || !waits.Out || len(c.sleeps) != 0 || w.looks != 1 {
		t.Errorf("%d looks, %d sleeps: %v", w.looks, len(c.sleeps), err)
	}
}

// What is waited for, what is not, by what holds it. There are ten minutes.
func TestWorthWaiting(t *testing.T) {
	soak := func(d time.Duration) func(*world) {
		return func(w *world) { w.Tiers[1].Spec.Gates.Soak = shop.Duration(d) }
	}
	freeze := func(until time.Time) func(*world) {
		return func(w *world) { w.Tiers[1].Spec.Freeze = &shop.Freeze{Until: until} }
	}
	rows := []struct {
		name   string
		change func(*world)
		goal   shop.Goal
		waits  bool
	}{
		{"soak opens in time", soak(time.Hour + 9*time.Minute), promote, true},
		{"soak opens at the last moment", soak(time.Hour + 10*time.Minute), promote, true},
		{"soak opens too late", soak(time.Hour + 11*time.Minute), promote, false},
		{"freeze ends in time", freeze(noon.Add(9 * time.Minute)), promote, true},
		{"freeze ends too late", freeze(noon.Add(11 * time.Minute)), promote, false},
		{"freeze without an end", freeze(time.Time{}), promote, false},
		{"pinned", func(w *world) { w.Tiers[1].Spec.Pin = &shop.Pin{Release: before} }, promote, false},
		{"rolling out", func(w *world) { w.Tiers[0].ShopSets[0].Health = shop.Progressing }, promote, true},
		{"degraded for good", func(w *world) { w.Tiers[0].ShopSets[0].Health = shop.Degraded }, promote, false},
		{"Argo CD silent", func(w *world) {
			w.ArgoCD.Silent = "no route"
			w.Tiers[0].ShopSets[0] = shop.ShopSetState{Name: "tier-0"}
		}, promote, false},
		{"one gate in time, one never", func(w *world) { soak(time.Hour + time.Minute)(w); freeze(time.Time{})(w) }, promote, false},
		{"the hand step of somebody", func(w *world) {
			w.Tiers[1] = tierOf("tier-1", goal)
			w.Tiers[1].Spec.Sync, w.Tiers[1].ShopSets[0].Sync, w.Tiers[1].ShopSets[0].Phase = "manual", shop.OutOfSync, ""
		}, promote, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld()
			row.change(w)
			w.fault = func(int, bool) error { return errDied } // far enough
			c := newClock()
			limits := c.limits()
			limits.Timeout = 10 * time.Minute
			var waits *apply.WaitingError
			err := apply.Run(t.Context(), w, job(t, w, row.goal), limits)
			if stopped := errors.As(err, &waits) && !waits.Out && len(c.sleeps) == 0; stopped == row.waits {
				t.Errorf("slept %d times: %v", len(c.sleeps), err)
			}
		})
	}
}

// The pauses after passing faults, at both ends of the dice.
func TestJitter(t *testing.T) {
	for _, chance := range []float64{0, 0.5, 1} {
		w := newWorld()
		w.blind = func(n int) error {
			if n <= 10 {
				return again("bad gateway")
			}
			return nil
		}
		j := job(t, w, promote)
		j.Chance = func() float64 { return chance }
		c := newClock()
		limits := c.limits()
		limits.Retry = time.Hour
		if err := apply.Run(t.Context(), w, j, limits); err != nil {
			t.Fatal(err)
		}
		var want []time.Duration
		for _, bound := range []time.Duration{500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000} {
			want = append(want, time.Duration(chance*float64(bound*time.Millisecond)))
		}
		if d := cmp.Diff(want, c.sleeps[:10]); d != "" {
			t.Errorf("chance %v: %s", chance, d)
		}
	}
}

// The row of faults begins anew once something went well.
func TestJitterBeginsAnew(t *testing.T) {
	for name, well := range map[string]int{"an operation was done": 0, "a wait went well": 4} {
		w := newWorld()
		var bad []int
		w.blind = func(n int) error {
			if n == 1+well || n == 2+well || n == 4+well {
				bad = append(bad, n)
				return again("bad gateway")
			}
			return nil
		}
		j := job(t, w, promote)
		j.Chance = func() float64 { return 1 }
		var pauses []time.Duration
		j.Report = func(e apply.Event) error {
			if e.Kind == apply.Retrying {
				pauses = append(pauses, e.After)
			}
			return nil
		}
		if err := run(t, w, j); err != nil {
			t.Fatal(err)
		}
		if want := []time.Duration{500 * time.Millisecond, time.Second, 500 * time.Millisecond}; !slices.Equal(pauses, want) || len(bad) != 3 {
			t.Errorf("%s: paused %v at looks %v", name, pauses, bad)
		}
	}
}

// A refused write is not repeated at once for ever: looks in between that go
// well do not make the row of refusals shorter.
func TestRefusalsGrow(t *testing.T) {
	w := newWorld()
	w.fault = func(call int, _ bool) error {
		if call <= 4 {
			return again("refused")
		}
		return nil
	}
	j := job(t, w, promote)
	j.Chance = func() float64 { return 1 }
	c := newClock()
	if err := apply.Run(t.Context(), w, j, c.limits()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}, c.sleeps[:4]); d != "" {
		t.Error(d)
	}
}

// What the server asks for counts, whatever the dice say.
func TestServerSaysWhen(t *testing.T) {
	w := newWorld()
	w.blind = func(n int) error {
		if n == 1 {
			return &apply.AgainError{Err: errors.New("slow down"), After: 70 * time.Second}
		}
		return nil
	}
	c := newClock()
	if err := apply.Run(t.Context(), w, job(t, w, promote), c.limits()); err != nil {
		t.Fatal(err)
	}
	if c.sleeps[0] != 70*time.Second {
		t.Errorf("slept %v", c.sleeps[0])
	}
}

// Faults that do not pass end the run with the fault, within the time for them.
func TestFaultsStay(t *testing.T) {
	rows := []struct {
		name           string
		retry, timeout time.Duration
		bound          time.Duration
	}{
		{"two minutes by default", 0, time.Hour, 2 * time.Minute},
		{"as long as was said", 10 * time.Second, time.Hour, 10 * time.Second},
		{"not longer than the run", time.Hour, 5 * time.Second, 5 * time.Second},
	}
	for _, row := range rows {
		w := newWorld()
		w.blind = func(int) error { return again("no route to host") }
		c := newClock()
		limits := c.limits()
		limits.Retry, limits.Timeout = row.retry, row.timeout
		j := job(t, w, promote)
		j.Chance = func() float64 { return 0.9 }
		err := apply.Run(t.Context(), w, j, limits)
		if err == nil || err.Error() != "no route to host" {
			t.Errorf("%s: got %v", row.name, err)
		}
		if took := c.now.Sub(noon); took > row.bound || took < row.bound/4 || w.calls > 0 {
			t.Errorf("%s: took %s", row.name, took)
		}
	}
}

// Faults in between waits do not add up.
func TestFaultsPass(t *testing.T) {
	w := newWorld()
	w.Tiers[1].Spec.Gates.Soak = shop.Duration(time.Hour + 30*time.Minute)
	w.blind = func(n int) error {
		if n%2 == 0 {
			return again("bad gateway")
		}
		return nil
	}
	c := newClock()
	limits := c.limits()
	limits.Retry = 3 * time.Second
	if err := apply.Run(t.Context(), w, job(t, w, promote), limits); err != nil {
		t.Fatal(err)
	}
	exactlyOnce(t, w, "every second look fails")
	if len(c.sleeps) < 30 {
		t.Errorf("only %d sleeps", len(c.sleeps))
	}
}

// Who was interrupted did not fail: the reason is in the error.
func TestInterrupted(t *testing.T) {
	reason := errors.New("interrupted")
	for name, at := range map[string]func(*world, context.CancelCauseFunc, *apply.Limits){
		"in an operation": func(w *world, cancel context.CancelCauseFunc, _ *apply.Limits) {
			w.fault = func(int, bool) error { cancel(reason); return context.Canceled }
		},
		"while it sleeps": func(w *world, cancel context.CancelCauseFunc, l *apply.Limits) {
			l.Sleep = func(ctx context.Context, _ time.Duration) error { cancel(reason); return ctx.Err() }
		},
		"while the timer runs": func(w *world, cancel context.CancelCauseFunc, l *apply.Limits) {
			w.blind = func(int) error {
				cancel(reason)
				return &apply.AgainError{Err: errors.New("busy"), After: time.Minute}
			}
			l.Sleep = nil
		},
	} {
		w := newWorld()
		ctx, cancel := context.WithCancelCause(t.Context())
		limits := newClock().limits()
		at(w, cancel, &limits)
		if err := apply.Run(ctx, w, job(t, w, promote), limits); !errors.Is(err, reason) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
