package github

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRow01MergeableHasThreeValues(t *testing.T) {
	mergeable, state := any(nil), "unknown"
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, pullJSON(7, map[string]any{"mergeable": mergeable, "mergeable_state": state}))
	})
	for _, c := range []struct {
		is   any
		why  string
		want Mergeability
	}{{nil, "unknown", NotKnown}, {true, "clean", Mergeable}, {false, "dirty", HasBroken}, {true, "blocked", Mergeable}} {
		mergeable, state = c.is, c.why
		p := must(f.client.Pull(t.Context(), bunko, 7))(t)
		if p.Merge != c.want || p.Why != c.why {
			t.Errorf("%v: %s %s", c.is, p.Merge, p.Why)
		}
	}
	// Between two looks is a pause that grows and has an end.
	last := time.Duration(0)
	for try := range 12 {
		d := Pause(try, 0)
		if d < last || d > longestTry {
			t.Errorf("pause %d is %s after %s", try, d, last)
		}
		last = d
	}
	if Pause(0, 1) != shortWait/2 || Pause(-3, 0) != shortWait {
		t.Error("chance takes more than half, or a try below zero counts")
	}
}

func TestRow04MergeSendsTheCommitThatWasSeen(t *testing.T) {
	f := newForge(t, "", answers(map[string]string{"PUT /repos/bunko/storefront/pulls/7/merge": `{"sha":"c0ffee","merged":true,"message":"Pull Request successfully merged"}`}))
	_, err := f.client.Merge(t.Context(), bunko, 7, MergeRequest{})
	isKind(t, err, Invalid)
	f.wantAsked()
	m := must(f.client.Merge(t.Context(), bunko, 7, MergeRequest{SHA: "abc", Method: "squash", Title: "One"}))(t)
	if m.SHA != "c0ffee" {
		t.Errorf("merged as %q", m.SHA)
	}
	f.wantAsked(`PUT /repos/bunko/storefront/pulls/7/merge {"commit_title":"One","merge_method":"squash","sha":"abc"}`)
}

func TestRow03MergeWithoutEffectIsNoSuccess(t *testing.T) {
	f := newForge(t, "", says(200, `{"merged":false,"message":"Not now"}`))
	_, err := f.client.Merge(t.Context(), bunko, 7, MergeRequest{SHA: "abc"})
	if e := isKind(t, err, NotMergeable); !e.Passing() {
		t.Error("it is not said to pass")
	}
}

func TestRow06OpenAdoptsWhatIsThere(t *testing.T) {
	there := pullJSON(7, map[string]any{"title": "Old", "body": "Same\r\nlines\r\n", "labels": []any{map[string]any{"name": "Release"}}})
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "POST /repos/bunko/storefront/pulls":
			w.WriteHeader(422)
			io.WriteString(w, `{"message":"Validation Failed","errors":[{"message":"A pull request already exists for bunko:feature."}]}`)
		case "GET /repos/bunko/storefront/pulls":
			io.WriteString(w, "["+there+"]")
		case "PATCH /repos/bunko/storefront/pulls/7":
			io.WriteString(w, pullJSON(7, map[string]any{"title": "New", "updated_at": "2026-11-20T11:31:00Z"}))
		default:
			io.WriteString(w, "[]")
		}
	})
	n := NewPull{Title: "New", Body: "Same\nlines", Head: "feature", Base: "tier-0", Labels: []string{"release", "shop"}, Reviewers: []string{"aoi", "ryu", "bunko/captains"}}
	p := must(f.client.OpenPull(t.Context(), bunko, n))(t)
	if p.Number != 7 || p.Title != "New" {
		t.Errorf("%+v", p)
	}
	got := f.took()
	want := []string{
		"POST /repos/bunko/storefront/pulls",
		"GET /repos/bunko/storefront/pulls?base=tier-0&direction=desc&head=bunko%3Afeature&per_page=100&sort=created&state=open",
		`PATCH /repos/bunko/storefront/pulls/7 {"title":"New"}`,
		`POST /repos/bunko/storefront/issues/7/labels {"labels":["shop"]}`,
		`POST /repos/bunko/storefront/pulls/7/requested_reviewers {"reviewers":["aoi"],"team_reviewers":["captains"]}`,
	}
	// The answer of PATCH holds no labels in this forge, so both would be asked
	// for; what the adopted one had counts.
	for i, w := range want {
		if i >= len(got) || !strings.HasPrefix(got[i], w) {
			t.Fatalf("asked %q, want %q", got, want)
		}
	}
	// Nothing differs: nothing is written.
	same := NewPull{Title: "Old", Body: "Same\nlines", Head: "feature", Base: "tier-0", Labels: []string{"RELEASE"}}
	f.client = f.connect(Options{API: f.URL})
	must(f.client.OpenPull(t.Context(), bunko, same))(t)
	if got := f.took(); len(got) != 2 {
		t.Errorf("asked %q", got)
	}
}

