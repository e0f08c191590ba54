package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/shopctl/shopctl/internal/shop"
)

const home = shop.Tier("tier-1")

// fleet makes rooms s-0, s-1 … from domain, held weight and capacity.
func fleet(rooms ...shop.Room) shop.Fleet {
	f := shop.Fleet{ShopSets: map[shop.ShopSetID]shop.Room{}}
	for i, r := range rooms {
		r.Name = shop.ShopSetID(fmt.Sprintf("s-%d", i))
		if r.Tier == "" {
			r.Tier = home
		}
		if r.ShopSet.Cluster == "" {
			r.ShopSet.Cluster = "k"
		}
		if r.Health == "" {
			r.Health = shop.Healthy
		}
		f.ShopSets[r.Name] = r
	}
	return f
}

func room(domain string, weight, holds int) shop.Room {
	return shop.Room{Domain: domain, Weight: weight, Holds: holds, Routes: weight}
}

var one = shop.Plan{Weight: 1}

func TestPlacement(t *testing.T) {
	with := func(r shop.Room, change func(*shop.Room)) shop.Room { change(&r); return r }
	for _, c := range []struct {
		name string
		f    shop.Fleet
		plan shop.Plan
		want shop.ShopSetID
	}{
		{"least filled", fleet(room("a", 5, 10), room("a", 4, 10)), one, "s-1"},
		{"least filled by part, not by number", fleet(room("a", 5, 100), room("a", 4, 10)), one, "s-0"},
		{"the first by name of equals", fleet(room("a", 4, 10), room("a", 4, 10)), one, "s-0"},
		{"the emptier domain, though its ShopSet is fuller", fleet(room("a", 9, 10), room("a", 2, 10), room("b", 3, 10)), one, "s-2"},
		{"not over its weight", fleet(room("a", 8, 10), room("a", 90, 100)), shop.Plan{Weight: 3}, "s-1"},
		{"exactly full", fleet(room("a", 7, 10)), shop.Plan{Weight: 3}, "s-0"},
		{"full", fleet(room("a", 8, 10)), shop.Plan{Weight: 3}, ""},
		{"its connections are up", fleet(with(room("a", 1, 10), func(r *shop.Room) { r.Uses, r.Has = 9, 10 })), shop.Plan{Weight: 1, DBConnections: 2}, ""},
		{"its connections are just enough", fleet(with(room("a", 1, 10), func(r *shop.Room) { r.Uses, r.Has = 8, 10 })), shop.Plan{Weight: 1, DBConnections: 2}, "s-0"},
		{"connections decide where they are scarcer", fleet(with(room("a", 1, 10), func(r *shop.Room) { r.Uses, r.Has = 8, 10 }), room("a", 5, 10)), shop.Plan{Weight: 1, DBConnections: 1}, "s-1"},
		{"too many routes", fleet(with(room("a", 1, 9999), func(r *shop.Room) { r.Routes = shop.MaxRoutes })), one, ""},
		{"draining", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Draining = true }), room("a", 5, 10)), one, "s-1"},
		{"closed", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Maintenance = &shop.Maintenance{} }), room("a", 5, 10)), one, "s-1"},
		{"degraded", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Health = shop.Degraded }), room("a", 5, 10)), one, "s-1"},
		{"missing", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Health = shop.Missing })), one, ""},
		{"unknown is not as good as healthy", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Health = shop.UnknownHealth }), room("a", 5, 10)), one, "s-1"},
		{"unknown everywhere", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Health = shop.UnknownHealth })), one, "s-0"},
		{"rolling out is well", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Health = shop.Progressing }), room("a", 5, 10)), one, "s-0"},
		{"another tier", fleet(with(room("a", 0, 10), func(r *shop.Room) { r.Tier = "tier-2" })), one, ""},
		{"nothing", fleet(), one, ""},
	} {
		p := NewPlacement(c.f, Barred)
		why := p.Why(home, c.plan)
		got, ok := p.Put(home, c.plan)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if ok && (why[0].ShopSet != got || why[0].Verdict != Chosen) {
			t.Errorf("%s: the table says %+v", c.name, why[0])
		}
		for _, row := range why {
			if !ok && row.Verdict.Takes() {
				t.Errorf("%s: the table says that %s takes it", c.name, row.ShopSet)
			}
		}
	}
}

