package world

import (
	"context"
	"errors"
	"slices"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// throws reports whether a goal only throws a switch, as people do in an
// incident: no rule of the whole fleet hangs on one.
func throws(g shop.Goal) bool {
	switch g.(type) {
	case shop.Close, shop.Open, shop.FreezeTier, shop.UnfreezeTier, shop.Rollback, shop.Unpin, shop.Reject, shop.Verify:
		return true
	}
	return false
}

// switches reports whether a write comes from such a goal.
func switches(op plan.WriteSystem) bool {
	return len(op.Edits) > 0 && op.Lifts.IsZero() && !slices.ContainsFunc(op.Edits, func(e shop.Edit) bool {
		return !slices.Contains([]string{"maintenance", "freeze", "pin", "rejected", "verified"}, e.Field)
	})
}

// apart counts the mistakes for which an intent was refused, if a tier branch has
// nothing to do with them: they are of rules that no file is rendered by, and the
// branch has all that the intent asks for. Then a write of it brings nothing to
// customers but its own change. 0: the refusal holds.
func (w *World) apart(ctx context.Context, v view, tier shop.Tier, runs shop.Release, tip git.Commit, refused error) int {
	var mistakes intent.Errors
	if !errors.As(refused, &mistakes) || slices.ContainsFunc(mistakes, func(e *intent.Error) bool { return !e.Fleet }) {
		return 0
	}
	if behind, err := w.caughtUp(ctx, v, tier, runs, tip); err != nil || len(behind.changes) > 0 {
		return 0
	}
	return len(mistakes)
}

// renderedApart renders a tier for a switch although the intent was refused, if
// that was for mistakes that others made and that the tier has nothing to do with.
func (w *World) renderedApart(ctx context.Context, v view, op plan.WriteSystem, t plan.TierWrite, tip git.Commit, refused error) (rendering, int, error) {
	before, err := w.viewOf(w.system(), id(op.Main))
	if err != nil {
		return rendering{}, 0, err
	}
	n := w.apart(ctx, before, t.Tier, t.From, tip, refused)
	if n == 0 {
		return rendering{}, 0, refused
	}
	r, err := w.caughtUp(ctx, v, t.Tier, t.Release, tip)
	if errors.Is(err, errInFull) {
		return rendering{}, 0, refused
	}
	return r, n, err
}
