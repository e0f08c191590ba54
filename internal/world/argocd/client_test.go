package argocd_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

const canary = "canary-token-5f1c"

func token(context.Context) (argocd.Token, error) { return argocd.NewToken(canary), nil }

// serve runs a handler as Argo CD and gives a client of it.
func serve(t *testing.T, h http.HandlerFunc) *argocd.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return client(t, argocd.Options{URL: s.URL, Token: token})
}

func client(t *testing.T, o argocd.Options) *argocd.Client {
	t.Helper()
	c, err := argocd.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// says answers everything with one status, content type and body.
func says(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestNewRefusesAnAddress(t *testing.T) {
	for _, address := range []string{"", "argocd.example.com", "ftp://argocd.example.com", "http://argocd.example.com",
		"https://", "https://user:hunter2@argocd.example.com", "https://argocd.example.com?x=1", "https://argocd.example.com#x",
		"http://127.0.0.1.example.com", "https://a b", "https://user:hunter2@a b"} {
		_, err := argocd.New(argocd.Options{URL: address})
		if err == nil {
			t.Errorf("%q was taken", address)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error tells a password: %v", err)
		}
	}
	for _, address := range []string{"https://argocd.example.com", "https://argocd.example.com:8443/argo/",
		"http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1"} {
		if _, err := argocd.New(argocd.Options{URL: address}); err != nil {
			t.Errorf("%q was refused: %v", address, err)
		}
	}
}

func TestWhatIsSent(t *testing.T) {
	var got *http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(context.Background())
		_, _ = w.Write([]byte(`{"metadata":{"name":"a/b?c"}}`))
	}))
	t.Cleanup(s.Close)
	c := client(t, argocd.Options{URL: s.URL + "/argo/", Token: token, UserAgent: "shopctl/1.2"})

	if _, err := c.Get(t.Context(), "a/b?c"); err != nil {
		t.Fatal(err)
	}
	if got.URL.EscapedPath() != "/argo/api/v1/applications/a%2Fb%3Fc" || got.URL.RawQuery != "" {
		t.Errorf("asked for %q", got.URL)
	}
	for header, want := range map[string]string{"Authorization": "Bearer " + canary, "User-Agent": "shopctl/1.2",
		"Accept": "application/json", "Accept-Encoding": "gzip", "Content-Type": ""} {
		if v := got.Header.Get(header); v != want {
			t.Errorf("%s: %q, want %q", header, v, want)
		}
	}
	for _, name := range []string{"", ".", ".."} {
		got = nil
		if _, err := c.Get(t.Context(), name); !errors.Is(err, argocd.Invalid) || got != nil {
			t.Errorf("name %q: %v, sent %v", name, err, got)
		}
	}
}

// Argo CD refuses what changes something unless it comes as JSON.
func TestPostsAreJSON(t *testing.T) {
	var bodies []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" {
			http.Error(w, "Invalid content type", http.StatusUnsupportedMediaType)
			return
		}
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		bodies = append(bodies, fmt.Sprint(r.Method, " ", r.URL, " ", body))
		_, _ = w.Write([]byte("{}"))
	})
	if err := c.Sync(t.Context(), "prod-s-101", argocd.SyncRequest{Revision: "abc", Prune: true}); err != nil {
		t.Fatal(err)
	}
	manifests := "kind: Application\nmetadata: {name: root}\n---\n---\nkind: AppProject\nmetadata: {name: p}\n"
	if err := c.Upsert(t.Context(), []byte(manifests)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POST /api/v1/applications/prod-s-101/sync map[prune:true revision:abc]",
		"POST /api/v1/projects map[project:map[kind:AppProject metadata:map[name:p]] upsert:true]",
		"POST /api/v1/applications?upsert=true map[kind:Application metadata:map[name:root]]",
	}
	if strings.Join(bodies, "\n") != strings.Join(want, "\n") {
		t.Errorf("sent\n%s\nwant\n%s", strings.Join(bodies, "\n"), strings.Join(want, "\n"))
	}
}

func TestUpsertSendsNothingOfABadManifest(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	for _, manifests := range []string{"kind: Application\n---\nkind: Secret\n", "kind: Application\n---\n- list\n", "kind: [\n"} {
		if err := c.Upsert(t.Context(), []byte(manifests)); err == nil {
			t.Errorf("%q was taken", manifests)
		}
	}
}

func TestUpsertStopsAtARefusal(t *testing.T) {
	var sent atomic.Int32
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		sent.Add(1)
		says(http.StatusForbidden, "application/json", `{"error":"permission denied"}`)(w, nil)
	})
	err := c.Upsert(t.Context(), []byte("kind: AppProject\nmetadata: {name: p}\n---\nkind: Application\n"))
	if !errors.Is(err, argocd.Forbidden) || sent.Load() != 1 || !strings.Contains(err.Error(), `"p"`) {
		t.Errorf("%d sent, %v", sent.Load(), err)
	}
}

