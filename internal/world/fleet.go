package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// subjects are the shops, hosts and ShopSets that a goal is about.
type subjects struct {
	shops  []shop.ShopID
	hosts  []string
	empty  shop.ShopSetID                   // the ShopSet whose shops are asked for
	homes  map[shop.ShopID][]shop.ShopSetID // where shops had routes that are gone from the intent
	from   shop.ShopSetID                   // where the one shop had a route too
	loads  bool                             // what the shops add up to is asked for
	moving bool                             // every shop under way is asked for

	accepted bool // whether gateways take the routes is asked for
}

// subjectsOf reports whether a goal is about shops or ShopSets at all.
func subjectsOf(g shop.Goal) (s subjects, is bool) {
	switch g := g.(type) {
	case shop.AddShops:
		for _, n := range g.Shops {
			s.shops, s.hosts = append(s.shops, n.Name), append(s.hosts, n.Hosts...)
		}
		s.accepted = len(g.Shops) <= mostAccepted
	case shop.SetShop:
		s.shops, s.hosts = []shop.ShopID{g.Name}, g.AddHosts
		s.accepted = len(g.AddHosts)+len(g.RemoveHosts) > 0
	case shop.MoveShop:
		s.shops, s.from, s.accepted = []shop.ShopID{g.Name}, g.From, true
	case shop.RemoveShop:
		s.shops, s.homes = []shop.ShopID{g.Name}, map[shop.ShopID][]shop.ShopSetID{g.Name: g.Homes}
	case shop.DrainShopSet:
		s.empty, s.accepted = g.Name, true
	case shop.LookFleet:
		s.shops, s.loads, s.accepted = g.Shops, g.Loads, true
		return s, true
	case shop.Reconcile:
		s.moving, s.accepted = true, true
	case shop.AddShopSet, shop.RemoveShopSet:
	default:
		return s, false
	}
	s.loads = true
	return s, true
}

// fleet observes the ShopSets and what lives there, for a goal about them. What
// it costs does not grow with the number of shops, but for the first time.
func (w *World) fleet(ctx context.Context, v view, g shop.Goal, have *shop.State, apps applications) error {
	about, is := subjectsOf(g)
	if !is {
		return nil
	}
	if about.moving && !w.anyMoves(v) {
		return nil
	}
	c, err := emptyCensus(), error(nil)
	if about.loads {
		if err := w.checked(v); err != nil {
			return err
		}
		if c, err = w.census(v); err != nil {
			return err
		}
	}
	f := &have.Fleet
	*f = shop.Fleet{
		ShopSets: map[shop.ShopSetID]shop.Room{}, Shops: map[shop.ShopID]shop.Shop{}, Hosts: map[string]shop.ShopID{},
		Routes: map[shop.RouteID]shop.RouteState{}, Departed: map[shop.ShopID]shop.Departure{}, GoneShopSets: map[shop.ShopSetID]shop.GoneShopSet{},
		Plans: plansOf(have.Policy), DefaultPlan: intent.DefaultPlan(have.Policy), Clusters: map[string]shop.Cluster{}, Registered: slices.Sorted(maps.Keys(apps.shopSets)),
	}
	if err := w.rooms(v, c, have); err != nil {
		return err
	}
	if g, ok := g.(shop.RemoveShopSet); ok {
		if _, there := f.ShopSets[g.Name]; !there && shop.ValidName(string(g.Name)) {
			w.goneShopSet(v, g.Name, f)
		}
	}
	if f.Hosts, err = w.holders(v, c, about.hosts); err != nil {
		return err
	}
	for _, h := range about.hosts {
		if p := have.Policy.Wildcard; f.Hosts[h] == "" && p != nil && p.Host == h {
			f.Hosts[h] = "*"
		}
	}
	names := about.shops
	if about.empty != "" || about.moving {
		if names, err = w.residents(v, about); err != nil {
			return err
		}
	}
	for _, name := range names {
		s, err := resource[*shop.Shop](v, shop.KindShop, string(name))
		switch {
		case err == nil:
			f.Shops[name] = *s
		case !errors.Is(err, fs.ErrNotExist):
			return err
		case about.homes != nil:
			w.departed(v, name, f)
		}
	}
	if err := w.routes(ctx, have, about, apps); err != nil {
		return err
	}
	if about.accepted {
		w.acceptances(ctx, have, apps)
	}
	return nil
}

