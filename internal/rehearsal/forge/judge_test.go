package forge

import (
	"fmt"
	"strings"
	"testing"
)

// {none, classic, ruleset, both} × {who is bound, an administrator, who may go
// round it} × {gate open, shut}: a push passes exactly when nothing binds its
// author or the gate is open.
func TestRulesOnPush(t *testing.T) {
	const gate = "shopctl/gate/tier-1"
	s := newScene(t)
	sha, old := s.commit("b", "b", "x\n"), s.tip("tier-1")
	for _, kind := range []string{"none", "classic", "classic with admins", "ruleset", "both"} {
		for _, who := range []string{"bea", "ada", "ship[bot]"} {
			for _, state := range []string{"", "pending", "failure", "success"} {
				t.Run(fmt.Sprintf("%s %s %s", kind, who, state), func(t *testing.T) {
					s.again(t, "tier-1", old)
					classically := kind == "classic" || kind == "both"
					if classically {
						classic("tier-1", "status="+gate)(s)
					}
					if kind == "classic with admins" {
						classic("tier-1", "status="+gate, "admins")(s)
					}
					ruleset := kind == "ruleset" || kind == "both"
					if ruleset {
						s.must(s.forge.Rule("app", Ruleset{Name: "g", Branches: []string{"tier-*"}, Rules: []Rule{RequireStatuses(gate)}, Bypass: []Bypass{{Kind: "Integration", ID: 77}}}))
					}
					if state != "" {
						s.must(s.forge.SetStatus("app", "b", gate, state, "ship[bot]"))
					}
					shut := state != "success"
					want := ""
					switch {
					case shut && (classically && who != "ada" || kind == "classic with admins"):
						want = "GH006: Protected branch update failed for refs/heads/tier-1."
					case shut && ruleset && who != "ship[bot]":
						want = "GH013: Repository rule violations found for refs/heads/tier-1."
					}
					got := s.push(who, "tier-1", sha)
					if (got == "") != (want == "") || !strings.Contains(got, want) {
						t.Errorf("push: %q, want %q", got, want)
					}
					if moved := s.tip("tier-1") == sha; moved != (want == "") {
						t.Errorf("moved: %v", moved)
					}
				})
			}
		}
	}
}

