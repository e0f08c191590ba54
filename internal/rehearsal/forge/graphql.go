package forge

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// mutations are those that the forge knows, with the name of what they answer.
func mutations() map[string]func(*call, input) (object, error) {
	return map[string]func(*call, input) (object, error){
		"enablePullRequestAutoMerge":  (*call).enableAutoMerge,
		"disablePullRequestAutoMerge": (*call).disableAutoMerge,
		"enqueuePullRequest":          (*call).enqueue,
		"updateRefs":                  (*call).updateRefs,
	}
}

// input is what all mutations together take.
type input struct {
	ClientMutationID string      `json:"clientMutationId"`
	PullRequestID    string      `json:"pullRequestId"`
	MergeMethod      string      `json:"mergeMethod"`
	CommitHeadline   string      `json:"commitHeadline"`
	CommitBody       string      `json:"commitBody"`
	AuthorEmail      string      `json:"authorEmail"`
	ExpectedHeadOid  string      `json:"expectedHeadOid"`
	Jump             bool        `json:"jump"`
	RepositoryID     string      `json:"repositoryId"`
	RefUpdates       []refUpdate `json:"refUpdates"`
}

type refUpdate struct {
	Name      string `json:"name"`
	BeforeOid string `json:"beforeOid"`
	AfterOid  string `json:"afterOid"`
	Force     bool   `json:"force"`
}

// graphql answers 200 whatever happens; errors stand in the body.
func (c *call) graphql() reply {
	if c.token.Login == "" {
		return refuse(http.StatusUnauthorized, "This endpoint requires you to be authenticated.")
	}
	var in struct {
		Query     string
		Variables map[string]json.RawMessage
	}
	if r := c.read(&in); r.status != 0 {
		return r
	}
	op, err := readOperation(in.Query, in.Variables)
	if err != nil {
		return ok(object{"errors": []object{{"message": err.Error()}}})
	}
	name := op.field
	if c.has("saml") {
		return ok(object{"data": object{name: nil}, "errors": []object{{
			"type": "FORBIDDEN", "path": []string{name}, "extensions": object{"saml_failure": true},
			"message": "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.",
		}}})
	}
	if name == "viewer" {
		return ok(object{"data": object{"viewer": object{"login": c.token.Login, "id": nodeID("U", c.userID(c.token.Login))}}})
	}
	var args input
	if err := json.Unmarshal(op.input, &args); err != nil {
		return ok(object{"errors": []object{{"message": "Variable $input was provided invalid value"}}})
	}
	data, err := mutations()[name](c, args)
	if err != nil {
		kind := "UNPROCESSABLE"
		if errors.Is(err, errNoNode) {
			kind = "NOT_FOUND"
		}
		return ok(object{"data": object{name: nil}, "errors": []object{{"type": kind, "path": []string{name}, "message": err.Error()}}})
	}
	data["clientMutationId"] = orNil(args.ClientMutationID)
	return ok(object{"data": object{name: data}})
}

var errNoNode error = words("Could not resolve to a node with the global id")

// node finds the pull request with a global id.
func (c *call) node(id string) (*pull, error) {
	for _, r := range c.state.Repositories {
		for _, p := range r.Pulls {
			if nodeID("PR", p.ID) == id && c.sees(r) {
				c.repo = r
				return p, c.follow(r, "")
			}
		}
	}
	return nil, fmt.Errorf("%w of '%s'", errNoNode, id)
}

func (c *call) pullNode(p *pull) object {
	o := object{"id": nodeID("PR", p.ID), "number": p.Number, "state": strings.ToUpper(p.State), "autoMergeRequest": nil}
	if p.merged() {
		o["state"] = "MERGED"
	}
	if p.Auto != nil {
		o["autoMergeRequest"] = object{"enabledAt": stamp(p.Updated), "mergeMethod": strings.ToUpper(p.Auto.Method)}
	}
	return o
}

