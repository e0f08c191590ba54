package forge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Everything is asked once, so that all of its shape has been held against
// GitHub's description.
func TestShapes(t *testing.T) {
	s := newScene(t)
	number, sha := s.feature("add/b")
	s.must(s.forge.SetCheck("app", sha, "test", "success"))
	s.must(s.forge.SetCheck("app", sha, "lint", "pending"))
	s.must(s.forge.Rule("app", Ruleset{Name: "gate", Branches: []string{"tier-*"}, Rules: []Rule{
		RequireStatuses("shopctl/gate/tier-1"), RequirePull(1), {Type: "non_fast_forward"}, {Type: "update"}, {Type: "deletion"}, rule("merge_queue", queueParameters),
	}, Bypass: []Bypass{{Kind: "Integration", ID: 77}}}))
	s.must(s.forge.Protect("app", "main", Classic{Contexts: []Context{{Context: "test"}}, Reviews: 1, Restricted: true, Pushers: []string{"bea", "ship[bot]"}}))
	pulls := fmt.Sprintf("/pulls/%d", number)
	issues := fmt.Sprintf("/issues/%d", number)
	for _, c := range []struct {
		who, method, path string
		body              any
		status            int
	}{
		{"ada", "GET", "api/v3/user", nil, 200},
		{"", "GET", "api/v3/user", nil, 401},
		{"ada", "GET", "api/v3/users/bea", nil, 200},
		{"ada", "GET", "api/v3/users/nobody", nil, 404},
		{"ada", "GET", "api/v3/rate_limit", nil, 200},
		{"ada", "GET", "", nil, 200},
		{"", "GET", "", nil, 200},
		{"ada", "GET", "/collaborators/cid/permission", nil, 200},
		{"ada", "GET", "/pulls?state=all&head=acme:add/b&base=tier-0", nil, 200},
		{"ada", "GET", pulls, nil, 200},
		{"cid", "POST", issues + "/labels", object{"labels": []string{"promotion"}}, 200},
		{"bea", "PATCH", pulls, object{"title": "Another", "body": "More"}, 200},
		{"bea", "POST", pulls + "/requested_reviewers", object{"reviewers": []string{"cid"}}, 201},
		{"cid", "POST", pulls + "/reviews", object{"event": "APPROVE"}, 200},
		{"ada", "GET", pulls + "/reviews", nil, 200},
		{"cid", "POST", issues + "/comments", object{"body": "Good"}, 201},
		{"ada", "GET", issues + "/comments", nil, 200},
		{"ship[bot]", "POST", "/statuses/" + sha, object{"state": "pending", "context": "shopctl/gate/tier-1", "description": "soak"}, 201},
		{"ada", "GET", "/commits/" + sha, nil, 200},
		{"ada", "GET", "/commits/heads/add/b", nil, 200},
		{"ada", "GET", "/commits/" + sha + "/status", nil, 200},
		{"ada", "GET", "/commits/heads/add/b/status", nil, 200},
		{"ada", "GET", "/commits/" + sha + "/statuses", nil, 200},
		{"ada", "GET", "/commits/" + sha + "/check-runs", nil, 200},
		{"ada", "GET", "/commits/" + sha + "/pulls", nil, 200},
		{"ada", "GET", "/compare/tier-1...acme:add%2Fb", nil, 200},
		{"ada", "GET", "/branches/main", nil, 200},
		{"ada", "GET", "/branches/add%2Fb", nil, 200},
		{"ada", "GET", "/branches/main/protection", nil, 200},
		{"ada", "GET", "/rules/branches/tier-1", nil, 200},
		{"ada", "GET", "/rules/branches/add/b", nil, 200},
		{"ada", "GET", "/rulesets", nil, 200},
		{"ada", "GET", "/git/ref/heads/add/b", nil, 200},
		{"ada", "GET", "/git/matching-refs/heads/tier-", nil, 200},
		{"bea", "POST", "/git/refs", object{"ref": "refs/heads/shopctl/tier-1/1", "sha": sha}, 201},
		{"bea", "PATCH", "/git/refs/heads/shopctl/tier-1/1", object{"sha": s.commit("add/b", "c", "c")}, 200},
		{"bea", "DELETE", "/git/refs/heads/shopctl/tier-1/1", nil, 204},
	} {
		if a := s.ask(c.who, c.method, c.path, c.body); a.status != c.status {
			t.Errorf("%s %s as %q: %d, want %d\n%s", c.method, c.path, c.who, a.status, c.status, a.body)
		}
	}
	rulesets := s.ask("ada", "GET", "/rulesets", nil)
	if a := s.ask("ada", "GET", fmt.Sprintf("/rulesets/%.0f", rulesets.at("0.id")), nil); a.status != 200 || a.at("bypass_actors.0.actor_id") != 77.0 {
		t.Errorf("ruleset: %d %s", a.status, a.body)
	}
	if a := s.ask("bea", "GET", fmt.Sprintf("/rulesets/%.0f", rulesets.at("0.id")), nil); a.at("bypass_actors") != nil {
		t.Errorf("who may not write a ruleset sees who goes round it: %s", a.body)
	}
	s.must(s.forge.Unprotect("app"))
	s.commit("tier-0", "d", "d\n")
	if a := s.ask("bea", "PUT", pulls+"/update-branch", object{}); a.status != 202 {
		t.Errorf("update-branch: %d %s", a.status, a.body)
	}
	if a := s.ask("bea", "PUT", pulls+"/merge", object{"sha": s.tip("add/b"), "merge_method": "squash"}); a.status != 200 {
		t.Errorf("merge: %d %s", a.status, a.body)
	}
	for _, want := range operations() {
		if !passed[want] {
			t.Errorf("no answer to %q was held against GitHub's description", want)
		}
	}
}

