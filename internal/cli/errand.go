package cli

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// errand is a command that brings a goal about: it looks, plans, shows, asks,
// acts and watches. A command fills in what is its own.
type errand struct {
	look    shop.Goal // what the first look is about
	goal    func(w World, have shop.State) (shop.Goal, error)
	chooses bool // goal chooses by what is there, and may choose again while nothing was written
	confirm func(have shop.State, g shop.Goal) Confirmation
	risks   func(todo []plan.Op) []string                                               // that the plan tells, not the goal; nil: none
	title   func(w World, have shop.State, g shop.Goal, todo []plan.Op) (string, error) // of the plan in a log; nil: Plan
	preview func(p show.Page, w World, have shop.State, g shop.Goal, todo []plan.Op) error
	// board adds what the board shows beside those lines; nil: nothing.
	board func(w World, have shop.State, todo []plan.Op, v *tui.Preview) error
	// begin does what belongs to this machine alone, once it was confirmed; nil: nothing.
	begin func() error
	// forgives reports whether an error leaves nothing but a hint undone; nil: none does.
	forgives func(error) bool
	// done says how it ended, from the state after the last look. before is the
	// state of the first look; did is what this run carried out.
	done func(w World, before, have shop.State, g shop.Goal, did []plan.Op, took time.Duration) (Result, error)
}

// tries bounds how often a plan that others made obsolete is made again
// without asking.
const tries = 5

// carryOut does the errand. Doing it again does no harm: what is so already is
// said, and the same command goes on where another run stopped.
func (c *Call) carryOut(ctx context.Context, e errand) error {
	err := c.carry(ctx, e)
	if err != nil {
		c.reportFailure(err)
	}
	return err
}

func (c *Call) carry(ctx context.Context, e errand) error {
	w, err := c.World(ctx)
	if err != nil {
		return err
	}
	defer w.Close()
	began, thought := c.Env.Now(), c.thought
	p := newProgress(c, func() bool { return ctx.Err() != nil })
	c.watchLive(ctx)
	defer c.endLive()
	p.lookLive()
	have, err := w.Observe(ctx, e.look)
	if err != nil {
		return err
	}
	c.Out.Now, c.Talk.Now = have.Now, have.Now // the demo's clock, in the demo
	g, err := e.goal(w, have)
	if err != nil {
		return err
	}
	if plan.Unasked(have, g) {
		if have, err = w.Observe(ctx, g); err != nil {
			return err
		}
	}
	c.live.show(nil)
	p.start = c.Env.Now()
	r := &run{c: c, w: w, e: e, g: g, have: have, began: began, looked: c.Env.Now(), p: p}
	before := have
	for try := 1; ; try++ {
		stop, err := r.once(ctx)
		again, err := r.again(ctx, err, try)
		if err != nil {
			c.endLive()
			return c.interrupted(ctx, err, p)
		}
		if again {
			continue
		}
		if stop {
			return nil
		}
		have, g = p.seen, r.g
		break
	}
	c.endLive()
	if onlyWaits(p.did) && !p.waited { // a hint to Argo CD to look is nothing done
		c.Say(c.Talk.Mark(show.Good, c.Text.Errand.AlreadySo))
	}
	result, err := e.done(w, before, have, g, p.did, c.Env.Now().Sub(began)-(c.thought-thought))
	if err != nil {
		return err
	}
	return c.Show(result)
}

// run is an errand on its way.
type run struct {
	c             *Call
	w             World
	e             errand
	g             shop.Goal
	have          shop.State // as seen last
	looked, began time.Time
	p             *progress
}