func (c *call) enableAutoMerge(in input) (object, error) {
	p, err := c.node(in.PullRequestID)
	if err != nil {
		return nil, err
	}
	need := c.repo.needs(p.Base)
	why := c.ready(p)
	switch {
	case c.repo.Settings.NoAutoMerge:
		return nil, words("Pull request Auto merge is not allowed for this repository")
	case p.State != "open":
		return nil, words("Pull request Pull request is closed")
	case in.ExpectedHeadOid != "" && in.ExpectedHeadOid != p.HeadSHA:
		return nil, words("Pull request Head sha didn't match the expected one")
	case !need.any:
		return nil, words("Pull request Protected branch rules not configured for this branch")
	case why == "":
		return nil, words("Pull request Pull request is in clean status")
	}
	method := strings.ToLower(in.MergeMethod)
	p.Auto = &auto{By: c.who.Login, Method: first(method, "merge"), Title: in.CommitHeadline}
	c.written(p)
	return object{"pullRequest": c.pullNode(p), "actor": object{"login": c.who.Login}}, nil
}

func (c *call) disableAutoMerge(in input) (object, error) {
	p, err := c.node(in.PullRequestID)
	if err != nil {
		return nil, err
	}
	if p.Auto == nil {
		return nil, words("Can't disable auto-merge for this pull request.")
	}
	p.Auto = nil
	c.written(p)
	return object{"pullRequest": c.pullNode(p), "actor": object{"login": c.who.Login}}, nil
}

func (c *call) enqueue(in input) (object, error) {
	p, err := c.node(in.PullRequestID)
	if err != nil {
		return nil, err
	}
	why := c.ready(p)
	switch {
	case !c.repo.needs(p.Base).queue:
		return nil, words("Pull request The merge queue is not enabled for this branch")
	case in.ExpectedHeadOid != "" && in.ExpectedHeadOid != p.HeadSHA:
		return nil, words("Pull request Head sha didn't match the expected one")
	case !p.Queued.IsZero():
		return nil, words("Pull request is already in the queue")
	case why != "":
		return nil, words("Pull request " + why)
	}
	p.Queued = c.now
	c.written(p)
	return object{"mergeQueueEntry": object{"id": nodeID("MQE", p.ID), "position": 1, "state": "QUEUED", "enqueuedAt": stamp(c.now)}}, nil
}

// updateRefs moves several refs of a repository, all or none.
func (c *call) updateRefs(in input) (object, error) {
	for _, r := range c.state.Repositories {
		if nodeID("R", r.ID) == in.RepositoryID && c.sees(r) {
			c.repo = r
		}
	}
	if c.repo == nil {
		return nil, fmt.Errorf("%w of '%s'", errNoNode, in.RepositoryID)
	}
	if err := c.follow(c.repo, ""); err != nil {
		return nil, err
	}
	var moves []Move
	for _, u := range in.RefUpdates {
		m := Move{u.Name, first(c.refNow(u.Name), noCommit), u.AfterOid}
		switch {
		case !strings.HasPrefix(u.Name, "refs/") || !fullID.MatchString(u.AfterOid):
			return nil, fmt.Errorf("%q is not a valid update", u.Name)
		case u.BeforeOid != "" && u.BeforeOid != m.Old:
			return nil, fmt.Errorf("%s: expected %s but the ref is at %s", u.Name, u.BeforeOid, m.Old)
		case m.New != noCommit && c.repo.commitAt(m.New) == "":
			return nil, fmt.Errorf("%s: object does not exist", u.Name)
		case !u.Force && m.Old != noCommit && m.New != noCommit && !c.repo.contains(m.New, m.Old):
			return nil, fmt.Errorf("%s: update is not a fast forward", u.Name)
		}
		moves = append(moves, m)
	}
	if r := c.change(moves...); r.status != 0 {
		return nil, errors.New(r.body.(object)["message"].(string))
	}
	return object{}, nil
}
