package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type shopSetsResult struct {
	ShopSets []shopSetJSON `json:"shopsets"`
}

// shopSetJSON is one copy of the application, with what lives there.
type shopSetJSON struct {
	Name          shop.ShopSetID `json:"name"`
	Tier          shop.Tier      `json:"tier"`
	Configuration string         `json:"configuration"`
	Cluster       string         `json:"cluster"`
	Domain        string         `json:"failureDomain"`
	Health        shop.Health    `json:"health"`
	Sync          shop.Sync      `json:"sync"`
	Shops         int            `json:"shops"`
	Weight        int            `json:"weight"`
	Holds         int            `json:"holds"`         // weight
	DBConnections int            `json:"dbConnections"` // that its shops use
	DBLimit       int            `json:"dbConnectionsLimit,omitempty"`
	Draining      bool           `json:"draining"`
	Maintenance   bool           `json:"maintenance"`
	OnBranch      bool           `json:"onBranch"` // the tier's branch has it
	Message       string         `json:"message,omitempty"`
	Since         string         `json:"since,omitempty"`
}

func (s shopSetJSON) row() []string {
	return []string{string(s.Name), string(s.Tier), string(s.Health), string(s.Sync), strconv.Itoa(s.Shops), strconv.Itoa(s.Weight), strconv.Itoa(s.Holds),
		strconv.Itoa(s.DBConnections), strconv.Itoa(s.DBLimit), s.Cluster, s.Domain, s.Configuration, strconv.FormatBool(s.Draining), strconv.FormatBool(s.Maintenance)}
}

func shopSetsCommand() *Command {
	return &Command{
		Name: "shopset", Group: Shops, Help: func(t *i18n.Text) i18n.Help { return t.ShopSet.Help },
		Subs: []*Command{
			{
				Name: "list", Flags: []Flag{tierFlag(), {Name: "cluster", Value: "CLUSTER"}, {Name: "problems"}, limitFlag()},
				Kind: "ShopSets", Fields: shopSetsResult{}, Run: listShopSets,
			},
			{Name: "show", Args: []Arg{shopSetArg()}, Kind: "ShopSet", Fields: shopSetJSON{}, Run: showShopSet},
			shopSetAddCommand(), shopSetDrainCommand(), shopSetRemoveCommand(),
		},
	}
}

func shopSetArg() Arg { return Arg{Name: "NAME", Complete: completeShopSets} }

// observeFleet opens the system and looks at its ShopSets. The caller closes the World.
func (c *Call) observeFleet(ctx context.Context) (World, shop.State, error) {
	w, err := c.World(ctx)
	if err != nil {
		return nil, shop.State{}, err
	}
	have, err := w.Observe(ctx, shop.LookFleet{Loads: true})
	if err != nil {
		w.Close() //nolint:errcheck // the first error is the one to tell
		return nil, have, err
	}
	return w, have, nil
}

