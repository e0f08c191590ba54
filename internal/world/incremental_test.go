package world

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

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
