package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// TestContract takes the same steps on the rehearsal world and on the real
// stack. What shopctl did and said, and what its client saw of the Application
// on the way, state by state, is the same; where it is not, the rehearsal lies.
func TestContract(t *testing.T) {
	var actual, rehearsed []string
	t.Run("the real Argo CD", func(t *testing.T) { actual = realStage(t).play() })
	t.Run("the rehearsal world", func(t *testing.T) { rehearsed = rehearsalStage(t).play() })
	for n := range max(len(actual), len(rehearsed)) {
		a, r := at(actual, n), at(rehearsed, n)
		if a != r {
			t.Errorf("step %d\n  the real one: %s\n  rehearsed:    %s", n, a, r)
			continue
		}
		t.Logf("same: %s", a)
	}
}

func at(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return "-"
}

// stage is one of the two places: a system of two tiers, whose person and
// client stand in front of it.
type stage struct {
	*person
	client *argocd.Client
	tier0  string                   // the Application of a ShopSet of tier-0
	tier1  string                   // and of tier-1
	merge  func(broken bool) string // a release that changes manifests, onto tier-0
	gone   func(gone bool)          // Argo CD does not answer
	blind  func(blind bool)         // Argo CD cannot compare tier-0
	seen   []string
}

func realStage(t *testing.T) *stage {
	var fails atomic.Bool
	p := repositoriesBehind(t, "contract", rehearsal.GitOptions{}, outage(&fails))
	settled(t, p, 2)
	s := &stage{person: p, client: client(t, "shopctl"), tier0: "contract-s-001", tier1: "contract-s-101"}
	n := 1
	s.merge = func(broken bool) string {
		n++
		image := map[bool]string{true: "broken", false: "shop"}[broken]
		return s.commit("app", "tier-0", fmt.Sprintf("Release %d", n), base(fmt.Sprintf("registry.example/%s:%d", image, n)))
	}
	s.gone = func(gone bool) {
		if gone {
			world.ArgoCD.Server.Kill()
			return
		}
		revive(t, world.ArgoCD.Server)
	}
	t.Cleanup(func() { revive(t, world.ArgoCD.Server) })
	s.blind = fails.Store
	return s
}

