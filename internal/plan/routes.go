package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

type (
	// AwaitRoutes waits until Argo CD has applied what the branch says of some
	// routes: that they are there, or gone.
	AwaitRoutes struct {
		Tier   shop.Tier
		Routes []shop.RouteID // seen to be left
		Gone   bool           // they go
	}
	// AwaitShopSet waits until a ShopSet runs, or until it is gone.
	AwaitShopSet struct {
		Tier    shop.Tier
		ShopSet shop.ShopSetID
		Gone    bool
	}
)

func (o AwaitRoutes) Wish() string {
	if o.Gone {
		return fmt.Sprintf("await old routes gone from %s", o.Tier)
	}
	return fmt.Sprintf("await routes in %s", o.Tier)
}

func (o AwaitShopSet) Wish() string {
	if o.Gone {
		return fmt.Sprintf("await %s gone", o.ShopSet)
	}
	return fmt.Sprintf("await %s running", o.ShopSet)
}

// following are the tiers of some ShopSets, each to be written with what it
// carries, and whatever else of the intent is not on its branch.
func following(have shop.State, sets ...shop.ShopSetID) (writes []TierWrite, err error) {
	tiers := map[shop.Tier]bool{}
	for _, s := range sets {
		if r, ok := have.Fleet.ShopSets[s]; ok {
			tiers[r.Tier] = true
		}
	}
	return followingTiers(have, slices.Collect(maps.Keys(tiers)))
}

func followingTiers(have shop.State, tiers []shop.Tier) (writes []TierWrite, err error) {
	slices.SortFunc(tiers, func(a, b shop.Tier) int { return a.Number() - b.Number() })
	for _, tier := range tiers {
		t, err := unedited(have, tier)
		if err != nil {
			return nil, err
		}
		runs := t.Runs
		if p := t.Spec.Pin; p != nil {
			runs = p.Release // main may be read after a rollback, and the branch before it
		}
		w := write(have, t, runs)
		w.Keeps = true
		writes = append(writes, w)
	}
	return writes, nil
}

// hinted are the writes of a run that does not wait, with a hint to Argo CD to
// look at the routes of the ShopSets that they are about.
func hinted(have shop.State, ops []Op, routes []shop.RouteID) []Op {
	if len(ops) == 0 {
		return ops
	}
	hints, err := applied(have, routes, true, false)
	if err != nil {
		return ops
	}
	for _, op := range hints {
		if r, ok := op.(Refresh); ok {
			ops = append(ops, r)
		}
	}
	return ops
}

// written is the operation that brings edits about, nil for none.
func written(have shop.State, title, reason string, edits []shop.Edit, tiers []TierWrite) []Op {
	if len(edits) == 0 && len(tiers) == 0 {
		return nil
	}
	return []Op{WriteSystem{Edits: edits, Tiers: tiers, Title: title, Reason: reason, Main: have.Main}}
}

// applied lists what is left to wait for until routes are as the branch has
// them, tier by tier. stale: this plan is about to write them.
func applied(have shop.State, routes []shop.RouteID, stale, gone bool) (ops []Op, err error) {
	if have.ArgoCD.None {
		return nil, nil
	}
	if !stale && !gone {
		if err := refused(have, routes); err != nil {
			return nil, err
		}
	}
	left := map[shop.Tier][]shop.RouteID{}
	for _, r := range routes {
		if room, ok := have.Fleet.ShopSets[r.ShopSet]; ok && (stale || !have.Fleet.Routes[r].Live || !gone && mayAnswer(have, r)) {
			left[room.Tier] = append(left[room.Tier], r)
		}
	}
	for _, tier := range slices.SortedFunc(maps.Keys(left), func(a, b shop.Tier) int { return a.Number() - b.Number() }) {
		sets := setsOf(left[tier])
		var names []string
		hand := false
		for _, s := range sets {
			names = append(names, string(s))
			routing := have.Fleet.ShopSets[s].Routing
			if !stale && (routing.Phase == shop.Failed || routing.Phase == shop.Errored) {
				return nil, &Stop{Why: SyncFailed, Tier: tier, ShopSets: []shop.ShopSetState{routing}, Of: len(sets)}
			}
			hand = hand || routing.Sync == shop.OutOfSync && routing.Phase != shop.Running
		}
		ops = append(ops, Refresh{Tier: tier, Routes: strings.Join(names, " ")})
		if t, _ := have.Tier(tier); t.Spec.Sync == "manual" && (hand || stale) {
			ops = append(ops, AwaitHand{tier})
		}
		ops = append(ops, AwaitRoutes{Tier: tier, Routes: left[tier], Gone: gone})
	}
	return ops, nil
}

func setsOf(routes []shop.RouteID) []shop.ShopSetID {
	sets := map[shop.ShopSetID]bool{}
	for _, r := range routes {
		sets[r.ShopSet] = true
	}
	return slices.Sorted(maps.Keys(sets))
}

// allLive reports whether all routes are as the branch has them.
func allLive(have shop.State, routes []shop.RouteID) bool {
	for _, r := range routes {
		if !have.Fleet.Routes[r].Live {
			return false
		}
	}
	return true
}

// offBranch are the ShopSets whose branch lacks the route of a shop that the
// intent has there.
func offBranch(have shop.State, routes []shop.RouteID) (sets []shop.ShopSetID) {
	for _, r := range routes {
		if !have.Fleet.Routes[r].OnBranch {
			sets = append(sets, r.ShopSet)
		}
	}
	return sets
}

func set(kind shop.Kind, name, field string, value any) shop.Edit {
	return shop.Edit{Kind: kind, Name: name, Field: field, Value: value}
}
