package cli

import (
	"context"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/tui"
)

func uiCommand() *Command {
	return &Command{
		Name: "ui", Group: Look, Help: func(t *i18n.Text) i18n.Help { return t.Board.Help },
		Flags: []Flag{{Name: "read-only"}, {Name: "no-mouse"}},
		Shell: true, Run: runUI,
	}
}

func runUI(ctx context.Context, c *Call) error {
	if err := c.checkKeys(); err != nil {
		return err
	}
	if !c.Env.Terminal.In || !c.Env.Terminal.Out {
		return &Fail{Code: NeedsTerminal, Message: c.Text.Board.NoTerminal, Hints: []Hint{{Command: "shopctl status --watch"}}}
	}
	d, err := c.openDesk(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	if c.Out.Accessible {
		return c.runMenu(ctx, d)
	}
	d.stayLean()
	return tui.Run(ctx, d, tui.Options{
		Text: c.Text, Page: c.Out, Keys: func(action string) string { return c.Setting("ui.keys." + action) },
		Commands: boardCommands(c.Text), Terminal: tui.TerminalFrom(c.Env.Getenv),
		ReadOnly: c.Is("read-only"), NoMouse: c.Is("no-mouse") || c.Setting("ui.mouse") == "false", Now: c.Env.Now, In: c.Env.Stdin, Out: c.Env.Stdout,
		Ambiguous: c.ambiguousWidth(), Answers: c.terminalFile(),
	})
}
