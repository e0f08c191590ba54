// Package argocd reads Argo CD over its REST API and asks it to refresh and
// sync. It speaks in Argo CD's own words and decides nothing: whether a release
// is live, whether to ask again and how long to wait is up to the caller. It is
// no Kubernetes client and links only leaf packages of argo-cd/v2; the nested
// module contract/ holds it against Argo CD's own types and gateway.
//
//	c, err := argocd.New(argocd.Options{URL: "https://argocd.example.com", Token: token})
//	version, err := c.List(ctx, argocd.Query{Selector: map[string]string{"shopset.dev/tier": "tier-1"}},
//		func(a argocd.Application) error { fmt.Println(a.Name, a.Sync, a.Health); return nil })
package argocd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Options say where Argo CD is and how to log in there. URL is required.
type Options struct {
	// URL is the address of the server, with its root path if it has one: https,
	// http only on loopback.
	URL string
	// Token gives the bearer token, asked for before each request. It is sent to
	// the scheme, host and port of URL alone. Nil or an empty token: anonymous.
	Token func(context.Context) (Token, error)
	// CA is what the server's certificate is checked against; nil: the system's
	// pool. It is not used when HTTP is set.
	CA *x509.CertPool
	// HTTP carries the requests; nil: a transport of its own.
	HTTP http.RoundTripper
	// UserAgent is sent with each request; empty: shopctl.
	UserAgent string
	// Timeout is how long a short request may take; lists and refreshes may take
	// four times that, and a watch may be silent twice that. Zero: 30 s.
	Timeout time.Duration
}

// Client is one Argo CD server. It never repeats a request by itself, and each
// request ends by its deadline. It is safe for concurrent use.
type Client struct {
	base      *url.URL
	http      *http.Client
	userAgent string
	timeout   time.Duration
	date      atomic.Pointer[time.Time]
}

const defaultTimeout = 30 * time.Second

// New makes a client; it sends nothing yet. It refuses an address that is no
// https URL (http on loopback), or that holds a user, a query or a fragment.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, err
	}
	next := o.HTTP
	if next == nil {
		next = transport(o.CA)
	}
	c := &Client{base: base, userAgent: o.UserAgent, timeout: o.Timeout}
	if c.userAgent == "" {
		c.userAgent = "shopctl"
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	c.http = &http.Client{
		Transport:     bearer{origin: origin(base), token: o.Token, next: next},
		CheckRedirect: c.checkRedirect,
	}
	return c, nil
}

// URL is the address of the server, without a slash at its end.
func (c *Client) URL() string { return c.base.String() }

// Date is the server's clock as of its latest answer; false before the first.
func (c *Client) Date() (time.Time, bool) {
	if t := c.date.Load(); t != nil {
		return *t, true
	}
	return time.Time{}, false
}

func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		// url.Error repeats the address, which may hold a password.
		return nil, fmt.Errorf("the address of Argo CD is no URL")
	}
	switch {
	case u.User != nil:
		return nil, fmt.Errorf("the address of Argo CD must not hold a user or password")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("the address of Argo CD %q must begin with https://", address)
	case u.Hostname() == "":
		return nil, fmt.Errorf("the address of Argo CD %q has no host", address)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the address of Argo CD %q must end with its path", address)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("the address of Argo CD %q must begin with https://: http:// is for loopback only", address)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func transport(ca *x509.CertPool) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if ca != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: ca, MinVersion: tls.VersionTLS12}
	}
	return t
}
