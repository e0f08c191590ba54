package git

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hook writes an executable hook into a repository.
func hook(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "hooks", name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestStalePushMovesNothing(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	r := s.open("shop.git")
	first := start(t, r)
	rival := s.open("shop.git")
	if err := rival.Fetch(ctx, first); err != nil {
		t.Fatal(err)
	}
	rb := NewBatch(rival)
	theirs := commitFiles(t, rb, 1, first, map[string]string{"rival": "1"})
	if err := rival.Push(ctx, []Update{{Ref: "refs/heads/tier-1", Old: first, New: theirs}}, rb); err != nil {
		t.Fatal(err)
	}
	// What a hook says must not turn a lost race into a rule.
	hook(t, dir, "pre-receive", "echo permission denied? no: GH006 does not apply >&2")
	b := NewBatch(r)
	ours := commitFiles(t, b, 2, first, map[string]string{"ours": "1"})
	for _, c := range []struct {
		name    string
		updates []Update
		ref     string // git does not always say which one
	}{
		{"the only ref", []Update{{Ref: "refs/heads/tier-1", Old: first, New: ours}}, "refs/heads/tier-1"},
		{"one of two", []Update{{Ref: "refs/heads/main", Old: first, New: ours}, {Ref: "refs/heads/tier-1", Old: first, New: ours}}, ""},
		{"create what is there", []Update{{Ref: "refs/heads/tier-1", New: ours}}, "refs/heads/tier-1"},
		{"create it beside another", []Update{{Ref: "refs/heads/tier-1", New: ours}, {Ref: "refs/heads/new", New: ours}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := r.Push(ctx, c.updates, b)
			var stale *StaleError
			if !errors.As(err, &stale) {
				t.Fatalf("error is %T %v, want a StaleError", err, err)
			}
			if stale.Ref != c.ref {
				t.Errorf("stale is %q, want %q (%s)", stale.Ref, c.ref, stale.Text)
			}
			want := fmt.Sprintf("%s refs/heads/main\n%s refs/heads/tier-1", first, theirs)
			if got := gitOutput(t, dir, "", "for-each-ref", "--format=%(objectname) %(refname)"); got != want {
				t.Errorf("refs are\n%s\nwant\n%s", got, want)
			}
		})
	}
	fsck(t, dir)
}

func TestHooksReject(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	var said strings.Builder
	r := s.open("shop.git", func(o *Options) { o.Progress = &said })
	first := start(t, r)
	push := func() error {
		b := NewBatch(r)
		id := commitFiles(t, b, 1, first, map[string]string{"x": "1"})
		return r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: id}, {Ref: "refs/heads/tier-1", Old: first, New: id}}, b)
	}
	t.Run("pre-receive", func(t *testing.T) {
		hook(t, dir, "pre-receive", `printf 'error: GH006: Protected branch \033[31mupdate\033[0m failed\a\n' >&2; exit 1`)
		var rejected *RejectedError
		if err := push(); !errors.As(err, &rejected) {
			t.Fatalf("error is %T %v", err, err)
		}
		if !strings.Contains(rejected.Text, "GH006: Protected branch update failed") || strings.ContainsAny(rejected.Text, "\x1b\a") {
			t.Errorf("text is %q", rejected.Text)
		}
		if !strings.Contains(said.String(), "GH006: Protected branch update failed\n") {
			t.Errorf("progress is %q", said.String())
		}
	})
	t.Run("update", func(t *testing.T) {
		if err := os.Remove(filepath.Join(dir, "hooks", "pre-receive")); err != nil {
			t.Fatal(err)
		}
		hook(t, dir, "update", `[ "$1" = refs/heads/main ] && exit 0; echo GH013: Repository rule violations found >&2; exit 1`)
		var rejected *RejectedError
		if err := push(); !errors.As(err, &rejected) {
			t.Fatalf("error is %T %v", err, err)
		}
		if !strings.Contains(rejected.Text, "GH013") {
			t.Errorf("text is %q", rejected.Text)
		}
	})
	t.Run("a hook that only talks", func(t *testing.T) {
		hook(t, dir, "update", `echo Look: 1 alert >&2; exit 0`)
		hook(t, dir, "post-receive", `echo Visit our page >&2`)
		if err := push(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(said.String(), "Visit our page") {
			t.Errorf("progress is %q", said.String())
		}
	})
	fsck(t, dir)
}

