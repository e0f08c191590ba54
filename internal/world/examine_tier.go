package world

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// examineTier checks one tier: its branches, what it carries, and every file
// of its generated branch.
func (w *World) examineTier(ctx context.Context, f *findings, have shop.State, t shop.TierState, answers bool) {
	before := len(f.all)
	if w.examineBranches(f, have, t) {
		w.examineAncestry(f, have, t)
		w.examineRelease(f, have, t)
		w.examineFiles(ctx, f, have, t)
	}
	if answers {
		w.examineApplications(f, t)
	}
	if len(f.all) == before {
		f.add(shop.Good, string(t.Spec.Name), "tier", "number", strconv.Itoa(t.Number), "commit", t.Runs.Short(), "shopsets", strconv.Itoa(len(t.ShopSets)))
	}
}

// examineBranches reports whether the tier has its branch everywhere.
func (w *World) examineBranches(f *findings, have shop.State, t shop.TierState) bool {
	whole := true
	for _, b := range []struct {
		repo      shop.Repository
		tip, runs shop.CommitID
	}{{shop.AppRepository, t.App, t.Runs.App}, {shop.ConfigurationRepository, t.Configuration, t.Runs.Configuration}, {shop.SystemRepository, t.System, ""}} {
		if b.tip == "" && (b.repo != shop.ConfigurationRepository || have.HasConfiguration) {
			f.add(shop.Bad, string(t.Spec.Name), "no-branch", "repository", string(b.repo), "commit", string(b.runs))
			whole = false
		}
	}
	return whole
}

// examineAncestry holds I1: what stands on a tier stands on the tier below. A
// commit that was made directly on a higher tier blocks every promotion.
func (w *World) examineAncestry(f *findings, have shop.State, t shop.TierState) {
	below, upper := t.Spec.Name.Below()
	if !upper {
		return
	}
	b, _ := have.Tier(below)
	for _, side := range []struct {
		repo       shop.Repository
		tip, lower shop.CommitID
	}{{shop.AppRepository, t.App, b.App}, {shop.ConfigurationRepository, t.Configuration, b.Configuration}} {
		if side.tip == "" || side.lower == "" || have.Graph.Contains(side.repo, side.tip, side.lower) {
			continue
		}
		facts := []string{"repository", string(side.repo), "below", string(below)}
		direct, err := w.Commits(side.repo, side.lower, side.tip, 0)
		if err == nil && len(direct) > 0 {
			first := direct[len(direct)-1]
			facts = append(facts, "n", strconv.Itoa(len(direct)), "commit", first.ID.Short(), "subject", first.Subject, "author", first.AuthorName)
		}
		f.add(shop.Bad, string(t.Spec.Name), "direct", facts...)
	}
}

// examineRelease holds I2 and I3: what a tier carries is on its branches, is
// its pin if it has one, and was carried by the tier below.
func (w *World) examineRelease(f *findings, have shop.State, t shop.TierState) {
	tier := string(t.Spec.Name)
	if !have.Within(t.Runs, shop.Release{App: t.App, Configuration: t.Configuration}) {
		f.add(shop.Bad, tier, "not-on-branch", "commit", t.Runs.Short())
	}
	if p := t.Spec.Pin; p != nil && p.Release != t.Runs {
		f.add(shop.Bad, tier, "pin-not-followed", "commit", t.Runs.Short(), "pin", p.Release.Short())
	}
	want, half := plan.Want(have, t.Spec.Name)
	switch {
	case half:
		f.add(shop.Warning, tier, "half-promoted", "commit", want.Short())
	case slices.Contains(plan.Left(have), t.Spec.Name):
		f.add(shop.Warning, tier, "mixed", "app", t.App.Short(), "configuration", t.Configuration.Short(), "commit", t.Runs.Short())
	}
	w.examineOrigin(f, have, t)
}

