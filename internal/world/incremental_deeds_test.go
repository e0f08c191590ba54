package world

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// deed is what people do to an intent. Those that are wrong are always refused
// after the sample; the others may be, after others.
type deed struct {
	name  string
	wrong bool
	do    func(*drift)
}

func pick[T any](d *drift, from ...T) T { return from[d.dice.IntN(len(from))] }

// one copies a resource, to be changed and added again.
func one[K ~string, V any](d *drift, m map[K]*V) *V {
	copied := *m[pick(d, slices.Sorted(maps.Keys(m))...)]
	return &copied
}

func onShop(change func(*drift, *shop.Shop)) func(*drift) {
	return func(d *drift) {
		s := one(d, d.set.Shops)
		change(d, s)
		d.set.Add(s)
	}
}

func onShopSet(change func(*drift, *shop.ShopSet)) func(*drift) {
	return func(d *drift) {
		s := one(d, d.set.ShopSets)
		change(d, s)
		d.set.Add(s)
	}
}

// home is a ShopSet in which three shops live at least, if there is one.
func (d *drift) home() *shop.ShopSet {
	lives := d.lives()
	all := slices.Sorted(maps.Keys(d.set.ShopSets))
	homes := slices.DeleteFunc(slices.Clone(all), func(s shop.ShopSetID) bool { return lives[s] < 3 })
	if len(homes) == 0 {
		homes = all
	}
	return d.shopSet(pick(d, homes...))
}

// shopSet is a copy of a ShopSet, or of any if there is none of that name.
func (d *drift) shopSet(name shop.ShopSetID) *shop.ShopSet {
	s := d.set.ShopSets[name]
	if s == nil {
		return one(d, d.set.ShopSets)
	}
	copied := *s
	return &copied
}

func (d *drift) lives() map[shop.ShopSetID]int {
	lives := map[shop.ShopSetID]int{}
	for _, s := range d.set.Shops {
		lives[s.ShopSet]++
	}
	return lives
}

func onTier(change func(*drift, *shop.TierSpec)) func(*drift) {
	return func(d *drift) {
		t := one(d, d.set.Tiers)
		change(d, t)
		d.set.Add(t)
	}
}

func onPolicy(change func(*drift, *shop.Policy)) func(*drift) {
	return func(d *drift) {
		p := *d.set.Policy
		change(d, &p)
		d.set.Add(&p)
	}
}

func onCluster(change func(*drift, *shop.Cluster)) func(*drift) {
	return func(d *drift) {
		c := one(d, d.set.Clusters)
		change(d, c)
		d.set.Add(c)
	}
}

func onConfiguration(change func(*drift, *shop.Configuration)) func(*drift) {
	return func(d *drift) {
		c := one(d, d.set.Configurations)
		change(d, c)
		d.set.Add(c)
	}
}

// fresh is a host that nobody had.
func (d *drift) fresh() []string { return []string{fmt.Sprintf("h-%d.example.jp", d.days)} }

func (d *drift) closed() *shop.Maintenance {
	if d.dice.IntN(3) == 0 {
		return nil
	}
	m := &shop.Maintenance{Until: time.Unix(int64(1_900_000_000+3600*d.days), 0).UTC(), Message: pick(d, "", "点検中です")}
	if d.dice.IntN(2) == 0 {
		m.Allow = []string{"203.0.113.0/28"}
	}
	return m
}

