package plan

import (
	"fmt"

	"github.com/shopctl/shopctl/internal/shop"
)

// A Stop says that there is no way on from this state: nothing more is done,
// and somebody has to read why. It is an answer, not a fault of the program.
type Stop struct {
	Why        StopReason
	Tier       shop.Tier
	Release    shop.Release
	Repository shop.Repository
	Commit     shop.CommitID       // the commit in question
	Gates      []Gate              // of GatesClosed
	ShopSets   []shop.ShopSetState // of Degraded and SyncFailed
	Of         int                 // how many ShopSets there are
	By         string
	Text       string
	Troubles   []Trouble // with shops and ShopSets; each of its own reason
}

// StopReason is what stopped a plan.
type StopReason string

// The reasons.
const (
	UnknownTier     StopReason = "unknown-tier"     // no such tier
	LowestTier      StopReason = "lowest-tier"      // tier-0 takes no promotion
	TierSkipped     StopReason = "tier-skipped"     // the release never was on the tier below
	UnknownRelease  StopReason = "unknown-release"  // the tier never ran it
	Diverged        StopReason = "diverged"         // a branch has commits that the release has not
	Edited          StopReason = "edited"           // a generated branch was edited by hand
	NoBranch        StopReason = "no-branch"        // a tier's branch is missing
	GatesClosed     StopReason = "gates-closed"     // and none opens by itself
	DegradedStays   StopReason = "degraded"         // arrived in a bad state and stayed there
	SyncFailed      StopReason = "sync-failed"      // the deployment was refused
	Superseded      StopReason = "superseded"       // somebody took the tier elsewhere after this run wrote it
	NothingBefore   StopReason = "nothing-before"   // no former release to go back to
	AlreadyPinned   StopReason = "already-pinned"   // a relative rollback of a pinned tier
	NotPinned       StopReason = "not-pinned"       // nothing to lift
	Deserted        StopReason = "deserted"         // the tier has no ShopSet that could be healthy
	NeedsArgoCD     StopReason = "needs-argocd"     // there is no Argo CD to ask
	ArgoCDNoAnswer  StopReason = "argocd-no-answer" // there is one and it does not answer
	NotNewest       StopReason = "not-newest"       // only a new top tier can be added
	Foreign         StopReason = "foreign"          // the repository holds something else
	NoBase          StopReason = "no-base"          // no kustomization.yaml where a base could be
	NoService       StopReason = "no-service"       // the base has no Service, or several
	Unordered       StopReason = "unordered"        // a tier's branch is not in the history of the one below
	ReleaseRejected StopReason = "rejected"         // nobody may bring this release in
	UnknownShop     StopReason = "unknown-shop"     // no such shop
	UnknownShopSet  StopReason = "unknown-shopset"  // no such ShopSet
	UnknownPlan     StopReason = "unknown-plan"     // no such plan
	NameTaken       StopReason = "name-taken"       // another shop or ShopSet has the name
	HostTaken       StopReason = "host-taken"       // another shop has the host
	GivenAgain      StopReason = "given-again"      // the same name or host stands twice in what is to be added
	HostsCount      StopReason = "hosts-count"      // a shop has 1 to 16 hosts
	NotItsHost      StopReason = "not-its-host"     // a host to take away that the shop does not have
	NoPlaceLeft     StopReason = "no-place"         // no ShopSet takes the shop
	ShopSetIsFull   StopReason = "shopset-full"     // the ShopSet that was named does not take it
	MovesElsewhere  StopReason = "moves-elsewhere"  // the shop is on its way to another ShopSet
	StillServes     StopReason = "still-serves"     // a ShopSet with routes cannot go
	BadShopSet      StopReason = "bad-shopset"      // what a ShopSet is made with is not there
)

func (s *Stop) Error() string {
	return fmt.Sprintf("%s: %s %s%s", s.Why, s.Tier, s.Release.Short(), s.Text)
}
