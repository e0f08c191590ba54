package simulation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/git"
)

// forge is a forge as far as a promotion can tell: statuses on commits, pull
// requests that a reviewer approves at once, and a rule on every upper tier that
// wants the status of its gate, which binds everybody.
type forge struct {
	statuses map[string]shop.GateStatus // by repository, commit and tier
	pulls    []shop.PullRequest
	onGreen  func() // called once, when a gate has turned green
	merges   bool   // a push marks its pull request merged
}

func statusKey(repo shop.Repository, c shop.CommitID, t shop.Tier) string {
	return string(repo) + " " + string(c) + " " + string(t)
}

// judge refuses a push whose commit has no green gate.
func (f *forge) judge(repo shop.Repository, updates []git.Update) error {
	for _, u := range updates {
		tier := shop.Tier(strings.TrimPrefix(u.Ref, "refs/heads/"))
		if repo == shop.SystemRepository || tier.Number() < 1 {
			continue
		}
		if s := f.statuses[statusKey(repo, commitID(u.New), tier)]; s.State != shop.GateOpen {
			return &git.RejectedError{Ref: u.Ref, Text: fmt.Sprintf("error: GH013: Repository rule violations found for %s.\n\n- Required status check %q is expected.", u.Ref, shop.GateContext(tier))}
		}
	}
	return nil
}

// green lists the gates that are open on commits that never were pushed there.
func (s *sim) green() (left []string) {
	for key, status := range s.forge.statuses {
		var repo, commit string
		if _, err := fmt.Sscan(key, &repo, &commit, new(string)); err != nil {
			panic(err)
		}
		if status.State == shop.GateOpen && !s.checker.holds(shop.Repository(repo), shop.CommitID(commit), status.Tier) {
			left = append(left, key)
		}
	}
	return left
}

// forgeOf is the forge as one run sees it. It is a world.Forge, as far as a
// promotion asks.
type forgeOf struct {
	world.Forge
	*forge
	by *actor
}

func (f forgeOf) ask(key string, effect func() error) error {
	return f.answer(f.by.remote(&call{key: "forge " + key, effect: effect}))
}

func (f forgeOf) tell(key string, effect func() error) error {
	return f.answer(f.by.remote(&call{key: "forge " + key, effect: effect, writes: true}))
}

func (f forgeOf) answer(err error) error {
	if !errors.Is(err, errNoAnswer) {
		return err
	}
	return &apply.AgainError{Err: &shop.Fault{Kind: shop.ForgeSilent, Address: "simulated", Text: err.Error()}, After: time.Second}
}

func (f forgeOf) Who(context.Context) (world.Account, error) {
	return world.Account{Login: "aiko"}, nil
}

func (f forgeOf) Home(context.Context, shop.Repository) (world.Home, error) {
	return world.Home{}, nil
}

func (f forgeOf) Rules(context.Context, shop.Repository, string) (world.BranchRules, error) {
	return world.BranchRules{}, nil
}

func (f forgeOf) Checks(_ context.Context, repo shop.Repository, c shop.CommitID) (checks []shop.Check, err error) {
	states := map[shop.GateState]shop.CheckState{shop.GateOpen: shop.CheckPassed, shop.GateShut: shop.CheckFailed, shop.GateWaiting: shop.CheckPending}
	return checks, f.ask("checks "+string(repo)+string(c), func() error {
		checks = []shop.Check{{Name: "ci", State: shop.CheckPassed}}
		for n := range tiers {
			if s, ok := f.statuses[statusKey(repo, c, shop.TierAt(n))]; ok {
				checks = append(checks, shop.Check{Name: shop.GateContext(s.Tier), State: states[s.State], Text: s.Text})
			}
		}
		return nil
	})
}

func (f forgeOf) Publish(_ context.Context, repo shop.Repository, c shop.CommitID, s shop.GateStatus) error {
	return f.tell("status "+statusKey(repo, c, s.Tier), func() error {
		f.statuses[statusKey(repo, c, s.Tier)] = s
		if met := f.onGreen; met != nil && s.State == shop.GateOpen {
			f.onGreen = nil
			met()
		}
		return nil
	})
}

