package tui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/show"
)

func TestTerminalFrom(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		want Terminal
	}{
		{"nothing known", nil, Terminal{}},
		{"xterm", map[string]string{"TERM": "xterm-256color"}, Terminal{}},
		{"dumb", map[string]string{"TERM": "dumb", "WT_SESSION": "x"}, Terminal{}},
		{"Windows Terminal", map[string]string{"WT_SESSION": "x"}, Terminal{Links: true, Progress: true}},
		{"ghostty", map[string]string{"TERM_PROGRAM": "ghostty"}, Terminal{Links: true, Progress: true}},
		{"kitty", map[string]string{"TERM": "xterm-kitty"}, Terminal{Links: true}},
		{"GNOME", map[string]string{"VTE_VERSION": "7600"}, Terminal{Links: true}},
		{"old GNOME", map[string]string{"VTE_VERSION": "4999"}, Terminal{}},
		{"iTerm2", map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.6"}, Terminal{Links: true, Progress: true}},
		{"iTerm2 that would make it a message", map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.14"}, Terminal{Links: true}},
		{"tmux", map[string]string{"TMUX": "/tmp/x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"}, Terminal{Tmux: true, Links: true}},
		{"old tmux in a terminal that can", map[string]string{"TMUX": "/tmp/x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a", "WT_SESSION": "x"}, Terminal{Tmux: true}},
		{"screen", map[string]string{"STY": "1.x", "WT_SESSION": "x"}, Terminal{Screen: true}},
	} {
		if got := TerminalFrom(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestCopyGivesTheCommandLine(t *testing.T) {
	for _, c := range []struct {
		at   Target
		want string
	}{
		{Target{}, "shopctl status"},
		{Target{Tier: "tier-1"}, "shopctl status tier-1"},
		{Target{Tier: "tier-1", ShopSet: "s-104"}, "shopctl shopset show s-104"},
		{Target{Tier: "tier-1", ShopSet: "s-104", Shop: "bunko"}, "shopctl shop show bunko"},
		{Target{Tier: "tier-1", Commit: &Commit{ID: "a1b2c3d4a1b2c3d4"}}, "shopctl where a1b2c3d"},
	} {
		m := shown(t, newFakeDesk(), 110, 28)
		var out bytes.Buffer
		m.out = &out
		m.push(&placed{target: c.at})
		press(t, m, "y")
		if got, want := out.String(), ansi.SetSystemClipboard(c.want); got != want {
			t.Errorf("wrote %q, want %q", got, want)
		}
		if !strings.HasSuffix(m.toast, ": "+c.want) {
			t.Errorf("said %q", m.toast)
		}
	}
}

func TestCopyGoesThroughWhatStandsBetween(t *testing.T) {
	plain := ansi.SetSystemClipboard("shopctl status")
	if got := (Terminal{Tmux: true}).clipboard("shopctl status"); got != plain+ansi.TmuxPassthrough(plain) {
		t.Errorf("tmux: %q", got)
	}
	if got := (Terminal{Screen: true}).clipboard("shopctl status"); !strings.HasPrefix(got, "\x1bP") {
		t.Errorf("screen: %q", got)
	}
}

func TestLinksOnlyWhereTheyAreKnown(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	const url = "https://github.com/example/storefront/pull/482"
	if got := m.link(url, "#482"); got != "#482" {
		t.Errorf("an unknown terminal gets %q", got)
	}
	m.o.Terminal.Links = true
	got := m.link(url, "#482")
	if show.Width(got) != 4 || !strings.Contains(got, url) {
		t.Errorf("%q", got)
	}
	m.page.ASCII = true
	if got := m.link(url, "#482"); got != "#482" {
		t.Errorf("ASCII gets %q", got)
	}
}

func TestTabShowsHowFarARunIs(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	var out bytes.Buffer
	m.out = &out
	r := &run{}
	m.runs = append(m.runs, r)
	for _, c := range []struct {
		known bool
		steps []Step
		ended bool
		want  string
	}{
		{false, []Step{{Ready: 1, Of: 4}}, false, ""},
		{true, []Step{{Text: "gates"}}, false, ansi.SetIndeterminateProgressBar},
		{true, []Step{{Text: "gates"}, {Ready: 1, Of: 4}}, false, ansi.SetProgressBar(25)},
		{true, []Step{{Text: "gates"}, {Ready: 1, Of: 4}}, false, ""}, // as before
		{true, nil, true, ansi.ResetProgressBar},
	} {
		out.Reset()
		m.o.Terminal.Progress, r.progress.Steps = c.known, c.steps
		if c.ended {
			r.outcome = &Outcome{}
		}
		settle(m, m.titled())
		if got := out.String(); got != c.want {
			t.Errorf("%+v: wrote %q", c, got)
		}
	}
}

func TestTheWindowIsNamed(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	if got := m.title(); got != "shopctl prod (LIVE)" {
		t.Errorf("%q", got)
	}
	press(t, m, "right", "w")
	if got := m.title(); got != "shopctl prod (LIVE)  tier-1 > why" {
		t.Errorf("%q", got)
	}
	if cmd := m.titled(); cmd != nil {
		t.Error("the same title is set again")
	}
}
