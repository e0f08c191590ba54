package forge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// review is what somebody said of a pull request.
type review struct {
	ID     int64     `json:"id"`
	By     string    `json:"by"`
	State  string    `json:"state"` // APPROVED, CHANGES_REQUESTED, COMMENTED
	Body   string    `json:"body,omitempty"`
	Commit string    `json:"commit"`
	At     time.Time `json:"at"`
}

// approvals counts those who may write, are not the author, and approved last.
func (f *Forge) approvals(p *pull) (n int) {
	for login, state := range p.opinions() {
		if state == "APPROVED" && f.may(login, Write) && !strings.EqualFold(login, p.Author) {
			n++
		}
	}
	return n
}

func (p *pull) changesRequested() bool {
	for _, state := range p.opinions() {
		if state == "CHANGES_REQUESTED" {
			return true
		}
	}
	return false
}

// opinions are the last words of each reviewer; comments are none.
func (p *pull) opinions() map[string]string {
	last := map[string]string{}
	for _, r := range p.Reviews {
		if r.State != "COMMENTED" {
			last[r.By] = r.State
		}
	}
	return last
}

func (c *call) reviewShape(p *pull) func(review) object {
	return func(r review) object {
		page := fmt.Sprintf("%s#pullrequestreview-%d", c.pullPage(p), r.ID)
		return object{
			"id": r.ID, "node_id": nodeID("PRR", r.ID), "user": c.account(r.By), "body": r.Body, "state": r.State, "commit_id": r.Commit,
			"html_url": page, "pull_request_url": c.pullURL(p), "author_association": c.association(r.By), "submitted_at": stamp(r.At),
			"_links": object{"html": object{"href": page}, "pull_request": object{"href": c.pullURL(p)}},
		}
	}
}

func (c *call) listReviews() reply {
	p, found := c.numbered()
	if !found {
		return notFound()
	}
	return list(c, p.Reviews, c.reviewShape(p))
}

func (c *call) review() reply {
	var in struct{ Body, Event string }
	if r := c.read(&in); r.status != 0 {
		return r
	}
	p, found := c.numbered()
	if !found {
		return notFound()
	}
	states := map[string]string{"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
	state, known := states[in.Event]
	own := strings.EqualFold(c.who.Login, p.Author)
	unprocessable := func(text string) reply {
		r := refuse(http.StatusUnprocessableEntity, "Unprocessable Entity")
		r.body.(object)["errors"] = []string{text}
		return r
	}
	switch {
	case c.who.Login == actionsBot && c.has("no-actions-pulls"):
		return refuse(http.StatusForbidden, "GitHub Actions is not permitted to create or approve pull requests.")
	case own && state == "APPROVED":
		return unprocessable("Can not approve your own pull request")
	case own && state == "CHANGES_REQUESTED":
		return unprocessable("Can not request changes on your own pull request")
	case !known || in.Body == "" && state != "APPROVED":
		return invalid(custom("PullRequestReview", "body can't be blank"))
	}
	r := c.reviewed(p, review{By: c.who.Login, State: state, Body: in.Body})
	return ok(c.reviewShape(p)(r))
}

// reviewed adds a review.
func (c *call) reviewed(p *pull, r review) review {
	r.ID, r.Commit, r.At = c.id(), p.HeadSHA, c.now
	p.Reviews = append(p.Reviews, r)
	p.Reviewers = slices.DeleteFunc(p.Reviewers, func(login string) bool { return login == r.By })
	c.written(p)
	c.settle(p)
	return r
}