// The checks that hold answers against the description are not asleep: each of
// these mistakes is one that a stand-in makes.
func TestShapeMistakesAreCaught(t *testing.T) {
	for name, c := range map[string]struct{ path, old, new, want string }{
		"a field is missing":       {"/pulls/1", `"mergeable_state"`, `"mergeable_status"`, "mergeable_state"},
		"a null where none may be": {"/pulls/1", `"state":"open"`, `"state":null`, "state"},
		"a number for a text":      {"/git/ref/heads/main", `"ref":"refs/heads/main"`, `"ref":7`, "ref"},
		"a word of no list":        {"/commits/heads/main/check-runs", `"status":"completed"`, `"status":"done"`, "status"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.feature("b")
			s.must(s.forge.SetCheck("app", "main", "test", "success"))
			s.mistake(func(body string) (int, string) { return 200, strings.Replace(body, c.old, c.new, 1) })
			caught := s.reports()
			s.ask("ada", "GET", c.path, nil)
			if len(*caught) != 1 || !strings.Contains((*caught)[0], c.want) {
				t.Errorf("not caught: %q", *caught)
			}
		})
	}
	t.Run("a status of no list", func(t *testing.T) {
		s := newScene(t)
		s.mistake(func(body string) (int, string) { return 201, body })
		caught := s.reports()
		s.ask("ada", "GET", "/pulls", nil)
		if len(*caught) != 1 {
			t.Errorf("not caught: %q", *caught)
		}
	})
	t.Run("a refusal without a message", func(t *testing.T) {
		s := newScene(t)
		s.mistake(func(string) (int, string) { return 422, `{"error":"no"}` })
		caught := s.reports()
		s.ask("ada", "GET", "/pulls", nil)
		if len(*caught) != 1 {
			t.Errorf("not caught: %q", *caught)
		}
	})
	t.Run("a route that the description does not have", func(t *testing.T) {
		s := newScene(t)
		s.mistake(func(string) (int, string) { return 200, `{}` })
		caught := s.reports()
		s.ask("ada", "GET", "/forks/of/it", nil)
		if len(*caught) != 1 || !strings.Contains((*caught)[0], "no route") {
			t.Errorf("not caught: %q", *caught)
		}
	})
	t.Run("a request that GitHub does not take", func(t *testing.T) {
		s := newScene(t)
		caught := s.reports()
		s.feature("b")
		s.ask("bea", "PATCH", "/pulls/1", object{"state": "open", "maintainer_can_modify": "perhaps"})
		if len(*caught) != 1 || !strings.Contains((*caught)[0], "the request") {
			t.Errorf("not caught: %q", *caught)
		}
	})
}

// Slashes in names reach the same place raw and escaped.
func TestRoutes(t *testing.T) {
	s := newScene(t)
	sha := s.commit("a/b", "f", "f\n")
	for _, c := range []struct{ path, want string }{
		{"/commits/" + sha + "/pulls", "commits/{commit_sha}/pulls"},
		{"/commits/heads/a/b/status", "commits/{ref:.+}/status"},
		{"/commits/" + sha + "/status", "commits/{ref:.+}/status"},
		{"/commits/" + sha + "/check-runs", "commits/{ref:.+}/check-runs"},
		{"/commits/heads/a/b", "commits/{ref:(?:heads|tags)/.+|[^/]+}"},
		{"/commits/" + sha, "commits/{ref:(?:heads|tags)/.+|[^/]+}"},
		{"/branches/a%2Fb", "branches/{branch:.+}"},
		{"/branches/a/b", "branches/{branch:.+}"},
		{"/compare/main...a%2Fb", "compare/{basehead:.+}"},
		{"/compare/main...a/b", "compare/{basehead:.+}"},
		{"/rules/branches/a/b", "rules/branches/{branch:.+}"},
		{"/rules/branches/a%2Fb", "rules/branches/{branch:.+}"},
		{"/git/ref/heads/a/b", "git/ref/{ref:.+}"},
		{"/git/ref/heads%2Fa%2Fb", "git/ref/{ref:.+}"},
	} {
		clear(passed)
		if a := s.ask("ada", "GET", c.path, nil); a.status != 200 {
			t.Errorf("GET %s: %d %s", c.path, a.status, a.body)
		}
		var got []string
		for p := range passed {
			got = append(got, strings.TrimPrefix(p, "GET /repos/{owner}/{repo}/"))
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("GET %s is %q, want %q", c.path, got, c.want)
		}
	}
}
