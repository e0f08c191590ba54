package forge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// exchange is one request and what comes back, by the number of the behaviour
// in the table that shopctl's adapter is built for.
type exchange struct {
	row    int
	name   string
	before func(*scene)
	who    string
	ask    string // METHOD path
	body   any
	status int
	text   string               // in the body
	after  func(*scene, answer) // the state
}

func quirks(names ...string) func(*scene) {
	return func(s *scene) {
		for _, name := range names {
			s.must(s.forge.Break(Quirk{Name: name}))
		}
	}
}

// pulled is a scene with pull request 1 from b into tier-0, and more.
func pulled(more ...func(*scene)) func(*scene) {
	return func(s *scene) {
		s.feature("b")
		for _, m := range more {
			m(s)
		}
	}
}

func ruled(pattern string, words ...string) func(*scene) {
	return func(s *scene) {
		r, err := ParseRuleset(pattern, words)
		s.must(err)
		r.Name = pattern + strings.Join(words, " ")
		s.must(s.forge.Rule("app", r))
	}
}

func classic(branch string, words ...string) func(*scene) {
	return func(s *scene) {
		c, err := ParseClassic(words)
		s.must(err)
		s.must(s.forge.Protect("app", branch, c))
	}
}

func checked(name, state string) func(*scene) {
	return func(s *scene) { s.must(s.forge.SetCheck("app", "b", name, state)) }
}

func settings(c Settings) func(*scene) {
	return func(s *scene) { s.must(s.forge.Set("app", c)) }
}

const mergeOne = "PUT /pulls/1/merge"

