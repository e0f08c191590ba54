package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/text/unicode/norm"

	"github.com/shopctl/shopctl/internal/show"
)

// confirm is the question that lies on a page: its fields, and two buttons. The
// one that does it stands last, and is locked until everything is typed.
type confirm struct {
	question Question
	fields   []textinput.Model // what is to be typed: the name, a reason
	why      int               // which of them is the reason; -1: none is asked for
	on       int               // the field that is typed into
	yes      bool              // the button that does it has the focus; else it is Cancel
}

func newConfirm(q Question) confirm {
	c := confirm{question: q, why: -1}
	if q.Level == ByName {
		c.fields = append(c.fields, field())
	}
	if q.WantsWhy || q.Level == Why {
		c.why = len(c.fields)
		c.fields = append(c.fields, field())
	}
	c.focus()
	return c
}

// focus lets the field that is on take what is typed, and no other.
func (c *confirm) focus() {
	for i := range c.fields {
		c.fields[i].Blur()
		if i == c.on && !c.yes {
			c.fields[i].Focus()
		}
	}
}

// matches reports whether what was typed unlocks the button.
func (c *confirm) matches() bool {
	return c.named() && (c.why < 0 || strings.TrimSpace(c.fields[c.why].Value()) != "")
}

// named reports whether the name was typed where one is asked for.
func (c *confirm) named() bool {
	return c.question.Level != ByName || norm.NFC.String(strings.TrimSpace(c.fields[0].Value())) == norm.NFC.String(c.question.Name)
}

// actions are what the last line says of the keys; pressed does them.
func (c *confirm) actions(m *Model) []action {
	t := m.text.BoardErrand
	return dialogKeys(m.runsFocused(t.RunsFocused), t.NextField, t.CancelKey)
}

// dialogKeys are what the last line says of the keys of a dialog, which takes
// them itself, whatever is bound to other keys elsewhere.
func dialogKeys(enter, next, back string) []action {
	none := func(*Model) tea.Cmd { return nil }
	return []action{
		{id: "enter", key: "enter", show: true, name: enter, do: none}, {id: "pane", key: "tab", show: true, name: next, do: none},
		{id: "back", key: "esc", show: true, name: back, do: none},
	}
}

// runsFocused says what enter does; on a small screen without the default, which
// is seen there too.
func (m *Model) runsFocused(whole string) string {
	if m.w < 80 {
		return m.text.BoardErrand.RunsFocusedShort
	}
	return whole
}

// pressed takes a key. Enter does what the button with the focus says; nothing
// else answers the question.
func (c *confirm) pressed(m *Model, e *errand, msg tea.KeyMsg) tea.Cmd {
	switch k := msg.String(); {
	case k == "esc":
		e.away(m)
	case k == "enter":
		return c.enter(m, e)
	case k == "tab" || k == "down" || len(c.fields) == 0 && (k == "right" || k == "left"):
		c.step(1)
	case k == "shift+tab" || k == "up" || c.yes && (k == "left" || k == "right"):
		c.step(-1)
	case c.yes || len(c.fields) == 0:
	default:
		var cmd tea.Cmd
		c.fields[c.on], cmd = c.fields[c.on].Update(msg)
		return cmd
	}
	return nil
}

// step goes on through the fields to the button that does it, which is left out
// while it is locked, and around.
func (c *confirm) step(by int) {
	stops := max(len(c.fields), 1) // without fields: Cancel
	at := c.on
	if c.yes {
		at = stops
	}
	n := stops
	if c.matches() {
		n++
	}
	at = (at + by + n) % n
	if c.yes = at == stops; !c.yes {
		c.on = at
	}
	c.focus()
}

func (c *confirm) enter(m *Model, e *errand) tea.Cmd {
	if !c.yes || !c.matches() {
		if q := e.run.question; q != nil && (q.Sync || e.run.agreed) { // what runs has no other way to hear a no
			e.asking = false
			e.run.refuse()
			return nil
		}
		if e.away(m); m.top() == page(e) {
			m.toast = m.text.BoardErrand.Stayed(m.keys["enter"].Help().Key)
		}
		return nil
	}
	a := Answer{}
	if c.question.Level == ByName {
		a.Name = strings.TrimSpace(c.fields[0].Value())
	}
	if c.why >= 0 {
		a.Reason = strings.TrimSpace(c.fields[c.why].Value())
	}
	e.asking = false
	e.run.agree(m, a)
	return nil
}

// away takes the question from the page without an answer. A reason that is
// asked for before anything is shown has no page to go back to.
func (e *errand) away(m *Model) {
	e.asking = false
	if e.run.question != nil && e.run.question.Level == Why {
		e.leave(m)
	}
}

// view is what stands in the box. Where there is no room blank lines go, then
// what is said of it; risks, fields and buttons never do.
func (c *confirm) view(m *Model, w, h int) []string {
	t, q := m.text.BoardErrand, c.question
	var text, what, risks, fields []string
	for _, l := range wrapped(show.Clean(q.Text), w) {
		text = append(text, m.page.Paint(show.Bold, l))
	}
	for _, l := range q.What {
		what = append(what, wrapped("  "+l, w)...)
	}
	for _, risk := range q.Risks {
		risks = append(risks, "  "+m.page.Mark(show.Warn, t.RiskIs(show.Clean(risk))))
	}
	for i := range c.fields {
		label := t.TypeName(show.Clean(q.Name))
		if i == c.why {
			label = t.Reason
		}
		fields = append(fields, c.field(m, i, label, w)...)
	}
	fields = append(fields, c.buttons(m))
	what = append(what[:max(0, min(len(what), h-len(text)-len(risks)-len(fields)))], risks...)
	lines := slices.Concat(text, what, fields)
	if h < len(lines)+gaps {
		return lines
	}
	if len(what) > 0 {
		what = append(what, "")
	}
	if len(c.fields) > 0 {
		fields = slices.Insert(fields, len(fields)-1, "")
	}
	return slices.Concat([]string{""}, text, []string{""}, what, fields, []string{""})
}

// gaps is how many blank lines the box has where there is room.
const gaps = 5

// field is a label with what was typed, below it where there is no room beside.
func (c *confirm) field(m *Model, i int, label string, w int) []string {
	in, focused := &c.fields[i], i == c.on && !c.yes
	if room := w - show.Width(label) - 2; room > show.Width(in.Value()) {
		return []string{label + "  " + m.typed(in, focused, room)}
	}
	return []string{label, "  " + m.typed(in, focused, w-2)}
}

func (c *confirm) buttons(m *Model) string {
	t := m.text.BoardErrand
	do := c.question.Do
	if do == "" {
		do = t.DoIt
	}
	locked := ""
	switch {
	case !c.named():
		locked = " " + m.page.Paint(show.Faint, t.Locked)
	case !c.matches():
		locked = " " + m.page.Paint(show.Faint, t.LockedWhy)
	}
	cancel := m.page.Paint(show.Bold, "[ "+t.Cancel+" ]")
	do = "  " + do + "  "
	if c.yes {
		cancel, do = "  "+t.Cancel+"  ", m.page.Paint(show.Bold, "["+do[1:len(do)-1]+"]")
	}
	return "      " + cancel + "   " + do + locked
}
