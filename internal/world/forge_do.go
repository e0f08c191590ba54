package world

import (
	"context"
	"errors"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// tellOpen sets the gate's status to green on the one commit that is about to
// be pushed: after the last look at the gates, and never before.
func (w *World) tellOpen(ctx context.Context, op plan.MoveBranch) error {
	if w.Forge == nil || op.Tier.Number() == 0 {
		return nil
	}
	return w.tell(ctx, shop.CheckedCommit{Repository: op.Repository, Commit: op.To},
		shop.GateStatus{Tier: op.Tier, State: shop.GateOpen, Text: "every gate is open; this commit is being pushed"})
}

// takeBack sets it to waiting again when the push has certainly not followed.
// It is a matter of order, and the next run repairs what is left: the refusal
// is what the caller has to know of.
func (w *World) takeBack(ctx context.Context, op plan.MoveBranch, refused error) {
	if w.Forge == nil || op.Tier.Number() == 0 || !certainlyRefused(refused) {
		return
	}
	_ = w.tell(context.WithoutCancel(ctx), shop.CheckedCommit{Repository: op.Repository, Commit: op.To},
		shop.GateStatus{Tier: op.Tier, State: shop.GateWaiting, Text: "the push did not follow"})
}

func certainlyRefused(err error) bool {
	var stale *git.StaleError
	var rejected *git.RejectedError
	return errors.As(err, &stale) || errors.As(err, &rejected)
}

// tell posts a status where it says something new. A token that may not post is
// no reason to stop: whether the forge wants the status is known by the push.
func (w *World) tell(ctx context.Context, at shop.CheckedCommit, s shop.GateStatus) error {
	// A green light is posted in any case: somebody may have shut the gate and
	// opened it again since it was read.
	if was, known := w.heard.says(at, s.Tier); known && s.State != shop.GateOpen && was.State == s.State && was.Text == s.Text {
		return nil
	}
	err := w.Forge.Publish(ctx, at.Repository, at.Commit, s)
	var f *shop.Fault
	switch {
	case err == nil:
		w.heard.published(at, s)
	case errors.As(err, &f) && (f.Kind == shop.ForgeRight || f.Kind == shop.ForgeMissing):
		return nil
	}
	return err
}

// publish tells why a release waits.
func (w *World) publish(ctx context.Context, op plan.Publish) error {
	for _, at := range op.On {
		if err := w.tell(ctx, at, shop.GateStatus{Tier: op.Tier, State: op.State, Text: op.Text, URL: op.Address}); err != nil {
			return err
		}
	}
	return nil
}

// propose makes the frozen branch of a promotion and opens its pull request.
// Either may be there already.
func (w *World) propose(ctx context.Context, op plan.Propose) error {
	branch := shop.HeadBranch(op.Tier, op.Release)
	to := op.Release.App
	if op.Repository == shop.ConfigurationRepository {
		to = op.Release.Configuration
	}
	w.seen.Lock()
	_, there := w.seen.refs[op.Repository].Tips["refs/heads/"+branch]
	w.seen.Unlock()
	if !there {
		err := w.repository(op.Repository).Push(ctx, []git.Update{{Ref: "refs/heads/" + branch, New: id(to)}}, nil)
		if err != nil {
			return fault(op.Repository, err)
		}
	}
	body, err := w.proposal(op)
	if err != nil {
		return err
	}
	pull, err := w.Forge.Open(ctx, op.Repository, NewPull{Head: branch, Base: string(op.Tier), Title: op.Title, Body: body})
	if err != nil {
		return err
	}
	// One that was there already may have been approved meanwhile.
	if pull.Reviews, err = w.Forge.Reviews(ctx, op.Repository, pull.Number); err != nil {
		return err
	}
	w.heard.saw(op.Tier, pull)
	return nil
}

// The forge marks a pull request merged some moments after the push, or never
// where its base is not the default branch.
const (
	concludeReads = 5
	concludePause = time.Second
)

var errNotSeenMerged = &shop.Fault{Kind: shop.Busy, Text: "the pull request is not marked as merged yet"}

// conclude waits a little for the forge to see that a pull request has arrived,
// and then closes it with one comment.
func (w *World) conclude(ctx context.Context, op plan.Conclude) error {
	p := op.Pull
	if p.Number == 0 {
		return nil // nobody opened one
	}
	now, err := w.Forge.Pull(ctx, p.Repository, p.Number)
	if err != nil {
		return ignorable(err)
	}
	now.Reviews = p.Reviews
	w.heard.saw(op.Tier, now)
	if now.State != shop.PullOpen {
		return nil
	}
	w.seen.Lock()
	w.seen.reads[p.Branch]++
	reads := w.seen.reads[p.Branch]
	w.seen.Unlock()
	if reads < concludeReads {
		return &apply.AgainError{Err: errNotSeenMerged, After: concludePause}
	}
	comment := "This has arrived: " + string(op.Tier) + " is at " + string(op.Tip) + ", which contains " + string(p.Head) +
		".\n\nshopctl moved the branch by a fast-forward; the forge has not marked this as merged, so it is closed."
	if err := w.Forge.Close(ctx, p.Repository, p.Number, comment); err != nil {
		return ignorable(err)
	}
	now.State = shop.PullClosed
	w.heard.saw(op.Tier, now)
	return nil
}

// ignorable lets a passing fault be tried again; any other is of no account: the
// promotion has arrived, and an open pull request is cosmetic.
func ignorable(err error) error {
	var passing *apply.AgainError
	if errors.As(err, &passing) {
		return err
	}
	return nil
}