func contract() []exchange {
	open := func(head, base string) object { return object{"title": "T", "head": head, "base": base} }
	green := object{"state": "success", "context": "shopctl/gate/tier-1"}
	return []exchange{
		{2, "conflict", pulled(func(s *scene) { s.commit("tier-0", "b", "other\n") }), "bea", mergeOne, object{}, 405, notMerges, unmerged},
		{2, "closed", pulled(func(s *scene) { s.ask("bea", "PATCH", "/pulls/1", object{"state": "closed"}) }), "bea", mergeOne, object{}, 405, notMerges, unmerged},
		{2, "check expected", pulled(classic("tier-0", "status=ci")), "bea", mergeOne, object{}, 405, `Required status check \"ci\" is expected.`, unmerged},
		{2, "check runs", pulled(classic("tier-0", "status=ci"), checked("ci", "pending")), "bea", mergeOne, object{}, 405, `Required status check \"ci\" is in progress.`, unmerged},
		{2, "check failed", pulled(classic("tier-0", "status=ci"), checked("ci", "failure")), "bea", mergeOne, object{}, 405, `Required status check \"ci\" is failing.`, unmerged},
		{2, "checks expected", pulled(classic("tier-0", "status=ci", "status=lint", "status=e2e"), checked("e2e", "success")), "bea", mergeOne, object{}, 405, "2 of 3 required status checks are expected.", unmerged},
		{2, "review wanted", pulled(classic("tier-0", "reviews=1")), "bea", mergeOne, object{}, 405, "At least 1 approving review is required by reviewers with write access.", unmerged},
		{2, "a reader's review is none", pulled(classic("tier-0", "reviews=1"), reviewed("dan", "APPROVE")), "bea", mergeOne, object{}, 405, "At least 1 approving review", unmerged},
		{2, "a ruleset's review", pulled(ruled("tier-0", "reviews=2")), "bea", mergeOne, object{}, 405, "Repository rule violations found", unmerged},
		{2, "draft", func(s *scene) {
			s.commit("b", "b", "x")
			s.ask("bea", "POST", "/pulls", object{"title": "T", "head": "b", "base": "tier-0", "draft": true})
		}, "bea", mergeOne, object{}, 405, "Pull Request is still a draft", unmerged},
		{2, "no merge commits", pulled(settings(Settings{NoMergeCommit: true})), "bea", mergeOne, object{}, 405, "Merge commits are not allowed on this repository.", unmerged},
		{2, "no squash", pulled(settings(Settings{NoSquash: true})), "bea", mergeOne, object{"merge_method": "squash"}, 405, "Squash merges are not allowed on this repository.", unmerged},
		{2, "strict and behind", pulled(classic("tier-0", "strict", "status=ci"), checked("ci", "success"), func(s *scene) { s.commit("tier-0", "z", "z") }), "bea", mergeOne, object{}, 405, "must not be behind", unmerged},
		{2, "merges", pulled(classic("tier-0", "reviews=1", "status=ci"), checked("ci", "neutral"), reviewed("cid", "APPROVE")), "bea", mergeOne, object{}, 200, "successfully merged", merged},
		{3, "base moved", pulled(quirks("base-moved")), "bea", mergeOne, object{}, 405, baseMoved, unmerged},
		{4, "head moved", pulled(), "bea", mergeOne, object{"sha": strings.Repeat("1", 40)}, 409, headMoved, unmerged},
		{5, "nothing to promote", nil, "bea", "POST /pulls", open("tier-0", "tier-1"), 422, "No commits between tier-1 and tier-0", nil},
		{6, "exists", pulled(), "bea", "POST /pulls", open("b", "tier-0"), 422, "A pull request already exists for acme:b.", nil},
		{7, "head without an owner is ignored", pulled(func(s *scene) { s.feature("c") }), "bea", "GET /pulls?head=b", nil, 200, "", listed(2)},
		{7, "head with its owner", pulled(func(s *scene) { s.feature("c") }), "bea", "GET /pulls?head=acme:b", nil, 200, "", listed(1)},
		{8, "no head", nil, "bea", "POST /pulls", open("gone", "tier-0"), 422, `"field":"head"`, nil},
		{8, "no base", pulled(), "bea", "POST /pulls", open("b", "gone"), 422, "Proposed base branch 'gone' was not found", nil},
		{8, "ref to move", nil, "bea", "PATCH /git/refs/heads/gone", object{"sha": strings.Repeat("1", 40)}, 422, "Reference does not exist", nil},
		{8, "ref to read", nil, "bea", "GET /git/ref/heads/gone", nil, 404, "Not Found", nil},
		{10, "ref exists", nil, "bea", "POST /git/refs", object{"ref": "refs/heads/tier-1", "sha": strings.Repeat("1", 40)}, 422, "Reference already exists", nil},
		{10, "unknown commit", nil, "bea", "POST /git/refs", object{"ref": "refs/heads/n", "sha": strings.Repeat("1", 40)}, 422, "Object does not exist", nil},
		{11, "ref by REST against a rule", ruledFeature("tier-1", "reviews=1"), "bea", "PATCH /git/refs/heads/tier-1", lastSHA, 422, `Repository rule violations found\n\nChanges must be made through a pull request.`, unmoved("tier-1")},
		{11, "ref by REST against a classic rule", func(s *scene) { s.commit("b", "b", "x"); classic("tier-1", "restricted")(s) }, "bea", "PATCH /git/refs/heads/tier-1", lastSHA, 422, "You're not authorized to push to this branch.", unmoved("tier-1")},
		{11, "the gate holds for REST as well", ruledFeature("tier-1", "status=shopctl/gate/tier-1"), "ada", "PATCH /git/refs/heads/tier-1", lastSHA, 422, `Required status check \"shopctl/gate/tier-1\" is expected.`, unmoved("tier-1")},
		{12, "the classic API is blind to rulesets", ruled("tier-1", "status=ci"), "ada", "GET /branches/tier-1/protection", nil, 404, "Branch not protected", nil},
		{12, "and for administrators", classic("tier-1", "status=ci"), "bea", "GET /branches/tier-1/protection", nil, 404, "Not Found", nil},
		{12, "rules of branches are for everybody", ruled("tier-1", "status=ci"), "dan", "GET /rules/branches/tier-1", nil, 200, `"context":"ci"`, listed(1)},
		{12, "what is not enforced is not listed", ruled("tier-1", "status=ci", "evaluate"), "dan", "GET /rules/branches/tier-1", nil, 200, "", listed(0)},
		{12, "classic rules are not among them", classic("tier-1", "status=ci"), "dan", "GET /rules/branches/tier-1", nil, 200, "", listed(0)},
		{13, "nothing reported is pending", nil, "ada", "GET /commits/tier-0/status", nil, 200, `"state":"pending"`, nil},
		{13, "runs are no statuses", pulled(checked("ci", "success")), "ada", "GET /commits/b/status", nil, 200, `"total_count":0`, nil},
		{14, "Actions may not open pull requests", func(s *scene) { s.commit("b", "b", "x"); quirks("no-actions-pulls")(s) }, actionsBot, "POST /pulls", open("b", "tier-0"), 403, "GitHub Actions is not permitted to create or approve pull requests.", nil},
		{14, "nor approve them", pulled(quirks("no-actions-pulls")), actionsBot, "POST /pulls/1/reviews", object{"event": "APPROVE"}, 403, "not permitted", nil},
		{15, "secondary limit", quirks("secondary-limit"), "ada", "GET ", nil, 403, "You have exceeded a secondary rate limit", header("Retry-After", "60")},
		{15, "as 429, untimed, undocumented", quirks("secondary-limit", "limits-429", "limits-untimed", "limits-undocumented"), "ada", "GET ", nil, 429, "secondary rate limit", header("Retry-After", "")},
		{16, "primary limit", quirks("primary-limit"), "ada", "GET ", nil, 403, "API rate limit exceeded", header("X-RateLimit-Remaining", "0")},
		{16, "as 429", quirks("primary-limit", "limits-429"), "ada", "GET ", nil, 429, "API rate limit exceeded", header("X-RateLimit-Remaining", "0")},
		{17, "bad gateway", quirks("bad-gateway"), "ada", "GET ", nil, 502, "<html>", nil},
		{17, "down", quirks("down"), "ada", "GET ", nil, 503, "<html>", nil},
		{18, "squash makes another commit", pulled(), "bea", mergeOne, object{"merge_method": "squash"}, 200, "", apart},
		{18, "so does rebase", pulled(), "bea", mergeOne, object{"merge_method": "rebase"}, 200, "", apart},
		{20, "merge queue", pulled(ruled("tier-0", "queue")), "bea", mergeOne, object{}, 405, "Changes must be made through the merge queue", unmerged},
		{21, "wrong head", pulled(func(s *scene) { s.commit("tier-0", "z", "z") }), "bea", "PUT /pulls/1/update-branch", object{"expected_head_sha": strings.Repeat("1", 40)}, 422, "expected head sha didn’t match current head ref.", nil},
		{21, "accepted", pulled(func(s *scene) { s.commit("tier-0", "z", "z") }), "bea", "PUT /pulls/1/update-branch", object{}, 202, "", nullAgain},
		{22, "hidden", quirks("hidden"), "ada", "GET ", nil, 404, "Not Found", nil},
		{22, "private", func(s *scene) { s.must(s.forge.Hide("app")) }, "eve", "GET ", nil, 404, "Not Found", nil},
		{22, "thin token", thin("ship[bot]", Install, "statuses=write"), "thin", "POST /statuses/" + strings.Repeat("1", 40), green, 403, "Resource not accessible by integration", header("X-Accepted-GitHub-Permissions", "statuses=write")},
		{22, "fine-grained tokens have no checks", thin("bea", FineGrained), "thin", "GET /commits/tier-0/check-runs", nil, 403, "Resource not accessible by personal access token", header("X-Accepted-GitHub-Permissions", "checks=read")},
		{22, "one repository", func(s *scene) { s.token = s.forge.Issue(Token{Login: actionsBot, Kind: Install, Repository: "other"}) }, "thin", "GET ", nil, 404, "Not Found", nil},
		{22, "no token writes nothing", pulled(), "", "POST /issues/1/comments", object{"body": "x"}, 401, "Requires authentication", nil},
		{22, "a wrong token", func(s *scene) { s.token = "ghp_wrong" }, "thin", "GET ", nil, 401, "Bad credentials", nil},
		{22, "an App has no user", nil, "ship[bot]", "GET api/v3/user", nil, 403, "Resource not accessible by integration", nil},
		{23, "SAML", quirks("saml"), "ada", "GET ", nil, 403, "Resource protected by organization SAML enforcement.", func(s *scene, a answer) {
			if h := a.header.Get("X-GitHub-SSO"); !strings.HasPrefix(h, "required; url=http") {
				s.t.Errorf("X-GitHub-SSO: %q", h)
			}
		}},
		{24, "a wrong base", quirks("ghes"), "ada", "GET repos/acme/app", nil, 406, "", nil},
		{24, "no limits", quirks("ghes"), "ada", "GET api/v3/rate_limit", nil, 404, "Rate limiting is not enabled.", header("X-RateLimit-Limit", "")},
		{24, "without it the root answers too", nil, "ada", "GET repos/acme/app", nil, 200, "", nil},
		{27, "self-approval", pulled(), "bea", "POST /pulls/1/reviews", object{"event": "APPROVE"}, 422, "Can not approve your own pull request", nil},
		{27, "one's own change request", pulled(), "bea", "POST /pulls/1/reviews", object{"event": "REQUEST_CHANGES", "body": "x"}, 422, "Can not request changes on your own pull request", nil},
		{30, "too long", pulled(), "bea", "POST /statuses/{b}", object{"state": "pending", "description": strings.Repeat("値", 141)}, 422, "description is too long (maximum is 140 characters)", nil},
		{30, "long enough", pulled(), "bea", "POST /statuses/{b}", object{"state": "pending", "description": strings.Repeat("値", 140)}, 201, "", nil},
		{30, "no such state", pulled(), "bea", "POST /statuses/{b}", object{"state": "neutral"}, 422, "state is not included in the list", nil},
		{30, "no such commit", nil, "bea", "POST /statuses/" + strings.Repeat("1", 40), object{"state": "success"}, 422, "No commit found for SHA", nil},
		{31, "renamed", func(s *scene) { s.must(s.forge.Rename("app", "store")) }, "ada", "GET /pulls?state=all", nil, 301, "Moved Permanently", moves},
		{31, "renamed, for writes", func(s *scene) { s.must(s.forge.Rename("app", "store")) }, "ada", "POST /git/refs", object{"ref": "refs/heads/x", "sha": strings.Repeat("1", 40)}, 307, "", moves},
		{32, "no protection in this plan", quirks("free-plan"), "ada", "GET /rules/branches/tier-1", nil, 403, upgrade, nil},
		{32, "nor the classic one", quirks("free-plan"), "ada", "GET /branches/tier-1/protection", nil, 403, upgrade, nil},
	}
}

