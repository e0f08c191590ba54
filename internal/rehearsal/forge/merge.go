package forge

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const (
	headMoved = "Head branch was modified. Review and try the merge again."
	baseMoved = "Base branch was modified. Review and try the merge again."
	notMerges = "Pull Request is not mergeable"
)

// merge is the button.
func (c *call) merge() reply {
	in := struct {
		SHA         string `json:"sha"`
		MergeMethod string `json:"merge_method"`
		CommitTitle string `json:"commit_title"`
		Message     string `json:"commit_message"`
	}{MergeMethod: "merge"}
	p, r := c.asked(&in)
	switch {
	case p == nil:
		return r
	case !c.may(c.who.Login, Write):
		return refuse(http.StatusForbidden, "Resource not accessible by personal access token")
	case in.SHA != "" && in.SHA != p.HeadSHA && p.State == "open":
		return refuse(http.StatusConflict, headMoved)
	case c.strike("base-moved"):
		return refuse(http.StatusMethodNotAllowed, baseMoved)
	}
	if why := c.unable(p, in.MergeMethod); why != "" {
		return refuse(http.StatusMethodNotAllowed, "%s", why)
	}
	err := c.mergeNow(p, in.MergeMethod, c.who.Login, in.CommitTitle, in.Message)
	switch {
	case errors.Is(err, errRace):
		return refuse(http.StatusMethodNotAllowed, baseMoved)
	case err != nil:
		return refuse(http.StatusMethodNotAllowed, notMerges)
	}
	return ok(object{"sha": p.MergedAs, "merged": true, "message": "Pull Request successfully merged"})
}

// unable says why a pull request cannot be merged in a way; empty: it can.
func (c *call) unable(p *pull, method string) string {
	s := c.repo.Settings
	need := c.repo.needs(p.Base)
	switch {
	case p.State != "open":
		return notMerges
	case p.Draft:
		return "Pull Request is still a draft"
	case method == "merge" && (s.NoMergeCommit || need.linear):
		return "Merge commits are not allowed on this repository."
	case method == "squash" && s.NoSquash:
		return "Squash merges are not allowed on this repository."
	case method == "rebase" && s.NoRebase:
		return "Rebase merges are not allowed on this repository."
	case need.queue:
		return "Changes must be made through the merge queue"
	}
	return c.ready(p)
}

// ready says why the rules or the content keep a pull request out, whoever asks
// and however.
func (c *call) ready(p *pull) string {
	if p.State != "open" || p.Draft {
		return notMerges
	}
	need := c.repo.needs(p.Base)
	why := c.blocked(p, need)
	switch {
	case why != "" && need.ruled:
		return "Repository rule violations found\n\n" + why + "\n\n"
	case why != "":
		return why
	case need.strict && !c.repo.contains(p.HeadSHA, p.BaseSHA):
		return "This branch must not be behind the base branch. Update branch and try the merge again."
	case c.repo.conflicts(p.BaseSHA, p.HeadSHA):
		return notMerges
	}
	return ""
}

// mergeNow writes the commit and moves the base.
func (c *call) mergeNow(p *pull, method, by, title, message string) error {
	id, err := c.mergeCommit(p, method, by, title, message)
	if err != nil {
		return err
	}
	m := Move{"refs/heads/" + p.Base, p.BaseSHA, id}
	if err := c.repo.move(m); err != nil {
		return err
	}
	c.repo.Tips[p.Base] = id
	c.moved(c.repo, []Move{m})
	c.close(p, by, id)
	return c.follow(c.repo, by)
}

// mergeCommit makes the commit that the base goes to. All three ways make a new
// one; a rebase here is one commit, as all of ours are.
func (c *call) mergeCommit(p *pull, method, by, title, message string) (string, error) {
	tree, err := c.repo.mergedTree(p.BaseSHA, p.HeadSHA)
	if err != nil {
		return "", err
	}
	parents := []string{"-p", p.BaseSHA}
	author := by
	switch method {
	case "squash", "rebase":
		author = p.Author
		title = first(title, fmt.Sprintf("%s (#%d)", p.Title, p.Number))
		message = first(message, p.Body)
	default:
		parents = append(parents, "-p", p.HeadSHA)
		title = first(title, fmt.Sprintf("Merge pull request #%d from %s/%s", p.Number, c.options.Owner, p.Head))
		message = first(message, p.Title)
	}
	who, _ := c.person(author)
	date := fmt.Sprintf("%d +0000", c.now.Unix())
	env := []string{
		"GIT_AUTHOR_NAME=" + first(who.Name, who.Login), "GIT_AUTHOR_EMAIL=" + first(who.Email, "noreply@example.com"), "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=GitHub", "GIT_COMMITTER_EMAIL=noreply@github.example", "GIT_COMMITTER_DATE=" + date,
	}
	return c.repo.gitFed(strings.TrimSpace(title+"\n\n"+message)+"\n", env, append([]string{"commit-tree", tree}, parents...)...)
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// updateBranch merges the base into the head.
func (c *call) updateBranch() reply {
	var in struct {
		Expected string `json:"expected_head_sha"`
	}
	p, r := c.asked(&in)
	switch {
	case p == nil:
		return r
	case in.Expected != "" && in.Expected != p.HeadSHA:
		return refuse(http.StatusUnprocessableEntity, "expected head sha didn’t match current head ref.")
	case c.repo.contains(p.HeadSHA, p.BaseSHA):
		return refuse(http.StatusUnprocessableEntity, "There are no new commits on the base branch.")
	}
	tree, err := c.repo.mergedTree(p.HeadSHA, p.BaseSHA)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "merge conflict between base and head")
	}
	date := fmt.Sprintf("%d +0000", c.now.Unix())
	env := []string{
		"GIT_AUTHOR_NAME=" + first(c.who.Name, c.who.Login), "GIT_AUTHOR_EMAIL=" + first(c.who.Email, "noreply@example.com"), "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=GitHub", "GIT_COMMITTER_EMAIL=noreply@github.example", "GIT_COMMITTER_DATE=" + date,
	}
	id, err := c.repo.gitFed(fmt.Sprintf("Merge branch '%s' into %s\n", p.Base, p.Head), env, "commit-tree", tree, "-p", p.HeadSHA, "-p", p.BaseSHA)
	m := Move{"refs/heads/" + p.Head, p.HeadSHA, id}
	if err != nil || c.repo.move(m) != nil {
		return refuse(http.StatusUnprocessableEntity, "expected head sha didn’t match current head ref.")
	}
	c.moved(c.repo, []Move{m})
	if err := c.follow(c.repo, c.who.Login); err != nil {
		return refuse(http.StatusInternalServerError, "Server Error")
	}
	return reply{status: http.StatusAccepted, body: object{"message": "Updating pull request branch.", "url": c.pullURL(p)}}
}
