package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// forged is a state whose forge has answered for release 1 into tier-1.
func forged(change func(*shop.State)) shop.State {
	s := asked()
	s.Forge = shop.Forge{There: true, Checks: map[shop.CheckedCommit]shop.CommitChecks{}, Pulls: map[shop.Tier]shop.Pulls{}}
	checked(&s, shop.AppRepository, rel(1).App, shop.Check{Name: "rspec", State: shop.CheckPassed})
	checked(&s, shop.ConfigurationRepository, rel(1).Configuration, shop.Check{Name: "lint", State: shop.CheckPassed})
	change(&s)
	return s
}

func checked(s *shop.State, repo shop.Repository, c shop.CommitID, checks ...shop.Check) {
	s.Forge.Checks[shop.CheckedCommit{Repository: repo, Commit: c}] = shop.CommitChecks{All: checks}
}

func contexts(names ...string) func(*shop.State) {
	return func(s *shop.State) { s.Tiers[1].Spec.Gates.Checks = &shop.Checks{Contexts: names} }
}

// Every cause of the checks gate. Rows name what differs from a commit on which
// all is green.
func TestChecksGate(t *testing.T) {
	later := noon.Add(time.Minute)
	app, config := shop.AppRepository, shop.ConfigurationRepository
	base := plan.Gate{Name: "checks", Tier: "tier-1", Release: rel(1)}
	open := func(n int) plan.Gate {
		g := base
		g.Status, g.Because, g.Ready, g.Of = plan.Open, plan.ChecksPassed, n, n
		return g
	}
	shut := func(status plan.GateStatus, because plan.Cause, repo shop.Repository, name, text string) plan.Gate {
		g := base
		g.Status, g.Because, g.Repository, g.Check, g.Reason = status, because, repo, name, text
		return g
	}
	rows := []struct {
		name   string
		change func(*shop.State)
		want   []plan.Gate
	}{
		{"all green", func(*shop.State) {}, []plan.Gate{open(2)}},
		{"no forge", func(s *shop.State) { s.Forge = shop.Forge{} }, nil},
		{"none wanted", contexts(), nil},
		{"all, in so many words", func(s *shop.State) { s.Tiers[1].Spec.Gates.Checks = &shop.Checks{All: true} }, []plan.Gate{open(2)}},
		{"one wanted, in another case", contexts("RSpec"), []plan.Gate{open(1)}},
		{"wanted, and reported on the configuration alone", contexts("lint"), []plan.Gate{open(1)}},
		{"nothing was ever reported", func(s *shop.State) {
			checked(s, app, rel(1).App)
			checked(s, config, rel(1).Configuration)
		}, []plan.Gate{{Name: "checks", Tier: "tier-1", Release: rel(1), Status: plan.Unchecked, Because: plan.NoChecks}}},
		{"each that is not green", func(s *shop.State) {
			checked(s, app, rel(1).App, shop.Check{Name: "a", State: shop.CheckFailed, Text: "3 examples failed"},
				shop.Check{Name: "b", State: shop.CheckPending}, shop.Check{Name: "c", State: shop.CheckPassed})
		}, []plan.Gate{shut(plan.Refused, plan.CheckIsRed, app, "a", "3 examples failed"), shut(plan.Pending, plan.CheckIsPending, app, "b", "")}},
		{"one that is not wanted is red", func(s *shop.State) {
			checked(s, app, rel(1).App, shop.Check{Name: "rspec", State: shop.CheckPassed}, shop.Check{Name: "danger", State: shop.CheckFailed})
			contexts("rspec")(s)
		}, []plan.Gate{open(1)}},
		{"green on one commit and red on the other", func(s *shop.State) {
			checked(s, config, rel(1).Configuration, shop.Check{Name: "rspec", State: shop.CheckFailed})
			contexts("rspec")(s)
		}, []plan.Gate{shut(plan.Refused, plan.CheckIsRed, config, "rspec", "")}},
		{"each that never came", contexts("rspec", "deploy", "scan"), []plan.Gate{
			shut(plan.Pending, plan.CheckIsMissing, "", "deploy", ""), shut(plan.Pending, plan.CheckIsMissing, "", "scan", "")}},
		{"the token may not see them", func(s *shop.State) {
			s.Forge.Checks[shop.CheckedCommit{Repository: config, Commit: rel(1).Configuration}] = shop.CommitChecks{Unknown: "needs checks=read"}
		}, []plan.Gate{shut(plan.Unavailable, plan.ChecksUnknown, config, "", "needs checks=read")}},
		{"nobody asked", func(s *shop.State) { clear(s.Forge.Checks) }, []plan.Gate{shut(plan.Unavailable, plan.NotAsked, app, "", "")}},
		{"the forge does not answer", func(s *shop.State) {
			clear(s.Forge.Checks)
			s.Forge.Silent, s.Forge.RetryAt = "502", later
		}, []plan.Gate{{Name: "checks", Tier: "tier-1", Release: rel(1), Repository: app, Status: plan.Unavailable, Because: plan.ForgeSilent, Reason: "502", OpensAt: later}}},
		{"the calls are used up", func(s *shop.State) {
			clear(s.Forge.Checks)
			s.Forge.Silent, s.Forge.Spent = "limit", true
		}, []plan.Gate{shut(plan.Unavailable, plan.ForgeSpent, app, "", "limit")}},
		{"it has answered for these before", func(s *shop.State) { s.Forge.Silent = "502" }, []plan.Gate{open(2)}},
		{"the configuration does not move", func(s *shop.State) {
			s.Tiers[1].Runs.Configuration = rel(1).Configuration
			delete(s.Forge.Checks, shop.CheckedCommit{Repository: config, Commit: rel(1).Configuration})
		}, []plan.Gate{open(1)}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := forged(row.change)
			if d := cmp.Diff(row.want, gatesNamed("checks", plan.Gates(s, "tier-1", rel(1), false))); d != "" {
				t.Errorf("want -, got +\n%s", d)
			}
		})
	}
}

