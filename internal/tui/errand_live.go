package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
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
	back := action{id: "go-back", show: e.run.progress.Back != "", name: t.GoBack(e.run.progress.Back), do: e.goBack}
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
	return append(all, e.scrolling()...)
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
	return m.open(args[1:], args[1:]...)
}

// leastEvents is how many lines of events are worth a box.
const leastEvents = 2

func (e *errand) viewLive(m *Model, w, h int) []string {
	t := m.text.BoardErrand
	title := e.title()
	steps := e.steps(m, w-4)
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

// Where the parts of a step stand, in cells.
const (
	stepText = 46
	stepTime = 8
	barWidth = 20
)

// steps are what is done, what is done now, and what comes.
func (e *errand) steps(m *Model, w int) (lines []string) {
	all := e.run.progress.Steps
	if len(all) == 0 {
		return []string{m.page.Mark(show.Busy, m.text.BoardErrand.Working)}
	}
	for i, s := range all {
		mark := m.page.Mark(s.Mark, "")
		took := show.Took(s.Took)
		switch s.Mark {
		case show.Nothing:
			mark, took = " ", ""
		case show.Busy:
			took = show.Took(s.Took + max(0, m.page.Now.Sub(e.run.progress.At)))
		}
		text := fmt.Sprintf("%s %s  %s", show.Pad(mark, m.markWidth()), show.PadLeft(fmt.Sprint(i+1), 2), s.Text)
		line := m.fit(text, min(stepText, w)) + show.PadLeft(took, stepTime)
		if s.Of > 0 {
			line += "   " + m.text.BoardErrand.ShopSetsReady(s.Ready, s.Of) + "   " + m.bar(s.Ready, s.Of)
		} else if s.Detail != "" {
			line += "   " + s.Detail
		}
		lines = append(lines, line)
		lines = append(lines, m.setLines(s.ShopSets, w)...)
	}
	return lines
}

func (m *Model) markWidth() int {
	if m.page.ASCII {
		return 4
	}
	return 1
}

// bar is a part of a whole, as long as a bar, and in percent.
func (m *Model) bar(ready, of int) string {
	full := barWidth * ready / of
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "]" + show.PadLeft(fmt.Sprintf("%d%%", 100*ready/of), 5)
}

// mostSetLines is how many lines the ShopSets of a step take at most.
const mostSetLines = 3

// setLines are the ShopSets of a rollout, as many as there is room for, those
// first that are not there yet.
func (m *Model) setLines(sets []ShopSet, w int) (lines []string) {
	line := ""
	rest := 0
	for _, s := range notLiveFirst(sets) {
		text := string(s.Name) + " " + m.page.Mark(arrival(s), "")
		if s.Trouble != "" && !s.Live {
			text += " " + m.page.Cut(s.Trouble, 40)
		}
		switch {
		case len(lines) == mostSetLines:
			rest++
		case line != "" && show.Width(line)+show.Width(text)+2 > w-7:
			if lines = append(lines, "       "+line); len(lines) == mostSetLines {
				line, rest = "", rest+1
				continue
			}
			line = text
		case line == "":
			line = text
		default:
			line += "  " + text
		}
	}
	if line != "" {
		lines = append(lines, "       "+line)
	}
	if rest > 0 && len(lines) > 0 {
		lines[len(lines)-1] += "  +" + show.Number(rest)
	}
	return lines
}

// arrival is how far a ShopSet is with what its tier carries.
func arrival(s ShopSet) show.Symbol {
	switch {
	case s.Live:
		return show.Good
	case s.Health == shop.Degraded || s.Health == shop.Missing:
		return show.Bad
	case s.Health == shop.UnknownHealth || s.Health == "":
		return show.Unknown
	}
	return show.Busy
}

func notLiveFirst(sets []ShopSet) []ShopSet {
	all := slices.Clone(sets)
	slices.SortStableFunc(all, func(a, b ShopSet) int {
		switch {
		case a.Live == b.Live:
			return 0
		case b.Live:
			return -1
		}
		return 1
	})
	return all
}
