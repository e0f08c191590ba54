package tui

import tea "github.com/charmbracelet/bubbletea"

// struck takes keys that came at once one after the other, as a key that is held
// down does on a slow line. In a field they are text, also where they spell the
// name of a key: home, tab, enter. What was pasted outside of a field is no key.
func (m *Model) struck(msg tea.KeyMsg) tea.Cmd {
	if msg.Type != tea.KeyRunes || len(msg.Runes) < 2 {
		return m.pressed(msg)
	}
	if m.top().typing() {
		msg.Paste = true
		return m.pressed(msg)
	}
	if msg.Paste {
		return nil
	}
	var all []tea.Cmd
	for _, r := range msg.Runes {
		all = append(all, m.pressed(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}))
	}
	return tea.Batch(all...)
}
