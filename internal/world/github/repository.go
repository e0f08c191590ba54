package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Repo names a repository.
type Repo struct{ Owner, Name string }

func (r Repo) String() string { return r.Owner + "/" + r.Name }

var nameOfRepo = regexp.MustCompile(`^[A-Za-z0-9][-_A-Za-z0-9]*/[-._A-Za-z0-9]+$`)

// ParseRepo finds owner and name in an address that git takes: https://host/owner/name,
// ssh://git@host/owner/name, git@host:owner/name, each with .git or without.
func ParseRepo(address string) (Repo, error) {
	path := address
	if _, after, ok := strings.Cut(address, "://"); ok {
		_, path, _ = strings.Cut(after, "/")
	} else if _, after, ok := strings.Cut(address, ":"); ok {
		path = after
	}
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if parts := strings.Split(path, "/"); len(parts) > 2 {
		path = strings.Join(parts[len(parts)-2:], "/") // a server below a path
	}
	owner, name, _ := strings.Cut(path, "/")
	if !nameOfRepo.MatchString(path) || name == "." || name == ".." {
		return Repo{}, fmt.Errorf("no owner and repository in %q", address)
	}
	return Repo{owner, name}, nil
}

// Repository is what the forge says about a repository. Merge settings that a
// token may not see are Unset.
type Repository struct {
	Repo                Repo // as it is called now
	ID                  int64
	DefaultBranch       string
	URL                 string // in a browser
	Private, Archived   bool
	Permissions         Permissions
	AllowMergeCommit    Setting
	AllowSquash         Setting
	AllowRebase         Setting
	AllowAutoMerge      Setting
	DeleteBranchOnMerge Setting
}

// Permissions are what the token's owner may do there.
type Permissions struct{ Admin, Maintain, Push, Triage, Pull bool }

// Setting is on, off, or not to be seen.
type Setting string

// The values of a Setting.
const (
	On    Setting = "on"
	Off   Setting = "off"
	Unset Setting = ""
)

func setting(b *bool) Setting {
	switch {
	case b == nil:
		return Unset
	case *b:
		return On
	}
	return Off
}

// Repository reads the settings of a repository. One that was renamed is
// followed on the same server; Repo is its new name.
func (c *Client) Repository(ctx context.Context, repo Repo) (Repository, error) {
	var v gh.Repository
	if _, err := c.do(ctx, call{op: "read repository", path: repo.of()}, &v); err != nil {
		return Repository{}, err
	}
	now := repo
	if owner, name, ok := strings.Cut(clean(v.GetFullName()), "/"); ok {
		now = Repo{owner, name}
	}
	if !strings.EqualFold(now.String(), repo.String()) {
		c.log("forge: %s is called %s now", repo, now)
	}
	p := v.GetPermissions()
	return Repository{
		Repo: now, ID: v.GetID(), DefaultBranch: clean(v.GetDefaultBranch()), URL: clean(v.GetHTMLURL()),
		Private: v.GetPrivate(), Archived: v.GetArchived(),
		Permissions:      Permissions{p["admin"], p["maintain"], p["push"], p["triage"], p["pull"]},
		AllowMergeCommit: setting(v.AllowMergeCommit), AllowSquash: setting(v.AllowSquashMerge),
		AllowRebase: setting(v.AllowRebaseMerge), AllowAutoMerge: setting(v.AllowAutoMerge),
		DeleteBranchOnMerge: setting(v.DeleteBranchOnMerge),
	}, nil
}

// User is who the token belongs to.
type User struct {
	Login   string // empty: the token of an App that does not say
	Bot     bool
	Token   TokenKind
	Scopes  []string  // of a classic token
	Expires time.Time // zero: it does not say
}

// IsActions reports whether it is the token that a workflow is given: what it
// does starts no other workflow.
func (u User) IsActions() bool { return u.Login == actionsLogin }

const actionsLogin = "github-actions[bot]"

