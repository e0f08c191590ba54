package world

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// Labels and kinds of the generated Applications, as package render writes them.
const (
	labelSystem = "shopset.dev/system"
	labelTier   = "shopset.dev/tier"
	labelKind   = "shopset.dev/kind"
	kindShopSet = "shopset"
	kindShops   = "shops"
	kindRoot    = "root"
)

// askAtOnce bounds the Applications that are asked for one by one at a time.
const askAtOnce = 16

// applications are the system's Applications as listed.
type applications struct {
	shopSets map[shop.ShopSetID]argocd.Application
	routes   map[shop.ShopSetID]argocd.Application
	roots    map[shop.Tier]bool
}

// applications lists the system's Applications, as far as a goal is about them.
// A silent Argo CD is no error: it is what was observed.
func (w *World) applications(ctx context.Context, g shop.Goal) (applications, shop.ArgoCD) {
	if w.ArgoCD == nil {
		return applications{}, shop.ArgoCD{None: true}
	}
	apps := applications{map[shop.ShopSetID]argocd.Application{}, map[shop.ShopSetID]argocd.Application{}, map[shop.Tier]bool{}}
	query := argocd.Query{Selector: map[string]string{labelSystem: w.System}, Detail: argocd.Operations}
	if !aboutRoutes(g) {
		// Routes say nothing of a release, and are half of all Applications.
		query.Without = map[string]string{labelKind: kindShops}
	}
	mark := w.told.mark()
	_, err := w.ArgoCD.List(ctx, query, func(a argocd.Application) error {
		switch a.Labels.Kind {
		case kindShopSet:
			apps.shopSets[shop.ShopSetID(a.Labels.ShopSet)] = a
		case kindShops:
			apps.routes[shop.ShopSetID(a.Labels.ShopSet)] = a
		case kindRoot:
			apps.roots[shop.Tier(a.Labels.Tier)] = true
		}
		return nil
	})
	if err != nil {
		return applications{}, shop.ArgoCD{Silent: err.Error()}
	}
	w.told.since(mark, apps.shopSets)
	return apps, shop.ArgoCD{}
}

// aboutRoutes reports whether a goal wants to know of the Applications of routes.
func aboutRoutes(g shop.Goal) bool {
	_, shops := subjectsOf(g)
	_, sync := g.(shop.SyncTier)
	return shops || sync
}

// routesBehind are the ShopSets of a tier whose routes Argo CD says to be out of
// sync with the branch.
func routesBehind(tier shop.Tier, apps applications) (behind []shop.ShopSetState) {
	for _, name := range slices.Sorted(maps.Keys(apps.routes)) {
		a := apps.routes[name]
		if a.Labels.Tier != string(tier) || a.Sync != argocd.OutOfSync {
			continue
		}
		s := shop.ShopSetState{Name: name, Sync: shop.OutOfSync, Health: shop.Health(a.Health.Known()), Phase: shop.Phase(a.Phase), Since: a.FinishedAt}
		if a.Requested {
			s.Phase = shop.Running
		}
		behind = append(behind, s)
	}
	return behind
}

// shopSets judges each ShopSet of a tier by the revision that Argo CD reports
// for it: the gitlinks there, not the id, say what it runs.
func (w *World) shopSets(ctx context.Context, t *shop.TierState, names []shop.ShopSetID, apps applications, argo *shop.ArgoCD) error {
	t.ShopSets = make([]shop.ShopSetState, len(names))
	var group errgroup.Group
	group.SetLimit(askAtOnce)
	var mu sync.Mutex
	silent := argo.None || argo.Silent != ""
	for i, name := range names {
		s := &t.ShopSets[i]
		*s = shop.ShopSetState{Name: name, Sync: shop.UnknownSync, Health: shop.UnknownHealth}
		app, listed := apps.shopSets[name]
		if silent {
			continue
		}
		if !listed || app.Labels.Tier != string(t.Spec.Name) {
			s.Message = noApplication(name)
			continue
		}
		if w.judge(t, s, app); s.Live() && !w.settling(app) {
			continue
		}
		group.Go(func() error {
			whole, err := w.ArgoCD.Get(ctx, app.Name)
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, argocd.Unavailable) {
					argo.Silent = err.Error()
				}
				s.Message = err.Error()
				return nil
			}
			w.judge(t, s, whole)
			return nil
		})
	}
	return group.Wait()
}

