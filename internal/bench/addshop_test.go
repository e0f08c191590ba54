//go:build unix

package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/git"
)

const (
	addPairs     = 10
	addCPUPart   = 0.1  // of what git takes in a warm work tree
	addClonePart = 0.02 // of what git takes with a clone of depth 1
	clones       = 3
	home         = shop.ShopSetID("s-201")
	homeTier     = shop.Tier("tier-2")
)

// One shop is added to 100,000, in three ways: by the command, a hand edit of the
// intent that is reconciled, and one write of main and the tier branch together
// by package world. git does it as two scripts would: in work trees that it has
// seen before, and in a clone of depth 1 that it makes for this. What the server
// takes counts for neither.
func BenchmarkAddShop(b *testing.B) {
	p := open(b, largeSize)
	trees := newWorkTrees(p)
	p.firstAdds()
	var cloned []cost
	for n := range clones {
		cloned = append(cloned, p.cloneAndAdd(fmt.Sprintf("cloned-%d", n)))
	}
	trees.git("-C", trees.tier, "pull", "-q", "--ff-only")
	clone := median(cloned)
	p.keep()
	for _, way := range []struct {
		name string
		add  func(name string) cost
	}{
		{"command", func(name string) cost {
			return p.shopctl("shop", "add", name, "--host", name+".example", "--shopset", string(home), "--no-wait")
		}},
		{"reconcile", func(name string) cost {
			p.handEdit(name)
			return p.shopctl("reconcile", string(homeTier), "--yes")
		}},
		{"world", func(name string) cost { return p.child("add", name) }},
	} {
		n, most := 0, traffic{}
		ours := func() cost {
			n++
			p.back()
			var c cost
			t := p.wire.during(0, func() { c = way.add(fmt.Sprintf("new-%s-%d", way.name, n)) })
			if t.pushes != 1 {
				b.Errorf("add a shop by %s: %d pushes", way.name, t.pushes)
			}
			most = most.most(t)
			return c
		}
		theirs := func() cost { return trees.add(fmt.Sprintf("new-%s-%d", way.name, n)) }
		a, g, made := pairs(addPairs, ours, theirs)
		part, clonePart := ratio(a.cpu, g.cpu), ratio(a.cpu, clone.cpu)
		name := "add-shop-" + way.name
		figure(name, "shops", largeSize, "cpu-part-of-git", part, "limit", addCPUPart, "clone-cpu-times", 1/clonePart, "clone-limit", 1/addClonePart,
			"cpu", a.cpu, "git-cpu", g.cpu, "clone-cpu", clone.cpu, "wall", a.wall, "git-wall", g.wall, "clone-wall", clone.wall, "sent-bytes", most.sent, "requests", most.requests, "pairs", made)
		atMost(b, name+": bytes sent", most.sent, sentLimit)
		atMost(b, name+": CPU against git in a warm work tree", part, addCPUPart)
		atMost(b, name+": CPU against git with a clone of depth 1", clonePart, addClonePart)
	}
}

// firstAdds are not measured: what the whole intent has to be read for, such as
// whose a host is, is read once and then kept in step.
func (p *place) firstAdds() {
	p.handEdit("first-reconcile")
	c := p.shopctl("reconcile", "--yes")
	figure("add-shop-first", "shops", p.shops, "cpu", c.cpu, "wall", c.wall)
	p.child("add", "first-world")
	p.shopctl("shop", "add", "first-command", "--host", "first-command.example", "--no-wait")
}

func newShop(name string) *shop.Shop {
	return &shop.Shop{Name: shop.ShopID(name), Hosts: []string{name + ".example"}, ShopSet: home}
}

// handEdit puts a shop on main on the server, behind the client's back.
func (p *place) handEdit(name string) {
	p.b.Helper()
	data, err := intent.Encode(newShop(name))
	if err != nil {
		p.b.Fatal(err)
	}
	var stream strings.Builder
	p.commitTo(&stream, shop.MainBranch, "Add "+name)
	fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", intent.Path(shop.KindShop, name), len(data), data)
	p.imported("system.git", stream.String())
}

// workTrees are main and the tier's branch checked out, as a script would keep
// them, of a copy of the repository that nobody else writes.
type workTrees struct {
	p          *place
	main, tier string
}

func newWorkTrees(p *place) workTrees {
	p.b.Helper()
	from := time.Now()
	run(p.b, exec.Command("git", "clone", "-q", "--mirror", filepath.Join(p.git, "system.git"), filepath.Join(p.git, "peer.git")))
	w := workTrees{p, filepath.Join(p.home, "work", "main"), filepath.Join(p.home, "work", "tier")}
	w.git("clone", "-q", "--branch", "main", p.url+"/peer.git", w.main)
	w.git("-C", w.main, "worktree", "add", "-q", w.tier, string(homeTier))
	for _, dir := range []string{w.main, w.tier} {
		w.git("-C", dir, "status", "--short") // git now knows the files
	}
	p.b.Logf("work trees made in %s", time.Since(from).Round(time.Millisecond))
	return w
}

