package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
)

// run is a command on its way. It goes on when its page is left.
type run struct {
	args     []string
	preview  *Preview
	question *Question
	answer   chan Answer // of the question; closed: no
	progress Progress
	outcome  *Outcome
	cancel   context.CancelFunc
}

// frontMsg is what a command says.
type frontMsg struct {
	run  *run
	what any // Preview, asked, Progress, Outcome
}

type asked struct {
	Question
	answer chan Answer
}

// start carries a command line out.
func (m *Model) start(args ...string) (*run, tea.Cmd) {
	ctx, cancel := context.WithCancel(m.ctx)
	r := &run{args: args, cancel: cancel}
	m.runs = append(m.runs, r)
	return r, func() tea.Msg {
		defer cancel()
		return frontMsg{r, m.desk.Run(ctx, args, front{r, m.send})}
	}
}

// take keeps what a command said, and tells the page.
func (r *run) take(m *Model, msg frontMsg) tea.Cmd {
	switch what := msg.what.(type) {
	case Preview:
		r.preview = &what
	case asked:
		r.question, r.answer = &what.Question, what.answer
	case Progress:
		r.progress = what
	case Outcome:
		r.outcome, r.question = &what, nil
		return tea.Batch(m.look(), m.top().update(m, msg))
	}
	return m.top().update(m, msg)
}

// agree answers the question with yes, refuse with no.
func (r *run) agree(a Answer) {
	if r.question != nil {
		r.question = nil
		r.answer <- a
	}
}

func (r *run) refuse() {
	if r.question != nil {
		r.question = nil
		close(r.answer)
	}
}

// front brings what a command says to the program as messages.
type front struct {
	run  *run
	send func(tea.Msg)
}

func (f front) Preview(p Preview)   { f.send(frontMsg{f.run, p}) }
func (f front) Progress(p Progress) { f.send(frontMsg{f.run, p}) }

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
