package i18n

import (
	"fmt"
	"maps"
	"strings"
)

// Errand is what the commands that change something have in common: gates,
// the steps of a run, and why it stopped.
type Errand struct {
	// Gates, as reasons in front of a tier. The symbol stands before them.
	Gate map[string]func(GateFacts) string
	// Steps that a run reports.
	Gates, Read     string
	MovedBranches   func(tier, repositories string) string
	CreatedBranches func(repository string, n int) string
	Seeded          func(repository string) string
	Written         func(tiers string) string
	ShopSets        func(n int) string
	And             string
	Synced          func(tier string) string
	Rooted          func(tier string) string
	Proposed        func(tier, release string) string
	RollingOut      func(ready, of int) string
	Degraded        func(n, of int) string
	RolledOut       func(ready, of int) string
	StaysHealthy    func(forHow string) string
	StayedHealthy   func(forHow string) string
	Awaiting        func(tier string) string
	AwaitingHand    func(tier string) string
	Reconnecting    func(n int, why string) string
	StillWaiting    func(what, elapsed string) string
	// Endings.
	AlreadySo       string
	WouldWrite      string
	Undo, Next      string
	Stopped         func(tier string) string
	RunsHealthy     func(tier, release string) string
	WaitsFor        func(tier, what string) string
	Held            map[string]func(GateFacts) string // what holds a release off, by cause
	HeldBy          func(GateFacts) string
	StoppedWatching func(next string) string
	MoreIsLeft      func(again string) string
	StoppedHalfWay  func(again string) string
	NothingWritten  string
	GoOn            string
	GoOnAfter       func(clock string) string
	WaitForOpen     string
	SyncNow         func(tier string) string
	ByHand          string
	PlanIs          string
	SyncByHand      string
	LiftIt, GoBack  string
	LookAgain, Fix  string
	AskAgainLater   string
	ApproveIt       string
	AskForApproval  string
	SeeIt           string

	PlanChanged   string
	TimeIsUp      func(tier string) string
	Unseen        func(tier string) string
	GoesOn        func(tier, release string) string
	Wait          string
	First, NameIt string
	ListTiers     string
	ListReleases  string
	GiveToken     string
	BadIntent     func(n int) string

	Runs func(tier, release string) string

	// Stops, by reason.
	Stop map[string]func(StopFacts) string
	// Faults from outside, by kind.
	Fault map[string]func(FaultFacts) string
	// PushRules that refused a push, by kind.
	PushRules map[string]func(PushRuleFacts) string
	// Hints.
	Hint map[string]string
}

// GateFacts are what the sentence of a gate may need; all are ready to print.
type GateFacts struct {
	Tier, By, Reason, Since, Opens, Left, Needs, Name string
	Check, Commit, Repository, Address                string // of a gate that the forge answers for
	Ready, Of                                         int
}

// StopFacts are what the sentence of a stop may need.
type StopFacts struct {
	Tier, Release, Repository, Commit, By, Text, Below string
	N, Of                                              int
	For                                                string
}

// FaultFacts are what the sentence of a fault may need.
type FaultFacts struct{ Repository, Address, Tier, Text, Until string }

