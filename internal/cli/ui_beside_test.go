package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/tui"
)

// The panic of a goroutine comes to whoever the board's guard stands around.
func TestPanicsBesideTheBoardComeToIt(t *testing.T) {
	t.Run("the stream", func(t *testing.T) {
		d := keeper(t, "", "prod")
		d.w = brittle{}
		panicsWith(t, "brittle.Watch", func() { d.Watch(t.Context(), []shop.Tier{"tier-0"}, func(tui.Change) {}) })
	})
	t.Run("the rights", func(t *testing.T) {
		d := brittleRights(t)
		d.rights.done.Wait()
		panicsWith(t, "brittleRights", func() { d.rights.on(&tui.Board{}) })
		d.rights.on(&tui.Board{}) // told once
		d.rights.end()
	})
	t.Run("the rights, when the board was left first", func(t *testing.T) {
		panicsWith(t, "brittleRights", brittleRights(t).rights.end)
	})
}

// brittle is a world whose stream panics.
type brittle struct{ World }

func (brittle) Watch(context.Context, []shop.Tier, func(shop.ShopSetID)) error { panic("broke") }

// brittleRights is a desk that asks for its rights, and panics.
func brittleRights(t *testing.T) *desk {
	t.Helper()
	d := keeper(t, "", "prod")
	d.c.Env.OpenLogins = func(settings.System, LoginOptions) (Logins, error) { panic("broke") }
	d.rights.begin(context.Background(), d.c, shop.State{})
	return d
}

// panicsWith checks that a panic comes with the trace of where it began.
func panicsWith(t *testing.T, where string, do func()) {
	t.Helper()
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "broke\n") || !strings.Contains(p, where) {
			t.Errorf("panic %q", p)
		}
	}()
	do()
}
