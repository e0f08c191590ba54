package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// canary is a token that must not be seen anywhere but in the header of a
// request to its own server.
const canary = "ghp_canary0123456789abcdefABCDEF"

var bunko = Repo{"bunko", "storefront"}

// forge is a server that answers what a test says, and writes down what it was
// asked.
type forge struct {
	*httptest.Server
	t      *testing.T
	client *Client
	now    time.Time
	log    bytes.Buffer

	mu    sync.Mutex
	asked []string // GET /path?query body
	seen  []http.Header
}

// newForge serves the API under a base path.
func newForge(t *testing.T, base string, answer http.HandlerFunc) *forge {
	t.Helper()
	f := &forge{t: t, now: noon}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		f.mu.Lock()
		f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		f.seen = append(f.seen, r.Header.Clone())
		f.mu.Unlock()
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		answer(w, r)
	}))
	t.Cleanup(f.Close)
	f.client = f.connect(Options{API: f.URL + base, Cache: t.TempDir()})
	return f
}

func (f *forge) connect(o Options) *Client {
	f.t.Helper()
	if o.Token == nil {
		o.Token = func(context.Context) (Token, error) { return NewToken(canary), nil }
	}
	o.Now = func() time.Time { return f.now }
	o.Log = func(format string, a ...any) { fmt.Fprintf(&f.log, format+"\n", a...) }
	c, err := New(o)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// took is what was asked since the last call.
func (f *forge) took() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.asked
	f.asked, f.seen = nil, nil
	return asked
}

func (f *forge) wantAsked(want ...string) {
	f.t.Helper()
	got := f.took()
	if len(got) != len(want) {
		f.t.Fatalf("asked %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			f.t.Errorf("asked %q, want %q", got[i], want[i])
		}
	}
}

// answers gives one body for each "METHOD /path", and 404 for all others.
func answers(bodies map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.Method+" "+r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = saying("Not Found")
		}
		io.WriteString(w, body)
	}
}

// says answers everything with one status and body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func isKind(t *testing.T, err error, kind Kind) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, kind) {
		t.Fatalf("got %v, want %q", err, kind)
	}
	return e
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// pullJSON is a pull request as the forge writes it.
func pullJSON(number int, change map[string]any) string {
	end := func(branch, sha string) map[string]any {
		return map[string]any{"ref": branch, "sha": sha, "repo": map[string]any{"name": "storefront", "owner": map[string]any{"login": "bunko"}}}
	}
	v := map[string]any{
		"number": number, "node_id": "PR_1", "state": "open", "title": "A title", "body": "A body", "draft": false,
		"user": map[string]any{"login": "ryu"}, "head": end("feature", strings.Repeat("a", 40)), "base": end("tier-0", strings.Repeat("b", 40)),
		"mergeable": nil, "mergeable_state": "unknown", "created_at": "2026-11-20T11:00:00Z", "updated_at": "2026-11-20T11:30:00Z",
		"html_url": "https://github.com/bunko/storefront/pull/7", "merged": false,
	}
	for k, x := range change {
		v[k] = x
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func tokenOf(text string) func(context.Context) (Token, error) {
	return func(context.Context) (Token, error) { return NewToken(text), nil }
}
