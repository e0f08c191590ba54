package tui

import (
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// ShopSets with the same trouble are one line of the column, and however many
// there are: what a person holds is seen.
func TestTheSameTroubleIsOneLine(t *testing.T) {
	held := []Note{{show.Held, "frozen by takuya"}, {show.Held, "pinned to v121 by ryu"}, {show.Held, "maintenance: 2 shops"}}
	for _, c := range []struct {
		name    string
		trouble map[int]string // by the place of the ShopSet
		held    []Note
		rolls   bool
		want    []string
	}{
		{"one", map[int]string{3: "exit 1"}, held[:1], false, []string{"! s-203: exit 1", "# frozen by takuya"}},
		{"two", map[int]string{3: "exit 1", 5: "exit 1"}, held, false, []string{"! s-203, s-205: exit 1", "# frozen by takuya", "# pinned to v121 by ryu", "# maintenance: 2 shops"}},
		{"of two kinds", map[int]string{3: "exit 1", 4: "no image", 5: "exit 1"}, held, false, []string{"! s-203, s-205: exit 1", "! s-204: no image", "# frozen by takuya", "# pinned to v121 by ryu", "# maintenance: 2 shops"}},
		{"too many to name", map[int]string{1: "exit 1", 2: "exit 1", 3: "exit 1", 4: "exit 1"}, nil, false, []string{"! 4 shopsets: exit 1"}},
		{"all another", map[int]string{1: "a", 2: "b", 3: "c", 4: "d", 5: "e", 6: "f", 7: "g", 8: "h"}, held, false, []string{"! s-201: a", "# frozen by takuya", "# pinned to v121 by ryu", "# maintenance: 2 shops", "… 7 more"}},
		{"no room", map[int]string{1: "a", 2: "b", 3: "c"}, held[:1], true, []string{"# frozen by takuya", "… 3 more"}},
	} {
		d := newFakeDesk()
		tier := &d.board.Tiers[2]
		tier.Notes, tier.ShopSets[7].Trouble = c.held, ""
		if c.rolls {
			tier.Health = shop.Progressing
		}
		for i, text := range c.trouble {
			s := &tier.ShopSets[i]
			s.Health, s.Live, s.Trouble = shop.Degraded, false, text
		}
		m := shown(t, d, 110, 28)
		lines := m.column(*tier, 33, 12)
		if len(lines) > 12 || !strings.Contains(strings.Join(lines, "\n"), "waiting for this tier") {
			t.Errorf("%s: the column is\n%s", c.name, strings.Join(lines, "\n"))
		}
		var got []string
		for _, l := range lines[3:] {
			if strings.HasPrefix(l, "! ") || strings.HasPrefix(l, "# ") || strings.HasPrefix(l, "… ") {
				got = append(got, l)
			}
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}
