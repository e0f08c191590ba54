package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// How far long work is: on a terminal under what is done, elsewhere as lines.

// works hears how far long work is, from any goroutine, while the run itself
// waits for it to end.
func (p *progress) works(w shop.Work) {
	p.work.Store(&w)
	if p.c.live != nil || p.c.front != nil || p.c.Quiet() {
		return
	}
	p.telling.Lock()
	defer p.telling.Unlock()
	now := p.c.Env.Now()
	if p.working.IsZero() {
		p.working = now
	}
	if !p.pulse.Due(now) {
		return
	}
	elapsed := show.Took(now.Sub(p.working))
	if p.c.CI.Out == nil {
		p.c.Talk.Line(p.c.Talk.Mark(show.Busy, p.c.Text.Errand.StillWaiting(p.c.workText(w), elapsed)))
		return
	}
	facts := "work=" + string(w.What)
	if w.Tier != "" {
		facts += " tier=" + string(w.Tier)
	}
	if w.Done > 0 || w.Of > 0 {
		facts += " done=" + part(w.Done, w.Of)
	}
	p.c.Talk.Linef("%s %s elapsed=%s", stampTime(now), facts, elapsed)
}

func (p *progress) workEnded() {
	p.work.Store(nil)
	p.telling.Lock()
	defer p.telling.Unlock()
	p.working, p.pulse = time.Time{}, show.Heartbeat{Every: p.beat.Every}
}

// part is a part of a whole for programs; of is 0 when the whole is not known.
func part(done, of int) string {
	if of == 0 {
		return fmt.Sprint(done)
	}
	return fmt.Sprintf("%d/%d", done, of)
}

func (c *Call) workText(w shop.Work) string {
	text := c.Text.Steps.Work[string(w.What)]
	if w.Tier != "" {
		text += " " + string(w.Tier)
	}
	switch {
	case w.Of > 0:
		text += " " + show.Number(w.Done) + "/" + show.Number(w.Of)
	case w.Done > 0:
		text += " " + show.Number(w.Done)
	}
	return text
}

// withWork adds to the step that goes on how far its work is.
func (c *Call) withWork(steps []tui.Step, w *shop.Work) []tui.Step {
	if w == nil || len(steps) == 0 || steps[0].Mark != show.Busy {
		return steps
	}
	steps = slices.Clone(steps)
	if s := &steps[0]; w.Of > 0 {
		s.Ready, s.Of, s.Counted = w.Done, w.Of, c.workText(*w)
	} else {
		s.Detail = c.workText(*w)
	}
	return steps
}

// lookLive draws that the system is looked at, and how far that is.
func (p *progress) lookLive() {
	if p.c.live == nil {
		return
	}
	c, began := p.c, p.c.Env.Now()
	page := c.Talk
	c.live.show(func(w, h int) []string {
		steps := []tui.Step{{Mark: show.Busy, Text: c.Text.Steps.Look}}
		r := tui.Rollout{Page: page, Text: c.Text, Gone: c.Env.Now().Sub(began)}
		return r.Lines(tui.Progress{Steps: c.withWork(steps, p.work.Load())}, w, h)
	})
}

// counts is how many of what an operation waits for have come, and of how many
// this run has waited; of is 0 when that is not counted.
func (p *progress) counts(op plan.Op) (done, of int) {
	routes, ok := op.(plan.AwaitRoutes)
	if !ok {
		return 0, 0
	}
	of = p.most[op.Wish()]
	return max(0, of-len(routes.Routes)), of
}

// count remembers of how many routes a plan has waited at most.
func (p *progress) count(todo []plan.Op) {
	for _, op := range todo {
		if routes, ok := op.(plan.AwaitRoutes); ok {
			p.most[op.Wish()] = max(p.most[op.Wish()], len(routes.Routes))
		}
	}
}

// manyPieces is from how many on a log has a line for each tenth that has come.
const manyPieces = 20

// further reports whether another tenth of many has come since it was said last.
func (p *progress) further(now time.Time) bool {
	done, of := p.counts(p.current)
	if p.c.CI.Out == nil || of < manyPieces {
		return false
	}
	tenth := 10 * done / of
	more := tenth > p.tenth
	if p.tenth = tenth; more {
		p.beat.Spoke(now)
	}
	return more
}
