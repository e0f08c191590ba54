package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/github"
)

// GitHub is the Forge that speaks with GitHub, or a server like it.
func GitHub(c *github.Client, repos map[shop.Repository]github.Repo, now func() time.Time) Forge {
	return &gitHub{client: c, repos: repos, now: now, sets: map[string]github.Ruleset{}}
}

// gitHub translates between GitHub's words and ours.
type gitHub struct {
	client *github.Client
	repos  map[shop.Repository]github.Repo
	now    func() time.Time

	mu   sync.Mutex
	sets map[string]github.Ruleset // that were read, by repository and number: branches share them
}

func (g *gitHub) Who(ctx context.Context) (Account, error) {
	u, err := g.client.Me(ctx)
	return Account{
		Login: u.Login, Robot: u.IsActions(), Wide: slices.Contains(u.Scopes, "repo"),
		Kind: string(u.Token), Expires: u.Expires,
	}, g.fault("", err)
}

func (g *gitHub) Home(ctx context.Context, repo shop.Repository) (Home, error) {
	r, err := g.client.Repository(ctx, g.repos[repo])
	return Home{
		Name: r.Repo.String(), Private: r.Private, MayPush: r.Permissions.Push, MayAdmin: r.Permissions.Admin,
		MergeCommits: Switch(r.AllowMergeCommit), DeletesHeads: Switch(r.DeleteBranchOnMerge),
	}, g.fault(repo, err)
}

func (g *gitHub) Checks(ctx context.Context, repo shop.Repository, c shop.CommitID) (checks []shop.Check, err error) {
	found, err := g.client.Checks(ctx, g.repos[repo], string(c))
	if err != nil {
		return nil, g.fault(repo, err)
	}
	for _, k := range found.List {
		checks = append(checks, shop.Check{Name: k.Name, State: checkState(k.State), Text: k.Text, URL: k.URL})
	}
	if found.RunsUnknown {
		return checks, &shop.Fault{Kind: shop.ForgeRight, Repository: repo, Text: "the token may not read check runs (it needs: checks=read)"}
	}
	return checks, nil
}

// checkState: what is neutral or was skipped has passed, an unknown word never.
func checkState(s github.State) shop.CheckState {
	switch {
	case s.Passes():
		return shop.CheckPassed
	case s == github.Failure:
		return shop.CheckFailed
	}
	return shop.CheckPending
}

var gateStates = map[shop.GateState]github.State{
	shop.GateOpen: github.Success, shop.GateWaiting: github.Pending, shop.GateShut: github.Failure,
}

func (g *gitHub) Publish(ctx context.Context, repo shop.Repository, c shop.CommitID, s shop.GateStatus) error {
	return g.fault(repo, g.client.SetStatus(ctx, g.repos[repo], string(c), github.Status{
		Context: shop.GateContext(s.Tier), State: gateStates[s.State], Description: s.Text, URL: s.URL,
	}))
}

func (g *gitHub) Pulls(ctx context.Context, repo shop.Repository, q PullQuery) (pulls []shop.PullRequest, err error) {
	query := github.PullQuery{Base: q.Base, Head: q.Head}
	if q.Head != "" {
		query.State = "all"
	}
	found, err := g.client.FindPulls(ctx, g.repos[repo], query)
	for _, p := range found {
		pulls = append(pulls, g.pull(repo, p))
	}
	return pulls, g.fault(repo, err)
}

func (g *gitHub) Pull(ctx context.Context, repo shop.Repository, number int) (shop.PullRequest, error) {
	p, err := g.client.Pull(ctx, g.repos[repo], number)
	return g.pull(repo, p), g.fault(repo, err)
}

