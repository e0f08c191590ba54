package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
)

// given is a flag as the line has it; switches hold "true" or "false".
type given struct {
	word, name, value string
	valued            bool // read as a flag that takes a value
}

// line is a command line taken apart: the words of the command, its flags,
// those of the root, the arguments. The order in which the words were typed no
// longer shows. A refused line still holds what was understood of it.
type line struct {
	command *Command
	global  []given
	own     []given
	args    []string
	refused refusal // nil: the line may run
}

// refusal is why a line may not run, in the user's language.
type refusal func(*i18n.Text) *Fail

// mostWords is how many bytes of a person's words the intent keeps.
const mostWords = 4 << 10

// all is the value of a flag whose value may be left out, when it is.
const all = "*"

// The name behind which urfave/cli finds the action of a command that has
// verbs too; otherwise an argument could be taken for a verb.
const itself = "(itself)"

// normaliser stands before urfave/cli, which by itself reads flags behind an
// argument as arguments, so that `promote tier-1 --dry-run` would promote.
type normaliser struct {
	root   *Command
	known  []Flag // of the whole tree: a flag means the same wherever it stands
	argv   []string
	at     *Command
	flags  []given
	args   []string
	fields int // number of the argument that follows a bare --json directly, or -1
	// What is wrong, the first of each kind. An unknown command goes before an
	// unknown flag, for who knows which flags it would have had.
	command, unknown, other refusal
}

func normalise(root *Command, argv []string) line {
	n := &normaliser{root: root, argv: argv, at: root, known: allFlags(root), fields: -1}
	ended := false
	for i := 0; i < len(argv); i++ {
		switch w := argv[i]; {
		case ended:
			n.args = append(n.args, w)
		case w == "--":
			ended = true
		case strings.HasPrefix(w, "--"):
			i += n.long(i)
		case len(w) > 1 && w[0] == '-':
			i += n.short(i)
		default:
			n.word(i)
		}
	}
	return n.line()
}

// allFlags are the flags of the tree, one a name.
func allFlags(root *Command) []Flag {
	flags := globalFlags()
	root.walk(func(c *Command) {
		for _, f := range c.flags() {
			if _, there := findFlag(flags, f.Name); !there {
				flags = append(flags, f)
			}
		}
	})
	return flags
}

func (n *normaliser) refuse(r refusal) {
	if n.other == nil {
		n.other = r
	}
}

// word takes a word without a dash: a command as long as one is expected.
func (n *normaliser) word(i int) {
	w := n.argv[i]
	if len(n.args) == 0 {
		if sub := n.at.sub(w); sub != nil {
			n.at = sub
			return
		}
		if n.at.Run == nil {
			at := n.at
			if n.command == nil {
				n.command = func(t *i18n.Text) *Fail { return unknownCommand(t, n.root, at, n.argv, i) }
			}
		}
	}
	if i > 0 && n.argv[i-1] == "--json" {
		n.fields = len(n.args)
		if strings.Contains(w, ",") {
			n.refuse(func(t *i18n.Text) *Fail { return fieldsNeedEquals(t, n.argv, i) })
		}
	}
	n.args = append(n.args, w)
}

// flag finds a flag by its name or letter: one of the command as far as it is
// known by now, else of any command.
func (n *normaliser) flag(word string) (Flag, bool) {
	if own, ok := n.at.flag(word); ok {
		return own, true
	}
	return findFlag(n.known, word)
}

// long takes --name, --name=value or --name value; it says how many more words it took.
func (n *normaliser) long(i int) int {
	name, value, has := strings.Cut(n.argv[i][2:], "=")
	flag, known := n.flag(name)
	if !known || flag.Name != name {
		n.unknownFlag(i, "--"+name)
		return 0
	}
	return n.take(i, "--"+name, flag, value, has)
}

// short takes -n, -nv, -m text, -mtext.
func (n *normaliser) short(i int) int {
	letters := n.argv[i][1:]
	for at, r := range letters {
		letter := string(r)
		word := "-" + letter
		flag, known := n.flag(letter)
		if !known || flag.Short != letter {
			n.unknownFlag(i, word)
			return 0
		}
		rest := letters[at+len(letter):]
		if flag.Value != "" {
			value, has := strings.CutPrefix(rest, "=")
			return n.take(i, word, flag, value, has || rest != "")
		}
		if value, has := strings.CutPrefix(rest, "="); has {
			return n.take(i, word, flag, value, true)
		}
		n.take(i, word, flag, "", false)
	}
	return 0
}

func (n *normaliser) take(i int, word string, flag Flag, value string, has bool) int {
	took := 0
	switch {
	case flag.Value == "" && !has:
		value = "true"
	case flag.Value == "":
		if value != "true" && value != "false" {
			n.refuse(usage(BadValue, func(t *i18n.Text) string { return t.Frame.BadBool(word, value) }))
		}
	case flag.Bare && !has:
		value = all
	case !has && i+1 < len(n.argv) && (n.argv[i+1] == "-" || !strings.HasPrefix(n.argv[i+1], "-")):
		value, took = n.argv[i+1], 1
	case !has:
		n.refuse(usage(MissingValue, func(t *i18n.Text) string { return t.Frame.MissingValue(word, flag.Value) }))
	}
	n.flags = append(n.flags, given{word, flag.Name, value, flag.Value != ""})
	return took
}

func (n *normaliser) unknownFlag(i int, word string) {
	if n.unknown == nil {
		n.unknown = func(t *i18n.Text) *Fail { return unknownFlag(t, n.at, n.argv, i, word) }
	}
}

