package i18n

import (
	"fmt"
	"maps"

	"github.com/shopctl/shopctl/internal/shop"
)

// Facts are what was found, by name; all are text.
type Facts = map[string]string

// Doctor is what `doctor` says. Found and Fixes are chosen by the topic of a
// finding; what has no sentence is told in the raw words.
type Doctor struct {
	Help         Help
	Found        map[string]func(Facts) string
	Fixes        map[string]func(Facts) string
	Subjects     map[string]string
	Status       map[shop.FindingStatus]string
	Fix          string
	Failed       func(bad int) string
	SeeFixes     string
	MendBranches string
}

func doctor() Doctor {
	return Doctor{
		Help: Help{
			Line: "check everything, stop nowhere",
			About: "It reads, and renders every tier again to compare it with its branch; it changes nothing.\n" +
				"Exit 1 when a line is marked ✗.",
			Examples: []Example{{"shopctl doctor", "every check, with a fix under what is wrong"}, {"shopctl doctor --json=ok --jq .ok", "for scripts"}},
			Flags:    map[string]string{"fix": "mend what can be mended"},
		},
		Found: merged(found(), foundAtForge()), Fixes: merged(fixes(), fixesAtForge()),
		Subjects: map[string]string{
			"here": "system", "forge": "GitHub", "argocd": "Argo CD", "app": "app repository", "configuration": "configuration repository", "system": "system repository",
		},
		Status: map[shop.FindingStatus]string{shop.Good: "good", shop.Warning: "warning", shop.Bad: "wrong"},
		Fix:    "fix:",
		Failed: func(bad int) string {
			return fmt.Sprintf("%s marked ✗", counted(bad, "line")+map[bool]string{true: " is", false: " are"}[bad == 1])
		},
		SeeFixes: "each line has its fix", MendBranches: "mend the tier branches",
	}
}

// merged lays one set of sentences over another.
func merged(all, more map[string]func(Facts) string) map[string]func(Facts) string {
	maps.Copy(all, more)
	return all
}

func found() map[string]func(Facts) string {
	return map[string]func(Facts) string{
		"system":    func(f Facts) string { return f["name"] + ", .shopctl.yml in " + f["dir"] },
		"no-system": func(f Facts) string { return f["text"] },
		"settings":  func(f Facts) string { return f["text"] },
		"identity":  func(f Facts) string { return "commits are made by " + f["actor"] },
		"no-identity": func(Facts) string {
			return "git does not know who you are: you can look, but write nothing"
		},

		"repository": func(f Facts) string {
			return "can be read and written, all or nothing; " + branches(f)
		},
		"read-only":     func(f Facts) string { return "can be read, but you may not write" + because(f) },
		"not-atomic":    func(Facts) string { return "the server cannot push all or nothing; nothing is ever written there" },
		"unreachable":   func(f Facts) string { return "cannot be reached" + because(f) },
		"busy":          func(f Facts) string { return "asks to come back later" + because(f) },
		"not-logged-in": func(Facts) string { return "the login is missing, wrong or expired" },
		"no-right":      func(f Facts) string { return "you have no right to it" + because(f) },
		"no-repository": func(f Facts) string {
			return "there is no repository at " + f["address"] + ", or it is hidden from you"
		},
		"no-intent":    func(f Facts) string { return "holds no system yet" + because(f) },
		"other-system": func(f Facts) string { return "holds another system, " + f["text"] },

		"argocd": func(f Facts) string {
			if f["user"] == "" {
				return "answers, with " + of(f, "applications", "application")
			}
			return "logged in as " + f["user"] + ", with " + of(f, "applications", "application")
		},
		"argocd-none":     func(Facts) string { return "the system has none: health and sync are unknown" },
		"argocd-silent":   func(f Facts) string { return "does not answer" + because(f) },
		"argocd-login":    func(f Facts) string { return "the login is missing or has expired" + because(f) },
		"argocd-no-right": func(f Facts) string { return "you may not read the applications" + because(f) },
		"argocd-old": func(f Facts) string {
			return f["version"] + " has known holes (CVE-2026-45737, CVE-2026-45738); " + f["floor"] + " has not"
		},

		"intent": func(f Facts) string {
			return of(f, "tiers", "tier") + ", " + of(f, "shopsets", "ShopSet") + ", " + of(f, "shops", "shop") + ", all of it fits together"
		},
		"mistake":       func(f Facts) string { return f["text"] },
		"more-mistakes": func(f Facts) string { return "and " + f["n"] + " more mistakes" },
		"overdue": func(f Facts) string {
			return "the maintenance of " + f["kind"] + " " + f["name"] + " should have ended at " + f["until"]
		},
		"no-runner": func(f Facts) string {
			return "a maintenance ends " + f["until"] + ", and nothing is set up that will run shopctl reconcile then"
		},
		"more-overdue": func(f Facts) string { return "and " + f["n"] + " more maintenances are overdue" },

		"tier": func(f Facts) string {
			return "v" + f["number"] + " (" + f["commit"] + ") in " + of(f, "shopsets", "ShopSet") + ", its branch is as rendered"
		},
		"no-branch": func(f Facts) string { return "has no branch in the " + f["repository"] + " repository" },
		"direct": func(f Facts) string {
			if f["n"] == "" {
				return "its branch in the " + f["repository"] + " repository is not in the history of " + f["below"] + " (I1)"
			}
			return of(f, "n", "commit") + " made directly on its branch in the " + f["repository"] + " repository, first " + f["commit"] + " " + f["subject"] +
				" (" + f["author"] + "): no release, and it blocks every promotion (I1)"
		},
		"not-on-branch": func(f Facts) string {
			return "runs " + f["commit"] + ", which is not in the history of its branches (I2)"
		},
		"pin-not-followed": func(f Facts) string { return "runs " + f["commit"] + " but is pinned to " + f["pin"] + " (I2)" },
		"half-promoted": func(f Facts) string {
			return "a promotion of " + f["commit"] + " stopped half-way; nothing of it is live"
		},
		"mixed": func(f Facts) string {
			return "its branches hold " + f["app"] + " with " + f["configuration"] + ", a pair that nobody tested; " + f["commit"] + " stays live"
		},
		"never-below": func(f Facts) string { return "runs " + f["commit"] + ", which " + f["below"] + " never carried (I3)" },
		"never-healthy-below": func(f Facts) string {
			return "runs " + f["commit"] + ", which was never seen healthy on " + f["below"] + " (I3)"
		},
		"runs-rejected": func(f Facts) string {
			return "runs " + f["commit"] + ", which " + f["by"] + " rejected: " + f["reason"]
		},
		"edited": func(f Facts) string {
			return "the generated branch was edited by hand: " + f["commit"] + " by " + f["by"] + ", " + of(f, "n", "file") + differ(f) + firstFile(f)
		},
		"differs": func(f Facts) string {
			return of(f, "n", "file") + differ(f) + " from what is rendered, though shopctl wrote the branch" + firstFile(f)
		},
		"behind": func(f Facts) string {
			return "does not follow the intent yet: " + of(f, "n", "file") + differ(f) + firstFile(f)
		},
		"routes-missing": func(f Facts) string {
			return of(f, "n", "route") + " of the intent missing on the branch: " + f["names"]
		},
		"routes-orphaned": func(f Facts) string {
			return of(f, "n", "route") + " on the branch without a shop in the intent: " + f["names"]
		},
		"routes-changed": func(f Facts) string {
			return of(f, "n", "route") + " on the branch not as generated: " + f["names"]
		},
		"broken-rule": func(f Facts) string { return f["text"] },
		"does-not-build": func(f Facts) string {
			return "cannot be rendered" + because(f)
		},
		"no-root":        func(Facts) string { return "Argo CD has no root application for it" },
		"no-application": func(f Facts) string { return "Argo CD has no application for " + f["names"] + " (" + f["n"] + ")" },
		"not-rendered":   func(Facts) string { return "was not compared: the intent cannot be rendered" },
		"failed":         func(f Facts) string { return f["text"] },
	}
}

