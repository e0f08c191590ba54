package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// pipeline is the first page: the tiers, as columns or as rows, and below them
// what is to be known of the chosen one.
type pipeline struct {
	tier  shop.Tier // the cursor follows the tier, not its place
	below bool      // the lower box has the focus, where tiers are rows
	tiers table
	pane  pane
	lists [panes]table // what the lower box lists, a table a pane
}

// pane is what the lower box is about.
type pane int

const (
	paneWaiting pane = iota
	paneShopSets
	paneWrong
	panes
)

func (p *pipeline) crumbs(*Model) []string { return nil }
func (p *pipeline) typing() bool           { return false }

func (p *pipeline) at(m *Model) Target {
	t := p.chosen(m)
	at := Target{Tier: t.Name}
	i := -1
	if !p.tiersFocused(m) {
		i = p.lists[p.pane].chosen(p.rows(m, t))
	}
	if i < 0 {
		return at
	}
	switch p.pane {
	case paneWaiting:
		at.Commit = &t.Waiting[i]
	case paneShopSets:
		at.ShopSet = t.ShopSets[i].Name
	case paneWrong:
		at.ShopSet = t.wrongs()[i].set
	}
	return at
}

func (p *pipeline) chosen(m *Model) Tier {
	t, ok := m.board.Tier(p.tier)
	if !ok && len(m.board.Tiers) > 0 {
		return m.board.Tiers[0]
	}
	return t
}

// layout is how the page shares its lines out.
type layout struct {
	columns      bool
	upper, lower int // lines; no lower box: there is no room
}

const (
	columnWidth  = 30 // the least of a column; narrower screens have rows
	columnScreen = 100
	columnLines  = 14
	columnLower  = 6 // the least below columns
	leastLower   = 8 // and below rows
)

func (m *Model) layout(w, h int) layout {
	n := max(len(m.board.Tiers), 1)
	if w >= columnScreen && w/n >= columnWidth && h >= columnLines+columnLower {
		return layout{true, columnLines, h - columnLines}
	}
	upper := min(n+4, max(7, h/2))
	if h-upper < leastLower {
		return layout{upper: h}
	}
	return layout{upper: upper, lower: h - upper}
}

// here is the layout of the screen as it is.
func (m *Model) here() layout { return m.layout(m.pageSize()) }

// tiersFocused reports whether up and down go through the tiers.
func (p *pipeline) tiersFocused(m *Model) bool {
	l := m.here()
	return !l.columns && (!p.below || l.lower == 0)
}

func (p *pipeline) update(m *Model, msg tea.Msg) tea.Cmd {
	w, h := m.pageSize()
	click, ok := msg.(tea.MouseMsg)
	if !ok || click.Y < 0 || click.Y >= h {
		return nil
	}
	l, t := m.here(), p.chosen(m)
	if click.Y >= l.upper {
		p.below = true
		if p.lists[p.pane].mouse(p.rows(m, t), click) {
			return p.enter(m)
		}
		return nil
	}
	if !l.columns {
		p.below = false
		again := p.tiers.mouse(p.tierRows(m, w), click)
		p.follow(m)
		if again {
			return p.enter(m)
		}
		return nil
	}
	if n := len(m.board.Tiers); n > 0 && click.Action == tea.MouseActionPress && click.Button == tea.MouseButtonLeft {
		for i := range n {
			if click.X >= w*i/n && click.X < w*(i+1)/n {
				p.choose(m, i)
			}
		}
	}
	return nil
}

func (p *pipeline) actions(m *Model) []action {
	text := m.text.BoardPages
	tiers := action{id: "left", also: "right", show: true, do: func(m *Model) tea.Cmd { p.step(m, -1); return nil }}
	all := []action{tiers, {id: "right", do: func(m *Model) tea.Cmd { p.step(m, 1); return nil }}}
	if p.tiersFocused(m) {
		w, _ := m.pageSize()
		all = append(all, p.moves(p.tiers.actions(func(m *Model) rows { return p.tierRows(m, w) }))...)
	} else {
		all = append(all, p.lists[p.pane].actions(func(m *Model) rows { return p.rows(m, p.chosen(m)) })...)
	}
	all = append(all, action{id: "enter", show: true, do: p.enter})
	paneAction := action{id: "pane", show: true, do: func(m *Model) tea.Cmd { p.turn(m); return nil }}
	if m.here().lower == 0 {
		paneAction.off = text.NoRoomForPanes
	}
	return append(all, paneAction)
}

func (p *pipeline) foot(m *Model) []string {
	var tiers []string
	if m.here().columns {
		tiers = []string{"left"}
	}
	return append(tiers, "up", "enter", "promote", "diff", "maintenance", "find", "activity", "pane", "help", "quit")
}

// moves makes the tier follow the cursor of the rows.
func (p *pipeline) moves(all []action) []action {
	for i, a := range all {
		all[i].do = func(m *Model) tea.Cmd {
			cmd := a.do(m)
			p.follow(m)
			return cmd
		}
	}
	return all
}

// follow takes the tier that the rows' cursor is on.
func (p *pipeline) follow(m *Model) {
	if i := p.tiers.cursor; i >= 0 && i < len(m.board.Tiers) {
		p.choose(m, i)
	}
}

