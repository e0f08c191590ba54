//go:build unix

package bench

import (
	"fmt"
	"strings"
	"testing"
)

const (
	diffShops    = 4_000
	diffShopSets = 60
	diffCPULimit = 2.0 // seconds
	diffRuns     = 5
)

// What waits for a tier of sixty ShopSets, of which some have parameters of
// their own, with the blast radius.
func BenchmarkDiff(b *testing.B) {
	p := open(b, diffShops)
	p.sixty()
	p.shopctl("diff", "tier-2", "--stat") // the client has been here before
	once := func() cost { return p.shopctl("diff", "tier-2", "--manifests", "--json") }
	least, all, made := pairs(diffRuns, func() cost { return p.shopctl("diff", "tier-2", "--configuration") }, once)
	figure(fmt.Sprintf("diff-%d", diffShops), "shopsets", diffShopSets, "cpu", all.cpu, "wall", all.wall, "without-impact", least.cpu, "runs", made)
	atMost(b, "diff: CPU seconds", all.cpu.Seconds(), diffCPULimit)
}

// sixty gives the top tier so many ShopSets; its branch follows.
func (p *place) sixty() {
	var stream strings.Builder
	p.commitTo(&stream, "refs/heads/main", "More ShopSets")
	for n := 10; n < 10+diffShopSets-3; n++ {
		text := fmt.Sprintf("apiVersion: shopset.dev/v1alpha1\nkind: ShopSet\nmetadata:\n  name: s-2%02d\nspec:\n  tier: tier-2\n  configuration: default\n  cluster: in-cluster\n  failureDomain: a\n", n)
		if n%7 == 0 {
			text += fmt.Sprintf("  parameters:\n    QUEUE: q%d\n", n)
		}
		fmt.Fprintf(&stream, "M 100644 inline shopsets/s-2%02d.yaml\ndata %d\n%s\n", n, len(text), text)
	}
	p.imported("system.git", stream.String())
	p.shopctl("reconcile", "--yes")
}
