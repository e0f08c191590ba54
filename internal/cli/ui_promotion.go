package cli

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/rails"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// promotionView is what the board shows of a promotion before it asks: the facts
// of the one tier that is written, or the lines of the command where it goes
// over several.
type promotionView struct {
	c       *Call
	w       World
	have    shop.State
	g       shop.Promote
	about   previewed
	tier    shop.TierState // the lowest that is written
	tiers   []shop.TierState
	changes []change
	files   []fileJSON // of the configuration
}

// boardPromotion works the view out, and what its question says.
func (c *Call) boardPromotion(w World, have shop.State, g shop.Promote, about previewed, todo []plan.Op, v *tui.Preview) (*promotionView, error) {
	p := &promotionView{c: c, w: w, have: have, g: g, about: about}
	written := slices.DeleteFunc(slices.Clone(have.Tiers), func(t shop.TierState) bool { return !writesTier(todo, t.Spec.Name) })
	if len(written) == 0 {
		return p, nil
	}
	p.tier, p.tiers = written[0], written
	if err := p.compare(); err != nil {
		return p, err
	}
	if len(written) == 1 {
		v.Title, v.Facts, v.Gates = p.title(), p.facts(), p.gates()
	}
	v.Tabs = p.tabs()
	return p, nil
}

// compare finds the commits, and the files of the configuration that differ.
func (p *promotionView) compare() (err error) {
	if p.changes, err = between(p.w, p.have, p.tier.Runs, p.g.Release); err != nil {
		return err
	}
	from, to := p.tier.Runs.Configuration, p.g.Release.Configuration
	if to == "" || from == to {
		return nil
	}
	files, err := p.w.Changed(shop.ConfigurationRepository, from, to)
	for _, f := range files {
		p.files = append(p.files, fileJSON{shop.ConfigurationRepository, f.Path, kindOfChange(f)})
	}
	return err
}

func (p *promotionView) title() string {
	from, _ := p.have.Tier(p.g.From)
	return p.c.Text.BoardErrand.Title(string(p.g.From), shortName(from, p.g.Release), string(p.tier.Spec.Name), nextName(p.tier, p.g.Release), shortName(p.tier, p.tier.Runs))
}

func (p *promotionView) facts() (facts []tui.Fact) {
	t := p.c.Text.BoardErrand
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, tui.Fact{Name: t.Fact[name], Text: text})
		}
	}
	app := 0
	for _, one := range p.changes {
		if one.Repository == shop.AppRepository {
			app++
		}
	}
	add("commits", t.Commits(app, len(p.changes)-app))
	add("shops", t.Shops(show.Number(p.tier.Shops), len(p.tier.ShopSets)))
	if about, n, least, most := estimateFor(p.tier); n > 0 {
		add("time", t.Estimate(about, n, least, most))
	}
	var names []string
	for _, m := range p.about.migrations[p.tier.Spec.Name] {
		names = append(names, show.Clean(strings.TrimLeft(m.Name, "0123456789_")))
	}
	add("migrations", strings.TrimSpace(show.Pad(strconv.Itoa(len(names)), 4)+strings.Join(names, " ")))
	page := p.page(0, nil)
	for _, image := range p.images() {
		add("images", lastPart(image.After)+" "+p.built(page))
	}
	return facts
}

// gates are those in front of the tier, and what is to be known besides.
func (p *promotionView) gates() (notes []tui.Note) {
	name := p.tier.Spec.Name
	page := p.page(0, nil)
	for _, gate := range plan.Skip(p.tier.Spec, plan.Gates(p.have, name, p.g.Release, p.g.Unpin && name == p.g.To), p.g.Skip) {
		gate = comesBefore(p.have, gate, p.g)
		notes = append(notes, tui.Note{Mark: gateSymbol(gate), Text: show.Clean(gate.Name) + "  " + p.c.gateRow(p.have.Now, gate)})
	}
	for _, n := range p.c.migrationNotes(p.about.migrations[name]) {
		notes = append(notes, tui.Note{Mark: n.mark, Text: n.text})
	}
	if text := p.c.closedAhead(page, p.have, name); text != "" {
		notes = append(notes, tui.Note{Mark: show.Held, Text: text})
	}
	if pin := p.tier.Spec.Pin; pin != nil && p.g.Unpin && name == p.g.To {
		notes = append(notes, tui.Note{Mark: show.Warn, Text: p.c.Text.Promote.Unpins(string(p.g.To), pin.Release.Short(), show.Clean(pin.By))})
	}
	if newer := p.about.newer; !newer.IsZero() {
		from, _ := p.have.Tier(p.g.From)
		notes = append(notes, tui.Note{Mark: show.Warn, Text: p.c.Text.Promote.Newer(string(p.g.From), releaseName(from, newer))})
	}
	return notes
}

// images are the fields with an image that change in the largest group.
func (p *promotionView) images() (found []shop.ChangedField) {
	for _, group := range p.about.reach[p.tier.Spec.Name].groups {
		for _, o := range group.Objects {
			for _, f := range o.Fields {
				same := func(other shop.ChangedField) bool { return other.Before == f.Before && other.After == f.After }
				if strings.HasSuffix(f.Path, ".image") && f.After != "" && !slices.ContainsFunc(found, same) {
					found = append(found, f)
				}
			}
		}
	}
	return found
}

