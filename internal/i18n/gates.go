package i18n

import "fmt"

// Gates is what is said of gates besides their own sentences.
type Gates struct {
	// Row are sentences beside the gate's name, by cause, where the full one
	// would say the name twice.
	Row map[string]func(GateFacts) string
	// Opens says who or what opens a gate, and when, by cause.
	Opens        map[string]func(GateFacts) string
	ByItself     func(opens, about string) string
	Skipped      func(text, risk string) string
	NotSkippable func(gate, tier string) string
	SkipIt       string
	SetProgram   string
}

func gateWords() Gates {
	return Gates{
		Row: map[string]func(GateFacts) string{
			"soaked":         func(f GateFacts) string { return fmt.Sprintf("%s on %s, done", f.Needs, f.Tier) },
			"soaking":        func(f GateFacts) string { return fmt.Sprintf("%s on %s, %s left", f.Needs, f.Tier, f.Left) },
			"soak-not-begun": func(f GateFacts) string { return fmt.Sprintf("%s on %s, not begun", f.Needs, f.Tier) },
			"frozen": func(f GateFacts) string {
				end := "until somebody unfreezes it"
				if f.Opens != "" {
					end = "until " + f.Opens
				}
				if f.By != "" {
					end += ", " + f.By
				}
				return quoted(end, f.Reason)
			},
		},
		Opens: map[string]func(GateFacts) string{
			"unhealthy":         func(f GateFacts) string { return "mend it on " + f.Tier },
			"never-carried":     func(f GateFacts) string { return "shopctl promote " + f.Tier },
			"never-healthy":     func(GateFacts) string { return "promote a newer one" },
			"no-shopsets":       func(f GateFacts) string { return "a ShopSet on " + f.Tier },
			"replaced-too-soon": func(GateFacts) string { return "promote a newer one" },
			"argocd-silent":     func(GateFacts) string { return "shopctl doctor" },
			"frozen": func(f GateFacts) string {
				if f.Opens != "" {
					return ""
				}
				return fmt.Sprintf(`shopctl tier unfreeze %s -m "…"`, f.Tier)
			},
			"pinned":         func(f GateFacts) string { return "shopctl unpin " + f.Tier },
			"below-pinned":   func(f GateFacts) string { return "shopctl unpin " + f.Tier },
			"rejected":       func(GateFacts) string { return "never: promote a newer one" },
			"not-verified":   func(f GateFacts) string { return "shopctl verify " + f.Tier },
			"verified-bad":   func(GateFacts) string { return "promote a newer one" },
			"gate-shuts":     func(f GateFacts) string { return "opens when " + whatAnswers(f) },
			"gate-mute":      func(f GateFacts) string { return "opens when " + whatAnswers(f) },
			"gate-not-set":   func(f GateFacts) string { return fmt.Sprintf("shopctl settings set gates.%s PROGRAM", f.Name) },
			"gate-not-asked": func(f GateFacts) string { return "opens when " + whatAnswers(f) },
			"forge-silent":   func(GateFacts) string { return "opens by itself" },
			"not-asked":      func(GateFacts) string { return "opens by itself" },
			"check-failed":   func(f GateFacts) string { return "mend it: " + f.Address },
			"not-proposed":   func(f GateFacts) string { return "shopctl promote " + f.Tier },
			"not-approved":   func(f GateFacts) string { return "approve " + f.Address },
			"changes-asked":  func(f GateFacts) string { return "approve " + f.Address },
			"head-moved":     func(f GateFacts) string { return "shopctl promote " + f.Tier },
		},
		ByItself: func(opens, about string) string {
			switch {
			case opens != "":
				return "opens by itself, " + opens
			case about != "":
				return "opens by itself, about " + about
			}
			return "opens by itself"
		},
		Skipped:      func(text, risk string) string { return fmt.Sprintf("%s   risk: %s", text, risk) },
		NotSkippable: func(gate, tier string) string { return fmt.Sprintf("the gate %q of %s cannot be skipped", gate, tier) },
		SkipIt:       "skip it",
		SetProgram:   "name its program",
	}
}

