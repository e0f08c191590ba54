package tui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// Command is a command of the command line, as its palette has it.
type Command struct {
	Words   string // shop add
	Usage   string // shop add [NAME]
	Line    string // its help of one line
	Mutates bool
	Shell   bool // it needs the terminal to itself: it is named, not carried out
	Takes   bool // arguments
}

// Word is what may stand at the end of a line, with what it is.
type Word struct{ Text, About string }

// palette is the line for a command. Below it stands what may be meant.
type palette struct {
	in     textinput.Model
	list   table
	moved  bool // somebody has chosen a row: enter takes it
	target Target
	words  []Word // that may stand at the end of asked
	asked  string
}

type (
	completedMsg struct {
		page *palette
		line string
		all  []Word
	}
	choice struct{ text, about string }
)

func (msg completedMsg) to() page { return msg.page }

// command opens the palette.
func (m *Model) command() tea.Cmd {
	p := &palette{in: field(), target: m.top().at(m)}
	p.in.Focus()
	m.push(p)
	return m.wantShops() // names of shops come from their list
}

func (p *palette) crumbs(m *Model) []string { return []string{m.text.Board.Action["palette"]} }
func (p *palette) typing() bool             { return true }
func (p *palette) at(*Model) Target         { return p.target }

func (p *palette) actions(m *Model) []action {
	t := m.text.BoardMenu
	return []action{
		{id: "up", also: "down", name: t.Choose, show: true},
		{id: "pane", name: t.Take, show: true},
		{id: "enter", name: t.Run, show: true},
		{id: "back", name: m.text.BoardErrand.Cancel, show: true},
	}
}

func (p *palette) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case completedMsg:
		if msg.line == p.in.Value() {
			p.asked, p.words = msg.line, p.nearFirst(msg.all)
		}
	case shopsMsg:
		return p.complete(m)
	case tea.MouseMsg:
		if p.list.mouse(p.rows(m), msg) {
			return p.take(m)
		}
		p.moved = p.moved || msg.Action == tea.MouseActionPress
	case tea.KeyMsg:
		return p.pressed(m, msg)
	}
	return nil
}

func (p *palette) pressed(m *Model, msg tea.KeyMsg) tea.Cmd {
	r := p.rows(m)
	switch msg.String() {
	case "esc":
		if p.in.Value() != "" {
			p.in.Reset()
			p.typed()
			return nil
		}
		m.pop()
	case "up", "down":
		p.list.sync(r)
		p.list.set(r, p.list.cursor+map[string]int{"up": -1, "down": 1}[msg.String()])
		p.moved = true
	case "tab":
		return p.take(m)
	case "enter":
		words, c, ok := p.line(m)
		if ok && !p.moved {
			return m.carry(c, words)
		}
		return p.take(m)
	default:
		before := p.in.Value()
		var cmd tea.Cmd
		p.in, cmd = p.in.Update(msg)
		if p.in.Value() != before {
			p.typed()
			cmd = tea.Batch(cmd, p.complete(m))
		}
		return cmd
	}
	return nil
}

// typed forgets the chosen row: the list is another.
func (p *palette) typed() { p.list, p.moved = table{}, false }

// take puts the chosen row into the line. A command without arguments runs.
func (p *palette) take(m *Model) tea.Cmd {
	all := p.choices(m)
	i := p.list.chosen(p.rows(m))
	if i < 0 {
		m.toast = m.text.BoardMenu.NoSuch
		return nil
	}
	if c, is := m.commandOf(strings.Fields(all[i].text)); is && c.Words == all[i].text && !c.Takes {
		return m.carry(c, strings.Fields(c.Words))
	}
	p.in.SetValue(all[i].text + " ")
	p.in.CursorEnd()
	p.typed()
	return p.complete(m)
}

// line is the typed command line; ok reports whether it names a command.
func (p *palette) line(m *Model) (words []string, c Command, ok bool) {
	words, open := split(p.in.Value())
	if open {
		return words, c, false
	}
	if len(words) > 0 && words[0] == "shopctl" {
		words = words[1:]
	}
	c, ok = m.commandOf(words)
	return words, c, ok
}

// commandOf finds the command that a line begins with, the longest of its words.
func (m *Model) commandOf(words []string) (best Command, ok bool) {
	for _, c := range m.o.Commands {
		path := strings.Fields(c.Words)
		if len(path) <= len(words) && slices.Equal(path, words[:len(path)]) && len(c.Words) > len(best.Words) {
			best, ok = c, true
		}
	}
	return best, ok
}

