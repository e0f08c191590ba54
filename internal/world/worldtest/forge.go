// Package worldtest holds what every implementation of an interface of world
// has to do, as one suite for all of them: a forge is given as a Stage, and
// Forge plays the calls that shopctl makes of it. Only tests import it.
//
//	func TestGitHub(t *testing.T) { worldtest.Forge(t, githubStage) }
package worldtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
)

// Stage is a forge with an app repository that has the branches tier-0 and
// tier-1, and the people ryu, takuya and mika, who may write to it.
type Stage struct {
	As      func(login string) world.Forge            // empty: somebody whose token is wrong
	Commit  func(branch, from string) shop.CommitID   // a new commit on a branch, which begins at from
	Tip     func(branch string) shop.CommitID         // as git has it
	Check   func(c shop.CommitID, name, state string) // success, failure, pending, skipped or neutral
	Review  func(number int, login, verdict string)   // APPROVED, CHANGES_REQUESTED or COMMENTED
	Require func(branch string, status string)        // a rule: nobody moves the branch without it
	Later   func()                                    // some seconds pass
}

// Forge plays each call of world.Forge on a stage of its own. Reads may lag
// behind writes and mergeability may come late: passing faults are tried again,
// as often as a run would.
func Forge(t *testing.T, open func(*testing.T) Stage) {
	for _, c := range []struct {
		name string
		play func(*testing.T, *play)
	}{
		{"who we are", who}, {"a wrong token", wrongToken}, {"a repository", home}, {"checks", checks}, {"the gate is published", publish},
		{"a pull request is opened once", openOnce}, {"nothing to open", nothingToOpen}, {"reviews", reviews}, {"it is closed once", closeOnce},
		{"it is merged as it was looked at", merge}, {"nothing blocks it", mergeUnblocked}, {"it is merged by itself", mergeByItself}, {"rules", rules},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage := open(t)
			c.play(t, &play{t, stage, stage.As("ryu")})
		})
	}
}

type play struct {
	t     *testing.T
	stage Stage
	ryu   world.Forge
}

const tries = 20

// again asks until a fault has passed and the answer is good.
func again[T any](p *play, what string, ask func(context.Context) (T, error), good func(T) bool) (v T) {
	p.t.Helper()
	var err error
	for range tries {
		v, err = ask(p.t.Context())
		var passing *apply.AgainError
		switch {
		case err == nil && good(v):
			return v
		case err != nil && !errors.As(err, &passing):
			p.t.Fatalf("%s: %v", what, err)
		}
		p.stage.Later()
	}
	p.t.Fatalf("%s: after %d tries %+v, %v", what, tries, v, err)
	return v
}

func anything[T any](T) bool { return true }

// do is again for what gives nothing back.
func do(p *play, what string, act func(context.Context) error) {
	p.t.Helper()
	again(p, what, func(ctx context.Context) (bool, error) { return true, act(ctx) }, anything)
}

func (p *play) pull(number int, good func(shop.PullRequest) bool) shop.PullRequest {
	p.t.Helper()
	return again(p, fmt.Sprintf("pull request %d", number), func(ctx context.Context) (shop.PullRequest, error) {
		return p.ryu.Pull(ctx, shop.AppRepository, number)
	}, good)
}

func (p *play) open(n world.NewPull) shop.PullRequest {
	p.t.Helper()
	return again(p, "open a pull request", func(ctx context.Context) (shop.PullRequest, error) { return p.ryu.Open(ctx, shop.AppRepository, n) }, anything)
}

func who(t *testing.T, p *play) {
	for _, login := range []string{"ryu", "mika"} {
		me := again(p, "who we are", p.stage.As(login).Who, anything)
		if me.Login != login || me.Robot {
			t.Errorf("%s is %+v", login, me)
		}
	}
}

func wrongToken(t *testing.T, p *play) {
	_, err := p.stage.As("").Who(t.Context())
	var f *shop.Fault
	if !errors.As(err, &f) || f.Kind != shop.ForgeLogin {
		t.Errorf("%v", err)
	}
	var passing *apply.AgainError
	if errors.As(err, &passing) {
		t.Error("a wrong token is tried again")
	}
}

