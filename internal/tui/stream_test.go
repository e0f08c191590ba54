package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// streamed is a model whose board is that of look 7, with a watch under way.
func streamed(t *testing.T) (*Model, *fakeDesk) {
	t.Helper()
	d := newFakeDesk()
	d.board.Look = 7
	m := shown(t, d, 110, 28)
	if m.stream.epoch != 1 || len(m.stream.tiers) != 3 {
		t.Fatalf("no watch of the board's tiers: %+v", m.stream)
	}
	return m, d
}

// degraded is what a watch tells of s-102 after a look.
func degraded(look int) Change {
	return Change{
		Look:     look,
		ShopSets: []ShopSet{{Name: "s-102", Tier: "tier-1", Health: shop.Degraded, Sync: shop.Synced, Gives: shop.ShopDegraded, Trouble: "exit 1"}},
		Tiers:    []TierNow{{Name: "tier-1", Health: shop.Degraded, Sync: shop.OutOfSync, Ready: 2, Gates: []Note{{show.Bad, "health of tier-1"}}}},
	}
}

func health(m *Model) shop.Health {
	s, _ := m.board.ShopSet("s-102")
	return s.Health
}

func TestChangesPatchTheBoardInPlace(t *testing.T) {
	m, _ := streamed(t)
	row := &m.board.Tiers[1].ShopSets[1]
	m.Update(changedMsg{1, degraded(7)})
	if row.Health != shop.Degraded || row.Trouble != "exit 1" {
		t.Errorf("the row is %+v", *row)
	}
	if got := m.board.Tiers[1]; got.Health != shop.Degraded || got.Ready != 2 || len(got.Gates) != 1 || len(got.ShopSets) != 4 || len(got.Waiting) != 3 {
		t.Errorf("the tier is %+v", got)
	}
	if got := m.board.Tiers[2].Health; got != fixtureBoard().Tiers[2].Health {
		t.Errorf("another tier became %s", got)
	}
}

