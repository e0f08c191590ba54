package tui

import (
	"cmp"
	"strings"

	"github.com/shopctl/shopctl/internal/show"
)

// footer names the keys that matter here, or says why a key did nothing. Those
// that stand last are never left out: how to go back, or to quit, and the help.
func (m *Model) footer(w int) string {
	if m.toast != "" {
		return m.fit(" "+m.toast, w)
	}
	const kept = 2
	var parts []string
	total := 0
	for _, a := range m.footed() {
		parts = append(parts, m.footPart(a))
		total += show.Width(parts[len(parts)-1])
	}
	for total > w && len(parts) > kept {
		out := len(parts) - kept - 1
		total -= show.Width(parts[out])
		parts = append(parts[:out], parts[out+1:]...)
	}
	return m.fit(strings.Join(parts, ""), w)
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
