package github

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Pull is a pull request.
type Pull struct {
	Number    int
	ID        string // for GraphQL
	Title     string
	Body      string // as it was written: not cleaned
	State     PullState
	Draft     bool
	Author    string
	Head      Branch
	Base      Branch
	Merge     Mergeability
	Why       string // mergeable_state in GitHub's words: clean, dirty, blocked, behind, unstable …
	MergedSHA string
	Created   time.Time
	Updated   time.Time
	Ended     time.Time // merged or closed
	URL       string    // in a browser
	Labels    []string
	Reviewers []string // asked for
	AutoMerge bool     // switched on
}

// Branch is one end of a pull request.
type Branch struct {
	Repo Repo // zero: it was deleted
	Name string
	SHA  string
}

// PullState is where a pull request stands.
type PullState string

// The states.
const (
	Open   PullState = "open"
	Closed PullState = "closed" // without being merged
	Merged PullState = "merged"
)

// Mergeability is whether it could be merged now. The forge finds it out later
// than everything else, after every move of head or base.
type Mergeability string

// The three values. Lists always say NotKnown.
const (
	NotKnown  Mergeability = "unknown"
	Mergeable Mergeability = "yes"
	HasBroken Mergeability = "conflict"
)

// PullQuery says which pull requests. Head is a branch of the repository, or
// owner:branch; State is open, closed or all; empty: open.
type PullQuery struct{ Head, Base, State string }

// NewPull is a pull request to open.
type NewPull struct {
	Title, Body string
	Head, Base  string // branches of the repository; Head may be owner:branch
	Draft       bool
	Labels      []string
	Reviewers   []string // logins; a team as org/team
}

// PullEdit changes what is not nil. Labels and Reviewers are added.
type PullEdit struct {
	Title, Body, Base *string
	State             *PullState // Open or Closed
	Labels, Reviewers []string
}

// sighting is the newest that is known of a pull request.
type sighting struct {
	updated time.Time
	head    string
}