func errand() Errand {
	return Errand{
		Gate:            allGates(),
		Gates:           "Gates",
		Read:            "Argo CD reads exactly that",
		MovedBranches:   func(tier, repositories string) string { return fmt.Sprintf("Moved %s in %s", tier, repositories) },
		CreatedBranches: func(repository string, n int) string { return fmt.Sprintf("Made %d branches in %s", n, repository) },
		Seeded:          func(repository string) string { return fmt.Sprintf("Made the first commit in %s", repository) },
		Written:         func(tiers string) string { return fmt.Sprintf("System repository written (%s)", tiers) },
		ShopSets: func(n int) string {
			if n == 1 {
				return "1 ShopSet"
			}
			return fmt.Sprintf("%d ShopSets", n)
		},
		And:    " and ",
		Synced: func(tier string) string { return fmt.Sprintf("Started the hand step of %s", tier) },
		Rooted: func(tier string) string { return fmt.Sprintf("Argo CD follows %s", tier) },
		Proposed: func(tier, release string) string {
			return fmt.Sprintf("Asked for approval of %s into %s by pull request", release, tier)
		},
		RollingOut: func(ready, of int) string { return fmt.Sprintf("rolling out, %d of %d ShopSets", ready, of) },
		Degraded: func(n, of int) string {
			return fmt.Sprintf("%d of %d ShopSets degraded, waiting whether it lasts", n, of)
		},
		RolledOut:     func(ready, of int) string { return fmt.Sprintf("Rolled out %d of %d ShopSets", ready, of) },
		StaysHealthy:  func(d string) string { return fmt.Sprintf("healthy, watching it for %s", d) },
		StayedHealthy: func(d string) string { return fmt.Sprintf("Stayed healthy for %s", d) },
		Awaiting:      func(tier string) string { return fmt.Sprintf("waiting for the gates of %s", tier) },
		AwaitingHand:  func(tier string) string { return fmt.Sprintf("%s waits for its hand step", tier) },
		Reconnecting:  func(n int, why string) string { return fmt.Sprintf("looking again (%d): %s", n, why) },
		StillWaiting:  func(what, elapsed string) string { return fmt.Sprintf("%s (%s)", what, elapsed) },

		AlreadySo:       "already so",
		WouldWrite:      "Dry run: nothing was written.",
		Undo:            "Undo:",
		Next:            "Next:",
		Stopped:         func(tier string) string { return fmt.Sprintf("Stopped before %s. Nothing failed.", tier) },
		RunsHealthy:     func(tier, release string) string { return fmt.Sprintf("%s  %s runs and is healthy", tier, release) },
		WaitsFor:        func(tier, what string) string { return fmt.Sprintf("%s  waits: %s", tier, what) },
		Held:            held(),
		HeldBy:          whoHolds,
		StoppedWatching: func(next string) string { return "Stopped watching. The rollout goes on. " + next },
		MoreIsLeft:      func(again string) string { return "What comes after it does not. Go on with: " + again },
		NothingWritten:  "Stopped. Nothing was written.",
		StoppedHalfWay:  func(again string) string { return "Stopped. What is done stays. Go on with: " + again },
		GoOn:            "go on with",
		GoOnAfter:       func(clock string) string { return "go on after " + clock },
		WaitForOpen:     "wait for it",
		SyncNow:         func(tier string) string { return fmt.Sprintf("%s waits for its hand step. Sync now?", tier) },
		ByHand:          "what shopctl would do, as plain commands, in this order (system repository last)",
		SyncByHand:      "do it",
		LiftIt:          "lift it",
		GoBack:          "go back",
		LookAgain:       "look again",
		Fix:             "mend it",
		AskAgainLater:   "try again",
		ApproveIt:       "look, and approve",
		AskForApproval:  "ask for approval",
		SeeIt:           "see it",
		Runs:            func(tier, release string) string { return fmt.Sprintf("%s runs %s.", tier, release) },
		GiveToken:       "log in",
		ListReleases:    "list them",
		PlanChanged:     "the world moved: what is left to do is not what was approved",
		TimeIsUp: func(tier string) string {
			return fmt.Sprintf("the time is up before %s was ready; nothing failed", tier)
		},
		Unseen: func(tier string) string {
			return fmt.Sprintf("nobody sees what %s does: Argo CD does not answer", tier)
		},
		GoesOn: func(tier, release string) string {
			return fmt.Sprintf("%s gets %s; the rollout goes on.", tier, release)
		},
		Wait:      "Wait:",
		ListTiers: "list them",
		PlanIs:    "Plan",
		First:     "first",
		NameIt:    "name it",
		BadIntent: func(n int) string {
			if n == 1 {
				return "the intent has a mistake"
			}
			return fmt.Sprintf("the intent has %d mistakes", n)
		},

		Stop:  allStops(),
		Fault: allFaults(), PushRules: pushRules(),
		Hint: map[string]string{
			"config-name": `git config --global user.name "Your Name"`, "config-email": "git config --global user.email you@example.com",
		},
	}
}

// allGates are the sentences of every gate, by cause.
func allGates() map[string]func(GateFacts) string {
	all := gates()
	maps.Copy(all, forgeGates())
	maps.Copy(all, ownGates())
	return all
}

