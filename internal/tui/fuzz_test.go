package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// chance makes boards that nobody has: from none to twelve tiers, names and words
// of every width.
type chance struct{ *rand.Rand }

// strange are pieces of text that break what measures them in another way: wide,
// combining, joined, right to left, ambiguous.
var strange = []string{
	"a", "shop", " ", "  ", "在庫APIのN+1を修正", "ﾊﾝｶｸ", "ＷＩＤＥ", "e\u0301", "\u0301", "が", "か\u3099", "👩‍👩‍👧‍👦", "🇯🇵", "🇯", "👍🏽", "\u200d", "\u200b", "─", "●", "…", "→",
	"עברית", "हिन्दी", "ไทย", "한국어", "ᄀ", "\ufe0f", "☃\ufe0f", "x\u20dd", "very-long-name-of-a-shop-that-goes-on-and-on", "1\ufe0f\u20e3", "\u3000", "%d", "\\", "[1m",
}

func (c chance) text(most int) string {
	var b strings.Builder
	for range c.IntN(most + 1) {
		b.WriteString(strange[c.IntN(len(strange))])
	}
	return show.Clean(b.String())
}

func (c chance) in(words ...string) string { return words[c.IntN(len(words))] }

func (c chance) time() time.Time {
	if c.IntN(8) == 0 {
		return time.Time{}
	}
	return fixtureNow.Add(-time.Duration(c.Int64N(int64(400*24*time.Hour)) - int64(10*24*time.Hour)))
}

func (c chance) notes(most int) (all []Note) {
	for range c.IntN(most + 1) {
		all = append(all, Note{show.Symbol(c.IntN(9) - 1), c.text(12)})
	}
	return all
}

func (c chance) commits(most int) (all []Commit) {
	for i := range c.IntN(most + 1) {
		all = append(all, Commit{
			ID: shop.CommitID(fmt.Sprintf("%040x", i)), Repository: shop.AppRepository, Author: c.text(4), At: c.time(), Title: c.text(12), Pull: c.in("", "#1", "#123456"), URL: c.in("", "https://forge.example"),
		})
	}
	return all
}

func (c chance) health() shop.Health {
	return shop.Health(c.in("Healthy", "Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown", "", "Odd"))
}

func (c chance) board() Board {
	b := Board{System: c.text(3), App: c.text(3), Live: c.IntN(2) == 0, Demo: c.IntN(4) == 0, At: fixtureNow, NoArgoCD: c.IntN(8) == 0}
	if c.IntN(6) == 0 {
		b.Silent = c.text(6)
	}
	if c.IntN(6) == 0 {
		b.ReadOnly = c.text(6)
	}
	for i := range c.IntN(13) {
		t := Tier{
			Name: shop.Tier(fmt.Sprintf("tier-%d", i)), Number: c.IntN(2000), Since: c.time(), Health: c.health(), Sync: shop.Sync(c.in("Synced", "OutOfSync", "Unknown", "")),
			Ready: c.IntN(8), Shops: c.IntN(100_000), Waiting: c.commits(30), Recent: c.commits(5), Gates: c.notes(6), Holds: c.notes(3), Notes: c.notes(8),
			ByName: c.IntN(2) == 0, Manual: c.IntN(4) == 0,
		}
		for k := range c.IntN(12) {
			s := ShopSet{
				Name: shop.ShopSetID(fmt.Sprintf("s-%d-%d%s", i, k, c.in("", "-a-name-that-is-long"))), Tier: t.Name, Health: c.health(), Sync: t.Sync, Live: c.IntN(2) == 0,
				Came: c.IntN(6), Shops: c.IntN(5000), Since: c.time(),
			}
			if c.IntN(3) == 0 {
				s.Trouble = c.text(20)
			}
			if c.IntN(4) == 0 {
				at := c.time()
				s.Closed = &at
			}
			t.ShopSets = append(t.ShopSets, s)
		}
		b.Tiers = append(b.Tiers, t)
	}
	return b
}

