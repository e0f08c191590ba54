package world

import (
	"regexp"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// What a forge says when a rule refuses a push. The words in brackets behind
// the refused ref differ from server to server and prove nothing, so none is
// matched; these lines are for the explanation, never for a decision.
var refusalWords = []struct {
	words string
	kind  shop.PushRuleKind
}{
	{"must be made through a pull request", shop.RulePull},
	{"must be made through the merge queue", shop.RulePull},
	{"cannot update this protected ref", shop.RuleUpdate},
	{"not authorized to push", shop.RuleWriter},
	{"cannot force-push", shop.RuleForce},
	{"required status check", shop.RuleStatus},
	{"approving review", shop.RuleReview},
	{"must have verified signatures", shop.RuleSigned},
	{"signed commits", shop.RuleSigned},
	{"must not contain merge commits", shop.RuleLinear},
	{"linear history", shop.RuleLinear},
	{"without `workflows` permission", shop.RuleWorkflow},
	{"without `workflow` scope", shop.RuleWorkflow},
	{"without workflows permission", shop.RuleWorkflow},
}

var (
	quotedContext = regexp.MustCompile(`[Ss]tatus check "([^"]+)"`)
	refusedRef    = regexp.MustCompile(`refs/heads/([^\s.]+)`)
)

// refusal reads the rules out of the words of a refused push. tier is the
// branch that they name, empty when they name none.
func refusal(text string) (rules []shop.PushRule, tier shop.Tier) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "remote:"))
		if m := refusedRef.FindStringSubmatch(line); m != nil && tier == "" {
			tier = shop.Tier(m[1])
		}
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(line, "error:"), "- "))
		if rule, ok := ruleOf(line); ok {
			rules = append(rules, rule)
		}
	}
	return rules, tier
}

func ruleOf(line string) (shop.PushRule, bool) {
	line = strings.TrimSpace(strings.TrimPrefix(line, "- "))
	lower := strings.ToLower(line)
	for _, w := range refusalWords {
		if !strings.Contains(lower, w.words) {
			continue
		}
		rule := shop.PushRule{Kind: w.kind, Text: line}
		if m := quotedContext.FindStringSubmatch(line); m != nil {
			rule.Name = m[1]
			if _, ours := shop.GateTier(m[1]); ours {
				rule.Kind = shop.RuleGate
			}
		}
		return rule, true
	}
	return shop.PushRule{}, false
}
