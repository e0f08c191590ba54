package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// lost says why what is on the screen is not how it is now; empty: it is.
func (m *Model) lost() string {
	switch {
	case m.failed != "":
		return m.failed
	case m.board.Silent != "":
		return m.text.BoardLost.Silent(m.board.Silent)
	}
	return ""
}

// mayNotPromote is why nothing can be promoted into a tier from here: besides
// what others have too, what came of it could not be seen.
func (m *Model) mayNotPromote(t Target) string {
	if why := m.mayNot(t); why != "" {
		return why
	}
	if why := m.lost(); why != "" {
		return m.text.BoardLost.NoPromotion(why)
	}
	return ""
}

// retryIn is the time until the next look, the longer the more looks went wrong.
func (m *Model) retryIn() time.Duration {
	wait := lookEvery
	for range min(m.faults, 3) {
		wait *= 2
	}
	return min(wait, longestRetry)
}

// longestRetry is the most time between two looks that go wrong.
const longestRetry = 30 * time.Second

// again waits for the next look.
func (m *Model) again() tea.Cmd {
	epoch, wait := m.epoch, m.retryIn()
	m.next = m.o.Now().Add(wait)
	return tea.Tick(wait, func(time.Time) tea.Msg { return lookMsg{epoch} })
}

// heard notes what a look says of Argo CD, and gives the board to be shown: a
// silent one keeps what was known of a release that is still the same.
func (m *Model) heard(now Board) Board {
	if now.Silent == "" {
		m.faults, m.known = 0, now.At
		return now
	}
	m.faults++
	m.fail(m.text.BoardLost.Silent(now.Silent))
	if m.known.IsZero() {
		return now
	}
	for i, t := range now.Tiers {
		was, ok := m.board.Tier(t.Name)
		if !ok || was.Release != t.Release {
			continue
		}
		t.Health, t.Sync, t.Ready = was.Health, was.Sync, was.Ready
		sets := append([]ShopSet(nil), t.ShopSets...)
		old := make(map[shop.ShopSetID]ShopSet, len(was.ShopSets))
		for _, s := range was.ShopSets {
			old[s.Name] = s
		}
		for j, s := range sets {
			if o, ok := old[s.Name]; ok {
				sets[j] = s.asKnown(o, now.At)
			}
		}
		t.ShopSets = sets
		now.Tiers[i] = t
	}
	return now
}

// asKnown is a ShopSet of which nobody says how it is, as it was seen last. What
// closes it is asked of the repositories, which still answer.
func (s ShopSet) asKnown(was ShopSet, now time.Time) ShopSet {
	s.Health, s.Sync, s.Live, s.Refused, s.Came, s.Since, s.Trouble = was.Health, was.Sync, was.Live, was.Refused, was.Came, was.Since, was.Trouble
	switch gives := was.Health.ShopState(now); s.Gives {
	case "":
	case shop.ShopUnknown:
		s.Gives = gives
	default:
		s.Gives = shop.WorseShopState(s.Gives, gives)
	}
	return s
}

// age is how old the oldest of what is shown is.
func (m *Model) age() time.Duration {
	at := m.board.At
	if m.board.Silent != "" && !m.known.IsZero() {
		at = m.known
	}
	return m.page.Now.Sub(at)
}

// bodyHeight is the room of a page, bannerHeight that of what stands above it.
func (m *Model) bodyHeight() int { return max(m.h-2-m.bannerHeight(), 0) }

func (m *Model) bannerHeight() int { return len(m.banner(m.w)) }

// banner says what is wrong with the connection, and what still can be done.
func (m *Model) banner(w int) []string {
	why := m.lost()
	if why == "" {
		return nil
	}
	t := m.text.BoardLost
	since := m.board.At
	if m.board.Silent != "" {
		since = m.known
	}
	why = m.page.Cut(show.Clean(why), w)
	if !strings.HasSuffix(why, ".") && !strings.HasSuffix(why, m.page.Ellipsis()) {
		why += "."
	}
	words := []string{why, t.NeverKnown, t.Off(m.keys["promote"].Help().Key)}
	if !since.IsZero() {
		words[1] = t.LastKnown(m.sinceWhen(since))
	}
	if m.failed == "" {
		words = append(words, t.Unseen(m.keys["rollback"].Help().Key, m.keys["maintenance"].Help().Key))
	}
	in := show.Spaces(show.Width(m.page.Mark(show.Warn, "")) + 1)
	lines := wrapped(strings.Join(words, " "), w-4-show.Width(in))
	for n, line := range lines {
		if n == 0 {
			lines[n] = m.page.Mark(show.Warn, line)
		} else {
			lines[n] = in + line
		}
	}
	left := max(m.next.Sub(m.o.Now()), 0).Round(time.Second)
	retry := t.Retry(show.Length(left))
	if m.looking {
		retry = m.text.Board.Looking
	}
	lines = append(lines, in+retry+"   "+m.keys["refresh"].Help().Key+" "+t.RetryNow+"   "+m.keys["doctor"].Help().Key+" "+m.text.Board.Action["doctor"])
	return m.box(frame{title: t.Connection}, lines, w, len(lines)+2)
}

// sinceWhen is a moment of today to the second; an earlier one needs its day more.
func (m *Model) sinceWhen(at time.Time) string {
	at, now := at.In(zoneOf(m.page)), m.page.Now.In(zoneOf(m.page))
	if at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		return m.page.Clock(at)
	}
	return at.Format("15:04:05")
}

func zoneOf(p show.Page) *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}
