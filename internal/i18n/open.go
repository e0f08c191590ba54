package i18n

// Open is what `open` says, and whoever else shows a page.
type Open struct {
	Help          Help
	NoForge       string
	NoArgoCD      string
	NoHost        func(shop string) string
	NotOpened     string
	BrowserFailed func(program string) string
	InTheTerminal string
	Forms         string
}

func openText() Open {
	return Open{
		Help: Help{
			Line: "in the browser: shop, tier, pull request, configuration, Argo CD, docs",
			About: "Without TARGET: the system in Argo CD. Off a terminal, or without a browser, the address is printed.\n" +
				"The browser is yours: SHOPCTL_BROWSER, BROWSER or that of the desktop; it is given https addresses only.",
			Examples: []Example{
				{"shopctl open momiji", "the shop, as customers see it"},
				{"shopctl open tier-1", "the tier's ShopSets in Argo CD"},
				{"shopctl open '#482'", "the pull request"},
				{"shopctl open configuration --tier tier-1", "the configuration that tier-1 takes"},
				{"shopctl open docs", ""},
			},
			Flags: map[string]string{"tier": "the branch of the configuration"},
		},
		NoForge:       "the repository lies on no forge that has pages for it",
		NoArgoCD:      "the system has no Argo CD (argocd: none)",
		NoHost:        func(shop string) string { return shop + " has no host" },
		NotOpened:     "not opened: only https is",
		BrowserFailed: func(program string) string { return program + " did not open it" },
		InTheTerminal: "look here",
		Forms:         "TARGET is a shop, a ShopSet, a tier, #482, configuration, argocd or docs.",
	}
}