// Me asks who the token belongs to. An App's token has no user; it is asked
// over GraphQL.
func (c *Client) Me(ctx context.Context) (User, error) {
	token := Token{}
	if c.token != nil {
		var err error
		if token, err = c.token(ctx); err != nil {
			return User{}, &Error{Kind: Unauthorized, Op: "ask who is logged in", Text: clean(err.Error()), Err: err}
		}
	}
	u := User{Token: token.Kind()}
	var v gh.User
	resp, err := c.do(ctx, call{op: "ask who is logged in", path: []string{"user"}}, &v)
	if errors.Is(err, Forbidden) && u.Token == Installation {
		u.Login, err = c.viewer(ctx)
		u.Bot = true
		return u, err
	}
	if err != nil {
		return User{}, err
	}
	u.Login, u.Bot = clean(v.GetLogin()), v.GetType() == "Bot"
	for s := range strings.SplitSeq(resp.Header.Get("X-OAuth-Scopes"), ",") {
		if s = clean(s); s != "" {
			u.Scopes = append(u.Scopes, s)
		}
	}
	if at, err := time.Parse("2006-01-02 15:04:05 MST", resp.Header.Get("GitHub-Authentication-Token-Expiration")); err == nil {
		u.Expires = at
	}
	return u, nil
}

// Status is a commit status to set.
type Status struct {
	Context     string
	State       State // Success, Failure or Pending
	Description string
	URL         string
}

const maxDescription = 140 // more is 422

// SetStatus posts a commit status. Its description is cut at 140 characters, so
// the reason comes first.
func (c *Client) SetStatus(ctx context.Context, repo Repo, sha string, s Status) error {
	body := map[string]string{"state": string(s.State), "context": s.Context, "description": cut(s.Description, maxDescription)}
	if s.URL != "" {
		body["target_url"] = s.URL
	}
	_, err := c.do(ctx, call{op: "set status " + s.Context, method: http.MethodPost, path: repo.of("statuses", sha), body: body}, nil)
	return err
}

func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// Comparison is what head has over base. It is cut by the forge, which then
// says nothing: Cut is set, and git knows the rest.
type Comparison struct {
	Status        string // identical, ahead, behind, diverged
	Ahead, Behind int
	MergeBase     string
	Commits       []Commit
	Files         []string
	CutCommits    bool // there are more than Commits
	CutFiles      bool // there may be more than Files
}

// Commit is one commit of a comparison.
type Commit struct {
	SHA, Author, Title string
	Committed          time.Time
}

const mostFiles = 300 // of a comparison, then silence

// Compare reads what head has over base: the first 250 commits and 300 files.
func (c *Client) Compare(ctx context.Context, repo Repo, base, head string) (Comparison, error) {
	var v gh.CommitsComparison
	q := call{op: "compare", path: repo.of("compare", base+"..."+head), query: url.Values{"per_page": {"250"}}}
	if _, err := c.do(ctx, q, &v); err != nil {
		return Comparison{}, err
	}
	out := Comparison{
		Status: clean(v.GetStatus()), Ahead: v.GetAheadBy(), Behind: v.GetBehindBy(), MergeBase: clean(v.GetMergeBaseCommit().GetSHA()),
		CutCommits: len(v.Commits) < v.GetTotalCommits(), CutFiles: len(v.Files) >= mostFiles,
	}
	for _, m := range v.Commits {
		author := m.GetAuthor().GetLogin()
		if author == "" {
			author = m.GetCommit().GetAuthor().GetName()
		}
		title, _, _ := strings.Cut(m.GetCommit().GetMessage(), "\n")
		out.Commits = append(out.Commits, Commit{
			SHA: clean(m.GetSHA()), Author: clean(author), Title: clean(title), Committed: m.GetCommit().GetCommitter().GetDate().Time,
		})
	}
	for _, f := range v.Files {
		out.Files = append(out.Files, clean(f.GetFilename()))
	}
	return out, nil
}
