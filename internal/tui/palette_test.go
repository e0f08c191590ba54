package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var fixtureCommands = []Command{
	{Words: "status", Usage: "status [TARGET]", Line: "what runs where, and how it is", Takes: true},
	{Words: "diff", Usage: "diff [TIER]", Line: "what waits for TIER: commits, authors, migrations, blast radius", Takes: true},
	{Words: "promote", Usage: "promote [TIER]", Line: "move the release of the tier below into TIER", Mutates: true, Takes: true},
	{Words: "rollback", Usage: "rollback TIER [RELEASE]", Line: "pin TIER to a former release (default: the one before)", Mutates: true, Takes: true},
	{Words: "releases", Usage: "releases [TIER]", Line: "former releases, newest first", Takes: true},
	{Words: "releases show", Usage: "releases show RELEASE", Line: "commits, who, when, how long, what came of it", Takes: true},
	{Words: "shop add", Usage: "shop add [NAME]", Line: "place a shop, with the reasons", Mutates: true, Takes: true},
	{Words: "maintenance on", Usage: "maintenance on", Line: "503 + Retry-After until a time", Mutates: true, Takes: true},
	{Words: "doctor", Usage: "doctor", Line: "check everything, stop nowhere"},
	{Words: "init", Usage: "init", Line: "ask, then write .shopctl.yml", Mutates: true, Shell: true},
	{Words: "auth login", Usage: "auth login [forge|argocd]", Line: "log in", Shell: true, Takes: true},
}

func paletteOf(t *testing.T, d *fakeDesk, w, h int) *Model {
	t.Helper()
	m := shown(t, d, w, h)
	m.o.Commands = fixtureCommands
	press(t, m, ":")
	return m
}

func TestPaletteGolden(t *testing.T) {
	for _, size := range sizes {
		m := paletteOf(t, newFakeDesk(), size[0], size[1])
		golden(t, "palette", m)
		write(t, m, "promote ")
		golden(t, "palette-arguments", m)
	}
}

func TestPaletteRunsWhatIsTyped(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want [][]string
		page string
	}{
		{"a command that looks", []string{"status tier-1", "enter"}, [][]string{{"status", "tier-1"}}, "*tui.reading"},
		{"with the name of the program", []string{"shopctl doctor", "enter"}, [][]string{{"doctor"}}, "*tui.reading"},
		{"one that changes something", []string{"promote tier-1 --sync", "enter"}, [][]string{{"promote", "tier-1", "--sync"}}, "*tui.errand"},
		{"one that takes its time", []string{"wait tier-1 --for open", "enter"}, [][]string{{"wait", "tier-1", "--for", "open"}}, "*tui.errand"},
		{"words in quotes", []string{`shop add kiku --name "菊 茶舗" -m 'ab c'`, "enter"}, [][]string{{"shop", "add", "kiku", "--name", "菊 茶舗", "-m", "ab c"}}, "*tui.errand"},
		{"a quote that does not end", []string{`shop add "kiku`, "enter"}, nil, "*tui.palette"},
		{"the longest command", []string{"releases show v1", "enter"}, [][]string{{"releases", "show", "v1"}}, "*tui.reading"},
		{"a chosen one without arguments", []string{"doct", "tab"}, [][]string{{"doctor"}}, "*tui.reading"},
		{"a chosen one with arguments is typed on", []string{"roll", "enter"}, nil, "*tui.palette"},
		{"by letters in their order, then a completed argument", []string{"rlb", "enter", "tab", "down", "tab"}, nil, "*tui.palette"},
		{"what needs the terminal", []string{"init", "enter"}, nil, "*tui.palette"},
		{"nothing that is known", []string{"frobnicate", "enter"}, nil, "*tui.palette"},
		{"nothing at all by one key", []string{"q"}, nil, "*tui.palette"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newFakeDesk()
			m := paletteOf(t, d, 110, 28)
			m.o.Commands = append([]Command{{Words: "wait", Usage: "wait TARGET", Line: "until it is so", Takes: true}}, fixtureCommands...)
			press(t, m, c.keys...)
			if diff := cmp.Diff(c.want, d.ran); diff != "" {
				t.Errorf("%s\n%s", diff, screen(t, m))
			}
			if got := typeName(m.top()); got != c.page {
				t.Errorf("on top is %s, want %s; %q", got, c.page, m.toast)
			}
		})
	}
}

func typeName(p page) string { return fmt.Sprintf("%T", p) }

func TestPaletteCompletesTheTierOfTheCursorFirst(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	m.o.Commands = fixtureCommands
	press(t, m, "right", ":", "promote ", "down", "tab")
	if p := m.top().(*palette); p.in.Value() != "promote tier-1 " {
		t.Errorf("the line is %q", p.in.Value())
	}
}

func TestPaletteSaysWhatNeedsTheTerminal(t *testing.T) {
	m := paletteOf(t, newFakeDesk(), 110, 28)
	press(t, m, "auth login", "enter")
	if !strings.Contains(m.toast, "shopctl auth login needs the terminal") {
		t.Errorf("%q", m.toast)
	}
	press(t, m, "esc", "esc")
	if len(m.pages) != 1 {
		t.Error("esc clears the line, then leaves")
	}
}

func TestPaletteChangesNothingReadOnly(t *testing.T) {
	d := newFakeDesk()
	d.board.ReadOnly = "read-only: you may only read example/system"
	right := paletteOf(t, d, 110, 28)
	flag := paletteOf(t, newFakeDesk(), 110, 28)
	flag.o.ReadOnly = true
	for _, m := range []*Model{right, flag} {
		press(t, m, "promote tier-1", "enter")
		p, open := m.top().(*palette)
		if len(d.ran) != 0 || m.toast != m.readOnly() || !open || p.in.Value() != "promote tier-1" {
			t.Errorf("ran %v; %q; %T on top", d.ran, m.toast, m.top())
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
		open bool
	}{
		{"", nil, false},
		{"  a  b ", []string{"a", "b"}, false},
		{`a "b c" 'd "e'`, []string{"a", "b c", `d "e`}, false},
		{`a\ b "c\"d" ''`, []string{"a b", `c"d`, ""}, false},
		{`x="y z"w`, []string{"x=y zw"}, false},
		{"花\u3000鳥", []string{"花", "鳥"}, false},
		{`a "b`, []string{"a", "b"}, true},
		{`a \`, []string{"a", ""}, true},
	} {
		got, open := split(c.line)
		if diff := cmp.Diff(c.want, got); diff != "" || open != c.open {
			t.Errorf("%q: open %v %s", c.line, open, diff)
		}
	}
}
