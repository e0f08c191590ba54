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

var errDied = errors.New("killed")

func TestRun(t *testing.T) {
	w := newWorld()
	if err := run(t, w, job(t, w, promote)); err != nil {
		t.Fatal(err)
	}
	exactlyOnce(t, w, "undisturbed")
	if w.effects["refresh tier-1"] != 1 {
		t.Errorf("hints: %v", w.effects)
	}
}

// A run killed before or after any effect, and started again with a fresh plan,
// does each effect exactly once.
func TestKilledAnywhere(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 1; n <= len(promoted); n++ {
			what := fmt.Sprintf("killed at effect %d, after it: %v", n, after)
			w := newWorld()
			w.fault = func(call int, done bool) error {
				if call == n && done == after {
					return errDied
				}
				return nil
			}
			if err := run(t, w, job(t, w, promote)); !errors.Is(err, errDied) {
				t.Fatalf("%s: %v", what, err)
			}
			w.fault = nil
			if err := run(t, w, job(t, w, promote)); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			exactlyOnce(t, w, what)
		}
	}
}

// A lost answer, or a fault before the effect, is not the end of a run; what
// was done is found, not done again.
func TestLostAnswers(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 1; n <= len(promoted); n++ {
			w := newWorld()
			w.fault = func(call int, done bool) error {
				if call == n && done == after {
					return again("connection reset")
				}
				return nil
			}
			if err := run(t, w, job(t, w, promote)); err != nil {
				t.Fatalf("fault %d after %v: %v", n, after, err)
			}
			exactlyOnce(t, w, fmt.Sprintf("fault at effect %d, after it: %v", n, after))
		}
	}
}

// lagging shows the world as it was some looks ago, as forges and Argo CD do.
type lagging struct {
	*world
	by   int
	past []shop.State
}

func (w *lagging) Observe(ctx context.Context, g shop.Goal) (shop.State, error) {
	s, err := w.world.Observe(ctx, g)
	w.past = append(w.past, s)
	return w.past[max(0, len(w.past)-1-w.by)], err
}

func TestLaggingAnswers(t *testing.T) {
	for by := 1; by <= 5; by++ {
		w := &lagging{world: newWorld(), by: by}
		if err := run(t, w, job(t, w.world, promote)); err != nil {
			t.Fatal(err)
		}
		exactlyOnce(t, w.world, fmt.Sprintf("lagging by %d looks", by))
		if w.calls > len(promoted) {
			t.Errorf("lagging by %d looks: %d operations were tried for %d effects", by, w.calls, len(promoted))
		}
	}
}

// Somebody else did part of it: less to do, still approved.
func TestOthersHelp(t *testing.T) {
	for part := 1; part <= 3; part++ {
		w := newWorld()
		j := job(t, w, promote)
		for _, op := range j.Approved[:part] {
			if err := w.effect(op); err != nil {
				t.Fatal(err)
			}
		}
		if err := run(t, w, j); err != nil {
			t.Fatal(err)
		}
		if len(w.effects) != len(promoted)-part {
			t.Errorf("others did %d: did %v", part, w.effects)
		}
	}
}

// While it waits for a refused write others finish the whole of it.
func TestOthersWin(t *testing.T) {
	w := newWorld()
	j := job(t, w, promote)
	w.fault = func(int, bool) error {
		w.fault = nil
		for _, op := range j.Approved[:3] {
			if err := w.effect(op); err != nil {
				t.Fatal(err)
			}
		}
		return again("refused")
	}
	if err := run(t, w, j); err != nil {
		t.Fatal(err)
	}
	if w.effects["write system: tier-1 carries b+b"] != 0 || w.Tiers[1].Runs != goal {
		t.Errorf("did %v", w.effects)
	}
}

// The world moved: nothing that was not approved is done.
func TestWorldMoved(t *testing.T) {
	w := newWorld()
	j := job(t, w, shop.Reconcile{}) // nothing to do
	w.Tiers[0].App = newer.App
	var changed *apply.ChangedError
	if err := run(t, w, j); !errors.As(err, &changed) || len(changed.Todo) == 0 {
		t.Fatalf("got %v", err)
	}
	if w.calls != 0 {
		t.Errorf("did %v", w.effects)
	}
}

// It moved in the middle of a run: what was approved and is still right is
// done, the rest is asked again.
func TestWorldMovedMeanwhile(t *testing.T) {
	w := newWorld()
	j := job(t, w, promote)
	w.fault = func(call int, after bool) error {
		if call == 1 && after {
			w.Tiers[1].Spec.Pin = &shop.Pin{Release: before} // somebody pins the tier
		}
		return nil
	}
	var waits *apply.WaitingError
	err := run(t, w, j)
	if !errors.As(err, &waits) || waits.Out {
		t.Fatalf("got %v", err)
	}
	if len(w.effects) != 1 {
		t.Errorf("did %v after the pin", w.effects)
	}
}

// What could not be recorded is not done.
func TestRecordBeforeDoing(t *testing.T) {
	w := newWorld()
	j := job(t, w, promote)
	full := errors.New("disk full")
	j.Report = func(e apply.Event) error {
		if e.Kind == apply.Started {
			return full
		}
		return nil
	}
	if err := run(t, w, j); !errors.Is(err, full) {
		t.Fatal(err)
	}
	if w.calls != 0 {
		t.Errorf("did %v", w.effects)
	}
}

