package forge

import (
	"strings"
	"time"
)

// knownAfter is how many reads of a pull request go by before its mergeability
// is known.
const knownAfter = 2

// mergeability is what a pull request's JSON says in mergeable and
// mergeable_state.
func (c *call) mergeability(p *pull) (any, string) {
	switch {
	case p.merged():
		return nil, "unknown"
	case !p.Reached.IsZero() && p.State == "open": // pushed to the base: dirty, unknown, and then merged
		if p.Since == 0 {
			return false, "dirty"
		}
		return nil, "unknown"
	case p.Looks < knownAfter || c.has("mergeable-never"):
		return nil, "unknown"
	case c.repo.conflicts(p.BaseSHA, p.HeadSHA):
		return false, "dirty"
	case p.Draft:
		return true, "draft"
	}
	need := c.repo.needs(p.Base)
	switch why := c.blocked(p, need); {
	case why != "":
		return true, "blocked"
	case need.strict && !c.repo.contains(p.HeadSHA, p.BaseSHA):
		return true, "behind"
	case c.repo.verdict(p.HeadSHA) != "success" && c.repo.verdict(p.HeadSHA) != "":
		return true, "unstable"
	}
	return true, "clean"
}

// conflicts reports whether two commits do not merge by themselves.
func (r *repository) conflicts(a, b string) bool {
	_, err := r.mergedTree(a, b)
	return err != nil
}

// mergedTree is the tree that a merge of two commits has.
func (r *repository) mergedTree(ours, theirs string) (string, error) {
	out, err := r.git("merge-tree", "--write-tree", "--no-messages", ours, theirs)
	tree, _, _ := strings.Cut(out, "\n")
	return tree, err
}

// blocked says in GitHub's words why the rules of the base keep a pull request
// out; empty: they do not.
func (c *call) blocked(p *pull, need needs) string {
	if need.reviews > 0 && c.approvals(p) < need.reviews {
		return approvalsMissing(need.reviews)
	}
	if p.changesRequested() && need.reviews > 0 {
		return "Changes requested by reviewers with write access."
	}
	return c.repo.checksMissing(p.HeadSHA, need.checks)
}

// settle lets happen what is due for a pull request: a push that is noticed, an
// auto-merge that can go, a queue that has moved on.
func (c *call) settle(p *pull) {
	if p.State != "open" {
		return
	}
	if !p.Reached.IsZero() && c.noticed(p) {
		c.close(p, p.Pusher, c.repo.Tips[p.Base])
		return
	}
	if p.Auto != nil && c.ready(p) == "" {
		_ = c.mergeNow(p, p.Auto.Method, p.Auto.By, "", "") // refused: it waits on
	}
	if !p.Queued.IsZero() && c.now.Sub(p.Queued) >= queueTime {
		_ = c.mergeNow(p, "merge", p.Author, "", "")
	}
}

// queueTime is how long a pull request is in the merge queue.
const queueTime = time.Minute

// noticeAfter is how long it takes until a push is noticed, in reads or in time.
const (
	noticeAfter = 2
	noticeTime  = 5 * time.Second
)

// noticed reports whether a pull request that a push has merged shows it.
func (c *call) noticed(p *pull) bool {
	switch {
	case c.has("merged-at-once"):
		return true
	case c.has("merged-never") && p.Base != c.repo.defaultBranch():
		return false
	}
	return p.Since >= noticeAfter || c.now.Sub(p.Reached) >= noticeTime
}

// close marks a pull request as merged by somebody.
func (c *call) close(p *pull, by, as string) {
	c.written(p)
	p.State, p.Merged, p.Closed, p.MergedBy, p.MergedAs = "closed", c.now, c.now, by, as
	p.Auto, p.Queued = nil, time.Time{}
	if c.repo.Settings.DeleteHeads {
		c.dropHead(p)
	}
}

// dropHead deletes the head branch; what was based on it goes to its base.
func (c *call) dropHead(p *pull) {
	tip := c.repo.Tips[p.Head]
	if tip == "" || p.Head == c.repo.defaultBranch() {
		return
	}
	m := Move{"refs/heads/" + p.Head, tip, noCommit}
	if c.repo.move(m) != nil {
		return // somebody pushed meanwhile: it stays
	}
	delete(c.repo.Tips, p.Head)
	c.moved(c.repo, []Move{m})
	for _, other := range c.repo.Pulls {
		if other.State == "open" && other.Base == p.Head {
			other.Base, other.BaseSHA, other.Looks = p.Base, c.repo.Tips[p.Base], 0
		}
	}
}

// follow sees what moved in git since the last call: heads and bases of pull
// requests, and who moved them when it is known.
func (f *Forge) follow(r *repository, who string) error {
	tips, err := r.branches()
	if err != nil {
		return err
	}
	r.Tips = tips
	c := &call{Forge: f, repo: r, now: f.now()}
	for _, p := range r.Pulls {
		if p.State == "open" {
			c.caughtUp(p, who)
		}
	}
	return nil
}

func (c *call) caughtUp(p *pull, who string) {
	head, base := c.repo.Tips[p.Head], c.repo.Tips[p.Base]
	if head == p.HeadSHA && base == p.BaseSHA {
		return
	}
	c.dirty = true
	p.Looks = 0
	if head != p.HeadSHA && head != "" {
		p.HeadSHA, p.Updated = head, c.now
	}
	if base != "" && base != p.BaseSHA {
		if p.Reached.IsZero() && c.repo.contains(base, p.HeadSHA) {
			p.Reached, p.Pusher, p.Since = c.now, who, 0
			if c.noticed(p) {
				c.close(p, who, base)
			}
			return
		}
		if p.Reached.IsZero() {
			p.BaseSHA = base
		}
	}
	if head == "" && p.Reached.IsZero() { // its branch is gone
		c.written(p)
		p.State, p.Closed = "closed", c.now
	}
}
