//go:build unix

package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

const cursorQuestion = "\x1b[6n"

// fakeTerminal is a terminal that keeps what it was sent, and answers as it is told.
type fakeTerminal struct {
	*testing.T
	master, tty *os.File
	mu          sync.Mutex
	got         []byte
	more        chan struct{}
}

// newFakeTerminal answers what it is asked for the cursor with answer; empty: never.
func newFakeTerminal(t *testing.T, answer string) *fakeTerminal {
	t.Helper()
	blocking, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(blocking, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	master := closable(t, blocking)
	f := &fakeTerminal{T: t, master: master, tty: tty, more: make(chan struct{}, 1)}
	t.Cleanup(func() { master.Close(); tty.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			f.mu.Lock()
			f.got = append(f.got, buf[:n]...)
			f.mu.Unlock()
			if answer != "" && bytes.Contains(buf[:n], []byte(cursorQuestion)) {
				io.WriteString(master, answer)
			}
			select {
			case f.more <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	return f
}

// closable is a file that can be closed while it is read.
func closable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), "terminal")
}

func (f *fakeTerminal) sent() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.got)
}

// until waits for what the terminal shall be sent.
func (f *fakeTerminal) until(what func(sent string) bool) string {
	f.Helper()
	limit := time.After(10 * time.Second)
	for {
		if sent := f.sent(); what(sent) {
			return sent
		}
		select {
		case <-f.more:
		case <-limit:
			f.Fatalf("the terminal got %q", f.sent())
		}
	}
}

func (f *fakeTerminal) has(text string) string {
	f.Helper()
	return f.until(func(sent string) bool { return strings.Contains(sent, text) })
}

func (f *fakeTerminal) settings() unix.Termios {
	f.Helper()
	s, err := unix.IoctlGetTermios(int(f.tty.Fd()), getTermios)
	if err != nil {
		f.Fatal(err)
	}
	return *s
}

func TestTerminalIsAskedForItsWidth(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		want         int
		keys         string // typed, as the board gets them
	}{
		{"narrow", "\x1b[1;2R", 1, ""},
		{"wide", "\x1b[7;3R", 2, ""},
		{"keys before and after", "q\x1b[1;3Rw", 2, "qw"},
		{"silent, with keys", "qw", 0, "qw"},
		{"silent", "", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeTerminal(t, c.answer)
			before := f.settings()
			term, err := openTTY(f.tty, f.tty)
			if err != nil {
				t.Fatal(err)
			}
			answers := filepath.Join(t.TempDir(), "terminal")
			if got := term.remembered(answers); got != c.want {
				t.Errorf("width %d, not %d", got, c.want)
			}
			if _, err := os.Stat(answers); (err == nil) != (c.want > 0) {
				t.Errorf("the answer is kept: %v", err)
			}
			if c.want > 0 {
				asked := strings.Count(f.sent(), cursorQuestion)
				if got := term.remembered(answers); got != c.want || strings.Count(f.sent(), cursorQuestion) != asked {
					t.Errorf("the second time: width %d, asked %d times", got, strings.Count(f.sent(), cursorQuestion))
				}
			}
			got := make([]byte, len(c.keys))
			if _, err := io.ReadFull(term.input, got); err != nil || string(got) != c.keys {
				t.Errorf("keys %q, %v", got, err)
			}
			term.close()
			if _, err := term.input.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("after the end: %v", err)
			}
			if f.settings() != before {
				t.Error("the terminal's settings are not as before")
			}
		})
	}
}

// An answer that comes too late is not taken for keys.
func TestLateAnswerIsNoKey(t *testing.T) {
	f := newFakeTerminal(t, "")
	term, err := openTTY(f.tty, f.tty)
	if err != nil {
		t.Fatal(err)
	}
	defer term.close()
	if _, answered := term.ambiguous(); answered {
		t.Fatal("nobody answered")
	}
	io.WriteString(f.master, "a\x1b[1;2Rb")
	got := make([]byte, 2)
	if _, err := io.ReadFull(term.input, got); err != nil || string(got) != "ab" {
		t.Errorf("keys %q, %v", got, err)
	}
}

func TestClosedTerminalEndsTheBoard(t *testing.T) {
	f := newFakeTerminal(t, "\x1b[1;2R")
	ended := f.run(newFakeDesk(), context.Background())
	f.has("tier-2")
	f.master.Close()
	if err := <-ended; !errors.Is(err, errGone) {
		t.Errorf("it ended with %v", err)
	}
}

// run is the whole board on the terminal; a panic is an error here.
func (f *fakeTerminal) run(d Desk, ctx context.Context) <-chan error {
	o := fixtureOptions()
	o.In, o.Out = f.tty, f.tty
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				ended <- errors.New("panic: " + p.(string))
			}
		}()
		ended <- Run(ctx, d, o)
	}()
	return ended
}

// panicDesk panics where it is told to.
type panicDesk struct{ *fakeDesk }

func (panicDesk) Look(context.Context) (Board, error) { panic("a look") }

