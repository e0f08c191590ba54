package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/git"
)

const tiers = 4

// applications are the ShopSets: one a tier, two on the top.
var applications = []application{{"s-001", "tier-0"}, {"s-101", "tier-1"}, {"s-201", "tier-2"}, {"s-301", "tier-3"}, {"s-302", "tier-3"}}

// capacity is how many shops a ShopSet may hold: few, so that it runs full.
const capacity = 2

var repositories = []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository}

// base is what every seed begins with, made once: three repositories whose four
// tiers run the same release. What was worked out of unchanging objects is kept
// beside it.
type base struct {
	objects map[shop.Repository]*git.Memory
	tips    map[shop.Repository]map[string]git.ID
	tree    map[shop.Repository]git.ID // of every app and configuration commit

	sharing sync.Mutex
	memo    *world.Memo
	used    int

	past map[shop.Tier][]carried // what the tiers carried before a seed begins
}

// memoFor gives the memo of the World; a new one now and then, since each seed
// leaves results behind that no other asks for.
func (b *base) memoFor() *world.Memo {
	b.sharing.Lock()
	defer b.sharing.Unlock()
	if b.used%100 == 0 {
		b.memo = world.NewMemo()
	}
	b.used++
	return b.memo
}

var signature = git.Signature{Name: "Aiko", Email: "aiko@example.com", When: begin.Add(-time.Hour)}

func resources() []any {
	all := []any{
		&shop.Policy{Name: "sim", Repositories: shop.Repositories{System: "/srv/system", App: "/srv/app", Configuration: "/srv/configuration"}, Shops: capacity},
		&shop.Configuration{Name: "default", Service: "web"},
		&shop.Cluster{Name: "in-cluster", Destination: "in-cluster"},
		&shop.Shop{Name: "first", Hosts: []string{"first.example.com"}, ShopSet: "s-301"},
	}
	dwell := shop.Duration(2 * time.Second)
	for n := range tiers {
		spec := &shop.TierSpec{Name: shop.TierAt(n), Dwell: &dwell}
		if n == 2 {
			spec.Gates.Soak = shop.Duration(20 * time.Second)
		}
		all = append(all, spec)
	}
	for _, a := range applications {
		all = append(all, &shop.ShopSet{Name: a.name, Tier: a.tier, Configuration: "default", Cluster: "in-cluster"})
	}
	return all
}

func newBase(tb testing.TB) *base {
	b := &base{objects: map[shop.Repository]*git.Memory{}, tips: map[shop.Repository]map[string]git.ID{}, tree: map[shop.Repository]git.ID{}}
	for _, name := range repositories {
		b.objects[name], b.tips[name] = git.NewMemory(), map[string]git.ID{}
	}
	files := map[string]string{"kustomization.yaml": "kind: Kustomization\n"}
	for _, name := range repositories[:2] {
		id := b.commit(tb, name, files, "Begin")
		for n := range tiers {
			b.tips[name][shop.TierAt(n).Branch()] = id
		}
	}
	files = map[string]string{}
	for _, r := range resources() {
		data, err := intent.Encode(r)
		if err != nil {
			tb.Fatal(err)
		}
		files[intent.Path(intent.KindOf(r), intent.NameOf(r))] = string(data)
	}
	b.tips[shop.SystemRepository][shop.MainBranch] = b.commit(tb, shop.SystemRepository, files, "Begin")
	b.render(tb)
	return b
}

func (b *base) commit(tb testing.TB, name shop.Repository, files map[string]string, message string) git.ID {
	batch := git.NewBatch(b.objects[name])
	changes := map[string]git.Change{}
	for path, text := range files {
		changes[path] = git.Change{Mode: git.ModeFile, ID: batch.PutBlob([]byte(text))}
	}
	tree, err := batch.Edit(git.ID{}, changes)
	if err != nil {
		tb.Fatal(err)
	}
	id, err := batch.PutCommit(git.Commit{Tree: tree, Author: signature, Committer: signature, Message: message + "\n"})
	if err != nil {
		tb.Fatal(err)
	}
	b.objects[name].Add(batch)
	b.tree[name] = tree
	return id
}

// release is the n-th release that the system begins with: a commit in each
// repository, on top of the one before.
func (b *base) release(tb testing.TB, n int) shop.Release {
	var ids [2]git.ID
	for i, name := range repositories[:2] {
		batch := git.NewBatch(b.objects[name])
		when := signature
		when.When = when.When.Add(time.Duration(n) * time.Second)
		id, err := batch.PutCommit(git.Commit{Tree: b.tree[name], Parents: []git.ID{b.tips[name]["refs/heads/tier-0"]}, Author: when, Committer: when, Message: fmt.Sprintf("Release %d\n", n)})
		if err != nil {
			tb.Fatal(err)
		}
		b.objects[name].Add(batch)
		b.tips[name]["refs/heads/tier-0"] = id
		ids[i] = id
	}
	return shop.Release{App: commitID(ids[0]), Configuration: commitID(ids[1])}
}

