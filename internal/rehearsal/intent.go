package rehearsal

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// System is the name of the demo's system.
const System = "demo"

// lateShop was added after the others, so that the branches also hold a commit
// that brought no release.
const lateShop = "momiji"

// sampleIntent is what the system's people want: tiers, ShopSets and shops.
func sampleIntent(o Options, addresses shop.Repositories) *intent.Set {
	s := &intent.Set{}
	s.Add(&shop.Policy{
		Name: System, Repositories: addresses, DefaultPlan: "small",
		Plans: map[string]shop.Plan{"free": {Tier: shop.TierAt(min(1, o.Tiers-1))}, "small": {}, "large": {Weight: 3}},
	})
	s.Add(&shop.Configuration{Name: "default", Base: "k8s", Path: ".", Service: "web", Parameters: map[string]string{"LOCALE": "ja"}})
	s.Add(&shop.Cluster{
		Name: "in-cluster", Destination: "https://kubernetes.default.svc", Cloud: "demo", Region: "laptop",
		FailureDomains: []string{"a", "b"},
	})
	top := shop.TierAt(o.Tiers - 1)
	for n := range o.Tiers {
		dwell := shop.Duration(2 * time.Second)
		t := &shop.TierSpec{Name: shop.TierAt(n), Dwell: &dwell}
		if n > 0 {
			t.Protection = "name"
		}
		if n > 0 && t.Name == top {
			t.Gates.Soak = shop.Duration(4 * time.Hour)
		}
		s.Add(t)
	}
	for n, sets := range placement(o) {
		for i, set := range sets {
			s.Add(&shop.ShopSet{
				Name: set, Tier: shop.TierAt(n), Configuration: "default", Cluster: "in-cluster", FailureDomain: string(rune('a' + i%2)),
			})
		}
	}
	addShops(s, o)
	return s
}

// perShopSet is how many shops a ShopSet of a large sample gets.
const perShopSet = 1500

// placement names the ShopSets of each tier: one on tier-0, and above it two and
// three, or more when there are many shops.
func placement(o Options) [][]shop.ShopSetID {
	var tiers [][]shop.ShopSetID
	for n, share := range shares(o) {
		count := max(min(n+1, 3), (share+perShopSet-1)/perShopSet)
		var sets []shop.ShopSetID
		for i := range count {
			sets = append(sets, shop.ShopSetID(fmt.Sprintf("s-%d%02d", n, i+1)))
		}
		tiers = append(tiers, sets)
	}
	return tiers
}

// shares is how many shops each tier gets: most of them live on the top tier.
func shares(o Options) []int {
	left, out := o.Shops, make([]int, o.Tiers)
	for n := range o.Tiers - 1 {
		out[n] = o.Shops * []int{6, 24}[min(n, 1)] / 100
		if n > 1 {
			out[n] = 0
		}
		left -= out[n]
	}
	out[o.Tiers-1] = left
	return out
}

// addShops places the shops: those of the documentation on tier-1, if there is one.
func addShops(s *intent.Set, o Options) {
	sets, free := placement(o), shares(o)
	dice := rand.New(rand.NewPCG(o.Seed, 2))
	home := min(1, o.Tiers-1)
	next := make([]int, o.Tiers)
	for _, name := range shopNames(o.Shops, o.Seed) {
		for free[home] == 0 {
			home = (home + 1) % o.Tiers
		}
		free[home]--
		in := sets[home]
		x := &shop.Shop{Name: shop.ShopID(name.id), Hosts: []string{name.id + ".example"}, ShopSet: in[next[home]%len(in)]}
		next[home]++
		if name.native != "" {
			if host, err := intent.Host(name.native + ".example"); err == nil {
				x.Hosts = append(x.Hosts, host)
			}
		}
		if name.display != name.id {
			x.DisplayName = name.display
		}
		switch dice.IntN(10) {
		case 0:
			x.Plan = "large"
			x.Hosts = append(x.Hosts, "www."+name.id+".example")
		case 1, 2:
			x.Plan = "free"
		}
		s.Add(x)
	}
}

// intentFiles are the files of main. Shops are many and all of one shape, so
// they are written directly; a test holds them to what intent.Encode writes.
func intentFiles(s *intent.Set) (map[string]string, error) {
	var all []intent.Resource
	all = append(all, s.Policy)
	for _, x := range s.Tiers {
		all = append(all, x)
	}
	for _, x := range s.ShopSets {
		all = append(all, x)
	}
	for _, x := range s.Configurations {
		all = append(all, x)
	}
	for _, x := range s.Clusters {
		all = append(all, x)
	}
	files := make(map[string]string, len(s.Shops)+len(all))
	for _, r := range all {
		data, err := intent.Encode(r)
		if err != nil {
			return nil, fmt.Errorf("write the sample's intent: %w", err)
		}
		files[intent.Path(intent.KindOf(r), intent.NameOf(r))] = string(data)
	}
	for _, x := range s.Shops {
		files[intent.Path(shop.KindShop, string(x.Name))] = shopFile(*x)
	}
	return files, nil
}

// shopFile is the file of one of the sample's shops. Its names need no quotes.
func shopFile(x shop.Shop) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: %s\nkind: Shop\nmetadata:\n  name: %s\nspec:\n", shop.APIVersion, x.Name)
	if x.DisplayName != "" {
		fmt.Fprintf(&b, "  displayName: %s\n", x.DisplayName)
	}
	b.WriteString("  hosts:\n")
	for _, h := range x.Hosts {
		fmt.Fprintf(&b, "    - %s\n", h)
	}
	fmt.Fprintf(&b, "  shopset: %s\n", x.ShopSet)
	if x.Plan != "" {
		fmt.Fprintf(&b, "  plan: %s\n", x.Plan)
	}
	return b.String()
}

// carried is a release at a tier: indices into the two histories, and its age.
type carried struct {
	app, configuration int
	age                time.Duration
}

// timeline is what a tier carried, oldest first. tier-0 took everything some
// minutes after its merge; the tiers above took less and later, each only what
// the tier below had carried.
func timeline(tier int) []carried {
	var all []carried
	app, configuration := appHistory(), configurationHistory()
	for i, c := range app {
		all = append(all, carried{i, -1, c.age - 3*time.Minute})
	}
	for i, c := range configuration[1:] {
		all = append(all, carried{-1, i + 1, c.age - 3*time.Minute})
	}
	slices.SortFunc(all, func(a, b carried) int { return int(b.age - a.age) })
	last := carried{}
	for i := range all {
		all[i].app, all[i].configuration = max(all[i].app, last.app), max(all[i].configuration, last.configuration)
		last = all[i]
	}
	if tier == 0 {
		return all
	}
	promoted := []carried{
		{0, 0, 30*day - time.Duration(tier)*time.Minute - 3*time.Minute},
		{3, 0, 14*day - time.Duration(tier-1)*day},
		{6, 1, 6*day - time.Duration(tier-1)*day},
		{8, 1, 20 * time.Hour},
	}
	return promoted[:max(4-tier+1, 1)]
}
