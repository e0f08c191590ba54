package tui

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// pipeline is the first page: the tiers, and what waits for the chosen one.
type pipeline struct {
	tier shop.Tier // the cursor follows the tier, not its place
	row  int
}

func (p *pipeline) crumbs(*Model) []string { return nil }
func (p *pipeline) typing() bool           { return false }

func (p *pipeline) at(m *Model) Target { return Target{Tier: p.chosen(m).Name} }

func (p *pipeline) chosen(m *Model) Tier {
	t, ok := m.board.Tier(p.tier)
	if !ok && len(m.board.Tiers) > 0 {
		return m.board.Tiers[0]
	}
	return t
}

func (p *pipeline) update(*Model, tea.Msg) tea.Cmd { return nil }

func (p *pipeline) actions(m *Model) []action {
	return []action{
		{id: "left", do: func(m *Model) tea.Cmd { p.step(m, -1); return nil }},
		{id: "right", do: func(m *Model) tea.Cmd { p.step(m, 1); return nil }},
		{id: "promote", show: true, do: func(m *Model) tea.Cmd {
			tier := string(p.chosen(m).Name)
			return m.open([]string{"promote", tier}, "promote", tier)
		}},
	}
}

func (p *pipeline) step(m *Model, by int) {
	if n := p.chosen(m).Name.Number() + by; n >= 0 && n < len(m.board.Tiers) {
		p.tier, p.row = m.board.Tiers[n].Name, 0
	}
}

// columnWidth is the least width of a column; narrower screens have rows.
const columnWidth = 30

func (p *pipeline) view(m *Model, w, h int) []string {
	n := len(m.board.Tiers)
	if n == 0 {
		return m.block(nil, w, h)
	}
	var blocks [][]string
	for i, t := range m.board.Tiers {
		width := w*(i+1)/n - w*i/n
		blocks = append(blocks, m.box(frame{title: string(t.Name), right: fmt.Sprintf("v%d", t.Number), strong: t.Name == p.chosen(m).Name}, p.column(m, t), width, h))
	}
	return beside(blocks...)
}

func (p *pipeline) column(m *Model, t Tier) []string {
	lines := []string{fmt.Sprintf("v%d %s", t.Number, t.Release.Short()), string(t.Health) + " " + string(t.Sync)}
	for _, n := range t.Notes {
		lines = append(lines, m.page.Mark(n.Mark, n.Text))
	}
	for _, c := range t.Waiting {
		lines = append(lines, c.ID.Short()+" "+c.Title)
	}
	_ = show.Good
	return lines
}
