package argocd

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

type record struct{ authorization []string }

func (r *record) RoundTrip(q *http.Request) (*http.Response, error) {
	r.authorization = append(r.authorization, q.Header.Get("Authorization"))
	return nil, errors.New("recorded")
}

// The transport alone keeps the token to its server; no redirect rule is needed.
func TestBearerStaysWithItsOrigin(t *testing.T) {
	var r record
	b := bearer{origin: "https://argocd.example.com:443", next: &r,
		token: func(context.Context) (Token, error) { return NewToken("canary"), nil }}
	for _, u := range []string{"https://ARGOCD.example.com/a", "https://argocd.example.com:443/b",
		"http://argocd.example.com/", "https://argocd.example.com:444/", "https://x.argocd.example.com/", "https://evil.example.com/"} {
		q, err := http.NewRequest(http.MethodGet, u, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = b.RoundTrip(q)
		if q.Header.Get("Authorization") != "" {
			t.Errorf("%s: the caller's request was changed", u)
		}
	}
	if got := strings.Join(r.authorization, ","); got != "Bearer canary,Bearer canary,,,," {
		t.Errorf("sent %q", got)
	}
}

// A sign of life puts the end of a stream off; an empty read is none.
func TestSignsOfLife(t *testing.T) {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	a := &alive{r: strings.NewReader(":\n"), timer: timer, limit: time.Hour}
	p := make([]byte, 8)
	if _, err := a.Read(p); err != nil || !timer.Stop() {
		t.Errorf("a sign of life did not count: %v", err)
	}
	if _, err := a.Read(p); err == nil || timer.Stop() {
		t.Errorf("the end counted as a sign of life: %v", err)
	}
}

// The limit is one line's, not the stream's.
func TestLongStream(t *testing.T) {
	line := `{"result":{"application":{"metadata":{"name":"a"},"x":"` + strings.Repeat("x", 1<<20) + `"}}}` + "\n"
	seen := 0
	err := decodeStream(strings.NewReader(strings.Repeat(line, 20)), call{}, func(Event) error { seen++; return nil })
	if seen != 20 {
		t.Errorf("%d of 20 events, then %v", seen, err)
	}
}
