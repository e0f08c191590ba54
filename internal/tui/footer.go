package tui

import (
	"cmp"

	"github.com/shopctl/shopctl/internal/show"
)

// footer names the keys that matter here, or says why a key did nothing. Those
// that stand last are never left out: how to go back, or to quit, and the help.
func (m *Model) footer(w int) string {
	if m.toast != "" {
		return m.fit(" "+m.toast, w)
	}
	all := m.footed()
	last := max(0, len(all)-2)
	line, end := "", ""
	for _, a := range all[last:] {
		end += m.footPart(a)
	}
	for _, a := range all[:last] {
		if part := m.footPart(a); show.Width(line)+show.Width(part)+show.Width(end) <= w {
			line += part
		}
	}
	return m.fit(line+end, w)
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