func home(t *testing.T, p *play) {
	h := again(p, "the repository", func(ctx context.Context) (world.Home, error) { return p.ryu.Home(ctx, shop.AppRepository) }, anything)
	if h.Name == "" || !h.MayPush {
		t.Errorf("%+v", h)
	}
}

func (p *play) checks(c shop.CommitID, good func([]shop.Check) bool) []shop.Check {
	p.t.Helper()
	return again(p, "checks", func(ctx context.Context) ([]shop.Check, error) { return p.ryu.Checks(ctx, shop.AppRepository, c) }, good)
}

func checks(t *testing.T, p *play) {
	c := p.stage.Commit("feature", "tier-0")
	p.checks(c, func(all []shop.Check) bool { return len(all) == 0 })
	want := map[string]shop.CheckState{}
	for name, state := range map[string]shop.CheckState{
		"success": shop.CheckPassed, "failure": shop.CheckFailed, "pending": shop.CheckPending, "skipped": shop.CheckPassed, "neutral": shop.CheckPassed,
	} {
		p.stage.Check(c, "ci/"+name, name)
		want["ci/"+name] = state
	}
	for _, k := range p.checks(c, func(all []shop.Check) bool { return len(all) == len(want) }) {
		if want[k.Name] != k.State {
			t.Errorf("%s is %s", k.Name, k.State)
		}
	}
	// Another commit has none of them.
	p.checks(p.stage.Tip("tier-1"), func(all []shop.Check) bool { return len(all) == 0 })
}

func publish(t *testing.T, p *play) {
	c := p.stage.Tip("tier-0")
	states := map[shop.GateState]shop.CheckState{shop.GateWaiting: shop.CheckPending, shop.GateShut: shop.CheckFailed, shop.GateOpen: shop.CheckPassed}
	for _, s := range []shop.GateState{shop.GateWaiting, shop.GateShut, shop.GateOpen, shop.GateOpen} {
		do(p, "publish", func(ctx context.Context) error {
			return p.ryu.Publish(ctx, shop.AppRepository, c, shop.GateStatus{Tier: "tier-2", State: s, Text: "why"})
		})
		all := p.checks(c, func(all []shop.Check) bool {
			return len(all) == 1 && all[0].State == states[s] // the newest alone
		})
		if tier, ours := shop.GateTier(all[0].Name); !ours || tier != "tier-2" || all[0].Text != "why" {
			t.Errorf("%+v", all)
		}
	}
}

func openOnce(t *testing.T, p *play) {
	head := p.stage.Commit("feature", "tier-0")
	p.stage.Commit("other", "tier-0")
	n := world.NewPull{Head: "feature", Base: "tier-0", Title: "A change", Body: "Why.\n"}
	first := p.open(n)
	second := p.open(n)
	other := p.open(world.NewPull{Head: "other", Base: "tier-0", Title: "Another", Body: "Why not."})
	if first.Number == 0 || second.Number != first.Number || other.Number == first.Number {
		t.Errorf("opened %d, %d and %d", first.Number, second.Number, other.Number)
	}
	if first.Head != head || first.Branch != "feature" || first.Base != "tier-0" || first.State != shop.PullOpen || first.Author != "ryu" || first.Address == "" {
		t.Errorf("%+v", first)
	}
	listed := func(q world.PullQuery, want ...int) {
		t.Helper()
		again(p, fmt.Sprintf("list %+v", q), func(ctx context.Context) ([]shop.PullRequest, error) { return p.ryu.Pulls(ctx, shop.AppRepository, q) },
			func(all []shop.PullRequest) bool {
				var got []int
				for _, one := range all {
					got = append(got, one.Number)
				}
				slices.Sort(got)
				return slices.Equal(got, want)
			})
	}
	listed(world.PullQuery{Base: "tier-0"}, first.Number, other.Number)
	listed(world.PullQuery{Base: "tier-0", Head: "feature"}, first.Number)
	listed(world.PullQuery{Base: "tier-1"})
	listed(world.PullQuery{Base: "tier-0", Head: "feat"})
	p.pull(first.Number, func(one shop.PullRequest) bool { return one.Title == "A change" && one.Merges == shop.MergesClean })
}

