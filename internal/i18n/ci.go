package i18n

import "fmt"

// CI is what `ci` says, and the comments of the workflow that it writes.
type CI struct {
	Help    Help
	Wrote   func(file string) string
	Already func(file string) string
	Other   func(file string) string
	Compare string
	Secrets string
	Paste   string
	Commit  string

	// Why each line of the workflow is there.
	Head, OnPush, OnSchedule, ByHand, Input, NoTier, RiskInput, Permissions, Concurrency, NoCancel string
	Token, TokenHost, ArgoCD, ArgoCDHost, Actor, Checkout, NoCredentials, Install                  string
	Reconcile, Wait, To, Promote, Waits                                                            string
}

func ci() CI {
	return CI{
		Help: Help{
			Line:     "what runs releases in CI",
			Examples: []Example{{"shopctl ci github", "write the workflow and explain its lines"}},
			Subs: map[string]Help{
				"github": {
					Line:  "write .github/workflows/release.yml and explain each line",
					About: "A merge goes live on tier-0, a schedule reconciles, and promotions run by hand, or by themselves once the variable SHOPCTL_PROMOTE_TO names a tier. A file that says something else stays as it is.",
					Examples: []Example{
						{"shopctl ci github", "write it"}, {"shopctl ci github --dry-run", "print it"},
					},
				},
			},
		},
		Wrote:   func(file string) string { return fmt.Sprintf("Wrote %s", file) },
		Already: func(file string) string { return fmt.Sprintf("%s is already so", file) },
		Other:   func(file string) string { return fmt.Sprintf("%s is there and says something else", file) },
		Compare: "compare it with",
		Secrets: "It needs these secrets:",
		Paste:   "Then commit it:",
		Commit:  "Release with shopctl",

		Head:          "Written by `shopctl ci github`, and yours from now on. Each step is a command that you can type as well.",
		OnPush:        "a merge: tier-0 takes it",
		OnSchedule:    "ends maintenance in time, goes on with what was interrupted, promotes when a gate has opened",
		ByHand:        "or by hand: Actions, release, Run workflow",
		Input:         "promote up to this tier",
		NoTier:        "none: only reconcile",
		RiskInput:     "a risk that is accepted, such as irreversible-migration, and why",
		Permissions:   "of the token of Actions; shopctl does not use it",
		Concurrency:   "one at a time. Two would do no harm, but wait for each other",
		NoCancel:      "a promotion under way is not cut off",
		Token:         "may write to all repositories of the system: an App's or a fine-grained one. GITHUB_TOKEN sees only this repository and starts no workflow",
		TokenHost:     "the only host that the token goes to",
		ArgoCD:        "reads, refreshes and syncs",
		ArgoCDHost:    "the only host that this one goes to",
		Actor:         "who did it, in the commits, where the forge cannot tell",
		Checkout:      "v4.2.2; for .shopctl.yml alone",
		NoCredentials: "else git would push with the token of Actions",
		Install:       "or any other way to have the program",
		Reconcile:     "makes every tier what the intent says",
		Wait:          "fails when the merged commit does not get healthy",
		To:            "set the variable SHOPCTL_PROMOTE_TO, and promotions need nobody",
		Promote:       "goes on with what an earlier run began",
		Waits:         "6: somebody holds it, 8: a gate opens later. The next run tries again",
	}
}
