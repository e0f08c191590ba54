package cli

import (
	"context"
	"errors"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
)

// shut finds the gates that end a run before it begins: nothing comes before
// them but word to the forge, and they do not open within the time.
func (r *run) shut(todo []plan.Op) (*apply.WaitingError, bool) {
	if r.c.DryRun() {
		return nil, false
	}
	for _, op := range todo {
		switch op := op.(type) {
		case plan.Publish:
			continue
		case plan.AwaitGates:
			var waiting *apply.WaitingError
			return waiting, errors.As(apply.WorthWaiting(r.have, op, r.c.Timeout()), &waiting)
		}
		return nil, false
	}
	return nil, false
}

// told ends a run in front of shut gates. What the forge says of them is set
// right first, as far as that takes no long wait: the next run does it again.
func (r *run) told(ctx context.Context, gates *apply.WaitingError, todo []plan.Op) error {
	for _, op := range todo {
		word, ok := op.(plan.Publish)
		if !ok {
			break
		}
		if err := r.tell(ctx, word); err != nil {
			r.c.Logf("%s: %v", word.Wish(), err)
		}
	}
	return gates
}

// Word to the forge is tried so often, each time after so long at most.
const (
	tellTries = 3
	tellPause = 5 * time.Second
)

func (r *run) tell(ctx context.Context, op plan.Publish) error {
	for try := 1; ; try++ {
		err := r.w.Do(ctx, op)
		var passing *apply.AgainError
		if !errors.As(err, &passing) || try == tellTries || passing.After > tellPause {
			return err
		}
		if err := r.c.Env.Sleep(ctx, passing.After); err != nil {
			return err
		}
	}
}