func TestContract(t *testing.T) {
	for _, e := range contract() {
		t.Run(fmt.Sprintf("row %d %s", e.row, e.name), func(t *testing.T) {
			s := newScene(t)
			if e.before != nil {
				e.before(s)
			}
			body := e.body
			if f, is := body.(func(*scene) object); is {
				body = f(s)
			}
			method, path, _ := strings.Cut(strings.ReplaceAll(e.ask, "{b}", s.tip("b")), " ")
			a := s.ask(e.who, method, path, body)
			if a.status != e.status || !strings.Contains(a.body, e.text) {
				t.Errorf("%s as %q: %d, want %d with %q\n%.600s", e.ask, e.who, a.status, e.status, e.text, a.body)
			}
			if e.after != nil {
				e.after(s, a)
			}
		})
	}
}

// Every behaviour of the table has a test here: in the contract, or one of its
// own that is named for its row.
func TestEveryRow(t *testing.T) {
	own := map[int]string{
		1: "TestMergeabilityComesLate", 9: "TestReadsLag", 19: "TestAutoMerge", 25: "TestTruncation", 26: "TestETags", 28: "TestMergedByPush", 29: "TestHeadsAreDeleted",
	}
	rows := contract()
	for row := 1; row <= 32; row++ {
		if own[row] == "" && !slices.ContainsFunc(rows, func(e exchange) bool { return e.row == row }) {
			t.Errorf("row %d has no test", row)
		}
	}
}

