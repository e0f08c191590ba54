package i18n

import "fmt"

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
