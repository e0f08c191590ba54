package shop

import "time"

// A Goal is what somebody wants to be so. It names releases and tiers, never
// steps, so the same goal may be worked on by a later run or by another person.
type Goal interface{ goal() }

type (
	// Promote moves a release up to a tier, hop by hop with the gates between.
	Promote struct {
		To      Tier
		From    Tier          // where the release was taken from; the hops begin above it
		Release Release       // resolved before the first write, see plan.Choose
		Unpin   bool          // also lift the pin of To
		Skip    []string      // gates to go past where the tier's file allows it, by name
		Sync    bool          // also do the hand step of tiers with sync: manual
		NoWait  bool          // end with the read-back of the refs
		Grace   time.Duration // how long degraded lasts before it counts
		Reason  string
		Risks   []Risk // that are to be accepted
	}
	// Rollback pins a tier to a release that it has run before.
	Rollback struct {
		Tier    Tier
		Release Release
		Sync    bool
		NoWait  bool
		Grace   time.Duration
		Reason  string
		Risks   []Risk // that are to be accepted
	}
	// Unpin lifts the pin of a tier: it takes its newest release again.
	Unpin struct {
		Tier   Tier
		Sync   bool
		NoWait bool
		Grace  time.Duration
		Reason string
	}
	// Reconcile makes tier branches equal to the intent.
	Reconcile struct {
		Tiers []Tier // none: all
	}
	// SyncTier is the hand step of a tier with sync: manual.
	SyncTier struct {
		Tier   Tier
		Began  time.Time // of the run: an older failure is what it shall mend
		NoWait bool
		Grace  time.Duration
	}
	// AddTier makes a new top tier that begins with what the tier below runs.
	AddTier struct {
		Tier Tier
		Spec TierSpec
	}
	// Await is reached when a tier is so; nothing is written.
	Await struct {
		Tier    Tier
		For     Condition
		Release Release // for ForRelease
		Exact   bool    // a newer release that contains it does not count
		Grace   time.Duration
	}
	// Look has nothing to reach: everything is observed.
	Look struct {
		Closed bool // also what is closed, which may cost a look at every shop
	}
)

func (Promote) goal()   {}
func (Rollback) goal()  {}
func (Unpin) goal()     {}
func (Reconcile) goal() {}
func (SyncTier) goal()  {}
func (AddTier) goal()   {}
func (Await) goal()     {}
func (Look) goal()      {}

// Condition is what `wait` waits for.
type Condition string

// The conditions of wait.
const (
	ForRelease Condition = "release"
	ForSynced  Condition = "synced"
	ForHealthy Condition = "healthy"
	ForOpen    Condition = "open"
)
