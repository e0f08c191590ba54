package i18n

import "fmt"

// ShopSet is what `shopset` and its verbs say.
type ShopSet struct {
	Help                                                                        Help
	None, NoProblem, NotOnBranch, Draining                                      string
	ShopsLabel, FilledLabel, ConnectionsLabel, ClusterLabel, ConfigurationLabel string
	NoCluster                                                                   func(name string) string
	BadName                                                                     func(name string) string
	LongName                                                                    func(n, most int) string
	NeedsTier                                                                   string
	AddQuestion                                                                 func(set string) string
	AddTitle                                                                    func(set, tier, release, place, configuration string) string
	Added                                                                       func(set, tier, took string) string
	DrainTitle                                                                  func(set string, shops, to int) string
	DrainGoesOn                                                                 func(set string, shops int) string
	Drained                                                                     func(set string, shops int, took string) string
	EndDrainQuestion, EndDrainTitle, DrainEnded                                 func(set string) string
	RemoveTitle                                                                 func(set, tier, place string) string
	LastOfTier                                                                  func(tier string) string
	Removed                                                                     func(set, took string) string
}

func shopSet() ShopSet {
	return ShopSet{
		Help: Help{
			Line:     "the copies of the application, and how they are",
			Examples: []Example{{"shopctl shopset list --problems", "those that somebody should look at"}, {"shopctl shopset add s-302 --tier tier-2", "one more"}},
			Subs: map[string]Help{
				"list": {Line: "all copies, how they are and how full", Examples: []Example{{"shopctl shopset list --tier tier-1", ""}}, Flags: map[string]string{"cluster": "only this cluster", "problems": "only what is not healthy"}},
				"show": {Line: "one copy in full", Examples: []Example{{"shopctl shopset show s-101", ""}}},
				"add": {
					Line: "a new copy", About: "It begins with what its tier runs. Without --failure-domain it gets the one in which the tier has the fewest.",
					Examples: []Example{{"shopctl shopset add s-302 --tier tier-2 --cluster tokyo --failure-domain a", ""}},
					Flags:    map[string]string{"configuration": "what it is made with", "cluster": "where it lives", "failure-domain": "what it fails together with", "degraded-grace": "how long degraded lasts before it counts", "tier": "its tier"},
				},
				"drain":  {Line: "move its shops away, fewest moves first", About: "No new shops come, and each shop moves once, within the tier and the cluster.", Examples: []Example{{"shopctl shopset drain s-101 --why", ""}, {"shopctl shopset drain s-101 --end", "it takes shops again"}}, Flags: map[string]string{"why": "which shop goes where", "end": "let shops in again; those that moved stay where they are"}},
				"remove": {Line: "only when it is empty", Examples: []Example{{"shopctl shopset remove s-101 --confirm=s-101", ""}}},
			},
		},
		None: "no ShopSet", NoProblem: "no ShopSet has a problem", NotOnBranch: "not on its branch", Draining: "draining",
		ShopsLabel: "shops", FilledLabel: "filled", ConnectionsLabel: "db connections", ClusterLabel: "cluster", ConfigurationLabel: "configuration",
		NoCluster: func(name string) string { return fmt.Sprintf("there is no cluster %q", name) },
		BadName: func(name string) string {
			return fmt.Sprintf("%q is no name of a ShopSet: lower-case letters, digits and inner hyphens, not ending in -shops", name)
		},
		LongName: func(n, most int) string {
			return fmt.Sprintf("the names of system and ShopSet have %d characters together; at most %d are possible", n, most)
		},
		NeedsTier:   "a ShopSet belongs to a tier: --tier TIER",
		AddQuestion: func(set string) string { return fmt.Sprintf("Add %s?", set) },
		AddTitle: func(set, tier, release, place, configuration string) string {
			return fmt.Sprintf("Add %s to %s, which runs %s  in %s, made with %s", set, tier, release, place, configuration)
		},
		Added: func(set, tier, took string) string {
			return fmt.Sprintf("%s is a ShopSet of %s (%s).", set, tier, took)
		},
		DrainTitle: func(set string, shops, to int) string {
			return fmt.Sprintf("Drain %s: %s to %s", set, counted(shops, "shop"), counted(to, "ShopSet"))
		},
		DrainGoesOn: func(set string, shops int) string {
			return fmt.Sprintf("%s takes no new shops; %s on the way out.", set, counted(shops, "shop"))
		},
		Drained: func(set string, shops int, took string) string {
			return fmt.Sprintf("%s is empty: %s moved in %s.", set, counted(shops, "shop"), took)
		},
		EndDrainQuestion: func(set string) string { return fmt.Sprintf("Let shops into %s again?", set) },
		EndDrainTitle:    func(set string) string { return fmt.Sprintf("End the drain of %s: it takes shops again", set) },
		DrainEnded: func(set string) string {
			return fmt.Sprintf("%s takes shops again; those that moved stay where they are.", set)
		},
		RemoveTitle: func(set, tier, place string) string {
			return fmt.Sprintf("Remove %s from %s (%s): nobody lives there", set, tier, place)
		},
		LastOfTier: func(tier string) string {
			return fmt.Sprintf("it is the last ShopSet of %s: releases cannot be tried there any more", tier)
		},
		Removed: func(set, took string) string { return fmt.Sprintf("Removed %s in %s.", set, took) },
	}
}

// Configuration is what `configuration` and its verbs say.
type Configuration struct {
	Help                                                                          Help
	Name, Base, Path, Service, ShopSets                                           string
	BaseLabel, PathLabel, ServiceLabel, ShopSetsLabel, ParameterLabel, NotBuiltIn string
	Unknown                                                                       func(name string) string
}

func configuration() Configuration {
	return Configuration{
		Help: Help{
			Line:     "what a ShopSet can be made with",
			Examples: []Example{{"shopctl configuration list", ""}},
			Subs: map[string]Help{
				"list": {Line: "all of them", Examples: []Example{{"shopctl configuration list", ""}}},
				"show": {Line: "one in full", Examples: []Example{{"shopctl configuration show default", ""}}},
			},
		},
		Name: "CONFIGURATION", Base: "BASE", Path: "PATH", Service: "SERVICE", ShopSets: "SHOPSETS",
		BaseLabel: "base", PathLabel: "path", ServiceLabel: "service", ShopSetsLabel: "shopsets", ParameterLabel: "parameter",
		NotBuiltIn: "nothing of the configuration repository is built in",
		Unknown:    func(name string) string { return fmt.Sprintf("there is no Configuration %q", name) },
	}
}
