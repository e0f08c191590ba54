package plan_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

var bunko = shop.Subject{Kind: shop.KindShop, Name: "bunko"}

func shutFor(d time.Duration) shop.Maintenance {
	return shop.Maintenance{Until: noon.Add(d), Message: "stock", Drain: shop.Duration(30 * time.Second)}
}

// fronts are all that may be seen of the routes and of the address.
func fronts() (all []shop.Front) {
	f := shop.Front{ShopSet: "s-101", Tier: "tier-1", Host: "bunko.example", AppliedAt: noon.Add(-time.Minute)}
	waits, failed := f, f
	waits.Waits, failed.Failure = true, "no right to create HTTPRoutes"
	all = append(all, f, waits, failed)
	f.Applied = true
	for _, a := range []shop.Answer{{}, {Asked: true, Status: 200}, {Asked: true, Status: 503}, {Asked: true, Status: 200, LetIn: true}, {Asked: true, Failure: "timeout"}} {
		f.Answer = a
		all = append(all, f)
	}
	young := f
	young.AppliedAt, young.Answer = noon.Add(-10*time.Second), shop.Answer{Asked: true, Status: 503}
	return append(all, young)
}

// scenes are states in which a shop of tier-1 may be closed or opened. Each call
// gets a state of its own.
func scenes(f func(s shop.State)) {
	same, other := shutFor(time.Hour), shutFor(2*time.Hour)
	same.By, same.At = "mika", noon.Add(-time.Minute)
	for _, standing := range []*shop.Maintenance{nil, &same, &other} {
		for _, front := range fronts() {
			for _, pin := range pins {
				each(6, func(is func(int) bool) {
					one := tierAt(1, rel(1), rel(1), rel(0))
					one.Spec.Pin, one.Stale, one.Edited, one.Mine = pin, is(0), is(1), is(2)
					if is(3) {
						one.Spec.Sync = "manual"
					}
					s := stateOf(tierAt(0, rel(1), rel(1)), one)
					s.Scene = shop.Scene{Found: true, Maintenance: standing, Tiers: []shop.Tier{"tier-1"}, ShopSets: []shop.ShopSetID{"s-101"}, Fronts: []shop.Front{front}}
					if is(4) {
						s.Scene.Others = []shop.Closed{{Subject: shop.Subject{Kind: shop.KindTier, Name: "tier-1"}, Maintenance: other}}
					}
					if is(5) {
						s.ArgoCD.Silent, s.Scene.Fronts = "timeout", nil
					}
					f(s)
					if !is(5) {
						s.ArgoCD.None, s.Scene.Fronts = true, nil
						f(s)
					}
				})
			}
		}
	}
}

// The rules of closing and opening, in every state: who may not, what is written,
// what is waited for, and when it is reached.
func TestCloseAndOpen(t *testing.T) {
	states, reached := 0, 0
	scenes(func(have shop.State) {
		for _, noWait := range []bool{false, true} {
			for _, g := range []shop.Goal{
				shop.Close{Subject: bunko, Maintenance: shutFor(time.Hour), NoWait: noWait}, shop.Open{Subject: bunko, NoWait: noWait},
			} {
				states++
				if held := judge(t, have, g, noWait); held {
					reached++
				}
			}
		}
	})
	t.Logf("figure states=%d reached=%d", states, reached)
	if reached == 0 || reached == states {
		t.Errorf("%d of %d states have reached it", reached, states)
	}
}

