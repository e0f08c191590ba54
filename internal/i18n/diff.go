package i18n

import "fmt"

// Diff is what `diff` says.
type Diff struct {
	Help              Help
	Nothing           func(tier string) string
	Now               func(release string) string
	NotBelow          func(from, tier string) string
	Sizes             func(commits int, authors string, app, configuration int) string
	Missing           func(tier, from string) string
	SameConfiguration string
	Changes           map[string]string
}

func diff() Diff {
	return Diff{
		Help: Help{
			Line:  "what waits for TIER: commits, authors, migrations, blast radius",
			About: "Without TIER: the lowest tier that something waits for.",
			Examples: []Example{
				{"shopctl diff tier-1", "what a promotion would bring"},
				{"shopctl diff tier-2 --from tier-0", "and over two tiers"},
				{"shopctl diff tier-1 --stat", "sizes only"},
				{"shopctl diff tier-1 --manifests", "what changes in the ShopSets, equal changes once"},
				{"shopctl diff tier-1 --configuration", "what changes in the configuration"},
			},
			Flags: map[string]string{
				"from": "the tier to take it from (default: the one below)", "manifests": "rendered changes, equal ones shown once",
				"configuration": "the configuration alone, with its files", "stat": "sizes only", "web": "in the browser",
			},
		},
		Nothing:  func(tier string) string { return "Nothing waits for " + tier + "." },
		Now:      func(release string) string { return "now " + release },
		NotBelow: func(from, tier string) string { return fmt.Sprintf("%s is not below %s", from, tier) },
		Sizes: func(commits int, authors string, app, configuration int) string {
			s := fmt.Sprintf("%s by %s; %s in app", counted(commits, "commit"), authors, counted(app, "file"))
			if configuration > 0 {
				s += ", " + counted(configuration, "file") + " in configuration"
			}
			return s
		},
		Missing: func(tier, from string) string {
			return fmt.Sprintf("%s runs commits that %s does not have: branches only move forward", tier, from)
		},
		SameConfiguration: "The configuration stays as it is.",
		Changes:           map[string]string{"added": "added", "changed": "changed", "removed": "removed"},
	}
}

// counted is a number with its word.
func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
