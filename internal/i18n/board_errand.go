package i18n

import (
	"fmt"
)

// BoardErrand is what the board says while it carries a command out.
type BoardErrand struct {
	// Titles.
	Step                                 func(n int, what string) string
	Preview, Confirm, Live, Ended, Error string
	Summary, Diff, Gates, Events         string
	NextSteps                            string
	Working, NoTab                       string
	Elapsed                              func(length string) string
	Following, Paused                    string
	NoEvents                             string
	Changed                              string // the plan is another than the one that was agreed to

	// Names of facts and tabs.
	Fact  map[string]string
	Tab   map[string]string
	TabOf string

	// Facts.
	Title      func(from, release, tier, next, now string) string
	Estimate   func(about string, n int, least, most string) string
	Commits    func(app, configuration int) string
	Shops      func(shops string, shopsets int) string
	Built      string
	NotSeenYet string
	EqualOnce  string
	NoImages   string
	NoFiles    string

	// Questions.
	TypeName                                  func(name string) string
	Reason                                    string
	RiskIs                                    func(name string) string
	Restarts                                  func(shops, release string) string
	RollBack                                  func(tier, system, release string) string
	Promote                                   func(commits int, tier, system string) string
	GoOn, GoOnWithIt                          string
	NoWayBack                                 func(migrations int) string
	WhyFirst                                  string
	Tabs                                      func(first, last int) string
	RunsFocusedShort, RunsFocusedStay, Scroll string
	RunsFocused, NextField                    string
	CancelKey, LockedWhy                      string
	Locked, Cancel                            string
	Do                                        map[string]string // words on the button, by the command
	DoIt                                      string
	Stayed                                    func(again string) string // Cancel was chosen; a key

	// A run that goes on.
	GoesOn, Asks, WaitsForAnswer string
	BackOff                      string
	NothingRuns                  string
	PlainCommands                string
	Continue                     string
	NoChangeYet                  string
	LeaveRunning                 string
	GoBack                       func(release string) string // to a release; empty: by lifting the pin
	ShopSetsReady                func(ready, of int) string
	Panicked                     string
	AlreadyRuns                  func(line string) string

	// Leaving the board.
	Quit, Stay, LeaveIt string
	StillRuns           func(what string) string
	RunsOn              string
	RunsOnInPart        string
	WatchIt, GoOnWith   string

	// Nothing can be changed.
	ReadOnly string
	MayNot   func(why string) string
	NoTier   string
	NoShop   string

	// Moving a shop.
	MoveTo            func(shop string) string
	Column            map[string]string
	NoPlaces, IsThere string
}