func (f forgeOf) Pulls(_ context.Context, repo shop.Repository, q world.PullQuery) (found []shop.PullRequest, err error) {
	return found, f.ask("pulls "+q.Base+q.Head, func() error {
		for _, p := range f.pulls {
			if p.Repository == repo && string(p.Base) == q.Base && (q.Head == p.Branch || q.Head == "" && p.State == shop.PullOpen) {
				found = append(found, p)
			}
		}
		return nil
	})
}

func (f forgeOf) Pull(_ context.Context, _ shop.Repository, number int) (p shop.PullRequest, err error) {
	return p, f.ask(fmt.Sprint("pull ", number), func() error {
		p = f.pulls[number-1]
		if f.merges && f.by.checker.holds(p.Repository, p.Head, p.Base) {
			f.pulls[number-1].State, p.State = shop.PullMerged, shop.PullMerged
		}
		return nil
	})
}

func (f forgeOf) Reviews(_ context.Context, _ shop.Repository, number int) (reviews []shop.Review, err error) {
	return reviews, f.ask(fmt.Sprint("reviews ", number), func() error {
		reviews = []shop.Review{{By: "ren", State: shop.ReviewApproved, Commit: f.pulls[number-1].Head}}
		return nil
	})
}

func (f forgeOf) Open(_ context.Context, repo shop.Repository, n world.NewPull) (p shop.PullRequest, err error) {
	return p, f.tell("open "+n.Head, func() error {
		for _, o := range f.pulls {
			if o.Branch == n.Head && o.State == shop.PullOpen {
				p = o
				return nil
			}
		}
		p = shop.PullRequest{Repository: repo, Number: len(f.pulls) + 1, Branch: n.Head, Base: shop.Tier(n.Base), State: shop.PullOpen, Author: "aiko",
			Head: commitID(f.by.servers[repo].tips["refs/heads/"+n.Head])}
		f.pulls = append(f.pulls, p)
		return nil
	})
}

func (f forgeOf) Close(_ context.Context, _ shop.Repository, number int, _ string) error {
	return f.tell(fmt.Sprint("close ", number), func() error {
		f.pulls[number-1].State = shop.PullClosed
		return nil
	})
}

func onForge(s *sim) { s.forge = &forge{statuses: map[string]shop.GateStatus{}} }

// reviewed lets tier-3 want a review.
func reviewed(s *sim) {
	onForge(s)
	s.mustRun(970_001, command{set: &setting{name: "review", decide: func(a *actor, have shop.State) (op plan.WriteSystem, done bool, err error) {
		a.names("tiers/tier-3.yaml review")
		return plan.WriteSystem{Title: "review", Main: have.Main, Tiers: []plan.TierWrite{same(have.Tiers[3])},
			Edits: []shop.Edit{{Kind: shop.KindTier, Name: "tier-3", Field: "review", Value: "required"}}}, have.Tiers[3].Spec.Review != "", nil
	}}})
}

// R4 on a forge: whatever call fails, of git or of the forge, the command or
// the next run of it reaches the wish; no effect is doubled, no gate is left
// green, and no pull request open.
func TestFailTheNthCallOfAForge(t *testing.T) {
	b := newBase(t)
	played, calls := 0, 0
	for _, c := range []struct {
		name  string
		goal  shop.Goal
		ready ready
	}{
		{"promote", shop.Promote{To: "tier-2", From: "tier-1", Grace: 10 * time.Minute}, onForge},
		{"promote with review, marked as merged", shop.Promote{To: "tier-3", From: "tier-2", Grace: 10 * time.Minute}, func(s *sim) {
			reviewed(s)
			s.forge.merges = true
		}},
		{"promote with review, never marked as merged", shop.Promote{To: "tier-3", From: "tier-2", NoWait: true}, reviewed},
	} {
		undisturbed := b.once(t, c.goal, c.ready, nil)
		if len(undisturbed.broken) > 0 || undisturbed.runs != 1 || undisturbed.pushes == 0 {
			t.Fatalf("%s, undisturbed: %+v", c.name, undisturbed)
		}
		calls += undisturbed.calls
		for _, how := range failures {
			for n := 1; n <= undisturbed.calls; n++ {
				if (how == errorAfter || how == replyLost) && !undisturbed.effects[n] {
					continue
				}
				got := b.once(t, c.goal, c.ready, &nth{n: n, how: how})
				played++
				if len(got.broken) > 0 || got.runs > 2 || got.pushes != undisturbed.pushes {
					t.Errorf("%s, call %d of %d, %s: %d runs, %d pushes for %d, broken: %q", c.name, n, undisturbed.calls, how, got.runs, got.pushes, undisturbed.pushes, got.broken)
				}
			}
		}
	}
	t.Logf("figure commands=3 calls=%d failures=%d repeat=%q", calls, played, "go test -v -run TestFailTheNthCallOfAForge ./internal/world/simulation")
}

