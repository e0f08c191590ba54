package tui

import (
	"sort"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// fleet is every shop, as listed last. It is listed when a page wants it, and
// kept: a page that comes back has it at once.
type fleet struct {
	all    []Shop                   // by name
	in     map[shop.ShopSetID][]int // places in all, by name
	list   string                   // which one it is
	serial int                      // counts the listings: one may bring more than its name says
	asked  bool                     // it is being listed
	known  bool                     // it was listed once
	failed string                   // why listing went wrong, in one line; empty: it did not
}

type fleetMsg struct {
	list string
	all  []Shop
	in   map[shop.ShopSetID][]int
	err  error
}

// wantShops lists the shops unless they are listed already and the list is
// still the same.
func (m *Model) wantShops() tea.Cmd {
	if m.fleet.asked || m.fleet.known && m.fleet.list == m.board.List {
		return nil
	}
	m.fleet.asked = true
	list := m.board.List
	return func() tea.Msg {
		all, err := m.desk.Shops(m.ctx)
		in := map[shop.ShopSetID][]int{}
		for i := range all {
			in[all[i].ShopSet] = append(in[all[i].ShopSet], i)
		}
		return fleetMsg{list, all, in, err}
	}
}

// listed keeps a list of all shops, and tells the page.
func (m *Model) listed(msg fleetMsg) tea.Cmd {
	m.fleet.asked = false
	if msg.err != nil {
		m.fleet.failed = show.Clean(msg.err.Error())
		m.fail(msg.err.Error())
		return nil
	}
	m.fleet = fleet{all: msg.all, in: msg.in, list: msg.list, serial: m.fleet.serial + 1, known: true}
	return m.top().update(m, shopsMsg{})
}

// shopsMsg tells a page that the list of shops is another.
type shopsMsg struct{}

// shop finds a shop by its name, as it is now.
func (m *Model) shop(name shop.ShopID) (Shop, bool) {
	all := m.fleet.all
	i := sort.Search(len(all), func(i int) bool { return all[i].Name >= name })
	if i < len(all) && all[i].Name == name {
		return m.current(all[i]), true
	}
	return Shop{}, false
}
