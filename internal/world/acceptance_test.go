package world

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

var acceptanceNoon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// What gateways say is judged for the route as it is now, the one that refuses first.
func TestVerdict(t *testing.T) {
	said := func(status, reason string, of int64) argocd.RouteParent {
		return argocd.RouteParent{Conditions: []argocd.RouteCondition{
			{Type: "ResolvedRefs", Status: "False", Of: of},
			{Type: "Accepted", Status: status, Reason: reason, Of: of, Since: acceptanceNoon},
		}}
	}
	for name, tt := range map[string]struct {
		parents []argocd.RouteParent
		want    shop.RouteVerdict
	}{
		"nobody":                     {nil, shop.RouteUnsaid},
		"a parent without a word":    {[]argocd.RouteParent{{}}, shop.RouteUnsaid},
		"taken":                      {[]argocd.RouteParent{said("True", "Accepted", 3)}, shop.RouteAccepted},
		"taken, of no generation":    {[]argocd.RouteParent{said("True", "Accepted", 0)}, shop.RouteAccepted},
		"taken as it was":            {[]argocd.RouteParent{said("True", "Accepted", 2)}, shop.RouteUnsaid},
		"refused":                    {[]argocd.RouteParent{said("False", "NoMatchingParent", 3)}, shop.RouteRefused},
		"refused as it was":          {[]argocd.RouteParent{said("False", "NoMatchingParent", 2)}, shop.RouteUnsaid},
		"not looked at":              {[]argocd.RouteParent{said("False", "Pending", 3)}, shop.RouteUnsaid},
		"the gateway does not know":  {[]argocd.RouteParent{said("Unknown", "Pending", 3)}, shop.RouteUnsaid},
		"taken by one, then refused": {[]argocd.RouteParent{said("True", "Accepted", 3), said("False", "NoMatchingParent", 3)}, shop.RouteRefused},
		"refused by one, then taken": {[]argocd.RouteParent{said("False", "NoMatchingParent", 3), said("True", "Accepted", 3)}, shop.RouteRefused},
	} {
		got := verdict(argocd.Route{Generation: 3, Written: acceptanceNoon.Add(-time.Minute), Parents: tt.parents})
		if got.Verdict != tt.want || !got.Asked || got.Since.IsZero() {
			t.Errorf("%s: %+v, want %q", name, got, tt.want)
		}
	}
}

func TestRival(t *testing.T) {
	f := shop.Fleet{ShopSets: map[shop.ShopSetID]shop.Room{
		"s-1": {ShopSet: shop.ShopSet{Name: "s-1"}}, "s-2": {ShopSet: shop.ShopSet{Name: "s-2", Namespace: "two"}},
	}}
	me := shop.RouteID{ShopSet: "s-1", Shop: "bunko"}
	for message, want := range map[string]shop.RouteID{
		"":                               {},
		"conflicts with another route":   {},
		`conflicts with "two/bunko-old"`: {ShopSet: "s-2", Shop: "bunko-old"},
		"HTTPRoute s-1/yuki, which is older, has bunko.example/": {ShopSet: "s-1", Shop: "yuki"},
		"s-1/bunko conflicts with two/bunko.":                    {ShopSet: "s-2", Shop: "bunko"},
		"see https://docs.example/two/x and default/gateway":     {},
	} {
		if got := rival(message, f, me); got != want {
			t.Errorf("%q: %+v, want %+v", message, got, want)
		}
	}
}

// gateways is an Argo CD of which only routes are asked for.
type gateways struct {
	ArgoCD
	sync.Mutex
	say   func(name string) (argocd.Route, error)
	asked map[string]int
}

func (g *gateways) Route(_ context.Context, app, namespace, name string) (argocd.Route, error) {
	g.Lock()
	defer g.Unlock()
	g.asked[app+" "+namespace+"/"+name]++
	return g.say(name)
}

