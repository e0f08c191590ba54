package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"
)

// closingOf is a board with the dialog open for a target.
func closingOf(t *testing.T, d *fakeDesk, at Target, w, h int) (*Model, *closing) {
	t.Helper()
	m := shown(t, d, w, h)
	m.push(&placed{target: at})
	press(t, m, "m")
	c, ok := m.top().(*closing)
	if !ok {
		t.Fatalf("m opened no dialog: %T, %s", m.top(), m.toast)
	}
	return m, c
}

// placed is a page whose cursor is on a target.
type placed struct {
	pipeline
	target Target
}

func (p *placed) at(*Model) Target { return p.target }

// What lies behind a dialog has its own pictures.
func (p *placed) view(m *Model, w, h int) []string { return m.block(nil, w, h) }

func inShop() Target {
	return Target{Tier: "tier-1", ShopSet: "s-104", Shop: "bunko"}
}

// write gives a field text, as a terminal does that reads faster than is typed.
func write(t *testing.T, m *Model, text string) {
	t.Helper()
	press(t, m, text)
}

func TestClosingGolden(t *testing.T) {
	for _, size := range sizes {
		m, _ := closingOf(t, newFakeDesk(), inShop(), size[0], size[1])
		press(t, m, "down", "enter", "down", "down")
		golden(t, "maintenance-no-end", m)
		write(t, m, "定期メンテナンスのため停止しています。")
		press(t, m, "tab")
		write(t, m, "03:00")
		press(t, m, "tab")
		write(t, m, "203.0.113.0/28")
		press(t, m, "tab")
		write(t, m, "s-10")
		golden(t, "maintenance", m)
	}
}

func TestClosingAShopSetTakesItsName(t *testing.T) {
	d := newFakeDesk()
	m, c := closingOf(t, d, inShop(), 110, 28)
	press(t, m, "down", "enter", "down", "down")
	write(t, m, "mq: back soon?")
	press(t, m, "tab")
	write(t, m, "03:00")
	press(t, m, "tab", "tab")
	write(t, m, "s-1")
	press(t, m, "tab", "tab", "enter") // Turn on is locked
	if len(d.ran) != 0 || m.toast == "" {
		t.Fatalf("ran %v with a wrong name; %q", d.ran, m.toast)
	}
	press(t, m, "shift+tab", "shift+tab")
	write(t, m, "04")
	press(t, m, "tab", "enter") // Cancel is next
	if len(d.ran) != 0 || m.top() == page(c) {
		t.Fatalf("Cancel ran %v", d.ran)
	}
}

func TestClosingMakesTheCommandLine(t *testing.T) {
	for _, x := range []struct {
		name string
		keys []string
		want []string
		ask  Question
	}{
		{
			"a shop by a button", []string{"down", "down", "down", "tab", "=30m", "tab", "tab", "tab", "enter"},
			[]string{"maintenance", "on", "--shop", "bunko", "--until", "2026-11-20T02:11:02Z"},
			Question{Level: Yes, Text: "Close bunko?"},
		},
		{
			"a ShopSet by its name", []string{"down", " ", "down", "down", "=在庫の点検中です", "tab", "=03:00", "tab", "=203.0.113.0/28, 10.0.0.0/8", "tab", "=s-104", "tab", "tab", "enter"},
			[]string{
				"maintenance", "on", "--shopset", "s-104", "--until", "2026-11-21T03:00:00+09:00", "--message", "在庫の点検中です",
				"--allow", "203.0.113.0/28", "--allow", "10.0.0.0/8",
			},
			Question{Level: ByName, Name: "s-104"},
		},
		{
			"a tier by its name", []string{"down", "down", "enter", "down", "tab", "=03:00", "tab", "tab", "=tier-1", "tab", "tab", "enter"},
			[]string{"maintenance", "on", "--tier", "tier-1", "--until", "2026-11-21T03:00:00+09:00"},
			Question{Level: ByName, Name: "tier-1"},
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			d := newFakeDesk()
			answered := make(chan Answer, 1)
			d.run = func(ctx context.Context, _ []string, f Front) Outcome {
				a, err := f.Ask(ctx, x.ask)
				if err != nil {
					return Outcome{Exit: 3}
				}
				answered <- a
				return Outcome{}
			}
			m, _ := closingOf(t, d, inShop(), 110, 28)
			relay(m)
			for _, k := range x.keys {
				if text, is := strings.CutPrefix(k, "="); is {
					write(t, m, text)
					continue
				}
				press(t, m, k)
			}
			if len(d.ran) != 1 {
				t.Fatalf("ran %v; %q", d.ran, m.toast)
			}
			if diff := cmp.Diff(x.want, d.ran[0]); diff != "" {
				t.Error(diff)
			}
			select {
			case a := <-answered:
				if a.Name != x.ask.Name {
					t.Errorf("answered %q", a.Name)
				}
			default:
				t.Error("what the dialog confirmed was asked again")
			}
		})
	}
}

