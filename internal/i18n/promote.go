package i18n

import "fmt"

// Promote is what `promote` says.
type Promote struct {
	Help       Help
	Plan       func(app, from, fromRelease, to, toRelease string, commits, shops int) string
	Title      func(app, from, fromRelease, to, toRelease, now string) string
	More       func(n int) string
	Newer      func(tier, release string) string
	Unpins     func(tier, release, by string) string
	Branches   string
	Done       func(tier, release, took string) string
	Contained  func(tier, release string) string
	WhichTier  string
	NeedsTier  string
	Question   func(tier string) string
	NotBelow   func(from, to string) string
	Configured func(n int) string
}

func promote() Promote {
	return Promote{
		Help: Help{
			Line:  "move the release of the tier below into TIER",
			About: "Without a TIER: a menu on a terminal. With --to it goes hop by hop, with the gates between;\nstopped by a gate, the same command goes on with the release it began with.",
			Examples: []Example{
				{"shopctl promote tier-1", "what tier-0 runs goes to tier-1"},
				{"shopctl promote --to tier-2 --confirm=tier-2", "up to tier-2, from a script"},
				{"shopctl promote tier-1 --dry-run", "only look"},
			},
			Flags: map[string]string{
				"to": "hop by hop up to TIER, with the gates between", "from": "take the release from there",
				"release": "this one, not the newest of the tier below", "unpin": "also lift the pin of a pinned tier",
				"sync":           "also do the hand step of tiers with sync: manual",
				"degraded-grace": "how long a ShopSet is degraded before it counts", "exit-code": "with -n: 10 when there is something to promote",
			},
		},
		Title: func(app, from, fromRelease, to, toRelease, now string) string {
			return fmt.Sprintf("Promote %s  %s %s -> %s %s (now %s)", app, from, fromRelease, to, toRelease, now)
		},
		Plan: func(app, from, fromRelease, to, toRelease string, commits, shops int) string {
			return fmt.Sprintf("Plan: %s %s %s -> %s %s, %s, %s", app, from, fromRelease, to, toRelease, count(commits, "commit"), count(shops, "shop"))
		},
		More: func(n int) string { return fmt.Sprintf("… %d more", n) },
		Newer: func(tier, release string) string {
			return fmt.Sprintf("%s runs %s by now; this goes on with the release it began with (other: --release)", tier, release)
		},
		Unpins: func(tier, release, by string) string {
			return fmt.Sprintf("lifts the pin of %s to %s, set by %s", tier, release, by)
		},
		Branches: "a half-done promotion is completed",
		Done: func(tier, release, took string) string {
			return fmt.Sprintf("Promoted to %s as %s in %s.", tier, release, took)
		},
		Contained:  func(tier, release string) string { return fmt.Sprintf("%s runs %s, which contains it.", tier, release) },
		WhichTier:  "Promote into which tier?",
		NeedsTier:  "promote needs a tier",
		Question:   func(tier string) string { return fmt.Sprintf("Promote to %s?", tier) },
		NotBelow:   func(from, to string) string { return fmt.Sprintf("%s is not below %s", from, to) },
		Configured: func(n int) string { return fmt.Sprintf("configuration: %s", count(n, "commit")) },
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
