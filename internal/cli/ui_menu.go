package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// menu is the board for ears: numbered choices over the same desk, as lines and
// nothing else. What changes something is a command line that is carried out as
// if it had been typed, so it shows, asks and tells like one.
type menu struct {
	c *Call
	d *desk
	b tui.Board
}

// errLeft ends a menu and those that it was opened from.
var errLeft = errors.New("left")

// choice is one line of a menu.
type choice struct {
	text string
	do   func(context.Context) error // nil: back
}

func (c *Call) runMenu(ctx context.Context, d *desk) error {
	m := &menu{c: c, d: d}
	for {
		if err := m.look(ctx); err != nil {
			if m.b.At.IsZero() || ctx.Err() != nil {
				return err
			}
			m.c.Out.Line()
			m.c.Out.Line(c.Text.Menu.Lost(show.Clean(err.Error()), m.c.Out.Clock(m.b.At)))
		}
		err := m.pick(ctx, m.main())
		switch {
		case errors.Is(err, errLeft):
			c.Out.Line(c.Text.Menu.Bye)
			return nil
		case err != nil:
			return err
		}
	}
}

// look sees the system anew and says how it is.
func (m *menu) look(ctx context.Context) error {
	b, err := m.d.Look(ctx)
	if err != nil {
		return err // what was seen last stays
	}
	m.b = b
	p, t := m.c.Out, m.c.Text
	system := m.b.System
	switch {
	case m.b.Live:
		system += " " + t.Menu.Live
	case m.b.Demo:
		system += " " + t.Menu.Demo
	}
	p.Line()
	p.Line(t.Menu.Title(system, m.b.App))
	switch {
	case m.b.Silent != "":
		p.Line(t.Look.Silent, ": ", m.b.Silent)
	case m.b.NoArgoCD:
		p.Line(t.Look.NoArgoCD)
	}
	if why := m.readOnly(); why != "" {
		p.Line(t.Menu.ReadOnly(why))
	}
	return nil
}

// readOnly is why nothing can be changed from here; empty: it can.
func (m *menu) readOnly() string {
	if m.c.Is("read-only") {
		return "--read-only"
	}
	return m.b.ReadOnly
}

// pick lets a person choose one of the lines, and does it. At the end of the
// input it is left.
func (m *menu) pick(ctx context.Context, choices []choice) error {
	for i, one := range choices {
		m.c.Out.Line(strconv.Itoa(i+1), " ", one.text)
	}
	for {
		text, err := m.ask(ctx, m.c.Text.Frame.Pick(len(choices)))
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(text)
		if err == nil && n >= 1 && n <= len(choices) {
			if do := choices[n-1].do; do != nil {
				return do(ctx)
			}
			return nil
		}
		m.c.Out.Line(m.c.Text.Frame.PickAgain(len(choices)))
	}
}

func (m *menu) ask(ctx context.Context, prompt string) (string, error) {
	text, err := m.c.Ask(ctx, prompt)
	if errors.Is(err, io.EOF) {
		return "", errLeft
	}
	return text, err
}

func (m *menu) main() (all []choice) {
	t := m.c.Text.Menu
	for _, tier := range m.b.Tiers {
		all = append(all, choice{m.tierLine(tier), func(ctx context.Context) error { return m.tier(ctx, tier) }})
	}
	return append(all,
		choice{t.Find, m.find},
		choice{t.Activity, m.command("activity", "--limit=20")},
		choice{text: t.Again},
		choice{t.Quit, func(context.Context) error { return errLeft }},
	)
}

func (m *menu) tierLine(tier tui.Tier) string {
	t := m.c.Text
	waiting := t.Menu.NothingWaits
	if n := len(tier.Waiting); n > 0 {
		oldest := tier.Waiting[0].At
		for _, one := range tier.Waiting {
			if one.At.Before(oldest) {
				oldest = one.At
			}
		}
		waiting = t.Menu.Waits(show.Number(n), show.Age(m.b.At, oldest), n == 1)
	}
	for _, held := range tier.Holds {
		waiting += t.Menu.Held(held.Text)
	}
	health := t.Look.HealthWord(tier.Health, percent(tier.Ready, len(tier.ShopSets)))
	return t.Menu.Tier(string(tier.Name), t.Menu.Release(number(tier.Number)), health, m.syncWord(tier.Sync), m.shops(tier.Shops), waiting)
}

func (m *menu) shops(n int) string { return m.c.Text.Menu.Shops(show.Number(n), n == 1) }

func (m *menu) syncWord(s shop.Sync) string {
	p := m.c.Out
	p.Accessible, p.Colour = true, false
	return m.c.syncMark(p, s)
}

// mostSaid is how many of a list are said.
const mostSaid = 9

func (m *menu) tier(ctx context.Context, tier tui.Tier) error {
	t, name := m.c.Text.Menu, string(tier.Name)
	m.c.Out.Line()
	m.c.Out.Line(m.tierLine(tier))
	for _, n := range tier.Notes {
		m.c.Out.Line(n.Text)
	}
	var all []choice
	if m.readOnly() == "" {
		all = append(m.releases(tier), m.switches(name, "--tier="+name)...)
	}
	all = append(all, choice{t.Commits, func(context.Context) error { m.waits(tier); return nil }})
	if tier.Name.Number() > 0 {
		all = append(all, choice{t.Why, m.command("why", name)})
	}
	all = append(all, choice{t.ShopSets, func(ctx context.Context) error { return m.shopSets(ctx, tier) }}, choice{text: t.Back})
	return m.pick(ctx, all)
}

