package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Observe looks at everything at once: the refs of the repositories and Argo
// CD in parallel, then what is new there, then the state as of exactly those ids.
func (w *World) Observe(ctx context.Context, g shop.Goal) (shop.State, error) {
	var apps applications
	var argo shop.ArgoCD
	var refs map[shop.Repository]git.Refs
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		refs, err = w.refs(gctx, writes(g))
		return err
	})
	group.Go(func() error {
		apps, argo = w.applications(gctx, g)
		return nil
	})
	if err := group.Wait(); err != nil {
		return shop.State{}, err
	}
	if err := w.fetch(ctx, refs); err != nil {
		return shop.State{}, err
	}
	w.remember(refs)
	return w.state(ctx, g, refs, apps, argo)
}

// writes reports whether a goal may lead to a push.
func writes(g shop.Goal) bool {
	switch g.(type) {
	case shop.Look, shop.LookFleet, shop.Await, shop.SyncTier:
		return false
	}
	return true
}

// refs reads the refs of all repositories, in parallel.
func (w *World) refs(ctx context.Context, push bool) (map[shop.Repository]git.Refs, error) {
	type answer struct {
		repo shop.Repository
		refs git.Refs
	}
	answers := make(chan answer, len(w.Repositories))
	group, ctx := errgroup.WithContext(ctx)
	for name, repo := range w.Repositories {
		group.Go(func() error {
			look := repo.Refs
			if push {
				look = repo.RefsForPush
			}
			refs, err := look(ctx)
			if err != nil {
				return fault(name, fmt.Errorf("look at the %s repository: %w", name, err))
			}
			answers <- answer{name, refs}
			return nil
		})
	}
	err := group.Wait()
	close(answers)
	all := map[shop.Repository]git.Refs{}
	for a := range answers {
		all[a.repo] = a.refs
	}
	return all, err
}

// fetch gets what is new on main and on the tier branches.
func (w *World) fetch(ctx context.Context, refs map[shop.Repository]git.Refs) error {
	group, ctx := errgroup.WithContext(ctx)
	for name, repo := range w.Repositories {
		var tips []git.ID
		for ref, tip := range refs[name].Tips {
			if ref == shop.MainBranch && name == shop.SystemRepository || isTierBranch(ref) {
				tips = append(tips, tip)
			}
		}
		group.Go(func() error {
			if err := repo.Fetch(ctx, tips...); err != nil {
				return fault(name, fmt.Errorf("fetch from the %s repository: %w", name, err))
			}
			return nil
		})
	}
	return group.Wait()
}

func isTierBranch(ref string) bool {
	const heads = "refs/heads/"
	return len(ref) > len(heads) && shop.Tier(ref[len(heads):]).Number() >= 0
}

// state works everything out from ids that were just read.
func (w *World) state(ctx context.Context, g shop.Goal, refs map[shop.Repository]git.Refs, apps applications, argo shop.ArgoCD) (shop.State, error) {
	have := shop.State{
		Now: w.Now(), System: w.System, ArgoCD: argo, Graph: graph{w},
		HasConfiguration: w.hasConfiguration(),
	}
	have.ArgoCD.Asked = have.Now
	main := refs[shop.SystemRepository].Tips[shop.MainBranch]
	have.Main = commitID(main)
	if g, ok := g.(shop.Init); ok {
		return have, w.stateOfInit(ctx, g, &have, refs, apps)
	}
	v, err := w.viewOf(w.system(), main)
	if err != nil {
		return have, err
	}
	if main.IsZero() {
		return have, &shop.Fault{Kind: shop.NoIntent, Repository: shop.SystemRepository, Text: "there is no branch main"}
	}
	policy, err := v.policy()
	if errors.Is(err, fs.ErrNotExist) {
		return have, &shop.Fault{Kind: shop.NoIntent, Repository: shop.SystemRepository, Text: "main has no policy.yaml"}
	}
	if err != nil {
		return have, err
	}
	have.Policy = *policy
	if policy.Name != w.System {
		return have, &shop.Fault{Kind: shop.OtherSystem, Repository: shop.SystemRepository, Text: policy.Name}
	}
	if folder, err := git.Lookup(v.o, v.tree, "shops"); err == nil {
		have.List = folder.ID.String()
	}
	specs, err := v.tiers()
	if err != nil {
		return have, err
	}
	if err := w.stateOfClosed(g, v, &have); err != nil {
		return have, err
	}
	for _, spec := range specs {
		t, err := w.tier(ctx, g, v, *spec, refs, apps, &have)
		if err != nil {
			return have, fmt.Errorf("observe %s: %w", spec.Name, err)
		}
		have.Tiers = append(have.Tiers, t)
	}
	if err := w.askForge(ctx, g, &have); err != nil {
		return have, err
	}
	if err := w.fleet(ctx, v, g, &have, apps); err != nil {
		return have, err
	}
	w.fronts(ctx, g, v, &have)
	w.askGates(ctx, g, &have)
	switch g := g.(type) {
	case shop.AddTier:
		err = w.stateOfNewTier(g, v, &have, refs)
	case shop.ProposeChange, shop.MergeChange:
		err = w.stateOfChange(ctx, g, &have, refs)
	}
	return have, err
}