func TestRow06ExistsButIsNotListedYet(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(422)
			io.WriteString(w, saying("A pull request already exists for bunko:feature."))
			return
		}
		io.WriteString(w, "[]")
	})
	_, err := f.client.OpenPull(t.Context(), bunko, NewPull{Title: "A", Head: "feature", Base: "tier-0"})
	if e := isKind(t, err, Stale); !e.Passing() {
		t.Error("it is not said to pass")
	}
}

func TestRow07HeadIsCompleteAndAnswersAreCheckedAgain(t *testing.T) {
	foreign := strings.ReplaceAll(pullJSON(8, nil), `"login":"bunko"`, `"login":"stranger"`)
	other := strings.ReplaceAll(pullJSON(9, nil), `"ref":"tier-0"`, `"ref":"main"`)
	otherHead := strings.ReplaceAll(pullJSON(10, nil), `"ref":"feature"`, `"ref":"features"`)
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "["+strings.Join([]string{foreign, other, otherHead, pullJSON(7, nil)}, ",")+"]")
	})
	for _, head := range []string{"feature", "bunko:feature"} {
		found := must(f.client.FindPulls(t.Context(), bunko, PullQuery{Head: head, Base: "tier-0", State: "all"}))(t)
		if len(found) != 1 || found[0].Number != 7 {
			t.Errorf("%s: %+v", head, found)
		}
		f.wantAsked("GET /repos/bunko/storefront/pulls?base=tier-0&direction=desc&head=bunko%3Afeature&per_page=100&sort=created&state=all")
	}
}

func TestRow09AnOlderAnswerIsRefused(t *testing.T) {
	updated, missing := "2026-11-20T11:30:00Z", false
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		if missing {
			w.WriteHeader(404)
			io.WriteString(w, saying("Not Found"))
			return
		}
		body := pullJSON(7, map[string]any{"updated_at": updated})
		if strings.HasSuffix(r.URL.Path, "/pulls") && r.Method == http.MethodGet {
			body = "[" + body + "]"
		}
		io.WriteString(w, body)
	})
	must(f.client.OpenPull(t.Context(), bunko, NewPull{Title: "A", Head: "feature", Base: "tier-0"}))(t)
	missing = true
	_, err := f.client.Pull(t.Context(), bunko, 7)
	if e := isKind(t, err, Stale); !e.Passing() {
		t.Error("404 right after opening does not pass")
	}
	_, err = f.client.Pull(t.Context(), bunko, 8)
	isKind(t, err, NotFound) // this one was never there
	missing, updated = false, "2026-11-20T11:29:00Z"
	_, err = f.client.Pull(t.Context(), bunko, 7)
	isKind(t, err, Stale)
	_, err = f.client.FindPulls(t.Context(), bunko, PullQuery{})
	isKind(t, err, Stale)
	updated = "2026-11-20T11:31:00Z"
	must(f.client.Pull(t.Context(), bunko, 7))(t)
}

func TestRow21AcceptedIsASuccess(t *testing.T) {
	f := newForge(t, "", says(202, `{"message":"Updating pull request branch."}`))
	if err := f.client.UpdateBranch(t.Context(), bunko, 7, "abc"); err != nil {
		t.Error(err)
	}
	f.wantAsked(`PUT /repos/bunko/storefront/pulls/7/update-branch {"expected_head_sha":"abc"}`)
}

func TestRow19AutoMergeReadsErrorsOfASuccess(t *testing.T) {
	body := `{"data":{"enablePullRequestAutoMerge":{"clientMutationId":null}}}`
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
	p := Pull{ID: "PR_1", Head: Branch{SHA: "abc"}}
	if err := f.client.AutoMerge(t.Context(), p, "squash"); err != nil {
		t.Fatal(err)
	}
	got := f.took()
	if len(got) != 1 || !strings.HasPrefix(got[0], "POST /graphql ") || !strings.Contains(got[0], `"variables":{"input":{"expectedHeadOid":"abc","mergeMethod":"SQUASH","pullRequestId":"PR_1"}}`) ||
		!strings.Contains(got[0], "enablePullRequestAutoMerge(input: $input)") {
		t.Errorf("asked %q", got)
	}
	body = `{"data":{"enablePullRequestAutoMerge":null},"errors":[{"type":"UNPROCESSABLE","path":["enablePullRequestAutoMerge"],"message":"Pull request is in clean status"}]}`
	isKind(t, f.client.AutoMerge(t.Context(), p, ""), AlreadyClean)
	if err := f.client.StopAutoMerge(t.Context(), p); err == nil {
		t.Error("errors of a success were overlooked")
	}
}

