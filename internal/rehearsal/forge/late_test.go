package forge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func (s *scene) state(number int) string {
	s.t.Helper()
	a := s.ask("ada", "GET", fmt.Sprintf("/pulls/%d", number), nil)
	return fmt.Sprint(a.at("mergeable"), " ", a.at("mergeable_state"), " ", a.at("merged"))
}

func (s *scene) states(number int, want ...string) {
	s.t.Helper()
	for i, w := range want {
		if got := s.state(number); got != w {
			s.t.Errorf("read %d: %q, want %q", i+1, got, w)
		}
	}
}

const unknown = "<nil> unknown false"

func TestMergeabilityComesLate(t *testing.T) {
	s := newScene(t)
	s.feature("b")
	if a := s.ask("ada", "GET", "/pulls", nil); strings.Contains(a.body, "mergeable") {
		t.Errorf("a list has mergeability: %s", a.body)
	}
	s.states(1, unknown, unknown, "true clean false")
	s.commit("b", "c", "c\n")
	s.states(1, unknown, unknown, "true clean false")
	s.commit("tier-0", "d", "d\n")
	s.states(1, unknown, unknown, "true clean false")
	classic("tier-0", "strict", "status=ci")(s)
	checked("ci", "pending")(s)
	s.states(1, "true blocked false")
	checked("ci", "success")(s)
	s.states(1, "true behind false")
	s.must(s.forge.Unprotect("app"))
	checked("ci", "failure")(s)
	s.states(1, "true unstable false")
	s.commit("tier-0", "b", "another\n")
	s.states(1, unknown, unknown, "false dirty false")
	s.must(s.forge.Break(Quirk{Name: "mergeable-never"}))
	s.states(1, unknown)
}

func TestReadsLag(t *testing.T) {
	s := newScene(t)
	s.forge.Mend("fresh")
	s.must(s.forge.Break(Quirk{Name: "stale"}))
	s.feature("b")
	if a := s.ask("ada", "GET", "/pulls/1", nil); a.status != 404 {
		t.Errorf("just opened: %d", a.status)
	}
	if a := s.ask("ada", "GET", "/pulls/1", nil); a.status != 200 {
		t.Errorf("a moment later: %d", a.status)
	}
	s.ask("bea", "PATCH", "/pulls/1", object{"title": "New"})
	for i, want := range []string{"b", "New"} {
		if got := s.ask("ada", "GET", "/pulls/1", nil).at("title"); got != want {
			t.Errorf("read %d: %v, want %s", i+1, got, want)
		}
	}
	sha := s.tip("b")
	s.ask("bea", "POST", "/git/refs", object{"ref": "refs/heads/n", "sha": sha})
	for i, want := range []int{404, 200} {
		if a := s.ask("ada", "GET", "/git/ref/heads/n", nil); a.status != want {
			t.Errorf("read %d of a new ref: %d, want %d", i+1, a.status, want)
		}
	}
	old := s.tip("tier-1")
	s.ask("bea", "PATCH", "/git/refs/heads/tier-1", object{"sha": sha})
	for i, want := range []string{old, sha} {
		if got := s.ask("ada", "GET", "/git/ref/heads/tier-1", nil).at("object.sha"); got != want {
			t.Errorf("read %d of a moved ref: %v, want %s", i+1, got, want)
		}
	}
	// Without the quirks the seed decides, the same each time, and both occur.
	s.forge.Mend()
	lags := map[int]int{}
	for i := range 60 {
		lags[s.forge.lag(fmt.Sprint(i))]++
	}
	if lags[0] < 20 || lags[1] < 10 {
		t.Errorf("lags by seed: %v", lags)
	}
}

