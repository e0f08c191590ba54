package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

var start = time.Date(2026, 11, 20, 1, 41, 0, 0, time.UTC)

func newTestWorld(t *testing.T, o Options) *World {
	t.Helper()
	if o.Start.IsZero() {
		o.Start = start
	}
	began := time.Now()
	w, err := Create(t.Context(), filepath.Join(t.TempDir(), "demo"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("created and opened with %d shops in %s", w.State().Shops, time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// apps is sync, health, phase and healthy since of each Application.
func apps(t *testing.T, w *World) map[string]string {
	t.Helper()
	resp, err := http.Get(w.ArgoURL() + "/api/v1/applications")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var list struct{ Items []map[string]any }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, a := range list.Items {
		out[at(a, "metadata.name").(string)] = fmt.Sprint(at(a, "status.sync.status"), " ", at(a, "status.health.status"), " ",
			at(a, "status.operationState.phase"), " since ", at(a, "status.health.lastTransitionTime"))
	}
	return out
}

func TestWorldIsSound(t *testing.T) {
	w := newTestWorld(t, Options{})
	a := w.Addresses()
	for _, name := range []string{appGit, configurationGit, systemGit} {
		dir := filepath.Join(w.gitDir(), name)
		if out, err := gitTry(dir, "fsck", "--strict", "--no-dangling"); err != nil || strings.Contains(out, "warning") {
			t.Errorf("fsck %s: %v\n%s", name, err, out)
		}
		refs := gitRun(t, dir, "for-each-ref", "--format=%(refname:short)")
		want := "tier-0\ntier-1\ntier-2"
		if name == systemGit {
			want = "main\n" + want
		}
		if refs != want {
			t.Errorf("%s has branches %q", name, refs)
		}
	}
	clone := filepath.Join(t.TempDir(), "clone")
	gitRun(t, w.dir, "clone", "-q", "--recursive", "-b", "tier-1", a.System, clone)
	for _, f := range []string{"base/k8s/web.yaml", "config/kustomization.yaml", "shopsets/s-101/kustomization.yaml"} {
		if _, err := os.Stat(filepath.Join(clone, f)); err != nil {
			t.Error(err)
		}
	}
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("no kubectl to build the overlays with")
	}
	for _, set := range []string{"s-101", "s-102"} {
		out, err := exec.Command(kubectl, "kustomize", filepath.Join(clone, "shopsets", set)).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "image: registry.example/storefront:build-477") || !strings.Contains(string(out), "replicas: 6") {
			t.Errorf("kustomize %s: %v\n%s", set, err, out)
		}
	}
}

// The branches hold what the renderer makes of the intent, and what it was told
// of the sample's trees is so.
func TestWorldIsRendered(t *testing.T) {
	w := newTestWorld(t, Options{Seed: 7})
	clone := filepath.Join(t.TempDir(), "clone")
	gitRun(t, w.dir, "clone", "-q", "--recursive", w.Addresses().System, clone)
	set, err := intent.Load(func(yield func(string, []byte) bool) {
		for _, path := range strings.Split(gitRun(t, clone, "ls-files"), "\n") {
			data, err := os.ReadFile(filepath.Join(clone, path))
			if err != nil {
				t.Fatal(err)
			}
			if !yield(path, data) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Shops) != 200 {
		t.Errorf("%d shops, want 200", len(set.Shops))
	}
	for _, x := range set.Shops {
		if want, err := intent.Encode(x); err != nil || string(want) != shopFile(*x) {
			t.Fatalf("shop file of %q: %v (-want +got)\n%s", x.Name, err, cmp.Diff(string(want), shopFile(*x)))
		}
	}
	for n := range 3 {
		tier := shop.TierAt(n)
		gitRun(t, clone, "checkout", "-q", string(tier))
		gitRun(t, clone, "submodule", "update", "-q", "--init")
		facts, err := render.Inspect(*set.Configurations["default"], *set.Policy,
			render.FromFS(os.DirFS(filepath.Join(clone, "base"))), render.FromFS(os.DirFS(filepath.Join(clone, "config"))))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(sampleFacts()["default"], facts); d != "" {
			t.Errorf("%s: facts (-told +found)\n%s", tier, d)
		}
		files, err := render.Tier(set, tier, map[string]render.Facts{"default": facts})
		if err != nil {
			t.Fatal(err)
		}
		got := fstest.MapFS{}
		for _, path := range strings.Split(gitRun(t, clone, "ls-files"), "\n") {
			if path == "base" || path == "config" {
				continue
			}
			data, err := os.ReadFile(filepath.Join(clone, path))
			if err != nil {
				t.Fatal(err)
			}
			got[path] = &fstest.MapFile{Data: data}
			if string(files[path]) != string(data) {
				t.Errorf("%s: %s is not what is rendered", tier, path)
			}
		}
		if len(got) != len(files) {
			t.Errorf("%s has %d files, rendered are %d", tier, len(got), len(files))
		}
	}
}

// Every release of a tier above tier-0 was carried by the tier below before, and
// the trailers say that it was healthy there.
func TestWorldHasAPast(t *testing.T) {
	w := newTestWorld(t, Options{})
	system := w.bare[systemGit]
	refs, err := system.Refs()
	if err != nil {
		t.Fatal(err)
	}
	var below []git.Commit
	for n := range 3 {
		var past []git.Commit
		for id := refs.Tips[shop.TierAt(n).Branch()]; ; {
			c, err := system.Commit(id)
			if err != nil {
				t.Fatal(err)
			}
			past = append(past, c)
			trailers, ok := shop.ParseTrailers(c.Message)
			if !ok || !trailers.Intent.Valid() || trailers.Actor == "" {
				t.Errorf("tier-%d: commit without our trailers:\n%s", n, c.Message)
			}
			if len(c.Parents) == 0 {
				break
			}
			if p, _ := pairAt(system, c.Parents[0]); p != mustPair(t, system, c.ID) && (trailers.Replaced == nil || trailers.Replaced.Release != p) {
				t.Errorf("tier-%d: %s does not say that it replaced %v", n, c.ID, p)
			}
			id = c.Parents[0]
		}
		if n > 0 && len(past) < 3 {
			t.Errorf("tier-%d has a past of %d commits", n, len(past))
		}
		for _, c := range past {
			pair := mustPair(t, system, c.ID)
			carried := slices.ContainsFunc(below, func(b git.Commit) bool {
				return mustPair(t, system, b.ID) == pair && b.Committer.When.Before(c.Committer.When)
			})
			if n > 0 && len(c.Parents) > 0 && !carried {
				t.Errorf("tier-%d: %v was not on the tier below before %s", n, pair, c.Committer.When)
			}
		}
		below = past
	}
	got := apps(t, w)
	want := map[string]string{
		"demo-s-001": "2026-11-20T01:03", "demo-s-101": "2026-11-19T05:41", "demo-s-203": "2026-11-15T01:41",
	}
	for name, since := range want {
		if !strings.HasPrefix(got[name], "Synced Healthy Succeeded since "+since) {
			t.Errorf("%s: %s, want since %s", name, got[name], since)
		}
	}
	if len(got) != 3+2*6 {
		t.Errorf("%d Applications: %v", len(got), got)
	}
}

func pairAt(system git.Objects, id git.ID) (r shop.Release, err error) {
	c, err := system.Commit(id)
	if err != nil {
		return r, err
	}
	entries, err := system.Tree(c.Tree)
	for _, e := range entries {
		switch e.Name {
		case "base":
			r.App = shop.CommitID(e.ID.String())
		case "config":
			r.Configuration = shop.CommitID(e.ID.String())
		}
	}
	return r, err
}

func mustPair(t *testing.T, system git.Objects, id git.ID) shop.Release {
	t.Helper()
	r, err := pairAt(system, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWorldGoesOn(t *testing.T) {
	w := newTestWorld(t, Options{})
	if err := w.Advance(90 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.Break("missing:tier-2"); err != nil {
		t.Fatal(err)
	}
	m, err := w.Merge(t.Context(), Change{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(w.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	before, state := apps(t, w), w.State()
	if _, err := Open(t.Context(), w.dir, Options{}); !errors.Is(err, ErrRuns) {
		t.Errorf("opened twice: %v", err)
	}
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), w.dir); !errors.Is(err, ErrNoWorld) {
		t.Errorf("a stopped world is found: %v", err)
	}
	again, err := Open(t.Context(), w.dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Stop() }()
	if d := cmp.Diff(before, apps(t, again)); d != "" {
		t.Errorf("Applications (-before +after)\n%s", d)
	}
	if d := cmp.Diff(state, again.State()); d != "" {
		t.Errorf("state (-before +after)\n%s", d)
	}
	after, err := os.ReadFile(again.ConfigFile())
	if err != nil || string(after) != string(config) {
		t.Errorf("the ports were not kept: %v\n%s\n%s", err, config, after)
	}
	m2, err := again.Merge(t.Context(), Change{})
	if err != nil || m2.Subject == m.Subject {
		t.Errorf("the same change was merged twice: %v %v", m2, err)
	}
	if !strings.Contains(before["demo-s-201"], "OutOfSync Missing") {
		t.Errorf("the fault is not seen: %s", before["demo-s-201"])
	}
	if err := again.Break("none"); err != nil {
		t.Fatal(err)
	}
	if got := apps(t, again)["demo-s-201"]; !strings.HasPrefix(got, "Synced Healthy") {
		t.Errorf("mended: %s", got)
	}
}

func TestWorldTakesAnotherPort(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 3})
	port := w.record.Ports[0]
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Skip("the port is gone already")
	}
	defer func() { _ = l.Close() }()
	again, err := Open(t.Context(), w.dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Stop() }()
	gitRun(t, w.dir, "ls-remote", "-q", again.Addresses().App)
	if again.record.Ports[0] == port {
		t.Error("it says to have a port that another has")
	}
}

func TestWorldListensOnLoopbackOnly(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 3})
	for _, l := range w.listeners {
		if ip := l.Addr().(*net.TCPAddr).IP; !ip.Equal(net.IPv4(127, 0, 0, 1)) {
			t.Errorf("listens on %s", ip)
		}
	}
}

func TestWorldRunnerReconciles(t *testing.T) {
	var mu sync.Mutex
	runs, at := 0, 0
	hold, running := make(chan struct{}), make(chan struct{}, 10)
	w := newTestWorld(t, Options{Shops: 3, Reconcile: func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if at++; at > 1 {
			t.Error("two runs at the same time")
		}
		runs++
		mu.Unlock()
		running <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
		}
		mu.Lock()
		at--
		return nil
	}})
	for range 3 {
		if _, err := w.Merge(t.Context(), Change{}); err != nil {
			t.Fatal(err)
		}
	}
	<-running
	soon, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	if err := w.Idle(soon); err == nil {
		t.Error("idle while it runs")
	}
	stop()
	close(hold)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	if err := w.Idle(ctx); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if runs < 1 || runs > 3 || at != 0 {
		t.Errorf("%d runs, of which %d still go on", runs, at)
	}
}

// Who loses against somebody else's write tries again, but not for ever.
func TestRunnerTriesAgain(t *testing.T) {
	for good, want := range map[int]int{1: 1, 3: 3, 99: tries} {
		runs := 0
		r := newRunner(func(context.Context) error {
			if runs++; runs < good {
				return errors.New("somebody else wrote")
			}
			return nil
		}, t.Logf)
		r.start(t.Context())
		r.poke()
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		if err := r.idle(ctx); err != nil {
			t.Fatal(err)
		}
		stop()
		r.stop()
		if runs != want {
			t.Errorf("good at run %d: %d runs, want %d", good, runs, want)
		}
	}
}

// A maintenance that ends is a reason to reconcile, though nobody pushes.
func TestWorldRunnerSeesEnds(t *testing.T) {
	ran := make(chan time.Time, 10)
	var w *World
	w = newTestWorld(t, Options{Shops: 3, Reconcile: func(context.Context) error { ran <- w.Now(); return nil }})
	clone := filepath.Join(t.TempDir(), "clone")
	gitRun(t, w.dir, "clone", "-q", w.Addresses().System, clone)
	closed := "  maintenance:\n    until: " + start.Add(30*time.Minute).Format(time.RFC3339) + "\n"
	file := filepath.Join(clone, intent.Path(shop.KindShop, "bunko"))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(data, closed...), 0o644); err != nil {
		t.Fatal(err)
	}
	gitRun(t, clone, "commit", "-qam", "Close bunko")
	gitRun(t, clone, "push", "-q", "origin", "main")
	<-ran // for the push
	e := ends{known: map[git.ID][]time.Time{}}
	next, err := e.after(w.bare[systemGit], start)
	if err != nil || !next.Equal(start.Add(30*time.Minute)) {
		t.Errorf("it ends at %s: %v", next, err)
	}
	if next, err = e.after(w.bare[systemGit], start.Add(30*time.Minute)); err != nil || !next.IsZero() {
		t.Errorf("it ends again at %s: %v", next, err)
	}
	deadline := time.After(20 * time.Second)
	for { // the clock moves under the world, as real time does
		w.clock.Advance(10 * time.Minute)
		select {
		case at := <-ran:
			if at.Before(start.Add(30 * time.Minute)) {
				t.Errorf("ran at %s", at)
			}
			return
		case <-time.After(endStep):
		case <-deadline:
			t.Fatal("the end was not seen")
		}
	}
}

