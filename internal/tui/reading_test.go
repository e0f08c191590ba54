package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/show"
)

// told is a desk that prints n lines for every command.
func told(n int) *fakeDesk {
	d := newFakeDesk()
	d.lines = []string{"tier-1 does not take v131 (a1b2c3d) from tier-0 yet: 1 of 4 gates is closed", "", "  \x1b[32m✓ checks\x1b[m     14 of 14 on a1b2c3d 在庫"}
	for i := len(d.lines); i < n; i++ {
		d.lines = append(d.lines, fmt.Sprintf("line %d\tend", i+1))
	}
	return d
}

func TestReadingGolden(t *testing.T) {
	for _, size := range sizes {
		m := shown(t, told(60), size[0], size[1])
		press(t, m, "right", "w")
		golden(t, "why", m)
		press(t, m, "esc", "d", "pgdown")
		golden(t, "diff", m)
	}
}

func TestPagesReadTheCommandLine(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want []string
	}{
		{[]string{"right", "w"}, []string{"why", "tier-1"}},
		{[]string{"right", "d"}, []string{"diff", "tier-1"}},
		{[]string{"right", "d", "2"}, []string{"diff", "tier-1", "--manifests"}},
		{[]string{"right", "d", "tab", "tab"}, []string{"diff", "tier-1", "--configuration"}},
		{[]string{"right", "d", "h"}, []string{"diff", "tier-1", "--stat"}},
		{[]string{"D"}, []string{"doctor"}},
		{[]string{"right", "w", "c"}, []string{"why", "tier-1", "--show-commands"}},
	} {
		d := told(3)
		m := shown(t, d, 110, 28)
		press(t, m, c.keys...)
		if len(d.ran) == 0 {
			t.Errorf("%v read nothing: %q", c.keys, m.toast)
			continue
		}
		if diff := cmp.Diff(c.want, d.ran[len(d.ran)-1]); diff != "" {
			t.Errorf("%v: %s", c.keys, diff)
		}
	}
}

// A key pressed twice does not lay a page on itself: one esc leads out.
func TestAPageIsThereOnce(t *testing.T) {
	for _, key := range []string{"d", "w", "D", "a", "E"} {
		m := shown(t, told(3), 110, 28)
		press(t, m, "right", key, key, key)
		if len(m.pages) != 2 {
			t.Errorf("%s: %d pages", key, len(m.pages))
		}
	}
}

func TestPlainCommandsOfAShop(t *testing.T) {
	d := told(3)
	m := shown(t, d, 110, 28)
	m.push(&placed{target: inShop()})
	press(t, m, "c")
	if diff := cmp.Diff([][]string{{"shop", "show", "bunko", "--show-commands"}}, d.ran); diff != "" {
		t.Error(diff)
	}
}

// Where there are no plain commands, or they are seen already, the key says so.
func TestWhereThereAreNoPlainCommands(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	press(t, m, "c", "c")
	if len(d.ran) != 1 || m.toast != m.text.BoardLooks.CommandsHere {
		t.Errorf("ran %q; %q", d.ran, m.toast)
	}
	w := playing(t, newScripted().fakeDesk, 110, 28)
	w.do(w.m.open([]string{"wait", "tier-2"}, "wait", "tier-2", "--for", "open"))
	w.press("c")
	if _, waits := w.m.top().(*errand); !waits || w.m.toast != w.m.text.BoardLooks.OnlyWaits {
		t.Errorf("%T on top; %q", w.m.top(), w.m.toast)
	}
}

// What an errand does by hand is shown without doing it.
func TestPlainCommandsOfAnErrandWriteNothing(t *testing.T) {
	d := told(3)
	m := shown(t, d, 110, 28)
	settle(m, m.open([]string{"promote"}, "promote", "tier-1"))
	d.ran = nil
	press(t, m, "c")
	if diff := cmp.Diff([][]string{{"promote", "tier-1", "--show-commands", "--dry-run"}}, d.ran); diff != "" {
		t.Error(diff)
	}
}

