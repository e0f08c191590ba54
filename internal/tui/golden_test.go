package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
)

// sizes are those of the golden views.
var sizes = [][2]int{{60, 15}, {80, 24}, {110, 28}, {160, 50}}

// golden compares a screen with testdata/NAME.WxH.txt; UPDATE=1 writes it.
func golden(t testing.TB, name string, m *Model) {
	t.Helper()
	drawn(t, fmt.Sprintf("%s.%dx%d.txt", name, m.w, m.h), screen(t, m))
}

// drawn compares a picture with a file of testdata; UPDATE=1 writes it.
func drawn(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs (UPDATE=1 writes it):\n%s", file, got)
	}
}

// look is a page as it is drawn: how to come there from a board that has looked once.
type look struct {
	name string
	desk func(d *fakeDesk)            // nil: the desk of the fixture
	keys string                       // keys that lead there, apart by spaces; " " is space
	then func(t testing.TB, m *Model) // what else happens first
	with func(o *Options)             // options of its own
}

// looks are all pages: each is drawn in all sizes, and again by the test of odd
// sizes. A new page is a line here.
func looks() []look {
	return []look{
		{name: "pipeline"},
		{name: "pipeline-tier-1", keys: "right"},
		{name: "pipeline-tier-2", keys: "right right"},
		{name: "pipeline-shopsets", keys: "right right tab tab"},
		{name: "pipeline-wrong", keys: "right right tab tab tab"},
		{name: "pipeline-colour", keys: "right", with: coloured},
		{name: "pipeline-ascii", keys: "right", with: inASCII},
		{name: "pipeline-wide", keys: "right", with: func(o *Options) { o.Page.Wide = true }},
		{name: "pipeline-first", then: func(_ testing.TB, m *Model) {
			m.board, m.seen = Board{System: "prod", App: "storefront", Live: true}, time.Time{}
		}},
		{name: "pipeline-held", desk: func(d *fakeDesk) {
			t := &d.board.Tiers[2]
			t.ShopSets[7], t.Notes, t.Health, t.Ready = t.ShopSets[6], t.Notes[:1], shop.Healthy, 56
		}},
		{name: "pipeline-twelve", desk: func(d *fakeDesk) {
			for n := 3; n < 12; n++ {
				t := d.board.Tiers[n%3]
				t.Name = shop.Tier(fmt.Sprintf("tier-%d", n))
				d.board.Tiers = append(d.board.Tiers, t)
			}
		}, keys: "down down down"},
		{name: "pipeline-paused", keys: "space", then: func(_ testing.TB, m *Model) { m.missed = 3 }},
		{name: "shopsets", keys: "right right tab esc", then: func(_ testing.TB, m *Model) { m.push(&shopSets{tier: "tier-2"}) }},
		{name: "shopsets-worst", then: func(t testing.TB, m *Model) { m.push(&shopSets{tier: "tier-2"}); press(t, m, "s") }},
		{name: "shops", then: inShopSet("s-104")},
		{name: "shops-closed", then: func(t testing.TB, m *Model) { inShopSet("s-104")(t, m); press(t, m, "s", "down") }},
		{name: "shops-ascii", then: inShopSet("s-104"), with: inASCII},
		{name: "shops-colour", then: inShopSet("s-104"), with: coloured},
		{name: "shops-none", then: inShopSet("s-1")},
		{name: "shop", then: func(t testing.TB, m *Model) { inShopSet("s-104")(t, m); m.push(&oneShop{name: m.top().at(m).Shop}) }},
	}
}

func coloured(o *Options) { o.Page.Colour = true }
func inASCII(o *Options)  { o.Page.ASCII = true }

func inShopSet(name shop.ShopSetID) func(t testing.TB, m *Model) {
	return func(_ testing.TB, m *Model) { settle(m, m.enterShopSet(name)) }
}

// drawn is the model of a look on a screen of a size.
func (l look) drawn(t testing.TB, w, h int) *Model {
	t.Helper()
	d := newFakeDesk()
	if l.desk != nil {
		l.desk(d)
	}
	o := fixtureOptions()
	if l.with != nil {
		l.with(&o)
	}
	m := shownWith(t, d, o, w, h)
	for _, k := range strings.Fields(l.keys) {
		press(t, m, strings.Replace(k, "space", " ", 1))
	}
	if l.then != nil {
		l.then(t, m)
	}
	return m
}

func TestGolden(t *testing.T) {
	for _, l := range looks() {
		for _, size := range sizes {
			golden(t, l.name, l.drawn(t, size[0], size[1]))
		}
	}
}

// However small the screen is, the last line names how to leave the page.
func TestTheWayOutIsNamed(t *testing.T) {
	for _, size := range sizes {
		files, err := filepath.Glob(fmt.Sprintf("testdata/*.%dx%d.txt", size[0], size[1]))
		if err != nil {
			t.Fatal(err)
		}
		pages := 0
		for _, file := range files {
			if strings.HasPrefix(filepath.Base(file), "glance-") {
				continue // status --watch: Ctrl-C
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
			last := ansi.Strip(lines[len(lines)-1])
			named := strings.Contains(last, "esc ") || strings.Contains(last, "q quit")
			if said := strings.Contains(last, i18n.For(i18n.English).BoardPages.NoRoomForPanes); !named && !said {
				t.Errorf("%s: %q", file, last)
			}
			pages++
		}
		if pages < len(looks()) {
			t.Errorf("%v: only %d pages", size, pages)
		}
	}
}
