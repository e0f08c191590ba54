package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/show"
)

// reading is the page of a command that changes nothing: what it prints, to be
// scrolled. Its sheets are command lines that belong together, one is seen.
type reading struct {
	what   []string // its place: tier-1, diff
	of     Target   // what it is about
	sheets []*sheet
	on     int
}

// sheet is one command line and what it printed.
type sheet struct {
	name  string // on its tab
	args  []string
	known []string // what it prints, where that is known; the command is not carried out
	lines []string
	width int // that it was printed for; 0: it was not asked for yet
	busy  bool
	epoch int // of its asking: what an earlier one brings is dropped
	stop  context.CancelFunc
	top   int // the first line on the screen
}

// sheetMsg is what a command printed.
type sheetMsg struct {
	page  *reading
	sheet *sheet
	epoch int
	lines []string
	err   error
}

func (msg sheetMsg) to() page { return msg.page }

// widthMsg asks again for a width once the screen has stayed at it.
type widthMsg struct {
	page  *reading
	width int
}

func (msg widthMsg) to() page { return msg.page }

// read opens a page with what a command line prints.
func (m *Model) read(what []string, args ...string) tea.Cmd {
	return m.readAll(what, &sheet{args: args})
}

// readAll opens a page with several command lines, the first one in front. The page
// that is seen already is read anew.
func (m *Model) readAll(what []string, sheets ...*sheet) tea.Cmd {
	same := func(a, b *sheet) bool { return slices.Equal(a.args, b.args) }
	if r, reads := m.top().(*reading); reads && slices.EqualFunc(r.sheets, sheets, same) {
		return r.ask(m)
	}
	r := &reading{what: what, of: m.top().at(m), sheets: sheets}
	m.push(r)
	return r.ask(m)
}

// sheetWidth is the room of a line on a screen.
func (m *Model) sheetWidth() int { return max(m.w-4, 1) }

func (r *reading) sheet() *sheet { return r.sheets[r.on] }

// ask carries the command of the sheet in front out.
func (r *reading) ask(m *Model) tea.Cmd {
	s := r.sheet()
	s.end()
	if s.known != nil {
		s.width = m.sheetWidth()
		s.print(s.known)
		return nil
	}
	ctx, cancel := context.WithCancel(m.ctx)
	s.stop, s.busy, s.width = cancel, true, m.sheetWidth()
	s.epoch++
	epoch, width, args := s.epoch, s.width, s.args
	return func() tea.Msg {
		lines, err := m.desk.Read(ctx, args, width)
		return sheetMsg{r, s, epoch, lines, err}
	}
}

func (s *sheet) end() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

// leave ends what is still being read.
func (r *reading) leave() {
	for _, s := range r.sheets {
		s.end()
	}
}

func (r *reading) crumbs(*Model) []string { return r.what }
func (r *reading) typing() bool           { return false }
func (r *reading) at(*Model) Target       { return r.of }

// line is the command whose page it is.
func (r *reading) line(*Model) []string { return r.sheet().args }

func (r *reading) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case sheetMsg:
		r.got(m, msg)
	case tea.WindowSizeMsg:
		width := m.sheetWidth()
		if width == r.sheet().width {
			return nil
		}
		return tea.Tick(widthRests, func(time.Time) tea.Msg { return widthMsg{r, width} })
	case widthMsg:
		if msg.width == m.sheetWidth() && msg.width != r.sheet().width {
			return r.ask(m)
		}
	case tea.KeyMsg:
		return r.turnTo(m, msg.String())
	case tea.MouseMsg:
		switch msg.Button {
		case tea.MouseButtonWheelUp:
			r.scroll(m, -wheelLines)
		case tea.MouseButtonWheelDown:
			r.scroll(m, wheelLines)
		}
	}
	return nil
}

// widthRests is how long a screen keeps its width before lines are made for it.
const widthRests = 300 * time.Millisecond

func (r *reading) got(m *Model, msg sheetMsg) {
	s := msg.sheet
	if msg.epoch != s.epoch {
		return
	}
	s.end()
	s.busy = false
	if msg.err != nil {
		m.fail(msg.err.Error())
		s.lines = []string{m.page.Mark(show.Bad, show.Clean(msg.err.Error()))}
		return
	}
	s.print(msg.lines)
}