func TestRow20QueueIsAskedAfterARefusedMerge(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.WriteHeader(405)
			io.WriteString(w, saying("Changes must be made through the merge queue"))
			return
		}
		io.WriteString(w, `{"data":{"enqueuePullRequest":{"clientMutationId":null}}}`)
	})
	_, err := f.client.Merge(t.Context(), bunko, 7, MergeRequest{SHA: "abc"})
	isKind(t, err, QueueRequired)
	f.took()
	if err := f.client.Enqueue(t.Context(), Pull{ID: "PR_1", Head: Branch{SHA: "abc"}}); err != nil {
		t.Error(err)
	}
	if got := f.took(); len(got) != 1 || !strings.Contains(got[0], "enqueuePullRequest") || !strings.Contains(got[0], `"expectedHeadOid":"abc"`) {
		t.Errorf("asked %q", got)
	}
}

func TestRow28MergedByPushIsReadAsItIs(t *testing.T) {
	change := map[string]any{}
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, pullJSON(7, change)) })
	for _, c := range []struct {
		change map[string]any
		state  PullState
		merge  Mergeability
	}{
		{map[string]any{"mergeable": false, "mergeable_state": "dirty"}, Open, HasBroken},
		{map[string]any{"mergeable": nil}, Open, NotKnown},
		{map[string]any{"state": "closed", "merged": true, "merged_at": "2026-11-20T11:40:00Z"}, Merged, NotKnown},
		{map[string]any{"state": "closed", "merged_at": "2026-11-20T11:40:00Z", "merged": nil}, Merged, NotKnown}, // as in lists
		{map[string]any{"state": "closed", "closed_at": "2026-11-20T11:40:00Z"}, Closed, NotKnown},
	} {
		change = c.change
		p := must(f.client.Pull(t.Context(), bunko, 7))(t)
		if p.State != c.state || p.Merge != c.merge || p.State != Open && p.Ended.IsZero() {
			t.Errorf("%v: %+v", c.change, p)
		}
	}
}

func TestCloseSaysWhyFirst(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, pullJSON(7, map[string]any{"state": "closed"}))
	})
	if err := f.client.ClosePull(t.Context(), bunko, 7, "It runs on tier-2."); err != nil {
		t.Fatal(err)
	}
	f.wantAsked(`POST /repos/bunko/storefront/issues/7/comments {"body":"It runs on tier-2."}`, `PATCH /repos/bunko/storefront/pulls/7 {"state":"closed"}`)
}

func TestReviewsAreAllRead(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "" {
			w.Header().Set("Link", `<http://`+r.Host+r.URL.Path+`?per_page=100&page=2>; rel="next"`)
			io.WriteString(w, `[{"user":{"login":"aoi"},"state":"COMMENTED","commit_id":"a"}]`)
			return
		}
		io.WriteString(w, `[{"user":{"login":"aoi"},"state":"APPROVED","commit_id":"b","submitted_at":"2026-11-20T11:00:00Z"}]`)
	})
	list := must(f.client.Reviews(t.Context(), bunko, 7))(t)
	if len(list) != 2 || list[1].State != Approved || list[1].SHA != "b" || list[1].At.IsZero() {
		t.Errorf("%+v", list)
	}
	found := must(newForge(t, "", says(200, "["+pullJSON(7, nil)+"]")).client.PullsOf(t.Context(), bunko, "abc"))(t)
	if len(found) != 1 || found[0].Head.Repo != bunko || found[0].Base.Name != "tier-0" {
		t.Errorf("%+v", found)
	}
}

func TestACancelledQuestionIsNoFaultOfTheForge(t *testing.T) {
	f := newForge(t, "", says(200, "[]"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.client.FindPulls(ctx, bunko, PullQuery{})
	var ours *Error
	if !errors.Is(err, context.Canceled) || errors.As(err, &ours) {
		t.Errorf("%v", err)
	}
}
