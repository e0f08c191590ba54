package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// A shop's life, in the real cluster: added, moved, closed and opened again by
// its end, closed with its whole ShopSet, removed.
func TestShops(t *testing.T) {
	p := repositories(t, "shops", rehearsal.GitOptions{})
	settled(t, p, 1)
	p.commit("system", "main", "One more ShopSet", files{"shopsets/s-002.yaml": shopSetFile("s-002", "tier-0", "shops-2")})
	p.shopctl(0, "reconcile", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "healthy")
	const routes = "/apis/gateway.networking.k8s.io/v1/namespaces/%s/httproutes/hana"
	// backend waits until every rule of the route leads to a Service whose name
	// begins so.
	backend := func(namespace, want string) {
		t.Helper()
		until(t, "the route to "+want, func() error {
			var r struct {
				Spec struct {
					Rules []struct{ BackendRefs []struct{ Name string } }
				}
			}
			if err := world.Kube.Get(t.Context(), fmt.Sprintf(routes, namespace), &r); err != nil {
				return err
			}
			for _, rule := range r.Spec.Rules {
				for _, ref := range rule.BackendRefs {
					if !strings.HasPrefix(ref.Name, want) {
						return fmt.Errorf("it leads to %s", ref.Name)
					}
				}
			}
			return nil
		})
	}

	p.shopctl(0, "shop", "add", "hana", "--host", "hana.example.jp", "--shopset", "s-001")
	backend("shops-0", "web") // the command waited for it
	p.shopctl(0, "shop", "move", "hana", "--shopset", "s-002", "--yes")
	backend("shops-2", "web")
	until(t, "the old route gone", func() error { return gone(t, fmt.Sprintf(routes, "shops-0")) })

	p.shopctl(0, "maintenance", "on", "--shop", "hana", "--for", "20s", "--message", "back soon", "--yes", "--no-wait")
	backend("shops-2", "maintenance")
	until(t, "its end", func() error { // whoever reconciles after it opens the shop
		if s := p.try("reconcile", "--yes", "--json"); s.exit != 0 {
			return fmt.Errorf("exit %d", s.exit)
		}
		var m struct{ Closed []struct{ Name string } }
		p.shopctl(0, "maintenance", "status", "--json").decode(&m)
		if len(m.Closed) > 0 {
			return fmt.Errorf("still %v", m.Closed)
		}
		return nil
	})
	backend("shops-2", "web")

	p.shopctl(0, "maintenance", "on", "--shopset", "s-002", "--for", "1h", "--confirm=s-002", "--no-wait")
	backend("shops-2", "maintenance")
	p.shopctl(0, "maintenance", "off", "--shopset", "s-002", "--no-wait")
	backend("shops-2", "web")

	p.shopctl(0, "shop", "remove", "hana", "--confirm=hana", "--accept-risk=remove-shop", "-m", "closed for good")
	until(t, "no route", func() error { return gone(t, fmt.Sprintf(routes, "shops-2")) })
	p.shopctl(0, "doctor")
}
