package i18n

import (
	"fmt"
	"strings"
)

// Menu is the board for ears: `ui` in accessible mode.
type Menu struct {
	Title                        func(system, app string) string
	Live, Demo                   string
	Tier                         func(name, release, health, sync, shops, waiting string) string
	Release                      func(release string) string
	Shops                        func(n string, one bool) string
	Waits                        func(n, age string, one bool) string
	NothingWaits                 string
	Held                         func(what string) string
	ShopSet                      func(name, health, sync, shops string) string
	Shop                         func(id, name, state, tier, set, release string) string
	Commit                       func(id, author, age, title string) string
	More                         func(n string) string
	Find, Activity, Again, Quit  string
	Back, Why, Commits, ShopSets string
	Promote                      func(tier string) string
	RollBack, Unpin              func(tier string) string
	Close, Open                  func(what string) string
	ShopsOf                      func(set string) string
	ShowShop, MoveShop           func(shop string) string
	AskShop                      string
	NoShop                       func(text string) string
	NarrowDown                   func(n string) string
	AskUntil, AskMessage, AskTo  string
	Runs                         func(line string) string
	ReadOnly                     func(why string) string
	Lost                         func(why, clock string) string
	Bye                          string
}

func menu() Menu {
	return Menu{
		Title: func(system, app string) string { return fmt.Sprintf("System: %s. App: %s.", system, app) },
		Live:  "live", Demo: "demo",
		Tier: func(name, release, health, sync, shops, waiting string) string {
			return fmt.Sprintf("%s: %s, %s, %s, %s, %s", name, release, health, sync, shops, waiting)
		},
		Release: func(release string) string { return "release " + release },
		Shops: func(n string, one bool) string {
			if one {
				return "1 shop"
			}
			return n + " shops"
		},
		Waits: func(n, age string, one bool) string {
			if one {
				return "1 commit waiting for " + age
			}
			return fmt.Sprintf("%s commits waiting, the oldest for %s", n, age)
		},
		NothingWaits: "nothing waiting",
		Held:         func(what string) string { return ", " + what },
		ShopSet: func(name, health, sync, shops string) string {
			return fmt.Sprintf("%s: %s, %s, %s", name, health, sync, shops)
		},
		Shop: func(id, name, state, tier, set, release string) string {
			return fmt.Sprintf("%s: %s, %s, in %s of %s, release %s", id, name, state, set, tier, release)
		},
		Commit: func(id, author, age, title string) string {
			return fmt.Sprintf("%s by %s, %s ago: %s", id, author, age, title)
		},
		More: func(n string) string { return "and " + n + " more" },
		Find: "find a shop", Activity: "activity", Again: "look again", Quit: "quit",
		Back: "back", Why: "why does it wait", Commits: "what waits", ShopSets: "ShopSets",
		Promote:  func(tier string) string { return "promote into " + tier },
		RollBack: func(tier string) string { return "roll back " + tier },
		Unpin:    func(tier string) string { return "unpin " + tier },
		Close:    func(what string) string { return "close " + what + " for maintenance" },
		Open:     func(what string) string { return "open " + what + " again" },
		ShopsOf:  func(set string) string { return "shops in " + set },
		ShowShop: func(shop string) string { return "all facts of " + shop },
		MoveShop: func(shop string) string { return "move " + shop },
		AskShop:  "Shop, name or host, or a part of it: ",
		NoShop:   func(text string) string { return fmt.Sprintf("No shop has %q in its name or hosts.", text) },
		NarrowDown: func(n string) string {
			return n + " more. Type more of the name to find them."
		},
		AskUntil: "For how long, like 30m, or until when, like 18:00: ", AskMessage: "Message to customers, or nothing: ", AskTo: "To which ShopSet: ",
		Runs:     func(line string) string { return "Command: " + line },
		ReadOnly: func(why string) string { return "Nothing can be changed from here: " + why },
		Lost: func(why, clock string) string {
			return fmt.Sprintf("The look went wrong: %s. This is how it was at %s.", strings.TrimSuffix(why, "."), clock)
		},
		Bye: "Left.",
	}
}
