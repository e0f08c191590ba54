package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// Closing is what a maintenance would be, as its command says before it asks.
type Closing struct {
	Until    time.Time
	ByItself bool   // somebody will write its end
	Notes    []Note // what is to be known of it
}

// Closed is a maintenance that is on.
type Closed struct {
	Kind, Name string // shop, shopset or tier
	Until      time.Time
	Overdue    bool
	By         string
	Message    string
}

// closing is the dialog of a maintenance. It lies on the page that it was opened
// from, and makes a command line.
type closing struct {
	scopes  []scope
	chosen  int
	fields  map[stop]*textinput.Model
	focus   stop // empty: the first
	closing Closing
	wrong   string   // what is not right with the line, in the command's words
	checked []string // the line that closing or wrong is about
}

// scope is what may be closed.
type scope struct {
	kind, name string
	shops      int
}

// stop is a place where the focus can be.
type stop string

const (
	onMessage stop = "message"
	onUntil   stop = "until"
	onAllow   stop = "allow"
	onName    stop = "name"
	onCancel  stop = "cancel"
	onOpen    stop = "open"
	onClose   stop = "close"
)

// onScope is the stop of a row of the list of scopes.
func onScope(kind string) stop { return stop("scope " + kind) }

// closingMsg is what the command says of a line; checkMsg asks for it.
type (
	closingMsg struct {
		page    *closing
		args    []string
		closing Closing
		err     error
	}
	checkMsg struct {
		page *closing
		args []string
	}
)

func (msg closingMsg) to() page { return msg.page }

func (msg checkMsg) to() page { return msg.page }

// checkRests is how long a line stays as it is before the command is asked.
const checkRests = 100 * time.Millisecond

// maintain opens the dialog for what the cursor is on.
func (m *Model) maintain() tea.Cmd {
	c := &closing{scopes: m.scopes(m.top().at(m)), fields: map[stop]*textinput.Model{}}
	for _, s := range []stop{onMessage, onUntil, onAllow, onName} {
		in := field()
		in.Focus()
		c.fields[s] = &in
	}
	m.push(c)
	return nil
}

// scopes are what may be closed from a place, the narrowest first.
func (m *Model) scopes(t Target) (all []scope) {
	if t.Shop != "" {
		all = append(all, scope{"shop", string(t.Shop), 1})
	}
	if t.ShopSet != "" {
		s, _ := m.board.ShopSet(t.ShopSet)
		all = append(all, scope{"shopset", string(t.ShopSet), s.Shops})
	}
	if t.Tier != "" {
		one, _ := m.board.Tier(t.Tier)
		all = append(all, scope{"tier", string(t.Tier), one.Shops})
	}
	return all
}

// maintainOff says why nothing can be closed from here.
func (m *Model) maintainOff() string {
	switch {
	case m.readOnly() != "":
		return m.readOnly()
	case len(m.scopes(m.top().at(m))) == 0:
		return m.text.BoardLooks.NoTier
	}
	return ""
}

func (c *closing) scope() scope { return c.scopes[c.chosen] }

// is is the maintenance that is on already.
func (c *closing) is(m *Model) (Closed, bool) {
	for _, x := range m.board.Closed {
		if x.Kind == c.scope().kind && x.Name == c.scope().name {
			return x, true
		}
	}
	return Closed{}, false
}

func (c *closing) byName() bool { return c.scope().kind != "shop" }

func (c *closing) stops(m *Model) (all []stop) {
	if len(c.scopes) > 1 {
		for _, s := range c.scopes {
			all = append(all, onScope(s.kind))
		}
	}
	all = append(all, onMessage, onUntil, onAllow)
	if c.byName() {
		all = append(all, onName)
	}
	all = append(all, onCancel)
	if _, closed := c.is(m); closed {
		all = append(all, onOpen)
	}
	return append(all, onClose)
}

// on is where the focus is. Where that is no more, as when somebody else has
// opened meanwhile, it is on the button that does nothing.
func (c *closing) on(m *Model) stop {
	switch all := c.stops(m); {
	case c.focus == "":
		return all[0]
	case slices.Contains(all, c.focus):
		return c.focus
	}
	return onCancel
}

func (c *closing) text(s stop) string { return strings.TrimSpace(c.fields[s].Value()) }

// args is the command line that the dialog makes. The end is the moment that was
// shown, whatever it was typed as.
func (c *closing) args() []string {
	args := []string{"maintenance", "on", "--" + c.scope().kind, c.scope().name, "--until", c.text(onUntil)}
	if text := c.text(onMessage); text != "" {
		args = append(args, "--message", text)
	}
	for _, allowed := range strings.FieldsFunc(c.text(onAllow), func(r rune) bool { return r == ' ' || r == ',' || r == '\u3000' }) {
		args = append(args, "--allow", allowed)
	}
	return args
}

