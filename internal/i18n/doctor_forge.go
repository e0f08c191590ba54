package i18n

import "strings"

// foundAtForge are the findings of the forge.
func foundAtForge() map[string]func(Facts) string {
	return map[string]func(Facts) string{
		"forge": func(f Facts) string {
			if f["login"] == "" {
				return "answers; it does not say who you are"
			}
			return "logged in as " + f["login"]
		},
		"forge-wide": func(Facts) string {
			return "the token may do everything you may, in every repository (classic scope repo)"
		},
		"forge-robot": func(f Facts) string {
			return f["login"] + " starts no workflow by what it does, and the record names no person"
		},
		"forge-read-only": func(f Facts) string {
			return "you may read " + f["name"] + " at the forge, not write"
		},
		"no-merge-commits": func(f Facts) string {
			return f["name"] + " allows no merge commits: a fix that was made on a higher tier could never come back to tier-0"
		},
		"forge-silent":  func(f Facts) string { return "does not answer" + because(f) },
		"forge-limit":   func(f Facts) string { return "allows no more calls for now" + because(f) },
		"forge-login":   func(f Facts) string { return "the login is missing, wrong or expired" + because(f) },
		"forge-right":   func(f Facts) string { return "the token may not do that" + because(f) },
		"forge-missing": func(f Facts) string { return "it is not there, or hidden from you" + because(f) },
		"forge-refused": func(f Facts) string { return f["text"] },
		"rules-unknown": func(f Facts) string { return f["branch"] + ": the rules are unknown" + because(f) },
		"rules-impossible": func(f Facts) string {
			return f["branch"] + ": the gate cannot be enforced here, the plan of " + f["name"] + " has no rules; promotions go on all the same"
		},
		"rules-missing": func(f Facts) string { return branchesOf(f) + " without a rule that holds what shopctl decides" },
		"rules":         branchRules,
	}
}

// branchRules is a branch in one line: who writes it, who goes round its gate,
// what is missing, what refuses a promotion, what nobody can see.
func branchRules(f Facts) string {
	parts := []string{f["branch"] + ": " + writersOf(f)}
	if f["gated"] != "" {
		parts = append(parts, roundOf(f))
		if f["byHand"] != "" {
			parts = append(parts, "everybody who may write can set its status by hand")
		}
	}
	for _, what := range strings.Fields(f["lacks"]) {
		if text := lacking[what]; text != "" {
			parts = append(parts, text)
		}
	}
	if f["deletesHeads"] != "" && strings.Contains(f["lacks"], "deletion") {
		parts = append(parts, "and the forge deletes the head of every merged pull request")
	}
	for _, why := range strings.Fields(f["refuses"]) {
		text := refusing[why]
		if why == "status" || why == "others" {
			text += " (" + f["what"] + ")"
		}
		parts = append(parts, text)
	}
	if f["unknown"] != "" {
		parts = append(parts, "more may be there: "+f["unknown"])
	}
	return strings.Join(parts, "; ")
}

func writersOf(f Facts) string {
	switch {
	case strings.Contains(f["writers"], "?"):
		return "unknown who may move it"
	case f["writers"] != "":
		return f["writers"] + " may move it"
	case strings.Contains(" "+f["lacks"]+" ", " update "):
		return "everybody who may write can move it"
	}
	return "everybody who may write"
}

func roundOf(f Facts) string {
	switch f["round"] {
	case "":
		return "nobody can go round its gate"
	}
	if strings.Contains(f["round"], "?") {
		return "unknown who can go round its gate"
	}
	return f["round"] + " can go round its gate"
}

var lacking = map[string]string{
	"gate":     "the forge does not hold its gate: a push gets past a freeze",
	"force":    "it can be rewound",
	"deletion": "it can be deleted",
}

var refusing = map[string]string{
	"pull-request": "it wants a pull request, so every promotion is refused",
	"linear":       "it refuses a release with a merge commit",
	"signed":       "it refuses commits that are not signed",
	"status":       "it wants other statuses than the gate's",
	"others":       "it has rules that shopctl does not know",
}

func fixesAtForge() map[string]func(Facts) string {
	say := func(text string) func(Facts) string { return func(Facts) string { return text } }
	return map[string]func(Facts) string{
		"forge-silent":     say("look at your network and at api: in .shopctl.yml, then shopctl doctor"),
		"forge-limit":      say("wait for the time that it names, or use another token"),
		"forge-missing":    say("correct the address in .shopctl.yml, or log in as somebody who may see it"),
		"forge-refused":    say("shopctl doctor --debug"),
		"rules-impossible": say("a plan with rules, or a public repository"),
		"forge-wide":       say("use a fine-grained token, or an App, for the three repositories alone"),
		"forge-robot":      say("use the token of an App: see shopctl help ci"),
		"forge-read-only":  say("ask for the right to push"),
		"no-merge-commits": say("allow merge commits in the settings of the repository"),
		"forge-login":      say("shopctl auth login"),
		"forge-right":      say("give the token the permission that is named"),
		"rules-unknown":    say("ask somebody who may read them; the push itself has the last word"),
		"rules-missing":    say("shopctl doctor --json=rulesets --jq '.rulesets[]'   (each with the line that makes it)"),
		"rules": func(f Facts) string {
			switch {
			case strings.Contains(f["refuses"], "pull-request"):
				return "take \"Require a pull request\" off the branch; write review: required into tiers/" + f["branch"] + ".yaml instead"
			case f["lacks"] != "":
				return ""
			case f["refuses"] != "":
				return "take that rule off the branch, or exempt who promotes"
			case strings.Contains(f["round"], "?") || f["round"] == "":
				return ""
			}
			return "take the bypass list off the ruleset that holds the gate; keep who may write in one of its own"
		},
	}
}

func branchesOf(f Facts) string {
	if f["n"] == "1" {
		return "1 branch"
	}
	return f["n"] + " branches"
}
