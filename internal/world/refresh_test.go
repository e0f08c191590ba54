package world_test

import (
	"context"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// hinted is an Argo CD with one Application that answers refreshes with the
// given revisions, one after the other.
type hinted struct {
	world.ArgoCD
	app       argocd.Application // as it is got
	row       argocd.Application // as it is listed
	revisions []string
	asked     int
}

func (h *hinted) List(_ context.Context, _ argocd.Query, visit func(argocd.Application) error) (string, error) {
	row := h.row
	row.Name, row.Labels = "prod-s-001", argocd.Labels{Tier: "tier-0", ShopSet: "s-001", Kind: "shopset"}
	return "1", visit(row)
}

func (h *hinted) Get(context.Context, string) (argocd.Application, error) { return h.app, nil }

func (h *hinted) Refresh(context.Context, string, argocd.RefreshMode) (argocd.Application, error) {
	h.asked++
	return argocd.Application{Revision: h.revisions[min(h.asked, len(h.revisions))-1]}, nil
}

// A refresh that overlaps another one ends with it, and has not seen what was
// pushed since: it is asked for once more.
func TestRefreshAsksAgain(t *testing.T) {
	p := placeOfOneTier(t)
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

func placeOfOneTier(t *testing.T) *place {
	p := newPlace(t)
	p.reach(func(shop.State) shop.Goal {
		return shop.Init{System: "prod", Tiers: 1, Repositories: shop.Repositories{System: p.address("system"), App: p.address("app"), Configuration: p.address("configuration")}}
	})
	return p
}

// A sync that has ended is not waited for by hand once more just because Argo
// CD has not compared yet.
func TestDoneIsNotYetCompared(t *testing.T) {
	p := placeOfOneTier(t)
	tip := p.ref("system", "tier-0")
	end := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		compared time.Time
		at       string
		want     shop.Phase
	}{
		"not compared": {end.Add(-time.Second), tip, shop.Running},
		"in the same second: it may be out of sync again": {end, tip, shop.Succeeded},
		"compared: out of sync again":                     {end.Add(time.Second), tip, shop.Succeeded},
		"it is not known":                                 {time.Time{}, tip, shop.Succeeded},
		"out of sync with a new commit":                   {end.Add(-time.Second), "older", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := p.world()
			w.ArgoCD = &hinted{app: argocd.Application{Sync: argocd.OutOfSync, Health: argocd.Healthy, Phase: argocd.Succeeded,
				Revision: tip, OperationRevision: tt.at, FinishedAt: end, ComparedAt: tt.compared}}
			have, err := w.Observe(t.Context(), shop.Look{})
			if err != nil {
				t.Fatal(err)
			}
			if s := have.Tiers[0].ShopSets[0]; s.Phase != tt.want || s.Sync != shop.OutOfSync {
				t.Errorf("%s, phase %q, want %q", s.Sync, s.Phase, tt.want)
			}
		})
	}
}

// What Argo CD could not compare it has not read, whatever ran before: so it is
// asked to look again.
func TestWhatIsNotComparedIsNotRead(t *testing.T) {
	p := placeOfOneTier(t)
	w := p.world()
	w.ArgoCD = &hinted{app: argocd.Application{Sync: argocd.SyncUnknown, Health: argocd.Healthy, Phase: argocd.Succeeded,
		OperationRevision: p.ref("system", "tier-0"), Conditions: []argocd.Condition{{Type: "ComparisonError", Message: "git is silent"}}}}
	have, err := w.Observe(t.Context(), shop.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if s := have.Tiers[0].ShopSets[0]; s.Current || s.Live() || s.Message != "ComparisonError: git is silent" {
		t.Errorf("judged as %+v", s)
	}
	todo, err := plan.For(shop.Await{Tier: "tier-0", For: shop.ForHealthy}, have)
	if err != nil || len(todo) != 2 || todo[0] != plan.Op(plan.Refresh{Tier: "tier-0"}) {
		t.Errorf("wait does %v, %v", todo, err)
	}
}

// Right after a sync of what nobody had looked at a list says that all is well
// with the new revision, and means the release before.
func TestALateSyncIsNotBelievedFromAList(t *testing.T) {
	p := placeOfOneTier(t)
	tip := p.ref("system", "tier-0")
	for ago, live := range map[time.Duration]bool{time.Second: false, time.Hour: true} {
		w := p.world()
		row := argocd.Application{Sync: argocd.Synced, Health: argocd.Healthy, Phase: argocd.Succeeded, OperationRevision: tip, FinishedAt: time.Now().Add(-ago)}
		whole := row
		whole.Revision = p.ref("system", "main") // compared before the sync
		w.ArgoCD = &hinted{row: row, app: whole}
		have, err := w.Observe(t.Context(), shop.Look{})
		if err != nil {
			t.Fatal(err)
		}
		if s := have.Tiers[0].ShopSets[0]; s.Live() != live {
			t.Errorf("%s after the sync it is live: %v, judged as %+v", ago, s.Live(), s)
		}
	}
}
