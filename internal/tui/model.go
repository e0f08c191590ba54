package tui

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

// Model is the whole board. Pages lie on each other; the upper one is seen.
type Model struct {
	ctx    context.Context //nolint:containedctx // of the program, for what its commands start
	cancel context.CancelFunc
	desk   Desk
	send   func(tea.Msg) // to the program, from a run
	o      Options
	text   *i18n.Text
	page   show.Page // Now is the clock of the last look, gone on since
	keys   keymap

	w, h       int
	board      Board
	seen       time.Time // this machine's clock at the last look; zero: the board is a remembered one
	failed     string    // why the last look went wrong, in one line; empty: it did not
	epoch      int       // of looks: late answers are dropped
	paused     bool
	missed     int    // changes while paused
	behind     *Board // the newest that is known while paused; nil: the one that is shown
	behindSeen time.Time
	fleet      fleet

	stream   stream
	finding  *find // the page that finds a shop, once it was open
	factsNow facts

	pages []page
	runs  []*run
	toast string // one line about the last key; the next key takes it away
	trail []failure

	out           io.Writer // the terminal, for what is no part of a frame; nil: none
	faults        int       // looks that went wrong or met silence, one after the other
	known         time.Time // the system's clock when Argo CD answered last
	next          time.Time // this machine's clock at the next look
	looking       bool
	all           bool // the look that is under way asks for everything
	unread        int  // errors that nobody has looked at
	shownTitle    string
	shownProgress string
}

// failure is something that went wrong, kept until it was read.
type failure struct {
	at   time.Time
	text string
}

// page is one screen. Views are exactly h lines of w cells.
type page interface {
	crumbs(m *Model) []string             // where it is: tier-1, s-104
	view(m *Model, w, h int) []string     //
	update(m *Model, msg tea.Msg) tea.Cmd // messages that are not about keys of its actions
	actions(m *Model) []action            // what its keys do, in the order of the last line
	at(m *Model) Target                   // what the cursor is on
	typing() bool                         // a text field has the focus
}

// addressed is a message for the page that asked, whichever is seen by now.
type addressed interface{ to() page }

func newModel(ctx context.Context, desk Desk, o Options) *Model {
	ctx, cancel := context.WithCancel(ctx)
	m := &Model{ctx: ctx, cancel: cancel, desk: desk, o: o, text: o.Text, page: o.Page, w: 80, h: 24}
	m.keys = newKeymap(o.Text.Board, o.Page.Plain(), o.Keys)
	m.page.Now = o.Now()
	m.board, _ = desk.Remembered()
	m.pages = []page{&pipeline{}}
	return m
}

func (m *Model) stop() { m.cancel() }

// top is the page that is seen.
func (m *Model) top() page { return m.pages[len(m.pages)-1] }

func (m *Model) push(p page) { m.pages = append(m.pages, p) }

// pop goes one level out; the first page stays.
func (m *Model) pop() {
	if len(m.pages) > 1 {
		m.pages = m.pages[:len(m.pages)-1]
	}
}

// lookEvery is the time between two looks while nothing tells of a change.
const lookEvery = 5 * time.Second

type (
	lookedMsg struct {
		epoch int
		board Board
		err   error
	}
	tickMsg time.Time
	lookMsg struct{ epoch int }
)

// Init starts the first look.
func (m *Model) Init() tea.Cmd { return tea.Batch(m.look(), tick()) }

func tick() tea.Cmd { return tea.Tick(time.Second, func(t time.Time) tea.Msg { return tickMsg(t) }) }

// look starts a look; what an earlier one still brings is dropped.
func (m *Model) look() tea.Cmd {
	m.all = true
	return m.lookBy(m.desk.Look)
}

// glance looks as far as something has moved since.
func (m *Model) glance() tea.Cmd {
	m.all = false
	return m.lookBy(m.desk.Glance)
}

// refresh looks at once. A key that is held down does not queue one look behind
// the other, each of which would be dropped for the next.
func (m *Model) refresh() tea.Cmd {
	if m.looking && m.all {
		return nil
	}
	return m.look()
}

func (m *Model) lookBy(by func(context.Context) (Board, error)) tea.Cmd {
	m.epoch++
	m.looking = true
	epoch := m.epoch
	return func() tea.Msg {
		b, err := by(m.ctx)
		return lookedMsg{epoch, b, err}
	}
}

// Update takes one message. It does no input or output: that is in commands.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	depth := len(m.pages)
	cmd := m.take(msg)
	if len(m.pages) < depth { // what lay below was told of nothing meanwhile
		cmd = tea.Batch(cmd, m.top().update(m, boardMsg{}))
	}
	return m, tea.Batch(cmd, m.titled())
}

