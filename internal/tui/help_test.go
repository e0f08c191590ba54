package tui

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/i18n"
)

func TestHelpGolden(t *testing.T) {
	for _, size := range sizes {
		d := newFakeDesk()
		m := shown(t, d, size[0], size[1])
		m.push(&placed{})
		press(t, m, "?")
		golden(t, "help", m)
	}
}

func TestHelpIsFilteredByTyping(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	press(t, m, "?", "quit")
	s := screen(t, m)
	if !strings.Contains(s, "leave the board") || strings.Contains(s, "look again") {
		t.Errorf("quit finds other keys:\n%s", s)
	}
	press(t, m, "esc")
	if len(m.pages) != 2 {
		t.Fatal("the first esc clears the filter")
	}
	press(t, m, "esc")
	if len(m.pages) != 1 {
		t.Error("the second esc leaves")
	}
}

func TestHelpSaysWhyAKeyIsOff(t *testing.T) {
	d := newFakeDesk()
	d.board.ReadOnly = "read-only: started with --read-only"
	m := shown(t, d, 110, 28)
	press(t, m, "?", "maint")
	if s := screen(t, m); !strings.Contains(s, "a dialog: read-only: started with") {
		t.Errorf("no reason:\n%s", s)
	}
}

// One table: what is bound, what is told, and what is said of it.
func TestEveryKeyIsTold(t *testing.T) {
	text := i18n.For(i18n.English)
	bound := slices.Sorted(maps.Keys(defaultKeys))
	if diff := cmp.Diff(bound, slices.Sorted(slices.Values(keyOrder))); diff != "" {
		t.Errorf("the order of help and the bound keys differ: %s", diff)
	}
	if diff := cmp.Diff(bound, slices.Sorted(maps.Keys(text.BoardKeys.Does))); diff != "" {
		t.Errorf("what keys do and the bound keys differ: %s", diff)
	}
	seen := map[string]string{}
	for id, keys := range defaultKeys {
		for _, k := range keys {
			if seen[k] != "" {
				t.Errorf("%q is bound to %s and to %s", k, seen[k], id)
			}
			if !isKey(k) {
				t.Errorf("%q of %s is no key", k, id)
			}
			seen[k] = id
		}
	}
}

func TestCheckKeys(t *testing.T) {
	for _, c := range []struct {
		name   string
		chosen map[string]string
		want   []BadKey
	}{
		{"none", nil, nil},
		{"free", map[string]string{"promote": "P ctrl+p f12"}, nil},
		{"its own again", map[string]string{"promote": "p"}, nil},
		{"two that change places", map[string]string{"promote": "d", "diff": "p"}, nil},
		{"of another action", map[string]string{"promote": "d"}, []BadKey{{"promote", "d", "diff"}}},
		{"space", map[string]string{"promote": "space"}, []BadKey{{"promote", "space", "pause"}}},
		{"of two chosen", map[string]string{"promote": "P", "rollback": "P"}, []BadKey{{"rollback", "P", "promote"}}},
		{"no action", map[string]string{"promotion": "P"}, []BadKey{{Action: "promotion"}}},
		{"no key", map[string]string{"promote": "strg+p"}, []BadKey{{Action: "promote", Key: "strg+p"}}},
		{"nothing but spaces", map[string]string{"promote": "  "}, []BadKey{{Action: "promote", Key: `"  "`}}},
	} {
		if diff := cmp.Diff(c.want, CheckKeys(c.chosen)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// A setting without a key in it leaves the action its own.
func TestNoKeyIsBoundToNothing(t *testing.T) {
	k := newKeymap(fixtureOptions().Text.Board, false, func(string) string { return " " })
	if got := k["promote"].Keys(); len(got) != 1 || got[0] != "p" {
		t.Errorf("promote has %q", got)
	}
}

func TestKeysAreBoundAnew(t *testing.T) {
	d := newFakeDesk()
	o := fixtureOptions()
	o.Keys = func(id string) string { return map[string]string{"doctor": "X ctrl+d"}[id] }
	for _, k := range []string{"X", "ctrl+d", "D"} {
		m := newModel(t.Context(), d, o)
		m.Update(lookedMsg{epoch: m.epoch, board: d.board})
		d.ran = nil
		press(t, m, k)
		if ran := len(d.ran) == 1; ran == (k == "D") {
			t.Errorf("%s: ran %v", k, d.ran)
		}
		m.stop()
	}
}

// What names a key names the one that it has.
func TestTextsNameTheKeysThatAreBound(t *testing.T) {
	o := fixtureOptions()
	o.Keys = func(id string) string {
		return map[string]string{"quit": "Z", "back": "ctrl+b", "enter": "f5", "export": "f6"}[id]
	}
	o.Commands = []Command{{Words: "edit", Shell: true}}
	m := shownWith(t, newFakeDesk(), o, 110, 28)
	says := func(want string) {
		t.Helper()
		if s := screen(t, m); !strings.Contains(s, want) {
			t.Errorf("no %q:\n%s", want, s)
		}
	}
	press(t, m, "right")
	says(" f5: open commit ")
	press(t, m, "tab")
	says(" f5: its shops ")
	press(t, m, "right", "tab")
	says(" f5: its shops ")
	m.carry(o.Commands[0], []string{"edit"})
	says("needs the terminal: Z leaves the board")
	press(t, m, "a", "Z")
	says(" f5: detail  f6: export")
	says("Z quits from the first screen; ctrl+b goes back there")

	p := playing(t, newScripted().fakeDesk, 110, 28)
	p.m.keys = m.keys
	p.press("right", "p")
	for _, a := range p.m.top().actions(p.m) {
		if a.id == "enter" {
			p.do(a.do(p.m))
		}
	}
	if foot := p.m.footer(110); !strings.Contains(foot, " enter ") || !strings.Contains(foot, " tab ") || !strings.Contains(foot, " esc ") {
		t.Errorf("the dialog, which takes these themselves, says %q", foot)
	}
	p.press("enter") // in the field: Cancel
	if want := ": f5 asks again"; !strings.Contains(p.m.View(), want) {
		t.Errorf("no %q:\n%s", want, p.m.View())
	}
}

// A key that the page has no use for says so, and a key that is off says why.
func TestKeysThatDoNothingSaySo(t *testing.T) {
	for _, way := range []string{"", "enter", "enter enter", "d", "E", "a"} {
		m := shown(t, newFakeDesk(), 110, 28)
		press(t, m, strings.Fields(way)...)
		pages := len(m.pages)
		for id, b := range m.keys {
			if a, here := m.action(id); movesOnly[id] || here && a.off == "" {
				continue
			}
			m.toast = ""
			press(t, m, b.Keys()[0])
			if m.toast == "" || len(m.pages) != pages {
				t.Errorf("%q, %s: %q, %d pages", way, id, m.toast, len(m.pages))
			}
		}
	}
}
