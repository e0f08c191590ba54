package world_test

import (
	"context"
	"testing"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// hinted is an Argo CD with one Application that answers refreshes with the
// given revisions, one after the other.
type hinted struct {
	world.ArgoCD
	revisions []string
	asked     int
}

func (h *hinted) List(_ context.Context, _ argocd.Query, visit func(argocd.Application) error) (string, error) {
	return "1", visit(argocd.Application{Name: "prod-s-001", Labels: argocd.Labels{Tier: "tier-0", ShopSet: "s-001", Kind: "shopset"}})
}

func (h *hinted) Get(context.Context, string) (argocd.Application, error) {
	return argocd.Application{}, nil
}

func (h *hinted) Refresh(context.Context, string, argocd.RefreshMode) (argocd.Application, error) {
	h.asked++
	return argocd.Application{Revision: h.revisions[min(h.asked, len(h.revisions))-1]}, nil
}

// A refresh that overlaps another one ends with it, and has not seen what was
// pushed since: it is asked for once more.
func TestRefreshAsksAgain(t *testing.T) {
	p := newPlace(t)
	p.reach(func(shop.State) shop.Goal {
		return shop.Init{System: "prod", Tiers: 1, Repositories: shop.Repositories{System: p.address("system"), App: p.address("app"), Configuration: p.address("configuration")}}
	})
	tip := p.ref("system", "tier-0")
	for name, tt := range map[string]struct {
		answers []string
		asked   int
	}{
		"it has seen the push":             {[]string{tip}, 1},
		"it has not":                       {[]string{"older", tip}, 2},
		"git is silent":                    {[]string{"", tip}, 2},
		"it never does: no endless asking": {[]string{"older"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			argo := &hinted{revisions: tt.answers}
			w := p.world()
			w.ArgoCD = argo
			if _, err := w.Observe(t.Context(), shop.Look{}); err != nil {
				t.Fatal(err)
			}
			if err := w.Do(t.Context(), plan.Refresh{Tier: "tier-0"}); err != nil {
				t.Fatal(err)
			}
			if argo.asked != tt.asked {
				t.Errorf("asked %d times, want %d", argo.asked, tt.asked)
			}
		})
	}
}
