package cli

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/rails"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// migrationJSON is a Rails migration that one app commit has and another has not.
type migrationJSON struct {
	Name     string    `json:"name"` // 20261120010000_drop_legacy_carts
	Path     string    `json:"path"`
	Rollback rails.Way `json:"rollback"` // possible, impossible, unknown: cannot be told
	Because  string    `json:"because,omitempty"`
}

// migrations are those that a release has and another has not, by name.
func migrations(ctx context.Context, w World, have shop.State, from, to shop.Release) ([]migrationJSON, error) {
	all := []migrationJSON{}
	if from.App == "" || to.App == "" || from.App == to.App {
		return all, nil
	}
	changed, err := w.Changed(shop.AppRepository, from.App, to.App)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, f := range changed {
		if f.Added && isMigration(have.Policy, f.Path) {
			paths = append(paths, f.Path)
		}
	}
	if len(paths) == 0 {
		return all, nil
	}
	files, err := w.Read(ctx, shop.AppRepository, to.App, paths)
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	for _, p := range paths {
		way, why := rails.Rollback(string(files[p]))
		all = append(all, migrationJSON{strings.TrimSuffix(path.Base(p), ".rb"), p, way, why})
	}
	return all, nil
}

// thatAre are the names of the migrations with one answer.
func thatAre(way rails.Way, all []migrationJSON) (names []string) {
	for _, m := range all {
		if m.Rollback == way {
			names = append(names, show.Clean(m.Name))
		}
	}
	return names
}

// migrationLines says of the migrations of a release what a person has to know
// before it enters. What cannot be told is no risk to accept: it is said, and
// nobody is taught to accept without reading.
func (c *Call) migrationLines(p show.Page, all []migrationJSON) (lines []string) {
	for _, n := range c.migrationNotes(all) {
		lines = append(lines, p.Mark(n.mark, n.text))
	}
	return lines
}

func (c *Call) migrationNotes(all []migrationJSON) (notes []markedLine) {
	t := c.Text.Migrations
	if names := thatAre(rails.Impossible, all); len(names) > 0 {
		notes = append(notes, markedLine{show.Warn, t.CannotBeRolledBack(names, shop.IrreversibleMigration)})
	}
	if names := thatAre(rails.Unknown, all); len(names) > 0 {
		notes = append(notes, markedLine{show.Unknown, t.CannotBeTold(names)})
	}
	if names := thatAre(rails.Possible, all); len(names) > 0 {
		notes = append(notes, markedLine{show.Good, t.CanBeRolledBack(names)})
	}
	return notes
}

// byTier are the migrations that enter, or go from, each tier of a goal.
type byTier map[shop.Tier][]migrationJSON

// entering are the migrations that a promotion brings to each tier.
func entering(ctx context.Context, w World, have shop.State, g shop.Promote) (byTier, error) {
	found := byTier{}
	for n := g.From.Number() + 1; n <= g.To.Number(); n++ {
		t, _ := have.Tier(shop.TierAt(n))
		if g.Release.IsZero() || t.Runs == g.Release || have.Within(g.Release, t.Runs) {
			continue
		}
		all, err := migrations(ctx, w, have, t.Runs, g.Release)
		if err != nil {
			return nil, err
		}
		found[shop.TierAt(n)] = all
	}
	return found, nil
}

// risks are those of migrations that cannot be rolled back.
func (m byTier) risks() (risks []shop.Risk) {
	for tier, all := range m {
		if len(thatAre(rails.Impossible, all)) > 0 {
			risks = append(risks, shop.Risk{Tier: tier, Name: shop.IrreversibleMigration})
		}
	}
	slices.SortFunc(risks, func(a, b shop.Risk) int { return a.Tier.Number() - b.Tier.Number() })
	return risks
}

// onTheWay is the hop with which an earlier run of the same promotion brought
// the release to a tier in between; zero when there was none.
func onTheWay(have shop.State, g shop.Promote) shop.Carried {
	for n := g.To.Number() - 1; n > g.From.Number(); n-- {
		t := have.Tiers[n]
		if len(t.History) > 0 && t.History[0].Release == g.Release && t.History[0].Goal.Number() >= g.To.Number() {
			return t.History[0]
		}
	}
	return shop.Carried{}
}

// toAsk are the risks that nobody has accepted yet: who began a promotion over
// several tiers did so for all of them, whoever goes on with it.
func toAsk(have shop.State, g shop.Promote) []shop.Risk {
	before := onTheWay(have, g)
	return slices.DeleteFunc(slices.Clone(g.Risks), func(r shop.Risk) bool { return slices.Contains(before.Risks, r.Name) })
}

// riskNames are the names of all risks, each once.
func riskNames(risks []shop.Risk) (names []string) {
	for _, r := range risks {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// accepted are the risks that what was done, or is to be done, stands for.
func accepted(ops []plan.Op) (names []string) {
	for _, op := range ops {
		if w, ok := op.(plan.WriteSystem); ok {
			names = append(names, w.Risks...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
