package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// addShopSet makes a new copy of the application. Without a failure domain it
// gets the one in which the tier has the fewest.
func addShopSet(g shop.AddShopSet, have shop.State) ([]Op, error) {
	s := g.ShopSet
	room, there := have.Fleet.ShopSets[s.Name]
	if there {
		if !sameShopSet(room, s) {
			return nil, stopped([]Trouble{{Why: NameTaken, ShopSet: s.Name, Tier: room.Tier, Text: room.Cluster + "/" + room.Domain}})
		}
		s = room.ShopSet
	} else if err := completeShopSet(&s, have); err != nil {
		return nil, err
	}
	var ops []Op
	if !there || !room.OnBranch {
		tiers, err := followingTiers(have, []shop.Tier{s.Tier})
		if err != nil {
			return nil, err
		}
		var edits []shop.Edit
		if !there {
			if err := outdone(have, tiers, "", s.Name); err != nil {
				return nil, err
			}
			edits = []shop.Edit{set(shop.KindShopSet, string(s.Name), "", &s)}
		}
		ops = written(have, fmt.Sprintf("shopset add %s (%s, %s)", s.Name, s.Tier, s.Cluster), g.Reason, edits, tiers)
	}
	if g.NoWait || have.ArgoCD.None {
		return ops, nil
	}
	t, _ := have.Tier(s.Tier)
	i := slices.IndexFunc(t.ShopSets, func(x shop.ShopSetState) bool { return x.Name == s.Name })
	if len(ops) == 0 && i >= 0 {
		one := t
		one.ShopSets = t.ShopSets[i : i+1]
		if one.ShopSets[0].Live() {
			return nil, nil
		}
		if err := failure(have, one, g.Grace); err != nil {
			return nil, err
		}
	}
	ops = append(ops, Refresh{Tier: s.Tier})
	if t.Spec.Sync == "manual" && (len(ops) > 1 || i >= 0 && t.ShopSets[i].Sync == shop.OutOfSync && t.ShopSets[i].Phase != shop.Running) {
		ops = append(ops, AwaitHand{s.Tier})
	}
	return append(ops, AwaitShopSet{Tier: s.Tier, ShopSet: s.Name}), nil
}

// sameShopSet reports whether a ShopSet is what was asked for; what was not
// named is of no account.
func sameShopSet(old shop.Room, s shop.ShopSet) bool {
	return old.Tier == s.Tier && (s.Configuration == "" || s.Configuration == old.Configuration) &&
		(s.Cluster == "" || s.Cluster == old.Cluster) && (s.FailureDomain == "" || s.FailureDomain == old.Domain)
}

func completeShopSet(s *shop.ShopSet, have shop.State) error {
	f := have.Fleet
	bad := func(what string, known []string) error {
		return stopped([]Trouble{{Why: BadShopSet, ShopSet: s.Name, Tier: s.Tier, Plan: what, Text: strings.Join(known, " ")}})
	}
	if _, ok := have.Tier(s.Tier); !ok {
		return &Stop{Why: UnknownTier, Tier: s.Tier}
	}
	clusters := slices.Sorted(maps.Keys(f.Clusters))
	if s.Cluster == "" && len(clusters) == 1 {
		s.Cluster = clusters[0]
	}
	if s.Configuration == "" && len(f.Configurations) == 1 {
		s.Configuration = f.Configurations[0]
	}
	cluster, ok := f.Clusters[s.Cluster]
	if !ok {
		return bad("cluster", clusters)
	}
	if !slices.Contains(f.Configurations, s.Configuration) {
		return bad("configuration", f.Configurations)
	}
	domains := cluster.FailureDomains
	switch {
	case s.FailureDomain == "" && len(domains) > 1:
		s.FailureDomain = loneliest(f, s.Tier, domains)
	case s.FailureDomain != "" && !slices.Contains(domains, s.FailureDomain):
		return bad("failure-domain", domains)
	}
	return nil
}

// loneliest is the failure domain with the fewest ShopSets of a tier, the first
// by the order of the cluster.
func loneliest(f shop.Fleet, tier shop.Tier, domains []string) string {
	n := map[string]int{}
	for _, r := range f.ShopSets {
		if r.Tier == tier {
			n[r.Domain]++
		}
	}
	return slices.MinFunc(domains, func(a, b string) int { return cmp.Compare(n[a], n[b]) })
}

// removeShopSet takes away a ShopSet in which nobody lives.
func removeShopSet(g shop.RemoveShopSet, have shop.State) ([]Op, error) {
	room, there := have.Fleet.ShopSets[g.Name]
	if w := have.Policy.Wildcard; there && (room.Routes > 0 || w != nil && w.ShopSet == g.Name) {
		return nil, stopped([]Trouble{{Why: StillServes, ShopSet: g.Name, Tier: room.Tier, N: room.Routes}})
	}
	if !there && g.Tier == "" {
		return nil, stopped([]Trouble{{Why: UnknownShopSet, ShopSet: g.Name}})
	}
	tier := cmp.Or(room.Tier, g.Tier)
	var ops []Op
	if there {
		tiers, err := followingTiers(have, []shop.Tier{tier})
		if err != nil {
			return nil, err
		}
		if err := outdone(have, tiers, "", g.Name); err != nil {
			return nil, err
		}
		ops = written(have, fmt.Sprintf("shopset remove %s (%s)", g.Name, tier), g.Reason, []shop.Edit{set(shop.KindShopSet, string(g.Name), "", nil)}, tiers)
	}
	if g.NoWait || have.ArgoCD.None || !there && !registered(have, g.Name) {
		return ops, nil
	}
	ops = append(ops, Refresh{Tier: tier})
	if t, _ := have.Tier(tier); t.Spec.Sync == "manual" {
		ops = append(ops, AwaitHand{tier})
	}
	return append(ops, AwaitShopSet{Tier: tier, ShopSet: g.Name, Gone: true}), nil
}

// registered reports whether Argo CD has an Application of a ShopSet, or cannot say.
func registered(have shop.State, name shop.ShopSetID) bool {
	return have.ArgoCD.Silent != "" || slices.Contains(have.Fleet.Registered, name)
}
