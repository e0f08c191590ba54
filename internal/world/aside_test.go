package world_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
)

// Who sees that another promotion has moved the app repository lets it write
// the system repository first, once; who moved it himself does not wait.
func TestStepsAsideForAPromotionUnderWay(t *testing.T) {
	for name, others := range map[string]bool{"moved by others": true, "moved by this run": false} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.reach(func(shop.State) shop.Goal {
				return shop.Init{System: "prod", Tiers: 2, Repositories: shop.Repositories{System: p.address("system"), App: p.address("app"), Configuration: p.address("configuration")}}
			})
			p.merge("change")
			p.reach(func(shop.State) shop.Goal { return shop.Reconcile{} })
			w, ctx := p.world(), context.Background()
			w.Now = func() time.Time { return time.Now().Add(time.Hour) } // no fresh commit anywhere

			if move := p.next(w); others {
				run(t, p.dir, "git", "--git-dir=app.git", "update-ref", "refs/heads/tier-1", "refs/heads/tier-0")
			} else if err := w.Do(ctx, move); err != nil {
				t.Fatal(err)
			}
			err := w.Do(ctx, p.next(w))
			var again *apply.AgainError
			if errors.As(err, &again) != others || !others && err != nil {
				t.Fatalf("wrote with %v", err)
			}
			if !others {
				return
			}
			if err := w.Do(ctx, p.next(w)); err != nil {
				t.Errorf("waited a second time: %v", err)
			}
		})
	}
}

// next is what the promotion of the newest release into tier-1 does next.
func (p *place) next(w *world.World) plan.Op {
	p.t.Helper()
	g := shop.Promote{From: "tier-0", To: "tier-1"}
	have, err := w.Observe(context.Background(), g)
	if err != nil {
		p.t.Fatal(err)
	}
	g.Release = have.Tiers[0].Runs
	todo, err := plan.For(g, have)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, op := range todo {
		if !plan.Waits(op) {
			return op
		}
	}
	p.t.Fatal("nothing is left to do")
	return nil
}
