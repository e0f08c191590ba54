package cli

import (
	"math"
	"runtime/debug"
	"runtime/metrics"
)

// boardHeap is how much a board may have in use before garbage is collected at
// once: the first look at a large system makes much of it.
const boardHeap = 80 << 20

// stayLean bounds the memory of a program that is left open all day, unless the
// user has set a bound. Where twice of what is alive is more than ours, that is
// the bound, or collecting would never end.
func (d *desk) stayLean() {
	if d.c.Env.Getenv("GOMEMLIMIT") != "" {
		return
	}
	bound := int64(boardHeap)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	if metrics.Read(live); live[0].Value.Kind() == metrics.KindUint64 {
		bound = max(bound, 2*int64(min(live[0].Value.Uint64(), math.MaxInt64/2)))
	}
	debug.SetMemoryLimit(bound)
}
