package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// chips are the runs that were left: how far they are, how they ended, what they
// ask. They stand in every header until they were read.
func (m *Model) chips() (chips []string) {
	for _, r := range m.runs {
		if r.gone || r.idle() || m.top() == page(r.page) {
			continue
		}
		chips = append(chips, m.chip(r))
	}
	return chips
}

// corner is what stands at the right of the header: the chips, and how fresh the
// board is, or which step of its way the page is at.
func (m *Model) corner(fresh string) string {
	if p, staged := m.top().(interface{ stage(m *Model) string }); staged && fresh != "" {
		if stage := p.stage(m); stage != "" {
			fresh = stage
		}
	}
	return strings.Join(append(m.chips(), fresh), "  ")
}

func (m *Model) chip(r *run) string {
	name := show.Clean(r.name())
	switch {
	case r.outcome != nil && r.outcome.Exit != 0:
		return m.page.Mark(show.Bad, name)
	case r.outcome != nil:
		return m.page.Mark(show.Good, name)
	case r.question != nil:
		return m.page.Mark(show.Warn, name+" "+m.text.BoardErrand.Asks)
	}
	if share := r.share(); share >= 0 {
		name += fmt.Sprintf(" %d%%", share)
	}
	return m.page.Mark(show.Busy, name)
}

// running is the key that comes back to a run that was left: one after the other.
func (m *Model) running() action {
	a := action{id: "running", do: (*Model).comeBack}
	if len(m.chips()) == 0 {
		a.off = m.text.BoardErrand.NothingRuns
	}
	return a
}

func (m *Model) comeBack() tea.Cmd {
	for _, r := range m.runs {
		if !r.gone && !r.idle() && m.top() != page(r.page) {
			m.show(r)
			break
		}
	}
	return nil
}

// show puts the page of a run on top. Its outcome is read with that.
func (m *Model) show(r *run) {
	m.close(r.page)
	m.push(r.page)
	if r.outcome != nil {
		m.forget(r)
		return
	}
	for i, other := range m.runs { // the next time the next one comes
		if other == r {
			m.runs = append(append(m.runs[:i:i], m.runs[i+1:]...), r)
			break
		}
	}
}

// close takes a page out of the stack, wherever it lies.
func (m *Model) close(p page) {
	for i := len(m.pages) - 1; i > 0; i-- {
		if m.pages[i] == p {
			m.pages = append(m.pages[:i:i], m.pages[i+1:]...)
		}
	}
}
