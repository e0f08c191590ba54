package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// rulesetJSON is a ruleset to paste: two of them, since who is exempt from one
// rule of a set is exempt from all of it.
type rulesetJSON struct {
	Repository string      `json:"repository"` // owner/name
	Paste      string      `json:"paste"`      // the line that makes it
	Ruleset    rulesetBody `json:"ruleset"`
}

type rulesetBody struct {
	Name        string         `json:"name"`
	Target      string         `json:"target"`
	Enforcement string         `json:"enforcement"`
	Bypass      []bypassJSON   `json:"bypass_actors"`
	Conditions  conditionsJSON `json:"conditions"`
	Rules       []rulesetRule  `json:"rules"`
}

type bypassJSON struct {
	ID   int64  `json:"actor_id"`
	Type string `json:"actor_type"`
	Mode string `json:"bypass_mode"`
}

type conditionsJSON struct {
	RefName struct {
		Include []string `json:"include"`
		Exclude []string `json:"exclude"`
	} `json:"ref_name"`
}

type rulesetRule struct {
	Type       string `json:"type"`
	Parameters any    `json:"parameters,omitempty"`
}

// adminRole is who may write until somebody names the team or the App instead.
const adminRole = 5

// rulesets are those that are missing, from what doctor found of each branch.
func rulesets(found []shop.Finding) (all []rulesetJSON) {
	writers := map[string][]string{} // by repository, the branches
	var order []string
	for _, f := range found {
		if f.Topic != "rules" {
			continue
		}
		repo, branch := f.Facts["name"], f.Facts["branch"]
		lacks := strings.Fields(f.Facts["lacks"])
		if slices.Contains(lacks, "update") || slices.Contains(lacks, "deletion") {
			if writers[repo] == nil {
				order = append(order, repo)
			}
			writers[repo] = append(writers[repo], branch)
		}
		if gate := slices.Contains(lacks, "gate"); gate || slices.Contains(lacks, "force") {
			all = append(all, gateRuleset(repo, branch, gate))
		}
	}
	for _, repo := range order {
		all = append(all, writersRuleset(repo, writers[repo]))
	}
	return all
}

// gateRuleset holds the gate of one branch. Nobody is exempt.
func gateRuleset(repo, branch string, gate bool) rulesetJSON {
	rules := []rulesetRule{{Type: "non_fast_forward"}}
	if gate {
		rules = append(rules, rulesetRule{Type: "required_status_checks", Parameters: map[string]any{
			"strict_required_status_checks_policy": false,
			"required_status_checks":               []map[string]string{{"context": shop.GateContext(shop.Tier(branch))}},
		}})
	}
	return ruleset(repo, "shopctl-gate "+branch, []string{branch}, nil, rules)
}

// writersRuleset says who may move the branches of a repository.
func writersRuleset(repo string, branches []string) rulesetJSON {
	return ruleset(repo, "shopctl-writers", branches, []bypassJSON{{adminRole, "RepositoryRole", "always"}}, []rulesetRule{{Type: "update"}, {Type: "deletion"}})
}

func ruleset(repo, name string, branches []string, exempt []bypassJSON, rules []rulesetRule) rulesetJSON {
	body := rulesetBody{Name: name, Target: "branch", Enforcement: "active", Bypass: exempt, Rules: rules}
	if exempt == nil {
		body.Bypass = []bypassJSON{}
	}
	body.Conditions.RefName.Exclude = []string{}
	for _, b := range branches {
		body.Conditions.RefName.Include = append(body.Conditions.RefName.Include, "refs/heads/"+b)
	}
	paste := fmt.Sprintf("shopctl doctor --json=rulesets --jq '.rulesets[] | select(.repository == %q and .ruleset.name == %q) | .ruleset' | gh api -X POST repos/%s/rulesets --input -", repo, name, repo)
	return rulesetJSON{Repository: repo, Paste: paste, Ruleset: body}
}
