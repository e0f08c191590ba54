package world

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// Forge is where the repositories have their pull requests, checks and rules.
// Content goes through git; this is the rest, in words that every forge knows.
// Its errors are *shop.Fault, inside an *apply.AgainError when they may be over
// at the next try.
type Forge interface {
	// Who is behind the token.
	Who(context.Context) (Account, error)
	// Home says how a repository is set up, and what the token may do there.
	Home(context.Context, shop.Repository) (Home, error)
	// Rules are those of one branch, named without refs/heads/.
	Rules(ctx context.Context, repo shop.Repository, branch string) (BranchRules, error)
	// Checks are all results on a commit, shopctl's own among them.
	Checks(context.Context, shop.Repository, shop.CommitID) ([]shop.Check, error)
	// Publish sets one status. Doing it again does no harm.
	Publish(context.Context, shop.Repository, shop.CommitID, shop.GateStatus) error
	// Pulls lists pull requests into a branch, without their reviews.
	Pulls(context.Context, shop.Repository, PullQuery) ([]shop.PullRequest, error)
	// Pull is one, as it is now.
	Pull(ctx context.Context, repo shop.Repository, number int) (shop.PullRequest, error)
	// Reviews are the last words of its reviewers.
	Reviews(ctx context.Context, repo shop.Repository, number int) ([]shop.Review, error)
	// Open opens a pull request, or finds the one that is open for the same branches.
	Open(context.Context, shop.Repository, NewPull) (shop.PullRequest, error)
	// Close closes one with a comment, unless it is closed already.
	Close(ctx context.Context, repo shop.Repository, number int, comment string) error
	// Merge merges one into tier-0; into no other tier.
	Merge(context.Context, shop.Repository, Merging) error
	// MergeByItself lets the forge do it once nothing blocks it.
	MergeByItself(context.Context, shop.Repository, Merging) error
}

// Account is who a token stands for.
type Account struct {
	Login   string    // empty: the forge does not say
	Kind    string    // of token, in the forge's words
	Expires time.Time // zero: it does not say
	// Wide: the token may do everything its owner may, in every repository.
	Wide bool
	// Robot: its events start no workflows, and its log names no person.
	Robot bool
}

// Home is how a repository is set up.
type Home struct {
	Name         string // owner/name, as it is called now
	Private      bool
	MergeCommits Switch // the button that keeps ancestry
	DeletesHeads Switch // the head of a merged pull request is deleted
	MayPush      bool
	MayAdmin     bool
}

// Switch is on, off, or not to be seen.
type Switch string

// The values of a Switch.
const (
	On     Switch = "on"
	Off    Switch = "off"
	Unseen Switch = ""
)

// PullQuery says which pull requests: those that are open, or with a head
// branch of the repository itself all that were ever made from it.
type PullQuery struct {
	Base string
	Head string
}

// NewPull is a pull request to be opened.
type NewPull struct {
	Head, Base  string // branches of the same repository, without refs/heads/
	Title, Body string

	Draft             bool
	Labels, Reviewers []string
}

// Merging says which pull request is merged, at which commit, and how.
type Merging struct {
	Number int
	Head   shop.CommitID // no other is merged
	Method string        // shop.MergeCommit and so on; empty: what the repository allows, a merge commit before the others
}

// BranchRules is everything that binds one branch.
type BranchRules struct {
	// Unknown says what the token may not see; it may be there all the same.
	Unknown []string
	// Impossible: the plan of the account has no rules for this repository.
	Impossible bool
	Sets       []RuleSet
}

// RuleSet is a set of rules with its own list of those who are exempt: from
// the whole of it, never from one rule.
type RuleSet struct {
	Name       string
	Update     bool // only who is exempt, or a writer, may move the branch
	Deletion   bool // nobody else may delete it
	Force      bool // nobody else may rewind it
	Pull       bool // changes come through pull requests
	Linear     bool // no merge commits
	Signed     bool
	Contexts   []RequiredStatus
	Writers    []string // who may push, where Update has a list of its own
	Bypass     []string // who is exempt
	BypassSeen bool     // false: the token may not see the list
	Mine       bool     // this token is exempt
	Others     []string // rules that shopctl knows nothing of
}

// RequiredStatus is a status that must be green. Bound: one App alone may set it.
type RequiredStatus struct {
	Name  string
	Bound bool
}