func (m *Model) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case addressed:
		return msg.to().update(m, msg)
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		return m.resized(msg)
	case tickMsg:
		m.page.Now = m.now()
		return tick()
	case lookMsg:
		if msg.epoch != m.epoch {
			return nil
		}
		return m.glance()
	case lookedMsg:
		return m.looked(msg)
	case changedMsg:
		return m.changed(msg)
	case brokenMsg:
		return m.broken(msg)
	case followMsg:
		if msg.epoch != m.stream.epoch {
			return nil
		}
		return m.watch(m.stream.tiers)
	case fleetMsg:
		return m.listed(msg)
	case exportedMsg:
		return m.exported(msg)
	case browsedMsg:
		return m.browsed(msg)
	case frontMsg:
		return msg.run.take(m, msg)
	case tea.MouseMsg:
		msg.Y -= 1 + m.bannerHeight() // pages begin under the header
		return m.top().update(m, msg)
	case tea.KeyMsg:
		m.toast = ""
		return m.struck(msg)
	}
	return m.top().update(m, msg)
}

// resized tells every page, also those below: they are seen again.
func (m *Model) resized(msg tea.WindowSizeMsg) tea.Cmd {
	var all []tea.Cmd
	for _, p := range m.pages {
		all = append(all, p.update(m, msg))
	}
	return tea.Batch(all...)
}

// now is the system's clock: that of the last look, gone on since.
func (m *Model) now() time.Time {
	if m.seen.IsZero() {
		return m.o.Now()
	}
	return m.board.At.Add(m.o.Now().Sub(m.seen))
}

func (m *Model) looked(msg lookedMsg) tea.Cmd {
	if msg.epoch != m.epoch {
		return nil
	}
	m.looking = false
	if msg.err != nil {
		m.failed = show.Clean(msg.err.Error())
		m.faults++
		m.fail(msg.err.Error())
		return m.again()
	}
	m.failed = ""
	if m.paused {
		m.missedLook(msg.board)
		return m.again()
	}
	shown := m.arrived(msg.board, m.o.Now())
	return tea.Batch(m.again(), shown)
}

// arrived puts a board on the screen that came at some time of this machine's clock.
func (m *Model) arrived(b Board, seen time.Time) tea.Cmd {
	m.board, m.seen = m.heard(b), seen
	m.page.Now = m.now()
	m.caughtUp()
	return tea.Batch(m.follow(), m.top().update(m, boardMsg{}))
}

// boardMsg tells a page that the board is another.
type boardMsg struct{}

// mostFailures is how many are kept.
const mostFailures = 5

func (m *Model) fail(text string) {
	if m.keep(text) && !m.reads() {
		m.unread++
	}
}

// keep is for what mends itself: it is kept, and nobody is told. It reports
// whether it is news: what came a moment ago, and comes again, is the same.
func (m *Model) keep(text string) (news bool) {
	news = true
	m.trail = slices.DeleteFunc(m.trail, func(f failure) bool {
		if f.text == text && m.page.Now.Sub(f.at) < sameFor {
			news = false
		}
		return f.text == text
	})
	m.trail = append(m.trail, failure{m.page.Now, text})
	if len(m.trail) > mostFailures {
		m.trail = m.trail[len(m.trail)-mostFailures:]
	}
	return news
}

// sameFor is longer than the time between two looks that go wrong.
const sameFor = 2 * time.Minute

// pressed finds what a key stands for. In a text field printable keys are text.
func (m *Model) pressed(msg tea.KeyMsg) tea.Cmd {
	p := m.top()
	if msg.String() == "ctrl+c" {
		return m.quit()
	}
	if p.typing() {
		return p.update(m, msg)
	}
	id := m.keys.named(msg)
	for _, a := range append(p.actions(m), m.everywhere()...) {
		if a.id != id || id == "" {
			continue
		}
		if a.off != "" {
			m.toast = a.off
			return nil
		}
		return a.do(m)
	}
	if id != "" && !movesOnly[id] {
		help := m.keys[id].Help()
		m.toast = m.text.BoardKeys.NotHere(help.Key, help.Desc)
	}
	return p.update(m, msg)
}

// movesOnly are the actions that may do nothing without a word: nothing is to be
// seen there, or there is nowhere to go.
var movesOnly = map[string]bool{
	"up": true, "down": true, "left": true, "right": true, "page-up": true, "page-down": true, "top": true, "end": true, "enter": true, "pane": true,
}

// everywhere are the actions that every page has.
func (m *Model) everywhere() []action {
	return append(append(m.looks(), m.deeds()...), []action{
		{id: "back", do: func(m *Model) tea.Cmd { m.pop(); return nil }},
		{id: "find", do: (*Model).find},
		{id: "pause", do: (*Model).pause},
		{id: "refresh", do: (*Model).refresh},
		m.running(),
		{id: "quit", off: m.quitOff(), do: (*Model).quit},
	}...)
}

// quitOff: q quits from the top only.
func (m *Model) quitOff() string {
	if len(m.pages) > 1 {
		return m.text.Board.QuitsFromTop(m.keys["quit"].Help().Key, m.keys["back"].Help().Key)
	}
	return ""
}

// Smallest screen that shows anything.
const (
	leastWidth  = 60
	leastHeight = 15
)

// View is exactly as many lines and cells as the screen has.
func (m *Model) View() string { return strings.Join(m.view(m.w, m.h), "\n") }

