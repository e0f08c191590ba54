package i18n

import "fmt"

// Steps are the steps of a run before they are over. What is said then stands
// with the commands.
type Steps struct {
	MoveBranches   func(tier, repositories string) string
	CreateBranches func(repository string, n int) string
	Seed           func(repository string) string
	Write          func(what string) string
	WriteIntent    string
	EndMove        string
	Sync           func(tier string) string
	InstallRoot    func(tier string) string
	Propose        func(tier string) string
	Gates, Hand    string
	Read, Rollout  string
	Dwell          string
	Needs          func(d string) string
	Routes         func(n int) string
	RoutesGone     string
	WaitsForRoutes string
	ShopSet        func(set string) string
	ShopSetGone    func(set string) string
	Open, Closed   string
	Drain          string
	SetImages      string
	OpenPull       string
	MergeByItself  string
	Merge          string
	Mergeable      string

	Look    string            // at the system
	Work    map[string]string // what long work consists of, by kind
	Counted func(done, of string) string

	Lasts func(elapsed, usual string) string     // under what goes on
	At    func(repository, commit string) string // detail of a step that is over
}

func steps() Steps {
	return Steps{
		MoveBranches:   func(tier, repositories string) string { return fmt.Sprintf("Move %s in %s", tier, repositories) },
		CreateBranches: func(repository string, n int) string { return fmt.Sprintf("Make %d branches in %s", n, repository) },
		Seed:           func(repository string) string { return fmt.Sprintf("Make the first commit in %s", repository) },
		Write:          func(what string) string { return fmt.Sprintf("Write the system repository (%s)", what) },
		WriteIntent:    "Write to the intent", EndMove: "Take the old route out of the intent",
		Sync:        func(tier string) string { return fmt.Sprintf("Do the hand step of %s", tier) },
		InstallRoot: func(tier string) string { return fmt.Sprintf("Let Argo CD follow %s", tier) },
		Propose:     func(tier string) string { return fmt.Sprintf("Ask for approval into %s", tier) },
		Gates:       "Gates", Hand: "Hand step", Read: "Argo CD reads exactly that", Rollout: "Rollout", Dwell: "Stay healthy",
		Needs: func(d string) string { return "needs " + d },
		Routes: func(n int) string {
			if n != 1 {
				return "Routes accepted"
			}
			return "Route accepted"
		},
		RoutesGone: "Old route gone", WaitsForRoutes: "waiting for the routes",
		ShopSet:     func(set string) string { return set + " runs" },
		ShopSetGone: func(set string) string { return set + " is gone" },
		Open:        "Customers get in", Closed: "Customers see that it is closed", Drain: "Requests end",
		SetImages: "Set the images on a branch", OpenPull: "Open the pull request", MergeByItself: "Let the forge merge it",
		Merge: "Merge", Mergeable: "The forge says whether it merges",

		Look:    "Looking",
		Work:    map[string]string{"reading": "reading the intent", "comparing": "comparing", "editing": "changing the intent", "rendering": "rendering", "sending": "sending"},
		Counted: func(done, of string) string { return done + "/" + of },

		Lasts: func(elapsed, usual string) string { return fmt.Sprintf("%s so far. %s", elapsed, usual) },
		At:    func(repository, commit string) string { return repository + " " + commit },
	}
}
