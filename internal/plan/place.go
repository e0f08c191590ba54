package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopctl/shopctl/internal/shop"
)

// A Place is one ShopSet as the placement of a shop judges it: a row of the
// table that tells why.
type Place struct {
	ShopSet shop.ShopSetID
	Tier    shop.Tier
	Domain  string
	Cluster string
	Weight  int // without the shop
	Holds   int
	Uses    int
	Has     int // 0: connections are not counted
	Routes  int
	Health  shop.Health
	Verdict Verdict
}

// Verdict is why a ShopSet takes a shop, or does not.
type Verdict string

// The verdicts.
const (
	Chosen       Verdict = "chosen"
	Fuller       Verdict = "fuller"      // it could, another is emptier
	OtherDomain  Verdict = "domain"      // it could, another failure domain is emptier
	Doubtful     Verdict = "unknown"     // it could, nobody can tell whether it is healthy
	NoRoom       Verdict = "full"        // the weight of its shops
	NoConnection Verdict = "connections" // their database connections
	NoRoute      Verdict = "routes"      // their number
	IsDraining   Verdict = "draining"
	IsBroken     Verdict = "unhealthy"
	IsClosed     Verdict = "maintenance"
	IsElsewhere  Verdict = "elsewhere" // another cluster, or the one that is left
)

// Takes reports whether a ShopSet of that verdict could take the shop.
func (v Verdict) Takes() bool {
	switch v {
	case Chosen, Fuller, OtherDomain, Doubtful:
		return true
	}
	return false
}

// connectionsWarned is the part of its connections, in percent, above which a
// ShopSet is spoken of.
const connectionsWarned = 80

// ScarceConnections reports whether a ShopSet uses so many of its database
// connections that people should know.
func ScarceConnections(uses, has int) bool { return has > 0 && uses*100 >= has*connectionsWarned }

// Placement places shops one after the other: each where its failure domain,
// and within it its ShopSet, is filled least when the shop is there. The same
// shops in the same order always go to the same places.
type Placement struct {
	domains map[shop.Tier][]*domain
	sets    map[shop.ShopSetID]*Place
}

// domain are the ShopSets of a tier that fail together, by name.
type domain struct {
	name          string
	sets          []*Place
	weight, holds int                  // of those that take shops at all
	known         map[shop.Plan]*Place // the best for a plan, until a shop comes
}

// NewPlacement begins with what is there. bars tells why a ShopSet takes no
// shop whatever its room; empty: it takes some.
func NewPlacement(f shop.Fleet, bars func(shop.Room) Verdict) *Placement {
	p := &Placement{domains: map[shop.Tier][]*domain{}, sets: map[shop.ShopSetID]*Place{}}
	for _, name := range slices.Sorted(maps.Keys(f.ShopSets)) {
		r := f.ShopSets[name]
		s := &Place{ShopSet: name, Tier: r.Tier, Domain: r.Domain, Cluster: r.Cluster, Weight: r.Weight, Holds: r.Holds, Uses: r.Uses, Has: r.Has,
			Routes: r.Routes, Health: r.Health, Verdict: bars(r)}
		p.sets[name] = s
		d := p.domainOf(s)
		d.sets = append(d.sets, s)
		if s.Verdict == "" {
			d.weight, d.holds = d.weight+s.Weight, d.holds+s.Holds
		}
	}
	return p
}

func (p *Placement) domainOf(s *Place) *domain {
	all := p.domains[s.Tier]
	i, found := slices.BinarySearchFunc(all, s.Domain, func(d *domain, name string) int { return cmp.Compare(d.name, name) })
	if !found {
		all = slices.Insert(all, i, &domain{name: s.Domain, known: map[shop.Plan]*Place{}})
		p.domains[s.Tier] = all
	}
	return all[i]
}

// Barred is why a ShopSet takes no new shop by itself. A freeze is no reason:
// it keeps releases out, not shops.
func Barred(r shop.Room) Verdict {
	switch {
	case r.Draining:
		return IsDraining
	case r.Maintenance != nil:
		return IsClosed
	case r.Health == shop.Degraded || r.Health == shop.Missing:
		return IsBroken
	}
	return ""
}

// Put places a shop of a plan on a tier; false: no ShopSet takes it.
func (p *Placement) Put(tier shop.Tier, plan shop.Plan) (shop.ShopSetID, bool) {
	s := p.best(tier, plan)
	if s == nil {
		return "", false
	}
	p.take(s, plan)
	return s.ShopSet, true
}

