package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// The clock of every test stands still here.
var fixtureNow = time.Date(2026, 11, 20, 1, 41, 2, 0, time.UTC)

var tokyo = time.FixedZone("JST", 9*60*60)

// fakeDesk is a desk without a program behind it.
type fakeDesk struct {
	sync.Mutex
	board  Board
	shops  []Shop
	lines  []string // of Read
	ran    [][]string
	run    func(ctx context.Context, args []string, f Front) Outcome
	looked int
	err    error
	noList error // of Shops

	done     []Activity
	exported []Activity
}

func (d *fakeDesk) Remembered() (Board, bool) { return Board{}, false }

func (d *fakeDesk) Look(context.Context) (Board, error) {
	d.Lock()
	defer d.Unlock()
	d.looked++
	return d.board, d.err
}

func (d *fakeDesk) Shops(context.Context) ([]Shop, error) { return d.shops, d.noList }

func (d *fakeDesk) Glance(ctx context.Context) (Board, error) { return d.Look(ctx) }

func (d *fakeDesk) Watch(ctx context.Context, _ []shop.Tier, _ func(Change)) error {
	<-ctx.Done()
	return ctx.Err()
}

func (d *fakeDesk) Places(context.Context, shop.ShopID) ([]Place, error) {
	return []Place{
		{ShopSet: "s-102", Tier: "tier-1", Domain: "zone-b", Filled: "118/150", Mark: show.Good, Why: "chosen: the least full"},
		{ShopSet: "s-101", Tier: "tier-1", Domain: "zone-a", Filled: "120/150", Mark: show.Good, Why: "fuller"},
		{ShopSet: "s-104", Tier: "tier-1", Domain: "zone-a", Filled: "150/150", Mark: show.Bad, Why: "full", Home: true},
	}, nil
}

func (d *fakeDesk) Read(_ context.Context, args []string, _ int) ([]string, error) {
	d.Lock()
	defer d.Unlock()
	d.ran = append(d.ran, args)
	return d.lines, nil
}

func (d *fakeDesk) Run(ctx context.Context, args []string, f Front) Outcome {
	d.Lock()
	d.ran = append(d.ran, args)
	d.Unlock()
	if d.run == nil {
		return Outcome{}
	}
	return d.run(ctx, args, f)
}

// fixtureBoard is the board of ux.md 9.2: three tiers, one rolls out, one is
// degraded, frozen and partly closed.
func fixtureBoard() Board {
	ago := func(d time.Duration) time.Time { return fixtureNow.Add(-d) }
	commits := []Commit{
		{ID: "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4", Repository: shop.AppRepository, Author: "@ryu", At: ago(41 * time.Minute), Title: "在庫APIのN+1を修正", Pull: "#482", URL: "https://forge.example/acme/app/pull/482"},
		{ID: "77e0b1f477e0b1f477e0b1f477e0b1f477e0b1f4", Repository: shop.AppRepository, Author: "renovate", At: ago(80 * time.Minute), Title: "Bump rails 8.1.1 -> 8.1.2", Pull: "#481", URL: "https://forge.example/acme/app/pull/481"},
		{ID: "0c9d8e740c9d8e740c9d8e740c9d8e740c9d8e74", Repository: shop.AppRepository, Author: "@takuya", At: ago(134 * time.Minute), Title: "feat: coupon v2 (flag off)", Pull: "#479", URL: "https://forge.example/acme/app/pull/479"},
	}
	sets := func(tier shop.Tier, from, n, shops int) (all []ShopSet) {
		for i := range n {
			all = append(all, ShopSet{Name: shop.ShopSetID(fmt.Sprintf("s-%d", from+i)), Tier: tier, Health: shop.Healthy, Sync: shop.Synced, Live: true, Shops: shops, Since: ago(time.Hour)})
		}
		return all
	}
	b := Board{System: "prod", App: "storefront", Live: true, At: fixtureNow}
	b.Tiers = []Tier{
		{Name: "tier-0", Number: 131, Release: shop.Release{App: commits[0].ID}, Since: ago(39 * time.Minute), Health: shop.Healthy, Sync: shop.Synced, Ready: 1, Shops: 12,
			ShopSets: sets("tier-0", 1, 1, 12), Recent: commits},
		{Name: "tier-1", Number: 128, Release: shop.Release{App: "9f8e7d6c9f8e7d6c9f8e7d6c9f8e7d6c9f8e7d6c"}, Since: ago(3 * time.Minute), Health: shop.Progressing, Sync: shop.OutOfSync, Ready: 3, Shops: 480,
			ShopSets: sets("tier-1", 101, 4, 120), Waiting: commits, ByName: true,
			Gates: []Note{{show.Good, "checks 14/14"}, {show.Good, "soak 41m"}, {show.Busy, "rollout of v128 in progress"}}},
		{Name: "tier-2", Number: 121, Release: shop.Release{App: "55ab9c0155ab9c0155ab9c0155ab9c0155ab9c01"}, Since: ago(5 * 24 * time.Hour), Health: shop.Degraded, Sync: shop.Synced, Ready: 55, Shops: 44210,
			ShopSets: sets("tier-2", 200, 56, 790), Waiting: slices.Repeat(commits, 4)[:11], ByName: true,
			Gates: []Note{{show.Good, "checks 14/14"}, {show.Held, "frozen until 11-21 10:00 JST"}},
			Holds: []Note{{show.Held, "frozen"}},
			Notes: []Note{{show.Held, "frozen until 11-21 10:00 JST by takuya: \"Black Friday\""}, {show.Held, "maintenance: 2 shops"}}},
	}
	last := &b.Tiers[1].ShopSets[3]
	last.Health, last.Sync, last.Live = shop.Progressing, shop.OutOfSync, false
	bad := &b.Tiers[2].ShopSets[7]
	bad.Health, bad.Live, bad.Trouble = shop.Degraded, false, "1 of 6 web processes keeps crashing (exit 1, 12 restarts)"
	return b
}

