package i18n

import "fmt"

// TierAdd is what `tier add` says.
type TierAdd struct {
	Help     Help
	Title    func(tier, release string) string
	Question func(tier string) string
	Done     func(tier, release, took string) string
}

func tierAdd() TierAdd {
	return TierAdd{
		Help: Help{
			Line:     "a new top tier: its branches in all repositories, and its file",
			About:    "It begins with what the tier below runs, and with a ShopSet like one below.",
			Examples: []Example{{"shopctl tier add tier-3", "above tier-2"}},
		},
		Title:    func(tier, release string) string { return fmt.Sprintf("Add %s  begins with %s", tier, release) },
		Question: func(tier string) string { return fmt.Sprintf("Add %s?", tier) },
		Done: func(tier, release, took string) string {
			return fmt.Sprintf("%s is there and runs %s (%s).", tier, release, took)
		},
	}
}
