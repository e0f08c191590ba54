// Package tui is the board: the pipeline of tiers on a full screen, that people
// leave open all day. It draws what a Desk sees and carries out command lines
// through it; it reaches nothing itself and decides nothing. Update does no
// input or output, and views are functions of the model, a width and a height.
//
//	err := tui.Run(ctx, desk, tui.Options{Text: text, Page: page, Out: os.Stdout, In: os.Stdin})
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

// Options are how a board is shown.
type Options struct {
	Text     *i18n.Text
	Page     show.Page                  // colour, ASCII, zone; Out is not used
	Keys     func(action string) string // a key that the user's settings give an action; empty: none
	Terminal Terminal
	Commands []Command // of the command line
	ReadOnly bool
	NoMouse  bool
	Now      func() time.Time // of this machine
	// Ambiguous is the width of characters that are narrow or wide by the terminal's
	// choice; 0: the terminal is asked. Answers is the file that remembers what it said.
	Ambiguous int
	Answers   string
	In        io.Reader
	Out       io.Writer
}

// framesPerSecond bounds how often the terminal is written to. bubbletea wakes up
// so often even when nothing has changed: at its 60 that alone is most of what an
// idle board costs.
const framesPerSecond = 30

// Run shows the board until the user quits or the context ends. It leaves the
// terminal as it found it, and panics only after that.
func Run(ctx context.Context, desk Desk, o Options) error {
	t, err := openTTY(o.In, o.Out)
	if err != nil {
		return fmt.Errorf("open the terminal: %w", err)
	}
	var accident accident
	defer accident.again()
	defer t.close()
	if o.Ambiguous == 0 {
		o.Ambiguous = t.remembered(o.Answers)
	}
	if o.Ambiguous == 2 {
		o.Page.Wide = true
	}
	o.Out = t.output
	return display(ctx, desk, o, t, &accident)
}

func display(ctx context.Context, desk Desk, o Options, t *tty, a *accident) error {
	m := newModel(ctx, desk, o)
	m.out = o.Out
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(t.input), tea.WithOutput(t.output), tea.WithAltScreen(), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond),
	}
	if !o.NoMouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	g := &guard{Model: m, accident: a, drawn: t.drawn}
	p := tea.NewProgram(g, options...)
	m.send, g.quit = p.Send, p.Quit
	_, err := p.Run()
	t.close() // what is said from here on stays on the screen
	m.part()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return fmt.Errorf("show the board: %w", ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("show the board: %w", err)
	}
	return nil
}
