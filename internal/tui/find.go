package tui

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// find is the page that finds a shop. There is one among all shops, and one of
// each page of a ShopSet: its filter is kept when it is left.
type find struct {
	begin string // the text that it begins with, and that it is cleared to
	field textinput.Model
	list  table
	bad   string // what is wrong with the filter; empty: nothing

	epoch int // of searches: late ones are dropped
	stop  context.CancelFunc
	busy  bool
	known bool
	found hits
}

// hits are the shops that a search found. They keep the list that they are of.
type hits struct {
	query  string
	of     revision
	all    []Shop
	places []int32 // in all, in the order of the page
	took   time.Duration
}

type foundMsg struct {
	page  *find
	epoch int
	hits  hits
}

func (msg foundMsg) to() page { return msg.page }

// find opens the page among all shops.
func (m *Model) find() tea.Cmd {
	if m.finding == nil {
		m.finding = newFind("")
	}
	return m.finding.open(m)
}

func newFind(begin string) *find {
	p := &find{begin: begin, field: field()}
	p.clear()
	return p
}

func (p *find) open(m *Model) tea.Cmd {
	m.push(p)
	return tea.Batch(p.field.Focus(), p.refresh(m))
}

// clear leaves the text that the page begins with.
func (p *find) clear() {
	p.field.Reset()
	p.field.SetValue(p.begin)
}

func (p *find) crumbs(m *Model) []string { return []string{m.text.BoardFind.Place} }
func (p *find) typing() bool             { return true }

func (p *find) at(m *Model) Target {
	if s, ok := p.chosen(m); ok {
		return Target{Tier: s.Tier, ShopSet: s.ShopSet, Shop: s.Name}
	}
	return Target{}
}

func (p *find) chosen(m *Model) (Shop, bool) {
	if i := p.list.chosen(p.rows(m)); i >= 0 {
		return m.current(p.found.all[p.found.places[i]]), true
	}
	return Shop{}, false
}

// refresh lists the shops if they are not known as they are now, and searches
// again if something about them is another.
func (p *find) refresh(m *Model) tea.Cmd {
	list := m.wantShops()
	if m.fleet.known && !p.busy && (!p.known || p.found.of != m.revision()) {
		return tea.Batch(list, p.search(m))
	}
	return list
}

// search looks through all shops beside the program. One that goes on for an
// older text ends.
func (p *find) search(m *Model) tea.Cmd {
	query := p.field.Value()
	filter, unknown := shop.ParseFilter(query)
	p.bad = ""
	if unknown != "" {
		p.bad = m.text.BoardFind.NoField(show.Clean(unknown), strings.Join(shop.FilterFields, " "))
		return nil // what was found before is still seen
	}
	if p.stop != nil {
		p.stop()
	}
	if !m.fleet.known {
		return nil
	}
	ctx, stop := context.WithCancel(m.ctx)
	p.epoch++
	p.stop, p.busy = stop, true
	epoch, found, f, now := p.epoch, hits{query: query, of: m.revision(), all: m.fleet.all}, m.facts(), m.o.Now
	return func() tea.Msg {
		defer stop()
		began := now()
		found.places = fitting(ctx, filter, found.all, f)
		found.took = now().Sub(began)
		return foundMsg{p, epoch, found}
	}
}

// searchStep is after how many shops a search looks whether it is still wanted.
const searchStep = 1024

// fitting are the places of the shops that a filter finds: by name, or the best
// first where it ranks.
func fitting(ctx context.Context, filter shop.Filter, all []Shop, f facts) []int32 {
	type ranked struct{ place, rank int32 }
	var places []int32
	var ranks []ranked
	var known shop.Facts
	asks, rank := filter.Asks(), filter.Ranks()
	for i := range all {
		if i%searchStep == 0 && ctx.Err() != nil {
			return nil
		}
		s := &all[i]
		if asks {
			known = f.asked(s)
		}
		switch {
		case !filter.Fits(&s.Entry, &known):
		case rank:
			ranks = append(ranks, ranked{int32(i), int32(filter.Rank(&s.Entry))})
		default:
			places = append(places, int32(i))
		}
	}
	slices.SortStableFunc(ranks, func(a, b ranked) int { return cmp.Compare(b.rank, a.rank) })
	for _, r := range ranks {
		places = append(places, r.place)
	}
	return places
}

func (p *find) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case foundMsg:
		return p.got(m, msg)
	case boardMsg, shopsMsg:
		return p.refresh(m)
	case tea.MouseMsg:
		if p.list.mouse(p.rows(m), msg) {
			return p.enter(m)
		}
	case tea.KeyMsg:
		return p.write(m, msg)
	}
	return nil
}

