package simulation

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// nth makes one call fail.
type nth struct {
	n, calls int // calls are counted from 1
	how      failure
	effects  map[int]bool // which calls change something
}

// failure is a way in which a call can fail.
type failure string

const (
	errorBefore failure = "error before"         // nothing happened, and the answer says so
	errorAfter  failure = "error after"          // it happened, and the answer is an error
	replyLost   failure = "reply lost, and dead" // it happened, and nobody is left to hear it
	deadBefore  failure = "dead before"          // the process was gone when it should have been sent
)

var failures = []failure{errorBefore, errorAfter, replyLost, deadBefore}

// meets plays the failure if this is the call. A look is a call too.
func (f *nth) meets(s *schedule, c *call) bool {
	f.calls++
	if c.writes && f.effects != nil {
		f.effects[f.calls] = true
	}
	if f.calls != f.n {
		return false
	}
	if f.how == replyLost || f.how == deadBefore {
		s.kill(c.by)
	}
	if f.how == errorAfter || f.how == replyLost {
		_ = c.effect()
	}
	s.reply(c, errNoAnswer)
	return true
}

// ready brings a system to where a command has something to do.
type ready func(s *sim)

func (s *sim) mustRun(id int, cmd command) {
	if err := s.alone(id, &cmd); err != nil {
		s.checker.breaks("R4", "prepare %+v: %v", cmd.goal, err)
	}
}

func merged(s *sim) {
	done := false
	go func() {
		a := s.actor(970_000, true)
		a.person = true
		a.merge(shop.AppRepository, "tier-0", 1)
		a.merge(shop.ConfigurationRepository, "tier-0", 2)
		done = true
	}()
	s.play(func() bool { return done })
}

// R4: whatever call fails, and however, the command or the next run of it
// reaches the wish, and nothing is done twice.
func TestFailTheNthCall(t *testing.T) {
	b := newBase(t)
	grace := 10 * time.Minute
	commands := []struct {
		name  string
		goal  shop.Goal
		ready ready
	}{
		{"promote", shop.Promote{To: "tier-3", From: "tier-2", Grace: grace}, nil},
		{"promote --no-wait", shop.Promote{To: "tier-2", From: "tier-1", NoWait: true}, nil},
		{"promote --to", shop.Promote{To: "tier-3", From: "tier-0", Grace: grace}, nil},
		{"promote --unpin", shop.Promote{To: "tier-1", From: "tier-0", Unpin: true, Grace: grace}, func(s *sim) {
			s.mustRun(970_001, command{goal: shop.Rollback{Tier: "tier-1", NoWait: true}})
		}},
		{"rollback", shop.Rollback{Tier: "tier-1", Grace: grace}, nil},
		{"unpin", shop.Unpin{Tier: "tier-0", Grace: grace}, func(s *sim) {
			s.mustRun(970_001, command{goal: shop.Rollback{Tier: "tier-0", NoWait: true}})
		}},
		{"reconcile", shop.Reconcile{}, merged},
		{"tier freeze", shop.FreezeTier{Tier: "tier-1", Until: begin.Add(24 * time.Hour), Reason: "sale"}, nil},
		{"tier unfreeze", shop.UnfreezeTier{Tier: "tier-1", Reason: "over"}, func(s *sim) {
			s.mustRun(970_001, command{goal: shop.FreezeTier{Tier: "tier-1", Reason: "sale"}})
		}},
		{"shop add", shop.AddShops{Shops: []shop.NewShop{{Shop: shop.Shop{Name: "new", Hosts: []string{"new.example.com"}}}}}, nil},
		{"shop move", shop.MoveShop{Name: "first", To: "s-302"}, nil},
		{"shop move to another tier", shop.MoveShop{Name: "first", To: "s-201"}, nil},
		{"shop set", shop.SetShop{Name: "first", AddHosts: []string{"www.first.example.com"}}, nil},
		{"shop remove", shop.RemoveShop{Name: "first", Homes: []shop.ShopSetID{"s-301"}}, nil},
		{"maintenance on", shop.Close{Subject: closable[0], Maintenance: shop.Maintenance{Until: begin.Add(24 * time.Hour), Message: "stock"}}, nil},
		{"maintenance off", shop.Open{Subject: closable[1]}, func(s *sim) {
			s.mustRun(970_001, command{goal: shop.Close{Subject: closable[1], Maintenance: shop.Maintenance{Until: begin.Add(24 * time.Hour)}}})
		}},
		{"reject", shop.Reject{Release: b.past["tier-0"][len(b.past["tier-0"])-1].release, Reason: "slow"}, nil},
		{"verify", shop.Verify{Tier: "tier-1", Release: b.past["tier-1"][0].release, Result: shop.FoundGood, Note: "tried"}, nil},
	}
	calls, played, runs, second := 0, 0, 0, 0
	for _, c := range commands {
		undisturbed := b.once(t, c.goal, c.ready, nil)
		if len(undisturbed.broken) > 0 || undisturbed.runs != 1 || undisturbed.pushes == 0 {
			t.Fatalf("%s, undisturbed: %+v", c.name, undisturbed)
		}
		calls += undisturbed.calls
		t.Logf("%s: %d calls, %d effects, %d pushes", c.name, undisturbed.calls, len(undisturbed.effects), undisturbed.pushes)
		for _, how := range failures {
			for n := 1; n <= undisturbed.calls; n++ {
				if (how == errorAfter || how == replyLost) && !undisturbed.effects[n] {
					continue // a question that was answered is the same as one that was not asked
				}
				if c.name == "promote --to" && !undisturbed.effects[n] && n%4 != 0 && !everySeed() {
					continue // three hops ask the same questions three times
				}
				got := b.once(t, c.goal, c.ready, &nth{n: n, how: how})
				runs += got.runs
				played++
				second += got.runs - 1
				if len(got.broken) > 0 || got.runs > 2 || got.pushes != undisturbed.pushes {
					t.Errorf("%s, call %d of %d, %s: %d runs, %d pushes for %d, broken: %q", c.name, n, undisturbed.calls, how, got.runs, got.pushes, undisturbed.pushes, got.broken)
				}
			}
		}
	}
	t.Logf("figure commands=%d ways=%d calls=%d failures=%d runs=%d second-runs=%d repeat=%q", len(commands), len(failures), calls, played, runs, second,
		"go test -v -run TestFailTheNthCall ./internal/world/simulation")
}