func TestMergedByPush(t *testing.T) {
	s := newScene(t)
	_, sha := s.feature("b")
	if why := s.push("cid", "tier-0", sha); why != "" {
		t.Fatal(why)
	}
	s.states(1, "false dirty false", unknown, "<nil> unknown true")
	if a := s.ask("ada", "GET", "/pulls/1", nil); a.at("merged_by.login") != "cid" || a.at("state") != "closed" || a.at("merge_commit_sha") != sha {
		t.Errorf("merged by push: %s", a.body)
	}
	if a := s.ask("ada", "GET", "/commits/"+sha+"/pulls", nil); a.count() != 1 {
		t.Errorf("pull requests of the commit: %s", a.body)
	}

	next := s.commit("frozen", "f", "f\n")
	two := s.pull("frozen", "tier-1") // tier-0 is the default branch
	s.must(s.forge.Break(Quirk{Name: "merged-never"}))
	if why := s.push("cid", "tier-1", next); why != "" {
		t.Fatal(why)
	}
	s.advance(time.Hour)
	s.states(two, "false dirty false", unknown, unknown, unknown)
	a := s.ask("cid", "PATCH", fmt.Sprintf("/pulls/%d", two), object{"state": "closed"})
	if a.at("state") != "closed" || a.at("merged") != false {
		t.Errorf("closed by hand: %s", a.body)
	}

	s.forge.Mend("merged-never")
	s.must(s.forge.Break(Quirk{Name: "merged-at-once"}))
	last := s.commit("again", "g", "g\n")
	three := s.pull("again", "tier-2")
	if why := s.push("cid", "tier-2", last); why != "" {
		t.Fatal(why)
	}
	s.states(three, "<nil> unknown true")
}

// Time passes as well, for those who do not look.
func TestMergedByPushInTime(t *testing.T) {
	s := newScene(t)
	_, sha := s.feature("b")
	s.push("cid", "tier-0", sha)
	s.advance(noticeTime)
	if a := s.ask("ada", "GET", "/pulls?state=closed", nil); a.count() != 1 || a.at("0.merged_at") == nil {
		t.Errorf("%s", a.body)
	}
}

func TestHeadsAreDeleted(t *testing.T) {
	s := newScene(t)
	settings(Settings{DeleteHeads: true})(s)
	s.commit("tier-1", "x", "x\n")
	s.commit("c", "c", "c\n")
	one, two := s.pull("tier-1", "tier-0"), s.pull("c", "tier-1")
	if a := s.ask("bea", "PUT", fmt.Sprintf("/pulls/%d/merge", one), object{}); a.status != 200 {
		t.Fatalf("merge: %s", a.body)
	}
	if s.tip("tier-1") != "" {
		t.Error("the head branch is still there")
	}
	if a := s.ask("ada", "GET", fmt.Sprintf("/pulls/%d", two), nil); a.at("base.ref") != "tier-0" || a.at("state") != "open" {
		t.Errorf("what was based on it: %v %v", a.at("base.ref"), a.at("state"))
	}
	// A branch that somebody deletes closes what comes from it.
	s.git(s.bare, "update-ref", "-d", "refs/heads/c")
	if a := s.ask("ada", "GET", fmt.Sprintf("/pulls/%d", two), nil); a.at("state") != "closed" || a.at("merged") != false {
		t.Errorf("without its branch: %s", a.body)
	}
}