func TestNonFastForwardIsRejected(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	r := s.open("shop.git")
	first := start(t, r)
	b := NewBatch(r)
	other := commitFiles(t, b, 9, ID{}, map[string]string{"x": "1"})
	err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: other}}, b)
	var rejected *RejectedError
	if !errors.As(err, &rejected) || rejected.Ref != "refs/heads/main" {
		t.Fatalf("error is %T %v", err, err)
	}
}

func TestServerWithoutAtomic(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	gitOutput(t, dir, "", "config", "receive.advertiseAtomic", "false")
	r := s.open("shop.git")
	var none *NoAtomicError
	if _, err := r.RefsForPush(ctx); !errors.As(err, &none) {
		t.Errorf("RefsForPush: %T %v", err, err)
	}
	b := NewBatch(r)
	id := commitFiles(t, b, 0, ID{}, map[string]string{"x": "1"})
	s.seen()
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", New: id}}, b); !errors.As(err, &none) {
		t.Errorf("Push: %T %v", err, err)
	}
	for _, q := range s.seen() {
		if strings.HasPrefix(q, "POST") {
			t.Errorf("sent %s to a server without atomic", q)
		}
	}
}

func TestStatusesOfTheServer(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	for _, c := range []struct {
		name   string
		status int
		header map[string]string
		check  func(error) bool
	}{
		{"401", 401, nil, func(err error) bool { var e *AuthError; return errors.As(err, &e) && e.Status == 401 }},
		{"403", 403, nil, func(err error) bool { var e *AuthError; return errors.As(err, &e) && e.Status == 403 }},
		{"404", 404, nil, func(err error) bool { var e *NoRepositoryError; return errors.As(err, &e) }},
		{"429", 429, map[string]string{"Retry-After": "17"}, func(err error) bool {
			var e *RateLimitError
			return errors.As(err, &e) && e.After == 17*time.Second
		}},
		{"403 with a limit", 403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000060", "Date": "Sun, 09 Sep 2001 01:46:40 GMT"}, func(err error) bool {
			var e *RateLimitError
			return errors.As(err, &e) && e.After == time.Minute
		}},
		{"429 with a date", 429, map[string]string{"Retry-After": "Sun, 09 Sep 2001 01:46:50 GMT", "Date": "Sun, 09 Sep 2001 01:46:40 GMT"}, func(err error) bool {
			var e *RateLimitError
			return errors.As(err, &e) && e.After == 10*time.Second
		}},
		{"502", 502, nil, func(err error) bool { var e *UnavailableError; return errors.As(err, &e) && !e.Sent }},
		{"a page", 200, map[string]string{"Content-Type": "text/html"}, func(err error) bool { var e *UnavailableError; return errors.As(err, &e) && !e.Sent }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.set(func(w http.ResponseWriter, _ *http.Request) bool {
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte("<html>no</html>"))
				return true
			}, nil)
			r := s.open("shop.git")
			if _, err := r.Refs(ctx); !c.check(err) {
				t.Errorf("Refs: %T %v", err, err)
			}
			if _, err := r.RefsForPush(ctx); !c.check(err) {
				t.Errorf("RefsForPush: %T %v", err, err)
			}
		})
	}
	t.Run("no such repository", func(t *testing.T) {
		s.set(nil, nil)
		var e *NoRepositoryError
		if _, err := s.open("other.git").Refs(ctx); !errors.As(err, &e) {
			t.Errorf("%T %v", err, err)
		}
	})
}

