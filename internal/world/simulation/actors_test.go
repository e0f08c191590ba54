package simulation

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

const clients = 40

// draws is what a client wants.
func (s *sim) draws(id int, random *rand.Rand) *command {
	tier := shop.TierAt(1 + random.IntN(tiers-1))
	below, _ := tier.Below()
	grace := 5 * time.Minute
	switch n := random.IntN(100); {
	case n < 5:
		return drawsClosing(random)
	case n < 32:
		return &command{goal: shop.Promote{To: tier, From: below, NoWait: true, Grace: grace}}
	case n < 39:
		return &command{goal: shop.Promote{To: tier, From: below, Grace: grace}}
	case n < 47:
		return &command{goal: shop.Promote{To: shop.TierAt(2 + random.IntN(2)), From: "tier-0", Grace: grace}}
	case n < 51:
		return &command{goal: shop.Promote{To: tier, From: below, NoWait: true, Unpin: true}}
	case n < 58:
		return &command{goal: shop.Rollback{Tier: shop.TierAt(random.IntN(tiers)), NoWait: true}}
	case n < 64:
		return &command{goal: shop.Unpin{Tier: shop.TierAt(random.IntN(tiers)), NoWait: true}}
	case n < 67:
		return &command{goal: shop.Reconcile{}}
	case n < 70:
		return &command{goal: shop.Reconcile{Tiers: []shop.Tier{shop.TierAt(random.IntN(tiers))}}}
	case n < 76:
		return drawsHold(random)
	default:
		return drawsShop(id, random)
	}
}

// client runs one command some time in the first minute; killed, it starts
// over with a new process and the same goal.
func (s *sim) client(id int) {
	random := rand.New(rand.NewPCG(s.seed, uint64(1000+id)))
	cmd := s.draws(id, random)
	start := time.Duration(random.IntN(60_000)) * time.Millisecond
	if cmd.opens() {
		start = 20*time.Second + start/10 // many shops open at the same time
	}
	s.open++
	go func() {
		a := s.actor(id*100, false)
		_ = a.rest(start)
		for life := 1; ; life++ {
			err := a.run(cmd)
			if !a.dead {
				s.ended(a, cmd, err)
			}
			if !a.dead || a.over {
				return
			}
			a = s.actor(id*100+life, false)
			_ = a.rest(time.Duration(random.IntN(3000)) * time.Millisecond)
		}
	}()
}

// ended is the exit of a command: 0 means that a fresh reader saw its wish
// within the last moments.
func (s *sim) ended(a *actor, cmd *command, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.outcomes[outcome(err)]++
	if err == nil {
		s.checker.wish(cmd, a)
	}
}

// outcome names how a command ended.
func outcome(err error) string {
	var stop *plan.Stop
	var waits *apply.WaitingError
	var changed *apply.ChangedError
	var fault *shop.Fault
	switch {
	case err == nil:
		return "reached"
	case errors.As(err, &stop):
		return string(stop.Why)
	case errors.As(err, &waits):
		if gates, ok := waits.Op.(plan.AwaitGates); ok {
			return "waits for " + plan.Closed(gates.Gates)[0].Name
		}
		return "waits"
	case errors.As(err, &changed):
		return "changed"
	case errors.As(err, &fault):
		return string(fault.Kind)
	}
	return err.Error()
}

// controller reconciles again and again, until the faults stop.
func (s *sim) controller() {
	s.open++
	go func() {
		random := rand.New(rand.NewPCG(s.seed, 3))
		for life := 0; ; life++ {
			a := s.actor(900_000+life, false)
			_ = a.rest(time.Duration(10+random.IntN(20)) * time.Second)
			if !a.faults || a.over {
				break
			}
			_ = a.run(&command{goal: shop.Reconcile{}})
		}
		s.mu.Lock()
		s.open--
		s.mu.Unlock()
	}()
}

// person works with plain git: fetch, commit, push, and again when somebody was
// faster. No rule of ours binds it.
func (s *sim) person() {
	s.open++
	go func() {
		random := rand.New(rand.NewPCG(s.seed, 4))
		a := s.actor(950_000, true)
		a.person = true
		for n := 1; n <= 12; n++ {
			_ = a.rest(time.Duration(1000+random.IntN(8000)) * time.Millisecond)
			switch what := random.IntN(10); {
			case what < 4:
				a.merge(shop.AppRepository, "tier-0", n)
			case what < 7:
				a.merge(shop.ConfigurationRepository, "tier-0", n)
			case what < 9:
				a.editByHand(random)
			case s.seed%4 == 0:
				a.merge(shop.AppRepository, "tier-1", n) // the merge button, where no ruleset is
			}
		}
		s.mu.Lock()
		s.open--
		s.mu.Unlock()
	}()
}

