package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// queryHeader marks a GraphQL request that only reads; it is not sent.
const queryHeader = "X-Shopctl-Reads"

// AutoMerge lets the forge merge a pull request once nothing blocks it: for
// exactly the head that the caller saw. AlreadyClean: merge it now.
func (c *Client) AutoMerge(ctx context.Context, p Pull, method string) error {
	return c.mutate(ctx, "switch auto-merge on", "enablePullRequestAutoMerge",
		map[string]any{"pullRequestId": p.ID, "mergeMethod": strings.ToUpper(methodOr(method)), "expectedHeadOid": p.Head.SHA})
}

// StopAutoMerge switches it off again.
func (c *Client) StopAutoMerge(ctx context.Context, p Pull) error {
	return c.mutate(ctx, "switch auto-merge off", "disablePullRequestAutoMerge", map[string]any{"pullRequestId": p.ID})
}

// Enqueue puts a pull request into the merge queue. It is not merged by that.
func (c *Client) Enqueue(ctx context.Context, p Pull) error {
	return c.mutate(ctx, "enqueue pull request", "enqueuePullRequest", map[string]any{"pullRequestId": p.ID, "expectedHeadOid": p.Head.SHA})
}

// mutate makes one change. The type of its input is called after it.
func (c *Client) mutate(ctx context.Context, op, name string, input map[string]any) error {
	query := fmt.Sprintf("mutation($input: %sInput!) { %s(input: $input) { clientMutationId } }", strings.ToUpper(name[:1])+name[1:], name)
	return c.graph(ctx, op, query, map[string]any{"input": input}, nil)
}

// viewer is the login behind a token that has no user.
func (c *Client) viewer(ctx context.Context) (string, error) {
	var v struct{ Viewer struct{ Login string } }
	err := c.graph(ctx, "ask who is logged in", `query { viewer { login } }`, nil, &v)
	return clean(v.Viewer.Login), err
}

// graph sends one GraphQL request. Its errors come with status 200 and are
// classified like all others.
func (c *Client) graph(ctx context.Context, op, query string, variables map[string]any, data any) error {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	req, err := c.api.NewRequest(http.MethodPost, c.graphAddress(), map[string]any{"query": query, "variables": variables})
	if err != nil {
		return &Error{Kind: Invalid, Op: op, Text: clean(err.Error())}
	}
	method := http.MethodPost
	if strings.HasPrefix(query, "query") {
		method = http.MethodGet // as far as it matters: it only reads
		req.Header.Set(queryHeader, "1")
	}
	var v struct {
		Data json.RawMessage `json:"data"`
	}
	if _, err := c.api.Do(ctx, req, &v); err != nil {
		return c.failed(ctx, op, method, err)
	}
	if data == nil {
		return nil
	}
	if err := json.Unmarshal(v.Data, data); err != nil {
		return &Error{Kind: Unavailable, Op: op, Text: "the answer is not as asked for", RetryAt: c.now().Add(shortWait), Err: err}
	}
	return nil
}

// graphAddress stands beside the REST API: /api/graphql on an Enterprise server,
// whose REST API is at /api/v3/, else below the base.
func (c *Client) graphAddress() string {
	u := url.URL{Scheme: c.base.Scheme, Host: c.base.Host, Path: c.base.Path + "graphql"}
	if above, ok := strings.CutSuffix(c.base.Path, "/api/v3/"); ok {
		u.Path = above + "/api/graphql"
	}
	return u.String()
}
