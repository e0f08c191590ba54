package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

type diffResult struct {
	Tier       shop.Tier       `json:"tier"`
	From       shop.Tier       `json:"from"`    // where the release would be taken from; tier-0 itself: its branches
	Release    releaseJSON     `json:"release"` // that waits; its number on the tier From
	Now        releaseJSON     `json:"now"`     // what the tier runs
	Commits    []commitJSON    `json:"commits"`
	Authors    []string        `json:"authors"`
	Files      []fileJSON      `json:"files"`
	Migrations []migrationJSON `json:"migrations"` // of the app, that are new
	Missing    bool            `json:"missing"`    // the tier runs commits that the release has not
	Shops      int             `json:"shops"`
	ShopSets   int             `json:"shopsets"`
	Impact     *impactJSON     `json:"impact"` // null: it cannot be told, see impactUnknown
	Unknown    string          `json:"impactUnknown,omitempty"`
	Compare    []compareJSON   `json:"compare"` // pages of the forge
	Next       string          `json:"next,omitempty"`
}

type fileJSON struct {
	Repository shop.Repository `json:"repository"`
	Path       string          `json:"path"`
	Change     string          `json:"change"` // added, changed, removed
}

func diffCommand() *Command {
	return &Command{
		Name: "diff", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Diff.Help },
		Args: []Arg{{Name: "TIER", Optional: true, Complete: completeTiers}},
		Flags: []Flag{
			{Name: "from", Value: "TIER", Complete: completeTiers}, {Name: "manifests"}, {Name: "configuration"}, {Name: "stat"}, {Name: "web"},
			exitCodeFlag(), tierFlag(),
		},
		Kind: "Diff", Fields: diffResult{}, Run: runDiff,
	}
}

func runDiff(ctx context.Context, c *Call) error {
	tier, err := c.oneTier()
	if err != nil {
		return err
	}
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	d := diff{c: c, w: w, have: have}
	if err := d.choose(tier, shop.Tier(c.String("from"))); err != nil {
		return err
	}
	if err := d.compare(ctx); err != nil {
		return err
	}
	if c.Is("web") {
		return d.web(ctx)
	}
	if err := d.reach(ctx); err != nil {
		return err
	}
	c.byHand(d.commands()...)
	if err := c.Show(d.result()); err != nil {
		return err
	}
	if c.Is("exit-code") && len(d.changes) > 0 {
		return Exit(ExitChanges)
	}
	return nil
}

// diff is what waits for one tier.
type diff struct {
	c       *Call
	w       World
	have    shop.State
	tier    shop.TierState
	offer   shop.Release
	changes []change
	radius  radius
	value   diffResult
}

// choose finds the tier, and the release that it would take. Without a tier it
// is the lowest that something waits for.
func (d *diff) choose(tier, from shop.Tier) (err error) {
	if tier == "" {
		if tier, err = d.lowest(); err != nil {
			return err
		}
	}
	if d.tier, err = findTier(d.c, d.have, string(tier)); err != nil {
		return err
	}
	below, upper := tier.Below()
	switch {
	case from == "" && !upper:
		d.offer = shop.Release{App: d.tier.App, Configuration: d.tier.Configuration}
		d.value.From = tier
		return nil
	case from == "":
		from = below
	}
	b, err := findTier(d.c, d.have, string(from))
	if err != nil {
		return err
	}
	if from.Number() >= tier.Number() {
		return &Fail{Code: BadValue, Message: d.c.Text.Diff.NotBelow(string(from), string(tier))}
	}
	d.offer, d.value.From = b.Runs, from
	d.value.Release.Number = b.Number
	return nil
}

func (d *diff) lowest() (shop.Tier, error) {
	for _, t := range d.have.Tiers {
		changes, err := waiting(d.w, d.have, t.Spec.Name)
		if err != nil || len(changes) > 0 {
			return t.Spec.Name, err
		}
	}
	return d.have.Top(), nil
}

