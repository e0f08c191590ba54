package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
)

// finding is the page on a screen, with some text typed.
func finding(t *testing.T, w, h int, typed ...string) (*Model, *fakeDesk) {
	t.Helper()
	d := newFakeDesk()
	m := shown(t, d, w, h)
	press(t, m, append([]string{"/"}, typed...)...)
	return m, d
}

func foundNames(m *Model) (names []string) {
	p := m.finding
	for _, i := range p.found.places {
		names = append(names, string(p.found.all[i].Name))
	}
	return names
}

func TestFindsByAllThatIsKnown(t *testing.T) {
	for query, want := range map[string]string{
		"bunko ":                "bunko bunko-00009 bunko-00017 bunko-00025 bunko-00033",
		"はな 00037":              "hana-ya-00037",
		"文庫 !bunko-000":         "bunko",
		"momiji shopset:s-104 ": "momiji momiji-00011 momiji-00019 momiji-00027 momiji-00035",
		"state:degraded plan:small release:v128 tier:1": "bunko-00033 hanabi-kobo sakura-h-00027-none",
		"~hnkb": "hanabi-kobo hanabi-kobo-00014 hanabi-kobo-00022 hanabi-kobo-00030 hanabi-kobo-00038",
		"zzz":   "",
	} {
		m, d := finding(t, 110, 28, query)
		if strings.Contains(want, "-none") {
			want = ""
			for _, s := range d.shops {
				if s.State == "degraded" && s.Plan == "small" {
					want += " " + string(s.Name)
				}
			}
		}
		if got := strings.Join(foundNames(m), " "); got != strings.TrimSpace(want) {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
}

// Keys of the board are text while it is typed.
func TestPrintableKeysAreText(t *testing.T) {
	m, d := finding(t, 110, 28, "q", "k", "j", "G", "/", "?", ":", " ", "p", "m")
	if got := m.finding.field.Value(); got != "qkjG/?: pm" {
		t.Errorf("typed %q", got)
	}
	if m.top() != m.finding || len(d.ran) > 0 || m.paused {
		t.Errorf("a key did something: %T, ran %v", m.top(), d.ran)
	}
}

func TestTheFilterIsKept(t *testing.T) {
	m, _ := finding(t, 110, 28, "はな", "down", "enter")
	if _, ok := m.top().(*oneShop); !ok {
		t.Fatalf("enter opened %T", m.top())
	}
	chosen := m.top().at(m).Shop
	press(t, m, "esc")
	if got := m.top().at(m).Shop; m.top() != m.finding || got != chosen || m.finding.field.Value() != "はな" {
		t.Errorf("back on %T at %s with %q", m.top(), got, m.finding.field.Value())
	}
	m.pop() // as a page that is left in another way
	press(t, m, "/")
	if got := m.top().at(m).Shop; got != chosen || m.finding.field.Value() != "はな" {
		t.Errorf("again at %s with %q", got, m.finding.field.Value())
	}
	press(t, m, "esc")
	if m.top() != m.finding || m.finding.field.Value() != "" || len(foundNames(m)) != 40 {
		t.Errorf("esc left %q, %d found", m.finding.field.Value(), len(foundNames(m)))
	}
	press(t, m, "esc")
	if m.top() == m.finding {
		t.Error("esc again does not leave")
	}
	press(t, m, "esc", "esc")
	if len(m.pages) != 1 {
		t.Errorf("%d pages", len(m.pages))
	}
}

// On the page of a ShopSet the key filters its shops; esc clears what was typed
// after that, and the page that finds among all is another.
func TestTheShopsOfAShopSetAreFiltered(t *testing.T) {
	m, _ := finding(t, 110, 28, "はな")
	press(t, m, "esc", "esc")
	settle(m, m.enterShopSet("s-104"))
	if s := screen(t, m); !strings.Contains(s, " / filter ") || strings.Contains(s, "find shop") {
		t.Errorf("the last line:\n%s", s)
	}
	press(t, m, "/")
	p, finds := m.top().(*find)
	if !finds || p.field.Value() != "shopset:s-104 " {
		t.Fatalf("%T with %q", m.top(), p.field.Value())
	}
	found := func() (names []string) {
		for _, i := range p.found.places {
			if s := p.found.all[i]; s.ShopSet == "s-104" {
				names = append(names, string(s.Name))
			} else {
				t.Errorf("%s of %s is found", s.Name, s.ShopSet)
			}
		}
		return names
	}
	if got := found(); len(got) != 10 {
		t.Errorf("found %v", got)
	}
	press(t, m, "momiji")
	if got := found(); len(got) != 5 || got[0] != "momiji" {
		t.Errorf("found %v", got)
	}
	press(t, m, "enter", "esc", "esc")
	if got := found(); m.top() != page(p) || p.field.Value() != p.begin || len(got) != 10 {
		t.Errorf("esc left %q on %T, found %v", p.field.Value(), m.top(), got)
	}
	press(t, m, "esc")
	if _, back := m.top().(*shops); !back {
		t.Errorf("esc again leaves to %T", m.top())
	}
	press(t, m, "esc", "/")
	if m.top() != m.finding || m.finding.field.Value() != "" {
		t.Errorf("%T with %q", m.top(), m.finding.field.Value())
	}
}

// What is wrong with a filter is said in words, and what was found stays.
func TestAnUnknownField(t *testing.T) {
	m, _ := finding(t, 110, 28, "bunko ")
	before := len(foundNames(m))
	press(t, m, "colour:red")
	s := screen(t, m)
	if !strings.Contains(s, `there is no field "colour"`) || !strings.Contains(s, "shopset") || strings.Contains(s, " of 40 shops") {
		t.Errorf("it says:\n%s", s)
	}
	if got := len(foundNames(m)); got != before || before == 0 {
		t.Errorf("%d found, before %d", got, before)
	}
	press(t, m, "esc")
	if s := screen(t, m); strings.Contains(s, "no field") || !strings.Contains(s, "40 of 40 shops") {
		t.Errorf("still there:\n%s", s)
	}
}

// A search that ends after another has begun is for other words.
func TestLateSearchesAreDropped(t *testing.T) {
	m, _ := finding(t, 110, 28)
	p := m.finding
	p.field.SetValue("bunko")
	slow := p.search(m)
	p.field.SetValue("momiji")
	fast := p.search(m)
	m.Update(fast())
	late := slow().(foundMsg)
	late.hits.places = []int32{0} // as if it had not been stopped
	m.Update(late)
	if got := foundNames(m); len(got) == 0 || !strings.HasPrefix(got[0], "momiji") {
		t.Errorf("found %v", got)
	}
}

// The cursor is on a shop: when others come before it, it stays there; other
// words begin at the first.
func TestTheCursorFollowsTheShop(t *testing.T) {
	m, d := finding(t, 80, 24, "hana", "down", "down")
	chosen, line := m.top().at(m).Shop, rowOf(t, m)
	more := fixtureShops(40)
	more = append([]Shop{{Entry: shop.Entry{Name: "a-hana", Hosts: []string{"a.example"}, ShopSet: "s-101", Folded: "a-hana a.example"}, Plan: "small", State: "open"}}, more...)
	d.shops = more
	next := fixtureBoard()
	next.List, next.Look = "another", 1
	m.epoch++
	_, cmd := m.Update(lookedMsg{epoch: m.epoch, board: next})
	settle(m, cmd)
	if names := foundNames(m); names[0] != "a-hana" {
		t.Fatalf("the new shop is not there: %v", names)
	}
	if got := m.top().at(m).Shop; got != chosen {
		t.Errorf("the cursor went from %s to %s", chosen, got)
	}
	if got := rowOf(t, m); got != line+1 && got != line {
		t.Errorf("it moved from line %d to %d", line, got)
	}
	press(t, m, "-")
	if got := m.top().at(m).Shop; string(got) != foundNames(m)[0] {
		t.Errorf("other words begin at %s", got)
	}
}

// rowOf is the line of the screen that the cursor is on.
func rowOf(t *testing.T, m *Model) int {
	t.Helper()
	for i, l := range strings.Split(screen(t, m), "\n") {
		if strings.Contains(l, "│ > ") || strings.Contains(l, "> ") && strings.HasPrefix(l, "│") {
			return i
		}
	}
	t.Fatal("no cursor")
	return 0
}

// What the stream tells of a ShopSet is true of its shops at once, on the screen
// and for the filter.
func TestShopsFollowTheirShopSet(t *testing.T) {
	d := newFakeDesk()
	d.board.Look = 7
	for i := range d.board.Tiers[1].ShopSets {
		d.board.Tiers[1].ShopSets[i].Gives = shop.ShopOpen
	}
	m := shown(t, d, 110, 28)
	press(t, m, "/", "state:degraded")
	if got := foundNames(m); len(got) != 0 {
		t.Fatalf("degraded: %v", got)
	}
	_, cmd := m.Update(changedMsg{1, degraded(7)})
	settle(m, cmd)
	if got := foundNames(m); len(got) != 10 {
		t.Errorf("%d shops of s-102 are degraded: %v", len(got), got)
	}
	if s := screen(t, m); !strings.Contains(s, "! degraded") {
		t.Errorf("not seen:\n%s", s)
	}
}

func TestBrowserAndCopy(t *testing.T) {
	m, d := finding(t, 110, 28, "momiji", "ctrl+o")
	if len(d.ran) != 1 || strings.Join(d.ran[0], " ") != "open momiji" {
		t.Errorf("ctrl-o ran %v", d.ran)
	}
	press(t, m, "ctrl+y")
	if !strings.Contains(m.toast, "shopctl shop show momiji") {
		t.Errorf("ctrl-y says %q", m.toast)
	}
	press(t, m, "esc", "zzz", "ctrl+o")
	if len(d.ran) != 1 {
		t.Errorf("ctrl-o on nothing ran %v", d.ran)
	}
}

func TestFindGolden(t *testing.T) {
	for name, typed := range map[string]string{"find": "はな tier:1 !maintenance", "find-all": "", "find-none": "zzz", "find-bad": "colour:red", "find-fuzzy": "~hnkb"} {
		for _, size := range sizes {
			m, _ := finding(t, size[0], size[1], typed)
			golden(t, name, m)
		}
	}
}

// A field that is too long for its line, and every odd size.
func TestFindFits(t *testing.T) {
	m, _ := finding(t, 80, 24, strings.Repeat("長い名前の店 ", 30))
	for _, size := range [][2]int{{60, 15}, {61, 16}, {79, 23}, {110, 28}, {300, 100}, {1, 1}} {
		m.Update(sizeMsg(size))
		screen(t, m)
	}
}

func TestSearchesTellHowLongTheyTook(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 110, 28)
	at := fixtureNow
	m.o.Now = func() time.Time { at = at.Add(3 * time.Millisecond); return at }
	press(t, m, "/")
	if s := screen(t, m); !strings.Contains(s, "40 of 40 shops   3 ms") {
		t.Errorf("it says:\n%s", s)
	}
}

func sizeMsg(size [2]int) tea.WindowSizeMsg {
	return tea.WindowSizeMsg{Width: size[0], Height: size[1]}
}
