package apply_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// R11: half an hour without a forge, in front of the gates and in the middle of
// the writes, does not end a promotion that has the time.
func TestOutageOfTheForge(t *testing.T) {
	for _, row := range []struct {
		outage, timeout time.Duration
		spent, arrives  bool
	}{
		{30 * time.Minute, time.Hour, false, true},
		{30 * time.Minute, time.Hour, true, true},
		{30 * time.Minute, 15 * time.Minute, false, false},
		{30 * time.Minute, 15 * time.Minute, true, false},
	} {
		w := newWorld()
		c := newClock()
		back := c.now.Add(row.outage)
		w.State.Forge = shop.Forge{There: true, Checks: map[shop.CheckedCommit]shop.CommitChecks{}}
		w.onLook = func(w *world) {
			f := &w.State.Forge
			f.Silent, f.Spent, f.RetryAt = "502", row.spent, time.Time{}
			if row.spent {
				f.RetryAt = w.State.Now.Add(back.Sub(c.now))
			}
			if c.now.Before(back) {
				return
			}
			f.Silent = ""
			for _, at := range plan.CheckedFor(w.Tiers[1], goal) {
				f.Checks[at] = shop.CommitChecks{All: []shop.Check{{Name: "ci", State: shop.CheckPassed}}}
			}
		}
		have := w.State
		w.onLook(w)
		j := job(t, w, promote)
		limits := c.limits()
		limits.Timeout = row.timeout
		err := apply.Run(t.Context(), w, j, limits)
		var waits *apply.WaitingError
		switch {
		case row.arrives && err != nil:
			t.Errorf("%+v: %v", row, err)
		case !row.arrives && (!errors.As(err, &waits) || w.calls != 0 || w.Tiers[1].Runs != have.Tiers[1].Runs):
			t.Errorf("%+v: %d operations, %v", row, w.calls, err)
		}
	}
}

// A server that says when to come back is believed, within the time of the run;
// one that does not has two minutes.
func TestToldWhenToComeBack(t *testing.T) {
	for _, row := range []struct {
		after   time.Duration
		times   int
		arrives bool
	}{
		{time.Minute, 20, true},     // longer than a row of faults may be
		{40 * time.Minute, 1, true}, // until the hour's calls are there again
		{2 * time.Hour, 1, false},   // after the end of the run
		{0, 100_000, false},
	} {
		w := newWorld()
		left := row.times
		w.fault = func(_ int, after bool) error {
			if left == 0 || after {
				return nil
			}
			left--
			return &apply.AgainError{Err: &shop.Fault{Kind: shop.ForgeLimit}, After: row.after}
		}
		err := run(t, w, job(t, w, promote))
		var f *shop.Fault
		if row.arrives && err != nil || !row.arrives && !errors.As(err, &f) {
			t.Errorf("%+v: %v", row, err)
		}
	}
}
