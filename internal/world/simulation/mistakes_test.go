package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/git"
)

// mistake is a fault that is built into the product, to see that the
// simulation catches it. What the product itself would notice before a push is
// switched off with it: two lines of defence are tested one by one.
type mistake string

const (
	honest       mistake = ""
	systemFirst  mistake = "M1"  // the system repository is written before the app repository
	noOldID      mistake = "M2"  // a ref is written without its old id
	pushesBranch mistake = "M3"  // the gate looks at id X, the push sends the branch as it is now
	repeats      mistake = "M4"  // a lost reply is repeated without looking
	commitsAgain mistake = "M5"  // after a lost race the file rendered the first time is committed again
	placesOnce   mistake = "M6"  // the placement is decided once and kept over retries
	takesTips    mistake = "M7"  // reconcile takes the branch tips as a release
	ignoresPins  mistake = "M8"  // reconcile ignores a pin
	liftsUnseen  mistake = "M8b" // a promotion clears a pin that it has not seen
	mainOnly     mistake = "M9"  // freeze or pin writes main only
)

var mistakes = []struct {
	mistake
	invariants string
}{
	{systemFirst, "I2"}, {noOldID, "I4 I5 I7"}, {pushesBranch, "I3"}, {repeats, "I7"}, {commitsAgain, "I5"},
	{placesOnce, "I6"}, {takesTips, "I3"}, {ignoresPins, "I2 L1"}, {liftsUnseen, "I5"}, {mainOnly, "I2 I3"},
}

// dress puts a mistake in front of the World.
func (m mistake) dress(a *actor, w *world.World) apply.World {
	if m == honest || m == noOldID {
		return w
	}
	return &wrong{World: w, a: a, mistake: m, first: map[string]map[string]git.ID{}}
}

// wrong is a World with a mistake in it.
type wrong struct {
	*world.World
	a *actor
	mistake
	goal  shop.Goal
	have  shop.State
	first map[string]map[string]git.ID // of M5: by wish, the trees that were made first, by ref
}

func (w *wrong) Observe(ctx context.Context, g shop.Goal) (shop.State, error) {
	have, err := w.World.Observe(ctx, g)
	if err != nil {
		return have, err
	}
	w.goal, w.have = g, have
	_, reconciles := g.(shop.Reconcile)
	switch {
	case w.mistake == takesTips && reconciles:
		return believes(have), nil
	case w.mistake == ignoresPins && reconciles:
		return blind(have), nil
	case w.mistake == liftsUnseen && !reconciles:
		return blind(have), nil
	}
	return have, nil
}

// blind does not see pins.
func blind(have shop.State) shop.State {
	have.Tiers = slices.Clone(have.Tiers)
	for i := range have.Tiers {
		have.Tiers[i].Spec.Pin = nil
	}
	return have
}

// believes makes every pair of branch tips look like a release that was proven.
func believes(have shop.State) shop.State {
	for i := 1; i < len(have.Tiers); i++ {
		t, b := have.Tiers[i], &have.Tiers[i-1]
		tips := shop.Release{App: t.App, Configuration: t.Configuration}
		if tips != t.Runs && tips != b.Runs {
			b.History = append(slices.Clone(b.History), shop.Carried{Release: tips, System: "believed", Health: shop.Healthy, HealthySince: have.Now})
		}
	}
	return have
}

func (w *wrong) Do(ctx context.Context, op plan.Op) error {
	switch op := op.(type) {
	case plan.MoveBranch:
		return w.moves(ctx, op)
	case plan.WriteSystem:
		return w.writes(ctx, op)
	}
	return w.World.Do(ctx, op)
}

func (w *wrong) moves(ctx context.Context, op plan.MoveBranch) error {
	switch w.mistake {
	case systemFirst:
		todo, err := plan.For(w.goal, w.have)
		if err != nil {
			return err
		}
		for _, next := range todo {
			if write, ok := next.(plan.WriteSystem); ok {
				if err := w.World.Do(ctx, write); err != nil {
					return err
				}
				break
			}
		}
	case pushesBranch:
		if tip, ok := w.now(ctx, op.Repository, op.Tier); ok {
			op.To = tip
		}
		update := git.Update{Ref: op.Tier.Branch(), Old: parse(op.From), New: parse(op.To)}
		return w.again(w.Repositories[op.Repository].Push(ctx, []git.Update{update}, nil))
	}
	return w.World.Do(ctx, op)
}

