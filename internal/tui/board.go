package tui

import (
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// Board is what is known of a system at one moment: facts, already judged, not
// yet drawn. Text from outside in it is clean.
type Board struct {
	Look        int    // number of the look, counted up
	List        string // another one: the list of all shops is another
	System, App string
	Live, Demo  bool
	At          time.Time // the clock of the look; the demo has its own
	Silent      string    // why Argo CD did not answer; empty: it did
	NoArgoCD    bool
	ReadOnly    string // why nothing can be changed from here; empty: it can
	Tiers       []Tier
	Closed      []Closed // by maintenances
	Done        string   // which commits the system repository has; empty: not known
}

// Tier is a column of the board.
type Tier struct {
	Name     shop.Tier
	Number   int // of the release: v128 is 128
	Release  shop.Release
	Since    time.Time // that it carries it
	Health   shop.Health
	Sync     shop.Sync
	Ready    int // ShopSets that run exactly the release, healthy
	Shops    int
	ShopSets []ShopSet
	Waiting  []Commit // for this tier, newest first
	Recent   []Commit // that the release brought
	Gates    []Note   // in front of what waits
	Holds    []Note   // what a person holds, in a word: frozen, pinned
	Notes    []Note   // the same in full: who, until when, why
	ByName   bool     // it is protected: to change it, its name is typed
	Manual   bool     // a person has to sync it
	MayNot   string   // why its release cannot be changed from here; empty: it can
}

// ShopSet is a copy of the application.
type ShopSet struct {
	Name    shop.ShopSetID
	Tier    shop.Tier
	Health  shop.Health
	Sync    shop.Sync
	Live    bool // it runs exactly what its tier carries, healthy
	Came    int  // how far it is with that, of Arrived: read, being applied, applied, live
	Refused bool // what its tier carries was not applied there; it keeps what it had
	Shops   int
	Since   time.Time
	Trouble string         // what is wrong with it, as it says itself; empty: nothing
	Closed  *time.Time     // until when it is closed by its own switch
	Gives   shop.ShopState // what its shops are at best
}

// Arrived is how far a ShopSet came that is live.
const Arrived = 4

// Commit is a change that waits or that came.
type Commit struct {
	ID         shop.CommitID
	Repository shop.Repository
	Author     string
	At         time.Time
	Title      string
	Pull       string // #482; empty: none
	URL        string // its page on the forge; empty: none
}

// Note is a line with its symbol.
type Note struct {
	Mark show.Symbol
	Text string
}

// Shop is one shop of the list of all.
type Shop struct {
	shop.Entry
	Tier    shop.Tier
	Plan    string // never empty
	State   string // as of the list; see Model.current
	Release int
}

// Target is what the cursor is on; what is empty is not chosen.
type Target struct {
	Tier    shop.Tier
	ShopSet shop.ShopSetID
	Shop    shop.ShopID
	Commit  *Commit
}

// Tier finds a tier of the board.
func (b Board) Tier(name shop.Tier) (Tier, bool) {
	if n := name.Number(); n >= 0 && n < len(b.Tiers) {
		return b.Tiers[n], true
	}
	return Tier{}, false
}

// ShopSet finds a ShopSet of the board.
func (b Board) ShopSet(name shop.ShopSetID) (ShopSet, bool) {
	for _, t := range b.Tiers {
		for _, s := range t.ShopSets {
			if s.Name == name {
				return s, true
			}
		}
	}
	return ShopSet{}, false
}
