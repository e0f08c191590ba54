package i18n

import (
	"fmt"
	"strings"
)

// Frame is what the command line says around every command.
type Frame struct {
	// Shape of an error.
	Error, Hint, Or string
	ExplainLine     func(code string) string // (shopctl explain SHOP-6002)
	Exit            func(code int) string

	// Limits of the forge.
	Used     func(calls, notModified, points int) string
	UsedLeft func(remaining, limit int, reset string) string

	// Usage.
	UnknownCommand     func(path string, word string) string
	UnknownFlag        func(path, flag string) string
	MissingValue       func(flag, value string) string
	NoValue            func(flag string) string
	BadBool            func(flag, value string) string
	BadDuration        func(flag, value string) string
	TooLong            func(flag string, bytes, most int) string
	BadNumber          func(flag, value string) string
	BadChoice          func(what, value string, choices []string) string
	Twice              func(flag string) string
	Surplus            func(path, word string) string
	MissingArgument    func(path, name string) string
	NeedsVerb          func(path string) string
	Later              func(word string) string
	NotYet             func(path string) string
	NoJSON             func(path string) string
	UnknownField       func(field string, known []string) string
	JSONNeedsEquals    string
	DidYouMean         string
	SeeHelp            string
	FieldsAre          string
	WriteIt            string
	Elsewhere          map[string]func() (message, hint, command string)
	ConflictingOptions func(a, b string) string
	BehindCommand      func(flag, path string) string

	// Settings and the system.
	NoSystem, NoSystemAt      func(file string) string
	NoSystemHint, NoDemoHint  string
	BadFile                   func(file string, problems int) string
	RawError                  func(file string) string
	Defect                    string
	DefectReason              func(log string) string
	DefectHint                string
	TimeIsUp, AskAgain, Again string

	// Prompts.
	YesNo          string // after a question
	TypeName       func(name string, details bool) string
	Pick           func(n int) string
	PickAgain      func(n int) string
	Reason         string
	Declined       string
	WrongName      func(typed, name string) string
	NeedsAnswer    string
	NeedsName      func(name string) string
	YesIsNotEnough func(name string) string
	AnswerWith     string
	RiskNotTaken   func(risk string) string
	RiskHint       string
	NeedsReason    string
	ReasonHint     string
	RiskLine       func(risks []string) string

	// Help.
	Groups                                                          map[string]string
	Usage, Examples, Flags, Shared, Commands, Topics, Title, Values string
	NewHere, More                                                   string
	SharedFlags                                                     map[string]string
	ShortHelp                                                       []Example
}