// FindPulls lists pull requests, newest first. What the answer holds is checked
// against the query once more: a forge may overlook a filter.
func (c *Client) FindPulls(ctx context.Context, repo Repo, q PullQuery) ([]Pull, error) {
	query := url.Values{"state": {"open"}, "sort": {"created"}, "direction": {"desc"}}
	head := ownerBranch(repo, q.Head)
	if head != "" {
		query.Set("head", head)
	}
	if q.Base != "" {
		query.Set("base", q.Base)
	}
	if q.State != "" {
		query.Set("state", q.State)
	}
	var found []Pull
	err := pages(ctx, c, call{op: "list pull requests", path: repo.of("pulls"), query: query}, func(list []*gh.PullRequest) {
		for _, v := range list {
			if p := pullOf(v); p.matches(head, q.Base) {
				found = append(found, p)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		if err := c.recognise("list pull requests", repo, p); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ownerBranch makes head complete: without an owner GitHub ignores it.
func ownerBranch(repo Repo, head string) string {
	if head == "" || strings.Contains(head, ":") {
		return head
	}
	return repo.Owner + ":" + head
}

func (p Pull) matches(head, base string) bool {
	if base != "" && p.Base.Name != base {
		return false
	}
	owner, branch, _ := strings.Cut(head, ":")
	// A head whose repository was deleted has no owner any more.
	return head == "" || p.Head.Name == branch && (p.Head.Repo.Owner == "" || strings.EqualFold(p.Head.Repo.Owner, owner))
}

// Pull reads one pull request. Merge is NotKnown until the forge has found it
// out: look again, with Pause between.
func (c *Client) Pull(ctx context.Context, repo Repo, number int) (Pull, error) {
	const op = "read pull request"
	var v gh.PullRequest
	_, err := c.do(ctx, call{op: op, path: repo.of("pulls", strconv.Itoa(number))}, &v)
	if errors.Is(err, NotFound) && c.knows(repo, number) {
		return Pull{}, &Error{Kind: Stale, Op: op, Status: http.StatusNotFound, Text: "it was there a moment ago", RetryAt: c.now().Add(shortWait)}
	}
	if err != nil {
		return Pull{}, err
	}
	p := pullOf(&v)
	return p, c.recognise(op, repo, p)
}

// PullsOf lists the pull requests that a commit belongs to.
func (c *Client) PullsOf(ctx context.Context, repo Repo, sha string) (found []Pull, err error) {
	err = pages(ctx, c, call{op: "list pull requests of a commit", path: repo.of("commits", sha, "pulls")}, func(list []*gh.PullRequest) {
		for _, v := range list {
			found = append(found, pullOf(v))
		}
	})
	return found, err
}

// OpenPull opens a pull request, or adopts the one that is there for the same
// head and base, so that it is safe to repeat. An adopted one is given the
// title, body, labels and reviewers that are asked for.
func (c *Client) OpenPull(ctx context.Context, repo Repo, n NewPull) (Pull, error) {
	const op = "open pull request"
	body := map[string]any{"title": n.Title, "body": n.Body, "head": ownerBranch(repo, n.Head), "base": n.Base, "draft": n.Draft}
	var v gh.PullRequest
	_, err := c.do(ctx, call{op: op, method: http.MethodPost, path: repo.of("pulls"), body: body}, &v)
	if errors.Is(err, PullExists) {
		return c.adopt(ctx, repo, n)
	}
	if err != nil {
		return Pull{}, err
	}
	p := pullOf(&v)
	c.remember(repo, p)
	return c.decorate(ctx, repo, p, n.Labels, n.Reviewers)
}

func (c *Client) adopt(ctx context.Context, repo Repo, n NewPull) (Pull, error) {
	found, err := c.FindPulls(ctx, repo, PullQuery{Head: n.Head, Base: n.Base})
	if err != nil {
		return Pull{}, err
	}
	if len(found) == 0 {
		return Pull{}, &Error{Kind: Stale, Op: "open pull request", Text: "the forge says that it exists, and does not list it", RetryAt: c.now().Add(shortWait)}
	}
	p := found[0]
	edit := PullEdit{Labels: missing(n.Labels, p.Labels), Reviewers: missing(n.Reviewers, append([]string{p.Author}, p.Reviewers...))}
	if p.Title != n.Title && n.Title != "" {
		edit.Title = &n.Title
	}
	if !sameText(p.Body, n.Body) && n.Body != "" {
		edit.Body = &n.Body
	}
	if edit.isZero() {
		return p, nil
	}
	return c.EditPull(ctx, repo, p.Number, edit)
}

// sameText compares bodies: GitHub hands line ends back its own way.
func sameText(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(strings.ReplaceAll(b, "\r\n", "\n"))
}

func missing(wanted, have []string) (list []string) {
	for _, w := range wanted {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, w) }) {
			list = append(list, w)
		}
	}
	return list
}

func (e PullEdit) isZero() bool {
	return e.Title == nil && e.Body == nil && e.Base == nil && e.State == nil && len(e.Labels) == 0 && len(e.Reviewers) == 0
}

// EditPull changes a pull request and gives it as it is then.
func (c *Client) EditPull(ctx context.Context, repo Repo, number int, e PullEdit) (Pull, error) {
	body := map[string]string{}
	for key, value := range map[string]*string{"title": e.Title, "body": e.Body, "base": e.Base, "state": (*string)(e.State)} {
		if value != nil {
			body[key] = *value
		}
	}
	var p Pull
	if len(body) > 0 {
		var v gh.PullRequest
		q := call{op: "change pull request", method: http.MethodPatch, path: repo.of("pulls", strconv.Itoa(number)), body: body}
		if _, err := c.do(ctx, q, &v); err != nil {
			return Pull{}, err
		}
		p = pullOf(&v)
		c.remember(repo, p)
	} else {
		var err error
		if p, err = c.Pull(ctx, repo, number); err != nil {
			return Pull{}, err
		}
	}
	return c.decorate(ctx, repo, p, missing(e.Labels, p.Labels), e.Reviewers)
}

// decorate adds labels and asks for reviews.
func (c *Client) decorate(ctx context.Context, repo Repo, p Pull, labels, reviewers []string) (Pull, error) {
	number := strconv.Itoa(p.Number)
	if len(labels) > 0 {
		q := call{op: "label pull request", method: http.MethodPost, path: repo.of("issues", number, "labels"), body: map[string]any{"labels": labels}}
		if _, err := c.do(ctx, q, nil); err != nil {
			return p, err
		}
		p.Labels = append(p.Labels, labels...)
	}
	if len(reviewers) > 0 {
		body := map[string][]string{}
		for _, r := range reviewers {
			if _, team, ok := strings.Cut(r, "/"); ok {
				body["team_reviewers"] = append(body["team_reviewers"], team)
			} else {
				body["reviewers"] = append(body["reviewers"], r)
			}
		}
		q := call{op: "ask for reviews", method: http.MethodPost, path: repo.of("pulls", number, "requested_reviewers"), body: body}
		if _, err := c.do(ctx, q, nil); err != nil {
			return p, err
		}
		p.Reviewers = append(p.Reviewers, reviewers...)
	}
	return p, nil
}

// ClosePull closes a pull request, with a comment first unless it is empty.
func (c *Client) ClosePull(ctx context.Context, repo Repo, number int, comment string) error {
	if comment != "" {
		if err := c.Comment(ctx, repo, number, comment); err != nil {
			return err
		}
	}
	shut := Closed
	_, err := c.EditPull(ctx, repo, number, PullEdit{State: &shut})
	return err
}

// Comment writes a comment.
func (c *Client) Comment(ctx context.Context, repo Repo, number int, text string) error {
	_, err := c.do(ctx, call{op: "comment", method: http.MethodPost,
		path: repo.of("issues", strconv.Itoa(number), "comments"), body: map[string]string{"body": text}}, nil)
	return err
}

// recognise refuses an answer that is older than what is known.
func (c *Client) recognise(op string, repo Repo, p Pull) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := repo.String() + "#" + strconv.Itoa(p.Number)
	if known := c.seen[key]; p.Updated.Before(known.updated) {
		return &Error{Kind: Stale, Op: op, Text: "it was changed at " + known.updated.UTC().Format(time.RFC3339) + " already", RetryAt: c.now().Add(shortWait)}
	}
	c.seen[key] = sighting{p.Updated, p.Head.SHA}
	return nil
}

func (c *Client) remember(repo Repo, p Pull) {
	_ = c.recognise("", repo, p) // the answer of a write is never old
}

func (c *Client) knows(repo Repo, number int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.seen[repo.String()+"#"+strconv.Itoa(number)]
	return ok
}

func pullOf(v *gh.PullRequest) Pull {
	p := Pull{
		Number: v.GetNumber(), ID: v.GetNodeID(), Title: clean(v.GetTitle()), Body: v.GetBody(), Draft: v.GetDraft(),
		Author: clean(v.GetUser().GetLogin()), Head: branchOf(v.GetHead()), Base: branchOf(v.GetBase()),
		State: Open, Merge: NotKnown, Why: clean(v.GetMergeableState()), MergedSHA: clean(v.GetMergeCommitSHA()),
		Created: v.GetCreatedAt().Time, Updated: v.GetUpdatedAt().Time, URL: clean(v.GetHTMLURL()), AutoMerge: v.AutoMerge != nil,
	}
	switch {
	case v.GetMerged() || !v.GetMergedAt().IsZero():
		p.State, p.Ended = Merged, v.GetMergedAt().Time
	case v.GetState() == "closed":
		p.State, p.Ended = Closed, v.GetClosedAt().Time
	}
	if v.Mergeable != nil {
		p.Merge = HasBroken
		if *v.Mergeable {
			p.Merge = Mergeable
		}
	}
	for _, l := range v.Labels {
		p.Labels = append(p.Labels, clean(l.GetName()))
	}
	for _, u := range v.RequestedReviewers {
		p.Reviewers = append(p.Reviewers, clean(u.GetLogin()))
	}
	return p
}

func branchOf(b *gh.PullRequestBranch) Branch {
	if b == nil {
		return Branch{}
	}
	r := b.GetRepo()
	return Branch{Repo: Repo{clean(r.GetOwner().GetLogin()), clean(r.GetName())}, Name: clean(b.GetRef()), SHA: clean(b.GetSHA())}
}
