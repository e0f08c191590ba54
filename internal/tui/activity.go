package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// Activity is one operation that git holds.
type Activity struct {
	At      time.Time
	Who     string
	What    string
	Reason  string
	Targets []string // tiers, or main alone
	Result  Note     // what came of it
	Took    string   // until it was healthy; empty: not known
	Commit  shop.CommitID
	Tier    shop.Tier // of a release; empty: it was none
	Release string    // v129, of a release
	Source  any       // the operation as the desk has it, to export
}

// activitySince is how far back the page goes.
const activitySince = 14 * 24 * time.Hour

// activity is the page of who did what, newest first.
type activity struct {
	all    []Activity
	list   table
	filter textinput.Model
	typed  bool // the filter has the focus
	busy   bool
	asked  bool
	epoch  int
	held   bool // nothing new is shown
	missed int
	failed string
	done   string // what the rows were made from; empty: not known
}

type (
	activityMsg struct {
		page  *activity
		epoch int
		all   []Activity
		err   error
	}
	exportedMsg struct {
		from page
		file string
		err  error
	}
)

func (msg activityMsg) to() page { return msg.page }

// activities opens the page.
func (m *Model) activities() tea.Cmd {
	a, reads := m.top().(*activity)
	if !reads {
		a = &activity{filter: field()}
		m.push(a)
	}
	return a.ask(m)
}

func (a *activity) ask(m *Model) tea.Cmd {
	a.epoch++
	a.busy, a.done = true, m.board.doneAs()
	epoch, since := a.epoch, m.page.Now.Add(-activitySince)
	return func() tea.Msg {
		all, err := m.desk.Activity(m.ctx, since)
		return activityMsg{a, epoch, all, err}
	}
}

// doneAs is from what the activity is told: the commits, and how the newest
// releases are.
func (b Board) doneAs() string {
	if b.Done == "" {
		return ""
	}
	as := b.Done
	for _, t := range b.Tiers {
		as += " " + string(t.Health)
	}
	return as
}

func (a *activity) crumbs(m *Model) []string { return []string{m.text.Board.Action["activity"]} }
func (a *activity) typing() bool             { return a.typed }

// at is the release under the cursor, so that its tier can be looked at.
func (a *activity) at(m *Model) Target {
	if one, ok := a.chosen(m); ok {
		return Target{Tier: one.Tier}
	}
	return Target{}
}

func (a *activity) line(*Model) []string { return []string{"activity", "--since", "14d"} }

func (a *activity) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case activityMsg:
		a.got(m, msg)
	case boardMsg: // something may have happened since
		if !a.busy && (a.done == "" || a.done != m.board.doneAs()) {
			return a.ask(m)
		}
	case tea.MouseMsg:
		if a.list.mouse(a.rows(m), msg) {
			return a.open(m)
		}
	case tea.KeyMsg:
		if a.typed {
			return a.write(m, msg)
		}
	}
	return nil
}

func (a *activity) got(m *Model, msg activityMsg) {
	if msg.epoch != a.epoch {
		return
	}
	a.busy = false
	if msg.err != nil {
		a.failed, a.done = show.Clean(msg.err.Error()), ""
		m.fail(a.failed)
		return
	}
	a.failed = ""
	if a.held && a.asked {
		a.missed = max(0, len(msg.all)-len(a.all))
		return
	}
	top := a.list.cursor == 0
	a.all, a.asked, a.missed = msg.all, true, 0
	if top {
		a.list = table{} // who looks at the newest goes on doing so
	}
}

// write is for the filter: letters are text, enter and esc leave it.
func (a *activity) write(m *Model, msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "enter", "down", "up", "tab":
		a.typed = false
		a.filter.Blur()
		return nil
	case "esc":
		if a.filter.Value() == "" {
			a.typed = false
			a.filter.Blur()
		}
		a.filter.Reset()
		return nil
	}
	var cmd tea.Cmd
	a.filter, cmd = a.filter.Update(msg)
	return cmd
}