// anyMoves reports whether a shop is under way between two ShopSets, as far as
// what is known of the shops tells; a mistake in the intent is not for here.
func (w *World) anyMoves(v view) bool {
	if w.ArgoCD == nil || w.checked(v) != nil {
		return false
	}
	c, err := w.census(v)
	if err != nil {
		return false
	}
	for h, n := range c.homes() {
		if h.passing && n > 0 {
			return true
		}
	}
	return false
}

func plansOf(p shop.Policy) map[string]shop.Plan {
	plans := map[string]shop.Plan{}
	for name := range p.Plans {
		plans[name], _ = intent.PlanOf(p, name)
	}
	if len(p.Plans) == 0 {
		plans[intent.StandardPlan], _ = intent.PlanOf(p, intent.StandardPlan)
	}
	plans[""], _ = intent.PlanOf(p, "")
	return plans
}

// rooms are the ShopSets with their capacity and what lives there.
func (w *World) rooms(v view, c *census, have *shop.State) error {
	f := &have.Fleet
	all, err := w.roster(v)
	if err != nil {
		return err
	}
	clusters, err := v.clusters()
	if err != nil {
		return err
	}
	for name, cluster := range clusters {
		one := *cluster
		one.FailureDomains = intent.FailureDomains(one)
		f.Clusters[name] = one
	}
	if f.Configurations, err = v.names("configurations"); err != nil {
		return err
	}
	loads := c.loads(have.Policy)
	for name, e := range all {
		s := shop.ShopSet{Name: name, Tier: e.tier, Configuration: e.configuration, Cluster: e.cluster, FailureDomain: e.domain,
			Namespace: e.namespace, Shops: e.shops, DBConnections: e.connections, Draining: e.draining}
		if e.closed {
			if s.Maintenance, err = v.maintenanceOf(name); err != nil {
				return err
			}
		}
		r := shop.Room{ShopSet: s, Domain: intent.FailureDomain(s, f.Clusters[e.cluster]), Health: shop.UnknownHealth}
		r.Holds, r.Has = intent.Capacity(have.Policy, s)
		l := loads[name]
		r.Weight, r.Uses, r.Routes = l.weight, l.connections, l.routes
		f.ShopSets[name] = r
	}
	for _, t := range have.Tiers {
		for _, s := range t.ShopSets {
			if r, ok := f.ShopSets[s.Name]; ok && r.Tier == t.Spec.Name {
				r.OnBranch, r.Health = true, s.Health
				f.ShopSets[s.Name] = r
			}
		}
	}
	return nil
}

// maintenanceOf is the switch that closes a ShopSet; the roster knows only that it is on.
func (v view) maintenanceOf(name shop.ShopSetID) (*shop.Maintenance, error) {
	s, err := resource[*shop.ShopSet](v, shop.KindShopSet, string(name))
	if err != nil {
		return nil, err
	}
	return s.Maintenance, nil
}

// remembered is how many commits of main are looked through for what is gone.
const remembered = 2000

// departed finds who removed a shop, as far back as people remember.
func (w *World) departed(v view, name shop.ShopID, f *shop.Fleet) {
	if d, _, ok := v.removal(intent.Path(shop.KindShop, string(name))); ok {
		f.Departed[name] = d
	}
}

func (w *World) goneShopSet(v view, name shop.ShopSetID, f *shop.Fleet) {
	d, before, ok := v.removal(intent.Path(shop.KindShopSet, string(name)))
	if !ok {
		return
	}
	old := view{w: w, o: v.o, tree: before}
	if s, err := resource[*shop.ShopSet](old, shop.KindShopSet, string(name)); err == nil {
		f.GoneShopSets[name] = shop.GoneShopSet{Departure: d, Tier: s.Tier}
	}
}

// removal finds the commit that took a file away, and the tree before it.
func (v view) removal(path string) (d shop.Departure, before git.ID, found bool) {
	n, last := 0, git.Commit{}
	_ = git.FirstParents(v.o, v.at, func(c git.Commit) error {
		if _, err := git.Lookup(v.o, c.Tree, path); err == nil {
			d, before, found = shop.Departure{By: activity(last, "").By, At: last.Committer.When.UTC()}, c.Tree, true
			return git.ErrStop
		}
		last = c
		if n++; n == remembered {
			return git.ErrStop
		}
		return nil
	})
	return d, before, found
}

// residents are the shops that have a route in a ShopSet, or all that are under way.
func (w *World) residents(v view, about subjects) (names []shop.ShopID, err error) {
	c, err := w.catalogue(v)
	if err != nil {
		return nil, err
	}
	needle := string(about.empty)
	for line := range c.all(needle) {
		e, ok := entryOf(line)
		if ok && (about.moving && e.MovingFrom != "" || about.empty != "" && (e.ShopSet == about.empty || e.MovingFrom == about.empty)) {
			names = append(names, e.Name)
		}
	}
	return names, nil
}

