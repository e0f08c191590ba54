package i18n

import "fmt"

// Shop is what `shop` and its verbs say.
type Shop struct {
	Help    Help
	Columns ShopColumns
	Labels  ShopLabels
	State   map[string]string // by the word of JSON
	Verdict map[string]string // why a ShopSet takes a shop, or does not
	Trouble map[string]func(TroubleFacts) string

	PlansAre func(names string) string
	BothWays func(host string) string

	// Adding.
	NeedsName, NeedsHost, NeedsShopSet, NothingToSet string
	FileHasIt                                        func(what string) string
	CannotRead                                       func(file string) string
	BadFile                                          func(file string, n int) string
	AndMore                                          func(n int) string
	AddTitle                                         func(shops, file string, shopsets int) string
	ThereAlready                                     func(n int) string
	Placed                                           func(shop, set, tier string, weight, holds, of int, why string) string
	PlacedAsTold                                     func(shop, set, tier string, weight, holds int) string
	Scarce                                           func(set string, uses, has int) string
	Added                                            func(shop, set string) string
	AddedMany                                        func(n, took string) string
	OpenIt                                           string
	LivesIn                                          func(shop, set, tier string) string
	// The shop's own address.
	Answers   func(url string, status int) string
	Silent    func(url, why string) string
	NotProbed func(host string) string
	// Changing.
	SetTitle    func(shop, set string) string
	SetLine     func(key, from, to string) string
	SetQuestion func(shop string) string
	Set         func(shop, took string) string
	// Moving.
	MoveTitle    func(shop, from, fromTier, to, toTier string) string
	MoveAbout    func(set string, weight, holds int) string
	MoveTiers    func(from, to string) string
	MoveDNS      func(hosts, from, to string) string
	MoveEnds     func(from, to string) string
	MoveEndsDNS  func(hosts, cluster, risk string) string
	MoveQuestion func(shop, set string) string
	DNSQuestion  func(hosts, cluster string) string
	MovingDNS    func(shop, set, from string) string
	PointDNS     func(hosts, cluster string) string
	MovingOn     func(shop, set, from string) string
	Moved        func(shop, set, took string) string
	// Removing.
	RemoveTitle func(shop, set, tier string) string
	RemoveAbout func(hosts string) string
	Removed     func(shop, took string) string
	Departed    func(shop, by, at string) string
	// Looking.
	NoField                                                    func(field, known string) string
	NoneFound                                                  func(of string) string
	Found                                                      func(shown, found, of string) string
	RouteMissing                                               func(set, tier string) string
	RouteLive, RouteUnknown, RouteWaits                        func(set string) string
	MovesFrom                                                  func(set string) string
	SearchIt, ChangeIt, FreeIt, MakeRoom                       string
	FinishIt, DrainIt                                          string
	Written, RouteAccepted, RoutesAccepted, RoutesInPlace      string
	OldRouteOut, OldRouteGone, WaitsForRoute, WaitsForRouteOut string
	RouteNotYet                                                func(n int) string
	ShopSetRuns, ShopSetGone, WaitsForShopSet                  func(set string) string
}

// ShopColumns are the heads of the tables.
type ShopColumns struct {
	Shop, Name, State, Tier, ShopSet, Plan, Hosts, Domain, Filled, Connections, Health, Why, New, Shops, Cluster string
}

// ShopLabels are what stands before the facts of one shop.
type ShopLabels struct{ ShopSet, Release, Plan, Host, Route, Moving, Maintenance string }

// TroubleFacts are what the sentence of a trouble may need.
type TroubleFacts struct {
	Shop, Host, Holder, ShopSet, Tier, Plan, Text, Why string
	N                                                  int
}

