package intent

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// MaxNames is the most characters that the names of the system and of a ShopSet
// have together; the names of Applications hold both.
const MaxNames = 56

// checker collects what does not fit together.
type checker struct {
	*Set
	errs Errors
}

// Check holds the resources against each other: what one names must be there, a
// host has one holder, no ShopSet is above its capacity (I6). The error is Errors.
func (s *Set) Check() error {
	c := &checker{Set: s}
	if s.Policy == nil {
		c.errs = append(c.errs, &Error{File: policyFile, Message: "the file is missing"})
		return c.errs.orNil()
	}
	c.tiers()
	c.policy()
	c.shopSets()
	c.namespaces()
	c.shops()
	c.hosts()
	c.capacity()
	return c.errs.orNil()
}

// fail puts a mistake at a key of a resource's spec.
func (c *checker) fail(kind shop.Kind, name string, path []string, hint, format string, args ...any) {
	e := &Error{File: Path(kind, name), Message: fmt.Sprintf(format, args...), Hint: hint}
	e.Line, e.Column = c.place(e.File, path)
	c.errs = append(c.errs, e)
}

// failFleet puts down a mistake that keeps no file from being rendered.
func (c *checker) failFleet(kind shop.Kind, name string, path []string, format string, args ...any) {
	c.fail(kind, name, path, "", format, args...)
	c.errs[len(c.errs)-1].Fleet = true
}

// place finds a key of the spec in the text of a file.
func (c *checker) place(file string, path []string) (line, column int) {
	if c.Source == nil {
		return 0, 0
	}
	doc, err := parse(file, c.Source(file))
	if err != nil {
		return 0, 0
	}
	n := find(doc.Content[0], append([]string{"spec"}, path...)...)
	return n.Line, n.Column
}

// at names another place in a message: file and line.
func (c *checker) at(kind shop.Kind, name string, path ...string) string {
	file := Path(kind, name)
	if line, _ := c.place(file, path); line > 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return file
}

func (c *checker) tiers() {
	top := -1
	for t := range c.Tiers {
		top = max(top, t.Number())
	}
	for n := range max(top, 1) {
		if _, has := c.Tiers[shop.TierAt(n)]; !has {
			c.errs = append(c.errs, &Error{File: Path(shop.KindTier, string(shop.TierAt(n))), Message: "the file is missing", Hint: "tiers count from tier-0 without gaps"})
		}
	}
}

func (c *checker) policy() {
	p := c.Policy
	for _, name := range slices.Sorted(maps.Keys(p.Plans)) {
		if t := p.Plans[name].Tier; t != "" && c.Tiers[t] == nil {
			c.fail(shop.KindPolicy, p.Name, []string{"plans", name, "tier"}, suggest(t, c.Tiers), "there is no tier %q", t)
		}
	}
	if w := p.Wildcard; w != nil && c.ShopSets[w.ShopSet] == nil {
		c.fail(shop.KindPolicy, p.Name, []string{"wildcard", "shopset"}, suggest(w.ShopSet, c.ShopSets), "there is no ShopSet %q", w.ShopSet)
	}
}

func (c *checker) shopSets() {
	for name, s := range inOrder(c.ShopSets) {
		miss := func(key, what, hint string) {
			c.fail(shop.KindShopSet, string(name), []string{key}, hint, "there is no %s", what)
		}
		if c.Tiers[s.Tier] == nil {
			miss("tier", fmt.Sprintf("tier %q", s.Tier), suggest(s.Tier, c.Tiers))
		}
		if c.Configurations[s.Configuration] == nil {
			miss("configuration", fmt.Sprintf("Configuration %q", s.Configuration), suggest(s.Configuration, c.Configurations))
		}
		if n := len(c.Policy.Name) + len(name); n > MaxNames {
			c.fail(shop.KindShopSet, string(name), nil, "", "the names of system %q and ShopSet %q have %d characters together; at most %d are possible", c.Policy.Name, name, n, MaxNames)
		}
		cluster := c.Clusters[s.Cluster]
		if cluster == nil {
			miss("cluster", fmt.Sprintf("cluster %q", s.Cluster), suggest(s.Cluster, c.Clusters))
			continue
		}
		domains := FailureDomains(*cluster)
		if s.FailureDomain == "" && len(domains) > 1 {
			c.fail(shop.KindShopSet, string(name), nil, "one of "+strings.Join(domains, ", "), "\"failureDomain\" is missing: cluster %q has several", s.Cluster)
		}
		if s.FailureDomain != "" && !slices.Contains(domains, s.FailureDomain) {
			miss("failureDomain", fmt.Sprintf("failure domain %q in cluster %q", s.FailureDomain, s.Cluster), "one of "+strings.Join(domains, ", "))
		}
	}
}

