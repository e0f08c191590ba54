package tui

import (
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// The lower box of the first page: what waits for the chosen tier, its ShopSets,
// or what is wrong there.

func (p *pipeline) lower(m *Model, a area, l layout) []string {
	text, t := m.text.BoardPages, p.chosen(m)
	if t.Name == "" {
		return m.box(frame{}, nil, a.w, a.h)
	}
	title := [panes]string{text.WaitingCommits, text.ShopSetsTitle, text.Wrong}[p.pane]
	hint := [panes]string{text.OpenCommit, text.ItsShops, text.ItsShops}[p.pane]
	r := p.rows(m, t)
	r.dim = p.tiersFocused(m)
	if p.pane == paneWaiting && l.columns {
		r.empty = "" // the line above says it
	}
	in := a.inside()
	above, below := p.around(m, t, in, l)
	list := area{in.x, in.y + len(above), in.w, max(0, in.h-len(above)-len(below))}
	hint = m.keys["enter"].Help().Key + ": " + hint
	if r.n == 0 {
		hint = ""
	}
	if n := r.n + 1; len(below) > 0 && list.h > n { // what stands below follows the list
		list.h = n
	}
	lines := append(above, p.lists[p.pane].view(m, r, list)...)
	lines = append(lines, below...)
	span := p.lists[p.pane].span(m, r)
	return m.box(frame{title: string(t.Name) + " / " + title, right: hint, foot: span, strong: !l.columns && p.below}, lines, a.w, a.h)
}

// leastList is how many lines the list has at least, with its head.
const leastList = 3

// around is what stands above and below the list: how much waits and how long,
// the gates, and what to do next.
func (p *pipeline) around(m *Model, t Tier, in area, l layout) (above, below []string) {
	if p.pane != paneWaiting {
		return nil, nil
	}
	gates, next := 3, 2
	if in.h < leastList+gates+next+1 { // the list comes first
		gates, next = 1, 1
	}
	if !l.columns {
		below = m.gateLines(m.faint(m.text.BoardPages.Gates), t.Gates, in.w, gates)
		return nil, append(append([]string{""}, below...), m.folded(m.nextStep(t), in.w, next)...)
	}
	above = append(m.gateLines(m.waitingLine(t), t.Gates, in.w, gates), m.folded(m.nextStep(t), in.w, next)...)
	if in.h > leastList+len(above) {
		above = append(above, "")
	}
	return above, nil
}

// waitingLine is how much waits, and since when.
func (m *Model) waitingLine(t Tier) string {
	text := m.text.BoardPages
	if len(t.Waiting) == 0 {
		return text.NothingWaits
	}
	line := text.WaitingSince(m.text.Look.Commits(len(t.Waiting)), show.Age(m.page.Now, oldest(t.Waiting)))
	if len(t.Gates) > 0 {
		line += "   " + m.faint(text.Gates)
	}
	return line
}

func oldest(commits []Commit) time.Time {
	var first time.Time
	for _, c := range commits {
		if first.IsZero() || c.At.Before(first) {
			first = c.At
		}
	}
	return first
}

// gateLines are a line that begins so, and the gates after it on as many lines
// as they need, each whole.
func (m *Model) gateLines(begin string, gates []Note, w, most int) []string {
	lines := []string{begin}
	if len(gates) == 0 {
		if begin == m.faint(m.text.BoardPages.Gates) {
			return nil
		}
		return lines
	}
	for i, g := range gates {
		one, last := m.note(g), &lines[len(lines)-1]
		switch {
		case show.Width(*last)+2+show.Width(one) <= w:
			*last += "  " + one
		case len(lines) == most:
			*last = m.page.Cut(*last+"  "+m.text.BoardPages.More(m.page.Ellipsis(), show.Number(len(gates)-i)), w)
			return lines
		default:
			lines = append(lines, "  "+m.page.Cut(one, w-2))
		}
	}
	return lines
}

// nextStep says what to do now, or what it waits for.
func (m *Model) nextStep(t Tier) string {
	text := m.text.BoardPages
	_, upper := t.Name.Below()
	switch {
	case m.board.ReadOnly != "":
		return m.board.ReadOnly
	case m.board.Silent != "":
		return text.NextSilent(m.keys["doctor"].Help().Key)
	case len(t.Waiting) == 0 && t.Manual && t.Sync == shop.OutOfSync:
		return text.NextSync(string(t.Name))
	case len(t.Waiting) == 0 && upper:
		return text.NextNothing(string(t.Name))
	case !upper && len(t.Waiting) == 0:
		return text.NextMerge
	case !upper:
		return text.NextReconcile
	}
	for _, mark := range []show.Symbol{show.Held, show.Bad, show.Unknown, show.Busy} {
		for _, g := range t.Gates {
			if g.Mark == mark {
				return text.NextWaits(g.Text)
			}
		}
	}
	if off := m.mayNotPromote(Target{Tier: t.Name}); off != "" {
		return off
	}
	return text.NextPromote(m.keys["promote"].Help().Key, string(t.Name))
}

// rows are the objects of the lower list.
func (p *pipeline) rows(m *Model, t Tier) rows {
	switch p.pane {
	case paneShopSets:
		return m.shopSetRows(t.ShopSets, nil)
	case paneWrong:
		return m.wrongRows(t)
	}
	return m.commitRows(t.Waiting)
}

func (m *Model) commitRows(commits []Commit) rows {
	text := m.text.BoardPages
	return rows{
		columns: []column{
			{head: text.Commit, width: 7}, {head: text.When, width: 6}, {head: text.Author, width: 10, drop: 2}, {head: text.Pull, width: 5},
			{head: text.Change, width: 20, flex: 1}, {head: text.In, drop: 3},
		},
		n: len(commits), key: func(i int) string { return string(commits[i].Repository) + string(commits[i].ID) },
		cells: func(i int) []string {
			c := commits[i]
			return []string{c.ID.Short(), show.Age(m.page.Now, c.At), m.faint(c.Author), m.link(c.URL, c.Pull), c.Title, m.faint(string(c.Repository))}
		},
		empty:   text.NothingWaits,
		measure: true,
	}
}

// shopSetRows are ShopSets in an order; nil: as they are.
func (m *Model) shopSetRows(sets []ShopSet, order []int) rows {
	text := m.text.BoardPages
	at := func(i int) ShopSet {
		if order != nil {
			i = order[i]
		}
		return sets[i]
	}
	return rows{
		columns: []column{
			{head: text.ShopSet}, {head: text.Health}, {head: text.Sync, drop: 2}, {head: text.Shops, right: true, drop: 1}, {head: text.Since, right: true, drop: 3},
			{head: text.Trouble, width: 20, flex: 1},
		},
		n: len(sets), key: func(i int) string { return string(at(i).Name) },
		cells: func(i int) []string {
			s := at(i)
			return []string{string(s.Name), m.healthMark(s.Health, -1), m.syncMark(s.Sync), show.Number(s.Shops), m.since(s.Since), m.setTrouble(s)}
		},
		empty:   text.NoShopSets,
		named:   true,
		measure: true,
	}
}

// since is how long something has been so; empty: nobody knows.
func (m *Model) since(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return show.Age(m.page.Now, at)
}

// setTrouble is what a ShopSet's row says besides its state.
func (m *Model) setTrouble(s ShopSet) string {
	var words []string
	if s.Closed != nil {
		words = append(words, m.closedMark(*s.Closed))
	}
	if s.Trouble != "" {
		words = append(words, m.page.Mark(setSymbol(s), s.Trouble))
	}
	return strings.Join(words, "  ")
}

// closedMark is a maintenance with its end.
func (m *Model) closedMark(until time.Time) string {
	if !until.IsZero() && !m.page.Now.Before(until) {
		return m.page.Mark(show.Bad, m.text.BoardPages.OverdueAt(m.page.Clock(until)))
	}
	return m.page.Mark(show.Held, m.text.BoardPages.ClosedUntil(m.page.Clock(until)))
}

// wrong is one line of what is wrong with a tier, or held there.
type wrong struct {
	set  shop.ShopSetID // empty: the tier itself
	note Note
}

func (t Tier) wrongs() (all []wrong) {
	for _, s := range t.ShopSets {
		if s.Trouble != "" {
			all = append(all, wrong{s.Name, Note{setSymbol(s), s.Trouble}})
		}
	}
	for _, n := range t.Notes {
		all = append(all, wrong{"", n})
	}
	return all
}

func (m *Model) wrongRows(t Tier) rows {
	text, all := m.text.BoardPages, t.wrongs()
	return rows{
		columns: []column{{head: text.Where}, {head: text.What, width: 20, flex: 1}},
		n:       len(all), key: func(i int) string { return string(all[i].set) + " " + all[i].note.Text },
		cells: func(i int) []string {
			where := string(all[i].set)
			if where == "" {
				where = string(t.Name)
			}
			return []string{where, m.note(all[i].note)}
		},
		empty:   text.NothingWrong,
		measure: true,
	}
}