func (p *find) got(m *Model, msg foundMsg) tea.Cmd {
	if msg.epoch != p.epoch {
		return nil
	}
	if !p.known || p.found.query != msg.hits.query {
		p.list = table{} // other words: the first is meant
	}
	p.busy, p.known, p.found = false, true, msg.hits
	return p.refresh(m)
}

// write is for the keys: what can be printed is text.
func (p *find) write(m *Model, msg tea.KeyMsg) tea.Cmd {
	if msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace {
		return p.edit(m, msg)
	}
	switch msg.String() {
	case "ctrl+o":
		if _, ok := p.chosen(m); ok {
			return m.browse()
		}
		return nil
	case "ctrl+y":
		return m.copy()
	case "esc":
		if p.field.Value() == p.begin {
			m.pop()
			return nil
		}
		p.clear()
		return p.search(m)
	case "home", "end": // of the text
		return p.edit(m, msg)
	}
	id := m.keys.named(msg)
	for _, a := range p.actions(m) {
		if a.id == id && id != "" {
			return a.do(m)
		}
	}
	return p.edit(m, msg)
}

func (p *find) edit(m *Model, msg tea.KeyMsg) tea.Cmd {
	was := p.field.Value()
	var cmd tea.Cmd
	p.field, cmd = p.field.Update(msg)
	if p.field.Value() == was {
		return cmd
	}
	return tea.Batch(cmd, p.search(m))
}

func (p *find) enter(m *Model) tea.Cmd {
	if s, ok := p.chosen(m); ok {
		m.push(&oneShop{name: s.Name})
	}
	return nil
}

func (p *find) actions(m *Model) []action {
	t := m.text.BoardFind
	return append(p.list.actions(p.rows),
		action{id: "enter", show: true, do: p.enter},
		action{id: "open", key: t.Browser, name: t.OpenIt, show: true, do: (*Model).browse},
		action{id: "copy", key: t.Copy, name: t.CopyIt, show: true, do: (*Model).copy},
		action{id: "back", name: t.Clear, show: true, do: func(m *Model) tea.Cmd { m.pop(); return nil }},
	)
}

func (p *find) rows(m *Model) rows {
	text, all := m.text.BoardPages, p.found.all
	empty := m.text.BoardFind.NoneFits
	switch {
	case m.fleet.failed != "" && !m.fleet.known:
		empty = m.page.Mark(show.Warn, m.fleet.failed)
	case !p.known:
		empty = m.page.Mark(show.Busy, m.text.BoardFind.Listing)
	}
	return rows{
		columns: []column{
			{head: text.Shop, width: shopWidth}, {head: text.Name, width: 10, flex: 1}, {head: text.Tier, width: 6, drop: 2}, {head: text.ShopSet, width: 7, drop: 3},
			{head: text.Release, width: 5, drop: 4}, {head: text.State, width: m.stateWidth()},
		},
		n: len(p.found.places), key: func(i int) string { return string(all[p.found.places[i]].Name) },
		cells: func(i int) []string {
			s := m.current(all[p.found.places[i]])
			return []string{string(s.Name), s.Title(), string(s.Tier), string(s.ShopSet), releaseName(s.Release), m.shopMark(s.State)}
		},
		empty: empty,
	}
}

// shopWidth is room for the names of most shops.
const shopWidth = 18

func (p *find) view(m *Model, w, h int) []string {
	t := m.text.BoardFind
	a := area{0, 0, w, h}.inside()
	count := ""
	if p.known && p.bad == "" {
		count = t.Count(show.Number(len(p.found.places)), show.Number(len(p.found.all))) + "   " + t.Took(show.Number(int(p.found.took.Milliseconds())))
	}
	room := a.w - show.Width(t.Prompt) - show.Width(count) - 2
	line := t.Prompt + show.Pad(m.typed(&p.field, true, room), max(room, 0)) + "  " + count
	said := ""
	if p.bad != "" {
		said = m.page.Mark(show.Bad, p.bad)
	}
	r := p.rows(m)
	list := p.list.view(m, r, area{a.x, a.y + 2, a.w, max(a.h-4, 1)})
	match := t.Match
	if show.Width(match) > a.w {
		match = t.MatchShort
	}
	lines := append(append([]string{line, said}, list...), "", m.page.Paint(show.Faint, match))
	return m.box(frame{title: t.Title, foot: p.list.place(r)}, lines, w, h)
}
