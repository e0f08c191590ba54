package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/show"
)

// Run runs one command line and returns the exit code. The context is
// cancelled with an Interrupted when the user wants to leave.
func Run(ctx context.Context, env *Env) int {
	root := tree()
	if len(env.Args) > 0 && env.Args[0] == completeWord {
		complete(ctx, root, env)
		return ExitOK
	}
	if len(env.Args) > 0 && env.Args[0] == serveWord {
		return serve(ctx, env)
	}
	c := newCall(env, root)
	return c.finish(ctx, c.run(ctx))
}

func newCall(env *Env, root *Command) *Call {
	c := &Call{Env: env, root: root, line: normalise(root, env.Args), Paths: settings.PathsFrom(env.Getenv)}
	c.log = newLog(c.Paths.LogFile(), nil, env.Getenv)
	c.Text = i18n.For(i18n.English) // for what is said of broken settings
	c.findSystem()
	c.findSettings()
	asked := c.settings.Get("lang")
	c.Text = i18n.For(i18n.Decide(i18n.Wish{Asked: asked.Value, Terminal: env.Terminal.Out, Getenv: env.Getenv}))
	accessible := c.Setting("accessible") == "true" || env.Getenv("ACCESSIBLE") != "" && env.Getenv("ACCESSIBLE") != "0"
	page := show.Page{
		Width: env.Terminal.Width, ASCII: c.Setting("ui.ascii") == "true", Wide: c.Setting("ui.ambiguous_width") == "2", Accessible: accessible,
		Theme: show.Theme(c.Setting("ui.theme")), Now: env.Now(), Zone: env.Zone,
	}
	c.Out, c.Talk = page, page
	c.Out.Out, c.Out.Colour = c.stdout(), !accessible && c.colour(env.Terminal.Out)
	c.Talk.Out, c.Talk.Colour = c.stderr(), !accessible && c.colour(env.Terminal.Err)
	if style, _ := c.line.value("ci"); style == "github" || style == "" && env.Getenv("GITHUB_ACTIONS") == "true" {
		c.CI.Out = c.stderr()
	}
	if c.line.is("debug") || env.Getenv("RUNNER_DEBUG") == "1" {
		c.log.debug = env.Stderr
	}
	return c
}

func (c *Call) colour(terminal bool) bool {
	w := show.ColourWish{Getenv: c.Env.Getenv, Terminal: terminal}
	switch v := c.settings.Get("color"); v.Origin {
	case settings.FromFlag, settings.FromEnvironment:
		w.Flag = v.Value
	default:
		w.Setting = v.Value
	}
	return show.HasColour(w)
}

// run decides what the line wants, and does it.
func (c *Call) run(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.Logf("panic: %v\n%s", p, debug.Stack())
			err = &Fail{Code: Defect, Message: c.Text.Frame.Defect, Hints: []Hint{{Text: c.Text.Frame.DefectHint}}}
		}
	}()
	switch {
	case c.line.is("help"):
		return c.help()
	case c.line.is("version"):
		c.line.command, c.line.refused, c.line.own, c.line.args = c.root.sub("version"), nil, nil, nil
	}
	switch {
	case c.line.refused != nil:
		return c.line.refused(c.Text)
	case c.line.command == c.root && c.startsBoard():
		c.line.command = c.root.sub("ui")
	case c.line.command == c.root:
		c.shortHelp()
		return nil
	}
	if c.wrong != nil && !c.line.command.Plain {
		return c.wrong
	}
	if listed, err := c.prepareJSON(); listed || err != nil {
		return err
	}
	return c.dispatch(ctx)
}

// help prints the help of the command that the line names.
func (c *Call) help() error {
	if c.line.command == c.root {
		if c.line.refused != nil && len(c.line.args) > 0 {
			return c.line.refused(c.Text)
		}
		c.shortHelp()
		return nil
	}
	c.commandHelp(c.line.command)
	return nil
}

// dispatch hands the normalised words to urfave/cli, which reads them a second
// time and finds the action.
func (c *Call) dispatch(ctx context.Context) error {
	app := &urfave.App{
		Name: "shopctl", Usage: "-", Flags: urfaveFlags(globalFlags()), Commands: c.urfaveCommands(c.root.Subs),
		HideHelp: true, HideVersion: true, DisableSliceFlagSeparator: true,
		Reader: c.Env.Stdin, Writer: c.Env.Stderr, ErrWriter: c.Env.Stderr,
		// The exit code is decided in finish, and by nobody else.
		ExitErrHandler: func(*urfave.Context, error) {},
		OnUsageError:   wrongWords,
		Action: func(u *urfave.Context) error {
			return fmt.Errorf("read the words %q: no command", u.Args().Slice())
		},
	}
	return app.RunContext(ctx, c.line.words())
}