func judge(t *testing.T, have shop.State, g shop.Goal, noWait bool) (reached bool) {
	t.Helper()
	closing, closes := g.(shop.Close)
	m := have.Scene.Maintenance
	so := m == nil
	if closes {
		so = m != nil && m.Until.Equal(closing.Maintenance.Until)
	}
	tier := have.Tiers[1]
	ops, err := plan.For(g, have)
	say := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("%T, so %v, front %+v, none %v, silent %q: %s\n%v %v", g, so, have.Scene.Fronts, have.ArgoCD.None, have.ArgoCD.Silent, fmt.Sprintf(format, args...), named(ops), err)
	}
	var stop *plan.Stop
	switch {
	case tier.Edited:
		if !errors.As(err, &stop) || stop.Why != plan.Edited {
			say("a branch that was edited by hand is written over")
		}
		return false
	case !so && tier.Mine:
		if !errors.As(err, &stop) || stop.Why != plan.Superseded {
			say("somebody has changed what this run wrote, and it is written again")
		}
		return false
	}
	failed := so && !tier.Stale && !noWait && !have.ArgoCD.None && len(have.Scene.Fronts) > 0 && have.Scene.Fronts[0].Failure != ""
	if failed {
		if !errors.As(err, &stop) || stop.Why != plan.SyncFailed {
			say("waiting mends nothing here")
		}
		return false
	}
	if err != nil {
		say("it stops")
	}
	w, writes := wrote(ops)
	if writes != (!so || tier.Stale) {
		say("it writes: %v", writes)
	}
	if writes {
		if want := kept(tier); len(w.Tiers) != 1 || w.Tiers[0].Tier != "tier-1" || w.Tiers[0].Release != want || w.Main != have.Main {
			say("it writes %+v", w)
		}
		if !so && (len(w.Edits) != 1 || w.Edits[0].Kind != shop.KindShop || w.Edits[0].Name != "bunko" || w.Edits[0].Field != "maintenance" || (w.Edits[0].Value == nil) == closes) {
			say("it edits %+v", w.Edits)
		}
		if !so && !reflect.DeepEqual(w.Was, asValue(m)) {
			say("it overwrites %+v and says %+v", m, w.Was)
		}
	}
	closedAfter := closes || len(have.Scene.Others) > 0
	shows := have.ArgoCD.Silent == "" && !writes && have.Scene.Shows(closedAfter)
	awaits := slices.ContainsFunc(ops, func(o plan.Op) bool { return o == plan.Op(plan.AwaitFront{Subject: bunko, Closed: closedAfter}) })
	if want := !noWait && !have.ArgoCD.None && !shows; awaits != want {
		say("it waits for customers: %v, not %v", awaits, want)
	}
	drains := slices.ContainsFunc(ops, func(o plan.Op) bool { _, is := o.(plan.AwaitDrain); return is })
	young := !shows || have.Now.Before(have.Scene.AppliedAt().Add(30*time.Second))
	if want := closes && !noWait && !have.ArgoCD.None && young; drains != want {
		say("it lets requests end: %v, not %v", drains, want)
	}
	if (have.ArgoCD.None || noWait) && slices.ContainsFunc(ops, plan.Waits) {
		say("it waits")
	}
	inOrder(ops, say)
	after(have, g, ops, say)
	return len(ops) == 0
}

func kept(t shop.TierState) shop.Release {
	if t.Spec.Pin != nil {
		return t.Spec.Pin.Release
	}
	return t.Runs
}

func asValue(m *shop.Maintenance) any {
	if m == nil {
		return nil
	}
	return *m
}

func named(ops []plan.Op) (words []string) {
	for _, o := range ops {
		words = append(words, o.Wish())
	}
	return words
}

// inOrder: written, told to Argo CD, the hand step, customers, requests.
func inOrder(ops []plan.Op, say func(string, ...any)) {
	rank := func(o plan.Op) int {
		switch o.(type) {
		case plan.WriteSystem:
			return 0
		case plan.Refresh:
			return 1
		case plan.AwaitHand:
			return 2
		case plan.AwaitFront:
			return 3
		}
		return 4
	}
	if !slices.IsSortedFunc(ops, func(a, b plan.Op) int { return rank(a) - rank(b) }) {
		say("out of order")
	}
}

// after: once it is written nothing is written again, whatever Argo CD says, and
// nothing needs a new approval.
func after(have shop.State, g shop.Goal, ops []plan.Op, say func(string, ...any)) {
	if _, writes := wrote(ops); !writes {
		return
	}
	have.Tiers = slices.Clone(have.Tiers)
	have.Tiers[1].Mine, have.Tiers[1].Stale, have.Tiers[1].Runs = true, false, kept(have.Tiers[1])
	have.Scene.Maintenance = nil
	if c, closes := g.(shop.Close); closes {
		m := c.Maintenance
		m.By, m.At = "takuya", noon
		have.Scene.Maintenance = &m
	}
	todo, err := plan.For(g, have)
	if err != nil && len(have.Scene.Fronts) > 0 && have.Scene.Fronts[0].Failure != "" {
		return
	}
	if _, again := wrote(todo); again || err != nil || !plan.Covers(ops, todo) {
		say("then %v %v", named(todo), err)
	}
}

