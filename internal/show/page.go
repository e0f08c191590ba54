// Package show turns plans, events and states into what people and programs
// read: tables, tab-separated lines, JSON, GitHub Actions commands. It decides
// only how a fact looks, never what is true, and does no input or output but
// writing to the writer it is given.
//
//	p := show.Page{Out: os.Stdout, Width: 80}
//	p.Table(show.Table{Columns: []show.Column{{Head: "TIER"}, {Head: "WAITING", Flex: true}}, Rows: rows})
package show

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Page is a stream for people: how wide it is, and what it can show. Width 0
// means that nothing is cut. Text that comes from outside must pass Clean
// first; what a Page prints, it prints as it is.
type Page struct {
	Out        io.Writer
	Width      int  // cells; 0: no limit
	Colour     bool // may hold colour codes
	Theme      Theme
	ASCII      bool // symbols as [ok] and the like
	Wide       bool // frames, arrows and … take two cells here, so that they are drawn in ASCII
	Accessible bool // `label: value` lines, no symbols
	Now        time.Time
	Zone       *time.Location // nil: UTC
}

// Line prints one line as it is.
func (p Page) Line(parts ...string) {
	io.WriteString(p.Out, strings.Join(parts, "")+"\n")
}

// Fact prints what something is: its label on so many cells, then the value; for
// ears `label: value`.
func (p Page) Fact(label, value string, width int) {
	switch {
	case !p.Accessible:
		p.Line(Pad(label, width), value)
	case label == "":
		p.Line(value)
	default:
		p.Line(label, ": ", value)
	}
}

// Linef prints one line from a format.
func (p Page) Linef(format string, args ...any) { p.Line(fmt.Sprintf(format, args...)) }

// Cut shortens text to the width, with … (or ~ in ASCII) at its end.
func (p Page) Cut(text string, width int) string {
	if width <= 0 || ansi.StringWidth(text) <= width {
		return text
	}
	return ansi.Truncate(text, width, p.Ellipsis())
}

// Plain reports whether frames and the like are ASCII.
func (p Page) Plain() bool { return p.ASCII || p.Wide }

// Ellipsis stands for what was cut: … or ~.
func (p Page) Ellipsis() string {
	if p.Plain() {
		return "~"
	}
	return "…"
}

// Pad fills text with spaces to the width, in cells. Longer text stays.
func Pad(text string, width int) string {
	return text + Spaces(width-ansi.StringWidth(text))
}

// PadLeft puts the spaces before the text.
func PadLeft(text string, width int) string {
	return Spaces(width-ansi.StringWidth(text)) + text
}

// Spaces is n spaces, none when n is not positive.
func Spaces(n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat(" ", n)
}

// Width is the number of cells that text takes.
func Width(text string) int { return ansi.StringWidth(text) }
