package github

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestRow13ChecksAreStatusesAndRunsOfAllPages(t *testing.T) {
	const statuses, runs = "/repos/bunko/storefront/commits/abc/status", "/repos/bunko/storefront/commits/abc/check-runs"
	next := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?per_page=100&page=2>; rel="next"`, r.Host, r.URL.Path))
	}
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		second := r.URL.Query().Get("page") == "2"
		switch {
		case r.URL.Path == statuses && !second:
			next(w, r)
			io.WriteString(w, `{"state":"success","statuses":[{"context":"ci/a","state":"success"},{"context":"ci/b","state":"error","description":"no disk"}]}`)
		case r.URL.Path == statuses:
			io.WriteString(w, `{"state":"success","statuses":[{"context":"ci/c","state":"pending"},{"context":"ci/d","state":"banana"}]}`)
		case r.URL.Path == runs && !second:
			next(w, r)
			io.WriteString(w, `{"total_count":5,"check_runs":[{"name":"unit","status":"completed","conclusion":"success","app":{"id":15368,"slug":"github-actions"}},
				{"name":"lint","status":"completed","conclusion":"neutral"},{"name":"docs","status":"completed","conclusion":"skipped"}]}`)
		case r.URL.Path == runs:
			io.WriteString(w, `{"total_count":5,"check_runs":[{"name":"e2e","status":"in_progress"},{"name":"unit","status":"completed","conclusion":"timed_out"},{"name":"new","status":"completed","conclusion":"banana"}]}`)
		}
	})
	got := must(f.client.Checks(t.Context(), bunko, "abc"))(t)
	for name, want := range map[string]State{
		"ci/a": Success, "CI/A": Success, "ci/b": Failure, "ci/c": Pending, "ci/d": Unknown, "lint": Neutral, "docs": Skipped,
		"e2e": Pending, "unit": Failure /* the worst of two */, "new": Unknown, "never": Expected,
	} {
		if k := got.Of(Required{Context: name}); k.State != want {
			t.Errorf("%s is %s, want %s", name, k.State, want)
		}
	}
	for s, passes := range map[State]bool{Success: true, Neutral: true, Skipped: true, Pending: false, Failure: false, Expected: false, Unknown: false} {
		if s.Passes() != passes {
			t.Errorf("%s passes: %v", s, s.Passes())
		}
	}
	if k := got.Of(Required{Context: "unit", AppID: 15368}); k.State != Success {
		t.Errorf("bound to an App: %s", k.State)
	}
	if k := got.Of(Required{Context: "unit", AppID: 99}); k.State != Expected {
		t.Errorf("of another App: %s", k.State)
	}
	if k := got.Of(Required{Context: "ci/a", AppID: 99}); k.State != Unknown {
		t.Errorf("a status bound to an App: %s", k.State)
	}
	if n := len(f.took()); n != 4 {
		t.Errorf("%d calls", n)
	}
}

// A fine-grained token cannot read check runs: that is not "there are none".
func TestRow13RunsThatTheTokenCannotSeeAreUnknown(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/check-runs") {
			w.WriteHeader(403)
			io.WriteString(w, saying("Resource not accessible by personal access token"))
			return
		}
		io.WriteString(w, `{"statuses":[{"context":"ci/a","state":"success"}]}`)
	})
	got := must(f.client.Checks(t.Context(), bunko, "abc"))(t)
	if !got.RunsUnknown || got.Of(Required{Context: "unit"}).State != Unknown || got.Of(Required{Context: "ci/a"}).State != Success {
		t.Errorf("%+v", got)
	}
}

// Any other refusal is an error, and never "no checks".
func TestRow13ChecksThatCannotBeReadAreAnError(t *testing.T) {
	for _, status := range []int{401, 404, 500} {
		f := newForge(t, "", says(status, saying("no")))
		if _, err := f.client.Checks(t.Context(), bunko, "abc"); err == nil {
			t.Errorf("%d is taken for no checks", status)
		}
	}
}

func TestRow30DescriptionsAreCut(t *testing.T) {
	f := newForge(t, "", says(201, `{}`))
	long := strings.Repeat("凍結中。", 60)
	if err := f.client.SetStatus(t.Context(), bunko, "abc", Status{Context: "shopctl/gate/tier-2", State: Pending, Description: long, URL: "https://x.example"}); err != nil {
		t.Fatal(err)
	}
	method, body, _ := strings.Cut(f.took()[0], " {")
	var v map[string]string
	if err := json.Unmarshal([]byte("{"+body), &v); err != nil {
		t.Fatal(err)
	}
	if method != "POST /repos/bunko/storefront/statuses/abc" || len([]rune(v["description"])) != 140 || !strings.HasPrefix(v["description"], "凍結中。") || v["state"] != "pending" {
		t.Errorf("%s %v", method, v)
	}
}
