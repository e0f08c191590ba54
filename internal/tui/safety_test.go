package tui

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// keysToPages are keys that lead to the pages from which every key is tried.
var keysToPages = []string{
	"", "enter", "enter enter", "/", ":", "m", "?", "a", "E", "d", "c", "p", "R", "p enter", "R enter",
}

// otherKeys are no keys of the keymap, and mean something elsewhere.
var otherKeys = []string{"y", "Y", "t", "1", "ctrl+c", "shift+tab", "ctrl+o", "backspace"}

// everyKey is every key of the keymap, and others.
func everyKey(m *Model) []string {
	all := slices.Clone(otherKeys)
	for _, b := range m.keys {
		all = append(all, b.Keys()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// everyAction is one key of each action, and others.
func everyAction(m *Model) []string {
	all := slices.Clone(otherKeys)
	for _, b := range m.keys {
		all = append(all, b.Keys()[0])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// No key and no two keys change anything, wherever they are pressed: a question
// gets a yes by its focused button alone, and only from the page that asks it.
// What runs without a question is never begun by keys.
func TestNoTwoKeysChangeAnything(t *testing.T) {
	m := playing(t, newFakeDesk(), 110, 28).m
	keys, actions := everyKey(m), everyAction(m)
	for _, way := range keysToPages {
		t.Run(way, func(t *testing.T) {
			try := func(pressed ...string) *play {
				p := playing(t, newScripted().fakeDesk, 110, 28)
				defer p.stop()
				p.tier1()
				p.press(strings.Fields(way)...)
				p.press(pressed...)
				if yes := p.agreedTo(); len(yes) > 0 && !onTheButton(way, pressed) {
					t.Errorf("%q, %q: agreed to %q", way, pressed, yes)
				}
				if begun := p.unasked(); len(begun) > 0 {
					t.Errorf("%q, %q: began %q", way, pressed, begun)
				}
				return p
			}
			before := try().m.View()
			for _, first := range keys {
				if try(first).m.View() == before {
					continue // as if it had not been pressed
				}
				for _, second := range actions {
					try(first, second)
				}
			}
		})
	}
}

// onTheButton reports whether two keys went to the other button of the question
// that they found, and pressed it.
func onTheButton(way string, pressed []string) bool {
	return strings.HasSuffix(way, "R enter") && len(pressed) == 2 && slices.Contains(toTheButton, pressed[0]) && pressed[1] == "enter"
}

// toTheButton are the keys that go from Cancel to the other button.
var toTheButton = []string{"tab", "shift+tab", "left", "right", "up", "down"}

// agreedTo are the runs that somebody has said yes to.
func (p *play) agreedTo() (lines []string) {
	for _, r := range p.m.runs {
		if r.agreed {
			lines = append(lines, r.line())
		}
	}
	return lines
}

// unasked are the runs of commands that ask nothing.
func (p *play) unasked() (lines []string) {
	for _, r := range p.m.runs {
		for _, none := range []string{"maintenance off", "shop add", "verify"} {
			if strings.HasPrefix(strings.Join(r.args, " "), none) {
				lines = append(lines, r.line())
			}
		}
	}
	return lines
}

// While a run goes on no key but those of its own pages says anything to it.
func TestNoKeyDisturbsARun(t *testing.T) {
	for _, way := range []string{"", "esc", "x", "x enter", "ctrl+c"} {
		_, probe := onItsWay(t)
		for _, key := range everyKey(probe.m) {
			_, p := onItsWay(t)
			p.press(strings.Fields(way)...)
			p.press(key)
			if p.m.runs[0].outcome != nil || p.m.runs[0].gone || isClosed(p.m.runs[0].done) {
				t.Errorf("%q, %q: the run ended", way, key)
			}
			if yes := p.agreedTo(); len(yes) != 1 {
				t.Errorf("%q, %q: agreed to %q", way, key, yes)
			}
			p.stop()
		}
	}
}

// A text field takes every printable key as text.
func TestKeysAreTextInAField(t *testing.T) {
	p := promoted(t, newScripted())
	p.press("enter")
	want := ""
	for _, key := range everyKey(p.m) {
		if len([]rune(key)) == 1 {
			p.press(key)
			want += key
		}
	}
	if got := p.m.top().(*errand).form.fields[0].Value(); got != want {
		t.Errorf("typed %q, the field has %q", want, got)
	}
}

// Pages of an errand fit every size.
func TestErrandFitsEverySize(t *testing.T) {
	for name, p := range errandPages(t) {
		for w := 1; w <= 300; w += 7 {
			for h := 1; h <= 100; h += 3 {
				p.m.w, p.m.h = w, h
				if lines := p.m.view(w, h); len(lines) != h {
					t.Fatalf("%s, %dx%d: %d lines", name, w, h, len(lines))
				}
				screen(t, p.m)
			}
		}
	}
}

// errandPages are the pages of an errand at every stage of its way.
func errandPages(t *testing.T) map[string]*play {
	t.Helper()
	pages := map[string]*play{}
	at := func(name string, s *scripted, keys ...string) *play {
		p := promoted(t, s)
		p.press(keys...)
		pages[name] = p
		return p
	}
	at("preview", newScripted())
	at("confirm", newScripted(), "enter")
	_, pages["live"] = onItsWay(t)
	_, pages["quit"] = onItsWay(t)
	pages["quit"].press("ctrl+c")
	s := newScripted()
	s.run = nil
	s.end = fixtureRefusal()
	refused := at("error", s)
	refused.m.Update(frontMsg{refused.m.top().(*errand).run, s.end})
	moving := playing(t, newScripted().fakeDesk, 80, 24)
	moving.do(moving.m.choosePlace(Target{Tier: "tier-1", ShopSet: "s-104", Shop: "bunko"}))
	pages["move"] = moving
	for _, p := range pages {
		p.settled()
	}
	return pages
}

// settled waits for the tab that is seen, or for the places.
func (p *play) settled() {
	p.t.Helper()
	switch page := p.m.top().(type) {
	case *errand:
		n := page.seen(p.m)
		if page.run.preview != nil && n > 0 {
			p.until("the tab is there", func() bool { return page.tabs.texts[n].ready })
		}
	case *moving:
		p.until("the places are there", func() bool { return page.ready })
	}
}

func TestErrandGolden(t *testing.T) {
	for name, p := range errandPages(t) {
		for _, size := range sizes {
			_, cmd := p.m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			p.do(cmd)
			p.settled()
			golden(t, "errand-"+name, p.m)
		}
	}
}
