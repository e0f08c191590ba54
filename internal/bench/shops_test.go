//go:build unix

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	middleSize    = 10_000
	manyShops     = 1000
	manySentLimit = 2 << 20 // bytes
	manyCPULimit  = 1500 * time.Millisecond
	manyGain      = 100.0 // times the loop
	searchRuns    = 8
	searchLimit   = 100 * time.Millisecond
	searchPart    = 0.5 // of what git grep takes in a bare clone
)

// One shop is added by the command to a small, a middle and a large system: what
// it costs does not grow with the shops that are there.
func BenchmarkAddShopGrowth(b *testing.B) {
	places := []*place{open(b, smallSize), open(b, middleSize), open(b, largeSize)}
	most := map[*place]traffic{}
	n := 0
	add := func(p *place) cost {
		n++
		p.back()
		name := fmt.Sprintf("new-%d", n)
		var c cost
		t := p.wire.during(0, func() { c = p.shopctl("shop", "add", name, "--host", name+".example", "--no-wait") })
		if t.pushes != 1 {
			b.Errorf("add a shop to %d: %d pushes", p.shops, t.pushes)
		}
		most[p] = most[p].most(t)
		return c
	}
	for _, p := range places {
		first := p.shopctl("shop", "add", "warm-up", "--host", "warm-up.example", "--no-wait") // reads every shop, once
		figure(fmt.Sprintf("add-shop-first-%d", p.shops), "cpu", first.cpu, "wall", first.wall)
		p.keep()
	}
	small := places[0]
	for _, p := range places[1:] {
		s, c, made := pairs(addPairs, func() cost { return add(small) }, func() cost { return add(p) })
		name := fmt.Sprintf("add-shop-%d", p.shops)
		figure(name, "cpu", c.cpu, "wall", c.wall, "small-cpu", s.cpu, "small-wall", s.wall, "cpu-ratio", ratio(c.cpu, s.cpu), "wall-ratio", ratio(c.wall, s.wall),
			"limit", growthLimit, "sent-bytes", most[p].sent, "small-sent-bytes", most[small].sent, "requests", most[p].requests, "pairs", made)
		atMost(b, name+": bytes sent", most[p].sent, sentLimit)
		atMost(b, name+": time against 1,000 shops", ratio(c.wall, s.wall), growthLimit)
		atMost(b, name+": CPU against 1,000 shops", ratio(c.cpu, s.cpu), growthLimit)
	}
}

// A thousand shops are added to 100,000 with one push. The loop is a script that
// adds one after the other with git, in work trees that it has seen before.
func BenchmarkAddManyShops(b *testing.B) {
	p := open(b, largeSize)
	trees := newWorkTrees(p)
	p.shopctl("shop", "add", "warm-up", "--host", "warm-up.example", "--no-wait")
	p.keep()
	n := 0
	most := traffic{}
	add := func() cost {
		n++
		p.back()
		var text strings.Builder
		text.WriteString("name,host,plan\n")
		for i := range manyShops {
			fmt.Fprintf(&text, "many-%d-%d,many-%d-%d.example,small\n", n, i, n, i)
		}
		file := filepath.Join(p.home, "shops.csv")
		p.write(file, text.String())
		var c cost
		t := p.wire.during(0, func() { c = p.shopctl("shop", "add", "--from", file, "--no-wait") })
		if t.pushes != 1 {
			b.Errorf("add %d shops: %d pushes", manyShops, t.pushes)
		}
		most = most.most(t)
		return c
	}
	one := func() cost { return trees.add(fmt.Sprintf("single-%d", n)) }
	a, g, made := pairs(3, add, one)
	gain := manyShops * ratio(g.cpu, a.cpu)
	figure("add-many-shops", "shops", largeSize, "added", manyShops, "cpu", a.cpu, "wall", a.wall, "git-one-cpu", g.cpu, "against-the-loop", gain,
		"sent-bytes", most.sent, "requests", most.requests, "pairs", made)
	atMost(b, "add many shops: bytes sent", most.sent, manySentLimit)
	atMost(b, "add many shops: CPU", a.cpu, manyCPULimit)
	if gain < manyGain {
		b.Errorf("adding %d shops at once is worth %.0f times the loop, less than %.0f", manyShops, gain, manyGain)
	}
}

// A shop is found among 100,000 from the cache; git grep looks through the same
// files in a bare clone.
func BenchmarkSearch(b *testing.B) {
	p := open(b, largeSize)
	first := p.shopctl("shop", "search", "momiji")
	ours := func() cost { return p.shopctl("shop", "search", "momiji") }
	theirs := func() cost {
		cmd := exec.Command("git", "--git-dir="+filepath.Join(p.git, "system.git"), "grep", "-l", "momiji", "main", "--", "shops")
		cmd.Env = append(os.Environ(), "HOME="+p.home)
		c, _ := run(b, cmd)
		return c
	}
	a, g, made := pairs(searchRuns, ours, theirs)
	figure("search", "shops", largeSize, "cpu", a.cpu, "wall", a.wall, "git-grep-cpu", g.cpu, "cpu-part-of-git", ratio(a.cpu, g.cpu), "first-cpu", first.cpu, "pairs", made)
	atMost(b, "search: CPU against git grep", ratio(a.cpu, g.cpu), searchPart)
	atMost(b, "search: CPU", a.cpu, searchLimit)
}
