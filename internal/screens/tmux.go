package screens

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Options are a terminal and what runs in it.
type Options struct {
	Width, Height int
	Env           []string // NAME=value, all that the command sees
	Dir           string
	Command       []string
}

// Session is a terminal of its own with one program in it.
type Session struct {
	dir string
}

// How long a screen may take to become what it should be, and how often it is looked at.
const (
	patience = 30 * time.Second
	poll     = 25 * time.Millisecond
)

// Missing says why there is no terminal to drive; empty: there is.
func Missing() string {
	if _, err := exec.LookPath("tmux"); err != nil {
		return "tmux is not installed"
	}
	return ""
}

// Start opens the terminal and starts the command in it.
func Start(o Options) (*Session, error) {
	// A socket's path is short, whatever the folder for temporary files is.
	dir, err := os.MkdirTemp("", "tm")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the terminal: %w", err)
	}
	s := &Session{dir: dir}
	settings := "set -g default-terminal tmux-256color\nset -g status off\nset -s escape-time 0\nset -g history-limit 0\nset -g remain-on-exit on\nset -g exit-empty off\n"
	if err := os.WriteFile(filepath.Join(dir, "tmux.conf"), []byte(settings), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("write the terminal's settings: %w", err), s.Close())
	}
	words := append([]string{"-u", "-f", filepath.Join(dir, "tmux.conf"), "new-session", "-d", "-x", strconv.Itoa(o.Width), "-y", strconv.Itoa(o.Height), "-c", o.Dir, "env", "-i"}, o.Env...)
	words = append(append(words, "TERM=tmux-256color"), o.Command...)
	if _, err := s.tmux(words...); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends whatever runs in the terminal.
func (s *Session) Close() error {
	_, _ = s.tmux("kill-server") // it may have ended by itself
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("remove the folder of the terminal: %w", err)
	}
	return nil
}

func (s *Session) tmux(args ...string) (string, error) {
	cmd := exec.Command("tmux", append([]string{"-S", filepath.Join(s.dir, "s")}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TMUX=")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("tmux %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return string(out), nil
}

// Keys presses keys by tmux's names, such as Enter, Escape, C-c, Left or x.
func (s *Session) Keys(names ...string) error {
	_, err := s.tmux(append([]string{"send-keys", "--"}, names...)...)
	return err
}

// Type types text as it is.
func (s *Session) Type(text string) error {
	_, err := s.tmux("send-keys", "-l", "--", text)
	return err
}

// Resize gives the terminal another size.
func (s *Session) Resize(width, height int) error {
	_, err := s.tmux("resize-window", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height))
	return err
}

// Screen is what is seen, without colours; lines end where their text does.
func (s *Session) Screen() (string, error) { return s.tmux("capture-pane", "-p") }

// Painted is what is seen, with its colours and with the spaces at the ends of lines.
func (s *Session) Painted() (string, error) { return s.tmux("capture-pane", "-p", "-e", "-N") }

// Ask is the value of one of tmux's formats, such as #{cursor_x} or #{alternate_on}.
func (s *Session) Ask(format string) (string, error) {
	out, err := s.tmux("display-message", "-p", format)
	return strings.TrimSuffix(out, "\n"), err
}

// still is how often in a row a screen has to be the same to be called still: for
// longer than a second, in which a program may draw its clock.
const still = 50

// Still waits until nothing moves any more, and gives the painted screen.
func (s *Session) Still() (string, error) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	last, same := "", 0
	for end := time.Now().Add(patience); ; {
		painted, err := s.Painted()
		if err != nil {
			return "", err
		}
		if painted != last {
			last, same = painted, 0
		}
		if same++; same == still {
			return painted, nil
		}
		if time.Now().After(end) {
			return "", fmt.Errorf("the screen still moves after %s:\n%s", patience, Text(painted))
		}
		<-ticker.C
	}
}

// Until waits for a screen that is as it should be.
func (s *Session) Until(what string, good func(screen string) bool) error {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for end := time.Now().Add(patience); ; {
		screen, err := s.Screen()
		if err != nil {
			return err
		}
		if good(screen) {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("the screen does not show %s after %s:\n%s", what, patience, screen)
		}
		<-ticker.C
	}
}
