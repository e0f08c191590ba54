package rehearsal

import (
	"context"
	"sync"
	"time"
)

// runner reconciles after changes, as CI does: once for many changes that come
// together, and never twice at the same time.
type runner struct {
	do   func(context.Context) error
	logf func(string, ...any)

	mu      sync.Mutex
	wanted  bool
	busy    bool
	changed chan struct{} // closed and replaced at each change of the above
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

// gather is how long the runner waits for more to come. After an error it waits
// longer and tries again, a few times: somebody else may have been writing.
const (
	gather = 50 * time.Millisecond
	tries  = 4
)

func newRunner(do func(context.Context) error, logf func(string, ...any)) *runner {
	return &runner{do: do, logf: logf, changed: make(chan struct{})}
}

func (r *runner) start(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(ctx)
	if r.do != nil {
		r.done.Go(func() { r.loop(ctx) })
	}
}

func (r *runner) stop() {
	r.cancel()
	r.done.Wait()
}

// poke asks for a run.
func (r *runner) poke() {
	if r.do != nil {
		r.set(func() { r.wanted = true })
	}
}

func (r *runner) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *runner) loop(ctx context.Context) {
	failed := 0
	for r.until(ctx, func() bool { return r.wanted }) == nil {
		if !pause(ctx, gather<<failed) {
			return
		}
		r.set(func() { r.wanted, r.busy = false, true })
		err := r.do(ctx)
		if failed++; err == nil || failed == tries {
			failed = 0
		}
		if err != nil {
			r.logf("reconcile: %v", err)
		}
		r.set(func() { r.wanted, r.busy = r.wanted || failed > 0, false })
	}
}

// idle waits until nothing is wanted and nothing runs.
func (r *runner) idle(ctx context.Context) error {
	return r.until(ctx, func() bool { return !r.wanted && !r.busy })
}

// until waits for a condition, which is asked under the lock.
func (r *runner) until(ctx context.Context, holds func() bool) error {
	for {
		r.mu.Lock()
		ok, changed := holds(), r.changed
		r.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
