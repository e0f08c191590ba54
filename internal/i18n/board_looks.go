package i18n

// BoardLooks is what the board says about pages that show what a command says.
type BoardLooks struct {
	Commits, Manifests, Configuration, Sizes string // tabs of a diff
	NextTab                                  string
	NoTier, NoPage, CommandsHere, OnlyWaits  string // why a key is off
	Copied                                   func(line string) string
	Opening                                  func(page string) string
}

func boardLooks() BoardLooks {
	return BoardLooks{
		Commits: "commits", Manifests: "manifests", Configuration: "configuration", Sizes: "sizes",
		NextTab:      "next tab",
		NoTier:       "choose a tier first",
		NoPage:       "what is chosen has no page to open",
		CommandsHere: "the plain commands are on this page", OnlyWaits: "to wait changes nothing: there are no commands that do it",
		Copied:  func(line string) string { return "given to the terminal's clipboard: " + line },
		Opening: func(page string) string { return "opening " + page },
	}
}

// BoardLost is what the board says when it is not up to date.
type BoardLost struct {
	Connection  string
	Silent      func(why string) string
	LastKnown   func(clock string) string
	NeverKnown  string
	Off         func(key string) string
	Unseen      func(rollback, maintenance string) string
	Retry       func(length string) string
	RetryNow    string
	NoPromotion func(why string) string
	NoErrors    string
	Unread      func(n int, key string) string
}

func boardLost() BoardLost {
	return BoardLost{
		Connection: "connection",
		Silent:     func(why string) string { return "Argo CD does not answer (" + why + ")." },
		LastKnown:  func(clock string) string { return "Showing the last known state from " + clock + "." },
		NeverKnown: "Nothing is known yet.",
		Off:        func(key string) string { return "Off: " + key + "." },
		Unseen: func(rollback, maintenance string) string {
			return rollback + " and " + maintenance + " still write to git, effect unseen."
		},
		Retry: func(length string) string { return "Retry in " + length }, RetryNow: "retry now",
		NoErrors:    "nothing went wrong",
		Unread:      func(n int, key string) string { return count(n, "error") + " (" + key + ")" },
		NoPromotion: func(why string) string { return "off: what came of it could not be seen. " + why },
	}
}
