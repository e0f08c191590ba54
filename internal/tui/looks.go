package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"
)

// looks are the actions on every page that open a page with what a command says.
func (m *Model) looks() []action {
	t := m.top().at(m)
	noTier, noPage := "", ""
	if t.Tier == "" {
		noTier = m.text.BoardLooks.NoTier
	}
	if m.pageHere() == "" {
		noPage = m.text.BoardLooks.NoPage
	}
	return []action{
		{id: "diff", off: noTier, do: (*Model).diff},
		{id: "why", off: noTier, do: (*Model).why},
		{id: "maintenance", off: m.maintainOff(), do: (*Model).maintain},
		{id: "commands", off: m.commandsOff(), do: (*Model).commands},
		{id: "activity", do: (*Model).activities},
		{id: "errors", do: (*Model).failures},
		{id: "doctor", do: func(m *Model) tea.Cmd { return m.read([]string{"doctor"}, "doctor") }},
		{id: "open", off: noPage, do: (*Model).browse},
		{id: "copy", do: (*Model).copy},
		{id: "palette", show: true, do: (*Model).command},
		{id: "help", show: true, do: (*Model).helpHere},
	}
}

func (m *Model) why() tea.Cmd {
	tier := string(m.top().at(m).Tier)
	return m.read([]string{tier, "why"}, "why", tier)
}

// diff is what waits for the tier, in four forms.
func (m *Model) diff() tea.Cmd {
	tier := string(m.top().at(m).Tier)
	t := m.text.BoardLooks
	return m.readAll([]string{tier, "diff"},
		&sheet{name: t.Commits, args: []string{"diff", tier}},
		&sheet{name: t.Manifests, args: []string{"diff", tier, "--manifests"}},
		&sheet{name: t.Configuration, args: []string{"diff", tier, "--configuration"}},
		&sheet{name: t.Sizes, args: []string{"diff", tier, "--stat"}},
	)
}

// commandsOff is why there are no plain commands to be shown; empty: there are.
func (m *Model) commandsOff() string {
	line := m.commandHere()
	_, errand := m.top().(*errand)
	switch {
	case slices.Contains(line, "--show-commands"):
		return m.text.BoardLooks.CommandsHere
	case errand && watches(line):
		return m.text.BoardLooks.OnlyWaits
	}
	return ""
}

// commands are the plain git and kubectl lines that show or do the same.
func (m *Model) commands() tea.Cmd {
	args := append(slices.Clone(m.commandHere()), "--show-commands")
	what := append(m.top().crumbs(m), m.text.Board.Action["commands"])
	e, changes := m.top().(*errand)
	switch {
	case changes && len(e.run.commands) > 0:
		return m.readAll(what, &sheet{args: args, known: e.run.commands})
	case changes:
		args = append(args, "--dry-run")
	}
	return m.read(what, args...)
}
