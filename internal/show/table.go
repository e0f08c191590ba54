package show

import (
	"bufio"
	"io"
	"slices"
	"strings"
)

// Column is one column of a Table.
type Column struct {
	Head  string
	Right bool // numbers
	Flex  bool // may be cut so that the table fits; never for names, states, commands
}

// Table is what people see. Cells may be coloured (Page.Mark, Page.Paint).
type Table struct {
	Columns []Column
	Rows    [][]string
}

// Cells narrower than this are of no use, so a column is not cut further.
const narrowest = 8

// Table prints a table that fits the width, or `label: value` lines in
// accessible mode. An empty table prints nothing.
func (p Page) Table(t Table) {
	if len(t.Rows) == 0 {
		return
	}
	if p.Accessible {
		p.list(t)
		return
	}
	widths := t.widths(p.Width)
	if t.headed() {
		heads := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			heads[i] = c.Head
		}
		p.row(t, widths, heads)
	}
	for _, row := range t.Rows {
		p.row(t, widths, row)
	}
}

func (t Table) headed() bool {
	for _, c := range t.Columns {
		if c.Head != "" {
			return true
		}
	}
	return false
}

const gap = 3

func (t Table) widths(limit int) []int {
	widths := make([]int, len(t.Columns))
	total := gap * (len(t.Columns) - 1)
	for i, c := range t.Columns {
		widths[i] = Width(c.Head)
		for _, row := range t.Rows {
			if i < len(row) {
				widths[i] = max(widths[i], Width(row[i]))
			}
		}
		total += widths[i]
	}
	for limit > 0 && total > limit {
		widest := t.widestFlex(widths)
		if widest < 0 {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

func (t Table) widestFlex(widths []int) int {
	widest := -1
	for i, c := range t.Columns {
		if c.Flex && widths[i] > max(narrowest, Width(c.Head)) && (widest < 0 || widths[i] > widths[widest]) {
			widest = i
		}
	}
	return widest
}

func (p Page) row(t Table, widths []int, row []string) {
	var b strings.Builder
	for i, c := range t.Columns {
		cell := ""
		if i < len(row) {
			cell = row[i]
		}
		if c.Flex {
			cell = p.Cut(cell, widths[i])
		}
		if c.Right {
			cell = PadLeft(cell, widths[i])
		} else {
			cell = Pad(cell, widths[i])
		}
		if i > 0 {
			b.WriteString(Spaces(gap))
		}
		b.WriteString(cell)
	}
	p.Line(strings.TrimRight(b.String(), " "))
}

// list is the table for ears: a line a fact, an empty line between the rows.
// Without heads it is a line a row.
func (p Page) list(t Table) {
	if !t.headed() {
		for _, row := range t.Rows {
			p.Line("  ", strings.Join(slices.DeleteFunc(slices.Clone(row), func(cell string) bool { return cell == "" }), ", "))
		}
		return
	}
	for n, row := range t.Rows {
		if n > 0 {
			p.Line()
		}
		for i, c := range t.Columns {
			if i >= len(row) || row[i] == "" {
				continue
			}
			if c.Head == "" {
				p.Line(row[i])
				continue
			}
			p.Line(strings.ToLower(c.Head), ": ", row[i])
		}
	}
}

// TSV writes rows for programs: cells apart by one tab, no header, nothing cut.
// Cells are cleaned, so that a tab or a line end cannot break the columns.
func TSV(w io.Writer, rows [][]string) error {
	out := bufio.NewWriter(w)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				out.WriteByte('\t')
			}
			out.WriteString(Clean(cell))
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}
