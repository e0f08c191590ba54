package gate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// client keeps no cookies and sends no credentials.
type client struct{ transport http.RoundTripper }

// DefaultTimeout is how long an address may take.
const DefaultTimeout = 10 * time.Second

const (
	mostRedirects = 5
	mostBody      = 4 << 10
)

// Get asks an address: 200 is yes. It goes to that host and to no other, over
// https, or over http on this machine.
func Get(ctx context.Context, address string, timeout time.Duration) Answer {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	return client{transport}.get(ctx, address, timeout)
}

func (c client) get(ctx context.Context, address string, timeout time.Duration) Answer {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil || !reachable(u) {
		return Answer{No, "no address that may be asked"}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Answer{No, "no address that may be asked"}
	}
	r.Header.Set("User-Agent", "shopctl")
	asks := http.Client{Transport: c.transport, CheckRedirect: sameHost(u)}
	resp, err := asks.Do(r)
	var elsewhere *elsewhereError
	switch {
	case errors.As(err, &elsewhere):
		return Answer{No, elsewhere.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return Answer{Silent, fmt.Sprintf("no answer within %s", timeout)}
	case err != nil:
		return Answer{Silent, cut(bare(err).Error())}
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	said := fmt.Sprintf("answers %d", resp.StatusCode)
	if resp.StatusCode == http.StatusOK {
		return Answer{Yes, said}
	}
	return Answer{No, suffixed(said, words(resp))}
}

// bare leaves the address out, which the gate names by itself.
func bare(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// reachable: https anywhere, http on this machine alone.
func reachable(u *url.URL) bool {
	switch u.Scheme {
	case "https":
		return u.Hostname() != ""
	case "http":
		ip := net.ParseIP(u.Hostname())
		return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	}
	return false
}

// elsewhereError is a redirect that is not followed.
type elsewhereError struct{ to string }

func (e *elsewhereError) Error() string { return "leads to " + e.to + ", which is not asked" }

// sameHost follows redirects on the host that the team named.
func sameHost(u *url.URL) func(*http.Request, []*http.Request) error {
	return func(r *http.Request, via []*http.Request) error {
		switch {
		case r.URL.Scheme != u.Scheme || r.URL.Host != u.Host || r.URL.User != nil:
			return &elsewhereError{cut(r.URL.Scheme + "://" + r.URL.Host)}
		case len(via) >= mostRedirects:
			return &elsewhereError{"itself again and again"}
		}
		return nil
	}
}

// words are what a refusal says for people, if it is plain text.
func words(resp *http.Response) string {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "text/plain" {
		return ""
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostBody))
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	return lastLine(first)
}
