package tui

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// run is a command on its way. It goes on when its page is left.
type run struct {
	args     []string
	page     *errand
	preview  *Preview
	changed  bool // the plan is another than the one that was agreed to
	question *Question
	answer   chan Answer // of the question; closed: no
	agreed   bool        // somebody has said yes
	commands []string    // git and kubectl lines of what it has done and does
	progress Progress
	events   []Event
	began    time.Time // the system's clock when it was agreed to, or began without a question
	outcome  *Outcome
	gone     bool      // nobody wants it: it was refused before anything was written
	sure     *Question // what was answered before it is asked; nil: nothing
	offered  bool      // the line was taken with one key
	cancel   context.CancelFunc
	done     chan struct{} // closed when the command has let go
}

// mostEvents is how many events of a run are kept.
const mostEvents = 500

// frontMsg is what a command says.
type frontMsg struct {
	run  *run
	what any // Preview, asked, commands, Progress, Outcome
}

type commands []string

type asked struct {
	Question
	answer chan Answer
}

// start carries a command line out.
func (m *Model) start(args ...string) (*run, tea.Cmd) {
	ctx, cancel := context.WithCancel(m.ctx)
	r := &run{args: args, cancel: cancel, began: m.page.Now, done: make(chan struct{})}
	m.runs = append(m.runs, r)
	defect := m.text.BoardErrand.Panicked
	return r, func() tea.Msg {
		defer close(r.done)
		defer cancel()
		return frontMsg{r, safely(ctx, m.desk, args, front{r, m.send}, defect)}
	}
}

// safely runs a command; a panic in it is an outcome like others.
func safely(ctx context.Context, desk Desk, args []string, f Front, defect string) (o Outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = Outcome{Exit: 1, Lines: append([]string{defect, ""}, strings.Split(show.CleanLines(fmt.Sprintf("%v\n%s", p, debug.Stack())), "\n")...)}
		}
	}()
	return desk.Run(ctx, args, f)
}

// take keeps what a command said, and tells its page. What comes after it was
// refused is of no account.
func (r *run) take(m *Model, msg frontMsg) tea.Cmd {
	switch what := msg.what.(type) {
	case Preview:
		r.changed = r.agreed
		r.preview = &what
		r.page.renew()
		return r.page.load(m)
	case asked:
		if r.gone {
			close(what.answer)
			return nil
		}
		r.question, r.answer = &what.Question, what.answer
		if sure := r.sure; sure != nil && sure.covers(what.Question) {
			r.sure = nil
			r.agree(m, Answer{Name: sure.Name})
			return nil
		}
		r.page.asked(m)
	case commands:
		r.commands = append(r.commands, what...)
	case Progress:
		r.progress = what
		r.events = append(r.events, what.Events...)
		if n := len(r.events) - mostEvents; n > 0 {
			r.events = slices.Clone(r.events[n:])
		}
	case Outcome:
		return r.ended(m, what)
	}
	return nil
}

// ended keeps the outcome until it was read.
func (r *run) ended(m *Model, o Outcome) tea.Cmd {
	r.outcome, r.question = &o, nil
	r.page.asking = false
	seen := m.top() == page(r.page)
	if r.gone || seen {
		m.forget(r)
	}
	if r.gone {
		return nil
	}
	if !seen && o.Exit != 0 && strings.TrimSpace(strings.Join(o.Lines, "")) != "" {
		m.fail(o.Lines[0])
	}
	if q, asks := m.top().(*quitting); asks && len(m.working()) == 0 {
		m.close(q) // there is nothing left to be asked about
	}
	return tea.Batch(m.look(), m.ring())
}

// forget takes a run from the chips.
func (m *Model) forget(r *run) {
	m.runs = slices.DeleteFunc(m.runs, func(other *run) bool { return other == r })
}

// ring is the bell at the end of a run that was begun here.
func (m *Model) ring() tea.Cmd { return m.emit("\a") }

// agree answers the question with yes, refuse with no.
func (r *run) agree(m *Model, a Answer) {
	if r.question == nil {
		return
	}
	if r.question.Level != Why && !r.agreed {
		r.agreed, r.began = true, m.page.Now
	}
	r.question, r.changed = nil, false
	r.answer <- a
}

func (r *run) refuse() {
	if r.question != nil {
		r.question = nil
		close(r.answer)
	}
}

// drop ends a run before anybody has agreed to anything.
func (r *run) drop() {
	r.gone = true
	r.refuse()
	r.cancel()
}

// idle reports whether nothing is or was written by a run: it works out what it
// would do, or waits for the first yes.
func (r *run) idle() bool {
	return r.outcome == nil && !r.agreed && (r.preview == nil && len(r.progress.Steps) == 0 || r.question != nil && !r.question.Sync)
}

// works reports whether a run has begun to change something and has not ended.
func (r *run) works() bool { return r.outcome == nil && !r.gone && !r.idle() }

// live reports whether a run is to be watched, not to be read and agreed to.
func (r *run) live() bool { return r.works() && (r.question == nil || r.question.Sync) }

// tier is the tier that a run is about, as far as it is known.
func (r *run) tier() shop.Tier {
	if r.progress.Tier != "" {
		return r.progress.Tier
	}
	for _, a := range r.args {
		if t := shop.Tier(a); t.Number() >= 0 {
			return t
		}
	}
	return ""
}

// name is what a chip calls a run.
func (r *run) name() string {
	if t := r.tier(); t != "" {
		return string(t)
	}
	return strings.Join(r.args[:min(2, len(r.args))], " ")
}

// line is the command line of a run as it is typed.
func (r *run) line() string { return commandLine(r.args) }

// share is how much of the current step is done in percent; -1: it is not known.
func (r *run) share() int {
	for _, s := range r.progress.Steps {
		if s.Mark == show.Busy && s.Of > 0 {
			return 100 * s.Ready / s.Of
		}
	}
	return -1
}

// front brings what a command says to the program as messages.
type front struct {
	run  *run
	send func(tea.Msg)
}

func (f front) Preview(p Preview)   { f.send(frontMsg{f.run, p}) }
func (f front) Progress(p Progress) { f.send(frontMsg{f.run, p}) }
func (f front) Commands(l []string) { f.send(frontMsg{f.run, commands(l)}) }
func (f front) Offered() bool       { return f.run.offered }

func (f front) Ask(ctx context.Context, q Question) (Answer, error) {
	answer := make(chan Answer, 1)
	f.send(frontMsg{f.run, asked{q, answer}})
	select {
	case a, yes := <-answer:
		if !yes {
			return Answer{}, ErrNo
		}
		return a, nil
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx) //nolint:wrapcheck // who ended it knows why
	}
}
