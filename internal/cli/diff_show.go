package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func (d *diff) result() Result {
	r := Result{Value: d.value, Human: d.human}
	switch {
	case d.c.Is("stat"):
		r.Rows = [][]string{{
			string(d.value.Tier), strconv.Itoa(len(d.changes)), strconv.Itoa(len(d.value.Files)), strconv.Itoa(len(d.value.Migrations)),
			strconv.Itoa(d.value.Shops), strconv.Itoa(d.value.ShopSets), strconv.Itoa(d.radius.Lines), strconv.Itoa(d.radius.Differ),
		}}
	case d.c.Is("manifests"):
		r.Rows = manifestRows(d.radius)
	case d.c.Is("configuration"):
		for _, f := range d.configuration() {
			r.Rows = append(r.Rows, []string{f.Change, f.Path})
		}
	default:
		for _, one := range d.value.Commits {
			r.Rows = append(r.Rows, []string{string(one.Commit), string(one.Repository), one.Author, one.Email, one.At, one.Subject, pullText(one.Pull)})
		}
	}
	return r
}

func (d *diff) configuration() (files []fileJSON) {
	for _, f := range d.value.Files {
		if f.Repository == shop.ConfigurationRepository {
			files = append(files, f)
		}
	}
	return files
}

func (d *diff) human(p show.Page) {
	p.Now = d.have.Now
	t := d.c.Text.Diff
	v := d.value
	p.Line(p.Paint(show.Bold, show.Clean(d.c.system.AppName())+"  "+d.headline()), "   ", d.c.system.Title())
	p.Line()
	if d.c.Is("manifests") {
		d.c.manifests(p, d.radius)
		return
	}
	if len(d.changes) == 0 {
		p.Line(t.Nothing(string(v.Tier)))
		return
	}
	if !d.c.Is("stat") {
		shown := d.changes
		if d.c.Is("configuration") {
			shown = slices.DeleteFunc(slices.Clone(shown), func(one change) bool { return one.Repository != shop.ConfigurationRepository })
		}
		d.c.commitTable(p, shown, 50)
		p.Line()
	}
	if d.c.Is("configuration") {
		d.files(p)
		return
	}
	p.Line(t.Sizes(len(d.changes), show.Clean(strings.Join(firstOf(v.Authors, 5), ", ")), d.count(shop.AppRepository), d.count(shop.ConfigurationRepository)))
	p.Line(d.c.radiusLine(p, d.radius))
	for _, line := range d.c.migrationLines(p, v.Migrations) {
		p.Line(line)
	}
	if v.Missing {
		p.Line(p.Mark(show.Bad, t.Missing(string(v.Tier), string(v.From))))
	}
	d.c.next(p, v.Next)
}

// headline says what would replace what: tier-0 v131 -> tier-1 v129 (now v128).
func (d *diff) headline() string {
	v := d.value
	now := "(" + d.c.Text.Diff.Now(releaseText(v.Now.Number, d.tier.Runs)) + ")"
	if v.From == v.Tier {
		return string(v.Tier) + "  " + d.offer.Short() + " " + now
	}
	return fmt.Sprintf("%s %s -> %s %s %s", v.From, releaseText(v.Release.Number, d.offer), v.Tier, nextName(d.tier, d.offer), now)
}

func (d *diff) count(repo shop.Repository) (n int) {
	for _, f := range d.value.Files {
		if f.Repository == repo {
			n++
		}
	}
	return n
}

func (d *diff) files(p show.Page) {
	table := show.Table{Columns: []show.Column{{}, {Flex: true}}}
	for _, f := range d.configuration() {
		table.Rows = append(table.Rows, []string{d.c.Text.Diff.Changes[f.Change], show.Clean(f.Path)})
	}
	if len(table.Rows) == 0 {
		p.Line(d.c.Text.Diff.SameConfiguration)
	}
	p.Table(table)
}

// firstOf are the first n of a list, with … for the rest.
func firstOf(all []string, n int) []string {
	if len(all) <= n {
		return all
	}
	return append(slices.Clone(all[:n]), "…")
}
