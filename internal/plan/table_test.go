package plan_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// each calls f with every combination of yes and no of n things.
func each(n int, f func(is func(int) bool)) {
	for bits := range 1 << n {
		f(func(i int) bool { return bits>>i&1 == 1 })
	}
}

// pins and freezes of the target tier.
var (
	pins    = []*shop.Pin{nil, {Release: rel(0)}, {Release: rel(2)}}
	freezes = []*shop.Freeze{nil, {}, {Until: noon.Add(time.Hour)}, {Until: noon.Add(-time.Hour)}}
)

func argocds() []shop.ArgoCD {
	return []shop.ArgoCD{{}, {None: true}, {Silent: "connection refused"}}
}

// argo dresses the tiers as Argo CD's answer shows them: without an answer
// nothing is known.
func argo(s *shop.State, a shop.ArgoCD) {
	s.ArgoCD = a
	if !a.None && a.Silent == "" {
		return
	}
	for i := range s.Tiers {
		for j := range s.Tiers[i].ShopSets {
			x := &s.Tiers[i].ShopSets[j]
			*x = shop.ShopSetState{Name: x.Name, Sync: shop.UnknownSync, Health: shop.UnknownHealth}
		}
	}
}

// One hop: what the branches hold (nothing yet, half of it, all, more, a
// hotfix), what both tiers run, how they stand, and every switch.
func TestPromoteOneHop(t *testing.T) {
	var f figures
	tips := []shop.Release{rel(0), mixed(1, 0), mixed(0, 1), rel(1), rel(2), {App: "x1", Configuration: "c0"}}
	for _, runs := range []shop.Release{rel(0), rel(1), rel(2)} {
		for _, tip := range tips {
			if tip.App != "x1" && !(model{State: stateOf()}).Within(runs, tip) {
				continue // I2 was broken before
			}
			for _, pin := range pins {
				for _, freeze := range freezes {
					for below := range conditions {
						for above := range conditions {
							for _, a := range argocds() {
								if (a.None || a.Silent != "") && (below > arrived || above > arrived) {
									continue // nobody would know
								}
								if below > arrived && above > arrived && (freeze != nil || pin != nil) {
									continue // three troubles at once: each pair of them has its row
								}
								each(5, func(is func(int) bool) {
									if above != live && is(4) {
										return // the same row
									}
									b := tierAt(0, rel(1), rel(2), rel(0))
									b.Spec.Gates = shop.Gates{}
									below.set(&b)
									up := tierAt(1, runs, tip)
									up.Spec.Pin, up.Spec.Freeze = pin, freeze
									if pin != nil && runs != pin.Release {
										return // reconcile's work, not a promotion's
									}
									above.set(&up)
									up.Stale, up.Spec.Gates.Soak = is(0), soakOf(is(1))
									if is(2) {
										up.Spec.Sync = "manual"
									}
									s := stateOf(b, up)
									argo(&s, a)
									g := shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1), Grace: grace, Sync: is(2), Unpin: is(3), NoWait: is(4)}
									promoted(t, &f, g, s)
								})
							}
						}
					}
				}
			}
		}
	}
	f.print(t, "promote-1")
}

func soakOf(yes bool) shop.Duration {
	if yes {
		return shop.Duration(time.Hour)
	}
	return 0
}

// promoted plays a promotion and looks at its end.
func promoted(t *testing.T, f *figures, g shop.Promote, first shop.State) {
	t.Helper()
	m, _, err := f.play(g, first)
	var stop *plan.Stop
	switch {
	case errors.As(err, &stop), err == errNeverOpens:
		return
	case err != nil:
		t.Fatalf("%+v\nfrom %s\n%v", g, brief(first), err)
	}
	for n := g.From.Number() + 1; n <= g.To.Number(); n++ {
		if up := m.Tiers[n]; !m.Within(g.Release, up.Runs) {
			t.Fatalf("%+v\nfrom %s\nended with %s at %v", g, brief(first), up.Spec.Name, up.Runs)
		}
	}
	top := *m.tier(g.To)
	if g.Unpin && top.Spec.Pin != nil {
		t.Fatalf("%+v\nfrom %s\nended with the pin", g, brief(first))
	}
	if g.NoWait || m.ArgoCD.None || len(top.ShopSets) == 0 {
		return
	}
	if since := top.HealthySince(); since.IsZero() || m.Now.Before(since.Add(dwell)) {
		t.Fatalf("%+v\nfrom %s\nended with %s not live: %+v", g, brief(first), g.To, top.ShopSets)
	}
}

