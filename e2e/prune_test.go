package e2e

import (
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// What leaves the intent leaves the cluster: a shop with its route, also the
// last one of a ShopSet, and a ShopSet with everything it had.
func TestPrune(t *testing.T) {
	p := repositories(t, "prune", rehearsal.GitOptions{})
	settled(t, p, 1)
	change := files{"shopsets/s-002.yaml": shopSetFile("s-002", "tier-0", "prune-2")}
	for _, name := range []string{"hana", "momiji"} {
		for path, text := range shopFile(name, "s-001") {
			change[path] = text
		}
	}
	p.commit("system", "main", "Two shops and one more ShopSet", change)
	p.shopctl(0, "reconcile", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "healthy")
	routes := "/apis/gateway.networking.k8s.io/v1/namespaces/prune-0/httproutes/"
	for _, name := range []string{"hana", "momiji"} {
		until(t, "the route of "+name, func() error { return route(t, "prune-0", name) })
	}
	for _, name := range []string{"hana", "momiji"} { // momiji is the last one
		leave := files{}
		for path := range shopFile(name, "s-001") {
			leave[path] = ""
		}
		p.commit("system", "main", name+" leaves", leave)
		p.shopctl(0, "reconcile", "--yes")
		until(t, name+" without a route", func() error { return gone(t, routes+name) })
	}
	if got := image(t, "prune-2"); got != "registry.example/shop:1" {
		t.Fatalf("s-002 runs %s", got)
	}
	p.commit("system", "main", "s-002 leaves", files{"shopsets/s-002.yaml": ""})
	p.shopctl(0, "reconcile", "--yes")
	until(t, "s-002 without an Application", func() error { return gone(t, applications+"/prune-s-002") })
	until(t, "s-002 without a Deployment", func() error { return gone(t, "/apis/apps/v1/namespaces/prune-2/deployments/web") })
	if got := image(t, "prune-0"); got != "registry.example/shop:1" {
		t.Errorf("s-001 runs %s", got)
	}
}
