package tui

import (
	"bytes"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

// Glance is the pipeline without a hand on it: what `status --watch` draws.
type Glance struct {
	Page  show.Page
	Text  *i18n.Text
	Board Board
	Of    Target        // only that; empty: everything
	Age   time.Duration // since the board was seen
	Tries int           // to see it again, in vain
}

// Lines are at most h lines, none wider than w.
func (g Glance) Lines(w, h int) []string {
	m := &Model{text: g.Text, page: g.Page, board: g.Board, w: w, h: h, seen: g.Board.At, pages: []page{&pipeline{}}}
	m.page.Now, m.page.Width = g.Board.At.Add(g.Age), w
	lines := make([]string, 0, h)
	if g.Tries > 0 {
		m.failed = g.Text.Status.Reconnecting(g.Tries)
	}
	lines = append(lines, m.header(w))
	if g.Tries > 0 {
		lines = append(lines, "", " "+m.page.Mark(show.Warn, m.failed))
	}
	lines = append(lines, "")
	lines = append(lines, m.glanceTable(g, w)...)
	for _, t := range m.board.Tiers {
		if g.Of.Tier != "" && g.Of.Tier != t.Name {
			continue
		}
		if rolling := m.rolling(t, w-4); len(rolling) > 0 {
			lines = append(lines, "", " "+string(t.Name)+"  "+rolling[0])
			for _, l := range rolling[1:] {
				lines = append(lines, " "+l)
			}
		}
		lines = append(lines, m.glanceSets(g, t)...)
		for i, n := range t.Notes {
			if i == 0 {
				lines = append(lines, "")
			}
			lines = append(lines, " "+string(t.Name)+"  "+m.page.Mark(n.Mark, n.Text))
		}
	}
	if len(lines) > h {
		lines = lines[:max(h, 0)]
	}
	for i, l := range lines {
		lines[i] = m.page.Cut(strings.TrimRight(l, " "), w)
	}
	return lines
}

// glanceTable are the tiers as rows.
func (m *Model) glanceTable(g Glance, w int) []string {
	r := (&pipeline{}).tierRows(m, w)
	t := show.Table{}
	for _, c := range r.columns {
		t.Columns = append(t.Columns, show.Column{Head: c.head, Right: c.right, Flex: c.head == m.text.BoardPages.Waiting})
	}
	for i := range r.n {
		if g.Of.Tier == "" || g.Of.Tier == m.board.Tiers[i].Name {
			t.Rows = append(t.Rows, r.cells(i))
		}
	}
	return m.tabled(t)
}

// glanceSets are the ShopSets of a tier, when it is the one that is looked at.
func (m *Model) glanceSets(g Glance, t Tier) []string {
	if g.Of.Tier == "" {
		return nil
	}
	text := m.text.BoardPages
	table := show.Table{Columns: []show.Column{{Head: text.ShopSet}, {Head: text.Health}, {Head: text.Sync}, {Head: text.Shops, Right: true}, {Flex: true}}}
	for _, s := range t.ShopSets {
		if g.Of.ShopSet == "" || g.Of.ShopSet == s.Name {
			table.Rows = append(table.Rows, []string{string(s.Name), m.healthMark(s.Health, -1), m.syncMark(s.Sync), show.Number(s.Shops), s.Trouble})
		}
	}
	return append([]string{""}, m.tabled(table)...)
}

// tabled are the lines of a table, one cell in.
func (m *Model) tabled(t show.Table) []string {
	var out bytes.Buffer
	p := m.page
	p.Out, p.Accessible, p.Width = &out, false, max(1, m.w-1)
	p.Table(t)
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	for i, l := range lines {
		lines[i] = " " + l
	}
	return lines
}
