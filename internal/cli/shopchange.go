package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func shopSetCommand() *Command {
	return &Command{
		Name: "set", Args: []Arg{shopArg()},
		Flags:   []Flag{{Name: "add-host", Value: "H", Many: true}, {Name: "remove-host", Value: "H", Many: true}, {Name: "name", Value: "TEXT"}, planFlag()},
		Mutates: true, Kind: "ShopSetKeys", Fields: changeResult{}, Run: runShopSet,
	}
}

func runShopSet(ctx context.Context, c *Call) error {
	g, err := c.shopKeys()
	if err != nil {
		return err
	}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (shop.Goal, error) {
			if _, ok := have.Fleet.Shops[g.Name]; !ok {
				return g, c.unknownShop(w, g.Name)
			}
			return g, nil
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: c.Text.Shop.SetQuestion(string(g.Name))}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			c.previewSet(p, have, g.Name, editsOf(todo, shop.KindShop))
			return nil
		},
		done: func(_ World, before, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			v := c.shopChanged(g.Name, have, did, took)
			return Result{Value: v, Rows: v.rows(), Human: func(p show.Page) {
				if !v.Changed {
					return
				}
				p.Line(c.Text.Shop.Set(string(g.Name), show.Length(took)))
				if line := setBack(have.Policy, before.Fleet.Shops[g.Name], have.Fleet.Shops[g.Name]); line != "" {
					p.Line("  ", show.Pad(c.Text.Errand.Undo, 7), line)
				}
			}}, nil
		},
	})
}

// shopKeys reads what shall be changed.
func (c *Call) shopKeys() (g shop.SetShop, err error) {
	if g.Name, err = c.shopName(0); err != nil {
		return g, err
	}
	g.NoWait, g.Reason = !c.Waits(), c.Reason()
	for flag, hosts := range map[string]*[]string{"add-host": &g.AddHosts, "remove-host": &g.RemoveHosts} {
		for _, h := range c.Strings(flag) {
			host, err := intent.HostName(h)
			if err != nil {
				return g, mistyped(err)
			}
			*hosts = append(*hosts, host)
		}
	}
	for _, h := range g.AddHosts {
		if slices.Contains(g.RemoveHosts, h) {
			return g, &Fail{Code: ConflictingFlags, Message: c.Text.Shop.BothWays(intent.ShownHost(h))}
		}
	}
	if c.Given("name") {
		name, err := intent.DisplayName(c.String("name"))
		if err != nil {
			return g, mistyped(err)
		}
		g.DisplayName = &name
	}
	if c.Given("plan") {
		name := c.String("plan")
		g.Plan = &name
	}
	if len(g.AddHosts)+len(g.RemoveHosts) == 0 && g.DisplayName == nil && g.Plan == nil {
		return g, &Fail{Code: MissingValue, Message: c.Text.Shop.NothingToSet, Hints: []Hint{{Text: c.Text.Errand.NameIt, Command: c.Again("--add-host HOST")}}}
	}
	return g, nil
}

// setBack is the line that makes a shop what it was, empty when it is.
func setBack(p shop.Policy, was, is shop.Shop) string {
	line := ""
	for _, h := range was.Hosts {
		if !slices.Contains(is.Hosts, h) {
			line += " --add-host " + h
		}
	}
	for _, h := range is.Hosts {
		if !slices.Contains(was.Hosts, h) {
			line += " --remove-host " + h
		}
	}
	if was.DisplayName != is.DisplayName {
		line += " --name " + Quote(show.Clean(was.DisplayName))
	}
	if old := planWord(p, was.Plan); old != planWord(p, is.Plan) {
		line += " --plan " + old
	}
	if line == "" {
		return ""
	}
	return "shopctl shop set " + string(was.Name) + line
}

func (c *Call) previewSet(p show.Page, have shop.State, name shop.ShopID, edits []shop.Edit) {
	t, s := c.Text.Shop, have.Fleet.Shops[name]
	p.Line(t.SetTitle(string(s.Name), string(s.ShopSet)), "   ", c.system.Title())
	for _, e := range edits {
		switch v := e.Value.(type) {
		case []string:
			p.Line("  ", t.SetLine("hosts", strings.Join(shownHosts(s.Hosts), " "), strings.Join(shownHosts(v), " ")))
		case string:
			was := planWord(have.Policy, s.Plan)
			if e.Field == "displayName" {
				was = s.DisplayName
			}
			p.Line("  ", t.SetLine(e.Field, show.Clean(was), show.Clean(v)))
		default:
			p.Line("  ", t.SetLine(e.Field, show.Clean(s.DisplayName), ""))
		}
	}
}

