package show

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func page(b *bytes.Buffer, width int) Page {
	return Page{Out: b, Width: width, Now: time.Date(2026, 11, 20, 1, 41, 2, 0, time.UTC)}
}

var commits = Table{
	Columns: []Column{{Head: "SHA"}, {Head: "SHOPS", Right: true}, {Head: "CHANGE", Flex: true}, {Head: "HEALTH"}},
	Rows: [][]string{
		{"a1b2c3d", "12", "在庫APIのN+1を修正 and more that is long", "✓ healthy"},
		{"77e0b1f", "44,210", "Bump rails", "↻ rolling out"},
	},
}

func TestTableFits(t *testing.T) {
	for _, width := range []int{60, 80, 0} {
		var b bytes.Buffer
		page(&b, width).Table(commits)
		for _, line := range strings.Split(b.String(), "\n") {
			if width > 0 && Width(line) > width {
				t.Errorf("%d cells in %d: %q", Width(line), width, line)
			}
		}
		if !strings.Contains(b.String(), "✓ healthy") || !strings.Contains(b.String(), "a1b2c3d") {
			t.Errorf("names and states are never cut:\n%s", b.String())
		}
	}
}

func TestTableColumns(t *testing.T) {
	var b bytes.Buffer
	page(&b, 60).Table(commits)
	want := "SHA        SHOPS   CHANGE                      HEALTH\n" +
		"a1b2c3d       12   在庫APIのN+1を修正 and m…   ✓ healthy\n" +
		"77e0b1f   44,210   Bump rails                  ↻ rolling out\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestTableAloud(t *testing.T) {
	var b bytes.Buffer
	p := page(&b, 80)
	p.Accessible = true
	p.Table(Table{Columns: []Column{{Head: "TIER"}, {Head: "HEALTH"}}, Rows: [][]string{{"tier-0", p.Mark(Good, "healthy")}, {"tier-1", p.Mark(Bad, "degraded")}}})
	if want := "tier: tier-0\nhealth: healthy\n\ntier: tier-1\nhealth: degraded\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestMark(t *testing.T) {
	for s, want := range map[Symbol]string{Good: "[ok] x", Busy: "[..] x", Warn: "[!] x", Bad: "[x] x", Held: "[#] x", Unknown: "[?] x", Nothing: "- x"} {
		if got := (Page{ASCII: true}).Mark(s, "x"); got != want {
			t.Errorf("Mark(%d) = %q, want %q", s, got, want)
		}
		if got := Width((Page{}).Mark(s, "")); got != 1 {
			t.Errorf("symbol %d is %d cells wide", s, got)
		}
	}
	if got := (Page{Colour: true}).Mark(Bad, "x"); got != "\x1b[31m✗ x\x1b[m" {
		t.Errorf("coloured: %q", got)
	}
}

func TestTSV(t *testing.T) {
	var b bytes.Buffer
	if err := TSV(&b, [][]string{{"tier-1", "", "a\tb\nc"}, {"x"}}); err != nil || b.String() != "tier-1\t\ta b c\nx\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestNumbersAndTimes(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 44702: "44,702", 1234567: "1,234,567", -4000: "-4,000"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[string]string{"0s": "0s", "45s": "45s", "8m20s": "8m20s", "2m": "2m", "4h": "4h", "2h14m30s": "2h14m", "30h": "30h", "288h": "12d", "-5s": "0s"} {
		v, err := time.ParseDuration(d)
		if err != nil {
			t.Fatal(err)
		}
		if got := Length(v); got != want {
			t.Errorf("Length(%s) = %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{830 * time.Millisecond: "0.8s", 11 * time.Second: "11.0s", 2 * time.Minute: "2m00.0s", 358 * time.Second: "5m58.0s"} {
		if got := Took(d); got != want {
			t.Errorf("Took(%s) = %q, want %q", d, got, want)
		}
	}
	p := Page{Now: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC), Zone: time.FixedZone("JST", 9*3600)}
	for at, want := range map[time.Time]string{
		time.Date(2026, 11, 20, 5, 49, 0, 0, time.UTC): "14:49 JST",
		time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC):  "11-21 10:00 JST",
		time.Date(2027, 1, 3, 1, 0, 0, 0, time.UTC):    "2027-01-03 10:00 JST",
	} {
		if got := p.Clock(at); got != want {
			t.Errorf("Clock(%s) = %q, want %q", at, got, want)
		}
	}
	if got := Age(p.Now, p.Now.Add(-41*time.Minute-20*time.Second)); got != "41m" {
		t.Errorf("Age = %q", got)
	}
}

func TestHasColour(t *testing.T) {
	for _, c := range []struct {
		name           string
		flag, setting  string
		env            map[string]string
		terminal, want bool
	}{
		{name: "terminal", terminal: true, want: true},
		{name: "pipe"},
		{name: "dumb", terminal: true, env: map[string]string{"TERM": "dumb"}},
		{name: "NO_COLOR", terminal: true, env: map[string]string{"NO_COLOR": "0", "FORCE_COLOR": "1"}},
		{name: "empty NO_COLOR", terminal: true, env: map[string]string{"NO_COLOR": ""}, want: true},
		{name: "forced", env: map[string]string{"CLICOLOR_FORCE": "1", "TERM": "dumb"}, want: true},
		{name: "forced 0", env: map[string]string{"FORCE_COLOR": "0"}},
		{name: "flag wins", flag: "always", env: map[string]string{"NO_COLOR": "1"}, want: true},
		{name: "flag never", flag: "never", terminal: true, env: map[string]string{"FORCE_COLOR": "1"}},
		{name: "setting", setting: "never", terminal: true},
		{name: "NO_COLOR over setting", setting: "always", env: map[string]string{"NO_COLOR": "1"}},
	} {
		got := HasColour(ColourWish{Flag: c.flag, Setting: c.setting, Terminal: c.terminal, Getenv: func(k string) string { return c.env[k] }})
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
