package i18n

import "fmt"

// BoardPages is what the pages of the board say: tiers, ShopSets, shops.
type BoardPages struct {
	// Heads of columns, and names of facts.
	Tier, Release, Health, Sync, Shops, Waiting            string
	Commit, When, Author, Pull, Change, In                 string
	ShopSet, ShopSets, Since, Trouble, Where, What         string
	Shop, Name, Plan, State, Hosts, URL                    string
	Pipeline, Detail, WaitingCommits, ShopSetsTitle        string // titles of boxes
	Wrong, OpenCommit                                      string
	NoTiers, NoShopSets, NoShops, ShopGone, NoRoomForPanes string
	None, NothingWaits, NothingWrong                       string
	WaitingForTier, InTierSince, Gates                     string
	NotYet, CanDo, AllFacts, ItsShops                      string
	ByName, ByState, ByShops, ByPlan, ByTime               string
	ReadOnly                                               string
	NextMerge, NextReconcile                               string

	Span                           func(first, last, of string) string // which rows of a list are seen
	More                           func(ellipsis, n string) string
	MoreLines                      func(n int) string
	RollingOut                     func(release string, ready, of int) string
	WaitingSince                   func(commits, age string) string
	NextNothing, NextSync          func(tier string) string
	NextSilent                     func(key string) string
	NextWaits                      func(gate string) string
	NextPromote                    func(key, tier string) string
	OverdueAt, ClosedUntil         func(clock string) string
	SortedBy, ShopSetsOf, ShopsIn  func(name string) string
	MovingFrom, Ago                func(what string) string
	Tiers, ShopSetCount, ShopCount func(n string) string // of the header
	states                         map[string]string
}

// ShopState is the word of a shop's state.
func (b BoardPages) ShopState(state string) string {
	if word, ok := b.states[state]; ok {
		return word
	}
	return state
}

func boardPages() BoardPages {
	return BoardPages{
		Tier: "tier", Release: "release", Health: "health", Sync: "sync", Shops: "shops", Waiting: "waiting",
		Commit: "commit", When: "when", Author: "author", Pull: "pr", Change: "change", In: "in",
		ShopSet: "shopset", ShopSets: "shopsets", Since: "since", Trouble: "what is wrong", Where: "where", What: "what",
		Shop: "shop", Name: "name", Plan: "plan", State: "state", Hosts: "hosts", URL: "url",
		Pipeline: "pipeline", Detail: "detail", WaitingCommits: "waiting commits", ShopSetsTitle: "shopsets", Wrong: "what is wrong or held",
		OpenCommit: "open commit",
		NoTiers:    "no tier yet", NoShopSets: "no ShopSet in this tier yet", NoShops: "no shop lives here", ShopGone: "this shop is gone",
		NoRoomForPanes: "there is no room for another pane on this screen",
		None:           "none", NothingWaits: "nothing waits for this tier", NothingWrong: "nothing is wrong, nothing is held",
		WaitingForTier: "waiting for this tier", InTierSince: "in this tier since", Gates: "gates:",
		NotYet: "not yet", CanDo: "what you can do", AllFacts: "all facts of this shop", ItsShops: "its shops",
		ByName: "name", ByState: "state", ByShops: "shops", ByPlan: "plan", ByTime: "time",
		ReadOnly:      "read-only",
		NextReconcile: "next: a reconcile brings it here; CI does that after a merge", NextMerge: "next: what is merged comes here first",

		Span:      func(first, last, of string) string { return first + "-" + last + " of " + of },
		More:      func(ellipsis, n string) string { return ellipsis + " " + n + " more" },
		MoreLines: func(n int) string { return counted(n, "more line") },
		RollingOut: func(release string, ready, of int) string {
			return fmt.Sprintf("rolling out %s   %d/%d shopsets", release, ready, of)
		},
		WaitingSince: func(commits, age string) string { return commits + " waiting, oldest " + age + " ago" },
		NextNothing:  func(tier string) string { return "next: " + tier + " has all that the tier below runs" },
		NextSync:     func(tier string) string { return "next: shopctl sync " + tier + "; a person starts it here" },
		NextWaits:    func(gate string) string { return "next: waits for this: " + gate },
		NextSilent: func(key string) string {
			return "next: nobody sees what runs while Argo CD does not answer; " + key + " looks into it"
		},
		NextPromote:  func(key, tier string) string { return "next: " + key + " promotes to " + tier },
		OverdueAt:    func(clock string) string { return "should be open since " + clock },
		ClosedUntil:  func(clock string) string { return "maintenance until " + clock },
		SortedBy:     func(what string) string { return "(by " + what + ")" },
		ShopSetsOf:   func(tier string) string { return "shopsets of " + tier },
		ShopsIn:      func(set string) string { return "shops in " + set },
		MovingFrom:   func(set string) string { return "moving here from " + set },
		Ago:          func(age string) string { return age + " ago" },
		Tiers:        func(n string) string { return n + " tiers" },
		ShopSetCount: func(n string) string { return n + " shopsets" },
		ShopCount:    func(n string) string { return n + " shops" },
		states: map[string]string{
			"open": "open", "unknown": "unknown", "moving": "moving in", "maintenance": "maintenance", "overdue": "overdue", "degraded": "degraded",
			"refused": "route refused",
		},
	}
}
