package tui

import (
	"cmp"
	"slices"

	"github.com/shopctl/shopctl/internal/show"
)

// footer names the keys that matter here, or says why a key did nothing. Where
// there is little room, the way out comes first, then what the page is for, then
// the help.
func (m *Model) footer(w int) string {
	if m.toast != "" {
		return m.fit(" "+m.toast, w)
	}
	all := m.footed()
	byWorth := slices.Clone(all)
	if len(all) > 0 {
		first := all[0].id
		slices.SortStableFunc(byWorth, func(a, b action) int { return cmp.Compare(worth(a, first), worth(b, first)) })
	}
	fits := map[string]bool{}
	for _, a := range byWorth {
		if part := show.Width(m.footPart(a)); part <= w {
			fits[a.id] = true
			w -= part
		}
	}
	line := ""
	for _, a := range all {
		if fits[a.id] {
			line += m.footPart(a)
		}
	}
	return line + show.Spaces(w)
}

// worth is the place of a key among those that want to be named.
func worth(a action, first string) int {
	switch a.id {
	case "back", "quit":
		return 0
	case first:
		return 1
	case "help":
		return 2
	}
	return 3
}

func (m *Model) footPart(a action) string {
	help := m.keys[a.id].Help()
	if a.also != "" {
		help.Key += "/" + m.keys[a.also].Help().Key
	}
	return " " + m.page.Paint(show.Bold, cmp.Or(a.key, help.Key)) + " " + cmp.Or(a.name, help.Desc) + " "
}

// footed are the actions that the last line names: those that the page lists, in
// its order, else those that are to be shown.
func (m *Model) footed() (all []action) {
	p, lists := m.top().(interface{ foot(m *Model) []string })
	if !lists {
		some := m.top().actions(m)
		if !m.top().typing() { // their keys are text there
			some = append(some, m.everywhere()...)
		}
		for _, a := range some {
			if a.show && a.off == "" {
				all = append(all, a)
			}
		}
		return all
	}
	can := m.actions()
	for _, id := range p.foot(m) {
		if a, ok := actionOf(can, id); ok && a.off == "" {
			all = append(all, a)
		}
	}
	return all
}
