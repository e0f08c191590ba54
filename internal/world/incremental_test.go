package world

import (
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
	set   intent.Set // as it should be in main
	odd   map[string]string
	main  git.Commit
	tips  map[shop.Tier]git.Commit
	apps  []shop.CommitID
	confs []shop.CommitID
	days  int
}

func newDrift(t *testing.T, seed uint64) *drift {
	d := &drift{t: t, dice: rand.New(rand.NewPCG(seed, 1)), tips: map[shop.Tier]git.Commit{}, odd: map[string]string{},
		repos: map[shop.Repository]stored{}}
	for _, name := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository} {
		d.repos[name] = stored{git.NewMemory()}
	}
	for n, port := range []string{"8080", "8080", "8080", "8080", "8080", "0", "9090", "broken"} {
		d.apps = append(d.apps, d.plain(shop.AppRepository, map[string]string{"port": port, "n": fmt.Sprint(n)}))
	}
	for n, kind := range []string{"Component", "Component", "Component", "Kustomization"} {
		d.confs = append(d.confs, d.plain(shop.ConfigurationRepository, map[string]string{"kind": kind, "n": fmt.Sprint(n)}))
	}
	d.add(&shop.Policy{Name: "prod", Repositories: shop.Repositories{System: "example-shop/system", App: "example-shop/app", Configuration: "example-shop/configuration"},
		Plans: map[string]shop.Plan{"small": {}, "large": {Weight: 3, DBConnections: 2}}, DefaultPlan: "small", Shops: 20})
	for n := range 3 {
		d.add(&shop.TierSpec{Name: shop.TierAt(n)})
	}
	d.add(&shop.Configuration{Name: "default", Base: "k8s", Path: "shop", Service: "web"})
	d.add(&shop.Configuration{Name: "bare", Service: "web"})
	d.add(&shop.Cluster{Name: "tokyo", Destination: "tokyo"})
	d.add(&shop.Cluster{Name: "osaka", Destination: "https://osaka.example", Routing: "ingress"})
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
	return commitID(d.commit(b, repo, git.Commit{}, files, nil, "x"))
}

// commit writes files over those of a parent; empty content removes.
func (d *drift) commit(b *git.Batch, repo shop.Repository, parent git.Commit, files map[string]string, more map[string]git.Change, message string) git.ID {
	d.t.Helper()
	changes := map[string]git.Change{}
	for path, text := range files {
		changes[path] = git.Change{}
		if text != "" {
			changes[path] = git.Change{Mode: git.ModeFile, ID: b.PutBlob([]byte(text))}
		}
	}
	maps.Copy(changes, more)
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

func (d *drift) add(r intent.Resource) { d.set.Add(r) }

func (d *drift) addShopSet(n int) {
	d.add(&shop.ShopSet{Name: shop.ShopSetID(fmt.Sprintf("s-%d", n)), Tier: shop.TierAt(n % 3), Configuration: pick(d, []string{"default", "bare"}), Cluster: pick(d, []string{"tokyo", "osaka"})})
}

func (d *drift) addShop(n int) {
	name := fmt.Sprintf("shop-%d", n)
	d.add(&shop.Shop{Name: shop.ShopID(name), Hosts: []string{name + ".example.jp"}, ShopSet: pick(d, slices.Sorted(maps.Keys(d.set.ShopSets)))})
}

func pick[T any](d *drift, from []T) T { return from[d.dice.IntN(len(from))] }

func one[K ~string, V any](d *drift, m map[K]*V) *V {
	copied := *m[pick(d, slices.Sorted(maps.Keys(m)))]
	return &copied
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
		if _, stays := want[path]; !stays && e.Mode == git.ModeFile {
			files[path] = ""
		}
		return nil
	})
	maps.Copy(files, want)
	d.main = d.read(d.commit(git.NewBatch(d.repos[shop.SystemRepository]), shop.SystemRepository, d.main, files, nil, "change the intent"))
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

// usual is how many of the deeds are everyday ones.
const usual = 16

