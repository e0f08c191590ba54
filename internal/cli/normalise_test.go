package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/i18n"
)

// practice is a small tree with every shape of command.
func practice(run func(context.Context, *Call) error) *Command {
	tier := Arg{Name: "TIER"}
	root := &Command{Name: "shopctl", Subs: []*Command{
		{Name: "promote", Mutates: true, Args: []Arg{{Name: "TIER", Optional: true}}, Run: run, Flags: []Flag{
			{Name: "to", Value: "TIER"}, {Name: "from", Value: "TIER"}, {Name: "sync"}, shopFlag(), limitFlag(),
		}},
		{Name: "releases", Args: []Arg{{Name: "TIER", Optional: true}}, Run: run, Flags: []Flag{limitFlag()}, Subs: []*Command{
			{Name: "show", Args: []Arg{{Name: "RELEASE"}}, Run: run},
		}},
		{Name: "tier", Subs: []*Command{
			{Name: "list", Run: run}, {Name: "show", Args: []Arg{tier}, Run: run},
		}},
		{Name: "status", Args: []Arg{{Name: "TARGET", Optional: true}}, Run: run, Kind: "Status", Fields: versionResult{}},
		{Name: "reconcile", Args: []Arg{{Name: "TIER", Optional: true, Many: true}}, Run: run},
		versionCommand(), helpCommand(),
	}}
	return root.adopt()
}

func nothing(context.Context, *Call) error { return nil }

func shown(l line) string {
	if l.refused != nil {
		f := l.refused(i18n.For(i18n.English))
		return string(f.Code) + " " + f.Message
	}
	return strings.Join(l.words()[1:], " ")
}

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"promote tier-1 --dry-run", "promote --dry-run=true -- tier-1"},
		{"--dry-run promote tier-1", "promote --dry-run=true -- tier-1"},
		{"promote -n tier-1", "promote --dry-run=true -- tier-1"},
		{"-ny promote tier-1", "promote --dry-run=true --yes=true -- tier-1"},
		{"promote --to tier-2 -v", "--verbose=true promote --to=tier-2 --"},
		{"--to=tier-2 promote", "promote --to=tier-2 --"},
		{"--to tier-2 promote", "promote --to=tier-2 --"},
		{"promote tier-1 -nm why", "promote --dry-run=true --reason=why -- tier-1"},
		{"promote tier-1 -mwhy", "promote --reason=why -- tier-1"},
		{"promote --reason=-x", "promote --reason=-x --"},
		{"promote --accept-risk a --accept-risk b,c", "promote --accept-risk=a --accept-risk=b,c --"},
		{"promote -", "promote -- -"},
		{"promote -- -n", "promote -- -n"},
		{"promote --yes -y", "promote --yes=true --yes=true --"},
		{"promote --yes=false", "promote --yes=false --"},
		{"releases tier-1", "releases (itself) -- tier-1"},
		{"releases show v1", "releases show -- v1"},
		{"releases -- show", "releases (itself) -- show"},
		{"releases --limit 3 tier-1", "releases (itself) --limit=3 -- tier-1"},
		{"--json status", "--json=* status --"},
		{"status --json=", "--json= status --"},
		{"status --json=a,b tier-1", "--json=a,b status -- tier-1"},
		{"reconcile tier-0 tier-1 tier-2", "reconcile -- tier-0 tier-1 tier-2"},

		{"promote tier-1 --dryrun", "SHOP-2002 shopctl promote has no flag --dryrun"},
		{"promte tier-1", `SHOP-2001 shopctl has no "promte"`},
		{"promte tier-1 --dryrun", `SHOP-2001 shopctl has no "promte"`},
		{"promote tier-1 tier-2", `SHOP-2005 shopctl promote: "tier-2" is one argument too many`},
		{"promote --to", "SHOP-2003 --to needs a value: --to TIER"},
		{"promote --to --yes", "SHOP-2003 --to needs a value: --to TIER"},
		{"promote --to tier-1 --to tier-1", "SHOP-2004 --to is given twice"},
		{"promote --yes --yes=false", "SHOP-2004 --yes is given twice"},
		{"promote --yes=maybe", `SHOP-2006 --yes is a switch: "maybe" is no value for it`},
		{"promote --timeout 5", `SHOP-2006 --timeout: "5" is no duration, such as 30s, 15m or 4h`},
		{"promote --limit many", `SHOP-2006 --limit: "many" is no number`},
		{"promote --lang fr", `SHOP-2006 --lang: "fr" is not one of en ja`},
		{"promote --wait --no-wait", "SHOP-2020 --wait and --no-wait exclude each other"},
		{"status -n", "SHOP-2002 shopctl status has no flag -n"},
		{"releases show v1 --limit 3", "SHOP-2002 shopctl releases show has no flag --limit"},
		{"releases show", "SHOP-2008 shopctl releases show needs RELEASE"},
		{"tier", "SHOP-2008 shopctl tier needs a verb: list show"},
		{"tier shwo", `SHOP-2001 shopctl tier has no "shwo"`},
		{"tier freeze tier-1", `SHOP-2009 this version of shopctl does not have "tier freeze" yet`},
		{"logs", `SHOP-2009 shopctl has no "logs" yet`},
		{"status --json a,b", "SHOP-2005 the fields of --json follow an equals sign"},
		{"tier list --json a", "SHOP-2005 the fields of --json follow an equals sign"},
		{"deploy", `SHOP-2001 shopctl has no "deploy". Merge your pull request: it goes to tier-0 by itself`},
	} {
		if got := shown(normalise(practice(nothing), strings.Fields(c.line))); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}

