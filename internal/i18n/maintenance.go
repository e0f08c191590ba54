package i18n

import (
	"fmt"
	"strings"
)

// Maintenance is what `maintenance` says.
type Maintenance struct {
	Help Help
	// What is wrong with the line.
	WhatToClose   string
	WhatToOpen    string
	Name          string
	OneOnly       string
	NeedsEnd      string
	GiveEnd       string
	UntilWhen     string
	EndForms      string
	BothEnds      string
	NoRange       func(text string) string
	RangeForm     string
	TooManyRanges func(most int) string
	LongMessage   func(bytes, most int) string
	BadMessage    string
	LongDrain     func(drain, left string) string
	CloseLonger   string
	// Before.
	Title     func(kind, name, until string) string
	OpenTitle func(kind, name string) string
	See       string // without a message
	SeeText   func(message string) string
	Serves    func(shops, shopsets int) string
	LetIn     func(ranges string) string
	Drains    func(drain string) string
	Replaces  func(until, by string) string
	Loses     func(message, ranges string) string
	Runner    func(runner string) string
	NoRunner  string
	Others    func(kind, name, until string) string
	Question  func(name string) string
	// While it is waited for.
	WrittenIntent string
	AwaitClosed   string
	AwaitOpen     string
	Seen          func(host string, status int) string
	Routed        string
	AwaitDrain    string
	Drained       func(drain string) string
	NotSeen       func(kind, name string, closed bool) string
	NotRouted     func(shopset string) string
	Answers       func(host string, status int) string
	NoAnswer      func(host, why string) string
	// After.
	Closed       func(name, since, until string) string
	ClosedInGit  func(name, until string) string
	Open         func(name, status, since string) string
	OpenInGit    func(name string) string
	StaysClosed  func(name, by, until string) string
	AskedFrom    string
	Earlier, All string
	Staff        string
	// Status.
	What, Tier, Until, Left, By, Message string
	Overdue                              func(length string) string
	LeftFor                              func(length string) string
	NothingClosed                        string
	OverdueFix                           string
	Kinds                                map[string]string
	// In other commands.
	PromoteInto func(tier string, n int, first, until string) string
	ClosedShops func(n int) string
	OverdueAt   func(clock string) string
	Stands      func(what, until, by, reason, message string) string
	StandsOver  func(what, since string) string
}

