package tui

import (
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/show"
)

// halves are how a list and the detail of its chosen row share a page.
type halves struct {
	list, detail area
	shown        bool // there is room for the detail
}

const (
	detailBeside = 110 // from here the detail stands at the right
	detailBelow  = 18  // lines of a page that has it below; smaller ones show it on a page of its own
)

func splitPage(w, h int) halves {
	switch {
	case w >= detailBeside:
		detail := max(40, min(w*4/11, 64))
		return halves{area{0, 0, w - detail, h}, area{w - detail, 0, detail, h}, true}
	case h >= detailBelow:
		detail := min(h/2, 14)
		return halves{area{0, 0, w, h - detail}, area{0, h - detail, w, detail}, true}
	}
	return halves{list: area{0, 0, w, h}}
}

// join puts the two boxes together.
func (s halves) join(list, detail []string) []string {
	if s.detail.x > 0 {
		return beside(list, detail)
	}
	return append(list, detail...)
}

// fact is a line of a detail: what it is, and how that is.
type fact struct{ name, text string }

// factLines are facts with their names in one column.
func (m *Model) factLines(facts []fact, w int) (lines []string) {
	wide := 0
	for _, f := range facts {
		wide = max(wide, show.Width(f.name))
	}
	for _, f := range facts {
		lines = append(lines, m.page.Cut(m.faint(show.Pad(f.name, wide))+"  "+f.text, w))
	}
	return lines
}

// marked is text with a symbol, on so many lines at most.
func (m *Model) marked(n Note, w, most int) []string {
	lines := m.folded(n.Text, w-show.Width(m.note(Note{Mark: n.Mark}))-1, most)
	for i, line := range lines {
		if i == 0 {
			lines[i] = m.note(Note{n.Mark, line})
		} else {
			lines[i] = "  " + line
		}
	}
	return lines
}

// can lists what can be done here, two to a line where they fit; what is off or
// not there is left out. The first has a line of its own, in words of its own.
func (m *Model) can(w int, first string, ids ...string) []string {
	lines := []string{m.text.BoardPages.CanDo}
	var cells []string
	here := m.actions()
	for i, id := range ids {
		a, ok := actionOf(here, id)
		switch help := m.keys[id].Help(); {
		case !ok || a.off != "":
		case i == 0:
			lines = append(lines, "  "+m.page.Paint(show.Bold, help.Key)+"  "+first)
		default:
			cells = append(cells, m.page.Paint(show.Bold, help.Key)+"  "+help.Desc)
		}
	}
	wide := [2]int{}
	for i, c := range cells {
		wide[i%2] = max(wide[i%2], show.Width(c))
	}
	per := 2
	if 2+wide[0]+2+wide[1] > w {
		per = 1
	}
	for some := range slices.Chunk(cells, per) {
		lines = append(lines, "  "+show.Pad(some[0], wide[0]+2)+strings.Join(some[1:], ""))
	}
	if len(lines) == 1 {
		return nil
	}
	for i, line := range lines {
		lines[i] = m.page.Cut(line, w)
	}
	return lines
}