// judge fills in what one answer says of a ShopSet.
func (w *World) judge(t *shop.TierState, s *shop.ShopSetState, a argocd.Application) {
	revision := a.Revision
	if revision == "" && a.Sync.Known() != argocd.SyncUnknown {
		revision = a.OperationRevision // a list does not have the other; unknown: nothing was compared
	}
	s.Sync, s.Health, s.Phase = shop.Sync(a.Sync.Known()), shop.Health(a.Health.Known()), shop.Phase(a.Phase)
	s.Revision, s.At = shop.CommitID(revision), shop.CommitID(a.OperationRevision)
	s.Current = w.carries(t, s.Revision)
	if a.Requested || uncompared(a, w.Now()) {
		s.Phase = shop.Running
	}
	s.Since = a.HealthSince
	if a.FinishedAt.After(s.Since) {
		s.Since = a.FinishedAt
	}
	s.Message, s.Failure = complaint(a), ""
	if s.Phase != shop.Running && !w.carries(t, s.At) {
		s.Phase = "" // it ended before this release came: it says nothing of it
	}
	if s.Phase == shop.Failed || s.Phase == shop.Errored {
		s.Failure = a.OperationMessage
	}
}

// settlesWithin is how long after a sync a list is not believed to be compared.
const settlesWithin = 30 * time.Second

// settling reports whether a sync ended so lately that sync and health may still
// be those before it. A list has the operation's revision and not the compared
// one: after a sync of what nobody had looked at it says Synced, Healthy and
// Succeeded for a moment, of the release before. The whole object tells.
func (w *World) settling(a argocd.Application) bool {
	return w.Now().Sub(a.FinishedAt) < settlesWithin
}

// uncompared reports whether a sync has ended well that sync and health do not
// show yet: it is not out of sync again, it is on its way. Argo CD writes whole
// seconds, and keeps the time when it compares because an object changed; so the
// same second counts as compared, but not at once.
func uncompared(a argocd.Application, now time.Time) bool {
	if a.Phase != argocd.Succeeded || a.Sync != argocd.OutOfSync || a.Revision != a.OperationRevision || a.ComparedAt.IsZero() {
		return false
	}
	return a.FinishedAt.After(a.ComparedAt) || a.FinishedAt.Equal(a.ComparedAt) && now.Sub(a.FinishedAt) < comparesWithin
}

// comparesWithin is how long after the second of a sync's end nothing is said of
// what was compared in that same second.
const comparesWithin = 3 * time.Second

// complaint is why an Application is not healthy, in the application's words
// where it has any.
func complaint(a argocd.Application) string {
	for _, r := range a.Unhealthy {
		if r.Message != "" {
			return plainly(r)
		}
	}
	for _, c := range a.Conditions {
		return c.Type + ": " + c.Message
	}
	return a.HealthMessage
}

// carries reports whether a revision of the tier branch is the commit that
// brought the tier's release, or a later one. All of them carry it.
func (w *World) carries(t *shop.TierState, revision shop.CommitID) bool {
	if revision == "" || t.Brought == "" {
		return false
	}
	at := id(revision)
	if at.IsZero() {
		return false
	}
	o := w.system()
	if _, err := o.Commit(at); err != nil {
		return false
	}
	return w.Memo.contains(o, shop.SystemRepository, id(t.Brought), at) &&
		w.Memo.contains(o, shop.SystemRepository, at, id(t.System))
}
