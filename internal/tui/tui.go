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
	ReadOnly bool
	NoMouse  bool
	Now      func() time.Time // of this machine
	In       io.Reader
	Out      io.Writer
}

// Run shows the board until the user quits or the context ends.
func Run(ctx context.Context, desk Desk, o Options) error {
	m := newModel(ctx, desk, o)
	if f, is := o.Out.(screenFile); is {
		o.Out = &screenWriter{screenFile: f}
	}
	m.out = o.Out
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithAltScreen(), tea.WithoutSignalHandler(),
	}
	if !o.NoMouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	p := tea.NewProgram(m, options...)
	m.send = p.Send
	io.WriteString(o.Out, keepTitle) //nolint:errcheck // the frames tell
	_, err := p.Run()
	io.WriteString(o.Out, m.farewell()) //nolint:errcheck // it is over
	m.part()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return context.Cause(ctx) //nolint:wrapcheck // who ended it knows why
	}
	if err != nil {
		return fmt.Errorf("show the board: %w", err)
	}
	return nil
}
