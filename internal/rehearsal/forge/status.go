package forge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// status is a commit status.
type status struct {
	ID          int64     `json:"id"`
	Commit      string    `json:"commit"`
	State       string    `json:"state"` // error failure pending success
	Context     string    `json:"context"`
	Description string    `json:"description,omitempty"`
	Target      string    `json:"target,omitempty"`
	By          string    `json:"by"`
	App         int64     `json:"app,omitempty"` // that posted it
	At          time.Time `json:"at"`
}

const (
	longest      = 140  // characters of a description
	mostStatuses = 1000 // of a commit and context
)

// latest are the newest statuses of each context of a commit. Contexts are the
// same whatever their case.
func (r *repository) latest(commit string) []status {
	var out []status
	for _, s := range slices.Backward(r.Statuses) {
		if s.Commit == commit && !slices.ContainsFunc(out, func(o status) bool { return strings.EqualFold(o.Context, s.Context) }) {
			out = append(out, s)
		}
	}
	return out
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// simpleStatus is a status in the combined one.
func (c *call) simpleStatus(s status) object {
	return object{
		"id": s.ID, "node_id": nodeID("SC", s.ID), "url": c.repoURL(c.repo) + "/statuses/" + s.Commit, "state": s.State, "context": s.Context,
		"description": orNil(s.Description), "target_url": orNil(s.Target), "avatar_url": fmt.Sprintf("%s/avatars/u/%d", c.web(), c.userID(s.By)),
		"created_at": stamp(s.At), "updated_at": stamp(s.At),
	}
}

func (c *call) statusShape(s status) object {
	o := c.simpleStatus(s)
	o["creator"] = c.account(s.By)
	return o
}

// combinedStatus is what all statuses of a commit amount to.
func (c *call) combinedStatus(id string) reply {
	all := c.repo.latest(id)
	some, r := page(c, all)
	state, shapes := "success", []object{}
	if len(all) == 0 {
		state = "pending"
	}
	for _, s := range all {
		switch {
		case s.State == "error" || s.State == "failure":
			state = "failure"
		case s.State == "pending" && state == "success":
			state = "pending"
		}
	}
	for _, s := range some {
		shapes = append(shapes, c.simpleStatus(s))
	}
	r.body = object{
		"state": state, "sha": id, "total_count": len(all), "statuses": shapes, "repository": c.minimal(c.repo),
		"commit_url": c.repoURL(c.repo) + "/commits/" + id, "url": c.repoURL(c.repo) + "/commits/" + id + "/status",
	}
	return r
}

func (c *call) statuses(id string) reply {
	var all []status
	for _, s := range slices.Backward(c.repo.Statuses) {
		if s.Commit == id {
			all = append(all, s)
		}
	}
	return list(c, all, c.statusShape)
}

// postStatus takes a status from anybody who may write.
func (c *call) postStatus() reply {
	in := struct {
		State, Context, Description string
		TargetURL                   string `json:"target_url"`
	}{Context: "default"}
	if r := c.read(&in); r.status != 0 {
		return r
	}
	id := c.r.PathValue("sha")
	field := func(name, format string, args ...any) reply {
		return invalid(object{"resource": "Status", "code": "custom", "field": name, "message": fmt.Sprintf(format, args...)})
	}
	switch {
	case !c.may(c.who.Login, Write):
		return notFound()
	case !fullID.MatchString(id) || c.repo.commitAt(id) == "":
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: %s", id)
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, in.State):
		return field("state", "state is not included in the list")
	case utf8.RuneCountInString(in.Description) > longest:
		return field("description", "description is too long (maximum is %d characters)", longest)
	}
	count := 0
	for _, s := range c.repo.Statuses {
		if s.Commit == id && strings.EqualFold(s.Context, in.Context) {
			count++
		}
	}
	if count >= mostStatuses {
		return invalid(custom("Status", "This SHA and context has reached the maximum number of statuses."))
	}
	s := c.told(status{Commit: id, State: in.State, Context: in.Context, Description: in.Description, Target: in.TargetURL, By: c.who.Login})
	return created(c.statusShape(s)).with("Location", c.repoURL(c.repo)+"/statuses/"+id)
}

// told adds a status.
func (c *call) told(s status) status {
	s.ID, s.At = c.id(), c.now
	who, _ := c.person(s.By)
	s.App = who.App
	c.repo.Statuses = append(c.repo.Statuses, s)
	return s
}
