package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/show"
)

// column is what a tier's column says, in so many cells and lines: what it runs
// and how that is, what goes on, who holds it, what waits; and when there is
// room, what it got last.
func (m *Model) column(t Tier, w, h int) []string {
	text := m.text.BoardPages
	half := max(15, min(w/2-2, 20))
	lines := []string{
		pair(m.faint(text.Release)+" "+m.number(t.Number), t.Release.Short(), half),
		pair(m.healthMark(t.Health, -1), m.syncMark(t.Sync), half),
		pair(m.faint(text.ShopSets)+" "+show.Number(len(t.ShopSets)), m.faint(text.Shops)+" "+show.Number(t.Shops), half),
	}
	room := h - len(lines)
	rolling, waiting := m.rolling(t, w), m.waitingBlock(t, w, fewCommits)
	took := blockLines(rolling) + blockLines(waiting)
	notes := m.noteBlock(m.troubled(t, w), t.Notes, w, min(room-took-1, mostNotes), room-blockLines(rolling)-blockLines(waiting[:1])-1)
	took += blockLines(notes)
	if over := took - room; over > 0 && len(waiting) > 1 { // the list below has them
		waiting = m.waitingBlock(t, w, len(waiting)-1-over)
	}
	var recent []string
	if len(rolling) == 0 {
		recent = m.recentBlock(t, w, room-took-1)
	}
	for _, block := range [][]string{rolling, recent, notes, waiting} {
		if len(block) > 0 {
			lines = append(append(lines, ""), block...)
		}
	}
	return lines
}

// blockLines is how many lines a block takes, with the empty one before it.
func blockLines(block []string) int {
	if len(block) == 0 {
		return 0
	}
	return len(block) + 1
}

func (m *Model) faint(text string) string { return m.page.Paint(show.Faint, text) }

// number is a release's: v128; - before the first.
func (m *Model) number(n int) string {
	if n == 0 {
		return m.page.Mark(show.Nothing, "")
	}
	return fmt.Sprintf("v%d", n)
}

// pair puts the second text at a fixed place, if the first leaves it free.
func pair(first, second string, at int) string {
	return first + show.Spaces(max(1, at-show.Width(first))) + second
}

// rolling is how far a rollout is.
func (m *Model) rolling(t Tier, w int) []string {
	if !t.rolls() {
		return nil
	}
	return []string{
		m.text.BoardPages.RollingOut(m.number(t.Number), t.Ready, len(t.ShopSets)),
		"  " + m.bar(t.Ready, len(t.ShopSets), w-2),
		"  " + m.setLine(t, w-2),
	}
}

// bar is a share of a whole as a bar and in percent.
func (m *Model) bar(ready, of, w int) string {
	share := show.PadLeft(fmt.Sprintf("%d%%", max(0, percent(ready, of))), 5)
	return Rollout{Page: m.page}.bar(ready, of, max(1, min(barWidth, w-7))) + share
}

// setLine names the ShopSets with a symbol each; when they are too many, those
// that are not ready.
func (m *Model) setLine(t Tier, w int) string {
	const gap = "   "
	prefix := commonPrefix(t.ShopSets)
	var all, open []string
	for _, s := range t.ShopSets {
		item := strings.TrimPrefix(string(s.Name), prefix) + " " + m.page.Mark(setSymbol(s), "")
		all = append(all, item)
		if !s.Live {
			open = append(open, item)
		}
		if len(all) > w && len(open) > w {
			break
		}
	}
	if line := strings.Join(all, gap); show.Width(line) <= w {
		return line
	}
	return m.page.Cut(strings.Join(open, gap), w)
}

// commonPrefix is what the names of several ShopSets begin with, up to a dash.
func commonPrefix(sets []ShopSet) string {
	if len(sets) < 2 {
		return ""
	}
	name := string(sets[0].Name)
	prefix := name[:strings.LastIndexByte(name, '-')+1]
	for _, s := range sets {
		if !strings.HasPrefix(string(s.Name), prefix) {
			return ""
		}
	}
	return prefix
}

// fewCommits is how many a column lists.
const fewCommits = 3

func (m *Model) waitingBlock(t Tier, w, most int) []string {
	text := m.text.BoardPages
	label := text.WaitingForTier
	if len(t.Waiting) == 0 {
		return []string{ends(m.faint(label), text.None, w)}
	}
	return append([]string{ends(m.faint(label), m.text.Look.Commits(len(t.Waiting)), w)}, m.few(t.Waiting, w, most)...)
}

func (m *Model) recentBlock(t Tier, w, room int) []string {
	if room < 1 || t.Since.IsZero() {
		return nil
	}
	line := m.faint(m.text.BoardPages.InTierSince) + " "
	lines := []string{line + m.fittingClock(t.Since, w-show.Width(line))}
	return append(lines, m.few(t.Recent, w, min(fewCommits, room-1))...)
}

// fittingClock is a moment; its zone goes first when there is no room.
func (m *Model) fittingClock(at time.Time, w int) string {
	clock := m.page.Clock(at)
	if show.Width(clock) <= w {
		return clock
	}
	return clock[:max(strings.LastIndexByte(clock, ' '), 0)]
}

// few lists the first commits, and how many more there are.
func (m *Model) few(commits []Commit, w, most int) (lines []string) {
	if most == 1 && len(commits) > 1 { // a number alone says nothing
		return nil
	}
	for i, c := range commits {
		if i >= most {
			break
		}
		if i == most-1 && len(commits) > most {
			return append(lines, "  "+m.faint(m.text.BoardPages.More(m.page.Ellipsis(), show.Number(len(commits)-i))))
		}
		lines = append(lines, "  "+m.commitLine(c, w-2))
	}
	return lines
}

// commitLine is a commit in one line, its pull request at the end.
func (m *Model) commitLine(c Commit, w int) string {
	return ends(c.ID.Short()+" "+m.page.Cut(c.Title, w-show.Width(c.ID.Short())-2-show.Width(c.Pull)), m.faint(c.Pull), w)
}

// ends puts a text at each end of a line.
func ends(left, right string, w int) string {
	return left + show.Spaces(max(1, w-show.Width(left)-show.Width(right))) + right
}

// holdWords are what a person holds, in a word each.
func (m *Model) holdWords(holds []Note) string {
	words := make([]string, len(holds))
	for i, n := range holds {
		words[i] = m.note(n)
	}
	return strings.Join(words, "  ")
}
