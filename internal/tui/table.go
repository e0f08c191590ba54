package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// table shows a part of a list, however long it is: only the rows on screen are
// built. Its cursor is on an object, not on a row: when the list changes, the
// object keeps its line on the screen. The zero table is at the first row.
//
//	rows := rows{columns: []column{{head: "shop", width: 12}, {head: "name", flex: 1}}, n: len(shops),
//		key: func(i int) string { return string(shops[i].Name) }, cells: func(i int) []string { ... }}
//	body := p.table.view(m, rows, area{x: 2, y: 1, w: w - 4, h: h - 2})
type table struct {
	key    string // of the object that the cursor is on
	cursor int    // its row
	first  int    // the row that is seen first
	seen   area   // where the rows, without the head, were drawn: clicks and pages need it
}

// column is a column of a table.
type column struct {
	head  string
	width int  // cells; more of a flexible one
	flex  int  // its share of the room that is left
	right bool // numbers
	drop  int  // on a narrow screen columns are left out, the highest first; 0: never
}

// rows are the objects of a table.
type rows struct {
	columns []column
	n       int
	key     func(i int) string   // names the object, for good
	cells   func(i int) []string // called for what is on screen only
	find    func(key string) int // the row of a key, -1: none; nil: keys are gone through
	empty   string               // said when there is none
	measure bool                 // columns are as wide as their cells
	named   bool                 // the first column is the key: it is as wide as the longest, seen or not
	dim     bool                 // another part of the page has the focus
}

// area is a part of a page, in its cells.
type area struct{ x, y, w, h int }

// inside is the area within a box.
func (a area) inside() area { return area{a.x + 2, a.y + 1, a.w - 4, a.h - 2} }

func (a area) has(x, y int) bool { return x >= a.x && x < a.x+a.w && y >= a.y && y < a.y+a.h }

// sync finds the cursor's object again. It keeps its line on the screen; when it
// is gone, the cursor stays where it was.
func (t *table) sync(r rows) {
	if r.n == 0 {
		t.cursor, t.first = 0, 0
		return
	}
	if t.cursor < r.n && (t.key == "" || r.key(t.cursor) == t.key) {
		t.key = r.key(t.cursor)
		return
	}
	line := t.cursor - t.first
	if at := r.row(t.key); at >= 0 {
		t.cursor, t.first = at, at-line
	}
	t.set(r, t.cursor)
}

func (r rows) row(key string) int {
	if r.find != nil {
		return r.find(key)
	}
	for i := range r.n {
		if r.key(i) == key {
			return i
		}
	}
	return -1
}

// set puts the cursor on a row, or the nearest there is.
func (t *table) set(r rows, row int) {
	if r.n == 0 {
		return
	}
	t.cursor = max(0, min(row, r.n-1))
	t.key = r.key(t.cursor)
}

// choose puts the cursor on an object, if it is there.
func (t *table) choose(r rows, key string) {
	if at := r.row(key); at >= 0 {
		t.set(r, at)
	}
}

// chosen is the row with the cursor; -1: there is none.
func (t *table) chosen(r rows) int {
	t.sync(r)
	if r.n == 0 {
		return -1
	}
	return t.cursor
}

// view draws the head, if a column has one, and the rows: exactly the area.
func (t *table) view(m *Model, r rows, a area) []string {
	if r.measure {
		r.measured()
	}
	widths := fitColumns(r.columns, a.w-show.Width(noMark))
	var lines []string
	t.seen = a
	if r.headed() && r.n > 0 && a.h > 1 {
		lines = append(lines, m.page.Paint(show.Faint, noMark+m.cells(r.columns, widths, heads(r.columns))))
		t.seen.y, t.seen.h = a.y+1, a.h-1
	}
	t.window(r, t.seen.h)
	if r.n == 0 && r.empty != "" {
		lines = append(lines, noMark+r.empty)
	}
	for i := t.first; i < min(r.n, t.first+t.seen.h); i++ {
		mark := noMark
		if i == t.cursor && !r.dim {
			mark = m.page.Paint(show.Bold, cursorMark)
		}
		lines = append(lines, mark+m.cells(r.columns, widths, r.cells(i)))
	}
	return m.block(lines, a.w, a.h)
}

// window moves the first row so that the cursor is seen and no line is wasted.
func (t *table) window(r rows, h int) {
	t.sync(r)
	h = max(h, 1)
	t.first = max(t.cursor-h+1, min(t.first, t.cursor))
	t.first = max(0, min(t.first, r.n-h))
}

const (
	cursorMark = "> "
	noMark     = "  "
	columnGap  = 2
)

func heads(columns []column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.head
	}
	return out
}