// settled reports whether the line is the one that the command was asked about.
func (c *closing) settled() bool { return slices.Equal(c.checked, c.args()) }

// locked says why it cannot be closed yet; empty: it can.
func (c *closing) locked(m *Model) string {
	t := m.text.BoardClose
	switch {
	case c.text(onUntil) == "":
		return m.text.Closing.NeedsEnd
	case !c.settled():
		return t.Checking
	case c.wrong != "":
		return c.wrong
	case c.byName() && c.text(onName) != c.scope().name:
		return m.text.BoardErrand.Locked
	}
	return ""
}

func (c *closing) crumbs(m *Model) []string { return []string{m.text.Board.Action["maintenance"]} }
func (c *closing) typing() bool             { return true }
func (c *closing) at(*Model) Target         { return Target{} }

func (c *closing) line(*Model) []string { return c.args() }

func (c *closing) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case checkMsg:
		if !slices.Equal(msg.args, c.args()) {
			return nil
		}
		return func() tea.Msg {
			v, err := m.desk.Closing(m.ctx, msg.args)
			return closingMsg{c, msg.args, v, err}
		}
	case closingMsg:
		if slices.Equal(msg.args, c.args()) {
			c.got(msg)
		}
	case tea.KeyMsg:
		return c.pressed(m, msg)
	}
	return nil
}

func (c *closing) got(msg closingMsg) {
	c.closing, c.checked, c.wrong = msg.closing, msg.args, ""
	if msg.err != nil {
		c.wrong = show.Clean(msg.err.Error())
	}
}

// check asks the command about the line once it rests.
func (c *closing) check() tea.Cmd {
	args := c.args()
	if c.text(onUntil) == "" || slices.Equal(args, c.checked) {
		return nil
	}
	return tea.Tick(checkRests, func(time.Time) tea.Msg { return checkMsg{c, args} })
}

func (c *closing) pressed(m *Model, msg tea.KeyMsg) tea.Cmd {
	on := c.on(m)
	in, field := c.fields[on]
	switch k := msg.String(); {
	case k == "esc":
		m.pop()
	case k == "tab" || k == "down":
		c.step(m, 1)
	case k == "shift+tab" || k == "up":
		c.step(m, -1)
	case k == "enter" && field:
		c.step(m, 1)
	case k == "enter" || k == " " && !field:
		return c.act(m, on, k == "enter")
	case (k == "left" || k == "right") && !field:
		c.step(m, map[string]int{"left": -1, "right": 1}[k])
	case field:
		var cmd tea.Cmd
		*in, cmd = in.Update(msg)
		return tea.Batch(cmd, c.check())
	}
	return nil
}

func (c *closing) step(m *Model, by int) {
	all := c.stops(m)
	c.focus = all[(slices.Index(all, c.on(m))+by+len(all))%len(all)]
}

// act does what the stop with the focus stands for. Space chooses, but confirms
// nothing.
func (c *closing) act(m *Model, on stop, enter bool) tea.Cmd {
	for i, s := range c.scopes {
		if on == onScope(s.kind) && c.chosen != i {
			c.chosen = i
			c.fields[onName].Reset()
			return c.check()
		}
	}
	if !enter {
		return nil
	}
	s := c.scope()
	switch on {
	case onCancel:
		m.pop()
	case onOpen:
		m.pop()
		return m.open([]string{"maintenance off", s.name}, "maintenance", "off", "--"+s.kind, s.name)
	case onClose:
		return c.close(m)
	}
	return nil
}

// close carries the command line out. What it asks was answered here.
func (c *closing) close(m *Model) tea.Cmd {
	if why := c.locked(m); why != "" {
		m.toast = why
		return nil
	}
	s, args := c.scope(), c.args()
	args[slices.Index(args, "--until")+1] = c.closing.Until.Format(time.RFC3339)
	sure := Question{Level: Yes}
	if c.byName() {
		sure = Question{Level: ByName, Name: s.name}
	}
	m.pop()
	return m.openAs([]string{"maintenance on", s.name}, func(r *run) { r.sure = &sure }, args...)
}

// covers reports whether a yes to q was given with that to another question: it
// asks for nothing more.
func (q Question) covers(other Question) bool {
	return q.Level == other.Level && q.Name == other.Name && len(other.Risks) == 0 && !other.WantsWhy && !other.Sync
}

func (c *closing) actions(m *Model) []action {
	return dialogKeys(m.text.BoardClose.Focused, m.text.BoardClose.Next, m.text.BoardErrand.Cancel)
}

// The widths of the dialog, in cells.
const (
	closingWidth = 72
	labelWidth   = 10
)

