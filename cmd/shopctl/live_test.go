//go:build unix

package main

import (
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// stoodWorld is a world whose clock stands, so that a rollout waits for Advance.
func stoodWorld(t *testing.T) (dir string, world *rehearsal.World) {
	t.Helper()
	dir = t.TempDir()
	world, err := rehearsal.Create(context.Background(), filepath.Join(dir, "world"), rehearsal.Options{Start: worldStart, Shops: 40})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	return dir, world
}

// promotion brings a release into tier-1 of a world and waits for it.
func promotion(dir string, world *rehearsal.World, more ...string) *exec.Cmd {
	args := []string{"promote", "tier-1", "--confirm=tier-1", "--accept-risk=irreversible-migration", "-m", "tried"}
	return inWorld(dir, world, "shopctl", append(args, more...)...)
}

// What goes on is drawn under the lines of what is done, and nothing of it is
// left, also when the window has become narrower meanwhile.
func TestARolloutIsDrawnInPlace(t *testing.T) {
	dir, world := stoodWorld(t)
	p := openPane(t, 100, 30, promotion(dir, world))
	seen := p.sees("0/2 shopsets")
	for _, want := range []string{"✓ System repository written", "↻ Rollout", "  [....................]    0%", "  s-101  ↻ [", "  Stay healthy", "needs 2s", "so far. About "} {
		if !strings.Contains(seen, want) {
			t.Errorf("not seen: %q", want)
		}
	}
	if t.Failed() {
		t.Log(seen)
	}
	p.until("time goes on", func(screen string) bool { return regexp.MustCompile(`↻ Rollout .* [2-9]s`).MatchString(screen) })
	p.tmux("resize-window", "-x", "70", "-y", "20")
	p.until("the narrow picture", func(screen string) bool {
		return strings.Contains(screen, "0%") && !strings.Contains(screen, "\n0%") && strings.Count(screen, "Rollout") == 1
	})
	if err := world.Advance(3 * time.Minute); err != nil {
		t.Fatal(err)
	}
	exit, end := p.ended()
	if exit != "0" {
		t.Errorf("exit %s", exit)
	}
	for _, left := range []string{"↻", "[...", "so far", "needs 2s"} {
		if strings.Contains(end, left) {
			t.Errorf("%q is left on the screen", left)
		}
	}
	for _, want := range []string{"✓ Gates", "✓ Moved tier-1 in app and configuration", "✓ System repository written (2 ShopSets)", "✓ Argo CD reads exactly that", "✓ Rolled out 2 of 2 ShopSets", "✓ Stayed healthy for 2s", "Promoted to tier-1 as v"} {
		if strings.Count(end, want) != 1 {
			t.Errorf("%q stands %d times", want, strings.Count(end, want))
		}
	}
	if t.Failed() {
		t.Log(end)
	}
}

// Ctrl-C wipes what was drawn: one line says that it goes on.
func TestCtrlCLeavesACleanLine(t *testing.T) {
	dir, world := stoodWorld(t)
	p := openPane(t, 100, 24, promotion(dir, world))
	p.sees("0/2 shopsets")
	p.tmux("send-keys", "C-c")
	exit, end := p.ended()
	if exit != "130" {
		t.Errorf("exit %s", exit)
	}
	if !regexp.MustCompile(`\n✓ Argo CD reads exactly that +\d\.\ds\nStopped watching\. The rollout goes on\. shopctl wait tier-1 --for release=\w{7}$`).MatchString(end) {
		t.Errorf("it does not end with that line:\n%s", end)
	}
	for _, left := range []string{"↻", "[...", "^C", "so far"} {
		if strings.Contains(end, left) {
			t.Errorf("%q is left on the screen:\n%s", left, end)
		}
	}
}

// A connection that is lost is one line that counts, not one line a try.
func TestALostConnectionIsOneLine(t *testing.T) {
	dir, world := stoodWorld(t)
	p := openPane(t, 100, 30, promotion(dir, world))
	p.sees("0/2 shopsets")
	if err := world.Break("git-down"); err != nil {
		t.Fatal(err)
	}
	p.until("the third try", func(screen string) bool { return strings.Contains(screen, "(3): ") })
	if n := strings.Count(p.screen(), "looking again ("); n > 1 {
		t.Errorf("%d lines about the same:\n%s", n, p.screen())
	}
	if err := world.Break("none"); err != nil {
		t.Fatal(err)
	}
	p.until("it is there again", func(screen string) bool { return !strings.Contains(screen, "looking again") })
}

// Nothing is drawn where lines cannot be, or are not wanted.
func TestNothingIsDrawnElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		env, args []string
	}{
		"dumb":       {env: []string{"TERM=dumb"}},
		"quiet":      {env: []string{"TERM=xterm"}, args: []string{"--quiet", "--color=never"}},
		"accessible": {env: []string{"TERM=xterm", "ACCESSIBLE=1"}},
		"ci":         {env: []string{"TERM=xterm"}, args: []string{"--ci=github", "--color=never"}},
		"unknown":    {env: []string{"TERM=", "NO_COLOR=1"}},
		"debug":      {env: []string{"TERM=xterm"}, args: []string{"--debug", "--color=never"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, world := stoodWorld(t)
			cmd := promotion(dir, world, c.args...)
			cmd.Env = append(cmd.Env, c.env...)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			context.AfterFunc(ctx, func() {
				if cmd.Process != nil {
					_ = cmd.Process.Kill()
				}
			})
			terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 100})
			if err != nil {
				t.Fatal(err)
			}
			moving := make(chan error, 1)
			go func() { moving <- goesOn(ctx, world) }()
			out, _ := io.ReadAll(terminal) // ends with EIO when the program has left
			terminal.Close()
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			cancel()
			if err := <-moving; err != nil {
				t.Error(err)
			}
			if strings.Contains(string(out), "\x1b") {
				t.Errorf("the terminal got %q", out)
			}
		})
	}
}

