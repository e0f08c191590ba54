package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// soft is how much the heap may grow, in percent, before its first collection:
// to some 16 MiB. Most commands end before that, and what they collected on the
// way would have been for nothing.
const soft = 400

// memory is from where on collecting comes before speed: a reconcile of 100,000
// shops has some 300 MiB in use, and would let as much garbage lie beside it.
// It is no bound; what needs more gets it.
const memory = 400 << 20

// collectLate puts the first garbage collection off; from that one on memory is
// kept as tight as usual. Who sets GOGC or GOMEMLIMIT has the say.
func collectLate() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(soft)
	runtime.AddCleanup(new([64]byte), func(struct{}) { debug.SetGCPercent(100) }, struct{}{})
}