// once plans, shows, asks and acts. stop means that there is nothing to say at
// the end: a dry run has said it.
func (r *run) once(ctx context.Context) (stop bool, err error) {
	todo, err := plan.For(r.g, r.have)
	if err != nil {
		return false, err
	}
	if gates, shut := r.shut(todo); shut {
		return false, r.told(ctx, gates, todo)
	}
	if len(todo) > 0 {
		shown := r.c.Env.Now()
		if stop, err := r.c.showPlan(ctx, r.w, r.e, r.have, r.g, todo); stop || err != nil {
			return stop, err
		}
		r.p.start = r.p.start.Add(r.c.Env.Now().Sub(shown)) // what a person thought about is no step
		if reason := r.c.Reason(); reason != "" {
			r.g = withReason(r.g, reason)
		}
	}
	if r.e.begin != nil {
		if err := r.e.begin(); err != nil {
			return false, err
		}
	}
	job := r.c.job(r.g, todo, r.p)
	if r.c.Env.Now().Sub(r.looked) < freshFor {
		job.Seen = &r.have
	}
	return false, apply.Run(ctx, r.w, job, apply.Limits{Timeout: r.c.Timeout(), Now: r.c.Env.Now, Sleep: r.c.Env.Sleep})
}

// withReason is a goal with the reason that was asked for with the risk.
func withReason(g shop.Goal, reason string) shop.Goal {
	switch g := g.(type) {
	case shop.Promote:
		g.Reason = reason
		return g
	case shop.Rollback:
		g.Reason = reason
		return g
	case shop.RemoveShop:
		g.Reason = reason
		return g
	case shop.MoveShop:
		g.Reason = reason
		return g
	case shop.DrainShopSet:
		g.Reason = reason
		return g
	}
	return g
}

// again decides whether the run goes on after what ended it: a plan that others
// made obsolete is made anew, a hand step is offered, a goal that was chosen
// from what others have replaced since is chosen again.
func (r *run) again(ctx context.Context, ended error, try int) (again bool, err error) {
	var changed *apply.ChangedError
	switch {
	case ended == nil:
		return false, nil
	case errors.As(ended, &changed):
		again = try < tries || r.c.Is("yes") && r.c.Env.Now().Sub(r.began) < r.c.Timeout()
	case r.e.chooses && try < tries && r.outrun(ended):
		again, err = r.chooseAgain(ctx)
	}
	if !again && err == nil {
		again, err = r.c.offerSync(ctx, r.w, ended, r.p)
	}
	switch {
	case err != nil:
		return false, err
	case again:
		r.p.forget()
		r.have, err = r.w.Observe(ctx, r.g)
		r.looked = r.c.Env.Now()
		return true, err
	case r.e.forgives != nil && r.e.forgives(ended):
		return false, nil
	}
	return false, ended
}

// outrun reports whether a run was refused before it wrote anything.
func (r *run) outrun(ended error) bool {
	var stop *plan.Stop
	var waiting *apply.WaitingError
	return onlyWaits(r.p.did) && !r.c.DryRun() && (errors.As(ended, &stop) || errors.As(ended, &waiting))
}

// chooseAgain settles the goal on a new look. The same goal is refused again.
func (r *run) chooseAgain(ctx context.Context) (other bool, err error) {
	have, err := r.w.Observe(ctx, r.e.look)
	if err != nil {
		return false, err
	}
	g, err := r.e.goal(r.w, have)
	if err != nil || reflect.DeepEqual(g, r.g) {
		return false, err
	}
	r.g = g
	return true, nil
}

// showPlan prints what is about to happen and asks. stop means that this is all.
func (c *Call) showPlan(ctx context.Context, w World, e errand, have shop.State, g shop.Goal, todo []plan.Op) (stop bool, err error) {
	writes := !onlyWaits(todo)
	talk := c.Talk
	if c.front != nil && c.json == nil {
		talk = c.Out // of a dry run, which ends at once: its result is all that is seen
	}
	if c.front != nil && writes && !c.DryRun() {
		if err := c.previewFront(w, e, have, g, todo); err != nil {
			return false, err
		}
	} else if writes && e.preview != nil && !c.Quiet() {
		title := c.Text.Errand.PlanIs
		if e.title != nil && c.CI.Out != nil {
			if title, err = e.title(w, have, g, todo); err != nil {
				return false, err
			}
		}
		end := c.CI.Group(title)
		if err := e.preview(talk, w, have, g, todo); err != nil {
			return false, err
		}
		end()
	}
	if c.Is("show-commands") {
		if err := c.showCommands(ctx, w, have, todo); err != nil || c.DryRun() {
			return true, err
		}
	}
	if c.DryRun() {
		return true, c.dryRun(todo)
	}
	if !writes {
		return false, nil
	}
	if err := c.Confirm(ctx, e.asks(have, g, todo)); err != nil || c.front == nil {
		return false, err
	}
	c.commandsFront(ctx, w, have, todo)
	return false, nil
}

