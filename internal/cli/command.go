package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
)

// Command is one word of the command line: a verb, or a noun with verbs.
type Command struct {
	Name  string
	Group Group
	Help  func(*i18n.Text) i18n.Help
	Args  []Arg
	Flags []Flag
	Subs  []*Command

	Mutates bool   // adds --dry-run --yes --confirm --accept-risk --wait --no-wait --timeout --reason
	Shell   bool   // needs the terminal to itself: the board names it and does not carry it out
	Plain   bool   // works without settings: a broken file does not stop it
	Kind    string // of the JSON object; empty: no JSON
	Fields  any    // a zero value of what Show is given: its JSON fields are known before anything runs

	Run func(context.Context, *Call) error

	parent *Command
}

// Group is where the short help lists a command.
type Group string

// The groups of the short help.
const (
	Release   Group = "release"
	Shops     Group = "shops"
	Look      Group = "look"
	Repair    Group = "repair"
	SetUp     Group = "setup"
	HelpGroup Group = "help"
)

// Arg is an argument. Optional ones follow the others, Many is the last.
type Arg struct {
	Name     string // as help shows it: TIER
	Optional bool
	Many     bool
	Choices  []string // the only values; also completed
	Complete Completer
}

// Flag is a flag; a Value makes it one that takes a value.
type Flag struct {
	Name     string
	Short    string // one letter
	Value    string // as help shows it: TIER; empty: a switch
	Kind     Kind
	Many     bool // may be given several times
	Bare     bool // the value may be left out, and follows = if it is there
	Shell    bool // what it asks for is nothing for the board: it goes on, or writes here
	Choices  []string
	Complete Completer
}

// Kind is what a flag's value must be. It is checked before anything runs.
type Kind int

// The kinds of values.
const (
	AnyText  Kind = iota
	Duration      // 30s, 15m, 4h
	Number        // 0 or more
	Words         // a person's words, kept in the intent and in commits
)

// Completer names the words that may stand in a place, for the TAB key. It must
// be quick, must not change, ask or print anything, and may use what an earlier
// command left in the cache. Words that do not begin with prefix are dropped.
type Completer func(ctx context.Context, c *Call, prefix string) []Candidate

// Candidate is one word for the TAB key, with a description for shells that
// show one.
type Candidate struct{ Word, About string }

// path is the command as it is typed, "shopctl settings list".
func (c *Command) path() string {
	if c.parent == nil {
		return c.Name
	}
	return c.parent.path() + " " + c.Name
}

func (c *Command) sub(name string) *Command {
	for _, s := range c.Subs {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func (c *Command) subNames() []string {
	var names []string
	for _, s := range c.Subs {
		names = append(names, s.Name)
	}
	return names
}

// flags are those that the command owns.
func (c *Command) flags() []Flag {
	if c.Mutates {
		return slices.Concat(c.Flags, mutatingFlags())
	}
	return c.Flags
}

func (c *Command) flag(name string) (Flag, bool) { return findFlag(c.flags(), name) }

func findFlag(flags []Flag, name string) (Flag, bool) {
	for _, f := range flags {
		if f.Name == name || f.Short == name && name != "" {
			return f, true
		}
	}
	return Flag{}, false
}

// usage is the line that shows the arguments: "shopctl wait TARGET".
func (c *Command) usage() string {
	words := []string{c.path()}
	if len(c.Subs) > 0 && c.Run == nil {
		words = append(words, strings.Join(c.subNames(), "|"))
	}
	for _, a := range c.Args {
		name := a.Name
		if a.Many {
			name += "…"
		}
		if a.Optional {
			name = "[" + name + "]"
		}
		words = append(words, name)
	}
	return strings.Join(words, " ")
}

// help is the command's text; a verb of a noun finds its own under the noun's.
func (c *Command) help(t *i18n.Text) i18n.Help {
	if c.Help != nil {
		return c.Help(t)
	}
	if c.parent != nil && c.parent.Help != nil {
		return c.parent.Help(t).Subs[c.Name]
	}
	return i18n.Help{}
}

// adopt tells each command who its parent is.
func (c *Command) adopt() *Command {
	for _, s := range c.Subs {
		s.parent = c
		s.adopt()
	}
	return c
}

// walk visits the commands below c.
func (c *Command) walk(visit func(*Command)) {
	for _, s := range c.Subs {
		visit(s)
		s.walk(visit)
	}
}
