package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// demoResult is what runs.
type demoResult struct {
	Running      bool             `json:"running"`
	Changed      bool             `json:"changed"` // false: it was so already
	Config       string           `json:"config,omitempty"`
	Repositories repositoriesJSON `json:"repositories"`
	ArgoCD       string           `json:"argocd,omitempty"`
	Tiers        int              `json:"tiers,omitempty"`
	Shops        int              `json:"shops,omitempty"`
	Now          string           `json:"now,omitempty"` // RFC 3339
	AheadSeconds float64          `json:"aheadSeconds"`  // of the real time
	Faults       []string         `json:"faults"`
	PID          int              `json:"pid,omitempty"`
	Log          string           `json:"log,omitempty"`
}

type repositoriesJSON struct {
	System        string `json:"system"`
	App           string `json:"app"`
	Configuration string `json:"configuration"`
}

func demoCommand() *Command {
	size := []Flag{{Name: "seed", Value: "N", Kind: Number}, {Name: "shops", Value: "N", Kind: Number}}
	demo := &Command{
		Name: "demo", Group: SetUp, Help: func(t *i18n.Text) i18n.Help { return t.Demo.Help }, Flags: size, Run: runDemo,
		Subs: []*Command{
			{Name: "start", Flags: size, Run: startDemo},
			{Name: "reset", Flags: size, Run: resetDemo},
			{Name: "stop", Run: stopDemo},
			{Name: "advance", Args: []Arg{{Name: "DURATION"}}, Run: advanceDemo},
		},
	}
	for _, c := range append([]*Command{demo}, demo.Subs...) {
		c.Plain, c.Kind, c.Fields = true, "Demo", demoResult{}
	}
	demo.Subs = append(demo.Subs,
		&Command{
			Name: "break", Plain: true, Args: []Arg{{Name: "FAULT", Optional: true, Complete: completeFaults}}, Flags: []Flag{{Name: "list"}},
			Kind: "DemoFaults", Fields: faultsResult{}, Run: breakDemo,
		},
		&Command{Name: "tour", Plain: true, Run: tourDemo})
	for _, c := range append([]*Command{demo}, demo.Subs...) {
		c.Shell = true
	}
	return demo
}

// demoDir holds all of the demo.
func (c *Call) demoDir() string { return demoIn(c.Paths.State) }

// demoIn is the demo's folder below shopctl's state.
func demoIn(state string) string { return filepath.Join(state, "demo") }

// runDemo is the bare command: a shell in the demo, where there is somebody to
// type.
func runDemo(ctx context.Context, c *Call) error {
	if !c.CanAsk() || !c.Env.Terminal.Out || c.JSON() {
		return startDemo(ctx, c)
	}
	if err := startDemo(ctx, c); err != nil {
		return err
	}
	state, err := c.demoState(ctx)
	if err != nil {
		return err
	}
	shell := c.Env.Getenv("SHELL")
	if shell == "" {
		shell = "/bin/sh"
	}
	c.Talk.Line()
	c.Talk.Line(c.Text.Demo.Shell)
	return c.Env.Programs.Become(ctx, Program{Path: shell, Set: []string{"SHOPCTL_CONFIG=" + state.Config}})
}

// startDemo starts the demo in the background, or says what runs.
func startDemo(ctx context.Context, c *Call) error {
	world, err := rehearsal.Find(ctx, c.demoDir())
	started := false
	if errors.Is(err, rehearsal.ErrNoWorld) {
		world, err = c.launch(ctx)
		started = true
	}
	if err != nil {
		return err
	}
	state, err := world.State(ctx)
	if err != nil {
		return err
	}
	if n := c.Number("shops", state.Shops); n != state.Shops {
		return &Fail{Code: BadValue, Message: c.Text.Demo.OtherSize(state.Shops),
			Hints: []Hint{{Text: c.Text.Demo.MakeNew, Command: fmt.Sprintf("shopctl demo reset --shops %d", n)}}}
	}
	if !started {
		c.Say(c.Talk.Mark(show.Good, c.Text.Demo.AlreadyRuns))
	}
	return c.showDemo(state, started)
}

// How often and how long it is asked whether the demo answers.
const (
	demoPoll     = 20 * time.Millisecond
	demoPatience = 60 * time.Second
)

// launch starts the program that serves the demo, and waits until it does.
func (c *Call) launch(ctx context.Context) (*rehearsal.Remote, error) {
	dir := c.demoDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the demo: %w", err)
	}
	words := []string{serveWord, dir, strconv.Itoa(c.Number("seed", 0)), strconv.Itoa(c.Number("shops", 0))}
	ended, err := c.Env.Programs.Detach(Program{Args: words, Dir: dir}, rehearsal.LogFile(dir))
	if err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	for waited := time.Duration(0); waited < demoPatience; waited += demoPoll {
		gone := false
		select {
		case <-ended:
			gone = true
		default:
		}
		world, err := rehearsal.Find(ctx, dir)
		if !errors.Is(err, rehearsal.ErrNoWorld) {
			return world, err
		}
		if gone {
			break
		}
		if err := c.Env.Sleep(ctx, demoPoll); err != nil {
			return nil, err
		}
	}
	return nil, &Fail{Code: Failed, Message: c.Text.Demo.DidNotStart, Reasons: lastLines(rehearsal.LogFile(dir), 3),
		Hints: []Hint{{Text: c.Text.Demo.MakeNew, Command: "shopctl demo reset"}}}
}

