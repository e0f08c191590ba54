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

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

const (
	middleSize    = 10_000
	manyShops     = 1000
	manySentLimit = 2 << 20 // bytes
	manyCPULimit  = 1500 * time.Millisecond
	manyGain      = 100.0 // times the loop
	serverLimit   = 1.25  // times what a push by git takes it
	searchRuns    = 8
	searchLimit   = 100 * time.Millisecond
	searchPart    = 0.5 // of what git grep takes in a bare clone
)

// One shop is added by the command to a small, a middle and a large system: what
// it costs does not grow with the shops that are there. A git server walks the
// trees of all branches before it takes a push, whoever pushes. So its answer to
// the push is measured apart, and is held against its answer when git itself
// pushes the same two files to the same repository.
func BenchmarkAddShopGrowth(b *testing.B) {
	places := []*place{open(b, smallSize), open(b, middleSize), open(b, largeSize)}
	var adders []*adder
	for _, p := range places {
		first := p.shopctl("shop", "add", "warm-up", "--host", "warm-up.example", "--no-wait") // reads every shop, once
		figure(fmt.Sprintf("add-shop-first-%d", p.shops), "cpu", first.cpu, "wall", first.wall)
		p.keep()
		adders = append(adders, newAdder(p))
	}
	for n := range 2*addPairs + 1 {
		for _, a := range adders {
			a.add(n)
		}
	}
	for _, a := range adders {
		a.judge(adders[0])
	}
}

// adder adds shops to a place and notes what each took; the first one only warms up.
type adder struct {
	p      *place
	copy   string // of the repository, from which git pushes
	most   traffic
	all    []cost
	ours   []cost // all but the server's answer to the push
	server []cost // the server's answer
	git    []cost // its answer to git
}

func newAdder(p *place) *adder {
	p.b.Helper()
	a := &adder{p: p, copy: filepath.Join(p.home, "push.git")}
	run(p.b, exec.Command("git", "clone", "-q", "--mirror", filepath.Join(p.git, "system.git"), a.copy))
	return a
}

func (a *adder) add(n int) {
	p := a.p
	p.back()
	name := fmt.Sprintf("new-%d", n)
	var c cost
	t := p.wire.during(0, func() { c = p.shopctl("shop", "add", name, "--host", name+".example", "--no-wait") })
	if t.pushes != 1 {
		p.b.Errorf("add a shop to %d: %d pushes", p.shops, t.pushes)
	}
	p.back()
	git := a.gitPush(name)
	if n == 0 {
		return
	}
	a.most = a.most.most(t)
	a.all, a.ours = append(a.all, c), append(a.ours, cost{cpu: c.cpu, wall: c.wall - t.answering.wall})
	a.server, a.git = append(a.server, t.answering), append(a.git, git)
}

// gitPush gives what the server takes when git pushes a shop and its route.
func (a *adder) gitPush(name string) cost {
	p := a.p
	p.b.Helper()
	data, err := intent.Encode(newShop(name))
	if err != nil {
		p.b.Fatal(err)
	}
	var stream strings.Builder
	refs := []string{shop.MainBranch, "refs/heads/" + string(homeTier)}
	for _, file := range []struct{ ref, path, text string }{
		{refs[0], intent.Path(shop.KindShop, name), string(data)},
		{refs[1], "shopsets/" + string(home) + "/shops/" + name + ".yaml", routeFile(name)},
	} {
		p.commitTo(&stream, file.ref, "Add "+name)
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", file.path, len(file.text), file.text)
	}
	back := exec.Command("git", "--git-dir="+a.copy, "update-ref", "--stdin")
	back.Stdin = strings.NewReader(p.kept["system.git"])
	run(p.b, back)
	commit := exec.Command("git", "--git-dir="+a.copy, "fast-import", "--quiet")
	commit.Stdin = strings.NewReader(stream.String())
	run(p.b, commit)
	return p.wire.during(0, func() {
		run(p.b, exec.Command("git", append([]string{"--git-dir=" + a.copy, "push", "-q", "--atomic", p.url + "/system.git"}, refs...)...))
	}).answering
}

// judge takes the medians of CPU and the least of times.
func (a *adder) judge(small *adder) {
	b, name := a.p.b, fmt.Sprintf("add-shop-%d", a.p.shops)
	cpu := ratio(median(a.ours).cpu, median(small.ours).cpu)
	wall := ratio(least(a.ours).wall, least(small.ours).wall)
	server := ratio(median(a.server).cpu, median(a.git).cpu)
	figure(name, "cpu", median(a.ours).cpu, "wall", least(a.all).wall, "wall-without-server", least(a.ours).wall,
		"cpu-ratio", cpu, "ours-ratio", wall, "wall-ratio", ratio(least(a.all).wall, least(small.all).wall), "limit", growthLimit,
		"server-cpu", median(a.server).cpu, "server-wall", least(a.server).wall, "server-cpu-for-git", median(a.git).cpu, "server-wall-for-git", least(a.git).wall,
		"server-against-git", server, "server-limit", serverLimit, "sent-bytes", a.most.sent, "requests", a.most.requests, "pairs", len(a.all))
	atMost(b, name+": bytes sent", a.most.sent, sentLimit)
	atMost(b, name+": time without the server's against 1,000 shops", wall, growthLimit)
	atMost(b, name+": CPU against 1,000 shops", cpu, growthLimit)
	atMost(b, name+": the server's CPU against a push by git", server, serverLimit)
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
