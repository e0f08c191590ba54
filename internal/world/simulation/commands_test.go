package simulation

import (
	"context"
	"errors"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// command is one command line: what is asked for, before anything is resolved.
type command struct {
	goal  shop.Goal
	named bool // the release is resolved: a second run takes the same
	// choose names the goal by what is there, nil for nothing to do; instead of a goal.
	choose func(shop.State) shop.Goal

	set *setting // instead of a goal: an operation on the intent that has no command yet
}

// setting is an operation on one key of the intent: it is decided anew on
// whatever main holds when it is written.
type setting struct {
	name   string
	decide func(a *actor, have shop.State) (op plan.WriteSystem, done bool, err error)
}

// run plays one command as the command line does: look, resolve, plan,
// approve, apply; when the world has moved, approve again.
func (a *actor) run(cmd *command) error {
	w := a.mistake.dress(a, a.world())
	ctx := context.Background()
	if cmd.set != nil {
		return a.apply(ctx, w, *cmd.set)
	}
	for try := 0; ; try++ {
		err := a.once(ctx, w, cmd)
		if a.dead {
			return errKilled
		}
		var changed *apply.ChangedError
		if !errors.As(err, &changed) || try == 3 {
			return err
		}
	}
}

func (a *actor) once(ctx context.Context, w apply.World, cmd *command) error {
	look := cmd.goal
	if look == nil {
		look = shop.Look{}
	}
	have, err := a.look(ctx, w, look)
	if err != nil {
		return err
	}
	if cmd.goal == nil {
		if cmd.goal = cmd.choose(have); cmd.goal == nil {
			return nil
		}
	}
	if !cmd.named {
		if cmd.goal, err = resolved(cmd.goal, have); err != nil {
			return err
		}
		cmd.named = true
		if have, err = a.look(ctx, w, cmd.goal); err != nil {
			return err
		}
	}
	ops, err := plan.For(cmd.goal, have)
	if err != nil {
		return err
	}
	a.approve(cmd.goal, have)
	return apply.Run(ctx, w, apply.Job{Goal: cmd.goal, Approved: ops, Report: func(apply.Event) error { return nil }, Poll: 15 * time.Second, Chance: a.random.Float64}, a.limits())
}

func (a *actor) limits() apply.Limits {
	return apply.Limits{Timeout: a.patience, Retry: time.Minute, Now: func() time.Time { return a.now }, Sleep: a.sleep}
}

// approve notes what the person at the prompt has seen.
func (a *actor) approve(g shop.Goal, have shop.State) {
	a.pins, a.edits = map[shop.Tier]shop.Pin{}, map[string]bool{}
	for _, t := range have.Tiers {
		if t.Spec.Pin != nil {
			a.pins[t.Spec.Name] = *t.Spec.Pin
		}
	}
	name := func(t shop.Tier) { a.edits[intent.Path(shop.KindTier, string(t))+" pin"] = true }
	switch g := g.(type) {
	case shop.Promote:
		if g.Unpin {
			name(g.To)
		}
	case shop.Rollback:
		name(g.Tier)
	case shop.Unpin:
		name(g.Tier)
		a.lifts = g.Tier // whatever pin is there
	default:
		a.holds(g)
		a.namesShops(g)
		a.closing(g)
	}
}

// look observes, again after passing faults.
func (a *actor) look(ctx context.Context, w apply.World, g shop.Goal) (shop.State, error) {
	for try := 0; ; try++ {
		have, err := w.Observe(ctx, g)
		var passing *apply.AgainError
		if err == nil || !errors.As(err, &passing) || try == 20 {
			return have, err
		}
		if err := a.sleep(ctx, time.Duration(a.random.IntN(2000))*time.Millisecond); err != nil {
			return have, err
		}
	}
}

// resolved names the release that a command did not name.
func resolved(g shop.Goal, have shop.State) (shop.Goal, error) {
	switch goal := g.(type) {
	case shop.Promote:
		r, _, err := plan.Choose(have, goal)
		goal.Release = r
		return goal, err
	case shop.Rollback:
		r, err := plan.Former(have, goal.Tier)
		goal.Release = r
		return goal, err
	}
	return g, nil
}

// apply repeats a setting until it is so: look, decide, write, and after a lost
// race or answer look again.
func (a *actor) apply(ctx context.Context, w apply.World, set setting) error {
	for try := 0; try < 30; try++ {
		have, err := a.look(ctx, w, shop.Look{})
		if err != nil {
			return err
		}
		op, done, err := set.decide(a, have)
		if done || err != nil {
			return err
		}
		for _, t := range op.Tiers {
			if have.Tiers[t.Tier.Number()].Mine {
				return nil // it was so; somebody has changed it since
			}
		}
		err = w.Do(ctx, op)
		var passing *apply.AgainError
		if !errors.As(err, &passing) {
			return err // nil too: the write's own answer is trusted
		}
		if err := a.sleep(ctx, time.Duration(a.random.Float64()*float64(time.Second<<min(try, 4)))); err != nil {
			return err
		}
	}
	return errGaveUp
}

var errGaveUp = errors.New("gave up")

// same is the write of a tier that keeps what it carries: an operation on the
// intent commits on every tier branch that it concerns.
func same(t shop.TierState) plan.TierWrite {
	return plan.TierWrite{Tier: t.Spec.Name, Release: t.Runs, System: t.System, App: t.App, Configuration: t.Configuration, From: t.Runs}
}

func (a *actor) names(path string) { a.edits = map[string]bool{path: true} }
