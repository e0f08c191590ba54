package i18n

import "fmt"

// Board is what the frame of `ui` says.
type Board struct {
	Help      Help
	Action    map[string]string // what the keys do, by the action's id
	Key       map[string]string // names of keys, where they are not the key itself
	PlainKey  map[string]string // the same without arrows
	Live      string
	Demo      string
	App       func(name string) string
	Looking   string
	NeverSeen string
	Silent    string
	NoArgoCD  string
	Fresh     func(age string) string
	Stale     func(age string) string
	Before    func(age string) string // of what an earlier run saw
	Paused    func(missed int) string
	TooSmall  func(needW, needH, w, h int) string

	QuitsFromTop func(quit, back string) string // keys
	NoTerminal   string
}

func board() Board {
	return Board{
		Help: Help{
			Line:  "the board: every tier on one screen, with find, promote, maintenance",
			About: "Keys: shopctl help keys. It changes nothing without a preview and a confirmation, and each\nchange is the commit that the command line would make.",
			Examples: []Example{
				{"shopctl ui", "leave it open all day"},
				{"shopctl ui --read-only", "on a wall: nothing can be changed"},
				{"shopctl ui --accessible", "a numbered menu of plain lines, for ears"},
			},
			Flags: map[string]string{"read-only": "nothing can be changed", "no-mouse": "leave the mouse to the terminal"},
		},
		Action: map[string]string{
			"up": "row", "down": "row", "left": "tier", "right": "tier", "top": "first", "end": "last", "page-up": "page up", "page-down": "page down",
			"enter": "open", "back": "back", "pane": "pane", "find": "find shop", "palette": "command",
			"promote": "promote", "diff": "diff", "maintenance": "maintenance", "rollback": "roll back", "move": "move shop", "why": "why", "activity": "activity",
			"open": "open", "copy": "copy command", "commands": "plain commands", "sort": "sort", "pause": "pause", "refresh": "refresh", "doctor": "doctor",
			"errors": "errors", "help": "help", "quit": "quit", "running": "what runs", "events": "events", "go-back": "go back", "export": "export JSON",
		},
		PlainKey: map[string]string{" ": "space", "left": "left", "right": "right", "up": "up", "down": "down"},
		Key:      map[string]string{" ": "space", "left": "←", "right": "→", "up": "↑", "down": "↓"},
		Live:     "LIVE", Demo: "DEMO",
		App:       func(name string) string { return "app: " + name },
		Looking:   "looking",
		NeverSeen: "nothing seen yet",
		Silent:    "Argo CD silent",
		NoArgoCD:  "no Argo CD",
		Fresh:     func(age string) string { return "fresh " + age },
		Stale:     func(age string) string { return "STALE " + age },
		Before:    func(age string) string { return "as of " + age + " ago" },
		Paused:    func(missed int) string { return fmt.Sprintf("paused, %d missed", missed) },
		TooSmall: func(needW, needH, w, h int) string {
			return fmt.Sprintf("needs %dx%d, this is %dx%d", needW, needH, w, h)
		},
		QuitsFromTop: func(quit, back string) string {
			return quit + " quits from the first screen; " + back + " goes back there"
		},
		NoTerminal: "the board needs a terminal",
	}
}
