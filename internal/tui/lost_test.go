package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
)

// silenced is a board that was seen once, then Argo CD fell silent.
func silenced(t *testing.T, w, h int) *Model {
	t.Helper()
	m := shown(t, newFakeDesk(), w, h)
	later(m, 134*time.Second)
	b := fixtureBoard()
	b.At, b.Silent = fixtureNow.Add(134*time.Second), "timeout after 10s"
	for i := range b.Tiers {
		b.Tiers[i].Health, b.Tiers[i].Sync, b.Tiers[i].Ready = shop.UnknownHealth, shop.UnknownSync, 0
		for j := range b.Tiers[i].ShopSets {
			s := &b.Tiers[i].ShopSets[j]
			s.Health, s.Sync, s.Live, s.Since, s.Trouble, s.Gives = shop.UnknownHealth, shop.UnknownSync, false, time.Time{}, "", shop.ShopUnknown
		}
	}
	m.Update(lookedMsg{epoch: m.epoch, board: b})
	return m
}

// later moves this machine's clock.
func later(m *Model, by time.Duration) {
	now := m.o.Now().Add(by)
	m.o.Now = func() time.Time { return now }
	m.Update(tickMsg(now))
}

func TestLostGolden(t *testing.T) {
	for _, size := range sizes {
		golden(t, "lost-argocd", silenced(t, size[0], size[1]))
		m := shown(t, newFakeDesk(), size[0], size[1])
		m.Update(lookedMsg{epoch: m.epoch, err: errors.New("the system repository does not answer: 502")})
		golden(t, "lost-git", m)
	}
}

func TestSilenceKeepsWhatIsKnown(t *testing.T) {
	m := silenced(t, 110, 28)
	s := screen(t, m)
	for _, want := range []string{"! STALE 2m14s", "Showing the last known state from 10:41:02", "rolling out", "Off: p. R and m", "Retry in 10s"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing:\n%s", want, s)
		}
	}
	if !strings.HasPrefix(m.title(), "! shopctl prod (LIVE)") {
		t.Errorf("the title is %q", m.title())
	}
}

// What was seen on another day is not told as if it had been today.
func TestTheLastKnownStateHasItsDay(t *testing.T) {
	for ago, want := range map[time.Duration]string{
		2 * time.Hour:  "from 08:41:02.",
		20 * time.Hour: "from 11-19 14:41 JST.",
	} {
		m := shown(t, newFakeDesk(), 110, 28)
		m.board.At = fixtureNow.Add(-ago)
		later(m, ago)
		m.Update(lookedMsg{epoch: m.epoch, err: errors.New("nobody answers" + strings.Repeat(", whatever is tried", 9))})
		s := screen(t, m)
		if !strings.Contains(s, want) {
			t.Errorf("%s ago: no %q:\n%s", ago, want, s)
		}
		if strings.Contains(s, "….") {
			t.Errorf("what was cut ends twice:\n%s", s)
		}
	}
}

// The ShopSets and the shops in them are told as their tier is: as they were seen last.
func TestSilenceKeepsWhatIsKnownOfShopSets(t *testing.T) {
	m := silenced(t, 110, 28)
	for i, tier := range fixtureBoard().Tiers {
		for j, was := range tier.ShopSets {
			is := m.board.Tiers[i].ShopSets[j]
			if is.Health != was.Health || is.Sync != was.Sync || is.Live != was.Live || is.Since != was.Since || is.Trouble != was.Trouble {
				t.Errorf("%s was %+v, and is shown as %+v", was.Name, was, is)
			}
			want := shop.ShopOpen
			if was.Health == shop.Degraded {
				want = shop.ShopDegraded
			}
			if is.Gives != want {
				t.Errorf("the shops of %s, which was %s, are %s", was.Name, was.Health, is.Gives)
			}
		}
	}
}

// A maintenance is read from git, whoever is silent.
func TestSilenceKeepsWhatIsClosed(t *testing.T) {
	m := silenced(t, 110, 28)
	b := m.board
	b.Tiers[1].ShopSets[0].Gives = shop.ShopClosed
	m.Update(lookedMsg{epoch: m.epoch, board: b})
	if got := m.board.Tiers[1].ShopSets[0].Gives; got != shop.ShopClosed {
		t.Errorf("the shops of a ShopSet that is closed are %s", got)
	}
}

// Unknown is never shown as healthy: what is known of another release is of no use.
func TestSilenceKnowsNothingOfANewRelease(t *testing.T) {
	m := silenced(t, 110, 28)
	b := m.board
	b.Tiers = append([]Tier(nil), b.Tiers...)
	b.Tiers[0].Release.App, b.Tiers[0].Health = "1111111111111111111111111111111111111111", shop.UnknownHealth
	m.Update(lookedMsg{epoch: m.epoch, board: b})
	if got := m.board.Tiers[0].Health; got != shop.UnknownHealth {
		t.Errorf("a release that nobody has seen is %s", got)
	}
	if got := m.board.Tiers[1].Health; got != shop.Progressing {
		t.Errorf("what is still the same is %s", got)
	}
}

