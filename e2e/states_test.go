package e2e

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// settled makes a system of its own whose tiers are healthy, with short dwells,
// in namespaces NAME-0, NAME-1 … of its own.
func settled(t *testing.T, p *person, tiers int, flags ...string) {
	t.Helper()
	planted(t, p, tiers, flags...)
	rooted(t, p, tiers, flags...)
}

// planted is how far init gets for somebody whose token may not write to Argo
// CD: everything in git is there, and the roots come later.
func planted(t *testing.T, p *person, tiers int, flags ...string) {
	t.Helper()
	p.commit("app", "main", "A shop", base("registry.example/shop:1"))
	p.login("reader")
	p.shopctl(0, p.init(tiers, flags...)...).says("kubectl apply -f -")
	change := files{}
	for n := range tiers {
		tier, set := fmt.Sprintf("tier-%d", n), fmt.Sprintf("s-%d01", n)
		change["tiers/"+tier+".yaml"] = tierFile(tier, "dwell: 1s")
		change["shopsets/"+set+".yaml"] = shopSetFile(set, tier, fmt.Sprintf("%s-%d", p.name, n))
	}
	p.commit("system", "main", "Namespaces of our own, a short dwell", change)
	p.shopctl(0, "reconcile", "--yes")
}

// rooted lets the same init go on with a token that may.
func rooted(t *testing.T, p *person, tiers int, flags ...string) {
	t.Helper()
	p.login("shopctl")
	p.shopctl(0, p.init(tiers, flags...)...)
	for n := range tiers {
		p.shopctl(0, "wait", fmt.Sprintf("tier-%d", n), "--for", "healthy", "--timeout", "2m")
	}
}

func (p *person) init(tiers int, flags ...string) []string {
	return append([]string{"init", "--name", p.name, "--system", p.url + "/system.git", "--app", p.url + "/app.git",
		"--argocd", world.ArgoCD.URL, "--tiers", fmt.Sprint(tiers), "--yes"}, flags...)
}

func shopSetFile(name, tier, namespace string) string {
	return "apiVersion: shopset.dev/v1alpha1\nkind: ShopSet\nmetadata:\n  name: " + name +
		"\nspec:\n  tier: " + tier + "\n  configuration: default\n  cluster: in-cluster\n  namespace: " + namespace + "\n"
}

// application is what the real Argo CD says of an Application.
type application struct {
	Spec struct {
		SyncPolicy struct{ Automated *struct{} }
	}
	Status struct {
		Sync       struct{ Status, Revision string }
		Health     struct{ Status, Message string }
		Conditions []struct{ Type, Message string }
	}
}

func (p *person) application(shopset string) (a application) {
	p.t.Helper()
	if err := world.ArgoCD.Get(p.t.Context(), "/api/v1/applications/"+p.name+"-"+shopset, &a); err != nil {
		p.t.Fatal(err)
	}
	return a
}

// status is what `status --json` says, as far as it is read here.
type status struct {
	Stale    bool
	ArgoCD   string
	Next     string
	Problems []struct{ Tier, ShopSet, Message string }
	Tiers    []struct{ Name, Health, Sync string }
}

func (p *person) status() (s status) {
	p.t.Helper()
	p.shopctl(0, "status", "--json").decode(&s)
	return s
}