// disturbed is how a command fared whose n-th call failed.
type disturbed struct {
	calls, runs, pushes int
	effects             map[int]bool
	broken              []string
}

func (b *base) once(t *testing.T, g shop.Goal, prepare ready, fail *nth) (d disturbed) {
	synctest.Test(t, func(*testing.T) {
		s := b.start(0, honest)
		s.faults = false
		if prepare != nil {
			prepare(s)
		}
		if fail == nil {
			fail = &nth{effects: map[int]bool{}}
		}
		s.nth = fail
		before := s.accepted()
		cmd := &command{goal: g}
		ended := false
		go func() {
			defer func() { ended = true }()
			for d.runs = 1; d.runs < 4; d.runs++ {
				a := s.actor(d.runs*100, true)
				a.patience = 10 * time.Minute
				err := a.run(cmd)
				if err == nil {
					s.checker.wish(cmd, a)
					return
				}
			}
			s.checker.breaks("R4", "%+v was not reached", g)
		}()
		s.play(func() bool { return ended })
		if s.forge != nil {
			for _, key := range s.green() {
				s.checker.breaks("gate", "left open: %s", key)
			}
			for _, p := range s.forge.pulls {
				if p.State == shop.PullOpen {
					s.checker.breaks("pull request", "left open: %s", p.Branch)
				}
			}
		}
		d.calls, d.pushes = fail.calls, s.accepted()-before
		d.broken, d.effects = s.checker.broken, fail.effects
		s.nth = nil
		s.drain()
	})
	return d
}

// accepted counts the pushes that the servers took.
func (s *sim) accepted() (n int) {
	for _, on := range s.servers {
		last := -1
		for _, m := range on.log {
			if m.push != last {
				n, last = n+1, m.push
			}
		}
	}
	return n
}
