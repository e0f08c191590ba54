package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// Step 3: how it goes on.

// watching is what is seen of the events of a run.
type watching struct {
	paused bool
	up     int  // lines between the end and what is seen, while it is paused
	events bool // on a small screen: the events, else the steps
}

func (w *watching) scroll(by, n int) {
	w.paused = true
	if w.up = max(0, min(w.up-by, n)); w.up == 0 && by > 0 {
		w.paused = false
	}
}

func (e *errand) liveActions(m *Model) []action {
	t := m.text.BoardErrand
	back := action{id: "go-back", show: e.run.progress.Back != "", name: t.GoBack(e.backTo()), do: e.goBack}
	if e.run.progress.Back == "" {
		back.off = t.BackOff
	}
	var all []action
	if e.run.question != nil {
		all = append(all, action{id: "enter", show: true, name: t.Continue, do: func(*Model) tea.Cmd { e.ask(); return nil }})
	}
	all = append(all,
		action{id: "back", show: true, name: t.LeaveRunning, do: e.leave}, back,
		action{id: "events", show: true, do: func(*Model) tea.Cmd { e.watch.events = !e.watch.events; return nil }},
		action{id: "pause", do: func(m *Model) tea.Cmd { e.watch.pause(); return nil }},
		e.plainCommands(m))
	return append(all, e.scrolling(m)...)
}

// backTo is the release that the way back leads to; empty: to what the pin kept off.
func (e *errand) backTo() string {
	if words, _ := split(e.run.progress.Back); len(words) == 4 {
		return words[3]
	}
	return ""
}

func (w *watching) pause() {
	if w.paused = !w.paused; !w.paused {
		w.up = 0
	}
}

// goBack opens the way back on a page of its own: it shows and asks like one.
func (e *errand) goBack(m *Model) tea.Cmd {
	args, _ := split(e.run.progress.Back)
	if len(args) < 2 {
		return nil
	}
	return m.open(placeOf(args[1:]), args[1:]...)
}

// leastEvents is how many lines of events are worth a box.
const leastEvents = 2

func (e *errand) viewLive(m *Model, w, h int) []string {
	t := m.text.BoardErrand
	title := e.title()
	steps := m.rollout(e.run.progress).Lines(e.run.progress, w-4, 0)
	if e.run.question != nil {
		steps = append(steps, "", m.page.Mark(show.Warn, e.run.question.Text))
	}
	events := frame{title: t.Events, right: t.Following}
	if e.watch.paused {
		events.right = t.Paused
	}
	room := h - len(steps) - 2 - 2
	if room >= leastEvents && h >= 18 {
		top := m.box(frame{title: title}, steps, w, len(steps)+2)
		return append(top, m.box(events, e.eventLines(m, room), w, h-len(top))...)
	}
	if e.watch.events {
		return m.box(events, e.eventLines(m, h-2), w, h)
	}
	// What goes on now is seen, however many steps came before it.
	part, _ := seenFrom(steps, e.current(steps, h-2), h-2)
	return m.box(frame{title: title}, part, w, h)
}

func (e *errand) title() string { return show.Clean(strings.Join(e.what, " ")) }

// current is from which line of the steps on they are seen.
func (e *errand) current(steps []string, room int) int { return max(0, len(steps)-room) }

// eventLines are the last ones, or those from where it was paused.
func (e *errand) eventLines(m *Model, room int) (lines []string) {
	all := e.run.events
	end := len(all)
	if e.watch.paused {
		end = max(min(room, len(all)), len(all)-e.watch.up)
	}
	if len(all) == 0 {
		return []string{m.text.BoardErrand.NoEvents}
	}
	zone := m.page.Zone
	for _, ev := range all[max(0, end-room):end] {
		at := ev.At
		if zone != nil {
			at = at.In(zone)
		}
		lines = append(lines, at.Format("15:04:05")+"  "+show.Pad(ev.About, 6)+"  "+m.page.Mark(ev.Mark, ev.Text))
	}
	return lines
}
