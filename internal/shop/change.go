package shop

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Goals of people who bring a change into the lowest tier.
type (
	// ProposeChange opens a pull request into tier-0, or finds the one that is open.
	ProposeChange struct {
		Repository Repository
		Head       string   // branch, or owner:branch of a fork; ImagesBranch when Images are given
		Tip        CommitID // where the branch stands for who proposes it; empty: wherever it is
		Images     []Image  // the run itself makes the branch, with these set
		Title      string
		Body       string
		Draft      bool
		Labels     []string
		Reviewers  []string
		Auto       bool   // the forge merges it once nothing blocks it
		Method     string // of that merge
		Live       bool   // wait until it is merged and live on tier-0
		Grace      time.Duration
	}
	// MergeChange merges a pull request into tier-0, exactly as it was looked at.
	MergeChange struct {
		Repository Repository
		Number     int
		Method     string // merge, squash, rebase; empty: the one that the repository allows, merge before the others
		NoWait     bool
		Grace      time.Duration
	}
)

func (ProposeChange) goal() {}
func (MergeChange) goal()   {}

// ChangeState is what was observed for ProposeChange and MergeChange.
type ChangeState struct {
	Base  CommitID     // tip of tier-0
	Tip   CommitID     // of the head branch; empty: there is none
	Ahead int          // commits that Tip has and Base has not
	Pull  *PullRequest // the open one of that head, else the newest; nil: none
	// Of the images that the goal names:
	Stray  []string // those that no Kustomize file has
	Known  []string // the names that they do have
	ByHand []string // files whose entry cannot be changed in place, with the reason
	Set    bool     // the head branch has them all
	Based  bool     // tier-0 has them all
}

// Merges tells whether a pull request could be merged now.
type Merges string

// The answers. The forge finds it out after everything else.
const (
	MergesUnknown Merges = "unknown"
	MergesClean   Merges = "yes"
	MergesNot     Merges = "conflict"
)

// The ways to merge.
const (
	MergeCommit = "merge"
	MergeSquash = "squash"
	MergeRebase = "rebase"
)

// ImagesBranch is the branch on which images are set: the same images, the same
// branch, so that a second run finds what the first one made.
func ImagesBranch(images []Image) string {
	var all []string
	for _, i := range images {
		all = append(all, i.String())
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return headPrefix + "images/" + hex.EncodeToString(sum[:6])
}