// A freeze between the last look and the push: nothing enters the tier, and the
// gate that was green for the push is shut again.
func TestFreezeBetweenLookAndPush(t *testing.T) {
	b := newBase(t)
	synctest.Test(t, func(t *testing.T) {
		s := b.start(0, honest)
		s.faults = false
		onForge(s)
		before := s.lines["tier-1"][len(s.lines["tier-1"])-1].release
		s.forge.onGreen = func() { s.freezeNow(t, "tier-1") }
		cmd := command{goal: shop.Promote{To: "tier-1", From: "tier-0", Grace: time.Minute}}
		err := s.alone(1, &cmd)
		var waits *apply.WaitingError
		if !errors.As(err, &waits) {
			t.Errorf("the promotion ended with %v", err)
		}
		if is := s.lines["tier-1"][len(s.lines["tier-1"])-1].release; is != before {
			t.Errorf("%v entered a frozen tier", is)
		}
		s.mustBeShut(t, cmd.goal.(shop.Promote).Release)
		s.drain()
	})
}

// A process that died between the green gate and the push leaves it green; the
// next run, which finds the tier frozen, sets it right.
func TestCrashLeavesNoGreen(t *testing.T) {
	b := newBase(t)
	synctest.Test(t, func(t *testing.T) {
		s := b.start(0, honest)
		s.faults = false
		onForge(s)
		cmd := command{goal: shop.Promote{To: "tier-1", From: "tier-0", Grace: time.Minute}}
		s.forge.onGreen = func() { s.nth = &nth{n: 1, how: deadBefore} } // the push that would follow
		if err := s.alone(1, &cmd); !errors.Is(err, errKilled) {
			t.Fatalf("it lived: %v", err)
		}
		s.nth = nil
		if len(s.green()) != 1 {
			t.Fatalf("nothing was left green: %v", s.forge.statuses)
		}
		s.freezeNow(t, "tier-1")
		var waits *apply.WaitingError
		if err := s.alone(2, &cmd); !errors.As(err, &waits) {
			t.Errorf("the second run ended with %v", err)
		}
		s.mustBeShut(t, cmd.goal.(shop.Promote).Release)
		s.drain()
	})
}

func (s *sim) mustBeShut(t *testing.T, r shop.Release) {
	t.Helper()
	for repo, c := range map[shop.Repository]shop.CommitID{shop.AppRepository: r.App, shop.ConfigurationRepository: r.Configuration} {
		if is := s.forge.statuses[statusKey(repo, c, "tier-1")]; is.State != shop.GateShut || !strings.Contains(is.Text, "frozen") {
			t.Errorf("the gate of %s is %q: %q", repo, is.State, is.Text)
		}
	}
}

// freezeNow freezes a tier outside of the schedule, as somebody who was faster.
func (s *sim) freezeNow(t *testing.T, tier shop.Tier) {
	a := s.actor(990_000, true)
	a.direct = true
	a.names("tiers/" + string(tier) + ".yaml freeze")
	w := a.world()
	have, err := w.Observe(context.Background(), shop.Look{})
	if err != nil {
		t.Fatal(err)
	}
	g := shop.FreezeTier{Tier: tier, Reason: "sale"}
	ops, err := plan.For(g, have)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range ops {
		if write, ok := op.(plan.WriteSystem); ok {
			if err := w.Do(context.Background(), write); err != nil {
				t.Fatal(err)
			}
		}
	}
}
