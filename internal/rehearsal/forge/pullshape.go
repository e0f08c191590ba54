package forge

import (
	"fmt"
	"maps"
)

func (c *call) pullURL(p *pull) string {
	return fmt.Sprintf("%s/pulls/%d", c.repoURL(c.repo), p.Number)
}

func (c *call) pullPage(p *pull) string {
	return fmt.Sprintf("%s/pull/%d", c.repoPage(c.repo), p.Number)
}

// simplePull is a pull request in a list: without mergeability.
func (c *call) simplePull(p *pull) object {
	url, page := c.pullURL(p), c.pullPage(p)
	issue := fmt.Sprintf("%s/issues/%d", c.repoURL(c.repo), p.Number)
	statuses := c.repoURL(c.repo) + "/statuses/" + p.HeadSHA
	href := func(s string) object { return object{"href": s} }
	labels := []object{}
	for i, name := range p.Labels {
		labels = append(labels, c.labelShape(int64(i+1), name))
	}
	reviewers := []object{}
	for _, login := range p.Reviewers {
		reviewers = append(reviewers, c.account(login))
	}
	var mergedAs any
	if p.MergedAs != "" {
		mergedAs = p.MergedAs
	}
	var body any
	if p.Body != "" {
		body = p.Body
	}
	return object{
		"id": p.ID, "node_id": nodeID("PR", p.ID), "number": p.Number, "url": url, "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"issue_url": issue, "commits_url": url + "/commits", "review_comments_url": url + "/comments",
		"review_comment_url": c.repoURL(c.repo) + "/pulls/comments{/number}", "comments_url": issue + "/comments", "statuses_url": statuses,
		"_links": object{
			"self": href(url), "html": href(page), "issue": href(issue), "comments": href(issue + "/comments"), "review_comments": href(url + "/comments"),
			"review_comment": href(c.repoURL(c.repo) + "/pulls/comments{/number}"), "commits": href(url + "/commits"), "statuses": href(statuses),
		},
		"state": p.State, "locked": false, "title": p.Title, "body": body, "draft": p.Draft, "user": c.account(p.Author),
		"created_at": stamp(p.Created), "updated_at": stamp(p.Updated), "closed_at": when(p.Closed), "merged_at": when(p.Merged),
		"merge_commit_sha": mergedAs, "assignee": nil, "assignees": []object{}, "milestone": nil, "labels": labels,
		"requested_reviewers": reviewers, "requested_teams": []object{}, "author_association": c.association(p.Author),
		"head": c.side(p.Head, p.HeadSHA), "base": c.side(p.Base, p.BaseSHA), "auto_merge": c.autoShape(p), "active_lock_reason": nil,
	}
}

func (c *call) side(branch, id string) object {
	return object{"label": c.options.Owner + ":" + branch, "ref": branch, "sha": id, "user": c.account(c.options.Owner), "repo": c.whole(c.repo)}
}

func (c *call) autoShape(p *pull) any {
	if p.Auto == nil {
		return nil
	}
	return object{"enabled_by": c.account(p.Auto.By), "merge_method": p.Auto.Method, "commit_title": p.Auto.Title, "commit_message": ""}
}

func (c *call) association(login string) string {
	switch p, known := c.person(login); {
	case !known:
		return "NONE"
	case p.bot() || p.Role == Read || p.Role == "":
		return "CONTRIBUTOR"
	}
	return "MEMBER"
}

// pullShape is one pull request with what is known of its mergeability.
func (c *call) pullShape(p *pull) object {
	o := c.simplePull(p)
	mergeable, state := c.mergeability(p)
	size := c.sizeOf(p)
	maps.Copy(o, object{
		"mergeable": mergeable, "mergeable_state": state, "rebaseable": nil, "merged": p.merged(), "merged_by": c.accountOrNil(p.MergedBy),
		"comments": c.repo.commentsOn(p.Number), "review_comments": 0, "maintainer_can_modify": false,
		"commits": size.commits, "additions": size.additions, "deletions": size.deletions, "changed_files": size.files,
	})
	return o
}

type size struct{ commits, additions, deletions, files int }

func (c *call) sizeOf(p *pull) (s size) {
	commits, err := c.repo.git("rev-list", "--count", p.BaseSHA+".."+p.HeadSHA)
	if err != nil {
		return s // a commit is gone: nothing can be said of it
	}
	_, _ = fmt.Sscan(commits, &s.commits)
	for _, f := range c.repo.files(p.BaseSHA, p.HeadSHA) {
		s.files, s.additions, s.deletions = s.files+1, s.additions+f.additions, s.deletions+f.deletions
	}
	return s
}
