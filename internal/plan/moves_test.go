package plan

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/shopctl/shopctl/internal/shop"
)

// moveState is a system of one tier with ShopSets s-0 and s-1, and one shop.
func moveState(in, from shop.ShopSetID, live map[shop.ShopSetID]bool, crosses, none, mine bool) shop.State {
	f := fleet(room("a", 1, 10), room("b", 1, 10))
	for name, r := range f.ShopSets {
		r.OnBranch, r.Tier = true, "tier-0"
		if crosses && name == "s-1" {
			r.ShopSet.Cluster = "other"
		}
		f.ShopSets[name] = r
	}
	f.Plans = map[string]shop.Plan{"": {Weight: 1}}
	f.Shops = map[shop.ShopID]shop.Shop{"x": {Name: "x", Hosts: []string{"x.example"}, ShopSet: in, MovingFrom: from}}
	f.Routes = map[shop.RouteID]shop.RouteState{}
	for _, set := range []shop.ShopSetID{"s-0", "s-1"} {
		f.Routes[shop.RouteID{ShopSet: set, Shop: "x"}] = shop.RouteState{OnBranch: set == in || set == from, Live: live[set]}
	}
	t := shop.TierState{Spec: shop.TierSpec{Name: "tier-0"}, App: "a", System: "s", Runs: shop.Release{App: "a"}, Mine: mine}
	return shop.State{Main: "m", Tiers: []shop.TierState{t}, Fleet: f, ArgoCD: shop.ArgoCD{None: none}}
}

// Every small state of a move: the old route is taken away only when the new
// one is applied, or when a person says so where nobody can tell; and there is
// always a next step.
func TestMoveIsMakeBeforeBreak(t *testing.T) {
	yes := []bool{false, true}
	states, ends := 0, 0
	for _, at := range [][2]shop.ShopSetID{{"s-0", ""}, {"s-1", ""}, {"s-1", "s-0"}, {"s-0", "s-1"}} {
		for _, newLive := range yes {
			for _, oldLive := range yes {
				for _, crosses := range yes {
					for _, none := range yes {
						for _, mine := range yes {
							for _, noWait := range yes {
								states++
								live := map[shop.ShopSetID]bool{"s-1": newLive, "s-0": oldLive}
								have := moveState(at[0], at[1], live, crosses, none, mine)
								what := fmt.Sprintf("in %s from %q, new live %v, crosses %v, none %v, mine %v, no wait %v", at[0], at[1], newLive, crosses, none, mine, noWait)
								ops, err := For(shop.MoveShop{Name: "x", To: "s-1", From: "s-0", NoWait: noWait}, have)
								var stop *Stop
								if errors.As(err, &stop) && stop.Troubles[0].Why == Outdone && mine && at[0] == "s-0" {
									continue
								}
								if err != nil {
									t.Fatalf("%s: %v", what, err)
								}
								if endsMove(ops) {
									ends++
									if at != [2]shop.ShopSetID{"s-1", "s-0"} || !newLive && !none || (crosses || none) && mine {
										t.Errorf("%s: the old route goes at once: %v", what, wishes(ops))
									}
								}
								risk, ended := riskOf(ops)
								if ended && (risk != crosses || crosses && (at != [2]shop.ShopSetID{"s-1", "s-0"} || mine)) || risk != (len(EndsAcross(have.Fleet, ops)) > 0) {
									t.Errorf("%s: ends with the risk %v: %v", what, risk, wishes(ops))
								}
								done := at == [2]shop.ShopSetID{"s-1", ""}
								if at == [2]shop.ShopSetID{"s-1", "s-0"} && newLive && !crosses && !none && !(noWait && mine) && !endsMove(ops) {
									t.Errorf("%s: the move does not end: %v", what, wishes(ops))
								}
								if done && (newLive && oldLive || none || noWait) && len(ops) > 0 {
									t.Errorf("%s: it is so, and yet: %v", what, wishes(ops))
								}
								if at[0] == "s-0" && len(ops) == 0 {
									t.Errorf("%s: nothing happens", what)
								}
							}
						}
					}
				}
			}
		}
	}
	t.Logf("figure moves states=%d ends=%d", states, ends)
	if ends == 0 {
		t.Error("no move ever ends")
	}
}

// endsMove reports whether the first thing that a plan does is to take the old
// route away.
func endsMove(ops []Op) bool {
	for _, op := range ops {
		if _, hint := op.(Refresh); hint {
			continue
		}
		w, writes := op.(WriteSystem)
		return writes && len(w.Edits) == 1 && w.Edits[0].Field == "movingFrom" && w.Edits[0].Value == nil
	}
	return false
}

// riskOf reports whether a plan takes an old route away at all, and whether it
// does so with the risk of DNS.
func riskOf(ops []Op) (risk, ends bool) {
	for _, op := range ops {
		if w, ok := op.(WriteSystem); ok && w.Edits != nil && w.Edits[len(w.Edits)-1].Value == nil {
			return slices.Equal(w.Risks, []string{shop.OldCluster}), true
		}
	}
	return false, false
}

// A drain ends the moves that lead out of the ShopSet: those to another cluster
// with the risk of DNS, and none in a run that writes something else first.
func TestDrainEndsMoves(t *testing.T) {
	for _, draining := range []bool{false, true} {
		for _, crosses := range []bool{false, true} {
			for _, mine := range []bool{false, true} {
				for _, noWait := range []bool{false, true} {
					what := fmt.Sprintf("draining %v, crosses %v, mine %v, no wait %v", draining, crosses, mine, noWait)
					have := moveState("s-1", "s-0", map[shop.ShopSetID]bool{"s-0": true, "s-1": true}, crosses, false, mine)
					r := have.Fleet.ShopSets["s-0"]
					r.Draining = draining
					have.Fleet.ShopSets["s-0"] = r
					ops, err := For(shop.DrainShopSet{Name: "s-0", NoWait: noWait}, have)
					if err != nil {
						t.Fatalf("%s: %v", what, err)
					}
					risk, ends := riskOf(ops)
					if want := !crosses && (!mine || !noWait) || crosses && draining && !mine; ends != want || risk != (ends && crosses) {
						t.Errorf("%s: ends %v, not %v, risk %v: %v", what, ends, want, risk, wishes(ops))
					}
				}
			}
		}
	}
}

func wishes(ops []Op) (all []string) {
	for _, op := range ops {
		all = append(all, op.Wish())
	}
	return all
}