// goesOn lets the clock of a world that stands jump on again and again.
func goesOn(ctx context.Context, world *rehearsal.World) error {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := world.Advance(20 * time.Second); err != nil {
				return err
			}
		}
	}
}

// status --watch is one block that is drawn again. A lost connection keeps what
// was seen last and says so; Ctrl-C leaves a clean terminal.
func TestStatusIsWatchedInPlace(t *testing.T) {
	dir, world := stoodWorld(t)
	p := openPane(t, 100, 24, inWorld(dir, world, "shopctl", "status", "--watch"))
	seen := p.sees("✓ fresh")
	for _, want := range []string{" shopctl  demo (DEMO)", " tier-0   v14", "✓ healthy", "4 commits, "} {
		if !strings.Contains(seen, want) {
			t.Errorf("not seen: %q in\n%s", want, seen)
		}
	}
	if err := world.Break("git-down"); err != nil {
		t.Fatal(err)
	}
	lost := p.sees("! reconnecting (2)…")
	if !strings.Contains(lost, "! STALE") || strings.Count(lost, " tier-0   v14") != 1 || strings.Contains(lost, "fresh") {
		t.Errorf("while the connection is lost:\n%s", lost)
	}
	if err := world.Break("none"); err != nil {
		t.Fatal(err)
	}
	p.until("it is seen again", func(screen string) bool {
		return strings.Contains(screen, "✓ fresh") && !strings.Contains(screen, "reconnecting")
	})
	p.tmux("resize-window", "-x", "130", "-y", "20")
	p.until("one wide block", func(screen string) bool {
		return regexp.MustCompile(`(?m)^.{120,}$`).MatchString(screen) && strings.Count(screen, "tier-0   v14") == 1
	})
	p.tmux("send-keys", "C-c")
	if exit, end := p.ended(); exit != "130" || strings.TrimSpace(end) != "" {
		t.Errorf("exit %s, and left:\n%s", exit, end)
	}
}
