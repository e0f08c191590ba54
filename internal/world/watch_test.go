package world_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// streaming is an Argo CD whose stream says the given events and breaks.
type streaming struct {
	hinted
	events  []argocd.Event
	asked   argocd.Query
	during  func() // while a list is on its way
	refuses bool
}

var errBroke = errors.New("the stream was cut off")

func (s *streaming) Watch(_ context.Context, q argocd.Query, _ string, visit func(argocd.Event) error) error {
	s.asked = q
	for _, e := range s.events {
		if err := visit(e); err != nil {
			return err
		}
	}
	return errBroke
}

func (s *streaming) List(ctx context.Context, q argocd.Query, visit func(argocd.Application) error) (string, error) {
	if s.refuses {
		return "", errors.New("silent")
	}
	if s.during != nil {
		s.during()
	}
	return s.hinted.List(ctx, q, visit)
}

// told is an event about the one ShopSet.
func toldOf(kind argocd.EventType, change func(a *argocd.Application)) argocd.Event {
	a := argocd.Application{Name: "prod-s-001", Labels: argocd.Labels{Tier: "tier-0", ShopSet: "s-001", Kind: "shopset"}, Sync: argocd.Synced, Health: argocd.Healthy}
	change(&a)
	return argocd.Event{Type: kind, App: a}
}

// watched observes, lets the stream speak, and follows it.
func watched(t *testing.T, w *world.World, s *streaming) (have shop.State, named, changed []shop.ShopSetID) {
	t.Helper()
	have, err := w.Observe(t.Context(), shop.Look{})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Watch(t.Context(), []shop.Tier{"tier-0"}, func(name shop.ShopSetID) { named = append(named, name) })
	if !errors.Is(err, errBroke) {
		t.Errorf("it ended with %v", err)
	}
	return have, named, w.Follow(&have, named)
}

// What the stream tells is judged by the gitlinks at its revision, as a look
// judges; what does not change what is seen is no change.
func TestFollowJudgesAsALookDoes(t *testing.T) {
	p := placeOfOneTier(t)
	tip := p.ref("system", "tier-0")
	healthy := argocd.Application{Sync: argocd.Synced, Health: argocd.Healthy, Revision: tip, OperationRevision: tip, Phase: argocd.Succeeded, FinishedAt: time.Now().Add(-time.Hour)}
	with := func(change func(a *argocd.Application)) func(a *argocd.Application) {
		return func(a *argocd.Application) {
			name, labels := a.Name, a.Labels
			*a = healthy
			a.Name, a.Labels = name, labels
			change(a)
		}
	}
	for name, tt := range map[string]struct {
		event   argocd.Event
		changed bool
		live    bool
		health  shop.Health
	}{
		"as it was":              {toldOf(argocd.Added, with(func(*argocd.Application) {})), false, true, shop.Healthy},
		"a warning of what runs": {toldOf(argocd.Modified, with(func(a *argocd.Application) { a.Conditions = []argocd.Condition{{Type: "SharedResourceWarning"}} })), false, true, shop.Healthy},
		"degraded":               {toldOf(argocd.Modified, with(func(a *argocd.Application) { a.Health = argocd.Degraded })), true, false, shop.Degraded},
		"another revision":       {toldOf(argocd.Modified, with(func(a *argocd.Application) { a.Revision = p.ref("system", "main") })), true, false, shop.Healthy},
		"an unknown one":         {toldOf(argocd.Modified, with(func(a *argocd.Application) { a.Revision = "1111111111111111111111111111111111111111" })), true, false, shop.Healthy},
		"of another tier":        {toldOf(argocd.Modified, with(func(a *argocd.Application) { a.Labels.Tier = "tier-1" })), false, true, shop.Healthy},
		"gone":                   {toldOf(argocd.Deleted, func(a *argocd.Application) {}), true, false, shop.UnknownHealth},
	} {
		t.Run(name, func(t *testing.T) {
			s := &streaming{hinted: hinted{row: healthy, app: healthy}, events: []argocd.Event{tt.event}}
			w := p.world()
			w.ArgoCD = s
			have, _, changed := watched(t, w, s)
			got := have.Tiers[0].ShopSets[0]
			if (len(changed) > 0) != tt.changed || got.Live() != tt.live || got.Health != tt.health {
				t.Errorf("changed %v, live %v, judged as %+v", changed, got.Live(), got)
			}
			if s.asked.Selector["shopset.dev/tier"] != "tier-0" || s.asked.Selector["shopset.dev/kind"] != "shopset" {
				t.Errorf("asked for %v", s.asked.Selector)
			}
		})
	}
}

// A deleted Application comes with its name alone.
func TestADeletedApplicationIsNamed(t *testing.T) {
	p := placeOfOneTier(t)
	s := &streaming{events: []argocd.Event{
		toldOf(argocd.Added, func(*argocd.Application) {}),
		{Type: argocd.Deleted, App: argocd.Application{Name: "prod-s-001"}},
		{Type: argocd.Deleted, App: argocd.Application{Name: "nobody-knows"}},
	}}
	w := p.world()
	w.ArgoCD = s
	if _, named, _ := watched(t, w, s); len(named) != 2 || named[1] != "s-001" {
		t.Errorf("named %v", named)
	}
}

// What the stream tells while a list is on its way is newer than the list.
func TestAListDoesNotUndoTheStream(t *testing.T) {
	p := placeOfOneTier(t)
	tip := p.ref("system", "tier-0")
	row := argocd.Application{Sync: argocd.Synced, Health: argocd.Healthy, OperationRevision: tip, Phase: argocd.Succeeded, FinishedAt: time.Now().Add(-time.Hour)}
	missing := argocd.Application{Name: "prod-s-001", Labels: argocd.Labels{Tier: "tier-0", ShopSet: "s-001", Kind: "shopset"}, Sync: argocd.OutOfSync, Health: argocd.Missing, Revision: tip}
	s := &streaming{hinted: hinted{row: row, app: missing}, events: []argocd.Event{{Type: argocd.Modified, App: missing}}}
	w := p.world()
	w.ArgoCD = s
	s.during = func() { _ = w.Watch(t.Context(), []shop.Tier{"tier-0"}, func(shop.ShopSetID) {}) }
	have, err := w.Observe(t.Context(), shop.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if got := have.Tiers[0].ShopSets[0].Health; got != shop.Missing {
		t.Errorf("the list says %s", got)
	}
}

// A short look tells that nothing has moved, or that a whole one has to.
func TestAgain(t *testing.T) {
	p := placeOfOneTier(t)
	s := &streaming{}
	w := p.world()
	w.ArgoCD = s
	have, err := w.Observe(t.Context(), shop.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if now, same, err := w.Again(t.Context(), have); err != nil || !same || now.Now.Before(have.Now) {
		t.Errorf("nothing moved: %v %v", same, err)
	}
	s.refuses = true
	if _, same, err := w.Again(t.Context(), have); err != nil || same {
		t.Errorf("Argo CD is silent: %v %v", same, err)
	}
	s.refuses = false
	p.merge("again.rb")
	if _, same, err := w.Again(t.Context(), have); err != nil || same {
		t.Errorf("a branch moved: %v %v", same, err)
	}
	if _, err := w.Observe(t.Context(), shop.Look{}); err != nil {
		t.Fatal(err)
	}
	if _, same, _ := w.Again(t.Context(), have); same {
		t.Error("another look does not make an old state new")
	}
}
