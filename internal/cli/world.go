package cli

import (
	"context"
	"iter"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// World is what commands observe and change. All but Observe, Do and Root read
// what the last Observe has fetched. Errors from outside are *shop.Fault,
// mistakes in the intent intent.Errors.
type World interface {
	apply.World
	// Commits lists what is in the history of to and not in that of from,
	// newest first, at most limit (0: all).
	Commits(repo shop.Repository, from, to shop.CommitID, limit int) ([]shop.Commit, error)
	// Changed lists the files that differ between two commits.
	Changed(repo shop.Repository, from, to shop.CommitID) ([]shop.Change, error)
	// Read gives files of a commit by path, fetched if they are not here yet. A
	// path that is no file there is absent.
	Read(ctx context.Context, repo shop.Repository, at shop.CommitID, paths []string) (map[string][]byte, error)
	Describe(repo shop.Repository, c shop.CommitID) (shop.Commit, error)
	// Find resolves the first digits of a commit on the tier branches; empty: none.
	Find(repo shop.Repository, prefix string) (shop.CommitID, error)
	// Activity lists the operations since a time, newest first.
	Activity(since time.Time) ([]shop.Activity, error)
	// Draft makes the commits of a write without pushing them.
	Draft(context.Context, plan.WriteSystem) ([]shop.Draft, error)
	// Rendered is what a tier branch shall hold for what the tier should run:
	// all files, and how the branch differs.
	Rendered(ctx context.Context, tier shop.Tier, r shop.Release) (files map[string][]byte, differs []shop.Change, err error)
	// Impact is what a release would change in what the ShopSets of a tier are
	// made of, as Kustomize builds it.
	Impact(ctx context.Context, tier shop.Tier, r shop.Release) (shop.Impact, error)
	// Shop reads one shop of the intent and its ShopSet; fs.ErrNotExist if there is none.
	Shop(name shop.ShopID) (shop.Shop, shop.ShopSet, error)
	// Entries lists the shops in whose folded text the needle is, by name.
	Entries(needle string) (iter.Seq[shop.Entry], error)
	// Remembered lists at most so many shops whose name begins so, from what an
	// earlier run kept: it reaches nothing.
	Remembered(prefix string, most int) []shop.Entry
	// Configuration reads one Configuration of the intent.
	Configuration(name string) (shop.Configuration, error)
	// Changes lists the open pull requests into tier-0 of a repository.
	Changes(context.Context, shop.Repository) ([]shop.PullRequest, error)
	// Change is one pull request with its reviews, and the checks of its head.
	Change(ctx context.Context, repo shop.Repository, number int) (shop.PullRequest, []shop.Check, error)
	// Answer is what an address says to a customer; Nowhere where none are asked.
	Answer(ctx context.Context, host string) shop.Answer
	// Root is the root Application and project of a tier, as main holds them.
	Root(context.Context, shop.Tier) ([]byte, error)
	// Examine checks everything, stops nowhere, and fixes nothing.
	Examine(context.Context) []shop.Finding
	// Watch names each ShopSet of the tiers that Argo CD's stream tells of, all of
	// them first, and ends with an error. It may run beside everything else.
	Watch(ctx context.Context, tiers []shop.Tier, named func(shop.ShopSetID)) error
	// Follow judges ShopSets of a state anew by what the watch told last, and names
	// those that have changed. It reaches nothing, and may run beside an Observe.
	Follow(have *shop.State, names []shop.ShopSetID) []shop.ShopSetID
	// Again gives the state of the last Observe as it is now, if no branch has
	// moved and Argo CD answers; else only an Observe tells.
	Again(ctx context.Context, have shop.State) (now shop.State, same bool, err error)
	Close() error
}
