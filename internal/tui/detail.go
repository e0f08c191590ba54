package tui

import (
	"cmp"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// mostHosts is how many addresses of a shop a detail lists.
const mostHosts = 4

// mostTrouble is on how many lines a detail tells what is wrong.
const mostTrouble = 6

// shopDetail is what is known of a shop, and what can be done with it.
func (m *Model) shopDetail(s Shop, w int) []string {
	text := m.text.BoardPages
	w, rest := detailWidths(w)
	lines := []string{m.page.Cut(m.page.Paint(show.Bold, string(s.Name))+"  "+s.Title(), w), ""}
	set, _ := m.board.ShopSet(s.ShopSet)
	tier, _ := m.board.Tier(s.Tier)
	facts := []fact{
		{text.State, m.shopMark(s.State)},
		{text.ShopSet, string(s.ShopSet) + "   " + string(s.Tier)},
		{text.Release, m.carries(set, tier)},
		{text.Plan, s.Plan},
	}
	for i, host := range s.Hosts {
		if i == mostHosts-1 && len(s.Hosts) > mostHosts {
			facts = append(facts, fact{"", m.faint(text.More(m.page.Ellipsis(), show.Number(len(s.Hosts)-i)))})
			break
		}
		name := ""
		if i == 0 {
			name = text.URL
		}
		facts = append(facts, fact{name, "https://" + host})
	}
	lines = append(lines, m.factLines(facts, w)...)
	if why := m.shopTrouble(s, set, w); len(why) > 0 {
		lines = append(append(lines, ""), why...)
	}
	return m.withActions(lines, w, rest, text.AllFacts, "enter", "diff", "why", "maintenance", "move", "open", "copy", "commands")
}

// shopTrouble is why a shop is not just open.
func (m *Model) shopTrouble(s Shop, set ShopSet, w int) (lines []string) {
	text := m.text.BoardPages
	if !s.Closed.IsZero() {
		lines = append(lines, m.page.Cut(m.closedMark(s.Closed), w))
	}
	if set.Closed != nil {
		lines = append(lines, m.page.Cut(string(set.Name)+"  "+m.closedMark(*set.Closed), w))
	}
	if s.MovingFrom != "" {
		lines = append(lines, m.marked(Note{show.Busy, text.MovingFrom(string(s.MovingFrom))}, w, mostTrouble)...)
	}
	if set.Trouble != "" {
		lines = append(lines, m.marked(Note{setSymbol(set), string(set.Name) + ": " + set.Trouble}, w, mostTrouble)...)
	}
	return lines
}

// carries is the release that a ShopSet runs, or is on its way to.
func (m *Model) carries(s ShopSet, t Tier) string {
	release := m.number(t.Number)
	if t.Release.App != "" {
		release += " (" + t.Release.Short() + ")"
	}
	switch {
	case s.Sync != shop.Synced || s.Health == shop.Progressing:
		return release + "  " + m.page.Mark(setSymbol(s), m.text.BoardPages.NotYet)
	case s.Live && !s.Since.IsZero():
		release += "  " + m.faint(m.text.BoardPages.Ago(show.Age(m.page.Now, s.Since)))
	}
	return release
}

// shopSetDetail is what is known of a ShopSet, and what can be done with it.
func (m *Model) shopSetDetail(s ShopSet, w int) []string {
	text := m.text.BoardPages
	w, rest := detailWidths(w)
	tier, _ := m.board.Tier(s.Tier)
	lines := []string{m.page.Cut(m.page.Paint(show.Bold, string(s.Name))+"  "+string(s.Tier), w), ""}
	facts := []fact{
		{text.Health, m.healthMark(s.Health, -1)},
		{text.Sync, m.syncMark(s.Sync)},
		{text.Release, m.carries(s, tier)},
		{text.Shops, show.Number(s.Shops)},
	}
	if since := m.since(s.Since); since != "" {
		facts = append(facts, fact{text.Since, m.page.Clock(s.Since) + "  " + m.faint(text.Ago(since))})
	}
	lines = append(lines, m.factLines(facts, w)...)
	if s.Closed != nil {
		lines = append(lines, "", m.page.Cut(m.closedMark(*s.Closed), w))
	}
	if s.Trouble != "" {
		lines = append(append(lines, ""), m.marked(Note{setSymbol(s), s.Trouble}, w, mostTrouble)...)
	}
	return m.withActions(lines, w, rest, text.ItsShops, "enter", "diff", "why", "maintenance", "promote", "rollback", "copy", "commands")
}

// twoColumns is the width from which what can be done stands beside the facts.
const (
	twoColumns = 76
	canWidth   = 38
	mostFacts  = 66
)

// detailWidths are the cells of the facts, and those beside them; 0: none.
func detailWidths(w int) (facts, rest int) {
	if w < twoColumns {
		return w, 0
	}
	facts = min(w-canWidth, mostFacts)
	return facts, w - facts
}

// withActions adds what can be done: below, or beside.
func (m *Model) withActions(lines []string, w, rest int, first string, ids ...string) []string {
	if rest == 0 {
		if can := m.can(w, first, ids...); len(can) > 0 {
			lines = append(append(lines, ""), can...)
		}
		return lines
	}
	can := append([]string{"", ""}, m.can(rest, first, ids...)...)
	h := max(len(lines), len(can))
	return beside(m.block(lines, w, h), m.block(can, rest, h))
}

// enterShop opens what is known of a shop on a page of its own; where the detail
// is seen already, all that the command line knows.
func (m *Model) enterShop(name shop.ShopID) tea.Cmd {
	if w, h := m.pageSize(); splitPage(w, h).shown {
		return m.allOf(name)
	}
	m.push(&oneShop{name: name})
	return nil
}

// allOf is everything that is known of a shop.
func (m *Model) allOf(name shop.ShopID) tea.Cmd {
	return m.read(append(m.top().crumbs(m), string(name)), "shop", "show", string(name))
}

// oneShop is the detail of a shop on the whole screen.
type oneShop struct {
	name   shop.ShopID
	detail scroller
}

func (p *oneShop) crumbs(m *Model) []string {
	s, _ := m.shop(p.name)
	return []string{string(s.Tier), string(s.ShopSet), string(p.name)}
}

func (p *oneShop) typing() bool { return false }

func (p *oneShop) at(m *Model) Target {
	s, ok := m.shop(p.name)
	if !ok {
		return Target{}
	}
	return Target{Tier: s.Tier, ShopSet: s.ShopSet, Shop: p.name}
}

func (p *oneShop) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case boardMsg:
		return m.wantShops()
	case tea.MouseMsg:
		p.detail.mouse(msg)
	}
	return nil
}

