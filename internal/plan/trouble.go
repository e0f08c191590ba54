package plan

import "github.com/shopctl/shopctl/internal/shop"

// The reasons of troubles.
const (
	UnknownShop    StopReason = "unknown-shop"    // no such shop
	UnknownShopSet StopReason = "unknown-shopset" // no such ShopSet
	UnknownPlan    StopReason = "unknown-plan"    // no such plan
	Outdone        StopReason = "outdone"         // somebody changed it again after this run wrote it
	NameTaken      StopReason = "name-taken"      // another shop or ShopSet has the name
	HostTaken      StopReason = "host-taken"      // another shop has the host
	GivenAgain     StopReason = "given-again"     // the same name or host stands twice in what is to be added
	HostsCount     StopReason = "hosts-count"     // a shop has 1 to 16 hosts
	NoPlaceLeft    StopReason = "no-place"        // no ShopSet takes the shop
	ShopSetIsFull  StopReason = "shopset-full"    // the ShopSet that was named does not take it
	MovesElsewhere StopReason = "moves-elsewhere" // the shop is on its way to another ShopSet
	StillServes    StopReason = "still-serves"    // a ShopSet with routes cannot go
	BadShopSet     StopReason = "bad-shopset"     // what a ShopSet is made with is not there
	RouteRefused   StopReason = "route-refused"   // the gateway does not take a route
)

// Trouble is one reason why a goal about shops cannot be reached.
type Trouble struct {
	Why     StopReason
	Line    int // in the file that was given; 0: there is none
	Shop    shop.ShopID
	Host    string
	Holder  shop.ShopID // who has the name or the host
	ShopSet shop.ShopSetID
	Tier    shop.Tier
	Cluster string // on which room is wanted; empty: any
	Plan    string
	Plans   []string // that there are, when Plan is none
	Text    string
	N       int
	Verdict Verdict // of a ShopSet that is full
	Places  []Place // what could not take it
	// Of a route that is refused: the gateway's word for why, where the route lies
	// that has the host, and where the old route of a move stays.
	Reason string
	HeldIn shop.ShopSetID
	From   shop.ShopSetID
}

// outdone stops a run that has done its part already and finds it undone: what
// somebody decided since is not overrun by an operation that took its effect.
func outdone(have shop.State, tiers []TierWrite, s shop.ShopID, set shop.ShopSetID) error {
	for _, w := range tiers {
		if t, _ := have.Tier(w.Tier); t.Mine {
			return stopped([]Trouble{{Why: Outdone, Shop: s, ShopSet: set, Tier: w.Tier}})
		}
	}
	return nil
}

// stopped is the Stop of all troubles, nil without any.
func stopped(all []Trouble) error {
	if len(all) == 0 {
		return nil
	}
	return &Stop{Why: all[0].Why, Tier: all[0].Tier, Troubles: all}
}
