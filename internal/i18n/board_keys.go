package i18n

// BoardKeys is the help of the board's keys.
type BoardKeys struct {
	Does               map[string]string // by the action's id
	Here, Filter, None string
	Off                func(does, why string) string
	NotHere            func(key, action string) string // the page has nothing to do that to
	Interrupt, Leaves  string
	Shift, Selects     string
	Head               string // over the table of help keys
	Key, Action, What  string // heads of its columns
	// What is wrong with ui.keys.*.
	Twice    func(key, action, other string) string
	NoKey    func(key, action string) string
	NoAction func(action string) string
	Choose   string
	Drop     string
}

func boardKeys() BoardKeys {
	return BoardKeys{
		Does: map[string]string{
			"up": "row above", "down": "row below", "left": "tier or tab to the left", "right": "tier or tab to the right",
			"page-up": "a page up", "page-down": "a page down", "top": "first row", "end": "last row",
			"enter": "open what the cursor is on", "back": "one level out; never quits", "pane": "the other part of the page",
			"find": "find a shop, or filter", "palette": "any command of the command line",
			"diff": "what waits for the tier", "why": "why the tier takes nothing: each gate", "activity": "who did what",
			"doctor": "check everything", "commands": "the plain git and kubectl lines", "running": "what runs, begun here",
			"events": "events of the rollout", "errors": "the last five errors", "open": "its page in the browser",
			"copy": "copy the command line to the clipboard", "sort": "sort by another column", "pause": "hold the picture still",
			"refresh": "look again now", "promote": "promote: preview, then ask", "rollback": "roll back: preview, then ask",
			"maintenance": "close, or open again: a dialog", "move": "move the shop: preview, then ask",
			"go-back": "go back from the rollout: preview, then ask", "export": "write these rows to a JSON file", "help": "the keys of where you are", "quit": "leave the board, from its first page",
		},
		Here: "keys", Filter: "type to filter", None: "no key does that here",
		Off:       func(does, why string) string { return does + ": " + why },
		NotHere:   func(key, action string) string { return key + " " + action + ": not on this page" },
		Interrupt: "ctrl+c", Leaves: "leave at once; what runs is told so and goes on where it must",
		Shift: "shift+mouse", Selects: "select text, as the terminal does it",
		Head: "On the board (shopctl ui); ? shows those of where you are. No single key changes anything.",
		Key:  "KEY", Action: "ACTION", What: "WHAT IT DOES",
		Twice: func(key, action, other string) string {
			return "the key " + key + " is bound twice: to " + action + " and to " + other
		},
		NoKey:    func(key, action string) string { return "ui.keys." + action + ": there is no key " + key },
		NoAction: func(action string) string { return "ui.keys." + action + ": the board has no such action" },
		Choose:   "choose another", Drop: "take ours again",
	}
}

// BoardMenu is what the palette says.
type BoardMenu struct {
	Choose, Take, Run string // in the last line
	NoSuch, InShell   string
	NeedsShell        func(line, quit string) string // a key
	ShellOnly         string
	ShellHint         string
	WouldChange       string
}

func boardMenu() BoardMenu {
	return BoardMenu{
		Choose: "choose", Take: "take", Run: "run",
		NoSuch: "no command is like that", InShell: "(in a shell)",
		NeedsShell: func(line, quit string) string {
			return line + " needs the terminal: " + quit + " leaves the board, then run it there"
		},
		ShellOnly:   "this needs the terminal, which the board has",
		ShellHint:   "leave the board, then",
		WouldChange: "this changes something, and is not only looked at",
	}
}

// keysTopic stands under the table of help keys.
const keysTopic = `Other keys: shopctl settings set ui.keys.ACTION KEY, as ctrl+p, f5 or "P space".
In a text field printable keys are text. At prompts: y and n, a name, or a number
from a list; Ctrl-C leaves without a change.`
