package forge

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// run is a check run.
type run struct {
	ID         int64     `json:"id"`
	Commit     string    `json:"commit"`
	Name       string    `json:"name"`
	Status     string    `json:"status"` // queued in_progress completed
	Conclusion string    `json:"conclusion,omitempty"`
	App        int64     `json:"app"`
	Started    time.Time `json:"started"`
	Ended      time.Time `json:"ended,omitzero"`
}

// ActionsApp is the number of the App that runs workflows.
const ActionsApp = 15368

// runsOf are the newest runs of each name of a commit.
func (r *repository) runsOf(commit string) []run {
	var out []run
	for _, x := range slices.Backward(r.Runs) {
		if x.Commit == commit && !slices.ContainsFunc(out, func(o run) bool { return o.Name == x.Name && o.App == x.App }) {
			out = append(out, x)
		}
	}
	return out
}

func (c *call) runShape(x run) object {
	url := fmt.Sprintf("%s/check-runs/%d", c.repoURL(c.repo), x.ID)
	page := fmt.Sprintf("%s/runs/%d", c.repoPage(c.repo), x.ID)
	return object{
		"id": x.ID, "node_id": nodeID("CR", x.ID), "head_sha": x.Commit, "name": x.Name, "url": url, "html_url": page, "details_url": page,
		"status": x.Status, "conclusion": orNil(x.Conclusion), "started_at": stamp(x.Started), "completed_at": when(x.Ended), "external_id": "",
		"check_suite": object{"id": x.ID + 1}, "pull_requests": []object{}, "app": c.appShape(x.App),
		"output": object{"title": nil, "summary": nil, "text": nil, "annotations_count": 0, "annotations_url": url + "/annotations"},
	}
}

func (c *call) appShape(id int64) object {
	name, slug := "GitHub Actions", "github-actions"
	if id != ActionsApp {
		name, slug = fmt.Sprintf("App %d", id), fmt.Sprintf("app-%d", id)
	}
	return object{
		"id": id, "node_id": nodeID("A", id), "slug": slug, "name": name, "owner": c.account(c.options.Owner), "description": "",
		"external_url": c.web() + "/apps/" + slug, "html_url": c.web() + "/apps/" + slug, "created_at": "2020-01-01T00:00:00Z",
		"updated_at": "2020-01-01T00:00:00Z", "permissions": object{"checks": "write", "metadata": "read"}, "events": []string{},
	}
}

// checkRuns are for Apps and for people, not for fine-grained tokens.
func (c *call) checkRuns(id string) reply {
	if c.token.Kind == FineGrained || c.token.lacks("checks=read") {
		return c.thin("checks=read")
	}
	q := c.r.URL.Query()
	var all []run
	source := c.repo.runsOf(id)
	if q.Get("filter") == "all" {
		source = c.repo.Runs
	}
	for _, x := range source {
		if x.Commit == id && (q.Get("check_name") == "" || q.Get("check_name") == x.Name) && (q.Get("status") == "" || q.Get("status") == x.Status) {
			all = append(all, x)
		}
	}
	r := list(c, all, c.runShape)
	r.body = object{"total_count": len(all), "check_runs": r.body}
	return r
}

// outcomes are the states of everything that reported on a commit, by context:
// success, pending or failure, and who said so.
func (r *repository) outcomes(commit string) map[string]outcome {
	all := map[string]outcome{}
	for _, s := range r.latest(commit) {
		state := s.State
		if state == "error" {
			state = "failure"
		}
		all[s.Context] = outcome{state: state, app: s.App}
	}
	for _, x := range r.runsOf(commit) {
		state := "pending"
		if x.Status == "completed" {
			state = "failure"
			if slices.Contains([]string{"success", "neutral", "skipped"}, x.Conclusion) {
				state = "success"
			}
		}
		all[x.Name] = outcome{state: state, app: x.App}
	}
	return all
}

type outcome struct {
	state string
	app   int64
}

// verdict is the worst of a commit's outcomes; empty: nothing reported.
func (r *repository) verdict(commit string) string {
	worst := ""
	for _, o := range r.outcomes(commit) {
		switch {
		case o.state == "failure":
			return "failure"
		case o.state == "pending" || worst == "":
			worst = o.state
		}
	}
	return worst
}

// commits answers for everything below /commits/, where a name may have slashes.
func (c *call) commits() reply {
	rest := c.r.PathValue("rest")
	for _, kind := range []struct {
		suffix string
		do     func(string) reply
	}{{"/status", c.combinedStatus}, {"/statuses", c.statuses}, {"/check-runs", c.checkRuns}, {"/pulls", c.pullsOf}, {"", c.oneCommit}} {
		name, is := cutSuffix(rest, kind.suffix)
		if !is {
			continue
		}
		id := c.repo.commitAt(name)
		if id == "" {
			return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: %s", name)
		}
		return kind.do(id)
	}
	return notFound()
}

func (c *call) oneCommit(id string) reply {
	all, err := c.repo.log("-1", id)
	if err != nil || len(all) == 0 {
		return notFound()
	}
	return ok(c.commitShape(all[0]))
}

// pullsOf are the pull requests that a commit came or comes with.
func (c *call) pullsOf(id string) reply {
	var some []*pull
	for _, p := range c.repo.Pulls {
		c.settle(p)
		if p.MergedAs == id || c.repo.contains(p.HeadSHA, id) && !c.repo.contains(p.BaseSHA, id) {
			some = append(some, p)
		}
	}
	return list(c, some, c.simplePull)
}