// Of a run that goes on they are those that it told: to draft them again would be
// to ask what is left.
func TestPlainCommandsOfARunAreThoseItTold(t *testing.T) {
	d := newFakeDesk()
	d.run = func(ctx context.Context, _ []string, f Front) Outcome {
		f.Preview(Preview{Title: "tier-0 v131 -> tier-1 v129 (now v128)"})
		if _, err := f.Ask(ctx, Question{Text: "Promote?"}); err != nil {
			return Outcome{Exit: 2}
		}
		f.Commands([]string{"git push app"})
		f.Commands([]string{"git push system"})
		f.Progress(Progress{Steps: []Step{{Text: "Rollout", Mark: show.Busy}}})
		<-ctx.Done()
		return Outcome{}
	}
	p := playing(t, d, 110, 28)
	p.do(p.m.open([]string{"promote"}, "promote", "tier-1"))
	e := p.m.top().(*errand)
	p.until("it asks", func() bool { return e.run.question != nil })
	e.run.agree(p.m, Answer{})
	p.until("it goes on", func() bool { return len(e.run.progress.Steps) > 0 })
	p.press("c")
	r, ok := p.m.top().(*reading)
	if !ok {
		t.Fatalf("%T on top", p.m.top())
	}
	if diff := cmp.Diff([]string{"git push app", "git push system"}, r.sheet().lines); diff != "" {
		t.Error(diff)
	}
	p.press("c")
	if p.m.toast != p.m.text.BoardLooks.CommandsHere {
		t.Errorf("c once more: %q", p.m.toast)
	}
}

func TestReadingScrolls(t *testing.T) {
	m := shown(t, told(60), 80, 24)
	press(t, m, "right", "w")
	r := m.top().(*reading)
	for _, c := range []struct {
		key  string
		want int
	}{{"up", 0}, {"down", 1}, {"pgdown", 20}, {"G", 40}, {"j", 40}, {"pgup", 21}, {"g", 0}} {
		press(t, m, c.key)
		if got := r.sheet().top; got != c.want {
			t.Errorf("%s: line %d, want %d", c.key, got, c.want)
		}
	}
	m.Update(tea.MouseMsg{Action: tea.MouseActionPress, Button: tea.MouseButtonWheelDown})
	if got := r.sheet().top; got != wheelLines {
		t.Errorf("the wheel: line %d", got)
	}
}

func TestLateLinesAreDropped(t *testing.T) {
	m := shown(t, told(3), 80, 24)
	press(t, m, "right", "w")
	r := m.top().(*reading)
	m.Update(sheetMsg{page: r, sheet: r.sheet(), epoch: r.sheet().epoch - 1, lines: []string{"late"}})
	if r.sheet().lines[0] == "late" {
		t.Error("lines of an earlier asking are shown")
	}
	press(t, m, "esc")
	m.Update(sheetMsg{page: r, sheet: r.sheet(), epoch: r.sheet().epoch, lines: []string{"late"}}) // its page is gone
}

func TestLinesAreMadeForAnotherWidth(t *testing.T) {
	d := told(3)
	m := shown(t, d, 80, 24)
	press(t, m, "right", "w")
	d.ran = nil
	m.Update(tea.WindowSizeMsg{Width: 110, Height: 28})
	r := m.top().(*reading)
	_, cmd := m.Update(widthMsg{r, m.sheetWidth()})
	settle(m, cmd)
	if len(d.ran) != 1 || r.sheet().width != 106 {
		t.Errorf("read %v for %d cells", d.ran, r.sheet().width)
	}
	_, cmd = m.Update(widthMsg{r, 76}) // of a width that is over
	settle(m, cmd)
	if len(d.ran) != 1 {
		t.Errorf("read again: %v", d.ran)
	}
}

// Nothing that a command says is cut, also where it was printed for a wider screen.
func TestSheetsAreMadeForAnotherWidthWhenTheyAreTurnedTo(t *testing.T) {
	d := told(3)
	m := shown(t, d, 110, 28)
	press(t, m, "right", "d", "2", "1")
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.ran = nil
	press(t, m, "2")
	if diff := cmp.Diff([][]string{{"diff", "tier-1", "--manifests"}}, d.ran); diff != "" {
		t.Error(diff)
	}
	press(t, m, "2")
	if len(d.ran) != 1 {
		t.Errorf("read again: %v", d.ran)
	}
}

