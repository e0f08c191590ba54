package cli

import (
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// closedInside lists what is closed in a tier by a switch of its own.
func closedInside(have shop.State, t shop.Tier) (inside []shop.Closed) {
	for _, x := range have.Closed {
		if x.Kind != shop.KindTier && slices.Contains(x.Tiers, t) {
			inside = append(inside, x)
		}
	}
	return inside
}

// closedBy is the maintenance that keeps a target closed the longest: its own,
// or that of what it lies in.
func closedBy(have shop.State, of target) (last *closedJSON) {
	var until time.Time
	for _, x := range have.Closed {
		if closes(x, of) && (last == nil || x.Until.After(until)) {
			last, until = closedOf(&x.Maintenance, have.Now), x.Until
		}
	}
	return last
}

// closes reports whether a maintenance keeps a target closed: its own, or that
// of what it lies in.
func closes(x shop.Closed, of target) bool {
	switch x.Subject {
	case shop.Subject{Kind: shop.KindShop, Name: string(of.Shop)}, shop.Subject{Kind: shop.KindShopSet, Name: string(of.ShopSet)},
		shop.Subject{Kind: shop.KindTier, Name: string(of.Tier)}:
		return true
	}
	return false
}

// setSwitches are those that close a ShopSet: its own, and its tier's.
func setSwitches(have shop.State, set shop.Room) []shop.Closed {
	t, _ := have.Tier(set.Tier)
	return append(switchOn(shop.KindShopSet, string(set.Name), set.Maintenance, set.Tier), switchOn(shop.KindTier, string(set.Tier), t.Spec.Maintenance, set.Tier)...)
}

// shopSwitches are those that close a shop: its own first.
func shopSwitches(have shop.State, s shop.Shop) []shop.Closed {
	set := have.Fleet.ShopSets[s.ShopSet]
	return append(switchOn(shop.KindShop, string(s.Name), s.Maintenance, set.Tier), setSwitches(have, set)...)
}

// switchOn is one switch, nothing when it is off.
func switchOn(kind shop.Kind, name string, m *shop.Maintenance, t shop.Tier) []shop.Closed {
	if m == nil {
		return nil
	}
	return []shop.Closed{{Subject: shop.Subject{Kind: kind, Name: name}, Tiers: []shop.Tier{t}, Maintenance: *m}}
}

// closingText is what closes something, until when, by whom and why.
func (c *Call) closingText(p show.Page, have shop.State, x shop.Closed) string {
	t := c.Text.Closing
	if x.Over(have.Now) {
		return p.Mark(show.Bad, t.StandsOver(c.kindOf(x.Subject)+" "+x.Name, p.Clock(x.Until))) + "   shopctl reconcile"
	}
	return p.Mark(show.Held, t.Stands(c.kindOf(x.Subject)+" "+x.Name, p.Clock(x.Until), show.Clean(nameOf(x.By)), show.Clean(x.Reason), show.Clean(x.Message)))
}

// heldMark is red for what should be open again.
func heldMark(overdue bool) show.Symbol {
	if overdue {
		return show.Bad
	}
	return show.Held
}

// closedMark is a maintenance in one line.
func (c *Call) closedMark(p show.Page, m closedJSON) string {
	if m.Overdue {
		return p.Mark(show.Bad, c.Text.Closing.OverdueAt(clockOf(p, m.Until)))
	}
	return p.Mark(show.Held, c.Text.Status.ClosedBy(clockOf(p, m.Until), show.Clean(nameOf(m.By)), show.Clean(m.Reason)))
}

// closedCell is what the table of tiers says of maintenances.
func (s *status) closedCell(c *Call, p show.Page, t tierStatus) (cell string) {
	for _, x := range s.closedMarks(c, t) {
		cell += "  " + p.Mark(x.mark, x.text)
	}
	return cell
}

// closedMarks are the words for what is closed in a tier: itself, and some inside.
func (s *status) closedMarks(c *Call, t tierStatus) (marks []markedLine) {
	if t.Closed != nil {
		marks = append(marks, markedLine{heldMark(t.Closed.Overdue), c.Text.Look.Closed})
	}
	if t.ClosedInside > 0 {
		overdue := slices.ContainsFunc(closedInside(s.have, t.Name), func(x shop.Closed) bool { return x.Over(s.have.Now) })
		marks = append(marks, markedLine{heldMark(overdue), c.Text.Closing.ClosedShops(t.ClosedInside)})
	}
	return marks
}

// markedLine is a line with its symbol.
type markedLine struct {
	mark show.Symbol
	text string
}

// fewClosed is how many are named under the table; overdue ones come first.
const fewClosed = 3

// closedNotes tell what is closed in a tier: its own switch, and the first that
// end of those inside.
func (s *status) closedNotes(c *Call, p show.Page, t shop.Tier) (notes []markedLine) {
	add := func(what string, m shop.Maintenance) {
		if what != "" {
			what += ": "
		}
		if m.Over(s.have.Now) {
			notes = append(notes, markedLine{show.Bad, what + c.Text.Closing.OverdueAt(p.Clock(m.Until))})
			return
		}
		notes = append(notes, markedLine{show.Held, what + c.Text.Status.ClosedBy(p.Clock(m.Until), show.Clean(nameOf(m.By)), show.Clean(m.Reason))})
	}
	if tier, ok := s.have.Tier(t); ok && tier.Spec.Maintenance != nil {
		add("", *tier.Spec.Maintenance)
	}
	for i, x := range closedInside(s.have, t) {
		if i == fewClosed {
			break
		}
		add(c.kindOf(x.Subject)+" "+x.Name, x.Maintenance)
	}
	return notes
}

// previewClosed says before a promotion which customers will not see it.
func (c *Call) previewClosed(p show.Page, have shop.State, t shop.Tier) {
	if text := c.closedAhead(p, have, t); text != "" {
		p.Line("  ", p.Mark(show.Held, text))
	}
}

// closedAhead is that sentence; empty: all of them will.
func (c *Call) closedAhead(p show.Page, have shop.State, t shop.Tier) string {
	var all []shop.Closed
	for _, x := range have.Closed {
		if slices.Contains(x.Tiers, t) {
			all = append(all, x)
		}
	}
	n := len(all)
	if n == 0 {
		return ""
	}
	first, last := all[0], all[n-1]
	return c.Text.Closing.PromoteInto(string(t), n, c.kindOf(first.Subject)+" "+first.Name, p.Clock(last.Until))
}
