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
	Names      []string // of NoImage: those that there are
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
	NoSubject       StopReason = "no-subject"       // no such shop or ShopSet
	ReleaseRejected StopReason = "rejected"         // nobody may bring this release in

	NeedsForge    StopReason = "needs-forge"    // there is no forge that has pull requests
	NoImage       StopReason = "no-image"       // no Kustomize file has an image of that name
	ImageByHand   StopReason = "image-by-hand"  // its entry is written in a way that is not changed in place
	NoHead        StopReason = "no-head"        // the branch is not on the forge
	HeadDiffers   StopReason = "head-differs"   // the branch there is not what it is here
	NoPull        StopReason = "no-pull"        // no such pull request
	NotAChange    StopReason = "not-a-change"   // a pull request into a higher tier: promote does that
	PullIsClosed  StopReason = "pull-closed"    // closed without being merged
	PullIsDraft   StopReason = "pull-draft"     // its author is not done
	TakenBack     StopReason = "taken-back"     // the same images were merged before, and tier-0 has others since
	PullConflicts StopReason = "pull-conflicts" // it does not merge without a person
)

func (s *Stop) Error() string {
	return fmt.Sprintf("%s: %s %s%s", s.Why, s.Tier, s.Release.Short(), s.Text)
}