func TestTerminalIsLeftAsItWas(t *testing.T) {
	for _, c := range []struct {
		name string
		desk Desk
		end  func(f *fakeTerminal, stop context.CancelCauseFunc)
		want string
	}{
		{"quit", newFakeDesk(), func(f *fakeTerminal, _ context.CancelCauseFunc) { io.WriteString(f.master, "q") }, ""},
		{"ctrl-c", newFakeDesk(), func(f *fakeTerminal, _ context.CancelCauseFunc) { io.WriteString(f.master, "\x03") }, ""},
		{"told to end", newFakeDesk(), func(_ *fakeTerminal, stop context.CancelCauseFunc) { stop(errors.New("a signal")) }, "show the board: context canceled"},
		{"panic in a command", panicDesk{newFakeDesk()}, nil, "panic: a look"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeTerminal(t, "\x1b[1;2R")
			before := f.settings()
			ctx, stop := context.WithCancelCause(context.Background())
			defer stop(nil)
			ended := f.run(c.desk, ctx)
			if c.end != nil {
				f.has("tier-2")
				c.end(f, stop)
			}
			err := <-ended
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
				t.Errorf("it ended with %v, not %q", err, c.want)
			}
			f.isClean(before)
		})
	}
}

// isClean checks the modes that the terminal was left in.
func (f *fakeTerminal) isClean(before unix.Termios) {
	f.Helper()
	sent := f.until(func(sent string) bool { return strings.HasSuffix(sent, giveTitle) })
	for _, mode := range []string{"1049", "1000", "1002", "1003", "1006", "2004"} {
		if on, off := strings.LastIndex(sent, "\x1b[?"+mode+"h"), strings.LastIndex(sent, "\x1b[?"+mode+"l"); on > off {
			f.Errorf("mode %s is still on", mode)
		}
	}
	if strings.LastIndex(sent, ansi.HideCursor) > strings.LastIndex(sent, ansi.ShowCursor) {
		f.Error("the cursor is hidden")
	}
	if f.settings() != before {
		f.Error("the settings of the terminal are not as before")
	}
}

// clumsy is a model that panics on keys.
type clumsy struct{ view bool }

func (clumsy) Init() tea.Cmd { return nil }

func (c clumsy) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch k, _ := msg.(tea.KeyMsg); k.String() {
	case "u":
		panic("an update")
	case "v":
		return clumsy{view: true}, nil
	case "b":
		return c, tea.Batch(func() tea.Msg { return nil }, func() tea.Msg { panic("one of a batch") })
	}
	return c, nil
}

func (c clumsy) View() string {
	if c.view {
		panic("a view")
	}
	return "clumsy"
}

func TestPanicIsToldWhenTheTerminalIsItself(t *testing.T) {
	for key, want := range map[string]string{"u": "an update", "v": "a view", "b": "one of a batch"} {
		t.Run(want, func(t *testing.T) {
			f := newFakeTerminal(t, "")
			before := f.settings()
			term, err := openTTY(f.tty, f.tty)
			if err != nil {
				t.Fatal(err)
			}
			var a accident
			g := &guard{Model: clumsy{}, accident: &a, drawn: term.drawn}
			p := tea.NewProgram(g, tea.WithInput(term.input), tea.WithOutput(term.output), tea.WithAltScreen(), tea.WithoutSignalHandler())
			g.quit = p.Quit
			ended := make(chan error, 1)
			go func() {
				_, err := p.Run()
				ended <- err
			}()
			f.has("clumsy")
			io.WriteString(f.master, key)
			if err := <-ended; err != nil {
				t.Errorf("it ended with %v", err)
			}
			term.close()
			f.isClean(before)
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, want+"\n") || !strings.Contains(p, "tty_test.go") {
					t.Errorf("panic %q", p)
				}
			}()
			a.again()
		})
	}
}

// The cursor of the terminal stands where text is typed after every frame.
func TestCursorStandsInTheField(t *testing.T) {
	f := newFakeTerminal(t, "")
	s := &surface{file: f.tty}
	io.WriteString(s, ansi.SetModeAltScreenSaveCursor)
	frame := ansi.CursorHomePosition + "a frame"
	for _, c := range []struct{ view, want string }{
		{"none\nnone", ansi.HideCursor},
		{"one\n店舗 " + caret + "_\n", ansi.CursorPosition(6, 2) + ansi.ShowCursor},
		{"below " + caret + "\nabove" + caret + "_", ansi.CursorPosition(6, 2) + ansi.ShowCursor},
		{"none again", ansi.HideCursor},
	} {
		s.found(c.view)
		if n, err := io.WriteString(s, frame); n != len(frame) || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
		f.until(func(sent string) bool { return strings.HasSuffix(sent, "a frame"+c.want) })
		f.mu.Lock()
		f.got = nil
		f.mu.Unlock()
	}
}

// What the board put on the window goes with it, even when nobody took it back.
func TestWindowIsCleared(t *testing.T) {
	f := newFakeTerminal(t, "")
	s := &surface{file: f.tty}
	io.WriteString(s, ansi.SetModeAltScreenSaveCursor+progress+"1;50\x1b\\")
	s.leave()
	sent := f.has(giveTitle)
	for _, want := range []string{noProgress, ansi.ResetModeAltScreenSaveCursor, ansi.ResetModeBracketedPaste, ansi.ShowCursor} {
		if !strings.Contains(sent, want) {
			t.Errorf("%q is missing in %q", want, sent)
		}
	}
}