// Over two and three hops: where each tier stands on the way, and who has
// touched it.
func TestPromoteTo(t *testing.T) {
	for hops := 2; hops <= 3; hops++ {
		var f figures
		places := 6 // how far each tier above the lowest has come
		rows := 1
		for range hops {
			rows *= places
		}
		for row := range rows {
			for below := range conditions {
				each(4, func(is func(int) bool) {
					tiers := []shop.TierState{tierAt(0, rel(1), rel(2), rel(0))}
					below.set(&tiers[0])
					rest := row
					for n := 1; n <= hops; n++ {
						up, ok := place(n, rest%places)
						if !ok {
							return
						}
						rest /= places
						if n == hops && is(0) {
							up.Spec.Sync, up.Stale = "manual", true
						}
						if n == 1 && is(1) {
							up.Spec.Sync = "manual"
						}
						up.Spec.Gates.Soak = soakOf(is(2))
						tiers = append(tiers, up)
					}
					for n := 1; n <= hops; n++ { // I1 holds before
						b, up := tiers[n-1], tiers[n]
						if !(model{State: stateOf()}).Within(shop.Release{App: up.App, Configuration: up.Configuration}, shop.Release{App: b.App, Configuration: b.Configuration}) {
							return
						}
					}
					s := stateOf(tiers...)
					if is(3) {
						if below > live {
							return
						}
						argo(&s, shop.ArgoCD{None: true})
					}
					promoted(t, &f, shop.Promote{To: shop.TierAt(hops), From: "tier-0", Release: rel(1), Grace: grace, Sync: true}, s)
				})
			}
		}
		f.print(t, "promote-"+string(rune('0'+hops)))
	}
}

// place is how far a promotion of release 1 has come in a tier.
func place(n, how int) (shop.TierState, bool) {
	switch how {
	case 0:
		return tierAt(n, rel(0), rel(0)), true
	case 1:
		return tierAt(n, rel(0), mixed(1, 0)), true
	case 2:
		return tierAt(n, rel(0), rel(1)), true
	case 3:
		up := tierAt(n, rel(1), rel(1), rel(0))
		unread.set(&up)
		return up, true
	case 4:
		return tierAt(n, rel(1), rel(1), rel(0)), true
	default:
		return tierAt(n, rel(2), rel(2), rel(1), rel(0)), true
	}
}

func TestRollback(t *testing.T) {
	var f figures
	for _, runs := range []shop.Release{rel(0), rel(1), rel(2)} {
		for _, pin := range pins {
			for above := range conditions {
				for _, a := range argocds() {
					if (a.None || a.Silent != "") && above > arrived {
						continue
					}
					each(5, func(is func(int) bool) {
						up := tierAt(1, runs, rel(2), rel(1), rel(0))
						above.set(&up)
						up.Spec.Pin, up.Stale = pin, is(0)
						if is(1) {
							up.Spec.Sync = "manual"
						}
						if is(2) {
							up.Spec.Freeze = &shop.Freeze{}
						}
						s := stateOf(tierAt(0, rel(2), rel(2), rel(1), rel(0)), up)
						if is(4) {
							s.Policy.Rejected = []shop.Rejected{{Release: rel(2)}}
						}
						argo(&s, a)
						g := shop.Rollback{Tier: "tier-1", Release: rel(1), Sync: is(1), NoWait: is(3), Grace: grace}
						m, _, err := f.play(g, s)
						if ends(t, g, s, err) {
							return
						}
						if p := m.Tiers[1].Spec.Pin; p == nil || p.Release != rel(1) || m.Tiers[1].Runs != rel(1) {
							t.Fatalf("%+v\nfrom %s\nended with pin %v, %v", g, brief(s), p, m.Tiers[1].Runs)
						}
						arrivedThere(t, g.NoWait, m, m.Tiers[1], brief(s))
					})
				}
			}
		}
	}
	f.print(t, "rollback")
}

// ends reports whether a run ended early in a way that is an answer.
func ends(t *testing.T, g shop.Goal, first shop.State, err error) bool {
	t.Helper()
	var stop *plan.Stop
	if errors.As(err, &stop) || err == errNeverOpens {
		return true
	}
	if err != nil {
		t.Fatalf("%+v\nfrom %s\n%v", g, brief(first), err)
	}
	return false
}

func arrivedThere(t *testing.T, noWait bool, m *model, at shop.TierState, from string) {
	t.Helper()
	if noWait || m.ArgoCD.None || len(at.ShopSets) == 0 {
		return
	}
	if since := at.HealthySince(); since.IsZero() || m.Now.Before(since.Add(dwell)) {
		t.Fatalf("from %s\nended with %s not live: %+v", from, at.Spec.Name, at.ShopSets)
	}
}

