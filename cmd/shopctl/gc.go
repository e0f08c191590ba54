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

// collectLate puts the first garbage collection off; from that one on memory is
// kept as tight as usual. Who sets GOGC has the say.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(soft)
	runtime.AddCleanup(new([64]byte), func(struct{}) { debug.SetGCPercent(100) }, struct{}{})
}
