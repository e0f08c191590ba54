package tui

import (
	"errors"
	"math/rand/v2"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
)

// strangePages are the pages of what is said, told and asked, with text in them
// that nobody would choose.
func strangePages(t *testing.T, seed uint64) map[string]*Model {
	t.Helper()
	c := chance{rand.New(rand.NewPCG(seed, 1))}
	d := newFakeDesk()
	for range 40 {
		d.lines = append(d.lines, "\x1b[31m"+c.text(30)+"\x1b[m"+c.text(30))
	}
	for i := range 30 {
		d.done = append(d.done, Activity{
			At: c.time(), Who: c.text(6), What: c.text(12), Reason: c.text(6), Targets: []string{c.text(3), "tier-1"}, Result: Note{0, c.text(4)},
			Took: c.text(2), Commit: shop.CommitID(rune('a' + i)), Release: c.in("", "v1"),
		})
	}
	pages := map[string]*Model{}
	for name, keys := range map[string][]string{
		"reading": {"right", "w"}, "tabs": {"right", "d"}, "palette": {":"}, "palette with words": {":", c.text(40)}, "help": {"?"},
		"filtered help": {"?", c.text(20)}, "activity": {"a"}, "filtered activity": {"a", "/", c.text(8)}, "detail": {"a", "enter"}, "errors": {"E"},
		"dialog": {"m", c.text(40)},
	} {
		m := shown(t, d, 110, 28)
		m.o.Commands = fixtureCommands
		for range 5 {
			m.fail(c.text(60))
		}
		press(t, m, keys...)
		if c.IntN(2) == 0 {
			m.Update(lookedMsg{epoch: m.epoch, err: errors.New(c.text(80))})
		}
		m.page.ASCII = c.IntN(2) == 0
		pages[name] = m
	}
	return pages
}

func TestWhatIsSaidFitsEverySize(t *testing.T) {
	for seed := range uint64(2) {
		for name, m := range strangePages(t, seed) {
			for w := 1; w <= 300; w += 19 {
				for h := 1; h <= 100; h += 9 {
					m.Update(tea.WindowSizeMsg{Width: w, Height: h})
					screen(t, m)
					if t.Failed() {
						t.Fatalf("seed %d, %s, %dx%d", seed, name, w, h)
					}
				}
			}
		}
	}
}
