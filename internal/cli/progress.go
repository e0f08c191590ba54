package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// progress tells how a run goes on: a line for each step when it is done, a
// sign of life while something is waited for.
type progress struct {
	c       *Call
	did     []plan.Op         // carried out by this run
	current plan.Op           // being done or waited for
	doing   plan.Op           // begun, and not known to have ended
	began   time.Time         // of current
	start   time.Time         // of the run
	went    time.Time         // when it began to do something
	moved   []plan.MoveBranch // to be told in one line
	movedAt time.Time
	entered map[shop.Tier]bool // gates that were open
	due     []due              // waited for, or to be waited for next
	waited  bool
	faults  int
	fault   string // that a look or a write met, while it is tried again
	beat    show.Heartbeat
	seen    shop.State
	first   shop.State     // as the run found it
	left    []plan.Op      // to do, as seen last
	steps   []tui.Step     // that are done
	wrote   *written       // whose commit is not known yet
	events  []tui.Event    // for the board, since it was told last
	about   step           // that was worth telling last
	leaving func() bool    // the user wants to leave
	most    map[string]int // of how many routes it waited, by wish
	tenth   int            // of them that was told last
	telling sync.Mutex     // long work is told from any goroutine
	working time.Time      // since when one piece of work goes on; zero: none does
	pulse   show.Heartbeat // of that work: a short look while something is waited for is none to tell of
	work    atomic.Pointer[shop.Work]
}

func newProgress(c *Call, leaving func() bool) *progress {
	every := 10 * time.Second
	if c.CI.Out != nil {
		every = 30 * time.Second
	}
	p := &progress{
		c: c, leaving: leaving, beat: show.Heartbeat{Every: every}, pulse: show.Heartbeat{Every: every}, start: c.Env.Now(),
		entered: map[shop.Tier]bool{}, most: map[string]int{},
	}
	c.working = p.works
	return p
}

// report is the one listener of a run. Started comes before the effect, so
// that the log holds what was about to happen.
func (p *progress) report(e apply.Event) error {
	defer p.tellOn()
	now := p.c.Env.Now()
	if p.went.IsZero() {
		p.went = now
	}
	if e.Op != nil {
		p.c.Logf("%s: %s: %v", e.Kind, e.Op.Wish(), e.Err)
	}
	if e.State.System != "" {
		p.sees(e.State)
	}
	if e.Todo != nil {
		p.left = e.Todo
		p.count(e.Todo)
	}
	p.workEnded()
	switch e.Kind {
	case apply.Started:
		p.doing = e.Op
		p.enters(e.Op, now)
		if _, hint := e.Op.(plan.Refresh); hint && p.current != nil && plan.Waits(p.current) {
			break // given again: what is waited for has not come
		}
		p.turn(e.Op, e.Todo, now)
	case apply.Finished:
		if e.Err == nil && e.Op != nil {
			p.doing = nil
			p.did, p.left = append(p.did, e.Op), e.Todo[1:]
			p.finished(e.Op, now)
		}
		p.faults, p.fault = 0, ""
	case apply.Waiting:
		p.waited, p.fault = true, ""
		p.turn(awaited(e), e.Todo, now)
		if p.further(now) || p.beat.Due(now) {
			p.stillWaiting(e.State, now)
		}
	case apply.Retrying:
		p.retrying(e)
	case apply.Reached:
		p.left = nil
		p.turn(nil, nil, now)
	}
	return nil
}

// sees takes a look in.
func (p *progress) sees(have shop.State) {
	if p.first.System == "" {
		p.first = have
	}
	if p.c.front != nil {
		p.events = append(p.events, p.c.changes(have.Now, stateOf(p.seen, p.about.tier), stateOf(have, p.about.tier))...)
	}
	p.seen = have
	p.commitOfWrite()
}

// next is the first thing that is left, hints aside; nil for none.
func (p *progress) next() plan.Op {
	for _, op := range p.left {
		if !plan.Harmless(op) {
			return op
		}
	}
	return nil
}

// writesMore reports whether something is written once what is waited for now has
// come: it is not without this run, or one like it.
func (p *progress) writesMore() bool {
	return slices.ContainsFunc(p.left, func(op plan.Op) bool { return !plan.Waits(op) && !plan.Harmless(op) })
}

