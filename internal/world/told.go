package world

import "github.com/shopctl/shopctl/internal/shop"

// works says how far long work is, if somebody wants to know.
func (w *World) works(work shop.Work) {
	if w.Told != nil {
		w.Told(work)
	}
}

// counting says how far work of many pieces is, each time that one begins; not
// every time, or telling would be the work.
func (w *World) counting(what shop.WorkKind, of int) (next func()) {
	done := 0
	return func() {
		if done%tellEvery == 0 {
			w.works(shop.Work{What: what, Done: done, Of: of})
		}
		done++
	}
}

// tellEvery is after how many pieces it is told again.
const tellEvery = 64
