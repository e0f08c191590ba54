package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// where is what the cursor is on, in a line.
func where(m *Model) string {
	at := m.top().at(m)
	words := []string{string(at.Tier), string(at.ShopSet), string(at.Shop)}
	if at.Commit != nil {
		words = append(words, at.Commit.ID.Short())
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

func TestCursorGoesInAndOut(t *testing.T) {
	for _, c := range []struct {
		w, h int
		keys string
		want string
	}{
		{110, 28, "", "tier-0"},
		{110, 28, "right", "tier-1 a1b2c3d"},
		{110, 28, "right down down down", "tier-1 0c9d8e7"},
		{110, 28, "right right right", "tier-2 a1b2c3d"},
		{110, 28, "l l h", "tier-1 a1b2c3d"},
		{110, 28, "right tab down", "tier-1 s-102"},
		{110, 28, "right right tab tab", "tier-2 s-207"},
		{110, 28, "right right tab tab down", "tier-2"},
		{110, 28, "right right tab tab tab", "tier-2 a1b2c3d"},
		{110, 28, "enter", "tier-0 s-1"}, // nothing waits: its ShopSets
		{110, 28, "right tab end enter", "tier-1 s-104 momiji"},
		{110, 28, "right tab end enter down esc", "tier-1 s-104"},
		{110, 28, "right right tab tab enter", "tier-2 s-207"},
		{80, 24, "down", "tier-1"},
		{80, 24, "down tab down", "tier-1 77e0b1f"},
		{80, 24, "down tab tab down", "tier-1 s-102"},
		{80, 24, "down tab tab tab tab down", "tier-2"},
		{80, 24, "down enter down enter", "tier-1 s-102 bunko"},
		{60, 15, "down tab down", "tier-2"}, // one pane
		{60, 15, "down enter end enter enter", "tier-1 s-104 momiji"},
	} {
		m := shown(t, newFakeDesk(), c.w, c.h)
		for _, k := range strings.Fields(c.keys) {
			if k == "end" {
				k = "G"
			}
			press(t, m, k)
			screen(t, m)
		}
		if got := where(m); got != c.want {
			t.Errorf("%dx%d %s: %q, want %q", c.w, c.h, c.keys, got, c.want)
		}
	}
}

// Esc goes one level out and never quits, however often.
func TestEscNeverQuits(t *testing.T) {
	m := shown(t, newFakeDesk(), 60, 15)
	press(t, m, "down", "enter", "enter", "enter", "enter")
	if len(m.pages) < 4 {
		t.Fatalf("only %d pages", len(m.pages))
	}
	for n := len(m.pages); n > 1; n-- {
		press(t, m, "esc")
		if len(m.pages) != n-1 {
			t.Fatalf("one esc led from %d pages to %d", n, len(m.pages))
		}
	}
	for range 20 {
		_, cmd := m.Update(keyOf("esc"))
		if cmd != nil {
			if _, quits := cmd().(tea.QuitMsg); quits {
				t.Fatal("esc quits")
			}
		}
	}
	if m.ctx.Err() != nil || len(m.pages) != 1 {
		t.Error("the board is gone")
	}
}

// A commit opens its page; one without goes to where it is.
func TestEnterOnACommit(t *testing.T) {
	d := newFakeDesk()
	d.board.Tiers[1].Waiting[1].URL = ""
	m := shown(t, d, 110, 28)
	press(t, m, "right", "enter", "down", "enter")
	want := [][]string{{"open", "#482"}, {"where", string(d.board.Tiers[1].Waiting[1].ID)}}
	if !slices.EqualFunc(d.ran, want, slices.Equal) {
		t.Errorf("ran %q, want %q", d.ran, want)
	}
}

func TestEnterOnAShopShowsAllOfIt(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	press(t, m, "right", "tab", "G", "enter", "enter")
	if want := [][]string{{"shop", "show", "momiji"}}; !slices.EqualFunc(d.ran, want, slices.Equal) {
		t.Errorf("ran %q", d.ran)
	}
}

// A look changes rows in place; the cursor stays on its commit, its ShopSet, its shop.
func TestLooksDoNotMoveTheCursor(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	again := func(change func(b *Board)) {
		b := fixtureBoard()
		change(&b)
		b.At, b.List = m.board.At.Add(time.Second), m.board.List+"+"
		_, cmd := m.Update(lookedMsg{epoch: m.epoch, board: b})
		settle(m, cmd)
		screen(t, m)
	}
	press(t, m, "right", "down")
	again(func(b *Board) {
		b.Tiers[1].Waiting = append([]Commit{{ID: "new1", Title: "new"}, {ID: "new2", Title: "new"}}, b.Tiers[1].Waiting...)
	})
	if got := where(m); got != "tier-1 77e0b1f" {
		t.Errorf("after new commits: %q", got)
	}
	press(t, m, "tab", "down", "down")
	again(func(b *Board) {
		b.Tiers[1].ShopSets = slices.Insert(b.Tiers[1].ShopSets, 0, ShopSet{Name: "s-100", Tier: "tier-1"})
	})
	if got := where(m); got != "tier-1 s-103" {
		t.Errorf("after a new ShopSet: %q", got)
	}
	press(t, m, "down", "enter", "down", "down")
	before := where(m)
	d.shops = append([]Shop{{Tier: "tier-1", State: "open"}}, d.shops...)
	d.shops[0].Name, d.shops[0].ShopSet = "a-new-shop", "s-104"
	again(func(*Board) {})
	if got := where(m); got != before || before != "tier-1 s-104 momiji-00019" {
		t.Errorf("after a new shop: %q, before %q", got, before)
	}
	if !strings.Contains(screen(t, m), "a-new-shop") {
		t.Error("the new shop is not seen")
	}
}

func TestSortShowsTheWorstFirst(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	settle(m, m.enterShopSet("s-104"))
	press(t, m, "down", "down", "s")
	s, _ := m.top().(*shops).chosen(m)
	if s.State != "degraded" || !strings.Contains(screen(t, m), "(by state)") {
		t.Errorf("by state: first is %s, %s", s.Name, s.State)
	}
	press(t, m, "s")
	if s, _ := m.top().(*shops).chosen(m); s.Plan != "free" {
		t.Errorf("by plan: first is %s", s.Plan)
	}
	press(t, m, "s", "s")
	if got := where(m); got != "tier-1 s-104 momiji" {
		t.Errorf("by name again: %q", got)
	}
	m.push(&shopSets{tier: "tier-2"})
	press(t, m, "s")
	if got := where(m); got != "tier-2 s-207" {
		t.Errorf("ShopSets by state: %q", got)
	}
}

// A paused view stays as it is and counts what it missed; then it catches up.
func TestPause(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	press(t, m, " ")
	for i := range 3 {
		d.board = fixtureBoard()
		d.board.Tiers[0].Number, d.board.Tiers[0].Release.App = 132, shop.CommitID(fmt.Sprint("a release ", i))
		m.Update(lookedMsg{epoch: m.epoch, board: d.board})
	}
	if s := screen(t, m); !strings.Contains(s, "# paused, 3 missed") || strings.Contains(s, "v132") {
		t.Errorf("paused:\n%s", s)
	}
	press(t, m, " ")
	if s := screen(t, m); strings.Contains(s, "paused") || !strings.Contains(s, "v132") {
		t.Errorf("going on:\n%s", s)
	}
}

func TestMouseChooses(t *testing.T) {
	click := func(m *Model, x, y int) {
		_, cmd := m.Update(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
		settle(m, cmd)
		screen(t, m)
	}
	at := func(m *Model, text string) (x, y int) {
		for i, line := range strings.Split(screen(t, m), "\n") {
			if k := strings.Index(line, text); k >= 0 {
				return show.Width(line[:k]), i
			}
		}
		t.Fatalf("%q is not seen", text)
		return 0, 0
	}
	m := shown(t, newFakeDesk(), 110, 28)
	x, y := at(m, "tier-2")
	click(m, x, y)
	if got := where(m); got != "tier-2 a1b2c3d" {
		t.Errorf("a click on a column: %q", got)
	}
	for _, y := range []int{0, m.h - 1} { // the header and the last line are no part of the page
		click(m, 3, y)
		if got := where(m); got != "tier-2 a1b2c3d" {
			t.Errorf("a click on line %d: %q", y, got)
		}
	}
	press(t, m, "tab")
	x, y = at(m, "s-203")
	click(m, x, y)
	if got := where(m); got != "tier-2 s-203" {
		t.Errorf("a click on a row: %q", got)
	}
	click(m, x, y)
	if _, ok := m.top().(*shops); !ok {
		t.Errorf("a second click opens: %T", m.top())
	}
	m = shown(t, newFakeDesk(), 80, 24)
	x, y = at(m, "tier-2")
	click(m, x, y)
	if got := where(m); got != "tier-2" {
		t.Errorf("a click on a row of tiers: %q", got)
	}
	x, y = at(m, "77e0b1f")
	click(m, x, y)
	if got := where(m); got != "tier-2 77e0b1f" {
		t.Errorf("a click in the lower box: %q", got)
	}
}

// How long a shop has been so is never cut.
func TestShopsSinceHasRoom(t *testing.T) {
	for _, size := range sizes {
		d := newFakeDesk()
		for i := range d.board.Tiers[1].ShopSets {
			d.board.Tiers[1].ShopSets[i].Since = fixtureNow.Add(-20*time.Hour - 29*time.Minute)
		}
		m := shown(t, d, size[0], size[1])
		settle(m, m.enterShopSet("s-104"))
		if s := screen(t, m); !strings.Contains(s, "20h29m") {
			t.Errorf("%v:\n%s", size, s)
		}
	}
}

// Where the screen has become too small for a detail, its place belongs to the list.
func TestMouseWhereTheDetailWas(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	press(t, m, "right", "tab", "G", "enter")
	screen(t, m)
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 18})
	screen(t, m)
	m.Update(tea.MouseMsg{X: 75, Y: 5, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	if got := m.top().(*shops).list.cursor; got != 2 {
		t.Errorf("the cursor is on row %d", got)
	}
}

func TestTheDetailOfAnotherShopBeginsAtItsFirstLine(t *testing.T) {
	m := shown(t, newFakeDesk(), 80, 20)
	press(t, m, "right", "enter", "enter")
	screen(t, m)
	press(t, m, "tab", "down", "down")
	if s := screen(t, m); m.top().(*shops).detail.from == 0 {
		t.Fatalf("the detail is not scrolled:\n%s", s)
	}
	press(t, m, "tab", "down")
	screen(t, m)
	if got := m.top().(*shops).detail.from; got != 0 {
		t.Errorf("another shop is seen from line %d", got)
	}
}

// A release that the ShopSets refuse is not on its way, and the column says why. While
// one is on its way what it says of that is no trouble, and hides nobody's pin.
func TestColumnTellsWhatIsWrong(t *testing.T) {
	d := newFakeDesk()
	tier := &d.board.Tiers[1]
	tier.Health, tier.Sync, tier.Ready = shop.Healthy, shop.OutOfSync, 0
	tier.Notes = []Note{{show.Held, "pinned to v128 by ryu"}}
	for i := range tier.ShopSets {
		s := &tier.ShopSets[i]
		s.Health, s.Live, s.Refused, s.Trouble = shop.Healthy, false, true, "objects failed to apply"
	}
	m := shown(t, d, 110, 28)
	s := screen(t, m)
	for _, want := range []string{"✗ 4 shopsets: objects failed to", "# pinned to v128 by ryu"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q:\n%s", want, s)
		}
	}
	if strings.Contains(s, "rolling out v128") {
		t.Errorf("it is said to be on its way:\n%s", s)
	}

	for i := range tier.ShopSets { // somebody changed them by hand
		s := &tier.ShopSets[i]
		s.Refused, s.Trouble, s.Sync = false, "", shop.OutOfSync
	}
	if s := screen(t, shown(t, d, 110, 28)); strings.Contains(s, "rolling out v128") || !strings.Contains(s, "✗ behind") {
		t.Errorf("it is said to be on its way:\n%s", s)
	}

	for i := range tier.ShopSets {
		s := &tier.ShopSets[i]
		s.Health, s.Refused, s.Trouble = shop.Progressing, i == 3, "waiting for the rollout to finish"
	}
	tier.Health = shop.Progressing
	s = screen(t, shown(t, d, 110, 28))
	for _, want := range []string{"rolling out v128", "101 ↻", "104 ✗", "✗ s-104: waiting", "# pinned to v128", "waiting for this tier"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q:\n%s", want, s)
		}
	}
	if strings.Contains(s, "s-101: waiting") {
		t.Errorf("a rollout is told as trouble:\n%s", s)
	}
}

// What cannot be known is never shown as healthy.
func TestUnknownIsNeverGood(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	for _, h := range []shop.Health{shop.UnknownHealth, "", "Odd", shop.Degraded, shop.Missing, shop.Suspended, shop.Progressing} {
		if s := m.healthMark(h, -1); strings.Contains(s, "✓") || strings.Contains(s, m.text.Look.Healthy) {
			t.Errorf("%q: %s", h, s)
		}
		if got := setSymbol(ShopSet{Health: h}); got == show.Good {
			t.Errorf("a ShopSet that is %q is good", h)
		}
	}
	if got := setSymbol(ShopSet{Health: shop.Healthy}); got == show.Good {
		t.Error("healthy with another release is good")
	}
	for _, s := range []shop.Sync{shop.UnknownSync, "", "Odd", shop.OutOfSync} {
		if strings.Contains(m.syncMark(s), "✓") {
			t.Errorf("%q is synced", s)
		}
	}
	for _, s := range []string{"", "odd", "unknown", "refused", "overdue", "maintenance"} {
		if strings.Contains(m.shopMark(s), "✓") {
			t.Errorf("a shop that is %q is open", s)
		}
	}
}

func TestNextStep(t *testing.T) {
	waits := []Commit{{ID: "a"}}
	for _, c := range []struct {
		name  string
		board Board
		tier  Tier
		want  string
	}{
		{"promote", Board{}, Tier{Name: "tier-1", Waiting: waits, Gates: []Note{{show.Good, "soak"}}}, "next: p promotes to tier-1"},
		{"busy", Board{}, Tier{Name: "tier-1", Waiting: waits, Gates: []Note{{show.Busy, "soak"}}}, "next: waits for this: soak"},
		{"held first", Board{}, Tier{Name: "tier-1", Waiting: waits, Gates: []Note{{show.Busy, "soak"}, {show.Held, "frozen"}}}, "next: waits for this: frozen"},
		{"nothing", Board{}, Tier{Name: "tier-1"}, "next: tier-1 has all that the tier below runs"},
		{"hand step", Board{}, Tier{Name: "tier-1", Manual: true, Sync: shop.OutOfSync}, "next: shopctl sync tier-1; a person starts it here"},
		{"lowest", Board{}, Tier{Name: "tier-0"}, "next: what is merged comes here first"},
		{"lowest waits", Board{}, Tier{Name: "tier-0", Waiting: waits}, "next: a reconcile brings it here; CI does that after a merge"},
		{"silent", Board{Silent: "timeout"}, Tier{Name: "tier-1", Waiting: waits}, "next: nobody sees what runs while Argo CD does not answer; D looks into it"},
		{"read-only", Board{ReadOnly: "nothing can be changed from here"}, Tier{Name: "tier-1", Waiting: waits}, "nothing can be changed from here"},
	} {
		m := shown(t, newFakeDesk(), 110, 28)
		m.board = c.board
		if got := m.nextStep(c.tier); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The key that promotes is not named as the next step where it is off.
func TestNextStepIsNoKeyThatIsOff(t *testing.T) {
	for name, off := range map[string]func(m *Model, t *Tier){
		"--read-only":   func(m *Model, _ *Tier) { m.o.ReadOnly = true },
		"no right":      func(_ *Model, t *Tier) { t.MayNot = "acme/app cannot be pushed to" },
		"a look failed": func(m *Model, _ *Tier) { m.failed = "the system repository does not answer" },
	} {
		m := shown(t, newFakeDesk(), 110, 28)
		tier := &m.board.Tiers[1]
		tier.Gates = nil
		off(m, tier)
		want := m.mayNotPromote(Target{Tier: tier.Name})
		if got := m.nextStep(*tier); got != want || want == "" {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Which system it is, whether it is live and how fresh the board is are seen
// whatever else there is to tell.
func TestHeaderKeepsWhatMatters(t *testing.T) {
	d := newFakeDesk()
	d.board.ReadOnly = "you may not push"
	for w := leastWidth; w < 200; w++ {
		m := shown(t, d, w, 24)
		m.paused, m.missed, m.unread = true, 123456, 4
		for i := range 5 {
			r := &run{args: []string{"promote", "tier-1"}}
			if i == 0 {
				r.outcome = &Outcome{}
			}
			m.runs = append(m.runs, r)
		}
		head := strings.Split(screen(t, m), "\n")[0]
		for _, want := range []string{"prod (LIVE)", "fresh 0s"} {
			if !strings.Contains(head, want) {
				t.Errorf("%d cells: no %q in %q", w, want, head)
			}
		}
		if all := strings.Contains(head, "read-only") && strings.Contains(head, "paused") && strings.Contains(head, "✓ tier-1"); w > 180 && !all {
			t.Errorf("%d cells: %q", w, head)
		}
	}
}

// A page that comes to light again is told what has come meanwhile.
func TestAPageBelowIsTold(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	settle(m, m.wantShops())
	m.push(&oneShop{name: "bunko"})
	m.push(&failures{})
	moved := slices.Clone(d.shops)
	at := slices.IndexFunc(moved, func(s Shop) bool { return s.Name == "bunko" })
	moved[at].ShopSet = "s-101"
	d.shops = moved
	next := fixtureBoard()
	next.List = "another"
	m.Update(lookedMsg{epoch: m.epoch, board: next})
	press(t, m, "esc")
	if s, _ := m.shop("bunko"); s.ShopSet != "s-101" {
		t.Errorf("bunko is shown in %s", s.ShopSet)
	}
}
