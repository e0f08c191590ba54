package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// Rollout draws how a run goes on: the steps, and of a rollout how far it is.
// The board and the lines under a command on a terminal are drawn by it.
type Rollout struct {
	Page    show.Page
	Text    *i18n.Text
	Gone    time.Duration // since the progress was told
	Numbers bool          // the steps have numbers
	Bars    bool          // each ShopSet has a line and a bar of its own, where there is room
}

func (m *Model) rollout(p Progress) Rollout {
	return Rollout{Page: m.page, Text: m.text, Gone: max(0, m.page.Now.Sub(p.At)), Numbers: true}
}

// Where the parts of a step stand, in cells.
const (
	stepText = 46
	stepTime = 8
	barWidth = 20
	leastBar = 4
	setBar   = 12
)

// mostSetLines is how many lines the ShopSets of a step take at most, side by side.
const mostSetLines = 3

// Lines are the steps: done, on their way, to come. None is wider than w; there
// are at most h, 0 for as many as there are.
func (r Rollout) Lines(p Progress, w, h int) (lines []string) {
	if len(p.Steps) == 0 {
		lines = append(lines, r.Page.Mark(show.Busy, r.Text.BoardErrand.Working))
	}
	room := h - len(p.Steps)
	for i, s := range p.Steps {
		lines = append(lines, r.step(i+1, s, w))
		switch {
		case len(s.ShopSets) == 0:
		case r.Bars && (h <= 0 || len(s.ShopSets) <= room):
			lines = append(lines, r.bars(s, p.At, w)...)
		default:
			most := mostSetLines
			if h > 0 {
				most = min(most, room)
			}
			lines = append(lines, r.sets(s, p.At, w, most)...)
		}
	}
	if h > 0 && len(lines) > h {
		lines = lines[:h]
	}
	for i, l := range lines {
		lines[i] = r.Page.Cut(l, w)
	}
	return lines
}

// step is one step as a line.
func (r Rollout) step(number int, s Step, w int) string {
	mark, took := r.Page.Mark(s.Mark, ""), show.Took(s.Took)
	switch s.Mark {
	case show.Nothing:
		mark, took = " ", ""
	case show.Busy:
		took = show.Length(s.Took + r.Gone)
	}
	head := show.Pad(mark, r.markWidth()) + " "
	if r.Numbers {
		head += show.PadLeft(fmt.Sprint(number), 2) + "  "
	}
	head += s.Text
	if s.Of > 0 {
		return r.counted(head, took, s, w)
	}
	line := show.Pad(r.Page.Cut(head, stepText), min(stepText, max(0, w-stepTime)))
	switch {
	case took == "":
		line += s.Detail
	case s.Detail == "":
		line += show.PadLeft(took, stepTime)
	default:
		line += show.PadLeft(took, stepTime) + "   " + s.Detail
	}
	return strings.TrimRight(line, " ")
}

// counted is a step of which one knows how far it is. The bar takes what room
// there is.
func (r Rollout) counted(head, took string, s Step, w int) string {
	counts := s.Counted
	if counts == "" {
		counts = r.Text.BoardErrand.ShopSetsReady(s.Ready, s.Of)
	}
	share := show.PadLeft(fmt.Sprintf("%d%%", 100*s.Ready/s.Of), 4)
	detail := ""
	if s.Detail != "" {
		detail = "  " + s.Detail
	}
	if wide := stepText + stepTime + 3 + show.Width(counts) + 3 + barWidth + 2 + 6; wide <= w {
		return show.Pad(r.Page.Cut(head, stepText), stepText) + show.PadLeft(took, stepTime) + "   " + counts + "   " + r.bar(s.Ready, s.Of, barWidth) + "  " + share + detail
	}
	line := head + "  " + counts
	rest := "  " + share + "  " + took
	if bar := min(barWidth, w-show.Width(line)-show.Width(rest)-4); bar >= leastBar {
		line += "  " + r.bar(s.Ready, s.Of, bar)
	}
	return line + rest + detail
}

// bar is a part of a whole, so many cells long and two for its ends. It is full
// when everything is there, and not before.
func (r Rollout) bar(ready, of, cells int) string {
	full := max(0, min(cells, cells*ready/max(of, 1)))
	return "[" + r.Page.Paint(show.Cyan, strings.Repeat("#", full)) + r.Page.Paint(show.Faint, strings.Repeat(".", cells-full)) + "]"
}

func (r Rollout) markWidth() int {
	if r.Page.ASCII {
		return 4
	}
	return 1
}

// bars are the ShopSets of a rollout, a line each, in their order.
func (r Rollout) bars(s Step, at time.Time, w int) (lines []string) {
	name := 0
	for _, set := range s.ShopSets {
		name = max(name, show.Width(string(set.Name)))
	}
	for _, set := range s.ShopSets {
		line := "  " + show.Pad(string(set.Name), name) + "  " + show.Pad(r.Page.Mark(arrival(set), ""), r.markWidth()) + " " + r.bar(set.Came, Arrived, setBar)
		if note := r.note(s, set, at); note != "" {
			line += "  " + note
		}
		lines = append(lines, r.Page.Cut(line, w))
	}
	return lines
}

// note says how long a ShopSet took, or what it says of itself.
func (r Rollout) note(s Step, set ShopSet, at time.Time) string {
	if !set.Live {
		return set.Trouble
	}
	if took := set.Since.Sub(at.Add(-s.Took)); took > 0 && took <= s.Took {
		return show.Length(took)
	}
	return ""
}

// troubleWidth is how much of what a ShopSet says of itself stands beside others.
const troubleWidth = 40

// sets are the ShopSets of a rollout side by side, as many as there is room
// for, those first that are not there yet.
func (r Rollout) sets(s Step, at time.Time, w, most int) (lines []string) {
	indent := show.Spaces(7)
	if !r.Numbers {
		indent = show.Spaces(2)
	}
	left := notLiveFirst(s.ShopSets)
	for len(left) > 0 && len(lines) < most {
		line := ""
		for len(left) > 0 {
			text := string(left[0].Name) + " " + r.Page.Mark(arrival(left[0]), "")
			if note := r.note(s, left[0], at); note != "" {
				text += " " + r.Page.Cut(note, troubleWidth)
			}
			if line != "" && show.Width(indent+line)+2+show.Width(text) > w {
				break
			}
			if line != "" {
				line += "  "
			}
			line += text
			left = left[1:]
		}
		lines = append(lines, indent+line)
	}
	if len(left) > 0 && len(lines) > 0 {
		more := "  +" + show.Number(len(left))
		last := len(lines) - 1
		lines[last] = r.Page.Cut(lines[last], w-show.Width(more)) + more
	}
	return lines
}

// arrival is how far a ShopSet is with what its tier carries.
func arrival(s ShopSet) show.Symbol {
	switch {
	case s.Live:
		return show.Good
	case s.Health == shop.Degraded || s.Health == shop.Missing || s.Refused:
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