func TestWorldMerges(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 3})
	clone := filepath.Join(t.TempDir(), "clone")
	gitRun(t, w.dir, "clone", "-q", w.Addresses().App, clone)
	// A merge that was killed half-way is in nobody's way, and nobody sees it.
	bare := filepath.Join(w.gitDir(), appGit)
	gitRun(t, bare, "update-ref", "refs/rehearsal/merge", gitRun(t, bare, "commit-tree", "-m", "Half-way", "tier-0^{tree}"))
	if refs := gitRun(t, clone, "ls-remote", "origin"); strings.Contains(refs, "refs/rehearsal") {
		t.Errorf("clients see\n%s", refs)
	}
	m, err := w.Merge(t.Context(), Change{})
	if err != nil {
		t.Fatal(err)
	}
	gitRun(t, clone, "pull", "-q", "--ff-only")
	if got := gitRun(t, clone, "log", "-1", "--format=%H %s %an"); got != string(m.Commit)+" 検索結果に在庫数を表示 (#483) Mika" {
		t.Errorf("merged %q", got)
	}
	data, err := os.ReadFile(filepath.Join(clone, kustomization))
	if err != nil || !strings.Contains(string(data), "newTag: build-483") {
		t.Errorf("the image stays: %v\n%s", err, data)
	}
	if _, err := w.Merge(t.Context(), Change{Repository: shop.ConfigurationRepository, Subject: "Log less", Files: map[string]string{"x": "y\n"}}); err != nil {
		t.Error(err)
	}
	if _, err := w.Merge(t.Context(), Change{}); err != nil {
		t.Error(err)
	}
	if _, err := w.Merge(t.Context(), Change{Repository: shop.SystemRepository, Subject: "x"}); err == nil {
		t.Error("merged into the system repository")
	}
}