// Every rule that binds pushes, in its own words, and what it lets through.
func TestRulesInWords(t *testing.T) {
	old := func(s *scene) Move { return Move{"refs/heads/tier-1", s.tip("tier-1"), s.tip("b")} }
	makes := func(s *scene) Move { return Move{"refs/heads/tier-9", noCommit, s.tip("b")} }
	deletes := func(s *scene) Move { return Move{"refs/heads/tier-1", s.tip("tier-1"), noCommit} }
	rewinds := func(s *scene) Move { return Move{"refs/heads/tier-1", s.tip("b"), s.tip("main")} }
	s := newScene(t)
	s.commit("b", "b", "x\n")
	for _, c := range []struct {
		name   string
		before func(*scene)
		who    string
		move   func(*scene) Move
		want   string // empty: it goes through
	}{
		{"restricted updates", ruled("tier-*", "update"), "bea", old, "- Cannot update this protected ref."},
		{"are about what is there", ruled("tier-*", "update"), "bea", makes, ""},
		{"with a bypass", ruled("tier-*", "update", "bypass=bea"), "bea", old, ""},
		{"that is somebody else's", ruled("tier-*", "update", "bypass=cid"), "bea", old, "Cannot update"},
		{"restricted creations", ruled("tier-*", "creation"), "bea", makes, "creations being restricted"},
		{"restricted deletions", ruled("tier-*", "deletion"), "bea", deletes, "- Cannot delete this branch"},
		{"do not bind updates", ruled("tier-*", "deletion"), "bea", old, ""},
		{"force pushes", ruled("tier-*", "noforce"), "bea", rewinds, "- Cannot force-push to this branch"},
		{"a fast-forward is none", ruled("tier-*", "noforce"), "bea", old, ""},
		{"pull request", ruled("tier-*", "reviews=1"), "bea", old, "- Changes must be made through a pull request."},
		{"merge queue", ruled("tier-*", "queue"), "bea", old, "- Changes must be made through the merge queue"},
		{"another branch", ruled("tier-2", "update"), "bea", old, ""},
		{"evaluated only", ruled("tier-*", "update", "evaluate"), "bea", old, ""},
		{"switched off", ruled("tier-*", "update", "disabled"), "bea", old, ""},
		{"of the future", ruled("tier-*", "unknown"), "bea", old, ""},
		{"two statuses", ruled("tier-*", "status=a", "status=b"), "bea", old, "2 of 2 required status checks are expected."},
		{"several lines", ruled("tier-*", "update", "reviews=1"), "bea", old, "- Cannot update this protected ref.\n\n- Changes must be made through a pull request."},
		{"an administrator is bound by rulesets", ruled("tier-*", "update"), "ada", old, "Cannot update"},
		{"and not by classic rules", classic("tier-1", "reviews=1"), "ada", old, ""},
		{"unless they say so", classic("tier-1", "reviews=1", "admins"), "ada", old, "GH006"},
		{"classic pull request", classic("tier-1", "reviews=1"), "bea", old, "- Changes must be made through a pull request."},
		{"classic restriction", classic("tier-1", "pusher=cid"), "bea", old, "You're not authorized to push to this branch."},
		{"for who may", classic("tier-1", "pusher=bea"), "bea", old, ""},
		{"classic force push", classic("tier-1"), "bea", rewinds, "- Cannot force-push to a protected branch."},
		{"classic deletion", classic("tier-1"), "bea", deletes, "- Cannot delete this protected branch"},
		{"workflow files", quirks("workflow-refused"), "ship[bot]", old, "refusing to allow a GitHub App to create or update workflow"},
		{"workflow files of people", quirks("workflow-refused"), "bea", old, ""},
		{"tags have no rules", ruled("~ALL", "creation"), "bea", func(s *scene) Move { return Move{"refs/tags/v1", noCommit, s.tip("b")} }, ""},
		{"the default branch", ruled("~DEFAULT_BRANCH", "update"), "bea", func(s *scene) Move { return Move{"refs/heads/tier-0", s.tip("tier-0"), s.tip("b")} }, "Cannot update"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.again(t, "tier-1", s.tip("main"))
			c.before(s)
			got := s.forge.Judge(Push{Repository: "app.git", User: c.who, Moves: []Move{c.move(s)}})
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A status that is bound to an App counts from nobody else.
func TestBoundStatus(t *testing.T) {
	s := newScene(t)
	sha := s.commit("b", "b", "x\n")
	s.must(s.forge.Rule("app", Ruleset{Name: "g", Branches: []string{"tier-1"}, Rules: []Rule{
		rule("required_status_checks", statusParameters{Contexts: []Context{{Context: "gate", App: 77}}}),
	}}))
	s.must(s.forge.SetStatus("app", "b", "gate", "success", "bea"))
	if why := s.push("bea", "tier-1", sha); !strings.Contains(why, "is expected") {
		t.Errorf("anybody's green opens it: %q", why)
	}
	s.must(s.forge.SetStatus("app", "b", "gate", "success", "ship[bot]"))
	if why := s.push("bea", "tier-1", sha); why != "" {
		t.Errorf("the App's does not: %q", why)
	}
}

// The head of an approved pull request: whether it may be pushed is not known
// of GitHub, so both are here.
func TestApprovedHead(t *testing.T) {
	s := newScene(t)
	sha := s.commit("b", "b", "x\n")
	s.pull("b", "tier-1")
	ruled("tier-1", "reviews=1")(s)
	quirks("approved-head")(s)
	if why := s.push("cid", "tier-1", sha); why == "" {
		t.Error("nobody has approved it")
	}
	reviewed("cid", "APPROVE")(s)
	s.forge.Mend("approved-head")
	if why := s.push("cid", "tier-1", sha); why == "" {
		t.Error("without the quirk it goes through")
	}
	quirks("approved-head")(s)
	if why := s.push("cid", "tier-1", sha); why != "" {
		t.Errorf("approved: %q", why)
	}
}

// Nobody writes without a right to, over git either.
func TestWho(t *testing.T) {
	s := newScene(t)
	read := s.forge.Issue(Token{Login: "bea", Kind: FineGrained, Lacks: []string{"contents=write"}})
	other := s.forge.Issue(Token{Login: actionsBot, Kind: Install, Repository: "other"})
	ask := func(token string, write bool) (string, int) {
		r, err := newGitRequest(token)
		s.must(err)
		return s.forge.Who(r, write)
	}
	for _, c := range []struct {
		name, token string
		write       bool
		who         string
		status      int
	}{
		{"nobody reads", "", false, "", 0},
		{"nobody writes", "", true, "", 401},
		{"a wrong token", "ghp_x", false, "", 401},
		{"bea writes", s.forge.TokenOf("bea"), true, "bea", 0},
		{"dan reads", s.forge.TokenOf("dan"), false, "dan", 0},
		{"dan writes", s.forge.TokenOf("dan"), true, "dan", 403},
		{"a token that only reads", read, true, "bea", 403},
		{"a token of another repository", other, true, actionsBot, 404},
	} {
		if who, status := ask(c.token, c.write); who != c.who || status != c.status {
			t.Errorf("%s: %q %d, want %q %d", c.name, who, status, c.who, c.status)
		}
	}
	s.must(s.forge.Hide("app"))
	if _, status := ask("", false); status != 401 {
		t.Errorf("nobody reads what is private: %d", status)
	}
}
