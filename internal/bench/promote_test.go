//go:build unix

package bench

import (
	"fmt"
	"strings"
	"testing"
)

const (
	smallSize, largeSize = 1_000, 100_000
	promotePairs         = 10
	growthLimit          = 1.5 // times the small system
	sentLimit            = int64(10_000)
	roundTripLimit       = 6
	promoteCPULimit      = 0.3 // seconds
)

// One commit that tier-1 runs goes to the top tier, where most of the shops
// are, of a small and of a large system.
func BenchmarkPromote(b *testing.B) {
	small, large := open(b, smallSize), open(b, largeSize)
	most := map[*place]traffic{}
	hop := func(p *place) func() cost {
		p.shopctl("promote", "--to", "tier-2", "--confirm=tier-2", "--accept-risk=irreversible-migration", "-m", "tried") // what waited there before
		p.merge()
		p.shopctl("reconcile", "tier-0", "--yes")
		p.shopctl("promote", "tier-1", "--yes")
		p.keep()
		most[p] = p.wire.during(far, func() { p.shopctl("promote", "tier-2", "--yes") })
		return func() cost {
			p.back()
			var c cost
			t := p.wire.during(0, func() { c = p.shopctl("promote", "tier-2", "--yes") })
			most[p] = most[p].most(t)
			return c
		}
	}
	s, l, made := pairs(promotePairs, hop(small), hop(large))
	for _, x := range []struct {
		p *place
		c cost
	}{{small, s}, {large, l}} {
		name, t := fmt.Sprintf("promote-%d", x.p.shops), most[x.p]
		figure(name, "cpu", x.c.cpu, "wall", x.c.wall,
			"sent-bytes", t.sent, "requests", t.requests, "round-trips", t.sequential, "pushes", t.pushes, "git-processes", 0)
		atMost(b, name+": bytes sent", t.sent, sentLimit)
		if t.sequential > roundTripLimit {
			b.Logf("%s asks: %s", name, strings.Join(t.row, "\n  "))
		}
		atMost(b, name+": sequential round trips", t.sequential, roundTripLimit)
		atMost(b, name+": CPU seconds", x.c.cpu.Seconds(), promoteCPULimit)
	}
	figure("promote-growth", "cpu-ratio", ratio(l.cpu, s.cpu), "wall-ratio", ratio(l.wall, s.wall), "limit", growthLimit, "pairs", made)
	atMost(b, "time at 100,000 shops against 1,000", ratio(l.wall, s.wall), growthLimit)
	atMost(b, "CPU at 100,000 shops against 1,000", ratio(l.cpu, s.cpu), growthLimit)
}