// An error of several lines, with what a terminal would obey, stays in its line.
func TestErrorsStayInTheirLine(t *testing.T) {
	odd := errors.New("one\ntwo\x1b[31m\tthree")
	check := func(m *Model) {
		t.Helper()
		if s := screen(t, m); strings.Count(s, "\n") != m.h || strings.ContainsAny(s, "\x1b\t") || !strings.Contains(s, "one two") {
			t.Errorf("%q", s)
		}
	}
	m := newModel(context.Background(), newFakeDesk(), fixtureOptions())
	m.Update(tea.WindowSizeMsg{Width: 110, Height: 28})
	m.Update(lookedMsg{epoch: m.epoch, err: odd})
	check(m)
	d := newFakeDesk()
	d.noList = odd
	m = shown(t, d, 110, 28)
	settle(m, m.enterShopSet("s-104"))
	check(m)
	m = shown(t, d, 110, 28)
	press(t, m, "/")
	check(m)
}

func TestSilenceHoldsPromotionsOnly(t *testing.T) {
	m := silenced(t, 110, 28)
	press(t, m, "right", "p")
	if len(m.pages) != 1 || !strings.Contains(m.toast, "could not be seen") {
		t.Errorf("p: %d pages, %q", len(m.pages), m.toast)
	}
	press(t, m, "m")
	if _, open := m.top().(*closing); !open {
		t.Fatalf("m: %q", m.toast)
	}
	if s := screen(t, m); !strings.Contains(s, "the effect is not seen") {
		t.Errorf("the dialog does not say it:\n%s", s)
	}
	press(t, m, "esc", "R")
	if _, open := m.top().(*errand); !open {
		t.Errorf("R: %q", m.toast)
	}
}

func TestRetriesGrowLonger(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	for _, want := range []time.Duration{10, 20, 30, 30} {
		m.Update(lookedMsg{epoch: m.epoch, err: errors.New("no")})
		if got := m.next.Sub(m.o.Now()); got != want*time.Second {
			t.Errorf("the next look is in %s, want %ds", got, want)
		}
	}
	later(m, 4*time.Second)
	if s := screen(t, m); !strings.Contains(s, "Retry in 26s") {
		t.Errorf("it does not count down:\n%s", s)
	}
	m.Update(lookedMsg{epoch: m.epoch, board: fixtureBoard()})
	if got := m.next.Sub(m.o.Now()); got != lookEvery || m.lost() != "" {
		t.Errorf("after an answer: %s, %q", got, m.lost())
	}
	if len(m.trail) != 1 {
		t.Errorf("the same error stands once: %v", m.trail)
	}
}

func TestRetryNow(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	m.Update(lookedMsg{epoch: m.epoch, err: errors.New("no")})
	looked := d.looked
	press(t, m, "r")
	if d.looked != looked+1 || m.lost() != "" {
		t.Errorf("looked %d times, %q", d.looked-looked, m.lost())
	}
}

// A view that is paused looks as often as another, once there are answers again.
func TestRetriesWhilePaused(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	press(t, m, " ")
	for range 3 {
		m.Update(lookedMsg{epoch: m.epoch, err: errors.New("no")})
	}
	m.Update(lookedMsg{epoch: m.epoch, board: fixtureBoard()})
	if got := m.next.Sub(m.o.Now()); got != lookEvery {
		t.Errorf("the next look is in %s", got)
	}
}

// A key that is held down does not queue looks: the one that is under way is as new.
func TestRefreshDoesNotQueue(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	_, first := m.Update(keyOf("r"))
	epoch := m.epoch
	for range 20 {
		m.Update(keyOf("r"))
	}
	if m.epoch != epoch {
		t.Errorf("%d more looks", m.epoch-epoch)
	}
	settle(m, first)
	if m.looking {
		t.Error("the look that was asked for is dropped")
	}
	m.Update(lookMsg{epoch: m.epoch}) // a short one does not ask for everything
	epoch = m.epoch
	m.Update(keyOf("r"))
	if m.epoch == epoch {
		t.Error("r does nothing during a short look")
	}
}

// Two errors that come in turn, as while the connection is lost, push no other
// one out.
func TestErrorsThatComeInTurnStandOnce(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	m.fail("tier-2 is frozen")
	for range mostFailures {
		m.fail("Argo CD does not answer")
		m.fail("the system repository does not answer")
	}
	var texts []string
	for _, f := range m.trail {
		texts = append(texts, f.text)
	}
	if want := []string{"tier-2 is frozen", "Argo CD does not answer", "the system repository does not answer"}; !slices.Equal(texts, want) || m.unread != len(want) {
		t.Errorf("%d unread of %q", m.unread, texts)
	}
}
