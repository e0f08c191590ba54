package screens

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// style is how a character is painted: one of the 16 colours, or the terminal's own.
type style struct {
	fore, back                     int // 0 to 15; own: the terminal's
	bold, faint, italic, underline bool
	reverse                        bool
}

const own = -1

var plain = style{fore: own, back: own}

// cell is a character with its place in a line.
type cell struct {
	text  string
	x     int // the column of its left edge
	width int // 1 or 2
	style style
}

// cells reads a captured screen: lines of text with colour codes, whose colours go
// on from line to line.
func cells(painted string) [][]cell {
	var lines [][]cell
	now := plain
	for _, line := range strings.Split(strings.TrimSuffix(painted, "\n"), "\n") {
		var out []cell
		var state byte
		x := 0
		for line != "" {
			seq, width, n, next := ansi.DecodeSequence(line, state, nil)
			switch {
			case width > 0:
				out = append(out, cell{seq, x, width, now})
				x += width
			case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"):
				now = now.after(seq[2 : len(seq)-1])
			case len(out) > 0 && seq[0] >= ' ': // a mark that combines with what stands before
				out[len(out)-1].text += seq
			}
			state, line = next, line[n:]
		}
		lines = append(lines, out)
	}
	return lines
}

// after is the style after a sequence of colours and weights.
func (s style) after(parameters string) style {
	words := strings.FieldsFunc(parameters, func(r rune) bool { return r == ';' || r == ':' })
	if len(words) == 0 {
		return plain
	}
	for i := 0; i < len(words); i++ {
		n, err := strconv.Atoi(words[i])
		if err != nil {
			continue
		}
		if (n == 38 || n == 48) && i+2 < len(words) && words[i+1] == "5" {
			colour, err := strconv.Atoi(words[i+2])
			if err != nil || colour > 15 {
				colour = own
			}
			if i += 2; n == 38 {
				s.fore = colour
			} else {
				s.back = colour
			}
			continue
		}
		s = s.with(n)
	}
	return s
}

func (s style) with(n int) style {
	switch {
	case n == 0:
		return plain
	case n == 1:
		s.bold = true
	case n == 2:
		s.faint = true
	case n == 3:
		s.italic = true
	case n == 4:
		s.underline = true
	case n == 7:
		s.reverse = true
	case n == 22:
		s.bold, s.faint = false, false
	case n == 23:
		s.italic = false
	case n == 24:
		s.underline = false
	case n == 27:
		s.reverse = false
	case n >= 30 && n <= 37:
		s.fore = n - 30
	case n == 39:
		s.fore = own
	case n >= 40 && n <= 47:
		s.back = n - 40
	case n == 49:
		s.back = own
	case n >= 90 && n <= 97:
		s.fore = n - 90 + 8
	case n >= 100 && n <= 107:
		s.back = n - 100 + 8
	}
	return s
}

// run is text that is placed as one: of one style, and of one kind.
type run struct {
	text     string
	x, width int // in cells
	style    style
	kind     kind
}

type kind int

const (
	narrow kind = iota
	wide        // two cells, one character a run: fonts do not agree with terminals on their width
	symbol      // one cell, but of any width in a font that has to stand in
	line        // drawn, not written, so that frames have no gaps in any font
	thickLine
)

// runs puts the characters of a line together. They are split where the width, the
// style or the kind changes, and at two spaces; spaces at their ends are dropped,
// for a browser would draw a run from its first letter to its last.
func runs(line []cell) (all []run) {
	var now run
	flush := func() {
		text := strings.TrimRight(now.text, " ")
		if now.width -= len(now.text) - len(text); text != "" {
			now.text = text
			all = append(all, now)
		}
		now = run{}
	}
	for _, c := range line {
		k := kindOf(c)
		blank := c.text == " "
		if now.text != "" && (now.style != c.style || now.kind != k || k == wide || blank && strings.HasSuffix(now.text, " ")) {
			flush()
		}
		if now.text == "" {
			if blank {
				continue
			}
			now = run{x: c.x, style: c.style, kind: k}
		}
		now.text += c.text
		now.width += c.width
	}
	flush()
	return all
}

func kindOf(c cell) kind {
	switch s, frame := strokes[c.text]; {
	case frame && s.thick:
		return thickLine
	case frame:
		return line
	case c.width == 2:
		return wide
	case c.text >= "\u2000":
		return symbol
	}
	return narrow
}
