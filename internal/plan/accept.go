package plan

import (
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// answersWithin is how long a gateway is given to say whether it takes a route
// that is in the cluster. After that nobody says it, which is no acceptance, but
// nothing is waited for either: there may be no controller that ever would.
const answersWithin = 10 * time.Second

// mayAnswer reports whether a gateway may still say whether it takes a route.
// One that has taken another route of the same shop in the same cluster will, however
// long it takes: a move does not end without its word.
func mayAnswer(have shop.State, id shop.RouteID) bool {
	a := have.Fleet.Routes[id].Acceptance
	if !a.Asked || a.Verdict != shop.RouteUnsaid {
		return false
	}
	return have.Now.Before(a.Since.Add(answersWithin)) || answersOthers(have, id)
}

func answersOthers(have shop.State, id shop.RouteID) bool {
	s := have.Fleet.Shops[id.Shop]
	return slices.ContainsFunc(routesOf(s), func(other shop.RouteID) bool {
		return other != id && have.Fleet.Routes[other].Acceptance.Verdict == shop.RouteAccepted &&
			have.Fleet.ShopSets[other.ShopSet].Cluster == have.Fleet.ShopSets[id.ShopSet].Cluster
	})
}

// taken reports whether routes are as the branch has them, and taken as far
// as anybody says.
func taken(have shop.State, routes []shop.RouteID) bool {
	return allLive(have, routes) && !slices.ContainsFunc(routes, func(r shop.RouteID) bool { return mayAnswer(have, r) }) &&
		refused(have, routes) == nil
}

// refused stops at routes that are in the cluster and that a gateway does not take.
func refused(have shop.State, routes []shop.RouteID) error {
	f := have.Fleet
	var all []Trouble
	for _, id := range routes {
		a := f.Routes[id].Acceptance
		if !f.Routes[id].Live || a.Verdict != shop.RouteRefused {
			continue
		}
		all = append(all, Trouble{Why: RouteRefused, Shop: id.Shop, ShopSet: id.ShopSet, Tier: f.ShopSets[id.ShopSet].Tier,
			Reason: a.Reason, Text: a.Message, Holder: a.Rival.Shop, HeldIn: a.Rival.ShopSet, From: f.Shops[id.Shop].MovingFrom})
	}
	return stopped(all)
}