func (a *activity) actions(m *Model) []action {
	t := m.text.BoardDone
	all := a.list.actions(a.rows)
	return append(all,
		action{id: "find", name: t.Filter, show: true, do: func(*Model) tea.Cmd { a.typed = true; return a.filter.Focus() }},
		action{id: "pause", show: true, do: a.hold},
		action{id: "export", show: true, do: a.export},
		action{id: "enter", name: t.Detail, show: true, do: a.open},
		action{id: "refresh", do: a.ask},
		action{id: "back", show: true, do: func(m *Model) tea.Cmd { m.pop(); return nil }},
	)
}

// hold stops following, and goes on.
func (a *activity) hold(m *Model) tea.Cmd {
	a.held = !a.held
	if !a.held {
		return a.ask(m)
	}
	return nil
}

func (a *activity) chosen(m *Model) (Activity, bool) {
	some := a.found()
	if i := a.list.chosen(a.rows(m)); i >= 0 {
		return some[i], true
	}
	return Activity{}, false
}

// open shows the release, or the commit, of the row.
func (a *activity) open(m *Model) tea.Cmd {
	one, ok := a.chosen(m)
	if !ok {
		return nil
	}
	m.push(&detailed{one: one})
	return nil
}

// export writes the rows that are seen to a file of its own.
func (a *activity) export(m *Model) tea.Cmd {
	some := slices.Clone(a.found())
	if len(some) == 0 {
		m.toast = m.text.Activity.Nothing
		return nil
	}
	return func() tea.Msg {
		file, err := m.desk.Export(context.WithoutCancel(m.ctx), some)
		return exportedMsg{a, file, err}
	}
}

func (m *Model) exported(msg exportedMsg) tea.Cmd {
	if msg.err != nil {
		m.fail(msg.err.Error())
		m.refused(msg.from, m.text.Board.Action["export"], m.page.Mark(show.Bad, show.Clean(msg.err.Error())))
		return nil
	}
	m.answered(msg.from, m.page.Mark(show.Good, m.text.BoardDone.Exported(msg.file)))
	return nil
}

// found are the rows that the filter leaves: words, or who: what: target:
// result: with a part of it; ! negates.
func (a *activity) found() (some []Activity) {
	words := strings.Fields(shop.Fold(a.filter.Value()))
	if len(words) == 0 {
		return a.all
	}
	for _, one := range a.all {
		if !slices.ContainsFunc(words, func(w string) bool { return !one.fits(w) }) {
			some = append(some, one)
		}
	}
	return some
}

func (one Activity) fits(word string) bool {
	word, negated := strings.CutPrefix(word, "!")
	fields := map[string]string{
		"who": one.Who, "what": one.What + " " + one.Reason, "target": strings.Join(one.Targets, " "), "result": one.Result.Text,
	}
	name, value, has := strings.Cut(word, ":")
	text, known := fields[name]
	if !has || !known {
		value = word
		text = strings.Join([]string{one.Who, one.What, one.Reason, strings.Join(one.Targets, " "), one.Result.Text}, "\n")
	}
	return strings.Contains(shop.Fold(text), value) != negated
}

func (a *activity) rows(m *Model) rows {
	t := m.text.BoardDone
	some := a.found()
	empty := m.text.Activity.Nothing
	if !a.asked {
		empty = m.page.Mark(show.Busy, m.text.Board.Looking)
	}
	return rows{
		columns: []column{
			{head: t.When, width: 8}, {head: t.Who, width: 10}, {head: t.What, width: 16, flex: 1}, {head: t.Target, width: 10, drop: 1},
			{head: t.Result, width: 15, drop: 2}, {head: t.Took, width: 6, right: true, drop: 3},
		},
		n:   len(some),
		key: func(i int) string { return string(some[i].Commit) },
		cells: func(i int) []string {
			one := some[i]
			what := one.What
			if one.Reason != "" {
				what += "  " + one.Reason
			}
			return []string{m.shortClock(one.At), one.Who, what, shortTargets(one.Targets), m.page.Mark(one.Result.Mark, one.Result.Text), one.Took}
		},
		empty: empty,
	}
}

