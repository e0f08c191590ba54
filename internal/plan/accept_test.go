package plan

import (
	"errors"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

var acceptNoon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// said are all answers of a gateway that make a difference.
func said() map[string]shop.Acceptance {
	return map[string]shop.Acceptance{
		"not asked":   {},
		"unsaid":      {Asked: true, Since: acceptNoon.Add(-answersWithin)},
		"may answer":  {Asked: true, Since: acceptNoon.Add(-answersWithin + time.Second)},
		"accepted":    {Asked: true, Verdict: shop.RouteAccepted, Since: acceptNoon},
		"refused":     {Asked: true, Verdict: shop.RouteRefused, Reason: "NoMatchingListenerHostname", Message: "none", Since: acceptNoon},
		"accepted of": {Asked: true, Verdict: shop.RouteAccepted},
	}
}

// The old route of a move goes only when the gateway has taken the new one, or
// when nobody says whether it has and nobody will; a route that is refused
// stops the move, and every waiting is a step of its own.
func TestMoveWaitsForTheGateway(t *testing.T) {
	ends, stops := 0, 0
	for _, live := range []bool{false, true} {
		for new, newSaid := range said() {
			for old, oldSaid := range said() {
				for _, noWait := range []bool{false, true} {
					what := "new " + new + ", old " + old
					have := moveState("s-1", "s-0", map[shop.ShopSetID]bool{"s-1": live, "s-0": true}, false, false, false)
					have.Now = acceptNoon
					say(have, "s-1", newSaid)
					say(have, "s-0", oldSaid)
					ops, err := For(shop.MoveShop{Name: "x", To: "s-1", From: "s-0", NoWait: noWait}, have)
					var stop *Stop
					if refused := live && new == "refused"; errors.As(err, &stop) != refused {
						t.Fatalf("%s, live %v: %v", what, live, err)
					} else if refused {
						stops++
						if tr := stop.Troubles[0]; tr.Why != RouteRefused || tr.Shop != "x" || tr.ShopSet != "s-1" || tr.From != "s-0" || tr.Reason == "" {
							t.Errorf("%s: %+v", what, tr)
						}
						continue
					}
					answers := oldSaid.Verdict == shop.RouteAccepted
					ready := live && (newSaid.Verdict == shop.RouteAccepted || new == "not asked" || new == "unsaid" && !answers)
					if now := len(ops) > 0 && !Waits(ops[0]) && !Harmless(ops[0]); now != ready {
						t.Errorf("%s, live %v, no wait %v: the old route goes at once: %v, want %v; %v", what, live, noWait, now, ready, wishes(ops))
					} else if now {
						ends++
					}
				}
			}
		}
	}
	t.Logf("figure moves-by-gateway ends=%d stops=%d", ends, stops)
	if ends == 0 || stops == 0 {
		t.Error("nothing was tried")
	}
}

func say(have shop.State, set shop.ShopSetID, a shop.Acceptance) {
	id := shop.RouteID{ShopSet: set, Shop: "x"}
	r := have.Fleet.Routes[id]
	r.Acceptance = a
	have.Fleet.Routes[id] = r
}

// A reconcile ends a move by the same rule, and leaves one alone that is refused.
func TestReconcileWaitsForTheGateway(t *testing.T) {
	for name, a := range said() {
		have := moveState("s-1", "s-0", map[shop.ShopSetID]bool{"s-1": true, "s-0": true}, false, false, false)
		have.Now = acceptNoon
		say(have, "s-1", a)
		edits, _ := finished(have, []shop.Tier{"tier-0"})
		if want := a.Verdict == shop.RouteAccepted || name == "not asked" || name == "unsaid"; len(edits) > 0 != want {
			t.Errorf("%s: %v", name, edits)
		}
	}
}

// A shop that is there is not "already so" while its route is refused.
func TestAddStopsAtARefusedRoute(t *testing.T) {
	for name, a := range said() {
		have := moveState("s-1", "", map[shop.ShopSetID]bool{"s-1": true}, false, false, false)
		have.Now = acceptNoon
		say(have, "s-1", a)
		ops, err := For(shop.AddShops{Shops: []shop.NewShop{{Shop: shop.Shop{Name: "x", Hosts: []string{"x.example"}, ShopSet: "s-1"}}}}, have)
		var stop *Stop
		if errors.As(err, &stop) != (name == "refused") {
			t.Errorf("%s: %v", name, err)
		}
		if waits := len(ops) > 0; waits != (name == "may answer") {
			t.Errorf("%s: %v", name, wishes(ops))
		}
	}
}
