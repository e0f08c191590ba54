package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// maxHosts is what a route can have.
const maxHosts = 16

// addShops adds the shops that are not there, all with one write. Where each
// goes is decided on what was seen now, so a retry may decide otherwise.
func addShops(g shop.AddShops, have shop.State) ([]Op, error) {
	a := &adding{have: have, g: g, hosts: map[string]shop.NewShop{}, names: map[shop.ShopID]shop.NewShop{}}
	for _, s := range g.Shops {
		a.look(s)
	}
	if err := stopped(a.troubles); err != nil {
		return nil, err
	}
	edits, routes, err := a.place()
	if err != nil {
		return nil, err
	}
	sets := append(setsOf(routes), offBranch(have, a.there)...)
	tiers, err := following(have, sets...)
	if err != nil {
		return nil, err
	}
	if len(edits) > 0 {
		if err := outdone(have, tiers, a.missing[0].Name, a.missing[0].ShopSet); err != nil {
			return nil, err
		}
	}
	ops := written(have, a.title(edits), g.Reason, edits, tiers)
	if g.NoWait {
		return hinted(have, ops, append(routes, a.there...)), nil
	}
	wait, err := applied(have, append(routes, a.there...), len(ops) > 0, false)
	return append(ops, wait...), err
}

// adding is a batch of new shops on its way to a plan.
type adding struct {
	have     shop.State
	g        shop.AddShops
	hosts    map[string]shop.NewShop
	names    map[shop.ShopID]shop.NewShop
	missing  []shop.NewShop
	there    []shop.RouteID // routes of those that are there already
	troubles []Trouble
}

func (a *adding) trouble(s shop.NewShop, why StopReason, more Trouble) {
	more.Why, more.Line, more.Shop = why, s.Line, s.Name
	a.troubles = append(a.troubles, more)
}

// look takes one shop in, or says what is wrong with it.
func (a *adding) look(s shop.NewShop) {
	f := a.have.Fleet
	if other, twice := a.names[s.Name]; twice {
		a.trouble(s, GivenAgain, Trouble{N: other.Line})
		return
	}
	a.names[s.Name] = s
	if len(s.Hosts) == 0 || len(s.Hosts) > maxHosts {
		a.trouble(s, HostsCount, Trouble{N: len(s.Hosts)})
	}
	plan, known := f.Plans[s.Plan]
	if !known {
		a.trouble(s, UnknownPlan, Trouble{Plan: s.Plan, Plans: plansIn(f)})
		return
	}
	if s.ShopSet != "" {
		room, ok := f.ShopSets[s.ShopSet]
		if !ok {
			a.trouble(s, UnknownShopSet, Trouble{ShopSet: s.ShopSet})
			return
		}
		if s.Tier != "" && s.Tier != room.Tier {
			a.trouble(s, BadShopSet, Trouble{ShopSet: s.ShopSet, Tier: s.Tier, Text: string(room.Tier)})
			return
		}
		s.Tier = room.Tier
	}
	named := s.Tier != ""
	s.Tier = cmp.Or(s.Tier, plan.Tier, a.have.Top())
	if _, ok := a.have.Tier(s.Tier); !ok {
		a.trouble(s, UnknownTier, Trouble{Tier: s.Tier})
		return
	}
	if old, there := f.Shops[s.Name]; there {
		if differs := differences(f, old, s, named); len(differs) > 0 {
			a.trouble(s, NameTaken, Trouble{Holder: old.Name, ShopSet: old.ShopSet, Tier: f.ShopSets[old.ShopSet].Tier, Text: strings.Join(differs, ", ")})
			return
		}
		a.there = append(a.there, shop.RouteID{ShopSet: old.ShopSet, Shop: old.Name})
		return
	}
	for _, h := range s.Hosts {
		if other, twice := a.hosts[h]; twice {
			a.trouble(s, GivenAgain, Trouble{Host: h, Holder: other.Name, N: other.Line})
			continue
		}
		a.hosts[h] = s
		if holder := f.Hosts[h]; holder != "" {
			a.trouble(s, HostTaken, Trouble{Host: h, Holder: holder})
		}
	}
	a.missing = append(a.missing, s)
}

// differences are the fields in which a shop is not what was asked for.
func differences(f shop.Fleet, old shop.Shop, s shop.NewShop, tierNamed bool) (fields []string) {
	for _, d := range []struct {
		field string
		same  bool
	}{
		{"hosts", sameHosts(old.Hosts, s.Hosts)},
		{"displayName", sameDisplayName(old, s.Shop)},
		{"plan", samePlan(f, old.Plan, s.Plan)},
		{"shopset", s.ShopSet == "" || s.ShopSet == old.ShopSet},
		{"tier", !tierNamed || s.Tier == f.ShopSets[old.ShopSet].Tier},
	} {
		if !d.same {
			fields = append(fields, d.field)
		}
	}
	return fields
}

