package i18n

import "fmt"

// Releases is what `releases` says.
type Releases struct {
	Help                                                    Help
	Tier, Release, When, Ran, RolledOut, Result, By, Reason string // heads of columns
	Runs, Rejected                                          string
	More                                                    func(n int) string
	Before                                                  func(release string) string
	MoreCommits                                             func(n int) string
}

func releases() Releases {
	return Releases{
		Help: Help{
			Line:  "former releases, newest first",
			About: "Numbers count per tier. A tier that went back runs the same number again: it has one more line, no new number.",
			Examples: []Example{
				{"shopctl releases tier-1", "what tier-1 ran"},
				{"shopctl releases show tier-1:v128", "what came with it, and what came of it"},
			},
			Subs: map[string]Help{"show": {
				Line:     "commits, who, when, how long, what came of it",
				About:    "RELEASE is a commit, or tier-1:v128; with --tier also v128.",
				Examples: []Example{{"shopctl releases show a1b2c3d", ""}, {"shopctl releases show tier-1:v128", ""}},
				Flags:    map[string]string{"tier": "the tier of the number"},
			}},
		},
		Tier: "TIER", Release: "RELEASE", When: "SINCE", Ran: "RAN", RolledOut: "ROLLED OUT", Result: "RESULT", By: "BY", Reason: "REASON",
		Runs: "runs", Rejected: "rejected",
		More:        func(n int) string { return fmt.Sprintf("and %d more: --limit", n) },
		Before:      func(release string) string { return "before: " + release },
		MoreCommits: func(n int) string { return fmt.Sprintf("and %d more commits", n) },
	}
}
