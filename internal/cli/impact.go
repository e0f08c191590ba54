package cli

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// impactJSON is the blast radius of a release in a tier.
type impactJSON struct {
	Shops    int               `json:"shops"`    // of the largest group
	ShopSets int               `json:"shopsets"` // of the largest group
	Lines    int               `json:"lines"`    // that change in each of them
	Differ   int               `json:"differ"`   // ShopSets in which something else changes
	Groups   []impactGroupJSON `json:"groups"`
}

// impactGroupJSON are ShopSets in which the same changes. What is shown of it is
// that of the first one.
type impactGroupJSON struct {
	ShopSets []shop.ShopSetID `json:"shopsets"`
	Shops    int              `json:"shops"`
	Added    int              `json:"added"`
	Removed  int              `json:"removed"`
	Objects  []objectJSON     `json:"objects"`
}

// objectJSON is an object that changes, as Kustomize writes it.
type objectJSON struct {
	APIVersion string      `json:"apiVersion"`
	Kind       string      `json:"kind"`
	Name       string      `json:"name"`
	Change     string      `json:"change"` // added, changed, removed
	Fields     []fieldJSON `json:"fields"` // of a changed one
	Before     string      `json:"before,omitempty"`
	After      string      `json:"after,omitempty"`
}

type fieldJSON struct {
	Path   string `json:"path"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// radius is an Impact with the number of shops.
type radius struct {
	impactJSON
	groups []shop.ImpactGroup
	why    string // it cannot be told
}

// impactOf works out the blast radius. A release that cannot be built is no
// error of who only looks.
func impactOf(ctx context.Context, w World, t shop.TierState, r shop.Release) (radius, error) {
	out := radius{impactJSON: impactJSON{Groups: []impactGroupJSON{}}}
	impact, err := w.Impact(ctx, t.Spec.Name, r)
	var fault *shop.Fault
	if errors.As(err, &fault) && fault.Kind == shop.DoesNotBuild {
		out.why = fault.Text
		return out, nil
	}
	if err != nil {
		return out, err
	}
	shops := map[shop.ShopSetID]int{}
	for _, s := range t.ShopSets {
		shops[s.Name] = s.Shops
	}
	out.groups = impact.Groups
	for i, g := range impact.Groups {
		one := impactGroupJSON{ShopSets: g.ShopSets, Objects: []objectJSON{}}
		one.Added, one.Removed = g.Counts()
		for _, s := range g.ShopSets {
			one.Shops += shops[s]
		}
		for _, o := range g.Objects {
			one.Objects = append(one.Objects, objectOf(o))
		}
		out.Groups = append(out.Groups, one)
		if i > 0 {
			out.Differ += len(g.ShopSets)
			continue
		}
		out.Shops, out.ShopSets, out.Lines = one.Shops, len(g.ShopSets), one.Added+one.Removed
	}
	return out, nil
}

func objectOf(o shop.ObjectChange) objectJSON {
	one := objectJSON{APIVersion: o.APIVersion, Kind: o.Kind, Name: o.Name, Change: "changed", Fields: []fieldJSON{}, Before: o.Before, After: o.After}
	switch {
	case o.Before == "":
		one.Change = "added"
	case o.After == "":
		one.Change = "removed"
	}
	for _, f := range o.Fields {
		one.Fields = append(one.Fields, fieldJSON(f))
	}
	return one
}

// radiusLine says it in one line.
func (c *Call) radiusLine(p show.Page, r radius) string {
	if r.why != "" {
		return p.Mark(show.Unknown, c.Text.Impact.Unknown(show.Clean(r.why)))
	}
	return c.Text.Impact.Summary(show.Number(r.Shops), r.ShopSets, r.Lines, r.Differ)
}

// manifests prints what changes, equal changes once.
func (c *Call) manifests(p show.Page, r radius) {
	if r.why != "" {
		p.Line(c.radiusLine(p, r))
		return
	}
	for i, g := range r.groups {
		if i > 0 {
			p.Line()
		}
		one := r.Groups[i]
		names := make([]string, len(g.ShopSets))
		for j, s := range g.ShopSets {
			names[j] = string(s)
		}
		p.Line(p.Paint(show.Bold, c.Text.Impact.Group(show.Number(one.Shops), firstOf(names, 8), one.Added, one.Removed)))
		for _, o := range g.Objects {
			p.Line("  ", show.Clean(o.Kind+" "+o.Name))
			for _, l := range o.Lines {
				p.Line("  ", changedLine(p, l))
			}
		}
	}
}

func changedLine(p show.Page, l shop.ChangedLine) string {
	text := string(l.Mark) + " " + show.Clean(l.Text)
	switch l.Mark {
	case '+':
		return p.Paint(show.Green, text)
	case '-':
		return p.Paint(show.Red, text)
	}
	return text
}

// manifestRows are the same for a program: one row a line that comes or goes.
func manifestRows(r radius) (rows [][]string) {
	for _, g := range r.groups {
		for _, o := range g.Objects {
			for _, l := range o.Lines {
				if l.Mark != ' ' {
					rows = append(rows, []string{joinNames(g.ShopSets), o.Kind, o.Name, string(l.Mark), l.Text})
				}
			}
		}
	}
	return rows
}

func joinNames(names []shop.ShopSetID) (all string) {
	for i, n := range names {
		if i > 0 {
			all += ","
		}
		all += string(n)
	}
	return all
}

// estimateOf is how many releases count.
const estimateOf = 5

// estimate says how long a release took lately until it counted as arrived, by
// the records in git. Empty when nothing is known.
func (c *Call) estimate(t shop.TierState) string {
	about, n, least, most := estimateFor(t)
	if n == 0 {
		return ""
	}
	return c.Text.Impact.Estimate(about, n, least, most)
}

// estimateFor is the middle of the last releases, how many they are, and their
// span. None: nothing is known.
func estimateFor(t shop.TierState) (about string, n int, least, most string) {
	var took []time.Duration
	for i, h := range t.History {
		since := h.HealthySince
		if i == 0 {
			since = t.HealthySince()
		}
		if len(took) < estimateOf && since.After(h.At) {
			took = append(took, since.Sub(h.At)+t.Spec.DwellOr())
		}
	}
	if len(took) == 0 {
		return "", 0, "", ""
	}
	slices.Sort(took)
	return show.Length(took[len(took)/2]), len(took), show.Length(took[0]), show.Length(took[len(took)-1])
}

// radii are the blast radii of a release by tier.
type radii map[shop.Tier]radius

// radiiOf works them out for the tiers that a plan brings a release to. What it
// costs hangs on how many kinds of ShopSet a tier has, not on how many ShopSets
// or shops: a preview may always have it.
func radiiOf(ctx context.Context, w World, have shop.State, r shop.Release, todo []plan.Op) (radii, error) {
	all := radii{}
	for _, t := range have.Tiers {
		if t.Runs == r || !writesTier(todo, t.Spec.Name) {
			continue
		}
		one, err := impactOf(ctx, w, t, r)
		if err != nil {
			return nil, err
		}
		all[t.Spec.Name] = one
	}
	return all, nil
}

// details is the whole difference, for who wants it before the answer.
func (c *Call) details(all radii) {
	for _, tier := range slices.SortedFunc(maps.Keys(all), func(a, b shop.Tier) int { return a.Number() - b.Number() }) {
		c.Talk.Line(c.Talk.Paint(show.Bold, string(tier)))
		c.manifests(c.Talk, all[tier])
		c.Talk.Line()
	}
}
