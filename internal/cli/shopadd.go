package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type shopAddResult struct {
	planResult
	Result      string       `json:"result"`
	Changed     bool         `json:"changed"`
	Shops       []addedShop  `json:"shops"`
	Address     *addressJSON `json:"address"` // what the shop's own address answered; null: it was not asked
	TookSeconds float64      `json:"tookSeconds"`
}

type addedShop struct {
	Shop    shop.ShopID    `json:"shop"`
	Changed bool           `json:"changed"`
	Tier    shop.Tier      `json:"tier"`
	ShopSet shop.ShopSetID `json:"shopset"`
	Plan    string         `json:"plan"`
	Hosts   []string       `json:"hosts"`
}

func shopAddCommand() *Command {
	return &Command{
		Name: "add", Args: []Arg{{Name: "NAME", Optional: true}},
		Flags: []Flag{
			{Name: "host", Value: "H", Many: true}, {Name: "name", Value: "TEXT"}, planFlag(), shopsetFlag(), tierFlag(),
			{Name: "from", Value: "FILE"}, {Name: "why"},
		},
		Mutates: true, Kind: "ShopAdd", Fields: shopAddResult{}, Run: runShopAdd,
	}
}

func runShopAdd(ctx context.Context, c *Call) error {
	g, err := c.newShops()
	if err != nil {
		return err
	}
	g.NoWait, g.Reason = !c.Waits(), c.Reason()
	return c.carryOut(ctx, errand{
		look:    g,
		goal:    func(World, shop.State) (shop.Goal, error) { return g, nil },
		confirm: func(shop.State, shop.Goal) Confirmation { return Confirmation{Level: LevelNone} },
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			c.previewAdd(p, have, g, todo)
			return nil
		},
		done: func(w World, _, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			return c.shopsAdded(ctx, w, have, g, did, took), nil
		},
	})
}

// newShops reads the line, or the file that it names.
func (c *Call) newShops() (g shop.AddShops, err error) {
	tier := shop.Tier(c.String("tier"))
	if c.Given("tier") && tier.Number() < 0 {
		return g, &plan.Stop{Why: plan.UnknownTier, Tier: tier}
	}
	if !c.Given("from") {
		return c.newShop(tier)
	}
	for _, flag := range []string{"host", "name"} {
		if c.Given(flag) {
			return g, &Fail{Code: ConflictingFlags, Message: c.Text.Shop.FileHasIt("--" + flag)}
		}
	}
	if c.Arg(0) != "" {
		return g, &Fail{Code: ConflictingFlags, Message: c.Text.Shop.FileHasIt(c.Arg(0))}
	}
	g.File = c.String("from")
	if g.Shops, err = c.shopFile(g.File); err != nil {
		return g, err
	}
	for i := range g.Shops {
		s := &g.Shops[i]
		if s.Plan == "" {
			s.Plan = c.String("plan")
		}
		if s.ShopSet == "" {
			s.ShopSet, s.Tier = shop.ShopSetID(c.String("shopset")), tier
		}
	}
	return g, nil
}

func (c *Call) newShop(tier shop.Tier) (g shop.AddShops, err error) {
	t := c.Text.Shop
	if c.Arg(0) == "" {
		return g, &Fail{Code: MissingArgument, Message: t.NeedsName, Hints: []Hint{{Command: "shopctl shop add NAME --host HOST"}, {Command: "shopctl shop add --from FILE.csv"}}}
	}
	if !c.Given("host") {
		return g, &Fail{Code: MissingValue, Message: t.NeedsHost, Hints: []Hint{{Text: c.Text.Errand.NameIt, Command: c.Again("--host " + "HOST")}}}
	}
	s, mistakes := intent.NewShop(c.Arg(0), c.String("name"), c.String("plan"), c.String("shopset"), c.Strings("host"))
	if len(mistakes) > 0 {
		return g, mistyped(mistakes[0])
	}
	s.Tier = tier
	g.Shops = []shop.NewShop{s}
	return g, nil
}

// mostListed is how many mistakes of a file an error names.
const mostListed = 10

