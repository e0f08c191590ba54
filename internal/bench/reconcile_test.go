//go:build linux

package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

const (
	thousand           = 1000
	reconcileMemory    = int64(512 << 20)
	reconcileAgainPart = 0.2 // of the first run
	againRuns          = 3
)

// 100,000 shops move into 1,000 ShopSets by a hand edit of the intent: reconcile
// renders every file of every tier. Then nothing is left to do, for the client
// that did it and for one that has only fetched so far.
func BenchmarkReconcile(b *testing.B) {
	p := open(b, largeSize)
	p.thousand()
	reconcile := func() (c cost, memory int64, t traffic) {
		t = p.wire.during(0, func() { c, memory = p.watched("reconcile", "--yes") })
		return c, memory, t
	}
	first, memory, wrote := reconcile()
	if wrote.pushes == 0 {
		b.Error("reconcile: the first run wrote nothing")
	}
	var again []cost
	var againMemory int64
	for range againRuns {
		c, m, t := reconcile()
		if t.pushes != 0 {
			b.Errorf("reconcile again: %d pushes", t.pushes)
		}
		again, againMemory = append(again, c), max(againMemory, m)
	}
	a := median(again)
	if err := os.RemoveAll(p.caches()); err != nil {
		b.Fatal(err)
	}
	newcomer, newMemory, t := reconcile()
	if t.pushes != 0 {
		b.Errorf("reconcile by a new client: %d pushes", t.pushes)
	}
	part := ratio(a.wall, first.wall)
	figure("reconcile", "shops", largeSize, "shopsets", thousand, "cpu", first.cpu, "wall", first.wall, "memory-mb", memory>>20,
		"again-cpu", a.cpu, "again-wall", a.wall, "again-memory-mb", againMemory>>20, "first-against-again", 1/part, "limit", 1/reconcileAgainPart,
		"new-client-cpu", newcomer.cpu, "new-client-wall", newcomer.wall, "new-client-memory-mb", newMemory>>20, "sent-bytes", wrote.sent, "pushes", wrote.pushes)
	atMost(b, "reconcile: memory", memory, reconcileMemory)
	atMost(b, "reconcile again: memory", againMemory, reconcileMemory)
	atMost(b, "reconcile by a new client: memory", newMemory, reconcileMemory)
	atMost(b, "reconcile again: time against the first run", part, reconcileAgainPart)
}

// thousand puts all shops into a thousand new ShopSets, most of them of the top
// tier, and takes the former ShopSets away.
func (p *place) thousand() {
	p.b.Helper()
	_, files := run(p.b, exec.Command("git", "--git-dir="+filepath.Join(p.git, "system.git"), "ls-tree", "-r", "--name-only", "main", "shops/"))
	var stream strings.Builder
	p.commitTo(&stream, shop.MainBranch, "A thousand ShopSets")
	stream.WriteString("D shopsets\n")
	put := func(path string, r intent.Resource) {
		data, err := intent.Encode(r)
		if err != nil {
			p.b.Fatal(err)
		}
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", path, len(data), data)
	}
	name := func(n int) shop.ShopSetID { return shop.ShopSetID(fmt.Sprintf("r-%03d", n%thousand)) }
	for n := range thousand {
		tier := shop.Tier("tier-2")
		if n%100 == 0 {
			tier = "tier-0"
		} else if n%10 == 0 {
			tier = "tier-1"
		}
		put(intent.Path(shop.KindShopSet, string(name(n))),
			&shop.ShopSet{Name: name(n), Tier: tier, Configuration: "default", Cluster: "in-cluster", FailureDomain: "a"})
	}
	for n, path := range strings.Fields(files) {
		s := strings.TrimSuffix(filepath.Base(path), ".yaml")
		put(path, &shop.Shop{Name: shop.ShopID(s), Hosts: []string{s + ".example"}, ShopSet: name(n), Plan: "small"})
	}
	p.imported("system.git", stream.String())
}

// watched is shopctl with the most memory that it had.
func (p *place) watched(args ...string) (cost, int64) {
	p.b.Helper()
	cmd := p.command(args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		p.b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	most := int64(0)
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case err := <-ended:
			tick.Stop()
			if err != nil {
				p.b.Fatalf("shopctl %s: %v\n%s", strings.Join(args, " "), err, &out)
			}
			return spent(cmd, began), most
		case <-tick.C:
			most = max(most, highWater(cmd.Process.Pid))
		}
	}
}

// highWater is the most memory that a process had so far, 0 if it is gone. What
// the kernel reports at its end may be that of its parent.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	words := strings.Fields(rest)
	if len(words) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(words[0], 10, 64)
	return n << 10
}