// of is a number among the facts with its word: 2 files.
func of(f Facts, number, word string) string {
	if f[number] == "1" {
		return "1 " + word
	}
	return f[number] + " " + word + "s"
}

func differ(f Facts) string {
	if f["n"] == "1" {
		return " differs"
	}
	return " differ"
}

func branches(f Facts) string {
	if f["branches"] == "1" {
		return "1 tier branch"
	}
	return f["branches"] + " tier branches"
}

// because is the reason in the other side's words.
func because(f Facts) string {
	if f["text"] == "" {
		return ""
	}
	return ": " + f["text"]
}

func firstFile(f Facts) string {
	if f["first"] == "" {
		return ""
	}
	return ", first " + f["first"]
}

// fixes are what to do where no command does it.
func fixes() map[string]func(Facts) string {
	say := func(text string) func(Facts) string { return func(Facts) string { return text } }
	return map[string]func(Facts) string{
		"unreachable":    say("look at your network and at the address in .shopctl.yml, then shopctl doctor"),
		"busy":           say("wait a minute, then shopctl doctor"),
		"read-only":      say("ask for the right to push, or let CI promote"),
		"no-right":       say("ask for the right to read and push"),
		"no-repository":  say("correct the address in .shopctl.yml, or log in as somebody who may see it"),
		"not-atomic":     say("use a git server that offers atomic pushes"),
		"no-intent":      say("shopctl init"),
		"other-system":   say("correct name and address in .shopctl.yml"),
		"argocd-none":    say("name one with argocd: in .shopctl.yml, if there is one"),
		"argocd-silent":  say("look at your network and at argocd: in .shopctl.yml; git alone goes on"),
		"argocd-old":     func(f Facts) string { return "upgrade Argo CD to " + f["floor"] + " or later" },
		"mistake":        say("correct the file on main of the system repository"),
		"not-rendered":   say("mend the intent, then shopctl doctor"),
		"no-runner":      say("run shopctl reconcile --yes on a schedule; on GitHub: shopctl ci github"),
		"no-branch":      say("push the branch by hand, at a commit of the tier below"),
		"does-not-build": say("mend it in the app or configuration repository; shopctl render shows more"),
		"no-application": say("look at the root application of the tier in Argo CD"),
		"failed":         say("shopctl doctor --debug"),
	}
}