func (c *Call) shopFile(name string) ([]shop.NewShop, error) {
	file := name
	if !filepath.IsAbs(file) {
		file = filepath.Join(c.Env.Dir, file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &Fail{Code: BadValue, Message: c.Text.Shop.CannotRead(name), Reasons: []string{reasonOf(err)}}
	}
	shops, err := intent.ReadShops(name, data)
	var wrong intent.Errors
	if errors.As(err, &wrong) {
		f := &Fail{Code: BadValue, Message: c.Text.Shop.BadFile(name, len(wrong)), Hints: []Hint{{Text: c.Text.Route.GoOnMended, Command: c.Again()}}}
		for i, e := range wrong {
			if i == mostListed {
				f.Reasons = append(f.Reasons, c.Text.Shop.AndMore(len(wrong)-i))
				break
			}
			f.Reasons = append(f.Reasons, e.Error())
		}
		return nil, f
	}
	return shops, err
}

func reasonOf(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// editsOf are the edits that a plan makes of one kind of resource.
func editsOf(ops []plan.Op, kind shop.Kind) (edits []shop.Edit) {
	for _, op := range ops {
		if w, ok := op.(plan.WriteSystem); ok {
			for _, e := range w.Edits {
				if e.Kind == kind {
					edits = append(edits, e)
				}
			}
		}
	}
	return edits
}

// newIn counts the new shops of a plan by ShopSet, with what they weigh.
func newIn(have shop.State, edits []shop.Edit) map[shop.ShopSetID]shop.Room {
	rooms := map[shop.ShopSetID]shop.Room{}
	for _, e := range edits {
		s, ok := e.Value.(*shop.Shop)
		if !ok {
			continue
		}
		r, known := rooms[s.ShopSet]
		if !known {
			r = have.Fleet.ShopSets[s.ShopSet]
			r.Routes = 0
		}
		p := have.Fleet.Plans[s.Plan]
		r.Weight, r.Uses, r.Routes = r.Weight+p.Weight, r.Uses+p.DBConnections, r.Routes+1
		rooms[s.ShopSet] = r
	}
	return rooms
}

func (c *Call) previewAdd(p show.Page, have shop.State, g shop.AddShops, todo []plan.Op) {
	t := c.Text.Shop
	edits := editsOf(todo, shop.KindShop)
	rooms := newIn(have, edits)
	switch {
	case len(edits) == 0:
		return
	case g.File == "":
		s := edits[0].Value.(*shop.Shop)
		c.previewOne(p, have, g.Shops[0], rooms[s.ShopSet])
	default:
		p.Line(t.AddTitle(show.Number(len(edits)), g.File, len(rooms)), "   ", c.system.Title())
		if same := len(g.Shops) - len(edits); same > 0 {
			p.Line("  ", t.ThereAlready(same))
		}
		c.listRooms(p, rooms)
	}
	for _, name := range slices.Sorted(maps.Keys(rooms)) {
		if r := rooms[name]; plan.ScarceConnections(r.Uses, r.Has) {
			p.Line("  ", p.Mark(show.Warn, t.Scarce(string(name), r.Uses, r.Has)))
		}
	}
}

// previewOne says where one shop goes, and why there.
func (c *Call) previewOne(p show.Page, have shop.State, s shop.NewShop, r shop.Room) {
	t := c.Text.Shop
	if s.ShopSet != "" {
		p.Line(t.PlacedAsTold(string(s.Name), string(r.Name), string(r.Tier), r.Weight, r.Holds))
		if c.Is("why") {
			c.whyTable(p, plan.NewPlacement(have.Fleet, plan.Barred).Why(r.Tier, have.Fleet.Plans[s.Plan]))
		}
		return
	}
	why := plan.NewPlacement(have.Fleet, plan.Barred).Why(r.Tier, have.Fleet.Plans[s.Plan])
	could := 0
	for _, place := range why {
		if place.Verdict.Takes() {
			could++
		}
	}
	if c.Is("why") {
		p.Line(t.Placed(string(s.Name), string(r.Name), string(r.Tier), r.Weight, r.Holds, could, ""))
		c.whyTable(p, why)
		return
	}
	p.Line(t.Placed(string(s.Name), string(r.Name), string(r.Tier), r.Weight, r.Holds, could, "--why"))
}

// whyTable is the placement table: each ShopSet of the tier and its verdict.
func (c *Call) whyTable(p show.Page, places []plan.Place) {
	t := c.Text.Shop
	table := show.Table{Columns: []show.Column{{Head: t.Columns.ShopSet}, {Head: t.Columns.Domain}, {Head: t.Columns.Filled, Right: true},
		{Head: t.Columns.Connections, Right: true}, {Head: t.Columns.Health}, {Head: t.Columns.Why, Flex: true}}}
	for _, s := range places {
		connections := "-"
		if s.Has > 0 {
			connections = fmt.Sprintf("%d/%d", s.Uses, s.Has)
		}
		table.Rows = append(table.Rows, []string{
			string(s.ShopSet), s.Domain, fmt.Sprintf("%d/%d", s.Weight, s.Holds), connections, c.healthMark(p, s.Health, 0, 0), t.Verdict[string(s.Verdict)],
		})
	}
	p.Table(table)
}

// mostRooms is how many ShopSets a preview lists without --why.
const mostRooms = 12

func (c *Call) listRooms(p show.Page, rooms map[shop.ShopSetID]shop.Room) {
	t := c.Text.Shop
	table := show.Table{Columns: []show.Column{{}, {Head: t.Columns.ShopSet}, {Head: t.Columns.Tier}, {Head: t.Columns.Domain}, {Head: t.Columns.New, Right: true}, {Head: t.Columns.Filled, Right: true}}}
	names := slices.Sorted(maps.Keys(rooms))
	for i, name := range names {
		if i == mostRooms && !c.Is("why") {
			table.Rows = append(table.Rows, []string{"", t.AndMore(len(names) - i)})
			break
		}
		r := rooms[name]
		table.Rows = append(table.Rows, []string{"", string(name), string(r.Tier), r.Domain, fmt.Sprintf("+%d", r.Routes), fmt.Sprintf("%d/%d", r.Weight, r.Holds)})
	}
	p.Table(table)
}

func (c *Call) shopsAdded(ctx context.Context, w World, have shop.State, g shop.AddShops, did []plan.Op, took time.Duration) Result {
	v := shopAddResult{Result: ExitName(ExitOK), Changed: !onlyWaits(did), Shops: []addedShop{}, TookSeconds: took.Seconds()}
	written := map[shop.ShopID]bool{}
	for _, e := range editsOf(did, shop.KindShop) {
		written[shop.ShopID(e.Name)] = true
	}
	var rows [][]string
	for _, n := range g.Shops {
		s, ok := have.Fleet.Shops[n.Name]
		if !ok {
			s = writtenShop(did, n.Name)
		}
		one := addedShop{s.Name, written[s.Name], have.Fleet.ShopSets[s.ShopSet].Tier, s.ShopSet, planWord(have.Policy, s.Plan), s.Hosts}
		v.Shops = append(v.Shops, one)
		word := "same"
		if one.Changed {
			word = "written"
		}
		rows = append(rows, []string{string(one.Shop), word, string(one.Tier), string(one.ShopSet), one.Plan, strings.Join(one.Hosts, " ")})
	}
	closed := setSwitches(have, have.Fleet.ShopSets[v.Shops[0].ShopSet])
	if g.File == "" && len(did) > 0 && !g.NoWait && !have.ArgoCD.None && len(closed) == 0 {
		v.Address = c.probe(ctx, w, v.Shops[0].Hosts[0])
	}
	c.Output("result", v.Result)
	if g.File == "" {
		c.Output("shopset", string(v.Shops[0].ShopSet))
	}
	return Result{Value: v, Rows: rows, Human: func(p show.Page) {
		c.saysAdded(p, v, g, took)
		for _, x := range closed {
			if g.File == "" {
				p.Line("  ", c.Text.Shop.Labels.Maintenance, "  ", c.closingText(p, have, x))
			}
		}
	}}
}

// writtenShop is a shop as a run wrote it, for the run that looked no more.
func writtenShop(did []plan.Op, name shop.ShopID) shop.Shop {
	for _, e := range editsOf(did, shop.KindShop) {
		if s, ok := e.Value.(*shop.Shop); ok && s.Name == name {
			return *s
		}
	}
	return shop.Shop{Name: name}
}

func (c *Call) saysAdded(p show.Page, v shopAddResult, g shop.AddShops, took time.Duration) {
	t := c.Text.Shop
	if g.File != "" {
		n := 0
		for _, s := range v.Shops {
			if s.Changed {
				n++
			}
		}
		if n > 0 {
			p.Line(t.AddedMany(show.Number(n), show.Length(took)))
		}
		return
	}
	s := v.Shops[0]
	if !v.Changed {
		p.Line(t.LivesIn(string(s.Shop), string(s.ShopSet), string(s.Tier)))
		return
	}
	p.Line(t.Added(string(s.Shop), string(s.ShopSet)))
	if c.has([]string{"open"}) {
		p.Line("  ", show.Pad(t.OpenIt, 9), "shopctl open ", string(s.Shop))
	}
	p.Line("  ", show.Pad(c.Text.Errand.Undo, 9), "shopctl shop remove ", string(s.Shop))
}
