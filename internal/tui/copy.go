package tui

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// lined is a page that is a command's own.
type lined interface{ line(m *Model) []string }

// commandHere is the command line that shows, or does, what the cursor is on.
func (m *Model) commandHere() []string {
	if p, ok := m.top().(lined); ok {
		return p.line(m)
	}
	t := m.top().at(m)
	switch {
	case t.Commit != nil:
		return []string{"where", t.Commit.ID.Short()}
	case t.Shop != "":
		return []string{"shop", "show", string(t.Shop)}
	case t.ShopSet != "":
		return []string{"shopset", "show", string(t.ShopSet)}
	case t.Tier != "":
		return []string{"status", string(t.Tier)}
	}
	return []string{"status"}
}

// copy gives the command line to the terminal's clipboard.
func (m *Model) copy() tea.Cmd {
	line := commandLine(m.commandHere())
	m.toast = m.text.BoardLooks.Copied(line)
	return m.emit(m.o.Terminal.clipboard(line))
}

// browsedMsg is what `open` said.
type browsedMsg struct {
	from page // where it was asked
	line string
	text string
	err  error
}

// pageHere is what `open` is asked for; empty: it has no page.
func (m *Model) pageHere() string {
	t := m.top().at(m)
	switch {
	case t.Commit != nil && (t.Commit.URL == "" || t.Commit.Repository != shop.AppRepository): // a number alone is one of the app
		return ""
	case t.Commit != nil:
		return t.Commit.Pull
	case t.Shop != "":
		return string(t.Shop)
	case t.ShopSet != "":
		return string(t.ShopSet)
	}
	return string(t.Tier)
}

// browse opens the page of what the cursor is on in the browser.
func (m *Model) browse() tea.Cmd {
	page := m.pageHere()
	m.toast = m.page.Mark(show.Busy, m.text.BoardLooks.Opening(page))
	args, from := []string{"open", page}, m.top()
	return func() tea.Msg {
		lines, err := m.desk.Read(context.WithoutCancel(m.ctx), args, 0)
		for i, l := range lines {
			lines[i] = strings.TrimSpace(l)
		}
		return browsedMsg{from, commandLine(args), strings.Join(lines, "  "), err}
	}
}

func (m *Model) browsed(msg browsedMsg) tea.Cmd {
	if msg.err != nil {
		m.fail(msg.err.Error())
		m.refused(msg.from, msg.line, m.page.Mark(show.Bad, show.Clean(msg.err.Error())))
		return nil
	}
	if strings.HasPrefix(ansi.Strip(msg.text), m.text.Frame.Error) {
		m.refused(msg.from, msg.line, msg.text)
		return nil
	}
	m.answered(msg.from, msg.text)
	return nil
}

// answered shows what came of a key on the page where it was struck; another is
// no place for it.
func (m *Model) answered(from page, text string) {
	if m.top() == from {
		m.toast = text
	}
}

// refused shows what went wrong, wherever somebody is by then: on another page
// with what it is about.
func (m *Model) refused(from page, about, text string) {
	if m.top() != from {
		text = about + ": " + text
	}
	m.toast = text
}
