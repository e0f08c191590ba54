package rehearsal

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/shop"
)

// 50,000 shops have names and hosts of their own, Latin and Japanese, the same
// for the same seed.
func TestLargeSample(t *testing.T) {
	set := sampleIntent(Options{Shops: 50_000, Tiers: 3, Seed: 7}, shop.Repositories{})
	hosts, foreign := map[string]shop.ShopID{}, 0
	for name, s := range set.Shops {
		for _, h := range s.Hosts {
			if hosts[h] != "" {
				t.Fatalf("%s is the host of %s and of %s", h, hosts[h], name)
			}
			hosts[h] = name
			if strings.HasPrefix(h, "xn--") {
				foreign++
			}
		}
	}
	if len(set.Shops) != 50_000 || foreign < 5_000 {
		t.Errorf("%d shops, %d Japanese hosts", len(set.Shops), foreign)
	}
	again, other := shopNames(2_000, 7), shopNames(2_000, 8)
	for i, n := range shopNames(2_000, 7) {
		if n != again[i] {
			t.Fatalf("%v, then %v", n, again[i])
		}
	}
	if again[1_000] == other[1_000] {
		t.Error("another seed gives the same names")
	}
}

// `demo start --shops 50000`: what it costs is git's import and our rendering.
func BenchmarkLargeWorld(b *testing.B) {
	for b.Loop() {
		w, err := Create(b.Context(), filepath.Join(b.TempDir(), "world"), Options{Shops: 50_000, Seed: 7})
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Stop(); err != nil {
			b.Fatal(err)
		}
	}
}
