package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// tour plays the release path: every command is this very program, run as a
// user would run it, in a world that goes away at the end.
type tour struct {
	c     *Call
	world *rehearsal.World
	set   []string // of the environment
}

// tourWidth is how wide the output is where nobody knows.
const tourWidth = 100

// tourDemo asks nothing. A command that ends with another exit code than it
// should ends the tour.
func tourDemo(ctx context.Context, c *Call) error {
	home, err := os.MkdirTemp("", "shopctl-tour-")
	if err != nil {
		return fmt.Errorf("make a folder for the tour: %w", err)
	}
	defer func() { _ = os.RemoveAll(home) }() // what is left lies in the folder for temporary files
	began := c.Env.Now()
	dir := demoIn(filepath.Join(home, "shopctl"))
	world, err := rehearsal.Create(ctx, dir, rehearsal.Options{Reconcile: c.Env.runner(dir), Forge: rehearsal.OpenForge})
	if err != nil {
		return err
	}
	t := &tour{c: c, world: world, set: c.tourEnvironment(home, world.ConfigFile())}
	state := world.State()
	c.Out.Line(c.Text.Demo.Tour.Intro(state.Tiers, state.Shops))
	err = t.play(ctx)
	if e := world.Stop(); err == nil {
		err = e
	}
	if err == nil {
		c.Out.Line()
		c.Out.Line(c.Text.Demo.Tour.End(show.Length(c.Env.Now().Sub(began))))
	}
	return err
}

// tourEnvironment is what the commands of the tour see besides what is there:
// a terminal without anybody to ask, and nothing of the user's own shopctl.
func (c *Call) tourEnvironment(home, config string) []string {
	width := c.Out.Width
	if width == 0 {
		width = tourWidth
	}
	colour := "never"
	if c.Out.Colour {
		colour = "always"
	}
	return []string{
		"SHOPCTL_CONFIG=" + config, "XDG_STATE_HOME=" + home, "XDG_CACHE_HOME=" + filepath.Join(home, "cache"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config"),
		"GIT_AUTHOR_NAME=Takuya", "GIT_AUTHOR_EMAIL=takuya@demo.example", "GITHUB_ACTIONS=",
		"SHOPCTL_FORCE_TTY=" + strconv.Itoa(width), "SHOPCTL_COLOR=" + colour,
	}
}

// play is the release path, from a merge to the top tier and back.
func (t *tour) play(ctx context.Context) error {
	say := t.c.Text.Demo.Tour
	t.say(say.Look)
	if err := t.run(ctx, ExitOK, "status"); err != nil {
		return err
	}
	if err := t.merge(ctx); err != nil {
		return err
	}
	risk := "--accept-risk=" + shop.IrreversibleMigration // of the sample: it drops the old carts
	up := []string{"promote", "--to", "tier-2", "--confirm=tier-2", risk, "-m", say.Carts}
	for _, step := range []struct {
		say  string
		exit int
		line []string
	}{
		{say.Waiting, ExitOK, []string{"diff", "tier-1"}},
		{say.Climb, ExitPending, up},
		{say.Stopped, ExitOK, []string{"demo", "advance", "4h"}},
		{say.GoOn, ExitOK, up},
		{say.Now, ExitOK, []string{"status"}},
		{say.Back, ExitOK, []string{"rollback", "tier-2", "--confirm=tier-2", risk, "-m", say.Complaint}},
		{say.Stays, ExitOK, []string{"reconcile", "--yes"}},
		{say.HeldOff, ExitBusy, []string{"promote", "tier-2", "--confirm=tier-2"}},
		{say.Lift, ExitOK, []string{"unpin", "tier-2", "--confirm=tier-2", "--no-wait"}},
		{say.Add, ExitOK, []string{"shop", "add", "nagi", "--host", "nagi.example", "--name", "Nagi Crafts", "--plan", "free"}},
		{say.Close, ExitOK, []string{"maintenance", "on", "--shop", "bunko", "--for", "30m", "--message", "在庫の点検中です", "--yes"}},
		{say.Closed, ExitOK, []string{"maintenance", "status"}},
		{say.Passes, ExitOK, []string{"demo", "advance", "31m"}},
		{say.Opened, ExitOK, []string{"maintenance", "off", "--shop", "bunko"}},
		{say.Who, ExitOK, []string{"activity", "--since", "1d"}},
	} {
		t.say(step.say)
		if err := t.run(ctx, step.exit, step.line...); err != nil {
			return err
		}
	}
	return nil
}

// merge lets a person merge a change into tier-0, which goes live by itself.
func (t *tour) merge(ctx context.Context) error {
	say := t.c.Text.Demo.Tour
	merged, err := t.world.Merge(ctx, rehearsal.Change{})
	if err != nil {
		return err
	}
	if err := t.world.Idle(ctx); err != nil {
		return err
	}
	commit := merged.Commit.Short()
	t.say(say.Merged("Mika", merged.Subject, commit))
	if err := t.run(ctx, ExitOK, "wait", string(shop.TierAt(0)), "--for", "release="+commit); err != nil {
		return err
	}
	t.say(say.Live)
	return t.run(ctx, ExitOK, "where", commit)
}

func (t *tour) say(text string) {
	t.c.Out.Line()
	t.c.Out.Line(t.c.Out.Paint(show.Bold, "# "+text))
}

// run shows a command and what it says, and demands its exit code.
func (t *tour) run(ctx context.Context, want int, words ...string) error {
	line := commandLine(words)
	t.c.Out.Line("$ ", line)
	exit, err := t.c.Env.Programs.Run(ctx, Program{Args: words, Set: t.set, Stdout: t.c.Env.Stdout, Stderr: t.c.Env.Stdout})
	if err != nil {
		return fmt.Errorf("run %q: %w", line, err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if exit != want {
		return &Fail{Code: Failed, Message: t.c.Text.Demo.Tour.Unexpected(strings.TrimSpace(line), exit, want)}
	}
	return nil
}
