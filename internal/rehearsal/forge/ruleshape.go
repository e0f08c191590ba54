package forge

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature."

// branchRules are the rules of a branch by rulesets: anybody may read them, and
// classic protection is not among them.
func (c *call) branchRules() reply {
	if c.has("free-plan") {
		return refuse(http.StatusForbidden, upgrade)
	}
	branch := c.r.PathValue("branch")
	rules := []object{}
	for _, s := range c.repo.Rulesets {
		if !s.covers(c.repo, branch) {
			continue
		}
		for _, x := range s.Rules {
			o := x.shape()
			o["ruleset_source_type"], o["ruleset_source"], o["ruleset_id"] = "Repository", c.options.Owner+"/"+c.repo.Name, s.ID
			rules = append(rules, o)
		}
	}
	some, r := page(c, rules)
	r.body = some
	return r
}

func (x Rule) shape() object {
	o := object{"type": x.Type}
	if len(x.Parameters) > 0 {
		o["parameters"] = json.RawMessage(x.Parameters)
	}
	return o
}

// rulesetShape is one of the list: without its rules.
func (c *call) rulesetShape(s Ruleset) object {
	return object{
		"id": s.ID, "name": s.Name, "target": "branch", "source_type": "Repository", "source": c.options.Owner + "/" + c.repo.Name,
		"enforcement": s.Enforcement, "node_id": nodeID("RRS", s.ID), "created_at": stamp(c.repo.Created), "updated_at": stamp(c.repo.Created),
	}
}

func (c *call) listRulesets() reply {
	if c.has("free-plan") {
		return refuse(http.StatusForbidden, upgrade)
	}
	return list(c, c.repo.Rulesets, c.rulesetShape)
}

// ruleset is one whole. Who may go round it is told to those who may write it.
func (c *call) ruleset() reply {
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	for _, s := range c.repo.Rulesets {
		if s.ID != id {
			continue
		}
		o := c.rulesetShape(s)
		include, rules := []string{}, []object{}
		for _, b := range s.Branches {
			if !strings.HasPrefix(b, "~") && !strings.HasPrefix(b, "refs/") {
				b = "refs/heads/" + b
			}
			include = append(include, b)
		}
		for _, x := range s.Rules {
			rules = append(rules, x.shape())
		}
		o["conditions"], o["rules"] = object{"ref_name": object{"include": include, "exclude": []string{}}}, rules
		o["current_user_can_bypass"] = "never"
		if c.bypasses(s, c.who.Login) {
			o["current_user_can_bypass"] = "always"
		}
		if c.may(c.who.Login, Admin) && !c.token.lacks("administration=write") {
			bypass := []object{}
			for _, b := range s.Bypass {
				bypass = append(bypass, object{"actor_id": b.ID, "actor_type": b.Kind, "bypass_mode": "always"})
			}
			o["bypass_actors"] = bypass
		}
		return ok(o)
	}
	return notFound()
}

// branch answers for everything below /branches/, where a name may have slashes.
func (c *call) branch() reply {
	rest := c.r.PathValue("rest")
	if name, is := cutSuffix(rest, "/protection"); is {
		return c.protection(name)
	}
	tip := c.repo.Tips[rest]
	if tip == "" {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	all, err := c.repo.log("-1", tip)
	if err != nil || len(all) == 0 {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	url := c.repoURL(c.repo) + "/branches/" + rest
	// What protects it is told of classic rules alone: rulesets do not show here.
	p, protected := c.repo.Protection[rest]
	contexts, checks := p.contextShapes()
	enforcement := "off"
	if len(contexts) > 0 {
		enforcement = "non_admins"
	}
	return ok(object{
		"name": rest, "commit": c.commitShape(all[0]), "protected": protected || c.repo.needs(rest).any, "protection_url": url + "/protection",
		"_links": object{"self": url, "html": c.repoPage(c.repo) + "/tree/" + rest},
		"protection": object{
			"enabled":                protected,
			"required_status_checks": object{"enforcement_level": enforcement, "contexts": contexts, "checks": checks},
		},
	})
}

func (p Classic) contextShapes() (contexts []string, checks []object) {
	contexts, checks = []string{}, []object{}
	for _, x := range p.Contexts {
		var app any
		if x.App != 0 {
			app = x.App
		}
		contexts, checks = append(contexts, x.Context), append(checks, object{"context": x.Context, "app_id": app})
	}
	return contexts, checks
}

// protection is the classic API: for administrators, and blind to rulesets.
func (c *call) protection(branch string) reply {
	switch {
	case c.has("free-plan"):
		return refuse(http.StatusForbidden, upgrade)
	case c.token.lacks("administration=read"):
		return c.thin("administration=read")
	case !c.may(c.who.Login, Admin):
		return notFound()
	case c.repo.Tips[branch] == "":
		return refuse(http.StatusNotFound, "Branch not found")
	}
	p, protected := c.repo.Protection[branch]
	if !protected {
		return refuse(http.StatusNotFound, "Branch not protected")
	}
	url := c.repoURL(c.repo) + "/branches/" + branch + "/protection"
	enabled := func(on bool) object { return object{"enabled": on} }
	o := object{
		"url": url, "enforce_admins": object{"url": url + "/enforce_admins", "enabled": p.Admins},
		"required_linear_history": enabled(p.Linear), "allow_force_pushes": enabled(p.ForcePushes), "allow_deletions": enabled(p.Deletions),
		"required_conversation_resolution": enabled(p.Conversation), "block_creations": enabled(false),
	}
	if len(p.Contexts) > 0 {
		contexts, checks := p.contextShapes()
		o["required_status_checks"] = object{
			"url": url + "/required_status_checks", "strict": p.Strict, "contexts": contexts, "contexts_url": url + "/required_status_checks/contexts", "checks": checks,
		}
	}
	if p.Reviews > 0 {
		o["required_pull_request_reviews"] = object{
			"url": url + "/required_pull_request_reviews", "dismiss_stale_reviews": false, "require_code_owner_reviews": false,
			"required_approving_review_count": p.Reviews, "require_last_push_approval": false,
		}
	}
	if p.Restricted {
		o["restrictions"] = c.restrictions(url+"/restrictions", p)
	}
	return ok(o)
}

func (c *call) restrictions(url string, p Classic) object {
	users, apps := []object{}, []object{}
	for _, login := range p.Pushers {
		if who, _ := c.person(login); who.App != 0 {
			apps = append(apps, c.appShape(who.App))
			continue
		}
		users = append(users, c.account(login))
	}
	return object{
		"url": url, "users_url": url + "/users", "teams_url": url + "/teams", "apps_url": url + "/apps", "users": users, "teams": []object{}, "apps": apps,
	}
}
