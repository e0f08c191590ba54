package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

// Fail is an error as the user meets it. A command returns one; anything else
// is given a code by classify.
type Fail struct {
	Code    Code
	Message string   // one sentence, no full stop
	Reasons []string // in the app's words
	Hints   []Hint   // one to three
	Cause   error    // goes to the log file; may be nil
	Calm    bool     // nothing failed: the reasons come first, and nobody says error
}

// Hint is a line to paste, and what it does. Note stands behind the command.
type Hint struct{ Text, Command, Note string }

func (f *Fail) Error() string { return f.Message }

func (f *Fail) Unwrap() error { return f.Cause }

// Exit is the exit code.
func (f *Fail) Exit() int { return f.Code.Exit() }

// Exit ends a command with a code and no further word: --exit-code found
// something, and the output has said it.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// Where the exit code ends on the last line of an error.
const errorWidth = 80

// text prints the error for people.
func (f *Fail) text(p show.Page, t *i18n.Text) {
	if f.Calm {
		f.calmText(p, t)
		return
	}
	p.Line(p.Paint(show.Red, t.Frame.Error), " ", show.Clean(f.Message))
	if len(f.Reasons) > 0 {
		p.Line()
		for _, r := range f.Reasons {
			for _, line := range strings.Split(show.CleanLines(r), "\n") {
				p.Line("  ", line)
			}
		}
		p.Line()
	}
	f.hints(p, t)
	f.tail(p, t)
}

// calmText is a stop that is no error: what came so far, then the sentence.
func (f *Fail) calmText(p show.Page, t *i18n.Text) {
	for _, r := range f.Reasons {
		p.Line(show.CleanLines(r))
	}
	p.Line()
	p.Line(show.Clean(f.Message))
	f.hints(p, t)
	f.tail(p, t)
}

// tail is the last line: the code and the exit.
func (f *Fail) tail(p show.Page, t *i18n.Text) {
	tail := t.Frame.Exit(f.Exit())
	head := string(f.Code) + "  " + t.Frame.ExplainLine(string(f.Code))
	p.Line(head, show.Spaces(max(2, errorWidth-show.Width(head)-show.Width(tail))), tail)
}

func (f *Fail) hints(p show.Page, t *i18n.Text) {
	label, width := t.Frame.Hint+" ", 0
	texts := make([]string, len(f.Hints))
	for i, h := range f.Hints {
		texts[i] = show.Clean(h.Text)
		if i > 0 && h.Command != "" {
			texts[i] = strings.TrimSpace(t.Frame.Or + texts[i])
		}
		if h.Command != "" {
			width = max(width, show.Width(texts[i]))
		}
	}
	for i, h := range f.Hints {
		line := texts[i]
		if h.Command != "" {
			if width > 0 {
				line = show.Pad(line, width+3)
			}
			line += show.Clean(h.Command)
		}
		if h.Note != "" {
			line += "   (" + show.Clean(h.Note) + ")"
		}
		p.Line(label, line)
		label = show.Spaces(show.Width(label))
	}
}

type failJSON struct {
	Error struct {
		Code    Code       `json:"code"`
		Message string     `json:"message"`
		Reasons []string   `json:"reasons,omitempty"`
		Hint    []hintJSON `json:"hint"`
		Exit    int        `json:"exit"`
	} `json:"error"`
}

type hintJSON struct {
	Text    string `json:"text,omitempty"`
	Command string `json:"command,omitempty"`
}

// json prints the error for programs, as one line.
func (f *Fail) json(w io.Writer) {
	var o failJSON
	o.Error.Code, o.Error.Message, o.Error.Exit = f.Code, f.Message, f.Exit()
	o.Error.Reasons = f.Reasons
	o.Error.Hint = []hintJSON{}
	for _, h := range f.Hints {
		o.Error.Hint = append(o.Error.Hint, hintJSON{h.Text, h.Command})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(o) //nolint:errcheck // the last word on stderr: there is nobody left to tell
}

// annotation is the error as GitHub Actions shows it beside a run.
func (f *Fail) annotation(a show.Actions) {
	lines := append([]string{f.Message}, f.Reasons...)
	for _, h := range f.Hints {
		if h.Command != "" {
			lines = append(lines, h.Command)
		}
	}
	say := a.Error
	if f.Calm {
		say = a.Notice
	}
	say(string(f.Code), show.CleanLines(strings.Join(lines, "\n")))
}

// asFail finds the Fail in an error.
func asFail(err error) (*Fail, bool) {
	var f *Fail
	return f, errors.As(err, &f)
}
