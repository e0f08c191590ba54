package forge

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// Ruleset is a set of rules for branches, with those who may go round it.
type Ruleset struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Enforcement string   `json:"enforcement"` // active, evaluate or disabled
	Branches    []string `json:"branches"`    // patterns such as tier-*, or ~DEFAULT_BRANCH, ~ALL
	Rules       []Rule   `json:"rules"`
	Bypass      []Bypass `json:"bypass,omitempty"`
}

// Rule is one rule, such as "update" or "required_status_checks". A type that
// nobody knows is handed on as it is, and refuses nothing.
type Rule struct {
	Type       string          `json:"type"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
}

// Bypass is who may go round a ruleset. Users stands for the members of a team.
type Bypass struct {
	Kind  string   `json:"kind"` // Integration, Team, RepositoryRole, OrganizationAdmin, DeployKey
	ID    int64    `json:"id"`   // of the App, the team or the role (5: admin)
	Users []string `json:"users,omitempty"`
}

// Context is a status that is asked for.
type Context struct {
	Context string `json:"context"`
	App     int64  `json:"integration_id,omitempty"` // only from this App
}

// Classic is a classic protection of a branch.
type Classic struct {
	Contexts     []Context `json:"contexts,omitempty"`
	Strict       bool      `json:"strict,omitempty"`
	Reviews      int       `json:"reviews,omitempty"`
	Admins       bool      `json:"admins,omitempty"` // administrators are bound as well
	Restricted   bool      `json:"restricted,omitempty"`
	Pushers      []string  `json:"pushers,omitempty"` // who may push when it is restricted
	Linear       bool      `json:"linear,omitempty"`
	ForcePushes  bool      `json:"forcePushes,omitempty"`
	Deletions    bool      `json:"deletions,omitempty"`
	Conversation bool      `json:"conversation,omitempty"`
}

type (
	statusParameters struct {
		Strict   bool      `json:"strict_required_status_checks_policy"`
		OnCreate bool      `json:"do_not_enforce_on_create"`
		Contexts []Context `json:"required_status_checks"`
	}
	pullParameters struct {
		Reviews      int      `json:"required_approving_review_count"`
		Stale        bool     `json:"dismiss_stale_reviews_on_push"`
		Owners       bool     `json:"require_code_owner_review"`
		Last         bool     `json:"require_last_push_approval"`
		Threads      bool     `json:"required_review_thread_resolution"`
		MergeMethods []string `json:"allowed_merge_methods,omitempty"`
	}
)

// RequireStatuses is a rule that asks for statuses.
func RequireStatuses(contexts ...string) Rule {
	p := statusParameters{Contexts: []Context{}}
	for _, name := range contexts {
		p.Contexts = append(p.Contexts, Context{Context: name})
	}
	return rule("required_status_checks", p)
}

// RequirePull is a rule that asks for a pull request with so many approvals.
func RequirePull(reviews int) Rule {
	return rule("pull_request", pullParameters{Reviews: reviews, MergeMethods: []string{"merge", "squash", "rebase"}})
}

func rule(kind string, parameters any) Rule {
	data, err := json.Marshal(parameters)
	if err != nil {
		panic(err) // they are ours
	}
	return Rule{Type: kind, Parameters: data}
}

// covers reports whether a ruleset that is enforced is about a branch.
func (s Ruleset) covers(r *repository, branch string) bool {
	if s.Enforcement != "active" {
		return false
	}
	return slices.ContainsFunc(s.Branches, func(p string) bool {
		switch p {
		case "~ALL":
			return true
		case "~DEFAULT_BRANCH":
			return branch == r.defaultBranch()
		}
		match, err := path.Match(strings.TrimPrefix(p, "refs/heads/"), branch)
		return err == nil && match
	})
}

// bypasses reports whether somebody may go round a ruleset.
func (f *Forge) bypasses(s Ruleset, login string) bool {
	who, _ := f.person(login)
	return slices.ContainsFunc(s.Bypass, func(b Bypass) bool {
		switch b.Kind {
		case "Integration":
			return who.App != 0 && who.App == b.ID
		case "OrganizationAdmin":
			return who.Role == Admin
		case "RepositoryRole":
			return b.ID == 5 && who.Role == Admin || b.ID == 4 && f.may(login, Write)
		}
		return slices.ContainsFunc(b.Users, func(u string) bool { return strings.EqualFold(u, login) })
	})
}

// needs is what a branch asks for, rulesets and classic protection together;
// the strictest wins.
type needs struct {
	checks  []Context
	strict  bool
	reviews int
	linear  bool
	queue   bool
	ruled   bool // a ruleset has a part in it
	any     bool
}

func (r *repository) needs(branch string) (n needs) {
	if c, protected := r.Protection[branch]; protected {
		n.any = true
		n.checks, n.strict, n.reviews, n.linear = slices.Clone(c.Contexts), c.Strict, c.Reviews, c.Linear
	}
	for _, s := range r.Rulesets {
		if !s.covers(r, branch) {
			continue
		}
		for _, x := range s.Rules {
			n.any = true
			n.add(x)
		}
	}
	return n
}

func (n *needs) add(x Rule) {
	switch x.Type {
	case "required_status_checks":
		var p statusParameters
		_ = json.Unmarshal(x.Parameters, &p) // ours
		n.checks, n.strict, n.ruled = append(n.checks, p.Contexts...), n.strict || p.Strict, true
	case "pull_request":
		var p pullParameters
		_ = json.Unmarshal(x.Parameters, &p)
		n.reviews, n.ruled = max(n.reviews, p.Reviews), true
	case "required_linear_history":
		n.linear = true
	case "merge_queue":
		n.queue = true
	}
}