// Every cause of the review gate.
func TestReviewGate(t *testing.T) {
	pull := shop.PullRequest{Repository: shop.AppRepository, Number: 7, Address: "https://forge/7", Branch: shop.HeadBranch("tier-1", rel(1)),
		Head: rel(1).App, Base: "tier-1", State: shop.PullOpen, Author: "aiko"}
	with := func(change func(*shop.PullRequest)) func(*shop.State) {
		return func(s *shop.State) {
			p := pull
			change(&p)
			s.Forge.Pulls["tier-1"] = shop.Pulls{All: []shop.PullRequest{p}}
		}
	}
	reviewed := func(reviews ...shop.Review) func(*shop.State) {
		return with(func(p *shop.PullRequest) { p.Reviews = reviews })
	}
	says := func(by string, state shop.ReviewState) shop.Review {
		return shop.Review{By: by, State: state, Commit: rel(1).App, At: noon}
	}
	outsider, stale := says("ren", shop.ReviewApproved), says("ren", shop.ReviewApproved)
	outsider.Outsider, stale.Commit = true, rel(0).App
	rows := []struct {
		name    string
		change  func(*shop.State)
		status  plan.GateStatus
		because plan.Cause
		by      string
	}{
		{"no forge", func(s *shop.State) { s.Forge = shop.Forge{} }, plan.Refused, plan.NoForge, ""},
		{"nobody asked", func(*shop.State) {}, plan.Unavailable, plan.NotAsked, ""},
		{"the forge does not answer", func(s *shop.State) { s.Forge.Silent = "502" }, plan.Unavailable, plan.ForgeSilent, ""},
		{"the token may not see them", func(s *shop.State) { s.Forge.Pulls["tier-1"] = shop.Pulls{Unknown: "403"} }, plan.Unavailable, plan.ReviewUnknown, ""},
		{"none yet", func(s *shop.State) { s.Forge.Pulls["tier-1"] = shop.Pulls{} }, plan.Held, plan.NotProposed, ""},
		{"one for another release", with(func(p *shop.PullRequest) { p.Branch = shop.HeadBranch("tier-1", rel(2)) }), plan.Held, plan.NotProposed, ""},
		{"one into another branch", with(func(p *shop.PullRequest) { p.Base = "tier-0" }), plan.Held, plan.NotProposed, ""},
		{"closed by a person", with(func(p *shop.PullRequest) { p.State = shop.PullClosed }), plan.Held, plan.NotProposed, ""},
		{"its head is another commit", with(func(p *shop.PullRequest) { p.Head = "x1"; p.Reviews = []shop.Review{says("ren", shop.ReviewApproved)} }), plan.Refused, plan.HeadMoved, ""},
		{"nobody said anything", reviewed(), plan.Held, plan.NotApproved, "aiko"},
		{"approved by who opened it", reviewed(says("Aiko", shop.ReviewApproved)), plan.Held, plan.NotApproved, "aiko"},
		{"approved by who may not write", reviewed(outsider), plan.Held, plan.NotApproved, "aiko"},
		{"approved before it was this commit", reviewed(stale), plan.Held, plan.NotApproved, "aiko"},
		{"taken back", reviewed(says("ren", shop.ReviewDismissed)), plan.Held, plan.NotApproved, "aiko"},
		{"approved", reviewed(says("ren", shop.ReviewApproved)), plan.Open, plan.IsApproved, "ren"},
		{"approved by one, not by another", reviewed(says("ren", shop.ReviewApproved), says("yui", shop.ReviewChanges)), plan.Held, plan.ChangesAsked, "yui"},
		{"approved, and its branch was pushed", with(func(p *shop.PullRequest) {
			p.State, p.Reviews = shop.PullMerged, []shop.Review{says("ren", shop.ReviewApproved)}
		}), plan.Open, plan.IsApproved, "ren"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := forged(row.change)
			s.Tiers[1].Spec.Review = "required"
			gates := gatesNamed("review", plan.Gates(s, "tier-1", rel(1), false))
			if len(gates) != 1 || gates[0].Status != row.status || gates[0].Because != row.because || gates[0].By != row.by || gates[0].Release != rel(1) {
				t.Errorf("want %s %s %q, got %+v", row.status, row.because, row.by, gates)
			}
		})
	}
	if gates := gatesNamed("review", plan.Gates(forged(func(*shop.State) {}), "tier-1", rel(1), false)); len(gates) != 0 {
		t.Errorf("not wanted: %+v", gates)
	}
}

func gatesNamed(name string, gates []plan.Gate) (found []plan.Gate) {
	for _, g := range gates {
		if g.Name == name {
			found = append(found, g)
		}
	}
	return found
}