func TestLateChangesAreDropped(t *testing.T) {
	for _, tt := range []struct {
		name string
		msg  changedMsg
		want shop.Health
	}{
		{"of an earlier watch", changedMsg{0, degraded(7)}, shop.Healthy},
		{"after an earlier look", changedMsg{1, degraded(6)}, shop.Healthy},
		{"of what is not on the board", changedMsg{1, Change{Look: 7, ShopSets: []ShopSet{{Name: "nobody", Health: shop.Degraded}}, Tiers: []TierNow{{Name: "tier-9", Health: shop.Degraded}}}}, shop.Healthy},
		{"in time", changedMsg{1, degraded(7)}, shop.Degraded},
	} {
		m, _ := streamed(t)
		m.Update(tt.msg)
		if got := health(m); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// What the stream told after a look may come before its board.
func TestChangesThatAreAheadWaitForTheirBoard(t *testing.T) {
	m, d := streamed(t)
	m.Update(changedMsg{1, degraded(8)})
	if got := health(m); got != shop.Healthy {
		t.Errorf("taken into the board of an older look: %s", got)
	}
	for _, look := range []int{8, 9} {
		next := fixtureBoard()
		next.Look = look
		m.epoch++
		m.Update(lookedMsg{epoch: m.epoch, board: next})
		want := shop.Degraded
		if look == 9 {
			want = shop.Healthy // it knew already
		}
		if got := health(m); got != want {
			t.Errorf("look %d: %s, want %s", look, got, want)
		}
	}
	if len(m.stream.ahead) > 0 || d.looked > 0 {
		t.Errorf("%d changes still wait, looked %d times", len(m.stream.ahead), d.looked)
	}
}

func TestAPausedViewCountsWhatItMisses(t *testing.T) {
	m, d := streamed(t)
	press(t, m, " ")
	body := func() string { _, lines, _ := strings.Cut(screen(t, m), "\n"); return lines } // the header counts
	before := body()
	m.Update(changedMsg{1, degraded(7)})
	m.Update(changedMsg{1, degraded(7)})
	next := fixtureBoard()
	next.Look, next.Tiers[0].Release.App, next.Tiers[0].Number = 8, "1111111111111111111111111111111111111111", 132
	m.Update(lookedMsg{epoch: m.epoch, board: next})
	m.Update(lookedMsg{epoch: m.epoch, board: next})
	if got := body(); got != before {
		t.Errorf("it moved while it was paused:\n%s", got)
	}
	if m.missed != 3 {
		t.Errorf("missed %d, want 3: two changes and a release", m.missed)
	}
	d.err = errors.New("nobody answers")
	m.o.Now = func() time.Time { return fixtureNow.Add(time.Minute) }
	press(t, m, " ")
	if age := m.age(); age != time.Minute {
		t.Errorf("what was learnt a minute ago is %s old", age)
	}
	if m.missed != 0 || m.paused || m.board.Tiers[0].Number != 132 {
		t.Errorf("it goes on with v%d, missed %d", m.board.Tiers[0].Number, m.missed)
	}
}

func TestABrokenStreamIsTakenUpAgain(t *testing.T) {
	m, _ := streamed(t)
	before := screen(t, m)
	_, wait := m.Update(brokenMsg{1, errors.New("the stream was cut off")})
	if wait == nil {
		t.Fatal("nothing waits for it")
	}
	if got := screen(t, m); got != before {
		t.Errorf("the screen changed:\n%s", got)
	}
	if len(m.trail) != 1 || m.trail[0].text != "the stream was cut off" {
		t.Errorf("kept: %v", m.trail)
	}
	m.Update(followMsg{1})
	if m.stream.epoch != 2 {
		t.Errorf("watch %d, want the second", m.stream.epoch)
	}
	m.Update(changedMsg{1, degraded(7)})
	if got := health(m); got != shop.Healthy {
		t.Errorf("the first watch still tells: %s", got)
	}
	if _, again := m.Update(brokenMsg{1, errors.New("late")}); again != nil || m.stream.broke != 1 {
		t.Error("the end of the first watch ended the second")
	}
	m.Update(followMsg{1})
	if m.stream.epoch != 2 {
		t.Error("a late wait began a third watch")
	}
	m.Update(changedMsg{2, degraded(7)})
	if got := health(m); got != shop.Degraded {
		t.Errorf("the second watch tells nothing: %s", got)
	}
}

func TestReconnectsWaitLonger(t *testing.T) {
	now := fixtureNow
	m, _ := streamed(t)
	m.o.Now = func() time.Time { return now }
	var waits []int
	for range 7 {
		m.Update(brokenMsg{m.stream.epoch, errors.New("cut off")})
		waits = append(waits, m.stream.broke)
		m.Update(followMsg{m.stream.epoch})
	}
	if waits[6] != 7 || reconnectIn(0) != firstReconnect || reconnectIn(3) != 8*time.Second || reconnectIn(60) != longestReconnect {
		t.Errorf("waits %v: %v %v %v", waits, reconnectIn(0), reconnectIn(3), reconnectIn(60))
	}
	now = now.Add(time.Hour) // it was good for long
	m.Update(brokenMsg{m.stream.epoch, errors.New("cut off")})
	if m.stream.broke != 1 {
		t.Errorf("broke %d times, want 1", m.stream.broke)
	}
}

// A tier that is new is watched too; the watch before it ends.
func TestTheWatchCoversWhatTheBoardShows(t *testing.T) {
	d := &watchedDesk{fakeDesk: newFakeDesk(), began: make(chan context.Context, 4)}
	m := newModel(context.Background(), d, fixtureOptions())
	m.send = func(tea.Msg) {}
	t.Cleanup(m.stop)
	for i, tiers := range [][]Tier{d.board.Tiers[:2], d.board.Tiers} {
		m.epoch++
		_, cmd := m.Update(lookedMsg{epoch: m.epoch, board: Board{Look: i + 1, At: fixtureNow, Tiers: tiers}})
		go settle(m, cmd)
	}
	first, second := <-d.began, <-d.began
	if d.tiers(first) == 3 {
		first, second = second, first
	}
	if d.tiers(first) != 2 || d.tiers(second) != 3 {
		t.Errorf("watched %d and then %d tiers", d.tiers(first), d.tiers(second))
	}
	select {
	case <-first.Done():
	case <-time.After(10 * time.Second):
		t.Error("the first watch goes on")
	}
	if second.Err() != nil {
		t.Error("the second watch has ended")
	}
}

type watchedDesk struct {
	*fakeDesk
	began chan context.Context
}

type tiersKey struct{}

func (d *watchedDesk) tiers(ctx context.Context) int { return ctx.Value(tiersKey{}).(int) }

func (d *watchedDesk) Watch(ctx context.Context, tiers []shop.Tier, _ func(Change)) error {
	d.began <- context.WithValue(ctx, tiersKey{}, len(tiers))
	<-ctx.Done()
	return ctx.Err()
}