// Exactly the routes that were looked at and are live are asked for, each once
// while it is believed; what cannot be known is not made up.
func TestAcceptances(t *testing.T) {
	taken := argocd.Route{Generation: 1, Parents: []argocd.RouteParent{{Conditions: []argocd.RouteCondition{{Type: "Accepted", Status: "True"}}}}}
	g := &gateways{asked: map[string]int{}, say: func(name string) (argocd.Route, error) {
		switch name {
		case "unseen":
			return argocd.Route{}, &argocd.Error{Kind: argocd.Invalid}
		case "hidden":
			return argocd.Route{}, &argocd.Error{Kind: argocd.Forbidden}
		}
		return taken, nil
	}}
	w := &World{Options: Options{ArgoCD: g}}
	id := func(set, name string) shop.RouteID {
		return shop.RouteID{ShopSet: shop.ShopSetID(set), Shop: shop.ShopID(name)}
	}
	live := shop.RouteState{OnBranch: true, Live: true}
	look := func(now time.Time) shop.State {
		s := shop.State{Now: now, Fleet: shop.Fleet{
			Clusters: map[string]shop.Cluster{"tokyo": {}, "osaka": {Routing: "ingress"}},
			ShopSets: map[shop.ShopSetID]shop.Room{
				"s-1": {ShopSet: shop.ShopSet{Name: "s-1", Cluster: "tokyo"}, Routing: shop.ShopSetState{Revision: "r1"}},
				"s-2": {ShopSet: shop.ShopSet{Name: "s-2", Cluster: "osaka"}},
			},
			Routes: map[shop.RouteID]shop.RouteState{
				id("s-1", "taken"): live, id("s-1", "unseen"): live, id("s-1", "hidden"): live, id("s-2", "ingress"): live,
				id("s-1", "gone"): {Live: true}, id("s-1", "waits"): {OnBranch: true},
			},
		}}
		w.acceptances(t.Context(), &s, applications{routes: map[shop.ShopSetID]argocd.Application{
			"s-1": {Name: "prod-s-1-shops", FinishedAt: acceptanceNoon}, "s-2": {Name: "prod-s-2-shops"},
		}})
		return s
	}
	want := map[string]shop.Acceptance{
		"taken": {Asked: true, Verdict: shop.RouteAccepted}, "unseen": {Asked: true, Since: acceptanceNoon}, "hidden": {}, "ingress": {}, "gone": {}, "waits": {},
	}
	for _, now := range []time.Time{acceptanceNoon, acceptanceNoon.Add(believed - 1)} {
		got := map[string]shop.Acceptance{}
		for id, r := range look(now).Fleet.Routes {
			got[string(id.Shop)] = r.Acceptance
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"prod-s-1-shops s-1/taken": 1, "prod-s-1-shops s-1/unseen": 2, "prod-s-1-shops s-1/hidden": 2}, g.asked); diff != "" {
		t.Error(diff)
	}
	look(acceptanceNoon.Add(believed))
	if n := g.asked["prod-s-1-shops s-1/taken"]; n != 2 {
		t.Errorf("believed for ever: asked %d times", n)
	}
	g.say = func(string) (argocd.Route, error) {
		return argocd.Route{}, &argocd.Error{Kind: argocd.Unavailable, Message: "gone"}
	}
	s := look(acceptanceNoon.Add(time.Hour))
	if a := s.Fleet.Routes[id("s-1", "taken")].Acceptance; s.ArgoCD.Silent == "" || a.Verdict != shop.RouteUnsaid || !a.Since.Equal(s.Now) {
		t.Errorf("silent %q, and yet %+v", s.ArgoCD.Silent, a)
	}
}

// Who is asked: a command about single shops is, a thousand new ones are not.
func TestWhoAsksGateways(t *testing.T) {
	shops := func(n int) (all []shop.NewShop) {
		for i := range n {
			all = append(all, shop.NewShop{Shop: shop.Shop{Name: shop.ShopID(fmt.Sprint("x", i))}})
		}
		return all
	}
	for _, tt := range []struct {
		g    shop.Goal
		want bool
	}{
		{shop.AddShops{Shops: shops(mostAccepted)}, true}, {shop.AddShops{Shops: shops(mostAccepted + 1)}, false},
		{shop.SetShop{AddHosts: []string{"a"}}, true}, {shop.SetShop{}, false}, {shop.MoveShop{}, true}, {shop.DrainShopSet{}, true},
		{shop.RemoveShop{}, false}, {shop.LookFleet{}, true}, {shop.Promote{}, false}, {shop.AddShopSet{}, false},
	} {
		if about, _ := subjectsOf(tt.g); about.accepted != tt.want {
			t.Errorf("%T: %v", tt.g, about.accepted)
		}
	}
}