// namespaces refuses two ShopSets in one namespace: their objects have the same
// names. Two Clusters with one destination are the same cluster to Argo CD.
func (c *checker) namespaces() {
	type place struct{ destination, namespace string }
	holders := map[place]*shop.ShopSet{}
	for name, s := range inOrder(c.ShopSets) {
		cluster := c.Clusters[s.Cluster]
		if cluster == nil {
			continue
		}
		at := place{cluster.Destination, Namespace(*s)}
		if other := holders[at]; other != nil {
			c.fail(shop.KindShopSet, string(name), []string{"namespace"}, "", "namespace %q of cluster %q is taken by ShopSet %q, %s",
				at.namespace, s.Cluster, other.Name, c.at(shop.KindShopSet, string(other.Name), "namespace"))
			continue
		}
		holders[at] = s
	}
}

func (c *checker) shops() {
	for name, s := range inOrder(c.Shops) {
		if c.ShopSets[s.ShopSet] == nil {
			c.fail(shop.KindShop, string(name), []string{"shopset"}, suggest(s.ShopSet, c.ShopSets), "there is no ShopSet %q", s.ShopSet)
		}
		if s.MovingFrom != "" && c.ShopSets[s.MovingFrom] == nil {
			c.fail(shop.KindShop, string(name), []string{"movingFrom"}, suggest(s.MovingFrom, c.ShopSets), "there is no ShopSet %q", s.MovingFrom)
		}
		if _, ok := PlanOf(*c.Policy, s.Plan); s.Plan != "" && !ok {
			c.fail(shop.KindShop, string(name), []string{"plan"}, suggest(s.Plan, c.Policy.Plans), "there is no plan %q", s.Plan)
		}
	}
}

// hosts refuses a hostname with two holders.
func (c *checker) hosts() {
	type holder struct {
		shop  shop.ShopID
		index int
	}
	holders := make(map[string]holder, len(c.Shops))
	wildcard := ""
	if c.Policy.Wildcard != nil {
		wildcard = c.Policy.Wildcard.Host
	}
	for name, s := range inOrder(c.Shops) {
		for i, h := range s.Hosts {
			path := []string{"hosts", fmt.Sprint(i)}
			if h == wildcard {
				c.failFleet(shop.KindShop, string(name), path, "host %q is the wildcard's, %s", h, c.at(shop.KindPolicy, c.Policy.Name, "wildcard", "host"))
			}
			if other, taken := holders[h]; taken {
				c.failFleet(shop.KindShop, string(name), path, "host %q is taken by shop %q, %s", h, other.shop, c.at(shop.KindShop, string(other.shop), "hosts", fmt.Sprint(other.index)))
				continue
			}
			holders[h] = holder{name, i}
		}
	}
}

// capacity adds up what the shops of each ShopSet cost. During a move both
// ShopSets hold a route, but only the new one the weight.
func (c *checker) capacity() {
	type load struct{ weight, connections, routes int }
	loads := map[shop.ShopSetID]load{}
	for _, s := range c.Shops {
		plan, _ := PlanOf(*c.Policy, s.Plan)
		l := loads[s.ShopSet]
		loads[s.ShopSet] = load{l.weight + plan.Weight, l.connections + plan.DBConnections, l.routes + 1}
		if s.MovingFrom != "" {
			l := loads[s.MovingFrom]
			l.routes++
			loads[s.MovingFrom] = l
		}
	}
	for name, s := range inOrder(c.ShopSets) {
		l := loads[name]
		shops, connections := Capacity(*c.Policy, *s)
		if l.weight > shops {
			c.failFleet(shop.KindShopSet, string(name), []string{"shops"}, "the shops of ShopSet %q weigh %d; it holds %d", name, l.weight, shops)
		}
		if connections > 0 && l.connections > connections {
			c.failFleet(shop.KindShopSet, string(name), []string{"dbConnections"}, "the shops of ShopSet %q use %d database connections; it has %d", name, l.connections, connections)
		}
		if l.routes > MaxShops {
			c.failFleet(shop.KindShopSet, string(name), nil, "ShopSet %q has %d routes; at most %d are possible", name, l.routes, MaxShops)
		}
	}
}

// inOrder goes through a map by name, so that the same intent always gives the
// same errors.
func inOrder[K cmp.Ordered, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func suggest[K ~string, V any](word K, known map[K]V) string {
	words := make([]string, 0, len(known))
	for k := range known {
		words = append(words, string(k))
	}
	if near := shop.Suggest(string(word), sorted(words)); len(near) > 0 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	return ""
}
