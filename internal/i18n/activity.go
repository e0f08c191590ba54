package i18n

import "fmt"

// Activity is what `activity` says.
type Activity struct {
	Help                                  Help
	When, Who, What, Target, Result, Took string // heads of columns
	Done, ByHand, Nothing                 string
	BadSince                              func(text string) string
	SinceForms                            string
	Since                                 func(at string) string
}

func activity() Activity {
	return Activity{
		Help: Help{
			Line: "who did what",
			About: "One line an operation that git holds: on main and on the tier branches of the system repository.\n" +
				"What was refused wrote nothing and has no line.",
			Examples: []Example{
				{"shopctl activity --since 2d", "the last two days"},
				{"shopctl activity --target tier-1 --who takuya", ""},
				{"shopctl activity --follow", "what was, then what comes"},
			},
			Flags: map[string]string{
				"follow": "go on with what comes; with --json one object a line",
				"since":  "30m, 2d, 18:00, 2026-11-20 or RFC 3339",
				"who":    "by whom: a part of the name or address",
				"target": "a tier, ShopSet or shop",
			},
		},
		When: "WHEN", Who: "WHO", What: "WHAT", Target: "TARGET", Result: "RESULT", Took: "TOOK",
		Done: "done", ByHand: "by hand", Nothing: "Nothing of that kind.",
		BadSince:   func(text string) string { return fmt.Sprintf("--since: %q is no time", text) },
		SinceForms: "Write 30m, 2d, 18:00, 2026-11-20, \"11-20 10:00\" or RFC 3339.",
		Since:      func(at string) string { return "since " + at },
	}
}
