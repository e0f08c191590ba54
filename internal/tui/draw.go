package tui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/show"
)

// fit makes text exactly so many cells wide: cut with an ellipsis, or filled.
func (m *Model) fit(text string, width int) string {
	if width <= 0 {
		return ""
	}
	if ansi.StringWidth(text) > width {
		text = ansi.Truncate(text, width, m.page.Ellipsis())
	}
	return show.Pad(text, width)
}

// block makes lines exactly h lines of w cells.
func (m *Model) block(lines []string, w, h int) []string {
	out := make([]string, 0, max(h, 0))
	for i := range max(h, 0) {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, m.fit(line, w))
	}
	return out
}

// frame is how a box is drawn.
type frame struct {
	title, right string // in the upper edge
	foot         string // in the lower edge, at its right
	strong       bool   // it has the focus
}

// box draws a frame around lines: exactly h lines of w cells.
func (m *Model) box(f frame, lines []string, w, h int) []string {
	if w < 4 || h < 2 {
		return m.block(lines, w, h)
	}
	b := m.border(f.strong)
	left, right := m.line(f.strong, b.Left)+" ", " "+m.line(f.strong, b.Right)
	out := make([]string, 0, h)
	out = append(out, m.edge(f, b.TopLeft, b.Top, b.TopRight, f.title, f.right, w))
	for _, line := range m.block(lines, w-4, h-2) {
		out = append(out, left+line+right)
	}
	return append(out, m.edge(f, b.BottomLeft, b.Bottom, b.BottomRight, "", f.foot, w))
}

// border is how a frame is drawn: what has the focus stands out.
func (m *Model) border(strong bool) lipgloss.Border {
	switch {
	case m.page.Plain():
		b := lipgloss.ASCIIBorder()
		if strong {
			b.Top, b.Bottom = "=", "="
		}
		return b
	case strong:
		return lipgloss.ThickBorder()
	}
	return lipgloss.RoundedBorder()
}

// line paints a piece of a frame.
func (m *Model) line(strong bool, text string) string {
	if strong {
		return text
	}
	return m.page.Paint(show.Faint, text)
}

// edge is the upper or lower side of a box with words in it: the one at its
// right goes first when there is no room.
func (m *Model) edge(f frame, left, line, right, title, end string, w int) string {
	room := w - 2
	if end = strings.TrimRight(end, " "); end != "" && show.Width(end)+3 <= room {
		room -= show.Width(end) + 3
		right = " " + end + " " + m.line(f.strong, line+right)
	} else {
		right = m.line(f.strong, right)
	}
	if title != "" && room > 3 {
		title = m.page.Cut(title, room-3)
		room -= show.Width(title) + 3
		if f.strong {
			title = m.page.Paint(show.Bold, title)
		}
		left = m.line(f.strong, left+line) + " " + title + " "
	} else {
		left = m.line(f.strong, left)
	}
	return left + m.line(f.strong, strings.Repeat(line, max(0, room))) + right
}

// folded breaks text between words into lines of so many cells, at most so many
// lines; what does not fit is cut.
func (m *Model) folded(text string, w, most int) []string {
	if w <= 0 || most <= 0 {
		return nil
	}
	lines := broken(text, w)
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], m.page.Cut(strings.Join(lines[most-1:], " "), w))
	}
	return lines
}

// beside puts blocks next to each other. They have the same height.
func beside(blocks ...[]string) []string {
	if len(blocks) == 0 {
		return nil
	}
	out := make([]string, len(blocks[0]))
	for i := range out {
		var b strings.Builder
		for _, block := range blocks {
			b.WriteString(block[i])
		}
		out[i] = b.String()
	}
	return out
}

// over lays a block on another, its upper left cell at x, y. Nothing is typed into
// what is behind.
func over(back, block []string, x, y int) []string {
	out := make([]string, len(back))
	for i, line := range back {
		out[i] = strings.ReplaceAll(line, caret, "")
	}
	for i, line := range block {
		if y+i < 0 || y+i >= len(out) {
			continue
		}
		w := show.Width(line)
		left := show.Pad(ansi.Truncate(out[y+i], x, ""), x)
		rest := show.Width(out[y+i]) - x - w
		right := ansi.TruncateLeft(out[y+i], x+w, "")
		if show.Width(right) > rest { // the edge lies in the middle of a wide character
			right = ansi.TruncateLeft(out[y+i], x+w+1, "")
		}
		out[y+i] = left + line + show.PadLeft(right, max(rest, 0))
	}
	return out
}
