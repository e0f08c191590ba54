package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// failures is the page of what went wrong last, newest first.
type failures struct{}

func (m *Model) failures() tea.Cmd {
	m.push(&failures{})
	m.unread = 0
	return nil
}

func (f *failures) crumbs(m *Model) []string       { return []string{m.text.Board.Action["errors"]} }
func (f *failures) typing() bool                   { return false }
func (f *failures) at(*Model) Target               { return Target{} }
func (f *failures) update(*Model, tea.Msg) tea.Cmd { return nil }

func (f *failures) actions(*Model) []action {
	return []action{
		{id: "doctor", show: true, do: func(m *Model) tea.Cmd { return m.read([]string{"doctor"}, "doctor") }},
		{id: "back", show: true, do: func(m *Model) tea.Cmd { m.pop(); return nil }},
	}
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
	return m.box(frame{title: m.text.Board.Action["errors"]}, lines, w, h)
}

// clockWidth is the room of a time with its day and zone.
const clockWidth = 18
