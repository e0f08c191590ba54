package tui

import (
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// Words of states with their symbols: the same as those of `status`.

func (m *Model) healthMark(h shop.Health, percent int) string {
	return m.page.Mark(show.OfHealth(h), m.text.Look.HealthWord(h, percent))
}

func (m *Model) syncMark(s shop.Sync) string {
	return m.page.Mark(show.OfSync(s), m.text.Look.SyncWord(s))
}

// setSymbol is a ShopSet in one symbol: good only when it runs exactly what its
// tier carries, healthy.
func setSymbol(s ShopSet) show.Symbol {
	switch {
	case s.Live:
		return show.Good
	case s.Refused:
		return show.Bad
	case s.Health == shop.Healthy:
		return show.Busy
	}
	return show.OfHealth(s.Health)
}

// shopSymbols are the symbols of a shop's states.
var shopSymbols = map[string]show.Symbol{
	"open": show.Good, "moving": show.Busy, "maintenance": show.Held, "overdue": show.Bad, "degraded": show.Warn, "refused": show.Bad,
}

func shopSymbol(state string) show.Symbol {
	if s, known := shopSymbols[state]; known {
		return s
	}
	return show.Unknown
}

func (m *Model) shopMark(state string) string {
	return m.page.Mark(shopSymbol(state), m.text.BoardPages.ShopState(state))
}

func (m *Model) note(n Note) string { return m.page.Mark(n.Mark, n.Text) }

// percent of a rollout; -1: there is nothing to count.
func percent(ready, of int) int {
	if of == 0 {
		return -1
	}
	return ready * 100 / of
}

// rolls reports whether the tier is on its way to its release. A healthy one that is
// behind is not: its ShopSets have refused it, or were changed by hand, or wait for
// a person.
func (t Tier) rolls() bool { return t.Health == shop.Progressing }