// print puts what a command prints on the sheet.
func (s *sheet) print(lines []string) {
	s.lines = nil
	for _, l := range lines {
		s.lines = append(s.lines, whole(strings.ReplaceAll(l, "\t", "    "), s.width)...)
	}
}

// whole breaks a line that does not fit: nothing that a command says is cut. A
// colour ends with its piece.
func whole(line string, width int) []string {
	pieces := wrapped(line, width)
	if len(pieces) > 1 && strings.Contains(line, "\x1b") {
		for i := range pieces {
			pieces[i] += ansi.ResetStyle
		}
	}
	return pieces
}

// turnTo shows the sheet of a number.
func (r *reading) turnTo(m *Model, k string) tea.Cmd {
	if len(k) != 1 || k[0] < '1' || int(k[0]-'1') >= len(r.sheets) {
		return nil
	}
	return r.turn(m, int(k[0]-'1'))
}

func (r *reading) turn(m *Model, to int) tea.Cmd {
	r.on = (to + len(r.sheets)) % len(r.sheets)
	if r.sheet().width != m.sheetWidth() {
		return r.ask(m)
	}
	return nil
}

func (r *reading) actions(m *Model) []action {
	scroll := func(id string, by func(page int) int) action {
		return action{id: id, do: func(m *Model) tea.Cmd { r.scroll(m, by(max(r.room(m)-1, 1))); return nil }}
	}
	side := func(id string, by int) action {
		return action{id: id, do: func(*Model) tea.Cmd {
			return r.turn(m, r.on+by)
		}}
	}
	up := scroll("up", func(int) int { return -1 })
	up.show, up.also = true, "down"
	all := []action{
		up, scroll("down", func(int) int { return 1 }),
		scroll("page-up", func(page int) int { return -page }), scroll("page-down", func(page int) int { return page }),
		scroll("top", func(int) int { return -len(r.sheet().lines) }), scroll("end", func(int) int { return len(r.sheet().lines) }),
		{id: "refresh", show: true, do: func(m *Model) tea.Cmd { return r.ask(m) }},
		{id: "back", show: true, do: func(m *Model) tea.Cmd { r.leave(); m.pop(); return nil }},
	}
	if len(r.sheets) > 1 {
		all = append(all, side("left", -1), side("right", 1))
		all = append([]action{{id: "pane", name: m.text.BoardLooks.NextTab, show: true, do: func(m *Model) tea.Cmd { return r.turn(m, r.on+1) }}}, all...)
	}
	return all
}

// room is how many lines are seen at once.
func (r *reading) room(m *Model) int {
	h := m.bodyHeight() - 2
	if len(r.sheets) > 1 {
		h--
	}
	return max(h, 1)
}

func (r *reading) scroll(m *Model, by int) {
	s := r.sheet()
	s.top = max(0, min(s.top+by, len(s.lines)-r.room(m)))
}

func (r *reading) view(m *Model, w, h int) []string {
	s := r.sheet()
	var body []string
	room := h - 2
	if len(r.sheets) > 1 {
		body, room = append(body, r.tabs(m)), room-1
	}
	if len(s.lines) == 0 && s.busy {
		body = append(body, m.page.Mark(show.Busy, m.text.Board.Looking))
	}
	seen, top := seenFrom(s.lines, s.top, room)
	body = append(body, seen...)
	f := frame{title: commandLine(s.args)}
	if s.busy && len(s.lines) > 0 {
		f.right = m.text.Board.Looking
	}
	f.foot = m.span(top, room, len(s.lines))
	return m.box(f, body, w, h)
}

// tabs names the sheets; the one that is seen stands out without colour too.
func (r *reading) tabs(m *Model) string {
	var parts []string
	for i, s := range r.sheets {
		part := string(rune('1'+i)) + " " + s.name
		if i == r.on {
			part = m.page.Paint(show.Bold, "["+part+"]")
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "  ")
}