func (w workTrees) git(args ...string) cost {
	w.p.b.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "HOME="+w.p.home, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Takuya", "GIT_AUTHOR_EMAIL=takuya@example.com",
		"GIT_COMMITTER_NAME=Takuya", "GIT_COMMITTER_EMAIL=takuya@example.com")
	c, _ := run(w.p.b, cmd)
	return c
}

// add is the whole edit: look what is new, write both files, commit, push.
func (w workTrees) add(name string) cost {
	w.p.b.Helper()
	return w.gits([]string{"-C", w.main, "pull", "-q", "--ff-only"}).and(w.edit(name))
}

func (w workTrees) edit(name string) cost {
	w.p.b.Helper()
	data, err := intent.Encode(newShop(name))
	if err != nil {
		w.p.b.Fatal(err)
	}
	file, route := intent.Path(shop.KindShop, name), filepath.Join("shopsets", string(home), "shops", name+".yaml")
	w.p.write(filepath.Join(w.main, file), string(data))
	w.p.write(filepath.Join(w.tier, route), routeFile(name))
	return w.gits(
		[]string{"-C", w.main, "add", file},
		[]string{"-C", w.main, "commit", "-q", "-m", "Add " + name},
		[]string{"-C", w.tier, "add", route},
		[]string{"-C", w.tier, "commit", "-q", "-m", "Add " + name},
		[]string{"-C", w.main, "push", "-q", "--atomic", "origin", "main", string(homeTier)},
	)
}

func routeFile(name string) string { return "kind: HTTPRoute\nmetadata:\n  name: " + name + "\n" }

func (w workTrees) gits(commands ...[]string) (sum cost) {
	w.p.b.Helper()
	for _, args := range commands {
		sum = sum.and(w.git(args...))
	}
	return sum
}

// cloneAndAdd is the edit by a script that keeps nothing: it takes no more than
// the newest commit of both branches.
func (p *place) cloneAndAdd(name string) cost {
	p.b.Helper()
	dir := filepath.Join(p.home, name)
	w := workTrees{p, filepath.Join(dir, "main"), filepath.Join(dir, "tier")}
	sum := w.gits(
		[]string{"clone", "-q", "--depth", "1", "--branch", "main", p.url + "/peer.git", w.main},
		[]string{"-C", w.main, "remote", "set-branches", "--add", "origin", string(homeTier)},
		[]string{"-C", w.main, "fetch", "-q", "--depth", "1", "origin", string(homeTier)},
		[]string{"-C", w.main, "worktree", "add", "-q", w.tier, string(homeTier)},
	).and(w.edit(name))
	if err := os.RemoveAll(dir); err != nil {
		p.b.Fatal(err)
	}
	return sum
}

// child runs one of the works below in a process of its own, to know its cost.
func (p *place) child(work, argument string) cost {
	p.b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{childVariable + "=" + work, "ARGUMENT=" + argument, "URL=" + p.url, "HOME=" + p.home, "PATH=" + filepath.Join(p.home, "bin")}
	c, _ := run(p.b, cmd)
	return c
}

const childVariable = "SHOPCTL_BENCH_CHILD"

// works are what the test binary does as a child.
var works = map[string]func() error{
	// One push writes a shop to main and its route to the tier branch.
	"add": func() error {
		w, err := childsWorld()
		if err != nil {
			return err
		}
		return added(context.Background(), w, newShop(os.Getenv("ARGUMENT")))
	},
}

func childsWorld() (apply.World, error) {
	repos := map[shop.Repository]world.Repository{}
	for name, file := range map[shop.Repository]string{shop.AppRepository: "app", shop.ConfigurationRepository: "configuration", shop.SystemRepository: "system"} {
		o := git.Options{Address: os.Getenv("URL") + "/" + file + ".git", CacheDir: filepath.Join(os.Getenv("HOME"), ".cache", "child", "git")}
		if name != shop.SystemRepository {
			o.Filter = "blob:none"
		}
		repo, err := git.Open(o)
		if err != nil {
			return nil, err
		}
		repos[name] = repo
	}
	return world.New(world.Options{
		System: "demo", Repositories: repos, Operation: fmt.Sprintf("%032x", time.Now().UnixNano()), Now: time.Now, Chance: func() float64 { return 0 },
		Identity: func() (world.Identity, error) {
			return world.Identity{Actor: "Takuya", Name: "Takuya", Email: "takuya@example.com"}, nil
		},
		Cache: filepath.Join(os.Getenv("HOME"), ".cache", "child", "system"),
	})
}

func added(ctx context.Context, w apply.World, s *shop.Shop) error {
	have, err := w.Observe(ctx, shop.Reconcile{Tiers: []shop.Tier{homeTier}})
	if err != nil {
		return err
	}
	t, ok := have.Tier(homeTier)
	if !ok {
		return fmt.Errorf("add %s: no %s", s.Name, homeTier)
	}
	op := plan.WriteSystem{
		Edits: []shop.Edit{{Kind: shop.KindShop, Name: string(s.Name), Value: s}},
		Tiers: []plan.TierWrite{{Tier: homeTier, Release: t.Runs, From: t.Runs, System: t.System, App: t.App, Configuration: t.Configuration}},
		Title: "shop add " + string(s.Name), Main: have.Main,
	}
	return w.Do(ctx, op)
}
