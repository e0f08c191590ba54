package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// errand is the page of a command that changes something: what it would do, the
// question, how it goes on, how it ended.
type errand struct {
	run    *run
	what   []string // its place: promote, tier-1
	asking bool     // the question lies on the preview
	yes    bool     // the button that does it has the focus; the other is Cancel
	name   textinput.Model
	scroll int
}

// open carries a command out on a page of its own.
func (m *Model) open(what []string, args ...string) tea.Cmd {
	r, cmd := m.start(args...)
	e := &errand{run: r, what: what, name: textinput.New()}
	e.name.Prompt = ""
	m.push(e)
	return cmd
}

func (e *errand) crumbs(*Model) []string { return e.what }
func (e *errand) typing() bool           { return e.asking }
func (e *errand) at(*Model) Target       { return Target{} }

func (e *errand) actions(m *Model) []action {
	t := m.text.BoardErrand
	switch {
	case e.run.outcome != nil:
		return []action{{id: "back", show: true, do: func(m *Model) tea.Cmd { m.pop(); return nil }}}
	case e.run.question != nil:
		return []action{
			{id: "enter", show: true, do: func(*Model) tea.Cmd { e.ask(); return nil }},
			{id: "back", show: true, do: func(m *Model) tea.Cmd { e.run.refuse(); m.pop(); return nil }},
		}
	}
	return []action{{id: "back", show: true, do: func(m *Model) tea.Cmd { m.toast = t.GoesOn; m.pop(); return nil }}}
}

func (e *errand) ask() {
	e.asking, e.yes = true, false
	e.name.Reset()
	e.name.Focus()
}

// update is for the confirmation: a field and two buttons, Cancel first.
func (e *errand) update(m *Model, msg tea.Msg) tea.Cmd {
	k, pressed := msg.(tea.KeyMsg)
	if !pressed || !e.asking || e.run.question == nil {
		return nil
	}
	switch k.String() {
	case "esc":
		e.asking = false
	case "tab", "shift+tab", "left", "right":
		e.yes = !e.yes && e.matches()
	case "enter":
		e.asking = false
		if !e.yes {
			e.run.refuse()
			m.pop()
			return nil
		}
		e.run.agree(Answer{Name: e.name.Value()})
	default:
		if e.run.question.Level == ByName {
			var cmd tea.Cmd
			e.name, cmd = e.name.Update(msg)
			e.yes = e.yes && e.matches()
			return cmd
		}
	}
	return nil
}

// matches reports whether what was typed unlocks the button.
func (e *errand) matches() bool {
	q := e.run.question
	return q.Level == Yes || strings.TrimSpace(e.name.Value()) == q.Name
}

func (e *errand) view(m *Model, w, h int) []string {
	t := m.text.BoardErrand
	var body []string
	title := t.Preview
	switch {
	case e.run.outcome != nil:
		title, body = t.Ended, e.run.outcome.Lines
	case e.run.question == nil && len(e.run.progress.Steps) > 0:
		title, body = t.Live, e.steps(m)
	case e.run.preview != nil:
		body = append([]string{e.run.preview.Title}, e.run.preview.Summary...)
	default:
		body = []string{m.page.Mark(show.Busy, m.text.Board.Looking)}
	}
	lines := m.box(frame{title: title}, body, w, h)
	if e.asking && e.run.question != nil {
		return m.dialog(lines, t.Confirm, e.confirm(m), w, h)
	}
	return lines
}

func (e *errand) steps(m *Model) (lines []string) {
	for _, s := range e.run.progress.Steps {
		lines = append(lines, show.Pad(m.page.Mark(s.Mark, s.Text), 44)+show.PadLeft(show.Took(s.Took), 8))
	}
	return lines
}

func (e *errand) confirm(m *Model) []string {
	t, q := m.text.BoardErrand, e.run.question
	lines := []string{"", q.Text}
	locked := ""
	if q.Level == ByName {
		lines = append(lines, t.TypeName(q.Name)+"  "+e.name.Value()+"_")
		if !e.matches() {
			locked = " " + t.Locked
		}
	}
	cancel, do := "[ "+t.Cancel+" ]", "  "+t.Do+"  "
	if e.yes {
		cancel, do = "  "+t.Cancel+"  ", "[ "+t.Do+" ]"
	}
	return append(lines, "", cancel+"     "+do+locked, "")
}

// dialog lays a box over what is behind it.
func (m *Model) dialog(back []string, title string, lines []string, w, h int) []string {
	width, height := min(64, w), min(len(lines)+2, h)
	return over(back, m.box(frame{title: title, strong: true}, lines, width, height), (w-width)/2, (h-height)/2)
}