// everyday are the deeds that a good day is made of.
var everyday = []deed{
	{name: "add a shop", do: func(d *drift) { d.addShop(30 + d.dice.IntN(40)) }},
	{name: "remove a shop", do: func(d *drift) { delete(d.set.Shops, one(d, d.set.Shops).Name) }},
	{name: "add or change a ShopSet", do: func(d *drift) { d.addShopSet(d.dice.IntN(12)) }},
	{name: "the first shop of a new ShopSet", do: func(d *drift) {
		n := 9 + d.dice.IntN(3)
		d.addShopSet(n)
		name := fmt.Sprintf("shop-%d", 70+n)
		d.set.Add(&shop.Shop{Name: shop.ShopID(name), Hosts: d.fresh(), ShopSet: shop.ShopSetID(fmt.Sprintf("s-%d", n))})
	}},
	{name: "an empty ShopSet goes", do: func(d *drift) {
		used := d.lives()
		for _, s := range d.set.Shops {
			used[s.MovingFrom]++
		}
		for _, name := range slices.Sorted(maps.Keys(d.set.ShopSets)) {
			if used[name] == 0 {
				delete(d.set.ShopSets, name)
				return
			}
		}
	}},
	{name: "all leave a ShopSet and it goes", do: func(d *drift) {
		from, to := one(d, d.set.ShopSets).Name, one(d, d.set.ShopSets).Name
		if from == to {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(d.set.Shops)) {
			s := *d.set.Shops[name]
			if s.MovingFrom == from || s.MovingFrom == to {
				s.MovingFrom = ""
			}
			if s.ShopSet == from {
				s.ShopSet = to
			}
			d.set.Add(&s)
		}
		delete(d.set.ShopSets, from)
	}},
	{name: "a move begins or ends", do: onShop(func(d *drift, s *shop.Shop) {
		to := one(d, d.set.ShopSets).Name
		switch {
		case s.MovingFrom != "":
			s.MovingFrom = ""
		case to != s.ShopSet:
			s.MovingFrom, s.ShopSet = s.ShopSet, to
		}
	})},
	{name: "another host", do: onShop(func(d *drift, s *shop.Shop) { s.Hosts = d.fresh() })},
	{name: "a host more", do: onShop(func(d *drift, s *shop.Shop) { s.Hosts = append(d.fresh(), s.Hosts[0]) })},
	{name: "two shops change hosts", do: func(d *drift) {
		a, b := one(d, d.set.Shops), one(d, d.set.Shops)
		a.Hosts, b.Hosts = b.Hosts, a.Hosts
		d.set.Add(a)
		d.set.Add(b)
	}},
	{name: "another plan", do: onShop(func(d *drift, s *shop.Shop) { s.Plan = pick(d, "", "small", "large") })},
	{name: "display name", do: onShop(func(d *drift, s *shop.Shop) { s.DisplayName = fmt.Sprint("name ", d.days) })},
	{name: "maintenance of a shop", do: onShop(func(d *drift, s *shop.Shop) { s.Maintenance = d.closed() })},
	{name: "maintenance of a ShopSet", do: onShopSet(func(d *drift, s *shop.ShopSet) { s.Maintenance = d.closed() })},
	{name: "parameters", do: onShopSet(func(d *drift, s *shop.ShopSet) { s.Parameters = map[string]string{"DAY": fmt.Sprint(d.days)} })},
	{name: "draining", do: onShopSet(func(_ *drift, s *shop.ShopSet) { s.Draining = !s.Draining })},
	{name: "freeze", do: onTier(func(d *drift, t *shop.TierSpec) {
		t.Freeze = &shop.Freeze{Record: shop.Record{Reason: fmt.Sprint(d.days)}}
	})},
	{name: "reject", do: onPolicy(func(d *drift, p *shop.Policy) {
		p.Rejected = append(slices.Clone(p.Rejected), shop.Rejected{Release: d.release(), Record: shop.Record{Reason: "slow"}})
	})},
}

