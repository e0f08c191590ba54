package world

import (
	"errors"
	"io/fs"
	"reflect"
	"slices"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// checked holds the intent against its rules. Only what is new since an intent
// that is known to keep them is looked at; when that leaves any doubt the whole
// is read, and names every mistake with its place.
func (w *World) checked(v view) error {
	_, err := memoised(w.Memo, w.Memo.checked, v.tree, func() (bool, error) {
		if base, ok := w.sound(v); ok && w.keeps(base, v) {
			return true, nil
		}
		_, err := v.set()
		return err == nil, err
	})
	return err
}

// sound is the newest intent in the history of v that a tier branch was
// rendered from: shopctl renders from none that breaks a rule, or says so.
func (w *World) sound(v view) (newest view, ok bool) {
	w.seen.Lock()
	tips := w.seen.refs[shop.SystemRepository].Tips
	w.seen.Unlock()
	for ref, tip := range tips {
		if !isTierBranch(ref) {
			continue
		}
		c, err := w.system().Commit(tip)
		if err != nil {
			continue
		}
		if t, _ := shop.ParseTrailers(c.Message); t.Mistakes > 0 {
			continue
		}
		base, known := w.before(v, c)
		if known && (!ok || w.Memo.contains(v.o, shop.SystemRepository, newest.at, base.at)) {
			newest, ok = base, true
		}
	}
	return newest, ok
}

// keeps reports whether what is new keeps the rules for certain.
func (w *World) keeps(base, v view) bool {
	if base.tree == v.tree {
		return true
	}
	n, err := v.since(base)
	if err != nil || !n.plain {
		return false
	}
	c := &changes{w: w, base: base, v: v}
	if !c.begin() {
		return false
	}
	for _, x := range n.all {
		if !c.look(x) {
			return false
		}
	}
	return c.set.Check() == nil && (!c.places || c.apart()) && (!c.people || c.hold())
}

// changes gathers what changed, with what it names, so that the rules can be
// asked of that alone.
type changes struct {
	w       *World
	base, v view
	set     intent.Set
	places  bool                    // namespaces have to be looked at
	people  bool                    // hosts or loads have to be looked at
	sized   map[shop.ShopSetID]bool // ShopSets whose capacity has to be looked at
	emptied map[shop.ShopSetID]bool // ShopSets in which nobody may live
}

// begin adds what every check asks for: the Policy, its ShopSet, the tiers.
func (c *changes) begin() bool {
	c.sized, c.emptied = map[shop.ShopSetID]bool{}, map[shop.ShopSetID]bool{}
	p, err := c.v.policy()
	if err != nil {
		return false
	}
	c.set.Add(p)
	tiers, err := c.v.tiers()
	if err != nil {
		return false
	}
	for _, t := range tiers {
		c.set.Add(t)
	}
	return p.Wildcard == nil || c.name(p.Wildcard.ShopSet)
}

// look takes one change in; false: it needs the whole intent.
func (c *changes) look(x changed) bool {
	if was, is, ok := sides[shop.Shop](x); ok {
		return c.lookShop(was, is)
	}
	if was, is, ok := sides[shop.ShopSet](x); ok {
		return c.lookShopSet(was, is)
	}
	if was, is, ok := sides[shop.Policy](x); ok {
		return was != nil && is != nil && was.Name == is.Name && was.DefaultPlan == is.DefaultPlan && was.Shops == is.Shops &&
			was.DBConnections == is.DBConnections && reflect.DeepEqual(was.Plans, is.Plans) && reflect.DeepEqual(was.Wildcard, is.Wildcard)
	}
	if _, is, ok := sides[shop.TierSpec](x); ok {
		return is != nil
	}
	if _, is, ok := sides[shop.Configuration](x); ok {
		return is != nil
	}
	if was, is, ok := sides[shop.Cluster](x); ok {
		return is != nil && (was == nil || was.Destination == is.Destination && slices.Equal(was.FailureDomains, is.FailureDomains))
	}
	return false
}

func (c *changes) lookShop(was, is *shop.Shop) bool {
	if is == nil {
		return true
	}
	if was != nil && was.ShopSet == is.ShopSet && was.MovingFrom == is.MovingFrom && was.Plan == is.Plan && slices.Equal(was.Hosts, is.Hosts) {
		return true
	}
	c.set.Add(is)
	c.people = true
	c.sized[is.ShopSet] = true
	if is.MovingFrom != "" {
		c.sized[is.MovingFrom] = true
		return c.name(is.ShopSet) && c.name(is.MovingFrom)
	}
	return c.name(is.ShopSet)
}

func (c *changes) lookShopSet(was, is *shop.ShopSet) bool {
	if is == nil {
		c.people, c.emptied[was.Name] = true, true
		return true
	}
	if was == nil || was.Tier != is.Tier || was.Configuration != is.Configuration || was.Cluster != is.Cluster ||
		was.FailureDomain != is.FailureDomain || was.Namespace != is.Namespace {
		c.places = true
		if !c.name(is.Name) {
			return false
		}
	}
	if was != nil && (was.Shops != is.Shops || was.DBConnections != is.DBConnections) {
		c.people, c.sized[is.Name] = true, true
		return c.name(is.Name)
	}
	return true
}

// name adds a ShopSet and what it names.
func (c *changes) name(set shop.ShopSetID) bool {
	if c.set.ShopSets[set] != nil {
		return true
	}
	s, err := resource[*shop.ShopSet](c.v, shop.KindShopSet, string(set))
	if err != nil {
		return false
	}
	c.set.Add(s)
	configuration, err := resource[*shop.Configuration](c.v, shop.KindConfiguration, s.Configuration)
	if err != nil {
		return false
	}
	c.set.Add(configuration)
	cluster, err := resource[*shop.Cluster](c.v, shop.KindCluster, s.Cluster)
	if err != nil {
		return false
	}
	c.set.Add(cluster)
	return true
}

// apart reports whether every ShopSet has a namespace of its own.
func (c *changes) apart() bool {
	all, err := c.w.roster(c.v)
	if err != nil {
		return false
	}
	clusters, err := c.v.clusters()
	if err != nil {
		return false
	}
	taken := make(map[[2]string]bool, len(all))
	for _, e := range all {
		cluster := clusters[e.cluster]
		if cluster == nil {
			return false
		}
		at := [2]string{cluster.Destination, e.namespace}
		if taken[at] {
			return false
		}
		taken[at] = true
	}
	return true
}

// hold reports whether nobody has a host of the shops that changed, whether
// their ShopSets hold them, and whether nobody lives in one that is gone.
func (c *changes) hold() bool {
	before, err := c.w.census(c.base)
	if err != nil {
		return false
	}
	folder, err := git.Lookup(c.v.o, c.v.tree, "shops")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	after, err := before.at(c.v, folder.ID)
	if err != nil || after.clash {
		return false
	}
	for set := range c.emptied {
		if _, _, routes, _ := after.load(set, *c.set.Policy); routes > 0 {
			return false
		}
	}
	for set := range c.sized {
		s := c.set.ShopSets[set]
		weight, connections, routes, known := after.load(set, *c.set.Policy)
		shops, most := intent.Capacity(*c.set.Policy, *s)
		if !known || weight > shops || most > 0 && connections > most || routes > intent.MaxShops {
			return false
		}
	}
	return true
}
