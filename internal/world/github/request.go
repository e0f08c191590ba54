package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	gh "github.com/google/go-github/v60/github"
)

// call is one request. Path holds whole segments; whatever characters they
// hold, each stays one.
type call struct {
	op     string
	method string // empty: GET
	path   []string
	query  url.Values
	body   any
}

// of is the path of something in a repository.
func (r Repo) of(segments ...string) []string {
	return append([]string{"repos", r.Owner, r.Name}, segments...)
}

// do sends one request and decodes its answer into v. The gh.Response tells the
// next page.
func (c *Client) do(ctx context.Context, q call, v any) (*gh.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	address, err := endpoint(q.path, q.query)
	if err != nil {
		return nil, &Error{Kind: Invalid, Op: q.op, Text: clean(err.Error())}
	}
	method := q.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := c.api.NewRequest(method, address, q.body)
	if err != nil {
		return nil, &Error{Kind: Invalid, Op: q.op, Text: clean(err.Error())}
	}
	resp, err := c.api.Do(ctx, req, v)
	if err != nil {
		return nil, c.failed(ctx, q.op, method, err)
	}
	return resp, nil
}

// failed finds our own error in what came back; anything else is a fault of the
// connection. Who called the context off is told so.
func (c *Client) failed(ctx context.Context, op, method string, err error) error {
	if errors.Is(context.Cause(ctx), context.Canceled) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", op, context.Canceled)
	}
	var ours *Error
	if errors.As(err, &ours) {
		told := *ours
		told.Op = op
		return &told
	}
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err // without the URL, whose query is noise
	}
	e := &Error{Kind: Unavailable, Op: op, Text: clean(err.Error()), RetryAt: c.now().Add(shortWait),
		Uncertain: method != http.MethodGet, Err: err}
	if errors.Is(err, context.DeadlineExceeded) {
		e.Text = "no answer in time"
	}
	return e
}

const maxPages = 50 // of 100 entries: more is no answer of a forge

// pages reads a list to its end. add is given each page and says how many
// entries it held.
func pages[T any](ctx context.Context, c *Client, q call, add func(T)) error {
	query := url.Values{}
	for k, v := range q.query {
		query[k] = v
	}
	query.Set("per_page", "100")
	for page := 1; page <= maxPages; {
		if page > 1 {
			query.Set("page", strconv.Itoa(page))
		}
		q.query = query
		var v T
		resp, err := c.do(ctx, q, &v)
		if err != nil {
			return err
		}
		add(v)
		if resp.NextPage == 0 {
			return nil
		}
		if resp.NextPage <= page {
			return &Error{Kind: Invalid, Op: q.op, Text: "the pages of the list go in a circle"}
		}
		page = resp.NextPage
	}
	return &Error{Kind: Invalid, Op: q.op, Text: fmt.Sprintf("the list has more than %d pages", maxPages)}
}

// endpoint is the one place that makes paths, relative to the base address.
func endpoint(path []string, query url.Values) (string, error) {
	var b strings.Builder
	for i, s := range path {
		if s == "" || s == "." || s == ".." {
			return "", fmt.Errorf("%q cannot be a name", s)
		}
		if i > 0 {
			b.WriteByte('/')
		}
		// A colon in the first segment would read as a scheme.
		b.WriteString(strings.ReplaceAll(url.PathEscape(s), ":", "%3A"))
	}
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String(), nil
}