func unmerged(s *scene, _ answer) {
	s.t.Helper()
	if a := s.ask("ada", "GET", "/pulls/1", nil); a.at("merged") != false {
		s.t.Errorf("it is merged: %s", a.body)
	}
}

func merged(s *scene, _ answer) {
	s.t.Helper()
	a := s.ask("ada", "GET", "/pulls/1", nil)
	if a.at("merged") != true || a.at("merge_commit_sha") != s.tip("tier-0") || a.at("state") != "closed" {
		s.t.Errorf("it is not merged: %s", a.body)
	}
	if !slices.Contains(s.moved, "refs/heads/tier-0") {
		s.t.Errorf("nobody was told: %q", s.moved)
	}
}

// apart: what was merged is not behind what came of it.
func apart(s *scene, _ answer) {
	s.t.Helper()
	r, err := s.forge.find("app")
	s.must(err)
	if r.contains(s.tip("tier-0"), s.tip("b")) {
		s.t.Error("the head is an ancestor of the base")
	}
}

func listed(n int) func(*scene, answer) {
	return func(s *scene, a answer) {
		s.t.Helper()
		if a.count() != n {
			s.t.Errorf("%d listed, want %d: %.300s", a.count(), n, a.body)
		}
	}
}

func header(name, want string) func(*scene, answer) {
	return func(s *scene, a answer) {
		s.t.Helper()
		if got := a.header.Get(name); got != want {
			s.t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func reviewed(login, event string) func(*scene) {
	return func(s *scene) { s.ask(login, "POST", "/pulls/1/reviews", object{"event": event}) }
}

func ruledFeature(pattern string, words ...string) func(*scene) {
	return func(s *scene) {
		s.commit("b", "b", "x\n")
		ruled(pattern, words...)(s)
	}
}

func lastSHA(s *scene) object { return object{"sha": s.tip("b")} }

func unmoved(branch string) func(*scene, answer) {
	return func(s *scene, _ answer) {
		s.t.Helper()
		if s.tip(branch) != s.tip("main") {
			s.t.Errorf("%s has moved", branch)
		}
	}
}

func nullAgain(s *scene, _ answer) {
	s.t.Helper()
	if a := s.ask("ada", "GET", "/pulls/1", nil); a.at("mergeable") != nil || a.at("head.sha") != s.tip("b") {
		s.t.Errorf("after update-branch: %s", a.body)
	}
}

func thin(login string, kind Kind, lacks ...string) func(*scene) {
	return func(s *scene) { s.token = s.forge.Issue(Token{Login: login, Kind: kind, Lacks: lacks}) }
}

// moves: following leads to the repository, whatever it is called.
func moves(s *scene, a answer) {
	s.t.Helper()
	to := strings.TrimPrefix(a.header.Get("Location"), s.url+"/")
	if got := s.ask("ada", http.MethodGet, strings.Replace(to, "/git/refs", "", 1), nil); got.status != 200 {
		s.t.Errorf("%q leads to %d %s", to, got.status, got.body)
	}
	if got := s.ask("ada", "GET", "api/v3/repos/acme/store", nil); got.at("full_name") != "acme/store" {
		s.t.Errorf("the new name: %s", got.body)
	}
}
