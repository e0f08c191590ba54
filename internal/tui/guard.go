package tui

import (
	"fmt"
	"runtime/debug"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
)

// guard stands around the board: a panic in it ends the board in order, so that
// the terminal is put back before anybody reads what went wrong.
type guard struct {
	tea.Model
	*accident
	drawn func(view string) // is told each view
	quit  func()
}

// accident is the first panic.
type accident struct {
	mu   sync.Mutex
	text string
}

// caught is deferred around everything of ours that bubbletea calls.
func (a *accident) caught(then func()) {
	p := recover()
	if p == nil {
		return
	}
	a.mu.Lock()
	if a.text == "" {
		a.text = fmt.Sprintf("%v\n%s", p, debug.Stack())
	}
	a.mu.Unlock()
	then()
}

// again panics with what was caught, where the terminal is itself again.
func (a *accident) again() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.text != "" {
		panic(a.text)
	}
}

// Init starts the model.
func (g *guard) Init() (cmd tea.Cmd) {
	defer g.caught(func() { cmd = tea.Quit })
	return g.cmd(g.Model.Init())
}

// Update passes a message on.
func (g *guard) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	defer g.caught(func() { model, cmd = g, tea.Quit })
	next, cmd := g.Model.Update(msg)
	g.Model = next
	return g, g.cmd(cmd)
}

// View is the model's; nothing, once it cannot be drawn.
func (g *guard) View() (view string) {
	defer g.caught(func() {
		view = ""
		go g.quit() // it waits for whoever draws
	})
	view = g.Model.View()
	g.drawn(view)
	return view
}

// cmd is a command that panics alone.
func (g *guard) cmd(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer g.caught(func() { msg = tea.Quit() })
		msg = cmd()
		if batch, many := msg.(tea.BatchMsg); many {
			for i, one := range batch {
				batch[i] = g.cmd(one)
			}
		}
		return msg
	}
}