func frame() Frame {
	return Frame{
		Used: func(calls, notModified, points int) string {
			return fmt.Sprintf("forge: %d calls, %d of them unchanged, %d points", calls, notModified, points)
		},
		UsedLeft: func(remaining, limit int, reset string) string {
			return fmt.Sprintf(", %d of %d left until %s", remaining, limit, reset)
		},

		Error:       "error:",
		Hint:        "hint:",
		Or:          "or ",
		ExplainLine: func(code string) string { return "(shopctl explain " + code + ")" },
		Exit:        func(code int) string { return fmt.Sprintf("exit %d", code) },

		UnknownCommand: func(path, word string) string { return fmt.Sprintf("%s has no %q", path, word) },
		UnknownFlag:    func(path, flag string) string { return fmt.Sprintf("%s has no flag %s", path, flag) },
		MissingValue:   func(flag, value string) string { return fmt.Sprintf("%s needs a value: %s %s", flag, flag, value) },
		NoValue:        func(flag string) string { return flag + " takes no value" },
		BadBool: func(flag, value string) string {
			return fmt.Sprintf("%s is a switch: %q is no value for it", flag, value)
		},
		TooLong: func(flag string, bytes, most int) string {
			return fmt.Sprintf("%s has %d bytes; at most %d are kept", flag, bytes, most)
		},
		BadDuration: func(flag, value string) string {
			return fmt.Sprintf("%s: %q is no duration, such as 30s, 15m or 4h", flag, value)
		},
		BadNumber: func(flag, value string) string { return fmt.Sprintf("%s: %q is no number", flag, value) },
		BadChoice: func(what, value string, choices []string) string {
			return fmt.Sprintf("%s: %q is not one of %s", what, value, strings.Join(choices, " "))
		},
		Twice:   func(flag string) string { return flag + " is given twice" },
		Surplus: func(path, word string) string { return fmt.Sprintf("%s: %q is one argument too many", path, word) },
		MissingArgument: func(path, name string) string {
			return fmt.Sprintf("%s needs %s", path, name)
		},
		NeedsVerb: func(path string) string { return path + " needs a verb" },
		Later:     func(word string) string { return fmt.Sprintf("shopctl has no %q yet", word) },
		NotYet: func(path string) string {
			return fmt.Sprintf("this version of shopctl does not have %q yet", path)
		},
		NoJSON: func(path string) string { return path + " has no JSON output" },
		UnknownField: func(field string, known []string) string {
			return fmt.Sprintf("--json: there is no field %q; fields: %s", field, strings.Join(known, " "))
		},
		JSONNeedsEquals: "the fields of --json follow an equals sign",
		DidYouMean:      "did you mean",
		SeeHelp:         "read its help",
		FieldsAre:       "list the fields",
		WriteIt:         "write",
		Elsewhere:       elsewhere(),
		ConflictingOptions: func(a, b string) string {
			return fmt.Sprintf("%s and %s exclude each other", a, b)
		},

		BehindCommand: func(flag, path string) string {
			return fmt.Sprintf("%s stands behind its command: write %s %s", flag, path, flag)
		},

		NoSystem: func(dir string) string {
			return fmt.Sprintf("there is no .shopctl.yml in %s or above it, up to the root of the repository", dir)
		},
		NoSystemAt:   func(file string) string { return fmt.Sprintf("there is no file %s", file) },
		NoSystemHint: "set up a system",
		NoDemoHint:   "try without one",
		BadFile: func(file string, problems int) string {
			if problems == 1 {
				return file + " has a mistake"
			}
			return fmt.Sprintf("%s has %d mistakes", file, problems)
		},
		RawError:     func(file string) string { return "the whole story is in " + file },
		Defect:       "shopctl has a defect: it stopped in the middle of its work",
		DefectReason: func(log string) string { return "where it happened is in " + log },
		DefectHint:   "look at what is so, then run the command again; nothing is done twice",
		TimeIsUp:     "the time is up",
		AskAgain:     "give it more time",
		Again:        "try again",

		YesNo: " [y/N] ",
		TypeName: func(name string, details bool) string {
			if details {
				return fmt.Sprintf("Type the name to go on [%s], d for the full diff, or Ctrl-C: ", name)
			}
			return fmt.Sprintf("Type the name to go on [%s], or Ctrl-C: ", name)
		},
		Pick:      func(n int) string { return fmt.Sprintf("Number [1-%d]: ", n) },
		PickAgain: func(n int) string { return fmt.Sprintf("Please type a number from 1 to %d.", n) },
		Reason:    "Reason, kept in the commit: ",
		Declined:  "not done: the answer was no",
		WrongName: func(typed, name string) string {
			return fmt.Sprintf("not done: %q is not %q", typed, name)
		},
		NeedsAnswer: "this asks first, and there is no terminal to ask on",
		NeedsName: func(name string) string {
			return fmt.Sprintf("this asks for the name %q, and there is no terminal to ask on", name)
		},
		YesIsNotEnough: func(name string) string { return fmt.Sprintf("--yes is not enough here: give the name %q", name) },
		AnswerWith:     "answer with",
		RiskNotTaken:   func(risk string) string { return fmt.Sprintf("the risk %s is not accepted", risk) },
		RiskHint:       "accept it with",
		NeedsReason:    "this needs a reason, which is kept in the commit",
		ReasonHint:     "give it with",
		RiskLine:       func(risks []string) string { return "  risk: " + strings.Join(risks, ", ") },

		Groups: map[string]string{
			"release": "Release", "shops": "Shops", "look": "Look", "repair": "Repair", "setup": "Set up", "help": "Help",
		},
		Usage: "Usage", Examples: "Examples", Flags: "Flags", Shared: "Flags of every command",
		Commands: "Commands", Topics: "Topics", Values: "one of",
		Title:   "shopctl: releases and shops, tier by tier",
		NewHere: "New here?", More: "More:",
		SharedFlags: sharedFlags(),
		ShortHelp: []Example{
			{"shopctl status", "what is live where"},
			{"shopctl where a1b2c3d", "is my change live?"},
			{"shopctl promote tier-1", "move what tier-0 runs into tier-1"},
			{"shopctl rollback tier-1", "go back to the release before"},
			{"shopctl maintenance on --shop momiji --for 30m", ""},
		},
	}
}