func shopText() Shop {
	return Shop{
		Help: Help{
			Line:  "shops: add, find, change, move and remove them",
			About: "A shop is a name, its hosts, and the ShopSet that serves it. One command is one commit and one push.",
			Examples: []Example{
				{"shopctl shop add momiji --host momiji.example", "where it goes is chosen, with the reasons"},
				{"shopctl shop search hana tier:2", "by name, host or anything known"},
			},
			Subs: shopHelp(),
		},
		Columns: ShopColumns{
			Shop: "SHOP", Name: "NAME", State: "STATE", Tier: "TIER", ShopSet: "SHOPSET", Plan: "PLAN", Hosts: "HOSTS", Domain: "DOMAIN", Filled: "FILLED",
			Connections: "DB CONNECTIONS", Health: "HEALTH", Why: "WHY", New: "NEW", Shops: "SHOPS", Cluster: "CLUSTER",
		},
		Labels: ShopLabels{ShopSet: "shopset", Release: "release", Plan: "plan", Host: "url", Route: "route", Moving: "moving", Maintenance: "maintenance"},
		State:  map[string]string{"open": "open", "unknown": "unknown", "moving": "moving", "maintenance": "maintenance", "overdue": "overdue", "degraded": "degraded", "refused": "route refused"},
		Verdict: map[string]string{
			"chosen": "chosen: the least full", "fuller": "fuller", "domain": "its failure domain is fuller", "unknown": "nobody can tell whether it is healthy",
			"full": "full", "connections": "no database connections left", "routes": "too many routes", "draining": "draining: no new shops",
			"unhealthy": "not healthy", "maintenance": "closed for maintenance", "elsewhere": "on another cluster",
		},
		Trouble: troubles(),

		PlansAre: func(names string) string { return "the plans are: " + names },
		BothWays: func(host string) string { return fmt.Sprintf("%s is to be added and removed: leave one out", host) },

		NeedsName: "which shop? Give its name, or a file with --from", NeedsHost: "a shop needs a host: --host HOST",
		NeedsShopSet: "where to? Name the ShopSet with --shopset", NothingToSet: "nothing to change: give --add-host, --remove-host, --name or --plan",
		FileHasIt:  func(what string) string { return fmt.Sprintf("with --from the file says it: leave %s out", what) },
		CannotRead: func(file string) string { return fmt.Sprintf("the file %s cannot be read", file) },
		BadFile: func(file string, n int) string {
			return fmt.Sprintf("%s has %s: nothing was written", file, counted(n, "mistake"))
		},
		AndMore: func(n int) string { return fmt.Sprintf("and %d more", n) },
		AddTitle: func(shops, file string, shopsets int) string {
			return fmt.Sprintf("Add %s shops from %s to %s", shops, file, counted(shopsets, "ShopSet"))
		},
		ThereAlready: func(n int) string { return fmt.Sprintf("%d are there already", n) },
		Placed: func(shop, set, tier string, weight, holds, of int, why string) string {
			s := fmt.Sprintf("ShopSet for %s: %s (%s, %d of %d shops, least full of %d", shop, set, tier, weight, holds, of)
			if why != "" {
				s += "; reasons: " + why + ", other: --shopset"
			}
			return s + ")"
		},
		PlacedAsTold: func(shop, set, tier string, weight, holds int) string {
			return fmt.Sprintf("ShopSet for %s: %s (%s, %d of %d shops)", shop, set, tier, weight, holds)
		},
		Scarce: func(set string, uses, has int) string {
			return fmt.Sprintf("%s then uses %d of its %d database connections (%d %%)", set, uses, has, uses*100/max(has, 1))
		},
		Added:     func(shop, set string) string { return fmt.Sprintf("Added %s to %s.", shop, set) },
		AddedMany: func(n, took string) string { return fmt.Sprintf("Added %s shops in %s.", n, took) },
		OpenIt:    "Open it:",
		LivesIn:   func(shop, set, tier string) string { return fmt.Sprintf("%s lives in %s (%s).", shop, set, tier) },

		Answers:   func(url string, status int) string { return fmt.Sprintf("%s answers %d", url, status) },
		Silent:    func(url, why string) string { return fmt.Sprintf("%s does not answer yet: %s", url, why) },
		NotProbed: func(host string) string { return fmt.Sprintf("not probed: %s leads nowhere from here", host) },

		SetTitle: func(shop, set string) string { return fmt.Sprintf("Change %s in %s", shop, set) },
		SetLine: func(key, from, to string) string {
			return fmt.Sprintf("%s: %s -> %s", key, orNothing(from), orNothing(to))
		},
		SetQuestion: func(shop string) string { return fmt.Sprintf("Change %s?", shop) },
		Set:         func(shop, took string) string { return fmt.Sprintf("Changed %s in %s.", shop, took) },

		MoveTitle: func(shop, from, fromTier, to, toTier string) string {
			return fmt.Sprintf("Move %s  %s (%s) -> %s (%s)", shop, from, fromTier, to, toTier)
		},
		MoveAbout: func(set string, weight, holds int) string {
			return fmt.Sprintf("%s then has %d of %d shops. The old route stays until the new one is accepted.", set, weight, holds)
		},
		MoveTiers: func(from, to string) string {
			return fmt.Sprintf("the shop changes its release: %s -> %s", from, to)
		},
		MoveDNS: func(hosts, from, to string) string {
			return fmt.Sprintf("another cluster: %s must lead from %s to %s; until then the old route stays", hosts, from, to)
		},
		MoveEnds: func(from, to string) string {
			return fmt.Sprintf("The old route in %s goes, once that in %s is accepted.", from, to)
		},
		MoveEndsDNS: func(hosts, cluster, risk string) string {
			return fmt.Sprintf("another cluster: %s must lead to %s by now   risk: %s", hosts, cluster, risk)
		},
		MoveQuestion: func(shop, set string) string { return fmt.Sprintf("Move %s to %s?", shop, set) },
		DNSQuestion: func(hosts, cluster string) string {
			return fmt.Sprintf("Do all names (%s) lead to cluster %s now? The old route goes.", hosts, cluster)
		},
		MovingDNS: func(shop, set, from string) string {
			return fmt.Sprintf("%s has its route in %s; the old one in %s stays until DNS has changed.", shop, set, from)
		},
		PointDNS: func(hosts, cluster string) string {
			return fmt.Sprintf("DNS: let %s lead to the address of cluster %s, wait for the old records to expire, then end the move.", hosts, cluster)
		},
		MovingOn: func(shop, set, from string) string {
			return fmt.Sprintf("%s has its route in %s; the old one in %s is still there.", shop, set, from)
		},
		Moved: func(shop, set, took string) string { return fmt.Sprintf("Moved %s to %s in %s.", shop, set, took) },

		RemoveTitle: func(shop, set, tier string) string { return fmt.Sprintf("Remove %s from %s (%s)", shop, set, tier) },
		RemoveAbout: func(hosts string) string {
			return fmt.Sprintf("%s will not be served any more. The shop's data in the application stays.", hosts)
		},
		Removed: func(shop, took string) string { return fmt.Sprintf("Removed %s in %s.", shop, took) },
		Departed: func(shop, by, at string) string {
			return fmt.Sprintf("%s is not there any more: removed by %s, %s.", shop, by, at)
		},

		NoField: func(field, known string) string {
			return fmt.Sprintf("search knows no field %q; the fields are: %s", field, known)
		},
		NoneFound: func(of string) string { return fmt.Sprintf("None of %s shops.", of) },
		Found: func(shown, found, of string) string {
			if shown == found {
				return fmt.Sprintf("%s of %s shops", found, of)
			}
			return fmt.Sprintf("%s of %s found, %s shops in all; more with --limit", shown, found, of)
		},
		RouteMissing: func(set, tier string) string {
			return fmt.Sprintf("missing on the branch of %s (%s): shopctl reconcile %s", set, tier, tier)
		},
		RouteLive:    func(set string) string { return "accepted in " + set },
		RouteUnknown: func(set string) string { return "nobody can tell in " + set },
		RouteWaits:   func(set string) string { return "on its way in " + set },
		MovesFrom:    func(set string) string { return fmt.Sprintf("from %s, where its old route still stands", set) },
		SearchIt:     "look for it", ChangeIt: "change it", FreeIt: "free it", MakeRoom: "make room", FinishIt: "finish it", DrainIt: "move them away",
		Written: "Written to the intent", RouteAccepted: "Route accepted", RoutesAccepted: "Routes accepted", RoutesInPlace: "Routes in the cluster", OldRouteOut: "Old route taken out of the intent", OldRouteGone: "Old route gone",
		WaitsForRoute: "waiting for the route", WaitsForRouteOut: "waiting for the old route to go",
		RouteNotYet: func(n int) string {
			return fmt.Sprintf("the time is up before Argo CD had applied %s; nothing failed", counted(n, "route"))
		},
		ShopSetRuns:     func(set string) string { return set + " runs and is healthy" },
		ShopSetGone:     func(set string) string { return set + " is gone" },
		WaitsForShopSet: func(set string) string { return "waiting for " + set },
	}
}

