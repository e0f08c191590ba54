package cli

// globalFlags are those of every command, declared once at the root.
func globalFlags() []Flag {
	return []Flag{
		{Name: "json", Value: "F,…", Bare: true},
		{Name: "jq", Value: "EXPR"},
		{Name: "template", Value: "T"},
		{Name: "lang", Value: "en|ja", Choices: []string{"en", "ja"}},
		{Name: "color", Value: "auto|always|never", Choices: []string{"auto", "always", "never"}},
		{Name: "quiet", Short: "q"},
		{Name: "verbose", Short: "v"},
		{Name: "debug"},
		{Name: "no-input"},
		{Name: "accessible"},
		{Name: "ci", Value: "github|none", Choices: []string{"github", "none"}},
		{Name: "config", Value: "FILE"},
		{Name: "show-commands"},
		{Name: "help", Short: "h"},
		{Name: "version", Short: "V"},
	}
}

func mutatingFlags() []Flag {
	return []Flag{
		{Name: "dry-run", Short: "n"},
		{Name: "yes", Short: "y"},
		{Name: "confirm", Value: "NAME"},
		{Name: "accept-risk", Value: "RISK", Many: true, Complete: completeRisks},
		{Name: "wait"},
		{Name: "no-wait"},
		timeoutFlag(),
		{Name: "reason", Short: "m", Value: "TEXT", Kind: Words},
	}
}

func timeoutFlag() Flag { return Flag{Name: "timeout", Value: "15m", Kind: Duration} }

// Flags with one meaning wherever they stand; a command takes those that it
// knows. Their words of help are shared.
func tierFlag() Flag     { return Flag{Name: "tier", Short: "t", Value: "TIER", Complete: completeTiers} }
func shopsetFlag() Flag  { return Flag{Name: "shopset", Value: "SHOPSET", Complete: completeShopSets} }
func shopFlag() Flag     { return Flag{Name: "shop", Short: "s", Value: "SHOP", Complete: completeShops} }
func limitFlag() Flag    { return Flag{Name: "limit", Value: "N", Kind: Number} }
func exitCodeFlag() Flag { return Flag{Name: "exit-code"} }
