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
		tail := "…"
		if m.page.ASCII {
			tail = "~"
		}
		text = ansi.Truncate(text, width, tail)
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
	b := lipgloss.RoundedBorder()
	switch {
	case m.page.ASCII:
		b = lipgloss.ASCIIBorder()
	case f.strong:
		b = lipgloss.ThickBorder()
	}
	out := make([]string, 0, h)
	out = append(out, m.edge(b.TopLeft, b.Top, b.TopRight, f.title, f.right, w))
	for _, line := range m.block(lines, w-4, h-2) {
		out = append(out, b.Left+" "+line+" "+b.Right)
	}
	return append(out, m.edge(b.BottomLeft, b.Bottom, b.BottomRight, "", f.foot, w))
}

// edge is the upper or lower side of a box with words in it.
func (m *Model) edge(left, line, right, title, end string, w int) string {
	inner := w - 2
	if end != "" {
		end = " " + end + " " + line
	}
	if show.Width(end) > inner {
		end = ""
	}
	if title != "" {
		room := inner - show.Width(end) - 3
		if room < 1 {
			title = ""
		} else {
			title = line + " " + strings.TrimRight(m.fit(title, min(room, show.Width(title))), " ") + " "
		}
	}
	if show.Width(title) > inner-show.Width(end) {
		title = ""
	}
	return left + title + strings.Repeat(line, max(0, inner-show.Width(title)-show.Width(end))) + end + right
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

// over lays a block on another, its upper left cell at x, y.
func over(back, block []string, x, y int) []string {
	out := append([]string(nil), back...)
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
