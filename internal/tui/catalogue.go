package tui

import tea "github.com/charmbracelet/bubbletea"

// catalogue is what pages have that list things beside what is known of the chosen one.
type catalogue struct {
	list   table
	by     sorting
	order  []int // places of the listed things, in the order of the page
	detail scroller
}

// catalogued is such a page.
type catalogued interface {
	rows(m *Model) rows
	enter(m *Model) tea.Cmd
	about(m *Model, width int) []string // the chosen one
}

// sorting is the order of a list.
type sorting int

const (
	byName sorting = iota
	byState
	bySize // of ShopSets: shops; of shops: plan
	byTime // what changed last comes first
	sortings
)

func (m *Model) sortWord(by sorting, size string) string {
	text := m.text.BoardPages
	return text.SortedBy([sortings]string{text.ByName, text.ByState, size, text.ByTime}[by])
}

func (p *catalogue) mouse(m *Model, of catalogued, msg tea.MouseMsg) tea.Cmd {
	if !p.detail.mouse(msg) && p.list.mouse(of.rows(m), msg) {
		return of.enter(m)
	}
	return nil
}

func (p *catalogue) actions(m *Model, of catalogued) []action {
	move := p.list.actions(of.rows)
	if p.detail.focus {
		move = p.detail.actions()
	}
	return append(move,
		action{id: "enter", do: of.enter},
		action{id: "pane", off: p.detail.off(m), do: func(*Model) tea.Cmd { p.detail.turn(); return nil }},
		action{id: "sort", do: func(*Model) tea.Cmd { p.by, p.order, p.list = (p.by+1)%sortings, nil, table{}; return nil }},
	)
}

// view has the list at the left and the chosen one beside or below it. size is
// the word for the order by size.
func (p *catalogue) view(m *Model, of catalogued, title, size string, w, h int) []string {
	s := splitPage(w, h)
	r := of.rows(m)
	r.dim = p.detail.focus
	body := p.list.view(m, r, s.list.inside())
	if p.by != byName {
		title += "  " + m.sortWord(p.by, size)
	}
	list := m.box(frame{title: title, right: p.list.span(m, r), foot: p.list.place(r), strong: s.shown && !p.detail.focus}, body, s.list.w, s.list.h)
	if !s.shown {
		p.detail.seen = area{}
		return list
	}
	p.detail.of(p.list.key)
	return s.join(list, p.detail.view(m, of.about(m, s.detail.w-4), s.detail))
}