func TestDateIsTheServersClock(t *testing.T) {
	const clock = "Fri, 20 Nov 2026 10:42:00 GMT"
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", clock)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if _, ok := c.Date(); ok {
		t.Error("a clock before the first answer")
	}
	if _, err := c.Version(t.Context()); err == nil {
		t.Error("503 is no version")
	}
	if d, ok := c.Date(); !ok || !d.Equal(time.Date(2026, 11, 20, 10, 42, 0, 0, time.UTC)) {
		t.Errorf("clock %v, %v", d, ok)
	}
}

// A redirect must not carry the token, or a request at all, to another server.
func TestRedirects(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		elsewhere.Add(1)
		if r.Header.Get("Authorization") != "" {
			t.Error("the token went to another server")
		}
	}))
	t.Cleanup(other.Close)
	// The same host by another port is another server already.
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+r.URL.Path, status) })
		_, err := c.Get(t.Context(), "x")
		if !errors.Is(err, argocd.Unavailable) || !strings.Contains(err.Error(), "redirects to") {
			t.Errorf("%d: %v", status, err)
		}
		if err := c.Sync(t.Context(), "x", argocd.SyncRequest{}); !errors.Is(err, argocd.Unavailable) {
			t.Errorf("%d: sync: %v", status, err)
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}

	var posts atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			posts.Add(1)
			http.Redirect(w, r, "/moved", http.StatusTemporaryRedirect)
		case r.URL.Path == "/moved" && r.Header.Get("Authorization") == "Bearer "+canary:
			_, _ = w.Write([]byte(`{"Version":"v2"}`))
		default:
			http.Redirect(w, r, "/moved", http.StatusFound)
		}
	})
	if v, err := c.Version(t.Context()); v != "v2" || err != nil {
		t.Errorf("a redirect within the server: %q, %v", v, err)
	}
	if err := c.Sync(t.Context(), "x", argocd.SyncRequest{}); !errors.Is(err, argocd.Unavailable) || posts.Load() != 1 {
		t.Errorf("a redirected sync: %d sent, %v", posts.Load(), err)
	}
}

// The transport itself keeps the token to its server, redirect rule or not.
func TestTokenStaysWithItsServer(t *testing.T) {
	record := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "argocd.example.com" {
			return nil, errors.New("sent " + r.Header.Get("Authorization"))
		}
		return nil, errors.New("elsewhere")
	})
	c := client(t, argocd.Options{URL: "https://argocd.example.com", HTTP: record, Token: func(context.Context) (argocd.Token, error) {
		return argocd.Token{}, errors.New("the keyring is locked")
	}})
	if _, err := c.Version(t.Context()); !errors.Is(err, argocd.Unauthorized) || !strings.Contains(err.Error(), "keyring") {
		t.Errorf("no token to be had: %v", err)
	}
	c = client(t, argocd.Options{URL: "https://argocd.example.com", HTTP: record, Token: func(context.Context) (argocd.Token, error) {
		return argocd.NewToken("a\nb"), nil
	}})
	if _, err := c.Version(t.Context()); !errors.Is(err, argocd.Unauthorized) {
		t.Errorf("a broken token: %v", err)
	}
	c = client(t, argocd.Options{URL: "https://argocd.example.com", HTTP: record})
	if _, err := c.Version(t.Context()); err == nil || !strings.HasSuffix(err.Error(), "sent") {
		t.Errorf("anonymous: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCertificates(t *testing.T) {
	s := httptest.NewUnstartedServer(says(200, "application/json", `{"Version":"v2.14.21"}`))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	if _, err := client(t, argocd.Options{URL: s.URL}).Version(t.Context()); !errors.Is(err, argocd.Unavailable) {
		t.Errorf("an unknown certificate: %v", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	if v, err := client(t, argocd.Options{URL: s.URL, CA: pool}).Version(t.Context()); v != "v2.14.21" || err != nil {
		t.Errorf("a pinned certificate: %q, %v", v, err)
	}
}

func TestUserInfo(t *testing.T) {
	c := serve(t, says(200, "application/json", `{"loggedIn":true,"username":"mika\u001b[31m"}`))
	if ok, name, err := c.UserInfo(t.Context()); !ok || name != "mika [31m" || err != nil {
		t.Errorf("%v %q %v", ok, name, err)
	}
	c = serve(t, says(200, "application/json", `{}`))
	if ok, _, err := c.UserInfo(t.Context()); ok || err != nil {
		t.Errorf("a wrong token: %v %v", ok, err)
	}
}

func serveWith(t *testing.T, h http.HandlerFunc, o argocd.Options) *argocd.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	o.URL = s.URL
	return client(t, o)
}
