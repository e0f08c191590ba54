package argocd_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

const page = "<!doctype html><html><body>Log in to your company</body></html>"

func TestErrorsByAnswer(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		status                  int
		contentType, body, says string
		want                    argocd.Kind
	}{
		{"expired", 401, "application/json", `{"error":"token is expired","code":16,"message":"token is expired"}`, "token is expired", argocd.Unauthorized},
		{"no right", 403, "application/json", `{"error":"permission denied","code":7}`, "permission denied", argocd.Forbidden},
		{"none such", 404, "application/json", `{"error":"x","message":"applications \"x\" not found"}`, "not found", argocd.NotFound},
		{"bad request", 400, "application/json", `{"message":"another operation is already in progress"}`, "already in progress", argocd.Invalid},
		{"content type", 415, "text/plain", "Invalid content type\n", "Invalid content type", argocd.Invalid},
		{"limit", 429, "text/plain", "slow down", "slow down", argocd.RateLimited},
		{"inside", 500, "application/json", `{"error":{"message":"in a stream"}}`, "in a stream", argocd.Unavailable},
		{"bad gateway", 502, "text/html", page, "(502)", argocd.Unavailable},
		{"single sign-on", 401, "text/html; charset=utf-8", page, "(401)", argocd.Unauthorized},
		{"a page", 200, "text/html", page, "is this the address of Argo CD?", argocd.Unavailable},
		{"nothing", 200, "application/json", "", "cut off", argocd.Unavailable},
		{"half", 200, "application/json", `{"metadata":{"name":"prod-s-101"`, "cut off", argocd.Unavailable},
		{"text", 200, "text/plain", "hello", "not what Argo CD sends", argocd.Unavailable},
		{"another type", 200, "application/json", `{"metadata":7}`, "not what Argo CD sends", argocd.Unavailable},
		{"another name", 200, "application/json", `{"metadata":{"name":"other"}}`, "another application", argocd.Unavailable},
		{"terminal", 400, "application/json", "{\"message\":\"a\\u001b[2Jb\\u202ec\\u009bd\"}", "a [2Jb c d", argocd.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, says(tt.status, tt.contentType, tt.body))
			_, err := c.Get(t.Context(), "prod-s-101")
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			for _, part := range []string{"get application", `"prod-s-101"`, tt.says} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "<") {
				t.Errorf("%q tells too much", err)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-3": 0, "99999999999999": time.Hour, "soon": 0,
		"Fri, 20 Nov 2026 10:42:30 GMT": 30 * time.Second, "Fri, 20 Nov 2020 10:42:30 GMT": 0,
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Fri, 20 Nov 2026 10:42:00 GMT")
			w.Header().Set("Retry-After", value)
			w.WriteHeader(429)
		})
		_, err := c.Get(t.Context(), "x")
		var e *argocd.Error
		if !errors.As(err, &e) || e.RetryAfter != want {
			t.Errorf("Retry-After %q: %v, want %v", value, e.RetryAfter, want)
		}
	}
}

func TestNoServer(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	_, err := client(t, argocd.Options{URL: s.URL}).Version(t.Context())
	if !errors.Is(err, argocd.Unavailable) || strings.Contains(err.Error(), "/api/version") {
		t.Errorf("no server: %v", err)
	}
}

// A server that never answers ends each request, by its deadline.
func TestDeadlines(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/stream/applications" {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, ":\n")
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(release) })
	c := client(t, argocd.Options{URL: s.URL, Timeout: 10 * time.Millisecond})
	ctx := t.Context()
	_, get := c.Get(ctx, "x")
	_, refresh := c.Refresh(ctx, "x", argocd.Normal)
	_, list := c.List(ctx, argocd.Query{}, func(argocd.Application) error { return nil })
	sync := c.Sync(ctx, "x", argocd.SyncRequest{})
	watch := c.Watch(ctx, argocd.Query{}, "", func(argocd.Event) error { return nil })
	for op, err := range map[string]error{"get": get, "refresh": refresh, "list": list, "sync": sync, "watch": watch} {
		if !errors.Is(err, argocd.Unavailable) {
			t.Errorf("%s: %v", op, err)
		}
	}
}

func TestCancelledIsNotUnavailable(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := c.Get(ctx, "x")
	if !errors.Is(err, context.Canceled) || errors.Is(err, argocd.Unavailable) {
		t.Errorf("cancelled: %v", err)
	}
}