func (g *gitHub) pull(repo shop.Repository, p github.Pull) shop.PullRequest {
	states := map[github.PullState]shop.PullState{github.Open: shop.PullOpen, github.Merged: shop.PullMerged, github.Closed: shop.PullClosed}
	branch := p.Head.Name
	if owner := p.Head.Repo.Owner; owner != "" && !strings.EqualFold(owner, g.repos[repo].Owner) {
		branch = owner + ":" + branch // of a fork: never one of ours
	}
	pull := shop.PullRequest{
		Repository: repo, Number: p.Number, Address: p.URL, Branch: branch, Head: shop.CommitID(p.Head.SHA),
		Base: shop.Tier(p.Base.Name), State: states[p.State], Author: p.Author,
		Title: p.Title, Opened: p.Created, Draft: p.Draft, Fork: strings.Contains(branch, ":"), Merges: merges[p.Merge], Auto: p.AutoMerge,
		Labels: p.Labels, Blocked: blocked[p.Why],
	}
	if p.State == github.Merged {
		pull.MergedAs = shop.CommitID(p.MergedSHA)
	}
	return pull
}

// merges and blocked are GitHub's words for how a pull request stands.
var (
	merges  = map[github.Mergeability]shop.Merges{github.NotKnown: shop.MergesUnknown, github.Mergeable: shop.MergesClean, github.HasBroken: shop.MergesNot}
	blocked = map[string]string{
		"blocked": "a review or a required check is missing", "behind": "its branch is behind tier-0", "unstable": "a check failed that is not required",
		"draft": "it is a draft", "has_hooks": "",
	}
)

// writers are those who may write to a repository, in GitHub's words.
var writers = []string{"OWNER", "MEMBER", "COLLABORATOR"}

// Reviews keeps the last word of each reviewer; a mere comment is none.
func (g *gitHub) Reviews(ctx context.Context, repo shop.Repository, number int) (last []shop.Review, err error) {
	all, err := g.client.Reviews(ctx, g.repos[repo], number)
	states := map[github.ReviewState]shop.ReviewState{
		github.Approved: shop.ReviewApproved, github.ChangesRequested: shop.ReviewChanges, github.Dismissed: shop.ReviewDismissed,
	}
	for _, r := range all {
		state, counts := states[r.State]
		if !counts {
			continue
		}
		last = slices.DeleteFunc(last, func(o shop.Review) bool { return strings.EqualFold(o.By, r.Author) })
		last = append(last, shop.Review{By: r.Author, State: state, Commit: shop.CommitID(r.SHA), At: r.At, Outsider: !slices.Contains(writers, r.Association)})
	}
	return last, g.fault(repo, err)
}

func (g *gitHub) Open(ctx context.Context, repo shop.Repository, n NewPull) (shop.PullRequest, error) {
	p, err := g.client.OpenPull(ctx, g.repos[repo], github.NewPull{
		Title: n.Title, Body: n.Body, Head: n.Head, Base: n.Base, Draft: n.Draft, Labels: n.Labels, Reviewers: n.Reviewers,
	})
	if errors.Is(err, github.NothingToMerge) || errors.Is(err, github.NoBranch) {
		// The forge lags behind git, or somebody was faster: looking again tells.
		return shop.PullRequest{}, &apply.AgainError{Err: g.faultOf(repo, err)}
	}
	return g.pull(repo, p), g.fault(repo, err)
}

func (g *gitHub) Close(ctx context.Context, repo shop.Repository, number int, comment string) error {
	return g.fault(repo, g.client.ClosePull(ctx, g.repos[repo], number, comment))
}

// Merge merges at once, or puts the pull request into the merge queue where only
// that merges.
func (g *gitHub) Merge(ctx context.Context, repo shop.Repository, m Merging) error {
	method, err := g.method(ctx, repo, m.Method)
	if err != nil {
		return err
	}
	_, err = g.client.Merge(ctx, g.repos[repo], m.Number, github.MergeRequest{SHA: string(m.Head), Method: method})
	switch {
	case errors.Is(err, github.QueueRequired):
		p, err := g.client.Pull(ctx, g.repos[repo], m.Number)
		if err != nil {
			return g.fault(repo, err)
		}
		return g.fault(repo, g.client.Enqueue(ctx, p))
	case errors.Is(err, github.HeadMoved):
		return &apply.AgainError{Err: g.faultOf(repo, err)} // and the new look asks again
	}
	return g.fault(repo, err)
}

