package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

func helpCommand() *Command {
	return &Command{
		Name: "help", Group: HelpGroup, Plain: true,
		Help: func(t *i18n.Text) i18n.Help { return t.Help.Help },
		Args: []Arg{{Name: "COMMAND|TOPIC", Optional: true, Many: true, Complete: completeHelp}},
		Run:  runHelp,
	}
}

// topics are the pages of help that are no command's.
func topics() []string {
	return []string{"words", "exit-codes", "environment", "json", "ci", "keys", "accessibility"}
}

func runHelp(_ context.Context, c *Call) error {
	words := c.Args()
	if len(words) == 0 {
		c.shortHelp()
		return nil
	}
	if len(words) == 1 && slices.Contains(topics(), words[0]) && c.root.sub(words[0]) == nil {
		c.topic(words[0])
		return nil
	}
	at := c.root
	for i, w := range words {
		next := at.sub(w)
		if next == nil {
			return c.noHelp(at, words, i)
		}
		at = next
	}
	c.commandHelp(at)
	return nil
}

func (c *Call) noHelp(at *Command, words []string, i int) error {
	if slices.Contains(reservedPaths(), strings.Join(words, " ")) {
		return &Fail{Code: NotBuiltYet, Message: c.Text.Frame.NotYet(strings.Join(words, " "))}
	}
	known := at.subNames()
	if at == c.root {
		known = append(known, topics()...)
	}
	return &Fail{
		Code: UnknownCommand, Message: c.Text.Help.Unknown(strings.Join(words, " ")),
		Hints: guesses(c.Text, words[i], known, func(guess string) string {
			return "shopctl help " + strings.Join(append(slices.Clone(words[:i]), guess), " ")
		}),
	}
}

// shortHelp is what the bare program says: at most 24 lines.
func (c *Call) shortHelp() {
	t, p := c.Text, c.Out
	p.Line(t.Frame.Title)
	p.Line()
	if rows := c.shortExamples(); len(rows) > 0 {
		width := 0
		for _, r := range rows {
			if r.For != "" {
				width = max(width, show.Width(r.Command))
			}
		}
		for _, r := range rows {
			p.Line(strings.TrimRight("  "+show.Pad(r.Command, width+4)+r.For, " "))
		}
		p.Line()
	}
	c.groups()
	var last []string
	if c.has([]string{"demo"}) {
		last = append(last, t.Frame.NewHere+" shopctl demo")
	}
	p.Line(strings.Join(append(last, t.Frame.More+" shopctl help COMMAND, shopctl help words"), "      "))
}

// shortExamples are those of the short help whose commands are there.
func (c *Call) shortExamples() []i18n.Example {
	var rows []i18n.Example
	for _, e := range c.Text.Frame.ShortHelp {
		if c.has(strings.Fields(e.Command)[1:]) {
			rows = append(rows, e)
		}
	}
	return rows
}

// helpWidth is the widest line of the short help.
const helpWidth = 80

// groups lists the commands: two short groups share a line, a long one has several.
func (c *Call) groups() {
	c.group(Release)
	c.group(Shops, Look)
	c.group(Repair, SetUp)
}

func (c *Call) group(groups ...Group) {
	const label, second = 10, 37 // where the names and the second group begin
	var cells []string
	for _, g := range groups {
		if names := c.namesIn(g); len(names) > 0 {
			cells = append(cells, show.Pad(c.Text.Frame.Groups[string(g)], label)+strings.Join(names, " "))
		}
	}
	if len(cells) == 2 && show.Width(cells[0]) < second-1 && second+show.Width(cells[1]) <= helpWidth {
		cells = []string{show.Pad(cells[0], second) + cells[1]}
	}
	for _, cell := range cells {
		for show.Width(cell) > helpWidth {
			at := strings.LastIndexByte(cell[:helpWidth+1], ' ')
			c.Out.Line(cell[:at])
			cell = show.Spaces(label) + cell[at+1:]
		}
		c.Out.Line(cell)
	}
}

func (c *Call) namesIn(g Group) (names []string) {
	for _, s := range c.root.Subs {
		if s.Group == g {
			names = append(names, s.Name)
		}
	}
	return names
}

