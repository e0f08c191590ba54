package simulation

import (
	"container/heap"
	"context"
	"errors"
	"hash"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// A call is one message to the far side, or a sleep. Whoever makes it stands
// still until the schedule has answered; everybody else goes on.
type call struct {
	by     *actor
	key    string        // what is asked, of whom; unique among the calls of one actor at one time
	effect func() error  // what happens on the far side
	writes bool          // it changes something there
	sleep  time.Duration // a sleep instead
	lag    time.Duration // of a read: it shows the far side as it was so long ago

	answer chan struct{}
	err    error
}

// actor is somebody who calls: a client, the controller, the person.
type actor struct {
	*sim
	id     int
	random *rand.Rand
	dead   bool // this process was killed: its calls reach nothing any more
	safe   bool // no faults
	direct bool // calls take effect at once, outside of the schedule
	person bool // plain git by hand: no rule of ours binds it

	patience  time.Duration          // of a run
	skew      time.Duration          // how wrong its clock is
	operation string                 // of the run
	seen      [3]time.Time           // when the refs that were read last were true, a repository
	pins      map[shop.Tier]shop.Pin // that stood when the plan was approved
	edits     map[string]bool        // keys of the intent that the run names
	lifts     shop.Tier              // the run is an unpin
	placed    *shop.Shop             // of the mistake M6
}

var errKilled = errors.New("killed")

// remote makes a call and waits for its answer.
func (a *actor) remote(c *call) error {
	if a.dead {
		return errKilled
	}
	if a.direct {
		return c.effect()
	}
	c.by, c.answer = a, make(chan struct{})
	a.mu.Lock()
	a.arrived = append(a.arrived, c)
	a.mu.Unlock()
	<-c.answer
	return c.err
}

// sleep is what the engine sleeps with.
func (a *actor) sleep(_ context.Context, d time.Duration) error { return a.rest(d) }

// rest lets time pass.
func (a *actor) rest(d time.Duration) error {
	return a.remote(&call{key: "sleep", sleep: max(d, time.Millisecond)})
}

// moment is something that happens at a time.
type moment struct {
	at  time.Time
	seq int
	run func()
}

type moments []moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	if !m[i].at.Equal(m[j].at) {
		return m[i].at.Before(m[j].at)
	}
	return m[i].seq < m[j].seq
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)   { *m = append(*m, x.(moment)) }
func (m *moments) Pop() any {
	old := *m
	last := old[len(old)-1]
	*m = old[:len(old)-1]
	return last
}

// schedule decides what happens next, from the seed alone.
type schedule struct {
	mu      sync.Mutex
	arrived []*call
	queue   moments
	seq     int
	now     time.Time
	random  *rand.Rand
	faults  bool
	over    bool        // whoever still runs is told to end
	nth     *nth        // of R4: the one call that fails
	log     hash.Hash64 // of everything that happens
	counts
}

type counts struct {
	steps, crashes, lost, refused, stale, errors, pushes int
}

func (c *counts) add(o counts) {
	c.steps += o.steps
	c.crashes += o.crashes
	c.lost += o.lost
	c.refused += o.refused
	c.stale += o.stale
	c.errors += o.errors
	c.pushes += o.pushes
}

func newSchedule(seed uint64) schedule {
	return schedule{now: begin, random: rand.New(rand.NewPCG(seed, 1)), faults: true, log: fnv.New64a()}
}

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func (s *schedule) after(d time.Duration, run func()) {
	s.seq++
	heap.Push(&s.queue, moment{s.now.Add(d), s.seq, run})
}

// play runs until nobody has anything left to do, or until done says so. All
// goroutines stand still while something happens on the far side.
func (s *schedule) play(done func() bool) {
	for !done() {
		synctest.Wait()
		s.admit()
		if len(s.queue) == 0 {
			return
		}
		m := heap.Pop(&s.queue).(moment)
		s.now = m.at
		s.steps++
		m.run()
	}
}

// admit takes the calls that came in since, in an order that does not depend
// on which goroutine was faster, and gives each its way to the far side.
func (s *schedule) admit() {
	slices.SortFunc(s.arrived, func(a, b *call) int {
		if a.by.id != b.by.id {
			return a.by.id - b.by.id
		}
		return strings.Compare(a.key, b.key)
	})
	for _, c := range s.arrived {
		if c.sleep > 0 {
			s.after(c.sleep, func() { s.reply(c, nil) })
			continue
		}
		s.after(s.delay(), func() { s.arrive(c) })
	}
	s.arrived = s.arrived[:0]
}

// delay is one way over the network: mostly short, sometimes long enough for
// others to do a lot meanwhile.
func (s *schedule) delay() time.Duration {
	d := time.Duration(10+s.random.IntN(90)) * time.Millisecond
	if s.random.IntN(8) == 0 {
		d += time.Duration(s.random.IntN(4000)) * time.Millisecond
	}
	return d
}

func (s *schedule) reply(c *call, err error) {
	c.err = err
	c.by.dead = c.by.dead || s.over
	if c.by.dead {
		c.err = errKilled
	}
	close(c.answer)
}

// kill ends a process: what it still waits for, nobody hears.
func (s *schedule) kill(a *actor) {
	s.crashes++
	a.dead = true
}

// arrive is the moment at which a call takes effect, and everything that may
// go wrong with it.
func (s *schedule) arrive(c *call) {
	if c.by.dead || s.over {
		s.reply(c, errKilled)
		return
	}
	if s.nth != nil && s.nth.meets(s, c) {
		return
	}
	dice := 1000
	if s.faults && !c.by.safe {
		dice = s.random.IntN(1000)
	}
	io.WriteString(s.log, c.key)
	s.log.Write([]byte{byte(c.by.id), byte(dice), byte(dice >> 8)})
	switch {
	case dice < 15:
		s.kill(c.by)
		s.reply(c, errKilled)
		return
	case dice < 45:
		s.errors++
		s.reply(c, errNoAnswer)
		return
	case dice < 90 && !c.writes:
		s.stale++
		c.lag = time.Duration(1+s.random.IntN(5000)) * time.Millisecond
	}
	err := c.effect()
	switch {
	case !c.writes:
		s.reply(c, err)
	case dice < 70:
		s.kill(c.by)
		s.reply(c, errKilled)
	case dice < 110:
		s.lost++
		s.after(s.delay(), func() { s.reply(c, errNoAnswer) })
	default:
		s.after(s.delay(), func() { s.reply(c, err) })
	}
}

// errNoAnswer is a call of which nobody knows whether it took effect.
var errNoAnswer = errors.New("connection reset")
