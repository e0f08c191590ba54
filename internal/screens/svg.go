package screens

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Theme is the colours of a terminal.
type Theme struct {
	Name         string
	Ground, Text string
	Edge         string     // of the picture
	Colours      [16]string // black, red, green, yellow, blue, magenta, cyan, white, and the bright ones
}

// Light and Dark are the two that every picture has. Each colour can be read on
// the ground: at least 4.5 to 1.
var (
	Light = Theme{
		Name: "light", Ground: "#fdfdfb", Text: "#24242a", Edge: "#d4d4d0",
		Colours: [16]string{
			"#2b2b31", "#b3202c", "#1d7034", "#835900", "#1f5fb4", "#8a3a9c", "#0f6c77", "#64646c",
			"#6a6a72", "#b3202c", "#1d7034", "#835900", "#1f5fb4", "#8a3a9c", "#0f6c77", "#24242a",
		},
	}
	Dark = Theme{
		Name: "dark", Ground: "#16181d", Text: "#e4e5e9", Edge: "#33363e",
		Colours: [16]string{
			"#85888f", "#ff7f7a", "#6cc878", "#e0b04c", "#78b0fa", "#d79be8", "#5fc9d2", "#c5c7cc",
			"#8e9199", "#ff9c97", "#8bdb95", "#f0c873", "#9cc6fc", "#e5b9f1", "#86dce2", "#ffffff",
		},
	}
)

// The size of a cell follows from the fonts: all of them are 0.6 em wide.
const (
	fontSize   = 14
	cellWidth  = 8.4
	cellHeight = 18
	baseline   = 13.5 // of a line, from its upper edge
	margin     = 14
	fonts      = `'JetBrains Mono','DejaVu Sans Mono','Noto Sans Mono CJK JP',monospace`
)

