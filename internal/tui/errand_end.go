package tui

import (
	"regexp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// wideGap is the room between two columns of a line.
var wideGap = regexp.MustCompile(`(\S) {4,}`)

// How it ended: the result or the error as the command prints it, and the lines
// in it that can be carried out from here.

func (e *errand) endActions(m *Model) []action {
	var all []action
	if n := len(e.run.outcome.Offers); n > 0 {
		all = append(all,
			action{id: "enter", show: true, do: func(m *Model) tea.Cmd { return m.accept(e.run.outcome.Offers[e.offer]) }},
			action{id: "up", show: true, also: "down", do: func(*Model) tea.Cmd { e.offer = max(e.offer-1, 0); return nil }},
			action{id: "down", do: func(*Model) tea.Cmd { e.offer = min(e.offer+1, n-1); return nil }})
	}
	for _, a := range e.scrolling(m) {
		if len(e.run.outcome.Offers) == 0 || a.id != "up" && a.id != "down" {
			all = append(all, a)
		}
	}
	return append(all, action{id: "back", show: true, do: e.leave})
}

// accept carries an offered line out: on a page that shows and asks where it
// changes something or takes its time.
func (m *Model) accept(o Offer) tea.Cmd {
	if o.Runs {
		return m.openAs(placeOf(o.Args), func(r *run) { r.offered = true }, o.Args...)
	}
	return m.read(placeOf(o.Args), o.Args...)
}

// placeOf names the page of a command line: what it does, and to what.
func placeOf(args []string) []string {
	for i, a := range args {
		if strings.HasPrefix(a, "-") {
			args = args[:i]
			break
		}
	}
	n := max(1, len(args)-1)
	return append([]string{strings.Join(args[:min(n, len(args))], " ")}, args[min(n, len(args)):]...)
}

func (e *errand) viewEnd(m *Model, w, h int) []string {
	t, o := m.text.BoardErrand, e.run.outcome
	f := frame{title: t.Ended}
	if o.Exit != 0 {
		f = frame{title: t.Error, strong: true}
	}
	var lines []string
	for _, l := range o.Lines {
		if show.Width(l) > w-4 {
			l = wideGap.ReplaceAllString(l, "$1   ")
		}
		lines = append(lines, wrapped(l, w-4)...)
	}
	if len(o.Offers) == 0 {
		return m.scrolled(f, nil, lines, &e.top, w, h)
	}
	below := min(len(o.Offers)+2, h/2)
	var offers []string
	for i, offer := range o.Offers {
		mark := noMark
		if i == e.offer {
			mark = m.page.Paint(show.Bold, cursorMark)
		}
		offers = append(offers, mark+show.Clean(offer.Line))
	}
	part, _ := seenFrom(offers, e.offer-(below-3), below-2)
	return append(m.scrolled(f, nil, lines, &e.top, w, h-below), m.box(frame{title: t.NextSteps}, part, w, below)...)
}