func TestPushWithUnknownOutcome(t *testing.T) {
	for _, c := range []struct {
		name    string
		before  func(http.ResponseWriter, *http.Request) bool
		after   func([]byte) []byte
		applied bool
	}{
		{name: "applied, connection cut", after: func([]byte) []byte { return nil }, applied: true},
		{name: "applied, answer cut off", after: func(b []byte) []byte { return b[:len(b)-6] }, applied: true},
		{name: "applied, answer garbled", after: func([]byte) []byte { return []byte("zzzz") }, applied: true},
		{name: "applied, answer empty", after: func([]byte) []byte { return []byte{} }, applied: true},
		{name: "502 instead", before: func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusBadGateway)
			return true
		}},
		{name: "cut before", before: func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			dir := s.repository("shop.git")
			r := s.open("shop.git")
			first := start(t, r)
			b := NewBatch(r)
			id := commitFiles(t, b, 1, first, map[string]string{"x": "1"})
			s.set(c.before, c.after)
			err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: id}}, b)
			var down *UnavailableError
			if !errors.As(err, &down) || !down.Sent {
				t.Fatalf("error is %T %v, want Unavailable with Sent", err, err)
			}
			if r.has(id) {
				t.Error("objects of a push without an answer were kept as the server's")
			}
			if moved := gitOutput(t, dir, "", "rev-parse", "main") == id.String(); moved != c.applied {
				t.Errorf("the push was applied: %v, want %v", moved, c.applied)
			}
			fsck(t, dir)
		})
	}
}

func TestNothingSentWhenNobodyListens(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	r := s.open("shop.git")
	first := start(t, r)
	b := NewBatch(r)
	id := commitFiles(t, b, 1, first, map[string]string{"x": "1"})
	s.Server.CloseClientConnections()
	s.Server.Close()
	var down *UnavailableError
	err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: id}}, b)
	if !errors.As(err, &down) || down.Sent {
		t.Fatalf("error is %T %v, want Unavailable without Sent", err, err)
	}
}

func TestDeadline(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	release := make(chan struct{})
	s.set(func(http.ResponseWriter, *http.Request) bool { <-release; return true }, nil)
	defer close(release)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err := s.open("shop.git").Refs(short)
	var down *UnavailableError
	if !errors.As(err, &down) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error is %T %v", err, err)
	}
}

func TestCredentials(t *testing.T) {
	const token = "canary-7c1e"
	s := newServer(t)
	s.repository("shop.git")
	s.set(func(w http.ResponseWriter, q *http.Request) bool {
		if user, password, _ := q.BasicAuth(); user == "x-access-token" && password == token {
			return false
		}
		w.Header().Set("WWW-Authenticate", "Basic")
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}, nil)
	cache := cached(t)
	asked := 0
	with := func(password string) func(*Options) {
		return func(o *Options) {
			cache(o)
			o.Credentials = func(context.Context, string) (string, string, error) {
				asked++
				return "x-access-token", password, nil
			}
		}
	}
	r := s.open("shop.git", with(token))
	if _, err := r.RefsForPush(ctx); err != nil {
		t.Fatal(err)
	}
	if asked != 1 {
		t.Errorf("asked %d times for credentials, want once", asked)
	}
	s.seen()
	if _, err := s.open("shop.git", with(token)).Refs(ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(s.seen()); n != 1 {
		t.Errorf("the next process made %d requests for the refs, want 1", n)
	}
	var auth *AuthError
	if _, err := s.open("shop.git", with("wrong")).Refs(ctx); !errors.As(err, &auth) {
		t.Errorf("wrong token: %T %v", err, err)
	}
	if _, err := s.open("shop.git").Refs(ctx); !errors.As(err, &auth) {
		t.Errorf("no token: %T %v", err, err)
	}
}

func TestRedirects(t *testing.T) {
	s := newServer(t)
	s.repository("new.git")
	leaked := 0
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Authorization") != "" {
			leaked++
		}
	}))
	defer other.Close()
	to := ""
	s.set(func(w http.ResponseWriter, q *http.Request) bool {
		if strings.HasPrefix(q.URL.Path, "/new.git") {
			return false
		}
		if _, _, ok := q.BasicAuth(); !ok {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		http.Redirect(w, q, to+strings.TrimPrefix(q.URL.RequestURI(), "/old.git"), http.StatusMovedPermanently)
		return true
	}, nil)
	creds := func(o *Options) {
		o.Credentials = func(context.Context, string) (string, string, error) { return "u", "canary-7c1e", nil }
	}
	t.Run("same server", func(t *testing.T) {
		to = "/new.git"
		r := s.open("old.git", creds)
		if _, err := r.RefsForPush(ctx); err != nil {
			t.Fatal(err)
		}
		start(t, r) // goes to the new place
	})
	t.Run("other server", func(t *testing.T) {
		to = other.URL + "/x.git"
		_, err := s.open("old.git", creds).Refs(ctx)
		if err == nil || leaked != 0 || strings.Contains(err.Error(), "canary") {
			t.Fatalf("error %v, %d passwords leaked", err, leaked)
		}
		if !strings.Contains(err.Error(), other.URL) {
			t.Errorf("error %q does not name the new address", err)
		}
	})
}

