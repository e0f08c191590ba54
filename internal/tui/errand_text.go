package tui

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/show"
)

// wrapped breaks a line at spaces; what follows stands as far in as its text.
func wrapped(text string, w int) []string {
	if w <= 0 || show.Width(text) <= w {
		return []string{text}
	}
	body := strings.TrimLeft(text, " ")
	in := min(show.Width(text)-show.Width(body), w/2)
	lines := broken(body, max(w-in, 1))
	colours := ""
	for i, l := range lines {
		open := colours
		for _, code := range colourCode.FindAllString(l, -1) {
			if colours += code; code == ansi.ResetStyle || code == "\x1b[0m" {
				colours = ""
			}
		}
		if lines[i] = show.Spaces(in) + open + l; colours != "" {
			lines[i] += ansi.ResetStyle // a frame may stand here
		}
	}
	return lines
}

// broken breaks text between words, a word only where it is longer than a line.
func broken(text string, w int) []string {
	lines := strings.Split(ansi.Wrap(text, w, ""), "\n")
	for i, l := range lines {
		if show.Width(l) > w { // the space at its end has no room any more
			lines[i] = ansi.Truncate(l, w, "")
		}
	}
	return lines
}

var colourCode = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// seenFrom is the part of lines that is seen from a line on, and that line,
// which is never so far down that room is wasted.
func seenFrom(lines []string, top, room int) ([]string, int) {
	top = max(0, min(top, len(lines)-room))
	return lines[top:min(len(lines), top+max(room, 0))], top
}

// span is which lines are seen; empty: all are.
func (m *Model) span(top, room, n int) string {
	if n <= room || room <= 0 {
		return ""
	}
	return m.text.BoardPages.Span(show.Number(top+1), show.Number(min(n, top+room)), show.Number(n))
}
