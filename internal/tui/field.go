package tui

import (
	"github.com/charmbracelet/bubbles/textinput"
	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/show"
)

// typed draws a line of text on at most so many cells. With the focus it shows
// where the next character goes.
func (m *Model) typed(in *textinput.Model, focused bool, w int) string {
	if !focused {
		return m.page.Cut(show.Clean(in.Value()), w)
	}
	runes := []rune(in.Value())
	at := min(in.Position(), len(runes))
	before := show.Clean(string(runes[:at])) + caret + "_"
	line := before + show.Clean(string(runes[at:]))
	if over := show.Width(before) - w; over > 0 {
		line = ansi.TruncateLeft(line, over, "")
	}
	return ansi.Truncate(line, max(w, 0), "")
}