// awaited is what is really waited for: a hint that was given is not.
func awaited(e apply.Event) plan.Op {
	if _, merges := e.Op.(plan.MergePull); merges {
		return e.Op // in the merge queue
	}
	for _, op := range e.Todo {
		if plan.Waits(op) {
			return op
		}
	}
	return e.Op
}

// due is something that a run asked for and that has not come yet.
type due struct {
	op    plan.Op
	since time.Time
}

// turn begins another operation; what is not left to do any more has come.
func (p *progress) turn(op plan.Op, todo []plan.Op, now time.Time) {
	if op != nil && p.current != nil && op.Wish() == p.current.Wish() {
		p.current = op // as seen now
		return
	}
	if _, moves := op.(plan.MoveBranch); !moves {
		p.tellMoves(now)
	}
	p.come(todo, now)
	if p.step(op).comes && !p.isDue(op) {
		p.due = append(p.due, due{op, now})
	}
	p.current, p.began, p.tenth = op, now, 0
	p.beat.Spoke(now)
}

// come tells what was due and has come, also when it did so before anybody had
// to wait for it.
func (p *progress) come(todo []plan.Op, now time.Time) {
	var left []due
	for i, d := range p.due {
		if slices.ContainsFunc(todo, func(op plan.Op) bool { return op.Wish() == d.op.Wish() }) {
			left = append(left, d)
			continue
		}
		if s := p.step(d.op); s.done != "" {
			p.line(s, now.Sub(d.since))
		}
		for later := range p.due[i+1:] {
			p.due[i+1+later].since = now
		}
	}
	p.due = left
}

func (p *progress) isDue(op plan.Op) bool {
	return slices.ContainsFunc(p.due, func(d due) bool { return d.op.Wish() == op.Wish() })
}

// expect makes due what the plan waits for before it writes again.
func (p *progress) expect(now time.Time) {
	p.due = nil
	for _, op := range p.left {
		switch {
		case plan.Harmless(op):
		case !plan.Waits(op):
			return
		default:
			p.due = append(p.due, due{op, now})
		}
	}
}

// forget drops what is due: the plan is made anew.
func (p *progress) forget() {
	p.due = nil
	p.c.live.show(nil)
}

// enters tells once a tier that the gates in front of it were open.
func (p *progress) enters(op plan.Op, now time.Time) {
	tier, gated := shop.Tier(""), false
	switch op := op.(type) {
	case plan.MoveBranch:
		tier, gated = op.Tier, true
	case plan.WriteSystem:
		if len(op.Tiers) == 1 {
			tier, gated = op.Tiers[0].Tier, len(op.Tiers[0].Gates) > 0
		}
	}
	if _, waited := p.current.(plan.AwaitGates); gated && !waited && !p.entered[tier] {
		p.line(p.step(plan.AwaitGates{Tier: tier}), now.Sub(p.start))
	}
	p.entered[tier] = p.entered[tier] || gated
	p.start = now
}

func (p *progress) finished(op plan.Op, now time.Time) {
	if move, ok := op.(plan.MoveBranch); ok {
		if len(p.moved) == 0 {
			p.movedAt = p.began
		}
		p.moved, p.current = append(p.moved, move), op
		return
	}
	s := p.step(op)
	if s.comes || s.done == "" {
		return
	}
	p.line(s, now.Sub(p.began))
	p.current = nil
	p.expect(now)
	if write, ok := op.(plan.WriteSystem); ok && len(write.Tiers) == 1 {
		p.wrote = &written{len(p.steps) - 1, write.Tiers[0].Tier, write.Tiers[0].System}
	}
}

// written is a write of one tier, from when it is done until its commit is seen.
type written struct {
	step int // its line
	tier shop.Tier
	over shop.CommitID
}

// commitOfWrite adds to a write the commit that it made, once it is seen.
func (p *progress) commitOfWrite() {
	if w := p.wrote; w != nil {
		if made := stateOf(p.seen, w.tier).System; made != w.over {
			p.steps[w.step].Detail, p.wrote = made.Short(), nil
		}
	}
}

