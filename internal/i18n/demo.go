package i18n

import "fmt"

// Demo is what `demo` says.
type Demo struct {
	Help Help
	// What runs.
	Runs    func(tiers, shops int, clock string) string
	Ahead   func(length string) string
	Broken  func(faults string) string
	ToUse   string
	ToClone string
	TryNext string
	Try     []Example
	Shell   string
	// What was done.
	AlreadyRuns string
	Stopped     func(dir string) string
	DoesNotRun  string
	StartIt     string
	MakeNew     string
	OtherSize   func(shops int) string
	DidNotStart string
	Clock       func(clock string) string
	IsBroken    func(fault, line string) string
	Mended      string
	Mend, List  string
	NoFault     func(word string) string
	NeedsFault  string
	BadDuration func(word string) string
	Fault, Is   string
	About       string
	On          string
	Tour        Tour
}

// Tour are the words between the commands of `demo tour`.
type Tour struct {
	Intro      func(tiers, shops int) string
	Look       string
	Merged     func(author, subject, commit string) string
	Live       string
	Waiting    string
	Carts      string // why the risk of the sample's migration is taken
	Complaint  string
	Climb      string
	Stopped    string
	GoOn       string
	Now        string
	Back       string
	Stays      string
	HeldOff    string
	Lift       string
	Add        string
	Close      string
	Closed     string
	Passes     string
	Opened     string
	Who        string
	End        func(took string) string
	Unexpected func(command string, exit, want int) string
}

func demo() Demo {
	return Demo{
		Help: Help{
			Line:  "a whole rehearsal world, no cluster; bare: a shell in it",
			About: "Three tiers and 200 shops: real git over HTTP, an Argo CD that follows it, and a clock that\ncan be moved. Everything listens on this machine alone and lies in one folder.",
			Examples: []Example{
				{"shopctl demo", "start it if need be, then a shell in it"}, {"shopctl demo tour", "watch a release go from a merge to the top tier"},
				{"shopctl demo reset --shops 1000", "a new one, with more shops"},
			},
			Flags: map[string]string{"seed": "decides names, ids and durations", "shops": "how many shops (200)"},
			Subs: map[string]Help{
				"start": {Line: "start it in the background; again: say what runs", Examples: []Example{{"shopctl demo start", "and what to try next"}},
					Flags: map[string]string{"seed": "decides names, ids and durations", "shops": "how many shops (200)"}},
				"reset": {Line: "throw it away and start a new one", Examples: []Example{{"shopctl demo reset", ""}},
					Flags: map[string]string{"seed": "decides names, ids and durations", "shops": "how many shops (200)"}},
				"stop":    {Line: "stop it; its state stays", Examples: []Example{{"shopctl demo stop", ""}}},
				"tour":    {Line: "play the release path in a world of its own", About: "It asks nothing, and takes its world away at the end.", Examples: []Example{{"shopctl demo tour", ""}}},
				"advance": {Line: "move the demo's clock", Examples: []Example{{"shopctl demo advance 30m", ""}, {"shopctl demo advance 4h", "over the soak of tier-2"}}},
				"break": {Line: "a fault to practise on", About: "FAULT:TIER aims it at one tier. none mends everything.",
					Examples: []Example{{"shopctl demo break crash-loop", "the next release crashes"}, {"shopctl demo break --list", "what can be broken"}, {"shopctl demo break none", "mend it"}},
					Flags:    map[string]string{"list": "what can be broken, and what is"}},
			},
		},
		Runs: func(tiers, shops int, clock string) string {
			return fmt.Sprintf("The demo runs: %s, %s. Its clock says %s", count(tiers, "tier"), count(shops, "shop"), clock)
		},
		Ahead:   func(length string) string { return fmt.Sprintf(", %s ahead.", length) },
		Broken:  func(faults string) string { return fmt.Sprintf("broken: %s", faults) },
		ToUse:   "Use it from any shell:",
		ToClone: "What people write: a push to tier-0 goes live by itself. The intent is on main of the third.",
		TryNext: "Try next:",
		Try: []Example{
			{"shopctl status", "what is live where"},
			{"shopctl ui", "the same on a board; ? shows its keys"},
			{"shopctl diff tier-1", "what waits for tier-1"},
			{"shopctl promote tier-1", "move it there"},
			{"shopctl demo advance 4h", "the soak of tier-2 is over"},
			{"shopctl maintenance on --shop bunko --for 30m", "close a shop"},
			{"shopctl demo break crash-loop", "then promote, and roll back"},
			{"shopctl demo tour", "watch all of it, in a world of its own"},
		},
		Shell:       "A shell in the demo. exit leaves it, the demo goes on.",
		AlreadyRuns: "It ran already.",
		Stopped:     func(dir string) string { return fmt.Sprintf("The demo has stopped. Its state stays in %s.", dir) },
		DoesNotRun:  "the demo does not run",
		StartIt:     "start it",
		MakeNew:     "make it new",
		OtherSize: func(shops int) string {
			return fmt.Sprintf("the demo that runs is another one, with %s", count(shops, "shop"))
		},
		DidNotStart: "the demo did not start",
		Clock:       func(clock string) string { return fmt.Sprintf("The demo's clock says %s", clock) },
		IsBroken:    func(fault, line string) string { return fmt.Sprintf("Broken: %s. %s.", fault, line) },
		Mended:      "Everything is mended.",
		Mend:        "Mend:",
		List:        "list them",
		NoFault:     func(word string) string { return fmt.Sprintf("there is no fault %q", word) },
		NeedsFault:  "demo break needs a FAULT",
		BadDuration: func(word string) string { return fmt.Sprintf("%q is no length of time; write 30m or 4h", word) },
		Fault:       "FAULT", Is: "IS", About: "WHAT IT DOES",
		On:   "broken",
		Tour: tour(),
	}
}

func tour() Tour {
	return Tour{
		Intro: func(tiers, shops int) string {
			return fmt.Sprintf("A rehearsal world with %s and %s. Nothing here is real, every command is.", count(tiers, "tier"), count(shops, "shop"))
		},
		Look: "What is live where?",
		Merged: func(author, subject, commit string) string {
			return fmt.Sprintf("%s merges a pull request into tier-0: %s (%s). CI reconciles.", author, subject, commit)
		},
		Live:    "Is it live?",
		Waiting: "What waits for tier-1?",
		Climb:   "Up to tier-2, the most protected tier, with the gates between. tier-2 wants it healthy on tier-1 for 4 hours.",
		Stopped: "It stopped at the gate: exit 8, nothing failed. Four hours later …",
		GoOn:    "… the same command goes on, with the same release.",
		Now:     "Where are we?",
		Carts:   "nobody reads the old carts", Complaint: "customers complain",
		Back:    "Customers complain: tier-2 goes back.",
		Stays:   "It stays there, whoever reconciles …",
		HeldOff: "… and whoever promotes: exit 6.",
		Lift:    "All is well again: the pin goes, tier-2 takes its newest release.",
		Add:     "A new shop: where it goes is decided, with the reason.",
		Close:   "A shop counts its stock: it is closed for half an hour, until its own address says so.",
		Closed:  "What is closed?",
		Passes:  "Half an hour later …",
		Opened:  "… it has opened by itself: there is nothing left to do.",
		Who:     "Who did what?",
		End: func(took string) string {
			return fmt.Sprintf("That was the release path, in %s. The world is gone again; yours: shopctl demo", took)
		},
		Unexpected: func(command string, exit, want int) string {
			return fmt.Sprintf("%s ended with exit %d, not %d", command, exit, want)
		},
	}
}