func (p *oneShop) actions(*Model) []action {
	return append(p.detail.actions(), action{id: "enter", do: func(m *Model) tea.Cmd { return m.allOf(p.name) }})
}

func (p *oneShop) foot(*Model) []string {
	return []string{"up", "enter", "diff", "maintenance", "move", "open", "copy", "back", "help"}
}

func (p *oneShop) view(m *Model, w, h int) []string {
	s, ok := m.shop(p.name)
	lines := []string{m.text.BoardPages.ShopGone}
	if ok {
		lines = m.shopDetail(s, w-4)
	}
	p.detail.focus = false
	return p.detail.view(m, lines, area{0, 0, w, h})
}

// scroller is a box of lines that may be longer than the box.
type scroller struct {
	title string // empty: it is a detail
	focus bool
	about string // what the lines are of
	from  int
	lines int // there were at the last view
	seen  area
}

// of says what the lines are of: those of another thing are seen from the first.
func (s *scroller) of(about string) {
	if s.about != about {
		s.about, s.from = about, 0
	}
}

func (s *scroller) view(m *Model, lines []string, a area) []string {
	s.seen, s.lines = a.inside(), len(lines)
	seen, from := seenFrom(lines, s.from, s.seen.h)
	s.from = from
	f := frame{title: cmp.Or(s.title, m.text.BoardPages.Detail), strong: s.focus}
	if more := len(lines) - from - len(seen); more > 0 && len(seen) > 0 {
		f.foot = m.text.BoardPages.MoreLines(more)
	}
	return m.box(f, seen, a.w, a.h)
}

func (s *scroller) turn() { s.focus = !s.focus }

// off is why the detail cannot have the focus.
func (s *scroller) off(m *Model) string {
	if w, h := m.pageSize(); !splitPage(w, h).shown {
		s.focus = false
		return m.text.BoardPages.NoRoomForPanes
	}
	return ""
}

func (s *scroller) actions() []action {
	move := func(id string, by func() int) action {
		return action{id: id, do: func(*Model) tea.Cmd { s.from = max(0, min(s.from+by(), s.lines-s.seen.h)); return nil }}
	}
	up := move("up", func() int { return -1 })
	up.show, up.also = true, "down"
	return []action{
		up, move("down", func() int { return 1 }), move("page-up", func() int { return 1 - s.seen.h }), move("page-down", func() int { return s.seen.h - 1 }),
		move("top", func() int { return -s.lines }), move("end", func() int { return s.lines }),
	}
}

// mouse takes the wheel over the box.
func (s *scroller) mouse(msg tea.MouseMsg) bool {
	if !s.seen.has(msg.X, msg.Y) {
		return false
	}
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		s.from = max(0, s.from-wheelLines)
	case tea.MouseButtonWheelDown:
		s.from = max(0, min(s.from+wheelLines, s.lines-s.seen.h))
	}
	return true
}