// PutIn places a shop in a ShopSet that somebody chose; the verdict is empty
// when it was taken. Only draining and room keep it out.
func (p *Placement) PutIn(name shop.ShopSetID, plan shop.Plan) Verdict {
	s := p.sets[name]
	if s.Verdict == IsDraining {
		return IsDraining
	}
	if v := s.room(plan); v != "" {
		return v
	}
	p.take(s, plan)
	return ""
}

func (p *Placement) take(s *Place, plan shop.Plan) {
	s.Weight, s.Uses, s.Routes = s.Weight+plan.Weight, s.Uses+plan.DBConnections, s.Routes+1
	if s.Verdict == "" {
		d := p.domainOf(s)
		d.weight += plan.Weight
		clear(d.known)
	}
}

// room is why a shop of a plan does not fit; empty: it does.
func (s *Place) room(plan shop.Plan) Verdict {
	switch {
	case s.Weight+plan.Weight > s.Holds:
		return NoRoom
	case s.Has > 0 && s.Uses+plan.DBConnections > s.Has:
		return NoConnection
	case s.Routes >= shop.MaxRoutes:
		return NoRoute
	}
	return ""
}

// best is the ShopSet that a shop goes to: known to be well before unknown, the
// emptiest domain, in it the emptiest ShopSet, the first by name.
func (p *Placement) best(tier shop.Tier, plan shop.Plan) *Place {
	var chosen *Place
	var in *domain
	for _, d := range p.domains[tier] {
		s := d.best(plan)
		if s == nil {
			continue
		}
		if chosen == nil || cmp.Or(compareDoubt(s, chosen), compareFill(d.fill(plan), in.fill(plan))) < 0 {
			chosen, in = s, d
		}
	}
	return chosen
}

func (d *domain) best(plan shop.Plan) (chosen *Place) {
	if s, known := d.known[plan]; known {
		return s
	}
	defer func() { d.known[plan] = chosen }()
	for _, s := range d.sets {
		if s.Verdict != "" || s.room(plan) != "" {
			continue
		}
		if chosen == nil || cmp.Or(compareDoubt(s, chosen), compareFill(s.fill(plan), chosen.fill(plan))) < 0 {
			chosen = s
		}
	}
	return chosen
}

func compareDoubt(a, b *Place) int { return cmp.Compare(doubt(a), doubt(b)) }

func doubt(s *Place) int {
	if s.Health == shop.Healthy || s.Health == shop.Progressing {
		return 0
	}
	return 1
}

// fill is a part, in whole numbers so that it is the same everywhere. That of a
// ShopSet is of its weight or of its connections, whichever is scarcer; that of
// a domain is of its weight.
type fill struct{ part, of int }

func filled(weight, holds, uses, has int) fill {
	f := fill{weight, holds}
	if has > 0 && compareFill(fill{uses, has}, f) > 0 {
		return fill{uses, has}
	}
	return f
}

func compareFill(a, b fill) int { return cmp.Compare(a.part*b.of, b.part*a.of) }

func (s *Place) fill(plan shop.Plan) fill {
	return filled(s.Weight+plan.Weight, s.Holds, s.Uses+plan.DBConnections, s.Has)
}

func (d *domain) fill(plan shop.Plan) fill {
	return fill{d.weight + plan.Weight, d.holds}
}

// Why is the table behind Put: every ShopSet of the tier with its verdict, the
// chosen one first, then those that could.
func (p *Placement) Why(tier shop.Tier, plan shop.Plan) []Place {
	best := p.best(tier, plan)
	var rows []Place
	for _, d := range p.domains[tier] {
		for _, s := range d.sets {
			row := *s
			switch {
			case s == best:
				row.Verdict = Chosen
			case s.Verdict != "":
			case s.room(plan) != "":
				row.Verdict = s.room(plan)
			case compareDoubt(s, best) > 0:
				row.Verdict = Doubtful
			case s.Domain != best.Domain:
				row.Verdict = OtherDomain
			default:
				row.Verdict = Fuller
			}
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b Place) int {
		return cmp.Or(cmp.Compare(rank(a.Verdict), rank(b.Verdict)), compareFill(a.fill(plan), b.fill(plan)), cmp.Compare(a.ShopSet, b.ShopSet))
	})
	return rows
}

func rank(v Verdict) int {
	order := []Verdict{Chosen, Fuller, OtherDomain, Doubtful}
	if i := slices.Index(order, v); i >= 0 {
		return i
	}
	return len(order)
}
