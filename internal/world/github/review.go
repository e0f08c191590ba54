package github

import (
	"context"
	"strconv"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Review is what one person said about a pull request.
type Review struct {
	Author string
	State  ReviewState
	SHA    string // the head that was looked at
	At     time.Time
	URL    string
	// Association is what he is to the repository: OWNER, MEMBER, COLLABORATOR,
	// CONTRIBUTOR, NONE …
	Association string
}

// ReviewState is what a review came to.
type ReviewState string

// The states, in GitHub's words.
const (
	Approved         ReviewState = "APPROVED"
	ChangesRequested ReviewState = "CHANGES_REQUESTED"
	Commented        ReviewState = "COMMENTED"
	Dismissed        ReviewState = "DISMISSED"
	Unsent           ReviewState = "PENDING"
)

// Reviews lists all reviews of a pull request, oldest first. The same person
// may stand there many times: the last that is no mere comment counts.
func (c *Client) Reviews(ctx context.Context, repo Repo, number int) (list []Review, err error) {
	err = pages(ctx, c, call{op: "read reviews", path: repo.of("pulls", strconv.Itoa(number), "reviews")}, func(page []*gh.PullRequestReview) {
		for _, r := range page {
			list = append(list, Review{
				Author: clean(r.GetUser().GetLogin()), State: ReviewState(clean(r.GetState())), SHA: clean(r.GetCommitID()),
				At: r.GetSubmittedAt().Time, URL: clean(r.GetHTMLURL()), Association: clean(r.GetAuthorAssociation()),
			})
		}
	})
	return list, err
}
