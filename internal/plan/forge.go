package plan

import (
	"fmt"
	"slices"

	"github.com/shopctl/shopctl/internal/shop"
)

type (
	// Propose opens the pull request of a promotion, on a frozen branch of its
	// own, and asks for approval by it.
	Propose struct {
		Tier       shop.Tier
		Release    shop.Release
		Repository shop.Repository
		From       shop.Release // what the tier runs
		Title      string
		Gates      []Gate // as judged
	}
	// Publish tells the forge that the gate of a tier is shut, on the commits of
	// a release that waits before it. That it is open is told by MoveBranch alone,
	// in the moment before the push.
	Publish struct {
		Tier    shop.Tier
		Release shop.Release
		On      []shop.CheckedCommit // where it says something else
		State   shop.GateState
		Text    string
		Address string // of the pull request, if there is one
	}
	// Conclude closes the pull request of a promotion that has arrived, unless
	// the push has closed it: the branch decides, never the pull request.
	Conclude struct {
		Tier shop.Tier
		Pull shop.PullRequest // seen; without a number: this run opens it
		Tip  shop.CommitID    // of the branch it went to
	}
)

// Wish names the pair: the frozen branch has its name from it.
func (o Propose) Wish() string {
	return fmt.Sprintf("propose %s for %s", pair(o.Release), o.Tier)
}

// Wish leaves the reason out: one word a state and run is enough.
func (o Publish) Wish() string {
	return fmt.Sprintf("publish the gate of %s for %s: %s", o.Tier, pair(o.Release), o.State)
}

// Wish names the branch that the pull request comes from.
func (o Conclude) Wish() string {
	return fmt.Sprintf("close the pull request of %s into %s", o.Pull.Branch, o.Tier)
}

// Harmless reports whether an operation needs no approval: nothing that was
// decided depends on it, it is done at most once in a run, and leaving it out
// leaves the goal reached.
func Harmless(op Op) bool {
	switch op.(type) {
	case Refresh, Publish, Conclude:
		return true
	}
	return false
}

// proposal opens the pull request of a hop, once nothing but time and approval
// is in its way.
func proposal(t shop.TierState, r shop.Release, gates []Gate) []Op {
	proposes := false
	for _, g := range Closed(gates) {
		switch {
		case g.Because == NotProposed:
			proposes = true
		case g.Status != Pending:
			return nil
		}
	}
	if !proposes {
		return nil
	}
	return []Op{Propose{Tier: t.Spec.Name, Release: r, Repository: ReviewedIn(t, r), From: t.Runs,
		Title: fmt.Sprintf("%s: promote %s", t.Spec.Name, named(t, r)), Gates: gates}}
}

// concluded lists the pull requests of a tier whose commits are in its branch
// already, and that are open all the same.
func concluded(have shop.State, t shop.TierState) (ops []Op) {
	for _, p := range have.Forge.Pulls[t.Spec.Name].All {
		tip := t.App
		if p.Repository == shop.ConfigurationRepository {
			tip = t.Configuration
		}
		if p.State == shop.PullOpen && p.Base == t.Spec.Name && shop.IsHeadBranch(p.Branch, t.Spec.Name) && have.Graph.Contains(p.Repository, p.Head, tip) {
			ops = append(ops, Conclude{Tier: t.Spec.Name, Pull: p, Tip: tip})
		}
	}
	return ops
}

// concludes is the end of a hop that is still to be made.
func concludes(have shop.State, t shop.TierState, r shop.Release) []Op {
	if t.Spec.Review != "required" || !have.Forge.There {
		return nil
	}
	p, ok := have.Forge.Pulls[t.Spec.Name].Proposed(t.Spec.Name, r)
	if !ok {
		p = shop.PullRequest{Repository: ReviewedIn(t, r), Branch: shop.HeadBranch(t.Spec.Name, r), Base: t.Spec.Name, State: shop.PullOpen}
	}
	if p.State != shop.PullOpen {
		return nil
	}
	return []Op{Conclude{Tier: t.Spec.Name, Pull: p, Tip: commitIn(r, p.Repository)}}
}

// publication tells the forge why a release waits, where it does not know it.
func publication(have shop.State, t shop.TierState, r shop.Release, gates []Gate) []Op {
	if !have.Forge.There {
		return nil
	}
	state, text := told(gates)
	op := Publish{Tier: t.Spec.Name, Release: r, State: state, Text: text}
	if p, ok := have.Forge.Pulls[t.Spec.Name].Proposed(t.Spec.Name, r); ok {
		op.Address = p.Address
	}
	for _, at := range CheckedFor(t, r) {
		checks, asked := have.Forge.ChecksOf(at.Repository, at.Commit)
		was, published := checks.Gates[t.Spec.Name]
		if asked && (!published || was.State != state || was.Text != text) {
			op.On = append(op.On, at)
		}
	}
	if len(op.On) == 0 {
		return nil
	}
	return []Op{op}
}

// Unasked reports whether a promotion has gates of which the forge, or who
// answers for them, was not asked, since its release was not known yet at the look.
func Unasked(have shop.State, g shop.Goal) bool {
	p, ok := g.(shop.Promote)
	if !ok {
		return false
	}
	if unanswered(have, g) {
		return true
	}
	for n := p.From.Number() + 1; n > 0 && n <= p.To.Number(); n++ {
		t, known := have.Tier(shop.TierAt(n))
		if !known || t.Runs == p.Release || have.Within(p.Release, t.Runs) {
			continue
		}
		if slices.ContainsFunc(Gates(have, t.Spec.Name, p.Release, p.Unpin), func(g Gate) bool { return g.Because == NotAsked }) {
			return true
		}
	}
	return false
}
