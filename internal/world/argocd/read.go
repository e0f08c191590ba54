package argocd

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Detail is how much of each Application a list or a watch carries.
type Detail int

// Argo CD 2.14 filters a list by a fixed set of fields only; status.sync.revision
// is not among them. A watch it filters by any field.
const (
	// Rows carries what a table needs: name, labels, sync, health with its
	// message and time, phase and times of the last operation. A watch of Rows
	// carries the revisions, the operation's message and the conditions too.
	Rows Detail = iota
	// Operations adds OperationRevision to a list. It is bulky: the server sends
	// the result of each object along.
	Operations
	// Whole carries everything. Ask for it only when few Applications match.
	Whole
)

// Query says which Applications, and how much of each.
type Query struct {
	Selector map[string]string // labels and their values, all of which must match
	Without  map[string]string // labels and their values, none of which may match
	Projects []string          // any of them; none: all
	Detail   Detail
}

// listFields are keys that the server knows, a subset of those in
// pkg/apiclient/application/forwarder_overwrite.go of Argo CD 2.14. It leaves
// out one that it does not know, without a word.
var listFields = []string{
	"items.metadata.name", "items.metadata.namespace", "items.metadata.labels",
	"items.status.sync.status", "items.status.health",
	"items.status.operationState.phase", "items.status.operationState.startedAt", "items.status.operationState.finishedAt",
	"items.operation.sync",
}

const operationField = "items.status.operationState.operation.sync"

func (q Query) values() url.Values {
	v := url.Values{}
	if len(q.Selector)+len(q.Without) > 0 {
		var terms []string
		for k, value := range q.Selector {
			terms = append(terms, k+"="+value)
		}
		for k, value := range q.Without {
			terms = append(terms, k+"!="+value)
		}
		slices.Sort(terms)
		v.Set("selector", strings.Join(terms, ","))
	}
	for _, p := range q.Projects {
		v.Add("projects", p)
	}
	return v
}

func (q Query) listValues() url.Values {
	v := q.values()
	switch q.Detail {
	case Rows:
		v.Set("fields", strings.Join(listFields, ","))
	case Operations:
		v.Set("fields", strings.Join(listFields, ",")+","+operationField)
	}
	return v
}

// List visits every Application that matches and that the token may see, in
// memory that does not grow with their number. The resource version is where a
// watch may begin. An error means that the list is not complete, whatever was
// visited before; an error of visit ends it and is returned as it is.
func (c *Client) List(ctx context.Context, q Query, visit func(Application) error) (resourceVersion string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 4*c.timeout)
	defer cancel()
	request := call{op: "list applications", method: http.MethodGet,
		path: []string{"api", "v1", "applications"}, query: q.listValues()}
	resp, err := c.do(ctx, request)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	version, err := decodeList(resp.Body, q.Detail != Whole, visit)
	var stopped *visitError
	if errors.As(err, &stopped) {
		return "", stopped.err
	}
	if err != nil {
		return "", request.unavailable(err)
	}
	return version, nil
}

// Get reads one Application as a whole, from the cluster and not from a cache.
func (c *Client) Get(ctx context.Context, name string) (Application, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.application(ctx, call{op: "get application", app: name}, name)
}

// RefreshMode is how thoroughly Argo CD looks again.
type RefreshMode string

const (
	// Normal fetches the branch and compares.
	Normal RefreshMode = "normal"
	// Hard also throws away the manifests that were rendered before.
	Hard RefreshMode = "hard"
)

// Refresh asks Argo CD to look at the repository now, waits until it has
// compared, and gives what it found. A failure is no reason to stop: Argo CD
// looks by itself some minutes later.
func (c *Client) Refresh(ctx context.Context, name string, mode RefreshMode) (Application, error) {
	ctx, cancel := context.WithTimeout(ctx, 4*c.timeout)
	defer cancel()
	return c.application(ctx, call{op: "refresh application", app: name,
		query: url.Values{"refresh": {string(mode)}}}, name)
}

func (c *Client) application(ctx context.Context, q call, name string) (Application, error) {
	q.method, q.path = http.MethodGet, []string{"api", "v1", "applications", name}
	var a answer
	if err := c.get(ctx, q, &a); err != nil {
		return Application{}, err
	}
	if a.Metadata.Name != name {
		return Application{}, q.unavailable(errors.New("the answer is about another application"))
	}
	return a.row(make(interner), false), nil
}

// Version is the version of the server as it says itself: v2.14.21+gitsha. It
// needs no login.
func (c *Client) Version(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var v struct {
		Version string `json:"Version"`
	}
	err := c.get(ctx, call{op: "read the version of Argo CD", method: http.MethodGet, path: []string{"api", "version"}}, &v)
	return clean(v.Version), err
}

// UserInfo says who the token belongs to. Argo CD answers a wrong token with
// "not logged in", not with an error.
func (c *Client) UserInfo(ctx context.Context) (loggedIn bool, name string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var v struct {
		LoggedIn bool   `json:"loggedIn"`
		Username string `json:"username"`
	}
	err = c.get(ctx, call{op: "ask Argo CD who is logged in", method: http.MethodGet,
		path: []string{"api", "v1", "session", "userinfo"}}, &v)
	return v.LoggedIn, clean(v.Username), err
}