// deeds are what people do to an intent, right and wrong.
var deeds = []func(*drift){
	func(d *drift) { d.addShop(30 + d.dice.IntN(40)) },
	func(d *drift) { d.addShop(30 + d.dice.IntN(40)) },
	func(d *drift) { d.addShopSet(d.dice.IntN(10)) },
	func(d *drift) { delete(d.set.Shops, one(d, d.set.Shops).Name) },
	func(d *drift) { // an empty ShopSet goes
		used := map[shop.ShopSetID]bool{}
		for _, s := range d.set.Shops {
			used[s.ShopSet], used[s.MovingFrom] = true, true
		}
		for _, name := range slices.Sorted(maps.Keys(d.set.ShopSets)) {
			if !used[name] {
				delete(d.set.ShopSets, name)
				return
			}
		}
	},
	func(d *drift) { // all shops leave a ShopSet, and it goes
		from, to := one(d, d.set.ShopSets).Name, one(d, d.set.ShopSets).Name
		if from == to {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(d.set.Shops)) {
			s := *d.set.Shops[name]
			if s.MovingFrom == from || s.MovingFrom == to {
				s.MovingFrom = ""
			}
			if s.ShopSet == from {
				s.ShopSet = to
			}
			d.add(&s)
		}
		delete(d.set.ShopSets, from)
	},
	func(d *drift) { // a move begins, or ends
		s := one(d, d.set.Shops)
		to := one(d, d.set.ShopSets).Name
		switch {
		case s.MovingFrom != "":
			s.MovingFrom = ""
		case to != s.ShopSet:
			s.MovingFrom, s.ShopSet = s.ShopSet, to
		}
		d.add(s)
	},
	func(d *drift) {
		s := one(d, d.set.Shops)
		s.Hosts = []string{fmt.Sprintf("h-%d.example.jp", d.dice.IntN(60))}
		d.add(s)
	},
	func(d *drift) { // two shops change hosts
		a, b := one(d, d.set.Shops), one(d, d.set.Shops)
		a.Hosts, b.Hosts = b.Hosts, a.Hosts
		d.add(a)
		d.add(b)
	},
	func(d *drift) {
		s := one(d, d.set.Shops)
		s.Hosts = []string{s.Hosts[0], fmt.Sprintf("more-%d.example.jp", d.days)}
		d.add(s)
	},
	func(d *drift) { s := one(d, d.set.Shops); s.DisplayName = fmt.Sprint("name ", d.days); d.add(s) },
	func(d *drift) { s := one(d, d.set.Shops); s.Maintenance = d.closed(); d.add(s) },
	func(d *drift) { s := one(d, d.set.ShopSets); s.Maintenance = d.closed(); d.add(s) },
	func(d *drift) { s := one(d, d.set.ShopSets); s.Draining = !s.Draining; d.add(s) },
	func(d *drift) {
		t := one(d, d.set.Tiers)
		t.Freeze = &shop.Freeze{Record: shop.Record{Reason: fmt.Sprint(d.days)}}
		d.add(t)
	},
	func(d *drift) { // a host of somebody else
		s := one(d, d.set.Shops)
		s.Hosts = append(slices.Clone(s.Hosts), one(d, d.set.Shops).Hosts[0])
		slices.Sort(s.Hosts)
		s.Hosts = slices.Compact(s.Hosts)
		d.add(s)
	},
	func(d *drift) {
		s := one(d, d.set.Shops)
		s.Plan = pick(d, []string{"", "small", "large", "large", "huge"})
		d.add(s)
	},
	func(d *drift) {
		s := one(d, d.set.Shops)
		s.ShopSet = pick(d, []shop.ShopSetID{"s-0", "s-9", "s-77"})
		s.MovingFrom = ""
		d.add(s)
	},
	func(d *drift) { s := one(d, d.set.Shops); s.Maintenance = d.closed(); d.add(s) },
	func(d *drift) { s := one(d, d.set.ShopSets); s.Maintenance = d.closed(); d.add(s) },
	func(d *drift) {
		s := one(d, d.set.ShopSets)
		s.Parameters = map[string]string{"DAY": fmt.Sprint(d.days)}
		d.add(s)
	},
	func(d *drift) { s := one(d, d.set.ShopSets); s.Shops = pick(d, []int{0, 4, 30}); d.add(s) },
	func(d *drift) {
		s := one(d, d.set.ShopSets)
		s.Configuration = pick(d, []string{"default", "bare", "none"})
		d.add(s)
	},
	func(d *drift) {
		s := one(d, d.set.ShopSets)
		s.Cluster = pick(d, []string{"tokyo", "osaka", "kyoto"})
		d.add(s)
	},
	func(d *drift) {
		s := one(d, d.set.ShopSets)
		s.Namespace = pick(d, []string{"", "own", "s-1"})
		d.add(s)
	},
	func(d *drift) {
		s := one(d, d.set.ShopSets)
		s.Tier = pick(d, []shop.Tier{"tier-0", "tier-1", "tier-2", "tier-5"})
		d.add(s)
	},
	func(d *drift) {
		t := one(d, d.set.Tiers)
		t.Freeze = &shop.Freeze{Record: shop.Record{Reason: fmt.Sprint(d.days)}}
		d.add(t)
	},
	func(d *drift) { t := one(d, d.set.Tiers); t.Maintenance = d.closed(); d.add(t) },
	func(d *drift) { t := one(d, d.set.Tiers); t.Sync = pick(d, []string{"", "manual"}); d.add(t) },
	func(d *drift) { d.add(&shop.TierSpec{Name: shop.TierAt(len(d.set.Tiers) + d.dice.IntN(2))}) },
	func(d *drift) { delete(d.set.Tiers, one(d, d.set.Tiers).Name) },
	func(d *drift) { p := *d.set.Policy; p.ArgoCDNamespace = pick(d, []string{"", "cd"}); d.add(&p) },
	func(d *drift) { p := *d.set.Policy; p.Shops = pick(d, []int{20, 20, 6}); d.add(&p) },
	func(d *drift) { p := *d.set.Policy; p.DBConnections = pick(d, []int{0, 0, 20, 3}); d.add(&p) },
	func(d *drift) { p := *d.set.Policy; p.MaintenanceService = pick(d, []string{"", "closed"}); d.add(&p) },
	func(d *drift) {
		p := *d.set.Policy
		p.Rejected = append(slices.Clone(p.Rejected), shop.Rejected{Release: shop.Release{App: d.apps[0], Configuration: d.confs[0]}, Record: shop.Record{Reason: "slow"}})
		d.add(&p)
	},
	func(d *drift) {
		p := *d.set.Policy
		p.Wildcard = nil
		if d.dice.IntN(2) == 0 {
			p.Wildcard = &shop.Wildcard{Host: "*.example.jp", ShopSet: one(d, d.set.ShopSets).Name}
		}
		d.add(&p)
	},
	func(d *drift) {
		p := *d.set.Policy
		p.Plans = map[string]shop.Plan{"small": {}, "large": {Weight: 1 + d.dice.IntN(8)}}
		if d.dice.IntN(3) == 0 {
			delete(p.Plans, "large")
		}
		d.add(&p)
	},
	func(d *drift) { c := one(d, d.set.Configurations); c.Port = pick(d, []int{0, 81}); d.add(c) },
	func(d *drift) { d.add(&shop.Configuration{Name: pick(d, []string{"third", "none"}), Service: "web"}) },
	func(d *drift) { delete(d.set.Configurations, one(d, d.set.Configurations).Name) },
	func(d *drift) { c := one(d, d.set.Clusters); c.Gateway = pick(d, []string{"", "edge/shops"}); d.add(c) },
	func(d *drift) { c := one(d, d.set.Clusters); c.Region = fmt.Sprint(d.days); d.add(c) },
	func(d *drift) {
		c := one(d, d.set.Clusters)
		c.FailureDomains = pick(d, [][]string{nil, {"a"}, {"a", "b"}})
		d.add(c)
	},
	func(d *drift) {
		c := one(d, d.set.Clusters)
		c.Destination = pick(d, []string{c.Name, "tokyo"})
		d.add(c)
	},
	func(d *drift) { d.odd["README.md"] = fmt.Sprint(d.days) },
	func(d *drift) { d.odd["shops/xx/"+fmt.Sprint(d.days)+".yaml"] = "x" },
	func(d *drift) { d.odd["shopsets/notes.txt"] = fmt.Sprint(d.days) },
	func(d *drift) { d.odd["clusters/kyoto.yaml"] = "kind: Kluster\n" },
}