func gates() map[string]func(GateFacts) string {
	return map[string]func(GateFacts) string{
		"healthy":       func(f GateFacts) string { return fmt.Sprintf("%s healthy for %s", f.Tier, f.Since) },
		"was-healthy":   func(f GateFacts) string { return fmt.Sprintf("was healthy on %s", f.Tier) },
		"no-argocd":     func(f GateFacts) string { return fmt.Sprintf("health of %s cannot be checked", f.Tier) },
		"argocd-silent": func(f GateFacts) string { return fmt.Sprintf("Argo CD does not answer: %s", f.Reason) },
		"rolling-out": func(f GateFacts) string {
			return fmt.Sprintf("%s still rolls it out, %d of %d ShopSets", f.Tier, f.Ready, f.Of)
		},
		"unhealthy":     func(f GateFacts) string { return suffixed(fmt.Sprintf("%s is not healthy with it", f.Tier), f.Reason) },
		"never-carried": func(f GateFacts) string { return fmt.Sprintf("%s has not run it yet", f.Tier) },
		"never-healthy": func(f GateFacts) string { return fmt.Sprintf("was never seen healthy on %s", f.Tier) },
		"no-shopsets":   func(f GateFacts) string { return fmt.Sprintf("%s has no ShopSet that could have tried it", f.Tier) },
		"soaked":        func(f GateFacts) string { return fmt.Sprintf("soaked %s on %s", f.Needs, f.Tier) },
		"soaking": func(f GateFacts) string {
			return fmt.Sprintf("soak on %s, %s of %s left, opens %s", f.Tier, f.Left, f.Needs, f.Opens)
		},
		"soak-not-begun": func(f GateFacts) string { return fmt.Sprintf("soak of %s on %s, not begun", f.Needs, f.Tier) },
		"replaced-too-soon": func(f GateFacts) string {
			return fmt.Sprintf("ran healthy on %s for less than %s before it was replaced", f.Tier, f.Needs)
		},
		"frozen":       func(f GateFacts) string { return heldBy(fmt.Sprintf("%s is frozen", f.Tier), f) },
		"pinned":       func(f GateFacts) string { return heldBy(fmt.Sprintf("%s is pinned", f.Tier), f) },
		"below-pinned": func(f GateFacts) string { return heldBy(fmt.Sprintf("%s is pinned to another release", f.Tier), f) },
		"pin-lifted":   func(f GateFacts) string { return fmt.Sprintf("the pin of %s is lifted", f.Tier) },
		"rejected":     func(f GateFacts) string { return heldBy("the release was rejected", f) },
		"verified":     func(f GateFacts) string { return fmt.Sprintf("tried by %s", f.By) },
		"not-verified": func(f GateFacts) string { return fmt.Sprintf("nobody has tried it on %s yet", f.Tier) },
		"verified-bad": func(f GateFacts) string { return heldBy("found bad when it was tried", f) },
		"not-supported": func(f GateFacts) string {
			return fmt.Sprintf("this version cannot judge the gate %q, so it stays shut", f.Name)
		},
	}
}

// held are the sentences of an error; who holds it follows in a line of its own.
func held() map[string]func(GateFacts) string {
	return map[string]func(GateFacts) string{
		"frozen": func(f GateFacts) string {
			if f.Opens != "" {
				return fmt.Sprintf("%s is frozen until %s", f.Tier, f.Opens)
			}
			return fmt.Sprintf("%s is frozen until somebody unfreezes it", f.Tier)
		},
		"pinned":       func(f GateFacts) string { return fmt.Sprintf("%s is pinned to %s", f.Tier, f.Name) },
		"below-pinned": func(f GateFacts) string { return fmt.Sprintf("%s is pinned to %s, another release", f.Tier, f.Name) },
		"rejected":     func(GateFacts) string { return "the release was rejected" },
		"verified-bad": func(GateFacts) string { return "the release was found bad when it was tried" },
	}
}

// whoHolds says whose word it is, since when, and why.
func whoHolds(f GateFacts) string {
	if f.By == "" {
		return ""
	}
	text := "by " + f.By
	if f.Since != "" {
		text += " at " + f.Since
	}
	if f.Reason != "" {
		text += fmt.Sprintf(": %q", f.Reason)
	}
	return text
}

func heldBy(what string, f GateFacts) string {
	if f.Opens != "" {
		what += " until " + f.Opens
	}
	if f.By != "" {
		what += ", " + f.By
	}
	if f.Reason != "" {
		what += fmt.Sprintf(": %q", f.Reason)
	}
	return what
}

