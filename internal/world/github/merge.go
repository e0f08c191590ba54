package github

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	gh "github.com/google/go-github/v60/github"
)

// MergeRequest merges exactly the commit that was looked at.
type MergeRequest struct {
	SHA    string // of the head; required
	Method string // merge, squash or rebase; empty: merge
	Title  string // of the commit; empty: the forge's own
}

// MergedPull is what a merge made.
type MergedPull struct{ SHA string }

// Merge merges a pull request into tier-0 or main; promotion never does. The
// kinds of its errors say what to do: BaseMoved and NotMergeable pass, HeadMoved
// wants a new decision, Blocked a check or a review.
func (c *Client) Merge(ctx context.Context, repo Repo, number int, m MergeRequest) (MergedPull, error) {
	const op = "merge pull request"
	if m.SHA == "" {
		return MergedPull{}, &Error{Kind: Invalid, Op: op, Text: "which commit was looked at is not said"}
	}
	body := map[string]string{"sha": m.SHA, "merge_method": methodOr(m.Method)}
	if m.Title != "" {
		body["commit_title"] = m.Title
	}
	var v gh.PullRequestMergeResult
	q := call{op: op, method: http.MethodPut, path: repo.of("pulls", strconv.Itoa(number), "merge"), body: body}
	if _, err := c.do(ctx, q, &v); err != nil {
		return MergedPull{}, err
	}
	if !v.GetMerged() {
		return MergedPull{}, &Error{Kind: NotMergeable, Op: op, Text: clean(v.GetMessage()), RetryAt: c.now().Add(shortWait)}
	}
	return MergedPull{clean(v.GetSHA())}, nil
}

func methodOr(method string) string {
	if method == "" {
		return "merge"
	}
	return strings.ToLower(method)
}

// UpdateBranch merges the base into the head of a pull request. It is accepted
// and done later: the head moves then. Never for a promotion.
func (c *Client) UpdateBranch(ctx context.Context, repo Repo, number int, head string) error {
	_, err := c.do(ctx, call{op: "update pull request", method: http.MethodPut,
		path: repo.of("pulls", strconv.Itoa(number), "update-branch"), body: map[string]string{"expected_head_sha": head}}, nil)
	return err
}
