package tui

import (
	"cmp"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// shops is the page of a ShopSet: the shops that live there, with what is known
// of the chosen one.
type shops struct {
	catalogue
	set     shop.ShopSetID
	ordered revision // of the order, which has places in the list of all shops
	name    int      // cells of the longest name
	finding *find    // among these shops, once it was open
}

// enterShopSet opens the page of a ShopSet.
func (m *Model) enterShopSet(set shop.ShopSetID) tea.Cmd {
	m.push(&shops{set: set})
	return m.wantShops()
}

func (p *shops) crumbs(m *Model) []string {
	s, _ := m.board.ShopSet(p.set)
	return []string{string(s.Tier), string(p.set)}
}

func (p *shops) typing() bool { return false }

func (p *shops) at(m *Model) Target {
	s, _ := m.board.ShopSet(p.set)
	at := Target{Tier: s.Tier, ShopSet: p.set}
	if one, ok := p.chosen(m); ok {
		at.Shop = one.Name
	}
	return at
}

func (p *shops) chosen(m *Model) (Shop, bool) {
	if i := p.list.chosen(p.rows(m)); i >= 0 {
		return m.current(m.fleet.all[p.order[i]]), true
	}
	return Shop{}, false
}

// arrange puts the shops in the page's order, once for what is known of them.
func (p *shops) arrange(m *Model) {
	if p.order != nil && p.ordered == m.revision() {
		return
	}
	p.order, p.ordered = append([]int{}, m.fleet.in[p.set]...), m.revision()
	all := m.fleet.all
	p.name = 4
	for _, i := range p.order {
		p.name = max(p.name, show.Width(string(all[i].Name)))
	}
	if p.by == byName {
		return
	}
	slices.SortStableFunc(p.order, func(a, b int) int {
		switch p.by {
		case byState:
			return cmp.Compare(worse(shopSymbol(m.current(all[a]).State)), worse(shopSymbol(m.current(all[b]).State)))
		case bySize:
			return cmp.Compare(all[a].Plan, all[b].Plan)
		}
		return all[b].Closed.Compare(all[a].Closed)
	})
}

func (p *shops) rows(m *Model) rows {
	p.arrange(m)
	text, all := m.text.BoardPages, m.fleet.all
	set, _ := m.board.ShopSet(p.set)
	empty := text.NoShops
	switch {
	case m.fleet.failed != "" && !m.fleet.known:
		empty = m.page.Mark(show.Warn, m.fleet.failed)
	case !m.fleet.known:
		empty = m.page.Mark(show.Busy, m.text.Board.Looking)
	}
	return rows{
		columns: []column{
			{head: text.Shop, width: min(p.name, 40)}, {head: text.Name, width: 11, flex: 1}, {head: text.Plan, width: 7, drop: 2},
			{head: text.State, width: m.stateWidth()}, {head: text.Hosts, right: true, drop: 3}, {head: text.Since, width: ageWidth, right: true, drop: 1},
		},
		n: len(p.order), key: func(i int) string { return string(all[p.order[i]].Name) },
		cells: func(i int) []string {
			s := m.current(all[p.order[i]])
			return []string{string(s.Name), s.Title(), s.Plan, m.shopMark(s.State), show.Number(len(s.Hosts)), m.shopSince(s, set)}
		},
		empty: empty,
	}
}

// ageWidth is room for the longest age: 20h29m.
const ageWidth = 6

// Title is how people call a shop.
func (s Shop) Title() string { return cmp.Or(s.DisplayName, string(s.Name)) }

// stateWidth is room for the longest state of a shop.
func (m *Model) stateWidth() (wide int) {
	for state := range shopSymbols {
		wide = max(wide, show.Width(m.shopMark(state)))
	}
	return wide
}

// shopSince is how long a shop has been so, where that is its ShopSet's doing.
func (m *Model) shopSince(s Shop, set ShopSet) string {
	switch s.State {
	case "maintenance", "overdue", "moving", "refused":
		return ""
	}
	return m.since(set.Since)
}

func (p *shops) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case boardMsg:
		return m.wantShops()
	case tea.MouseMsg:
		return p.mouse(m, p, msg)
	}
	return nil
}

func (p *shops) actions(m *Model) []action {
	return append(p.catalogue.actions(m, p), action{id: "find", name: m.text.BoardFind.Filter, do: p.filter})
}

// filter finds among the shops of the ShopSet.
func (p *shops) filter(m *Model) tea.Cmd {
	if p.finding == nil {
		p.finding = newFind("shopset:" + string(p.set) + " ")
	}
	return p.finding.open(m)
}

func (p *shops) foot(*Model) []string {
	return []string{"up", "pane", "find", "sort", "diff", "maintenance", "open", "copy", "move", "enter", "back", "help"}
}

func (p *shops) enter(m *Model) tea.Cmd {
	if s, ok := p.chosen(m); ok {
		return m.enterShop(s.Name)
	}
	return nil
}

func (p *shops) about(m *Model, width int) []string {
	if s, ok := p.chosen(m); ok {
		return m.shopDetail(s, width)
	}
	return nil
}

func (p *shops) view(m *Model, w, h int) []string {
	return p.catalogue.view(m, p, m.text.BoardPages.ShopsIn(string(p.set)), m.text.BoardPages.ByPlan, w, h)
}
