package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// Call is one run of a command: what it was given, and how it speaks. Results
// go to Out or Show, the talk goes to Talk.
type Call struct {
	Env   *Env
	Text  *i18n.Text
	Out   show.Page    // stdout, for people
	Talk  show.Page    // stderr
	CI    show.Actions // does nothing outside of GitHub Actions
	Paths settings.Paths

	root     *Command
	line     line
	json     *show.JSON
	settings settings.All
	system   settings.System
	file     string // the .shopctl.yml that was looked at
	wrong    error  // with the user's settings or .shopctl.yml
	noSystem error  // why there is no system
	lines    *bufio.Reader
	reason   string          // typed at a prompt
	thought  time.Duration   // of a person, about what was asked
	front    tui.Front       // who is asked and told instead of the terminal; nil: the terminal
	working  func(shop.Work) // who hears how far long work is; nil: nobody
	live     *live           // what is drawn in place under the talk; nil: nothing
	apart    bool            // the terminal belongs to the board: no other program gets it
	log      *log
}

// Arg is the i-th argument, empty when it is left out.
func (c *Call) Arg(i int) string {
	if i < len(c.line.args) {
		return c.line.args[i]
	}
	return ""
}

// Args are all arguments.
func (c *Call) Args() []string { return c.line.args }

// Is reports whether a switch is on.
func (c *Call) Is(flag string) bool { return c.line.is(flag) }

// Given reports whether a flag stands on the line.
func (c *Call) Given(flag string) bool { _, ok := c.line.value(flag); return ok }

// String is the value of a flag, empty when it is not given.
func (c *Call) String(flag string) string {
	v, _ := c.line.value(flag)
	return v
}

// Strings are the values of a flag that may be given several times.
func (c *Call) Strings(flag string) []string {
	var values []string
	for _, g := range c.line.own {
		if g.name == flag {
			values = append(values, g.value)
		}
	}
	return values
}

// Number is the value of a number flag, otherwise when it is not given.
func (c *Call) Number(flag string, otherwise int) int {
	n, err := strconv.Atoi(c.String(flag))
	if err != nil {
		return otherwise
	}
	return n
}

// Duration is the value of a duration flag, otherwise when it is not given.
func (c *Call) Duration(flag string, otherwise time.Duration) time.Duration {
	if v, ok := c.line.value(flag); ok {
		return duration(v, otherwise)
	}
	return otherwise
}

func duration(text string, otherwise time.Duration) time.Duration {
	var d shop.Duration
	if d.UnmarshalText([]byte(text)) != nil {
		return otherwise
	}
	return time.Duration(d)
}

// Timeout is how long to wait: --timeout, else the setting wait.timeout.
func (c *Call) Timeout() time.Duration {
	return c.Duration("timeout", duration(c.Setting("wait.timeout"), 15*time.Minute))
}

// Waits reports whether to wait for the effect.
func (c *Call) Waits() bool {
	if v, ok := c.line.value("wait"); ok && v == "false" {
		return false
	}
	return !c.Is("no-wait")
}

// DryRun reports whether nothing may be written anywhere.
func (c *Call) DryRun() bool { return c.Is("dry-run") }

// Verbose reports whether Kubernetes words and paths may be shown too.
func (c *Call) Verbose() bool { return c.Is("verbose") || c.Is("debug") }

// Quiet reports whether only results and errors are wanted.
func (c *Call) Quiet() bool { return c.Is("quiet") }

// Reason is the text of --reason, or what was typed when it was asked for.
func (c *Call) Reason() string {
	if v, ok := c.line.value("reason"); ok {
		return spoken(v)
	}
	return spoken(c.reason)
}

// spoken are a person's words as they are kept: without escape codes and
// controls, which others would have to read.
func spoken(text string) string { return strings.TrimSpace(show.CleanLines(text)) }

// Setting is the value of one of shopctl's settings as it holds here.
func (c *Call) Setting(name string) string { return c.settings.Get(name).Value }

// System is the system of this directory, or the Fail that says why there is none.
func (c *Call) System() (settings.System, error) {
	if c.noSystem != nil {
		return settings.System{}, c.noSystem
	}
	return c.system, nil
}

