package shop

// LookFleet has nothing to reach: the ShopSets and what lives there are
// observed, and the shops that are named with their routes.
type LookFleet struct {
	Shops []ShopID
	Loads bool // what the shops of each ShopSet add up to is asked for
}

func (LookFleet) goal() {}