func listShopSets(ctx context.Context, c *Call) error {
	w, have, err := c.observeFleet(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	if err := c.knownScope(have); err != nil {
		return err
	}
	if name := c.String("cluster"); name != "" {
		if _, ok := have.Fleet.Clusters[name]; !ok {
			return &Fail{Code: BadValue, Message: c.Text.ShopSet.NoCluster(name), Reasons: slices.Sorted(maps.Keys(have.Fleet.Clusters))}
		}
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:shopsets/", applicationsLine(have, shop.Tier(c.String("tier"))))
	v := shopSetsResult{ShopSets: []shopSetJSON{}}
	found, limit := 0, c.limit(0)
	r := Result{}
	for _, name := range slices.Sorted(maps.Keys(have.Fleet.ShopSets)) {
		s := shopSetOf(have, name)
		if !matches(c.String("tier"), string(s.Tier)) || !matches(c.String("cluster"), s.Cluster) || c.Is("problems") && s.fine() {
			continue
		}
		if found++; limit == 0 || len(v.ShopSets) < limit {
			v.ShopSets = append(v.ShopSets, s)
			r.Rows = append(r.Rows, s.row())
		}
	}
	r.Value = v
	r.Human = func(p show.Page) {
		p.Now = have.Now
		c.header(p, have)
		c.shopSetTable(p, have, v.ShopSets)
		c.sayMore(p, found-len(v.ShopSets))
		switch {
		case len(v.ShopSets) > 0:
		case c.Is("problems"):
			p.Line(c.Text.ShopSet.NoProblem)
		default:
			p.Line(c.Text.ShopSet.None)
		}
	}
	return c.Show(r)
}

// fine reports whether nobody has to look at a ShopSet.
func (s shopSetJSON) fine() bool {
	return s.Health == shop.Healthy && s.Sync == shop.Synced && s.OnBranch
}

func shopSetOf(have shop.State, name shop.ShopSetID) shopSetJSON {
	r := have.Fleet.ShopSets[name]
	s := shopSetJSON{Name: name, Tier: r.Tier, Configuration: r.Configuration, Cluster: r.Cluster, Domain: r.Domain, Health: r.Health, Sync: shop.UnknownSync,
		Shops: r.Routes, Weight: r.Weight, Holds: r.Holds, DBConnections: r.Uses, DBLimit: r.Has, Draining: r.Draining, Maintenance: r.Maintenance != nil, OnBranch: r.OnBranch}
	t, _ := have.Tier(r.Tier)
	for _, x := range t.ShopSets {
		if x.Name == name {
			s.Health, s.Sync, s.Message, s.Since = setHealth(x), x.Sync, x.Message, show.Stamp(x.Since)
		}
	}
	return s
}

func (c *Call) shopSetTable(p show.Page, have shop.State, sets []shopSetJSON) {
	t := c.Text.Shop.Columns
	table := show.Table{Columns: []show.Column{{Head: t.ShopSet}, {Head: t.Tier}, {Head: t.Health}, {Head: c.Text.Status.Sync}, {Head: t.Shops, Right: true}, {Head: t.Filled, Right: true},
		{Head: t.Connections, Right: true}, {Head: t.Cluster}, {Head: t.Domain}, {Head: ""}}}
	for _, s := range sets {
		table.Rows = append(table.Rows, []string{string(s.Name), string(s.Tier), c.healthMark(p, s.Health, 0, 0), c.syncMark(p, s.Sync), show.Number(s.Shops),
			fmt.Sprintf("%d/%d", s.Weight, s.Holds), connectionsCell(s), s.Cluster, s.Domain, c.setNotes(p, have, s)})
	}
	p.Table(table)
}

func connectionsCell(s shopSetJSON) string {
	if s.DBLimit == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d", s.DBConnections, s.DBLimit)
}

// setNotes is what a person should know of a ShopSet besides.
func (c *Call) setNotes(p show.Page, have shop.State, s shopSetJSON) string {
	var notes []string
	if !s.OnBranch {
		notes = append(notes, p.Mark(show.Bad, c.Text.ShopSet.NotOnBranch))
	}
	if s.Draining {
		notes = append(notes, p.Mark(show.Held, c.Text.ShopSet.Draining))
	}
	t, _ := have.Tier(s.Tier)
	if state := shop.Healthy.ShopState(have.Now, have.Fleet.ShopSets[s.Name].Maintenance, t.Spec.Maintenance); state != shop.ShopOpen {
		notes = append(notes, c.stateMark(p, state))
	}
	return strings.Join(notes, "  ")
}

func showShopSet(ctx context.Context, c *Call) error {
	w, have, err := c.observeFleet(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	name := shop.ShopSetID(c.Arg(0))
	if _, ok := have.Fleet.ShopSets[name]; !ok {
		return c.unknownShopSet(have, c.Arg(0))
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:"+intent.Path(shop.KindShopSet, string(name)))
	v := shopSetOf(have, name)
	return c.Show(Result{Value: v, Rows: [][]string{v.row()}, Human: func(p show.Page) {
		p.Now = have.Now
		t := c.Text.ShopSet
		tier, _ := have.Tier(v.Tier)
		p.Line(p.Paint(show.Bold, string(v.Name)), "  ", string(v.Tier), "   ", c.healthMark(p, v.Health, 0, 0), "  ", c.syncMark(p, v.Sync), "  ", c.setNotes(p, have, v))
		p.Line()
		rows := [][]string{
			{c.Text.Shop.Labels.Release, releaseText(tier.Number, tier.Runs)}, {t.ShopsLabel, show.Number(v.Shops)},
			{t.FilledLabel, fmt.Sprintf("%d/%d", v.Weight, v.Holds)}, {t.ConnectionsLabel, connectionsCell(v)},
			{t.ClusterLabel, v.Cluster + "/" + v.Domain}, {t.ConfigurationLabel, v.Configuration},
		}
		for _, x := range setSwitches(have, have.Fleet.ShopSets[name]) {
			rows = append(rows, []string{c.Text.Shop.Labels.Maintenance, c.closingText(p, have, x)})
		}
		for _, row := range rows {
			p.Fact(row[0], row[1], 16)
		}
		if v.Message != "" {
			p.Line(p.Mark(show.Warn, show.Clean(v.Message)))
		}
		c.next(p, "shopctl shop list --shopset "+string(v.Name))
	}})
}

func (c *Call) unknownShopSet(have shop.State, name string) error {
	f := &Fail{Code: NoSuchShopSet, Message: c.Text.Find.NoShopSet(show.Clean(name))}
	var known []string
	for k := range have.Fleet.ShopSets {
		known = append(known, string(k))
	}
	slices.Sort(known)
	f.Hints = guesses(c.Text, name, known, func(guess string) string { return c.instead(name, guess) })
	if len(f.Hints) == 0 {
		f.Hints = []Hint{{Text: c.Text.Find.LookAtAll, Command: "shopctl shopset list"}}
	}
	return f
}

// setChange is what became of a ShopSet: the JSON of add, drain and remove.
type setChange struct {
	planResult
	ShopSet     shop.ShopSetID `json:"shopset"`
	Result      string         `json:"result"`
	Changed     bool           `json:"changed"`
	Tier        shop.Tier      `json:"tier"`
	Cluster     string         `json:"cluster,omitempty"`
	Domain      string         `json:"failureDomain,omitempty"`
	Moved       int            `json:"moved"` // shops
	Left        int            `json:"left"`  // shops that still have a route there
	TookSeconds float64        `json:"tookSeconds"`
}

func (v setChange) rows() [][]string {
	word := "same"
	if v.Changed {
		word = "written"
	}
	return [][]string{{string(v.ShopSet), word, string(v.Tier), v.Cluster, v.Domain, strconv.Itoa(v.Moved), strconv.Itoa(v.Left)}}
}

func setChanged(name shop.ShopSetID, have shop.State, changed bool, took time.Duration) setChange {
	r := have.Fleet.ShopSets[name]
	return setChange{ShopSet: name, Result: ExitName(ExitOK), Changed: changed, Tier: r.Tier, Cluster: r.Cluster, Domain: r.Domain, Left: r.Routes, TookSeconds: took.Seconds()}
}