func (p *progress) tellMoves(now time.Time) {
	if len(p.moved) == 0 {
		return
	}
	tier := p.moved[0].Tier
	var facts, at []string
	for _, op := range p.moved {
		facts = append(facts, fmt.Sprintf("%s=%s", op.Repository, op.To.Short()))
		at = append(at, p.c.Text.Steps.At(string(op.Repository), op.To.Short()))
	}
	p.line(step{
		done:  p.c.Text.Errand.MovedBranches(string(tier), p.repositories(p.moved)),
		facts: "moved tier=" + string(tier) + " " + strings.Join(facts, " "),
	}, now.Sub(p.movedAt))
	p.steps[len(p.steps)-1].Detail = strings.Join(at, ", ")
	p.moved = nil
}

// repositories names those in which branches move.
func (p *progress) repositories(moves []plan.MoveBranch) string {
	var names []string
	for _, op := range moves {
		names = append(names, string(op.Repository))
	}
	return strings.Join(names, p.c.Text.Errand.And)
}

// step is what is said of an operation as it stands now; nothing of none.
func (p *progress) step(op plan.Op) step {
	if op == nil {
		return step{}
	}
	return p.c.stepOf(op, p.seen)
}

func (p *progress) stillWaiting(have shop.State, now time.Time) {
	if p.c.Quiet() || p.c.live != nil {
		return
	}
	elapsed, s := show.Took(now.Sub(p.began)), p.step(p.current)
	text := s.nowText(p.c.Text.Errand, have)
	done, of := p.counts(p.current)
	if of > 1 && p.c.CI.Out == nil {
		text += ", " + p.c.Text.Steps.Counted(show.Number(done), show.Number(of))
	}
	switch {
	case p.c.CI.Out == nil:
		p.c.Talk.Line(p.c.Talk.Mark(show.Busy, p.c.Text.Errand.StillWaiting(text, elapsed)))
	case s.rollout:
		state := stateOf(have, s.tier)
		p.c.Talk.Linef("%s rollout tier=%s shopsets=%d/%d elapsed=%s", stampTime(now), s.tier, state.Ready(), len(state.ShopSets), elapsed)
	case of > 1:
		p.c.Talk.Linef("%s waiting done=%s elapsed=%s: %s", stampTime(now), part(done, of), elapsed, text)
	default:
		p.c.Talk.Linef("%s waiting elapsed=%s: %s", stampTime(now), elapsed, text)
	}
}

func (p *progress) retrying(e apply.Event) {
	if p.leaving() {
		return // what was cut off is no fault
	}
	p.doing = nil
	p.faults++
	var f *shop.Fault
	if errors.As(e.Err, &f) && f.Kind == shop.Busy {
		p.c.Logf("retry in %s: %v", e.After, e.Err)
		return
	}
	text := p.c.Text.Errand.Reconnecting(p.faults, firstLine(show.Clean(e.Err.Error())))
	if p.c.front != nil {
		p.events = append(p.events, tui.Event{At: p.seen.Now, Note: tui.Note{Mark: show.Warn, Text: text}})
	}
	switch {
	case p.c.live != nil:
		p.fault = text // one line that stays, not one a try
	case !p.c.Quiet():
		p.c.Talk.Line(p.c.Talk.Mark(show.Warn, text))
	}
}

// stepWidth is where the time of a step stands.
const stepWidth = 44

// line tells a step that is over; in CI as key=value with its time.
func (p *progress) line(s step, took time.Duration) {
	p.beat.Spoke(p.c.Env.Now())
	p.steps = append(p.steps, tui.Step{Mark: show.Good, Text: s.done, Took: took})
	if p.c.Quiet() {
		return
	}
	if p.c.CI.Out != nil {
		p.c.Talk.Line(stampTime(p.c.Env.Now()), " ", s.facts, " took=", show.Took(took))
		return
	}
	mark := p.c.Talk.Mark(show.Good, s.done)
	p.c.Talk.Line(show.Pad(mark, stepWidth), show.PadLeft(show.Took(took), 8))
}

func stampTime(t time.Time) string { return t.UTC().Format("15:04:05Z") }
