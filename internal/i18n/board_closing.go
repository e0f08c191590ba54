package i18n

import "fmt"

// BoardClose is what the dialog of a maintenance says.
type BoardClose struct {
	Title                        string
	Scope, Message, Until, Allow string
	Shops                        func(n int) string
	ByItself                     string
	Consequence                  func(shops int, message bool) string
	Closed                       func(until, by string) string
	Checking, Unseen             string
	Open, On                     string // on buttons
	Focused, Next                string // in the last line
}

func boardClose() BoardClose {
	return BoardClose{
		Title: "maintenance on", Scope: "scope", Message: "message", Until: "until", Allow: "allow",
		Shops:    func(n int) string { return count(n, "shop") },
		ByItself: "(opens by itself)",
		Consequence: func(shops int, message bool) string {
			if message {
				return fmt.Sprintf("%s will answer 503 + Retry-After with this message.", count(shops, "shop"))
			}
			return fmt.Sprintf("%s will answer 503 + Retry-After.", count(shops, "shop"))
		},
		Closed:   func(until, by string) string { return "closed until " + until + " by " + by },
		Checking: "being checked", Unseen: "Argo CD is silent: it is written to git, the effect is not seen.",
		Open: "Open now", On: "Turn on",
		Focused: "run the focused button", Next: "next",
	}
}
