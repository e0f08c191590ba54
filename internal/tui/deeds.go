package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// deeds are the actions on every page that begin an errand: each opens a page
// that shows what it would do, and changes nothing before it was asked about.
func (m *Model) deeds() []action {
	t := m.top().at(m)
	return []action{
		{id: "promote", off: m.mayNotPromote(t), do: func(m *Model) tea.Cmd { return m.onTier("promote", t) }},
		{id: "move", off: m.mayNotMove(t), do: func(m *Model) tea.Cmd { return m.choosePlace(t) }},
		{id: "rollback", off: m.mayNot(t), do: func(m *Model) tea.Cmd { return m.onTier("rollback", t) }},
	}
}

// onTier opens the page of a command about one tier.
func (m *Model) onTier(command string, t Target) tea.Cmd {
	return m.open([]string{command, string(t.Tier)}, command, string(t.Tier))
}

// mayNot is why the release of a tier cannot be changed from here; empty: it can.
func (m *Model) mayNot(t Target) string {
	if why := m.readOnly(); why != "" {
		return why
	}
	if t.Tier == "" {
		return m.text.BoardErrand.NoTier
	}
	tier, _ := m.board.Tier(t.Tier)
	return tier.MayNot
}

func (m *Model) mayNotMove(t Target) string {
	if why := m.readOnly(); why != "" {
		return why
	}
	if t.Shop == "" {
		return m.text.BoardErrand.NoShop
	}
	return ""
}

// moving is the page on which the ShopSet is chosen that a shop moves to.
type moving struct {
	of     Target
	places []Place
	failed string // why they are not known; empty: they are, or it is being found out
	ready  bool
	table  table
}

// placesMsg is where a shop could live.
type placesMsg struct {
	page   *moving
	places []Place
	err    error
}

func (msg placesMsg) to() page { return msg.page }

func (m *Model) choosePlace(t Target) tea.Cmd {
	p := &moving{of: t}
	m.push(p)
	return func() tea.Msg {
		places, err := m.desk.Places(m.ctx, t.Shop)
		return placesMsg{p, places, err}
	}
}

func (p *moving) crumbs(m *Model) []string {
	return []string{string(p.of.ShopSet), m.text.BoardErrand.MoveTo(string(p.of.Shop))}
}
func (p *moving) typing() bool     { return false }
func (p *moving) at(*Model) Target { return p.of }

// line is the command that the page prepares.
func (p *moving) line(m *Model) []string {
	if place, ok := p.chosen(m); ok {
		return p.args(place)
	}
	return []string{"shop", "show", string(p.of.Shop)}
}

func (p *moving) args(to Place) []string {
	return []string{"shop", "move", string(p.of.Shop), "--shopset", string(to.ShopSet)}
}

func (p *moving) chosen(m *Model) (Place, bool) {
	if at := p.table.chosen(p.rows(m)); at >= 0 {
		return p.places[at], true
	}
	return Place{}, false
}

func (p *moving) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case placesMsg:
		p.ready, p.places = true, msg.places
		if msg.err != nil {
			p.failed = show.Clean(msg.err.Error())
			m.fail(p.failed)
		}
	case tea.MouseMsg:
		p.table.mouse(p.rows(m), msg)
	}
	return nil
}

func (p *moving) actions(*Model) []action {
	all := []action{{id: "enter", show: true, do: func(m *Model) tea.Cmd {
		place, ok := p.chosen(m)
		if !ok {
			return nil
		}
		if place.Home {
			m.toast = m.text.BoardErrand.IsThere
			return nil
		}
		m.pop() // the page of the move takes its place
		return m.open(placeOf(p.args(place)), p.args(place)...)
	}}}
	all = append(all, p.table.actions(p.rows)...)
	return append(all, action{id: "back", show: true, do: func(m *Model) tea.Cmd { m.pop(); return nil }})
}

func (p *moving) rows(m *Model) rows {
	t := m.text.BoardErrand
	return rows{
		columns: []column{
			{head: t.Column["shopset"], width: 10}, {head: t.Column["tier"], width: 7}, {head: t.Column["domain"], width: 8, drop: 1},
			{head: t.Column["filled"], width: 9, right: true}, {head: t.Column["why"], flex: 1, width: 12},
		},
		n:   len(p.places),
		key: func(i int) string { return string(p.places[i].ShopSet) },
		cells: func(i int) []string {
			s := p.places[i]
			why := m.page.Mark(s.Mark, s.Why)
			if s.Home {
				why = m.page.Mark(show.Nothing, t.IsThere)
			}
			return []string{string(s.ShopSet), string(s.Tier), s.Domain, s.Filled, why}
		},
		empty: t.NoPlaces,
	}
}

func (p *moving) view(m *Model, w, h int) []string {
	f := frame{title: m.text.BoardErrand.MoveTo(show.Clean(string(p.of.Shop)))}
	switch {
	case p.failed != "":
		return m.box(f, wrapped(m.page.Mark(show.Bad, p.failed), w-4), w, h)
	case !p.ready:
		return m.box(f, []string{m.page.Mark(show.Busy, m.text.BoardErrand.Working)}, w, h)
	}
	body := p.table.view(m, p.rows(m), area{0, 0, w, h}.inside())
	f.foot = p.table.place(p.rows(m))
	return m.box(f, body, w, h)
}
