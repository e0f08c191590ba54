package i18n

import "fmt"

// Freeze is what `tier freeze` and `tier unfreeze` say.
type Freeze struct {
	Help, LiftHelp         Help
	Title                  func(tier, until string) string
	About                  func(release string) string
	Replaces               func(FreezeFacts) string
	Replaced               func(FreezeFacts) string
	Question, LiftQuestion func(tier string) string
	Done                   func(tier, until, reason string) string
	LiftTitle              func(FreezeFacts) string
	Lifted                 func(tier string) string
	Open                   func(tier string) string
}

// FreezeFacts are a freeze, ready to print; Until is empty where it has no end.
type FreezeFacts struct{ Tier, Until, By, Reason string }

func freeze() Freeze {
	until := func(at string) string {
		if at == "" {
			return "until somebody unfreezes it"
		}
		return "until " + at
	}
	whose := func(f FreezeFacts) string {
		end := ""
		if f.Until != "" {
			end = f.Until
		}
		return "the freeze" + untilBy(end, f.By, f.Reason)
	}
	return Freeze{
		Help: Help{
			Line: "nothing new may enter TIER; bound at the forge",
			About: "A rollback may still go. Without --until it lasts until somebody unfreezes the tier. Frozen again, the later word holds.\n" +
				"TIME is 30m, 18:00, \"tomorrow 10:00\", \"11-21 10:00\" or RFC 3339.",
			Examples: []Example{
				{`shopctl tier freeze tier-2 -m "Black Friday, ask in #shop-release"`, "until it is lifted"},
				{`shopctl tier freeze tier-2 --until "tomorrow 10:00" -m "sale" --yes`, "with an end, from a script"},
			},
			Flags: map[string]string{"until": "when it ends by itself"},
		},
		LiftHelp: Help{
			Line:     "lift the freeze of TIER",
			About:    "Nothing moves by this: the next promotion may.",
			Examples: []Example{{`shopctl tier unfreeze tier-2 -m "the sale is over"`, ""}},
		},
		Title:    func(tier, at string) string { return fmt.Sprintf("Freeze %s  %s", tier, until(at)) },
		About:    func(release string) string { return fmt.Sprintf("It stays at %s; a rollback may go.", release) },
		Replaces: func(f FreezeFacts) string { return "it replaces " + whose(f) },
		Replaced: func(f FreezeFacts) string { return "replaced " + whose(f) },
		Question: func(tier string) string { return fmt.Sprintf("Freeze %s?", tier) },
		Done: func(tier, at, reason string) string {
			return fmt.Sprintf("%s is frozen %s: %q", tier, until(at), reason)
		},
		LiftTitle:    func(f FreezeFacts) string { return fmt.Sprintf("Unfreeze %s  %s", f.Tier, whose(f)) },
		LiftQuestion: func(tier string) string { return fmt.Sprintf("Lift the freeze of %s?", tier) },
		Lifted:       func(tier string) string { return fmt.Sprintf("%s is not frozen any more.", tier) },
		Open:         func(tier string) string { return fmt.Sprintf("%s is not frozen.", tier) },
	}
}

// Reject is what `reject` says.
type Reject struct {
	Help     Help
	Title    func(release string) string
	Known    func(tier, release string) string
	Runs     func(tier, release string) string
	Replaces func(by, reason string) string
	Replaced func(by, reason string) string
	Question string
	Done     func(release string) string
	ForGood  string
}

func reject() Reject {
	return Reject{
		Help: Help{
			Line:  "nobody may promote this release again",
			About: "RELEASE is a commit, or a number with its tier: tier-1:v129. Where it runs, it goes on until somebody rolls back.",
			Examples: []Example{
				{`shopctl reject tier-1:v129 -m "carts are empty"`, "by its number"},
				{`shopctl reject a1b2c3d -m "carts are empty" --yes`, "by its commit, from a script"},
			},
		},
		Title: func(release string) string { return "Reject " + release },
		Known: func(tier, release string) string { return fmt.Sprintf("%s knows it as %s", tier, release) },
		Runs: func(tier, release string) string {
			return fmt.Sprintf("%s runs it as %s, and goes on to", tier, release)
		},
		Replaces: func(by, reason string) string { return fmt.Sprintf("it replaces the word of %s: %q", by, reason) },
		Replaced: func(by, reason string) string { return fmt.Sprintf("replaced the word of %s: %q", by, reason) },
		Question: "Reject it?",
		Done:     func(release string) string { return fmt.Sprintf("Nobody may promote %s again.", release) },
		ForGood:  "for good: only an edit of policy.yaml takes it back",
	}
}

// Verify is what `verify` says.
type Verify struct {
	Help     Help
	Title    func(tier, release, result string) string
	Replaces func(result, release, by, note string) string
	Replaced func(result, release, by, note string) string
	Good     func(tier, release string) string
	Bad      func(tier, release string) string
	Opens    func(above string) string
	Shuts    func(above string) string
	NotAsked func(above string) string
	NoneYet  func(tier string) string
}

func verify() Verify {
	was := func(result, release, by, note string) string {
		return fmt.Sprintf("%q of %s%s", result, release, untilBy("", by, note))
	}
	return Verify{
		Help: Help{
			Line:  `"I tried it": opens the approval gate above TIER`,
			About: "Without a RELEASE: what TIER runs. The gate is there where the tier above has gates.verify; the last word on a tier counts.",
			Examples: []Example{
				{`shopctl verify tier-0 --note "the cart works"`, "it is good"},
				{`shopctl verify tier-0 --bad --note "the cart is empty"`, "the gate shuts"},
			},
			Flags: map[string]string{"bad": "it is bad: the gate shuts for this release", "note": "what you found, kept in the commit"},
		},
		Title: func(tier, release, result string) string {
			return fmt.Sprintf("Verify %s  %s is %s", tier, release, result)
		},
		Replaces: func(result, release, by, note string) string {
			return "it replaces " + was(result, release, by, note)
		},
		Replaced: func(result, release, by, note string) string { return "replaced " + was(result, release, by, note) },
		Good:     func(tier, release string) string { return fmt.Sprintf("%s: %s was tried and is good.", tier, release) },
		Bad:      func(tier, release string) string { return fmt.Sprintf("%s: %s was tried and is bad.", tier, release) },
		Opens:    func(above string) string { return fmt.Sprintf("The verify gate of %s is open for it.", above) },
		Shuts:    func(above string) string { return fmt.Sprintf("The verify gate of %s is shut for it.", above) },
		NotAsked: func(above string) string { return fmt.Sprintf("%s does not ask for it (gates.verify).", above) },
		NoneYet:  func(tier string) string { return fmt.Sprintf("%s runs no release that could be tried", tier) },
	}
}