// examineOrigin holds I3. The first commit of a tier branch begins with what
// was there; a pinned tier carries what it carried before.
func (w *World) examineOrigin(f *findings, have shop.State, t shop.TierState) {
	below, upper := t.Spec.Name.Below()
	if !upper || len(t.History) == 0 || t.Number == t.History[len(t.History)-1].Number {
		return
	}
	b, _ := have.Tier(below)
	carried, healthy := b.Runs == t.Runs, b.Runs == t.Runs
	for _, h := range b.History {
		if h.Release == t.Runs {
			carried = true
			healthy = healthy || h.Health == shop.Healthy
		}
	}
	switch {
	case !carried:
		f.add(shop.Bad, string(t.Spec.Name), "never-below", "commit", t.Runs.Short(), "below", string(below))
	case !healthy && !have.ArgoCD.None:
		f.add(shop.Warning, string(t.Spec.Name), "never-healthy-below", "commit", t.Runs.Short(), "below", string(below))
	}
	if x, rejected := have.Policy.RejectedBy(t.Runs); rejected {
		f.add(shop.Warning, string(t.Spec.Name), "runs-rejected", "commit", t.Runs.Short(), "by", x.By, "reason", x.Reason)
	}
}

// examineFiles renders the tier again and compares it with its branch: I9, and
// every edit by hand.
func (w *World) examineFiles(ctx context.Context, f *findings, have shop.State, t shop.TierState) {
	tier := string(t.Spec.Name)
	if c, err := w.system().Commit(id(t.System)); err == nil {
		if err := onlyOurs(w.system(), c.Tree); err != nil {
			kind, facts := faultFacts(err)
			f.add(shop.Bad, tier, kind, facts...)
		}
	}
	_, differs, err := w.Rendered(ctx, t.Spec.Name, t.Runs)
	var written intent.Errors
	switch {
	case errors.As(err, &written): // a line of the intent names them
		f.add(shop.Warning, tier, "not-rendered")
		return
	case err != nil:
		kind, facts := faultFacts(err)
		f.add(shop.Bad, tier, kind, facts...)
		return
	}
	status := shop.Bad
	switch {
	case t.Edited:
		by := w.hands(t)
		f.add(shop.Bad, tier, "edited", "n", strconv.Itoa(len(differs)), "commit", t.System.Short(), "by", by, "first", firstPath(differs))
	case len(differs) == 0:
	case w.renderedFrom(t) == have.Main:
		f.add(shop.Bad, tier, "differs", "n", strconv.Itoa(len(differs)), "first", firstPath(differs))
	default:
		status = shop.Warning
		f.add(status, tier, "behind", "n", strconv.Itoa(len(differs)), "first", firstPath(differs))
	}
	w.examineRoutes(f, status, t.Spec.Name, differs)
	if len(differs) == 0 {
		w.examineBuild(ctx, f, t)
	}
}

func firstPath(changes []shop.Change) string {
	if len(changes) == 0 {
		return ""
	}
	return changes[0].Path
}

// hands is who wrote the tip of a tier branch without shopctl.
func (w *World) hands(t shop.TierState) string {
	c, err := w.system().Commit(id(t.System))
	if err != nil {
		return ""
	}
	return c.Author.Name
}

// renderedFrom is the commit of main that the tip says it was rendered from.
func (w *World) renderedFrom(t shop.TierState) shop.CommitID {
	c, err := w.system().Commit(id(t.System))
	if err != nil {
		return ""
	}
	trailers, _ := shop.ParseTrailers(c.Message)
	return trailers.Intent
}

// examineApplications finds what Argo CD lacks.
func (w *World) examineApplications(f *findings, t shop.TierState) {
	tier := string(t.Spec.Name)
	if !t.Rooted {
		f.add(shop.Bad, tier, "no-root")
		return
	}
	missing := []string{}
	for _, s := range t.ShopSets {
		if s.Revision == "" && s.Sync == shop.UnknownSync && s.Health == shop.UnknownHealth {
			missing = append(missing, string(s.Name))
		}
	}
	if len(missing) > 0 {
		f.add(shop.Warning, tier, "no-application", "n", strconv.Itoa(len(missing)), "names", strings.Join(missing[:min(5, len(missing))], " "))
	}
}
