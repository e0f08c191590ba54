package world

import (
	"context"
	"fmt"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// broken says that a write would break an invariant. Nothing was written.
func broken(invariant string, tier shop.Tier, format string, args ...any) error {
	return &shop.Fault{Kind: shop.BrokenRule, Repository: shop.SystemRepository, Tier: tier, Text: invariant + ": " + fmt.Sprintf(format, args...)}
}

// behind is a rule that seems broken because the refs of one repository were
// read from before those of another: a forge lags. The next look may clear it.
func behind(invariant string, tier shop.Tier, format string, args ...any) error {
	return &apply.AgainError{Err: broken(invariant, tier, format, args...)}
}

// checkMove holds I1 before a push to the app or configuration repository: a
// tier's branch goes forward only, to what the tier below has.
func (w *World) checkMove(op plan.MoveBranch) error {
	if err := checkGates(op.Tier, op.Release, op.Gates); err != nil {
		return err
	}
	if !op.Release.IsZero() && op.To != op.Release.App && op.To != op.Release.Configuration {
		return broken("I3", op.Tier, "%s is not what is promoted", op.To.Short())
	}
	g := graph{w}
	if op.From != "" && !g.Contains(op.Repository, op.From, op.To) {
		return broken("I1", op.Tier, "%s is not in the history of %s", op.From.Short(), op.To.Short())
	}
	below, upper := op.Tier.Below()
	if !upper {
		return nil
	}
	w.seen.Lock()
	tip := commitID(w.seen.refs[op.Repository].Tips[below.Branch()])
	w.seen.Unlock()
	if !g.Contains(op.Repository, op.To, tip) {
		return behind("I1", op.Tier, "%s is not on %s of the %s repository", op.To.Short(), below, op.Repository)
	}
	return nil
}

// checkWrite holds the invariants before a push to the system repository, on
// exactly the ids that the push names.
func (w *World) checkWrite(_ context.Context, op plan.WriteSystem, v view, built Built) error {
	for _, t := range op.Tiers {
		if err := w.checkTier(v, t); err != nil {
			return err
		}
	}
	for _, c := range built.Commits {
		if c.Ref == shop.MainBranch {
			continue
		}
		if err := onlyOurs(built.batch, c.Commit.Tree); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) checkTier(v view, t plan.TierWrite) error {
	g := graph{w}
	if !g.Contains(shop.AppRepository, t.Release.App, t.App) {
		return behind("I2", t.Tier, "app commit %s is not in the history of %s", t.Release.App.Short(), t.App.Short())
	}
	if w.hasConfiguration() && !g.Contains(shop.ConfigurationRepository, t.Release.Configuration, t.Configuration) {
		return behind("I2", t.Tier, "configuration commit %s is not in the history of %s", t.Release.Configuration.Short(), t.Configuration.Short())
	}
	spec, err := resource[*shop.TierSpec](v, shop.KindTier, string(t.Tier))
	if err != nil {
		return err
	}
	if spec.Pin != nil && spec.Pin.Release != t.Release {
		return broken("I2", t.Tier, "it is pinned to %s", spec.Pin.Release.Short())
	}
	if t.Release == t.From || t.Tier.Number() == 0 {
		return nil
	}
	if spec.Pin != nil {
		return w.carriedBy(t, t.Tier, id(t.System))
	}
	if spec.Frozen(w.Now()) != nil && !t.Repair {
		return broken("I3", t.Tier, "it is frozen")
	}
	return w.checkOrigin(v, t)
}

// checkOrigin holds I3: what enters a tier was carried by the tier below, and
// nobody rejected it. The first commit of a tier branch begins with what is there.
func (w *World) checkOrigin(v view, t plan.TierWrite) error {
	policy, err := v.policy()
	if err != nil {
		return err
	}
	if x, rejected := policy.RejectedBy(t.Release); rejected {
		return broken("I3", t.Tier, "%s was rejected by %s", t.Release.Short(), x.By)
	}
	if t.System == "" {
		return nil
	}
	if t.Below == "" {
		return w.knownToBelow(t)
	}
	if err := checkGates(t.Tier, t.Release, t.Gates); err != nil {
		return err
	}
	below, _ := t.Tier.Below()
	return w.carriedBy(t, below, id(t.Below))
}

// checkGates holds that every gate lets a release pass, and that what the forge
// said was said of exactly this release and this tier.
func checkGates(tier shop.Tier, r shop.Release, gates []plan.Gate) error {
	for _, g := range gates {
		switch {
		case !g.Passes():
			return broken("I3", tier, "the gate %s is %s", g.Name, g.Status)
		case !g.Release.IsZero() && (g.Release != r || g.Tier != tier):
			return broken("I3", tier, "the gate %s was judged for %s on %s", g.Name, g.Release.Short(), g.Tier)
		}
	}
	return nil
}

// knownToBelow checks against the tip of the tier below that was seen last.
func (w *World) knownToBelow(t plan.TierWrite) error {
	below, _ := t.Tier.Below()
	w.seen.Lock()
	tip := w.seen.refs[shop.SystemRepository].Tips[below.Branch()]
	w.seen.Unlock()
	return w.carriedBy(t, below, tip)
}

func (w *World) carriedBy(t plan.TierWrite, by shop.Tier, tip git.ID) error {
	history, err := w.histories.carried(w.system(), by, tip)
	if err != nil {
		return err
	}
	for _, c := range history {
		if c.Release == t.Release {
			return nil
		}
	}
	return broken("I3", t.Tier, "%s never carried %s", by, t.Release.Short())
}

// onlyOurs holds what a tier branch may have at its root: I9 and the layout.
func onlyOurs(o git.Objects, tree git.ID) error {
	entries, err := o.Tree(tree)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch e.Name {
		case ".gitmodules", "base", "config", "shopsets", "argocd":
		default:
			return broken("I9", "", "%q does not belong on a generated branch", e.Name)
		}
	}
	return nil
}
