package world

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Do carries one operation out. It writes with the ids that the operation was
// made from and with no others.
func (w *World) Do(ctx context.Context, op plan.Op) error {
	switch op := op.(type) {
	case plan.MoveBranch:
		return fault(op.Repository, w.moveBranch(ctx, op))
	case plan.CreateBranches:
		return fault(op.Repository, w.createBranches(ctx, op))
	case plan.WriteSystem:
		return fault(shop.SystemRepository, w.writeSystem(ctx, op))
	case plan.Refresh:
		w.refresh(ctx, op)
		return nil
	case plan.Sync:
		return w.syncTier(ctx, op)
	case plan.Seed:
		return fault(op.Repository, w.seed(ctx, op))
	case plan.InstallRoot:
		return w.installRoot(ctx, op.Tier)
	case plan.SetImages:
		return fault(op.Repository, w.setImages(ctx, op))
	case plan.OpenPull:
		return w.openPull(ctx, op)
	case plan.MergePull:
		return w.mergePull(ctx, op)
	case plan.MergeByItself:
		return w.mergeByItself(ctx, op)
	case plan.Propose:
		return w.propose(ctx, op)
	case plan.Publish:
		return w.publish(ctx, op)
	case plan.Conclude:
		return w.conclude(ctx, op)
	}
	return fmt.Errorf("no way to do %q", op.Wish())
}

// moveBranch fast-forwards a branch of the app or configuration repository.
// No object travels: the commit is on the tier below already.
func (w *World) moveBranch(ctx context.Context, op plan.MoveBranch) error {
	if err := w.checkMove(op); err != nil {
		return err
	}
	if err := w.tellOpen(ctx, op); err != nil {
		return err
	}
	err := w.repository(op.Repository).Push(ctx, []git.Update{{Ref: op.Tier.Branch(), Old: id(op.From), New: id(op.To)}}, nil)
	w.takeBack(ctx, op, err)
	if err == nil {
		w.seen.Lock()
		w.seen.moved[id(op.To)] = true
		w.seen.Unlock()
	}
	return err
}

// createBranches makes the missing branches, all or none.
func (w *World) createBranches(ctx context.Context, op plan.CreateBranches) error {
	updates := make([]git.Update, len(op.Tiers))
	for i, tier := range op.Tiers {
		updates[i] = git.Update{Ref: tier.Branch(), New: id(op.To[i])}
	}
	return w.repository(op.Repository).Push(ctx, updates, nil)
}

// writeSystem makes the commits of main and of the tier branches, and moves
// all of them with one atomic push: the commit point.
func (w *World) writeSystem(ctx context.Context, op plan.WriteSystem) error {
	if after := w.stepAside(op); after > 0 {
		return &apply.AgainError{Err: errOthersWrite, After: after}
	}
	built, err := w.Build(ctx, op)
	if err != nil {
		return err
	}
	if len(built.Updates) == 0 {
		return nil
	}
	w.works(shop.Work{What: shop.Sending})
	return w.system().Push(ctx, built.Updates, built.batch)
}

var errOthersWrite = &shop.Fault{Kind: shop.Busy, Repository: shop.SystemRepository, Text: "others are writing"}

// Busy days: who finds many fresh commits lets others finish first, once. It
// saves pushes; the compare-and-swap is what keeps them right.
const (
	freshFor  = 5 * time.Second
	crowdIn   = 60 * time.Second
	crowd     = 6
	shortWait = time.Second
	longWait  = 10 * time.Second
)

func (w *World) stepAside(op plan.WriteSystem) time.Duration {
	w.seen.Lock()
	paused, others := w.seen.paused[op.Wish()], w.seen.others
	w.seen.paused[op.Wish()] = true
	w.seen.Unlock()
	if paused || urgent(op) {
		return 0
	}
	now := w.Now()
	recent, _ := w.othersSince(op.Main, now)
	// Who saw another promotion move the app or configuration repository knows
	// that its write of the system repository is on the way.
	fresh := !others.IsZero() && now.Sub(others) < freshFor
	for _, tip := range systemTips(op) {
		n, newest := w.othersSince(tip, now)
		recent += n
		fresh = fresh || !newest.IsZero() && now.Sub(newest) < freshFor
	}
	switch {
	case recent >= crowd:
		return time.Duration(w.Chance()*float64(longWait)) + 1
	case fresh:
		return time.Duration(w.Chance()*float64(shortWait)) + 1
	}
	return 0
}

