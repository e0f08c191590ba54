package world

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// stored is a repository in memory that nobody pushes to.
type stored struct{ *git.Memory }

func (stored) Refs(context.Context) (git.Refs, error)               { return git.Refs{}, nil }
func (stored) RefsForPush(context.Context) (git.Refs, error)        { return git.Refs{}, nil }
func (stored) Fetch(context.Context, ...git.ID) error               { return nil }
func (stored) Need(context.Context, ...git.ID) error                { return nil }
func (stored) Push(context.Context, []git.Update, *git.Batch) error { return nil }

// drift is a system whose intent changes at random, and its tier branches.
type drift struct {
	t     *testing.T
	dice  *rand.Rand
	repos map[shop.Repository]stored
	set   intent.Set          // as it should be in main
	odd   map[string]string   // files that are no resource, or none that can be read
	modes map[string]git.Mode // other than of a plain file
	main  git.Commit
	tips  map[shop.Tier]git.Commit
	apps  []shop.CommitID
	confs []shop.CommitID
	days  int
}

func emptyDrift(t *testing.T, seed uint64) *drift {
	d := &drift{t: t, dice: rand.New(rand.NewPCG(seed, 1)), tips: map[shop.Tier]git.Commit{}, odd: map[string]string{}, modes: map[string]git.Mode{},
		repos: map[shop.Repository]stored{}}
	for _, name := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository} {
		d.repos[name] = stored{git.NewMemory()}
	}
	return d
}

// newDrift begins with some tiers, ShopSets and shops.
func newDrift(t *testing.T, seed uint64) *drift {
	d := emptyDrift(t, seed)
	for n, port := range []string{"8080", "8080", "8080", "8080", "8080", "0", "9090", "broken"} {
		d.apps = append(d.apps, d.plain(shop.AppRepository, map[string]string{"port": port, "n": fmt.Sprint(n)}))
	}
	for n, kind := range []string{"Component", "Component", "Component", "Kustomization"} {
		d.confs = append(d.confs, d.plain(shop.ConfigurationRepository, map[string]string{"kind": kind, "n": fmt.Sprint(n)}))
	}
	d.set.Add(&shop.Policy{Name: "prod", Repositories: shop.Repositories{System: "example-shop/system", App: "example-shop/app", Configuration: "example-shop/configuration"},
		Plans: map[string]shop.Plan{"small": {}, "large": {Weight: 3, DBConnections: 2}}, DefaultPlan: "small", Shops: 20})
	for n := range 3 {
		d.set.Add(&shop.TierSpec{Name: shop.TierAt(n)})
	}
	d.set.Add(&shop.Configuration{Name: "default", Base: "k8s", Path: "shop", Service: "web"})
	d.set.Add(&shop.Configuration{Name: "bare", Service: "web"})
	d.set.Add(&shop.Cluster{Name: "tokyo", Destination: "tokyo"})
	d.set.Add(&shop.Cluster{Name: "osaka", Destination: "https://osaka.example", Routing: "ingress"})
	for n := range 6 {
		d.addShopSet(n)
	}
	for n := range 30 {
		d.addShop(n)
	}
	d.commitMain()
	return d
}

func (d *drift) plain(repo shop.Repository, files map[string]string) shop.CommitID {
	b := git.NewBatch(d.repos[repo])
	return commitID(d.commit(b, repo, git.Commit{}, files, "x"))
}

// commit writes files over those of a parent; empty content removes.
func (d *drift) commit(b *git.Batch, repo shop.Repository, parent git.Commit, files map[string]string, message string) git.ID {
	d.t.Helper()
	changes := map[string]git.Change{}
	for path, text := range files {
		changes[path] = git.Change{}
		if text != "" {
			changes[path] = git.Change{Mode: cmp.Or(d.modes[path], git.ModeFile), ID: b.PutBlob([]byte(text))}
		}
	}
	tree, err := b.Edit(parent.Tree, changes)
	if err != nil {
		d.t.Fatal(err)
	}
	d.days++
	at := git.Signature{Name: "ryu", Email: "ryu@example.com", When: time.Unix(int64(1_800_000_000+d.days), 0)}
	c := git.Commit{Tree: tree, Author: at, Committer: at, Message: message}
	if !parent.ID.IsZero() {
		c.Parents = []git.ID{parent.ID}
	}
	id, err := b.PutCommit(c)
	if err != nil {
		d.t.Fatal(err)
	}
	d.repos[repo].Add(b)
	return id
}

func (d *drift) addShopSet(n int) {
	d.set.Add(&shop.ShopSet{Name: shop.ShopSetID(fmt.Sprintf("s-%d", n)), Tier: shop.TierAt(n % 3), Configuration: pick(d, "default", "bare"), Cluster: pick(d, "tokyo", "osaka")})
}

func (d *drift) addShop(n int) {
	name := fmt.Sprintf("shop-%d", n)
	d.set.Add(&shop.Shop{Name: shop.ShopID(name), Hosts: []string{name + ".example.jp"}, ShopSet: pick(d, slices.Sorted(maps.Keys(d.set.ShopSets))...)})
}

// commitMain writes the intent as it is.
func (d *drift) commitMain() {
	d.t.Helper()
	want := maps.Clone(d.odd)
	put := func(r intent.Resource) {
		data, err := intent.Encode(r)
		if err != nil {
			d.t.Fatal(err)
		}
		want[intent.Path(intent.KindOf(r), intent.NameOf(r))] = string(data)
	}
	put(d.set.Policy)
	each(d.set.Tiers, put)
	each(d.set.ShopSets, put)
	each(d.set.Shops, put)
	each(d.set.Configurations, put)
	each(d.set.Clusters, put)
	files := map[string]string{}
	_ = git.Walk(d.repos[shop.SystemRepository], d.main.Tree, func(path string, e git.Entry) error {
		if _, stays := want[path]; !stays && e.Mode != git.ModeTree {
			files[path] = ""
		}
		return nil
	})
	maps.Copy(files, want)
	d.main = d.read(d.commit(git.NewBatch(d.repos[shop.SystemRepository]), shop.SystemRepository, d.main, files, "change the intent"))
}

func each[K comparable, V any](m map[K]*V, put func(intent.Resource)) {
	for _, r := range m {
		put(r)
	}
}

func (d *drift) read(id git.ID) git.Commit {
	d.t.Helper()
	c, err := d.repos[shop.SystemRepository].Commit(id)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *drift) world(memo *Memo, cache string) *World {
	d.t.Helper()
	repos := map[shop.Repository]Repository{}
	for name, r := range d.repos {
		repos[name] = r
	}
	w, err := New(Options{System: "prod", Repositories: repos, Memo: memo, Cache: cache, Now: time.Now, Facts: factsInFiles})
	if err != nil {
		d.t.Fatal(err)
	}
	tips := map[string]git.ID{shop.MainBranch: d.main.ID}
	for tier, c := range d.tips {
		tips[tier.Branch()] = c.ID
	}
	w.remember(map[shop.Repository]git.Refs{shop.SystemRepository: {Tips: tips}})
	return w
}

// factsInFiles reads the facts, where a build would find them out.
func factsInFiles(c shop.Configuration, _ shop.Policy, base, config render.Tree) (f render.Facts, err error) {
	port, err := base.ReadFile("port")
	if err != nil {
		return f, err
	}
	if _, err = fmt.Sscan(string(port), &f.MaintenancePort); err != nil {
		return f, fmt.Errorf("no port: %w", err)
	}
	if c.Path != "" {
		kind, err := config.ReadFile("kind")
		if err != nil {
			return f, err
		}
		f.Config = string(kind)
	}
	return f, nil
}
