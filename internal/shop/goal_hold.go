package shop

import "time"

// Goals of people who hold releases off or let them pass. Each is one key of
// the intent; of the same key the later wins.
type (
	// FreezeTier keeps every release out of a tier; a rollback may.
	FreezeTier struct {
		Tier   Tier
		Until  time.Time // zero: until it is lifted
		Reason string
	}
	// UnfreezeTier lifts the freeze of a tier.
	UnfreezeTier struct {
		Tier   Tier
		Reason string
	}
	// Reject keeps a release out of every tier for good.
	Reject struct {
		Release Release
		Reason  string
	}
	// Verify records what a person found who tried a release on a tier.
	Verify struct {
		Tier    Tier
		Release Release
		Result  string // FoundGood, FoundBad
		Note    string
	}
)

func (FreezeTier) goal()   {}
func (UnfreezeTier) goal() {}
func (Reject) goal()       {}
func (Verify) goal()       {}

// The results of a Verify, as the intent has them.
const (
	FoundGood = "good"
	FoundBad  = "bad"
)