func (p *pipeline) step(m *Model, by int) { p.choose(m, p.chosen(m).Name.Number()+by) }

// choose takes a tier; the lists begin anew.
func (p *pipeline) choose(m *Model, n int) {
	if n < 0 || n >= len(m.board.Tiers) || m.board.Tiers[n].Name == p.chosen(m).Name {
		return
	}
	p.tier, p.lists = m.board.Tiers[n].Name, [panes]table{}
	p.tiers.cursor, p.tiers.key = n, string(p.tier)
}

// turn goes on to the next pane; where tiers are rows, they come in between.
func (p *pipeline) turn(m *Model) {
	switch l := m.here(); {
	case !l.columns && !p.below:
		p.below = true
	case !l.columns && p.pane == panes-1:
		p.below, p.pane = false, 0
	default:
		p.pane = (p.pane + 1) % panes
	}
}

// enter opens what the cursor is on: a commit's page, a ShopSet's shops, else the
// tier's ShopSets.
func (p *pipeline) enter(m *Model) tea.Cmd {
	switch at := p.at(m); {
	case at.Commit != nil && m.pageHere() == "":
		return m.read([]string{string(at.Tier), at.Commit.ID.Short()}, "where", string(at.Commit.ID))
	case at.Commit != nil:
		return m.act("open")
	case at.ShopSet != "":
		return m.enterShopSet(at.ShopSet)
	case at.Tier != "":
		m.push(&shopSets{tier: at.Tier})
	}
	return nil
}

func (p *pipeline) view(m *Model, w, h int) []string {
	if len(m.board.Tiers) == 0 {
		return m.box(frame{title: m.text.BoardPages.Pipeline}, []string{m.noTiers()}, w, h)
	}
	l := m.layout(w, h)
	var lines []string
	if l.columns {
		lines = p.columns(m, w, l.upper)
	} else {
		lines = p.tierBox(m, w, l.upper, !p.below)
	}
	if l.lower > 0 {
		lines = append(lines, p.lower(m, area{0, l.upper, w, l.lower}, l)...)
	}
	return lines
}

// noTiers is said instead of tiers.
func (m *Model) noTiers() string {
	switch {
	case m.failed != "":
		return m.page.Mark(show.Warn, m.failed)
	case m.seen.IsZero():
		return m.page.Mark(show.Busy, m.text.Board.Looking)
	}
	return m.text.BoardPages.NoTiers
}

func (p *pipeline) columns(m *Model, w, h int) []string {
	var blocks [][]string
	n := len(m.board.Tiers)
	for i, t := range m.board.Tiers {
		width := w*(i+1)/n - w*i/n
		f := frame{title: string(t.Name), right: m.number(t.Number), strong: t.Name == p.chosen(m).Name}
		blocks = append(blocks, m.box(f, m.column(t, width-4, h-2), width, h))
	}
	return beside(blocks...)
}

// tierBox is the tiers as rows.
func (p *pipeline) tierBox(m *Model, w, h int, focus bool) []string {
	r := p.tierRows(m, w)
	p.tiers.choose(r, string(p.chosen(m).Name))
	lines := p.tiers.view(m, r, area{0, 0, w, h}.inside())
	return m.box(frame{title: m.text.BoardPages.Pipeline, right: p.tiers.span(m, r), strong: focus && m.here().lower > 0}, lines, w, h)
}

func (p *pipeline) tierRows(m *Model, w int) rows {
	text := m.text.BoardPages
	return rows{
		columns: []column{{head: text.Tier}, {head: text.Release}, {head: text.Health}, {head: text.Sync, drop: 1}, {head: text.Shops, right: true, drop: 2}, {head: text.Waiting}},
		n:       len(m.board.Tiers), key: func(i int) string { return string(m.board.Tiers[i].Name) },
		cells:   func(i int) []string { return m.tierCells(m.board.Tiers[i], w) },
		measure: true,
	}
}

// tierCells are a tier in one row. What is held is never cut: the rest of the
// last cell is as long as there is room.
func (m *Model) tierCells(t Tier, w int) []string {
	release, share := m.number(t.Number), percent(t.Ready, len(t.ShopSets))
	if w >= columnScreen {
		release += " " + t.Release.Short()
	}
	if w < 70 {
		share = -1
	}
	return []string{
		string(t.Name), release, m.healthMark(t.Health, share), m.syncMark(t.Sync), show.Number(t.Shops), m.waitingCell(t, w),
	}
}

func (m *Model) waitingCell(t Tier, w int) string {
	n, held := len(t.Waiting), m.holdWords(t.Holds)
	cell := m.text.BoardPages.None
	switch long := w >= columnScreen || w >= 80 && held == ""; {
	case n > 0 && long:
		cell = m.text.Look.Commits(n) + ", " + show.Age(m.page.Now, oldest(t.Waiting))
	case n > 0 && w >= 80:
		cell = m.text.Look.Commits(n)
	case n > 0:
		cell = show.Number(n)
	}
	if held != "" {
		cell += "  " + held
	}
	return cell
}