// now is the tip of the tier below at this moment.
func (w *wrong) now(ctx context.Context, name shop.Repository, tier shop.Tier) (shop.CommitID, bool) {
	below, upper := tier.Below()
	refs, err := w.Repositories[name].Refs(ctx)
	if err != nil || !upper {
		return "", false
	}
	return commitID(refs.Tips[below.Branch()]), true
}

func (w *wrong) writes(ctx context.Context, op plan.WriteSystem) error {
	switch w.mistake {
	case pushesBranch:
		if _, promotes := w.goal.(shop.Promote); promotes && len(op.Tiers) == 1 && op.Tiers[0].Release != op.Tiers[0].From {
			app, _ := w.now(ctx, shop.AppRepository, op.Tiers[0].Tier)
			config, _ := w.now(ctx, shop.ConfigurationRepository, op.Tiers[0].Tier)
			if app != "" && config != "" {
				op.Tiers = slices.Clone(op.Tiers)
				op.Tiers[0].Release = shop.Release{App: app, Configuration: config}
			}
		}
		return w.unchecked(ctx, op)
	case repeats:
		return w.repeat(ctx, op)
	case commitsAgain:
		return w.recommit(ctx, op)
	case takesTips, ignoresPins:
		return w.unchecked(ctx, op)
	case liftsUnseen:
		if t := w.have.Tiers[op.Tiers[0].Tier.Number()]; t.Spec.Pin != nil && len(op.Edits) == 0 {
			op.Edits = []shop.Edit{{Kind: shop.KindTier, Name: string(t.Spec.Name), Field: "pin"}}
		}
	case placesOnce:
		if s, adds := firstShop(op); adds {
			if w.a.placed == nil {
				w.a.placed = s
			}
			return w.place(ctx, op)
		}
	case mainOnly:
		if len(op.Edits) > 0 {
			op.Tiers = nil
			return w.unchecked(ctx, op)
		}
	}
	return w.World.Do(ctx, op)
}

// repeat sends what it has no answer for once more, on whatever is there now.
func (w *wrong) repeat(ctx context.Context, op plan.WriteSystem) error {
	err := w.World.Do(ctx, op)
	for try := 0; try < 3 && err != nil; try++ {
		var lost *git.UnavailableError
		if !errors.As(err, &lost) || !lost.Sent {
			return err
		}
		refs, rerr := w.Repositories[shop.SystemRepository].Refs(ctx)
		if rerr != nil {
			return w.again(rerr)
		}
		if len(op.Edits) > 0 {
			op.Main = commitID(refs.Tips[shop.MainBranch])
		}
		op.Tiers = slices.Clone(op.Tiers)
		for i := range op.Tiers {
			op.Tiers[i].System = commitID(refs.Tips[op.Tiers[i].Tier.Branch()])
			op.Tiers[i].Repair = true
		}
		err = w.unchecked(ctx, op)
	}
	return err
}

// recommit keeps the trees that it made first, and puts them on the new tips.
func (w *wrong) recommit(ctx context.Context, op plan.WriteSystem) error {
	built, err := w.World.Build(ctx, op)
	if err != nil {
		return w.World.Do(ctx, op)
	}
	trees, again := w.first[op.Wish()]
	if !again {
		trees = map[string]git.ID{}
		for _, c := range built.Commits {
			trees[c.Ref] = c.Commit.Tree
		}
		w.first[op.Wish()] = trees
	}
	return w.push(ctx, built, trees)
}

// unchecked pushes what the product would hold back.
func (w *wrong) unchecked(ctx context.Context, op plan.WriteSystem) error {
	built, err := w.World.Build(ctx, op)
	var held *shop.Fault
	if err != nil && !(errors.As(err, &held) && held.Kind == shop.BrokenRule) || len(built.Updates) == 0 {
		return err
	}
	return w.push(ctx, built, nil)
}