func TestPagesBelowHearOfAnotherWidth(t *testing.T) {
	m := shown(t, told(3), 110, 28)
	press(t, m, "right", "w", "?")
	_, cmd := m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	r := m.pages[1].(*reading)
	for _, msg := range brought(cmd) {
		if w, ok := msg.(widthMsg); ok && w.page == r && w.width == m.sheetWidth() {
			return
		}
	}
	t.Error("what lies below the help keeps its lines of the old width")
}

// brought are the messages that a command brings, ticks too.
func brought(cmd tea.Cmd) (all []tea.Msg) {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if batch, many := msg.(tea.BatchMsg); many {
		for _, one := range batch {
			all = append(all, brought(one)...)
		}
		return all
	}
	return append(all, msg)
}

func TestOpenSaysWhatCameOfIt(t *testing.T) {
	d := newFakeDesk()
	d.lines = []string{"https://bunko.example/"}
	m := shown(t, d, 110, 28)
	m.push(&placed{target: inShop()})
	press(t, m, "o")
	if diff := cmp.Diff([][]string{{"open", "bunko"}}, d.ran); diff != "" {
		t.Error(diff)
	}
	if m.toast != "https://bunko.example/" {
		t.Errorf("said %q", m.toast)
	}
	m.push(&placed{})
	press(t, m, "o")
	if len(d.ran) != 1 || !strings.Contains(m.toast, "no page") {
		t.Errorf("%v %q", d.ran, m.toast)
	}
}

// What comes of a key belongs to the page where it was struck: another shows
// only what went wrong, and with what.
func TestAnswersComeToTheirPage(t *testing.T) {
	broken := errors.New("cut off")
	for _, c := range []struct {
		name    string
		msg     func(from page) tea.Msg
		here    string
		there   string
		written bool // in the trail of errors
	}{
		{"opened", func(p page) tea.Msg { return browsedMsg{p, "shopctl open bunko", "https://bunko.example/", nil} }, "https://bunko.example/", "", false},
		{"not opened", func(p page) tea.Msg {
			return browsedMsg{p, "shopctl open bunko", "\x1b[31merror:\x1b[m it has no page", nil}
		}, "error: it has no page", "shopctl open bunko: error: it has no page", false},
		{"not asked", func(p page) tea.Msg { return browsedMsg{p, "shopctl open bunko", "", broken} }, "✗ cut off", "shopctl open bunko: ✗ cut off", true},
		{"written", func(p page) tea.Msg { return exportedMsg{p, "a.json", nil} }, "✓ written to a.json", "", false},
		{"not written", func(p page) tea.Msg { return exportedMsg{p, "", broken} }, "✗ cut off", "export JSON: ✗ cut off", true},
	} {
		m := shown(t, newFakeDesk(), 110, 28)
		from := &placed{target: inShop()}
		m.push(from)
		m.Update(c.msg(from))
		if got := ansi.Strip(m.toast); got != c.here {
			t.Errorf("%s: %q, not %q", c.name, got, c.here)
		}
		press(t, m, "esc")
		m.trail = nil
		m.Update(c.msg(from))
		if got := ansi.Strip(m.toast); got != c.there {
			t.Errorf("%s, on another page: %q, not %q", c.name, got, c.there)
		}
		if c.written != (len(m.trail) == 1) {
			t.Errorf("%s: the trail is %v", c.name, m.trail)
		}
	}
}

// Both keys say from where they were struck.
func TestKeysGiveTheirPage(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	m.push(&placed{target: inShop()})
	if msg, ok := m.browse()().(browsedMsg); !ok || msg.from != m.top() || msg.line != "shopctl open bunko" {
		t.Errorf("o: %+v", msg)
	}
	a := &activity{filter: field(), all: fixtureActivity()}
	m.push(a)
	if msg, ok := a.export(m)().(exportedMsg); !ok || msg.from != page(a) {
		t.Errorf("e: %+v", msg)
	}
}
