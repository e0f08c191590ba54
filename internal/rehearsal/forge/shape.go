package forge

import (
	"fmt"
	"hash/fnv"
	"maps"
	"strings"
	"time"
)

// stamp is a time as the API writes it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// when is a time that may not have come.
func when(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func nodeID(kind string, id int64) string { return fmt.Sprintf("%s_%08x", kind, id) }

// actionsBot is who GITHUB_TOKEN acts as.
const actionsBot = "github-actions[bot]"

// userID is the number of a login, the same in each forge.
func (f *Forge) userID(login string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(login)))
	return int64(h.Sum32()>>8) + 1000
}

// account is a simple-user.
func (c *call) account(login string) object {
	id := c.userID(login)
	url := c.api() + "/users/" + login
	o := object{
		"login": login, "id": id, "node_id": nodeID("U", id), "avatar_url": fmt.Sprintf("%s/avatars/u/%d", c.web(), id), "gravatar_id": "",
		"html_url": c.web() + "/" + login, "site_admin": false, "type": "User", "url": url,
		"following_url": url + "/following{/other_user}", "gists_url": url + "/gists{/gist_id}", "starred_url": url + "/starred{/owner}{/repo}",
		"events_url": url + "/events{/privacy}",
	}
	if strings.HasSuffix(login, "[bot]") {
		o["type"] = "Bot"
	}
	if strings.EqualFold(login, c.options.Owner) {
		o["type"] = "Organization"
	}
	for _, path := range []string{"followers", "subscriptions", "repos", "received_events"} {
		o[path+"_url"] = url + "/" + path
	}
	o["organizations_url"] = url + "/orgs"
	return o
}

// accountOrNil is nobody when there is no login.
func (c *call) accountOrNil(login string) any {
	if login == "" {
		return nil
	}
	return c.account(login)
}

// publicUser is what GET /user and /users say of somebody.
func (c *call) publicUser(p Person) object {
	o := c.account(p.Login)
	for _, none := range []string{"company", "location", "hireable", "bio", "twitter_username"} {
		o[none] = nil
	}
	o["name"], o["email"], o["blog"], o["user_view_type"] = p.Name, p.Email, "", "public"
	for _, count := range []string{"public_repos", "public_gists", "followers", "following"} {
		o[count] = 0
	}
	o["created_at"], o["updated_at"] = "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
	return o
}

func (c *call) me() reply {
	if c.token.Login == "" {
		return refuse(401, "Requires authentication")
	}
	if c.token.Kind == Install {
		return refuse(403, "Resource not accessible by integration")
	}
	return ok(c.publicUser(c.who))
}

func (c *call) user() reply {
	p, known := c.person(c.r.PathValue("username"))
	if !known {
		return notFound()
	}
	return ok(c.publicUser(p))
}

// repoURL is the address of the call's repository in the API.
func (c *call) repoURL(r *repository) string {
	return c.api() + "/repos/" + c.options.Owner + "/" + r.Name
}

func (c *call) repoPage(r *repository) string {
	return c.web() + "/" + c.options.Owner + "/" + r.Name
}

// paths are the addresses below a repository that every shape of one has.
var paths = strings.Fields(`archive{/archive_format}{/ref} assignees{/user} blobs:git/blobs{/sha} branches{/branch} collaborators{/collaborator}
	comments{/number} commits{/sha} compare/{base}...{head} contents/{+path} contributors deployments downloads events forks git_commits:git/commits{/sha}
	git_refs:git/refs{/sha} git_tags:git/tags{/sha} hooks issue_comment:issues/comments{/number} issue_events:issues/events{/number} issues{/number}
	keys{/key_id} labels{/name} languages merges milestones{/number} notifications{?since,all,participating} pulls{/number} releases{/id} stargazers
	statuses/{sha} subscribers subscription tags teams trees:git/trees{/sha}`)

// minimal is a minimal-repository.
func (c *call) minimal(r *repository) object {
	url := c.repoURL(r)
	o := object{
		"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.Name, "full_name": c.options.Owner + "/" + r.Name, "private": r.Private,
		"owner": c.account(c.options.Owner), "html_url": c.repoPage(r), "description": nil, "fork": false, "url": url,
	}
	for _, p := range paths {
		name, path, named := strings.Cut(p, ":")
		if !named {
			path = p
			name = p[:strings.IndexAny(p+"{", "{/")]
		}
		o[name+"_url"] = url + "/" + path
	}
	return o
}

