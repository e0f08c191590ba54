package cli

import (
	"cmp"
	"maps"
	"slices"

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

func (c *Call) routesCame(op plan.AwaitRoutes, have shop.State) string {
	t := c.Text.Shop
	switch {
	case op.Gone:
		return t.OldRouteGone
	case len(op.Routes) == 0:
		return t.RoutesInPlace
	case !allAccepted(have, op.Routes) && len(op.Routes) > 1:
		return c.Text.Route.RoutesApplied
	case !allAccepted(have, op.Routes):
		return c.Text.Route.RouteApplied
	case len(op.Routes) > 1:
		return t.RoutesAccepted
	}
	return t.RouteAccepted
}

// notYet is the end of a run that waited for routes or a ShopSet.
func (c *Call) notYet(w *apply.WaitingError, message string) *Fail {
	f := &Fail{Code: TimeIsUp, Message: message, Hints: []Hint{{Text: c.Text.Errand.GoOn, Command: c.Again()}}}
	if silent := w.State.ArgoCD.Silent; silent != "" {
		f.Code, f.Reasons = ArgoCDUnreachable, []string{silent}
	}
	return f
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
