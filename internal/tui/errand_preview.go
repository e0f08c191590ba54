package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// Step 1: what would happen. The summary stands beside the tabs, or is the first
// of them where there is no room.

// besideWidth is from which width on the summary has a place of its own.
const besideWidth = 100

func (e *errand) previewActions(m *Model) []action {
	t := m.text.BoardErrand
	back := []action{{id: "back", show: true, name: t.NoChangeYet, do: e.leave}}
	if e.run.agreed {
		back[0].name = t.LeaveRunning
	}
	var first, more []action
	if e.run.question != nil {
		first = []action{{id: "enter", show: true, name: t.Continue, do: func(*Model) tea.Cmd { e.ask(); return nil }}}
	}
	if e.has() > 0 {
		next := func(m *Model) tea.Cmd { return e.turn(m, e.seen(m)+1) }
		first = append(first, action{id: "pane", show: true, name: t.Tabs(e.firstTab(m), e.has()), do: next})
		more = []action{{id: "right", do: next}, {id: "left", do: func(m *Model) tea.Cmd { return e.turn(m, e.seen(m)-1) }}}
	}
	more = append(append(more, e.scrolling(m)...), e.plainCommands(m))
	return slices.Concat(first, back, more) // what there may be no room for comes last
}

// firstTab is the number of the first tab; 0: the summary is one of them.
func (e *errand) firstTab(m *Model) int {
	if e.beside(m) {
		return 1
	}
	return 0
}

// plainCommands shows the git and kubectl lines that would do the same by hand.
func (e *errand) plainCommands(m *Model) action {
	return action{id: "commands", show: true, off: m.commandsOff(), name: m.text.BoardErrand.PlainCommands, do: (*Model).commands}
}

// tabs is what is seen of a preview.
type tabs struct {
	on    int // 0: the summary; the others count from 1
	top   int // the first line that is seen
	texts map[int]tabText
}

// tabText is a tab as it was worked out for a width.
type tabText struct {
	width int
	lines []string
	ready bool
}

// tabLines is a tab that was worked out.
type tabLines struct {
	page    *errand
	preview *Preview
	tab     int
	width   int
	lines   []string
}

func (msg tabLines) to() page { return msg.page }

// has is how many tabs the preview has.
func (e *errand) has() int {
	if e.run.preview == nil {
		return 0
	}
	return len(e.run.preview.Tabs)
}

// beside reports whether the summary and a tab are seen at once. Lines as the
// command prints them want the whole width, and to be scrolled.
func (e *errand) beside(m *Model) bool {
	return m.w >= besideWidth && e.has() > 0 && len(e.run.preview.Facts) > 0
}

// seen is the tab that is seen; 0: the summary.
func (e *errand) seen(m *Model) int {
	if e.beside(m) {
		return max(e.tabs.on, 1)
	}
	return e.tabs.on
}

// turn goes to another tab, around.
func (e *errand) turn(m *Model, to int) tea.Cmd {
	first, last := e.firstTab(m), e.has()
	switch {
	case to > last:
		to = first
	case to < first:
		to = last
	}
	e.tabs.on, e.tabs.top = to, 0
	return e.load(m)
}

// turnTo goes to the tab of a number.
func (e *errand) turnTo(m *Model, k string) tea.Cmd {
	if len(k) != 1 || k[0] < '0' || int(k[0]-'0') > e.has() || k == "0" && e.beside(m) {
		return nil
	}
	e.tabs.on, e.tabs.top = int(k[0]-'0'), 0
	return e.load(m)
}

// load has the tab that is seen worked out, unless it was for this width.
func (e *errand) load(m *Model) tea.Cmd {
	n := e.seen(m)
	if n == 0 || n > e.has() {
		return nil
	}
	_, width := e.widths(m, m.w)
	width = max(width-4, 1)
	if have, asked := e.tabs.texts[n]; asked && have.width == width {
		return nil
	}
	if e.tabs.texts == nil {
		e.tabs.texts = map[int]tabText{}
	}
	old := e.tabs.texts[n]
	e.tabs.texts[n] = tabText{width: width, lines: old.lines, ready: old.ready}
	preview, defect := e.run.preview, m.text.BoardErrand.Panicked
	return func() tea.Msg {
		return tabLines{e, preview, n, width, workedOut(preview.Tabs[n-1], width, defect)}
	}
}

func workedOut(t Tab, width int, defect string) (lines []string) {
	defer func() {
		if p := recover(); p != nil {
			lines = []string{defect, show.Clean(fmt.Sprint(p))}
		}
	}()
	return t.Lines(width)
}