func nothingToOpen(t *testing.T, p *play) {
	for _, n := range []world.NewPull{
		{Head: "tier-1", Base: "tier-0", Title: "Nothing that tier-0 has not"},
		{Head: "never", Base: "tier-0", Title: "No such branch"},
	} {
		if one, err := p.ryu.Open(t.Context(), shop.AppRepository, n); err == nil {
			t.Errorf("%s: opened %+v", n.Title, one)
		}
	}
	all := again(p, "list", func(ctx context.Context) ([]shop.PullRequest, error) {
		return p.ryu.Pulls(ctx, shop.AppRepository, world.PullQuery{Base: "tier-0"})
	}, anything)
	if len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

func reviews(t *testing.T, p *play) {
	head := p.stage.Commit("feature", "tier-0")
	one := p.open(world.NewPull{Head: "feature", Base: "tier-0", Title: "A change", Body: "Why."})
	said := func(want map[string]shop.ReviewState) {
		t.Helper()
		all := again(p, "reviews", func(ctx context.Context) ([]shop.Review, error) {
			return p.ryu.Reviews(ctx, shop.AppRepository, one.Number)
		},
			func(all []shop.Review) bool {
				return len(all) == len(want) && !slices.ContainsFunc(all, func(r shop.Review) bool { return want[r.By] != r.State })
			})
		for _, r := range all {
			if r.Commit != head || r.Outsider || r.At.IsZero() {
				t.Errorf("%+v", r)
			}
		}
	}
	said(nil)
	p.stage.Review(one.Number, "mika", "COMMENTED")
	said(nil)
	p.stage.Review(one.Number, "mika", "APPROVED")
	p.stage.Review(one.Number, "takuya", "APPROVED")
	said(map[string]shop.ReviewState{"mika": shop.ReviewApproved, "takuya": shop.ReviewApproved})
	p.stage.Review(one.Number, "mika", "CHANGES_REQUESTED")
	p.stage.Review(one.Number, "mika", "COMMENTED")
	said(map[string]shop.ReviewState{"mika": shop.ReviewChanges, "takuya": shop.ReviewApproved})
}

func closeOnce(t *testing.T, p *play) {
	p.stage.Commit("feature", "tier-0")
	before := p.stage.Tip("tier-0")
	one := p.open(world.NewPull{Head: "feature", Base: "tier-0", Title: "A change", Body: "Why."})
	for range 2 {
		do(p, "close", func(ctx context.Context) error {
			return p.ryu.Close(ctx, shop.AppRepository, one.Number, "Not any more.")
		})
		p.pull(one.Number, func(now shop.PullRequest) bool { return now.State == shop.PullClosed })
	}
	again(p, "list", func(ctx context.Context) ([]shop.PullRequest, error) {
		return p.ryu.Pulls(ctx, shop.AppRepository, world.PullQuery{Base: "tier-0"})
	}, func(all []shop.PullRequest) bool { return len(all) == 0 })
	if after := p.stage.Tip("tier-0"); after != before {
		t.Errorf("closing moved tier-0 to %s", after)
	}
}

func merge(t *testing.T, p *play) {
	seen := p.stage.Commit("feature", "tier-0")
	before := p.stage.Tip("tier-0")
	one := p.open(world.NewPull{Head: "feature", Base: "tier-0", Title: "A change", Body: "Why."})
	newer := p.stage.Commit("feature", "feature")
	for range 3 {
		if err := p.ryu.Merge(t.Context(), shop.AppRepository, world.Merging{Number: one.Number, Head: seen, Method: shop.MergeCommit}); err == nil {
			t.Fatal("merged what nobody looked at")
		}
	}
	if p.stage.Tip("tier-0") != before {
		t.Fatal("tier-0 moved")
	}
	p.pull(one.Number, func(now shop.PullRequest) bool { return now.Head == newer && now.Merges == shop.MergesClean })
	do(p, "merge", func(ctx context.Context) error {
		return p.ryu.Merge(ctx, shop.AppRepository, world.Merging{Number: one.Number, Head: newer, Method: shop.MergeCommit})
	})
	now := p.pull(one.Number, func(now shop.PullRequest) bool { return now.State == shop.PullMerged })
	if tip := p.stage.Tip("tier-0"); tip == before || now.MergedAs != tip {
		t.Errorf("merged as %s, and tier-0 is at %s", now.MergedAs, tip)
	}
}

func mergeUnblocked(t *testing.T, p *play) {
	head := p.stage.Commit("feature", "tier-0")
	one := p.open(world.NewPull{Head: "feature", Base: "tier-0", Title: "A change", Body: "Why."})
	p.pull(one.Number, func(now shop.PullRequest) bool { return now.Merges == shop.MergesClean })
	do(p, "merge by itself", func(ctx context.Context) error {
		return p.ryu.MergeByItself(ctx, shop.AppRepository, world.Merging{Number: one.Number, Head: head, Method: shop.MergeCommit})
	})
	p.pull(one.Number, func(now shop.PullRequest) bool { return now.State == shop.PullMerged })
	if p.stage.Tip("tier-0") == head {
		t.Error("the branch was moved, not merged")
	}
}

func mergeByItself(t *testing.T, p *play) {
	p.stage.Require("tier-0", "ci/unit")
	head := p.stage.Commit("feature", "tier-0")
	before := p.stage.Tip("tier-0")
	one := p.open(world.NewPull{Head: "feature", Base: "tier-0", Title: "A change", Body: "Why."})
	p.pull(one.Number, func(now shop.PullRequest) bool { return now.Merges != shop.MergesUnknown })
	stale := world.Merging{Number: one.Number, Head: head, Method: shop.MergeCommit}
	head = p.stage.Commit("feature", "feature")
	p.pull(one.Number, func(now shop.PullRequest) bool { return now.Head == head && now.Merges != shop.MergesUnknown })
	if err := p.ryu.MergeByItself(t.Context(), shop.AppRepository, stale); err == nil {
		t.Error("what nobody looked at is merged by itself")
	}
	m := world.Merging{Number: one.Number, Head: head, Method: shop.MergeCommit}
	if err := p.ryu.Merge(t.Context(), shop.AppRepository, m); err == nil {
		t.Fatal("merged without the required check")
	}
	do(p, "merge by itself", func(ctx context.Context) error { return p.ryu.MergeByItself(ctx, shop.AppRepository, m) })
	p.pull(one.Number, func(now shop.PullRequest) bool { return now.Auto && now.State == shop.PullOpen })
	if p.stage.Tip("tier-0") != before {
		t.Fatal("tier-0 moved before the check")
	}
	p.stage.Check(head, "ci/unit", "success")
	p.pull(one.Number, func(now shop.PullRequest) bool { return now.State == shop.PullMerged })
}

func rules(t *testing.T, p *play) {
	of := func(branch string) world.BranchRules {
		return again(p, "rules", func(ctx context.Context) (world.BranchRules, error) {
			return p.ryu.Rules(ctx, shop.AppRepository, branch)
		}, anything)
	}
	if r := of("tier-1"); len(r.Sets) != 0 || r.Impossible || len(r.Unknown) != 0 {
		t.Errorf("%+v", r)
	}
	p.stage.Require("tier-1", shop.GateContext("tier-1"))
	r := of("tier-1")
	if len(r.Sets) != 1 || len(r.Sets[0].Contexts) != 1 || r.Sets[0].Contexts[0].Name != shop.GateContext("tier-1") {
		t.Errorf("%+v", r)
	}
	if r := of("tier-0"); len(r.Sets) != 0 {
		t.Errorf("tier-0 is bound as well: %+v", r)
	}
}