// SVG draws a captured screen of width by height cells. The same screen gives the
// same bytes.
func SVG(painted, title string, width, height int, t Theme) string {
	var b strings.Builder
	w, h := float64(width)*cellWidth+2*margin, float64(height*cellHeight+2*margin)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%s" height="%s" viewBox="0 0 %s %s">`+"\n", number(w), number(h), number(w), number(h))
	fmt.Fprintf(&b, "<title>%s</title>\n", escaped(title))
	fmt.Fprintf(&b, "<style>text{font:%dpx %s;white-space:pre;font-variant-ligatures:none;fill:%s}.w{font-size:16px}.b{font-weight:700}.f{fill-opacity:.62}.i{font-style:italic}.u{text-decoration:underline}path{fill:none;stroke:%s}</style>\n", fontSize, fonts, t.Text, t.Text)
	fmt.Fprintf(&b, `<rect x=".5" y=".5" width="%s" height="%s" rx="8" fill="%s" stroke="%s"/>`+"\n", number(w-1), number(h-1), t.Ground, t.Edge)
	lines := cells(painted)
	for y, line := range lines[:min(height, len(lines))] {
		for _, g := range grounds(line, t) {
			fmt.Fprintf(&b, `<rect x="%s" y="%d" width="%s" height="%d" fill="%s"/>`+"\n", left(g.x), top(y), number(float64(g.width)*cellWidth), cellHeight, g.text)
		}
	}
	for y, cells := range lines[:min(height, len(lines))] {
		for _, r := range runs(cells) {
			if r.kind == line || r.kind == thickLine {
				b.WriteString(r.path(y, t))
			} else {
				b.WriteString(r.written(y, t))
			}
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// written is a run as text, on exactly its cells.
func (r run) written(y int, t Theme) string {
	return fmt.Sprintf(`<text x="%s" y="%s" textLength="%s"%s>%s</text>`+"\n",
		left(r.x), number(float64(top(y))+baseline), number(float64(r.width)*cellWidth), r.attributes(t, "fill"), escaped(r.text))
}

func (r run) attributes(t Theme, paint string) (all string) {
	var classes []string
	s := r.style
	if r.kind == wide {
		classes = append(classes, "w")
	}
	for _, c := range []struct {
		name string
		on   bool
	}{{"b", s.bold}, {"f", s.faint}, {"i", s.italic}, {"u", s.underline}} {
		if c.on && paint == "fill" {
			classes = append(classes, c.name)
		}
	}
	if len(classes) > 0 {
		all = fmt.Sprintf(` class="%s"`, strings.Join(classes, " "))
	}
	if ink := s.ink(t); ink != t.Text {
		all += fmt.Sprintf(` style="%s:%s"`, paint, ink)
	}
	if s.faint && paint == "stroke" {
		all += ` stroke-opacity=".62"`
	}
	return all
}

// ink is the colour of the letters, ground of what is behind them; empty: the
// terminal's own.
func (s style) ink(t Theme) string {
	if s.reverse {
		return colour(s.back, t.Ground, t)
	}
	return colour(s.fore, t.Text, t)
}

func (s style) ground(t Theme) string {
	if s.reverse {
		return colour(s.fore, t.Text, t)
	}
	return colour(s.back, "", t)
}

func colour(n int, otherwise string, t Theme) string {
	if n == own {
		return otherwise
	}
	return t.Colours[n]
}

// grounds are the coloured stretches behind a line.
func grounds(line []cell, t Theme) (all []run) {
	for _, c := range line {
		g := c.style.ground(t)
		if last := len(all) - 1; last >= 0 && all[last].text == g && all[last].x+all[last].width == c.x {
			all[last].width += c.width
		} else if g != "" {
			all = append(all, run{text: g, x: c.x, width: c.width})
		}
	}
	return all
}

// stroke is a character of a frame: lines from the middle of its cell.
type stroke struct {
	up, right, down, left bool
	thick, round, dashed  bool
}

var strokes = map[string]stroke{
	"─": {left: true, right: true}, "│": {up: true, down: true},
	"┌": {down: true, right: true}, "┐": {down: true, left: true}, "└": {up: true, right: true}, "┘": {up: true, left: true},
	"╭": {down: true, right: true, round: true}, "╮": {down: true, left: true, round: true},
	"╰": {up: true, right: true, round: true}, "╯": {up: true, left: true, round: true},
	"├": {up: true, down: true, right: true}, "┤": {up: true, down: true, left: true},
	"┬": {down: true, left: true, right: true}, "┴": {up: true, left: true, right: true}, "┼": {up: true, right: true, down: true, left: true},
	"━": {left: true, right: true, thick: true}, "┃": {up: true, down: true, thick: true},
	"┏": {down: true, right: true, thick: true}, "┓": {down: true, left: true, thick: true},
	"┗": {up: true, right: true, thick: true}, "┛": {up: true, left: true, thick: true},
	"┣": {up: true, down: true, right: true, thick: true}, "┫": {up: true, down: true, left: true, thick: true},
	"┄": {left: true, right: true, dashed: true},
}

// path draws a run of frame characters as lines.
func (r run) path(y int, t Theme) string {
	var d strings.Builder
	x, dashed := r.x, false
	for _, c := range r.text {
		s := strokes[string(c)]
		dashed = dashed || s.dashed
		d.WriteString(s.in(float64(margin)+float64(x)*cellWidth, float64(top(y))))
		x++
	}
	width := "1.2"
	if r.kind == thickLine {
		width = "2.4"
	}
	dash := ""
	if dashed {
		dash = ` stroke-dasharray="3 2"`
	}
	return fmt.Sprintf(`<path d="%s" stroke-width="%s"%s%s/>`+"\n", joined(d.String()), width, dash, r.attributes(t, "stroke"))
}

// in draws the character in the cell whose upper left corner is x, y.
func (s stroke) in(x, y float64) string {
	midX, midY, endX, endY := x+cellWidth/2, y+cellHeight/2, x+cellWidth, y+float64(cellHeight)
	if s.round {
		from, to := y, endX
		if s.down {
			from = endY
		}
		if s.left {
			to = x
		}
		bend := 4.2 // of the corner
		side, turn := bend, bend
		if s.left {
			side = -bend
		}
		if s.up {
			turn = -bend
		}
		return fmt.Sprintf("M%s %sV%sQ%s %s %s %sH%s", number(midX), number(from), number(midY+turn), number(midX), number(midY), number(midX+side), number(midY), number(to))
	}
	var d string
	if s.left || s.right {
		from, to := midX, midX
		if s.left {
			from = x
		}
		if s.right {
			to = endX
		}
		d += fmt.Sprintf("M%s %sH%s", number(from), number(midY), number(to))
	}
	if s.up || s.down {
		from, to := midY, midY
		if s.up {
			from = y
		}
		if s.down {
			to = endY
		}
		d += fmt.Sprintf("M%s %sV%s", number(midX), number(from), number(to))
	}
	return d
}

// joined makes one line of those that go on from each other.
func joined(d string) string {
	moves := strings.Split(d, "M")[1:]
	var out []string
	for _, m := range moves {
		if n := len(out) - 1; n >= 0 {
			from, to, level := strings.Cut(m, "H")
			before, end, same := strings.Cut(out[n], "H")
			_, y, _ := strings.Cut(from, " ")
			_, y2, _ := strings.Cut(before, " ")
			if level && same && !strings.ContainsAny(m, "VQ") && !strings.ContainsAny(out[n], "VQ") && from == end+" "+y && y == y2 {
				out[n] = before + "H" + to
				continue
			}
		}
		out = append(out, m)
	}
	return "M" + strings.Join(out, "M")
}

func left(x int) string { return number(margin + float64(x)*cellWidth) }

func top(y int) int { return margin + y*cellHeight }

// number has at most two digits after the point.
func number(f float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

// Text is a captured screen without colours; lines end where their text does.
func Text(painted string) string {
	var b strings.Builder
	for _, line := range cells(painted) {
		var text strings.Builder
		for _, c := range line {
			text.WriteString(c.text)
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	return b.String()
}