// carry does what the line says: a page to read, or an errand.
func (m *Model) carry(c Command, words []string) tea.Cmd {
	line := commandLine(words)
	switch {
	case c.Shell:
		m.toast = m.text.BoardMenu.NeedsShell(line, m.keys["quit"].Help().Key)
		return nil
	case c.Mutates && m.readOnly() != "":
		m.toast = m.readOnly()
		return nil
	}
	m.pop()
	what := strings.Fields(c.Words)
	if len(words) > len(what) && !strings.HasPrefix(words[len(what)], "-") {
		what = append(what, words[len(what)])
	}
	if c.Mutates || watches(words) {
		return m.open([]string{strings.Join(what, " ")}, words...)
	}
	return m.read([]string{strings.Join(what, " ")}, words...)
}

// complete asks what may stand at the end of the line, once it has a command.
func (p *palette) complete(m *Model) tea.Cmd {
	line := p.in.Value()
	words, _, ok := p.line(m)
	if !ok {
		return nil
	}
	if strings.HasSuffix(line, " ") {
		words = append(words, "")
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, completeLimit)
		defer cancel()
		return completedMsg{p, line, m.desk.Complete(ctx, words)}
	}
}

// completeLimit is how long words for the end of a line may be looked for.
const completeLimit = lookEvery

// nearFirst puts first what the cursor of the page was on.
func (p *palette) nearFirst(all []Word) []Word {
	near := func(w Word) bool {
		return w.Text != "" && (w.Text == string(p.target.Tier) || w.Text == string(p.target.ShopSet) || w.Text == string(p.target.Shop))
	}
	slices.SortStableFunc(all, func(a, b Word) int {
		return cmp.Compare(map[bool]int{true: 0, false: 1}[near(a)], map[bool]int{true: 0, false: 1}[near(b)])
	})
	return all
}

// choices are the commands that the line may mean, then what may stand at its end.
func (p *palette) choices(m *Model) (all []choice) {
	typed := strings.TrimPrefix(strings.TrimLeft(p.in.Value(), " "), "shopctl ")
	for _, c := range matching(m.o.Commands, typed) {
		about := c.Line
		if c.Shell {
			about = m.text.BoardMenu.InShell + "  " + about
		}
		all = append(all, choice{c.Words, about})
	}
	if p.asked != p.in.Value() {
		return all
	}
	head := p.in.Value()
	if !strings.HasSuffix(head, " ") {
		head = head[:strings.LastIndexByte(head, ' ')+1]
	}
	for _, w := range p.words {
		if head != "" {
			all = append(all, choice{head + show.Quote(w.Text), w.About})
		}
	}
	return all
}

// matching are the commands that fit what was typed, the nearest first: by the
// beginning of their words, by a part, by letters in their order, by their help.
func matching(all []Command, typed string) (found []Command) {
	folded := shop.Fold(strings.TrimRight(typed, " "))
	rank := func(c Command) int {
		switch {
		case strings.HasPrefix(c.Words, folded):
			return 1
		case strings.Contains(c.Words, folded):
			return 2
		case inOrder(c.Words, folded):
			return 3
		case strings.Contains(shop.Fold(c.Line), folded):
			return 4
		}
		return 0
	}
	for _, c := range all {
		if rank(c) > 0 {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b Command) int { return cmp.Compare(rank(a), rank(b)) })
	return found
}

// inOrder reports whether a text holds the letters of another in their order.
func inOrder(text, letters string) bool {
	for _, r := range letters {
		i := strings.IndexRune(text, r)
		if i < 0 {
			return false
		}
		text = text[i+len(string(r)):]
	}
	return true
}

func (p *palette) rows(m *Model) rows {
	all := p.choices(m)
	return rows{
		columns: []column{{width: 24, flex: 1}, {width: 20, flex: 2}},
		n:       len(all),
		key:     func(i int) string { return all[i].text },
		cells:   func(i int) []string { return []string{show.Clean(all[i].text), show.Clean(all[i].about)} },
		empty:   m.text.BoardMenu.NoSuch,
	}
}

func (p *palette) view(m *Model, w, h int) []string {
	f := frame{title: m.text.Board.Action["palette"], strong: true}
	if _, c, ok := p.line(m); ok {
		f.right = c.Usage
	}
	r := p.rows(m)
	lines := []string{": " + m.typed(&p.in, true, w-6), ""}
	lines = append(lines, p.list.view(m, r, area{x: 2, y: 3, w: w - 4, h: max(h-4, 1)})...)
	f.foot = p.list.span(m, r)
	return m.box(f, lines, w, h)
}
