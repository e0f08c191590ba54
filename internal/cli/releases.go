package cli

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type releasesResult struct {
	Releases []carriedJSON `json:"releases"`
}

// carriedJSON is a time during which a tier carried a release.
type carriedJSON struct {
	Tier shop.Tier `json:"tier"`
	releaseJSON
	Commit         shop.CommitID `json:"commit"` // of the system repository, that brought it
	At             string        `json:"at"`
	Until          string        `json:"until"` // empty: it runs
	By             string        `json:"by"`
	Reason         string        `json:"reason,omitempty"`
	Risks          []string      `json:"risks,omitempty"` // that were accepted
	Health         shop.Health   `json:"health"`          // what was last seen of it
	HealthySince   string        `json:"healthySince"`
	RolloutSeconds *int64        `json:"rolloutSeconds"` // until it was healthy; null: not known
	Pinned         bool          `json:"pinned"`
	Rejected       bool          `json:"rejected"`
}

type releaseResult struct {
	Release releaseJSON   `json:"release"`
	Tier    shop.Tier     `json:"tier"` // of the number
	Tiers   []carriedJSON `json:"tiers"`
	Former  *releaseJSON  `json:"former"` // what the tier carried before
	Commits []commitJSON  `json:"commits"`
}

func releasesCommand() *Command {
	return &Command{
		Name: "releases", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Releases.Help },
		Args: []Arg{{Name: "TIER", Optional: true, Complete: completeTiers}}, Flags: []Flag{tierFlag(), limitFlag()},
		Kind: "Releases", Fields: releasesResult{}, Run: runReleases,
		Subs: []*Command{{
			Name: "show", Args: []Arg{{Name: "RELEASE"}}, Flags: []Flag{tierFlag()},
			Kind: "Release", Fields: releaseResult{}, Run: showRelease,
		}},
	}
}

func runReleases(ctx context.Context, c *Call) error {
	tier, err := c.oneTier()
	if err != nil {
		return err
	}
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	var all []carriedJSON
	for _, t := range have.Tiers {
		if tier == "" || t.Spec.Name == tier {
			all = append(all, carriedBy(have, t)...)
		}
	}
	if tier != "" {
		if _, err := findTier(c, have, string(tier)); err != nil {
			return err
		}
	}
	slices.SortStableFunc(all, func(a, b carriedJSON) int { return cmp.Compare(b.At, a.At) })
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git log --first-parent --raw --no-abbrev "+cmp.Or(string(tier), "tier-0")+" -- base config")
	total := len(all)
	all = all[:min(total, c.limit(total))]
	return c.Show(Result{Value: releasesResult{append([]carriedJSON{}, all...)}, Rows: carriedRows(all), Human: func(p show.Page) {
		p.Now = have.Now
		c.carriedTable(p, all)
		if rest := total - len(all); rest > 0 {
			p.Line(c.Text.Releases.More(rest))
		}
	}})
}

// oneTier is the tier of the argument or of --tier; empty: all.
func (c *Call) oneTier() (shop.Tier, error) {
	if c.Given("tier") && c.Arg(0) != "" {
		return "", &Fail{Code: ConflictingFlags, Message: c.Text.Frame.ConflictingOptions("TIER", "--tier")}
	}
	return shop.Tier(cmp.Or(c.Arg(0), c.String("tier"))), nil
}

// limit is how many rows to show: --limit, else 50 on a terminal, all elsewhere.
func (c *Call) limit(all int) int {
	if c.Env.Terminal.Out && !c.JSON() {
		return c.Number("limit", 50)
	}
	return c.Number("limit", all)
}

// sayMore tells how many rows a limit left out.
func (c *Call) sayMore(p show.Page, n int) {
	if n > 0 {
		p.Line()
		p.Line(c.Text.Releases.More(n))
	}
}

// carriedBy is what a tier carried, newest first.
func carriedBy(have shop.State, t shop.TierState) (all []carriedJSON) {
	for i, h := range t.History {
		one := carriedJSON{
			Tier: t.Spec.Name, releaseJSON: releaseOf(h.Release, h.Number), Commit: h.System, At: show.Stamp(h.At), Until: show.Stamp(h.Until),
			By: h.By, Reason: h.Reason, Risks: h.Risks, Health: h.Health,
		}
		since := h.HealthySince
		if i == 0 {
			one.Health, since = tierHealth(t), t.HealthySince()
			one.Pinned = t.Spec.Pin != nil && t.Spec.Pin.Release == h.Release
		}
		if !since.IsZero() {
			took := int64(max(0, since.Sub(h.At)) / time.Second)
			one.HealthySince, one.RolloutSeconds = show.Stamp(since), &took
		}
		_, one.Rejected = have.Policy.RejectedBy(h.Release)
		all = append(all, one)
	}
	return all
}

func carriedRows(all []carriedJSON) (rows [][]string) {
	for _, one := range all {
		took := ""
		if one.RolloutSeconds != nil {
			took = strconv.FormatInt(*one.RolloutSeconds, 10)
		}
		rows = append(rows, []string{
			string(one.Tier), number(one.Number), string(one.App), string(one.Configuration), one.At, one.Until, string(one.Health), took, one.By, one.Reason,
		})
	}
	return rows
}

func (c *Call) carriedTable(p show.Page, all []carriedJSON) {
	t := c.Text.Releases
	table := show.Table{Columns: []show.Column{
		{Head: t.Tier}, {Head: t.Release}, {Head: t.When}, {Head: t.Ran, Right: true}, {Head: t.RolledOut, Right: true}, {Head: t.Result}, {Head: t.By}, {Head: t.Reason, Flex: true},
	}}
	for _, one := range all {
		table.Rows = append(table.Rows, []string{
			string(one.Tier), releaseText(one.Number, shop.Release{App: one.App}), clockOf(p, one.At), ranFor(p, one),
			rolledOut(one), c.cameOfIt(p, one), show.Clean(nameOf(one.By)), show.Clean(one.Reason),
		})
	}
	p.Table(table)
}

// ranFor is how long a tier carried it.
func ranFor(p show.Page, one carriedJSON) string {
	from, err := time.Parse(time.RFC3339, one.At)
	if err != nil {
		return ""
	}
	until, err := time.Parse(time.RFC3339, one.Until)
	if err != nil {
		until = p.Now
	}
	return show.Age(until, from)
}

func rolledOut(one carriedJSON) string {
	if one.RolloutSeconds == nil {
		return "-"
	}
	return show.Length(time.Duration(*one.RolloutSeconds) * time.Second)
}

// cameOfIt is what was last seen of it, and whether it runs.
func (c *Call) cameOfIt(p show.Page, one carriedJSON) string {
	text := c.healthMark(p, one.Health, 0, 0)
	switch {
	case one.Rejected:
		text = p.Mark(show.Bad, c.Text.Releases.Rejected)
	case one.Pinned:
		text += "  " + p.Mark(show.Held, c.Text.Look.Pinned)
	}
	if one.Until == "" {
		text += ", " + c.Text.Releases.Runs
	}
	return text
}

// nameOf is the name of "Name <email> (run 9119)", with the run.
func nameOf(by string) string {
	name, rest, has := strings.Cut(by, " <")
	if !has {
		return by
	}
	if _, run, has := strings.Cut(rest, "> "); has {
		name += " " + run
	}
	return name
}
