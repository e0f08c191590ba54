package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func shopSetAddCommand() *Command {
	return &Command{
		Name: "add", Args: []Arg{{Name: "NAME"}},
		Flags:   []Flag{tierFlag(), {Name: "configuration", Value: "C", Complete: completeConfigurations}, {Name: "cluster", Value: "K"}, {Name: "failure-domain", Value: "D"}, graceFlag()},
		Mutates: true, Kind: "ShopSetAdd", Fields: setChange{}, Run: runShopSetAdd,
	}
}

func runShopSetAdd(ctx context.Context, c *Call) error {
	name := c.Arg(0)
	if !shop.ValidName(name) || strings.HasSuffix(name, "-shops") {
		return &Fail{Code: BadValue, Message: c.Text.ShopSet.BadName(show.Clean(firstRunes(name, 70)))}
	}
	if !c.Given("tier") {
		return &Fail{Code: MissingValue, Message: c.Text.ShopSet.NeedsTier, Hints: []Hint{{Text: c.Text.Errand.NameIt, Command: c.Again("--tier TIER")}}}
	}
	g := shop.AddShopSet{NoWait: !c.Waits(), Grace: c.grace(), Reason: c.Reason(), ShopSet: shop.ShopSet{
		Name: shop.ShopSetID(name), Tier: shop.Tier(c.String("tier")), Configuration: c.String("configuration"),
		Cluster: c.String("cluster"), FailureDomain: c.String("failure-domain"),
	}}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) {
			if n := len(have.System) + len(name); n > intent.MaxNames {
				return g, &Fail{Code: BadValue, Message: c.Text.ShopSet.LongName(n, intent.MaxNames)}
			}
			_, err := findTier(c, have, c.String("tier"))
			return g, err
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: c.Text.ShopSet.AddQuestion(name)}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			for _, e := range editsOf(todo, shop.KindShopSet) {
				s := e.Value.(*shop.ShopSet)
				domain := s.FailureDomain
				if domain == "" {
					domain = have.Fleet.Clusters[s.Cluster].FailureDomains[0]
				}
				t, _ := have.Tier(s.Tier)
				p.Line(c.Text.ShopSet.AddTitle(name, string(s.Tier), releaseName(t, t.Runs), s.Cluster+"/"+domain, s.Configuration), "   ", c.system.Title())
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			v := setChanged(g.ShopSet.Name, have, !onlyWaits(did), took)
			return Result{Value: v, Rows: v.rows(), Human: func(p show.Page) {
				if !v.Changed {
					return
				}
				p.Line(c.Text.ShopSet.Added(name, string(v.Tier), show.Length(took)))
				p.Line("  ", show.Pad(c.Text.Errand.Undo, 7), "shopctl shopset remove ", name)
				p.Line("  ", show.Pad(c.Text.Errand.Next, 7), "shopctl shop add NAME --host HOST --shopset ", name)
			}}, nil
		},
	})
}

func firstRunes(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

func shopSetDrainCommand() *Command {
	return &Command{
		Name: "drain", Args: []Arg{shopSetArg()}, Flags: []Flag{{Name: "why"}, {Name: "end"}},
		Mutates: true, Kind: "ShopSetDrain", Fields: setChange{}, Run: runShopSetDrain,
	}
}

func runShopSetDrain(ctx context.Context, c *Call) error {
	g := shop.DrainShopSet{Name: shop.ShopSetID(c.Arg(0)), End: c.Is("end"), NoWait: !c.Waits(), Reason: c.Reason()}
	if g.End {
		return c.endDrain(ctx, g)
	}
	return c.carryOut(ctx, errand{
		look:    g,
		goal:    func(_ World, have shop.State) (shop.Goal, error) { return g, c.thatShopSet(have, g.Name) },
		confirm: func(shop.State, shop.Goal) Confirmation { return Confirmation{Level: LevelName, Name: string(g.Name)} },
		risks:   accepted,
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			c.previewDrain(p, have, g.Name, todo)
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			v := setChanged(g.Name, have, !onlyWaits(did), took)
			v.Moved, v.Risks = len(movesIn(did)), accepted(did)
			return Result{Value: v, Rows: v.rows(), Human: func(p show.Page) {
				switch {
				case !v.Changed:
				case v.Left > 0 || g.NoWait:
					p.Line(c.Text.ShopSet.DrainGoesOn(string(g.Name), v.Moved))
					p.Line("  ", show.Pad(c.Text.Errand.Next, 7), "shopctl shopset drain ", string(g.Name), drainsOn(have, g.Name))
				default:
					p.Line(c.Text.ShopSet.Drained(string(g.Name), v.Moved, show.Length(took)))
					p.Line("  ", show.Pad(c.Text.Errand.Undo, 7), "shopctl shopset drain ", string(g.Name), " --end")
					p.Line("  ", show.Pad(c.Text.Errand.Next, 7), "shopctl shopset remove ", string(g.Name))
				}
			}}, nil
		},
	})
}

