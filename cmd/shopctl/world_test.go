package main

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
)

// The moment at which the world of a script stands still.
var worldStart = time.Date(2026, 11, 20, 1, 41, 2, 0, time.UTC)

// worlds are the rehearsal worlds of the scripts that run, by work directory.
type worlds struct {
	mu   sync.Mutex
	open map[string]*rehearsal.World
}

// worldCommands give a script a world of its own:
//
//	world [forge] [shops=N] [tiers=N] [runs] SHOPCTL_CONFIG leads into it; its clock stands still, unless it runs
//	merge                                    a person merges the next change into tier-0, and CI reconciles
//	advance 4h                               moves its clock
//	break FAULT                              as shopctl demo break
//
// With a forge it has more of them: see forgeCommands.
func worldCommands() map[string]func(*testscript.TestScript, bool, []string) {
	w := &worlds{open: map[string]*rehearsal.World{}}
	all := w.forgeCommands()
	maps.Copy(all, w.promotionCommands())
	maps.Copy(all, map[string]func(*testscript.TestScript, bool, []string){
		"world": w.start,
		"merge": func(ts *testscript.TestScript, _ bool, _ []string) {
			_, err := w.of(ts).Merge(context.Background(), rehearsal.Change{})
			ts.Check(err)
			w.idle(ts)
		},
		"advance": func(ts *testscript.TestScript, _ bool, args []string) {
			d, err := time.ParseDuration(strings.Join(args, ""))
			ts.Check(err)
			ts.Check(w.of(ts).Advance(d))
			w.idle(ts)
		},
		"front": func(ts *testscript.TestScript, _ bool, args []string) { front(ts, w.of(ts), args) },
		"break": func(ts *testscript.TestScript, _ bool, args []string) {
			ts.Check(w.of(ts).Break(strings.Join(args, "")))
		},
	})
	return all
}

func (w *worlds) of(ts *testscript.TestScript) *rehearsal.World {
	w.mu.Lock()
	defer w.mu.Unlock()
	world := w.open[ts.Getenv("WORK")]
	if world == nil {
		ts.Fatalf("this script has no world yet")
	}
	return world
}

// front asks the world's door as a customer of a host would, until it answers so.
func front(ts *testscript.TestScript, world *rehearsal.World, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, world.ArgoURL(), nil)
		ts.Check(err)
		r.Host = args[0]
		answer, err := http.DefaultClient.Do(r)
		ts.Check(err)
		_ = answer.Body.Close()
		got := strconv.Itoa(answer.StatusCode)
		if got == args[1] && (answer.StatusCode == http.StatusServiceUnavailable) == (answer.Header.Get("Retry-After") != "") {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("%s answers %s, not %s: %v", args[0], got, args[1], answer.Header)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (w *worlds) idle(ts *testscript.TestScript) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ts.Check(w.of(ts).Idle(ctx))
	ts.Check(w.of(ts).Advance(0)) // Argo CD has read what was pushed
}

func (w *worlds) start(ts *testscript.TestScript, _ bool, args []string) {
	work := ts.Getenv("WORK")
	dir := filepath.Join(work, "world")
	o := rehearsal.Options{Start: worldStart, Shops: 40, Reconcile: func(ctx context.Context) error { return reconcileAll(ctx, dir) }}
	for _, arg := range args {
		switch arg {
		case "runs":
			o.Runs = true
			continue
		case "unattended":
			o.Reconcile = nil
			continue
		case "forge":
			o.Forge = rehearsal.StrictForge
			continue
		}
		name, value, _ := strings.Cut(arg, "=")
		n, err := strconv.Atoi(value)
		ts.Check(err)
		switch name {
		case "shops":
			o.Shops = n
		case "tiers":
			o.Tiers = n
		default:
			ts.Fatalf("world: unknown %q", arg)
		}
	}
	world, err := rehearsal.Create(context.Background(), dir, o)
	ts.Check(err)
	ts.Defer(func() {
		if err := world.Stop(); err != nil {
			ts.Logf("stop the world: %v", err)
		}
	})
	w.mu.Lock()
	w.open[work] = world
	w.mu.Unlock()
	ts.Setenv("SHOPCTL_CONFIG", world.ConfigFile())
	for name, address := range map[string]string{"APP": world.Addresses().App, "CONFIGURATION": world.Addresses().Configuration, "SYSTEM": world.Addresses().System, "ARGOCD": world.ArgoURL()} {
		ts.Setenv(name, address)
	}
	forgeEnvironment(ts, world)
}

// reconcileAll is what CI does after each push, in the test's own process.
func reconcileAll(ctx context.Context, dir string) error {
	system, err := settings.Load(filepath.Join(dir, ".shopctl.yml"))
	if err != nil {
		return err
	}
	environment := map[string]string{"GIT_AUTHOR_NAME": "shopctl", "GIT_AUTHOR_EMAIL": "shopctl@example.com"}
	if token, err := os.ReadFile(rehearsal.ForgeTokenFile(dir)); err == nil {
		environment["SHOPCTL_TOKEN"], environment["SHOPCTL_TOKEN_HOST"] = string(token), hostOf(system.API)
	}
	getenv := func(name string) string {
		return environment[name]
	}
	w, err := openWorld(ctx, system, cli.WorldOptions{
		Cache: filepath.Join(dir, "ci-cache"), Operation: strings.Repeat("0", 16) + strconv.FormatUint(rand.Uint64()|1<<63, 16), Getenv: getenv,
	})
	if err != nil {
		return err
	}
	defer w.Close()
	have, err := w.Observe(ctx, shop.Reconcile{})
	if err != nil {
		return err
	}
	todo, err := plan.For(shop.Reconcile{}, have)
	if err != nil {
		return err
	}
	job := apply.Job{Goal: shop.Reconcile{}, Approved: todo, Poll: time.Millisecond, Chance: func() float64 { return 0 }, Report: func(apply.Event) error { return nil }}
	return apply.Run(ctx, w, job, apply.Limits{Timeout: 10 * time.Second, Now: time.Now})
}

// The world of the scripts is the same each time: what is compared with it
// does not change from run to run.
func TestWorldIsTheSame(t *testing.T) {
	var shown []string
	for range 2 {
		dir := filepath.Join(t.TempDir(), "world")
		world, err := rehearsal.Create(context.Background(), dir, rehearsal.Options{Start: worldStart, Shops: 10})
		if err != nil {
			t.Fatal(err)
		}
		system, err := settings.Load(world.ConfigFile())
		if err != nil {
			t.Fatal(err)
		}
		w, err := openWorld(context.Background(), system, cli.WorldOptions{Cache: t.TempDir(), Getenv: func(string) string { return "" }})
		if err != nil {
			t.Fatal(err)
		}
		have, err := w.Observe(context.Background(), shop.Look{})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, tier := range have.Tiers {
			text += string(tier.Spec.Name) + " " + string(tier.Runs.App) + " " + string(tier.Health()) + " " + tier.BroughtAt.String() + "\n"
		}
		shown = append(shown, text)
		w.Close()
		if err := world.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if shown[0] != shown[1] {
		t.Errorf("two worlds differ:\n%s\n%s", shown[0], shown[1])
	}
}
