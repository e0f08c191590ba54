package shop

import "time"

// Fleet is what was observed of ShopSets and shops, for the goals about them.
type Fleet struct {
	ShopSets map[ShopSetID]Room
	// Shops are those that the goal names and those that live where it makes
	// room, as far as they are there.
	Shops map[ShopID]Shop
	// Hosts tells whose the hosts are that the goal names; absent: nobody's.
	Hosts map[string]ShopID
	// Routes are those of Shops, and of shops that left, in each of their homes.
	Routes map[RouteID]RouteState
	// Departed are shops that the goal names and that are there no more.
	Departed       map[ShopID]Departure
	GoneShopSets   map[ShopSetID]GoneShopSet
	Plans          map[string]Plan // with their weights; the empty name is the default plan
	DefaultPlan    string          // its name
	Clusters       map[string]Cluster
	Configurations []string
	Registered     []ShopSetID // of which Argo CD has an Application
}

// Room is a ShopSet and what lives there.
type Room struct {
	ShopSet
	Domain     string // failure domain
	Weight     int    // of its shops
	Holds      int    // weight that it may hold
	Uses       int    // database connections of its shops
	Has        int    // database connections that they may use; 0: not counted
	Routes     int    // of its shops, and of those that move away
	Health     Health // of the ShopSet; Unknown when nobody can tell
	Routing    ShopSetState
	OnBranch   bool // the branch of its tier has it
	RoutesLive bool // of a ShopSet that is drained: Argo CD has applied all its routes as the branch has them
}

// MaxRoutes is the most routes that a ShopSet may have.
const MaxRoutes = 2500

// RouteID is the route of a shop in one ShopSet.
type RouteID struct {
	ShopSet ShopSetID
	Shop    ShopID
}

// RouteState tells how far a route came.
type RouteState struct {
	OnBranch bool // the branch of the tier has it
	// Live: Argo CD has applied exactly what the branch holds: this route, or none.
	Live       bool
	Acceptance Acceptance // of a route that is live
}

// Departure tells who removed a shop and when.
type Departure struct {
	By string
	At time.Time
}

// GoneShopSet is a ShopSet that the goal names and that is there no more.
type GoneShopSet struct {
	Departure
	Tier Tier
}

type (
	// AddShops adds shops, all or none. Where no ShopSet is named, one is found.
	AddShops struct {
		Shops  []NewShop
		File   string // where they stand; empty: on the command line
		NoWait bool
		Reason string
	}
	// NewShop is a shop to add.
	NewShop struct {
		Shop
		Tier Tier // empty: the plan's
		Line int  // in the file
	}
	// SetShop changes what is known of a shop.
	SetShop struct {
		Name        ShopID
		AddHosts    []string
		RemoveHosts []string
		DisplayName *string // nil: stays
		Plan        *string // nil: stays
		NoWait      bool
		Reason      string
	}
	// MoveShop brings a shop to another ShopSet: first the new route, then the
	// old one goes.
	MoveShop struct {
		Name   ShopID
		To     ShopSetID
		From   ShopSetID // where it lived when the run began, if that is known
		NoWait bool
		Reason string
	}
	// RemoveShop takes a shop out of the intent.
	RemoveShop struct {
		Name   ShopID
		Homes  []ShopSetID // where it had routes when the run began
		NoWait bool
		Reason string
	}
	// AddShopSet makes a new copy of the application.
	AddShopSet struct {
		ShopSet ShopSet
		NoWait  bool
		Grace   time.Duration
		Reason  string
	}
	// DrainShopSet moves the shops of a ShopSet away and lets none in.
	DrainShopSet struct {
		Name   ShopSetID
		End    bool // instead, shops may come again; those that moved stay where they are
		NoWait bool
		Reason string
	}
	// RemoveShopSet takes an empty ShopSet away.
	RemoveShopSet struct {
		Name   ShopSetID
		Tier   Tier // where it was when the run began
		NoWait bool
		Reason string
	}
)

func (AddShops) goal()      {}
func (SetShop) goal()       {}
func (MoveShop) goal()      {}
func (RemoveShop) goal()    {}
func (AddShopSet) goal()    {}
func (DrainShopSet) goal()  {}
func (RemoveShopSet) goal() {}