func (d *drift) closed() *shop.Maintenance {
	if d.dice.IntN(2) == 0 {
		return nil
	}
	return &shop.Maintenance{Until: time.Unix(int64(1_900_000_000+3600*d.days), 0).UTC()}
}

// What shopctl renders from what changed is what it would render from all, and
// it refuses what it would refuse, over any history of an intent.
func TestIncrementalIsFull(t *testing.T) {
	const steps = 60
	counts := map[string]int{}
	for seed := range uint64(6) {
		d := newDrift(t, seed)
		cache, memo, whole := t.TempDir(), NewMemo(), NewMemo()
		for range steps {
			before, odd := copied(d.set), maps.Clone(d.odd)
			for range 1 + d.dice.IntN(2) {
				if d.dice.IntN(2) == 0 {
					pick(d, deeds)(d)
				} else {
					pick(d, deeds[:usual])(d)
				}
			}
			d.commitMain()
			if !d.compare(memo, whole, cache, counts) && d.dice.IntN(8) > 0 {
				d.set, d.odd = before, odd // somebody takes it back
				d.commitMain()
			}
		}
	}
	t.Log(counts)
	for _, need := range []string{"what is new", "in full", "refused", "refused with what is new"} {
		if counts[need] < 100 {
			t.Errorf("%s: only %d times", need, counts[need])
		}
	}
}