// rare are the others.
var rare = []deed{
	{name: "a host of somebody else", wrong: true, do: func(d *drift) {
		names := slices.Sorted(maps.Keys(d.set.Shops))
		n := d.dice.IntN(len(names) - 1)
		s := *d.set.Shops[names[n]]
		s.Hosts = append(slices.Clone(s.Hosts), d.set.Shops[names[n+1]].Hosts[0])
		d.set.Add(&s)
	}},
	{name: "a host goes from one to the other", do: func(d *drift) {
		a, b := one(d, d.set.Shops), one(d, d.set.Shops)
		b.Hosts, a.Hosts = []string{a.Hosts[0]}, d.fresh()
		d.set.Add(a)
		d.set.Add(b)
	}},
	{name: "the same new host twice", wrong: true, do: func(d *drift) {
		d.set.Add(&shop.Shop{Name: "a-new", Hosts: d.fresh(), ShopSet: "s-0"})
		d.set.Add(&shop.Shop{Name: "b-new", Hosts: d.fresh(), ShopSet: "s-1"})
	}},
	{name: "no such plan", wrong: true, do: onShop(func(_ *drift, s *shop.Shop) { s.Plan = "huge" })},
	{name: "no such ShopSet", wrong: true, do: onShop(func(_ *drift, s *shop.Shop) { s.ShopSet = "s-77" })},
	{name: "no such old ShopSet", wrong: true, do: onShop(func(_ *drift, s *shop.Shop) { s.MovingFrom = "s-77" })},
	{name: "a ShopSet with shops goes", wrong: true, do: func(d *drift) { delete(d.set.ShopSets, d.home().Name) }},
	{name: "a ShopSet that shops leave goes", wrong: true, do: func(d *drift) { delete(d.set.ShopSets, "s-8") }},
	{name: "a full ShopSet", wrong: true, do: func(d *drift) {
		d.set.Add(&shop.Shop{Name: "too-many", Hosts: d.fresh(), ShopSet: "s-3", Plan: "large"})
		d.set.Add(&shop.Shop{Name: "too-much", Hosts: []string{"too-much.example.jp"}, ShopSet: "s-3"})
	}},
	{name: "smaller ShopSet", wrong: true, do: func(d *drift) { s := d.home(); s.Shops = 2; d.set.Add(s) }},
	{name: "larger ShopSet", do: onShopSet(func(_ *drift, s *shop.ShopSet) { s.Shops = 40 })},
	{name: "too many database connections", wrong: true, do: func(d *drift) {
		s := d.shopSet("s-2")
		s.DBConnections = 1
		d.set.Add(s)
		d.set.Add(&shop.Shop{Name: "large-1", Hosts: d.fresh(), ShopSet: s.Name, Plan: "large"})
	}},
	{name: "fewer database connections", wrong: true, do: func(d *drift) {
		s := d.shopSet("s-4") // two large shops are on their way to it
		s.DBConnections = 1
		d.set.Add(s)
	}},
	{name: "another Configuration", do: onShopSet(func(d *drift, s *shop.ShopSet) { s.Configuration = pick(d, "default", "bare") })},
	{name: "no such Configuration", wrong: true, do: onShopSet(func(_ *drift, s *shop.ShopSet) { s.Configuration = "none" })},
	{name: "another cluster", do: onShopSet(func(d *drift, s *shop.ShopSet) { s.Cluster = pick(d, "tokyo", "osaka") })},
	{name: "no such cluster", wrong: true, do: onShopSet(func(_ *drift, s *shop.ShopSet) { s.Cluster = "kyoto" })},
	{name: "own namespace", do: onShopSet(func(d *drift, s *shop.ShopSet) { s.Namespace = fmt.Sprint("n-", d.days) })},
	{name: "namespace of another", wrong: true, do: func(d *drift) {
		a, b := d.shopSet("s-1"), d.shopSet("s-2")
		a.Cluster, a.Namespace = b.Cluster, string(b.Name)
		d.set.Add(a)
	}},
	{name: "another failure domain", do: onShopSet(func(_ *drift, s *shop.ShopSet) { s.FailureDomain = s.Cluster })},
	{name: "no such failure domain", wrong: true, do: onShopSet(func(_ *drift, s *shop.ShopSet) { s.FailureDomain = "z" })},
	{name: "another tier", do: onShopSet(func(d *drift, s *shop.ShopSet) { s.Tier = shop.TierAt(d.dice.IntN(3)) })},
	{name: "no such tier", wrong: true, do: onShopSet(func(_ *drift, s *shop.ShopSet) { s.Tier = "tier-7" })},
	{name: "maintenance of a tier", do: onTier(func(d *drift, t *shop.TierSpec) { t.Maintenance = d.closed() })},
	{name: "sync of a tier", do: onTier(func(d *drift, t *shop.TierSpec) { t.Sync = pick(d, "", "manual") })},
	{name: "a tier more", do: func(d *drift) { d.set.Add(&shop.TierSpec{Name: shop.TierAt(len(d.set.Tiers))}) }},
	{name: "a gap", wrong: true, do: func(d *drift) { d.set.Add(&shop.TierSpec{Name: shop.TierAt(len(d.set.Tiers) + 1)}) }},
	{name: "a tier goes", wrong: true, do: func(d *drift) { delete(d.set.Tiers, "tier-2") }},
	{name: "namespace of Argo CD", do: onPolicy(func(_ *drift, p *shop.Policy) { p.ArgoCDNamespace = "cd" })},
	{name: "name of the maintenance Service", do: onPolicy(func(_ *drift, p *shop.Policy) { p.MaintenanceService = "closed" })},
	{name: "another repository", do: onPolicy(func(_ *drift, p *shop.Policy) { p.Repositories.App = "example-shop/other" })},
	{name: "another system", do: onPolicy(func(_ *drift, p *shop.Policy) { p.Name = "staging" })},
	{name: "smaller ShopSets", wrong: true, do: onPolicy(func(_ *drift, p *shop.Policy) { p.Shops = 2 })},
	{name: "few database connections", wrong: true, do: onPolicy(func(_ *drift, p *shop.Policy) { p.DBConnections = 1 })},
	{name: "dearer plan", wrong: true, do: onPolicy(func(_ *drift, p *shop.Policy) { p.Plans = map[string]shop.Plan{"small": {}, "large": {Weight: 15}} })},
	{name: "a plan goes", wrong: true, do: onPolicy(func(_ *drift, p *shop.Policy) { p.Plans = map[string]shop.Plan{"small": {}} })},
	{name: "wildcard", do: onPolicy(func(d *drift, p *shop.Policy) {
		p.Wildcard = &shop.Wildcard{Host: "*.example.jp", ShopSet: one(d, d.set.ShopSets).Name}
	})},
	{name: "no wildcard", do: onPolicy(func(_ *drift, p *shop.Policy) { p.Wildcard = nil })},
	{name: "port of a Configuration", do: onConfiguration(func(d *drift, c *shop.Configuration) { c.Port = pick(d, 0, 81) })},
	{name: "a Configuration more", do: func(d *drift) { d.set.Add(&shop.Configuration{Name: "third", Service: "web"}) }},
	{name: "a Configuration that nobody uses goes", do: func(d *drift) { delete(d.set.Configurations, "third") }},
	{name: "a Configuration goes", wrong: true, do: func(d *drift) { delete(d.set.Configurations, "default") }},
	{name: "gateway of a cluster", do: onCluster(func(d *drift, c *shop.Cluster) { c.Gateway = pick(d, "", "edge/shops") })},
	{name: "region of a cluster", do: onCluster(func(d *drift, c *shop.Cluster) { c.Region = fmt.Sprint(d.days) })},
	{name: "one failure domain", do: onCluster(func(_ *drift, c *shop.Cluster) { c.FailureDomains = []string{"a"} })},
	{name: "failure domains", wrong: true, do: onCluster(func(_ *drift, c *shop.Cluster) { c.FailureDomains = []string{"a", "b"} })},
	{name: "two clusters are one", wrong: true, do: func(d *drift) { // with two namespaces of one name
		for _, name := range slices.Sorted(maps.Keys(d.set.Clusters)) {
			c := *d.set.Clusters[name]
			c.Destination = "both"
			d.set.Add(&c)
		}
	}},
	{name: "a cluster goes", wrong: true, do: func(d *drift) { delete(d.set.Clusters, "osaka") }},
	{name: "a file that may be run", do: onShop(func(d *drift, s *shop.Shop) {
		s.Hosts = d.fresh()
		d.modes[intent.Path(shop.KindShop, string(s.Name))] = git.ModeExecutable
	})},
	{name: "a link in place of a shop", do: onShop(func(d *drift, s *shop.Shop) {
		d.modes[intent.Path(shop.KindShop, string(s.Name))] = git.ModeLink
	})},
	{name: "notes", do: func(d *drift) { d.odd[pick(d, "notes.yaml", "README.md", "shopsets/notes.txt")] = fmt.Sprint(d.days) }},
	{name: "a stray file", wrong: true, do: func(d *drift) { d.odd[pick(d, "shops/xx/x.yaml", "policy.yml", "tiers/x/tier-1.yml")] = "x" }},
	{name: "a file that cannot be read", wrong: true, do: func(d *drift) { d.odd["clusters/kyoto.yaml"] = "kind: Kluster\n" }},
}