// line checks what was gathered against the command that was found.
func (n *normaliser) line() line {
	l := line{command: n.at, args: n.args}
	for _, g := range n.flags {
		if _, global := findFlag(globalFlags(), g.name); global {
			l.global = append(l.global, g)
			n.check(l.global, g)
			continue
		}
		flag, own := n.at.flag(g.name)
		if !own {
			if n.unknown == nil {
				n.unknown = func(t *i18n.Text) *Fail { return unknownFlag(t, n.at, n.argv, -1, g.word) }
			}
			continue
		}
		if g.valued != (flag.Value != "") {
			// Typed before its command, and read as another command's flag of that name.
			n.refuse(usage(BadValue, func(t *i18n.Text) string { return t.Frame.BehindCommand(g.word, n.at.path()) }))
		}
		l.own = append(l.own, g)
		n.check(l.own, g)
	}
	n.checkPairs(l)
	n.checkArgs()
	for _, r := range []refusal{n.command, n.unknown, n.other} {
		if r != nil {
			l.refused = r
			break
		}
	}
	return l
}

// check holds the last one of flags against those before it and against its kind.
func (n *normaliser) check(flags []given, g given) {
	flag, own := n.at.flag(g.name)
	if !own {
		flag, _ = findFlag(globalFlags(), g.name)
	}
	for _, before := range flags[:len(flags)-1] {
		if before.name == g.name && !flag.Many && (flag.Value != "" || before.value != g.value) {
			n.refuse(usage(GivenTwice, func(t *i18n.Text) string { return t.Frame.Twice("--" + flag.Name) }))
		}
	}
	var message func(t *i18n.Text) string
	switch {
	case flag.Choices != nil && !slices.Contains(flag.Choices, g.value):
		message = func(t *i18n.Text) string { return t.Frame.BadChoice(g.word, g.value, flag.Choices) }
	case flag.Kind == Duration:
		var d shop.Duration
		if d.UnmarshalText([]byte(g.value)) != nil {
			message = func(t *i18n.Text) string { return t.Frame.BadDuration(g.word, g.value) }
		}
	case flag.Kind == Words && len(g.value) > mostWords:
		message = func(t *i18n.Text) string { return t.Frame.TooLong(g.word, len(g.value), mostWords) }
	case flag.Kind == Number:
		if v, err := strconv.Atoi(g.value); err != nil || v < 0 {
			message = func(t *i18n.Text) string { return t.Frame.BadNumber(g.word, g.value) }
		}
	}
	if message != nil {
		n.refuse(usage(BadValue, message))
	}
}

func (n *normaliser) checkPairs(l line) {
	if l.is("wait") && l.is("no-wait") {
		n.refuse(usage(ConflictingFlags, func(t *i18n.Text) string { return t.Frame.ConflictingOptions("--wait", "--no-wait") }))
	}
	if l.is("jq") && l.is("template") {
		n.refuse(usage(ConflictingFlags, func(t *i18n.Text) string { return t.Frame.ConflictingOptions("--jq", "--template") }))
	}
}

func (n *normaliser) checkArgs() {
	at := n.at
	if at.Run == nil {
		if at != n.root {
			n.refuse(func(t *i18n.Text) *Fail { return needsVerb(t, at) })
		} else if len(n.args) > 0 {
			n.refuse(usage(UnknownCommand, func(t *i18n.Text) string { return t.Frame.UnknownCommand(at.path(), n.args[0]) }))
		}
		return
	}
	for i, a := range at.Args {
		if i >= len(n.args) && !a.Optional {
			n.refuse(func(t *i18n.Text) *Fail { return missingArgument(t, at, a) })
		}
		if i < len(n.args) && a.Choices != nil && !slices.Contains(a.Choices, n.args[i]) {
			word := n.args[i]
			n.refuse(func(t *i18n.Text) *Fail { return badArgument(t, at, a, word) })
		}
	}
	if many := len(at.Args) > 0 && at.Args[len(at.Args)-1].Many; !many && len(n.args) > len(at.Args) {
		extra := len(at.Args)
		word := n.args[extra]
		if n.fields == extra {
			n.refuse(func(t *i18n.Text) *Fail { return fieldsNeedEquals(t, n.argv, slices.Index(n.argv, "--json")+1) })
		}
		n.refuse(func(t *i18n.Text) *Fail { return surplus(t, at, word) })
	}
}

// is reports whether a flag is given, and not as =false.
func (l line) is(name string) bool { v, ok := l.value(name); return ok && v != "false" }

func (l line) value(name string) (string, bool) {
	for _, g := range slices.Concat(l.global, l.own) {
		if g.name == name {
			return g.value, true
		}
	}
	return "", false
}

// words is the line as urfave/cli reads it rightly: each flag directly behind
// the command that owns it, then -- and the arguments.
func (l line) words() []string {
	var names []string
	for c := l.command; c.parent != nil; c = c.parent {
		names = append(names, c.Name)
	}
	slices.Reverse(names)
	words := append([]string{"shopctl"}, flagWords(l.global)...)
	words = append(words, names...)
	if len(l.command.Subs) > 0 && l.command.parent != nil {
		words = append(words, itself)
	}
	words = append(words, flagWords(l.own)...)
	return append(append(words, "--"), l.args...)
}

func flagWords(flags []given) []string {
	var words []string
	for _, g := range flags {
		words = append(words, "--"+g.name+"="+g.value)
	}
	return words
}