func (c chance) shops(b Board) (all []Shop) {
	for _, t := range b.Tiers {
		for _, set := range t.ShopSets {
			for range c.IntN(8) {
				s := Shop{Tier: t.Name, Plan: c.in("small", "large", "a-plan-with-a-name"), State: c.in("open", "maintenance", "overdue", "moving", "degraded", "refused", "unknown", "odd"), Release: t.Number}
				s.Name, s.DisplayName, s.ShopSet, s.Closed = shop.ShopID(fmt.Sprintf("shop-%05d", len(all))), c.text(6), set.Name, c.time()
				s.MovingFrom = shop.ShopSetID(c.in("", "s-1"))
				for range c.IntN(6) {
					s.Hosts = append(s.Hosts, c.text(5)+".example")
				}
				s.Folded = shop.Fold(string(s.Name) + "\n" + s.DisplayName)
				all = append(all, s)
			}
		}
	}
	return all
}

func (c chance) size() (w, h int) {
	if c.IntN(3) == 0 {
		return 1 + c.IntN(300), 1 + c.IntN(100)
	}
	return 55 + c.IntN(80), 12 + c.IntN(30) // where layouts change
}

// fuzzKeys are pressed at random; none of them leaves the board.
var fuzzKeys = []string{
	"up", "down", "left", "right", "enter", "enter", "esc", "tab", "g", "G", "pgup", "pgdown", "s", " ", "/", "a", "b", "は", "backspace", ":", "?", "d", "m", "p", "R", "v", "w", "c", "E", "D", "W",
}

// odd drives a board of chance from a seed: sizes, keys, clicks, new boards. Each
// screen must have exactly its size.
func odd(t *testing.T, seed uint64, steps int) {
	t.Helper()
	c := chance{rand.New(rand.NewPCG(seed, 1))}
	d := &fakeDesk{board: c.board()}
	d.shops = c.shops(d.board)
	for range c.IntN(60) {
		d.lines = append(d.lines, c.text(20))
	}
	o := fixtureOptions()
	o.Page.ASCII, o.Page.Wide, o.Page.Colour = c.IntN(4) == 0, c.IntN(4) == 0, c.IntN(2) == 0
	w, h := c.size()
	m := shownWith(t, d, o, w, h)
	for step := range steps {
		switch c.IntN(10) {
		case 0:
			w, h := c.size()
			m.Update(tea.WindowSizeMsg{Width: w, Height: h})
		case 1:
			d.board = c.board()
			d.shops = c.shops(d.board)
			m.Update(lookedMsg{epoch: m.epoch, board: d.board})
			now(m, m.wantShops())
		case 2:
			m.Update(tea.MouseMsg{
				X: c.IntN(m.w), Y: c.IntN(m.h), Action: tea.MouseActionPress,
				Button: []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown}[c.IntN(3)],
			})
		case 3:
			d.err = nil
			if c.IntN(2) == 0 {
				d.err = fmt.Errorf("%s", c.text(20))
			}
			m.Update(lookedMsg{epoch: m.epoch, board: d.board, err: d.err})
		default:
			k := fuzzKeys[c.IntN(len(fuzzKeys))]
			_, cmd := m.Update(keyOf(k))
			if k == "enter" || k == "/" {
				now(m, m.wantShops())
			}
			_ = cmd
		}
		if got := oddScreen(m); got != "" {
			t.Fatalf("seed %d, step %d, %dx%d, page %T: %s", seed, step, m.w, m.h, m.top(), got)
		}
	}
}

// now carries out one command that does not wait.
func now(m *Model, cmd tea.Cmd) {
	if cmd != nil {
		m.Update(cmd())
	}
}

// oddScreen says what is wrong with the size of a screen; empty: nothing.
func oddScreen(m *Model) string {
	lines := m.view(m.w, m.h)
	if len(lines) != m.h {
		return fmt.Sprintf("%d lines", len(lines))
	}
	for i, l := range lines {
		if got := show.Width(l); got != m.w {
			return fmt.Sprintf("line %d has %d cells: %q", i+1, got, l)
		}
	}
	return ""
}

func TestOddBoards(t *testing.T) {
	for seed := range uint64(30) {
		odd(t, seed, 80)
	}
}

func FuzzBoards(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { odd(t, seed, 60) })
}

// Every page has exactly the size of the screen, in all sizes that there are.
func TestAllSizes(t *testing.T) {
	for _, l := range looks() {
		m := l.drawn(t, 110, 28)
		for w := 1; w <= 300; w += 1 + w/3 {
			for h := 1; h <= 100; h += 1 + h/2 {
				m.Update(tea.WindowSizeMsg{Width: w, Height: h})
				if got := oddScreen(m); got != "" {
					t.Fatalf("%s, %dx%d: %s", l.name, w, h, got)
				}
			}
		}
	}
}
