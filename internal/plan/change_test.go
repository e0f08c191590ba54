package plan

import (
	"errors"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// onlyItself is a history in which every commit stands alone, but that what was
// merged is in tier-0 once somebody has reconciled.
type onlyItself map[[2]shop.CommitID]bool

func (g onlyItself) Contains(_ shop.Repository, a, d shop.CommitID) bool {
	return a == d || g[[2]shop.CommitID{a, d}]
}

// changeStates are all small states of a change into tier-0.
func changeStates(images bool) (all []shop.State) {
	pulls := []*shop.PullRequest{nil}
	for _, state := range []shop.PullState{shop.PullOpen, shop.PullMerged, shop.PullClosed} {
		for _, head := range []shop.CommitID{"tip", "older"} {
			for _, auto := range []bool{false, true} {
				for _, merges := range []shop.Merges{shop.MergesUnknown, shop.MergesClean, shop.MergesNot} {
					p := shop.PullRequest{Repository: shop.AppRepository, Number: 7, Branch: "head", Head: head, Base: "tier-0", State: state, Auto: auto, Merges: merges}
					if state == shop.PullMerged {
						p.MergedAs = "merged"
					}
					pulls = append(pulls, &p)
				}
			}
		}
	}
	for _, tip := range []shop.CommitID{"", "tip", "other"} {
		for _, ahead := range []int{0, 2} {
			for _, set := range []bool{false, true} {
				for _, based := range []bool{false, true} {
					for _, pull := range pulls {
						if !images && (set || based) {
							continue
						}
						have := shop.State{
							Now: time.Unix(1000, 0), Graph: onlyItself{}, Forge: shop.Forge{There: true}, ArgoCD: shop.ArgoCD{None: true},
							Tiers:  []shop.TierState{{Spec: shop.TierSpec{Name: "tier-0"}, App: "app", System: "system", Runs: shop.Release{App: "app"}}},
							Change: shop.ChangeState{Base: "app", Tip: tip, Ahead: ahead, Set: set, Based: based, Pull: pull},
						}
						all = append(all, have)
					}
				}
			}
		}
	}
	return all
}

// become is a change after one operation, as the forge and git would have it.
func become(have shop.State, op Op) shop.State {
	c := have.Change
	pull := shop.PullRequest{Repository: shop.AppRepository, Number: 8, Branch: "head", Base: "tier-0", State: shop.PullOpen, Head: c.Tip, Merges: shop.MergesUnknown}
	if c.Pull != nil {
		pull = *c.Pull
	}
	switch op := op.(type) {
	case SetImages:
		c.Tip, c.Ahead, c.Set = "set", 1, true
		if pull.State == shop.PullOpen && c.Pull != nil {
			pull.Head = "set"
			c.Pull = &pull
		}
	case OpenPull:
		c.Pull = &shop.PullRequest{Repository: shop.AppRepository, Number: 9, Branch: "head", Base: "tier-0", State: shop.PullOpen, Head: c.Tip}
	case MergeByItself:
		pull.Auto = true
		c.Pull = &pull
	case AwaitMergeable:
		pull.Merges = shop.MergesClean
		c.Pull = &pull
	case MergePull:
		if pull.Head != op.Tip {
			return have
		}
		pull.State, pull.MergedAs = shop.PullMerged, "merged"
		c.Pull = &pull
	case AwaitMerge:
		pull.State, pull.MergedAs, pull.Head = shop.PullMerged, "merged", c.Tip // by then the forge has seen the tip
		c.Pull = &pull
	case AwaitRead:
		have.Tiers = []shop.TierState{have.Tiers[0]}
		have.Tiers[0].Runs.App = op.Release.App
	}
	have.Change = c
	return have
}

// reaches carries a plan out in the model. Each operation leaves the rest of
// the plan, and the plan ends.
func reaches(t *testing.T, g shop.Goal, have shop.State) (ops int) {
	t.Helper()
	todo, err := For(g, have)
	if err != nil {
		var stop *Stop
		if !errors.As(err, &stop) {
			t.Fatalf("%+v: %v", g, err)
		}
		return 0
	}
	approved := todo
	for n := 0; len(todo) > 0; n++ {
		if n > 8 {
			t.Fatalf("%+v from %+v never ends: %v", g, have.Change, todo)
		}
		have = become(have, todo[0])
		ops++
		if todo, err = For(g, have); err != nil {
			t.Fatalf("%+v from %+v: %v", g, have.Change, err)
		}
		if !Covers(approved, todo) {
			t.Fatalf("%+v from %+v: %v is not in %v", g, have.Change, todo, approved)
		}
	}
	return ops
}

func TestChangeStates(t *testing.T) {
	states, ops := 0, 0
	for _, images := range []bool{false, true} {
		for _, have := range changeStates(images) {
			for _, auto := range []bool{false, true} {
				for _, live := range []bool{false, true} {
					g := shop.ProposeChange{Repository: shop.AppRepository, Head: "head", Auto: auto, Live: live}
					if images {
						g.Images = []shop.Image{{Name: "web", NewName: "web", NewTag: "2"}}
					}
					ops += reaches(t, g, have)
					states++
				}
			}
			for _, noWait := range []bool{false, true} {
				ops += reaches(t, shop.MergeChange{Repository: shop.AppRepository, Number: 7, NoWait: noWait}, have)
				states++
			}
		}
	}
	t.Logf("figure change-states=%d operations=%d", states, ops)
}

func TestChangeStops(t *testing.T) {
	change := shop.ProposeChange{Repository: shop.AppRepository, Head: "head"}
	merge := shop.MergeChange{Repository: shop.AppRepository, Number: 7}
	pull := func(edit func(*shop.PullRequest)) func(*shop.State) {
		return func(s *shop.State) {
			p := shop.PullRequest{Number: 7, Branch: "head", Head: "tip", Base: "tier-0", State: shop.PullOpen, Merges: shop.MergesClean}
			edit(&p)
			s.Change.Pull = &p
		}
	}
	here := change
	here.Tip = "elsewhere"
	for _, c := range []struct {
		name string
		goal shop.Goal
		edit func(*shop.State)
		why  StopReason
	}{
		{"no forge", change, func(s *shop.State) { s.Forge.There = false }, NeedsForge},
		{"no forge to merge on", merge, func(s *shop.State) { s.Forge.There = false }, NeedsForge},
		{"an image that no file has", change, func(s *shop.State) { s.Change.Stray = []string{"web"} }, NoImage},
		{"an image that cannot be set", change, func(s *shop.State) { s.Change.ByHand = []string{"k.yaml: web"} }, ImageByHand},
		{"a branch that was not pushed", change, func(s *shop.State) { s.Change.Tip = "" }, NoHead},
		{"another commit here than there", here, func(*shop.State) {}, HeadDiffers},
		{"no such pull request", merge, func(*shop.State) {}, NoPull},
		{"a promotion", merge, pull(func(p *shop.PullRequest) { p.Base = "tier-1" }), NotAChange},
		{"a merged promotion", merge, pull(func(p *shop.PullRequest) { p.Base, p.State = "tier-1", shop.PullMerged }), NotAChange},
		{"closed", merge, pull(func(p *shop.PullRequest) { p.State = shop.PullClosed }), PullIsClosed},
		{"a draft", merge, pull(func(p *shop.PullRequest) { p.Draft = true }), PullIsDraft},
		{"a conflict", merge, pull(func(p *shop.PullRequest) { p.Merges = shop.MergesNot }), PullConflicts},
	} {
		have := changeStates(false)[0]
		have.Change = shop.ChangeState{Base: "app", Tip: "tip", Ahead: 1}
		c.edit(&have)
		_, err := For(c.goal, have)
		var stop *Stop
		if !errors.As(err, &stop) || stop.Why != c.why {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Another head than the one that was looked at is asked about again.
func TestMergedAsLookedAt(t *testing.T) {
	have := changeStates(false)[0]
	have.Change.Pull = &shop.PullRequest{Number: 7, Branch: "head", Head: "tip", Base: "tier-0", State: shop.PullOpen, Merges: shop.MergesClean}
	g := shop.MergeChange{Repository: shop.AppRepository, Number: 7, NoWait: true}
	approved, err := For(g, have)
	if err != nil || len(approved) != 1 {
		t.Fatal(approved, err)
	}
	moved := *have.Change.Pull
	moved.Head = "other"
	have.Change.Pull = &moved
	todo, err := For(g, have)
	if err != nil || Covers(approved, todo) {
		t.Errorf("%v is covered by %v (%v)", todo, approved, err)
	}
}