// Every operation is told before and after, in order, and what is left of the plan.
func TestEvents(t *testing.T) {
	w := newWorld()
	j := job(t, w, promote)
	var told []string
	left := 100
	j.Report = func(e apply.Event) error {
		if e.Kind == apply.Started && w.effects[e.Op.Wish()] != 0 {
			t.Errorf("%q was told after it was done", e.Op.Wish())
		}
		if e.Kind != apply.Reached && (len(e.Todo) == 0 || e.Todo[0].Wish() != e.Op.Wish() || len(e.Todo) > left) {
			t.Errorf("%s %q: left are %d operations", e.Kind, e.Op.Wish(), len(e.Todo))
		}
		left = len(e.Todo)
		if e.Kind == apply.Started || e.Kind == apply.Finished {
			told = append(told, string(e.Kind)+" "+e.Op.Wish())
		}
		if e.Kind == apply.Reached {
			told = append(told, "reached")
		}
		return nil
	}
	if err := run(t, w, j); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, wish := range promoted {
		want = append(want, "started "+wish, "finished "+wish)
	}
	if want = append(want, "reached"); !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
}

// A failure for good ends the run, and is told with its operation.
func TestFailureForGood(t *testing.T) {
	w := newWorld()
	j := job(t, w, promote)
	w.fault = func(int, bool) error { return errDied }
	var last apply.Event
	j.Report = func(e apply.Event) error { last = e; return nil }
	if err := run(t, w, j); !errors.Is(err, errDied) || w.calls != 1 {
		t.Fatalf("%d calls: %v", w.calls, err)
	}
	if last.Kind != apply.Finished || !errors.Is(last.Err, errDied) || last.Op.Wish() != promoted[0] {
		t.Errorf("told last: %+v", last)
	}
}

func TestStopEnds(t *testing.T) {
	w := newWorld()
	w.Tiers[1].Edited = true
	var stop *plan.Stop
	err := run(t, w, apply.Job{Goal: promote, Report: func(apply.Event) error { return nil }})
	if !errors.As(err, &stop) || stop.Why != plan.Edited || w.calls != 0 {
		t.Errorf("got %v", err)
	}
}

// A hint that shows no effect counts as lost after half a minute, not at the
// next look.
func TestHintAgain(t *testing.T) {
	w := newWorld()
	late := 0
	w.onLook = func(w *world) {
		w.Now = w.Now.Add(-50 * time.Second) // ten seconds a look
		if up := &w.Tiers[1]; up.Runs == goal && late < 20 {
			late++
			up.ShopSets[0].Current, up.ShopSets[0].Revision = false, "s-tier-1"
		}
	}
	if err := run(t, w, job(t, w, promote)); err != nil {
		t.Fatal(err)
	}
	if n := w.effects["refresh tier-1"]; n != 1+20/3 || late < 20 {
		t.Errorf("hinted %d times in %d looks", n, late)
	}
}

// Who waits for nothing gives a hint once, however long it takes.
func TestHintOnceWithoutWaiting(t *testing.T) {
	w := newWorld()
	w.onLook = func(w *world) { w.Tiers[1].ShopSets[0].Revision = "older" }
	w.Tiers[1].ShopSets[0].Revision, w.Tiers[1].Mine = "older", true
	g := shop.Reconcile{Tiers: []shop.Tier{"tier-1"}}
	if err := run(t, w, job(t, w, g)); err != nil {
		t.Fatal(err)
	}
	if n := w.effects["refresh tier-1"]; n != 1 {
		t.Errorf("hinted %d times", n)
	}
}

// The commits name the plan that was approved, not what was left of it.
func TestWriteNamesThePlan(t *testing.T) {
	w := newWorld()
	j := job(t, w, promote)
	var plans []string
	j.Report = func(e apply.Event) error {
		if op, ok := e.Op.(plan.WriteSystem); ok && e.Kind == apply.Started {
			plans = append(plans, op.Plan)
		}
		return nil
	}
	if err := run(t, w, j); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plans, []string{plan.Hash(j.Approved)}) {
		t.Errorf("got %q", plans)
	}
}

// Already so is success, without an operation.
func TestAlreadyThere(t *testing.T) {
	w := newWorld()
	w.Tiers[1] = tierOf("tier-1", goal)
	if err := run(t, w, apply.Job{Goal: promote, Report: func(apply.Event) error { return nil }}); err != nil || w.calls != 0 {
		t.Errorf("%d operations, %v", w.calls, err)
	}
}

// Step does at most one operation, and says when to look again.
func TestStepDoesOne(t *testing.T) {
	w := newWorld()
	j := job(t, w, promote)
	for n := 1; ; n++ {
		reached, after, err := apply.Step(t.Context(), w, &j)
		if err != nil || n > 100 {
			t.Fatal(n, err)
		}
		if reached {
			break
		}
		if total := len(w.effects); total > n {
			t.Fatalf("%d effects after %d steps", total, n)
		}
		if after != 0 && after != 2*time.Second {
			t.Errorf("step %d: look again in %s", n, after)
		}
	}
}
