package apply

import (
	"context"
	"errors"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// Limits says how long a run goes on. The outermost loop is the only place
// that sleeps.
type Limits struct {
	Timeout time.Duration                              // of the whole run; it counts real time
	Retry   time.Duration                              // of one row of passing faults; 0: 2 min
	Now     func() time.Time                           // real time, not the demo's
	Sleep   func(context.Context, time.Duration) error // nil: a timer
}

const defaultRetry = 2 * time.Minute

// Run steps until the goal is reached. It ends early with a *plan.Stop (there
// is no way on), a *ChangedError (ask again), a *WaitingError (nothing failed)
// or what went wrong for good.
func Run(ctx context.Context, w World, job Job, limits Limits) error {
	began := limits.Now()
	var faulty time.Time // since when nothing but passing faults came
	report := job.Report
	var seen Event
	job.Report = func(e Event) error { seen = e; return report(e) }
	for {
		reached, after, err := Step(ctx, w, &job)
		if reached || err != nil {
			return ended(ctx, err)
		}
		now := limits.Now()
		left := limits.Timeout - now.Sub(began)
		switch seen.Kind {
		case Waiting:
			faulty = time.Time{}
			if err := worthWaiting(seen, left); err != nil {
				return err
			}
			after = min(after, max(left, 0))
		case Retrying:
			if faulty.IsZero() {
				faulty = now
			}
			if after > left || !told(seen.Err) && now.Sub(faulty)+after > limits.retry() {
				return seen.Err
			}
		default:
			faulty = time.Time{}
		}
		if err := limits.sleep(ctx, after); err != nil {
			return ended(ctx, err)
		}
	}
}

// told reports whether the other side said when to come back. It is taken at
// its word: then the time limit of the run is the only one.
func told(err error) bool {
	var passing *AgainError
	return errors.As(err, &passing) && passing.After > 0
}

// worthWaiting ends a run that waits for what does not come within its time.
func worthWaiting(e Event, left time.Duration) error {
	give := &WaitingError{Op: e.Op, State: e.State, Out: true}
	if left <= 0 {
		return give
	}
	give.Out = false
	switch op := e.Op.(type) {
	case plan.AwaitHand:
		return give
	case plan.AwaitGates:
		return WorthWaiting(e.State, op, left)
	}
	return nil
}

// WorthWaiting reports whether gates may open within the time left. A gate that
// opens by itself within it is waited for, and so is a forge that does not
// answer: a passing fault never ends a promotion. Any other stops a run at once, with
// a *WaitingError; but who asked for nothing else waits for it as well.
func WorthWaiting(have shop.State, op plan.AwaitGates, left time.Duration) error {
	give := &WaitingError{Op: op, State: have}
	if op.Patient {
		return nil
	}
	for _, g := range plan.Closed(op.Gates) {
		switch {
		case g.Status == plan.Pending && g.OpensAt.IsZero():
		case g.Status == plan.Pending && g.OpensAt.Sub(have.Now) <= left:
		case (g.Because == plan.ForgeSilent || g.Because == plan.ForgeSpent || g.Because == plan.GateMute) && (g.OpensAt.IsZero() || g.OpensAt.Sub(have.Now) <= left):
		case g.Status == plan.Held && !g.OpensAt.IsZero() && g.OpensAt.Sub(have.Now) <= left:
		default:
			return give
		}
	}
	return nil
}

// ended prefers the reason of the context: who was interrupted did not fail.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && !errors.Is(err, context.Cause(ctx)) {
		return errors.Join(context.Cause(ctx), err)
	}
	return err
}

func (l Limits) retry() time.Duration {
	if l.Retry > 0 {
		return l.Retry
	}
	return defaultRetry
}

func (l Limits) sleep(ctx context.Context, d time.Duration) error {
	if l.Sleep != nil {
		return l.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
