package simulation

import (
	"os"
	"runtime/debug"
	"strconv"
	"testing"
	"time"
)

// seeds is how many a run plays: few in each change, more by SHOPCTL_SEEDS.
func seeds(t *testing.T, usual int) int {
	if s := os.Getenv("SHOPCTL_SEEDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("SHOPCTL_SEEDS: %v", err)
		}
		return n
	}
	if testing.Short() {
		return usual / 20
	}
	return usual
}

// R1: no invariant breaks, whatever fails and whoever else writes.
func TestSimulation(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // seeds are short, and memory is there
	b := newBase(t)
	n := seeds(t, 100)
	began := time.Now()
	var total counts
	digest := uint64(0)
	outcomes := map[string]int{}
	for seed := range uint64(n) {
		r := b.seedOf(t, seed, honest)
		total.add(r.counts)
		digest = digest*31 + r.digest
		for k, v := range r.outcomes {
			outcomes[k] += v
		}
		if len(r.broken) > 0 {
			t.Fatalf("seed %d: %q", seed, r.broken)
		}
	}
	t.Logf("figure seeds=%d steps=%d pushes=%d crashes=%d lost=%d refused=%d stale=%d errors=%d seeds/s=%.0f digest=%016x repeat=%q",
		n, total.steps, total.pushes, total.crashes, total.lost, total.refused, total.stale, total.errors,
		float64(n)/time.Since(began).Seconds(), digest, "go test -v -run TestSimulation ./internal/world/simulation")
	t.Logf("ends: %v", outcomes)
}

// everySeed reports whether a long run was asked for.
func everySeed() bool { return os.Getenv("SHOPCTL_SEEDS") != "" }
