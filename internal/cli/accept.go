package cli

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// allAccepted reports whether a gateway has taken each of some routes.
func allAccepted(have shop.State, routes []shop.RouteID) bool {
	return !slices.ContainsFunc(routes, func(r shop.RouteID) bool {
		return have.Fleet.Routes[r].Acceptance.Verdict != shop.RouteAccepted
	})
}

// inCluster reports whether some routes are applied, so that only the gateway's
// word is missing.
func inCluster(have shop.State, routes []shop.RouteID) bool {
	return len(routes) > 0 && !slices.ContainsFunc(routes, func(r shop.RouteID) bool { return !have.Fleet.Routes[r].Live })
}

// routeRefused reports whether the gateway does not take a route of a shop, as
// far as it was asked for.
func routeRefused(have shop.State, e shop.Entry) bool {
	return slices.ContainsFunc([]shop.ShopSetID{e.ShopSet, e.MovingFrom}, func(set shop.ShopSetID) bool {
		return have.Fleet.Routes[shop.RouteID{ShopSet: set, Shop: e.Name}].Acceptance.Verdict == shop.RouteRefused
	})
}

func routeOf(set shop.ShopSetID, r shop.RouteState) routeJSON {
	v := routeJSON{ShopSet: set, OnBranch: r.OnBranch, Live: r.Live}
	if a := r.Acceptance; a.Verdict != shop.RouteUnsaid {
		yes := a.Verdict == shop.RouteAccepted
		v.Accepted, v.Reason, v.Message, v.Rival, v.since, v.holds = &yes, a.Reason, a.Message, a.Rival.Shop, a.Since, a.Rival.ShopSet
	}
	return v
}

func tookSince(now, since time.Time) string {
	if since.IsZero() {
		return ""
	}
	return show.Length(max(now.Sub(since), 0))
}

// refusal is why a gateway does not take a route, line by line; nil: it does.
func (c *Call) refusal(r routeJSON) (lines []string) {
	t := c.Text.Route
	if r.Accepted == nil || *r.Accepted {
		return nil
	}
	if why := t.Because[r.Reason]; why != "" {
		lines = append(lines, why)
	}
	lines = append(lines, t.Says(r.Reason, r.Message))
	if r.Rival != "" {
		lines = append(lines, t.Rival(string(r.Rival), string(r.holds)))
	}
	return lines
}

// refusals are the reasons of an error about routes that are refused; the first
// of them is the error itself.
func (c *Call) refusals(all []plan.Trouble) (lines []string) {
	t := c.Text.Route
	for i, one := range all {
		if one.Why != plan.RouteRefused {
			continue
		}
		if i > 0 {
			lines = append(lines, c.troubleText(one))
		}
		lines = append(lines, show.Clean(t.Says(one.Reason, one.Text)))
		if one.Holder != "" {
			lines = append(lines, t.Rival(string(one.Holder), string(one.HeldIn)))
		}
		if one.From != "" {
			lines = append(lines, t.OldStays(string(one.Shop), string(one.From)))
		}
		if len(lines) > mostListed {
			return append(lines, c.Text.Shop.AndMore(len(all)-i-1))
		}
	}
	return lines
}

func (c *Call) refusalHints(t plan.Trouble) []Hint {
	hints := []Hint{{Text: c.Text.Errand.LookAgain, Command: "shopctl shop show " + string(t.Shop)}, {Text: c.Text.Route.GoOnMended, Command: c.Again()}}
	if t.From != "" {
		hints = append(hints, Hint{Text: c.Text.Route.GoBack, Command: "shopctl shop move " + string(t.Shop) + " --shopset " + string(t.From)})
	}
	return hints
}

// mostAskedFor is how many routes a list asks for: nobody answers for a fleet at once.
const mostAskedFor = 200

// listRefused lists the shops whose routes are refused. Argo CD has no list of
// them, so each shop in scope is asked for, and too many are not begun with.
func (c *Call) listRefused(ctx context.Context) error {
	l, err := c.listed(ctx, "")
	if err != nil {
		return err
	}
	defer l.w.Close() //nolint:errcheck // nothing was written
	have, v := l.have, l.result
	var scope []shop.Entry
	var names []shop.ShopID
	for e := range l.entries {
		if s := shopOf(have, e); c.inScope(s) {
			scope, names = append(scope, e), append(names, e.Name)
		}
	}
	if len(scope) > mostAskedFor {
		return &Fail{Code: CannotBeKnown, Message: c.Text.Route.TooMany(show.Number(len(scope)), strconv.Itoa(mostAskedFor)),
			Hints: []Hint{{Text: c.Text.Route.NarrowIt, Command: "shopctl shop list --state refused --shopset SHOPSET"}}}
	}
	if have, err = l.w.Observe(ctx, shop.LookFleet{Shops: names}); err != nil {
		return err
	}
	switch { // none is not what nobody can know
	case have.ArgoCD.None:
		return &plan.Stop{Why: plan.NeedsArgoCD}
	case have.ArgoCD.Silent != "":
		return &plan.Stop{Why: plan.ArgoCDNoAnswer, Text: have.ArgoCD.Silent}
	}
	limit := c.limit(0)
	for _, e := range scope {
		if s := shopOf(have, e); s.State == shop.ShopRefused {
			if v.Found++; limit == 0 || len(v.Shops) < limit {
				v.Shops = append(v.Shops, s)
			}
		}
	}
	return c.Show(c.shopsResult(have, v, c.Env.Now().Sub(l.began)))
}

// inScope reports whether a list is about a shop, its state aside.
func (c *Call) inScope(s shopJSON) bool {
	return matches(c.String("tier"), string(s.Tier)) && matches(c.String("shopset"), string(s.ShopSet)) && matches(c.String("plan"), s.Plan)
}
