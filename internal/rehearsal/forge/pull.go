package forge

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pull is a pull request.
type pull struct {
	Number    int       `json:"number"`
	ID        int64     `json:"id"`
	Title     string    `json:"title"`
	Body      string    `json:"body,omitempty"`
	Author    string    `json:"author"`
	State     string    `json:"state"` // open or closed
	Draft     bool      `json:"draft,omitempty"`
	Head      string    `json:"head"` // branches
	Base      string    `json:"base"`
	HeadSHA   string    `json:"headSha"`
	BaseSHA   string    `json:"baseSha"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
	Closed    time.Time `json:"closed,omitzero"`
	Merged    time.Time `json:"merged,omitzero"`
	MergedBy  string    `json:"mergedBy,omitempty"`
	MergedAs  string    `json:"mergedAs,omitempty"` // the commit
	Labels    []string  `json:"labels,omitempty"`
	Reviewers []string  `json:"reviewers,omitempty"` // asked for
	Reviews   []review  `json:"reviews,omitempty"`
	Auto      *auto     `json:"auto,omitempty"`
	Queued    time.Time `json:"queued,omitzero"` // in the merge queue since

	Looks   int       `json:"looks"`            // reads since head or base moved: mergeability comes with the third
	Reached time.Time `json:"reached,omitzero"` // a push brought the head into the base
	Pusher  string    `json:"pusher,omitempty"` // who did
	Since   int       `json:"since,omitempty"`  // reads since then
	Lag     int       `json:"lag,omitempty"`    // stale reads to come
	Before  *pull     `json:"before,omitempty"` // what they show; nil: nothing
	Writes  int       `json:"writes,omitempty"`
}

// auto is an auto-merge that waits.
type auto struct{ By, Method, Title string }

func (p *pull) merged() bool { return !p.Merged.IsZero() }

func (r *repository) pull(number int) *pull {
	for _, p := range r.Pulls {
		if p.Number == number {
			return p
		}
	}
	return nil
}

// numbered is the pull request of the call's path.
func (c *call) numbered() (*pull, bool) {
	n, err := strconv.Atoi(c.r.PathValue("number"))
	if err != nil {
		return nil, false
	}
	p := c.repo.pull(n)
	return p, p != nil
}

// asked reads the body of a call about the pull request of its path. None: that
// is the answer.
func (c *call) asked(body any) (*pull, reply) {
	if r := c.read(body); r.status != 0 {
		return nil, r
	}
	if p, found := c.numbered(); found {
		return p, reply{}
	}
	return nil, notFound()
}

// next is the number of the next pull request.
func (r *repository) next() int {
	n := 0
	for _, p := range r.Pulls {
		n = max(n, p.Number)
	}
	return n + 1
}

// written notes that a pull request is being changed: what is read first may be
// older than the change.
func (c *call) written(p *pull) {
	before := *p
	before.Before, before.Lag = nil, 0
	p.Writes++
	p.Updated = c.now
	c.dirty = true
	if p.Lag = c.lag(fmt.Sprint(c.repo.Name, p.Number, p.Writes)); p.Lag > 0 && p.Writes > 1 {
		p.Before = &before
	}
}

// lag is how many reads after a write are stale, by the seed.
func (f *Forge) lag(what string) int {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, f.options.Seed, what)
	switch {
	case f.has("fresh"):
		return 0
	case f.has("stale"), h.Sum32()%3 == 0:
		return 1
	}
	return 0
}

// look is the pull request as a read sees it now; nil: not yet there.
func (c *call) look(p *pull) *pull {
	if p.Lag > 0 {
		p.Lag--
		c.dirty = true
		return p.Before
	}
	return p
}

func (c *call) getPull() reply {
	p, found := c.numbered()
	if !found {
		return notFound()
	}
	c.settle(p)
	seen := c.look(p)
	switch {
	case seen == nil:
		return notFound()
	case seen != p || p.State != "open":
		return ok(c.pullShape(seen))
	}
	o := c.pullShape(p)
	p.Looks++
	if !p.Reached.IsZero() {
		p.Since++
	}
	c.dirty = true
	return ok(o)
}

func (c *call) listPulls() reply {
	q := c.r.URL.Query()
	state, head := q.Get("state"), q.Get("head")
	if state == "" {
		state = "open"
	}
	owner, branch, owned := strings.Cut(head, ":")
	var some []*pull
	for _, p := range c.repo.Pulls {
		c.settle(p)
		seen := c.look(p)
		switch {
		case seen == nil:
			continue
		case state != "all" && seen.State != state:
			continue
		case owned && (!strings.EqualFold(owner, c.options.Owner) || seen.Head != branch): // without an owner it is ignored
			continue
		case q.Get("base") != "" && seen.Base != q.Get("base"):
			continue
		}
		some = append(some, seen)
	}
	if q.Get("direction") != "asc" {
		slices.Reverse(some)
	}
	return list(c, some, c.simplePull)
}

// openPull makes a pull request of a branch of this repository.
func (c *call) openPull() reply {
	var in struct {
		Title, Body, Head, Base string
		Draft                   bool
	}
	if r := c.read(&in); r.status != 0 {
		return r
	}
	if c.who.Login == actionsBot && c.has("no-actions-pulls") {
		return refuse(http.StatusForbidden, "GitHub Actions is not permitted to create or approve pull requests.")
	}
	owner, branch, owned := strings.Cut(in.Head, ":")
	if !owned {
		branch = in.Head
	}
	head, base := c.repo.Tips[branch], c.repo.Tips[in.Base]
	switch {
	case !c.may(c.who.Login, Write):
		return notFound()
	case in.Title == "":
		return invalid(object{"resource": "PullRequest", "code": "missing_field", "field": "title"})
	case owned && !strings.EqualFold(owner, c.options.Owner) || head == "":
		return invalid(object{"resource": "PullRequest", "field": "head", "code": "invalid"})
	case base == "":
		return invalid(object{"resource": "PullRequest", "field": "base", "code": "invalid", "message": fmt.Sprintf("Proposed base branch '%s' was not found", in.Base)})
	case c.repo.contains(base, head):
		return invalid(custom("PullRequest", "No commits between %s and %s", in.Base, branch))
	case c.repo.between(branch, in.Base) != nil:
		return invalid(custom("PullRequest", "A pull request already exists for %s:%s.", c.options.Owner, branch))
	}
	p := &pull{
		Number: c.repo.next(), ID: c.id(), Title: in.Title, Body: in.Body, Author: c.who.Login, State: "open", Draft: in.Draft,
		Head: branch, Base: in.Base, HeadSHA: head, BaseSHA: base, Created: c.now,
	}
	c.written(p)
	c.repo.Pulls = append(c.repo.Pulls, p)
	return created(c.pullShape(p)).with("Location", c.pullURL(p))
}

// between is the open pull request from a branch to another one.
func (r *repository) between(head, base string) *pull {
	i := slices.IndexFunc(r.Pulls, func(p *pull) bool { return p.State == "open" && p.Head == head && p.Base == base })
	if i < 0 {
		return nil
	}
	return r.Pulls[i]
}

func (c *call) editPull() reply {
	var in struct{ Title, Body, State, Base *string }
	p, r := c.asked(&in)
	switch {
	case p == nil:
		return r
	case !c.may(c.who.Login, Write) && c.who.Login != p.Author:
		return refuse(http.StatusForbidden, "Must have admin rights to Repository.")
	case in.Base != nil && c.repo.Tips[*in.Base] == "":
		return invalid(object{"resource": "PullRequest", "field": "base", "code": "invalid", "message": fmt.Sprintf("Proposed base branch '%s' was not found", *in.Base)})
	case in.State != nil && *in.State == "open" && p.State == "closed" && (p.merged() || c.repo.Tips[p.Head] == ""):
		return invalid(custom("PullRequest", "state cannot be changed. The pull request cannot be reopened."))
	}
	c.written(p)
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&p.Title, in.Title)
	set(&p.Body, in.Body)
	if in.Base != nil && *in.Base != p.Base {
		p.Base, p.BaseSHA, p.Looks = *in.Base, c.repo.Tips[*in.Base], 0
	}
	if in.State != nil && *in.State != p.State {
		p.State, p.Closed, p.Auto, p.Queued = *in.State, time.Time{}, nil, time.Time{}
		if p.State == "closed" {
			p.Closed = c.now
		}
	}
	return ok(c.pullShape(p))
}

func (c *call) requestReview() reply {
	var in struct{ Reviewers []string }
	p, r := c.asked(&in)
	if p == nil {
		return r
	}
	for _, login := range in.Reviewers {
		switch _, known := c.person(login); {
		case !known:
			return refuse(http.StatusUnprocessableEntity, "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the %s/%s repository.", c.options.Owner, c.repo.Name)
		case strings.EqualFold(login, p.Author):
			return refuse(http.StatusUnprocessableEntity, "Review cannot be requested from pull request author.")
		}
	}
	c.written(p)
	for _, login := range in.Reviewers {
		if !slices.Contains(p.Reviewers, login) {
			p.Reviewers = append(p.Reviewers, login)
		}
	}
	return created(c.simplePull(p))
}
