package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type configurationsResult struct {
	Configurations []configurationJSON `json:"configurations"`
}

// configurationJSON is what a ShopSet can be made with, defaults filled in.
type configurationJSON struct {
	Name       string            `json:"name"`
	Base       string            `json:"base"`
	Path       string            `json:"path"` // empty: nothing of the configuration repository is built in
	Service    string            `json:"service"`
	Port       int               `json:"port"`
	Parameters map[string]string `json:"parameters"`
	ShopSets   []shop.ShopSetID  `json:"shopsets"`
}

func (v configurationJSON) row() []string {
	return []string{v.Name, v.Base, v.Path, v.Service, strconv.Itoa(v.Port), strconv.Itoa(len(v.ShopSets))}
}

func configurationCommand() *Command {
	return &Command{
		Name: "configuration", Group: Shops, Help: func(t *i18n.Text) i18n.Help { return t.Configs.Help },
		Subs: []*Command{
			{Name: "list", Flags: []Flag{limitFlag()}, Kind: "Configurations", Fields: configurationsResult{}, Run: listConfigurations},
			{Name: "show", Args: []Arg{{Name: "NAME", Complete: completeConfigurations}}, Kind: "Configuration", Fields: configurationJSON{}, Run: showConfiguration},
		},
	}
}

// configurations are those of the intent, by name.
func (c *Call) configurations(ctx context.Context) ([]configurationJSON, error) {
	w, err := c.World(ctx)
	if err != nil {
		return nil, err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	have, err := w.Observe(ctx, shop.LookFleet{})
	if err != nil {
		return nil, err
	}
	all := []configurationJSON{}
	for _, name := range have.Fleet.Configurations {
		k, err := w.Configuration(name)
		if err != nil {
			return nil, err
		}
		one := configurationJSON{Name: name, Base: k.Base, Path: k.Path, Service: k.Service, Port: intent.Port(k), Parameters: k.Parameters, ShopSets: []shop.ShopSetID{}}
		if one.Base == "" {
			one.Base = "."
		}
		if one.Parameters == nil {
			one.Parameters = map[string]string{}
		}
		for _, set := range sortedKeys(have.Fleet.ShopSets) {
			if have.Fleet.ShopSets[set].Configuration == name {
				one.ShopSets = append(one.ShopSets, set)
			}
		}
		all = append(all, one)
	}
	return all, nil
}

func listConfigurations(ctx context.Context, c *Call) error {
	all, err := c.configurations(ctx)
	if err != nil {
		return err
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:configurations/")
	found := len(all)
	if limit := c.limit(0); limit > 0 {
		all = all[:min(limit, found)]
	}
	r := Result{Value: configurationsResult{all}}
	for _, one := range all {
		r.Rows = append(r.Rows, one.row())
	}
	r.Human = func(p show.Page) {
		t := c.Text.Configs
		table := show.Table{Columns: []show.Column{{Head: t.Name}, {Head: t.Base}, {Head: t.Path}, {Head: t.Service}, {Head: t.ShopSets, Right: true}}}
		for _, one := range all {
			path := one.Path
			if path == "" {
				path = "-"
			}
			table.Rows = append(table.Rows, []string{one.Name, one.Base, path, fmt.Sprintf("%s:%d", one.Service, one.Port), show.Number(len(one.ShopSets))})
		}
		p.Table(table)
		c.sayMore(p, found-len(all))
	}
	return c.Show(r)
}

func showConfiguration(ctx context.Context, c *Call) error {
	all, err := c.configurations(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, one := range all {
		if one.Name == c.Arg(0) {
			c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:"+intent.Path(shop.KindConfiguration, one.Name))
			return c.Show(Result{Value: one, Rows: [][]string{one.row()}, Human: func(p show.Page) { c.humanConfiguration(p, one) }})
		}
		known = append(known, one.Name)
	}
	f := &Fail{Code: NoSuchConfiguration, Message: c.Text.Configs.Unknown(show.Clean(firstRunes(c.Arg(0), 70)))}
	f.Hints = guesses(c.Text, c.Arg(0), known, func(guess string) string { return c.instead(c.Arg(0), guess) })
	if len(f.Hints) == 0 {
		f.Hints = []Hint{{Text: c.Text.Find.LookAtAll, Command: "shopctl configuration list"}}
	}
	return f
}

func (c *Call) humanConfiguration(p show.Page, v configurationJSON) {
	t := c.Text.Configs
	p.Line(p.Paint(show.Bold, v.Name))
	p.Line()
	path := v.Path
	if path == "" {
		path = t.NotBuiltIn
	}
	rows := [][]string{{t.BaseLabel, v.Base}, {t.PathLabel, path}, {t.ServiceLabel, fmt.Sprintf("%s:%d", v.Service, v.Port)}, {t.ShopSetsLabel, show.Number(len(v.ShopSets))}}
	for _, key := range sortedKeys(v.Parameters) {
		rows = append(rows, []string{t.ParameterLabel, key + "=" + show.Clean(v.Parameters[key])})
	}
	for _, row := range rows {
		p.Fact(row[0], row[1], 14)
	}
}