// othersSince counts the commits of other runs on a branch within the last
// minute, and tells when the newest was made.
func (w *World) othersSince(tip shop.CommitID, now time.Time) (n int, newest time.Time) {
	if tip == "" {
		return 0, newest
	}
	_ = git.FirstParents(w.system(), id(tip), func(c git.Commit) error {
		if c.Committer.When.Before(now.Add(-crowdIn)) {
			return git.ErrStop
		}
		if t, _ := shop.ParseTrailers(c.Message); t.Operation == w.Operation {
			return nil
		}
		if c.Committer.When.After(newest) {
			newest = c.Committer.When
		}
		n++
		return nil
	})
	return n, newest
}

// urgent reports whether people wait for it: a pin, a freeze, a maintenance.
func urgent(op plan.WriteSystem) bool { return len(op.Edits) > 0 }

func systemTips(op plan.WriteSystem) (tips []shop.CommitID) {
	for _, t := range op.Tiers {
		tips = append(tips, t.System)
	}
	return tips
}

// hintWithin bounds a hint: a refresh answers only when Argo CD has compared,
// and with a dead controller that is never.
const hintWithin = 10 * time.Second

// refresh asks Argo CD to look at every ShopSet of a tier, or at the routes of
// some. It is a hint: Argo CD looks by itself some minutes later, so a failure
// is of no account.
func (w *World) refresh(ctx context.Context, op plan.Refresh) {
	if w.ArgoCD == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, hintWithin)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(askAtOnce)
	tip := w.tip(op.Tier)
	among := strings.Fields(op.Routes)
	_, _ = w.ArgoCD.List(ctx, w.tierQuery(op.Tier), func(a argocd.Application) error {
		if len(among) > 0 && (a.Labels.Kind != kindShops || !slices.Contains(among, a.Labels.ShopSet)) {
			return nil
		}
		group.Go(func() error {
			// A refresh that had begun before the branch moved ends ours too: what
			// it compared is not what was pushed.
			if found, err := w.ArgoCD.Refresh(ctx, a.Name, argocd.Normal); err == nil && found.Revision != tip {
				_, _ = w.ArgoCD.Refresh(ctx, a.Name, argocd.Normal)
			}
			return nil
		})
		return nil
	})
	_ = group.Wait()
}

// tip is where a tier's branch was at the last look.
func (w *World) tip(tier shop.Tier) string {
	w.seen.Lock()
	defer w.seen.Unlock()
	return w.seen.refs[shop.SystemRepository].Tips[tier.Branch()].String()
}

func (w *World) tierQuery(tier shop.Tier) argocd.Query {
	return argocd.Query{Selector: map[string]string{labelSystem: w.System, labelTier: string(tier)}}
}

// syncTier does the hand step on every Application of a tier that waits for it.
func (w *World) syncTier(ctx context.Context, op plan.Sync) error {
	if w.ArgoCD == nil {
		return fmt.Errorf("sync %s: the system has no Argo CD", op.Tier)
	}
	var waiting []string
	_, err := w.ArgoCD.List(ctx, w.tierQuery(op.Tier), func(a argocd.Application) error {
		if a.Labels.Kind != kindRoot && a.Sync != argocd.Synced {
			waiting = append(waiting, a.Name)
		}
		return nil
	})
	if err != nil {
		return argoFault(err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(askAtOnce)
	for _, name := range waiting {
		group.Go(func() error { return w.ArgoCD.Sync(ctx, name, argocd.SyncRequest{Prune: true}) })
	}
	return argoFault(group.Wait())
}

// installRoot gives Argo CD the root Application and project that stand on main.
func (w *World) installRoot(ctx context.Context, tier shop.Tier) error {
	data, err := w.Root(ctx, tier)
	if err != nil {
		return err
	}
	return argoFault(w.ArgoCD.Upsert(ctx, data))
}