// everyRoute stands for all shops of a ShopSet.
const everyRoute = shop.ShopID("")

// routes tells of each route of the shops in question whether its branch has it
// and whether Argo CD has applied just that.
func (w *World) routes(ctx context.Context, have *shop.State, about subjects, apps applications) error {
	f := &have.Fleet
	asked := map[shop.ShopSetID][]shop.ShopID{}
	for name, s := range f.Shops {
		asked[s.ShopSet] = append(asked[s.ShopSet], name)
		if s.MovingFrom != "" {
			asked[s.MovingFrom] = append(asked[s.MovingFrom], name)
		}
	}
	for name, homes := range about.homes {
		if _, there := f.Shops[name]; there {
			continue
		}
		for _, home := range homes {
			asked[home] = append(asked[home], name)
		}
	}
	if about.empty != "" {
		asked[about.empty] = append(asked[about.empty], everyRoute)
	}
	if about.from != "" {
		asked[about.from] = append(asked[about.from], about.shops...)
	}
	for set, shops := range asked {
		room, ok := f.ShopSets[set]
		if !ok {
			continue
		}
		t, ok := have.Tier(room.Tier)
		if !ok || t.System == "" {
			continue
		}
		if err := w.routesOf(ctx, have, &t, room, shops, apps); err != nil {
			return fmt.Errorf("look at the routes of %s: %w", set, err)
		}
	}
	return nil
}

func (w *World) routesOf(ctx context.Context, have *shop.State, t *shop.TierState, room shop.Room, shops []shop.ShopID, apps applications) error {
	f := &have.Fleet
	want, err := w.routeFiles(t.System, room.Name)
	if err != nil {
		return err
	}
	room.Routing = shop.ShopSetState{Name: room.Name, Sync: shop.UnknownSync, Health: shop.UnknownHealth}
	applied := func(shop.ShopID) bool { return false }
	if app, listed := apps.routes[room.Name]; listed && !have.ArgoCD.None && have.ArgoCD.Silent == "" {
		same := func(at shop.CommitID, name shop.ShopID) bool {
			is, err := w.routeFiles(at, room.Name)
			if name == everyRoute {
				return err == nil && maps.Equal(is, want)
			}
			return err == nil && is[name] == want[name]
		}
		all := func(at shop.CommitID) bool {
			return at != "" && !slices.ContainsFunc(shops, func(name shop.ShopID) bool { return !same(at, name) })
		}
		w.judge(t, &room.Routing, app)
		if !all(room.Routing.Revision) || room.Routing.Sync != shop.Synced {
			if whole, err := w.ArgoCD.Get(ctx, app.Name); err == nil {
				w.judge(t, &room.Routing, whole)
			}
		}
		if room.Routing.Phase != shop.Running && !all(room.Routing.At) {
			room.Routing.Phase, room.Routing.Failure = "", "" // it ended before these routes came
		}
		applied = func(name shop.ShopID) bool {
			r := room.Routing
			return r.Sync == shop.Synced && r.Phase != shop.Running && r.Revision != "" && same(r.Revision, name)
		}
	}
	room.RoutesLive = applied(everyRoute)
	f.ShopSets[room.Name] = room
	for _, name := range shops {
		if name != everyRoute {
			f.Routes[shop.RouteID{ShopSet: room.Name, Shop: name}] = shop.RouteState{OnBranch: !want[name].IsZero(), Live: applied(name)}
		}
	}
	return nil
}

// routeFiles are the routes of a ShopSet at a commit of its tier's branch.
func (w *World) routeFiles(at shop.CommitID, set shop.ShopSetID) (map[shop.ShopID]git.ID, error) {
	c, err := w.system().Commit(id(at))
	if err != nil {
		return nil, err
	}
	dir, err := git.Lookup(w.system(), c.Tree, "shopsets/"+string(set)+"/shops")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return memoised(w.Memo, w.Memo.routes, dir.ID, func() (map[shop.ShopID]git.ID, error) {
		entries, err := w.system().Tree(dir.ID)
		files := make(map[shop.ShopID]git.ID, len(entries))
		for _, e := range entries {
			if name, ok := strings.CutSuffix(e.Name, ".yaml"); ok && shop.ValidName(name) {
				files[shop.ShopID(name)] = e.ID
			}
		}
		return files, err
	})
}
