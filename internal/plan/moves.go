package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shopctl/shopctl/internal/shop"
)

// A move is make-before-break: one write makes the new route and notes in the
// intent where the old one stands; when the new route is applied, a second
// write takes the old one away. Whoever dies in between leaves a shop with two
// routes, which the same command or a reconcile finishes.

// moveShop moves one shop.
func moveShop(g shop.MoveShop, have shop.State) ([]Op, error) {
	f := have.Fleet
	s, ok := f.Shops[g.Name]
	if !ok {
		return nil, stopped([]Trouble{{Why: UnknownShop, Shop: g.Name}})
	}
	if _, ok := f.ShopSets[g.To]; !ok {
		return nil, stopped([]Trouble{{Why: UnknownShopSet, Shop: g.Name, ShopSet: g.To}})
	}
	m := moving{have: have, title: fmt.Sprintf("shop move %s to %s", g.Name, g.To), reason: g.Reason, noWait: g.NoWait}
	switch {
	case s.ShopSet == g.To && s.MovingFrom == "":
		return m.there(s, g.From)
	case s.ShopSet == g.To:
		return m.finish([]shop.Shop{s})
	case s.MovingFrom != "" && s.MovingFrom != g.To:
		return nil, stopped([]Trouble{{Why: MovesElsewhere, Shop: g.Name, ShopSet: s.ShopSet}})
	}
	p := NewPlacement(f, Barred)
	if v := p.PutIn(g.To, f.Plans[s.Plan]); v != "" {
		return nil, stopped([]Trouble{{Why: ShopSetIsFull, Shop: g.Name, ShopSet: g.To, Tier: f.ShopSets[g.To].Tier, Verdict: v, Places: []Place{p.At(g.To)}}})
	}
	return m.begin(nil, []shop.Shop{s}, []shop.ShopSetID{g.To})
}

// moving is a move, or several with the same writes.
type moving struct {
	have          shop.State
	title, reason string
	noWait        bool
}

// there is a shop that has moved: its route may still be on the way.
func (m moving) there(s shop.Shop, from shop.ShopSetID) ([]Op, error) {
	routes := routesOf(s)
	tiers, err := following(m.have, offBranch(m.have, routes)...)
	if err != nil {
		return nil, err
	}
	ops := written(m.have, m.title, m.reason, nil, tiers)
	if m.noWait {
		return ops, nil
	}
	wait, err := applied(m.have, routes, len(ops) > 0, false)
	ops = append(ops, wait...)
	if err != nil || from == "" || from == s.ShopSet {
		return ops, err
	}
	wait, err = applied(m.have, []shop.RouteID{{ShopSet: from, Shop: s.Name}}, len(wait) > 0, true)
	return append(ops, wait...), err
}

// begin makes the new routes; what follows is planned as well, so that all of
// it is shown and approved.
func (m moving) begin(first []shop.Edit, shops []shop.Shop, to []shop.ShopSetID) ([]Op, error) {
	edits := slices.Clone(first)
	var moved []shop.Shop
	var sets []shop.ShopSetID
	for i, s := range shops {
		if s.MovingFrom != "" { // back again: no file may ever say that it moves to where it is
			edits = append(edits, set(shop.KindShop, string(s.Name), "movingFrom", nil))
		}
		edits = append(edits, set(shop.KindShop, string(s.Name), "shopset", to[i]), set(shop.KindShop, string(s.Name), "movingFrom", s.ShopSet))
		sets = append(sets, s.ShopSet, to[i])
		s.MovingFrom, s.ShopSet = s.ShopSet, to[i]
		moved = append(moved, s)
	}
	tiers, err := following(m.have, sets...)
	if err != nil {
		return nil, err
	}
	if err := outdone(m.have, tiers, shops[0].Name, shops[0].ShopSet); err != nil {
		return nil, err
	}
	ops := written(m.have, m.title, m.reason, edits, tiers)
	if m.noWait {
		return hinted(m.have, ops, newRoutes(moved)), nil
	}
	wait, err := applied(m.have, newRoutes(moved), true, false)
	if err != nil {
		return nil, err
	}
	ops = append(ops, wait...)
	if m.have.ArgoCD.None {
		return ops, nil
	}
	rest, err := m.end(moved, tiers)
	return append(ops, rest...), err
}

func newRoutes(shops []shop.Shop) (routes []shop.RouteID) {
	for _, s := range shops {
		routes = append(routes, shop.RouteID{ShopSet: s.ShopSet, Shop: s.Name})
	}
	return routes
}

