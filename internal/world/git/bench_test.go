package git

import (
	"fmt"
	"testing"
)

// BenchmarkEdit changes one shop of many: tree work only, objects warm.
func BenchmarkEdit(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		base := NewBatch(nil)
		root, err := base.Edit(ID{}, shopFiles(base, n))
		if err != nil {
			b.Fatal(err)
		}
		store := NewMemory()
		store.Add(base)
		b.Run(fmt.Sprintf("shops=%d/edits=1", n), func(b *testing.B) {
			for i := range b.N {
				batch := NewBatch(store)
				blob := batch.PutBlob(fmt.Appendf(nil, "kind: Shop\nn: %d\n", i))
				if _, err := batch.Edit(root, map[string]Change{"shops/3f/new.yaml": {Mode: ModeFile, ID: blob}}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("shops=%d/edits=1000", n), func(b *testing.B) {
			for i := range b.N {
				batch := NewBatch(store)
				changes := map[string]Change{}
				for j := range 1000 {
					blob := batch.PutBlob(fmt.Appendf(nil, "kind: Shop\nn: %d-%d\n", i, j))
					changes[fmt.Sprintf("shops/%02x/new-%d.yaml", j%256, j)] = Change{Mode: ModeFile, ID: blob}
				}
				if _, err := batch.Edit(root, changes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWarmCache opens a cache on disk, edits one shop and packs the edit:
// what a command does between its round trips.
func BenchmarkWarmCache(b *testing.B) {
	s := newServer(b)
	cache := cached(b)
	first := manyShops(b, s, "shops.git", 100_000)
	if err := s.open("shops.git", cache).Fetch(ctx, first); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		r := s.open("shops.git", cache)
		batch := NewBatch(r)
		blob := batch.PutBlob([]byte("kind: Shop\n"))
		id := commitChanges(b, batch, 1, first, map[string]Change{"shops/3f/new.yaml": {Mode: ModeFile, ID: blob}})
		data, err := batch.sendPack([]ID{id}, r.current())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(data)), "pack-bytes")
		r.Close()
	}
}
