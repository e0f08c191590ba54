package plan_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// hold changes what a person says of a tier or of a release.
func (m *model) hold(e shop.Edit) error {
	switch e.Field {
	case "freeze":
		f, _ := e.Value.(*shop.Freeze)
		if f == nil && m.tier(shop.Tier(e.Name)).Spec.Freeze == nil {
			return fmt.Errorf("there is no freeze to lift")
		}
		m.tier(shop.Tier(e.Name)).Spec.Freeze = f
	case "verified":
		m.tier(shop.Tier(e.Name)).Spec.Verified = e.Value.(*shop.Verified)
	case "rejected":
		if e.Kind != shop.KindPolicy || e.Name != m.Policy.Name {
			return fmt.Errorf("%s %q holds no rejected releases", e.Kind, e.Name)
		}
		m.Policy.Rejected = e.Value.([]shop.Rejected)
	}
	return nil
}

// held are tiers 0 to 2 in every state that an operation on one key of tier-1
// may meet. Each call gets a state of its own.
func held(f func(s shop.State)) {
	for _, pin := range pins {
		for _, freeze := range freezes {
			for _, verified := range verifieds() {
				each(5, func(is func(int) bool) {
					one := tierAt(1, rel(1), rel(1), rel(0))
					if is(0) {
						one = tierAt(1, rel(0), rel(1)) // half-way: the branches are ahead
					}
					one.Spec.Pin, one.Spec.Freeze, one.Spec.Verified = pin, freeze, verified
					if pin != nil {
						one.History = append(one.History, shop.Carried{Release: pin.Release, System: "s9"})
						one.App, one.Configuration = "a2", "c2"
					}
					one.Stale, one.Edited = is(1), is(2)
					s := stateOf(tierAt(0, rel(2), rel(2), rel(1), rel(0)), one, tierAt(2, rel(0), rel(0)))
					s.Tiers[2].Edited = is(3)
					if is(4) {
						s.Tiers = s.Tiers[:2]
					}
					f(s)
				})
			}
		}
	}
}

func verifieds() []*shop.Verified {
	return []*shop.Verified{nil, {Release: rel(1), Result: shop.FoundGood}, {Release: rel(0), Result: shop.FoundBad, Note: "blank page"}}
}

// wrote is the system write of a plan, if there is one.
func wrote(shown []plan.Op) (plan.WriteSystem, bool) {
	for _, op := range shown {
		if w, ok := op.(plan.WriteSystem); ok {
			return w, true
		}
	}
	return plan.WriteSystem{}, false
}

// concerned are the tiers whose branches a plan commits on.
func concerned(shown []plan.Op) (tiers []shop.Tier) {
	w, _ := wrote(shown)
	for _, t := range w.Tiers {
		tiers = append(tiers, t.Tier)
	}
	return tiers
}

// A key is written only where it changes, and then on every branch it concerns,
// with what it overwrites; what the tiers carry stays, a pin aside.
func setsKey(t *testing.T, first shop.State, m *model, shown []plan.Op, was any, concerns ...shop.Tier) {
	t.Helper()
	w, writes := wrote(shown)
	if !writes {
		return
	}
	if len(w.Edits) > 0 && (!reflect.DeepEqual(concerned(shown), concerns) || !reflect.DeepEqual(w.Was, was)) {
		t.Fatalf("from %s\nwrote %v over %v; want %v over %v", brief(first), concerned(shown), w.Was, concerns, was)
	}
	for n, up := range m.Tiers {
		if pin := up.Spec.Pin; up.Runs != first.Tiers[n].Runs && (pin == nil || up.Runs != pin.Release) {
			t.Fatalf("from %s\n%s went to %v", brief(first), up.Spec.Name, up.Runs)
		}
	}
}

func overwritten(f *shop.Freeze) any {
	if f == nil {
		return nil
	}
	return *f
}

func TestFreeze(t *testing.T) {
	var f figures
	for _, until := range []time.Time{{}, noon.Add(time.Hour), noon.Add(2 * time.Hour)} {
		for _, reason := range []string{"", "sale"} {
			held(func(s shop.State) {
				g := shop.FreezeTier{Tier: "tier-1", Until: until, Reason: reason}
				m, shown, err := f.play(g, s)
				if ends(t, g, s, err) {
					return
				}
				got := m.Tiers[1].Spec.Freeze
				if got == nil || !got.Until.Equal(until) || got.Reason != reason || m.Tiers[1].Spec.Frozen(noon) == nil {
					t.Fatalf("%+v\nfrom %s\nended with %+v", g, brief(s), got)
				}
				setsKey(t, s, m, shown, overwritten(s.Tiers[1].Spec.Frozen(noon)), "tier-1")
			})
		}
	}
	f.print(t, "freeze")
}