func sharedFlags() map[string]string {
	return map[string]string{
		"json":          "machine output: all fields, or these (--json= lists them)",
		"jq":            "filter the JSON; nothing else need be installed",
		"template":      "write the JSON through a Go template",
		"lang":          "language",
		"color":         "colour",
		"quiet":         "say less",
		"verbose":       "Kubernetes words and paths too",
		"debug":         "log lines on stderr, secrets masked",
		"no-input":      "never ask",
		"accessible":    "plain lines for a screen reader",
		"ci":            "style of the output in CI",
		"config":        "the .shopctl.yml of another system",
		"help":          "help, examples first",
		"version":       "this version",
		"show-commands": "the plain git and kubectl lines that do the same by hand; with -n print them and stop",
		"dry-run":       "show the plan, write nothing",
		"yes":           "answer yes",
		"confirm":       "the name that is asked for",
		"accept-risk":   "take a risk that the preview names",
		"wait":          "wait until it has arrived (default)",
		"no-wait":       "do not wait; print the line that does",
		"timeout":       "how long to wait at most",
		"reason":        "kept in the commit",
		"tier":          "only this tier",
		"shopset":       "only this ShopSet",
		"shop":          "only this shop",
		"limit":         "at most so many",
		"exit-code":     "10 when something waits or differs, 9 when something is unhealthy",
	}
}

// elsewhere answers the words that users bring along from other tools.
func elsewhere() map[string]func() (message, hint, command string) {
	say := func(message, hint, command string) func() (string, string, string) {
		return func() (string, string, string) { return message, hint, command }
	}
	return map[string]func() (message, hint, command string){
		"deploy":            say(`shopctl has no "deploy". Merge your pull request: it goes to tier-0 by itself`, "then", "shopctl promote tier-1"),
		"pipelines:promote": say(`shopctl has no "pipelines:promote": a tier takes its release from the one below`, "promote", "shopctl promote tier-1"),
		"maintenance:on":    say(`shopctl has no "maintenance:on": it is two words, and always has an end`, "close", "shopctl maintenance on --shop NAME --for 30m"),
		"releases:rollback": say(`shopctl has no "releases:rollback"`, "go back", "shopctl rollback tier-1"),
		"lock":              say(`shopctl has no "lock": a tier that takes no release is frozen`, "freeze", `shopctl tier freeze tier-1 -m "…"`),
		"audit":             say(`shopctl has no "audit": who did what is the activity`, "look", "shopctl activity"),
		"details":           say(`shopctl has no "details"`, "look", "shopctl status tier-1"),
		"approve":           say(`shopctl has no "approve": reviews are given at the pull request; that you tried a release is told with verify`, "tell", "shopctl verify tier-0"),
		"config":            say(`shopctl has no "config": shopctl's own are settings, the team's is the configuration`, "read", "shopctl settings list"),
		"create":            say(`shopctl has no "create": things are added by their noun`, "add", "shopctl shop add NAME --host HOST"),
	}
}
