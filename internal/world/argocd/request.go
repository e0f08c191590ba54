package argocd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one request to the API.
type call struct {
	op     string // for errors: get application
	app    string
	method string
	path   []string // below the root path, unescaped
	query  url.Values
	body   []byte // JSON
	accept string // application/json by default
}

// do sends the request and gives the answer, whose status is 2xx and whose body
// the caller closes. The context carries the deadline.
func (c *Client) do(ctx context.Context, q call) (*http.Response, error) {
	u, err := c.endpoint(q.path, q.query)
	if err != nil {
		return nil, &Error{Kind: Invalid, Op: q.op, App: clean(q.app), Message: err.Error()}
	}
	var body io.Reader
	if q.body != nil {
		body = strings.NewReader(string(q.body))
	}
	req, err := http.NewRequestWithContext(ctx, q.method, u, body)
	if err != nil {
		return nil, q.unavailable(err)
	}
	req.Header.Set("Accept", "application/json")
	if q.accept != "" {
		req.Header.Set("Accept", q.accept)
	}
	req.Header.Set("User-Agent", c.userAgent)
	if q.method != http.MethodGet {
		// Without exactly this type Argo CD answers 415, its guard against
		// requests that a web page made.
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, q.unavailable(err)
	}
	c.noteDate(resp.Header)
	if resp.StatusCode/100 != 2 {
		defer func() { _ = resp.Body.Close() }()
		return nil, q.refused(resp)
	}
	if isPage(resp.Header) {
		_ = resp.Body.Close()
		return nil, q.unavailable(errors.New("it answered with a web page: is this the address of Argo CD?"))
	}
	return resp, nil
}

// get reads one JSON value of bounded size into v.
func (c *Client) get(ctx context.Context, q call, v any) error {
	resp, err := c.do(ctx, q)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(&bounded{r: resp.Body, left: maxValue}).Decode(v); err != nil {
		return q.unavailable(broken(err))
	}
	return nil
}

// endpoint is the one place that makes URLs. Each segment stays one segment,
// whatever characters it holds.
func (c *Client) endpoint(path []string, query url.Values) (string, error) {
	var b strings.Builder
	b.WriteString(c.base.Scheme + "://" + c.base.Host + c.base.EscapedPath())
	for _, s := range path {
		if s == "" || s == "." || s == ".." {
			return "", fmt.Errorf("%q cannot be a name", s)
		}
		b.WriteString("/" + url.PathEscape(s))
	}
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String(), nil
}

func (c *Client) noteDate(h http.Header) {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		c.date.Store(&t)
	}
}

func isPage(h http.Header) bool {
	t, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return t == "text/html"
}

// unavailable wraps a fault of the connection or of the body. The caller's own
// cancellation passes through errors.Is; it is not Argo CD's fault.
func (q call) unavailable(err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", q.op, context.Canceled)
	}
	var classified *Error
	if errors.As(err, &classified) {
		return classified
	}
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err // without the URL, whose query is noise
	}
	e := &Error{Kind: Unavailable, Op: q.op, App: clean(q.app), Message: clean(err.Error()), Err: err}
	if errors.Is(err, context.DeadlineExceeded) {
		e.Message = "no answer in time"
	}
	return e
}

// refused reads what a status that is no success says.
func (q call) refused(resp *http.Response) error {
	e := &Error{Kind: kindOf(resp.StatusCode), Op: q.op, App: clean(q.app), Status: resp.StatusCode,
		RetryAfter: retryAfter(resp.Header)}
	if isPage(resp.Header) {
		return e
	}
	data, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	e.Message = clean(messageOf(data))
	return e
}

// messageOf finds the words in an error of the gateway: {"error":"…","message":"…"},
// or {"error":{"message":"…"}} from a stream, or plain text.
func messageOf(data []byte) string {
	var v struct {
		Message string          `json:"message"`
		Error   json.RawMessage `json:"error"`
	}
	if json.Unmarshal(data, &v) != nil {
		return string(data)
	}
	if v.Message != "" {
		return v.Message
	}
	var s string
	if json.Unmarshal(v.Error, &s) == nil {
		return s
	}
	var inner streamError
	_ = json.Unmarshal(v.Error, &inner)
	return inner.Message
}

const maxRetryAfter = time.Hour

// retryAfter reads seconds or a time, which counts from the server's own clock.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		return min(max(time.Duration(min(s, 3600))*time.Second, 0), maxRetryAfter)
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(until.Sub(now), 0), maxRetryAfter)
}

// bearer adds the token, and only for the server that it belongs to.
type bearer struct {
	origin string
	token  func(context.Context) (Token, error)
	next   http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.token == nil || origin(r.URL) != b.origin {
		return b.next.RoundTrip(r)
	}
	t, err := b.token(r.Context())
	if err != nil {
		return nil, &Error{Kind: Unauthorized, Op: "log in to Argo CD", Message: clean(err.Error()), Err: err}
	}
	if t.IsZero() {
		return b.next.RoundTrip(r)
	}
	if strings.ContainsFunc(*t.text, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return nil, &Error{Kind: Unauthorized, Op: "log in to Argo CD", Message: "the token holds characters that no token has"}
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+*t.text)
	return b.next.RoundTrip(r)
}

// checkRedirect follows a read within the same server only: a sync that is sent
// somewhere else, or a token on the way there, is never what was meant.
func (c *Client) checkRedirect(r *http.Request, via []*http.Request) error {
	switch {
	case origin(r.URL) != origin(c.base):
		return fmt.Errorf("it redirects to %s: is this the address of Argo CD?", clean(origin(r.URL)))
	case via[0].Method != http.MethodGet:
		return errors.New("it redirects a request that changes something")
	case len(via) >= 3:
		return errors.New("it redirects in a circle")
	}
	return nil
}

// origin is scheme, host and port of a URL, the port always written.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