// Somebody's choice is kept out by room and by draining alone.
func TestPutIn(t *testing.T) {
	degraded, drained := room("a", 0, 10), room("a", 0, 10)
	degraded.Health, drained.Draining = shop.Degraded, true
	p := NewPlacement(fleet(degraded, drained, room("a", 10, 10)), Barred)
	for set, want := range map[shop.ShopSetID]Verdict{"s-0": "", "s-1": IsDraining, "s-2": NoRoom} {
		if got := p.PutIn(set, one); got != want {
			t.Errorf("%s: %q, want %q", set, got, want)
		}
	}
}

// Every small fleet, every number of equal shops: as many find a place as can,
// none above its capacity, and neither the fullest failure domain nor, within
// one, the fullest ShopSet could be emptier.
func TestPlacementAgainstBruteForce(t *testing.T) {
	cases, placed := 0, 0
	for _, domains := range [][]string{{"a", "a", "b"}, {"a", "b", "c"}, {"a", "a", "a"}, {"a", "b", "b"}} {
		for load := range 3 * 3 * 3 * 3 * 3 * 3 {
			var rooms []shop.Room
			n := load
			for i := range 3 {
				holds := 1 + n%3
				weight := min(n/3%3, holds)
				n /= 9
				r := room(domains[i], weight, holds)
				r.Uses, r.Has = weight, []int{0, 3, 2}[(load+i)%3]
				r.Uses = min(r.Uses, max(r.Has, r.Uses*btoi(r.Has == 0)))
				rooms = append(rooms, r)
			}
			for shops := 1; shops <= 4; shops++ {
				cases++
				placed += againstBruteForce(t, fleet(rooms...), shop.Plan{Weight: 1, DBConnections: 1}, shops)
			}
		}
	}
	t.Logf("figure placement cases=%d placed=%d", cases, placed)
}

func againstBruteForce(t *testing.T, f shop.Fleet, plan shop.Plan, shops int) (placed int) {
	t.Helper()
	p := NewPlacement(f, Barred)
	counts := make([]int, len(f.ShopSets))
	for range shops {
		set, ok := p.Put(home, plan)
		if !ok {
			break
		}
		placed++
		counts[int(set[2]-'0')]++
	}
	most, best := 0, fill{}
	var bestIn map[string]fill // fullest ShopSet of a domain with as many shops as we gave it
	ours := perDomain(f, counts)
	each(counts, shops, func(other []int) {
		if !allowed(f, plan, other) {
			return
		}
		n, top := sum(other), fullest(f, plan, other)
		switch {
		case n > most:
			most, best, bestIn = n, top, nil
		case n == most && compareFill(top, best) < 0:
			best = top
		}
		if n == most {
			for name, count := range perDomain(f, other) {
				if count == ours[name] {
					bestIn = lower(bestIn, name, fullestIn(f, plan, other, name))
				}
			}
		}
	})
	if !allowed(f, plan, counts) || placed != most {
		t.Fatalf("%+v: placed %d of %d as %v, %d could", f.ShopSets, placed, shops, counts, most)
	}
	if got := fullest(f, plan, counts); compareFill(got, best) > 0 {
		t.Fatalf("%+v: %v fills a domain to %v, %v would do", f.ShopSets, counts, got, best)
	}
	for name, want := range bestIn {
		if got := fullestIn(f, plan, counts, name); compareFill(got, want) > 0 {
			t.Fatalf("%+v: %v fills a ShopSet of %s to %v, %v would do", f.ShopSets, counts, name, got, want)
		}
	}
	return placed
}

