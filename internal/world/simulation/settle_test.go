package simulation

import (
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// window is how old the look may be on which a command ends: a slow answer, and
// a forge that lags.
const window = 15 * time.Second

// mains are the commits that main was at within the last moments.
func (c *checker) mains() (ids []git.ID) {
	s := c.servers[shop.SystemRepository]
	ids = append(ids, s.tips[shop.MainBranch])
	for i := len(s.log) - 1; i >= 0 && s.log[i].at.After(c.now.Add(-window)); i-- {
		if s.log[i].ref == shop.MainBranch {
			ids = append(ids, s.log[i].old)
		}
	}
	return ids
}

// carriedLately reports whether a tier carried something within the last moments.
func (c *checker) carriedLately(tier shop.Tier, is func(shop.Release) bool) bool {
	line := c.lines[tier]
	for i := len(line) - 1; i >= 0; i-- {
		if is(line[i].release) {
			return true
		}
		if !line[i].at.After(c.now.Add(-window)) {
			return false
		}
	}
	return false
}

// wish holds H1: who exits with 0 has seen its wish true.
func (c *checker) wish(cmd *command, by *actor) {
	lately := func(is func(*wanted) bool) bool {
		for _, id := range c.mains() {
			if is(c.intent(id)) {
				return true
			}
		}
		return false
	}
	var ok bool
	switch g := cmd.goal.(type) {
	case shop.Promote:
		ok = c.carriedLately(g.To, func(r shop.Release) bool { return c.contains(r, g.Release) })
	case shop.Rollback:
		ok = c.carriedLately(g.Tier, func(r shop.Release) bool { return r == g.Release }) &&
			lately(func(w *wanted) bool { return w.pins[g.Tier] == g.Release })
	case shop.Unpin:
		ok = lately(func(w *wanted) bool { _, has := w.pins[g.Tier]; return !has })
	default:
		ok = lately(func(w *wanted) bool {
			return holdIsSo(cmd.goal, w) && shopIsSo(cmd.goal, w) && c.closingIsSo(cmd.goal, w)
		})
	}
	if !ok {
		c.breaks("H1", "%+v ended with success and is not so", cmd.goal)
	}
}

// contains reports whether r is a release, or a newer one that has it.
func (c *checker) contains(r, older shop.Release) bool {
	in := func(name shop.Repository, a, b shop.CommitID) bool {
		x, err := git.ParseID(string(a))
		y, err2 := git.ParseID(string(b))
		return err == nil && err2 == nil && c.within(c.servers[name], x, y)
	}
	return in(shop.AppRepository, older.App, r.App) && in(shop.ConfigurationRepository, older.Configuration, r.Configuration)
}

// endMoves lets the routes of moves come to where they go: a later reconcile
// then ends the moves.
func (s *sim) endMoves() {
	moving := func() int {
		return len(s.checker.intent(s.servers[shop.SystemRepository].tips[shop.MainBranch]).moving)
	}
	if moving() == 0 {
		return
	}
	rested := false
	go func() {
		_ = s.actor(980_002, true).rest(time.Minute)
		rested = true
	}()
	s.play(func() bool { return rested })
	if err := s.alone(980_003, &command{goal: shop.Reconcile{}}); err != nil || moving() > 0 {
		s.checker.breaks("L1", "%d moves are left after a reconcile: %v", moving(), err)
	}
}

// settle is the quiet end: no faults any more. One run of reconcile brings
// every tier to what it should run (L1), and says so with success (H1); another
// run changes nothing.
func (s *sim) settle() {
	before := map[shop.Tier]shop.Release{}
	for n := range tiers {
		line := s.lines[shop.TierAt(n)]
		before[shop.TierAt(n)] = line[len(line)-1].release
	}
	began := s.now
	if err := s.alone(980_000, &command{goal: shop.Reconcile{}}); err != nil {
		s.checker.breaks("L1", "reconcile, undisturbed, ended with %v", err)
		return
	}
	s.checker.allOpened(began)
	s.endMoves()
	pushes := s.pushes
	for n := range tiers {
		s.checker.settled(shop.TierAt(n), before)
	}
	if err := s.alone(980_001, &command{goal: shop.Reconcile{}}); err != nil || s.pushes != pushes {
		s.checker.breaks("L1", "a second reconcile pushed %d times: %v", s.pushes-pushes, err)
	}
}

// alone runs one command to its end while nobody else does anything.
func (s *sim) alone(id int, cmd *command) (err error) {
	done := false
	s.after(30*time.Second, func() {})
	go func() {
		a := s.actor(id, true)
		_ = a.rest(30 * time.Second) // Argo CD has seen everything by then
		err = a.run(cmd)
		done = true
	}()
	s.play(func() bool { return done })
	return err
}

// settled holds L1 for one tier: the release that it should run, and the very
// files that rendering gives.
func (c *checker) settled(tier shop.Tier, before map[shop.Tier]shop.Release) {
	system := c.servers[shop.SystemRepository]
	want := c.intent(system.tips[shop.MainBranch])
	line := c.lines[tier]
	is := line[len(line)-1].release
	tips := shop.Release{App: commitID(c.servers[shop.AppRepository].tips[tier.Branch()]), Configuration: commitID(c.servers[shop.ConfigurationRepository].tips[tier.Branch()])}
	pin, isPinned := want.pins[tier]
	switch {
	case isPinned && is != pin:
		c.breaks("L1", "%s is pinned to %s and carries %s", tier, pairText(pin), pairText(is))
	case isPinned:
	case want.frozen[tier] && is != before[tier]:
		c.breaks("L1", "%s is frozen and went to %s", tier, pairText(is))
	case want.frozen[tier]:
	case tier == "tier-0" && is != tips:
		c.breaks("L1", "%s carries %s, its branches hold %s", tier, pairText(is), pairText(tips))
	case is != before[tier] && tier != "tier-0" && !c.contains(is, tips):
		c.breaks("L1", "%s went to %s, its branches hold %s", tier, pairText(is), pairText(tips))
	}
	tip, err := system.Commit(system.tips[tier.Branch()])
	if err != nil {
		panic(err)
	}
	got := map[string]git.ID{}
	files(system, tip.Tree, "", got)
	rendered := c.rendered(tier, want)
	for path, data := range rendered {
		if got[path] != git.BlobID(data) {
			c.breaks("L1", "%s: %s is not as rendered", tier, path)
		}
	}
	for path := range got {
		if _, ok := rendered[path]; !ok {
			c.breaks("L1", "%s: %s is not rendered", tier, path)
		}
	}
}

func (c *checker) rendered(tier shop.Tier, want *wanted) render.Files {
	system := c.servers[shop.SystemRepository]
	set, err := intent.Load(func(yield func(string, []byte) bool) {
		for path, blob := range want.files {
			data, _ := system.Blob(blob)
			if !yield(path, data) {
				return
			}
		}
	})
	if err != nil {
		panic(err)
	}
	out, err := render.Tier(set, tier, map[string]render.Facts{"default": {}})
	if err != nil {
		panic(err)
	}
	return out
}