// push makes the commits again, on their own or on other trees.
func (w *wrong) push(ctx context.Context, built world.Built, trees map[string]git.ID) error {
	system := w.a.servers[shop.SystemRepository]
	b := git.NewBatch(system.objects)
	var updates []git.Update
	for _, c := range built.Commits {
		for _, data := range c.Content {
			b.PutBlob(data)
		}
		old, err := system.Commit(c.Parent)
		if err != nil {
			return err
		}
		if c.Commit.Tree, err = b.Edit(old.Tree, c.Files); err != nil {
			return err
		}
		if tree, other := trees[c.Ref]; other {
			c.Commit.Tree = tree
		}
		if c.Ref != shop.MainBranch && len(updates) > 0 && updates[0].Ref == shop.MainBranch {
			c.Commit.Message = strings.ReplaceAll(c.Commit.Message, built.Commits[0].Commit.ID.String(), updates[0].New.String())
		}
		id, err := b.PutCommit(c.Commit)
		if err != nil {
			return err
		}
		updates = append(updates, git.Update{Ref: c.Ref, Old: c.Parent, New: id})
	}
	if trees != nil {
		system.Memory.Add(b) // trees that were made first may be in no other batch
	}
	return w.again(w.Repositories[shop.SystemRepository].Push(ctx, updates, b))
}

// firstShop is the new shop of a write that adds just one.
func firstShop(op plan.WriteSystem) (*shop.Shop, bool) {
	if len(op.Edits) != 1 || op.Edits[0].Kind != shop.KindShop {
		return nil, false
	}
	s, is := op.Edits[0].Value.(*shop.Shop)
	return s, is
}

// place writes a new shop without looking at what else lives there.
func (w *wrong) place(ctx context.Context, op plan.WriteSystem) error {
	system := w.a.servers[shop.SystemRepository]
	data, err := intent.Encode(w.a.placed)
	if err != nil {
		return err
	}
	b := git.NewBatch(system.objects)
	main, err := system.Commit(parse(op.Main))
	if err != nil {
		return err
	}
	tree, err := b.Edit(main.Tree, map[string]git.Change{intent.Path(shop.KindShop, op.Edits[0].Name): {Mode: git.ModeFile, ID: b.PutBlob(data)}})
	if err != nil {
		return err
	}
	message := shop.Trailers{Operation: w.Operation}.Message(op.Title, "")
	id, err := b.PutCommit(git.Commit{Tree: tree, Parents: []git.ID{main.ID}, Author: signature, Committer: signature, Message: message})
	if err != nil {
		return err
	}
	return w.again(w.Repositories[shop.SystemRepository].Push(ctx, []git.Update{{Ref: shop.MainBranch, Old: main.ID, New: id}}, b))
}

// again says of an error what the World says of it.
func (w *wrong) again(err error) error {
	var stale *git.StaleError
	var lost *git.UnavailableError
	if errors.As(err, &stale) || errors.As(err, &lost) {
		return &apply.AgainError{Err: err}
	}
	return err
}

func parse(c shop.CommitID) git.ID {
	id, err := git.ParseID(string(c))
	if err != nil {
		return git.ID{}
	}
	return id
}

// R2: the simulation catches every mistake within 200 seeds. A usual run stops
// at the first; with SHOPCTL_SEEDS all 200 are played and counted.
func TestMistakes(t *testing.T) {
	b := newBase(t)
	for _, m := range mistakes {
		t.Run(string(m.mistake), func(t *testing.T) {
			const of = 200
			first, failing, played := -1, 0, 0
			found := map[string]int{}
			for seed := 0; seed < of && (first < 0 || everySeed()); seed++ {
				r := b.seedOf(t, uint64(seed), m.mistake)
				played++
				if len(r.broken) == 0 {
					continue
				}
				failing++
				invariant, _, _ := strings.Cut(r.broken[0], ":")
				found[invariant]++
				if first < 0 && slices.Contains(strings.Fields(m.invariants), invariant) {
					first = seed
					t.Logf("seed %d: %s", seed, r.broken[0])
				}
			}
			t.Logf("figure mistake=%s first=%d failing=%d of=%d invariants=%q repeat=%q", m.mistake, first, failing, played, fmt.Sprint(found),
				"SHOPCTL_SEEDS=200 go test -v -run "+t.Name()+" ./internal/world/simulation")
			if first < 0 {
				t.Errorf("%s is not caught by %s in %d seeds", m.mistake, m.invariants, played)
			}
		})
	}
}
