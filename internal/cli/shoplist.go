package cli

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type shopsResult struct {
	Shops []shopJSON `json:"shops"`
	Found int        `json:"found"` // without --limit
	Of    int        `json:"of"`    // shops in the system
}

// shopJSON is one shop. State is the worst of its ShopSet, its maintenance and its move.
type shopJSON struct {
	Name        shop.ShopID    `json:"name"`
	DisplayName string         `json:"displayName"`
	Tier        shop.Tier      `json:"tier"`
	ShopSet     shop.ShopSetID `json:"shopset"`
	MovingFrom  shop.ShopSetID `json:"movingFrom,omitempty"`
	Plan        string         `json:"plan"`
	State       shop.ShopState `json:"state"`                 // open, maintenance, overdue, moving, degraded, refused, unknown
	Closed      string         `json:"closedUntil,omitempty"` // by whatever closes it the longest
	Release     int            `json:"release"`
	Hosts       []string       `json:"hosts"`
}

func (s shopJSON) row() []string {
	return []string{string(s.Name), string(s.State), string(s.Tier), string(s.ShopSet), s.Plan, number(s.Release), strings.Join(s.Hosts, " "), s.DisplayName, string(s.MovingFrom), s.Closed}
}

func shopListCommand() *Command {
	return &Command{
		Name: "list",
		Flags: []Flag{tierFlag(), shopsetFlag(), planFlag(), limitFlag(),
			{Name: "state", Value: "STATE", Choices: []string{"open", "maintenance", "overdue", "moving", "degraded", "refused", "unknown"}}},
		Kind: "Shops", Fields: shopsResult{},
		Run: func(ctx context.Context, c *Call) error {
			if c.String("state") == string(shop.ShopRefused) {
				return c.listRefused(ctx)
			}
			return c.listShops(ctx, shop.Filter{}, func(s shopJSON) bool {
				return c.inScope(s) && matches(c.String("state"), string(s.State))
			})
		},
	}
}

func matches(wanted, is string) bool { return wanted == "" || wanted == is }

func shopSearchCommand() *Command {
	return &Command{
		Name: "search", Args: []Arg{{Name: "QUERY", Many: true}}, Flags: []Flag{limitFlag()},
		Kind: "Shops", Fields: shopsResult{},
		Run: func(ctx context.Context, c *Call) error {
			f, unknown := shop.ParseFilter(strings.Join(c.Args(), " "))
			if unknown != "" {
				return &Fail{Code: BadValue, Message: c.Text.Shop.NoField(unknown, strings.Join(shop.FilterFields, " "))}
			}
			if f.Wants("state", string(shop.ShopRefused)) {
				return &Fail{Code: CannotBeKnown, Message: c.Text.Route.SearchCannot, Hints: []Hint{{Text: c.Text.Route.ListThem, Command: "shopctl shop list --state refused"}}}
			}
			return c.listShops(ctx, f, func(shopJSON) bool { return true })
		},
	}
}

// listing is what a list of shops is made from.
type listing struct {
	w       World
	have    shop.State
	entries iter.Seq[shop.Entry]
	began   time.Time
	result  shopsResult // without shops yet
}

// listed looks for the shops in whose text the needle is. The caller closes the World.
func (c *Call) listed(ctx context.Context, needle string) (l listing, err error) {
	if l.w, err = c.World(ctx); err != nil {
		return l, err
	}
	defer func() {
		if err != nil {
			l.w.Close() //nolint:errcheck // the first error is the one to tell
		}
	}()
	if l.have, err = l.w.Observe(ctx, shop.LookFleet{}); err != nil {
		return l, err
	}
	if err = c.knownScope(l.have); err != nil {
		return l, err
	}
	l.began = c.Env.Now()
	l.result.Shops = []shopJSON{}
	for _, t := range l.have.Tiers {
		l.result.Of += t.Shops
	}
	l.entries, err = l.w.Entries(needle)
	return l, err
}

func (c *Call) listShops(ctx context.Context, f shop.Filter, wanted func(shopJSON) bool) error {
	l, err := c.listed(ctx, f.Needle())
	if err != nil {
		return err
	}
	defer l.w.Close() //nolint:errcheck // nothing was written
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git ls-tree -r --name-only main shops/")
	have, v := l.have, l.result
	limit := c.limit(0)
	var ranks []ranked
	for e := range l.entries {
		s := shopOf(have, e)
		if !f.Match(e, shop.Facts{Tier: s.Tier, State: string(s.State), Plan: s.Plan, Release: number(s.Release)}) || !wanted(s) {
			continue
		}
		v.Found++
		switch {
		case f.Ranks():
			ranks = append(ranks, ranked{s, f.Rank(&e)})
		case limit == 0 || len(v.Shops) < limit:
			v.Shops = append(v.Shops, s)
		}
	}
	slices.SortStableFunc(ranks, func(a, b ranked) int { return cmp.Compare(b.rank, a.rank) })
	for _, r := range ranks {
		if limit == 0 || len(v.Shops) < limit {
			v.Shops = append(v.Shops, r.shop)
		}
	}
	return c.Show(c.shopsResult(have, v, c.Env.Now().Sub(l.began)))
}

