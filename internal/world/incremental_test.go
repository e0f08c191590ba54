package world

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
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

// sample is a system with a bit of everything, rendered on every tier.
func sample(t *testing.T, seed uint64) *drift {
	d := newDrift(t, seed)
	d.set.Add(&shop.ShopSet{Name: "s-7", Tier: "tier-1", Configuration: "default", Cluster: "tokyo", Namespace: "own"})
	d.set.Add(&shop.ShopSet{Name: "s-8", Tier: "tier-1", Configuration: "default", Cluster: "osaka", Namespace: "own"})
	for _, name := range []shop.ShopID{"shop-1", "shop-2"} {
		s := *d.set.Shops[name]
		s.ShopSet, s.MovingFrom, s.Plan = "s-4", "s-8", "large"
		d.set.Add(&s)
	}
	d.set.Add(&shop.Configuration{Name: "third", Service: "web"})
	full := *d.set.ShopSets["s-3"]
	full.Shops = max(d.lives()["s-3"], 1)
	d.set.Add(&full)
	d.commitMain()
	for n := range 3 {
		tree, err := d.render(d.world(nil, ""), shop.TierAt(n), d.release(), git.Commit{}, true)
		if err != nil {
			t.Fatal(err)
		}
		d.write(shop.TierAt(n), git.Commit{}, tree, true)
	}
	return d
}

// What shopctl renders from what changed is what it would render from all, and
// it refuses what it would refuse: after every single deed…
func TestIncrementalDeeds(t *testing.T) {
	d := sample(t, 1)
	ways := ways{memo: NewMemo(), whole: NewMemo(), cache: t.TempDir(), counts: map[string]int{}}
	set, main := copied(d.set), d.main
	for _, deed := range slices.Concat(everyday, rare) {
		for range 3 {
			deed.do(d)
			d.commitMain()
			for n := range 3 {
				if _, ok := d.compare(shop.TierAt(n), d.release(), ways); ok && deed.wrong {
					t.Errorf("%s: it was not refused", deed.name)
				}
			}
			d.set, d.main = copied(set), main
			clear(d.odd)
			clear(d.modes)
		}
	}
	t.Log(ways.counts)
}

// … and over any history of an intent.
func TestIncrementalIsFull(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(4) {
		d := sample(t, seed)
		ways := ways{memo: NewMemo(), whole: NewMemo(), cache: t.TempDir(), counts: counts}
		for range 40 {
			before, odd, modes := copied(d.set), maps.Clone(d.odd), maps.Clone(d.modes)
			for range 1 + d.dice.IntN(2) {
				deeds := everyday
				if d.dice.IntN(3) == 0 {
					deeds = rare
				}
				pick(d, deeds...).do(d)
			}
			d.commitMain()
			if !d.step(ways) && d.dice.IntN(8) > 0 {
				d.set, d.odd, d.modes = before, odd, modes // somebody takes it back
				d.commitMain()
			}
		}
	}
	t.Log(counts)
	for _, need := range []string{"what is new", "in full", "refused"} {
		if counts[need] < 50 {
			t.Errorf("%s: only %d times", need, counts[need])
		}
	}
}

// A branch that another version of shopctl rendered in another way is rendered
// anew as a whole, not just where something changes.
func TestOtherVersion(t *testing.T) {
	d := sample(t, 1)
	whole := d.tips["tier-1"]
	for _, tt := range []string{".gitmodules", "argocd/", "/kustomization.yaml", "/shops/"} {
		files := map[string]string{}
		err := git.Walk(d.repos[shop.SystemRepository], whole.Tree, func(path string, e git.Entry) error {
			if e.Mode == git.ModeFile && strings.Contains(path, tt) && !strings.HasSuffix(path, ".gitkeep") {
				files[path] = "# Written by another version.\n"
			}
			return nil
		})
		if err != nil || len(files) == 0 {
			t.Fatal(err, len(files))
		}
		d.tips["tier-1"] = d.read(d.commit(git.NewBatch(d.repos[shop.SystemRepository]), shop.SystemRepository, whole, files, whole.Message))
		tree, err := d.render(d.world(nil, ""), "tier-1", d.release(), d.tips["tier-1"], false)
		if err != nil || tree != whole.Tree {
			t.Errorf("%s: %v, still other: %v", tt, err, d.difference(tree, whole.Tree))
		}
	}
}

// ways are those in which a rendering may remember earlier ones.
type ways struct {
	memo, whole *Memo // of what is new, and of rendering in full
	cache       string
	counts      map[string]int
}

func copied(s intent.Set) intent.Set {
	return intent.Set{Policy: s.Policy, Tiers: maps.Clone(s.Tiers), ShopSets: maps.Clone(s.ShopSets), Shops: maps.Clone(s.Shops),
		Configurations: maps.Clone(s.Configurations), Clusters: maps.Clone(s.Clusters)}
}