func orNothing(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func shopHelp() map[string]Help {
	flags := map[string]string{
		"host": "a hostname; several: give it again", "name": "what people call the shop", "plan": "what it costs and where it belongs",
		"shopset": "this ShopSet, not the one that is chosen", "tier": "this tier, not the plan's", "why": "the placement table",
		"from":     "a CSV or YAML file with many shops: columns name, host, plan, shopset, displayName",
		"add-host": "one more host", "remove-host": "one host less", "state": "only shops in this state; refused is asked for shop by shop",
	}
	pick := func(names ...string) map[string]string {
		m := map[string]string{}
		for _, n := range names {
			m[n] = flags[n]
		}
		return m
	}
	return map[string]Help{
		"add": {
			Line:  "place a shop, with the reasons",
			About: "All shops of a file come with one commit and one push, or none does. Hosts of one shop are separated by spaces.",
			Examples: []Example{
				{`shopctl shop add momiji --host momiji.example --name "Momiji Crafts" --plan small`, ""},
				{"shopctl shop add --from shops.csv", "many at once"},
			},
			Flags: pick("host", "name", "plan", "shopset", "tier", "why", "from"),
		},
		"list": {Line: "shops and their state", Examples: []Example{{"shopctl shop list --tier tier-1 --state maintenance", ""}}, Flags: map[string]string{"plan": "only this plan", "state": flags["state"]}},
		"search": {
			Line: "by name, host or anything known",
			About: "All words must be found. FIELD:VALUE looks in one field: shop name host shopset tier plan state release; ! negates; ~ takes the letters in order.\n" +
				"Full-width letters and both kinds of kana count as the same.",
			Examples: []Example{{"shopctl shop search hana tier:2", ""}, {"shopctl shop search plan:large '!state:open'", ""}},
		},
		"show": {Line: "everything about one shop", Examples: []Example{{"shopctl shop show momiji", ""}}},
		"set":  {Line: "change it", Examples: []Example{{"shopctl shop set momiji --add-host www.momiji.example", ""}}, Flags: pick("add-host", "remove-host", "name", "plan")},
		"move": {
			Line:     "make-before-break, then the old route goes",
			About:    "Between clusters the old route stays until you say that DNS has changed, with the same command and the risk dns.",
			Examples: []Example{{"shopctl shop move momiji --shopset s-102", ""}, {`shopctl shop move momiji --shopset s-102 --confirm=momiji --accept-risk=dns -m "the records have expired"`, "DNS leads to the new cluster"}},
			Flags:    map[string]string{"shopset": "where it goes", "why": flags["why"]},
		},
		"remove": {Line: "take it out of service and out of the intent", Examples: []Example{{`shopctl shop remove momiji --confirm=momiji --accept-risk=remove-shop -m "closed for good"`, ""}}},
	}
}

func troubles() map[string]func(TroubleFacts) string {
	return map[string]func(TroubleFacts) string{
		"unknown-shop":    func(f TroubleFacts) string { return fmt.Sprintf("there is no shop %q", f.Shop) },
		"unknown-shopset": func(f TroubleFacts) string { return fmt.Sprintf("there is no ShopSet %q", f.ShopSet) },
		"unknown-tier":    func(f TroubleFacts) string { return fmt.Sprintf("there is no tier %q", f.Tier) },
		"unknown-plan":    func(f TroubleFacts) string { return fmt.Sprintf("there is no plan %q", f.Plan) },
		"outdone": func(f TroubleFacts) string {
			if f.Shop == "" {
				return fmt.Sprintf("somebody changed %s again after this run had written it", f.ShopSet)
			}
			return fmt.Sprintf("somebody changed %s again after this run had written it", f.Shop)
		},
		"name-taken": func(f TroubleFacts) string {
			if f.Holder == "" {
				return fmt.Sprintf("ShopSet %s is there and differs: it is of %s, in %s", f.ShopSet, f.Tier, f.Text)
			}
			return fmt.Sprintf("shop %s is there, in %s (%s), and differs in %s", f.Holder, f.ShopSet, f.Tier, f.Text)
		},
		"host-taken": func(f TroubleFacts) string {
			if f.Holder == "*" {
				return fmt.Sprintf("host %s is the wildcard of the system", f.Host)
			}
			return fmt.Sprintf("host %s belongs to shop %s", f.Host, f.Holder)
		},
		"given-again": func(f TroubleFacts) string {
			if f.Host != "" {
				return fmt.Sprintf("host %s of %s stands in line %d too, for %s", f.Host, f.Shop, f.N, f.Holder)
			}
			return fmt.Sprintf("shop %s stands in line %d too", f.Shop, f.N)
		},
		"hosts-count": func(f TroubleFacts) string {
			if f.N == 0 {
				return fmt.Sprintf("%s would have no host left", f.Shop)
			}
			return fmt.Sprintf("%s has %d hosts; a route takes at most 16", f.Shop, f.N)
		},
		"no-place": func(f TroubleFacts) string {
			if f.ShopSet != "" {
				find := "find"
				if f.N == 1 {
					find = "finds"
				}
				return fmt.Sprintf("%s of %s %s no room in another ShopSet of %s on its cluster", counted(f.N, "shop"), f.ShopSet, find, f.Tier)
			}
			return fmt.Sprintf("no ShopSet of %s takes %s", f.Tier, f.Shop)
		},
		"shopset-full":    func(f TroubleFacts) string { return fmt.Sprintf("%s does not take %s: %s", f.ShopSet, f.Shop, f.Why) },
		"moves-elsewhere": func(f TroubleFacts) string { return fmt.Sprintf("%s is on its way to %s", f.Shop, f.ShopSet) },
		"still-serves": func(f TroubleFacts) string {
			if f.N == 0 {
				return fmt.Sprintf("the wildcard of the system leads to %s", f.ShopSet)
			}
			return fmt.Sprintf("%s still serves: %s", f.ShopSet, counted(f.N, "route"))
		},
		"route-refused": func(f TroubleFacts) string {
			if f.Why == "" {
				return fmt.Sprintf("the gateway does not take the route of %s in %s", f.Shop, f.ShopSet)
			}
			return fmt.Sprintf("the gateway does not take the route of %s in %s: %s", f.Shop, f.ShopSet, f.Why)
		},
		"bad-shopset": func(f TroubleFacts) string {
			if f.Plan == "" {
				return fmt.Sprintf("%s is of %s, not of %s", f.ShopSet, f.Text, f.Tier)
			}
			return fmt.Sprintf("name the %s of %s: one of %s", f.Plan, f.ShopSet, f.Text)
		},
	}
}
