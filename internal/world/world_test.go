package world_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/git"
)

// place is three bare repositories behind git http-backend.
type place struct {
	t      *testing.T
	dir    string
	url    string
	runs   int
	server *rehearsal.GitServer
}

func newPlace(t *testing.T) *place {
	dir := t.TempDir()
	for _, name := range []string{"app.git", "configuration.git", "system.git"} {
		run(t, dir, "git", "init", "-q", "--bare", "-b", "main", name)
	}
	server := rehearsal.NewGitServer(dir, rehearsal.GitOptions{})
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return &place{t: t, dir: dir, url: web.URL, server: server}
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=ryu", "GIT_AUTHOR_EMAIL=ryu@example.com", "GIT_COMMITTER_NAME=ryu", "GIT_COMMITTER_EMAIL=ryu@example.com", "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *place) address(name string) string { return p.url + "/" + name + ".git" }

func (p *place) world() *world.World {
	p.t.Helper()
	repos := map[shop.Repository]world.Repository{}
	for _, name := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository} {
		r, err := git.Open(git.Options{Address: p.address(string(name)), CacheDir: filepath.Join(p.dir, "cache")})
		if err != nil {
			p.t.Fatal(err)
		}
		repos[name] = r
	}
	p.runs++
	w, err := world.New(world.Options{
		System: "prod", Repositories: repos, Operation: strings.Repeat("0", 30) + string(rune('a'+p.runs)),
		Now: time.Now, Chance: func() float64 { return 0 }, Cache: filepath.Join(p.dir, "cache", "system"),
		Identity: func() (world.Identity, error) {
			return world.Identity{Actor: "ryu <ryu@example.com>", Name: "ryu", Email: "ryu@example.com"}, nil
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return w
}

// reach carries a goal out and returns what was done.
func (p *place) reach(goal func(shop.State) shop.Goal) []plan.Op {
	p.t.Helper()
	w := p.world()
	ctx := context.Background()
	first := goal(shop.State{})
	have, err := w.Observe(ctx, first)
	if err != nil {
		p.t.Fatal(err)
	}
	g := goal(have)
	todo, err := plan.For(g, have)
	if err != nil {
		p.t.Fatal(err)
	}
	var done []plan.Op
	err = apply.Run(ctx, w, apply.Job{Goal: g, Approved: todo, Poll: 10 * time.Millisecond, Chance: func() float64 { return 0 },
		Report: func(e apply.Event) error {
			p.t.Logf("%s %v %v", e.Kind, wish(e.Op), e.Err)
			if e.Kind == apply.Finished && e.Err == nil {
				done = append(done, e.Op)
			}
			return nil
		}}, apply.Limits{Timeout: 10 * time.Second, Now: time.Now})
	if err != nil {
		p.t.Fatalf("%T: %v", errors.Unwrap(err), err)
	}
	p.fsck()
	return done
}

func wish(op plan.Op) string {
	if op == nil {
		return "-"
	}
	return op.Wish()
}

func (p *place) fsck() {
	p.t.Helper()
	for _, name := range []string{"app", "configuration", "system"} {
		run(p.t, filepath.Join(p.dir, name+".git"), "git", "fsck", "--strict", "--no-dangling")
	}
}

func (p *place) ref(repo, ref string) string {
	return run(p.t, filepath.Join(p.dir, repo+".git"), "git", "rev-parse", ref)
}

func (p *place) link(tier, name string) string {
	return strings.Fields(run(p.t, filepath.Join(p.dir, "system.git"), "git", "ls-tree", tier, name))[2]
}

// merge is a person's commit on tier-0 of the app.
func (p *place) merge(file string) string {
	p.t.Helper()
	clone := filepath.Join(p.t.TempDir(), "app")
	run(p.t, p.dir, "git", "clone", "-q", "-b", "tier-0", p.address("app"), clone)
	if err := os.WriteFile(filepath.Join(clone, file), []byte(file), 0o600); err != nil {
		p.t.Fatal(err)
	}
	run(p.t, clone, "git", "add", ".")
	run(p.t, clone, "git", "commit", "-qm", "add "+file)
	run(p.t, clone, "git", "push", "-q", "origin", "tier-0")
	return p.ref("app", "tier-0")
}

func TestReleasePath(t *testing.T) {
	p := newPlace(t)
	initial := func(shop.State) shop.Goal {
		return shop.Init{System: "prod", Tiers: 3, Repositories: shop.Repositories{System: p.address("system"), App: p.address("app"), Configuration: p.address("configuration")}}
	}
	p.reach(initial)
	if again := p.reach(initial); len(again) != 0 {
		t.Errorf("init again did %d operations", len(again))
	}
	reconcile := func(shop.State) shop.Goal { return shop.Reconcile{} }
	if again := p.reach(reconcile); len(again) != 0 {
		t.Errorf("reconcile after init did %v", again)
	}
	first := p.ref("app", "tier-0")
	merged := p.merge("cart.rb")
	p.reach(reconcile)
	if got := p.link("tier-0", "base"); got != merged {
		t.Fatalf("tier-0 carries %s, want %s", got, merged)
	}
	promote := func(to shop.Tier) func(shop.State) shop.Goal {
		return func(have shop.State) shop.Goal {
			g := shop.Promote{To: to, From: "tier-0"}
			if len(have.Tiers) > 0 {
				r, _, err := plan.Choose(have, g)
				if err != nil {
					t.Fatal(err)
				}
				g.Release = r
			}
			return g
		}
	}
	p.reach(promote("tier-2"))
	for _, tier := range []string{"tier-1", "tier-2"} {
		if got := p.link(tier, "base"); got != merged || p.ref("app", tier) != merged {
			t.Errorf("%s carries %s, branch %s, want %s", tier, got, p.ref("app", tier), merged)
		}
	}
	if again := p.reach(promote("tier-2")); len(again) != 0 {
		t.Errorf("promote again did %v", again)
	}
	p.reach(func(have shop.State) shop.Goal {
		g := shop.Rollback{Tier: "tier-2"}
		if len(have.Tiers) > 0 {
			r, err := plan.Former(have, "tier-2")
			if err != nil {
				t.Fatal(err)
			}
			g.Release = r
		}
		return g
	})
	if got := p.link("tier-2", "base"); got != first || p.ref("app", "tier-2") != merged {
		t.Errorf("rolled back: carries %s, want %s", got, first)
	}
	if again := p.reach(reconcile); len(again) != 0 {
		t.Errorf("reconcile moved a pinned tier: %v", again)
	}
	p.reach(func(shop.State) shop.Goal { return shop.Unpin{Tier: "tier-2"} })
	if got := p.link("tier-2", "base"); got != merged {
		t.Errorf("unpinned: carries %s, want %s", got, merged)
	}
	if again := p.reach(reconcile); len(again) != 0 {
		t.Errorf("reconcile after all did %v", again)
	}
}
