//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/screens"
	"github.com/shopctl/shopctl/internal/show"
)

// seat is somebody who sits at a terminal in a world.
type seat struct {
	*testing.T
	*screens.Session
	world *rehearsal.World
	home  string
}

// The program is started by a shell, so that it is seen what it leaves behind.
const atTheShell = `stty -g > before; sh -c 'echo $$ > pid; exec shopctl %s'; echo "left with $?"; stty -g > after; echo done; read line`

// seated is how somebody sits there.
type seated struct {
	width, height int
	line          string   // of shopctl
	set           []string // variables of the environment
	before        string   // what the shell does first
	stands        bool     // the clock of the world
}

// sit opens a terminal in a world of its own, whose clock runs.
func sit(t *testing.T, width, height int, line string, set ...string) *seat {
	t.Helper()
	return seated{width: width, height: height, line: line, set: set}.sit(t)
}

func (o seated) sit(t *testing.T) *seat {
	t.Helper()
	if why := screens.Missing(); why != "" {
		t.Skip("NOT TESTED in a real terminal: " + why)
	}
	t.Parallel()
	home := t.TempDir()
	dir := filepath.Join(home, "world")
	world, err := rehearsal.Create(context.Background(), dir, rehearsal.Options{
		Start: worldStart, Runs: !o.stands, Shops: 40, Reconcile: func(ctx context.Context) error { return reconcileAll(ctx, dir) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	shell := inWorld(home, world, "sh", "-c", o.before+fmt.Sprintf(atTheShell, o.line))
	session, err := screens.Start(screens.Options{
		Width: o.width, Height: o.height, Dir: home, Command: shell.Args, Env: append(append(shell.Env, "LANG=C.UTF-8", "TZ=UTC"), o.set...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return &seat{t, session, world, home}
}

// press presses keys.
func (s *seat) press(names ...string) {
	s.Helper()
	if err := s.Keys(names...); err != nil {
		s.Fatal(err)
	}
}

func (s *seat) types(text string) {
	s.Helper()
	if err := s.Type(text); err != nil {
		s.Fatal(err)
	}
}

// promotes answers the question of a promotion that takes a risk: the name, the
// reason, and the button that is open then.
func (s *seat) promotes(tier, reason string) {
	s.Helper()
	s.types(tier)
	s.press("Tab")
	s.types(reason)
	s.press("Tab")
	s.sees("[ Promote ]")
	s.press("Enter")
}

// sees waits until all of the words are on the screen.
func (s *seat) sees(words ...string) {
	s.Helper()
	s.until(strings.Join(words, " and "), func(screen string) bool {
		for _, w := range words {
			if !strings.Contains(screen, w) {
				return false
			}
		}
		return true
	})
}

func (s *seat) until(what string, good func(screen string) bool) {
	s.Helper()
	if err := s.Until(what, good); err != nil {
		s.Fatal(err)
	}
}

func (s *seat) ask(format string) string {
	s.Helper()
	v, err := s.Ask(format)
	if err != nil {
		s.Fatal(err)
	}
	return v
}

// left checks what the program leaves: an exit code, and the terminal as it was.
func (s *seat) left(exit string) {
	s.Helper()
	s.sees("left with "+exit, "done")
	modes := map[string]string{
		"alternate_on": "0", "cursor_flag": "1", "mouse_any_flag": "0", "mouse_button_flag": "0", "mouse_sgr_flag": "0", "insert_flag": "0", "wrap_flag": "1",
	}
	for name, want := range modes {
		if got := s.ask("#{" + name + "}"); got != want {
			s.Errorf("%s is %s, not %s", name, got, want)
		}
	}
	before, after := s.file("before"), s.file("after")
	if before != after {
		s.Errorf("stty before:\n%s\nafter:\n%s", before, after)
	}
}

func (s *seat) file(name string) string {
	s.Helper()
	data, err := os.ReadFile(filepath.Join(s.home, name))
	if err != nil {
		s.Fatal(err)
	}
	return string(data)
}

// framed checks that every line of the board ends in the same column: what the
// terminal counts for a character is what the board counted.
func (s *seat) framed(width int) {
	s.Helper()
	s.until("frames that line up", func(screen string) bool {
		boxes := 0
		for _, line := range strings.Split(screen, "\n") {
			if strings.ContainsAny(line, "│╮╯┃┓┛") {
				boxes++
				if end := line[strings.LastIndexAny(line, "│╮╯┃┓┛"):]; show.Width(line) != width || len([]rune(end)) != 1 {
					return false
				}
			}
		}
		return boxes > 0
	})
}

func TestTerminalStartAndQuit(t *testing.T) {
	s := sit(t, 110, 28, "ui")
	s.sees("tier-0", "tier-1", "tier-2", "fresh")
	s.framed(110)
	if s.ask("#{alternate_on}") != "1" {
		t.Error("the board is not on a screen of its own")
	}
	s.press("q")
	s.left("0")
}

// esc goes one level out and never ends the board.
func TestTerminalJapanese(t *testing.T) {
	s := sit(t, 80, 24, "ui", "LANG=ja_JP.UTF-8", "LC_ALL=ja_JP.UTF-8")
	s.sees("tier-0", "tier-2", "fresh")
	s.framed(80)
	for range 20 {
		s.press("Escape")
	}
	s.sees("tier-0", "tier-2", "fresh")
	s.framed(80)
	s.press("q")
	s.left("0")
}

func TestTerminalResize(t *testing.T) {
	s := sit(t, 110, 28, "ui")
	s.sees("tier-0", "fresh")
	for _, size := range [][2]int{{60, 15}, {80, 24}, {160, 50}, {110, 28}} {
		if err := s.Resize(size[0], size[1]); err != nil {
			t.Fatal(err)
		}
		s.sees("tier-2", "fresh")
		s.framed(size[0])
	}
	if err := s.Resize(30, 8); err != nil {
		t.Fatal(err)
	}
	s.sees("60x15", "30x8")
	s.press("q")
	s.left("0")
}

// Signals that end it leave the terminal as it was, too.
func TestTerminalSignals(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		exit   string
	}{{"TERM", syscall.SIGTERM, "143"}, {"HUP", syscall.SIGHUP, "143"}, {"INT", syscall.SIGINT, "130"}} {
		t.Run(c.name, func(t *testing.T) {
			s := sit(t, 80, 24, "ui")
			s.sees("tier-0", "fresh")
			if err := syscall.Kill(s.pid(), c.signal); err != nil {
				t.Fatal(err)
			}
			s.left(c.exit)
		})
	}
}

// A window that is closed takes the board along, even where nobody hears of it.
func TestTerminalIsClosed(t *testing.T) {
	for _, before := range []string{"", "trap '' HUP; "} {
		t.Run(before, func(t *testing.T) {
			s := seated{width: 80, height: 24, line: "ui", before: before}.sit(t)
			s.sees("tier-0", "fresh")
			pid := s.pid()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			limit := time.After(20 * time.Second)
			for syscall.Kill(pid, 0) == nil {
				select {
				case <-limit:
					t.Fatal("the board goes on without a terminal")
				case <-time.After(20 * time.Millisecond):
				}
			}
		})
	}
}

// pid is the program's.
func (s *seat) pid() int {
	s.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(s.file("pid")))
	if err != nil {
		s.Fatal(err)
	}
	return pid
}
