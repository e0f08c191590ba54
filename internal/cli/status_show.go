package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func (s *status) result(c *Call) Result {
	r := Result{Value: s.value, Human: func(p show.Page) { s.human(c, p) }}
	for _, t := range s.value.Tiers {
		if s.of.ShopSet == "" {
			r.Rows = append(r.Rows, s.row(t))
		}
		for _, set := range t.ShopSets {
			if s.of.Shop == "" {
				r.Rows = append(r.Rows, s.setRow(t, set))
			}
		}
		if one := s.value.Shop; one != nil && len(t.ShopSets) > 0 {
			row := s.setRow(t, t.ShopSets[0])
			row[0], row[5] = string(one.Name), "1"
			if one.Closed != nil {
				row[7] = "maintenance"
			}
			r.Rows = append(r.Rows, row)
		}
	}
	return r
}

// row has the columns that every line of status has off a terminal.
func (s *status) row(t tierStatus) []string {
	return []string{
		string(t.Name), number(t.Release.Number), string(t.Release.App), string(t.Health), string(t.Sync),
		strconv.Itoa(t.Shops), strconv.Itoa(t.Waiting.Commits), strings.Join(holds(t), " "), t.Since,
	}
}

func (s *status) setRow(t tierStatus, set shopSetStatus) []string {
	return []string{
		string(set.Name), number(t.Release.Number), string(t.Release.App), string(set.Health), string(set.Sync),
		strconv.Itoa(set.Shops), "", strings.Join(holds(t), " "), set.Since,
	}
}

// holds are the words for what a person holds.
func holds(t tierStatus) (words []string) {
	if t.Frozen != nil {
		words = append(words, "frozen")
	}
	if t.Pinned != nil {
		words = append(words, "pinned")
	}
	if t.Closed != nil {
		words = append(words, "maintenance")
	}
	return words
}

func (s *status) human(c *Call, p show.Page) {
	p.Now = s.have.Now
	c.header(p, s.have)
	table := show.Table{Columns: []show.Column{
		{Head: c.Text.Status.Tier}, {Head: c.Text.Status.Release}, {Head: c.Text.Status.Health}, {Head: c.Text.Status.Sync},
		{Head: c.Text.Status.Shops, Right: true}, {Head: c.Text.Status.Waiting},
	}}
	for _, t := range s.value.Tiers {
		table.Rows = append(table.Rows, s.cells(c, p, t))
	}
	p.Table(table)
	s.shopSets(c, p)
	s.ofShop(c, p)
	s.notes(c, p)
	c.next(p, s.value.Next)
}

func (s *status) cells(c *Call, p show.Page, t tierStatus) []string {
	release := releaseText(t.Release.Number, shop.Release{App: t.Release.App})
	if t.Pinned != nil {
		release += "  " + p.Mark(show.Held, c.Text.Look.Pinned)
	}
	wait := p.Mark(show.Nothing, "")
	if n := t.Waiting.Commits; n > 0 {
		wait = c.Text.Look.Commits(n) + ", " + show.Age(s.have.Now, s.have.Now.Add(-time.Duration(t.Waiting.OldestSeconds)*time.Second))
	}
	if t.Frozen != nil {
		wait += "  " + p.Mark(show.Held, c.Text.Look.Frozen)
	}
	wait += s.closedCell(c, p, t)
	return []string{
		string(t.Name), release, c.healthMark(p, t.Health, t.Progress.Ready, t.Progress.ShopSets), c.syncMark(p, t.Sync),
		show.Number(t.Shops), wait,
	}
}

// shopSets are the copies of the application, when a target was named.
func (s *status) shopSets(c *Call, p show.Page) {
	table := show.Table{Columns: []show.Column{
		{Head: c.Text.Status.ShopSet}, {Head: c.Text.Status.Health}, {Head: c.Text.Status.Sync},
		{Head: c.Text.Status.Shops, Right: true}, {Head: c.Text.Status.Since},
	}}
	for _, t := range s.value.Tiers {
		for _, set := range t.ShopSets {
			since := ""
			if at, err := time.Parse(time.RFC3339, set.Since); err == nil {
				since = p.Clock(at)
			}
			table.Rows = append(table.Rows, []string{
				string(set.Name), c.healthMark(p, set.Health, 0, 0), c.syncMark(p, set.Sync), show.Number(set.Shops), since,
			})
		}
	}
	if len(table.Rows) > 0 {
		p.Line()
		p.Table(table)
	}
}

func (s *status) ofShop(c *Call, p show.Page) {
	one := s.value.Shop
	if one == nil {
		return
	}
	state := p.Mark(show.Good, c.Text.Status.Open)
	if one.Closed != nil {
		until, _ := time.Parse(time.RFC3339, one.Closed.Until) // our own stamp
		state = p.Mark(show.Held, c.Text.Status.ClosedUntil(p.Clock(until)))
		if one.Closed.Overdue {
			state = p.Mark(show.Bad, c.Text.Closing.OverdueAt(p.Clock(until)))
		}
	}
	p.Line()
	p.Table(show.Table{
		Columns: []show.Column{{Head: c.Text.Status.Shop}, {Head: c.Text.Status.State}, {Head: c.Text.Status.Hosts, Flex: true}},
		Rows:    [][]string{{string(one.Name), state, show.Clean(strings.Join(one.Hosts, " "))}},
	})
}

// notes say what the table has no room for: who holds what, and why something
// is not well, in the application's own words.
func (s *status) notes(c *Call, p show.Page) {
	text := c.Text.Status
	first := true
	note := func(mark show.Symbol, tier shop.Tier, what, command string) {
		if first {
			p.Line()
			first = false
		}
		line := p.Mark(mark, string(tier)) + "  "
		indent := show.Spaces(show.Width(line))
		p.Line(line, what)
		if command != "" && c.has(strings.Fields(command)[1:]) {
			p.Line(indent, command)
		}
	}
	for _, t := range s.value.Tiers {
		if f := t.Frozen; f != nil {
			note(show.Held, t.Name, text.FrozenBy(clockOf(p, f.Until), show.Clean(nameOf(f.By)), show.Clean(f.Reason)), "")
		}
		if f := t.Pinned; f != nil {
			held := ""
			if f.HoldsBack != nil {
				held = releaseText(f.HoldsBack.Number, shop.Release{App: f.HoldsBack.App})
			}
			note(show.Held, t.Name, text.PinnedBy(number(f.Release.Number), show.Clean(nameOf(f.By)), show.Clean(f.Reason), held), "shopctl unpin "+string(t.Name))
		}
		for _, n := range s.closedNotes(c, p, t.Name) {
			note(n.mark, t.Name, n.text, "")
		}
	}
	for i, one := range s.value.Problems {
		if i == mostProblems && len(s.value.Problems) > mostProblems+1 {
			note(show.Warn, one.Tier, text.More(len(s.value.Problems)-i), "shopctl status "+string(one.Tier))
			break
		}
		command := "shopctl shopset show " + string(one.ShopSet)
		if !c.has([]string{"shopset", "show"}) {
			command = ""
		}
		note(show.Warn, one.Tier, fmt.Sprintf("%s: %s", one.ShopSet, show.Clean(one.Message)), command)
	}
}

// mostProblems is how many ShopSets are named under the table.
const mostProblems = 8

// clockOf reads a stamp of ours and shows it; empty for none.
func clockOf(p show.Page, stamp string) string {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return ""
	}
	return p.Clock(at)
}
