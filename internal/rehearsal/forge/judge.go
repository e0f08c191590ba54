package forge

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Push is what somebody wants to push.
type Push struct {
	Repository string // app.git
	User       string // login; empty: nobody
	Moves      []Move
}

// Judge is what the rules say to a push, as a pre-receive hook says it; empty:
// it may go. The commits need not be there yet.
func (f *Forge) Judge(p Push) (why string) {
	_ = f.act(func(now time.Time) error {
		r, err := f.find(p.Repository)
		if err != nil {
			return err
		}
		c := &call{Forge: f, repo: r, now: now}
		for _, m := range p.Moves {
			if why = c.judge(p.User, m); why != "" {
				f.meter.counts.Refused++
				return nil
			}
		}
		return nil
	})
	return why
}

// Pushed tells the forge what a push has moved.
func (f *Forge) Pushed(p Push) {
	_ = f.act(func(time.Time) error {
		f.meter.counts.Pushes++
		r, err := f.find(p.Repository)
		if err != nil {
			return err
		}
		f.dirty = true
		return f.follow(r, p.User)
	})
}

// judge is what the rules say to one move of a branch.
func (c *call) judge(login string, m Move) string {
	branch, is := strings.CutPrefix(m.Ref, "refs/heads/")
	if !is {
		return ""
	}
	if who, _ := c.person(login); who.App != 0 && c.has("workflow-refused") {
		return "refusing to allow a GitHub App to create or update workflow `.github/workflows/release.yml` without `workflows` permission\n"
	}
	if lines := c.classicSays(login, branch, m); len(lines) > 0 {
		return fmt.Sprintf("error: GH006: Protected branch update failed for %s.\n\n- %s\n", m.Ref, strings.Join(lines, "\n\n- "))
	}
	if lines := c.rulesSay(login, branch, m); len(lines) > 0 {
		return fmt.Sprintf("error: GH013: Repository rule violations found for %s.\nReview all repository rules at %s/rules?ref=%s\n\n- %s\n",
			m.Ref, "https://github.com/"+c.options.Owner+"/"+c.repo.Name, url.QueryEscape(m.Ref), strings.Join(lines, "\n\n- "))
	}
	return ""
}

const throughPull = "Changes must be made through a pull request."

func (c *call) classicSays(login, branch string, m Move) (lines []string) {
	p, protected := c.repo.Protection[branch]
	who, _ := c.person(login)
	if !protected || who.Role == Admin && !p.Admins {
		return nil
	}
	if m.New == noCommit {
		if p.Deletions {
			return nil
		}
		return []string{"Cannot delete this protected branch"}
	}
	if p.Restricted && !slices.ContainsFunc(p.Pushers, func(u string) bool { return strings.EqualFold(u, login) }) {
		lines = append(lines, "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information.")
	}
	if !p.ForcePushes && c.rewinds(m) {
		lines = append(lines, "Cannot force-push to a protected branch.")
	}
	if p.Reviews > 0 && !c.approvedHead(branch, m.New, p.Reviews) {
		lines = append(lines, throughPull)
	}
	if why := c.repo.checksMissing(m.New, p.Contexts); why != "" {
		lines = append(lines, why)
	}
	return lines
}

func (c *call) rulesSay(login, branch string, m Move) (lines []string) {
	for _, s := range c.repo.Rulesets {
		if !s.covers(c.repo, branch) || c.bypasses(s, login) {
			continue
		}
		for _, x := range s.Rules {
			if line := c.ruleSays(x, branch, m); line != "" && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// ruleSays is what one rule says to a move; empty: nothing.
func (c *call) ruleSays(x Rule, branch string, m Move) string {
	creates, deletes := m.Old == noCommit, m.New == noCommit
	switch x.Type {
	case "creation":
		if creates {
			return "Cannot create ref due to creations being restricted."
		}
	case "update":
		if !creates && !deletes {
			return "Cannot update this protected ref."
		}
	case "deletion":
		if deletes {
			return "Cannot delete this branch"
		}
	}
	if deletes {
		return ""
	}
	switch x.Type {
	case "non_fast_forward":
		if c.rewinds(m) {
			return "Cannot force-push to this branch"
		}
	case "pull_request":
		var p pullParameters
		_ = json.Unmarshal(x.Parameters, &p) // ours
		if !c.approvedHead(branch, m.New, p.Reviews) {
			return throughPull
		}
	case "merge_queue":
		return "Changes must be made through the merge queue"
	case "required_status_checks":
		var p statusParameters
		_ = json.Unmarshal(x.Parameters, &p)
		if !creates || !p.OnCreate {
			return c.repo.checksMissing(m.New, p.Contexts)
		}
	}
	return ""
}

// rewinds reports whether a move loses commits. A commit that is not here yet
// is taken to stand on the old one: git looks at that itself.
func (c *call) rewinds(m Move) bool {
	return m.Old != noCommit && m.New != noCommit && c.repo.commitAt(m.New) != "" && !c.repo.contains(m.New, m.Old)
}

// approvedHead reports whether a commit is the head of an approved pull request
// into a branch, which some say may be pushed.
func (c *call) approvedHead(branch, id string, reviews int) bool {
	return c.has("approved-head") && slices.ContainsFunc(c.repo.Pulls, func(p *pull) bool {
		return p.State == "open" && p.Base == branch && p.HeadSHA == id && c.approvals(p) >= reviews
	})
}

// checksMissing says in GitHub's words which required statuses a commit has
// not; empty: it has all.
func (r *repository) checksMissing(commit string, required []Context) string {
	have := r.outcomes(commit)
	var missing []string
	for _, want := range required {
		if line := missingLine(want, have); line != "" {
			missing = append(missing, line)
		}
	}
	switch len(missing) {
	case 0:
		return ""
	case 1:
		return missing[0]
	}
	return fmt.Sprintf("%d of %d required status checks are expected.", len(missing), len(required))
}

func missingLine(want Context, have map[string]outcome) string {
	for name, o := range have {
		if !strings.EqualFold(name, want.Context) || want.App != 0 && want.App != o.app {
			continue
		}
		switch o.state {
		case "success":
			return ""
		case "pending":
			return fmt.Sprintf("Required status check %q is in progress.", want.Context)
		}
		return fmt.Sprintf("Required status check %q is failing.", want.Context)
	}
	return fmt.Sprintf("Required status check %q is expected.", want.Context)
}

func approvalsMissing(n int) string {
	if n == 1 {
		return "At least 1 approving review is required by reviewers with write access."
	}
	return fmt.Sprintf("At least %d approving reviews are required by reviewers with write access.", n)
}