// shortClock is the time of today, the day of another.
func (m *Model) shortClock(at time.Time) string {
	zone := zoneOf(m.page)
	at, now := at.In(zone), m.page.Now.In(zone)
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return at.Format("15:04:05")
	}
	return at.Format("01-02")
}

func shortTargets(all []string) string {
	if len(all) > 2 {
		return all[0] + " +" + show.Number(len(all)-1)
	}
	return strings.Join(all, " ")
}

func (a *activity) view(m *Model, w, h int) []string {
	t := m.text.BoardDone
	r := a.rows(m)
	var lines []string
	if a.failed != "" {
		lines = append(lines, m.page.Mark(show.Bad, a.failed))
	}
	if a.typed {
		lines = append(lines, "/ "+m.typed(&a.filter, true, w-6))
	}
	n := len(lines)
	lines = append(lines, a.list.view(m, r, area{x: 2, y: 1 + n, w: w - 4, h: max(h-2-n, 1)})...)
	hint := m.keys["enter"].Help().Key + ": " + t.Detail + "  " + m.keys["export"].Help().Key + ": " + m.text.Board.Action["export"]
	return m.box(frame{title: m.text.Board.Action["activity"], right: hint, foot: a.list.span(m, r)}, lines, w, h)
}

// stage is what the header says in place of the board's age: an operation that
// git holds does not grow old.
func (a *activity) stage(m *Model) string {
	t := m.text.BoardDone
	head := t.Following
	if a.held {
		head = m.page.Mark(show.Held, t.Paused(a.missed))
	}
	if text := show.Clean(a.filter.Value()); text != "" {
		return head + "  " + t.Filtered(text)
	}
	return head + "  " + t.NoFilter
}

// detailed is everything that is known of one operation.
type detailed struct{ one Activity }

func (d *detailed) crumbs(m *Model) []string {
	return []string{m.text.Board.Action["activity"], d.one.Commit.Short()}
}
func (d *detailed) typing() bool                   { return false }
func (d *detailed) at(*Model) Target               { return Target{Tier: d.one.Tier} }
func (d *detailed) update(*Model, tea.Msg) tea.Cmd { return nil }
func (d *detailed) line(*Model) []string           { return []string{"activity", "--since", "14d"} }
func (d *detailed) actions(m *Model) (all []action) {
	if d.one.Release != "" {
		all = append(all, action{id: "enter", name: m.text.BoardDone.Release, show: true, do: func(m *Model) tea.Cmd {
			return m.read([]string{string(d.one.Tier), d.one.Release}, "releases", "show", string(d.one.Tier)+":"+d.one.Release)
		}})
	}
	return append(all, action{id: "back", show: true, do: func(m *Model) tea.Cmd { m.pop(); return nil }})
}

func (d *detailed) view(m *Model, w, h int) []string {
	t, one := m.text.BoardDone, d.one
	facts := [][2]string{
		{t.When, m.page.Clock(one.At)}, {t.Who, one.Who}, {t.What, one.What}, {t.Reason, one.Reason},
		{t.Target, strings.Join(one.Targets, " ")}, {t.Result, m.page.Mark(one.Result.Mark, one.Result.Text)}, {t.Took, one.Took},
		{t.Commit, string(one.Commit)},
	}
	var lines []string
	for _, f := range facts {
		if f[1] == "" {
			continue
		}
		for i, part := range wrapped(f[1], w-4-labelWidth-2) {
			label := ""
			if i == 0 {
				label = f[0]
			}
			lines = append(lines, show.Pad(label, labelWidth)+"  "+part)
		}
	}
	return m.box(frame{title: m.text.Board.Action["activity"]}, lines, w, h)
}