// endDrain lets shops into a ShopSet again.
func (c *Call) endDrain(ctx context.Context, g shop.DrainShopSet) error {
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) { return g, c.thatShopSet(have, g.Name) },
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: c.Text.ShopSet.EndDrainQuestion(string(g.Name))}
		},
		preview: func(p show.Page, _ World, _ shop.State, _ shop.Goal, _ []plan.Op) error {
			p.Line(c.Text.ShopSet.EndDrainTitle(string(g.Name)), "   ", c.system.Title())
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			v := setChanged(g.Name, have, !onlyWaits(did), took)
			return Result{Value: v, Rows: v.rows(), Human: func(p show.Page) {
				if v.Changed {
					p.Line(c.Text.ShopSet.DrainEnded(string(g.Name)))
					p.Line("  ", show.Pad(c.Text.Errand.Undo, 7), "shopctl shopset drain ", string(g.Name))
				}
			}}, nil
		},
	})
}

// drainsOn is what the next run of a drain needs beside its own words.
func drainsOn(have shop.State, name shop.ShopSetID) string {
	for _, s := range have.Fleet.Shops {
		if s.MovingFrom == name && plan.Crosses(have.Fleet, s) {
			return takesDNS(string(name))
		}
	}
	return " --confirm=" + string(name)
}

func (c *Call) thatShopSet(have shop.State, name shop.ShopSetID) error {
	if _, ok := have.Fleet.ShopSets[name]; !ok {
		return c.unknownShopSet(have, string(name))
	}
	return nil
}

// movesIn are the shops that a plan moves, with their new ShopSets.
func movesIn(ops []plan.Op) map[shop.ShopID]shop.ShopSetID {
	moves := map[shop.ShopID]shop.ShopSetID{}
	for _, e := range editsOf(ops, shop.KindShop) {
		if to, ok := e.Value.(shop.ShopSetID); ok && e.Field == "shopset" {
			moves[shop.ShopID(e.Name)] = to
		}
	}
	return moves
}

func (c *Call) previewDrain(p show.Page, have shop.State, name shop.ShopSetID, todo []plan.Op) {
	t := c.Text.ShopSet
	moves := movesIn(todo)
	rooms := map[shop.ShopSetID]shop.Room{}
	for s, to := range moves {
		r, known := rooms[to]
		if !known {
			r = have.Fleet.ShopSets[to]
			r.Routes = 0
		}
		plan := have.Fleet.Plans[have.Fleet.Shops[s].Plan]
		r.Weight, r.Uses, r.Routes = r.Weight+plan.Weight, r.Uses+plan.DBConnections, r.Routes+1
		rooms[to] = r
	}
	p.Line(t.DrainTitle(string(name), len(moves), len(rooms)), "   ", c.system.Title())
	c.listRooms(p, rooms)
	c.mustLead(p, have, todo)
	for _, to := range slices.Sorted(maps.Keys(rooms)) {
		if r := rooms[to]; plan.ScarceConnections(r.Uses, r.Has) {
			p.Line("  ", p.Mark(show.Warn, c.Text.Shop.Scarce(string(to), r.Uses, r.Has)))
		}
	}
	if !c.Is("why") {
		return
	}
	table := show.Table{Columns: []show.Column{{}, {Head: c.Text.Shop.Columns.Shop}, {Head: c.Text.Shop.Columns.Plan}, {Head: c.Text.Shop.Columns.ShopSet}}}
	for _, s := range slices.Sorted(maps.Keys(moves)) {
		table.Rows = append(table.Rows, []string{"", string(s), planWord(have.Policy, have.Fleet.Shops[s].Plan), fmt.Sprintf("%s -> %s", name, moves[s])})
	}
	p.Table(table)
}

func shopSetRemoveCommand() *Command {
	return &Command{
		Name: "remove", Args: []Arg{shopSetArg()},
		Mutates: true, Kind: "ShopSetRemove", Fields: setChange{}, Run: runShopSetRemove,
	}
}

func runShopSetRemove(ctx context.Context, c *Call) error {
	g := shop.RemoveShopSet{Name: shop.ShopSetID(c.Arg(0)), NoWait: !c.Waits(), Reason: c.Reason()}
	var was shop.Room
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(_ World, have shop.State) (shop.Goal, error) {
			if r, there := have.Fleet.ShopSets[g.Name]; there {
				was, g.Tier = r, r.Tier
				return g, nil
			}
			if d, left := have.Fleet.GoneShopSets[g.Name]; left {
				g.Tier = d.Tier
				return g, nil
			}
			return g, c.unknownShopSet(have, string(g.Name))
		},
		confirm: func(shop.State, shop.Goal) Confirmation { return Confirmation{Level: LevelName, Name: string(g.Name)} },
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, _ []plan.Op) error {
			p.Line(c.Text.ShopSet.RemoveTitle(string(g.Name), string(was.Tier), was.Cluster+"/"+was.Domain), "   ", c.system.Title())
			if t, _ := have.Tier(was.Tier); len(t.ShopSets) == 1 {
				p.Line("  ", p.Mark(show.Warn, c.Text.ShopSet.LastOfTier(string(was.Tier))))
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			v := setChanged(g.Name, have, !onlyWaits(did), took)
			v.Tier, v.Cluster, v.Domain = g.Tier, was.Cluster, was.Domain
			return Result{Value: v, Rows: v.rows(), Human: func(p show.Page) {
				if v.Changed {
					p.Line(c.Text.ShopSet.Removed(string(g.Name), show.Length(took)))
					p.Line("  ", show.Pad(c.Text.Errand.Undo, 7), fmt.Sprintf("shopctl shopset add %s --tier %s --configuration %s --cluster %s --failure-domain %s", g.Name, was.Tier, was.Configuration, was.Cluster, was.Domain))
				}
			}}, nil
		},
	})
}
