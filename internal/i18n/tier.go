package i18n

import "fmt"

// Tier is what `tier list` and `tier show` say.
type Tier struct {
	Help                                               Help
	Tier, Sync, Protection, Gates, Held                string // heads of columns
	ByItself, ByHand, ByName, Reviewed                 string
	SyncLabel, ProtectionLabel, DwellLabel, GatesLabel string
	SkippableLabel, HeldLabel, VerifiedLabel           string
	Size                                               func(shops string, shopsets int) string
	Verified                                           func(result, release, by, note string) string
}

func tier() Tier {
	return Tier{
		Help: Help{
			Line:     "the tiers: what protects them, and what holds them",
			Examples: []Example{{"shopctl tier list", "all of them"}, {"shopctl tier show tier-2", "one in full"}},
			Subs: map[string]Help{
				"list": {Line: "sync, protection, gates, freeze, pin of every tier", Examples: []Example{{"shopctl tier list", ""}}},
				"show": {Line: "one tier in full", Examples: []Example{{"shopctl tier show tier-2", ""}}},
			},
		},
		Tier: "TIER", Sync: "SYNC", Protection: "PROTECTION", Gates: "GATES", Held: "HELD",
		ByItself: "by itself", ByHand: "by hand", ByName: "type its name", Reviewed: "review",
		SyncLabel: "sync", ProtectionLabel: "protection", DwellLabel: "dwell", GatesLabel: "gates", SkippableLabel: "skippable",
		HeldLabel: "held", VerifiedLabel: "verified",
		Size: func(shops string, shopsets int) string {
			return fmt.Sprintf("%s shops in %s", shops, counted(shopsets, "ShopSet"))
		},
		Verified: func(result, release, by, note string) string {
			s := result + ": " + release + untilBy("", by, "")
			if note != "" {
				s += fmt.Sprintf(": %q", note)
			}
			return s
		},
	}
}