// whole is a repository as pull requests and GET show it.
func (c *call) whole(r *repository) object {
	o := c.minimal(r)
	git := c.repoPage(r) + ".git"
	maps.Copy(o, object{
		"clone_url": git, "git_url": strings.Replace(git, "http", "git", 1), "ssh_url": "git@" + c.r.Host + ":" + c.options.Owner + "/" + r.Name + ".git",
		"svn_url": c.repoPage(r), "default_branch": r.defaultBranch(), "homepage": nil, "language": nil, "license": nil, "mirror_url": nil,
		"archived": false, "disabled": false, "visibility": "public", "topics": []string{}, "is_template": false, "allow_forking": true,
		"web_commit_signoff_required": false, "has_issues": true, "has_projects": true, "has_wiki": true, "has_pages": false,
		"has_downloads": true, "has_discussions": false,
		"forks": 0, "forks_count": 0, "open_issues": r.open(), "open_issues_count": r.open(), "size": 100, "stargazers_count": 0,
		"watchers": 0, "watchers_count": 0,
		"created_at": stamp(r.Created), "updated_at": stamp(r.Created), "pushed_at": stamp(r.Created),
	})
	if r.Private {
		o["visibility"] = "private"
	}
	return o
}

func (r *repository) open() (n int) {
	for _, p := range r.Pulls {
		if p.State == "open" {
			n++
		}
	}
	return n
}

// repository is a full-repository: its settings are for those who may write.
func (c *call) repository() reply {
	r := c.repo
	o := c.whole(r)
	o["network_count"], o["subscribers_count"] = 0, 0
	if c.token.Login != "" {
		o["permissions"] = object{
			"admin": c.may(c.who.Login, Admin), "maintain": c.may(c.who.Login, Admin), "push": c.may(c.who.Login, Write), "triage": c.may(c.who.Login, Write), "pull": true,
		}
	}
	if c.may(c.who.Login, Write) {
		s := r.Settings
		maps.Copy(o, object{
			"allow_merge_commit": !s.NoMergeCommit, "allow_squash_merge": !s.NoSquash, "allow_rebase_merge": !s.NoRebase,
			"allow_auto_merge": !s.NoAutoMerge, "delete_branch_on_merge": s.DeleteHeads, "allow_update_branch": true,
		})
	}
	return ok(o)
}

func (c *call) permission() reply {
	p, known := c.person(c.r.PathValue("username"))
	if !known {
		return notFound()
	}
	role := p.Role
	if role == "" {
		role = Read
	}
	user := c.account(p.Login)
	user["role_name"] = string(role)
	return ok(object{"permission": string(role), "role_name": string(role), "user": user})
}

// commitShape is a commit of the REST API.
func (c *call) commitShape(x commit) object {
	url := c.repoURL(c.repo)
	parents := []object{}
	for _, p := range x.parents {
		parents = append(parents, object{"sha": p, "url": url + "/commits/" + p, "html_url": c.repoPage(c.repo) + "/commit/" + p})
	}
	by := func(s signature) object { return object{"name": s.name, "email": s.email, "date": stamp(s.at)} }
	return object{
		"sha": x.id, "node_id": "C_" + x.id[:12], "url": url + "/commits/" + x.id, "html_url": c.repoPage(c.repo) + "/commit/" + x.id,
		"comments_url": url + "/commits/" + x.id + "/comments", "parents": parents,
		"author": c.accountOrNil(c.loginOf(x.author.email)), "committer": c.accountOrNil(c.loginOf(x.committer.email)),
		"commit": object{
			"author": by(x.author), "committer": by(x.committer), "message": x.message, "comment_count": 0, "url": url + "/git/commits/" + x.id,
			"tree":         object{"sha": x.tree, "url": url + "/git/trees/" + x.tree},
			"verification": object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
	}
}

// loginOf is whose e-mail this is; empty: nobody's.
func (f *Forge) loginOf(email string) string {
	for _, p := range f.options.People {
		if strings.EqualFold(p.Email, email) {
			return p.Login
		}
	}
	return ""
}