// samePlan reports whether two names are those of one plan; what they cost may
// be the same by chance.
func samePlan(f shop.Fleet, a, b string) bool {
	return cmp.Or(a, f.DefaultPlan) == cmp.Or(b, f.DefaultPlan)
}

// KnownPlan is the Stop of a plan that there is not, nil for one that there is.
func KnownPlan(f shop.Fleet, name string) error {
	if _, known := f.Plans[name]; known {
		return nil
	}
	return stopped([]Trouble{{Why: UnknownPlan, Plan: name, Plans: plansIn(f)}})
}

// plansIn are the names of the plans.
func plansIn(f shop.Fleet) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(f.Plans)), func(name string) bool { return name == "" })
}

func sameHosts(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func sameDisplayName(a, b shop.Shop) bool {
	return cmp.Or(a.DisplayName, string(a.Name)) == cmp.Or(b.DisplayName, string(b.Name))
}

// place finds a ShopSet for each: first those that somebody chose, then the
// heavy before the light, which fit less easily.
func (a *adding) place() (edits []shop.Edit, routes []shop.RouteID, err error) {
	p := NewPlacement(a.have.Fleet, Barred)
	plans := a.have.Fleet.Plans
	order := make([]int, len(a.missing))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		x, y := a.missing[i], a.missing[j]
		return cmp.Or(cmp.Compare(btoi(x.ShopSet == ""), btoi(y.ShopSet == "")), cmp.Compare(plans[y.Plan].Weight, plans[x.Plan].Weight),
			cmp.Compare(plans[y.Plan].DBConnections, plans[x.Plan].DBConnections))
	})
	for _, i := range order {
		s := &a.missing[i]
		if s.ShopSet != "" {
			if v := p.PutIn(s.ShopSet, plans[s.Plan]); v != "" {
				a.trouble(*s, ShopSetIsFull, Trouble{ShopSet: s.ShopSet, Tier: s.Tier, Verdict: v, Places: []Place{p.At(s.ShopSet)}})
			}
			continue
		}
		var ok bool
		if s.ShopSet, ok = p.Put(s.Tier, plans[s.Plan]); !ok {
			a.trouble(*s, NoPlaceLeft, Trouble{Tier: s.Tier, Plan: s.Plan, Places: p.Why(s.Tier, plans[s.Plan])})
		}
	}
	slices.SortStableFunc(a.troubles, func(x, y Trouble) int { return cmp.Compare(x.Line, y.Line) })
	for _, s := range a.missing {
		one := s.Shop
		if one.DisplayName == string(one.Name) {
			one.DisplayName = ""
		}
		edits = append(edits, set(shop.KindShop, string(s.Name), "", &one))
		routes = append(routes, shop.RouteID{ShopSet: s.ShopSet, Shop: s.Name})
	}
	return edits, routes, stopped(a.troubles)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *adding) title(edits []shop.Edit) string {
	switch {
	case len(edits) == 1:
		s := edits[0].Value.(*shop.Shop)
		return fmt.Sprintf("shop add %s (%s)", s.Name, s.ShopSet)
	case len(edits) > 1:
		return fmt.Sprintf("shop add: %d shops", len(edits))
	}
	return "shop add: the branches follow"
}

// At is one ShopSet as it is filled now.
func (p *Placement) At(name shop.ShopSetID) Place { return *p.sets[name] }

// setShop changes keys of a shop, each by itself.
func setShop(g shop.SetShop, have shop.State) ([]Op, error) {
	s, ok := have.Fleet.Shops[g.Name]
	if !ok {
		return nil, stopped([]Trouble{{Why: UnknownShop, Shop: g.Name}})
	}
	edits, err := changes(g, have, s)
	if err != nil {
		return nil, err
	}
	var sets []shop.ShopSetID
	routes := routesOf(s)
	if len(edits) > 0 {
		sets = setsOf(routes)
	} else {
		sets = offBranch(have, routes)
	}
	tiers, err := following(have, sets...)
	if err != nil {
		return nil, err
	}
	if len(edits) > 0 {
		if err := outdone(have, tiers, s.Name, s.ShopSet); err != nil {
			return nil, err
		}
	}
	ops := written(have, "shop set "+string(g.Name), g.Reason, edits, tiers)
	if g.NoWait {
		return hinted(have, ops, routes), nil
	}
	routed := slices.ContainsFunc(edits, func(e shop.Edit) bool { return e.Field == "hosts" })
	wait, err := applied(have, routes, routed, false)
	return append(ops, wait...), err
}

