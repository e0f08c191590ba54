package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// where is what `where --json` says, as far as it is read here.
type where struct {
	Tiers []struct {
		Name, Live, Because string
		Branch              bool
		ShopSetsLive        int
	}
}

// arrival is what promote, rollback, unpin, sync and wait say with --json.
type arrival struct {
	Result  string
	Changed bool
	Pinned  bool
	Health  string
	Sync    string
	Release struct{ App string }
}

// The release path on one system, from an empty one to a rollback and back.
// Each step stands on the one before.
func TestReleasePath(t *testing.T) {
	p := repositories(t, "bazaar", rehearsal.GitOptions{})
	p.login("shopctl")
	step := func(name string, f func(t *testing.T)) {
		t.Helper()
		if !t.Run(name, func(t *testing.T) {
			q := *p
			q.t = t
			old := p
			p = &q
			defer func() { p = old; p.env = q.env }()
			f(t)
		}) {
			t.FailNow()
		}
	}
	live := func(commit string, want ...string) {
		p.t.Helper()
		var w where
		p.shopctl(0, "where", commit, "--json").decode(&w)
		var got []string
		for _, tier := range w.Tiers {
			got = append(got, tier.Live)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			p.t.Errorf("where %s: live %v, want %v", commit[:7], got, want)
		}
	}
	first := p.commit("app", "main", "A shop", base("registry.example/shop:1"))

	step("init", func(t *testing.T) {
		p.shopctl(0, "init", "--name", p.name, "--system", p.url+"/system.git", "--app", p.url+"/app.git",
			"--argocd", world.ArgoCD.URL, "--tiers", "3", "--yes")
		for _, tier := range []string{"tier-0", "tier-1", "tier-2"} {
			p.shopctl(0, "wait", tier, "--for", "healthy", "--timeout", "2m")
		}
		p.shopctl(0, "status").says("Healthy")
		for _, namespace := range []string{"s-001", "s-101", "s-201"} {
			if got := image(t, namespace); got != "registry.example/shop:1" {
				t.Errorf("%s runs %s", namespace, got)
			}
		}
		live(first, "yes", "yes", "yes")
		p.shopctl(0, "init", "--yes").says("already")
		p.shopctl(0, "doctor")
	})

	step("a shorter dwell, by hand", func(t *testing.T) {
		change := files{}
		for _, tier := range []string{"tier-0", "tier-1", "tier-2"} {
			change["tiers/"+tier+".yaml"] = tierFile(tier, "dwell: 1s")
		}
		p.commit("system", "main", "A shorter dwell", change)
		p.shopctl(0, "reconcile", "--yes")
	})

	var second string
	step("merge to live on tier-0", func(t *testing.T) {
		second = p.commit("app", "tier-0", "Cart: a faster total", files{"k8s/web.yaml": fmt.Sprintf(web, "registry.example/shop:2")})
		live(second, "no", "no", "no")
		p.shopctl(0, "reconcile", "tier-0", "--yes")
		p.shopctl(0, "wait", "tier-0", "--for", "release="+second)
		if got := image(t, "s-001"); got != "registry.example/shop:2" {
			t.Errorf("s-001 runs %s", got)
		}
		live(second, "yes", "no", "no")
		p.shopctl(0, "wait", "tier-0", "--for", "release="+second) // already there
	})

	step("a shop, by hand", func(t *testing.T) {
		p.commit("system", "main", "Shop hana", shopFile("hana", "s-001"))
		p.shopctl(0, "reconcile", "--yes")
		until(t, "the route of hana", func() error { return route(t, "s-001", "hana") })
		live(second, "yes", "no", "no")
	})

	step("a commit that changes no manifest", func(t *testing.T) {
		third := p.commit("app", "tier-0", "Read me", files{"README.md": "A shop.\n"})
		p.shopctl(0, "reconcile", "tier-0", "--yes")
		p.shopctl(0, "wait", "tier-0", "--for", "release="+third)
		live(third, "yes", "no", "no")
	})

	step("promote to the top", func(t *testing.T) {
		var a arrival
		p.shopctl(0, "promote", "--to", "tier-2", "--yes", "--json").decode(&a)
		if a.Result != "ok" || a.Health != "Healthy" || a.Sync != "Synced" || !a.Changed {
			t.Errorf("arrived as %+v", a)
		}
		live(second, "yes", "yes", "yes")
		for _, namespace := range []string{"s-101", "s-201"} {
			if got := image(t, namespace); got != "registry.example/shop:2" {
				t.Errorf("%s runs %s", namespace, got)
			}
		}
		p.shopctl(0, "promote", "--to", "tier-2", "--yes").says("already")
	})

	step("where and status while shops are added", func(t *testing.T) {
		p.commit("system", "main", "Shop momiji", shopFile("momiji", "s-201"))
		p.shopctl(0, "reconcile", "tier-2", "--yes")
		live(second, "yes", "yes", "yes")
		p.shopctl(0, "status", "tier-2").says("Healthy")
		until(t, "the route of momiji", func() error { return route(t, "s-201", "momiji") })
	})

	step("rollback stays put, unpin", func(t *testing.T) {
		p.shopctl(0, "rollback", "tier-2", "--yes")
		if got := image(t, "s-201"); got != "registry.example/shop:1" {
			t.Errorf("s-201 runs %s after the rollback", got)
		}
		p.shopctl(0, "reconcile", "--yes")
		live(second, "yes", "yes", "no")
		p.shopctl(6, "promote", "tier-2", "--yes")
		p.shopctl(0, "unpin", "tier-2", "--yes")
		if got := image(t, "s-201"); got != "registry.example/shop:2" {
			t.Errorf("s-201 runs %s after unpin", got)
		}
		live(second, "yes", "yes", "yes")
	})
}

// tierFile is a Tier of the intent; fields are lines of its spec.
func tierFile(tier string, fields ...string) string {
	return "apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata:\n  name: " + tier + "\nspec:\n  " + strings.Join(fields, "\n  ") + "\n"
}

// route reports an error until the shop's HTTPRoute is in the cluster.
func route(t *testing.T, namespace, shop string) error {
	return world.Kube.Get(t.Context(), "/apis/gateway.networking.k8s.io/v1/namespaces/"+namespace+"/httproutes/"+shop, nil)
}
