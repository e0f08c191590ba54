package cli

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type tiersResult struct {
	Tiers []tierJSON `json:"tiers"`
}

// tierJSON is the file of a tier with its defaults filled in, and what holds it.
type tierJSON struct {
	Name         shop.Tier     `json:"name"`
	Sync         string        `json:"sync"`
	Protection   string        `json:"protection"`
	Review       string        `json:"review"`
	DwellSeconds int64         `json:"dwellSeconds"`
	Gates        gatesJSON     `json:"gates"`
	Frozen       *freezeJSON   `json:"frozen"`
	Pinned       *pinJSON      `json:"pinned"`
	Verified     *verifiedJSON `json:"verified"`
	Closed       *closedJSON   `json:"maintenance"`
	Release      releaseJSON   `json:"release"` // that it carries
	ShopSets     int           `json:"shopsets"`
	Shops        int           `json:"shops"`
}

type gatesJSON struct {
	SoakSeconds int64    `json:"soakSeconds"`
	Checks      []string `json:"checks"` // contexts; all: every one; empty on tier-0
	Verify      bool     `json:"verify"`
	Windows     []string `json:"windows"`
	HTTP        []string `json:"http"`
	Commands    []string `json:"commands"`
	Skippable   []string `json:"skippable"`
}

type verifiedJSON struct {
	Release releaseJSON `json:"release"`
	Result  string      `json:"result"` // good, bad
	Note    string      `json:"note,omitempty"`
	By      string      `json:"by"`
	At      string      `json:"at"`
}

func tierCommand() *Command {
	return &Command{
		Name: "tier", Group: Shops, Help: func(t *i18n.Text) i18n.Help { return t.Tier.Help },
		Subs: []*Command{
			{Name: "list", Kind: "Tiers", Fields: tiersResult{}, Run: listTiers},
			{Name: "show", Args: []Arg{{Name: "TIER", Complete: completeTiers}}, Kind: "Tier", Fields: tierJSON{}, Run: showTier},
			tierAddCommand(),
			freezeCommand(),
			unfreezeCommand(),
		},
	}
}

func listTiers(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:tiers/")
	v := tiersResult{Tiers: []tierJSON{}}
	var rows [][]string
	for _, t := range have.Tiers {
		one := tierOf(have, t)
		v.Tiers = append(v.Tiers, one)
		rows = append(rows, one.row())
	}
	return c.Show(Result{Value: v, Rows: rows, Human: func(p show.Page) {
		p.Now = have.Now
		t := c.Text.Tier
		table := show.Table{Columns: []show.Column{{Head: t.Tier}, {Head: t.Sync}, {Head: t.Protection}, {Head: t.Gates, Flex: true}, {Head: t.Held}}}
		for _, one := range v.Tiers {
			table.Rows = append(table.Rows, []string{
				string(one.Name), c.syncWord(one.Sync), c.protectionWord(one), cmp.Or(strings.Join(one.Gates.words(), ", "), "-"), c.heldCell(p, one),
			})
		}
		p.Table(table)
		c.next(p, "shopctl tier show "+string(have.Top()))
	}})
}

