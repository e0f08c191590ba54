package plan

import (
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// The causes of the review gate.
const (
	NoForge       Cause = "no-forge"
	ReviewUnknown Cause = "review-unknown"
	NotProposed   Cause = "not-proposed"
	HeadMoved     Cause = "head-moved"
	NotApproved   Cause = "not-approved"
	ChangesAsked  Cause = "changes-asked"
	IsApproved    Cause = "approved"
)

// reviewGates judge the pull request of a promotion, where the tier wants one:
// somebody who may write, and who did not open it, has approved exactly its
// frozen head, and nobody asks for changes.
func reviewGates(have shop.State, t shop.TierState, r shop.Release) []Gate {
	if t.Spec.Review != "required" {
		return nil
	}
	g := Gate{Name: "review", Tier: t.Spec.Name, Release: r, Repository: ReviewedIn(t, r)}
	if !have.Forge.There {
		g.Status, g.Because = Refused, NoForge
		return []Gate{g}
	}
	pulls, asked := have.Forge.Pulls[t.Spec.Name]
	if shut, unknown := unheard(have, g, asked, pulls.Unknown, ReviewUnknown); unknown {
		return []Gate{shut}
	}
	pull, proposed := pulls.Proposed(t.Spec.Name, r)
	if !proposed {
		g.Status, g.Because = Held, NotProposed
		return []Gate{g}
	}
	return []Gate{judged(g, pull)}
}

// judged reads the reviews of a pull request.
func judged(g Gate, pull shop.PullRequest) Gate {
	g.Address = pull.Address
	g.Status, g.Because, g.By = Held, NotApproved, pull.Author
	if pull.Head != commitIn(g.Release, g.Repository) {
		g.Status, g.Because, g.By = Refused, HeadMoved, ""
		return g
	}
	for _, review := range pull.Reviews {
		switch {
		case review.Outsider:
		case review.State == shop.ReviewChanges:
			g.Status, g.Because, g.By, g.Since = Held, ChangesAsked, review.By, review.At
			return g
		case review.State == shop.ReviewApproved && !strings.EqualFold(review.By, pull.Author) && review.Commit == pull.Head:
			g.Status, g.Because, g.By, g.Since = Open, IsApproved, review.By, review.At
		}
	}
	return g
}

// ReviewedIn is the repository that a promotion's pull request is in: where the
// app moves the app repository, else that of the configuration. It stays the
// same until the system repository is written.
func ReviewedIn(t shop.TierState, r shop.Release) shop.Repository {
	if r.App == t.Runs.App && r.Configuration != t.Runs.Configuration {
		return shop.ConfigurationRepository
	}
	return shop.AppRepository
}

func commitIn(r shop.Release, repo shop.Repository) shop.CommitID {
	if repo == shop.ConfigurationRepository {
		return r.Configuration
	}
	return r.App
}

// Commit is the commit that a gate of the forge was judged on; empty where it
// was judged on no single one.
func (g Gate) Commit() shop.CommitID {
	if g.Repository == "" {
		return g.Release.App
	}
	return commitIn(g.Release, g.Repository)
}
