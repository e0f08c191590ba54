package e2e

import (
	"fmt"
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// Whenever shopctl says that a release is live, every ShopSet of the tier has
// its manifests: forth and back, with neighbours that Argo CD refreshes at the
// same moment. Argo CD's word for it, Synced at the right revision, is not
// enough: this asks the cluster.
func TestLiveIsExactlyThat(t *testing.T) {
	const sets, releases = 4, 4
	p := repositories(t, "exactly", rehearsal.GitOptions{})
	settled(t, p, 1)
	change := files{}
	for n := 2; n <= sets; n++ {
		name := fmt.Sprintf("s-%03d", n)
		change["shopsets/"+name+".yaml"] = shopSetFile(name, "tier-0", fmt.Sprintf("exactly-0%d", n))
	}
	p.commit("system", "main", "Neighbours", change)
	p.shopctl(0, "reconcile", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "healthy")
	wrong := 0
	check := func(want string) {
		t.Helper()
		for n := 1; n <= sets; n++ {
			namespace := "exactly-0"
			if n > 1 {
				namespace = fmt.Sprintf("exactly-0%d", n)
			}
			if got := image(t, namespace); got != want {
				wrong++
				t.Errorf("shopctl says live, %s runs %s instead of %s", namespace, got, want)
			}
		}
	}
	for n := 2; n <= releases; n++ {
		want := fmt.Sprintf("registry.example/shop:%d", n)
		commit := p.commit("app", "tier-0", fmt.Sprintf("Release %d", n), base(want))
		p.shopctl(0, "reconcile", "tier-0", "--yes")
		p.shopctl(0, "wait", "tier-0", "--for", "release="+commit)
		check(want)
		if n%3 == 0 {
			p.shopctl(0, "rollback", "tier-0", "--yes")
			check(fmt.Sprintf("registry.example/shop:%d", n-1))
			p.shopctl(0, "unpin", "tier-0", "--yes")
			check(want)
		}
	}
	t.Logf("figure releases=%d shopsets=%d wrong=%d", releases-1+2*(releases/3), sets, wrong)
}
