package e2e

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// One release comes to tier-0 of the rehearsal world and of the real stack; what
// shopctl's client sees of its ShopSet, state by state, has the same form.
func TestOrder(t *testing.T) {
	actual := realOrder(t)
	rehearsed := rehearsedOrder(t)
	t.Logf("the real Argo CD:\n  %s", strings.Join(actual, "\n  "))
	t.Logf("the rehearsal world:\n  %s", strings.Join(rehearsed, "\n  "))
	for _, s := range rehearsed {
		if !slices.Contains(actual, s) {
			t.Logf("only rehearsed: %s", s)
		}
	}
	for _, s := range actual {
		if !slices.Contains(rehearsed, s) {
			t.Logf("only real: %s", s)
		}
	}
	if first, last := rehearsed[len(rehearsed)-1], actual[len(actual)-1]; first != last {
		t.Errorf("they end differently")
	}
}

func realOrder(t *testing.T) []string {
	p := repositories(t, "order", rehearsal.GitOptions{})
	settled(t, p, 1)
	p.commit("app", "tier-0", "Two", base("registry.example/shop:2"))
	return order(t, client(t, "shopctl"), "order-s-001", func() { p.shopctl(0, "reconcile", "tier-0", "--yes") }, func(argocd.Application) {})
}

// Somebody syncs a manual tier in Argo CD before anything has looked at the
// branch: the states on the way must never look as if the release were live
// while the cluster still runs the old one.
func TestOrderOfABlindSync(t *testing.T) {
	p := repositories(t, "blind", rehearsal.GitOptions{})
	settled(t, p, 1)
	p.commit("system", "main", "By hand", files{"tiers/tier-0.yaml": tierFile("tier-0", "dwell: 1s", "sync: manual")})
	p.shopctl(0, "reconcile", "--yes")
	until(t, "no automated sync", func() error {
		if p.application("s-001").Spec.SyncPolicy.Automated != nil {
			return errors.New("it syncs by itself")
		}
		return nil
	})
	p.commit("app", "tier-0", "Two", base("registry.example/shop:2"))
	world.Kubelet.Hold(t.Context(), "blind-0", true)
	defer world.Kubelet.Hold(t.Context(), "blind-0", false)
	p.login("nobody") // who cannot make Argo CD look
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	c := client(t, "shopctl")
	seen := order(t, c, "blind-s-001", func() {
		if err := c.Sync(t.Context(), "blind-s-001", argocd.SyncRequest{}); err != nil {
			t.Error(err)
		}
	}, func(a argocd.Application) {
		world.Kubelet.Hold(t.Context(), "blind-0", a.Phase != argocd.Succeeded || a.Health != argocd.Progressing)
	})
	t.Logf("the real Argo CD:\n  %s", strings.Join(seen, "\n  "))
}

func rehearsedOrder(t *testing.T) []string {
	p := &person{t: t, home: t.TempDir()}
	var world *rehearsal.World
	p.env = []string{
		"HOME=" + p.home, "PATH=" + filepath.Dir(gitPath(t)), "XDG_CACHE_HOME=" + filepath.Join(p.home, "cache"),
		"XDG_STATE_HOME=" + filepath.Join(p.home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(p.home, "config"),
		"GIT_AUTHOR_NAME=Mika", "GIT_AUTHOR_EMAIL=mika@example.jp",
	}
	world, err := rehearsal.Create(t.Context(), filepath.Join(p.home, "world"), rehearsal.Options{Shops: 4, Tiers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	p.env = append(p.env, "SHOPCTL_CONFIG="+world.ConfigFile())
	if _, err := world.Merge(t.Context(), rehearsal.Change{}); err != nil {
		t.Fatal(err)
	}
	c, err := argocd.New(argocd.Options{URL: world.ArgoURL(), Token: func(context.Context) (argocd.Token, error) {
		return argocd.NewToken(world.Token()), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	if _, err := c.List(t.Context(), argocd.Query{Selector: map[string]string{"shopset.dev/kind": "shopset"}}, func(a argocd.Application) error {
		name = a.Name
		return nil
	}); err != nil || name == "" {
		t.Fatalf("no ShopSet in the rehearsal world: %v", err)
	}
	return order(t, c, name, func() { p.shopctl(0, "reconcile", "tier-0", "--yes") }, func(argocd.Application) {})
}

// order is what a watch tells of an Application from a change on until it is
// synced, healthy and done; equal neighbours count once.
func order(t *testing.T, c *argocd.Client, name string, change func(), each func(argocd.Application)) (seen []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	before, err := c.Get(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	done := errors.New("arrived")
	begun := false
	err = c.Watch(ctx, argocd.Query{Selector: map[string]string{"shopset.dev/shopset": before.Labels.ShopSet, "shopset.dev/system": before.Labels.System, "shopset.dev/kind": "shopset"}}, "",
		func(e argocd.Event) error {
			if !begun {
				begun = true
				go change() // what it does is what is watched
			}
			a := e.App
			each(a)
			moved := func(revision string) string {
				if revision == "" {
					return "none"
				}
				if revision == before.Revision || revision == before.OperationRevision {
					return "old"
				}
				return "new"
			}
			s := fmt.Sprintf("sync=%s revision=%s health=%s phase=%s operation=%s requested=%v", a.Sync, moved(a.Revision), a.Health, a.Phase, moved(a.OperationRevision), a.Requested)
			if len(seen) == 0 || seen[len(seen)-1] != s {
				seen = append(seen, s)
			}
			if moved(a.Revision) == "new" && moved(a.OperationRevision) == "new" && a.Sync == argocd.Synced && a.Health == argocd.Healthy && a.Phase == argocd.Succeeded {
				return done
			}
			return nil
		})
	if !errors.Is(err, done) {
		t.Fatalf("watch %s: %v; seen\n%s", name, err, strings.Join(seen, "\n"))
	}
	return seen
}
