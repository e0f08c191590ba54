package github

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// State is how a check stands.
type State string

// The states. Neutral and Skipped pass; Expected is required and has not come.
const (
	Success  State = "success"
	Failure  State = "failure"
	Pending  State = "pending"
	Neutral  State = "neutral"
	Skipped  State = "skipped"
	Expected State = "expected"
	Unknown  State = "unknown" // the token may not look, or a word we do not know
)

// Passes reports whether a required check in this state lets things go on.
func (s State) Passes() bool { return s == Success || s == Neutral || s == Skipped }

// order is from worst to best: of checks with one name the worst counts.
var order = []State{Failure, Unknown, Expected, Pending, Success, Neutral, Skipped}

// Check is a commit status or a check run.
type Check struct {
	Name    string // context of a status, name of a run
	State   State
	Run     bool   // a check run
	App     string // slug of the App behind a run, login behind a status
	AppID   int64  // of a run
	Text    string
	URL     string
	Updated time.Time
}

// Checks are all statuses and check runs of a commit.
type Checks struct {
	SHA  string
	List []Check // by name
	// RunsUnknown: the token may not read check runs, as no fine-grained one
	// may. It does not mean that there are none.
	RunsUnknown bool
}

// Required is a check that must pass. AppID binds it to one App; 0: anybody.
type Required struct {
	Context string
	AppID   int64
}

// Of gives a required check as it stands. A name that is missing is Expected,
// or Unknown when it may be a run that the token cannot see.
func (c Checks) Of(r Required) Check {
	worst := Check{Name: r.Context, State: Expected}
	found := false
	for _, k := range c.List {
		if !strings.EqualFold(k.Name, r.Context) || r.AppID > 0 && k.Run && k.AppID != r.AppID {
			continue
		}
		if r.AppID > 0 && !k.Run && k.State.Passes() {
			k.State = Unknown // whose a status is, by App, is not to be seen
		}
		if !found || slices.Index(order, k.State) < slices.Index(order, worst.State) {
			worst, found = k, true
		}
	}
	if !found && c.RunsUnknown {
		worst.State = Unknown
	}
	return worst
}

// Checks reads the statuses and the check runs of a commit, all pages.
func (c *Client) Checks(ctx context.Context, repo Repo, sha string) (Checks, error) {
	out := Checks{SHA: sha}
	err := pages(ctx, c, call{op: "read statuses", path: repo.of("commits", sha, "status")}, func(v gh.CombinedStatus) {
		for _, s := range v.Statuses {
			out.List = append(out.List, checkOfStatus(s))
		}
	})
	if err != nil {
		return Checks{}, err
	}
	runs := call{op: "read check runs", path: repo.of("commits", sha, "check-runs"), query: url.Values{"filter": {"latest"}}}
	err = pages(ctx, c, runs, func(v gh.ListCheckRunsResults) {
		for _, r := range v.CheckRuns {
			out.List = append(out.List, checkOfRun(r))
		}
	})
	if errors.Is(err, Forbidden) {
		out.RunsUnknown, err = true, nil
	}
	slices.SortStableFunc(out.List, func(a, b Check) int { return cmp.Compare(a.Name, b.Name) })
	return out, err
}

func checkOfStatus(s *gh.RepoStatus) Check {
	k := Check{
		Name: clean(s.GetContext()), App: clean(s.GetCreator().GetLogin()), Text: clean(s.GetDescription()),
		URL: clean(s.GetTargetURL()), Updated: s.GetUpdatedAt().Time, State: Unknown,
	}
	switch s.GetState() {
	case "success":
		k.State = Success
	case "failure", "error":
		k.State = Failure
	case "pending":
		k.State = Pending
	}
	return k
}

func checkOfRun(r *gh.CheckRun) Check {
	k := Check{
		Name: clean(r.GetName()), Run: true, App: clean(r.GetApp().GetSlug()), AppID: r.GetApp().GetID(),
		Text: clean(r.GetOutput().GetTitle()), URL: clean(r.GetHTMLURL()), Updated: r.GetCompletedAt().Time, State: Pending,
	}
	if k.Updated.IsZero() {
		k.Updated = r.GetStartedAt().Time
	}
	if r.GetStatus() != "completed" {
		return k
	}
	switch r.GetConclusion() {
	case "success":
		k.State = Success
	case "neutral":
		k.State = Neutral
	case "skipped":
		k.State = Skipped
	case "failure", "cancelled", "timed_out", "action_required", "startup_failure", "stale":
		k.State = Failure
		if k.Text == "" && r.GetConclusion() != "failure" {
			k.Text = r.GetConclusion()
		}
	default:
		k.State = Unknown
	}
	return k
}
