package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	gh "github.com/google/go-github/v60/github"
)

// Rules are what binds a branch: those of all rulesets, and the classic
// protection. The strictest of both wins.
type Rules struct {
	Branch string
	List   []Rule
	// NoRulesets: the forge's plan has none for this repository.
	NoRulesets bool
	Classic    Protection
}

// Rule is one rule of a ruleset. One that is not known still has its type.
type Rule struct {
	Type       string // required_status_checks, update, deletion, non_fast_forward, pull_request …
	RulesetID  int64
	Source     string // repository or organisation
	SourceType string
	Parameters json.RawMessage
}

// Protection is the classic protection of a branch.
type Protection struct {
	State          ProtectionState
	Why            string // it is not known
	Required       []Required
	Strict         bool // the head must be up to date
	Reviews        bool // changes come by pull request
	Approvals      int
	Admins         bool // bound too
	Linear         bool
	Signatures     bool
	Locked         bool
	ForcePush      bool // allowed
	Deletion       bool // allowed
	Restricted     bool // only Writers push
	Writers        []string
	BypassReviewer []string
}

// ProtectionState says whether a classic rule is there.
type ProtectionState string

// The states. Where the token may not look nothing is known: that is never
// "not protected".
const (
	Protected       ProtectionState = "protected"
	Unprotected     ProtectionState = "unprotected"
	ProtectionBlank ProtectionState = "unknown"
)

// Required lists the checks that a rule or the classic protection asks for.
func (r Rules) Required() []Required {
	all := slices.Clone(r.Classic.Required)
	for _, rule := range r.List {
		if rule.Type != "required_status_checks" {
			continue
		}
		var p struct {
			Checks []struct {
				Context string `json:"context"`
				AppID   int64  `json:"integration_id"`
			} `json:"required_status_checks"`
		}
		if json.Unmarshal(rule.Parameters, &p) != nil {
			continue
		}
		for _, k := range p.Checks {
			all = append(all, Required{k.Context, k.AppID})
		}
	}
	return slices.CompactFunc(sortedBy(all), func(a, b Required) bool { return a == b })
}

// Has reports whether a ruleset has a rule of this type.
func (r Rules) Has(kind string) bool {
	return slices.ContainsFunc(r.List, func(rule Rule) bool { return rule.Type == kind })
}

// rawRule is read as it comes: go-github refuses the whole list for one rule
// that it does not know.
type rawRule struct {
	Type       string          `json:"type"`
	RulesetID  int64           `json:"ruleset_id"`
	Source     string          `json:"ruleset_source"`
	SourceType string          `json:"ruleset_source_type"`
	Parameters json.RawMessage `json:"parameters"`
}

// Rules reads what binds a branch, from both APIs.
func (c *Client) Rules(ctx context.Context, repo Repo, branch string) (Rules, error) {
	out := Rules{Branch: branch}
	err := pages(ctx, c, call{op: "read rules", path: repo.of("rules", "branches", branch)}, func(list []rawRule) {
		for _, r := range list {
			out.List = append(out.List, Rule{clean(r.Type), r.RulesetID, clean(r.Source), clean(r.SourceType), r.Parameters})
		}
	})
	switch {
	case errors.Is(err, NoPlan):
		out.NoRulesets = true
	case err != nil:
		return Rules{}, err
	}
	out.Classic, err = c.protection(ctx, repo, branch)
	return out, err
}