func maintenance() Maintenance {
	scope := map[string]string{"shop": "this shop", "shopset": "all shops of this ShopSet; a switch apart from theirs", "tier": "all shops of this tier; a switch apart from theirs"}
	return Maintenance{
		Help: Help{
			Line:  "close a shop, a ShopSet or a tier until a time",
			About: "Customers get 503 + Retry-After with your message. It opens by itself: whoever reconciles after the end writes it.",
			Examples: []Example{
				{"shopctl maintenance on --shop momiji --for 30m", "close one shop"}, {"shopctl maintenance status", "what is closed, overdue first"},
			},
			Subs: map[string]Help{
				"on": {
					Line:  "503 + Retry-After until a time",
					About: "It always has an end. --for counts from now, so the same line again moves the end; --until does not.\nThe switches of a shop, its ShopSet and its tier are three: a shop is open when all of them are.",
					Examples: []Example{
						{`shopctl maintenance on --shop momiji --for 30m --message "back at three"`, "one shop"},
						{"shopctl maintenance on --shopset s-104 --until 03:00 --allow 203.0.113.0/28", "120 shops; the office gets in"},
						{"shopctl maintenance on --tier tier-1 --for 1h --confirm=tier-1", "from a script"},
					},
					Flags: with(scope, map[string]string{
						"until": "when it ends: 18:00, tomorrow 10:00, RFC 3339", "for": "how long it lasts, from now", "message": "what customers read",
						"allow": "addresses that still get in (several)", "drain": "let requests that have begun end before it counts as closed",
					}),
				},
				"off": {
					Line: "open again", About: "It waits until the shop's own address answers.",
					Examples: []Example{{"shopctl maintenance off --shop momiji", "before its time"}}, Flags: scope,
				},
				"status": {
					Line: "what is closed, by whom, until when; overdue first", Examples: []Example{{"shopctl maintenance status", ""}, {"shopctl maintenance status --tier tier-1", "of one tier"}},
					Flags: map[string]string{"shop": "what closes this shop", "shopset": "what closes this ShopSet", "tier": "only what lies in this tier"},
				},
			},
		},
		WhatToClose: "say what to close: a shop, a ShopSet or a tier", WhatToOpen: "say what to open: a shop, a ShopSet or a tier",
		Name: "name it", OneOnly: "one maintenance closes one thing: --shop, --shopset or --tier",
		NeedsEnd: "a maintenance always has an end", GiveEnd: "give one", UntilWhen: "Until when? ", EndForms: `30m, 18:00, "tomorrow 10:00"`,
		BothEnds:      "--until and --for both say when it ends",
		NoRange:       func(text string) string { return fmt.Sprintf("%q is no range of addresses", text) },
		RangeForm:     "write a range",
		TooManyRanges: func(most int) string { return fmt.Sprintf("more than %d ranges of addresses", most) },
		LongMessage: func(bytes, most int) string {
			return fmt.Sprintf("the message has %d bytes; at most %d are possible", bytes, most)
		},
		BadMessage: "the message holds control characters",
		LongDrain: func(drain, left string) string {
			return fmt.Sprintf("requests would get %s to end, but it opens again in %s", drain, left)
		},
		CloseLonger: "close it longer",

		Title:     func(kind, name, until string) string { return fmt.Sprintf("Close %s %s until %s", kind, name, until) },
		OpenTitle: func(kind, name string) string { return fmt.Sprintf("Open %s %s", kind, name) },
		See:       "Customers get 503 + Retry-After.",
		SeeText:   func(message string) string { return "Customers get 503 + Retry-After and read: " + message },
		Serves: func(shops, shopsets int) string {
			return fmt.Sprintf("%s in %s are closed.", count(shops, "shop"), count(shopsets, "ShopSet"))
		},
		LetIn:  func(ranges string) string { return "Still let in: " + ranges },
		Drains: func(drain string) string { return fmt.Sprintf("Requests that have begun get %s to end.", drain) },
		Replaces: func(until, by string) string {
			return fmt.Sprintf("it is closed until %s already, by %s: this replaces that", until, by)
		},
		Loses: func(message, ranges string) string {
			var lost []string
			if message != "" {
				lost = append(lost, fmt.Sprintf("the message %q", message))
			}
			if ranges != "" {
				lost = append(lost, "the way in for "+ranges)
			}
			return "that had " + strings.Join(lost, " and ") + "; give it again to keep it"
		},
		Runner: func(runner string) string {
			if runner == "demo" {
				runner = "the demo's runner"
			}
			return fmt.Sprintf("It opens by itself: %s reconciles.", runner)
		},
		NoRunner: "nothing is set up here that will run shopctl reconcile then: it stays closed until somebody does",
		Others: func(kind, name, until string) string {
			return fmt.Sprintf("%s %s is closed too, until %s", kind, name, until)
		},
		Question: func(name string) string { return fmt.Sprintf("Close %s?", name) },

		WrittenIntent: "Written to the intent",
		AwaitClosed:   "waiting until customers see that it is closed", AwaitOpen: "waiting until customers get in",
		Seen:       func(host string, status int) string { return fmt.Sprintf("https://%s answers %d", host, status) },
		Routed:     "Routes are in the cluster",
		AwaitDrain: "letting requests end", Drained: func(drain string) string { return fmt.Sprintf("Requests had %s to end", drain) },
		NotSeen: func(kind, name string, closed bool) string {
			if closed {
				return fmt.Sprintf("customers do not see yet that %s %s is closed", kind, name)
			}
			return fmt.Sprintf("customers do not get into %s %s yet", kind, name)
		},
		NotRouted: func(shopset string) string { return shopset + "  its routes are not in the cluster yet" },
		Answers:   func(host string, status int) string { return fmt.Sprintf("https://%s answers %d", host, status) },
		NoAnswer:  func(host, why string) string { return fmt.Sprintf("https://%s does not answer: %s", host, why) },

		Closed: func(name, since, until string) string {
			return fmt.Sprintf("%s is closed, visible to customers since %s. It opens by itself at %s.", name, since, until)
		},
		ClosedInGit: func(name, until string) string {
			return fmt.Sprintf("%s is closed in git until %s. Whether customers see it was not looked at.", name, until)
		},
		Open: func(name, status, since string) string {
			return fmt.Sprintf("%s is open, visible to customers since %s (%s).", name, since, status)
		},
		OpenInGit: func(name string) string {
			return fmt.Sprintf("%s is open in git. Whether customers see it was not looked at.", name)
		},
		StaysClosed: func(name, by, until string) string {
			return fmt.Sprintf("%s stays closed: %s, until %s.", name, by, until)
		},
		AskedFrom: "This machine is among those who are let in.",
		Earlier:   "Earlier:", All: "All:", Staff: "Staff:",

		What: "WHAT", Tier: "TIER", Until: "UNTIL", Left: "LEFT", By: "BY", Message: "MESSAGE",
		Overdue:       func(length string) string { return "overdue by " + length },
		LeftFor:       func(length string) string { return length },
		NothingClosed: "Nothing is closed.", OverdueFix: "Open what is overdue:",
		Kinds: map[string]string{"shop": "shop", "shopset": "ShopSet", "tier": "tier"},

		PromoteInto: func(tier string, n int, first, until string) string {
			if n == 1 && first == "tier "+tier {
				return fmt.Sprintf("%s is closed until %s, and stays so", tier, until)
			}
			if n == 1 {
				return fmt.Sprintf("%s of %s is closed until %s, and stays so", first, tier, until)
			}
			return fmt.Sprintf("%d of %s are closed and stay so, the last until %s: %s …", n, tier, until, first)
		},
		ClosedShops: func(n int) string { return fmt.Sprintf("%d closed", n) },
		OverdueAt:   func(clock string) string { return "maintenance overdue since " + clock },
		Stands: func(what, until, by, reason, message string) string {
			s := what + untilBy(until, by, reason)
			if message != "" {
				s += fmt.Sprintf("; customers read %q", message)
			}
			return s
		},
		StandsOver: func(what, since string) string { return what + ", overdue since " + since },
	}
}

// with lays one table of words over another.
func with(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		for k, v := range m {
			out[strings.TrimSpace(k)] = v
		}
	}
	return out
}
