package tui

import (
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
)

// stream is the watch that is under way. It covers every tier of the board,
// which is all that a page can show.
type stream struct {
	epoch  int // of watches: what an earlier one tells is dropped
	tiers  []shop.Tier
	stop   context.CancelFunc
	began  time.Time // by this machine's clock
	broke  int       // times that it broke, one soon after the other
	ahead  []Change  // that go on from a look whose board is still to come
	places map[shop.ShopSetID]place
	look   int // of the board that the places are in
}

// place is where a ShopSet stands on the board.
type place struct{ tier, row int }

type (
	changedMsg struct {
		epoch  int
		change Change
	}
	brokenMsg struct {
		epoch int
		err   error
	}
	followMsg struct{ epoch int }
)

// follow keeps a watch on the tiers of the board; one of other tiers ends.
func (m *Model) follow() tea.Cmd {
	var tiers []shop.Tier
	for _, t := range m.board.Tiers {
		tiers = append(tiers, t.Name)
	}
	if len(tiers) == 0 || m.stream.stop != nil && slices.Equal(tiers, m.stream.tiers) {
		return nil
	}
	m.stream.broke = 0
	return m.watch(tiers)
}

func (m *Model) watch(tiers []shop.Tier) tea.Cmd {
	if m.stream.stop != nil {
		m.stream.stop()
	}
	ctx, stop := context.WithCancel(m.ctx)
	m.stream.epoch++
	m.stream.tiers, m.stream.stop, m.stream.began = tiers, stop, m.o.Now()
	epoch := m.stream.epoch
	return func() tea.Msg {
		err := m.desk.Watch(ctx, tiers, func(c Change) { m.send(changedMsg{epoch, c}) })
		return brokenMsg{epoch, err}
	}
}

// Waits before a stream that broke is taken up again.
const (
	firstReconnect   = time.Second
	longestReconnect = 30 * time.Second
)

// broken takes the stream up again, the later the more often it broke. Looks go
// on meanwhile.
func (m *Model) broken(msg brokenMsg) tea.Cmd {
	if msg.epoch != m.stream.epoch || m.ctx.Err() != nil {
		return nil
	}
	if m.o.Now().Sub(m.stream.began) > longestReconnect {
		m.stream.broke = 0
	}
	if msg.err != nil {
		m.keep(msg.err.Error())
	}
	wait := reconnectIn(m.stream.broke)
	m.stream.broke++
	return tea.Tick(wait, func(time.Time) tea.Msg { return followMsg{msg.epoch} })
}

// reconnectIn is the wait after a stream that broke so many times before.
func reconnectIn(broke int) time.Duration {
	return min(firstReconnect<<min(broke, 5), longestReconnect)
}

// changed takes what a watch told into the board, in place. What goes on from an
// older look is late and dropped: the newer one knew it. What goes on from a look
// whose board has not arrived waits for it.
func (m *Model) changed(msg changedMsg) tea.Cmd {
	c := msg.change
	switch {
	case msg.epoch != m.stream.epoch || c.Look < m.board.Look:
		return nil
	case m.paused:
		m.missed += len(c.ShopSets)
		return nil
	case c.Look > m.board.Look:
		m.stream.ahead = append(m.stream.ahead, c)
		return nil
	}
	m.patch(c)
	return m.top().update(m, boardMsg{})
}

// caughtUp takes in what was told ahead of a board that has arrived.
func (m *Model) caughtUp() {
	ahead := m.stream.ahead
	m.stream.ahead = nil
	m.newFacts()
	for _, c := range ahead {
		switch {
		case c.Look == m.board.Look:
			m.patch(c)
		case c.Look > m.board.Look:
			m.stream.ahead = append(m.stream.ahead, c)
		}
	}
}

func (m *Model) patch(c Change) {
	for _, s := range c.ShopSets {
		at, ok := m.placeOf(s.Name)
		if !ok {
			continue
		}
		row := &m.board.Tiers[at.tier].ShopSets[at.row]
		if row.Gives != s.Gives {
			m.newFacts()
		}
		*row = s
	}
	for _, now := range c.Tiers {
		if n := now.Name.Number(); n >= 0 && n < len(m.board.Tiers) {
			t := &m.board.Tiers[n]
			t.Health, t.Sync, t.Ready, t.Gates = now.Health, now.Sync, now.Ready, now.Gates
		}
	}
}

// placeOf finds a ShopSet on the board.
func (m *Model) placeOf(name shop.ShopSetID) (place, bool) {
	if m.stream.places == nil || m.stream.look != m.board.Look {
		m.stream.places, m.stream.look = map[shop.ShopSetID]place{}, m.board.Look
		for i, t := range m.board.Tiers {
			for j, s := range t.ShopSets {
				m.stream.places[s.Name] = place{i, j}
			}
		}
	}
	at, ok := m.stream.places[name]
	return at, ok
}

// missedLook counts in how many ShopSets and releases a board differs from the
// newest that is known while the view is paused.
func (m *Model) missedLook(now Board) {
	last := m.board
	if m.behind != nil {
		last = *m.behind
	}
	m.behind, m.behindSeen = &now, m.o.Now()
	if now.Silent == "" {
		m.faults = 0
	}
	for i, t := range now.Tiers {
		if i >= len(last.Tiers) {
			m.missed++
			continue
		}
		if t.Release != last.Tiers[i].Release {
			m.missed++
		}
	}
}

// resume shows what is known by now, and looks.
func (m *Model) resume() tea.Cmd {
	m.missed = 0
	var shown tea.Cmd
	if m.behind != nil {
		shown = m.arrived(*m.behind, m.behindSeen)
		m.behind = nil
	}
	return tea.Batch(shown, m.look())
}