// render makes the tier branches with the production World: tier-0 has carried
// four releases, tier-1 three of them, and so on.
func (b *base) render(tb testing.TB) {
	s := b.start(0, honest)
	system := s.servers[shop.SystemRepository]
	system.objects = objects{b.objects[shop.SystemRepository], b.objects[shop.SystemRepository]}
	system.tips = b.tips[shop.SystemRepository]
	a := s.actor(0, true)
	a.direct, a.person = true, true
	runs := map[shop.Tier]shop.Release{}
	for n := range tiers {
		r := shop.Release{App: commitID(b.tips[shop.AppRepository]["refs/heads/tier-0"]), Configuration: commitID(b.tips[shop.ConfigurationRepository]["refs/heads/tier-0"])}
		if n > 0 {
			r = b.release(tb, n)
		}
		for k := range tiers - n {
			t := shop.TierAt(k)
			s.now = begin.Add(time.Duration(n-5)*time.Hour + time.Duration(k)*10*time.Minute)
			w := plan.TierWrite{Tier: t, Release: r, App: r.App, Configuration: r.Configuration, From: runs[t],
				Replaced: shop.Carried{Release: runs[t], Health: shop.Healthy, HealthySince: s.now.Add(-30 * time.Minute)}}
			if n > 0 {
				w.System = commitID(system.tips[t.Branch()])
				for _, name := range repositories[:2] {
					b.tips[name][t.Branch()] = b.tips[name]["refs/heads/tier-0"]
				}
			}
			runs[t] = r
			run := a.world()
			if _, err := run.Observe(tb.Context(), shop.Look{}); err != nil {
				tb.Fatal(err)
			}
			if err := run.Do(tb.Context(), plan.WriteSystem{Title: fmt.Sprintf("%s: release %d", t, n), Main: commitID(system.tips[shop.MainBranch]), Tiers: []plan.TierWrite{w}}); err != nil {
				tb.Fatal(err)
			}
		}
	}
	b.past = s.lines
}

func commitID(id git.ID) shop.CommitID { return shop.CommitID(id.String()) }

// sim is one seed.
type sim struct {
	schedule
	*base
	seed     uint64
	mistake  mistake
	servers  map[shop.Repository]*server
	lines    map[shop.Tier][]carried // what each tier branch carried, oldest first
	memo     *world.Memo
	argocd   argo
	forge    *forge // nil: there is none
	checker  checker
	open     int // actors that have not ended
	outcomes map[string]int
}

func (b *base) start(seed uint64, m mistake) *sim {
	s := &sim{schedule: newSchedule(seed), base: b, seed: seed, mistake: m, servers: map[shop.Repository]*server{},
		lines: map[shop.Tier][]carried{}, outcomes: map[string]int{}, memo: b.memoFor()}
	for _, name := range repositories {
		tips := map[string]git.ID{}
		for ref, tip := range b.tips[name] {
			tips[ref] = tip
		}
		s.servers[name] = &server{name: name, objects: objects{git.NewMemory(), b.objects[name]}, tips: tips}
	}
	s.argocd = argo{sim: s, refreshed: map[shop.Tier][]time.Time{}}
	s.checker = newChecker(s)
	for tier, line := range b.past {
		s.lines[tier] = slices.Clone(line)
		for _, l := range line {
			for _, a := range applications {
				if a.tier == tier {
					s.checker.healthy[seenKey(a, l.release)] = true
				}
			}
		}
	}
	return s
}

// pairAt is the release that a system commit carries, read from its tree alone.
func (s *sim) pairAt(commit git.ID) (r shop.Release) {
	c, err := s.servers[shop.SystemRepository].Commit(commit)
	if err != nil {
		return r
	}
	entries, _ := s.servers[shop.SystemRepository].Tree(c.Tree)
	for _, e := range entries {
		switch {
		case e.Mode == git.ModeGitlink && e.Name == "base":
			r.App = shop.CommitID(e.ID.String())
		case e.Mode == git.ModeGitlink && e.Name == "config":
			r.Configuration = shop.CommitID(e.ID.String())
		}
	}
	return r
}

func (s *sim) actor(id int, safe bool) *actor {
	return &actor{sim: s, id: id, random: rand.New(rand.NewPCG(s.seed, uint64(id)+7)), safe: safe, patience: 2 * time.Minute, skew: s.skewOf(id, safe)}
}

// world is a World of one run, over this actor's connections.
func (a *actor) world() *world.World {
	repos := map[shop.Repository]world.Repository{}
	for _, name := range repositories {
		repos[name] = &repository{server: a.servers[name], by: a, seen: &a.seen[slices.Index(repositories, name)], force: a.mistake == noOldID}
	}
	a.operation = fmt.Sprintf("%016x%016x", a.random.Uint64(), a.random.Uint64())
	argocd := a.argocd
	argocd.by = a
	options := world.Options{
		System: "sim", Repositories: repos, Operation: a.operation, Memo: a.memo,
		Identity: func() (world.Identity, error) {
			return world.Identity{Actor: "Aiko <aiko@example.com>", Name: "Aiko", Email: "aiko@example.com"}, nil
		},
		Now:    func() time.Time { return a.now.Add(a.skew) },
		Chance: a.random.Float64,
		Facts: func(shop.Configuration, shop.Policy, render.Tree, render.Tree) (render.Facts, error) {
			return render.Facts{}, nil
		},
	}
	if !a.direct {
		options.ArgoCD = argocd
		if a.forge != nil {
			options.Forge = forgeOf{forge: a.forge, by: a}
		}
	}
	w, err := world.New(options)
	if err != nil {
		panic(err)
	}
	return w
}