func (d *drift) release() shop.Release {
	return shop.Release{App: d.apps[0], Configuration: d.confs[0]}
}

// step goes on with every tier; false: one was refused.
func (d *drift) step(ways ways) (good bool) {
	d.t.Helper()
	good = true
	for n := range 3 {
		tier := shop.TierAt(n)
		tip, r := d.tips[tier], d.release()
		if !tip.ID.IsZero() {
			r, _ = gitlinks(d.repos[shop.SystemRepository], tip.Tree)
		}
		if d.dice.IntN(3) == 0 {
			r = shop.Release{App: pick(d, d.apps...), Configuration: pick(d, d.confs...)}
		}
		tree, ok := d.compare(tier, r, ways)
		if ok && d.dice.IntN(3) > 0 {
			d.write(tier, tip, tree, d.dice.IntN(25) > 0)
		}
		good = good && ok
	}
	return good
}

// compare renders a tier in both ways; false: both refuse.
func (d *drift) compare(tier shop.Tier, r shop.Release, ways ways) (git.ID, bool) {
	d.t.Helper()
	tip := d.tips[tier]
	all := d.world(ways.whole, "")
	whole, err := all.viewOf(all.system(), d.main.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	full, fullErr := d.render(all, tier, r, tip, true)
	// In one run after others; and in a run of its own, with or without a cache.
	worlds := []*World{d.world(ways.memo, "")}
	if d.dice.IntN(3) == 0 {
		worlds = append(worlds, d.world(nil, pick(d, ways.cache, ways.cache, "")))
	}
	_, mistaken := whole.set()
	for _, w := range worlds {
		v, err := w.viewOf(w.system(), d.main.ID)
		if err != nil {
			d.t.Fatal(err)
		}
		if err := w.checked(v); (err == nil) != (mistaken == nil) {
			d.t.Fatalf("day %d: from what is new: %v\nin full: %v", d.days, err, mistaken)
		}
		_, err = w.renderedSince(context.Background(), v, tier, r, tip)
		switch {
		case errors.Is(err, errInFull):
			ways.counts["in full"]++
		case err == nil:
			ways.counts["what is new"]++
		default:
			ways.counts["refused"]++
		}
		tree, err := d.render(w, tier, r, tip, false)
		if (err == nil) != (fullErr == nil) {
			d.t.Fatalf("%s of day %d: from what is new: %v\nin full: %v", tier, d.days, err, fullErr)
		}
		var mistakes intent.Errors
		if errors.As(fullErr, &mistakes) && err.Error() != fullErr.Error() {
			d.t.Fatalf("%s of day %d: from what is new: %v\nin full: %v", tier, d.days, err, fullErr)
		}
		if tree != full {
			d.t.Fatalf("%s of day %d: trees differ: %s", tier, d.days, d.difference(tree, full))
		}
	}
	return full, fullErr == nil
}

// render gives the tree of a tier branch.
func (d *drift) render(w *World, tier shop.Tier, r shop.Release, tip git.Commit, full bool) (git.ID, error) {
	v, err := w.viewOf(w.system(), d.main.ID)
	if err != nil {
		return git.ID{}, err
	}
	how := w.rendered
	if full {
		how = func(ctx context.Context, v view, tier shop.Tier, r shop.Release, tip git.Commit) (rendering, error) {
			return w.renderedInFull(ctx, v, tier, r, tip.Tree)
		}
	}
	out, err := how(context.Background(), v, tier, r, tip)
	if err != nil {
		return git.ID{}, err
	}
	b := git.NewBatch(d.repos[shop.SystemRepository])
	for _, data := range out.content {
		b.PutBlob(data)
	}
	tree, err := b.Edit(tip.Tree, out.changes)
	if err != nil {
		d.t.Fatal(err)
	}
	d.repos[shop.SystemRepository].Add(b)
	return tree, nil
}

// write makes a tree the tip of a tier branch, as shopctl does or as a person
// with a change of their own.
func (d *drift) write(tier shop.Tier, tip git.Commit, tree git.ID, ours bool) {
	message := shop.Trailers{Operation: strings.Repeat("a", 32), Intent: commitID(d.main.ID)}.Message("Write", "")
	tip.Tree = tree
	var own map[string]string
	if !ours {
		message, own = "mine", map[string]string{"shopsets/s-1/notes": "mine"}
	}
	d.tips[tier] = d.read(d.commit(git.NewBatch(d.repos[shop.SystemRepository]), shop.SystemRepository, tip, own, message))
}

func (d *drift) difference(a, b git.ID) (out []string) {
	_ = git.Diff(d.repos[shop.SystemRepository], a, b, func(path string, was, is git.Entry) error {
		out = append(out, fmt.Sprintf("%s %s %s", path, was.ID, is.ID))
		return nil
	})
	return out
}