// lastLines are the last lines of a file, none when it cannot be read.
func lastLines(file string, n int) []string {
	data, err := os.ReadFile(file)
	text := strings.TrimSpace(string(data))
	if err != nil || text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-n):]
}

// stopDemo ends the demo; its state stays.
func stopDemo(ctx context.Context, c *Call) error {
	stopped, err := c.endDemo(ctx)
	if err != nil {
		return err
	}
	if !stopped {
		c.Say(c.Talk.Mark(show.Good, c.Text.Errand.AlreadySo))
	}
	return c.Show(Result{
		Value: demoResult{Changed: stopped, Faults: []string{}}, Rows: [][]string{{"running", "false"}},
		Human: func(p show.Page) { p.Line(c.Text.Demo.Stopped(c.demoDir())) },
	})
}

func (c *Call) endDemo(ctx context.Context) (stopped bool, err error) {
	world, err := rehearsal.Find(ctx, c.demoDir())
	if errors.Is(err, rehearsal.ErrNoWorld) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, world.Stop(ctx)
}

// resetDemo throws the demo away and starts a new one.
func resetDemo(ctx context.Context, c *Call) error {
	if _, err := c.endDemo(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(c.demoDir()); err != nil {
		return fmt.Errorf("throw the demo away: %w", err)
	}
	return startDemo(ctx, c)
}

// demoThatRuns is for the commands that need one.
func (c *Call) demoThatRuns(ctx context.Context) (*rehearsal.Remote, error) {
	world, err := rehearsal.Find(ctx, c.demoDir())
	if errors.Is(err, rehearsal.ErrNoWorld) {
		return nil, &Fail{Code: NoDemo, Message: c.Text.Demo.DoesNotRun, Cause: err,
			Hints: []Hint{{Text: c.Text.Demo.StartIt, Command: "shopctl demo start"}}}
	}
	return world, err
}

func (c *Call) demoState(ctx context.Context) (rehearsal.State, error) {
	world, err := c.demoThatRuns(ctx)
	if err != nil {
		return rehearsal.State{}, err
	}
	return world.State(ctx)
}

// advanceDemo moves the clock, and returns when what was due has happened.
func advanceDemo(ctx context.Context, c *Call) error {
	by, err := time.Duration(0), error(nil)
	if err = (*shop.Duration)(&by).UnmarshalText([]byte(c.Arg(0))); err != nil || by < 0 {
		return &Fail{Code: BadValue, Message: c.Text.Demo.BadDuration(c.Arg(0))}
	}
	world, err := c.demoThatRuns(ctx)
	if err != nil {
		return err
	}
	if _, err := world.Advance(ctx, by); err != nil {
		return err
	}
	state, err := world.Idle(ctx)
	if err != nil {
		return err
	}
	r := c.demoOf(state, by > 0)
	r.Human = func(p show.Page) { p.Line(c.Text.Demo.Clock(c.demoClock(state))) }
	return c.Show(r)
}

// demoClock is the demo's time with how far it is ahead.
func (c *Call) demoClock(state rehearsal.State) string {
	text := c.Out.Clock(state.Now)
	if ahead := time.Duration(state.Offset); ahead >= time.Second {
		return text + c.Text.Demo.Ahead(show.Length(ahead))
	}
	return text + "."
}

// showDemo says what runs, how to use it, and what to try.
func (c *Call) showDemo(state rehearsal.State, started bool) error {
	t, r := c.Text.Demo, c.demoOf(state, started)
	r.Human = func(p show.Page) {
		p.Line(t.Runs(state.Tiers, state.Shops, c.demoClock(state)))
		if broken := faultNames(state.Faults); len(broken) > 0 {
			p.Line(p.Mark(show.Warn, t.Broken(strings.Join(broken, ", "))))
		}
		p.Line()
		p.Line(t.ToUse)
		p.Line("  export SHOPCTL_CONFIG=", Quote(state.Config))
		p.Line()
		p.Line(t.ToClone)
		p.Line("  git clone -b ", string(shop.TierAt(0)), " ", state.Addresses.App)
		p.Line("  git clone -b ", string(shop.TierAt(0)), " ", state.Addresses.Configuration)
		p.Line("  git clone ", state.Addresses.System)
		p.Line()
		p.Line(t.TryNext)
		wide := 0
		for _, e := range t.Try {
			wide = max(wide, show.Width(e.Command))
		}
		for _, e := range t.Try {
			p.Line("  ", show.Pad(e.Command, wide), "  ", e.For)
		}
	}
	return c.Show(r)
}

// demoOf is the result of the commands that say what runs.
func (c *Call) demoOf(state rehearsal.State, changed bool) Result {
	v := demoResult{
		Running: true, Changed: changed, Config: state.Config, Repositories: repositoriesJSON(state.Addresses), ArgoCD: state.ArgoCD,
		Tiers: state.Tiers, Shops: state.Shops, Now: show.Stamp(state.Now), AheadSeconds: time.Duration(state.Offset).Seconds(),
		Faults: faultNames(state.Faults), PID: state.PID, Log: rehearsal.LogFile(c.demoDir()),
	}
	return Result{Value: v, Rows: [][]string{
		{"running", "true"}, {"config", v.Config}, {"app", v.Repositories.App}, {"configuration", v.Repositories.Configuration},
		{"system", v.Repositories.System}, {"argocd", v.ArgoCD}, {"tiers", strconv.Itoa(v.Tiers)}, {"shops", strconv.Itoa(v.Shops)},
		{"now", v.Now}, {"faults", strings.Join(v.Faults, " ")},
	}}
}
