package cli

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// aboutShops reports whether a write is about shops or ShopSets.
func aboutShops(op plan.WriteSystem) bool {
	return slices.ContainsFunc(op.Edits, func(e shop.Edit) bool { return e.Kind == shop.KindShop || e.Kind == shop.KindShopSet })
}

// endsMoves reports whether a write does nothing but take old routes away.
func endsMoves(op plan.WriteSystem) bool {
	return !slices.ContainsFunc(op.Edits, func(e shop.Edit) bool { return e.Field != "movingFrom" || e.Value != nil })
}

// firstRoutes are the routes that a plan waits for before it writes again.
func firstRoutes(todo []plan.Op) *plan.AwaitRoutes {
	for _, op := range todo {
		switch op := op.(type) {
		case plan.AwaitRoutes:
			return &op
		case plan.WriteSystem:
			return nil
		}
	}
	return nil
}

// routed tells that routes were applied before anybody had to wait for them.
func (p *progress) routed(op plan.Op, now time.Time) {
	if p.routing == nil {
		return
	}
	switch op.(type) {
	case plan.Refresh, plan.AwaitHand:
	case plan.AwaitRoutes:
		p.routing = nil // told when it has come
	default:
		p.line(p.routesCame(*p.routing), now.Sub(p.routedAt), *p.routing)
		p.routing = nil
	}
}

func (p *progress) routesCame(op plan.AwaitRoutes) string {
	t := p.c.Text.Shop
	switch {
	case op.Gone:
		return t.OldRouteGone
	case len(op.Routes) == 0:
		return t.RoutesInPlace
	case len(op.Routes) > 1:
		return t.RoutesAccepted
	}
	return t.RouteAccepted
}

func (p *progress) waitsForRoutes(op plan.AwaitRoutes) string {
	if op.Gone {
		return p.c.Text.Shop.WaitsForRouteOut
	}
	return p.c.Text.Shop.WaitsForRoute
}

func (p *progress) shopSetCame(op plan.AwaitShopSet) string {
	if op.Gone {
		return p.c.Text.Shop.ShopSetGone(string(op.ShopSet))
	}
	return p.c.Text.Shop.ShopSetRuns(string(op.ShopSet))
}

// routesWait is the end of a run that waited for routes or a ShopSet; nil: it
// waited for something else.
func (c *Call) routesWait(w *apply.WaitingError) *Fail {
	var message string
	switch op := w.Op.(type) {
	case plan.AwaitRoutes:
		message = c.Text.Shop.RouteNotYet(len(op.Routes))
	case plan.AwaitShopSet:
		message = c.Text.Errand.TimeIsUp(string(op.ShopSet))
	default:
		return nil
	}
	f := &Fail{Code: TimeIsUp, Message: message, Hints: []Hint{{Text: c.Text.Errand.GoOn, Command: c.Again()}}}
	if silent := w.State.ArgoCD.Silent; silent != "" {
		f.Code, f.Reasons = ArgoCDUnreachable, []string{silent}
	}
	return f
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
