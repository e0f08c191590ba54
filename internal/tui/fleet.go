package tui

import (
	"sort"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
)

// fleet is every shop, as listed last. It is listed when a page wants it, and
// kept: a page that comes back has it at once.
type fleet struct {
	all    []Shop                   // by name
	in     map[shop.ShopSetID][]int // places in all, by name
	at     time.Time                // of the look that it belongs to
	asked  bool                     // it is being listed
	known  bool                     // it was listed once
	failed string                   // why listing went wrong; empty: it did not
}

type fleetMsg struct {
	at  time.Time
	all []Shop
	err error
}

// wantShops lists the shops unless they are listed already as of the last look.
func (m *Model) wantShops() tea.Cmd {
	if m.fleet.asked || m.fleet.known && m.fleet.at.Equal(m.board.At) {
		return nil
	}
	m.fleet.asked = true
	at := m.board.At
	return func() tea.Msg {
		all, err := m.desk.Shops(m.ctx)
		return fleetMsg{at, all, err}
	}
}

// listed keeps a list of all shops, and tells the page.
func (m *Model) listed(msg fleetMsg) tea.Cmd {
	m.fleet.asked = false
	if msg.err != nil {
		m.fleet.failed = msg.err.Error()
		m.fail(m.fleet.failed)
		return nil
	}
	in := map[shop.ShopSetID][]int{}
	for i, s := range msg.all {
		in[s.ShopSet] = append(in[s.ShopSet], i)
	}
	m.fleet = fleet{all: msg.all, in: in, at: msg.at, known: true}
	return m.top().update(m, shopsMsg{})
}

// shopsMsg tells a page that the list of shops is another.
type shopsMsg struct{}

// shop finds a shop by its name.
func (f *fleet) shop(name shop.ShopID) (Shop, bool) {
	i := sort.Search(len(f.all), func(i int) bool { return f.all[i].Name >= name })
	if i < len(f.all) && f.all[i].Name == name {
		return f.all[i], true
	}
	return Shop{}, false
}
