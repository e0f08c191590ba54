package world

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// mostAccepted is how many new shops are asked for one by one. More are added by
// a file: nothing is taken away for them, and Argo CD is spared a thousand questions.
const mostAccepted = 32

// accepted remembers for a while which routes gateways have taken, so that a run
// that waits for many does not ask for each at every look.
type accepted struct {
	sync.Mutex
	at map[shop.RouteID]takenRoute
}

type takenRoute struct {
	revision shop.CommitID // that Argo CD had applied
	asked    time.Time
	said     shop.Acceptance
}

// believed is how long a gateway's word is taken for what it still says.
const believed = 30 * time.Second

// acceptances asks the clusters, by way of Argo CD, whether their gateways take
// the routes that were looked at and are live: one question a route, some at a time.
func (w *World) acceptances(ctx context.Context, have *shop.State, apps applications) {
	if have.ArgoCD.None || have.ArgoCD.Silent != "" {
		return
	}
	f := &have.Fleet
	var group errgroup.Group
	group.SetLimit(askAtOnce)
	var mu sync.Mutex
	for _, route := range routesOfFleet(*f) {
		mu.Lock()
		s := f.Routes[route]
		mu.Unlock()
		room := f.ShopSets[route.ShopSet]
		app, listed := apps.routes[route.ShopSet]
		if !s.OnBranch || !s.Live || !listed || intent.Routing(f.Clusters[room.Cluster]) != "gateway" {
			continue
		}
		group.Go(func() error {
			said, silent := w.acceptance(ctx, have, room, route, app)
			s.Acceptance = said
			mu.Lock()
			defer mu.Unlock()
			f.Routes[route] = s
			if silent != nil {
				have.ArgoCD.Silent = silent.Error()
			}
			return nil
		})
	}
	_ = group.Wait() // no question ends in an error: it is what was observed
}

// routesOfFleet are the routes that were looked at, in order.
func routesOfFleet(f shop.Fleet) []shop.RouteID {
	return slices.SortedFunc(maps.Keys(f.Routes), func(a, b shop.RouteID) int {
		return cmp.Or(cmp.Compare(a.ShopSet, b.ShopSet), cmp.Compare(a.Shop, b.Shop))
	})
}

// acceptance is what is said of one route. silent: Argo CD did not answer.
func (w *World) acceptance(ctx context.Context, have *shop.State, room shop.Room, id shop.RouteID, app argocd.Application) (said shop.Acceptance, silent error) {
	w.accepted.Lock()
	known, ok := w.accepted.at[id]
	w.accepted.Unlock()
	if ok && known.revision == room.Routing.Revision && have.Now.Sub(known.asked) < believed {
		return known.said, nil
	}
	route, err := w.ArgoCD.Route(ctx, app.Name, intent.Namespace(room.ShopSet), string(id.Shop))
	switch {
	case errors.Is(err, argocd.Unavailable):
		return shop.Acceptance{Asked: true, Since: have.Now}, err
	case errors.Is(err, argocd.Invalid): // Argo CD has not seen it in the cluster yet
		return shop.Acceptance{Asked: true, Since: app.FinishedAt}, nil
	case err != nil:
		return shop.Acceptance{}, nil
	}
	said = verdict(route)
	if said.Verdict == shop.RouteRefused {
		said.Rival = rival(said.Message, have.Fleet, id)
	}
	if said.Verdict == shop.RouteAccepted {
		w.accepted.Lock()
		defer w.accepted.Unlock()
		if w.accepted.at == nil {
			w.accepted.at = map[shop.RouteID]takenRoute{}
		}
		w.accepted.at[id] = takenRoute{revision: room.Routing.Revision, asked: have.Now, said: said}
	}
	return said, nil
}

// verdict judges what gateways say of a route as it is now: one that refuses it
// counts before one that takes it. What was said of an older content, and that
// nobody has looked yet, says nothing.
func verdict(r argocd.Route) shop.Acceptance {
	said := shop.Acceptance{Asked: true, Since: r.Written}
	for _, p := range r.Parents {
		for _, c := range p.Conditions {
			if c.Type != argocd.Accepted || c.Of != 0 && c.Of < r.Generation {
				continue
			}
			switch {
			case c.Status == argocd.False && c.Reason != argocd.PendingReason:
				return shop.Acceptance{Asked: true, Verdict: shop.RouteRefused, Reason: c.Reason, Message: c.Message, Since: c.Since}
			case c.Status == argocd.True:
				said = shop.Acceptance{Asked: true, Verdict: shop.RouteAccepted, Since: c.Since}
			}
		}
	}
	return said
}

// rival is the route that a gateway names in its sentence, as namespace/name.
func rival(message string, f shop.Fleet, id shop.RouteID) shop.RouteID {
	words := strings.FieldsFunc(message, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '/' && r != '.'
	})
	for _, word := range words {
		namespace, name, ok := strings.Cut(strings.Trim(word, "./"), "/")
		if !ok || !shop.ValidName(name) {
			continue
		}
		for _, room := range f.ShopSets {
			other := shop.RouteID{ShopSet: room.Name, Shop: shop.ShopID(name)}
			if intent.Namespace(room.ShopSet) == namespace && other != id {
				return other
			}
		}
	}
	return shop.RouteID{}
}
