package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// boardCommands are the commands of the tree that do something, for the palette.
func boardCommands(t *i18n.Text) (all []tui.Command) {
	tree().walk(func(c *Command) {
		if c.Run == nil {
			return
		}
		all = append(all, tui.Command{
			Words: strings.TrimPrefix(c.path(), "shopctl "), Usage: strings.TrimPrefix(c.usage(), "shopctl "), Line: c.help(t).Line,
			Mutates: c.Mutates, Shell: c.Shell, Takes: len(c.Args) > 0 || takesScope(c),
		})
	})
	return all
}

// takesScope reports whether a command is told by flags what it is about.
func takesScope(c *Command) bool {
	return c.Mutates && slices.ContainsFunc(c.Flags, func(f Flag) bool { return f.Name == "shop" || f.Name == "shopset" || f.Name == "tier" })
}

// looksOnly refuses a line that would change something, or that needs the
// terminal to itself.
func (c *Call) looksOnly() error {
	at := c.line.command
	if at == nil || c.line.refused != nil || c.line.is("help") {
		return nil
	}
	own := slices.ContainsFunc(c.line.own, func(g given) bool {
		f, _ := at.flag(g.name)
		return f.Shell && g.value != "false"
	})
	t := c.Text.BoardMenu
	switch {
	case at.Shell || own:
		return &Fail{Code: NeedsTerminal, Message: t.ShellOnly, Hints: []Hint{{Text: t.ShellHint, Command: commandLine(c.Env.Args)}}}
	case at.Mutates && !c.DryRun():
		return &Fail{Code: NeedsAnswer, Message: t.WouldChange, Hints: []Hint{{Text: t.ShellHint, Command: commandLine(c.Env.Args)}}}
	}
	return nil
}

// Complete names the words that may stand where the last one is.
func (d *desk) Complete(ctx context.Context, words []string) (all []tui.Word) {
	env := *d.c.Env
	for _, one := range completed(ctx, tree(), &env, slices.Concat(d.shared(), words)) {
		all = append(all, tui.Word{Text: show.Clean(one.Word), About: show.Clean(one.About)})
	}
	return all
}

// checkKeys refuses keys of the user's settings that cannot be bound.
func (c *Call) checkKeys() error {
	const family = "ui.keys."
	chosen := map[string]string{}
	for _, v := range c.settings.List() {
		if id, is := strings.CutPrefix(v.Name, family); is {
			chosen[id] = v.Value
		}
	}
	bad := tui.CheckKeys(chosen)
	if len(bad) == 0 {
		return nil
	}
	t, one := c.Text.BoardKeys, bad[0]
	f := &Fail{Code: BadSettings}
	switch {
	case one.Key == "":
		f.Message = t.NoAction(one.Action)
		f.Hints = guesses(c.Text, one.Action, tui.Actions(), func(guess string) string {
			return "shopctl settings set " + family + guess + " " + Quote(chosen[one.Action])
		})
		f.Hints = append(f.Hints, Hint{Text: t.Drop, Command: "shopctl settings unset " + family + one.Action})
	case one.Other == "":
		f.Message = t.NoKey(one.Key, one.Action)
		f.Hints = []Hint{{Text: t.Choose, Command: "shopctl settings set " + family + one.Action + " ctrl+t"}, {Text: t.Drop, Command: "shopctl settings unset " + family + one.Action}}
	default:
		f.Message = t.Twice(one.Key, one.Action, one.Other)
		f.Hints = []Hint{{Text: t.Choose, Command: "shopctl settings set " + family + one.Other + " ctrl+t"}, {Text: t.Drop, Command: "shopctl settings unset " + family + one.Action}}
	}
	return f
}
