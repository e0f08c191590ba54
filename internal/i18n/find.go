package i18n

import "fmt"

// Find is what is said when a name, a commit or a release cannot be found.
type Find struct {
	NoTier            func(name string) string
	ListTiers         string
	NoRelease         func(text string) string
	ReleaseForms      string
	WhichTier         func(number string) string
	NeverHadNumber    func(tier string, n, newest int) string
	ListReleases      string
	Ambiguous         func(digits string) string
	NoReleaseOfItsOwn func(commit, repo string) string
	CameWith          func(tier string, number int, commit string) string
	NoCommit          func(digits string) string
	ShopSetAndShop    func(name string) string
	TheShopSet        string
	TheShop           string
	NoTarget          func(name string) string
	NoShopSet         func(name string) string
	NoShop            func(name string) string
	LookAtAll         string
}

func find() Find {
	return Find{
		NoTier:       func(name string) string { return fmt.Sprintf("there is no tier %q", name) },
		ListTiers:    "list them",
		NoRelease:    func(text string) string { return fmt.Sprintf("%q is no release", text) },
		ReleaseForms: "A release is a commit (seven digits or more), v128 where the tier is known, or tier-1:v128.",
		WhichTier: func(number string) string {
			return fmt.Sprintf("%s is a number of which tier? Releases are numbered per tier", number)
		},
		NeverHadNumber: func(tier string, n, newest int) string {
			return fmt.Sprintf("%s has no v%d; its newest number is v%d", tier, n, newest)
		},
		ListReleases: "list them",
		Ambiguous: func(digits string) string {
			return fmt.Sprintf("several commits begin with %s: give more digits", digits)
		},
		NoReleaseOfItsOwn: func(commit, repo string) string {
			return fmt.Sprintf("%s is a commit of the %s repository, but no release: it was never carried by itself", commit, repo)
		},
		CameWith: func(tier string, number int, commit string) string {
			return fmt.Sprintf("It came to %s with v%d (%s).", tier, number, commit)
		},
		NoCommit:       func(digits string) string { return fmt.Sprintf("no commit on a tier branch begins with %s", digits) },
		ShopSetAndShop: func(name string) string { return fmt.Sprintf("%q is a ShopSet and a shop", name) },
		TheShopSet:     "the ShopSet",
		TheShop:        "the shop",
		NoTarget:       func(name string) string { return fmt.Sprintf("there is no tier, ShopSet or shop %q", name) },
		NoShopSet:      func(name string) string { return fmt.Sprintf("there is no ShopSet %q", name) },
		NoShop:         func(name string) string { return fmt.Sprintf("there is no shop %q", name) },
		LookAtAll:      "what there is",
	}
}