func TestUnpin(t *testing.T) {
	var f figures
	for _, tip := range []shop.Release{rel(0), mixed(2, 0), mixed(0, 2), rel(2)} {
		for _, pin := range pins {
			if pin != nil && pin.Release == rel(2) && tip != rel(2) {
				continue
			}
			for below := range conditions {
				for above := range conditions {
					each(4, func(is func(int) bool) {
						b := tierAt(0, rel(2), rel(2), rel(1), rel(0))
						below.set(&b)
						runs := rel(0)
						if pin != nil {
							runs = pin.Release
						}
						up := tierAt(1, runs, tip, rel(1))
						above.set(&up)
						up.Spec.Pin, up.Stale = pin, is(0)
						if is(1) {
							up.Spec.Sync = "manual"
						}
						if is(3) {
							up.Spec.Freeze = &shop.Freeze{}
						}
						s := stateOf(b, up)
						g := shop.Unpin{Tier: "tier-1", Sync: is(1), NoWait: is(2), Grace: grace}
						m, _, err := f.play(g, s)
						if ends(t, g, s, err) {
							return
						}
						if p := m.Tiers[1].Spec.Pin; p != nil {
							t.Fatalf("%+v\nfrom %s\nended with pin %v", g, brief(s), p)
						}
						if is(3) && m.Tiers[1].Runs != runs {
							t.Fatalf("%+v\nfrom %s\na frozen tier went to %v", g, brief(s), m.Tiers[1].Runs)
						}
						arrivedThere(t, g.NoWait, m, m.Tiers[1], brief(s))
					})
				}
			}
		}
	}
	f.print(t, "unpin")
}

// Three tiers in every state that reconcile may meet, mixed pairs included.
func TestReconcile(t *testing.T) {
	var f figures
	tips := []shop.Release{rel(0), mixed(1, 0), mixed(0, 1), rel(1)}
	for _, tip1 := range tips {
		for _, tip2 := range tips {
			for _, pin := range pins[:2] {
				for _, freeze := range freezes {
					for below := range conditions {
						each(6, func(is func(int) bool) {
							if !(model{State: stateOf()}).Within(tip2, tip1) {
								return // I1 was broken before
							}
							b := tierAt(0, rel(1), rel(1), rel(0))
							if is(0) {
								b.App = "a2" // merged, not reconciled yet
							}
							below.set(&b)
							b.Edited = is(4)
							one := tierAt(1, rel(0), tip1)
							one.Spec.Pin, one.Stale, one.Mine = pin, is(1), is(5)
							two := tierAt(2, rel(0), tip2)
							two.Spec.Freeze, two.Stale = freeze, is(2)
							s := stateOf(b, one, two)
							if is(3) && below == live {
								if tip1 != rel(0) && tip2 != rel(0) {
									return // bringing the one in line makes the other fit: two runs
								}
								argo(&s, shop.ArgoCD{None: true})
							}
							g := shop.Reconcile{}
							m, _, err := f.play(g, s)
							if ends(t, g, s, err) {
								return
							}
							for _, up := range m.Tiers {
								want, completes := plan.Want(m.State, up.Spec.Name)
								if up.Runs != want || completes || up.Stale || up.Edited {
									t.Fatalf("from %s\nended with %s at %v, wanted %v", brief(s), up.Spec.Name, up.Runs, want)
								}
							}
							if two := m.Tiers[2]; two.Spec.Frozen(noon) != nil && two.Runs != rel(0) {
								t.Fatalf("from %s\na frozen tier went to %v", brief(s), two.Runs)
							}
							if pin != nil && m.Tiers[1].Runs != pin.Release {
								t.Fatalf("from %s\na pinned tier went to %v", brief(s), m.Tiers[1].Runs)
							}
						})
					}
				}
			}
		}
	}
	f.print(t, "reconcile")
}