func TestUnfreeze(t *testing.T) {
	var f figures
	held(func(s shop.State) {
		g := shop.UnfreezeTier{Tier: "tier-1", Reason: "over"}
		m, shown, err := f.play(g, s)
		if ends(t, g, s, err) {
			return
		}
		if m.Tiers[1].Spec.Frozen(noon) != nil {
			t.Fatalf("%+v\nfrom %s\nended with %+v", g, brief(s), m.Tiers[1].Spec.Freeze)
		}
		setsKey(t, s, m, shown, overwritten(s.Tiers[1].Spec.Frozen(noon)), "tier-1")
	})
	f.print(t, "unfreeze")
}

func TestReject(t *testing.T) {
	var f figures
	before := shop.Rejected{Release: rel(2), Record: shop.Record{Reason: "older"}}
	for _, list := range [][]shop.Rejected{nil, {before}, {before, {Release: rel(1), Record: shop.Record{Reason: "slow"}}}, {{Release: rel(1)}, before}} {
		for _, r := range []shop.Release{rel(1), rel(2), mixed(1, 0)} {
			held(func(s shop.State) {
				s.Policy.Rejected = list
				g := shop.Reject{Release: r, Reason: "slow"}
				m, shown, err := f.play(g, s)
				if r == mixed(1, 0) && err == nil {
					t.Fatalf("a release that no tier carried was rejected")
				}
				if ends(t, g, s, err) {
					return
				}
				var was any
				kept := 0
				for _, x := range list {
					if x.Release == r {
						was = x
					} else if _, still := m.Policy.RejectedBy(x.Release); still {
						kept++
					}
				}
				x, rejected := m.Policy.RejectedBy(r)
				if !rejected || x.Reason != "slow" || was == nil && kept != len(list) {
					t.Fatalf("%+v\nfrom %s\nended with %+v", g, brief(s), m.Policy.Rejected)
				}
				concerns := []shop.Tier{"tier-0", "tier-1", "tier-2"}
				setsKey(t, s, m, shown, was, concerns[:len(s.Tiers)]...)
			})
		}
	}
	f.print(t, "reject")
}

func TestVerify(t *testing.T) {
	var f figures
	for _, result := range []string{shop.FoundGood, shop.FoundBad} {
		for _, note := range []string{"", "blank page"} {
			for _, r := range []shop.Release{rel(0), rel(1), rel(2)} {
				held(func(s shop.State) {
					g := shop.Verify{Tier: "tier-1", Release: r, Result: result, Note: note}
					m, shown, err := f.play(g, s)
					if ends(t, g, s, err) {
						return
					}
					got := m.Tiers[1].Spec.Verified
					if got == nil || got.Release != r || got.Result != result || got.Note != note {
						t.Fatalf("%+v\nfrom %s\nended with %+v", g, brief(s), got)
					}
					var was any
					if v := s.Tiers[1].Spec.Verified; v != nil {
						was = *v
					}
					concerns := []shop.Tier{"tier-1", "tier-2"}
					setsKey(t, s, m, shown, was, concerns[:len(s.Tiers)-1]...)
				})
			}
		}
	}
	f.print(t, "verify")
}

// Who wrote a key, and finds that somebody has written it since, does not write
// again: the later wins.
func TestHoldSuperseded(t *testing.T) {
	for _, g := range []shop.Goal{
		shop.FreezeTier{Tier: "tier-1", Reason: "sale"}, shop.UnfreezeTier{Tier: "tier-1"},
		shop.Reject{Release: rel(1), Reason: "slow"}, shop.Verify{Tier: "tier-1", Release: rel(1), Result: shop.FoundBad},
	} {
		s := stateOf(tierAt(0, rel(1), rel(1), rel(0)), tierAt(1, rel(1), rel(1), rel(0)))
		s.Tiers[1].Spec.Freeze = &shop.Freeze{Record: shop.Record{Reason: "another"}}
		s.Tiers[1].Mine = true
		ops, err := plan.For(g, s)
		stop, ok := err.(*plan.Stop)
		if len(ops) > 0 || !ok || stop.Why != plan.Superseded {
			t.Errorf("%T: got %v, %v", g, wishes(ops), err)
		}
	}
}