func (c *closing) view(m *Model, w, h int) []string {
	back := m.block(nil, w, h)
	if n := len(m.pages); n > 1 {
		back = m.pages[n-2].view(m, w, h)
	}
	width := min(closingWidth, w)
	lines := c.body(m, width-4, h-2)
	height := min(len(lines)+2, h)
	title := m.text.BoardClose.Title
	return over(back, m.box(frame{title: title, strong: true}, lines, width, height), (w-width)/2, (h-height)/2)
}

// body is as much as there is room for: notes go before blank lines do, and the
// buttons never.
func (c *closing) body(m *Model, w, h int) (lines []string) {
	parts := [][]string{c.form(m, w), c.notes(m, w), c.confirm(m, w), {c.buttons(m)}}
	n, blank := 0, 0
	for _, p := range parts {
		if n += len(p); len(p) > 0 {
			blank++
		}
	}
	if over := n - h; over > 0 {
		parts[1] = parts[1][:max(len(parts[1])-over, 1)]
	}
	room := h - n - (blank - 1)
	for _, p := range parts {
		if room >= 0 && len(lines) > 0 && len(p) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, p...)
	}
	return lines
}

// form is the list of scopes and the fields.
func (c *closing) form(m *Model, w int) (lines []string) {
	t := m.text.BoardClose
	on := c.on(m)
	for i, s := range c.scopes {
		label, mark := "", "( ) "
		if i == 0 {
			label = t.Scope
		}
		if i == c.chosen {
			mark = "(*) "
		}
		line := show.Pad(mark+m.text.Closing.Kinds[s.kind]+" "+show.Clean(s.name), 30)
		if s.kind != "shop" {
			line += t.Shops(s.shops)
		}
		lines = append(lines, m.labelled(label, on == onScope(s.kind), strings.TrimRight(line, " ")))
	}
	room := w - labelWidth - 2
	until := m.typed(c.fields[onUntil], on == onUntil, room)
	switch {
	case c.text(onUntil) == "" && on != onUntil:
		until = m.page.Paint(show.Faint, m.text.Closing.EndForms)
	case c.settled() && c.wrong == "":
		echo := "= " + m.page.Clock(c.closing.Until)
		if c.closing.ByItself {
			echo += "  " + t.ByItself
		}
		until += "  " + m.page.Paint(show.Faint, echo)
	}
	return append(lines,
		m.labelled(t.Message, on == onMessage, m.typed(c.fields[onMessage], on == onMessage, room)),
		m.labelled(t.Until, on == onUntil, until),
		m.labelled(t.Allow, on == onAllow, m.typed(c.fields[onAllow], on == onAllow, room)),
	)
}

func (m *Model) labelled(label string, focused bool, value string) string {
	mark := noMark
	if focused {
		mark = m.page.Paint(show.Bold, cursorMark)
	}
	return show.Pad(label, labelWidth) + mark + value
}

// notes say what it means, or what is wrong.
func (c *closing) notes(m *Model, w int) (lines []string) {
	t := m.text.BoardClose
	say := func(text string) { lines = append(lines, wrapped(text, w)...) }
	if x, closed := c.is(m); closed {
		say(m.page.Mark(show.Held, t.Closed(m.page.Clock(x.Until), show.Clean(x.By))))
	}
	switch {
	case c.text(onUntil) == "":
		say(m.text.Closing.NeedsEnd + ".")
	case !c.settled():
		say(m.page.Mark(show.Busy, t.Checking))
	case c.wrong != "":
		say(m.page.Mark(show.Bad, c.wrong))
	default:
		say(t.Consequence(c.scope().shops, c.text(onMessage) != ""))
		for _, n := range c.closing.Notes {
			say(m.page.Mark(n.Mark, n.Text))
		}
	}
	if m.failed == "" && m.board.Silent != "" {
		say(m.page.Mark(show.Warn, t.Unseen))
	}
	return lines
}

func (c *closing) confirm(m *Model, w int) []string {
	if !c.byName() {
		return nil
	}
	ask := m.text.BoardErrand.TypeName(c.scope().name) + "  "
	return []string{ask + m.typed(c.fields[onName], c.on(m) == onName, w-show.Width(ask))}
}

func (c *closing) buttons(m *Model) string {
	t, on := m.text.BoardClose, c.on(m)
	button := func(s stop, word string) string {
		if on == s || s == onCancel && on != onOpen && on != onClose {
			return m.page.Paint(show.Bold, "[ "+word+" ]")
		}
		return "  " + word + "  "
	}
	line := "      " + button(onCancel, m.text.BoardErrand.Cancel)
	if _, closed := c.is(m); closed {
		line += "   " + button(onOpen, t.Open)
	}
	line += "   " + button(onClose, t.On)
	if c.byName() && c.text(onName) != c.scope().name {
		line += " " + m.text.BoardErrand.Locked
	}
	return line
}
