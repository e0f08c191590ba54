package plan

import "github.com/shopctl/shopctl/internal/shop"

// Trouble is one reason why a goal about shops cannot be reached.
type Trouble struct {
	Why     StopReason
	Line    int // in the file that was given; 0: there is none
	Shop    shop.ShopID
	Host    string
	Holder  shop.ShopID // who has the name or the host
	ShopSet shop.ShopSetID
	Tier    shop.Tier
	Plan    string
	Text    string
	N       int
	Verdict Verdict // of a ShopSet that is full
	Places  []Place // what could not take it
}

// stopped is the Stop of all troubles, nil without any.
func stopped(all []Trouble) error {
	if len(all) == 0 {
		return nil
	}
	return &Stop{Why: all[0].Why, Tier: all[0].Tier, Troubles: all}
}
