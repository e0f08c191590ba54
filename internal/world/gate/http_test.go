package gate

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// asked is what a server was asked with.
type asked struct {
	*httptest.Server
	headers []http.Header
}

func serve(t *testing.T, secure bool, answer http.HandlerFunc) *asked {
	t.Helper()
	a := &asked{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.headers = append(a.headers, r.Header.Clone())
		answer(w, r)
	})
	if secure {
		a.Server = httptest.NewTLSServer(handler)
	} else {
		a.Server = httptest.NewServer(handler)
	}
	t.Cleanup(a.Close)
	return a
}

// trusting asks a server whose certificate nobody else knows.
func trusting(s *asked) client { return client{s.Client().Transport} }

func says(code int, kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
		w.WriteHeader(code)
		w.Write([]byte(text)) //nolint:errcheck // the other side says what it read
	}
}

func TestGet(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer http.HandlerFunc
		want   Answer
	}{
		{"200 opens", says(200, "text/plain", "fine"), Answer{Yes, "answers 200"}},
		{"204 does not", says(204, "text/plain", ""), Answer{No, "answers 204"}},
		{"a refusal in its own words", says(503, "text/plain; charset=utf-8", "\n an incident is open \nsecond line"), Answer{No, "answers 503: an incident is open"}},
		{"a page is no sentence", says(503, "text/html", "<h1>closed</h1>"), Answer{No, "answers 503"}},
		{"too long a line is cut", says(500, "text/plain", strings.Repeat("x", 10_000)), Answer{No, "answers 500: " + strings.Repeat("x", longestLine-1) + "…"}},
		{"a redirect on the same host", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/ok", http.StatusFound)
			}
		}, Answer{Yes, "answers 200"}},
		{"a redirect to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/ok?token=1", http.StatusFound)
		}, Answer{No, "leads to https://elsewhere.example, which is not asked"}},
		{"a redirect to http", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+r.Host+"/", http.StatusFound)
		}, Answer{No, "leads to http://HOST, which is not asked"}},
		{"a redirect with a user", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://user:secret@"+r.Host+"/", http.StatusFound)
		}, Answer{No, "leads to https://HOST, which is not asked"}},
		{"a redirect without end", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/", http.StatusFound)
		}, Answer{No, "leads to itself again and again, which is not asked"}},
		{"a broken answer", func(w http.ResponseWriter, _ *http.Request) {
			panic(http.ErrAbortHandler)
		}, Answer{Silent, "EOF"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := serve(t, true, row.answer)
			got := trusting(s).get(context.Background(), s.URL, 10*time.Second)
			u, _ := url.Parse(s.URL)
			if want := strings.ReplaceAll(row.want.Text, "HOST", u.Host); got.Verdict != row.want.Verdict || got.Text != want {
				t.Errorf("got %+v, want %v %q", got, row.want.Verdict, want)
			}
			for _, h := range s.headers {
				if h.Get("Authorization") != "" || h.Get("Cookie") != "" || h.Get("Referer") != "" && row.name != "a redirect on the same host" && row.name != "a redirect without end" {
					t.Errorf("it was asked with %v", h)
				}
			}
		})
	}
}

// What may be asked at all: https, and http on this machine.
func TestGetRefuses(t *testing.T) {
	for _, address := range []string{
		"http://smoke.example/ok", "http://10.0.0.1/ok", "http://localhost.example/", "ftp://smoke.example/ok", "file:///etc/passwd",
		"https://user:secret@smoke.example/", "https:///ok", "smoke.example", "", "http://%zz", "https://smoke.example:port/",
	} {
		if got := Get(context.Background(), address, time.Second); got.Verdict != No || got.Text != "no address that may be asked" {
			t.Errorf("%q: got %+v", address, got)
		}
	}
	s := serve(t, false, says(200, "text/plain", "fine"))
	if got := Get(context.Background(), s.URL, 10*time.Second); got.Verdict != Yes {
		t.Errorf("http on loopback: got %+v", got)
	}
}

// Who does not answer in time has not said yes, nor has one whose certificate
// nobody vouches for, nor one who is not there.
func TestGetSilent(t *testing.T) {
	hold := make(chan struct{})
	slow := serve(t, false, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	})
	defer close(hold)
	if got := Get(context.Background(), slow.URL, 50*time.Millisecond); got != (Answer{Silent, "no answer within 50ms"}) {
		t.Errorf("slow: got %+v", got)
	}
	unknown := serve(t, true, says(200, "text/plain", "fine"))
	if got := Get(context.Background(), unknown.URL, 10*time.Second); got.Verdict != Silent || !strings.Contains(got.Text, "certificate") {
		t.Errorf("unknown authority: got %+v", got)
	}
	gone := serve(t, false, says(200, "text/plain", "fine"))
	gone.Close()
	if got := Get(context.Background(), gone.URL, 10*time.Second); got.Verdict != Silent || !strings.Contains(got.Text, "refused") {
		t.Errorf("gone: got %+v", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got := Get(ctx, slow.URL, 10*time.Second); got.Verdict == Yes {
		t.Errorf("left: got %+v", got)
	}
}