// relay lets what a command says reach the model at once, as the program would.
func relay(m *Model) { m.send = func(msg tea.Msg) { m.Update(msg) } }

func TestOnlyWhatWasConfirmedIsAnswered(t *testing.T) {
	sure := Question{Level: ByName, Name: "s-104"}
	for _, x := range []struct {
		ask  Question
		want bool
	}{
		{Question{Level: ByName, Name: "s-104"}, true},
		{Question{Level: ByName, Name: "s-105"}, false},
		{Question{Level: Yes}, false},
		{Question{Level: ByName, Name: "s-104", Risks: []string{"remove-shop"}}, false},
		{Question{Level: ByName, Name: "s-104", WantsWhy: true}, false},
		{Question{Level: ByName, Name: "s-104", Sync: true}, false},
	} {
		if got := sure.covers(x.ask); got != x.want {
			t.Errorf("%+v: %v", x.ask, got)
		}
	}
}

func TestBadInputIsSaidInTheDialog(t *testing.T) {
	d := newFakeDesk()
	m, _ := closingOf(t, d, inShop(), 110, 28)
	press(t, m, "down", "down", "down", "tab")
	write(t, m, "09:00")
	if s := screen(t, m); !strings.Contains(s, "✗ \"09:00 yesterday\" is over") {
		t.Errorf("an end that is over is not said:\n%s", s)
	}
	press(t, m, "backspace", "backspace", "backspace", "backspace", "backspace")
	write(t, m, "30m")
	press(t, m, "tab")
	write(t, m, "nonsense")
	if s := screen(t, m); !strings.Contains(s, "is no range of addresses") {
		t.Errorf("a bad range is not said:\n%s", s)
	}
	press(t, m, "tab", "tab", "enter")
	if len(d.ran) != 0 {
		t.Errorf("ran %v", d.ran)
	}
}

func TestWhatIsClosedCanBeOpened(t *testing.T) {
	d := newFakeDesk()
	d.board.Closed = []Closed{{Kind: "shop", Name: "bunko", Until: fixtureNow.Add(time.Hour), By: "mika"}}
	m, _ := closingOf(t, d, Target{Tier: "tier-1", ShopSet: "s-104", Shop: "bunko"}, 110, 28)
	golden(t, "maintenance-closed", m)
	press(t, m, "up", "up") // from the first row to Turn on, to Open now
	if len(d.ran) != 0 {
		t.Fatal("moving the focus ran something")
	}
	press(t, m, " ")
	if len(d.ran) != 0 {
		t.Fatal("space confirmed")
	}
	press(t, m, "enter")
	if diff := cmp.Diff([][]string{{"maintenance", "off", "--shop", "bunko"}}, d.ran); diff != "" {
		t.Error(diff)
	}
}

func TestDialogLeavesOneLevel(t *testing.T) {
	m, c := closingOf(t, newFakeDesk(), Target{Tier: "tier-1"}, 80, 24)
	write(t, m, "q?:")
	if c.text(onMessage) != "q?:" {
		t.Errorf("printable keys are text, the message is %q", c.text(onMessage))
	}
	press(t, m, "esc")
	if _, open := m.top().(*closing); open || len(m.pages) != 2 {
		t.Errorf("esc left %d pages, %T on top", len(m.pages), m.top())
	}
}

