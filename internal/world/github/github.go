// Package github speaks with GitHub, or a server like it, in GitHub's own
// words: pull requests, checks, statuses, reviews, rules. It decides nothing and
// never waits: whether to ask again, and when, is up to the caller, who finds
// the earliest moment in Error.RetryAt. Content goes through package git.
//
//	c, err := github.New(github.Options{API: "https://api.github.com", Token: token, Now: time.Now})
//	pull, err := c.OpenPull(ctx, repo, github.NewPull{Head: "feature", Base: "tier-0", Title: "…"})
//	if errors.Is(err, github.NothingToMerge) { … }
//
// Requests and types are go-github's. What that library does wrongly is ours:
// one function classifies every answer before the library sees it, so nothing
// here looks at the library's errors.
package github

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Options say where the forge is and how to log in there. API is required.
type Options struct {
	// API is the base address of the REST API: https, http only on loopback. It
	// is taken as it is; nothing is guessed from the name of a host.
	API string
	// Token is asked before each request. It is sent to the scheme, host and
	// port of API alone. Nil or an empty token: anonymous.
	Token func(context.Context) (Token, error)
	// HTTP gives the transport; nil: one of its own. Its redirects are not used.
	HTTP *http.Client
	// Cache is the folder of the answers with an ETag; empty: none is kept.
	Cache string
	// Now is the clock; nil: the real one.
	Now func() time.Time
	// Log is told each request and its answer, never a token; nil: nobody.
	Log func(format string, args ...any)
	// UserAgent is sent with each request; empty: shopctl.
	UserAgent string
	// Timeout is how long one request may take. Zero: 30 s.
	Timeout time.Duration
}

// Client is one forge. It never sleeps and never repeats a request by itself.
// It is safe for concurrent use.
type Client struct {
	base  *url.URL
	api   *gh.Client
	token func(context.Context) (Token, error)
	next  http.RoundTripper
	cache cache
	now   func() time.Time
	log   func(string, ...any)
	limit time.Duration

	writing chan struct{} // holds one

	mu     sync.Mutex
	budget Budget
	held   map[string]*Error   // by resource: no call before RetryAt
	seen   map[string]sighting // what was last known of a pull request
	moved  map[string]string   // old path -> new one
}

const defaultTimeout = 30 * time.Second

// New makes a client; it sends nothing yet.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.API)
	if err != nil {
		return nil, err
	}
	c := &Client{
		base: base, token: o.Token, next: http.DefaultTransport, cache: cache{dir: o.Cache},
		now: o.Now, log: o.Log, limit: o.Timeout,
		writing: make(chan struct{}, 1),
		held:    map[string]*Error{}, seen: map[string]sighting{}, moved: map[string]string{},
	}
	if o.HTTP != nil && o.HTTP.Transport != nil {
		c.next = o.HTTP.Transport
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = func(string, ...any) {}
	}
	if c.limit <= 0 {
		c.limit = defaultTimeout
	}
	c.api = gh.NewClient(&http.Client{Transport: transport{c}, CheckRedirect: c.checkRedirect})
	c.api.BaseURL, c.api.UserAgent = base, "shopctl"
	if o.UserAgent != "" {
		c.api.UserAgent = o.UserAgent
	}
	return c, nil
}

// Host is the host that the token is sent to, with its port if it is written.
func (c *Client) Host() string { return c.base.Host }

func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		// url.Error repeats the address, which may hold a password.
		return nil, fmt.Errorf("the address of the forge's API is no URL")
	}
	switch {
	case u.User != nil:
		return nil, fmt.Errorf("the address of the forge's API must not hold a user or password")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, fmt.Errorf("the address of the forge's API %q must begin with https://", address)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the address of the forge's API %q must end with its path", address)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("the address of the forge's API %q must begin with https://: http:// is for loopback only", address)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/")+"/", ""
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// origin is scheme, host and port of a URL, the port always written.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