func TestWorldFromAnotherProcess(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 3})
	r, err := Find(t.Context(), w.dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.Advance(t.Context(), 4*time.Hour)
	if err != nil || !s.Now.Equal(start.Add(4*time.Hour)) {
		t.Errorf("advanced to %v: %v", s.Now, err)
	}
	if s, err = r.Break(t.Context(), "git-down"); err != nil || len(s.Faults) != 1 {
		t.Errorf("broken: %v %v", s.Faults, err)
	}
	if out, err := gitTry(w.dir, "ls-remote", s.Addresses.App); err == nil || !strings.Contains(out, "503") {
		t.Errorf("git-down: %v\n%s", err, out)
	}
	if s, err = r.Break(t.Context(), "none"); err != nil || len(s.Faults) != 0 {
		t.Errorf("mended: %v %v", s.Faults, err)
	}
	for _, bad := range []string{"nonsense", "git-down:tier-1", "missing:tier-x"} {
		if _, err := r.Break(t.Context(), bad); err == nil {
			t.Errorf("%q was broken", bad)
		}
	}
	if _, err := r.Merge(t.Context(), Change{}); err != nil {
		t.Error(err)
	}
	r.control.Token = "wrong"
	if _, err := r.State(t.Context()); err == nil {
		t.Error("a wrong token opens the control")
	}
	r.control.Token = w.Token()
	go func() { <-w.Done(); _ = w.Stop() }()
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWorldAsksForTheToken(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 3, RequireToken: true})
	for token, want := range map[string]int{"": 401, w.Token(): 200} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", w.ArgoURL()+"/api/v1/applications", nil)
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("token %q: %s", token, resp.Status)
		}
	}
}