// finish waits for the new routes of shops under way, then takes the old ones
// away. Where nobody can tell whether a new route is applied, or other names
// have to lead there first, a run that began the move leaves it to a later one.
func (m moving) finish(shops []shop.Shop) ([]Op, error) {
	tiers, err := following(m.have, movingSets(shops)...)
	if err != nil {
		return nil, err
	}
	var ops []Op
	if missing := offBranch(m.have, allRoutes(shops)); len(missing) > 0 {
		behind, err := following(m.have, missing...)
		if err != nil {
			return nil, err
		}
		ops = written(m.have, m.title, m.reason, nil, behind)
	}
	if m.noWait {
		if m.mine(tiers) || len(ops) > 0 || !m.have.ArgoCD.None && !taken(m.have, newRoutes(shops)) {
			return ops, refused(m.have, newRoutes(shops))
		}
		rest, err := m.end(shops, tiers)
		return slices.DeleteFunc(rest, Waits), err
	}
	wait, err := applied(m.have, newRoutes(shops), len(ops) > 0, false)
	if err != nil {
		return nil, err
	}
	ops = append(ops, wait...)
	if m.have.ArgoCD.None && m.mine(tiers) {
		return ops, nil
	}
	rest, err := m.end(shops, tiers)
	return append(ops, rest...), err
}

func movingSets(shops []shop.Shop) (sets []shop.ShopSetID) {
	for _, s := range shops {
		sets = append(sets, s.ShopSet, s.MovingFrom)
	}
	return sets
}

func allRoutes(shops []shop.Shop) (routes []shop.RouteID) {
	for _, s := range shops {
		routes = append(routes, routesOf(s)...)
	}
	return routes
}

// mine reports whether this very run wrote one of the tiers.
func (m moving) mine(tiers []TierWrite) bool {
	return slices.ContainsFunc(tiers, func(w TierWrite) bool { t, _ := m.have.Tier(w.Tier); return t.Mine })
}

// end takes the old routes away. A shop that changes its cluster keeps the old
// one until its names lead to the new cluster: the run that began the move
// cannot know, so it ends there, and the same command ends the move, which is a
// risk of its own.
func (m moving) end(shops []shop.Shop, tiers []TierWrite) (ops []Op, err error) {
	begins := func(s shop.Shop) bool { return m.have.Fleet.Shops[s.Name].ShopSet != s.ShopSet } // back again begins, too
	shops = slices.DeleteFunc(slices.Clone(shops), func(s shop.Shop) bool {
		return m.crosses(s) && (begins(s) || m.mine(tiers))
	})
	if len(shops) == 0 {
		return nil, nil
	}
	var edits []shop.Edit
	var old []shop.RouteID
	for _, s := range shops {
		edits = append(edits, set(shop.KindShop, string(s.Name), "movingFrom", nil))
		old = append(old, shop.RouteID{ShopSet: s.MovingFrom, Shop: s.Name})
	}
	ops = written(m.have, m.title+": the old route goes", m.reason, edits, tiers)
	if w, ok := ops[0].(WriteSystem); ok && slices.ContainsFunc(shops, m.crosses) {
		w.Risks = []string{shop.OldCluster}
		ops[0] = w
	}
	wait, err := applied(m.have, old, true, true)
	return append(ops, wait...), err
}

func (m moving) crosses(s shop.Shop) bool { return Crosses(m.have.Fleet, s) }

// Crosses reports whether a shop under way changes its cluster: then its names
// have to lead elsewhere before the old route may go.
func Crosses(f shop.Fleet, s shop.Shop) bool {
	return s.MovingFrom != "" && f.ShopSets[s.ShopSet].Cluster != f.ShopSets[s.MovingFrom].Cluster
}

// EndsAcross are the shops whose old routes on another cluster a plan takes away.
func EndsAcross(f shop.Fleet, todo []Op) (shops []shop.Shop) {
	for _, op := range todo {
		w, ok := op.(WriteSystem)
		if !ok || !slices.Contains(w.Risks, shop.OldCluster) {
			continue
		}
		for _, e := range w.Edits {
			if s := f.Shops[shop.ShopID(e.Name)]; keyOf(e) == (editKey{shop.KindShop, e.Name, "movingFrom", true}) && Crosses(f, s) {
				shops = append(shops, s)
			}
		}
	}
	return shops
}