func rehearsalStage(t *testing.T) *stage {
	w, err := rehearsal.Create(t.Context(), filepath.Join(t.TempDir(), "world"), rehearsal.Options{Shops: 4, Tiers: 2, Poll: -1, NoWebhook: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Stop() })
	p := newPerson(t, "rehearsed", w.GitURL())
	p.env = append(p.env, "SHOPCTL_CONFIG="+w.ConfigFile())
	s := &stage{person: p}
	if s.client, err = argocd.New(argocd.Options{URL: w.ArgoURL(), Token: func(context.Context) (argocd.Token, error) {
		return argocd.NewToken(w.Token()), nil
	}}); err != nil {
		t.Fatal(err)
	}
	_, err = s.client.List(t.Context(), argocd.Query{Selector: map[string]string{"shopset.dev/kind": "shopset"}}, func(a argocd.Application) error {
		if a.Labels.Tier == "tier-0" {
			s.tier0 = a.Name
		} else {
			s.tier1 = a.Name
		}
		return nil
	})
	if err != nil || s.tier0 == "" || s.tier1 == "" {
		t.Fatalf("no ShopSets in the rehearsal world: %v", err)
	}
	breaks := func(fault string) {
		if err := w.Break(fault); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	s.merge = func(broken bool) string {
		breaks(map[bool]string{true: "crash-loop:tier-0", false: "none"}[broken])
		n++
		m, err := w.Merge(t.Context(), rehearsal.Change{Name: "Mika", Email: "mika@example.jp", Subject: fmt.Sprintf("Release %d", n),
			Files: map[string]string{"app/release.rb": fmt.Sprintf("RELEASE = %d\n", n)}})
		if err != nil {
			t.Fatal(err)
		}
		return string(m.Commit)
	}
	s.gone = func(gone bool) { breaks(map[bool]string{true: "argocd-gone", false: "none"}[gone]) }
	s.blind = func(blind bool) { breaks(map[bool]string{true: "comparison-error:tier-0", false: "none"}[blind]) }
	// The same intent as the other's: short dwells, no questions.
	p.commit("system", "main", "A short dwell", files{"tiers/tier-0.yaml": tierFile("tier-0", "dwell: 1s"), "tiers/tier-1.yaml": tierFile("tier-1", "dwell: 1s")})
	p.shopctl(0, "reconcile", "--yes")
	// What waits there since before, with all that there is to be said about it.
	p.shopctl(0, "promote", "tier-1", "--confirm=tier-1", "--accept-risk=irreversible-migration", "-m", "all that waits")
	return s
}

// play takes the steps and gives what was seen, one line a step.
func (s *stage) play() []string {
	t := s.t
	s.says("at rest", s.state(s.tier0), s.row(0), s.row(1))

	commit := s.merge(false)
	s.says("merged", s.where(commit))
	s.watch("a release reaches tier-0", s.tier0, func() { s.does("reconcile", "tier-0", "--yes") })
	s.does("wait", "tier-0", "--for", "release="+commit)
	s.does("wait", "tier-0", "--for", "release="+commit)
	s.says("live", s.where(commit), s.row(0))
	s.does("promote", "tier-1", "--yes")
	s.does("promote", "tier-1", "--yes")
	s.says("promoted", s.where(commit), s.row(1))

	s.does("rollback", "tier-1", "--yes")
	s.does("reconcile", "--yes")
	s.says("rolled back", s.where(commit), s.row(1))
	s.does("promote", "tier-1", "--yes")
	s.does("unpin", "tier-1", "--yes")
	s.says("unpinned", s.where(commit), s.row(1))

	bad := s.merge(true)
	s.does("reconcile", "tier-0", "--yes")
	s.does("wait", "tier-0", "--for", "release="+bad, "--degraded-grace", "1s")
	s.says("degraded", s.where(bad), s.row(0), s.state(s.tier0))
	s.does("promote", "tier-1", "--yes", "--timeout", "5s")
	commit = s.merge(false)
	s.does("reconcile", "tier-0", "--yes")
	s.does("wait", "tier-0", "--for", "release="+commit)
	s.does("promote", "tier-1", "--yes")

	s.commit("system", "main", "tier-1 by hand", files{"tiers/tier-1.yaml": tierFile("tier-1", "dwell: 1s", "sync: manual")})
	s.does("reconcile", "--yes")
	until(t, "no automated sync", func() error {
		if a, err := s.client.Get(t.Context(), s.tier1); err != nil || *a.AutoSync {
			return fmt.Errorf("it syncs by itself: %w", err)
		}
		return nil
	})
	commit = s.merge(false)
	s.does("reconcile", "tier-0", "--yes")
	s.does("wait", "tier-0", "--for", "release="+commit)
	s.does("promote", "tier-1", "--yes", "--timeout", "10s")
	s.says("waits for its hand step", s.where(commit), s.row(1))
	s.watch("a hand step", s.tier1, func() { s.does("sync", "tier-1", "--yes") })
	s.does("sync", "tier-1", "--yes")
	s.says("synced by hand", s.where(commit), s.row(1))

	s.gone(true)
	commit = s.merge(false)
	s.gone(true) // a merge mends what the rehearsal world has broken
	s.says("Argo CD is gone", s.where(commit), s.row(0), s.row(1))
	s.does("reconcile", "tier-0", "--yes")
	s.does("wait", "tier-0", "--for", "release="+commit, "--timeout", "3s")
	s.does("promote", "tier-1", "--yes", "--timeout", "3s")
	s.gone(false)
	s.does("wait", "tier-0", "--for", "release="+commit)
	s.says("Argo CD is back", s.where(commit), s.row(0))

	s.blind(true)
	until(t, "Argo CD says that it cannot compare", func() error {
		if a, err := s.client.Refresh(t.Context(), s.tier0, argocd.Hard); err != nil || a.Sync == argocd.Synced {
			return fmt.Errorf("%s: %w", a.Sync, err)
		}
		return nil
	})
	s.says("it cannot compare", s.state(s.tier0), s.row(0))
	s.does("wait", "tier-0", "--for", "synced", "--timeout", "3s")
	s.blind(false)
	s.does("wait", "tier-0", "--for", "healthy")
	s.says("it can again", s.state(s.tier0), s.row(0))
	return s.seen
}

func (s *stage) says(step string, what ...string) {
	s.seen = append(s.seen, step+": "+strings.Join(what, "; "))
}

// does runs a command and keeps its exit code and what its result has in common.
func (s *stage) does(args ...string) {
	s.t.Helper()
	got := s.try(append(slices.Clone(args), "--json")...)
	var r struct {
		Result, Health, Sync string
		Changed, Pinned      bool
		Error                *struct{ Code string }
	}
	_ = json.Unmarshal([]byte(got.stdout), &r) // an error has no result
	for i, a := range args {
		if name, commit, is := strings.Cut(a, "="); is && len(commit) == 40 {
			args[i] = name + "=R"
		}
	}
	line := fmt.Sprintf("exit %d", got.exit)
	if r.Error != nil {
		line += " " + r.Error.Code
	} else if args[0] != "reconcile" {
		line += fmt.Sprintf(" result=%s changed=%v health=%s sync=%s pinned=%v", r.Result, r.Changed, r.Health, r.Sync, r.Pinned)
	}
	s.says("shopctl "+strings.Join(args, " "), line)
}

// where is what `where` says of the tiers.
func (s *stage) where(commit string) string {
	s.t.Helper()
	var w where
	s.shopctl(0, "where", commit, "--json").decode(&w)
	var live []string
	for _, tier := range w.Tiers {
		live = append(live, tier.Live)
	}
	return fmt.Sprint("live ", live)
}

// row is what `status` says of a tier.
func (s *stage) row(tier int) string {
	s.t.Helper()
	v := s.status()
	return fmt.Sprintf("%s %s %s, stale %v, problems %v", v.Tiers[tier].Name, v.Tiers[tier].Health, v.Tiers[tier].Sync, v.Stale, len(v.Problems) > 0)
}

// state is what the client sees of an Application.
func (s *stage) state(name string) string {
	s.t.Helper()
	a, err := s.client.Get(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	var conditions []string
	for _, c := range a.Conditions {
		conditions = append(conditions, c.Type)
	}
	return fmt.Sprintf("sync=%s compared=%v health=%s phase=%s requested=%v conditions=%v", a.Sync, a.Revision != "", a.Health, a.Phase, a.Requested, conditions)
}

// An operation ends and its effect is compared by two loops of Argo CD: either
// may be first.
const (
	doneFirst     = "sync=OutOfSync revision=new health=Healthy phase=Succeeded operation=new requested=false"
	comparedFirst = "sync=Synced revision=new health=Progressing phase=Running operation=none requested=true"
)

// watch keeps the states of an Application on the way from a change to its end.
func (s *stage) watch(step, name string, change func()) {
	s.t.Helper()
	states := order(s.t, s.client, name, change, func(argocd.Application) {})
	s.says(step, "in this order")
	for _, state := range states {
		if state == doneFirst || state == comparedFirst {
			state = "done or compared, one before the other"
		}
		s.says("  ", state)
	}
}

// order is what a stream tells of an Application from a change on until it is
// synced, healthy and done at a new revision; equal neighbours count once.
func order(t *testing.T, c *argocd.Client, name string, change func(), each func(argocd.Application)) (seen []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	before, err := c.Get(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	arrived := errors.New("arrived")
	changed := make(chan struct{})
	begun := false
	revision := func(r string) string {
		switch r {
		case "":
			return "none"
		case before.OperationRevision:
			return "old"
		}
		return "new"
	}
	query := argocd.Query{Selector: map[string]string{"shopset.dev/shopset": before.Labels.ShopSet, "shopset.dev/system": before.Labels.System, "shopset.dev/kind": "shopset"}}
	err = c.Watch(ctx, query, "", func(e argocd.Event) error {
		if !begun {
			begun = true
			go func() { defer close(changed); change() }() // what it does is what is watched
		}
		a := e.App
		each(a)
		state := fmt.Sprintf("sync=%s revision=%s health=%s phase=%s operation=%s requested=%v", a.Sync, revision(a.Revision), a.Health, a.Phase, revision(a.OperationRevision), a.Requested)
		if len(seen) == 0 || seen[len(seen)-1] != state {
			seen = append(seen, state)
		}
		if revision(a.OperationRevision) == "new" && a.Sync == argocd.Synced && a.Health == argocd.Healthy && a.Phase == argocd.Succeeded {
			return arrived
		}
		return nil
	})
	if !errors.Is(err, arrived) {
		t.Fatalf("watch %s: %v; seen\n%s", name, err, strings.Join(seen, "\n"))
	}
	<-changed
	return seen
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
	commit := p.commit("app", "tier-0", "Two", base("registry.example/shop:2"))
	world.Kubelet.Hold(t.Context(), "blind-0", true)
	defer world.Kubelet.Hold(t.Context(), "blind-0", false)
	p.login("nobody") // who cannot make Argo CD look
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.login("shopctl")
	c := client(t, "shopctl")
	looks, started := 0, false
	seen := order(t, c, "blind-s-001", func() {
		if err := c.Sync(t.Context(), "blind-s-001", argocd.SyncRequest{}); err != nil {
			t.Error(err)
		}
	}, func(a argocd.Application) {
		if started {
			return
		}
		if a.Phase == argocd.Succeeded && a.Health == argocd.Progressing {
			started = true
			world.Kubelet.Hold(t.Context(), "blind-0", false)
			return
		}
		looks++ // no pod of it has started
		var w where
		if p.shopctl(0, "where", commit, "--json").decode(&w); w.Tiers[0].Live == "yes" {
			t.Errorf("where says live while %+v", a)
		}
	})
	t.Logf("the real Argo CD, looked at %d times:\n  %s", looks, strings.Join(seen, "\n  "))
}
