package tui

import (
	"strconv"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// facts are what shops have from where they live, as of one moment. They never
// change, so that a search may use them while the board goes on.
type facts struct {
	serial int
	now    time.Time
	homes  map[shop.ShopSetID]home
}

// revision tells whether something about shops may be another.
type revision struct{ list, facts int }

func (m *Model) revision() revision { return revision{m.fleet.serial, m.facts().serial} }

// home is what a ShopSet gives to its shops.
type home struct {
	tier    shop.Tier
	number  int
	release string // v128
	gives   shop.ShopState
}

// facts are those of the board that is shown.
func (m *Model) facts() facts {
	if m.factsNow.homes != nil {
		return m.factsNow
	}
	f := factsOf(m.board, m.page.Now)
	f.serial = m.factsNow.serial + 1
	m.factsNow = f
	return f
}

func factsOf(b Board, now time.Time) facts {
	f := facts{now: now, homes: map[shop.ShopSetID]home{}}
	for _, t := range b.Tiers {
		for _, s := range t.ShopSets {
			f.homes[s.Name] = home{tier: t.Name, number: t.Number, release: releaseName(t.Number), gives: s.Gives}
		}
	}
	return f
}

// Current gives a shop of the list as the board has it.
func (b Board) Current() func(Shop) Shop { return factsOf(b, b.At).of }

// newFacts makes them be looked up anew.
func (m *Model) newFacts() { m.factsNow.homes = nil }

// current is a shop as the board has it now.
func (m *Model) current(s Shop) Shop { return m.facts().of(s) }

// of is a shop with the facts in it.
func (f facts) of(s Shop) Shop {
	if h, ok := f.homes[s.ShopSet]; ok && h.gives != "" {
		s.Tier, s.Release, s.State = h.tier, h.number, string(shop.WorseShopState(h.gives, s.Entry.State(f.now)))
	}
	return s
}

// asked are the facts that a filter may ask of a shop.
func (f facts) asked(s *Shop) shop.Facts {
	h, ok := f.homes[s.ShopSet]
	if !ok || h.gives == "" {
		return shop.Facts{Tier: s.Tier, State: s.State, Plan: s.Plan, Release: releaseName(s.Release)}
	}
	return shop.Facts{Tier: h.tier, State: string(shop.WorseShopState(h.gives, s.Entry.State(f.now))), Plan: s.Plan, Release: h.release}
}

// releaseName is how the number of a release is written.
func releaseName(n int) string {
	if n == 0 {
		return "-"
	}
	return "v" + strconv.Itoa(n)
}