func shopMoveCommand() *Command {
	return &Command{
		Name: "move", Args: []Arg{shopArg()}, Flags: []Flag{shopsetFlag(), {Name: "why"}},
		Mutates: true, Kind: "ShopMove", Fields: changeResult{}, Run: runShopMove,
	}
}

func runShopMove(ctx context.Context, c *Call) error {
	g := shop.MoveShop{To: shop.ShopSetID(c.String("shopset")), NoWait: !c.Waits(), Reason: c.Reason()}
	var err error
	if g.Name, err = c.shopName(0); err != nil {
		return err
	}
	if g.To == "" {
		return &Fail{Code: MissingValue, Message: c.Text.Shop.NeedsShopSet, Hints: []Hint{{Text: c.Text.Errand.NameIt, Command: c.Again("--shopset SHOPSET")}}}
	}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (shop.Goal, error) {
			s, ok := have.Fleet.Shops[g.Name]
			if !ok {
				return g, c.unknownShop(w, g.Name)
			}
			if g.From = s.ShopSet; s.MovingFrom != "" {
				g.From = s.MovingFrom
			}
			return g, nil
		},
		confirm: func(have shop.State, _ shop.Goal) Confirmation {
			s := have.Fleet.Shops[g.Name]
			if s.ShopSet == g.To && plan.Crosses(have.Fleet, s) {
				hosts, cluster := strings.Join(shownHosts(s.Hosts), ", "), have.Fleet.ShopSets[g.To].Cluster
				return Confirmation{Level: LevelAsk, Question: c.Text.Shop.DNSQuestion(hosts, cluster), Name: string(g.Name)}
			}
			return Confirmation{Level: LevelAsk, Question: c.Text.Shop.MoveQuestion(string(g.Name), string(g.To))}
		},
		risks: accepted,
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			c.previewMove(p, have, g, todo)
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			v := c.shopChanged(g.Name, have, did, took)
			return Result{Value: v, Rows: v.rows(), Human: func(p show.Page) { c.saysMoved(p, have, v, g.From, took) }}, nil
		},
	})
}

func shownHosts(hosts []string) (shown []string) {
	for _, h := range hosts {
		shown = append(shown, intent.ShownHost(h))
	}
	return shown
}

// mustLead names what DNS has to lead elsewhere before a plan may be carried out.
func (c *Call) mustLead(p show.Page, have shop.State, todo []plan.Op) {
	for _, s := range plan.EndsAcross(have.Fleet, todo) {
		hosts, cluster := strings.Join(shownHosts(s.Hosts), ", "), have.Fleet.ShopSets[s.ShopSet].Cluster
		p.Line("  ", p.Mark(show.Warn, c.Text.Shop.MoveEndsDNS(hosts, cluster, shop.OldCluster)))
	}
}

// takesDNS is what a line needs beside its own words to end a move to another cluster.
func takesDNS(name string) string {
	return fmt.Sprintf(` --confirm=%s --accept-risk=%s -m "…"`, name, shop.OldCluster)
}

func (c *Call) previewMove(p show.Page, have shop.State, g shop.MoveShop, todo []plan.Op) {
	t := c.Text.Shop
	s, to := have.Fleet.Shops[g.Name], have.Fleet.ShopSets[g.To]
	from := have.Fleet.ShopSets[s.ShopSet]
	ends := s.ShopSet == g.To
	if ends {
		from = have.Fleet.ShopSets[s.MovingFrom]
	} else {
		to.Weight += have.Fleet.Plans[s.Plan].Weight
		to.Uses += have.Fleet.Plans[s.Plan].DBConnections
	}
	p.Line(t.MoveTitle(string(g.Name), string(from.Name), string(from.Tier), string(to.Name), string(to.Tier)), "   ", c.system.Title())
	if ends {
		p.Line("  ", t.MoveEnds(string(from.Name), string(to.Name)))
		c.mustLead(p, have, todo)
		return
	}
	p.Line("  ", t.MoveAbout(string(to.Name), to.Weight, to.Holds))
	if from.Tier != to.Tier {
		a, _ := have.Tier(from.Tier)
		b, _ := have.Tier(to.Tier)
		if a.Runs != b.Runs {
			p.Line("  ", p.Mark(show.Warn, t.MoveTiers(releaseName(a, a.Runs), releaseName(b, b.Runs))))
		}
	}
	if from.Name != "" && from.Cluster != to.Cluster {
		p.Line("  ", p.Mark(show.Warn, t.MoveDNS(strings.Join(shownHosts(s.Hosts), ", "), from.Cluster, to.Cluster)))
	}
	if plan.ScarceConnections(to.Uses, to.Has) {
		p.Line("  ", p.Mark(show.Warn, t.Scarce(string(to.Name), to.Uses, to.Has)))
	}
	if c.Is("why") {
		c.whyTable(p, plan.NewPlacement(have.Fleet, plan.Barred).Why(to.Tier, have.Fleet.Plans[s.Plan]))
	}
}

