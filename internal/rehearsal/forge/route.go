package forge

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// route is one row of what the forge answers.
type route struct {
	pattern string
	needs   string // permission of a token, such as "pull_requests=write"
	do      func(*call) reply
}

// table is everything that the forge answers beside GraphQL and the login.
func table() []route {
	const repo = "/repos/{owner}/{repo}"
	return []route{
		{"GET /user", "", (*call).me},
		{"GET /users/{username}", "", (*call).user},
		{"GET /rate_limit", "", (*call).rateLimit},
		{"GET " + repo, "metadata=read", (*call).repository},
		{"GET " + repo + "/collaborators/{username}/permission", "metadata=read", (*call).permission},
		{"GET " + repo + "/pulls", "pull_requests=read", (*call).listPulls},
		{"POST " + repo + "/pulls", "pull_requests=write", (*call).openPull},
		{"GET " + repo + "/pulls/{number}", "pull_requests=read", (*call).getPull},
		{"PATCH " + repo + "/pulls/{number}", "pull_requests=write", (*call).editPull},
		{"GET " + repo + "/pulls/{number}/reviews", "pull_requests=read", (*call).listReviews},
		{"POST " + repo + "/pulls/{number}/reviews", "pull_requests=write", (*call).review},
		{"POST " + repo + "/pulls/{number}/requested_reviewers", "pull_requests=write", (*call).requestReview},
		{"PUT " + repo + "/pulls/{number}/merge", "contents=write", (*call).merge},
		{"PUT " + repo + "/pulls/{number}/update-branch", "pull_requests=write", (*call).updateBranch},
		{"GET " + repo + "/issues/{number}/comments", "issues=read", (*call).listComments},
		{"POST " + repo + "/issues/{number}/comments", "issues=write", (*call).comment},
		{"POST " + repo + "/issues/{number}/labels", "issues=write", (*call).label},
		{"GET " + repo + "/commits/{rest...}", "contents=read", (*call).commits},
		{"POST " + repo + "/statuses/{sha}", "statuses=write", (*call).postStatus},
		{"GET " + repo + "/compare/{basehead...}", "contents=read", (*call).compare},
		{"GET " + repo + "/branches/{rest...}", "contents=read", (*call).branch},
		{"GET " + repo + "/rules/branches/{branch...}", "metadata=read", (*call).branchRules},
		{"GET " + repo + "/rulesets", "metadata=read", (*call).listRulesets},
		{"GET " + repo + "/rulesets/{id}", "metadata=read", (*call).ruleset},
		{"GET " + repo + "/git/ref/{ref...}", "contents=read", (*call).getRef},
		{"GET " + repo + "/git/matching-refs/{ref...}", "contents=read", (*call).matchingRefs},
		{"POST " + repo + "/git/refs", "contents=write", (*call).createRef},
		{"PATCH " + repo + "/git/refs/{ref...}", "contents=write", (*call).moveRef},
		{"DELETE " + repo + "/git/refs/{ref...}", "contents=write", (*call).deleteRef},
		{"POST /graphql", "", (*call).graphql},
		{"POST /login/device/code", "", (*call).deviceCode},
		{"POST /login/oauth/access_token", "", (*call).accessToken},
		{"GET /login/device", "", (*call).devicePage},
		{"POST /login/device", "", (*call).deviceAnswer},
	}
}

func (f *Forge) router() http.Handler {
	mux := http.NewServeMux()
	for _, row := range append(table(), f.pages()...) {
		mux.HandleFunc(row.pattern, func(_ http.ResponseWriter, r *http.Request) {
			c := r.Context().Value(callKey{}).(*call)
			c.r = r
			if c.reply = c.opened(row.needs); c.reply.status == 0 {
				c.reply = row.do(c)
			}
		})
	}
	for _, pattern := range []string{"/repositories/{id}", "/repositories/{id}/{rest...}"} {
		mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
			r.Context().Value(callKey{}).(*call).byID(mux, r)
		})
	}
	return mux
}

// opened finds the repository of a call and asks whether it is open to whoever
// asks; a status means that it is not.
func (c *call) opened(needs string) reply {
	write := c.r.Method != http.MethodGet && c.r.URL.Path != "/graphql" && !c.isPage()
	if name := c.r.PathValue("repo"); name != "" && !c.isPage() {
		if r := c.open(name); r.status != 0 {
			return r
		}
	}
	if write && c.token.Login == "" {
		return refuse(http.StatusUnauthorized, "Requires authentication")
	}
	if needs != "" && c.token.lacks(needs) {
		return c.thin(needs)
	}
	return reply{}
}

// isPage reports whether a call is for people: a page, or a login.
func (c *call) isPage() bool {
	return strings.HasPrefix(c.r.URL.Path, "/login/") || strings.HasPrefix(c.r.URL.Path, "/"+c.options.Owner+"/")
}

// open is the repository behind a name: renamed ones are elsewhere, hidden ones
// are not there at all.
func (c *call) open(name string) reply {
	if to, old := c.renamed(name); old {
		return c.elsewhere(to)
	}
	repo, err := c.find(name)
	if err != nil || !strings.EqualFold(c.r.PathValue("owner"), c.options.Owner) || !c.sees(repo) {
		return notFound()
	}
	if c.has("saml") && c.token.Login != "" {
		return refuse(http.StatusForbidden, "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.").
			with("X-GitHub-SSO", "required; url="+c.web()+"/orgs/"+c.options.Owner+"/sso?authorization_request=rehearsal")
	}
	c.repo = repo
	if err := c.follow(repo, ""); err != nil {
		return refuse(http.StatusInternalServerError, "Server Error")
	}
	return reply{}
}

// sees reports whether a repository is there for whoever asks.
func (c *call) sees(r *repository) bool {
	if c.token.Repository != "" && !strings.EqualFold(c.token.Repository, r.Name) {
		return false
	}
	return !c.has("hidden") && (!r.Private || c.may(c.token.Login, Read))
}

// lacks reports whether a token has not got a permission: what reads is part
// of what writes.
func (t Token) lacks(needs string) bool {
	what, level, _ := strings.Cut(needs, "=")
	if level == "read" && slices.Contains(t.Lacks, what+"=read") {
		return true
	}
	return level == "write" && (slices.Contains(t.Lacks, what+"=write") || slices.Contains(t.Lacks, what+"=read"))
}

func (c *call) thin(needs string) reply {
	who := "personal access token"
	if c.token.Kind == Install || c.token.Kind == UserOfApp {
		who = "integration"
	}
	return refuse(http.StatusForbidden, "Resource not accessible by %s", who).with("X-Accepted-GitHub-Permissions", needs)
}

// byID answers for /repositories/{id}, where renamed repositories point to.
func (c *call) byID(mux http.Handler, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	for name, repo := range c.state.Repositories {
		if repo.ID != id {
			continue
		}
		inner := r.Clone(r.Context())
		inner.URL.Path = strings.TrimSuffix("/repos/"+c.options.Owner+"/"+name+"/"+r.PathValue("rest"), "/")
		inner.URL.RawPath = ""
		mux.ServeHTTP(silent{}, inner)
	}
}