// fixtureShops are shops with Japanese and English names, n of them.
func fixtureShops(n int) []Shop {
	names := []string{"葵茶舗", "文庫堂書店", "こめネット", "Momiji Crafts", "笹屋本店", "はなや", "花火工房 はなび", "さくら花店 (旧 はなみずき)"}
	ids := []string{"aoi-tea", "bunko", "kome-net", "momiji", "sasa-ya", "hana-ya", "hanabi-kobo", "sakura-h"}
	plans := []string{"small", "free", "large"}
	states := []string{"open", "open", "open", "maintenance", "moving", "open", "degraded"}
	var all []Shop
	for i := range n {
		id := ids[i%len(ids)]
		if i >= len(ids) {
			id = fmt.Sprintf("%s-%05d", id, i)
		}
		s := Shop{Tier: "tier-1", Plan: plans[i%3], State: states[i%len(states)], Release: 128}
		s.Name, s.DisplayName, s.ShopSet = shop.ShopID(id), names[i%len(names)], shop.ShopSetID(fmt.Sprintf("s-%d", 101+i%4))
		s.Hosts = []string{id + ".example"}
		if s.State == "maintenance" {
			s.Closed = fixtureNow.Add(80 * time.Minute)
		}
		s.Folded = shop.Fold(strings.Join([]string{id, id + ".example", s.DisplayName}, "\n"))
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Shop) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return all
}

func newFakeDesk() *fakeDesk { return &fakeDesk{board: fixtureBoard(), shops: fixtureShops(40)} }

func fixtureOptions() Options {
	return Options{Text: i18n.For(i18n.English), Page: show.Page{Zone: tokyo}, Now: func() time.Time { return fixtureNow }}
}

// shown is a model that has looked once, on a screen of a size.
func shown(t testing.TB, d *fakeDesk, w, h int) *Model {
	t.Helper()
	return shownWith(t, d, fixtureOptions(), w, h)
}

func shownWith(t testing.TB, d *fakeDesk, o Options, w, h int) *Model {
	t.Helper()
	m := newModel(context.Background(), d, o)
	m.send = func(tea.Msg) {}
	t.Cleanup(m.stop)
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.Update(lookedMsg{epoch: m.epoch, board: d.board})
	return m
}

// press gives the model keys, and does what their commands bring, but not what waits.
func press(t testing.TB, m *Model, keys ...string) {
	t.Helper()
	for _, k := range keys {
		_, cmd := m.Update(keyOf(k))
		settle(m, cmd)
	}
}

// settle carries out commands until they bring nothing more. Ticks are let be.
func settle(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		if batch, many := msg.(tea.BatchMsg); many {
			for _, one := range batch {
				settle(m, one)
			}
			return
		}
		if msg != nil {
			_, next := m.Update(msg)
			settle(m, next)
		}
	case <-time.After(200 * time.Millisecond): // a tick, or a run that waits for an answer
	}
}

func keyOf(k string) tea.KeyMsg {
	named := map[string]tea.KeyType{
		"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"backspace": tea.KeyBackspace, "ctrl+c": tea.KeyCtrlC, "ctrl+d": tea.KeyCtrlD, "ctrl+o": tea.KeyCtrlO, "ctrl+y": tea.KeyCtrlY, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, " ": tea.KeySpace,
		"shift+tab": tea.KeyShiftTab, "home": tea.KeyHome, "end": tea.KeyEnd,
	}
	if kind, ok := named[k]; ok {
		msg := tea.KeyMsg{Type: kind}
		if kind == tea.KeySpace {
			msg.Runes = []rune{' '}
		}
		return msg
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
}

// screen is what is seen, checked for its exact size.
func screen(t testing.TB, m *Model) string {
	t.Helper()
	lines := m.view(m.w, m.h)
	if len(lines) != m.h {
		t.Errorf("%dx%d: %d lines", m.w, m.h, len(lines))
	}
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(l, caret, "")
		if got := show.Width(l); got != m.w {
			t.Errorf("%dx%d: line %d has %d cells: %q", m.w, m.h, i+1, got, l)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
