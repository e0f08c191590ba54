package e2e

import (
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// What keeps a release out of a tier, each with its exit code, while the real
// Argo CD says that the tier below is fine with it.
func TestGates(t *testing.T) {
	p := repositories(t, "gates", rehearsal.GitOptions{})
	settled(t, p, 2)
	releases := func(n int) (commit, want string) {
		want = []string{"", "", "registry.example/shop:2", "registry.example/shop:3"}[n]
		commit = p.commit("app", "tier-0", "Release", base(want))
		p.shopctl(0, "reconcile", "tier-0", "--yes")
		p.shopctl(0, "wait", "tier-0", "--for", "release="+commit)
		return commit, want
	}
	releases(2)

	p.shopctl(0, "tier", "freeze", "tier-1", "-m", "Black Friday", "--yes")
	p.shopctl(6, "why", "tier-1", "--exit-code").says("Black Friday")
	p.shopctl(6, "promote", "tier-1", "--yes")
	p.shopctl(6, "wait", "tier-1", "--for", "open", "--timeout", "1s")
	p.shopctl(0, "tier", "unfreeze", "tier-1", "-m", "over", "--yes")
	p.shopctl(0, "wait", "tier-1", "--for", "open")

	p.shopctl(0, "reject", "tier-0:v2", "-m", "carts are empty", "--yes")
	p.shopctl(7, "why", "tier-1", "--exit-code").says("carts are empty")
	p.shopctl(7, "promote", "tier-1", "--yes")
	if got := image(t, "gates-1"); got != "registry.example/shop:1" {
		t.Errorf("gates-1 runs %s, which was rejected", got)
	}

	p.commit("system", "main", "tier-1 wants a person", files{"tiers/tier-1.yaml": tierFile("tier-1", "dwell: 1s", "gates:", "  verify: true")})
	p.shopctl(0, "reconcile", "--yes")
	_, want := releases(3)
	p.shopctl(6, "promote", "tier-1", "--yes").says("shopctl verify tier-0")
	p.shopctl(0, "verify", "tier-0", "--bad", "--note", "the cart is empty")
	p.shopctl(7, "promote", "tier-1", "--yes")
	p.shopctl(0, "verify", "tier-0", "--note", "tried again, all fine")
	p.shopctl(0, "promote", "tier-1", "--yes")
	if got := image(t, "gates-1"); got != want {
		t.Errorf("gates-1 runs %s, want %s", got, want)
	}
}
