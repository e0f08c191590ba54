package cli

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/tui"
)

// streamWorld has a stream that names ShopSets, and judges them degraded.
type streamWorld struct {
	World
	names []shop.ShopSetID
	more  chan struct{} // closed: the stream breaks
}

var errStream = errors.New("cut off")

func (w *streamWorld) Watch(_ context.Context, _ []shop.Tier, named func(shop.ShopSetID)) error {
	for _, name := range w.names {
		named(name)
	}
	<-w.more
	return errStream
}

func (w *streamWorld) Follow(have *shop.State, names []shop.ShopSetID) []shop.ShopSetID {
	for i := range have.Tiers {
		for j := range have.Tiers[i].ShopSets {
			if s := &have.Tiers[i].ShopSets[j]; slices.Contains(names, s.Name) {
				s.Health = shop.Degraded
			}
		}
	}
	return names
}

// What the stream names is told in one call, with its tier; when it breaks, only
// looks that ask everything are believed.
func TestTheDeskJoinsWhatTheStreamTells(t *testing.T) {
	w := &streamWorld{names: []shop.ShopSetID{"s-1", "s-2", "s-1"}, more: make(chan struct{})}
	d := keeper(t, "", "prod")
	d.w, d.c.Text = w, i18n.For(i18n.English)
	d.c.Env.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	state := shop.State{Tiers: []shop.TierState{{Spec: shop.TierSpec{Name: "tier-0"}, ShopSets: []shop.ShopSetState{{Name: "s-1"}, {Name: "s-2"}, {Name: "s-3", Health: shop.Healthy}}}}}
	d.now.seen(status{have: state}, d.c.Env.Now())
	told := map[shop.ShopSetID]tui.ShopSet{}
	err := d.Watch(t.Context(), []shop.Tier{"tier-0"}, func(c tui.Change) {
		for _, s := range c.ShopSets {
			told[s.Name] = s
		}
		if c.Look != 1 || len(c.Tiers) != 1 || c.Tiers[0].Health != shop.Degraded {
			t.Errorf("told %+v", c)
		}
		if _, quiet := d.now.still(d.c.Env.Now()); quiet {
			t.Error("it would not look, though something was told")
		}
		if len(told) == 2 {
			close(w.more)
		}
	})
	if !errors.Is(err, errStream) || told["s-1"].Health != shop.Degraded || told["s-1"].Gives != shop.ShopDegraded {
		t.Errorf("ended with %v, told %+v", err, told)
	}
	d.now.seen(status{have: state}, d.c.Env.Now())
	if _, quiet := d.now.still(d.c.Env.Now()); quiet {
		t.Error("a broken stream is believed")
	}
	d.now.hear("s-3")
	if _, quiet := d.now.still(d.c.Env.Now()); !quiet {
		t.Error("a stream that is alive is not believed")
	}
	if _, quiet := d.now.still(d.c.Env.Now().Add(askAllEvery)); quiet {
		t.Error("it never asks everything")
	}
}

// What was told while a look went on is judged once more after it.
func TestWhatWasToldDuringALookIsJudgedAgain(t *testing.T) {
	n := newNow()
	n.begin()
	n.hear("s-1")
	clear(n.pending) // judged by the state before
	n.seen(status{}, time.Time{})
	if !n.pending["s-1"] {
		t.Error("it is forgotten")
	}
	clear(n.pending)
	n.begin()
	n.seen(status{}, time.Time{})
	if len(n.pending) > 0 {
		t.Errorf("judged for ever: %v", n.pending)
	}
}