// MergeByItself switches auto-merge on, or merges what nothing blocks.
func (g *gitHub) MergeByItself(ctx context.Context, repo shop.Repository, m Merging) error {
	method, err := g.method(ctx, repo, m.Method)
	if err != nil {
		return err
	}
	p, err := g.client.Pull(ctx, g.repos[repo], m.Number)
	if err != nil {
		return g.fault(repo, err)
	}
	p.Head.SHA = string(m.Head) // what was looked at, whatever it is by now
	err = g.client.AutoMerge(ctx, p, method)
	// Where no rule binds the branch there is nothing to wait for either.
	clean := p.Merge == github.Mergeable && p.Why == "clean"
	if errors.Is(err, github.NoAutoMerge) && p.Merge == github.NotKnown {
		return &apply.AgainError{Err: g.faultOf(repo, err)} // it is about to find out
	}
	if errors.Is(err, github.AlreadyClean) || errors.Is(err, github.NoAutoMerge) && clean {
		return g.Merge(ctx, repo, Merging{Number: m.Number, Head: m.Head, Method: method})
	}
	return g.fault(repo, err)
}

// method is the way to merge that the repository allows. One that was asked for
// is never exchanged for another.
func (g *gitHub) method(ctx context.Context, repo shop.Repository, wanted string) (string, error) {
	if wanted != "" {
		return wanted, nil
	}
	r, err := g.client.Repository(ctx, g.repos[repo])
	if err != nil {
		return "", g.fault(repo, err)
	}
	switch {
	case r.AllowMergeCommit != github.Off:
		return shop.MergeCommit, nil
	case r.AllowSquash == github.On:
		return shop.MergeSquash, nil
	}
	return shop.MergeRebase, nil
}

// Rules gathers both kinds of rules, each set with those who are exempt from it.
func (g *gitHub) Rules(ctx context.Context, repo shop.Repository, branch string) (BranchRules, error) {
	r, err := g.client.Rules(ctx, g.repos[repo], branch)
	if err != nil {
		return BranchRules{}, g.fault(repo, err)
	}
	out := BranchRules{Impossible: r.NoRulesets && r.Classic.State != github.Protected}
	byID := map[int64]*RuleSet{}
	var ids []int64
	for _, rule := range r.List {
		set := byID[rule.RulesetID]
		if set == nil {
			set = &RuleSet{Name: fmt.Sprintf("ruleset %d", rule.RulesetID)}
			byID[rule.RulesetID], ids = set, append(ids, rule.RulesetID)
		}
		set.learn(rule)
	}
	for _, id := range ids {
		set := byID[id]
		if err := g.exempt(ctx, repo, id, set); err != nil {
			return out, err
		}
		out.Sets = append(out.Sets, *set)
	}
	switch c := r.Classic; c.State {
	case github.Protected:
		out.Sets = append(out.Sets, classic(c))
	case github.ProtectionBlank:
		out.Unknown = append(out.Unknown, c.Why)
	}
	return out, nil
}

// exempt fills in who may go round a ruleset; only who may write it sees that.
func (g *gitHub) exempt(ctx context.Context, repo shop.Repository, id int64, set *RuleSet) error {
	r, err := g.ruleset(ctx, repo, id)
	switch {
	case errors.Is(err, github.Forbidden), errors.Is(err, github.NotFound):
		return nil
	case err != nil:
		return g.fault(repo, err)
	}
	set.Name, set.BypassSeen = r.Name, r.BypassKnown
	set.Mine = r.MayBypass == "always"
	for _, b := range r.Bypass {
		set.Bypass = append(set.Bypass, bypasser(b))
	}
	return nil
}

func (g *gitHub) ruleset(ctx context.Context, repo shop.Repository, id int64) (github.Ruleset, error) {
	key := fmt.Sprintf("%s %d", repo, id)
	g.mu.Lock()
	r, known := g.sets[key]
	g.mu.Unlock()
	if known {
		return r, nil
	}
	r, err := g.client.Ruleset(ctx, g.repos[repo], id)
	if err == nil {
		g.mu.Lock()
		g.sets[key] = r
		g.mu.Unlock()
	}
	return r, err
}