func (c *Client) protection(ctx context.Context, repo Repo, branch string) (Protection, error) {
	var v gh.Protection
	_, err := c.do(ctx, call{op: "read branch protection", path: repo.of("branches", branch, "protection")}, &v)
	switch {
	case errors.Is(err, NotProtected):
		return Protection{State: Unprotected}, nil
	case errors.Is(err, NoPlan):
		return Protection{State: Unprotected, Why: err.Error()}, nil
	case errors.Is(err, Forbidden), errors.Is(err, NotFound):
		return Protection{State: ProtectionBlank, Why: err.Error()}, nil
	case err != nil:
		return Protection{}, err
	}
	p := Protection{
		State: Protected, Admins: v.EnforceAdmins != nil && v.EnforceAdmins.Enabled,
		Linear:     v.RequireLinearHistory != nil && v.RequireLinearHistory.Enabled,
		Signatures: v.GetRequiredSignatures().GetEnabled(), Locked: v.GetLockBranch().GetEnabled(),
		ForcePush: v.AllowForcePushes != nil && v.AllowForcePushes.Enabled,
		Deletion:  v.AllowDeletions != nil && v.AllowDeletions.Enabled,
	}
	if r := v.RequiredPullRequestReviews; r != nil {
		p.Reviews, p.Approvals = true, r.RequiredApprovingReviewCount
		if b := r.BypassPullRequestAllowances; b != nil {
			p.BypassReviewer = actors(b.Users, b.Teams, b.Apps)
		}
	}
	if r := v.Restrictions; r != nil {
		p.Restricted, p.Writers = true, actors(r.Users, r.Teams, r.Apps)
	}
	if s := v.RequiredStatusChecks; s != nil {
		p.Strict, p.Required = s.Strict, requiredOf(s)
	}
	return p, nil
}

func requiredOf(s *gh.RequiredStatusChecks) (all []Required) {
	if s.Checks != nil {
		for _, k := range *s.Checks {
			all = append(all, Required{clean(k.Context), max(k.GetAppID(), 0)})
		}
		return all
	}
	if s.Contexts != nil {
		for _, name := range *s.Contexts {
			all = append(all, Required{Context: clean(name)})
		}
	}
	return all
}

func actors(users []*gh.User, teams []*gh.Team, apps []*gh.App) (names []string) {
	for _, u := range users {
		names = append(names, clean(u.GetLogin()))
	}
	for _, t := range teams {
		names = append(names, "team "+clean(t.GetSlug()))
	}
	for _, a := range apps {
		names = append(names, "app "+clean(a.GetSlug()))
	}
	return names
}

// Ruleset is one ruleset with who may go round it. Bypass is known to those
// only who may write the ruleset.
type Ruleset struct {
	ID          int64
	Name        string
	Enforcement string // active, evaluate, disabled
	Bypass      []Bypass
	BypassKnown bool
	MayBypass   string // the token's own: always, pull_requests_only, never; empty: it does not say
}

// Bypass is somebody whom a whole ruleset does not bind.
type Bypass struct {
	ID   int64
	Type string // RepositoryRole, Team, Integration, OrganizationAdmin, DeployKey
	Mode string // always, pull_request
}

// Ruleset reads one ruleset.
func (c *Client) Ruleset(ctx context.Context, repo Repo, id int64) (Ruleset, error) {
	var v struct {
		ID          int64  `json:"id"`
		Name        string `json:"name"`
		Enforcement string `json:"enforcement"`
		MayBypass   string `json:"current_user_can_bypass"`
		Bypass      *[]struct {
			ID   int64  `json:"actor_id"`
			Type string `json:"actor_type"`
			Mode string `json:"bypass_mode"`
		} `json:"bypass_actors"`
	}
	q := call{op: "read ruleset", path: repo.of("rulesets", strconv.FormatInt(id, 10))}
	if _, err := c.do(ctx, q, &v); err != nil {
		return Ruleset{}, err
	}
	out := Ruleset{ID: v.ID, Name: clean(v.Name), Enforcement: clean(v.Enforcement), MayBypass: clean(v.MayBypass), BypassKnown: v.Bypass != nil}
	if v.Bypass != nil {
		for _, b := range *v.Bypass {
			out.Bypass = append(out.Bypass, Bypass{b.ID, clean(b.Type), clean(b.Mode)})
		}
	}
	return out, nil
}

func sortedBy(all []Required) []Required {
	slices.SortFunc(all, func(a, b Required) int {
		return cmp.Or(cmp.Compare(a.Context, b.Context), cmp.Compare(a.AppID, b.AppID))
	})
	return all
}
