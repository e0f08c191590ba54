package i18n

import "fmt"

// Rollback is what `rollback` says.
type Rollback struct {
	Help  Help
	Title func(tier, now, to string) string
	// About has an empty estimate when nothing is known.
	About    func(tier string, shops, shopsets int, to, estimate string) string
	Replaces func(release, by string) string
	Question string
	Done     func(tier, release, took string) string
}

func rollback() Rollback {
	return Rollback{
		Help: Help{
			Line:  "pin TIER to a former release (default: the one before); branches do not move",
			About: "The pin holds until `shopctl unpin`, or a promotion with --unpin. RELEASE is a commit or v128.",
			Examples: []Example{
				{"shopctl rollback tier-1", "back to the release before"},
				{"shopctl rollback tier-1 v127 --yes", "to this one, from a script"},
			},
			Flags: map[string]string{"sync": "also do the hand step of a tier with sync: manual", "degraded-grace": "how long a ShopSet is degraded before it counts"},
		},
		Title: func(tier, now, to string) string { return fmt.Sprintf("Roll back %s  %s -> %s", tier, now, to) },
		About: func(tier string, shops, shopsets int, to, estimate string) string {
			if estimate != "" {
				estimate = " " + estimate
			}
			return fmt.Sprintf("%s in %s restart.%s The branches stay; %s is pinned to %s.", count(shops, "shop"), count(shopsets, "ShopSet"), estimate, tier, to)
		},
		Replaces: func(release, by string) string {
			return fmt.Sprintf("it replaces the pin to %s that %s set", release, by)
		},
		Question: "Go back?",
		Done: func(tier, release, took string) string {
			return fmt.Sprintf("%s runs %s and stays there (%s).", tier, release, took)
		},
	}
}

// Unpin is what `unpin` says.
type Unpin struct {
	Help     Help
	Title    func(tier, pinned, by, to string) string
	Question func(tier string) string
	Done     func(tier, release, took string) string
}

func unpin() Unpin {
	return Unpin{
		Help: Help{
			Line:     "lift the pin of TIER; it takes its newest release again",
			Examples: []Example{{"shopctl unpin tier-1", "after the mend was promoted"}},
			Flags:    map[string]string{"sync": "also do the hand step of a tier with sync: manual", "degraded-grace": "how long a ShopSet is degraded before it counts"},
		},
		Title: func(tier, pinned, by, to string) string {
			return fmt.Sprintf("Unpin %s  pinned to %s by %s -> %s", tier, pinned, by, to)
		},
		Question: func(tier string) string { return fmt.Sprintf("Lift the pin of %s?", tier) },
		Done: func(tier, release, took string) string {
			return fmt.Sprintf("%s is not pinned any more and runs %s (%s).", tier, release, took)
		},
	}
}

// SyncTier is what `sync` says.
type SyncTier struct {
	Help     Help
	Title    func(tier string, waiting, of int) string
	Routes   func(n int) string
	Question func(tier string) string
	Done     func(tier, release, took string) string
}

func syncTier() SyncTier {
	return SyncTier{
		Help: Help{
			Line:     "the hand step of a tier with sync: manual",
			Examples: []Example{{"shopctl sync tier-2", "let the cluster follow"}},
			Flags:    map[string]string{"degraded-grace": "how long a ShopSet is degraded before it counts"},
		},
		Title: func(tier string, waiting, of int) string {
			return fmt.Sprintf("Sync %s  %d of %s wait", tier, waiting, count(of, "ShopSet"))
		},
		Routes:   func(n int) string { return fmt.Sprintf("the shops of %s wait for their routes", count(n, "ShopSet")) },
		Question: func(tier string) string { return fmt.Sprintf("Sync %s?", tier) },
		Done: func(tier, release, took string) string {
			return fmt.Sprintf("%s is synced and runs %s (%s).", tier, release, took)
		},
	}
}

// Reconcile is what `reconcile` says.
type Reconcile struct {
	Help     Help
	Title    func(n int) string
	Carries  func(tier, now, to string) string
	Follows  func(tier string) string
	Repairs  func(tier string) string
	Question string
	Done     func(tiers, took string) string
	Left     func(tier string) string
}

func reconcile() Reconcile {
	return Reconcile{
		Help: Help{
			Line:  "make the tier branches equal to the intent; twice changes nothing",
			About: "Without TIER: all tiers. A merge on tier-0 goes live by it; a hand-edited branch is put right.",
			Examples: []Example{
				{"shopctl reconcile", "all tiers"}, {"shopctl reconcile tier-0 --yes", "after a merge, from CI"},
				{"shopctl reconcile -n --exit-code", "is there anything to do?"},
			},
			Flags: map[string]string{"exit-code": "with -n: 10 when there is something to write"},
		},
		Title:   func(n int) string { return fmt.Sprintf("Reconcile %s", count(n, "tier")) },
		Carries: func(tier, now, to string) string { return fmt.Sprintf("%s  %s -> %s", tier, now, to) },
		Follows: func(tier string) string { return fmt.Sprintf("%s  follows the intent; the release stays", tier) },
		Repairs: func(tier string) string {
			return fmt.Sprintf("%s  was edited by hand: what was changed there is overwritten", tier)
		},
		Question: "Write it?",
		Done:     func(tiers, took string) string { return fmt.Sprintf("Written: %s (%s).", tiers, took) },
		Left: func(tier string) string {
			return fmt.Sprintf("%s holds commits that are no release yet; it keeps what it runs", tier)
		},
	}
}

