package tui

import (
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// tty is the terminal that the board is shown on. It is asked what it is like before the
// board comes, and is as it was when the board has left, however it left.
type tty struct {
	keys   *keyboard // nil: bubbletea reads by itself
	screen *surface  // nil: it is no terminal
	input  io.Reader
	output io.Writer
	before func() // puts its settings back
	closed bool
}

// errGone is the end of a terminal that was closed under the board.
var errGone = errors.New("the terminal is gone")

func openTTY(in io.Reader, out io.Writer) (*tty, error) {
	t := &tty{input: in, output: out, before: func() {}}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.screen = &surface{file: f}
		t.screen.enter()
		t.output = t.screen
	}
	f, ok := in.(*os.File)
	if !ok || !ownKeyboard || !term.IsTerminal(int(f.Fd())) {
		return t, nil
	}
	was, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	t.before = func() { _ = term.Restore(int(f.Fd()), was) } // there is nobody to tell
	if t.keys, err = newKeyboard(f); err != nil {
		t.before()
		return nil, err
	}
	t.input = t.keys
	return t, nil
}

// drawn is told each view.
func (t *tty) drawn(view string) {
	if t.screen != nil {
		t.screen.found(view)
	}
}

// close may be called again.
func (t *tty) close() {
	if t.closed {
		return
	}
	t.closed = true
	if t.screen != nil {
		t.screen.leave()
	}
	if t.keys != nil {
		t.keys.close()
	}
	t.before()
}

// patience is how long a terminal may take to answer.
const patience = 200 * time.Millisecond

// ambiguous is the width of what is narrow here and wide in some terminals of East
// Asia: frames, arrows, the ellipsis. It writes one and looks where the cursor went.
func (t *tty) ambiguous() (width int, answered bool) {
	if t.keys == nil || t.screen == nil {
		return 0, false
	}
	_, _ = io.WriteString(t.screen, "\r●"+ansi.RequestCursorPositionReport) // a terminal that is gone does not answer
	column, answered := t.keys.column(patience)
	_, _ = io.WriteString(t.screen, "\r"+ansi.EraseLineRight)
	if !answered {
		return 0, false
	}
	return column - 1, true
}

// remembered is the answer of this terminal to an earlier run. It is asked once:
// answers is the file that belongs to it, empty for none.
func (t *tty) remembered(answers string) int {
	if data, err := os.ReadFile(answers); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil && n > 0 {
			return n
		}
	}
	width, answered := t.ambiguous()
	if answered && answers != "" {
		_ = os.WriteFile(answers, []byte(strconv.Itoa(width)+"\n"), 0o600) // it is asked again then
	}
	return width
}

const readSize = 256

// report is the answer to where the cursor is.
var report = regexp.MustCompile(`\x1b\[[0-9]+;([0-9]+)R`)

// keyboard is what is typed. What came before the board is not lost, and what the
// terminal answers is not taken for keys.
type keyboard struct {
	keyboardInput
	typed  []byte // read already
	awaits bool   // an answer that did not come in time
}

// column waits until the terminal says where its cursor is.
func (k *keyboard) column(limit time.Duration) (column int, answered bool) {
	k.awaits = true
	buf := make([]byte, readSize)
	for end := time.Now().Add(limit); ; {
		n, err := k.within(time.Until(end), buf)
		k.typed = append(k.typed, buf[:n]...)
		if column, ok := k.answer(); ok {
			return column, true
		}
		if err != nil || n == 0 {
			return 0, false
		}
	}
}

// answer takes the answer out of what was typed.
func (k *keyboard) answer() (column int, ok bool) {
	at := report.FindSubmatchIndex(k.typed)
	if at == nil {
		return 0, false
	}
	column, _ = strconv.Atoi(string(k.typed[at[2]:at[3]])) // it has only digits
	k.typed = append(k.typed[:at[0]:at[0]], k.typed[at[1]:]...)
	k.awaits = false
	return column, true
}

// Read gives what was typed; errGone when nobody can type any more.
func (k *keyboard) Read(p []byte) (int, error) {
	for {
		if len(k.typed) > 0 {
			n := copy(p, k.typed)
			k.typed = k.typed[n:]
			return n, nil
		}
		if !k.awaits {
			return k.within(-1, p)
		}
		buf := make([]byte, readSize)
		n, err := k.within(-1, buf)
		if err != nil {
			return 0, err
		}
		k.typed = append(k.typed, buf[:n]...)
		k.answer() // it came late
	}
}

// caret marks in a line of a view where text is typed. It takes no cell, and means
// to a terminal that its cursor is seen.
const caret = ansi.ShowCursor

// surface puts the real cursor where text is typed, for the windows of input methods
// stand there: bubbletea leaves it on the last line. It knows what has to be undone.
type surface struct {
	file      *os.File
	mu        sync.Mutex
	x, y      int  // of the caret
	typing    bool // there is one
	alternate bool // the board is shown
	busy      bool // the window's progress is on
}

// Read, Close and Fd make it a file for bubbletea, which asks it for its size.
func (s *surface) Read(p []byte) (int, error) { return s.file.Read(p) }

// Close leaves the terminal open: it is not ours.
func (s *surface) Close() error { return nil }

// Fd is the terminal's.
func (s *surface) Fd() uintptr { return s.file.Fd() }

// found looks for the caret in a view. The last one counts: dialogs lie above.
func (s *surface) found(view string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := strings.LastIndex(view, caret)
	if s.typing = at >= 0; s.typing {
		line := view[strings.LastIndexByte(view[:at], '\n')+1 : at]
		s.x, s.y = ansi.StringWidth(line), strings.Count(view[:at], "\n")
	}
}

const (
	progress   = "\x1b]9;4;"
	noProgress = progress + "0\x1b\\"
)

// Write sends a frame or another sequence, each in one piece.
func (s *surface) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notice(p)
	frame := s.alternate && bytes.HasPrefix(p, []byte(ansi.CursorHomePosition)) && len(p) > len(ansi.CursorHomePosition)
	if !frame {
		return s.file.Write(p)
	}
	cursor := ansi.HideCursor
	if s.typing {
		cursor = ansi.CursorPosition(s.x+1, s.y+1) + ansi.ShowCursor
	}
	if n, err := s.file.Write(append(p[:len(p):len(p)], cursor...)); err != nil {
		return min(n, len(p)), err
	}
	return len(p), nil
}

// notice keeps in mind what would have to be undone.
func (s *surface) notice(p []byte) {
	if bytes.Contains(p, []byte(ansi.SetModeAltScreenSaveCursor)) {
		s.alternate = true
	}
	if bytes.Contains(p, []byte(ansi.ResetModeAltScreenSaveCursor)) {
		s.alternate = false
	}
	if i := bytes.LastIndex(p, []byte(progress)); i >= 0 && i+len(progress) < len(p) {
		s.busy = p[i+len(progress)] != '0'
	}
}

func (s *surface) enter() { _, _ = io.WriteString(s, keepTitle) }

// leave undoes what bubbletea did not, because it could not.
func (s *surface) leave() {
	undo := ""
	if s.busy {
		undo += noProgress
	}
	if s.alternate {
		undo += ansi.ResetModeBracketedPaste + ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr +
			ansi.ResetModeAltScreenSaveCursor
	}
	_, _ = io.WriteString(s, undo+ansi.ShowCursor+giveTitle) // a terminal that is gone is not put back
}
