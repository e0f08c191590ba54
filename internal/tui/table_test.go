package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// listed are rows of names; built counts the cells that were made.
func listed(names []string, built *int) rows {
	return rows{
		columns: []column{{head: "name", width: 8, flex: 1}, {head: "n", width: 3, right: true}, {head: "more", width: 20, drop: 1}},
		n:       len(names),
		key:     func(i int) string { return names[i] },
		cells: func(i int) []string {
			if built != nil {
				*built++
			}
			return []string{names[i], fmt.Sprint(i), "more"}
		},
		empty: "nothing here",
	}
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("row-%05d", i)
	}
	return names
}

func TestTableBuildsOnlyWhatIsSeen(t *testing.T) {
	m := shown(t, newFakeDesk(), 80, 24)
	var tab table
	built := 0
	r := listed(numbered(50_000), &built)
	tab.choose(r, "row-30000")
	lines := tab.view(m, r, area{0, 0, 60, 11})
	if built != 10 {
		t.Errorf("%d rows were built for 10 lines", built)
	}
	if got := strings.TrimSpace(lines[10]); !strings.HasPrefix(got, "> row-30000") {
		t.Errorf("last line: %q", got)
	}
	if got, want := tab.span(m, r)+" "+tab.place(r), "29,992-30,001 of 50,000 30,001/50,000"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// New rows above do not move what the cursor is on, nor its line.
func TestTableFollowsTheObject(t *testing.T) {
	m := shown(t, newFakeDesk(), 80, 24)
	var tab table
	names := numbered(100)
	look := func() string {
		r := listed(names, nil)
		for i, line := range tab.view(m, r, area{0, 0, 60, 11}) {
			if strings.HasPrefix(line, ">") {
				return fmt.Sprintf("%s on line %d", strings.Fields(line)[1], i)
			}
		}
		return "nowhere"
	}
	tab.choose(listed(names, nil), "row-00050")
	look()
	tab.scroll(listed(names, nil), 4)
	before := look()
	names = slices.Concat([]string{"a", "b", "c"}, names[:20], names[25:])
	if after := look(); after != before || before != "row-00050 on line 6" {
		t.Errorf("%q, then %q", before, after)
	}
	names = slices.DeleteFunc(names, func(s string) bool { return s == "row-00050" })
	if got := look(); got != "row-00051 on line 6" {
		t.Errorf("its object is gone: %q", got)
	}
	names = nil
	look()
	names = numbered(100)
	if got := look(); !strings.HasPrefix(got, "row-00051") {
		t.Errorf("after an empty moment: %q", got)
	}
}

func TestTableKeysAndMouse(t *testing.T) {
	m := shown(t, newFakeDesk(), 80, 24)
	var tab table
	r := listed(numbered(100), nil)
	do := func(id string) string {
		for _, a := range tab.actions(func(*Model) rows { return r }) {
			if a.id == id {
				a.do(m)
			}
		}
		tab.view(m, r, area{2, 3, 60, 11})
		return fmt.Sprintf("%d %s", tab.cursor, tab.span(m, r))
	}
	for _, step := range [][2]string{
		{"up", "0 1-10 of 100"}, {"down", "1 1-10 of 100"}, {"page-down", "10 2-11 of 100"}, {"end", "99 91-100 of 100"}, {"down", "99 91-100 of 100"},
		{"page-up", "90 91-100 of 100"}, {"up", "89 90-99 of 100"}, {"top", "0 1-10 of 100"},
	} {
		if got := do(step[0]); got != step[1] {
			t.Errorf("%s: %q, want %q", step[0], got, step[1])
		}
	}
	mouse := func(b tea.MouseButton, y int) bool {
		again := tab.mouse(r, tea.MouseMsg{X: 5, Y: y, Button: b, Action: tea.MouseActionPress})
		tab.view(m, r, area{2, 3, 60, 11})
		return again
	}
	mouse(tea.MouseButtonWheelDown, 6)
	if tab.first != 3 || tab.cursor != 3 {
		t.Errorf("wheel: first %d, cursor %d", tab.first, tab.cursor)
	}
	if mouse(tea.MouseButtonLeft, 6) || tab.cursor != 5 {
		t.Errorf("a click is on row %d", tab.cursor)
	}
	if !mouse(tea.MouseButtonLeft, 6) {
		t.Error("a second click does not open")
	}
	if mouse(tea.MouseButtonLeft, 3) || tab.cursor != 5 {
		t.Error("a click on the head moves the cursor")
	}
}

func TestTableFits(t *testing.T) {
	m := shown(t, newFakeDesk(), 80, 24)
	for _, n := range []int{0, 1, 3, 100} {
		for w := range 70 {
			for h := range 12 {
				var tab table
				lines := tab.view(m, listed(numbered(n), nil), area{0, 0, w, h})
				if len(lines) != h {
					t.Fatalf("%d rows on %dx%d: %d lines", n, w, h, len(lines))
				}
				for _, l := range lines {
					if show.Width(l) != w {
						t.Fatalf("%d rows on %dx%d: %q", n, w, h, l)
					}
				}
			}
		}
	}
	if got := fitColumns(listed(nil, nil).columns, 30); !slices.Equal(got, []int{25, 3, -1}) {
		t.Errorf("widths %v", got)
	}
	if got := fitColumns(listed(nil, nil).columns, 60); !slices.Equal(got, []int{33, 3, 20}) {
		t.Errorf("widths %v", got)
	}
}

func TestFleetFindsByName(t *testing.T) {
	d := newFakeDesk()
	m := shown(t, d, 80, 24)
	settle(m, m.wantShops())
	if m.wantShops() != nil {
		t.Error("listed twice for one look")
	}
	for _, s := range d.shops {
		if got, ok := m.shop(s.Name); !ok || got.Name != s.Name {
			t.Errorf("%s: %v %v", s.Name, got.Name, ok)
		}
	}
	if _, ok := m.shop("nobody"); ok {
		t.Error("found who is not there")
	}
	if got := len(m.fleet.in["s-101"]); got != 10 {
		t.Errorf("%d shops in s-101", got)
	}
}
