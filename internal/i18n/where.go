package i18n

import "fmt"

// Where is what `where` says.
type Where struct {
	Help                                       Help
	Tier, Branch, System, ArgoCD, Health, Live string // heads of columns
	OfRepository                               func(repo string) string
	ShopLives                                  func(name, shopset, tier string) string
	Since                                      func(at string) string
	No                                         func(why string) string
	ForShops                                   func(n, of string) string
	NobodyKnows, NoShopSets, NotYet            string
	NotReconciled, NotMerged, Promotable       string
	NotBelow                                   func(tier string) string
	PinnedTo                                   func(release string) string
	IsItMerged                                 string
}

func where() Where {
	return Where{
		Help: Help{
			Line: "is it live, where, for whom",
			About: "Three hops a tier: the tier's branch, the system repository, what Argo CD runs.\n" +
				"A commit is one of the app or of the configuration, by seven digits or more.",
			Examples: []Example{
				{"shopctl where a1b2c3d", "is my change live?"},
				{"shopctl where a1b2c3d --shop momiji", "and for this shop?"},
				{"shopctl where momiji", "what does this shop run?"},
			},
			Flags: map[string]string{"shop": "is it live for this shop?"},
		},
		Tier: "TIER", Branch: "BRANCH", System: "SYSTEM", ArgoCD: "ARGO CD", Health: "HEALTH", Live: "LIVE",
		OfRepository: func(repo string) string { return repo + " repository" },
		ShopLives: func(name, shopset, tier string) string {
			return fmt.Sprintf("%s lives in %s (%s)", name, shopset, tier)
		},
		Since: func(at string) string {
			if at == "" {
				return "yes"
			}
			return "since " + at
		},
		No:            func(why string) string { return "no: " + why },
		ForShops:      func(n, of string) string { return fmt.Sprintf("for %s of %s shops", n, of) },
		NobodyKnows:   "nobody can tell without Argo CD",
		NoShopSets:    "the tier has no ShopSet",
		NotYet:        "it is on its way",
		NotReconciled: "merged, not reconciled yet",
		NotMerged:     "not merged into tier-0",
		Promotable:    "not promoted yet",
		NotBelow:      func(tier string) string { return "not on " + tier + " yet" },
		PinnedTo:      func(release string) string { return "the tier is pinned to " + release },
		IsItMerged:    "Is it pushed, and merged into tier-0? shopctl looks at the tier branches only.",
	}
}