// routesOf are the routes that a shop has: two while it moves.
func routesOf(s shop.Shop) []shop.RouteID {
	routes := []shop.RouteID{{ShopSet: s.ShopSet, Shop: s.Name}}
	if s.MovingFrom != "" {
		routes = append(routes, shop.RouteID{ShopSet: s.MovingFrom, Shop: s.Name})
	}
	return routes
}

func changes(g shop.SetShop, have shop.State, s shop.Shop) (edits []shop.Edit, err error) {
	f, name := have.Fleet, string(s.Name)
	hosts := slices.DeleteFunc(slices.Clone(s.Hosts), func(h string) bool { return slices.Contains(g.RemoveHosts, h) })
	for _, h := range g.AddHosts {
		if holder := f.Hosts[h]; holder != "" && holder != s.Name {
			return nil, stopped([]Trouble{{Why: HostTaken, Shop: s.Name, Host: h, Holder: holder}})
		}
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	if len(hosts) == 0 || len(hosts) > maxHosts {
		return nil, stopped([]Trouble{{Why: HostsCount, Shop: s.Name, N: len(hosts)}})
	}
	if !sameHosts(hosts, s.Hosts) {
		edits = append(edits, set(shop.KindShop, name, "hosts", hosts))
	}
	if g.DisplayName != nil {
		if to := (shop.Shop{Name: s.Name, DisplayName: *g.DisplayName}); !sameDisplayName(s, to) {
			edits = append(edits, displayName(to))
		}
	}
	if g.Plan == nil {
		return edits, nil
	}
	plan, known := f.Plans[*g.Plan]
	if !known || *g.Plan == "" {
		return nil, stopped([]Trouble{{Why: UnknownPlan, Shop: s.Name, Plan: *g.Plan, Plans: plansIn(f)}})
	}
	old := f.Plans[s.Plan]
	if samePlan(f, s.Plan, *g.Plan) {
		return edits, nil
	}
	if v := roomFor(f, s.ShopSet, old, plan); v != "" {
		return nil, stopped([]Trouble{{Why: ShopSetIsFull, Shop: s.Name, ShopSet: s.ShopSet, Plan: *g.Plan, Verdict: v, Places: []Place{NewPlacement(f, Barred).At(s.ShopSet)}}})
	}
	return append(edits, set(shop.KindShop, name, "plan", *g.Plan)), nil
}

func displayName(s shop.Shop) shop.Edit {
	if s.DisplayName == "" || s.DisplayName == string(s.Name) {
		return set(shop.KindShop, string(s.Name), "displayName", nil)
	}
	return set(shop.KindShop, string(s.Name), "displayName", s.DisplayName)
}

// roomFor is why a shop may not change its plan where it lives; empty: it may.
func roomFor(f shop.Fleet, name shop.ShopSetID, old, new shop.Plan) Verdict {
	r := f.ShopSets[name]
	switch {
	case new.Weight > old.Weight && r.Weight-old.Weight+new.Weight > r.Holds:
		return NoRoom
	case new.DBConnections > old.DBConnections && r.Has > 0 && r.Uses-old.DBConnections+new.DBConnections > r.Has:
		return NoConnection
	}
	return ""
}

// removeShop takes a shop out of the intent, and waits until its routes are gone.
func removeShop(g shop.RemoveShop, have shop.State) ([]Op, error) {
	s, there := have.Fleet.Shops[g.Name]
	var routes []shop.RouteID
	for _, home := range g.Homes {
		routes = append(routes, shop.RouteID{ShopSet: home, Shop: g.Name})
	}
	var ops []Op
	if there {
		routes = routesOf(s)
		tiers, err := following(have, setsOf(routes)...)
		if err != nil {
			return nil, err
		}
		if err := outdone(have, tiers, s.Name, s.ShopSet); err != nil {
			return nil, err
		}
		ops = []Op{WriteSystem{Edits: []shop.Edit{set(shop.KindShop, string(g.Name), "", nil)}, Tiers: tiers, Title: fmt.Sprintf("shop remove %s (%s)", g.Name, s.ShopSet),
			Reason: g.Reason, Main: have.Main, Risks: []string{shop.RemovesShop}}}
	} else if _, left := have.Fleet.Departed[g.Name]; !left && len(g.Homes) == 0 {
		return nil, stopped([]Trouble{{Why: UnknownShop, Shop: g.Name}})
	}
	if g.NoWait {
		return hinted(have, ops, routes), nil
	}
	wait, err := applied(have, routes, there, true)
	return append(ops, wait...), err
}