// Each word from elsewhere and each reserved one is answered with exit 2.
func TestReservedWords(t *testing.T) {
	text := i18n.For(i18n.English)
	words := append(laterWords(), reservedPaths()...)
	for w := range text.Frame.Elsewhere {
		words = append(words, w)
	}
	for _, w := range words {
		l := normalise(&Command{Name: "shopctl"}, []string{strings.Fields(w)[0]})
		if l.refused == nil || l.refused(text).Exit() != ExitUsage {
			t.Errorf("%q is not refused with exit 2", w)
		}
	}
}

// Of diff, --configuration is a switch, elsewhere it has a value. Before the
// command it is read in the right way or refused, never in the wrong one.
func TestFlagOfTwoMeanings(t *testing.T) {
	root := tree()
	for _, c := range []struct {
		line, want string
		behind     bool
	}{
		{"diff --configuration tier-1", "[tier-1] true", true},
		{"diff tier-1 --configuration", "[tier-1] true", true},
		{"init --configuration c.git", "[] c.git", true},
		{"init --configuration=c.git", "[] c.git", true},
		{"--configuration c.git init", "[] c.git", false},
		{"--configuration diff tier-1", "[tier-1] true", false},
		{"--configuration tier-1 diff", "refused", false},
		{"--configuration=c.git diff tier-1", "refused", false},
		{"--configuration init", "refused", false},
	} {
		l := normalise(root, strings.Fields(c.line))
		value, _ := l.value("configuration")
		got := fmt.Sprint(l.args, " ", value)
		if l.refused != nil {
			got = "refused"
		}
		if got != c.want && (c.behind || got != "refused") {
			t.Errorf("%s: %s, want %s", c.line, got, c.want)
		}
	}
}

// A flag means the same wherever it stands: one name, one letter, with or
// without a value. --configuration is the one that does not.
func TestFlagsAgree(t *testing.T) {
	type meaning struct {
		Short       string
		Value, Bare bool
	}
	byName, byLetter := map[string]meaning{}, map[string]string{}
	text := i18n.For(i18n.English)
	look := func(c *Command, f Flag) {
		m := meaning{f.Short, f.Value != "", f.Bare}
		if before, ok := byName[f.Name]; ok && before != m && f.Name != "configuration" {
			t.Errorf("%s: --%s is %+v elsewhere %+v", c.path(), f.Name, m, before)
		}
		byName[f.Name] = m
		if f.Short != "" {
			if other, ok := byLetter[f.Short]; ok && other != f.Name {
				t.Errorf("%s: -%s is --%s and --%s", c.path(), f.Short, f.Name, other)
			}
			byLetter[f.Short] = f.Name
		}
		if flagHelp(text, c.help(text), f.Name) == "" {
			t.Errorf("%s: --%s has no help", c.path(), f.Name)
		}
	}
	root := tree()
	for _, f := range globalFlags() {
		look(root, f)
	}
	root.walk(func(c *Command) {
		h := c.help(text)
		if h.Line == "" || len(h.Examples) == 0 {
			t.Errorf("%s has no line of help or no example", c.path())
		}
		for _, f := range c.flags() {
			look(c, f)
			if _, global := findFlag(globalFlags(), f.Name); global {
				t.Errorf("%s declares the flag of every command --%s", c.path(), f.Name)
			}
		}
		if (c.Kind == "") != (c.Fields == nil) {
			t.Errorf("%s: Kind and Fields go together", c.path())
		}
		if c.Run == nil && len(c.Subs) == 0 {
			t.Errorf("%s: a command runs, or has verbs, or both", c.path())
		}
	})
}