// merge puts a commit on a branch. The files stay: what a release holds does
// not matter here.
func (a *actor) merge(name shop.Repository, tier shop.Tier, n int) {
	on := a.servers[name]
	var tips map[string]git.ID
	if a.remote(&call{key: "fetch", effect: func() error { tips = on.at(a.now); return nil }}) != nil {
		return
	}
	b := git.NewBatch(on.objects)
	when := git.Signature{Name: "Mika", Email: "mika@example.com", When: begin.Add(time.Duration(n) * time.Second)}
	parents := []git.ID{tips[tier.Branch()]}
	if hotfix := tips["refs/heads/tier-1"]; tier == "tier-0" && n%3 == 0 && hotfix != parents[0] {
		parents = append(parents, hotfix) // what was merged above comes down by a merge
	}
	id, err := b.PutCommit(git.Commit{Tree: a.tree[name], Parents: parents, Author: when, Committer: when, Message: fmt.Sprintf("Merge %d\n", n)})
	if err != nil {
		panic(err)
	}
	a.pushByHand(on, git.Update{Ref: tier.Branch(), Old: tips[tier.Branch()], New: id}, b)
}

func (a *actor) pushByHand(on *server, u git.Update, b *git.Batch) {
	_ = a.remote(&call{key: "push by hand", writes: true, effect: func() error {
		if err := on.receive(a.now, a, []git.Update{u}, b); err != nil {
			return err
		}
		a.log.Write(u.New[:])
		a.pushed(on, []git.Update{u}, a)
		return nil
	}})
}

// editByHand freezes or unfreezes a tier, or adds a shop, on main alone.
func (a *actor) editByHand(random *rand.Rand) {
	on := a.servers[shop.SystemRepository]
	var main git.ID
	if a.remote(&call{key: "fetch", effect: func() error { main = on.tips[shop.MainBranch]; return nil }}) != nil {
		return
	}
	is := a.checker.intent(main)
	edit := shop.Edit{Kind: shop.KindTier, Name: string(shop.TierAt(1 + random.IntN(tiers-1))), Field: "freeze"}
	if !is.frozen[shop.Tier(edit.Name)] {
		edit.Value = &shop.Freeze{Record: shop.Record{Reason: "by hand"}}
	}
	if random.IntN(3) == 0 {
		name := fmt.Sprintf("hand-%d", random.IntN(capacity))
		edit = shop.Edit{Kind: shop.KindShop, Name: name, Value: &shop.Shop{Name: shop.ShopID(name), Hosts: []string{name + ".example.com"}, ShopSet: "s-101"}}
	}
	path := intent.Path(edit.Kind, edit.Name)
	var old []byte
	if blob, there := is.files[path]; there {
		old, _ = on.Blob(blob)
	}
	data, _, err := intent.Apply(path, old, edit)
	if err != nil {
		panic(err)
	}
	b := git.NewBatch(on.objects)
	c, err := on.Commit(main)
	if err != nil {
		panic(err)
	}
	tree, err := b.Edit(c.Tree, map[string]git.Change{path: {Mode: git.ModeFile, ID: b.PutBlob(data)}})
	if err != nil {
		panic(err)
	}
	if tree == c.Tree {
		return
	}
	when := git.Signature{Name: "Mika", Email: "mika@example.com", When: a.now.Truncate(time.Second)}
	id, err := b.PutCommit(git.Commit{Tree: tree, Parents: []git.ID{main}, Author: when, Committer: when, Message: "Edit by hand\n"})
	if err != nil {
		panic(err)
	}
	a.pushByHand(on, git.Update{Ref: shop.MainBranch, Old: main, New: id}, b)
}

// result is what one seed gave.
type result struct {
	counts
	broken   []string
	digest   uint64
	outcomes map[string]int
}

// seedOf runs one seed: the busy time with faults, then the quiet end.
func (b *base) seedOf(t *testing.T, seed uint64, m mistake) (r result) {
	synctest.Test(t, func(*testing.T) {
		s := b.start(seed, m)
		for id := range clients {
			s.client(id)
		}
		s.controller()
		s.person()
		broken := func() bool { return len(s.checker.broken) > 0 }
		s.after(100*time.Second, func() { s.faults = false })
		s.play(func() bool { return broken() || s.open == 0 && !s.faults || s.steps > 100_000 })
		if s.steps > 100_000 {
			s.checker.breaks("L2", "no end after %d steps", s.steps)
		}
		if !broken() {
			s.settle()
		}
		s.drain()
		slices.Sort(s.checker.broken)
		r = result{s.counts, s.checker.broken, s.log.Sum64(), s.outcomes}
	})
	return r
}

// drain ends every process that is left, so that nothing of a seed outlives it.
func (s *sim) drain() {
	s.over = true
	s.play(func() bool { return false })
}