func (m *Model) view(w, h int) []string {
	if w < leastWidth || h < leastHeight {
		return m.block([]string{m.text.Board.TooSmall(leastWidth, leastHeight, w, h)}, w, h)
	}
	lines := []string{m.header(w)}
	banner := m.banner(w)
	lines = append(lines, banner...)
	lines = append(lines, m.top().view(m, w, h-2-len(banner))...)
	return append(lines, m.footer(w))
}

// header says what is seen, and how fresh it is.
func (m *Model) header(w int) string {
	t := m.text.Board
	left := " shopctl  " + m.board.System
	switch {
	case m.board.Live:
		left += " (" + m.page.Paint(show.Red, t.Live) + ")"
	case m.board.Demo:
		left += " (" + t.Demo + ")"
	}
	right := m.rightOf(w - show.Width(left) - 3)
	crumbs := m.top().crumbs(m)
	switch room := w - show.Width(left) - show.Width(right) - 5; {
	case len(crumbs) > 0:
		left += "  " + strings.Join(crumbs, " > ")
	case w >= columnScreen && show.Width(t.App(m.board.App)) <= room:
		left += "  " + t.App(m.board.App)
	default:
		left += "  " + m.board.App
	}
	if counts := m.counts(); len(crumbs) == 0 && len(m.board.Tiers) > 0 && show.Width(left)+show.Width(right)+show.Width(counts)+8 <= w {
		right += "  |  " + counts
	}
	right += " "
	return m.fit(m.fit(left, max(0, w-show.Width(right)-1))+" "+right, w)
}

// rightOf is the right side of the header, in so many cells: which system it is
// and whether it is live is never pushed out. How fresh the board is stays last.
func (m *Model) rightOf(w int) string {
	fresh := m.freshness()
	parts := []string{m.corner(fresh)}
	if m.paused {
		parts = append(parts, m.page.Mark(show.Held, m.text.Board.Paused(m.missed)))
	}
	if m.unread > 0 && m.lost() == "" {
		parts = append(parts, m.page.Mark(show.Warn, m.text.BoardLost.Unread(m.unread, m.keys["errors"].Help().Key)))
	}
	if m.readOnly() != "" {
		parts = append(parts, m.page.Mark(show.Held, m.text.BoardPages.ReadOnly))
	}
	right := fresh
	for i, p := range parts {
		switch {
		case i == 0 && show.Width(p) <= w:
			right = p
		case i > 0 && show.Width(p)+2+show.Width(right) <= w:
			right = p + "  " + right
		}
	}
	return right
}

// counts is how large the system is.
func (m *Model) counts() string {
	sets, shops := 0, 0
	for _, t := range m.board.Tiers {
		sets, shops = sets+len(t.ShopSets), shops+t.Shops
	}
	t := m.text.BoardPages
	return t.Tiers(show.Number(len(m.board.Tiers))) + "  " + t.ShopSetCount(show.Number(sets)) + "  " + t.ShopCount(show.Number(shops))
}

// freshness never calls fresh what is not known to be.
func (m *Model) freshness() string {
	t := m.text.Board
	switch {
	case m.seen.IsZero() && !m.board.At.IsZero():
		before := m.page.Mark(show.Unknown, t.Before(show.Length(max(m.page.Now.Sub(m.board.At), 0))))
		if m.looking {
			before += "  " + m.page.Mark(show.Busy, t.Looking)
		}
		return before
	case m.seen.IsZero() && m.failed == "":
		return m.page.Mark(show.Busy, t.Looking)
	case m.seen.IsZero():
		return m.page.Mark(show.Warn, t.NeverSeen)
	}
	age := m.age()
	switch {
	case m.failed != "" || m.board.Silent != "" && !m.known.IsZero() || age > staleAfter:
		return m.page.Mark(show.Warn, t.Stale(show.Length(age)))
	case m.board.Silent != "":
		return m.page.Mark(show.Warn, t.Silent)
	case m.board.NoArgoCD:
		return m.page.Mark(show.Unknown, t.NoArgoCD)
	}
	return m.page.Mark(show.Good, t.Fresh(show.Length(age)))
}

// staleAfter is the age from which what is shown is called stale.
const staleAfter = 30 * time.Second

// action finds what can be done here by its id.
func (m *Model) action(id string) (action, bool) { return actionOf(m.actions(), id) }

// actions are all that can be done here, those of the page first.
func (m *Model) actions() []action { return append(m.top().actions(m), m.everywhere()...) }

func actionOf(all []action, id string) (action, bool) {
	for _, a := range all {
		if a.id == id {
			return a, true
		}
	}
	return action{}, false
}

// act does what a key of an action would do.
func (m *Model) act(id string) tea.Cmd {
	a, ok := m.action(id)
	switch {
	case !ok:
		return nil
	case a.off != "":
		m.toast = a.off
		return nil
	}
	return a.do(m)
}

// pageSize is the room of the page that is seen.
func (m *Model) pageSize() (w, h int) { return m.w, m.bodyHeight() }

// pause keeps the view as it is, or lets it go on with all that was missed.
func (m *Model) pause() tea.Cmd {
	m.paused = !m.paused
	if m.paused {
		m.missed = 0
		return nil
	}
	return m.resume()
}