func lower(m map[string]fill, name string, f fill) map[string]fill {
	if m == nil {
		m = map[string]fill{}
	}
	if old, has := m[name]; !has || compareFill(f, old) < 0 {
		m[name] = f
	}
	return m
}

// each goes through all ways to give at most n shops to the ShopSets.
func each(like []int, n int, visit func([]int)) {
	counts := make([]int, len(like))
	var next func(i, left int)
	next = func(i, left int) {
		if i == len(counts) {
			visit(counts)
			return
		}
		for counts[i] = 0; counts[i] <= left; counts[i]++ {
			next(i+1, left-counts[i])
		}
		counts[i] = 0
	}
	next(0, n)
}

func roomAt(f shop.Fleet, i int) shop.Room { return f.ShopSets[shop.ShopSetID(fmt.Sprintf("s-%d", i))] }

func allowed(f shop.Fleet, plan shop.Plan, counts []int) bool {
	for i, n := range counts {
		r := roomAt(f, i)
		if n > 0 && (r.Weight+n*plan.Weight > r.Holds || r.Has > 0 && r.Uses+n*plan.DBConnections > r.Has) {
			return false
		}
	}
	return true
}

func sum(counts []int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

func perDomain(f shop.Fleet, counts []int) map[string]int {
	m := map[string]int{}
	for i, n := range counts {
		m[roomAt(f, i).Domain] += n
	}
	return m
}

// fullest is the fill of the fullest domain that got a shop.
func fullest(f shop.Fleet, plan shop.Plan, counts []int) (top fill) {
	top.of = 1
	for name, n := range perDomain(f, counts) {
		if n == 0 {
			continue
		}
		var x fill
		for i, c := range counts {
			if r := roomAt(f, i); r.Domain == name {
				x.part, x.of = x.part+r.Weight+c*plan.Weight, x.of+r.Holds
			}
		}
		if compareFill(x, top) > 0 {
			top = x
		}
	}
	return top
}

func fullestIn(f shop.Fleet, plan shop.Plan, counts []int, domain string) (top fill) {
	top.of = 1
	for i, n := range counts {
		r := roomAt(f, i)
		if r.Domain != domain || n == 0 {
			continue
		}
		if x := filled(r.Weight+n*plan.Weight, r.Holds, r.Uses+n*plan.DBConnections, r.Has); compareFill(x, top) > 0 {
			top = x
		}
	}
	return top
}

// The same shops come to the same places, whatever the order of the map.
func TestPlacementIsTheSame(t *testing.T) {
	var first []shop.ShopSetID
	for range 5 {
		p := NewPlacement(large(40), Barred)
		var sets []shop.ShopSetID
		for range 300 {
			set, ok := p.Put(home, one)
			if !ok {
				t.Fatal("full")
			}
			sets = append(sets, set)
		}
		if first == nil {
			first = sets
		}
		if !slices.Equal(first, sets) {
			t.Fatal("the second placement differs from the first")
		}
	}
}

func large(sets int) shop.Fleet {
	f := shop.Fleet{ShopSets: map[shop.ShopSetID]shop.Room{}}
	for i := range sets {
		r := room([]string{"a", "b", "c"}[i%3], i%90, 150)
		r.Name, r.Tier, r.Health = shop.ShopSetID(fmt.Sprintf("s-%04d", i)), home, shop.Healthy
		r.Uses, r.Has = i%50, 400
		f.ShopSets[r.Name] = r
	}
	return f
}

// 4,000 shops into 1,000 ShopSets: at most 50 ms.
func BenchmarkPlace(b *testing.B) {
	f := large(1000)
	for b.Loop() {
		p := NewPlacement(f, Barred)
		for range 4000 {
			if _, ok := p.Put(home, shop.Plan{Weight: 1, DBConnections: 1}); !ok {
				b.Fatal("full")
			}
		}
	}
}
