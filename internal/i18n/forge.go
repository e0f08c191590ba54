package i18n

import (
	"fmt"
	"maps"
)

// forgeGates are the gates that the forge answers for.
func forgeGates() map[string]func(GateFacts) string {
	return map[string]func(GateFacts) string{
		"forge-silent": func(f GateFacts) string {
			text := suffixed("the forge does not answer", f.Reason)
			if f.Opens != "" {
				text += ", again at " + f.Opens
			}
			return text
		},
		"forge-spent": func(f GateFacts) string {
			if f.Opens != "" {
				return "the forge allows no more calls before " + f.Opens
			}
			return suffixed("the forge allows no more calls for now", f.Reason)
		},
		"not-asked":      func(GateFacts) string { return "the forge was not asked yet" },
		"checks-unknown": func(f GateFacts) string { return suffixed("checks unknown", f.Reason) },
		"checks-passed": func(f GateFacts) string {
			if f.Check != "" {
				return f.Check
			}
			return fmt.Sprintf("%d of %d on %s", f.Ready, f.Of, f.Commit)
		},
		"no-checks":    func(f GateFacts) string { return fmt.Sprintf("no checks ran on %s", f.Commit) },
		"check-failed": func(f GateFacts) string { return suffixed(fmt.Sprintf("%s failed on %s", f.Check, f.Commit), f.Reason) },
		"check-pending": func(f GateFacts) string {
			return suffixed(fmt.Sprintf("%s still runs on %s", f.Check, f.Commit), f.Reason)
		},
		"check-missing": func(f GateFacts) string {
			return fmt.Sprintf("%s has not begun on %s: nobody has reported it", f.Check, f.Commit)
		},
		"no-forge":       func(GateFacts) string { return "a review needs a forge, and this system has none (forge: git)" },
		"review-unknown": func(f GateFacts) string { return suffixed("reviews unknown", f.Reason) },
		"not-proposed":   func(f GateFacts) string { return fmt.Sprintf("no pull request into %s yet", f.Tier) },
		"head-moved": func(f GateFacts) string {
			return fmt.Sprintf("the branch of its pull request is not at %s any more: %s", f.Commit, f.Address)
		},
		"not-approved":  func(f GateFacts) string { return fmt.Sprintf("nobody but %s has approved %s yet", f.By, f.Address) },
		"changes-asked": func(f GateFacts) string { return fmt.Sprintf("%s asks for changes in %s", f.By, f.Address) },
		"approved":      func(f GateFacts) string { return fmt.Sprintf("approved by %s", f.By) },
	}
}

// allFaults are the sentences of every fault from outside, by kind.
func allFaults() map[string]func(FaultFacts) string {
	all := faults()
	maps.Copy(all, forgeFaults())
	return all
}

func forgeFaults() map[string]func(FaultFacts) string {
	return map[string]func(FaultFacts) string{
		"forge-silent":  func(f FaultFacts) string { return fmt.Sprintf("the forge at %s does not answer", f.Address) },
		"forge-limit":   forgeLimit,
		"forge-login":   func(f FaultFacts) string { return fmt.Sprintf("the forge at %s wants a login", f.Address) },
		"forge-right":   func(f FaultFacts) string { return fmt.Sprintf("you may not do that at %s", f.Address) },
		"forge-missing": func(f FaultFacts) string { return fmt.Sprintf("%s does not have it, or you may not see it", f.Address) },
		"forge-holds":   func(f FaultFacts) string { return fmt.Sprintf("%s does not merge it yet", f.Address) },
		"forge-refused": func(f FaultFacts) string { return fmt.Sprintf("the forge at %s refused", f.Address) },
	}
}

func forgeLimit(f FaultFacts) string {
	text := fmt.Sprintf("the calls that %s allows are used up", f.Address)
	if f.Until != "" {
		text += " until " + f.Until
	}
	return text
}

// pushRules say which rule of a branch refused a push, and what to set there.
func pushRules() map[string]func(PushRuleFacts) string {
	return map[string]func(PushRuleFacts) string{
		"pull-request": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s takes changes through pull requests only. A promotion is a push, since every merge button makes another commit: leave \"Require a pull request\" off for it, and write `review: required` into tiers/%s.yaml instead", f.Branch, f.Branch)
		},
		"update": func(f PushRuleFacts) string {
			return fmt.Sprintf("only who is on the bypass list of its ruleset may move %s: add your team, or shopctl's App, to that of shopctl-writers", f.Branch)
		},
		"writer": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s has a list of who may push, and you are not on it: an administrator adds your team, or shopctl's App", f.Branch)
		},
		"force": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s only goes forward: nothing has to be set", f.Branch)
		},
		"status": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s wants the status %q on the commit, and it is not green. shopctl reads checks as its own gate: require none but shopctl/gate/%s above tier-0", f.Branch, f.Name, f.Branch)
		},
		"gate": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s wants the status %s, which shopctl sets. Either the token may not set it (Commit statuses: write), or it is bound to an App that is not yours", f.Branch, f.Name)
		},
		"review": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s wants an approving review by the forge's own rule: write `review: required` into tiers/%s.yaml instead, and take the rule off the branch", f.Branch, f.Branch)
		},
		"signed": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s wants signed commits, and the release has one that is not", f.Branch)
		},
		"linear": func(f PushRuleFacts) string {
			return fmt.Sprintf("%s wants no merge commits, and the release has one: switch \"Require linear history\" off for it", f.Branch)
		},
		"workflow-file": func(PushRuleFacts) string {
			return "the commits change a workflow, and the token may not write those: give it Workflows: write for once, or push with another"
		},
		"other": func(f PushRuleFacts) string { return fmt.Sprintf("a rule of %s refuses it", f.Branch) },
	}
}

// PushRuleFacts are what the sentence of a refused push may need.
type PushRuleFacts struct{ Branch, Name string }