// A new tier or a new system brings its root Application through the API.
func TestWorldTakesABootstrap(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 3})
	data, err := fileAt(w.bare[systemGit], mustTip(t, w.bare[systemGit], shop.MainBranch), "bootstrap/tier-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	argo, err := NewArgoCD(ArgoOptions{Clock: w.clock, Anonymous: true, Repository: w.repository})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(argo.Handler())
	defer h.Close()
	s := &scene{t: t, clock: w.clock, argo: argo, url: h.URL}
	projects, err := readProjects(data)
	if err != nil {
		t.Fatal(err)
	}
	s.call("POST", "/api/v1/projects", `{"upsert":true,"project":`+string(projects["demo-tier-1"])+`}`, http.StatusOK)
	roots, err := readApplications(data)
	if err != nil || len(roots) != 1 {
		t.Fatalf("%d roots: %v", len(roots), err)
	}
	body, err := json.Marshal(roots[0])
	if err != nil {
		t.Fatal(err)
	}
	s.call("POST", "/api/v1/applications?upsert=true", string(body), http.StatusOK)
	for range 2 { // the root first, then what it brought
		s.clock.Advance(time.Minute)
		argo.Settle()
	}
	list := s.call("GET", "/api/v1/applications", "", http.StatusOK)
	items, _ := list["items"].([]any)
	for _, a := range items {
		if at(a, "status.sync.status") != "Synced" || at(a, "status.health.status") != "Healthy" {
			t.Errorf("%v is %v", at(a, "metadata.name"), at(a, "status"))
		}
	}
	if len(items) != 1+2*2 {
		t.Errorf("%d Applications, want 5", len(items))
	}
	s.call("GET", "/api/v1/projects/demo-tier-1", "", http.StatusOK)
}

