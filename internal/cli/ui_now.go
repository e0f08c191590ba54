package cli

import (
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/tui"
)

// now is what a desk knows of the system: the state of the last look, kept up by
// what the stream tells.
type now struct {
	mu      sync.Mutex
	have    shop.State
	number  int                     // of the look; 0: there was none
	at      time.Time               // of this machine, when all was asked
	alive   bool                    // the stream is
	told    bool                    // it told something new since
	waits   map[shop.Tier]bool      // something does, in front of the tier
	pending map[shop.ShopSetID]bool // to be judged anew
	during  map[shop.ShopSetID]bool // told since a look began
	wake    chan struct{}           // something is pending
}

func newNow() *now {
	return &now{pending: map[shop.ShopSetID]bool{}, during: map[shop.ShopSetID]bool{}, wake: make(chan struct{}, 1)}
}

// begin notes that a look begins: what is told from now on may not be in it.
func (n *now) begin() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.during)
}

// seen takes what was looked at, and gives its number.
func (n *now) seen(s status, at time.Time) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.have, n.at, n.told = own(s.have), at, false
	n.waits = map[shop.Tier]bool{}
	for _, t := range s.value.Tiers {
		n.waits[t.Name] = t.Waiting.Commits > 0
	}
	n.number++
	for name := range n.during {
		n.note(name)
	}
	return n.number
}

// state is what is known now.
func (n *now) state() shop.State {
	n.mu.Lock()
	defer n.mu.Unlock()
	return own(n.have)
}

// own is a state whose ShopSets can be judged anew without another's being changed.
func own(have shop.State) shop.State {
	have.Tiers = slices.Clone(have.Tiers)
	for i := range have.Tiers {
		have.Tiers[i].ShopSets = slices.Clone(have.Tiers[i].ShopSets)
	}
	return have
}

// still is the state that a short look may go on from; false: everything has to
// be asked.
func (n *now) still(at time.Time) (shop.State, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	quiet := n.number > 0 && (n.alive || n.have.ArgoCD.None) && !n.told && n.have.ArgoCD.Silent == "" && at.Sub(n.at) < askAllEvery
	return own(n.have), quiet
}

// askAllEvery is the longest time between two looks that ask everything.
const askAllEvery = time.Minute

// goesOn notes that nothing but the time has changed, and gives the state with
// what the stream told meanwhile.
func (n *now) goesOn(have shop.State) (shop.State, int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.have.Now, n.have.ArgoCD.Asked = have.Now, have.ArgoCD.Asked
	n.number++
	return own(n.have), n.number
}

// hear notes that the stream named a ShopSet.
func (n *now) hear(name shop.ShopSetID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.alive = true
	n.during[name] = true
	n.note(name)
}

func (n *now) note(name shop.ShopSetID) {
	n.pending[name] = true
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// ended notes that the stream is over: only looks tell how things are.
func (n *now) ended() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.alive = false
}

// closers are the switches of ShopSets that are on.
type closers map[shop.ShopSetID]*shop.Maintenance

func closedSets(have shop.State) closers {
	all := closers{}
	for i, x := range have.Closed {
		if x.Subject.Kind == shop.KindShopSet {
			all[shop.ShopSetID(x.Subject.Name)] = &have.Closed[i].Maintenance
		}
	}
	return all
}

// on notes on a ShopSet until when it is closed, and what that means to its shops.
func (c closers) on(s *tui.ShopSet, now time.Time, tier *shop.Maintenance) {
	m := c[s.Name]
	if m != nil {
		s.Closed = &m.Until
	}
	s.Gives = s.Health.ShopState(now, m, tier)
}