// World opens the system's repositories and Argo CD. The caller closes it.
func (c *Call) World(ctx context.Context) (World, error) {
	system, err := c.System()
	if err != nil {
		return nil, err
	}
	w, err := c.Env.OpenWorld(ctx, system, WorldOptions{Cache: c.Paths.Cache, Operation: c.operation(), Getenv: c.Env.Getenv, Program: c.gateProgram, Log: c.Logf, Used: c.used, Told: c.told, Hide: c.log.hide})
	if err != nil {
		return nil, err
	}
	return remembering{w, c.namesFile()}, nil
}

// told hands on how far long work is.
func (c *Call) told(w shop.Work) {
	if c.working != nil {
		c.working(w)
	}
}

// used tells with --verbose what was used of the forge's limits.
func (c *Call) used(u Usage) {
	text := c.Text.Frame.Used(u.Calls, u.NotModified, u.Points)
	if u.Limit > 0 {
		text += c.Text.Frame.UsedLeft(u.Remaining, u.Limit, pageAt(c.Talk, c.Env.Now()).Clock(u.Reset))
	}
	c.Logf("%s", text)
	if c.Verbose() {
		c.Say(text)
	}
}

// gateProgram is the program of a command gate on this machine, if there is one.
func (c *Call) gateProgram(gate string) string { return c.Setting("gates." + gate) }

// operation names this run in every commit that it makes.
func (c *Call) operation() string {
	return fmt.Sprintf("%016x%016x", c.Env.Rand.Uint64(), c.Env.Rand.Uint64())
}

func (c *Call) stdout() io.Writer { return masked{c.Env.Stdout, c.log} }

func (c *Call) stderr() io.Writer { return masked{c.Env.Stderr, c.log} }

// Logf keeps a raw fact for the log file, and shows it with --debug.
func (c *Call) Logf(format string, args ...any) { c.log.printf(c.Env.Now(), format, args...) }

// Say prints a line of talk, not with --quiet. The board has it with the result.
func (c *Call) Say(parts ...string) {
	switch {
	case c.Quiet():
	case c.front != nil && c.json == nil:
		c.Out.Line(parts...)
	default:
		c.Talk.Line(parts...)
	}
}

// Again is the line that the user typed, with more flags, to paste. The flags
// are taken as they are, so that a placeholder stays one.
func (c *Call) Again(flags ...string) string {
	args := c.Env.Args
	tail := ""
	if i := slices.Index(args, "--"); i >= 0 {
		tail = strings.TrimPrefix(commandLine(args[i:]), "shopctl")
		args = args[:i]
	}
	for _, f := range flags {
		if strings.HasPrefix(f, "--confirm=") {
			args = slices.DeleteFunc(slices.Clone(args), func(w string) bool { return w == "--yes" || w == "-y" })
		}
	}
	return strings.Join(append([]string{commandLine(args)}, flags...), " ") + tail
}

// findSystem reads the .shopctl.yml that holds: --config, SHOPCTL_CONFIG, or
// the one of the directory.
func (c *Call) findSystem() {
	file, named := c.line.value("config")
	if !named {
		file = c.Env.Getenv("SHOPCTL_CONFIG")
		named = file != ""
	}
	if named && !filepath.IsAbs(file) {
		file = filepath.Join(c.Env.Dir, file)
	}
	var err error
	if !named {
		file, err = settings.Find(c.Env.Dir)
	}
	if err == nil {
		c.file = file
		c.system, err = settings.Load(file)
	}
	if err == nil {
		return
	}
	if !errors.Is(err, fs.ErrNotExist) {
		c.noSystem, c.wrong = err, err
		return
	}
	f := &Fail{Code: NoSystem, Message: c.Text.Frame.NoSystem(c.Env.Dir), Cause: err, Hints: []Hint{
		{Text: c.Text.Frame.NoSystemHint, Command: "shopctl init"},
		{Text: c.Text.Frame.NoDemoHint, Command: "shopctl demo"},
	}}
	if named {
		f.Message = c.Text.Frame.NoSystemAt(file)
	}
	c.noSystem = f
}

// findSettings reads the user's settings over those of the system.
func (c *Call) findSettings() {
	flags := map[string]string{}
	for _, name := range []string{"lang", "color"} {
		if v, ok := c.line.value(name); ok {
			flags[name] = v
		}
	}
	if v, ok := c.line.value("accessible"); ok {
		flags["accessible"] = v
	}
	var err error
	c.settings, err = settings.Read(settings.Sources{
		Flags: flags, Getenv: c.Env.Getenv, System: c.system, UserFile: c.Paths.Settings,
	})
	if err != nil && c.wrong == nil {
		c.wrong = err
	}
}