// A tier with sync: manual changes its cluster only when somebody says so.
func TestManualTier(t *testing.T) {
	p := repositories(t, "manual", rehearsal.GitOptions{})
	settled(t, p, 2)
	p.commit("system", "main", "tier-1 by hand", files{"tiers/tier-1.yaml": tierFile("tier-1", "dwell: 1s", "sync: manual")})
	p.shopctl(0, "reconcile", "--yes")
	until(t, "no automated sync", func() error {
		if p.application("s-101").Spec.SyncPolicy.Automated != nil {
			return fmt.Errorf("it syncs by itself")
		}
		return nil
	})
	commit := p.commit("app", "tier-0", "Two", base("registry.example/shop:2"))
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "release="+commit)
	p.shopctl(8, "promote", "tier-1", "--yes", "--timeout", "10s").says("shopctl sync tier-1")
	if got := image(t, "manual-1"); got != "registry.example/shop:1" {
		t.Errorf("manual-1 runs %s before the hand step", got)
	}
	if got := p.application("s-101").Status.Sync.Status; got != "OutOfSync" {
		t.Errorf("Argo CD says %s", got)
	}
	if s := p.status(); s.Tiers[1].Sync != "OutOfSync" || s.Next != "shopctl sync tier-1" {
		t.Errorf("status: %+v", s)
	}
	p.shopctl(0, "sync", "tier-1", "--yes")
	if got := image(t, "manual-1"); got != "registry.example/shop:2" {
		t.Errorf("manual-1 runs %s after the hand step", got)
	}
	p.shopctl(0, "sync", "tier-1", "--yes").says("already")

	// What somebody deletes by hand is missing until the next hand step.
	remove(t, "/apis/apps/v1/namespaces/manual-1/deployments/web")
	until(t, "Missing", func() error {
		if a := p.application("s-101").Status; a.Health.Status != "Missing" || a.Sync.Status != "OutOfSync" {
			return fmt.Errorf("%+v", a)
		}
		return nil
	})
	if s := p.status(); s.Tiers[1].Health != "Missing" || s.Tiers[1].Sync != "OutOfSync" || s.Next != "shopctl sync tier-1" {
		t.Errorf("status: %+v", s)
	}
	p.shopctl(0, "sync", "tier-1", "--yes")
	if got := image(t, "manual-1"); got != "registry.example/shop:2" {
		t.Errorf("manual-1 runs %s after the hand step", got)
	}
}

// While pods do not start a release is on its way: neither live nor degraded.
func TestProgressing(t *testing.T) {
	p := repositories(t, "progressing", rehearsal.GitOptions{})
	settled(t, p, 1)
	world.Kubelet.Hold(t.Context(), "progressing-0", true)
	change := base("registry.example/shop:2")
	change["k8s/web.yaml"] = strings.Replace(change["k8s/web.yaml"], "progressDeadlineSeconds: 4", "progressDeadlineSeconds: 600", 1)
	commit := p.commit("app", "tier-0", "Two", change)
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.shopctl(8, "wait", "tier-0", "--for", "release="+commit, "--timeout", "10s")
	if s := p.status(); s.Tiers[0].Health != "Progressing" || s.Tiers[0].Sync != "Synced" {
		t.Errorf("status: %+v", s)
	}
	var w where
	p.shopctl(0, "where", commit, "--json").decode(&w)
	if w.Tiers[0].Live != "no" {
		t.Errorf("where says live %q", w.Tiers[0].Live)
	}
	world.Kubelet.Hold(t.Context(), "progressing-0", false)
	p.shopctl(0, "wait", "tier-0", "--for", "release="+commit)
}

// A release whose image cannot be pulled is degraded once its deadline has
// passed, and goes no further.
func TestDegraded(t *testing.T) {
	p := repositories(t, "degraded", rehearsal.GitOptions{})
	settled(t, p, 2)
	const reason = "web: not ready in time"
	commit := p.commit("app", "tier-0", "Broken", base("registry.example/broken:2"))
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.shopctl(9, "wait", "tier-0", "--for", "release="+commit, "--degraded-grace", "2s").says(reason)
	var w where
	p.shopctl(0, "where", commit, "--json").decode(&w)
	if w.Tiers[0].Live != "no" {
		t.Errorf("where says live %q on tier-0", w.Tiers[0].Live)
	}
	s := p.status()
	if s.Tiers[0].Health != "Degraded" || len(s.Problems) != 1 || s.Problems[0].Message != reason {
		t.Errorf("status: %+v", s)
	}
	if bad := p.try("promote", "tier-1", "--yes"); bad.exit == 0 {
		t.Error("a degraded release was promoted")
	}
	mended := p.commit("app", "tier-0", "Mended", base("registry.example/shop:3"))
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "release="+mended)
	p.shopctl(0, "promote", "tier-1", "--yes")
}

