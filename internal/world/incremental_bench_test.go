//go:build unix

package world_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/git"
)

// large is a system of many shops behind git's http-backend.
type large struct {
	b    *testing.B
	git  string // folder of the bare repositories
	home string // of the caches
	url  string
}

func newLarge(b *testing.B, shops int) *large {
	b.Helper()
	dir := b.TempDir()
	r, err := rehearsal.Create(context.Background(), filepath.Join(dir, "world"), rehearsal.Options{Shops: shops, Seed: 1, Start: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)})
	if err != nil {
		b.Fatal(err)
	}
	if err := r.Stop(); err != nil {
		b.Fatal(err)
	}
	l := &large{b: b, git: filepath.Join(dir, "world", "repositories"), home: filepath.Join(dir, "home")}
	web := httptest.NewServer(rehearsal.NewGitServer(l.git, rehearsal.GitOptions{}))
	b.Cleanup(web.Close)
	l.url = web.URL
	l.open()
	return l
}

// world is that of a new run: it remembers nothing but the caches.
func (l *large) world() *world.World {
	l.b.Helper()
	repos := map[shop.Repository]world.Repository{}
	for _, name := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository} {
		r, err := git.Open(git.Options{Address: l.url + "/" + string(name) + ".git", CacheDir: l.home})
		if err != nil {
			l.b.Fatal(err)
		}
		l.b.Cleanup(r.Close)
		repos[name] = r
	}
	w, err := world.New(world.Options{
		System: rehearsal.System, Repositories: repos, Operation: strings.Repeat("0", 32),
		Now: time.Now, Chance: func() float64 { return 0 }, Cache: filepath.Join(l.home, "system"),
		Identity: func() (world.Identity, error) {
			return world.Identity{Actor: "ryu <ryu@example.com>", Name: "ryu", Email: "ryu@example.com"}, nil
		},
	})
	if err != nil {
		l.b.Fatal(err)
	}
	return w
}

// open takes soak and protection from the tiers.
func (l *large) open() {
	var stream strings.Builder
	fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter Ryu <ryu@example.com> %d +0000\ndata 4\nOpen\nfrom refs/heads/main^0\n", time.Now().Unix())
	for n := range 3 {
		text := fmt.Sprintf("apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata:\n  name: tier-%d\nspec: {}\n", n)
		fmt.Fprintf(&stream, "M 100644 inline tiers/tier-%d.yaml\ndata %d\n%s\n", n, len(text), text)
	}
	cmd := exec.Command("git", "--git-dir="+filepath.Join(l.git, "system.git"), "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		l.b.Fatalf("%v\n%s", err, out)
	}
}

func (l *large) observe(w *world.World, g shop.Goal) shop.State {
	l.b.Helper()
	have, err := w.Observe(context.Background(), g)
	if err != nil {
		l.b.Fatal(err)
	}
	return have
}

func (l *large) build(w *world.World, op plan.WriteSystem) {
	l.b.Helper()
	built, err := w.Build(context.Background(), op)
	if err != nil {
		l.b.Fatal(err)
	}
	if len(built.Updates) == 0 {
		l.b.Fatal("there was nothing to build")
	}
}

// promotion looks, plans and builds what brings a release to the top.
func (l *large) promotion() {
	w := l.world()
	g := shop.Promote{To: "tier-2", From: "tier-1", NoWait: true}
	have := l.observe(w, g)
	t, _ := have.Tier("tier-1")
	g.Release = t.Runs
	todo, err := plan.For(g, have)
	if err != nil {
		l.b.Fatal(err)
	}
	for _, op := range todo {
		if op, ok := op.(plan.WriteSystem); ok {
			l.build(w, op)
			return
		}
	}
	l.b.Fatalf("no write among %v", todo)
}

// addition looks and builds what adds one shop to the top tier.
func (l *large) addition() {
	w := l.world()
	have := l.observe(w, shop.Look{})
	t, _ := have.Tier("tier-2")
	s := &shop.Shop{Name: "new-shop", Hosts: []string{"new-shop.example"}, ShopSet: "s-201"}
	l.build(w, plan.WriteSystem{
		Edits: []shop.Edit{{Kind: shop.KindShop, Name: string(s.Name), Value: s}},
		Tiers: []plan.TierWrite{{Tier: "tier-2", Release: t.Runs, System: t.System, App: t.App, Configuration: t.Configuration, From: t.Runs}},
		Title: "shop add new-shop", Main: have.Main,
	})
}

// used is the processor time of this process: with the git server's part in it,
// without git's own.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What one write costs does not grow with the number of shops. The figures are
// printed, not judged: package bench does that with whole processes.
func BenchmarkWrite(b *testing.B) {
	for _, shops := range []int{1_000, 100_000} {
		l := newLarge(b, shops)
		for _, what := range []struct {
			name string
			do   func()
		}{{"promote", l.promotion}, {"add-shop", l.addition}} {
			before := used()
			what.do()
			fmt.Printf("figure %s-%d cold cpu=%s\n", what.name, shops, used()-before)
			b.Run(fmt.Sprintf("%s-%d", what.name, shops), func(b *testing.B) {
				b.ReportAllocs()
				before := used()
				for b.Loop() {
					what.do()
				}
				cpu := (used() - before) / time.Duration(b.N)
				b.ReportMetric(float64(cpu)/1e6, "cpu-ms/op")
				fmt.Printf("figure %s-%d warm cpu=%s\n", what.name, shops, cpu)
			})
		}
	}
}
