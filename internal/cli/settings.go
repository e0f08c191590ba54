package cli

import (
	"context"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/show"
)

type settingsResult struct {
	Settings []setting `json:"settings"`
}

type setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
	Where  string `json:"where,omitempty"`
}

func settingsCommand() *Command {
	name := Arg{Name: "NAME", Complete: completeSettings}
	return &Command{
		Name: "settings", Group: SetUp, Help: func(t *i18n.Text) i18n.Help { return t.Settings.Help },
		Subs: []*Command{
			{Name: "list", Flags: []Flag{{Name: "origin"}}, Kind: "Settings", Fields: settingsResult{}, Run: listSettings},
			{Name: "get", Args: []Arg{name}, Kind: "Settings", Fields: settingsResult{}, Run: getSetting},
			{Name: "set", Args: []Arg{name, {Name: "VALUE", Complete: completeSettingValue}}, Run: setSetting, Shell: true},
			{Name: "unset", Args: []Arg{name}, Run: unsetSetting, Shell: true},
			{Name: "path", Plain: true, Run: func(_ context.Context, c *Call) error {
				c.Out.Line(c.Paths.Settings)
				return nil
			}},
		},
	}
}

func listSettings(_ context.Context, c *Call) error { return showSettings(c, c.settings.List()) }

func getSetting(_ context.Context, c *Call) error {
	if _, err := knownSetting(c); err != nil {
		return err
	}
	v := c.settings.Get(c.Arg(0))
	if c.JSON() {
		return showSettings(c, []settings.Value{v})
	}
	c.Out.Line(show.Clean(v.Value))
	return nil
}

func showSettings(c *Call, values []settings.Value) error {
	t := c.Text.Settings
	table := show.Table{Columns: []show.Column{{Head: t.Name}, {Head: t.Value}}}
	if c.line.is("origin") {
		table.Columns = append(table.Columns, show.Column{Head: t.Origin, Flex: true})
	}
	r := settingsResult{Settings: []setting{}}
	var rows [][]string
	for _, v := range values {
		r.Settings = append(r.Settings, setting{v.Name, v.Value, v.Origin, v.Where})
		rows = append(rows, []string{v.Name, v.Value, v.Origin, v.Where})
		table.Rows = append(table.Rows, []string{v.Name, show.Clean(v.Value), originText(t, v)})
	}
	return c.Show(Result{Value: r, Rows: rows, Human: func(p show.Page) {
		if len(table.Columns) == 2 {
			for i := range table.Rows {
				table.Rows[i] = table.Rows[i][:2]
			}
		}
		p.Table(table)
	}})
}

func originText(t i18n.Settings, v settings.Value) string {
	origin := map[string]string{
		settings.FromFlag: t.Flag, settings.FromEnvironment: t.Environment, settings.FromUser: t.User,
		settings.FromBuiltIn: t.OfBuiltIn, settings.FromSystem: settings.FileName,
	}[v.Origin]
	if v.Where == "" {
		return origin
	}
	return origin + "  " + v.Where
}

func knownSetting(c *Call) (settings.Key, error) {
	name := c.Arg(0)
	key, known := settings.KeyOf(name)
	if known {
		return key, nil
	}
	f := &Fail{Code: BadSettings, Message: c.Text.Settings.UnknownSetting(name)}
	f.Hints = guesses(c.Text, name, settings.KeyNames(), func(guess string) string {
		return strings.Replace(c.Again(), " "+Quote(name), " "+guess, 1)
	})
	if len(f.Hints) == 0 {
		f.Hints = []Hint{{Text: c.Text.Settings.ListThem, Command: "shopctl settings list"}}
	}
	return key, f
}

func setSetting(_ context.Context, c *Call) error {
	key, err := knownSetting(c)
	if err != nil {
		return err
	}
	name, value := c.Arg(0), c.Arg(1)
	if err := key.Check(value); err != nil {
		return &Fail{Code: BadValue, Message: c.Text.Settings.BadValue(name, err.Error())}
	}
	return writeSetting(c, value, c.Text.Settings.Set(name, value, c.Paths.Settings))
}

func unsetSetting(_ context.Context, c *Call) error {
	if _, err := knownSetting(c); err != nil {
		return err
	}
	return writeSetting(c, "", c.Text.Settings.Removed(c.Arg(0), c.Paths.Settings))
}

func writeSetting(c *Call, value, done string) error {
	name := c.Arg(0)
	changed, err := settings.Set(c.Paths.Settings, name, value)
	if err != nil {
		return err
	}
	if !changed {
		done = c.Text.Settings.AlreadySo(name)
	}
	c.Say(done)
	if v := c.settings.Get(name); v.Origin != settings.FromUser && v.Origin != settings.FromBuiltIn && value != v.Value {
		c.Say(c.Text.Settings.Weaker(v.Where, v.Value))
	}
	return nil
}