func TestSyncTier(t *testing.T) {
	var f figures
	for above := range conditions {
		for _, a := range argocds() {
			each(4, func(is func(int) bool) {
				up := tierAt(0, rel(1), rel(1), rel(0))
				above.set(&up)
				up.Spec.Sync = "manual"
				if is(3) {
					up.RoutesBehind = []shop.ShopSetState{{Name: "s-001", Sync: shop.OutOfSync}}
				}
				if is(1) {
					for i := range up.ShopSets {
						up.ShopSets[i].Sync = shop.OutOfSync
					}
				}
				s := stateOf(up)
				argo(&s, a)
				g := shop.SyncTier{Tier: "tier-0", Began: noon, NoWait: is(0), Grace: grace}
				if is(2) {
					g.Began = noon.Add(-48 * time.Hour)
				}
				m, _, err := f.play(g, s)
				if ends(t, g, s, err) {
					return
				}
				if !g.NoWait && len(up.ShopSets) > 0 && m.Tiers[0].Ready() == 0 {
					t.Fatalf("%+v\nfrom %s\nended with %+v", g, brief(s), m.Tiers[0].ShopSets)
				}
				if !g.NoWait && len(m.Tiers[0].RoutesBehind) > 0 {
					t.Fatalf("%+v\nfrom %s\nleft the routes waiting", g, brief(s))
				}
			})
		}
	}
	f.print(t, "sync")
}

// What a hop that died has left of a new tier's branches.
func TestAddTier(t *testing.T) {
	var f figures
	for _, tip := range []shop.Release{{}, {App: "a1"}, rel(1), {Configuration: "c1"}} {
		each(3, func(is func(int) bool) {
			s := stateOf(tierAt(0, rel(2), rel(2), rel(1)), tierAt(1, rel(1), rel(1), rel(0)))
			if is(0) {
				argo(&s, shop.ArgoCD{None: true})
			}
			if tip != (shop.Release{}) {
				s.Tiers = append(s.Tiers, shop.TierState{Spec: shop.TierSpec{Name: "tier-2"}, App: tip.App, Configuration: tip.Configuration})
			}
			if is(1) {
				s.Tiers[1].Edited = true
			}
			if is(2) {
				s.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(1)}
			}
			g := shop.AddTier{Tier: "tier-2", Spec: shop.TierSpec{Protection: "name"}}
			m, _, err := f.play(g, s)
			if ends(t, g, s, err) {
				return
			}
			if len(m.Tiers) != 3 || m.Tiers[2].Runs != rel(1) || m.Tiers[2].System == "" {
				t.Fatalf("from %s\nended with %+v", brief(s), m.Tiers)
			}
		})
	}
	f.print(t, "addtier")
}

func isAwaitRead(op plan.Op) bool { _, is := op.(plan.AwaitRead); return is }

// read reports whether Argo CD has looked at what the tier carries.
func read(t shop.TierState) bool {
	return !slices.ContainsFunc(t.ShopSets, func(s shop.ShopSetState) bool { return !s.Current })
}

func TestAwait(t *testing.T) {
	var f figures
	for _, runs := range []shop.Release{rel(0), rel(1), rel(2)} {
		for above := range conditions {
			for _, want := range []shop.Condition{shop.ForRelease, shop.ForSynced, shop.ForHealthy, shop.ForOpen} {
				for _, a := range argocds() {
					each(2, func(is func(int) bool) {
						b := tierAt(0, rel(1), rel(2), rel(0))
						above.set(&b)
						up := tierAt(1, runs, rel(2), rel(0))
						above.set(&up)
						s := stateOf(b, up)
						argo(&s, a)
						if is(1) {
							s.Tiers[1].Spec.Sync = "manual"
						}
						g := shop.Await{Tier: "tier-1", For: want, Release: rel(1), Exact: is(0), Grace: grace}
						if want == shop.ForRelease && (runs == rel(0) || g.Exact && runs == rel(2)) {
							return // somebody else would have to promote
						}
						if above == none && (want == shop.ForSynced || want == shop.ForHealthy || want == shop.ForOpen && !a.None) {
							return // nothing runs there: it is unknown until somebody adds a ShopSet
						}
						m, shown, err := f.play(g, s)
						if slices.ContainsFunc(shown, func(op plan.Op) bool { _, hint := op.(plan.Refresh); return !hint && !plan.Waits(op) }) {
							t.Fatalf("%+v would do %v", g, effects(shown))
						}
						if hint := plan.Op(plan.Refresh{Tier: "tier-1"}); want != shop.ForOpen && slices.ContainsFunc(shown, isAwaitRead) && !slices.Contains(shown, hint) && !read(s.Tiers[1]) {
							t.Fatalf("%+v\nfrom %s\nwaits for Argo CD to read without asking it: %v", g, brief(s), shown)
						}
						if ends(t, g, s, err) {
							return
						}
						if up := m.Tiers[1]; want == shop.ForHealthy && up.HealthySince().IsZero() || want == shop.ForSynced && up.Sync() != shop.Synced {
							t.Fatalf("%+v\nfrom %s\nended with %+v", g, brief(s), up.ShopSets)
						}
					})
				}
			}
		}
	}
	f.print(t, "await")
}