func showTier(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	t, err := findTier(c, have, c.Arg(0))
	if err != nil {
		return err
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:tiers/"+string(t.Spec.Name)+".yaml")
	one := tierOf(have, t)
	return c.Show(Result{Value: one, Rows: [][]string{one.row()}, Human: func(p show.Page) {
		p.Now = have.Now
		c.humanTier(p, one)
	}})
}

func tierOf(have shop.State, t shop.TierState) tierJSON {
	spec := t.Spec
	one := tierJSON{
		Name: spec.Name, Sync: cmp.Or(spec.Sync, "auto"), Protection: cmp.Or(spec.Protection, "none"), Review: cmp.Or(spec.Review, "none"),
		DwellSeconds: int64(spec.DwellOr() / time.Second), Gates: gatesOf(spec),
		Frozen: freezeOf(spec, have.Now), Pinned: pinOf(have, t), Closed: closedOf(spec.Maintenance, have.Now),
		Release: releaseOf(t.Runs, t.Number), ShopSets: len(t.ShopSets), Shops: t.Shops,
	}
	one.Verified = verifiedOf(t, spec.Verified)
	return one
}

func gatesOf(spec shop.TierSpec) gatesJSON {
	g := gatesJSON{
		SoakSeconds: int64(time.Duration(spec.Gates.Soak) / time.Second), Verify: spec.Gates.Verify,
		Checks: []string{}, Windows: []string{}, HTTP: []string{}, Commands: []string{}, Skippable: append([]string{}, spec.Gates.Skippable...),
	}
	switch checks := spec.Gates.Checks; {
	case spec.Name.Number() == 0:
	case checks == nil || checks.All:
		g.Checks = []string{"all"}
	default:
		g.Checks = append(g.Checks, checks.Contexts...)
	}
	for _, w := range spec.Gates.Windows {
		g.Windows = append(g.Windows, strings.Join(w.Days, ",")+" "+w.From+"-"+w.To+" "+w.Zone)
	}
	for _, h := range spec.Gates.HTTP {
		g.HTTP = append(g.HTTP, h.Name)
	}
	for _, one := range spec.Gates.Commands {
		g.Commands = append(g.Commands, one.Name)
	}
	return g
}

// words are the gates that the tier's file asks for, in their own names.
func (g gatesJSON) words() (words []string) {
	if g.SoakSeconds > 0 {
		words = append(words, "soak "+shop.Duration(time.Duration(g.SoakSeconds)*time.Second).String())
	}
	if len(g.Checks) > 0 && g.Checks[0] != "all" {
		words = append(words, "checks "+strings.Join(g.Checks, " "))
	}
	if g.Verify {
		words = append(words, "verify")
	}
	for _, w := range g.Windows {
		words = append(words, "window "+w)
	}
	for _, h := range g.HTTP {
		words = append(words, "http "+h)
	}
	for _, one := range g.Commands {
		words = append(words, "command "+one)
	}
	return words
}

func (t tierJSON) row() []string {
	held := holds(tierStatus{Frozen: t.Frozen, Pinned: t.Pinned, Closed: t.Closed})
	return []string{
		string(t.Name), t.Sync, t.Protection, t.Review, strconv.FormatInt(t.DwellSeconds, 10), strings.Join(t.Gates.words(), "; "), strings.Join(held, " "),
		number(t.Release.Number), string(t.Release.App), strconv.Itoa(t.ShopSets), strconv.Itoa(t.Shops),
	}
}

func (c *Call) syncWord(sync string) string {
	if sync == "manual" {
		return c.Text.Tier.ByHand
	}
	return c.Text.Tier.ByItself
}

func (c *Call) protectionWord(t tierJSON) string {
	words := []string{}
	if t.Protection == "name" {
		words = append(words, c.Text.Tier.ByName)
	}
	if t.Review == "required" {
		words = append(words, c.Text.Tier.Reviewed)
	}
	return cmp.Or(strings.Join(words, ", "), "-")
}

func (c *Call) heldCell(p show.Page, t tierJSON) string {
	var cells []string
	for _, h := range []struct {
		on   bool
		word string
	}{{t.Frozen != nil, c.Text.Look.Frozen}, {t.Pinned != nil, c.Text.Look.Pinned}, {t.Closed != nil, c.Text.Look.Closed}} {
		if h.on {
			cells = append(cells, p.Mark(heldMark(t.Closed != nil && t.Closed.Overdue && h.word == c.Text.Look.Closed), h.word))
		}
	}
	if len(cells) == 0 {
		return p.Mark(show.Nothing, "")
	}
	return strings.Join(cells, "  ")
}

func (c *Call) humanTier(p show.Page, one tierJSON) {
	t := c.Text.Tier
	var rows [][2]string
	row := func(label, value string) { rows = append(rows, [2]string{label, value}) }
	p.Line(p.Paint(show.Bold, string(one.Name)), "  ", releaseText(one.Release.Number, shop.Release{App: one.Release.App}), "  ",
		t.Size(show.Number(one.Shops), one.ShopSets))
	p.Line()
	row(t.SyncLabel, c.syncWord(one.Sync))
	row(t.ProtectionLabel, c.protectionWord(one))
	row(t.DwellLabel, shop.Duration(time.Duration(one.DwellSeconds)*time.Second).String())
	gates := one.Gates.words()
	if one.Name.Number() > 0 {
		gates = append([]string{"health"}, gates...)
	}
	for i, g := range gates {
		label := ""
		if i == 0 {
			label = t.GatesLabel
		}
		row(label, show.Clean(g))
	}
	if s := one.Gates.Skippable; len(s) > 0 {
		row(t.SkippableLabel, show.Clean(strings.Join(s, " ")))
	}
	say := c.Text.Status
	if f := one.Frozen; f != nil {
		row(t.HeldLabel, p.Mark(show.Held, say.FrozenBy(clockOf(p, f.Until), show.Clean(f.By), show.Clean(f.Reason))))
	}
	if f := one.Pinned; f != nil {
		held := ""
		if f.HoldsBack != nil {
			held = releaseText(f.HoldsBack.Number, shop.Release{App: f.HoldsBack.App})
		}
		row(t.HeldLabel, p.Mark(show.Held, say.PinnedBy(releaseText(f.Release.Number, shop.Release{App: f.Release.App}), show.Clean(f.By), show.Clean(f.Reason), held)))
	}
	if m := one.Closed; m != nil {
		row(t.HeldLabel, c.closedMark(p, *m))
	}
	if v := one.Verified; v != nil {
		row(t.VerifiedLabel, t.Verified(v.Result, releaseText(v.Release.Number, shop.Release{App: v.Release.App}), show.Clean(v.By), show.Clean(v.Note)))
	}
	c.labels(p, rows)
}

// labels prints facts, one a line, their labels in a column.
func (c *Call) labels(p show.Page, rows [][2]string) {
	width := 0
	for _, r := range rows {
		width = max(width, show.Width(r[0]))
	}
	for _, r := range rows {
		p.Fact(r[0], r[1], width+3)
	}
}
