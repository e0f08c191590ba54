package shop

import "time"

// ShopState is how a shop is. It has no processes of its own: its state is the
// worst of its own and of what its ShopSet gives to all that live there.
type ShopState string

// The states of a shop.
const (
	ShopOpen     ShopState = "open"
	ShopUnknown  ShopState = "unknown"
	ShopMoving   ShopState = "moving"
	ShopClosed   ShopState = "maintenance"
	ShopOverdue  ShopState = "overdue" // closed, though its maintenance is over
	ShopDegraded ShopState = "degraded"
	ShopRefused  ShopState = "refused" // the gateway does not take its route, as far as it was asked for
)

// shopStates are the states from the worst.
var shopStates = []ShopState{ShopRefused, ShopDegraded, ShopOverdue, ShopClosed, ShopMoving, ShopUnknown, ShopOpen}

// WorseShopState is the worse of two states; a word that is none is unknown.
func WorseShopState(a, b ShopState) ShopState {
	for _, s := range shopStates {
		if a == s || b == s {
			return s
		}
	}
	return ShopUnknown
}

// State is what a shop is by itself.
func (e Entry) State(now time.Time) ShopState {
	switch {
	case !e.Closed.IsZero() && !now.Before(e.Closed):
		return ShopOverdue
	case !e.Closed.IsZero():
		return ShopClosed
	case e.MovingFrom != "":
		return ShopMoving
	}
	return ShopOpen
}

// ShopState is what the health of a ShopSet, and the switches that close it,
// give to the shops in it.
func (h Health) ShopState(now time.Time, switches ...*Maintenance) ShopState {
	state := ShopUnknown
	switch h {
	case Degraded, Missing:
		return ShopDegraded
	case Healthy, Progressing:
		state = ShopOpen
	}
	for _, m := range switches {
		switch {
		case m == nil:
		case m.Over(now):
			state = WorseShopState(state, ShopOverdue)
		default:
			state = WorseShopState(state, ShopClosed)
		}
	}
	return state
}
