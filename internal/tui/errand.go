package tui

import (
	"slices"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// errand is the page of a command that changes something: what it would do, the
// question, how it goes on, how it ended.
type errand struct {
	run    *run
	what   []string // its place: promote, tier-1
	asking bool     // the question lies on what is behind it
	form   confirm  // its fields and buttons
	tabs   tabs     // of the preview
	watch  watching // of the run
	offer  int      // the line that is chosen of those that the outcome offers
	top    int      // the first line of the outcome that is seen
}

// open carries a command out on a page of its own. What is on its way already
// is shown instead of being begun again.
func (m *Model) open(what []string, args ...string) tea.Cmd {
	return m.openAs(what, func(*run) {}, args...)
}

// openAs is open for a run of which something is known beforehand.
func (m *Model) openAs(what []string, known func(*run), args ...string) tea.Cmd {
	if why := m.readOnly(); why != "" && !watches(args) {
		m.toast = why
		return nil
	}
	for _, r := range m.runs {
		if slices.Equal(r.args, args) && r.outcome == nil && !r.gone {
			m.show(r)
			if r.works() {
				m.toast = m.text.BoardErrand.AlreadyRuns(commandLine(args))
			}
			return nil
		}
	}
	r, cmd := m.start(args...)
	known(r)
	e := &errand{run: r, what: what}
	r.page = e
	m.push(e)
	return cmd
}

// watches reports whether a command only waits for what others do.
func watches(args []string) bool { return len(args) > 0 && args[0] == "wait" }

// readOnly is why nothing can be changed from here; empty: it can.
func (m *Model) readOnly() string {
	if m.o.ReadOnly {
		return m.text.BoardErrand.ReadOnly
	}
	return m.board.ReadOnly
}

func (e *errand) crumbs(*Model) []string {
	if e.run.progress.Release != "" && len(e.what) > 0 {
		return append(slices.Clone(e.what[:len(e.what)-1]), e.what[len(e.what)-1]+"  "+e.run.progress.Release)
	}
	return e.what
}

func (e *errand) typing() bool     { return e.asking }
func (e *errand) at(*Model) Target { return Target{Tier: e.run.tier()} }

// line is the command whose page it is.
func (e *errand) line(*Model) []string { return e.run.args }

// stage says which step of three it is; it stands where the freshness stands.
func (e *errand) stage(m *Model) string {
	t := m.text.BoardErrand
	switch r := e.run; {
	case r.outcome != nil:
		return ""
	case e.asking && !r.agreed:
		return t.Step(2, t.Confirm)
	case r.live():
		return t.Step(3, t.Live) + "   " + t.Elapsed(show.Length(m.page.Now.Sub(r.began)))
	}
	return t.Step(1, t.Preview)
}

func (e *errand) actions(m *Model) []action {
	switch r := e.run; {
	case e.asking:
		return e.form.actions(m)
	case r.outcome != nil:
		return e.endActions(m)
	case r.live():
		return e.liveActions(m)
	}
	return e.previewActions(m)
}

// update takes what is no action: the fields of the question, the numbers of
// the tabs, the wheel.
func (e *errand) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tabLines:
		e.tabs.take(e, msg)
	case tea.KeyMsg:
		if e.asking {
			return e.form.pressed(m, e, msg)
		}
		if e.run.outcome == nil && !e.run.live() {
			return e.turnTo(m, msg.String())
		}
	case tea.MouseMsg:
		switch msg.Button {
		case tea.MouseButtonWheelUp:
			return e.scroll(m, -wheelLines)
		case tea.MouseButtonWheelDown:
			return e.scroll(m, wheelLines)
		}
	case tea.WindowSizeMsg:
		return e.load(m)
	}
	return nil
}

// scroll moves what is seen of the page.
func (e *errand) scroll(m *Model, by int) tea.Cmd {
	switch r := e.run; {
	case r.outcome != nil:
		e.top = max(0, e.top+by)
	case r.live():
		e.watch.scroll(by, len(r.events))
	default:
		e.tabs.scroll(by)
	}
	return nil
}

// scrolling are the keys that move what is seen.
func (e *errand) scrolling(m *Model) []action {
	move := func(id string, by int) action {
		return action{id: id, do: func(m *Model) tea.Cmd { return e.scroll(m, by) }}
	}
	up := move("up", -1)
	up.show, up.also, up.name = true, "down", m.text.BoardErrand.Scroll
	return []action{up, move("down", 1), move("page-up", -10), move("page-down", 10), move("top", -farAway), move("end", farAway)}
}

// farAway is farther than any text goes.
const farAway = 1 << 20

// asked puts the question in front of the person: at once where nothing was
// shown before it, else when enter says so.
func (e *errand) asked(*Model) {
	if e.run.question.Level == Why {
		e.ask()
	}
}

// ask lays the question over the page. The button that has the focus is Cancel.
func (e *errand) ask() {
	e.asking = true
	e.form = newConfirm(*e.run.question)
}

// renew forgets what was worked out for an earlier preview.
func (e *errand) renew() {
	e.asking = false
	e.tabs = tabs{on: e.tabs.on}
}

// leave goes back to where the page was opened; what was not agreed to ends.
func (e *errand) leave(m *Model) tea.Cmd {
	switch {
	case e.run.idle():
		e.run.drop()
		m.forget(e.run)
	case e.run.outcome != nil: // it may have ended while another page lay on this one
		m.forget(e.run)
	case e.run.question != nil:
		m.toast = m.text.BoardErrand.WaitsForAnswer
	default:
		m.toast = m.text.BoardErrand.GoesOn
	}
	m.pop()
	return nil
}

// view is the page at its stage.
func (e *errand) view(m *Model, w, h int) []string {
	var lines []string
	switch r := e.run; {
	case r.outcome != nil:
		lines = e.viewEnd(m, w, h)
	case r.live():
		lines = e.viewLive(m, w, h)
	default:
		lines = e.viewPreview(m, w, h)
	}
	if e.asking && e.run.question != nil {
		return m.dialog(lines, m.text.BoardErrand.Confirm, e.form.view(m, min(dialogWidth, w)-4, h-2), w, h)
	}
	return lines
}

// dialogWidth is how wide a dialog is where there is room.
const dialogWidth = 64

// dialog lays a box over what is behind it.
func (m *Model) dialog(back []string, title string, lines []string, w, h int) []string {
	width, height := min(dialogWidth, w), min(len(lines)+2, h)
	return over(back, m.box(frame{title: title, strong: true}, lines, width, height), (w-width)/2, (h-height)/2)
}

// field is a text field without a prompt.
func field() textinput.Model {
	f := textinput.New()
	f.Prompt = ""
	return f
}
