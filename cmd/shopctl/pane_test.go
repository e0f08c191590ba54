//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pane is a real terminal, a window of tmux, in which one command runs.
type pane struct {
	t      *testing.T
	socket string
}

// openPane runs a command in a terminal of that size. tmux stays when it ends.
func openPane(t *testing.T, width, height int, cmd *exec.Cmd) *pane {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux")
	}
	dir, err := os.MkdirTemp("", "pane") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	p := &pane{t, filepath.Join(dir, "s")}
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-S", p.socket, "kill-server").Run()
		_ = os.RemoveAll(dir)
	})
	words := []string{"-S", p.socket, "-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "-c", cmd.Dir, "env", "-i"}
	words = append(words, cmd.Env...)
	words = append(words, "TERM=screen-256color", "LANG=C.UTF-8")
	path, err := exec.LookPath(cmd.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	words = append(append(words, path), cmd.Args[1:]...)
	// One list of commands: the window may not close before it is told to stay.
	p.tmux(append(words, ";", "set-option", "remain-on-exit", "on")...)
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	if args[0] != "-S" {
		args = append([]string{"-S", p.socket}, args...)
	}
	cmd := exec.Command("tmux", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// screen is what is seen, with what has scrolled away, without spaces at the ends.
func (p *pane) screen() string {
	p.t.Helper()
	return strings.TrimRight(p.tmux("capture-pane", "-p", "-S", "-"), "\n ")
}

// until waits for the screen to be so.
func (p *pane) until(what string, so func(screen string) bool) string {
	p.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		screen := p.screen()
		if so(screen) {
			return screen
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: not within a minute:\n%s", what, screen)
		}
		time.Sleep(50 * time.Millisecond) // between two looks at a condition
	}
}

// sees waits for a text.
func (p *pane) sees(text string) string {
	p.t.Helper()
	return p.until(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// fate is whether the terminal was closed, the process id of tmux, and how the
// command ended, empty as long as tmux does not know.
func (p *pane) fate() (closed bool, server int, exit string) {
	p.t.Helper()
	words := strings.Split(strings.TrimSpace(p.tmux("display-message", "-p", "#{pane_dead},#{pid},#{pane_dead_status}#{pane_dead_signal}")), ",")
	server, err := strconv.Atoi(words[1])
	if err != nil {
		p.t.Fatal(err)
	}
	return words[0] == "1", server, words[2]
}

// ended waits for the command to end; it gives its exit code and the last screen.
func (p *pane) ended() (exit, screen string) {
	p.t.Helper()
	p.until("the end", func(string) bool {
		closed, server, status := p.fate()
		if exit = status; closed && exit == "" {
			// A tmux with libutempter can miss the signal that says so: it asks again.
			_ = syscall.Kill(server, syscall.SIGCHLD)
		}
		return exit != ""
	})
	screen = p.screen()
	if at := strings.LastIndex(screen, "Pane is dead"); at >= 0 {
		screen = strings.TrimRight(screen[:at], "\n ")
	}
	return exit, screen
}