func TestAutoMerge(t *testing.T) {
	const enable = `mutation($id: ID!, $method: PullRequestMergeMethod!, $head: GitObjectID!) {
  enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $method, expectedHeadOid: $head}) { clientMutationId }
}`
	s := newScene(t)
	_, sha := s.feature("b")
	node := s.ask("ada", "GET", "/pulls/1", nil).at("node_id")
	on := func(variables object) string {
		a := s.ask("bea", "POST", "api/graphql", object{"query": enable, "variables": variables})
		if a.status != 200 {
			t.Errorf("GraphQL answers %d", a.status)
		}
		return fmt.Sprint(a.at("errors.0.message"))
	}
	mine := object{"id": node, "method": "SQUASH", "head": sha}
	for _, c := range []struct {
		name   string
		before func(*scene)
		want   string
	}{
		{"no rules", func(*scene) {}, "Protected branch rules not configured for this branch"},
		{"clean", func(s *scene) { classic("tier-0", "status=ci")(s); checked("ci", "success")(s) }, "Pull request is in clean status"},
		{"not allowed", func(s *scene) { checked("ci", "pending")(s); settings(Settings{NoAutoMerge: true})(s) }, "Auto merge is not allowed"},
		{"on", settings(Settings{}), "<nil>"},
	} {
		c.before(s)
		if got := on(mine); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := on(object{"id": node, "method": "MERGE", "head": strings.Repeat("1", 40)}); !strings.Contains(got, "Head sha") {
		t.Errorf("another head: %q", got)
	}
	if a := s.ask("ada", "GET", "/pulls/1", nil); a.at("auto_merge.merge_method") != "squash" || a.at("auto_merge.enabled_by.login") != "bea" {
		t.Errorf("auto_merge: %v", a.at("auto_merge"))
	}
	checked("ci", "success")(s)
	s.states(1, "<nil> unknown true")
}

func TestMergeQueue(t *testing.T) {
	s := newScene(t)
	s.feature("b")
	ruled("tier-0", "queue")(s)
	node := s.ask("ada", "GET", "/pulls/1", nil).at("node_id")
	enqueue := object{
		"query":     `mutation Q($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) { mergeQueueEntry { state position } clientMutationId } }`,
		"variables": object{"input": object{"pullRequestId": node, "clientMutationId": "x"}},
	}
	if a := s.ask("bea", "POST", "api/graphql", enqueue); a.at("data.enqueuePullRequest.mergeQueueEntry.state") != "QUEUED" || a.at("data.enqueuePullRequest.clientMutationId") != "x" {
		t.Fatalf("enqueue: %s", a.body)
	}
	if s.state(1) == "<nil> unknown true" {
		t.Error("enqueued is not merged")
	}
	s.advance(queueTime)
	s.states(1, "<nil> unknown true")
}

func TestUpdateRefs(t *testing.T) {
	s := newScene(t)
	sha, old := s.commit("b", "b", "x\n"), s.tip("tier-1")
	id := s.ask("ada", "GET", "", nil).at("node_id")
	move := func(updates ...object) answer {
		return s.ask("bea", "POST", "graphql", object{
			"query":     `mutation($r: ID!, $u: [RefUpdate!]!) { updateRefs(input: {repositoryId: $r, refUpdates: $u}) { clientMutationId } }`,
			"variables": object{"r": id, "u": updates},
		})
	}
	update := func(branch, before string) object {
		return object{"name": "refs/heads/" + branch, "beforeOid": before, "afterOid": sha}
	}
	if a := move(update("tier-1", old), update("tier-2", sha)); a.at("errors") == nil || s.tip("tier-1") != old {
		t.Errorf("one of two is elsewhere, and the other moved: %s", a.body)
	}
	ruled("tier-2", "status=shopctl/gate/tier-2")(s)
	if a := move(update("tier-1", old), update("tier-2", old)); !strings.Contains(a.body, `is expected`) || s.tip("tier-1") != old {
		t.Errorf("a rule refuses one of two: %s", a.body)
	}
	s.must(s.forge.Unprotect("app"))
	if a := move(update("tier-1", old), update("tier-2", old)); a.at("errors") != nil || s.tip("tier-1") != sha || s.tip("tier-2") != sha {
		t.Errorf("both: %s", a.body)
	}
}

func TestTruncation(t *testing.T) {
	s := newScene(t)
	var in strings.Builder
	in.WriteString("reset refs/heads/long\nfrom " + s.tip("tier-0") + "\n\n")
	for i := range 260 {
		fmt.Fprintf(&in, "commit refs/heads/long\ncommitter Bea <bea@example.com> %d +0000\ndata 2\nc\n\n", 1763640001+i)
		for f := range 2 {
			fmt.Fprintf(&in, "M 100644 inline f%d-%d\ndata 1\nx\n", i, f)
		}
		in.WriteString("\n")
	}
	r, err := s.forge.find("app")
	s.must(err)
	if _, err := r.gitFed(in.String(), nil, "fast-import", "--quiet"); err != nil {
		t.Fatal(err)
	}
	a := s.ask("ada", "GET", "/compare/tier-0...long", nil)
	commits, _ := a.at("commits").([]any)
	files, _ := a.at("files").([]any)
	if len(commits) != 250 || len(files) != 300 || a.at("total_commits") != 260.0 || a.at("status") != "ahead" {
		t.Errorf("compare: %d commits, %d files, total %v, %v", len(commits), len(files), a.at("total_commits"), a.at("status"))
	}
	for i := range 35 {
		s.must(s.forge.SetCheck("app", "long", fmt.Sprintf("c%d", i), "success"))
	}
	first := s.ask("ada", "GET", "/commits/long/check-runs", nil)
	runs, _ := first.at("check_runs").([]any)
	next := nextPage(first)
	if len(runs) != 30 || first.at("total_count") != 35.0 || next == "" {
		t.Fatalf("%d runs of %v, next %q", len(runs), first.at("total_count"), next)
	}
	second := s.ask("ada", "GET", strings.TrimPrefix(next, s.url+"/"), nil)
	if runs, _ := second.at("check_runs").([]any); len(runs) != 5 || nextPage(second) != "" {
		t.Errorf("second page: %d runs", len(runs))
	}
}

// nextPage is the address of the next page, empty on the last.
func nextPage(a answer) string {
	for part := range strings.SplitSeq(a.header.Get("Link"), ", ") {
		if address, is := strings.CutSuffix(part, `>; rel="next"`); is {
			return strings.TrimPrefix(address, "<")
		}
	}
	return ""
}

func TestETags(t *testing.T) {
	s := newScene(t)
	s.feature("b")
	tag := s.ask("ada", "GET", "/pulls", nil).header.Get("ETag")
	s.forge.Forget()
	a := s.ask("ada", "GET", "/pulls", nil, "If-None-Match", tag)
	if c := s.forge.Counts(); a.status != http.StatusNotModified || a.body != "" || c.NotModified != 1 || c.Primary != 0 || c.Points != 1 || c.Calls != 1 {
		t.Errorf("304: %d %q %+v", a.status, a.body, c)
	}
	if used := a.header.Get("X-RateLimit-Used"); used != "1" {
		t.Errorf("one call was answered, the other was a 304: %s used", used)
	}
	if a := s.ask("cid", "GET", "/pulls", nil, "If-None-Match", tag); a.status != 200 {
		t.Errorf("the tag of another token: %d", a.status)
	}
	s.ask("bea", "PATCH", "/pulls/1", object{"title": "New"})
	if a := s.ask("ada", "GET", "/pulls", nil, "If-None-Match", tag); a.status != 200 {
		t.Errorf("after a change: %d", a.status)
	}
	if c := s.forge.Counts(); c.Primary != 3 || c.Writes != 1 || c.Points != 1+1+5+1 {
		t.Errorf("counts: %+v", c)
	}
}

// The limits are counted, not only claimed.
func TestLimits(t *testing.T) {
	s := newScene(t)
	s.forge.Limit(Limits{Points: 7})
	get := func(who string) int { return s.ask(who, "GET", "api/v3/rate_limit", nil).status }
	for i := range 7 {
		if got := get("ada"); got != 200 {
			t.Fatalf("call %d: %d", i+1, got)
		}
	}
	if got := get("ada"); got != 403 {
		t.Errorf("beyond the points of a minute: %d", got)
	}
	if got := get("bea"); got != 200 {
		t.Errorf("somebody else: %d", got)
	}
	s.advance(time.Minute)
	if got := get("ada"); got != 200 {
		t.Errorf("a minute later: %d", got)
	}
	s.forge.Limit(Limits{Content: 1})
	s.feature("b")
	if a := s.ask("bea", "POST", "/issues/1/comments", object{"body": "x"}); a.status != 403 || !strings.Contains(a.body, "secondary") {
		t.Errorf("beyond the content of a minute: %d", a.status)
	}
	s.forge.Limit(Limits{Hour: 2})
	for i, want := range []int{200, 200, 403} {
		if a := s.ask("ada", "GET", "", nil); a.status != want {
			t.Errorf("call %d of the hour: %d, want %d", i+1, a.status, want)
		}
	}
	if a := s.ask("ada", "GET", "api/v3/rate_limit", nil); a.status != 200 || a.at("rate.remaining") != 0.0 {
		t.Errorf("rate_limit is free: %d %s", a.status, a.body)
	}
	s.advance(time.Hour)
	if a := s.ask("ada", "GET", "", nil); a.status != 200 {
		t.Errorf("after the reset: %d", a.status)
	}
}

// A green status belongs to a commit and one context, whatever its case.
func TestStatusesAreOfCommits(t *testing.T) {
	s := newScene(t)
	sha := s.commit("b", "b", "x\n")
	ruled("tier-1", "status=shopctl/gate/tier-1")(s)
	ruled("tier-2", "status=shopctl/gate/tier-2")(s)
	s.ask("ship[bot]", "POST", "/statuses/"+sha, object{"state": "success", "context": "Shopctl/Gate/Tier-1"})
	if why := s.push("bea", "tier-2", sha); !strings.Contains(why, `"shopctl/gate/tier-2" is expected`) {
		t.Errorf("tier-1's green opens tier-2: %q", why)
	}
	s.ask("ship[bot]", "POST", "/statuses/"+sha, object{"state": "failure", "context": "shopctl/gate/tier-1"})
	if why := s.push("bea", "tier-1", sha); !strings.Contains(why, "is failing") {
		t.Errorf("the newest status counts: %q", why)
	}
	r, err := s.forge.find("app")
	s.must(err)
	for range mostStatuses {
		r.Statuses = append(r.Statuses, status{Commit: sha, Context: "full", State: "pending"})
	}
	if a := s.ask("bea", "POST", "/statuses/"+sha, object{"state": "success", "context": "FULL"}); a.status != 422 || !strings.Contains(a.body, "maximum number of statuses") {
		t.Errorf("beyond 1,000: %d %s", a.status, a.body)
	}
}

// State comes back after a restart, tokens included.
func TestStateOutlives(t *testing.T) {
	s := newScene(t)
	s.feature("b")
	reviewed("cid", "APPROVE")(s)
	ruled("tier-1", "update")(s)
	s.must(s.forge.Rename("app", "store"))
	state, err := s.forge.State()
	s.must(err)
	token := s.forge.TokenOf("ada")
	s.forge = s.open(state)
	if s.forge.TokenOf("ada") != token {
		t.Error("another token")
	}
	if a := s.ask("ada", "GET", "api/v3/repos/acme/store/pulls/1", nil); a.at("title") != "b" {
		t.Errorf("the pull request: %s", a.body)
	}
	if why := s.push("bea", "tier-1", s.tip("b")); !strings.Contains(why, "Cannot update this protected ref.") {
		t.Errorf("the rule: %q", why)
	}
	all, err := s.forge.Pulls("store")
	if err != nil || len(all) != 1 || all[0].Approvals != 1 {
		t.Errorf("pulls: %+v %v", all, err)
	}
	if folder, there := s.forge.Folder("acme/app"); !there || folder != "app.git" {
		t.Errorf("the old name in git: %q", folder)
	}
}

func TestDeviceLogin(t *testing.T) {
	s := newScene(t)
	post := func(path, form string) answer {
		return s.ask("", "POST", path, form, "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json")
	}
	start := func() (string, string) {
		a := post("login/device/code", "client_id=x&scope=repo")
		return fmt.Sprint(a.at("device_code")), fmt.Sprint(a.at("user_code"))
	}
	grant := func(code string) answer {
		return post("login/oauth/access_token", "client_id=x&device_code="+code+"&grant_type="+deviceGrant)
	}
	code, shown := start()
	if got := grant(code).at("error"); got != "authorization_pending" {
		t.Errorf("nobody entered it yet: %v", got)
	}
	s.must(s.forge.Break(Quirk{Name: "device-slow-down"}))
	if a := grant(code); a.at("error") != "slow_down" || a.at("interval") != 10.0 {
		t.Errorf("too often: %s", a.body)
	}
	page := s.ask("", "GET", "login/device", nil)
	if !strings.Contains(page.body, "<option>ada</option>") {
		t.Errorf("page: %s", page.body)
	}
	if a := post("login/device", "login=ada&user_code="+strings.ToLower(shown)); a.status != 200 {
		t.Errorf("entering it: %d", a.status)
	}
	a := grant(code)
	s.token = fmt.Sprint(a.at("access_token"))
	if me := s.ask("thin", "GET", "api/v3/user", nil); me.at("login") != "ada" || !strings.Contains(me.header.Get("X-OAuth-Scopes"), "repo") {
		t.Errorf("the token is %s's: %s", me.at("login"), a.body)
	}
	if got := grant(code).at("error"); got != "expired_token" {
		t.Errorf("again: %v", got)
	}
	denied, _ := start()
	s.must(s.forge.Authorize("", ""))
	if got := grant(denied).at("error"); got != "access_denied" {
		t.Errorf("denied: %v", got)
	}
	late, _ := start()
	s.advance(deviceLife)
	if got := grant(late).at("error"); got != "expired_token" {
		t.Errorf("too late: %v", got)
	}
	if got := grant("nonsense").at("error"); got != "incorrect_device_code" {
		t.Errorf("nonsense: %v", got)
	}
	if a := s.ask("", "POST", "login/device/code", "client_id=x", "Content-Type", "application/x-www-form-urlencoded"); !strings.Contains(a.body, "user_code=") || !strings.Contains(a.header.Get("Content-Type"), "form") {
		t.Errorf("as a form: %s", a.body)
	}
	s.forge.Revoke(s.token)
	if a := s.ask("thin", "GET", "api/v3/user", nil); a.status != 401 {
		t.Errorf("revoked: %d", a.status)
	}
}

// What the hooks of tests see and do.
func TestHook(t *testing.T) {
	s := newScene(t)
	s.feature("b")
	var seen []string
	s.forge.Hook(func(r Request) Hit {
		seen = append(seen, r.Method+" "+r.Path)
		return Hit{Status: 504, Text: "slow"}
	})
	if a := s.ask("bea", "POST", "/issues/1/comments", object{"body": "x"}); a.status != 504 || a.body != "slow" {
		t.Errorf("before it takes effect: %d %s", a.status, a.body)
	}
	s.forge.Hook(func(Request) Hit { return Hit{Status: 502, After: true, Text: page502} })
	if a := s.ask("bea", "POST", "/issues/1/comments", object{"body": "y"}); a.status != 502 {
		t.Errorf("after it took effect: %d", a.status)
	}
	s.forge.Hook(nil)
	if a := s.ask("ada", "GET", "/issues/1/comments", nil); a.count() != 1 || a.at("0.body") != "y" {
		t.Errorf("comments: %s", a.body)
	}
	if !slices.Equal(seen, []string{"POST /api/v3/repos/acme/app/issues/1/comments"}) {
		t.Errorf("seen: %q", seen)
	}
	s.must(s.forge.Break(Quirk{Name: "bad-gateway", Times: 2}))
	for i, want := range []int{502, 502, 200} {
		if a := s.ask("ada", "GET", "", nil); a.status != want {
			t.Errorf("call %d: %d, want %d", i+1, a.status, want)
		}
	}
	if err := s.forge.Break(Quirk{Name: "nonsense"}); err == nil {
		t.Error("a quirk that there is not")
	}
}

// The addresses that are told to people lead to pages, and a page has the
// buttons that a person would press.
func TestPages(t *testing.T) {
	s := newScene(t)
	s.feature("b")
	s.ask("bea", "PATCH", "/pulls/1", object{"title": "<b>bold</b>"})
	checked("test", "failure")(s)
	run := s.ask("ada", "GET", "/commits/b/check-runs", nil)
	pull := s.ask("ada", "GET", "/pulls/1", nil)
	for address, want := range map[string]string{
		fmt.Sprint(pull.at("html_url")):                      "bea wants b in tier-0",
		fmt.Sprint(run.at("check_runs.0.html_url")):          "test: failure",
		fmt.Sprint(pull.at("base.repo.html_url")):            "open, by bea",
		fmt.Sprint(pull.at("base.repo.html_url"), "/pull/9"): "404",
	} {
		a := s.ask("", "GET", strings.TrimPrefix(address, s.url+"/"), nil)
		if !strings.Contains(a.body, want) || strings.Contains(a.body, "<b>") {
			t.Errorf("%s: %d, want %q\n%s", address, a.status, want, a.body)
		}
	}
	press := func(form string) int {
		return s.ask("", "POST", "acme/app/pull/1", form, "Content-Type", "application/x-www-form-urlencoded").status
	}
	if got := press("login=bea&verdict=APPROVED"); got != 422 {
		t.Errorf("the author approves: %d", got)
	}
	if got := press("login=cid&verdict=APPROVED"); got != 303 {
		t.Errorf("cid approves: %d", got)
	}
	if all, err := s.forge.Pulls("app"); err != nil || all[0].Approvals != 1 {
		t.Errorf("%+v %v", all, err)
	}
}
