package plan

import (
	"fmt"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// Operations on people's changes into tier-0. They name the head branch, for a
// number is known only once the forge has given it.
type (
	// SetImages makes the branch of a change with one commit on the tip of
	// tier-0: the images of the Kustomize files.
	SetImages struct {
		Repository shop.Repository
		Head       string
		Images     []shop.Image
		Title      string
		Base       shop.CommitID // seen: tip of tier-0
		From       shop.CommitID // seen: tip of the branch; empty: there is none
	}
	// OpenPull opens the pull request of a change, or adopts the one that is open.
	OpenPull struct {
		Repository        shop.Repository
		Head              string
		Title, Body       string
		Draft             bool
		Labels, Reviewers []string
	}
	// MergeByItself lets the forge merge a change once nothing blocks it.
	MergeByItself struct {
		Repository shop.Repository
		Head       string
		Method     string
		Number     int           // seen
		Tip        shop.CommitID // seen: no other commit is merged
	}
	// MergePull merges a change now.
	MergePull struct {
		Repository shop.Repository
		Head       string
		Method     string
		Tip        shop.CommitID // no other commit is merged
		Number     int           // seen
	}
	// AwaitMergeable waits until the forge knows whether a change can be merged.
	AwaitMergeable struct {
		Repository shop.Repository
		Head       string
	}
	// AwaitMerge waits until somebody, or the forge, has merged a change.
	AwaitMerge struct {
		Repository shop.Repository
		Head       string
	}
)

// Wish names the images.
func (o SetImages) Wish() string {
	var all []string
	for _, i := range o.Images {
		all = append(all, i.String())
	}
	return fmt.Sprintf("set %s in %s on %s", strings.Join(all, " "), o.Repository, o.Head)
}

func (o OpenPull) Wish() string {
	return fmt.Sprintf("open a pull request of %s into %s in %s", o.Head, shop.TierAt(0), o.Repository)
}

func (o MergeByItself) Wish() string {
	return fmt.Sprintf("merge %s in %s when nothing blocks it", o.Head, o.Repository)
}

// Wish names the commit: another one has to be looked at again.
func (o MergePull) Wish() string {
	return fmt.Sprintf("merge %s at %s in %s", o.Head, o.Tip, o.Repository)
}

func (o AwaitMergeable) Wish() string {
	return fmt.Sprintf("await whether %s in %s can be merged", o.Head, o.Repository)
}

func (o AwaitMerge) Wish() string { return fmt.Sprintf("await %s in %s merged", o.Head, o.Repository) }

// proposeChange opens the pull request of a branch, once there is something in it.
func proposeChange(g shop.ProposeChange, have shop.State) (ops []Op, err error) {
	c := have.Change
	repo := g.Repository
	switch {
	case !have.Forge.There:
		return nil, &Stop{Why: NeedsForge}
	case len(c.Stray) > 0:
		return nil, &Stop{Why: NoImage, Repository: repo, Text: strings.Join(c.Stray, ", "), Names: c.Known}
	case len(c.ByHand) > 0:
		return nil, &Stop{Why: ImageByHand, Repository: repo, Text: strings.Join(c.ByHand, "; ")}
	}
	open := c.Pull != nil && c.Pull.State == shop.PullOpen
	merged := c.Pull != nil && c.Pull.State == shop.PullMerged
	if len(g.Images) > 0 {
		if c.Based {
			return landing(g.Live, have, repo, c.Base, g)
		}
		if merged && c.Set && c.Pull.Head == c.Tip {
			if have.Graph.Contains(repo, c.Pull.MergedAs, c.Base) {
				return nil, &Stop{Why: TakenBack, Repository: repo, Commit: c.Pull.MergedAs, Text: fmt.Sprint(c.Pull.Number)}
			}
			return landing(g.Live, have, repo, c.Pull.MergedAs, g) // the branch was read a moment before the merge
		}
		if !c.Set {
			ops = append(ops, SetImages{Repository: repo, Head: g.Head, Images: g.Images, Title: g.Title, Base: c.Base, From: c.Tip})
		}
	} else {
		switch {
		case c.Tip == "" && merged:
			return landing(g.Live, have, repo, c.Pull.MergedAs, g)
		case c.Tip == "":
			return nil, &Stop{Why: NoHead, Repository: repo, Text: g.Head}
		case g.Tip != "" && g.Tip != c.Tip:
			return nil, &Stop{Why: HeadDiffers, Repository: repo, Text: g.Head, Commit: c.Tip}
		case merged && c.Pull.Head == c.Tip:
			return landing(g.Live, have, repo, c.Pull.MergedAs, g)
		case c.Ahead == 0:
			return landing(g.Live, have, repo, c.Tip, g)
		}
	}
	if !open {
		ops = append(ops, OpenPull{Repository: repo, Head: g.Head, Title: g.Title, Body: g.Body, Draft: g.Draft, Labels: g.Labels, Reviewers: g.Reviewers})
	}
	if g.Auto && !(open && c.Pull.Auto) {
		auto := MergeByItself{Repository: repo, Head: g.Head, Method: g.Method}
		if open {
			auto.Number, auto.Tip = c.Pull.Number, c.Pull.Head
		}
		ops = append(ops, auto)
	}
	if g.Live {
		ops = append(ops, AwaitMerge{repo, g.Head})
	}
	return ops, nil
}

// landing waits, if it is wanted, until a commit is live on tier-0.
func landing(wait bool, have shop.State, repo shop.Repository, commit shop.CommitID, g shop.ProposeChange) ([]Op, error) {
	if !wait {
		return nil, nil
	}
	return live(have, repo, commit, shop.Await{Grace: g.Grace})
}

// live waits until tier-0 runs a release that has the commit. Somebody has to
// reconcile tier-0 for that: the workflow of `ci github`, or a person.
func live(have shop.State, repo shop.Repository, commit shop.CommitID, g shop.Await) ([]Op, error) {
	t, err := tierFor(have, shop.TierAt(0))
	if err != nil {
		return nil, err
	}
	g.Tier, g.For, g.Release = t.Spec.Name, shop.ForRelease, t.Runs
	if repo == shop.ConfigurationRepository {
		g.Release.Configuration = commit
	} else {
		g.Release.App = commit
	}
	return awaitRelease(g, have, t)
}

// mergeChange merges a pull request into tier-0. Those into higher tiers are
// promotions, and no button makes one.
func mergeChange(g shop.MergeChange, have shop.State) ([]Op, error) {
	if !have.Forge.There {
		return nil, &Stop{Why: NeedsForge}
	}
	pull := have.Change.Pull
	if pull == nil {
		return nil, &Stop{Why: NoPull, Repository: g.Repository, Text: fmt.Sprint(g.Number)}
	}
	stop := func(why StopReason) ([]Op, error) {
		return nil, &Stop{Why: why, Repository: g.Repository, Tier: pull.Base, Commit: pull.Head, Text: fmt.Sprint(pull.Number)}
	}
	switch {
	case pull.Base != shop.TierAt(0):
		return stop(NotAChange)
	case pull.State == shop.PullMerged:
		if g.NoWait {
			return nil, nil
		}
		return live(have, g.Repository, pull.MergedAs, shop.Await{Grace: g.Grace})
	case pull.State == shop.PullClosed:
		return stop(PullIsClosed)
	case pull.Draft:
		return stop(PullIsDraft)
	case pull.Merges == shop.MergesNot:
		return stop(PullConflicts)
	}
	var ops []Op
	if pull.Merges == shop.MergesUnknown {
		ops = append(ops, AwaitMergeable{g.Repository, pull.Branch})
	}
	ops = append(ops, MergePull{Repository: g.Repository, Head: pull.Branch, Method: g.Method, Tip: pull.Head, Number: pull.Number})
	if g.NoWait || have.ArgoCD.None {
		return ops, nil
	}
	tier := shop.TierAt(0)
	// What the merge makes is not known before.
	return append(ops, AwaitRollout{Tier: tier}, AwaitDwell{Tier: tier}), nil
}