// asks is what an errand has to have confirmed, with the risks of its plan.
func (e errand) asks(have shop.State, g shop.Goal, todo []plan.Op) Confirmation {
	q := e.confirm(have, g)
	if e.risks != nil {
		q.Risks = append(q.Risks, e.risks(todo)...)
	}
	return q
}

func onlyWaits(todo []plan.Op) bool {
	for _, op := range todo {
		if !plan.Waits(op) && !plan.Harmless(op) {
			return false
		}
	}
	return true
}

// dryRun is the plan as the result: nothing was written.
func (c *Call) dryRun(todo []plan.Op) error {
	v := planResult{DryRun: true, Hash: plan.Hash(todo), Risks: accepted(todo)}
	var rows [][]string
	for _, op := range todo {
		v.Plan = append(v.Plan, op.Wish())
		rows = append(rows, []string{op.Wish()})
	}
	c.Say(c.Text.Errand.WouldWrite)
	err := c.Show(Result{Value: v, Rows: rows, Human: func(show.Page) {}})
	if err == nil && c.Is("exit-code") && !onlyWaits(todo) {
		return Exit(ExitChanges)
	}
	return err
}

// planResult is what every command that changes something may answer.
type planResult struct {
	DryRun bool     `json:"dryRun,omitempty"`
	Plan   []string `json:"plan,omitempty"`
	Hash   string   `json:"planHash,omitempty"`
	Risks  []string `json:"risks,omitempty"` // accepted, or to be accepted
}

// offerSync asks whether to do the hand step that a run waits for, on a
// terminal only.
func (c *Call) offerSync(ctx context.Context, w World, ended error, p *progress) (synced bool, err error) {
	var waits *apply.WaitingError
	if !errors.As(ended, &waits) || !c.CanAsk() && c.front == nil {
		return false, nil
	}
	hand, ok := waits.Op.(plan.AwaitHand)
	if !ok {
		return false, nil
	}
	q := c.confirmTier(waits.State, hand.Tier, c.Text.Errand.SyncNow(string(hand.Tier)))
	q.Hand = true
	if err := c.Confirm(ctx, q); err != nil {
		return false, err
	}
	p.forget()
	g := shop.SyncTier{Tier: hand.Tier, Began: waits.State.Now, NoWait: true}
	todo, err := plan.For(g, waits.State)
	if err != nil {
		return false, err
	}
	return true, apply.Run(ctx, w, c.job(g, todo, p), apply.Limits{Timeout: c.Timeout(), Now: c.Env.Now, Sleep: c.Env.Sleep})
}

// freshFor is how old a look may be that the first step goes by. Every write
// names the ids that were seen, so an older one would only cost a refusal.
const freshFor = 3 * time.Second

func (c *Call) job(g shop.Goal, todo []plan.Op, p *progress) apply.Job {
	return apply.Job{Goal: g, Approved: todo, Poll: c.poll(), Chance: c.Env.Rand.Float64, Report: p.report}
}

// poll is the time between two looks; the demo is quick.
func (c *Call) poll() time.Duration {
	if c.system.Demo {
		return 200 * time.Millisecond
	}
	return 0
}

// interrupted says where a rollout can be watched again when the user leaves.
func (c *Call) interrupted(ctx context.Context, err error, p *progress) error {
	var left Interrupted
	if !errors.As(context.Cause(ctx), &left) {
		return err
	}
	t := c.Text.Errand
	next := p.next()
	s := p.step(next)
	switch _, gates := next.(plan.AwaitGates); {
	case s.watch != "":
		c.Talk.Line(t.StoppedWatching(s.watch))
		if p.writesMore() {
			c.Talk.Line(t.MoreIsLeft(c.Again()))
		}
	case len(p.did) > 0 || gates || p.doing != nil && !plan.Harmless(p.doing):
		c.Talk.Line(t.StoppedHalfWay(c.Again()))
	default:
		c.Talk.Line(t.NothingWritten)
	}
	return fmt.Errorf("%w: %w", context.Canceled, err)
}
