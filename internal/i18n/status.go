package i18n

import "fmt"

// Status is what `status` says.
type Status struct {
	Help                                        Help
	Tier, Release, Health, Sync, Shops, Waiting string // heads of columns
	ShopSet, Since, Shop, State, Hosts          string
	Open                                        string
	ClosedUntil                                 func(until string) string
	FrozenBy, ClosedBy                          func(until, by, reason string) string
	PinnedBy                                    func(number, by, reason, held string) string
	More                                        func(n int) string
	Reconnecting                                func(n int) string
}

func status() Status {
	return Status{
		Help: Help{
			Line: "what runs where, and how it is",
			About: "TARGET is a tier, a ShopSet or a shop; shopset/NAME or shop/NAME when a name is both.\n" +
				"What nobody can tell is shown as ?, never as healthy.",
			Examples: []Example{
				{"shopctl status", "every tier"},
				{"shopctl status tier-1", "one tier with its ShopSets"},
				{"shopctl status --watch", "look again and again, print what changes"},
				{"shopctl status --exit-code", "for scripts: 9 unhealthy, 11 Argo CD silent, 10 something waits"},
			},
			Flags: map[string]string{"watch": "look again and again; with --json one object a line"},
		},
		Tier: "TIER", Release: "RELEASE", Health: "HEALTH", Sync: "SYNC", Shops: "SHOPS", Waiting: "WAITING",
		ShopSet: "SHOPSET", Since: "SINCE", Shop: "SHOP", State: "STATE", Hosts: "HOSTS",
		Open:        "open",
		ClosedUntil: func(until string) string { return "maintenance until " + until },
		FrozenBy:    func(until, by, reason string) string { return "frozen" + untilBy(until, by, reason) },
		ClosedBy:    func(until, by, reason string) string { return "maintenance" + untilBy(until, by, reason) },
		PinnedBy: func(number, by, reason, held string) string {
			s := "pinned to " + number + untilBy("", by, reason)
			if held != "" {
				s += "; holds back " + held
			}
			return s
		},
		More:         func(n int) string { return fmt.Sprintf("and %d more ShopSets are not well", n) },
		Reconnecting: func(n int) string { return fmt.Sprintf("reconnecting (%d)…", n) },
	}
}

// untilBy is the end of a sentence: until 14:33 JST by takuya: "Black Friday".
func untilBy(until, by, reason string) (s string) {
	if until != "" {
		s += " until " + until
	}
	if by != "" {
		s += " by " + by
	}
	if reason != "" {
		s += fmt.Sprintf(": %q", reason)
	}
	return s
}
