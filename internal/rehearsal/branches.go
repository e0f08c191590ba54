package rehearsal

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
)

// moment is a commit of a tier branch and its time.
type moment struct {
	at     time.Time
	commit shop.CommitID
}

// builder writes the repositories of a world.
type builder struct {
	ctx   context.Context
	dir   string // of the bare repositories
	o     Options
	start time.Time // of the world: ages count from here
	dice  *rand.Rand

	app, configuration []shop.CommitID
	main               []shop.CommitID // set up, and the late shop
}

// The repositories of a world.
const (
	appGit           = "app.git"
	configurationGit = "configuration.git"
	systemGit        = "system.git"
)

// build writes the three repositories and gives the past of each tier branch.
func build(ctx context.Context, dir string, o Options, start time.Time, addresses shop.Repositories) (map[shop.Tier][]moment, error) {
	b := &builder{ctx: ctx, dir: dir, o: o, start: start, dice: rand.New(rand.NewPCG(o.Seed, 3))}
	var err error
	if b.app, err = b.written(appGit, "app", appHistory(), func(c carried) int { return c.app }); err != nil {
		return nil, err
	}
	if b.configuration, err = b.written(configurationGit, "configuration", configurationHistory(), func(c carried) int { return c.configuration }); err != nil {
		return nil, err
	}
	set := sampleIntent(o, addresses)
	if err := set.Check(); err != nil {
		return nil, fmt.Errorf("check the sample's intent: %w", err)
	}
	if err := b.writeMain(set); err != nil {
		return nil, err
	}
	return b.writeTiers(set)
}

// written is a repository that people write, with a branch a tier where its
// timeline ends. It gives the ids of its history.
func (b *builder) written(name, folder string, history []change, of func(carried) int) ([]shop.CommitID, error) {
	dir := filepath.Join(b.dir, name)
	if err := makeBare(b.ctx, dir, "tier-0"); err != nil {
		return nil, err
	}
	files, err := sampleFiles(folder)
	if err != nil {
		return nil, fmt.Errorf("read the sample %q: %w", folder, err)
	}
	in, err := startImport(b.ctx, dir)
	if err != nil {
		return nil, err
	}
	var marks []string
	for i, c := range history {
		changed, err := c.apply(files)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			changed = files
		}
		marks = append(marks, in.add(commit{branch: shop.TierAt(0).Branch(), by: people[c.by], at: b.start.Add(-c.age), message: c.subject + "\n", files: changed}))
	}
	for n := 1; n < b.o.Tiers; n++ {
		past := timeline(n)
		in.branch(shop.TierAt(n).Branch(), marks[of(past[len(past)-1])])
	}
	ids, err := in.finish()
	if err != nil {
		return nil, err
	}
	var out []shop.CommitID
	for _, m := range marks {
		out = append(out, ids[m])
	}
	return out, nil
}

// lateAge is when the late shop came.
const lateAge = 3 * day

// writeMain writes the intent: at first without the late shop.
func (b *builder) writeMain(set *intent.Set) error {
	dir := filepath.Join(b.dir, systemGit)
	if err := makeBare(b.ctx, dir, "main"); err != nil {
		return err
	}
	files, err := intentFiles(set)
	if err != nil {
		return err
	}
	for _, t := range set.Tiers {
		path, data := render.Bootstrap(*set.Policy, *t, set.Clusters)
		files[path] = string(data)
	}
	latePath := intent.Path(shop.KindShop, lateShop)
	late, there := files[latePath]
	delete(files, latePath)
	in, err := startImport(b.ctx, dir)
	if err != nil {
		return err
	}
	first := b.sign("takuya")
	marks := []string{in.add(commit{
		branch: shop.MainBranch, by: people["takuya"], at: b.start.Add(-30*day + time.Minute), message: first.Message("Set up "+System, ""), files: files,
	})}
	if there {
		marks = append(marks, in.add(commit{
			branch: shop.MainBranch, by: people["ryu"], at: b.start.Add(-lateAge), message: b.lateTrailers().Message("shop add "+lateShop, ""),
			files: map[string]string{latePath: late},
		}))
	}
	ids, err := in.finish()
	for _, m := range marks {
		b.main = append(b.main, ids[m])
	}
	return err
}