// commandHelp is `help COMMAND`: one line, examples first, then flags.
func (c *Call) commandHelp(command *Command) {
	t, p, h := c.Text, c.Out, command.help(c.Text)
	p.Line(command.path(), ": ", h.Line)
	if len(h.Examples) > 0 {
		p.Line()
		p.Line(t.Frame.Examples)
		c.pairs(h.Examples)
	}
	p.Line()
	p.Line(t.Frame.Usage)
	p.Line("  ", command.usage())
	if h.About != "" {
		p.Line()
		p.Line(h.About)
	}
	if len(command.Subs) > 0 {
		p.Line()
		p.Line(t.Frame.Commands)
		var rows []i18n.Example
		for _, s := range command.Subs {
			rows = append(rows, i18n.Example{Command: strings.TrimPrefix(s.usage(), "shopctl "), For: s.help(t).Line})
		}
		c.pairs(rows)
	}
	c.flagList(t.Frame.Flags, command.flags(), h)
	c.flagList(t.Frame.Shared, globalFlags(), h)
	if command.Name == "help" {
		c.topicList()
	}
}

func (c *Call) flagList(title string, flags []Flag, h i18n.Help) {
	if len(flags) == 0 {
		return
	}
	c.Out.Line()
	c.Out.Line(title)
	var rows []i18n.Example
	for _, f := range flags {
		rows = append(rows, i18n.Example{Command: f.spelled(), For: flagHelp(c.Text, h, f.Name)})
	}
	c.pairs(rows)
}

// spelled is the flag as help shows it: "-n, --dry-run", "    --json[=F,…]".
func (f Flag) spelled() string {
	s := "    --" + f.Name
	if f.Short != "" {
		s = "-" + f.Short + ", --" + f.Name
	}
	switch {
	case f.Bare:
		s += "[=" + f.Value + "]"
	case f.Value != "":
		s += " " + f.Value
	}
	return s
}

func flagHelp(t *i18n.Text, h i18n.Help, name string) string {
	if own, ok := h.Flags[name]; ok {
		return own
	}
	return t.Frame.SharedFlags[name]
}

// pairs prints two columns.
func (c *Call) pairs(rows []i18n.Example) {
	width := 0
	for _, r := range rows {
		width = max(width, show.Width(r.Command))
	}
	for _, r := range rows {
		if r.For == "" {
			c.Out.Line("  ", r.Command)
			continue
		}
		c.Out.Line("  ", show.Pad(r.Command, width+2), r.For)
	}
}

func (c *Call) topicList() {
	c.Out.Line()
	c.Out.Line(c.Text.Frame.Topics)
	var rows []i18n.Example
	for _, name := range topics() {
		rows = append(rows, i18n.Example{Command: name, For: c.Text.Help.Topics[name].Line})
	}
	c.pairs(rows)
}

func (c *Call) topic(name string) {
	topic := c.Text.Help.Topics[name]
	c.Out.Line(name, ": ", topic.Line)
	c.Out.Line()
	if name == "exit-codes" {
		t := show.Table{Columns: []show.Column{{Head: c.Text.Help.Code, Right: true}, {Head: c.Text.Help.Name}, {Head: c.Text.Help.When}}}
		for _, e := range ExitCodes() {
			t.Rows = append(t.Rows, []string{strconv.Itoa(e.Code), e.Name, c.Text.Help.ExitCodes[e.Code]})
		}
		c.Out.Table(t)
		c.Out.Line()
	}
	if name == "keys" {
		c.keyTable()
	}
	c.Out.Line(topic.Body)
}

// keyTable is what each key of the board does, as the board itself tells it.
func (c *Call) keyTable() {
	text := c.Text.BoardKeys
	t := show.Table{Columns: []show.Column{{Head: text.Key}, {Head: text.Action}, {Head: text.What, Flex: true}}}
	for _, k := range tui.Keys(c.Text) {
		t.Rows = append(t.Rows, []string{strings.Join(k.Keys, " "), k.ID, k.Does})
	}
	c.Out.Line(text.Head)
	c.Out.Line()
	c.Out.Table(t)
	c.Out.Line()
}