// ownGates are the windows, and the gates that a team has made itself.
func ownGates() map[string]func(GateFacts) string {
	return map[string]func(GateFacts) string{
		"in-window":      func(f GateFacts) string { return "within its hours, " + f.Reason },
		"outside-window": func(f GateFacts) string { return fmt.Sprintf("outside its hours, opens %s (%s)", f.Opens, f.Reason) },
		"gate-opens": func(f GateFacts) string {
			if f.Address != "" {
				return f.Address + " " + f.Reason
			}
			return suffixed("its program says yes", f.Reason)
		},
		"gate-shuts": func(f GateFacts) string {
			if f.Address != "" {
				return f.Address + " " + f.Reason
			}
			return suffixed("its program says no", f.Reason)
		},
		"gate-mute": func(f GateFacts) string {
			if f.Address != "" {
				return suffixed(f.Address, f.Reason)
			}
			return suffixed("its program does not answer", f.Reason)
		},
		"gate-not-set":   func(f GateFacts) string { return fmt.Sprintf("no program is set for %q on this machine", f.Name) },
		"gate-not-asked": func(GateFacts) string { return "asked when the release is about to enter" },
	}
}

func whatAnswers(f GateFacts) string {
	if f.Address != "" {
		return f.Address + " answers 200"
	}
	return "its program ends with 0"
}

func quoted(what, reason string) string {
	if reason == "" {
		return what
	}
	return fmt.Sprintf("%s: %q", what, reason)
}

// Why is what `why` says.
type Why struct {
	Help      Help
	Shut      func(tier, release, from string, closed, of int) string
	Open      func(tier, release, from string, of int) string
	Runs      func(tier, release, from string) string
	Stopped   func(tier, release, from string) string
	Lowest    func(tier string) string
	Free      func(tier string) string
	NotBefore func(clock string) string
	Unknown   string
	Person    func(gates string) string
	Wait      string
}

func why() Why {
	gates := func(n int) string { return count(n, "gate") }
	return Why{
		Help: Help{
			Line:  "each gate of TIER: open or closed, who or what opens it, when",
			About: "It is about what the tier below runs: what shopctl promote TIER would take.",
			Examples: []Example{
				{"shopctl why tier-2", "what tier-2 waits for"},
				{"shopctl why tier-2 --exit-code", "the code that promote would give, for scripts"},
			},
			Flags: map[string]string{"exit-code": "the code that promote would give"},
		},
		Shut: func(tier, release, from string, closed, of int) string {
			verb := "are"
			if closed == 1 {
				verb = "is"
			}
			return fmt.Sprintf("%s does not take %s from %s yet: %d of %s %s closed", tier, release, from, closed, gates(of), verb)
		},
		Open: func(tier, release, from string, of int) string {
			if of == 1 {
				return fmt.Sprintf("%s takes %s from %s: its gate is open", tier, release, from)
			}
			return fmt.Sprintf("%s takes %s from %s: all %s are open", tier, release, from, gates(of))
		},
		Runs: func(tier, release, from string) string {
			return fmt.Sprintf("%s has %s, which %s runs: nothing waits for it", tier, release, from)
		},
		Stopped: func(tier, release, from string) string {
			return fmt.Sprintf("%s cannot take %s from %s", tier, release, from)
		},
		Lowest:    func(tier string) string { return fmt.Sprintf("%s takes what is merged, by reconcile", tier) },
		Free:      func(tier string) string { return fmt.Sprintf("nothing holds %s", tier) },
		NotBefore: func(clock string) string { return "Earliest: " + clock + "." },
		Unknown:   "Earliest: not known.",
		Person: func(gates string) string {
			return fmt.Sprintf("Earliest: not known, somebody has to see to: %s.", gates)
		},
		Wait: "Wait:",
	}
}
