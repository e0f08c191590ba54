package intent

import (
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// memory is what a call takes from the heap in all.
func memory(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

const maxMemory = 64 << 20

// The worst files that the limits let through stay under 64 MiB.
func TestMemory(t *testing.T) {
	fill := func(s string, n int) []byte {
		b := make([]byte, 0, len(s)*n)
		for range n {
			b = append(b, s...)
		}
		return b
	}
	for name, data := range map[string][]byte{
		"flow list":  append([]byte("["), fill("a,", maxMarks-2)...),
		"lines":      fill("a: b\n", maxMarks/2),
		"comments":   fill("#\n", maxMarks),
		"nested":     fill("- ", maxMarks),
		"long text":  append(fill("a", maxBytes-10), ": b"...),
		"anchors":    append([]byte("["), fill("&a a,", maxMarks-2)...),
		"literal":    append([]byte("a: |\n"), fill("  x\n", maxMarks-2)...),
		"odd escape": append(append([]byte(`a: "`), fill(`\x41`, maxBytes/4-8)...), '"'),
		"tags":       append([]byte("["), fill("!a b,", maxMarks-2)...),
	} {
		start := time.Now()
		if got := memory(func() { Decode("tiers/tier-1.yaml", data) }); got > maxMemory {
			t.Errorf("%s: %d MiB", name, got>>20)
		} else {
			t.Logf("%s: %d MiB, %v", name, got>>20, time.Since(start))
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, r := range examples() {
		data, err := Encode(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(Path(KindOf(r), NameOf(r)), data)
	}
	f.Add("tiers/tier-1.yaml", []byte(commented))
	f.Add("tiers/tier-1.yaml", []byte("a: &a [*a, *a]\n<<: *a\n? {}\n: |+\n\n"))
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		var r Resource
		var err error
		if got := memory(func() { r, err = Decode(path, data) }); got > maxMemory {
			t.Fatalf("%d MiB for %d bytes", got>>20, len(data))
		}
		if err != nil {
			if es, ok := err.(Errors); !ok || len(es) == 0 || es[0].File != path {
				t.Fatalf("an error without a file: %v", err)
			}
			return
		}
		again, err := Encode(r)
		if err != nil {
			t.Fatalf("what was decoded is not encoded: %v", err)
		}
		back, err := Decode(path, again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

// An edit does what it says and nothing else, however the file is written.
func FuzzApply(f *testing.F) {
	f.Add([]byte(commented), true)
	f.Add(file("Tier", "tier-1", "sync: auto"), false)
	f.Add([]byte("{apiVersion: shopset.dev/v1alpha1, kind: Tier, metadata: {name: tier-1}, spec: {freeze: {by: x}}}"), false)
	f.Fuzz(func(t *testing.T, data []byte, remove bool) {
		const path = "tiers/tier-1.yaml"
		old, err := Decode(path, data)
		if err != nil {
			return
		}
		e := shop.Edit{Kind: "Tier", Name: "tier-1", Field: "freeze"}
		want := *old.(*shop.TierSpec)
		want.Freeze = nil
		if !remove {
			want.Freeze = &shop.Freeze{Record: shop.Record{Reason: "a: # b\nc"}}
			e.Value = want.Freeze
		}
		out, _, err := Apply(path, data, e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(path, out)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Resource(&want), got); diff != "" {
			t.Fatal(diff)
		}
		twice, _, err := Apply(path, out, e)
		if err != nil || string(twice) != string(out) {
			t.Fatalf("a second time changes the file: %v\n%s", err, cmp.Diff(string(out), string(twice)))
		}
	})
}