// releases are what can be done with the release of a tier; without the right to
// it that is said.
func (m *menu) releases(tier tui.Tier) (all []choice) {
	t, name := m.c.Text.Menu, string(tier.Name)
	if tier.MayNot != "" {
		m.c.Out.Line(tier.MayNot)
		return nil
	}
	if tier.Name.Number() > 0 {
		all = append(all, choice{t.Promote(name), m.command("promote", name)})
	}
	all = append(all, choice{t.RollBack(name), m.command("rollback", name)})
	if slices.ContainsFunc(tier.Holds, func(n tui.Note) bool { return n.Text == m.c.Text.Look.Pinned }) {
		all = append(all, choice{t.Unpin(name), m.command("unpin", name)})
	}
	return all
}

// waits says which commits wait for a tier.
func (m *menu) waits(tier tui.Tier) {
	t := m.c.Text.Menu
	if len(tier.Waiting) == 0 {
		m.c.Out.Line(t.NothingWaits)
	}
	for i, one := range tier.Waiting {
		if i == mostSaid {
			m.c.Out.Line(t.More(show.Number(len(tier.Waiting) - i)))
			break
		}
		m.c.Out.Line(t.Commit(one.ID.Short(), one.Author, show.Age(m.b.At, one.At), one.Title))
	}
}

func (m *menu) shopSets(ctx context.Context, tier tui.Tier) error {
	t := m.c.Text.Menu
	var all []choice
	for _, s := range tier.ShopSets {
		health := m.c.Text.Look.HealthWord(s.Health, -1)
		if s.Trouble != "" {
			health += ", " + s.Trouble
		}
		name := string(s.Name)
		all = append(all, choice{t.ShopSet(name, health, m.syncWord(s.Sync), m.shops(s.Shops)), func(ctx context.Context) error {
			of := []choice{{t.ShopsOf(name), m.command("shop", "list", "--shopset="+name)}}
			if m.readOnly() == "" {
				of = append(of, m.switches(name, "--shopset="+name)...)
			}
			return m.pick(ctx, append(of, choice{text: t.Back}))
		}})
	}
	return m.pick(ctx, append(all, choice{text: t.Back}))
}

// switches close and open something.
func (m *menu) switches(name, flag string) []choice {
	t := m.c.Text.Menu
	return []choice{
		{t.Close(name), func(ctx context.Context) error { return m.closing(ctx, flag) }},
		{t.Open(name), m.command("maintenance", "off", flag)},
	}
}

// closing asks what the command line would be given.
func (m *menu) closing(ctx context.Context, flag string) error {
	t := m.c.Text.Menu
	until, err := m.ask(ctx, t.AskUntil)
	if err != nil || until == "" {
		return err
	}
	message, err := m.ask(ctx, t.AskMessage)
	if err != nil {
		return err
	}
	when := "--for=" + until
	var length shop.Duration
	if length.UnmarshalText([]byte(until)) != nil {
		when = "--until=" + until
	}
	args := []string{"maintenance", "on", flag, when}
	if message != "" {
		args = append(args, "--message="+message)
	}
	return m.command(args...)(ctx)
}

// find looks for a shop by what a person knows of it.
func (m *menu) find(ctx context.Context) error {
	t := m.c.Text.Menu
	text, err := m.ask(ctx, t.AskShop)
	if err != nil || text == "" {
		return err
	}
	shops, err := m.d.Shops(ctx)
	if err != nil {
		m.c.Out.Line(show.Clean(err.Error()))
		return ctx.Err() //nolint:wrapcheck // who ended it knows why
	}
	f, _ := shop.ParseFilter(strings.ReplaceAll(text, ":", " "))
	var all []choice
	more := 0
	current := m.b.Current()
	for _, s := range shops {
		s = current(s)
		if !f.Match(s.Entry, shop.Facts{Tier: s.Tier, State: s.State, Plan: s.Plan}) {
			continue
		}
		if len(all) == mostSaid {
			more++
			continue
		}
		all = append(all, choice{m.shopLine(s), func(ctx context.Context) error { return m.shop(ctx, s) }})
	}
	if len(all) == 0 {
		m.c.Out.Line(t.NoShop(show.Clean(text)))
		return nil
	}
	if more > 0 {
		m.c.Out.Line(t.NarrowDown(show.Number(more)))
	}
	return m.pick(ctx, append(all, choice{text: t.Back}))
}

func (m *menu) shopLine(s tui.Shop) string {
	return m.c.Text.Menu.Shop(string(s.Name), show.Clean(s.Title()), m.c.Text.Shop.State[s.State], string(s.Tier), string(s.ShopSet), number(s.Release))
}

func (m *menu) shop(ctx context.Context, s tui.Shop) error {
	t, name := m.c.Text.Menu, string(s.Name)
	all := []choice{{t.ShowShop(name), m.command("shop", "show", name)}}
	if m.readOnly() == "" {
		all = append(all, m.switches(name, "--shop="+name)...)
		all = append(all, choice{t.MoveShop(name), func(ctx context.Context) error {
			to, err := m.ask(ctx, t.AskTo)
			if err != nil || to == "" {
				return err
			}
			return m.command("shop", "move", name, "--shopset="+to)(ctx)
		}})
	}
	return m.pick(ctx, append(all, choice{text: t.Back}))
}

// command carries a command line out as if it had been typed here. How it ended
// it says itself.
func (m *menu) command(args ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		env := *m.c.Env
		env.Args = slices.Concat(args, m.d.shared(), []string{"--accessible"})
		m.c.Out.Line()
		m.c.Out.Line(m.c.Text.Menu.Runs(commandLine(args)))
		call := newCall(&env, tree())
		call.lines = m.c.lines // what was typed ahead is not lost
		call.finish(ctx, call.run(ctx))
		return ctx.Err() //nolint:wrapcheck // who ended it knows why
	}
}
