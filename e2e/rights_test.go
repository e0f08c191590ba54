package e2e

import (
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// The rights that shopctl's account needs, one account a step (stack.Accounts).
// Argo CD answers 403 both for what is not there and for what one may not see,
// so shopctl never takes it for "not there", and never for healthy.
func TestRights(t *testing.T) {
	p := repositories(t, "rights", rehearsal.GitOptions{})
	settled(t, p, 2)
	p.commit("system", "main", "tier-1 by hand", files{"tiers/tier-1.yaml": tierFile("tier-1", "dwell: 1s", "sync: manual")})
	p.shopctl(0, "reconcile", "--yes")
	first := p.tip("app", "tier-0")

	t.Run("who may see nothing is told unknown", func(t *testing.T) {
		q := *p
		q.t = t
		q.login("nobody")
		s := q.status()
		if s.Tiers[0].Health != "Unknown" || s.Tiers[0].Sync != "Unknown" {
			t.Errorf("status: %+v", s)
		}
		q.shopctl(8, "wait", "tier-0", "--for", "healthy", "--timeout", "5s")
		var w where
		q.shopctl(0, "where", first, "--json").decode(&w)
		if w.Tiers[0].Live != "unknown" && w.Tiers[0].Live != "no" {
			t.Errorf("where says live %q", w.Tiers[0].Live)
		}
	})
	t.Run("who may read may follow and promote", func(t *testing.T) {
		q := *p
		q.t = t
		q.login("reader")
		commit := q.commit("app", "tier-0", "Two", base("registry.example/shop:2"))
		q.shopctl(0, "reconcile", "tier-0", "--yes")
		q.shopctl(0, "wait", "tier-0", "--for", "release="+commit, "--timeout", mended) // its hint needs no more than get
		q.shopctl(8, "promote", "tier-1", "--yes", "--timeout", "10s").says("shopctl sync tier-1")
		refused := q.try("sync", "tier-1", "--yes")
		if refused.exit == 0 {
			t.Error("a reader did the hand step")
		}
		refused.says("permission denied")
		if got := image(t, "rights-1"); got != "registry.example/shop:1" {
			t.Errorf("rights-1 runs %s", got)
		}
	})
	t.Run("shopctl's own may do the hand step", func(t *testing.T) {
		q := *p
		q.t = t
		q.login("shopctl")
		q.shopctl(0, "sync", "tier-1", "--yes")
		if got := image(t, "rights-1"); got != "registry.example/shop:2" {
			t.Errorf("rights-1 runs %s", got)
		}
	})
}
