package git

import (
	"bytes"
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// maxSaid bounds what is kept of the server's words.
const maxSaid = 16 << 10

// progress cleans what a server says line by line, passes it on and keeps it:
// the reasons of hooks and protected branches come this way and no other.
type progress struct {
	to   io.Writer // nil = only keep
	rest []byte    // of a line that has not ended
	said strings.Builder
}

func (p *progress) Write(b []byte) (int, error) {
	for _, c := range b {
		if c == '\n' || c == '\r' {
			p.flush()
			continue
		}
		if len(p.rest) < maxSaid {
			p.rest = append(p.rest, c)
		}
	}
	return len(b), nil
}

// flush ends the line.
func (p *progress) flush() {
	line := clean(string(bytes.TrimRight(p.rest, " ")))
	p.rest = p.rest[:0]
	if line == "" || p.said.Len() > maxSaid {
		return
	}
	p.said.WriteString(line + "\n")
	if p.to != nil {
		_, _ = io.WriteString(p.to, line+"\n") // a reader that is gone stops no push
	}
}

func (p *progress) text() string { return strings.TrimSpace(p.said.String()) }

// clean keeps what may be shown on a terminal: no control characters, no
// escape sequences, nothing that turns the direction of text.
func clean(s string) string {
	s = ansi.Strip(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(c rune) rune {
		if c == '\t' {
			return ' '
		}
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, s)
}
