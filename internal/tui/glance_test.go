package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

func glanceOf(t *testing.T, ascii bool) Glance {
	t.Helper()
	board, err := newFakeDesk().Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return Glance{Page: show.Page{ASCII: ascii}, Text: i18n.For(i18n.English), Board: board, Age: time.Second}
}

func TestGlanceIsDrawn(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {79, 23}, {109, 27}} {
		fresh, lost, one := glanceOf(t, false), glanceOf(t, false), glanceOf(t, true)
		lost.Tries, lost.Age = 3, 2*time.Minute+14*time.Second
		one.Of = Target{Tier: "tier-1"}
		for name, g := range map[string]Glance{"fresh": fresh, "lost": lost, "tier-ascii": one} {
			drawn(t, fmt.Sprintf("glance-%s.%dx%d.txt", name, size[0], size[1]), strings.Join(g.Lines(size[0], size[1]), "\n")+"\n")
		}
	}
}

func TestGlanceFits(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	whole := glanceOf(t, false)
	for range 500 {
		g := whole
		g.Tries = chance.IntN(3)
		if chance.IntN(2) == 0 {
			g.Of.Tier = g.Board.Tiers[chance.IntN(len(g.Board.Tiers))].Name
		}
		if chance.IntN(9) == 0 {
			g.Board = Board{}
		}
		w, h := 1+chance.IntN(300), 1+chance.IntN(100)
		lines := g.Lines(w, h)
		if len(lines) > h {
			t.Fatalf("%d lines on %dx%d", len(lines), w, h)
		}
		for _, l := range lines {
			if show.Width(l) > w {
				t.Fatalf("%d cells on %dx%d: %q", show.Width(l), w, h, l)
			}
		}
	}
}