func boardErrand() BoardErrand {
	return BoardErrand{
		Step:    func(n int, what string) string { return fmt.Sprintf("step %d of 3: %s", n, what) },
		Preview: "preview", Confirm: "confirm", Live: "on its way", Ended: "done", Error: "stopped",
		Summary: "summary", Diff: "diff", Gates: "gates", Events: "events", NextSteps: "go on with",
		Working: "working it out", NoTab: "nothing to show",
		Elapsed:   func(length string) string { return length + " elapsed" },
		Following: "following (space to pause)", Paused: "paused (space to follow)",
		NoEvents: "nothing has happened yet",
		Changed:  "Others changed something meanwhile. This is what is left to do now; nothing of it is done before you agree again.",

		Fact: map[string]string{
			"commits": "commits", "shops": "shops", "time": "est. time", "migrations": "migrations", "images": "images", "closed": "closed",
		},
		Tab:   map[string]string{"summary": "summary", "commits": "commits", "manifests": "manifests", "configuration": "configuration", "images": "images"},
		TabOf: "tab",

		Title: func(from, release, tier, next, now string) string {
			return fmt.Sprintf("%s %s  ->  %s %s (now %s)", from, release, tier, next, now)
		},
		Estimate: func(about string, n int, least, most string) string {
			if n == 1 {
				return about + " (the last one)"
			}
			return fmt.Sprintf("%s (last %d: %s-%s)", about, n, least, most)
		},
		Commits: func(app, configuration int) string {
			if configuration == 0 {
				return fmt.Sprintf("%d", app)
			}
			return fmt.Sprintf("%d   app %d, configuration %d", app+configuration, app, configuration)
		},
		Shops: func(shops string, shopsets int) string {
			if shopsets == 1 {
				return shops + " in 1 shopset"
			}
			return fmt.Sprintf("%s in %d shopsets", shops, shopsets)
		},
		Built: "built", NotSeenYet: "not seen running yet",
		EqualOnce: "[x] show equal changes once",
		NoImages:  "no image changes", NoFiles: "no file of the configuration changes",

		TypeName: func(name string) string { return "Type  " + name + "  to confirm:" },
		Reason:   "Reason, kept in the commit:",
		RiskIs:   func(name string) string { return "risk " + name },
		Restarts: func(shops, release string) string {
			return fmt.Sprintf("%s shops will restart onto %s.", shops, release)
		},
		RollBack: func(tier, system, release string) string {
			return fmt.Sprintf("Roll back %s of %s to %s?", tier, system, release)
		},
		Promote: func(commits int, tier, system string) string {
			what := fmt.Sprintf("%d commits", commits)
			if commits == 1 {
				what = "1 commit"
			}
			return fmt.Sprintf("Promote %s to %s of %s?", what, tier, system)
		},
		GoOn: "Go on?", GoOnWithIt: "Go on",
		NoWayBack:        func(n int) string { return "There is no way back for " + count(n, "migration") + "." },
		WhyFirst:         "Why? It is kept for all to read. The plan comes next.",
		RunsFocusedShort: "runs the focused button", RunsFocusedStay: "runs the focused button (default Stay)", Tabs: func(first, last int) string { return fmt.Sprintf("next, %d-%d", first, last) }, Scroll: "scroll",
		RunsFocused: "runs the focused button (default Cancel)", NextField: "next", CancelKey: "cancel", LockedWhy: "(locked: it needs a reason)",
		Locked: "(locked until it matches)", Cancel: "Cancel",
		Do: map[string]string{
			"promote": "Promote", "rollback": "Roll back", "unpin": "Unpin", "sync": "Sync", "reject": "Reject", "reconcile": "Reconcile",
			"tier freeze": "Freeze", "tier unfreeze": "Unfreeze", "shop move": "Move", "shop set": "Change", "shop remove": "Remove",
			"maintenance on": "Turn on", "shopset drain": "Drain", "shopset remove": "Remove", "pr merge": "Merge",
		},
		DoIt: "Do it",
		Stayed: func(again string) string {
			return "Cancel was chosen, nothing was done: " + again + " asks again; tab leaves Cancel"
		},

		GoesOn: "left running; it goes on", WaitsForAnswer: "left; it waits for an answer (W)", Asks: "asks",
		BackOff: "there is nothing to go back to yet", NothingRuns: "nothing that was begun here is running",
		PlainCommands: "plain commands", Continue: "continue to confirm", NoChangeYet: "cancel (no change yet)",
		LeaveRunning: "leave it running",
		GoBack: func(release string) string {
			if release == "" {
				return "lift the pin again"
			}
			return "go back to " + release + " (pins it)"
		},
		ShopSetsReady: func(ready, of int) string { return fmt.Sprintf("%d/%d shopsets", ready, of) },
		Panicked:      "shopctl has a defect: the command ended where it should not. What it wrote stays; the same command goes on with it.",
		AlreadyRuns:   func(line string) string { return line + " is on its way already" },

		Quit: "quit", Stay: "Stay", LeaveIt: "Quit",
		StillRuns: func(what string) string { return what + " is still on its way." },
		RunsOn:    "It goes on without the board.", RunsOnInPart: "What is written goes on; the rest waits for you.",
		WatchIt: "Watch it:", GoOnWith: "Go on with:",

		ReadOnly: "read-only: the board was started with --read-only",
		MayNot:   func(why string) string { return "read-only: " + why },
		NoTier:   "choose a tier first", NoShop: "choose a shop first",

		MoveTo:   func(shop string) string { return "move " + shop + " to" },
		Column:   map[string]string{"shopset": "shopset", "tier": "tier", "domain": "domain", "filled": "filled", "why": "why"},
		NoPlaces: "there is no other ShopSet", IsThere: "lives here",
	}
}