// FuzzOrder: the order of the words does not change the result, and no word
// with a dash reaches an action.
func FuzzOrder(f *testing.F) {
	f.Add("promote tier-1 --dry-run --to tier-2 -v", 3)
	f.Add("--json=a status x -q", 1)
	f.Add("releases -- show", 2)
	f.Add("reconcile a --debug b -m x", 5)
	f.Fuzz(func(t *testing.T, text string, turn int) {
		argv := strings.Fields(text)
		var reached []string
		run := func(_ context.Context, c *Call) error {
			reached = c.Args()
			return nil
		}
		root := practice(run)
		l := normalise(root, argv)
		if l.refused != nil {
			l.refused(i18n.For(i18n.English)) // does not panic
			return
		}
		if l.command.Run == nil || l.is("help") || l.is("version") {
			return
		}
		c := &Call{Env: &Env{}, root: root, line: l}
		if l.command.Name != "version" && l.command.Name != "help" {
			if err := c.dispatch(context.Background()); err != nil {
				t.Fatalf("%q: urfave/cli reads other words: %v", argv, err)
			}
			before := argv
			if i := slices.Index(argv, "--"); i >= 0 {
				before = argv[:i]
			}
			for _, a := range reached {
				if strings.HasPrefix(a, "-") && a != "-" && slices.Contains(before, a) {
					t.Fatalf("%q: the action got %q", argv, a)
				}
			}
		}
		turned := turned(l, turn)
		if again := normalise(root, turned); !same(l, again) {
			t.Fatalf("%q gives\n%s\n%q gives\n%s", argv, shown(l), turned, shown(again))
		}
	})
}

// turned types a line again, its flags at other places.
func turned(l line, turn int) []string {
	var path []string
	for c := l.command; c.parent != nil; c = c.parent {
		path = append([]string{c.Name}, path...)
	}
	words := append(path, plainArgs(l.args)...)
	limit := len(path) + len(plainArgs(l.args))
	for i, g := range slices.Concat(l.global, l.own) {
		at := (turn%7 + 7 + i*3) % (limit + 1)
		words = slices.Insert(words, at, "--"+g.name+"="+g.value)
		limit++
	}
	if rest := l.args[len(plainArgs(l.args)):]; len(rest) > 0 {
		words = append(append(words, "--"), rest...)
	}
	return words
}

// plainArgs are the arguments that need no -- before them.
func plainArgs(args []string) []string {
	for i, a := range args {
		if strings.HasPrefix(a, "-") && a != "-" || a == "show" || a == "list" {
			return args[:i]
		}
	}
	return args
}

func same(a, b line) bool {
	flags := func(l line) []string {
		words := flagWords(slices.Concat(l.global, l.own))
		slices.Sort(words)
		return words
	}
	return b.refused == nil && a.command == b.command && slices.Equal(a.args, b.args) && cmp.Equal(flags(a), flags(b))
}

func TestDispatchRefusesOtherWords(t *testing.T) {
	root := practice(func(context.Context, *Call) error { return errors.New("ran") })
	c := &Call{Env: &Env{}, root: root, line: normalise(root, []string{"promote", "tier-1"})}
	if err := c.dispatch(context.Background()); fmt.Sprint(err) != "ran" {
		t.Errorf("dispatch: %v", err)
	}
}
