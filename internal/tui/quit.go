package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// quitting asks before the board is left while something that was begun here is
// on its way. It says how to watch it from elsewhere.
type quitting struct {
	behind page
	leave  bool // the button that leaves has the focus; else it is the one that stays
}

// quit leaves the board, asking first while something runs. Who asks for it
// again while the question is there leaves at once.
func (m *Model) quit() tea.Cmd {
	if _, asked := m.top().(*quitting); asked || len(m.working()) == 0 {
		return m.exit()
	}
	m.push(&quitting{behind: m.top()})
	return nil
}

// exit ends the program. What was not agreed to is refused.
func (m *Model) exit() tea.Cmd {
	for _, r := range m.runs {
		if r.idle() {
			r.drop()
		}
	}
	return tea.Quit
}

// working are the runs that have begun to change something. Who only waits for
// what others do has nothing to lose.
func (m *Model) working() (all []*run) {
	for _, r := range m.runs {
		if r.works() && !watches(r.args) {
			all = append(all, r)
		}
	}
	return all
}

func (q *quitting) crumbs(m *Model) []string { return []string{m.text.BoardErrand.Quit} }
func (q *quitting) typing() bool             { return true }
func (q *quitting) at(*Model) Target         { return Target{} }

// actions are what the last line says of the keys; update does them.
func (q *quitting) actions(m *Model) []action {
	t := m.text.BoardErrand
	return dialogKeys(m.runsFocused(t.RunsFocusedStay), t.NextField, t.Stay)
}

func (q *quitting) update(m *Model, msg tea.Msg) tea.Cmd {
	k, pressed := msg.(tea.KeyMsg)
	if !pressed {
		return nil
	}
	switch k.String() {
	case "esc":
		m.pop()
	case "tab", "shift+tab", "left", "right":
		q.leave = !q.leave
	case "enter":
		if q.leave {
			return m.exit()
		}
		m.pop()
	}
	return nil
}

func (q *quitting) view(m *Model, w, h int) []string {
	t, room := m.text.BoardErrand, min(dialogWidth, w)-4
	var what, how []string
	goesOn := t.RunsOn
	for _, r := range m.working() {
		what = append(what, wrapped(t.StillRuns(show.Clean(r.line())), room)...)
		label, line := r.goOn(m)
		how = append(how, wrapped(label+"  "+show.Clean(line), room)...)
		if r.progress.Wait == "" {
			goesOn = t.RunsOnInPart
		}
	}
	lines := slices.Concat(what, wrapped(goesOn, room), []string{""}, how)
	lines = lines[:max(0, min(len(lines), h-2-quitButtons))]
	stay, leave := "[ "+t.Stay+" ]", "  "+t.LeaveIt+"  "
	if q.leave {
		stay, leave = "  "+t.Stay+"  ", "[ "+t.LeaveIt+" ]"
	}
	return m.dialog(q.behind.view(m, w, h), t.Quit, slices.Concat([]string{""}, lines, []string{"", "      " + stay + "   " + leave, ""}), w, h)
}

// quitButtons is how many lines the buttons take, with the blank ones; they are
// never left out.
const quitButtons = 4

// goOn is the line that watches a run from elsewhere, or that goes on with it
// where it has not written everything yet.
func (r *run) goOn(m *Model) (label, line string) {
	if r.progress.Wait != "" {
		return m.text.BoardErrand.WatchIt, r.progress.Wait
	}
	return m.text.BoardErrand.GoOnWith, r.line()
}

// lastWords is how long runs may take to end when the board is left.
const lastWords = 3 * time.Second

// part ends what still runs, waits until it has let go, and says how to go on.
func (m *Model) part() {
	limit, end := context.WithTimeout(context.Background(), lastWords)
	defer end()
	m.partBy(limit)
}

func (m *Model) partBy(limit context.Context) {
	left := m.working()
	m.stop()
	for _, r := range left {
		select {
		case <-r.done:
		case <-limit.Done():
		}
		label, line := r.goOn(m)
		if m.out != nil {
			fmt.Fprintln(m.out, strings.Join([]string{m.text.BoardErrand.StillRuns(show.Clean(r.line())), label, show.Clean(line)}, " "))
		}
	}
}