// ranked is a shop that a fuzzy search found: what fits best stands first.
type ranked struct {
	shop shopJSON
	rank int
}

// knownScope refuses a tier, a ShopSet or a plan that there is not.
func (c *Call) knownScope(have shop.State) error {
	if name := c.String("tier"); name != "" {
		if _, err := findTier(c, have, name); err != nil {
			return err
		}
	}
	if name := c.String("shopset"); name != "" {
		if _, ok := have.Fleet.ShopSets[shop.ShopSetID(name)]; !ok {
			return c.unknownShopSet(have, name)
		}
	}
	if name := c.String("plan"); name != "" {
		return plan.KnownPlan(have.Fleet, name)
	}
	return nil
}

func shopOf(have shop.State, e shop.Entry) shopJSON {
	room := have.Fleet.ShopSets[e.ShopSet]
	t, _ := have.Tier(room.Tier)
	s := shopJSON{Name: e.Name, DisplayName: e.DisplayName, Tier: room.Tier, ShopSet: e.ShopSet, MovingFrom: e.MovingFrom,
		Plan: planWord(have.Policy, e.Plan), State: stateOfShop(have, e), Release: t.Number, Hosts: e.Hosts}
	if s.DisplayName == "" {
		s.DisplayName = string(s.Name)
	}
	s.Closed = show.Stamp(closedUntil(e, room.Maintenance, t.Spec.Maintenance))
	return s
}

// closedUntil is when the last switch that closes a shop ends: its own, its
// ShopSet's, its tier's. Zero: none does.
func closedUntil(e shop.Entry, switches ...*shop.Maintenance) time.Time {
	until := e.Closed
	for _, m := range switches {
		if m != nil && m.Until.After(until) {
			until = m.Until
		}
	}
	return until
}

func (c *Call) shopsResult(have shop.State, v shopsResult, took time.Duration) Result {
	r := Result{Value: v}
	for _, s := range v.Shops {
		r.Rows = append(r.Rows, s.row())
	}
	r.Human = func(p show.Page) {
		t := c.Text.Shop
		p.Now = have.Now
		table := show.Table{Columns: []show.Column{{Head: t.Columns.Shop}, {Head: t.Columns.Name, Flex: true}, {Head: t.Columns.State}, {Head: t.Columns.Tier},
			{Head: t.Columns.ShopSet}, {Head: t.Columns.Plan}, {Head: t.Columns.Hosts, Flex: true}}}
		for _, s := range v.Shops {
			table.Rows = append(table.Rows, []string{string(s.Name), show.Clean(s.DisplayName), c.stateMark(p, s.State), string(s.Tier), string(s.ShopSet), s.Plan, strings.Join(shownHosts(s.Hosts), " ")})
		}
		p.Table(table)
		if v.Found == 0 {
			p.Line(t.NoneFound(show.Number(v.Of)))
			return
		}
		p.Line()
		p.Line(t.Found(show.Number(len(v.Shops)), show.Number(v.Found), show.Number(v.Of)))
		if len(v.Shops) == 1 {
			c.next(p, "shopctl shop show "+string(v.Shops[0].Name))
		}
	}
	return r
}

// shopFacts is one shop in full.
type shopFacts struct {
	shopJSON
	Cluster     string      `json:"cluster"`
	Domain      string      `json:"failureDomain"`
	Health      shop.Health `json:"health"` // of its ShopSet
	Routes      []routeJSON `json:"routes"`
	Maintenance *closedJSON `json:"maintenance"`
	App         string      `json:"app"` // commit that its tier runs

	ClosedToo []closedAllJSON `json:"closedToo"` // other switches that close it: its ShopSet's, its tier's
}

type routeJSON struct {
	ShopSet  shop.ShopSetID `json:"shopset"`
	OnBranch bool           `json:"onBranch"` // the tier's branch has it
	Live     bool           `json:"live"`     // Argo CD has applied exactly that
	Accepted *bool          `json:"accepted"` // the gateway takes it; null: nobody says
	Reason   string         `json:"reason,omitempty"`
	Message  string         `json:"message,omitempty"`
	Rival    shop.ShopID    `json:"rival,omitempty"` // the shop that has the host, where the gateway names it

	since time.Time
	holds shop.ShopSetID // where the rival lives
}

func shopShowCommand() *Command {
	return &Command{Name: "show", Args: []Arg{shopArg()}, Kind: "Shop", Fields: shopFacts{}, Run: runShopShow}
}

