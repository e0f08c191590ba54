package forge

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// comment is one below a pull request.
type comment struct {
	ID   int64     `json:"id"`
	Pull int       `json:"pull"`
	By   string    `json:"by"`
	Body string    `json:"body"`
	At   time.Time `json:"at"`
}

func (r *repository) commentsOn(number int) (n int) {
	for _, c := range r.Comments {
		if c.Pull == number {
			n++
		}
	}
	return n
}

func (c *call) commentShape(x comment) object {
	issue := fmt.Sprintf("%s/issues/%d", c.repoURL(c.repo), x.Pull)
	return object{
		"id": x.ID, "node_id": nodeID("IC", x.ID), "url": fmt.Sprintf("%s/issues/comments/%d", c.repoURL(c.repo), x.ID),
		"html_url":  fmt.Sprintf("%s/pull/%d#issuecomment-%d", c.repoPage(c.repo), x.Pull, x.ID),
		"issue_url": issue, "body": x.Body, "user": c.account(x.By), "created_at": stamp(x.At), "updated_at": stamp(x.At),
		"author_association": c.association(x.By),
	}
}

func (c *call) listComments() reply {
	p, found := c.numbered()
	if !found {
		return notFound()
	}
	var some []comment
	for _, x := range c.repo.Comments {
		if x.Pull == p.Number {
			some = append(some, x)
		}
	}
	return list(c, some, c.commentShape)
}

func (c *call) comment() reply {
	var in struct{ Body string }
	p, r := c.asked(&in)
	switch {
	case p == nil:
		return r
	case in.Body == "":
		return invalid(object{"resource": "IssueComment", "code": "missing_field", "field": "body"})
	}
	x := comment{ID: c.id(), Pull: p.Number, By: c.who.Login, Body: in.Body, At: c.now}
	c.repo.Comments = append(c.repo.Comments, x)
	return created(c.commentShape(x))
}

func (c *call) labelShape(id int64, name string) object {
	return object{
		"id": id, "node_id": nodeID("LA", id), "url": c.repoURL(c.repo) + "/labels/" + name, "name": name, "description": "", "color": "ededed", "default": false,
	}
}

func (c *call) label() reply {
	var in struct{ Labels []string }
	p, r := c.asked(&in)
	switch {
	case p == nil:
		return r
	case !c.may(c.who.Login, Write):
		return refuse(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	for _, name := range in.Labels {
		if !slices.Contains(p.Labels, name) {
			p.Labels = append(p.Labels, name)
		}
	}
	c.written(p)
	shapes := []object{}
	for i, name := range p.Labels {
		shapes = append(shapes, c.labelShape(int64(i+1), name))
	}
	return ok(shapes)
}