// take keeps a tab that was worked out, if it is still that preview's.
func (t *tabs) take(e *errand, msg tabLines) {
	if msg.preview == e.run.preview && t.texts[msg.tab].width == msg.width {
		t.texts[msg.tab] = tabText{msg.width, msg.lines, true}
	}
}

func (t *tabs) scroll(by int) { t.top = max(0, min(t.top+by, farAway)) }

// widths are those of the summary and of the tabs.
func (e *errand) widths(m *Model, w int) (summary, tabs int) {
	if !e.beside(m) {
		return w, w
	}
	summary = min(max(w*2/5, 44), 60)
	return summary, w - summary
}

func (e *errand) viewPreview(m *Model, w, h int) []string {
	t := m.text.BoardErrand
	left, right := e.widths(m, w)
	if e.beside(m) {
		summary := m.box(frame{title: t.Summary}, e.summary(m, left-4), left, h)
		return beside(summary, e.viewTab(m, right, h))
	}
	if e.tabs.on > 0 {
		return e.viewTab(m, w, h)
	}
	var head []string
	if e.has() > 0 {
		head = []string{e.names(m, w-4)}
	}
	title := t.Summary
	if e.has() == 0 {
		title = t.Preview
	}
	return m.scrolled(frame{title: title}, head, e.summary(m, w-4), &e.tabs.top, w, h)
}

// scrolled is a box with a head that stays and lines of which a part is seen.
func (m *Model) scrolled(f frame, head, lines []string, top *int, w, h int) []string {
	room := h - 2 - len(head)
	var part []string
	part, *top = seenFrom(lines, *top, room)
	f.foot = m.span(*top, room, len(lines))
	return m.box(f, append(append([]string(nil), head...), part...), w, h)
}

// viewTab is the tab that is seen, below the names of all.
func (e *errand) viewTab(m *Model, w, h int) []string {
	t := m.text.BoardErrand
	n := e.seen(m)
	text := e.tabs.texts[n]
	lines := text.lines
	switch {
	case !text.ready:
		lines = []string{m.page.Mark(show.Busy, t.Working)}
	case len(lines) == 0:
		lines = []string{t.NoTab}
	}
	f := frame{title: t.Diff, right: e.run.preview.Tabs[n-1].Name}
	return m.scrolled(f, []string{e.names(m, w-4)}, lines, &e.tabs.top, w, h)
}

// names are the tabs in one line; where that has no room, only the one that is
// seen is named.
func (e *errand) names(m *Model, w int) string {
	t := m.text.BoardErrand
	all, short := e.nameList(m, false), e.nameList(m, true)
	line := t.TabOf + " " + strings.Join(all, " | ")
	if show.Width(line) > w {
		line = t.TabOf + " " + strings.Join(short, " | ")
	}
	return line
}

func (e *errand) nameList(m *Model, short bool) (names []string) {
	for n := e.firstTab(m); n <= e.has(); n++ {
		name := m.text.BoardErrand.Tab["summary"]
		if n > 0 {
			name = e.run.preview.Tabs[n-1].Name
		}
		number := string(rune('0' + n))
		switch {
		case n == e.seen(m):
			name = m.page.Paint(show.Bold, "["+number+" "+name+"]")
		case short:
			name = number
		default:
			name = number + " " + name
		}
		names = append(names, name)
	}
	return names
}

// factWidth is where the values of the facts begin, unless a name is longer.
const factWidth = 12

// factLines are names with their values beside them.
func factLines(all []Fact, w int) (lines []string) {
	at := factWidth
	for _, f := range all {
		at = max(at, show.Width(f.Name)+2)
	}
	for _, f := range all {
		name := f.Name
		for _, l := range wrapped(f.Text, max(w-at, 1)) {
			lines = append(lines, show.Pad(name, at)+l)
			name = ""
		}
	}
	return lines
}

// summary is what happens in a few lines.
func (e *errand) summary(m *Model, w int) (lines []string) {
	t, v := m.text.BoardErrand, e.run.preview
	if v == nil {
		return []string{m.page.Mark(show.Busy, t.Working)}
	}
	if e.run.changed {
		lines = append(lines, wrapped(m.page.Mark(show.Warn, t.Changed), w)...)
		lines = append(lines, "")
	}
	lines = append(lines, wrapped(m.page.Paint(show.Bold, v.Title), w)...)
	if len(v.Facts) == 0 {
		for _, l := range v.Summary {
			lines = append(lines, wrapped(l, w)...)
		}
		return lines
	}
	lines = append(append(lines, ""), factLines(v.Facts, w)...)
	if len(v.Gates) > 0 {
		lines = append(lines, "", t.Gates)
	}
	for _, g := range v.Gates {
		lines = append(lines, wrapped("  "+m.page.Mark(g.Mark, g.Text), w)...)
	}
	return lines
}