func copied(s intent.Set) intent.Set {
	return intent.Set{Policy: s.Policy, Tiers: maps.Clone(s.Tiers), ShopSets: maps.Clone(s.ShopSets), Shops: maps.Clone(s.Shops),
		Configurations: maps.Clone(s.Configurations), Clusters: maps.Clone(s.Clusters)}
}

// compare renders every tier in both ways; false: it was refused.
func (d *drift) compare(memo, whole *Memo, cache string, counts map[string]int) (valid bool) {
	d.t.Helper()
	valid = true
	for n := range 3 {
		tier := shop.TierAt(n)
		tip := d.tips[tier]
		r := shop.Release{App: d.apps[0], Configuration: d.confs[0]}
		if !tip.ID.IsZero() {
			r, _ = gitlinks(d.repos[shop.SystemRepository], tip.Tree)
		}
		if d.dice.IntN(3) == 0 {
			r = shop.Release{App: pick(d, d.apps), Configuration: pick(d, d.confs)}
		}
		full, fullErr := d.render(d.world(whole, ""), tier, r, tip, true)
		// In one run after others; and in a run of its own, with or without a cache.
		for _, w := range []*World{d.world(memo, ""), d.world(nil, pick(d, []string{cache, cache, ""}))} {
			v, err := w.viewOf(w.system(), d.main.ID)
			if err != nil {
				d.t.Fatal(err)
			}
			_, err = w.renderedSince(context.Background(), v, tier, r, tip)
			switch {
			case errors.Is(err, errInFull):
				counts["in full"]++
			case err == nil:
				counts["what is new"]++
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
		if fullErr != nil {
			valid = false
			counts["refused"]++
			if !tip.ID.IsZero() {
				counts["refused with what is new"]++
			}
			continue
		}
		if d.dice.IntN(3) > 0 {
			d.write(tier, tip, full)
		}
	}
	return valid
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

// write makes a tree the tip of a tier branch: mostly as shopctl does, now and
// then as a person with a change of their own.
func (d *drift) write(tier shop.Tier, tip git.Commit, tree git.ID) {
	message := shop.Trailers{Operation: strings.Repeat("a", 32), Intent: commitID(d.main.ID)}.Message("Write", "")
	next := tip
	next.Tree = tree
	var own map[string]string
	if d.dice.IntN(25) == 0 {
		message, own = "mine", map[string]string{"shopsets/s-1/notes": "mine"}
	}
	d.tips[tier] = d.read(d.commit(git.NewBatch(d.repos[shop.SystemRepository]), shop.SystemRepository, next, own, nil, message))
}

func (d *drift) difference(a, b git.ID) (out []string) {
	_ = git.Diff(d.repos[shop.SystemRepository], a, b, func(path string, was, is git.Entry) error {
		out = append(out, fmt.Sprintf("%s %s %s", path, was.ID, is.ID))
		return nil
	})
	return out
}