// sign begins the trailers of an operation.
func (b *builder) sign(by string) shop.Trailers {
	var bits [36]byte
	for i := range bits {
		bits[i] = byte(b.dice.Uint32())
	}
	p := people[by]
	return shop.Trailers{
		Operation: hex.EncodeToString(bits[:16]), Plan: hex.EncodeToString(bits[16:]), Actor: p.name + " <" + p.email + ">",
	}
}

// lateTrailers are the same on main and on the tier branch: one operation.
func (b *builder) lateTrailers() shop.Trailers {
	p := people["ryu"]
	return shop.Trailers{Operation: digest("shop add " + lateShop)[:32], Actor: p.name + " <" + p.email + ">"}
}

// writeTiers writes the generated branches with their past.
func (b *builder) writeTiers(set *intent.Set) (map[shop.Tier][]moment, error) {
	in, err := startImport(b.ctx, filepath.Join(b.dir, systemGit))
	if err != nil {
		return nil, err
	}
	pasts, marks := map[shop.Tier][]moment{}, map[shop.Tier][]string{}
	for n := range b.o.Tiers {
		t := shop.TierAt(n)
		files, err := render.Tier(set, t, sampleFacts())
		if err != nil {
			return nil, fmt.Errorf("render the sample: %w", err)
		}
		for _, c := range b.tierCommits(set, n, files) {
			marks[t] = append(marks[t], in.add(c))
			pasts[t] = append(pasts[t], moment{at: c.at})
		}
	}
	ids, err := in.finish()
	if err != nil {
		return nil, err
	}
	for t, past := range pasts {
		for i := range past {
			past[i].commit = ids[marks[t][i]]
		}
	}
	return pasts, nil
}

// sampleFacts is what the renderer has to know of the sample's trees, at any of
// its releases.
func sampleFacts() map[string]render.Facts {
	return map[string]render.Facts{"default": {Config: "Component", MaintenancePort: 80}}
}

// tierCommits are the commits of a tier branch, oldest first.
func (b *builder) tierCommits(set *intent.Set, n int, rendered render.Files) []commit {
	t := shop.TierAt(n)
	files := make(map[string]string, len(rendered))
	for path, data := range rendered {
		files[path] = string(data)
	}
	late := map[string]string{}
	if x := set.Shops[lateShop]; x != nil && set.ShopSets[x.ShopSet].Tier == t {
		path := fmt.Sprintf("shopsets/%s/shops/%s.yaml", x.ShopSet, lateShop)
		late[path] = files[path]
		delete(files, path)
	}
	var commits []commit
	var before *shop.Carried
	main := 0
	for _, c := range timeline(n) {
		if len(late) > 0 && main == 0 && c.age < lateAge {
			main = 1
			trailers := b.lateTrailers()
			trailers.Intent = b.main[1]
			commits = append(commits, commit{branch: t.Branch(), by: people["ryu"], at: b.start.Add(-lateAge), message: trailers.Message("shop add "+lateShop, ""), files: maps.Clone(late)})
		}
		r := shop.Release{App: b.app[c.app], Configuration: b.configuration[c.configuration]}
		at := b.start.Add(-c.age)
		one := b.brought(n, r, at, before, b.main[main])
		one.links = map[string]shop.CommitID{"base": r.App, "config": r.Configuration}
		if before == nil {
			one.files = files
		}
		commits = append(commits, one)
		before = &shop.Carried{Release: r, Health: shop.Healthy, HealthySince: at.Add(3 * time.Minute)}
	}
	return commits
}

// brought is the commit that brought a release, without its content.
func (b *builder) brought(n int, r shop.Release, at time.Time, before *shop.Carried, main shop.CommitID) commit {
	t, by := shop.TierAt(n), "ci"
	title := fmt.Sprintf("%s: reconcile", t)
	if n > 0 {
		by, title = []string{"takuya", "mika"}[n%2], fmt.Sprintf("%s: promote %s", t, r.Short())
	}
	if before == nil {
		by, title = "takuya", "Set up "+System
	}
	trailers := b.sign(by)
	trailers.Intent, trailers.Replaced = main, before
	if n > 0 && before != nil {
		trailers.Gates = []shop.GateRecord{{Gate: "health", Result: "open", At: at}}
	}
	return commit{branch: t.Branch(), by: people[by], at: at, message: trailers.Message(title, "")}
}