func (d *diff) compare(ctx context.Context) (err error) {
	t, v := d.tier, &d.value
	v.Tier, v.Now = t.Spec.Name, releaseOf(t.Runs, t.Number)
	v.Release.App, v.Release.Configuration = d.offer.App, d.offer.Configuration
	v.Shops, v.ShopSets = t.Shops, len(t.ShopSets)
	if d.changes, err = between(d.w, d.have, t.Runs, d.offer); err != nil {
		return err
	}
	v.Commits, v.Authors = changesJSON(d.changes), authors(d.changes)
	v.Missing = !t.Runs.IsZero() && !d.have.Within(t.Runs, d.offer)
	v.Files = []fileJSON{}
	if v.Migrations, err = migrations(ctx, d.w, d.have, t.Runs, d.offer); err != nil {
		return err
	}
	for _, side := range d.sides() {
		files, err := d.w.Changed(side.repo, side.from, side.to)
		if err != nil {
			return err
		}
		for _, f := range files {
			v.Files = append(v.Files, fileJSON{side.repo, f.Path, kindOfChange(f)})
		}
	}
	v.Next, v.Compare = d.next(), d.pages()
	return nil
}

// reach works out the blast radius. Who asks for what changes in the ShopSets is
// told when that cannot be known; all others are told what is known.
func (d *diff) reach(ctx context.Context) (err error) {
	if d.offer.App == "" || d.c.Is("configuration") {
		return nil
	}
	if d.radius, err = impactOf(ctx, d.w, d.tier, d.offer); err != nil {
		return err
	}
	d.value.Unknown = d.radius.why
	if d.radius.why == "" {
		d.value.Impact = &d.radius.impactJSON
		return nil
	}
	if d.c.Is("manifests") {
		return &shop.Fault{Kind: shop.DoesNotBuild, Repository: shop.AppRepository, Tier: d.tier.Spec.Name, Text: d.radius.why}
	}
	return nil
}

// sides are the two repositories that people write, as the diff goes.
func (d *diff) sides() (all []compared) {
	for _, side := range []compared{
		{shop.AppRepository, d.tier.Runs.App, d.offer.App},
		{shop.ConfigurationRepository, d.tier.Runs.Configuration, d.offer.Configuration},
	} {
		if side.to != "" && side.from != side.to {
			all = append(all, side)
		}
	}
	return all
}

type compared struct {
	repo     shop.Repository
	from, to shop.CommitID
}

func kindOfChange(f shop.Change) string {
	switch {
	case f.Removed:
		return "removed"
	case f.Added:
		return "added"
	}
	return "changed"
}

// isMigration reports whether a file is one of the app's Rails migrations.
func isMigration(p shop.Policy, path string) bool {
	return strings.HasPrefix(path, strings.TrimSuffix(intent.Migrations(p), "/")+"/") && strings.HasSuffix(path, ".rb")
}

// authors are who wrote the commits, each once, the newest first.
func authors(changes []change) []string {
	names := []string{}
	for _, one := range changes {
		if !slices.Contains(names, one.AuthorName) {
			names = append(names, one.AuthorName)
		}
	}
	return names
}

func (d *diff) next() string {
	tier := string(d.tier.Spec.Name)
	below, upper := d.tier.Spec.Name.Below()
	switch {
	case len(d.changes) == 0:
		return ""
	case d.value.Missing:
		return "shopctl doctor"
	case !upper:
		return "shopctl reconcile " + tier
	case d.value.From != below:
		return "shopctl promote --to " + tier + " --from " + string(d.value.From)
	case d.tier.Spec.Pin != nil:
		return "shopctl promote " + tier + " --unpin"
	case len(plan.Closed(plan.Gates(d.have, d.tier.Spec.Name, d.offer, false))) > 0:
		return "shopctl wait " + tier + " --for open"
	}
	return "shopctl promote " + tier
}

func (d *diff) commands() (lines []string) {
	for _, side := range d.sides() {
		lines = append(lines, d.c.fetchLine(side.repo), fmt.Sprintf("git -C %s.git log --stat %s..%s", side.repo, side.from, side.to))
	}
	return lines
}
