// Package apply carries a plan out, one operation at a time.
//
// It trusts no memory of what it did before. Each step looks at the world,
// plans again, and does the first thing that is still missing, so starting
// over after a crash is the same as going on. It decides nothing: package plan
// does; it reaches nothing: a World does.
//
//	err := apply.Run(ctx, world, apply.Job{Goal: goal, Approved: ops, Report: show, …})
package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// World is everything outside shopctl: the repositories and Argo CD.
type World interface {
	// Observe looks at what the goal is about.
	Observe(context.Context, shop.Goal) (shop.State, error)
	// Do carries one operation out. A write names the ids that the operation
	// was made from. An *AgainError says that looking again may help.
	Do(context.Context, plan.Op) error
}

// AgainError wraps what went wrong in passing: an old id was refused, an
// answer was lost, a server did not answer. The outcome may be unknown, so the
// world is looked at before anything is repeated.
type AgainError struct {
	Err   error
	After time.Duration // what the server asked for; 0: as the engine likes
}

func (e *AgainError) Error() string { return e.Err.Error() }
func (e *AgainError) Unwrap() error { return e.Err }

// ChangedError says that the world moved: what is left to do is no longer what
// was approved.
type ChangedError struct{ Todo []plan.Op }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("plan changed since it was approved: %d operations to approve again", len(e.Todo))
}

// WaitingError says that the run ends before its goal, and nothing failed: it
// waits for something that does not come within its time.
type WaitingError struct {
	Op    plan.Op // what is waited for, as seen last
	State shop.State
	// Out says that the time ran out; false: waiting on makes no sense, since
	// it opens later than that, or never by itself.
	Out bool
}

func (e *WaitingError) Error() string { return "waiting: " + e.Op.Wish() }

// Kind is the kind of an event.
type Kind string

// The kinds of events.
const (
	Started  Kind = "started"
	Finished Kind = "finished" // Err tells how
	Waiting  Kind = "waiting"
	Retrying Kind = "retrying" // after a passing fault, in After
	Reached  Kind = "reached"
)

// Event tells what happens to an operation. Started is reported, and Report
// has returned, before the operation is done.
type Event struct {
	Kind  Kind
	Op    plan.Op    // nil when reached, or when the look itself failed
	State shop.State // as seen before it; zero when the look failed
	Todo  []plan.Op  // what is left, Op first
	Err   error
	After time.Duration // until the next look
}

// Job is one goal on its way.
type Job struct {
	Goal     shop.Goal
	Approved []plan.Op         // nothing else is done
	Report   func(Event) error // terminal, log, TUI
	Poll     time.Duration     // between looks while waiting; 0: 2 s
	Chance   func() float64    // in [0,1), for the jitter
	Seen     *shop.State       // a look a moment ago that spares the first one; nil: none

	last   plan.Op              // finished, so its effect is waited for; never repeated
	hinted map[string]time.Time // what is harmless and was done, and when: once is enough
	waited bool                 // since the last of them
	faults int                  // in a row
}

// The jitter of reliability.md 2.4: full, from half a second, doubling to half a minute.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 30 * time.Second
	defaultPoll  = 2 * time.Second
)

// hintAgain is how long the effect of a hint is waited for before the hint
// counts as lost: a refresh takes seconds, Argo CD's own poll three minutes.
const hintAgain = 30 * time.Second

// Step does at most one operation. It reports whether the goal is reached and,
// if not, when to look again. It never sleeps.
func Step(ctx context.Context, w World, job *Job) (reached bool, after time.Duration, err error) {
	have, err := job.look(ctx, w)
	if err != nil {
		return job.again(Event{Kind: Finished, Err: err}, err)
	}
	todo, err := plan.For(job.Goal, have)
	if err != nil {
		return false, 0, err
	}
	covered := plan.Covers(job.Approved, todo)
	if todo = job.unhinted(todo, have.Now); len(todo) == 0 {
		return true, 0, job.Report(Event{Kind: Reached, State: have})
	}
	if !covered {
		return false, 0, &ChangedError{todo}
	}
	op := todo[0]
	if plan.Waits(op) || plan.Again(job.last, op) {
		job.faults, job.waited = 0, true
		e := Event{Kind: Waiting, Op: op, State: have, Todo: todo, After: job.poll()}
		return false, e.After, job.Report(e)
	}
	if write, ok := op.(plan.WriteSystem); ok {
		write.Plan = plan.Hash(job.Approved)
		op = write
	}
	if err := job.Report(Event{Kind: Started, Op: op, State: have, Todo: todo}); err != nil {
		return false, 0, fmt.Errorf("record %q: %w", op.Wish(), err)
	}
	done := Event{Kind: Finished, Op: op, State: have, Todo: todo, Err: w.Do(ctx, op)}
	if done.Err != nil {
		return job.again(done, done.Err)
	}
	job.did(op, have.Now)
	return false, 0, job.Report(done)
}

// look observes the world, but for the first time when somebody just did.
func (job *Job) look(ctx context.Context, w World) (shop.State, error) {
	if seen := job.Seen; seen != nil {
		job.Seen = nil
		return *seen, nil
	}
	return w.Observe(ctx, job.Goal)
}

// did remembers what was done last, and every hint.
func (job *Job) did(op plan.Op, now time.Time) {
	job.faults = 0
	if !plan.Harmless(op) {
		job.last = op
		return
	}
	if job.hinted == nil {
		job.hinted = map[string]time.Time{}
	}
	job.hinted[op.Wish()], job.waited = now, false
}

// unhinted drops what is harmless and was done: once is enough. But a hint can get
// lost, so while its effect is waited for it is given again after a while.
func (job *Job) unhinted(todo []plan.Op, now time.Time) (left []plan.Op) {
	again := job.waited && slices.ContainsFunc(todo, plan.Waits)
	for _, op := range todo {
		given, before := job.hinted[op.Wish()]
		_, hint := op.(plan.Refresh)
		if !before || hint && again && !now.Before(given.Add(hintAgain)) {
			left = append(left, op)
		}
	}
	return left
}

// again turns a passing fault into a pause, and everything else into the end.
func (job *Job) again(e Event, err error) (bool, time.Duration, error) {
	var passing *AgainError
	if !errors.As(err, &passing) {
		return false, 0, errors.Join(err, job.Report(e))
	}
	e.Kind, e.After = Retrying, job.pause(passing)
	job.faults++
	return false, e.After, job.Report(e)
}

func (job *Job) pause(passing *AgainError) time.Duration {
	if passing.After > 0 {
		return passing.After
	}
	limit := min(firstPause<<min(job.faults, 10), longestPause)
	return time.Duration(job.Chance() * float64(limit))
}

func (job *Job) poll() time.Duration {
	if job.Poll > 0 {
		return job.Poll
	}
	return defaultPoll
}