func (c *Call) saysMoved(p show.Page, have shop.State, v changeResult, from shop.ShopSetID, took time.Duration) {
	t := c.Text.Shop
	name, set := string(v.Shop), string(v.ShopSet)
	again := "shopctl shop move " + name + " --shopset " + set
	switch {
	case len(v.DNS) > 0:
		p.Line(t.MovingDNS(name, set, string(v.MovingFrom)))
		p.Line("  ", t.PointDNS(strings.Join(shownHosts(v.DNS), ", "), have.Fleet.ShopSets[v.ShopSet].Cluster))
		p.Line("  ", show.Pad(c.Text.Errand.Next, 7), again, takesDNS(name))
	case v.MovingFrom != "":
		p.Line(t.MovingOn(name, set, string(v.MovingFrom)))
		p.Line("  ", show.Pad(c.Text.Errand.Next, 7), again)
	case v.Changed:
		p.Line(t.Moved(name, set, show.Length(took)))
		if from != "" && from != v.ShopSet {
			p.Line("  ", show.Pad(c.Text.Errand.Undo, 7), "shopctl shop move "+name+" --shopset "+string(from))
		}
	default:
		p.Line(t.LivesIn(name, set, string(have.Fleet.ShopSets[v.ShopSet].Tier)))
	}
}

func shopRemoveCommand() *Command {
	return &Command{
		Name: "remove", Args: []Arg{shopArg()},
		Mutates: true, Kind: "ShopRemove", Fields: changeResult{}, Run: runShopRemove,
	}
}

func runShopRemove(ctx context.Context, c *Call) error {
	g := shop.RemoveShop{NoWait: !c.Waits()}
	var err error
	if g.Name, err = c.shopName(0); err != nil {
		return err
	}
	var was shop.Shop
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (shop.Goal, error) {
			s, there := have.Fleet.Shops[g.Name]
			if _, left := have.Fleet.Departed[g.Name]; !there && !left {
				return g, c.unknownShop(w, g.Name)
			}
			if there {
				was, g.Homes = s, []shop.ShopSetID{s.ShopSet}
				if s.MovingFrom != "" {
					g.Homes = append(g.Homes, s.MovingFrom)
				}
			}
			g.Reason = c.Reason()
			return g, nil
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelName, Name: string(g.Name), Risks: []string{shop.RemovesShop}}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, _ []plan.Op) error {
			p.Line(c.Text.Shop.RemoveTitle(string(was.Name), string(was.ShopSet), string(have.Fleet.ShopSets[was.ShopSet].Tier)), "   ", c.system.Title())
			p.Line("  ", p.Mark(show.Warn, c.Text.Shop.RemoveAbout(strings.Join(shownHosts(was.Hosts), ", "))))
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			v := c.shopChanged(g.Name, have, did, took)
			return Result{Value: v, Rows: v.rows(), Human: func(p show.Page) { c.saysRemoved(p, have, v, was, took) }}, nil
		},
	})
}

func (c *Call) saysRemoved(p show.Page, have shop.State, v changeResult, was shop.Shop, took time.Duration) {
	t := c.Text.Shop
	if !v.Changed {
		d := have.Fleet.Departed[v.Shop]
		p.Line(t.Departed(string(v.Shop), show.Clean(d.By), p.Clock(d.At)))
		return
	}
	p.Line(t.Removed(string(v.Shop), show.Length(took)))
	undo := "shopctl shop add " + string(v.Shop) + " --shopset " + string(was.ShopSet)
	for _, h := range was.Hosts {
		undo += " --host " + h
	}
	if was.Plan != "" {
		undo += " --plan " + was.Plan
	}
	if was.DisplayName != "" {
		undo += " --name " + Quote(show.Clean(was.DisplayName))
	}
	p.Line("  ", show.Pad(c.Text.Errand.Undo, 7), undo)
}