func suffixed(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

// allStops are the sentences for everything that stops a plan.
func allStops() map[string]func(StopFacts) string {
	all := stops()
	maps.Copy(all, changeStops())
	return all
}

func stops() map[string]func(StopFacts) string {
	return map[string]func(StopFacts) string{
		"unknown-tier": func(f StopFacts) string { return fmt.Sprintf("there is no tier %q", f.Tier) },
		"lowest-tier": func(f StopFacts) string {
			return fmt.Sprintf("%s is the lowest tier: it takes what is merged, by reconcile", f.Tier)
		},
		"tier-skipped": func(f StopFacts) string {
			return suffixed(fmt.Sprintf("%s takes only what %s has run: a release goes from tier to tier", f.Tier, f.Below), f.Release)
		},
		"unknown-release": func(f StopFacts) string { return fmt.Sprintf("%s has never run %s", f.Tier, f.Release) },
		"diverged": func(f StopFacts) string {
			return fmt.Sprintf("%s of the %s repository has commits that are not in the release: it cannot fast-forward from %s", f.Tier, f.Repository, f.Commit)
		},
		"edited": func(f StopFacts) string {
			return fmt.Sprintf("%s of the system repository was edited by hand (%s)", f.Tier, f.Commit)
		},
		"no-branch": func(f StopFacts) string {
			return fmt.Sprintf("the %s repository has no branch %s", f.Repository, f.Tier)
		},
		"degraded": func(f StopFacts) string {
			return fmt.Sprintf("%s did not become healthy: %d of %d ShopSets %s degraded", f.Tier, f.N, f.Of, is(f.N))
		},
		"sync-failed": func(f StopFacts) string {
			return fmt.Sprintf("%s could not be deployed: %d of %d ShopSets refused it", f.Tier, f.N, f.Of)
		},
		"superseded": func(f StopFacts) string {
			return suffixed(fmt.Sprintf("%s was taken elsewhere after this run wrote it", f.Tier), f.By)
		},
		"nothing-before": func(f StopFacts) string { return fmt.Sprintf("%s has no former release to go back to", f.Tier) },
		"already-pinned": func(f StopFacts) string {
			return fmt.Sprintf("%s is pinned to %s already: name the release to go back to", f.Tier, f.Release)
		},
		"deserted": func(f StopFacts) string {
			return fmt.Sprintf("%s has no ShopSet, so there is nothing that could be healthy", f.Tier)
		},
		"needs-argocd":     func(StopFacts) string { return "this system has no Argo CD (argocd: none), so nobody can know" },
		"argocd-no-answer": func(f StopFacts) string { return suffixed("Argo CD does not answer", f.Text) },
		"not-newest":       func(f StopFacts) string { return fmt.Sprintf("only a new top tier can be added: %s", f.Tier) },
		"foreign":          func(StopFacts) string { return "the system repository holds something else: nothing was written" },
		"no-base": func(StopFacts) string {
			return "the app repository has no kustomization.yaml in ., k8s, deploy or config/k8s"
		},
		"no-service": func(f StopFacts) string {
			if f.Text == "" {
				return "the base has no Service that shops could be routed to"
			}
			return fmt.Sprintf("the base has several Services: %s", strings.Join(strings.Fields(f.Text), ", "))
		},
		"unordered": func(f StopFacts) string {
			return fmt.Sprintf("%s of the %s repository is not in the history of the tier below", f.Tier, f.Repository)
		},
		"no-subject": func(f StopFacts) string { return fmt.Sprintf("there is no %s any more", f.Text) },
		"rejected":   func(f StopFacts) string { return fmt.Sprintf("%s was rejected: nobody may bring it in", f.Release) },
	}
}

func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func faults() map[string]func(FaultFacts) string {
	return map[string]func(FaultFacts) string{
		"unreachable":   func(f FaultFacts) string { return fmt.Sprintf("the %s does not answer", f.Repository) },
		"busy":          func(f FaultFacts) string { return fmt.Sprintf("others keep writing the %s", f.Repository) },
		"not-logged-in": func(f FaultFacts) string { return fmt.Sprintf("%s wants a login", f.Address) },
		"no-right":      func(f FaultFacts) string { return fmt.Sprintf("you may not do that at %s", f.Address) },
		"no-repository": func(f FaultFacts) string {
			return fmt.Sprintf("there is no repository at %s, or you may not see it", f.Address)
		},
		"not-atomic": func(f FaultFacts) string {
			return fmt.Sprintf("%s cannot take a push that moves all refs or none, and shopctl writes in no other way", f.Address)
		},
		"protected":    func(f FaultFacts) string { return fmt.Sprintf("a rule of the %s refused the push", f.Repository) },
		"no-intent":    func(FaultFacts) string { return "the system repository holds no system yet" },
		"other-system": func(f FaultFacts) string { return fmt.Sprintf("the system repository belongs to %q", f.Text) },
		"broken-rule": func(f FaultFacts) string {
			return fmt.Sprintf("the write would break a rule, so it was not done: %s", f.Text)
		},
		"argocd":         func(f FaultFacts) string { return fmt.Sprintf("Argo CD did not do it: %s", f.Text) },
		"argocd-login":   func(FaultFacts) string { return "Argo CD wants a login" },
		"ambiguous":      func(f FaultFacts) string { return f.Text },
		"no-identity":    func(FaultFacts) string { return "git does not know who you are" },
		"does-not-build": func(f FaultFacts) string { return f.Text },
	}
}
