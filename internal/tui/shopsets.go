package tui

import (
	"cmp"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// shopSets is the page of a tier: its ShopSets, with what is known of the chosen one.
type shopSets struct {
	catalogue
	tier shop.Tier
	look int // that the order belongs to; nil: the ShopSets as they are
}

func (p *shopSets) crumbs(*Model) []string { return []string{string(p.tier)} }
func (p *shopSets) typing() bool           { return false }

func (p *shopSets) at(m *Model) Target {
	at := Target{Tier: p.tier}
	if s, ok := p.chosen(m); ok {
		at.ShopSet = s.Name
	}
	return at
}

func (p *shopSets) chosen(m *Model) (ShopSet, bool) {
	if p.list.chosen(p.rows(m)) < 0 {
		return ShopSet{}, false
	}
	return m.board.ShopSet(shop.ShopSetID(p.list.key))
}

// arrange puts the ShopSets in the page's order, once a look: what changes in
// between stays in its place.
func (p *shopSets) arrange(sets []ShopSet, look int) {
	if p.by == byName {
		p.order = nil
		return
	}
	if len(p.order) == len(sets) && p.look == look {
		return
	}
	p.order, p.look = make([]int, len(sets)), look
	for i := range p.order {
		p.order[i] = i
	}
	slices.SortStableFunc(p.order, func(i, j int) int {
		switch a, b := &sets[i], &sets[j]; p.by {
		case byState:
			return cmp.Compare(worse(setSymbol(*a)), worse(setSymbol(*b)))
		case bySize:
			return cmp.Compare(b.Shops, a.Shops)
		default:
			return b.Since.Compare(a.Since)
		}
	})
}

// fromWorst are the symbols in the order of sorting.
var fromWorst = []show.Symbol{show.Bad, show.Warn, show.Unknown, show.Busy, show.Held, show.Good, show.Nothing}

// worse sorts symbols from the worst.
func worse(s show.Symbol) int { return slices.Index(fromWorst, s) }

func (p *shopSets) rows(m *Model) rows {
	var sets []ShopSet
	if n := p.tier.Number(); n >= 0 && n < len(m.board.Tiers) {
		sets = m.board.Tiers[n].ShopSets
	}
	p.arrange(sets, m.board.Look)
	return m.shopSetRows(sets, p.order)
}

func (p *shopSets) update(m *Model, msg tea.Msg) tea.Cmd {
	if click, ok := msg.(tea.MouseMsg); ok {
		return p.mouse(m, p, click)
	}
	return nil
}

func (p *shopSets) actions(m *Model) []action { return p.catalogue.actions(m, p) }

func (p *shopSets) foot(*Model) []string {
	return []string{"up", "enter", "pane", "find", "sort", "promote", "diff", "maintenance", "rollback", "copy", "back", "help"}
}

func (p *shopSets) enter(m *Model) tea.Cmd {
	if s, ok := p.chosen(m); ok {
		return m.enterShopSet(s.Name)
	}
	return nil
}

func (p *shopSets) about(m *Model, width int) []string {
	if s, ok := p.chosen(m); ok {
		return m.shopSetDetail(s, width)
	}
	return nil
}

func (p *shopSets) view(m *Model, w, h int) []string {
	return p.catalogue.view(m, p, m.text.BoardPages.ShopSetsOf(string(p.tier)), m.text.BoardPages.ByShops, w, h)
}
