package i18n

import "fmt"

// BoardFind is what the page says that finds a shop.
type BoardFind struct {
	Place, Title      string
	Prompt            string // before the text field
	Match, MatchShort string // what a filter can say
	Browser, Copy     string // keys while text is typed
	OpenIt, CopyIt    string
	Clear, Filter     string
	Listing, NoneFits string
	Count             func(found, of string) string
	Took              func(milliseconds string) string
	NoField           func(field, known string) string
}

func boardFind() BoardFind {
	return BoardFind{
		Place: "find shop", Title: "find", Prompt: "/ ",
		Match:      "match: shop, name, host   | tier: shopset: state: plan: release: | ! negates | ~ fuzzy",
		MatchShort: "tier: shopset: state: plan: release: | ! not | ~ fuzzy",
		Browser:    "ctrl-o", Copy: "ctrl-y", OpenIt: "browser", CopyIt: "copy command", Clear: "clear, esc again back", Filter: "filter",
		Listing: "reading the list of shops", NoneFits: "no shop fits",
		Count: func(found, of string) string { return fmt.Sprintf("%s of %s shops", found, of) },
		Took:  func(milliseconds string) string { return milliseconds + " ms" },
		NoField: func(field, known string) string {
			return fmt.Sprintf("there is no field %q; the fields are: %s", field, known)
		},
	}
}
