package simulation

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// top are the ShopSets among which shops are moved.
var top = []shop.ShopSetID{"s-301", "s-302", "s-201"}

// drawsShop is an operation on a shop. More shops are added than there is room
// for, some want the same host, and those that move and leave meet them.
func drawsShop(id int, random *rand.Rand) *command {
	name := shop.ShopID(fmt.Sprintf("shop-%d", id))
	other := shop.ShopID(fmt.Sprintf("shop-%d", random.IntN(clients)))
	if random.IntN(3) == 0 {
		other = "first"
	}
	to := top[random.IntN(len(top))]
	noWait := random.IntN(2) == 0
	switch n := random.IntN(100); {
	case n < 56:
		host := string(name) + ".example.com"
		if n < 12 {
			host = "wanted.example.com"
		}
		return &command{goal: shop.AddShops{NoWait: true, Shops: []shop.NewShop{{Shop: shop.Shop{Name: name, Hosts: []string{host}}}}}}
	case n < 62:
		g := shop.AddShops{NoWait: noWait}
		for i := range 2 {
			twin := shop.ShopID(fmt.Sprintf("twin-%d-%d", id, i))
			g.Shops = append(g.Shops, shop.NewShop{Shop: shop.Shop{Name: twin, Hosts: []string{string(twin) + ".example.com"}}})
		}
		return &command{goal: g}
	case n < 82:
		return &command{goal: shop.MoveShop{Name: other, To: to, NoWait: noWait}}
	case n < 90:
		return &command{goal: shop.SetShop{Name: other, AddHosts: []string{fmt.Sprintf("www-%d.example.com", random.IntN(3))}, NoWait: noWait}}
	}
	return &command{goal: shop.RemoveShop{Name: other, NoWait: noWait}}
}

// opens reports whether a command adds shops: many do so at the same time.
func (c *command) opens() bool {
	_, adds := c.goal.(shop.AddShops)
	return adds
}

// namesShops notes the keys of the intent that a goal about shops names.
func (a *actor) namesShops(g shop.Goal) {
	file := func(name shop.ShopID) string { return intent.Path(shop.KindShop, string(name)) }
	switch g := g.(type) {
	case shop.AddShops:
		for _, s := range g.Shops {
			a.edits[file(s.Name)] = true
		}
	case shop.MoveShop:
		a.edits[file(g.Name)+" shopset"], a.edits[file(g.Name)+" movingFrom"] = true, true
	case shop.SetShop:
		a.edits[file(g.Name)+" hosts"] = true
	case shop.RemoveShop:
		a.edits[file(g.Name)] = true
	case shop.Reconcile:
		a.edits[anyMove] = true
	}
}

// anyMove stands for the end of any move, which a reconcile may write.
const anyMove = "the end of a move"

// named reports whether an operation names a key of a file.
func (a *actor) named(path, key string) bool {
	return a.edits[path+" "+key] || key == "movingFrom" && a.edits[anyMove] && strings.HasPrefix(path, "shops/")
}

// shopIsSo holds H1 for an operation on shops.
func shopIsSo(g shop.Goal, w *wanted) bool {
	switch g := g.(type) {
	case shop.AddShops:
		for _, s := range g.Shops {
			if _, there := w.shops[string(s.Name)]; !there {
				return false
			}
		}
	case shop.MoveShop:
		return w.shops[string(g.Name)] == string(g.To) && (g.NoWait || w.moving[string(g.Name)] == "")
	case shop.SetShop:
		for _, h := range g.AddHosts {
			if len(w.hosts[h]) != 1 || w.hosts[h][0] != string(g.Name) {
				return false
			}
		}
	case shop.RemoveShop:
		_, there := w.shops[string(g.Name)]
		return !there
	}
	return true
}

// routesAt are the routes on a commit of a tier branch: the shops by ShopSet.
func (c *checker) routesAt(commit git.ID) map[string][]string {
	if r, known := c.routed[commit]; known {
		return r
	}
	r := map[string][]string{}
	if at, err := c.servers[shop.SystemRepository].Commit(commit); err == nil {
		all := map[string]git.ID{}
		files(c.servers[shop.SystemRepository], at.Tree, "", all)
		for path := range all {
			if parts := strings.Split(path, "/"); len(parts) == 4 && parts[2] == "shops" && strings.HasSuffix(path, ".yaml") && shop.ValidName(strings.TrimSuffix(parts[3], ".yaml")) {
				r[parts[1]] = append(r[parts[1]], strings.TrimSuffix(parts[3], ".yaml"))
			}
		}
	}
	c.routed[commit] = r
	return r
}

// routes holds I6 on a generated branch: each shop has its route where the
// intent says, a second one only during a move that main records, and no others.
func (c *checker) routes(tier shop.Tier, commit git.ID, want *wanted) {
	has := map[string]bool{}
	for set, shops := range c.routesAt(commit) {
		for _, s := range shops {
			has[set+"/"+s] = true
			if want.shops[s] != set && want.moving[s] != set {
				c.breaks("I6", "%s has a route of %s in %s, where it does not live", tier, s, set)
			}
		}
	}
	for s, set := range want.shops {
		if want.sets[set] == tier && !has[set+"/"+s] {
			c.breaks("I6", "%s lacks the route of %s in %s", tier, s, set)
		}
	}
}

// reachable holds that no push takes the last route of a shop away that main
// still has: a move is make-before-break.
func (c *checker) reachable(updates []git.Update, want *wanted) {
	s := c.servers[shop.SystemRepository]
	count := func(old bool) map[string]int {
		n := map[string]int{}
		for k := range tiers {
			ref := shop.TierAt(k).Branch()
			tip := s.tips[ref]
			for _, u := range updates {
				if old && u.Ref == ref {
					tip = u.Old
				}
			}
			for _, shops := range c.routesAt(tip) {
				for _, name := range shops {
					n[name]++
				}
			}
		}
		return n
	}
	after := count(false)
	for name := range count(true) {
		if _, there := want.shops[name]; there && after[name] == 0 {
			c.breaks("I6", "%s lost its last route", name)
		}
	}
}