// Wait is what `wait` says.
type Wait struct {
	Help  Help
	Done  func(tier, release, took string) string
	Open  func(tier string) string
	Which string
}

func wait() Wait {
	return Wait{
		Help: Help{
			Line:  "until it is so",
			About: "TARGET is a tier. It looks first: what is so already returns at once.",
			Examples: []Example{
				{"shopctl wait tier-1 --for release=9f8e7d6", "until it is live there"},
				{"shopctl wait tier-1 --for healthy --timeout 30m", ""},
				{"shopctl wait tier-2 --for open", "until the gates let a release in"},
			},
			Flags: map[string]string{"for": "release=R, synced, healthy or open", "degraded-grace": "how long a ShopSet is degraded before it counts", "timeout": "then exit 8"},
		},
		Done:  func(tier, release, took string) string { return fmt.Sprintf("%s runs %s (%s).", tier, release, took) },
		Open:  func(tier string) string { return fmt.Sprintf("%s is open.", tier) },
		Which: "wait --for takes release=R, synced, healthy or open",
	}
}

// Render is what `render` says.
type Render struct {
	Help    Help
	Equal   func(tier string, files int) string
	Differs func(tier string, n int) string
	Written func(files int, dir string) string
	NotHere func(name string) string
}

func renderText() Render {
	return Render{
		Help: Help{
			Line:  "write the generated files; never pushes",
			About: "TIER or SHOPSET says of what. Without --out and --check it prints the paths.",
			Examples: []Example{
				{"shopctl render tier-1 --out /tmp/tier-1", "to look at, or to build"},
				{"shopctl render tier-1 --check", "10 when the branch differs"},
			},
			Flags: map[string]string{"out": "write the files below this folder", "check": "compare with the branch; 10 when it differs"},
		},
		Equal: func(tier string, files int) string {
			return fmt.Sprintf("%s is what the intent asks for (%s)", tier, count(files, "file"))
		},
		Differs: func(tier string, n int) string {
			return fmt.Sprintf("%s differs from the intent in %s", tier, count(n, "file"))
		},
		Written: func(files int, dir string) string {
			return fmt.Sprintf("%s written below %s", count(files, "file"), dir)
		},
		NotHere: func(name string) string { return fmt.Sprintf("there is no tier or ShopSet %q", name) },
	}
}

// Init is what `init` says.
type Init struct {
	Help                                                    Help
	AskName, AskSystem, AskApp, AskConfiguration, AskArgoCD string
	AskTiers                                                string
	Title                                                   func(system string, tiers int) string
	Question                                                string
	Done                                                    func(system string) string
	Already                                                 func(system string) string
	Wrote                                                   func(file string) string
	Paste                                                   string
	Commit                                                  string
	OtherFile                                               func(file string) string
	Needs                                                   func(flag string) string
	ApplyRoots                                              string
	BadTiers                                                func(v string) string
}

func initText() Init {
	return Init{
		Help: Help{
			Line:  "ask, then write .shopctl.yml, branches, intent",
			About: "What is there stays; stopped half-way, the same command goes on. Nothing is committed in the folder it runs in.",
			Examples: []Example{
				{"shopctl init", "it asks"},
				{"shopctl init --name prod --system URL --app URL --argocd none --forge git --tiers 3 --yes", "it does not ask"},
			},
			Flags: map[string]string{
				"name": "the system's name", "system": "address of the system repository", "app": "address of the app repository",
				"configuration": "address of the configuration repository", "forge": "github or git", "api": "base address of the forge's API",
				"argocd": "address of Argo CD, or none", "tiers": "how many tiers (default 3)", "live": "real customers: the top tier is protected",
				"base": "directory of the base in the app repository", "service": "Service of the base that shops are routed to",
			},
		},
		AskName: "Name of the system: ", AskSystem: "Address of the system repository (generated branches): ", AskApp: "Address of the app repository: ",
		AskConfiguration: "Address of the configuration repository (enter: none): ", AskArgoCD: "Address of Argo CD (or none): ", AskTiers: "How many tiers [3]: ",
		Title: func(system string, tiers int) string {
			return fmt.Sprintf("Set up %s with %s", system, count(tiers, "tier"))
		},
		Question:   "Set it up?",
		Done:       func(system string) string { return fmt.Sprintf("%s is set up.", system) },
		Already:    func(system string) string { return fmt.Sprintf("%s is set up already.", system) },
		Wrote:      func(file string) string { return "Wrote " + file },
		Paste:      "To finish, paste:",
		Commit:     "Add shopctl's settings",
		OtherFile:  func(file string) string { return fmt.Sprintf("%s is there already and says something else", file) },
		Needs:      func(flag string) string { return fmt.Sprintf("init needs %s", flag) },
		ApplyRoots: "Argo CD did not take the root Applications; somebody with the right applies them:",
		BadTiers:   func(v string) string { return fmt.Sprintf("%s is no number of tiers: 1 to 10", v) },
	}
}
