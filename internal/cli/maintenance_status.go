package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// maintenancesResult is what is closed.
type maintenancesResult struct {
	Overdue int             `json:"overdue"`
	Closed  []closedAllJSON `json:"closed"`
}

// closedAllJSON is one maintenance in the intent.
type closedAllJSON struct {
	Kind    string      `json:"target"` // shop, shopset, tier
	Name    string      `json:"name"`
	Tiers   []shop.Tier `json:"tiers"`
	Until   string      `json:"until"`
	Overdue bool        `json:"overdue"`
	Message string      `json:"message,omitempty"`
	Allow   []string    `json:"allow"`
	recordJSON
}

func closedAllOf(x shop.Closed, now time.Time) closedAllJSON {
	return closedAllJSON{
		Kind: wordOf(x.Subject), Name: x.Name, Tiers: x.Tiers, Until: show.Stamp(x.Until), Overdue: x.Over(now), Message: x.Message,
		Allow: append([]string{}, x.Allow...), recordJSON: recordOf(x.Record),
	}
}

func runMaintenanceStatus(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	shown, err := c.closedHere(w, have)
	if err != nil {
		return err
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git grep -A6 maintenance: main")
	v := maintenancesResult{Closed: []closedAllJSON{}}
	var rows [][]string
	found := len(shown)
	for i, x := range shown {
		one := closedAllOf(x, have.Now)
		if one.Overdue {
			v.Overdue++
		}
		if limit := c.limit(0); limit > 0 && i >= limit {
			continue
		}
		v.Closed = append(v.Closed, one)
		rows = append(rows, []string{one.Kind, one.Name, tierWords(one.Tiers), one.Until, yesNo(one.Overdue), one.By, one.At, one.Message, one.Reason})
	}
	return c.Show(Result{Value: v, Rows: rows, Human: func(p show.Page) {
		p.Now = have.Now
		c.humanMaintenances(p, have, shown[:len(rows)])
		c.sayMore(p, found-len(rows))
	}})
}

// closedHere is what closes that which the flags name, as it ends: overdue first.
// A shop that its ShopSet or its tier closes is closed.
func (c *Call) closedHere(w World, have shop.State) (shown []shop.Closed, err error) {
	if c.Given("tier") {
		if _, err := findTier(c, have, c.String("tier")); err != nil {
			return nil, err
		}
	}
	var set, one target
	if name := c.String("shopset"); c.Given("shopset") {
		var ok bool
		if set, ok = findShopSet(have, shop.ShopSetID(name)); !ok {
			return nil, c.noTarget(have, "shopset", name)
		}
	}
	if c.Given("shop") {
		if one, err = mustShop(c, w, c.String("shop")); err != nil {
			return nil, err
		}
	}
	for _, x := range have.Closed {
		if c.Given("tier") && !slices.Contains(x.Tiers, shop.Tier(c.String("tier"))) ||
			c.Given("shopset") && !closes(x, set) || c.Given("shop") && !closes(x, one) {
			continue
		}
		shown = append(shown, x)
	}
	return shown, nil
}

func tierWords(tiers []shop.Tier) string {
	var words []string
	for _, t := range tiers {
		words = append(words, string(t))
	}
	return strings.Join(words, " ")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func (c *Call) humanMaintenances(p show.Page, have shop.State, shown []shop.Closed) {
	t := c.Text.Closing
	if len(shown) == 0 {
		p.Line(t.NothingClosed)
		return
	}
	table := show.Table{Columns: []show.Column{{Head: t.What}, {Head: t.Tier}, {Head: t.Until}, {Head: t.Left}, {Head: t.By, Flex: true}, {Head: t.Message, Flex: true}}}
	late := false
	for _, x := range shown {
		left := p.Mark(show.Held, t.LeftFor(show.Length(x.Until.Sub(have.Now))))
		if x.Over(have.Now) {
			late = true
			left = p.Mark(show.Bad, t.Overdue(show.Length(have.Now.Sub(x.Until))))
		}
		table.Rows = append(table.Rows, []string{
			c.kindOf(x.Subject) + " " + x.Name, tierWords(x.Tiers), p.Clock(x.Until), left, show.Clean(x.By), show.Clean(x.Message),
		})
	}
	p.Table(table)
	if late {
		p.Line(t.OverdueFix, " shopctl reconcile")
	}
}
