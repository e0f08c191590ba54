package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// status is one look: the facts, and what is to be seen of them.
type status struct {
	have  shop.State
	of    target
	value statusResult
	// waits are the commits in front of each tier.
	waits map[shop.Tier][]change
}

func look(ctx context.Context, c *Call, w World, wanted string) (status, error) {
	have, err := w.Observe(ctx, shop.Look{Closed: true})
	if err != nil {
		return status{have: have}, err
	}
	return judged(c, w, have, wanted)
}

// judged is what a state says of what is wanted of it.
func judged(c *Call, w World, have shop.State, wanted string) (s status, err error) {
	s.have = have
	if wanted != "" {
		if s.of, err = findTarget(c, w, have, wanted); err != nil {
			return s, err
		}
	}
	s.value = statusResult{
		System: c.system.Name, App: c.system.AppName(), ObservedAt: show.Stamp(have.Now),
		Stale: have.ArgoCD.Silent != "", ArgoCD: argoText(have.ArgoCD), Problems: []problemJSON{},
	}
	for _, t := range have.Tiers {
		if s.of.Tier != "" && t.Spec.Name != s.of.Tier {
			continue
		}
		one, err := s.tier(w, t)
		if err != nil {
			return s, err
		}
		s.value.Tiers = append(s.value.Tiers, one)
		s.problems(t)
	}
	if s.of.Shop != "" {
		if err := s.shop(w); err != nil {
			return s, err
		}
	}
	s.value.Next = s.next()
	return s, nil
}

func argoText(a shop.ArgoCD) string {
	switch {
	case a.None:
		return "none"
	case a.Silent != "":
		return a.Silent
	}
	return "ok"
}

func (s *status) tier(w World, t shop.TierState) (tierStatus, error) {
	changes, err := waiting(w, s.have, t.Spec.Name)
	if s.waits == nil {
		s.waits = map[shop.Tier][]change{}
	}
	s.waits[t.Spec.Name] = changes
	one := tierStatus{
		Name: t.Spec.Name, Release: releaseOf(t.Runs, t.Number), Since: show.Stamp(t.BroughtAt),
		Health: tierHealth(t), Sync: t.Sync(), Progress: progressJSON{t.Ready(), len(t.ShopSets)}, Shops: t.Shops,
		Waiting: waitingJSON{Commits: len(changes), OldestSeconds: int64(oldest(s.have.Now, changes) / time.Second)},
		Frozen:  freezeOf(t.Spec, s.have.Now), Pinned: pinOf(s.have, t), Closed: closedOf(t.Spec.Maintenance, s.have.Now),
		ClosedInside: len(closedInside(s.have, t.Spec.Name)),
	}
	if s.of.Tier == "" {
		return one, err
	}
	for _, set := range t.ShopSets {
		if s.of.ShopSet != "" && set.Name != s.of.ShopSet {
			continue
		}
		one.ShopSets = append(one.ShopSets, shopSetStatus{
			Name: set.Name, Health: setHealth(set), Sync: setSync(set), Live: set.Live(), Shops: set.Shops,
			Since: show.Stamp(set.Since), Revision: set.Revision, Message: trouble(set),
		})
	}
	return one, err
}

// setSync is OutOfSync also for what is synced at another release.
func setSync(s shop.ShopSetState) shop.Sync {
	if s.Sync == shop.Synced && s.Revision != "" && !s.Current {
		return shop.OutOfSync
	}
	return s.Sync
}

func (s *status) shop(w World) error {
	one, _, err := w.Shop(s.of.Shop)
	s.value.Shop = &shopStatus{Name: one.Name, ShopSet: one.ShopSet, Hosts: one.Hosts, Closed: closedBy(s.have, s.of)}
	return err
}

func oldest(now time.Time, changes []change) (age time.Duration) {
	for _, one := range changes {
		age = max(age, now.Sub(one.At))
	}
	return age
}

func closedOf(m *shop.Maintenance, now time.Time) *closedJSON {
	if m == nil {
		return nil
	}
	return &closedJSON{recordOf(m.Record), show.Stamp(m.Until), m.Message, m.Over(now)}
}

// pinOf is the pin of a tier, with the release that would run without it.
func pinOf(have shop.State, t shop.TierState) *pinJSON {
	if t.Spec.Pin == nil {
		return nil
	}
	p := &pinJSON{Release: releaseOf(t.Spec.Pin.Release, numberOf(t, t.Spec.Pin.Release)), recordJSON: recordOf(t.Spec.Pin.Record)}
	if held := heldBack(have, t); held != t.Spec.Pin.Release {
		r := releaseOf(held, numberOf(t, held))
		p.HoldsBack = &r
	}
	return p
}

// heldBack is what a pinned tier would run if nobody held it.
func heldBack(have shop.State, t shop.TierState) shop.Release {
	t.Spec.Pin, t.Spec.Freeze = nil, nil
	without := have
	without.Tiers = append([]shop.TierState(nil), have.Tiers...)
	without.Tiers[t.Spec.Name.Number()] = t
	r, _ := plan.Want(without, t.Spec.Name)
	return r
}

// trouble is what a ShopSet says of itself when it is not well.
func trouble(s shop.ShopSetState) string {
	if s.Failure != "" {
		return s.Failure
	}
	return s.Message
}

// problem is what is wrong with a ShopSet; empty: nothing.
func problem(s shop.ShopSetState) string {
	text := trouble(s)
	switch {
	case s.Live():
		return ""
	case text == "" && unhealthy(s):
		return string(s.Health)
	}
	return text
}

func (s *status) problems(t shop.TierState) {
	for _, set := range t.ShopSets {
		if s.of.ShopSet != "" && set.Name != s.of.ShopSet {
			continue
		}
		if text := problem(set); text != "" {
			s.value.Problems = append(s.value.Problems, problemJSON{t.Spec.Name, set.Name, text})
		}
	}
}

// next is the line to go on with: the lowest tier for which something waits,
// rather one that may take it.
func (s *status) next() string {
	if s.have.ArgoCD.Silent != "" {
		return "shopctl doctor"
	}
	held := ""
	for _, t := range s.value.Tiers {
		spec, _ := s.have.Tier(t.Name)
		if spec.Spec.Sync == "manual" && t.Sync == shop.OutOfSync {
			return "shopctl sync " + string(t.Name)
		}
		if t.Waiting.Commits == 0 {
			continue
		}
		line := "shopctl diff " + string(t.Name)
		if t.Name.Number() == 0 {
			line = "shopctl reconcile " + string(t.Name)
		}
		if t.Frozen == nil && t.Pinned == nil {
			return line
		}
		if held == "" {
			held = line
		}
	}
	return held
}