// What is not there is refused by its name.
func TestCloseNothing(t *testing.T) {
	for subject, why := range map[shop.Subject]plan.StopReason{
		{Kind: shop.KindTier, Name: "tier-9"}: plan.UnknownTier, {Kind: shop.KindShopSet, Name: "s-9"}: plan.NoSubject, {Kind: shop.KindShop, Name: "x"}: plan.NoSubject,
	} {
		for _, g := range []shop.Goal{shop.Close{Subject: subject, Maintenance: shutFor(time.Hour)}, shop.Open{Subject: subject}} {
			var stop *plan.Stop
			if _, err := plan.For(g, stateOf(tierAt(0, rel(0), rel(0)))); !errors.As(err, &stop) || stop.Why != why {
				t.Errorf("%v: %v", subject, err)
			}
		}
	}
}

// A reconcile writes the end of what is over, on every branch it concerns, and of
// nothing else: not a moment before, and only where it was asked to look.
func TestReconcileOpensWhatIsOver(t *testing.T) {
	for _, ends := range []time.Duration{-time.Hour, -1, 0, 1, time.Hour} {
		for _, wanted := range [][]shop.Tier{nil, {"tier-0"}, {"tier-1"}, {"tier-2"}} {
			have := stateOf(tierAt(0, rel(0), rel(0)), tierAt(1, rel(0), rel(0)), tierAt(2, rel(0), rel(0)))
			have.Closed = []shop.Closed{
				{Subject: bunko, Tiers: []shop.Tier{"tier-1", "tier-2"}, Maintenance: shutFor(ends)},
				{Subject: shop.Subject{Kind: shop.KindTier, Name: "tier-1"}, Tiers: []shop.Tier{"tier-1"}, Maintenance: shutFor(time.Minute)},
			}
			ops, err := plan.For(shop.Reconcile{Tiers: wanted}, have)
			if err != nil {
				t.Fatal(err)
			}
			w, writes := wrote(ops)
			over := ends <= 0 && (len(wanted) == 0 || wanted[0] != "tier-0")
			if writes != over {
				t.Fatalf("ends in %s, tiers %v: writes %v", ends, wanted, writes)
			}
			if !over {
				continue
			}
			if len(w.Edits) != 1 || w.Edits[0].Name != "bunko" || w.Edits[0].Field != "maintenance" || w.Edits[0].Value != nil || !slices.Equal(concerned(ops), []shop.Tier{"tier-1", "tier-2"}) {
				t.Errorf("tiers %v: %+v on %v", wanted, w.Edits, concerned(ops))
			}
			if w.Title != "open shop bunko: maintenance over" {
				t.Errorf("title %q", w.Title)
			}
			have.Closed = have.Closed[1:]
			if again, err := plan.For(shop.Reconcile{Tiers: wanted}, have); err != nil || len(again) > 0 {
				t.Errorf("a second run: %v %v", named(again), err)
			}
		}
	}
}

// A shop that was closed by this run, moved to another tier and closed anew by
// somebody else since: the run has taken its effect, and does not overrun theirs.
func TestCloseSuperseded(t *testing.T) {
	theirs := shutFor(2 * time.Hour)
	left, new := tierAt(0, rel(1), rel(1)), tierAt(1, rel(1), rel(1), rel(0))
	left.Mine = true
	have := stateOf(left, new)
	have.Scene = shop.Scene{Found: true, Maintenance: &theirs, Tiers: []shop.Tier{"tier-1"}, ShopSets: []shop.ShopSetID{"s-101"}}
	ops, err := plan.For(shop.Close{Subject: bunko, Maintenance: shutFor(time.Hour)}, have)
	var stop *plan.Stop
	if len(ops) > 0 || !errors.As(err, &stop) || stop.Why != plan.Superseded {
		t.Errorf("%v, %v", ops, err)
	}
}