func TestNothingIsClosedReadOnly(t *testing.T) {
	d := newFakeDesk()
	d.board.ReadOnly = "read-only: started with --read-only"
	m := shown(t, d, 80, 24)
	press(t, m, "m")
	if m.toast != d.board.ReadOnly || len(m.pages) != 1 {
		t.Errorf("m: %q, %d pages", m.toast, len(m.pages))
	}
}

func TestTheDialogFitsEverySize(t *testing.T) {
	d := newFakeDesk()
	d.board.Closed = []Closed{{Kind: "shop", Name: "bunko", Until: fixtureNow.Add(time.Hour), By: "花子"}}
	m, c := closingOf(t, d, inShop(), 80, 24)
	c.fields[onMessage].SetValue(strings.Repeat("在庫", 90))
	c.fields[onUntil].SetValue("30m")
	c.closing, c.checked = Closing{Until: fixtureNow, ByItself: true, Notes: slices.Repeat([]Note{{Text: strings.Repeat("店", 99)}}, 9)}, c.args()
	for h := 1; h <= 50; h += 3 {
		for w := 1; w <= 170; w += 7 {
			m.Update(tea.WindowSizeMsg{Width: w, Height: h})
			s := screen(t, m)
			if w >= leastWidth && h >= leastHeight && !strings.Contains(s, "Turn on") {
				t.Fatalf("%dx%d has no button:\n%s", w, h, s)
			}
		}
	}
}

// What the command said of an earlier line is of no account, also where the line
// was changed back before that came.
func TestALateAnswerIsNotAboutThisLine(t *testing.T) {
	m, c := closingOf(t, newFakeDesk(), inShop(), 110, 28)
	press(t, m, "down", "down", "down", "tab")
	write(t, m, "30m")
	if !c.settled() {
		t.Fatal("the line was not checked")
	}
	m.Update(closingMsg{page: c, args: []string{"maintenance", "on", "--shop", "bunko", "--until", "30m0"}, err: errors.New("late")})
	if s := screen(t, m); !c.settled() || strings.Contains(s, "late") || strings.Contains(s, m.text.BoardClose.Checking) {
		t.Errorf("a late answer is taken for this line:\n%s", s)
	}
}

// The focus stays on its button when another one comes or goes beside it.
func TestAButtonThatComesTakesNoFocus(t *testing.T) {
	d := newFakeDesk()
	m, c := closingOf(t, d, inShop(), 110, 28)
	press(t, m, "down", "down", "down", "tab")
	write(t, m, "30m")
	press(t, m, "tab", "tab", "tab")
	closed := []Closed{{Kind: "shop", Name: "bunko", Until: fixtureNow.Add(time.Hour), By: "mika"}}
	for _, x := range []struct {
		closed []Closed
		key    string
		want   stop
	}{{closed, "", onClose}, {closed, "up", onOpen}, {nil, "", onCancel}} {
		press(t, m, strings.Fields(x.key)...)
		m.board.Closed = x.closed
		if got := c.on(m); got != x.want {
			t.Fatalf("the focus is on %q, not on %q", got, x.want)
		}
	}
	press(t, m, "enter")
	if len(d.ran) != 0 {
		t.Errorf("ran %v", d.ran)
	}
}

// An error that is longer than the dialog is wide is read to its end.
func TestALongErrorIsWhole(t *testing.T) {
	m, c := closingOf(t, newFakeDesk(), inShop(), 80, 24)
	c.fields[onUntil].SetValue("30m")
	c.checked, c.wrong = c.args(), strings.Repeat("the system repository does not answer ", 4)+"END"
	if s := screen(t, m); !strings.Contains(s, "END") {
		t.Errorf("it is cut:\n%s", s)
	}
}

// Only while Argo CD is silent the dialog says that it is.
func TestWhatIsUnseenIsSaidOfArgoCD(t *testing.T) {
	m, _ := closingOf(t, newFakeDesk(), inShop(), 110, 28)
	unseen := m.text.BoardClose.Unseen
	m.failed = "the system repository does not answer"
	if strings.Contains(screen(t, m), unseen) {
		t.Error("git does not answer, and Argo CD is said to be silent")
	}
	m.failed, m.board.Silent = "", "timeout"
	if !strings.Contains(screen(t, m), unseen) {
		t.Error("Argo CD is silent, and it is not said")
	}
}
