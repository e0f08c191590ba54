package shop

import (
	"strings"
	"time"
)

// Forge is what the forge said of the releases that a goal is about. What was
// not asked is in no map; nobody may take it for good.
type Forge struct {
	There   bool      // false: the system has none, so there are no checks and no pull requests
	Silent  string    // why it does not answer; empty when it does
	Spent   bool      // it is silent since its calls are used up
	RetryAt time.Time // when it answers again, in its own words; zero: nobody knows
	Checks  map[CheckedCommit]CommitChecks
	// Pulls are the pull requests of promotions, by the tier that they go to.
	Pulls map[Tier]Pulls
}

// CheckedCommit is a commit of the app or configuration repository.
type CheckedCommit struct {
	Repository Repository
	Commit     CommitID
}

// CommitChecks is what ran on one commit, whoever reported it.
type CommitChecks struct {
	Unknown string  // why nobody can say; empty: All is all there is
	All     []Check // without shopctl's own
	// Gates is what shopctl itself has published on the commit, by tier.
	Gates map[Tier]GateStatus
}

// Check is the newest result of one check.
type Check struct {
	Name  string // its context, as the Tier file names it
	State CheckState
	Text  string // what it says, cleaned
	URL   string
}

// CheckState is how a check stands.
type CheckState string

// The states. What is neutral or was skipped has passed.
const (
	CheckPassed  CheckState = "passed"
	CheckFailed  CheckState = "failed"
	CheckPending CheckState = "pending" // queued, running, or expected
)

// GateStatus is what shopctl publishes on a commit for one tier, so that the
// forge holds what the tool decides.
type GateStatus struct {
	Tier  Tier
	State GateState
	Text  string // at most MaxGateText characters
	URL   string // of the pull request, if there is one
}

// GateState is what the forge is told.
type GateState string

// The states of a published gate.
const (
	GateOpen    GateState = "open"    // this very commit is about to be pushed
	GateWaiting GateState = "waiting" // opens by itself, or by a person's approval
	GateShut    GateState = "shut"    // frozen, rejected, a failed check
)

// MaxGateText is the longest description that the forge takes, in characters.
const MaxGateText = 140

// gateContext begins the names of shopctl's own statuses. A status belongs to a
// commit, not to a branch, and a fast-forward keeps the commit: a name without
// the tier would open every tier at once.
const gateContext = "shopctl/gate/"

// GateContext is the name of the status that holds a tier's gate.
func GateContext(t Tier) string { return gateContext + string(t) }

// GateTier is the tier whose gate a status holds; names are compared without case.
func GateTier(context string) (Tier, bool) {
	name, ours := strings.CutPrefix(strings.ToLower(context), gateContext)
	return Tier(name), ours
}

// Pulls is what was found of the promotions' pull requests of one tier: those
// that are open, and that of the release the goal is about however it stands.
type Pulls struct {
	Unknown string // why nobody can say
	All     []PullRequest
}

// PullRequest is a promotion that waits for people, or a person's change into tier-0.
type PullRequest struct {
	Repository Repository
	Number     int
	Address    string   // its page
	Branch     string   // its head branch, without refs/heads/
	Head       CommitID // the tip of it
	Base       Tier
	State      PullState
	Author     string // who opened it: nobody approves what he asks for
	Reviews    []Review

	Title    string
	Opened   time.Time
	Draft    bool
	Fork     bool     // the head lies in another repository
	Merges   Merges   // of an open one
	Blocked  string   // why it does not merge yet, in the forge's words; empty: nothing is known to
	Auto     bool     // the forge merges it once nothing blocks it
	MergedAs CommitID // what the merge made; empty: not merged
	Labels   []string
}

// PullState is how far a pull request is.
type PullState string

// The states of a pull request.
const (
	PullOpen   PullState = "open"
	PullMerged PullState = "merged"
	PullClosed PullState = "closed"
)

// Review is the last word of one reviewer.
type Review struct {
	By     string
	State  ReviewState
	Commit CommitID // that it was given on
	At     time.Time
	// Outsider: he may not write to the repository, so it is advice.
	Outsider bool
}

// ReviewState is what a reviewer said.
type ReviewState string

// The states of a review that count; comments do not.
const (
	ReviewApproved  ReviewState = "approved"
	ReviewChanges   ReviewState = "changes-requested"
	ReviewDismissed ReviewState = "dismissed"
)

// headPrefix begins the branches that carry a promotion to its approval.
const headPrefix = "shopctl/"

// idInName is how many digits of a commit stand in a branch's name.
const idInName = 12

// HeadBranch is the frozen branch on which a promotion waits for its approval:
// never a tier branch, which the forge would delete with the pull request, and
// named after both commits, so that an approval is one of exactly this pair.
func HeadBranch(t Tier, r Release) string {
	name := headPrefix + string(t) + "/" + digits(r.App)
	if r.Configuration != "" {
		name += "-" + digits(r.Configuration)
	}
	return name
}

func digits(c CommitID) string {
	return string(c[:min(idInName, len(c))])
}

// IsHeadBranch reports whether a branch carries a promotion into a tier.
func IsHeadBranch(branch string, t Tier) bool {
	return strings.HasPrefix(branch, headPrefix+string(t)+"/")
}

// Proposed finds the pull request for one release: the open one, else one that
// the push of its branch has closed.
func (p Pulls) Proposed(t Tier, r Release) (found PullRequest, ok bool) {
	for _, pull := range p.All {
		if pull.Base != t || pull.Branch != HeadBranch(t, r) || pull.State == PullClosed {
			continue
		}
		if !ok || pull.State == PullOpen && found.State != PullOpen || pull.State == found.State && pull.Number > found.Number {
			found, ok = pull, true
		}
	}
	return found, ok
}

// ChecksOf is what is known of the checks of a commit.
func (f Forge) ChecksOf(repo Repository, c CommitID) (CommitChecks, bool) {
	checks, asked := f.Checks[CheckedCommit{repo, c}]
	return checks, asked
}