// drainShopSet lets no shop in any more and moves those that are there, and no
// others, to the ShopSets of the tier on the same cluster.
func drainShopSet(g shop.DrainShopSet, have shop.State) ([]Op, error) {
	f := have.Fleet
	room, ok := f.ShopSets[g.Name]
	if !ok {
		return nil, stopped([]Trouble{{Why: UnknownShopSet, ShopSet: g.Name}})
	}
	if g.End {
		return endDrain(g, room, have)
	}
	m := moving{have: have, title: "shopset drain " + string(g.Name), reason: g.Reason, noWait: g.NoWait}
	var stay, leaving []shop.Shop
	for _, name := range slices.Sorted(maps.Keys(f.Shops)) {
		switch s := f.Shops[name]; {
		case s.ShopSet == g.Name && s.MovingFrom != "":
			return nil, stopped([]Trouble{{Why: MovesElsewhere, Shop: s.Name, ShopSet: s.ShopSet}})
		case s.ShopSet == g.Name:
			stay = append(stay, s)
		case s.MovingFrom == g.Name:
			leaving = append(leaving, s)
		}
	}
	if len(stay) == 0 && room.Draining {
		if len(leaving) == 0 {
			return m.emptied(room), nil
		}
		return m.finish(leaving)
	}
	var edits []shop.Edit
	if !room.Draining {
		edits = []shop.Edit{set(shop.KindShopSet, string(g.Name), "draining", true)}
	}
	to, err := destinations(f, room, stay)
	if err != nil {
		return nil, err
	}
	if len(stay) == 0 {
		tiers, err := following(have, g.Name)
		if err != nil {
			return nil, err
		}
		ops := written(have, m.title, g.Reason, edits, tiers)
		rest, err := m.finish(slices.DeleteFunc(leaving, m.crosses)) // this run writes: it ends no others
		return append(ops, rest...), err
	}
	return m.begin(edits, stay, to)
}

// endDrain lets shops in again.
func endDrain(g shop.DrainShopSet, room shop.Room, have shop.State) ([]Op, error) {
	if !room.Draining {
		return nil, nil
	}
	tiers, err := following(have, g.Name)
	if err != nil {
		return nil, err
	}
	edits := []shop.Edit{set(shop.KindShopSet, string(g.Name), "draining", nil)}
	return written(have, fmt.Sprintf("shopset drain %s: it takes shops again", g.Name), g.Reason, edits, tiers), nil
}

// emptied waits until Argo CD has taken the old routes of a drained ShopSet away.
func (m moving) emptied(room shop.Room) []Op {
	if m.noWait || m.have.ArgoCD.None || room.RoutesLive || !room.OnBranch {
		return nil
	}
	ops := []Op{Refresh{Tier: room.Tier, Routes: string(room.Name)}}
	if t, _ := m.have.Tier(room.Tier); t.Spec.Sync == "manual" && room.Routing.Sync == shop.OutOfSync && room.Routing.Phase != shop.Running {
		ops = append(ops, AwaitHand{room.Tier})
	}
	return append(ops, AwaitRoutes{Tier: room.Tier, Gone: true})
}

// destinations finds another ShopSet of the same tier and cluster for each shop.
func destinations(f shop.Fleet, from shop.Room, shops []shop.Shop) ([]shop.ShopSetID, error) {
	p := NewPlacement(f, func(r shop.Room) Verdict {
		if r.Name == from.Name || r.Cluster != from.Cluster {
			return IsElsewhere
		}
		return Barred(r)
	})
	order := make([]int, len(shops))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return f.Plans[shops[j].Plan].Weight - f.Plans[shops[i].Plan].Weight })
	to := make([]shop.ShopSetID, len(shops))
	left := 0
	var places []Place
	for _, i := range order {
		var ok bool
		if to[i], ok = p.Put(from.Tier, f.Plans[shops[i].Plan]); !ok {
			if left++; left == 1 {
				places = slices.DeleteFunc(p.Why(from.Tier, f.Plans[shops[i].Plan]), func(p Place) bool { return p.ShopSet == from.Name })
			}
		}
	}
	if left > 0 {
		return nil, stopped([]Trouble{{Why: NoPlaceLeft, ShopSet: from.Name, Tier: from.Tier, Cluster: from.Cluster, N: left, Places: places}})
	}
	return to, nil
}

// finished are the edits by which a reconcile ends the moves whose new routes
// are applied, and the ShopSets that they concern. Moves to another cluster wait
// for a person.
func finished(have shop.State, tiers []shop.Tier) (edits []shop.Edit, sets []shop.ShopSetID) {
	f := have.Fleet
	if have.ArgoCD.None || have.ArgoCD.Silent != "" {
		return nil, nil
	}
	for _, name := range slices.Sorted(maps.Keys(f.Shops)) {
		s := f.Shops[name]
		if s.MovingFrom == "" || Crosses(f, s) || !taken(have, newRoutes([]shop.Shop{s})) ||
			!slices.Contains(tiers, f.ShopSets[s.ShopSet].Tier) || !slices.Contains(tiers, f.ShopSets[s.MovingFrom].Tier) {
			continue
		}
		edits = append(edits, set(shop.KindShop, string(name), "movingFrom", nil))
		sets = append(sets, s.ShopSet, s.MovingFrom)
	}
	return edits, sets
}