// tier observes one tier.
func (w *World) tier(ctx context.Context, g shop.Goal, v view, spec shop.TierSpec, refs map[shop.Repository]git.Refs, apps applications, have *shop.State) (shop.TierState, error) {
	branch := spec.Name.Branch()
	tip := refs[shop.SystemRepository].Tips[branch]
	t := shop.TierState{
		Spec: spec, System: commitID(tip),
		App:           commitID(refs[shop.AppRepository].Tips[branch]),
		Configuration: commitID(refs[shop.ConfigurationRepository].Tips[branch]),
	}
	t.Rooted = apps.roots[spec.Name]
	if tip.IsZero() {
		return t, nil
	}
	c, err := w.system().Commit(tip)
	if err != nil {
		return t, err
	}
	trailers, ours := shop.ParseTrailers(c.Message)
	t.Edited = !ours || trailers.Intent == ""
	if t.Runs, err = gitlinks(w.system(), c.Tree); err != nil {
		return t, err
	}
	if t.History, err = w.histories.carried(w.system(), spec.Name, tip); err != nil {
		return t, err
	}
	if len(t.History) > 0 {
		t.Number, t.Brought, t.BroughtAt = t.History[0].Number, t.History[0].System, t.History[0].At
	}
	if t.Mine, err = w.mine(spec.Name, tip); err != nil {
		return t, err
	}
	names, counts, err := w.shopSetsOf(spec.Name, c.Tree)
	if err != nil {
		return t, err
	}
	if err := w.shopSets(ctx, &t, names, apps, &have.ArgoCD); err != nil {
		return t, err
	}
	t.RoutesBehind = routesBehind(spec.Name, apps)
	for i := range t.ShopSets {
		t.ShopSets[i].Shops = counts[i]
		t.Shops += counts[i]
	}
	if concerns(g, have.Scene.Tiers, spec.Name) && !t.Edited {
		w.works(shop.Work{What: shop.Comparing, Tier: spec.Name})
		if t.Stale, err = w.stale(ctx, v, t, c); err != nil && throws(g) && w.apart(ctx, v, spec.Name, t.Runs, c, err) > 0 {
			err = nil
		}
	}
	return t, err
}

// concerns reports whether a goal may write the tier's branch, so that it has
// to know whether the branch follows the intent. lies are the tiers of its subject.
func concerns(g shop.Goal, lies []shop.Tier, tier shop.Tier) bool {
	switch g := g.(type) {
	case shop.Promote:
		return g.From.Number() < tier.Number() && tier.Number() <= g.To.Number()
	case shop.Rollback:
		return g.Tier == tier
	case shop.Unpin:
		return g.Tier == tier
	case shop.Close:
		return slices.Contains(lies, tier)
	case shop.Open:
		return slices.Contains(lies, tier)
	case shop.FreezeTier:
		return g.Tier == tier
	case shop.UnfreezeTier:
		return g.Tier == tier
	case shop.Verify:
		return g.Tier == tier
	case shop.Reconcile:
		for _, t := range g.Tiers {
			if t == tier {
				return true
			}
		}
		return len(g.Tiers) == 0
	}
	return false
}

// mine reports whether a commit of this very run stands on a tier branch.
func (w *World) mine(tier shop.Tier, tip git.ID) (found bool, err error) {
	w.seen.Lock()
	first, looked := w.seen.first[tier]
	if !looked {
		w.seen.first[tier] = tip
	}
	w.seen.Unlock()
	if !looked {
		return false, nil
	}
	err = git.FirstParents(w.system(), tip, func(c git.Commit) error {
		if c.ID == first {
			return git.ErrStop
		}
		if t, _ := shop.ParseTrailers(c.Message); t.Operation == w.Operation && w.Operation != "" {
			found = true
			return git.ErrStop
		}
		return nil
	})
	return found, err
}

func (w *World) remember(refs map[shop.Repository]git.Refs) {
	now := w.Now()
	w.seen.Lock()
	defer w.seen.Unlock()
	for _, repo := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository} {
		for ref, tip := range refs[repo].Tips {
			if old, looked := w.seen.refs[repo].Tips[ref]; looked && old != tip && !w.seen.moved[tip] && isUpperTier(ref) {
				w.seen.others = now
			}
		}
	}
	w.seen.refs = refs
}

// isUpperTier reports whether a branch moves by promotions alone.
func isUpperTier(ref string) bool { return isTierBranch(ref) && ref != shop.TierAt(0).Branch() }
