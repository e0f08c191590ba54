package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// transport stands below go-github: token, cache, counting, and every answer
// classified before the library sees it. The library is left with successes and
// nothing to say about limits.
type transport struct{ c *Client }

const maxAnswer = 32 << 20

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	c, write := t.c, changes(r)
	if e := c.heldUp(r); e != nil {
		return nil, e
	}
	r = r.Clone(r.Context())
	r.Header.Del(queryHeader)
	token, err := c.authorise(r)
	if err != nil {
		return nil, err
	}
	var known entry
	key := ""
	if r.Method == http.MethodGet {
		key = cacheKey(token, r)
		known = c.cache.load(key)
		if known.ETag != "" {
			r.Header.Set("If-None-Match", known.ETag)
		}
	}
	if write { // one at a time, as GitHub asks
		select {
		case c.writing <- struct{}{}:
			defer func() { <-c.writing }()
		case <-r.Context().Done():
			return nil, context.Cause(r.Context()) //nolint:wrapcheck // the one who asked wraps it
		}
	}
	c.count(write)
	resp, err := c.next.RoundTrip(r)
	if err != nil {
		c.log("forge: %s %s: no answer: %s", r.Method, shown(r), clean(err.Error()))
		return nil, err //nolint:wrapcheck // the one who asked wraps it
	}
	return t.received(r, resp, write, key, known)
}

// received reads the whole answer, so that none is ever half taken.
func (t transport) received(r *http.Request, resp *http.Response, write bool, key string, known entry) (*http.Response, error) {
	c := t.c
	defer func() { _ = resp.Body.Close() }()
	c.note(resp.StatusCode, resp.Header)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	c.log("forge: %s %s: %d, %d bytes", r.Method, shown(r), resp.StatusCode, len(body))
	a := answer{status: resp.StatusCode, header: resp.Header, body: body, write: write, graph: isGraph(r), now: c.now()}
	switch {
	case err != nil || len(body) > maxAnswer:
		return nil, a.unreadable(fmt.Sprintf("the answer is cut after %d bytes", len(body)), err)
	case resp.StatusCode == http.StatusNotModified && known.ETag != "":
		return known.response(r), nil
	case isRedirect(resp.StatusCode):
		return withBody(resp, nil), nil
	}
	if e := classify(a); e != nil {
		c.hold(r, e)
		return nil, e
	}
	if isPage(resp.Header) {
		return nil, &Error{Kind: WrongAddress, Status: resp.StatusCode, Text: "it answered with a web page"}
	}
	if len(body) > 0 && !json.Valid(body) {
		return nil, a.unreadable("the answer is no JSON", nil)
	}
	if key != "" && resp.StatusCode == http.StatusOK {
		c.cache.store(key, entry{ETag: resp.Header.Get("ETag"), Link: resp.Header.Get("Link"), Body: body})
	}
	return withBody(resp, body), nil
}

func (a answer) unreadable(text string, err error) *Error {
	return &Error{Kind: Unavailable, Status: a.status, Text: text, RetryAt: a.now.Add(shortWait), Uncertain: a.write, Err: err}
}

// withBody is what go-github is given: 202 is a success and not an error, and
// the limits are ours to keep.
func withBody(resp *http.Response, body []byte) *http.Response {
	out := *resp
	out.Header = resp.Header.Clone()
	for name := range out.Header {
		if strings.HasPrefix(name, "X-Ratelimit-") {
			out.Header.Del(name)
		}
	}
	if out.StatusCode == http.StatusAccepted {
		out.StatusCode = http.StatusOK
	}
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return &out
}

// authorise adds the token, and only for the server that it belongs to.
func (c *Client) authorise(r *http.Request) (Token, error) {
	if c.token == nil || origin(r.URL) != origin(c.base) {
		return Token{}, nil
	}
	token, err := c.token(r.Context())
	if err != nil {
		return Token{}, &Error{Kind: Unauthorized, Text: clean(err.Error()), Err: err}
	}
	if token.IsZero() {
		return token, nil
	}
	if !token.isClean() {
		return Token{}, &Error{Kind: Unauthorized, Text: "the token holds characters that no token has"}
	}
	r.Header.Set("Authorization", "Bearer "+token.Reveal())
	return token, nil
}

// hold keeps a limit, so that nothing is sent before it is over.
func (c *Client) hold(r *http.Request, e *Error) {
	if e.Kind != Limited && e.Kind != Slowed {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Kind == Slowed { // of all that we do
		c.held[coreResource], c.held[graphResource] = e, e
	}
	c.held[resource(r)] = e
}

func (c *Client) heldUp(r *http.Request) *Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.held[resource(r)]
	if e == nil || !c.now().Before(e.RetryAt) {
		delete(c.held, resource(r))
		return nil
	}
	told := *e
	told.Uncertain = false // this one was not sent
	return &told
}

// checkRedirect follows within the same server only, and never over a change
// that would arrive as a read.
func (c *Client) checkRedirect(r *http.Request, via []*http.Request) error {
	switch {
	case origin(r.URL) != origin(c.base):
		return &Error{Kind: WrongAddress, Text: "it redirects to " + clean(origin(r.URL)) + ", which gets no token"}
	case via[0].Method != r.Method:
		return &Error{Kind: Renamed, Text: "it redirects a change to " + clean(r.URL.Path)}
	case len(via) >= 4:
		return &Error{Kind: WrongAddress, Text: "it redirects in a circle"}
	}
	c.sayMoved(via[0].URL.Path, r.URL.Path)
	return nil
}

// sayMoved tells once that something has another address.
func (c *Client) sayMoved(from, to string) {
	c.mu.Lock()
	again := c.moved[from] == to
	c.moved[from] = to
	c.mu.Unlock()
	if !again {
		c.log("forge: %s is at %s now", clean(from), clean(to))
	}
}

func resource(r *http.Request) string {
	if isGraph(r) {
		return graphResource
	}
	return coreResource
}

// changes reports whether a request may change something.
func changes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Header.Get(queryHeader) == ""
}

func isGraph(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/graphql") }

func isRedirect(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusFound || status == http.StatusSeeOther ||
		status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
}

// shown is a URL for the log: without user and query.
func shown(r *http.Request) string {
	u := *r.URL
	u.User, u.RawQuery = nil, ""
	return clean(u.String())
}