func runShopShow(ctx context.Context, c *Call) error {
	name, err := c.shopName(0)
	if err != nil {
		return err
	}
	w, err := c.World(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	have, err := w.Observe(ctx, shop.LookFleet{Shops: []shop.ShopID{name}})
	if err != nil {
		return err
	}
	s, ok := have.Fleet.Shops[name]
	if !ok {
		return c.unknownShop(w, name)
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:"+intent.Path(shop.KindShop, string(name)))
	v := factsOfShop(have, s)
	return c.Show(Result{Value: v, Rows: [][]string{v.row()}, Human: func(p show.Page) {
		p.Now = have.Now
		c.humanShop(p, have, s, v)
	}})
}

func factsOfShop(have shop.State, s shop.Shop) shopFacts {
	e := shop.Entry{Name: s.Name, DisplayName: s.DisplayName, Hosts: s.Hosts, ShopSet: s.ShopSet, MovingFrom: s.MovingFrom, Plan: s.Plan}
	if s.Maintenance != nil {
		e.Closed = s.Maintenance.Until
	}
	room := have.Fleet.ShopSets[s.ShopSet]
	t, _ := have.Tier(room.Tier)
	v := shopFacts{shopJSON: shopOf(have, e), Cluster: room.Cluster, Domain: room.Domain, Health: room.Health, Maintenance: closedOf(s.Maintenance, have.Now), App: string(t.Runs.App), Routes: []routeJSON{}, ClosedToo: []closedAllJSON{}}
	for _, set := range []shop.ShopSetID{s.ShopSet, s.MovingFrom} {
		if set != "" {
			r := have.Fleet.Routes[shop.RouteID{ShopSet: set, Shop: s.Name}]
			v.Routes = append(v.Routes, routeOf(set, r))
		}
	}
	for _, x := range setSwitches(have, room) {
		v.ClosedToo = append(v.ClosedToo, closedAllOf(x, have.Now))
	}
	return v
}

func (c *Call) humanShop(p show.Page, have shop.State, s shop.Shop, v shopFacts) {
	t := c.Text.Shop
	p.Line(p.Paint(show.Bold, string(v.Name)), "  ", show.Clean(v.DisplayName), "   ", c.stateMark(p, v.State))
	p.Line()
	room := have.Fleet.ShopSets[v.ShopSet]
	tier, _ := have.Tier(v.Tier)
	rows := [][]string{
		{t.Labels.ShopSet, string(v.ShopSet) + "  " + string(v.Tier) + "  " + v.Cluster + "/" + v.Domain + "  " + c.healthMark(p, room.Health, 0, 0)},
		{t.Labels.Release, releaseText(tier.Number, tier.Runs)},
		{t.Labels.Plan, v.Plan},
	}
	for _, h := range v.Hosts {
		rows = append(rows, []string{t.Labels.Host, "https://" + intent.ShownHost(h)})
	}
	for _, r := range v.Routes {
		rows = append(rows, []string{t.Labels.Route, c.routeText(p, have, r)})
		for _, line := range c.refusal(r) {
			rows = append(rows, []string{"", show.Clean(line)})
		}
	}
	if v.MovingFrom != "" {
		rows = append(rows, []string{t.Labels.Moving, t.MovesFrom(string(v.MovingFrom))})
	}
	for _, x := range shopSwitches(have, s) {
		rows = append(rows, []string{t.Labels.Maintenance, c.closingText(p, have, x)})
	}
	for _, row := range rows {
		p.Fact(row[0], row[1], 13)
	}
	if v.MovingFrom != "" {
		line := "shopctl shop move " + string(v.Name) + " --shopset " + string(v.ShopSet)
		if plan.Crosses(have.Fleet, s) {
			line += takesDNS(string(v.Name))
		}
		c.next(p, line)
	}
}

func (c *Call) routeText(p show.Page, have shop.State, r routeJSON) string {
	t := c.Text.Shop
	switch {
	case !r.OnBranch:
		return p.Mark(show.Bad, t.RouteMissing(string(r.ShopSet), string(have.Fleet.ShopSets[r.ShopSet].Tier)))
	case r.Accepted != nil && !*r.Accepted:
		return p.Mark(show.Bad, c.Text.Route.Refused(string(r.ShopSet), tookSince(have.Now, r.since)))
	case r.Accepted != nil:
		return p.Mark(show.Good, t.RouteLive(string(r.ShopSet)))
	case r.Live:
		return p.Mark(show.Unknown, c.Text.Route.Applied(string(r.ShopSet)))
	case have.ArgoCD.None || have.ArgoCD.Silent != "":
		return p.Mark(show.Unknown, t.RouteUnknown(string(r.ShopSet)))
	}
	return p.Mark(show.Busy, t.RouteWaits(string(r.ShopSet)))
}
