package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// failures is the page of what went wrong last, newest first.
type failures struct{ box scroller }

func (m *Model) failures() tea.Cmd {
	if !m.reads() {
		m.push(&failures{box: scroller{title: m.text.Board.Action["errors"]}})
	}
	m.unread = 0
	return nil
}

// reads reports whether the page of what went wrong is seen.
func (m *Model) reads() bool {
	_, seen := m.top().(*failures)
	return seen
}

func (f *failures) crumbs(m *Model) []string { return []string{m.text.Board.Action["errors"]} }
func (f *failures) typing() bool             { return false }
func (f *failures) at(*Model) Target         { return Target{} }

func (f *failures) update(_ *Model, msg tea.Msg) tea.Cmd {
	if click, ok := msg.(tea.MouseMsg); ok {
		f.box.mouse(click)
	}
	return nil
}

func (f *failures) actions(*Model) []action {
	return append(f.box.actions(),
		action{id: "doctor", show: true, do: func(m *Model) tea.Cmd { return m.read([]string{"doctor"}, "doctor") }},
		action{id: "back", show: true, do: func(m *Model) tea.Cmd { m.pop(); return nil }},
	)
}

func (f *failures) view(m *Model, w, h int) []string {
	var lines []string
	for i := len(m.trail) - 1; i >= 0; i-- {
		one := m.trail[i]
		at := m.page.Clock(one.at)
		for j, part := range strings.Split(show.CleanLines(one.text), "\n") {
			for k, piece := range wrapped(part, w-4-clockWidth) {
				if j+k > 0 {
					at = ""
				}
				lines = append(lines, show.Pad(at, clockWidth)+piece)
			}
		}
		lines = append(lines, "")
	}
	if len(lines) == 0 {
		lines = []string{m.page.Mark(show.Good, m.text.BoardLost.NoErrors)}
	}
	return f.box.view(m, lines, area{0, 0, w, h})
}

// clockWidth is the room of a time with its day and zone.
const clockWidth = 18