// built says whether the images of the release are known to be there: a tier
// below runs them.
func (p *promotionView) built(page show.Page) string {
	t := p.c.Text.BoardErrand
	for n := range p.tier.Spec.Name.Number() {
		if below := p.have.Tiers[n]; below.Runs == p.g.Release && below.Health() == shop.Healthy && below.Ready() > 0 {
			return page.Mark(show.Good, t.Built)
		}
	}
	return page.Mark(show.Unknown, t.NotSeenYet)
}

// lastPart is an image without the registry.
func lastPart(image string) string { return show.Clean(image[strings.LastIndexByte(image, '/')+1:]) }

// page is where a tab is written.
func (p *promotionView) page(width int, out *bytes.Buffer) show.Page {
	page := p.c.Out
	page.Width, page.Out, page.Now = width, out, p.have.Now
	return page
}

func (p *promotionView) tabs() []tui.Tab {
	t := p.c.Text.BoardErrand
	tab := func(name string, write func(show.Page)) tui.Tab {
		return tui.Tab{Name: t.Tab[name], Lines: func(width int) []string {
			var out bytes.Buffer
			write(p.page(width, &out))
			return lines(out.String())
		}}
	}
	return []tui.Tab{tab("commits", p.commits), tab("manifests", p.manifests), tab("configuration", p.configuration), tab("images", p.imageList)}
}

// mostCommits is how many commits a tab lists, and wideCommits from which width
// on it says who wrote them.
const (
	mostCommits = 500
	wideCommits = 80
)

func (p *promotionView) commits(page show.Page) { p.list(page, p.changes) }

// list is a table of commits; where it is narrow who wrote them is left out.
func (p *promotionView) list(page show.Page, changes []change) {
	table := show.Table{Columns: []show.Column{{}, {}, {}, {Flex: true}, {}}}
	wide := page.Width >= wideCommits
	if wide {
		table.Columns = append(table.Columns, show.Column{})
	}
	for _, one := range changes[:min(len(changes), mostCommits)] {
		pull, title := titleOf(one.Commit)
		row := []string{one.ID.Short(), show.Age(page.Now, one.At), pullText(pull), show.Clean(title)}
		if wide {
			row = append(row, show.Clean(one.AuthorName))
		}
		table.Rows = append(table.Rows, append(row, string(one.Repository)))
	}
	page.Table(table)
	if rest := len(changes) - mostCommits; rest > 0 {
		page.Line(p.c.Text.Releases.MoreCommits(rest))
	}
}

func (p *promotionView) manifests(page show.Page) {
	for _, t := range p.have.Tiers {
		if r, known := p.about.reach[t.Spec.Name]; known {
			if len(p.about.reach) > 1 {
				page.Line(page.Paint(show.Bold, string(t.Spec.Name)))
			}
			page.Line(p.c.radiusLine(page, r))
			page.Line()
			if r.why == "" {
				p.c.manifests(page, r)
				page.Line()
			}
		}
	}
	page.Line(p.c.Text.BoardErrand.EqualOnce)
}

func (p *promotionView) configuration(page show.Page) {
	t := p.c.Text
	if len(p.files) == 0 {
		page.Line(t.BoardErrand.NoFiles)
		return
	}
	table := show.Table{Columns: []show.Column{{}, {Flex: true}}}
	for _, f := range p.files {
		table.Rows = append(table.Rows, []string{t.Diff.Changes[f.Change], show.Clean(f.Path)})
	}
	page.Table(table)
	page.Line()
	p.list(page, slices.DeleteFunc(slices.Clone(p.changes), func(one change) bool { return one.Repository != shop.ConfigurationRepository }))
}

func (p *promotionView) imageList(page show.Page) {
	images := p.images()
	if len(images) == 0 {
		page.Line(p.c.Text.BoardErrand.NoImages)
		return
	}
	for _, f := range images {
		page.Line(page.Paint(show.Red, "- "+show.Clean(f.Before)))
		page.Line(page.Paint(show.Green, "+ "+show.Clean(f.After)) + "  " + p.built(page))
	}
}

// question is the question of the board: what it does, and to whom.
func (p *promotionView) question(q Confirmation) Confirmation {
	if len(p.tiers) == 0 {
		return q // an approval is asked for, or a branch is left to be moved
	}
	t := p.c.Text.BoardErrand
	q.Board = t.Promote(len(p.changes), string(p.g.To), p.c.system.Title())
	for _, tier := range p.tiers {
		text := t.Restarts(show.Number(tier.Shops), nextName(tier, p.g.Release)+" ("+p.g.Release.Short()+")")
		if len(p.tiers) > 1 {
			text = string(tier.Spec.Name) + "  " + text
		}
		q.What = append(q.What, text)
	}
	if n := len(thatAre(rails.Impossible, p.about.migrations[p.tier.Spec.Name])); n > 0 {
		q.What = append(q.What, t.NoWayBack(n))
	}
	return q
}