// refuse answers 401 to everything, without a network.
type refuse struct{ asked []string }

func (r *refuse) RoundTrip(q *http.Request) (*http.Response, error) {
	r.asked = append(r.asked, q.Header.Get("Authorization"))
	return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: http.NoBody, Request: q}, nil
}

func TestPasswordsGoOnlyWhereNobodyListens(t *testing.T) {
	for address, sent := range map[string]bool{
		"https://git.example/x": true, "http://127.0.0.1:1/x": true, "http://[::1]:1/x": true, "http://localhost:1/x": true,
		"http://git.example/x": false, "http://localhost.example/x": false,
	} {
		stub := &refuse{}
		r, err := Open(Options{Address: address, HTTP: stub, Credentials: func(context.Context, string) (string, string, error) { return "u", "canary-7c1e", nil }})
		if err != nil {
			t.Fatal(err)
		}
		var auth *AuthError
		if _, err := r.Refs(ctx); !errors.As(err, &auth) {
			t.Errorf("%s: %T %v", address, err, err)
		}
		if got := strings.Join(stub.asked, "") != ""; got != sent {
			t.Errorf("%s: a password was sent: %v, want %v", address, got, sent)
		}
	}
}

func TestErrorsHideSecrets(t *testing.T) {
	for _, address := range []string{
		"http://user:canary@127.0.0.1:1/x.git?token=canary", "https://canary@127.0.0.1:1/x.git",
		"http://user:canary@127.0.0.1:1/%zz", "ssh://git:canary@127.0.0.1:1/x.git",
	} {
		r, err := Open(Options{Address: address})
		if err == nil {
			_, err = r.Refs(ctx)
		}
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestRefusedBeforeTheNetwork(t *testing.T) {
	r, err := Open(Options{Address: "http://127.0.0.1:1/x.git"})
	if err != nil {
		t.Fatal(err)
	}
	one, two := ID{1}, ID{2}
	for name, updates := range map[string][]Update{
		"none": nil, "deletion": {{Ref: "refs/heads/a", Old: one}}, "no move": {{Ref: "refs/heads/a", Old: one, New: one}},
		"twice": {{Ref: "refs/heads/a", New: one}, {Ref: "refs/heads/a", New: two}}, "short name": {{Ref: "main", New: one}},
		"dots": {{Ref: "refs/heads/a..b", New: one}}, "lock": {{Ref: "refs/heads/a.lock", New: one}}, "newline": {{Ref: "refs/heads/a\nb", New: one}},
	} {
		if err := r.Push(ctx, updates, nil); err == nil || strings.Contains(err.Error(), "refused") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