func (r rows) headed() bool {
	for _, c := range r.columns {
		if c.head != "" {
			return true
		}
	}
	return false
}

// fitColumns shares the room out: -1 is a column that is left out.
func fitColumns(columns []column, room int) []int {
	widths := make([]int, len(columns))
	total, flex := -columnGap, 0
	for i, c := range columns {
		widths[i] = max(c.width, show.Width(c.head))
		total += widths[i] + columnGap
		flex += c.flex
	}
	for total > room {
		out := -1
		for i, c := range columns {
			if widths[i] >= 0 && c.drop > 0 && (out < 0 || c.drop >= columns[out].drop) {
				out = i
			}
		}
		if out < 0 {
			break
		}
		total -= widths[out] + columnGap
		flex -= columns[out].flex
		widths[out] = -1
	}
	for i, c := range columns {
		if c.flex > 0 && widths[i] >= 0 && total < room {
			more := (room - total) * c.flex / flex
			widths[i], total, flex = widths[i]+more, total+more, flex-c.flex
		}
	}
	return widths
}

// cells is one row: each cell as wide as its column.
func (m *Model) cells(columns []column, widths []int, cells []string) string {
	var b strings.Builder
	for i, c := range columns {
		if widths[i] < 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(show.Spaces(columnGap))
		}
		cell := ""
		if i < len(cells) {
			cell = m.page.Cut(cells[i], widths[i])
		}
		if c.right {
			b.WriteString(show.PadLeft(cell, widths[i]))
		} else {
			b.WriteString(show.Pad(cell, widths[i]))
		}
	}
	return b.String()
}

// span is which rows are seen: 1-16 of 120; empty: all are. It is known after
// the view.
func (t *table) span(m *Model, r rows) string {
	last := min(r.n, t.first+max(t.seen.h, 0))
	if last-t.first >= r.n {
		return ""
	}
	return m.text.BoardPages.Span(show.Number(t.first+1), show.Number(last), show.Number(r.n))
}

// place is where the cursor is: 2/120; empty: nowhere.
func (t *table) place(r rows) string {
	if r.n == 0 {
		return ""
	}
	return show.Number(t.cursor+1) + "/" + show.Number(r.n)
}

// actions are those that move the cursor.
func (t *table) actions(of func(m *Model) rows) []action {
	move := func(id string, to func(r rows, page int) int) action {
		return action{id: id, do: func(m *Model) tea.Cmd {
			r := of(m)
			t.sync(r)
			t.set(r, to(r, max(t.seen.h-1, 1)))
			return nil
		}}
	}
	up := move("up", func(rows, int) int { return t.cursor - 1 })
	up.show, up.also = true, "down"
	return []action{
		up,
		move("down", func(rows, int) int { return t.cursor + 1 }),
		move("page-up", func(_ rows, page int) int { return t.cursor - page }),
		move("page-down", func(_ rows, page int) int { return t.cursor + page }),
		move("top", func(rows, int) int { return 0 }),
		move("end", func(r rows, _ int) int { return r.n - 1 }),
	}
}

// wheelLines is how far a step of the wheel goes.
const wheelLines = 3

// mouse takes the wheel and a click. It reports whether a click was on the row
// that had the cursor already, which opens it.
func (t *table) mouse(r rows, msg tea.MouseMsg) (again bool) {
	if msg.Action != tea.MouseActionPress || r.n == 0 || !t.seen.has(msg.X, msg.Y) {
		return false
	}
	t.sync(r)
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		t.scroll(r, -wheelLines)
	case tea.MouseButtonWheelDown:
		t.scroll(r, wheelLines)
	case tea.MouseButtonLeft:
		row := t.first + msg.Y - t.seen.y
		if row >= r.n {
			return false
		}
		again = row == t.cursor
		t.set(r, row)
	}
	return again
}

// scroll moves the view; the cursor goes along when it would not be seen.
func (t *table) scroll(r rows, by int) {
	h := max(t.seen.h, 1)
	t.first = max(0, min(t.first+by, r.n-h))
	t.set(r, max(t.first, min(t.cursor, t.first+h-1)))
}

// mostMeasured is how many rows a list is measured by.
const mostMeasured = 100

// measured makes each column as wide as its cells are, those that share the rest
// of the room aside.
func (r *rows) measured() {
	for i := 0; r.named && i < r.n; i++ {
		r.columns[0].width = max(r.columns[0].width, show.Width(r.key(i)))
	}
	for i := range min(r.n, mostMeasured) {
		for k, cell := range r.cells(i) {
			if r.columns[k].flex == 0 {
				r.columns[k].width = max(r.columns[k].width, show.Width(cell))
			}
		}
	}
}
