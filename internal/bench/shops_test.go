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
	manyShops     = 1000
	manySentLimit = 2 << 20 // bytes
	manyCPULimit  = 1500 * time.Millisecond
	searchRuns    = 8
	searchLimit   = 100 * time.Millisecond
	searchPart    = 0.5 // of what git grep takes in a bare clone
)

// A thousand shops are added to 100,000 with one push.
func BenchmarkAddManyShops(b *testing.B) {
	p := open(b, largeSize)
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
	one := func() cost {
		n++
		p.back()
		name := fmt.Sprintf("single-%d", n)
		return p.shopctl("shop", "add", name, "--host", name+".example", "--no-wait")
	}
	a, s, made := pairs(3, add, one)
	figure("add-many-shops", "shops", largeSize, "added", manyShops, "cpu", a.cpu, "wall", a.wall, "one-cpu", s.cpu, "against-the-loop", float64(manyShops)*ratio(s.cpu, a.cpu),
		"sent-bytes", most.sent, "requests", most.requests, "pairs", made)
	atMost(b, "add many shops: bytes sent", most.sent, manySentLimit)
	atMost(b, "add many shops: CPU", a.cpu, manyCPULimit)
	if gain := float64(manyShops) * ratio(s.cpu, a.cpu); gain < 100 {
		b.Errorf("adding %d shops at once is worth %.0f times the loop, less than 100", manyShops, gain)
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