// wrongWords is what must not happen: the normaliser lets no such line through.
func wrongWords(_ *urfave.Context, err error, _ bool) error {
	return fmt.Errorf("read the words of the command: %w", err)
}

func (c *Call) urfaveCommands(commands []*Command) []*urfave.Command {
	var all []*urfave.Command
	for _, command := range commands {
		u := &urfave.Command{
			Name: command.Name, HideHelp: true, OnUsageError: wrongWords,
			Flags: urfaveFlags(command.flags()), Subcommands: c.urfaveCommands(command.Subs),
		}
		action := func(uc *urfave.Context) error {
			if got := uc.Args().Slice(); !slices.Equal(got, c.line.args) {
				return fmt.Errorf("read the words of the command: %q are not %q", got, c.line.args)
			}
			return command.Run(uc.Context, c)
		}
		if len(command.Subs) == 0 {
			u.Action = action
		} else if command.Run != nil {
			u.Subcommands = append(u.Subcommands, &urfave.Command{
				Name: itself, HideHelp: true, OnUsageError: wrongWords, Flags: u.Flags, Action: action,
			})
			u.Flags = nil
		}
		all = append(all, u)
	}
	return all
}

func urfaveFlags(flags []Flag) []urfave.Flag {
	var all []urfave.Flag
	for _, f := range flags {
		switch {
		case f.Value == "":
			all = append(all, &urfave.BoolFlag{Name: f.Name})
		case f.Many:
			all = append(all, &urfave.StringSliceFlag{Name: f.Name})
		case f.Kind == Number:
			all = append(all, &urfave.IntFlag{Name: f.Name})
		default:
			all = append(all, &urfave.StringFlag{Name: f.Name})
		}
	}
	return all
}

// finish tells how the command ended, and is the only place that turns errors
// into exit codes.
func (c *Call) finish(ctx context.Context, err error) int {
	if err == nil {
		return ExitOK
	}
	var left Interrupted
	if errors.As(context.Cause(ctx), &left) && errors.Is(err, context.Canceled) {
		return left.Exit
	}
	var codes []int
	for _, one := range flatten(err) {
		var exit Exit
		if errors.As(one, &exit) {
			codes = append(codes, int(exit))
			continue
		}
		f := c.classify(one)
		c.tell(f)
		codes = append(codes, f.Exit())
	}
	return Worst(codes...)
}

// flatten takes errors.Join apart: several targets, one line each. The mistakes
// of the intent are one error, however many they are.
func flatten(err error) []error {
	if _, one := err.(intent.Errors); one {
		return []error{err}
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range many.Unwrap() {
			all = append(all, flatten(one)...)
		}
		return all
	}
	return []error{err}
}

func (c *Call) tell(f *Fail) {
	shown := *f
	shown.Hints = c.possible(f.Hints)
	if f.Cause != nil || f.Exit() == ExitFailed {
		c.Logf("%s: %s %s: %v", commandLine(c.Env.Args), f.Code, f.Message, f.Cause)
		saved := c.log.save()
		if saved && (f.Exit() == ExitFailed || c.line.is("verbose")) {
			shown.Reasons = append(shown.Reasons[:len(shown.Reasons):len(shown.Reasons)], c.Text.Frame.RawError(c.Paths.LogFile()))
		}
	}
	if c.wantsJSON() {
		shown.json(c.stderr())
		return
	}
	shown.text(c.Talk, c.Text)
	shown.annotation(c.CI)
}

func (c *Call) wantsJSON() bool {
	_, fields := c.line.value("json")
	_, query := c.line.value("jq")
	return fields || query
}

// possible leaves out hints to commands that this version does not have.
func (c *Call) possible(hints []Hint) []Hint {
	var kept []Hint
	for _, h := range hints {
		if rest, ours := strings.CutPrefix(h.Command, "shopctl "); ours && !c.has(strings.Fields(rest)) {
			continue
		}
		kept = append(kept, h)
	}
	return kept
}

// has reports whether the tree has the command that a line of words names.
func (c *Call) has(words []string) bool {
	for n := range min(2, len(words)) {
		path := words[:n+1]
		if slices.Contains(reservedPaths(), strings.Join(path, " ")) && c.find(path) == nil {
			return false
		}
	}
	return true
}

// find is the command of a path, nil when the tree does not have it.
func (c *Call) find(path []string) *Command {
	at := c.root
	for _, w := range path {
		if at = at.sub(w); at == nil {
			return nil
		}
	}
	return at
}