func mustTip(t *testing.T, repo Repository, ref string) git.ID {
	t.Helper()
	refs, err := repo.Refs()
	if err != nil {
		t.Fatal(err)
	}
	return refs.Tips[ref]
}

// The clock may also run on from a given day; then ids of the sample are the same
// each time, and rollouts end by themselves.
func TestWorldRunsFromAGivenDay(t *testing.T) {
	var tips []git.ID
	for range 2 {
		w := newTestWorld(t, Options{Shops: 3, Seed: 9, Runs: true})
		tips = append(tips, mustTip(t, w.bare[appGit], shop.TierAt(0).Branch()))
		if first := w.Now(); first.Before(start) || first.After(start.Add(time.Hour)) || !w.Now().After(first) {
			t.Errorf("it is %s, and then %s", first, w.Now())
		}
	}
	if tips[0] != tips[1] {
		t.Errorf("two worlds of one seed and day differ: %v", tips)
	}
}

func TestWorldOfOtherSizes(t *testing.T) {
	for _, o := range []Options{{Tiers: 1, Shops: 1}, {Tiers: 2, Shops: 9}, {Tiers: 5, Shops: 4000}} {
		w := newTestWorld(t, o)
		sets := map[shop.Tier]int{}
		for n, s := range placement(w.options) {
			sets[shop.TierAt(n)] = len(s)
		}
		want := o.Tiers
		for _, n := range sets {
			want += 2 * n
		}
		got := apps(t, w)
		for name, state := range got {
			if !strings.HasPrefix(state, "Synced Healthy") {
				t.Errorf("%d tiers: %s is %s", o.Tiers, name, state)
			}
		}
		if len(got) != want {
			t.Errorf("%d tiers: %d Applications, want %d", o.Tiers, len(got), want)
		}
	}
	if w, err := Create(t.Context(), t.TempDir(), Options{Tiers: 10}); err == nil {
		_ = w.Stop()
		t.Error("made ten tiers")
	}
}

func TestCreateKeepsOff(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if w, err := Create(t.Context(), dir, Options{}); err == nil {
		_ = w.Stop()
		t.Error("made a world among somebody's files")
	}
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrNoWorld) {
		t.Errorf("opened: %v", err)
	}
}

func TestShopNamesAreUniqueAndStable(t *testing.T) {
	a, b := shopNames(60_000, 5), shopNames(60_000, 5)
	if d := cmp.Diff(a[:300], b[:300], cmp.AllowUnexported(shopName{})); d != "" {
		t.Errorf("two runs differ\n%s", d)
	}
	seen := map[string]bool{}
	for _, n := range a {
		if seen[n.id] || !shop.ValidName(n.id) {
			t.Fatalf("%q is there twice, or no name", n.id)
		}
		seen[n.id] = true
	}
}