// What is not known is never called healthy, and what needs it waits or says so.
func TestArgoCDDown(t *testing.T) {
	p := repositories(t, "down", rehearsal.GitOptions{})
	settled(t, p, 2)
	commit := p.commit("app", "tier-0", "Two", base("registry.example/shop:2"))
	world.ArgoCD.Server.Kill()
	defer revive(t, world.ArgoCD.Server)
	if s := p.status(); !s.Stale || s.Tiers[0].Health != "Unknown" || s.Tiers[1].Health != "Unknown" {
		t.Errorf("status: %+v", s)
	}
	p.shopctl(0, "reconcile", "tier-0", "--yes") // git alone is enough
	p.shopctl(11, "wait", "tier-0", "--for", "release="+commit, "--timeout", "5s")
	p.shopctl(11, "promote", "tier-1", "--yes", "--timeout", "5s")
	var w where
	p.shopctl(0, "where", commit, "--json").decode(&w)
	if w.Tiers[0].Live != "unknown" {
		t.Errorf("where says live %q", w.Tiers[0].Live)
	}
	revive(t, world.ArgoCD.Server)
	p.shopctl(0, "wait", "tier-0", "--for", "release="+commit, "--timeout", mended)
	p.shopctl(0, "promote", "tier-1", "--yes")
}

// Private repositories with submodules: Argo CD knows the password of the
// system repository alone, and the relative address of the submodule on the
// same host gets it too.
func TestPrivate(t *testing.T) {
	const password = "e2e-private"
	p := repositories(t, "private", rehearsal.GitOptions{Password: password})
	p.commit("configuration", "main", "Settings", files{
		"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator:\n  - name: settings\n    literals: [COLOUR=red]\n",
	})
	planted(t, p, 2, "--configuration", p.url+"/configuration.git")
	// Not before: Argo CD refuses a repository without a commit.
	if err := world.ArgoCD.Permit(t.Context(), p.url+"/system.git", "argocd", password); err != nil {
		t.Fatal(err)
	}
	rooted(t, p, 2, "--configuration", p.url+"/configuration.git")
	if got := p.git("-C", p.home+"/system", "show", "origin/tier-0:.gitmodules"); !strings.Contains(got, "url = ../app.git") || !strings.Contains(got, "url = ../configuration.git") {
		t.Errorf(".gitmodules: %s", got)
	}
	red := p.commit("configuration", "tier-0", "Green", files{
		"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator:\n  - name: settings\n    literals: [COLOUR=green]\n",
	})
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "healthy")
	var w where
	p.shopctl(0, "where", red, "--json").decode(&w)
	if w.Tiers[0].Live != "yes" || w.Tiers[1].Live != "no" {
		t.Errorf("where: %+v", w)
	}
	p.shopctl(0, "promote", "tier-1", "--yes")
}

// The git server fails for Argo CD alone: it says so in its own words, and
// nothing is called live that it has not seen. Back again, nobody waits for
// Argo CD's own poll.
func TestComparisonError(t *testing.T) {
	var fails atomic.Bool
	p := repositoriesBehind(t, "comparison", rehearsal.GitOptions{}, outage(&fails))
	settled(t, p, 1)
	commit := p.commit("app", "tier-0", "Two", base("registry.example/shop:2"))
	fails.Store(true)
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.shopctl(8, "wait", "tier-0", "--for", "release="+commit, "--timeout", "10s")
	a := p.application("s-001").Status
	if a.Sync.Status != "Unknown" || a.Sync.Revision != "" || a.Health.Status != "Healthy" || len(a.Conditions) != 1 || a.Conditions[0].Type != "ComparisonError" {
		t.Errorf("Argo CD: %+v", a)
	}
	s := p.status()
	if s.Stale || s.Tiers[0].Sync != "Unknown" || s.Tiers[0].Health == "Healthy" || len(s.Problems) != 1 || !strings.HasPrefix(s.Problems[0].Message, "ComparisonError: ") {
		t.Errorf("status: %+v", s)
	}
	if got := image(t, "comparison-0"); got != "registry.example/shop:1" {
		t.Errorf("comparison-0 runs %s", got)
	}
	fails.Store(false)
	p.shopctl(0, "wait", "tier-0", "--for", "release="+commit, "--timeout", mended)
}
