package github

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// saying is the body of an error with a message.
func saying(message string) string {
	data, err := json.Marshal(map[string]string{"message": message})
	if err != nil {
		panic(err)
	}
	return string(data)
}

const secondary = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`

// Every shape that the forge answers with, and what it means. The number is the
// row of the table of behaviours; L is the table of the library's traps.
func TestClassify(t *testing.T) {
	for _, c := range []struct {
		row, name string
		status    int
		header    map[string]string
		body      string
		write     bool
		graph     bool

		kind  Kind
		after time.Duration // until RetryAt; 0: it does not pass
		want  func(*Error) bool
	}{
		{row: "L1 16", name: "primary limit by 403", status: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795177800"},
			body: saying("API rate limit exceeded for user ID 1."), kind: Limited, after: 30 * time.Minute},
		{row: "L2 16", name: "primary limit by 429", status: 429, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795177800"},
			body: saying("API rate limit exceeded"), kind: Limited, after: 30 * time.Minute},
		{row: "16", name: "primary limit of a clock that is off", status: 403,
			header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795177800", "Date": "Fri, 20 Nov 2026 12:20:00 GMT"},
			body:   saying("API rate limit exceeded"), kind: Limited, after: 10 * time.Minute},
		{row: "16", name: "primary limit without a reset", status: 403, header: map[string]string{"X-RateLimit-Remaining": "0"},
			body: saying("API rate limit exceeded"), kind: Limited, after: time.Minute},
		{row: "L3 15", name: "secondary limit with link and Retry-After", status: 403, header: map[string]string{"Retry-After": "17"},
			body: secondary, kind: Slowed, after: 17 * time.Second},
		{row: "L4 15", name: "secondary limit without a link", status: 403, header: map[string]string{"Retry-After": "17"},
			body: saying("You have exceeded a secondary rate limit."), kind: Slowed, after: 17 * time.Second},
		{row: "L5 15", name: "secondary limit without Retry-After", status: 403, body: secondary, kind: Slowed, after: time.Minute},
		{row: "L6 15", name: "secondary limit by 429", status: 429, header: map[string]string{"Retry-After": "5"},
			body: saying("You have exceeded a secondary rate limit."), kind: Slowed, after: 5 * time.Second},
		{row: "15", name: "secondary limit with nothing left", status: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795176300"},
			body: secondary, kind: Slowed, after: 5 * time.Minute},
		{row: "15", name: "abuse detection, the old words", status: 403, body: saying("You have triggered an abuse detection mechanism."), kind: Slowed, after: time.Minute},
		{row: "15", name: "403 with Retry-After alone", status: 403, header: map[string]string{"Retry-After": "9"}, body: `{}`, kind: Slowed, after: 9 * time.Second},
		{row: "15", name: "429 alone", status: 429, body: `nothing`, kind: Slowed, after: time.Minute},

		{row: "22", name: "thin token", status: 403, header: map[string]string{"X-Accepted-GitHub-Permissions": "pull_requests=write"},
			body: saying("Resource not accessible by integration"), kind: Forbidden, want: func(e *Error) bool { return e.Permissions == "pull_requests=write" }},
		{row: "22", name: "thin token whose last call it was", status: 403, header: map[string]string{"X-RateLimit-Remaining": "0"},
			body: saying("Resource not accessible by personal access token"), kind: Forbidden},
		{row: "22", name: "hidden", status: 404, body: saying("Not Found"), kind: NotFound},
		{row: "22", name: "no token", status: 401, body: saying("Bad credentials"), kind: Unauthorized},
		{row: "23", name: "single sign-on", status: 403, header: map[string]string{"X-GitHub-SSO": "required; url=https://github.com/orgs/bunko/sso?authorization_request=A1"},
			body: saying("Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization."), kind: SSORequired,
			want: func(e *Error) bool { return e.SSO == "https://github.com/orgs/bunko/sso?authorization_request=A1" }},
		{row: "23", name: "a sign-on that is no https address", status: 403, header: map[string]string{"X-GitHub-SSO": "required; url=javascript:alert(1)"},
			body: saying("Resource protected by organization SAML enforcement."), kind: SSORequired, want: func(e *Error) bool { return e.SSO == "" }},
		{row: "23", name: "a list that leaves out", status: 200, header: map[string]string{"X-GitHub-SSO": "partial-results; organizations=21955855"}, body: `[]`, kind: SSORequired},
		{row: "23", name: "single sign-on over GraphQL", status: 200, graph: true,
			body: `{"data":null,"errors":[{"type":"FORBIDDEN","extensions":{"saml_failure":true},"message":"Resource protected by organization SAML enforcement."}]}`, kind: SSORequired},
		{row: "14", name: "a workflow may not open pull requests", status: 403, body: saying("GitHub Actions is not permitted to create or approve pull requests."), kind: ActionsMayNot},
		{row: "32", name: "the plan has no rules", status: 403, body: saying("Upgrade to GitHub Pro or make this repository public to enable this feature."), kind: NoPlan},
		{row: "12", name: "not protected, says the classic API", status: 404, body: saying("Branch not protected"), kind: NotProtected},
		{row: "24", name: "base address without api/v3", status: 406, body: `{}`, kind: WrongAddress},
		{row: "24", name: "a web page that is not there", status: 404, header: map[string]string{"Content-Type": "text/html"}, body: "<html>", kind: WrongAddress},
		{row: "17", name: "502 with a page", status: 502, header: map[string]string{"Content-Type": "text/html; charset=utf-8"}, body: "<html>Unicorn!", kind: Unavailable, after: time.Second,
			want: func(e *Error) bool { return !e.Uncertain && e.Text == "" }},
		{row: "17", name: "504 of a change", status: 504, body: "", write: true, kind: Unavailable, after: time.Second, want: func(e *Error) bool { return e.Uncertain }},
		{row: "17", name: "503 that asks to wait", status: 503, header: map[string]string{"Retry-After": "30"}, body: saying("Service Unavailable"), kind: Unavailable, after: 30 * time.Second},

		{row: "2", name: "not mergeable", status: 405, body: saying("Pull Request is not mergeable"), kind: NotMergeable, after: time.Second},
		{row: "2 3", name: "base moved", status: 405, body: saying("Base branch was modified. Review and try the merge again."), kind: BaseMoved, after: time.Second},
		{row: "2", name: "a check is expected", status: 405, body: saying(`Required status check "ci" is expected.`), kind: Blocked},
		{row: "2", name: "a check is in progress", status: 405, body: saying(`Required status check "ci" is in progress.`), kind: Blocked},
		{row: "2", name: "several checks", status: 405, body: saying("3 of 5 required status checks are expected."), kind: Blocked},
		{row: "2", name: "a review", status: 405, body: saying("At least 1 approving review is required by reviewers with write access."), kind: Blocked},
		{row: "2", name: "two reviews", status: 405, body: saying("At least 2 approving reviews are required by reviewers with write access."), kind: Blocked},
		{row: "2", name: "a draft", status: 405, body: saying("Pull Request is still a draft"), kind: Draft},
		{row: "2", name: "merge commits are off", status: 405, body: saying("Merge commits are not allowed on this repository."), kind: MethodRefused},
		{row: "2", name: "squash is off", status: 405, body: saying("Squash merges are not allowed on this repository."), kind: MethodRefused},
		{row: "2", name: "words nobody knows", status: 405, body: saying("The moon is in the way."), kind: Invalid, want: func(e *Error) bool { return e.Text == "The moon is in the way." }},
		{row: "4", name: "head moved", status: 409, body: saying("Head branch was modified. Review and try the merge again."), kind: HeadMoved},
		{row: "4", name: "another conflict", status: 409, body: saying("Merge conflict"), kind: Conflict},
		{row: "5", name: "nothing to promote", status: 422, kind: NothingToMerge,
			body: `{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"No commits between tier-0 and feature"}]}`},
		{row: "6", name: "it exists", status: 422, kind: PullExists,
			body: `{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"A pull request already exists for bunko:feature."}]}`},
		{row: "8", name: "no head", status: 422, body: `{"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"head","code":"invalid"}]}`, kind: NoBranch},
		{row: "8", name: "no base", status: 422, body: `{"message":"Validation Failed","errors":["Proposed base branch 'tier-9' was not found"]}`, kind: NoBranch},
		{row: "8", name: "no ref", status: 422, body: saying("Reference does not exist"), kind: NoBranch},
		{row: "10", name: "lost race", status: 422, body: saying("Update is not a fast forward"), kind: NotFastForward},
		{row: "10", name: "lost race for a new ref", status: 422, body: saying("Reference already exists"), kind: NotFastForward},
		{row: "10 11", name: "rules refuse a ref", status: 422, body: `{"message":"Repository rule violations found\n\nChanges must be made through a pull request.\n"}`, kind: RulesRefuse},
		{row: "20", name: "queue", status: 405, body: saying("Changes must be made through the merge queue"), kind: QueueRequired},
		{row: "21", name: "another head than expected", status: 422, body: saying("expected head sha didn’t match current head ref."), kind: HeadMoved},
		{row: "27", name: "own pull request", status: 422, body: `{"message":"Unprocessable Entity","errors":["Can not approve your own pull request"]}`, kind: OwnPull},
		{row: "30", name: "too long", status: 422, body: `{"message":"Validation Failed","errors":[{"resource":"Status","code":"custom","field":"description","message":"description is too long (maximum is 140 characters)"}]}`,
			kind: Invalid, want: func(e *Error) bool { return strings.Contains(e.Text, "too long") }},

		{row: "19", name: "clean", status: 200, graph: true, body: `{"data":{"enablePullRequestAutoMerge":null},"errors":[{"type":"UNPROCESSABLE","message":"Pull request Pull request is in clean status"}]}`, kind: AlreadyClean},
		{row: "19", name: "no rules", status: 200, graph: true, body: `{"errors":[{"message":"Pull request Protected branch rules not configured for this branch"}]}`, kind: NoAutoMerge},
		{row: "19", name: "switched off", status: 200, graph: true, body: `{"errors":[{"message":"Pull request Auto merge is not allowed for this repository"}]}`, kind: NoAutoMerge},
		{row: "19", name: "not there", status: 200, graph: true, body: `{"errors":[{"type":"NOT_FOUND","message":"Could not resolve to a node"}]}`, kind: NotFound},
		{row: "19", name: "no right", status: 200, graph: true, body: `{"errors":[{"type":"FORBIDDEN","message":"x does not have the correct permissions"}]}`, kind: Forbidden},
		{row: "19", name: "limit over GraphQL", status: 200, graph: true, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795176600"},
			body: `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`, kind: Limited, after: 10 * time.Minute},
		{row: "19", name: "e-mail", status: 200, graph: true, body: `{"errors":[{"message":"You must verify your email"}]}`, kind: Invalid},
	} {
		t.Run(c.row+" "+c.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Content-Type", "application/json; charset=utf-8")
			for k, v := range c.header {
				h.Set(k, v)
			}
			e := classify(answer{status: c.status, header: h, body: []byte(c.body), write: c.write, graph: c.graph, now: noon})
			if e == nil {
				t.Fatal("a success")
			}
			if e.Kind != c.kind {
				t.Errorf("kind %q, want %q", e.Kind, c.kind)
			}
			switch {
			case c.after == 0 && e.Passing():
				t.Errorf("it passes at %s", e.RetryAt)
			case c.after != 0 && !e.RetryAt.Equal(noon.Add(c.after)):
				t.Errorf("again after %s, want %s", e.RetryAt.Sub(noon), c.after)
			}
			if c.want != nil && !c.want(e) {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestClassifyLeavesSuccessAlone(t *testing.T) {
	for _, a := range []answer{
		{status: 200, header: http.Header{}, body: []byte(`{"message":"Pull Request successfully merged"}`)},
		{status: 201, header: http.Header{}},
		{status: 204, header: http.Header{}},
		{status: 202, header: http.Header{}, body: []byte(`{"message":"Updating pull request branch."}`)},
		{status: 200, header: http.Header{}, graph: true, body: []byte(`{"data":{}}`)},
		{status: 200, header: http.Header{}, graph: true, body: []byte(`{"data":{},"errors":[]}`)},
	} {
		if e := classify(a); e != nil {
			t.Errorf("%d %s: %v", a.status, a.body, e)
		}
	}
}

// Whatever a server says: a kind, clean words, and no wait beyond a day.
func FuzzClassify(f *testing.F) {
	f.Add(403, "Retry-After", "17", secondary, false)
	f.Add(405, "X", "", saying("Base branch was modified."), true)
	f.Add(200, "X-RateLimit-Reset", "99999999999999", `{"errors":[{"type":"RATE_LIMITED"}]}`, true)
	f.Add(422, "X-GitHub-SSO", "required; url=https://a\x1b]8;;", "{\"message\":\"\\u001b[31m\"}", false)
	f.Add(429, "X-RateLimit-Remaining", "0", `[]`, false)
	f.Fuzz(func(t *testing.T, status int, name, value, body string, graph bool) {
		h := http.Header{}
		h.Set(name, value)
		e := classify(answer{status: status, header: h, body: []byte(body), graph: graph, now: noon})
		if e == nil {
			if status/100 != 2 {
				t.Fatalf("%d counts as a success", status)
			}
			return
		}
		if e.Kind == "" {
			t.Fatal("no kind")
		}
		if strings.ContainsFunc(e.Error(), func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }) {
			t.Fatalf("control characters: %q", e.Error())
		}
		if e.Passing() && (e.RetryAt.Before(noon) || e.RetryAt.After(noon.Add(longestAsk))) {
			t.Fatalf("again after %s", e.RetryAt.Sub(noon))
		}
	})
}