// actionsApp is the App that every workflow of a repository acts as.
const actionsApp = 15368

// roles are GitHub's built-in roles of a repository.
var roles = map[int64]string{1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin"}

func bypasser(b github.Bypass) string {
	name := fmt.Sprintf("%s %d", b.Type, b.ID)
	switch b.Type {
	case "RepositoryRole":
		if role := roles[b.ID]; role != "" {
			name = "role " + role
		}
	case "OrganizationAdmin":
		name = "the organisation's owners"
	case "DeployKey":
		name = "deploy keys"
	case "Team":
		name = fmt.Sprintf("team %d", b.ID)
	case "Integration":
		if name = fmt.Sprintf("app %d", b.ID); b.ID == actionsApp {
			name = everyWorkflow
		}
	}
	if b.Mode == "pull_request" {
		name += " (by pull request)"
	}
	return name
}

// everyWorkflow is the exemption that nobody should have.
const everyWorkflow = "GitHub Actions: every workflow of the repository"

func (s *RuleSet) learn(r github.Rule) {
	switch r.Type {
	case "update":
		s.Update = true
	case "deletion":
		s.Deletion = true
	case "non_fast_forward":
		s.Force = true
	case "pull_request":
		s.Pull = true
	case "required_linear_history":
		s.Linear = true
	case "required_signatures":
		s.Signed = true
	case "required_status_checks":
		var p struct {
			Checks []struct {
				Context string `json:"context"`
				AppID   int64  `json:"integration_id"`
			} `json:"required_status_checks"`
		}
		if json.Unmarshal(r.Parameters, &p) != nil {
			s.Others = append(s.Others, r.Type)
			return
		}
		for _, c := range p.Checks {
			s.Contexts = append(s.Contexts, RequiredStatus{c.Context, c.AppID != 0})
		}
	case "creation":
	default:
		s.Others = append(s.Others, r.Type)
	}
}

func classic(p github.Protection) RuleSet {
	s := RuleSet{
		Name: "branch protection", Update: p.Restricted || p.Locked, Deletion: !p.Deletion, Force: !p.ForcePush, Pull: p.Reviews,
		Linear: p.Linear, Signed: p.Signatures, BypassSeen: true, Writers: p.Writers,
	}
	for _, c := range p.Required {
		s.Contexts = append(s.Contexts, RequiredStatus{c.Context, c.AppID != 0})
	}
	if !p.Admins {
		s.Bypass = []string{"administrators"}
	}
	return s
}

// fault translates an error; what may be over at the next try says when.
func (g *gitHub) fault(repo shop.Repository, err error) error {
	if err == nil {
		return nil
	}
	f := g.faultOf(repo, err)
	var said *github.Error
	if errors.As(err, &said) && said.Passing() {
		return &apply.AgainError{Err: f, After: max(said.RetryAt.Sub(g.now()), time.Second)}
	}
	return f
}

func (g *gitHub) faultOf(repo shop.Repository, err error) *shop.Fault {
	f := &shop.Fault{Kind: shop.ForgeRefused, Repository: repo, Address: g.client.Host(), Text: err.Error(), Err: err}
	var said *github.Error
	if !errors.As(err, &said) {
		return f
	}
	f.RetryAt = said.RetryAt
	switch said.Kind {
	case github.Unavailable, github.Stale, github.WrongAddress:
		f.Kind = shop.ForgeSilent
	case github.Limited, github.Slowed:
		f.Kind = shop.ForgeLimit
	case github.Unauthorized:
		f.Kind = shop.ForgeLogin
	case github.Forbidden, github.SSORequired, github.ActionsMayNot, github.NoPlan:
		f.Kind = shop.ForgeRight
	case github.NotFound, github.Renamed:
		f.Kind = shop.ForgeMissing
	case github.Blocked:
		f.Kind = shop.ForgeHolds
	}
	return f
}
