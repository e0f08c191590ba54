package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// A catalogue that followed every change lists what a new one lists, whatever
// is looked for.
func TestCatalogueFollows(t *testing.T) {
	d := newDrift(t, 11)
	cache := t.TempDir()
	for range 60 {
		before := copied(d.set)
		pick(d, everyday...).do(d)
		d.commitMain()
		fresh := d.world(nil, "")
		v, err := fresh.viewOf(fresh.system(), d.main.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.set(); err != nil { // only what holds together is listed
			d.set = before
			d.commitMain()
			continue
		}
		for _, needle := range []string{"", "shop-1", "jp", "shop-2.example"} {
			if diff := cmp.Diff(d.listed(fresh, needle), d.listed(d.world(nil, cache), needle)); diff != "" {
				t.Fatalf("day %d, %q: %s", d.days, needle, diff)
			}
		}
		names := d.listed(fresh, "")
		if len(names) != len(d.set.Shops) || !slices.IsSorted(names) {
			t.Fatalf("day %d: %d shops, listed %v", d.days, len(d.set.Shops), names)
		}
	}
}

// listed are the lines that a search looks at and finds.
func (d *drift) listed(w *World, needle string) (lines []string) {
	d.t.Helper()
	v, err := w.viewOf(w.system(), d.main.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	c, err := w.catalogue(v)
	if err != nil {
		d.t.Fatal(err)
	}
	for line := range c.all(needle) {
		if e, ok := entryOf(line); !ok {
			d.t.Errorf("line %q", line)
		} else if strings.Contains(e.Folded, needle) {
			lines = append(lines, line)
		}
	}
	return lines
}

// 100,000 shops are read from the kept file and looked through.
func BenchmarkCatalogue(b *testing.B) {
	var text strings.Builder
	text.WriteString("1 " + strings.Repeat("ab", 20) + "\n")
	for i := range 100_000 {
		text.WriteString(lineOf(&shop.Shop{Name: shop.ShopID(fmt.Sprintf("shop-%06d", i)), Hosts: []string{fmt.Sprintf("shop-%06d.example", i)}, ShopSet: "s-201", DisplayName: "さくら花店"}) + "\n")
	}
	w := &World{Options: Options{Cache: b.TempDir()}}
	w.cache(catalogueFile, []byte(text.String()))
	for _, needle := range []string{"shop-077777", "さくら"} {
		b.Run(needle, func(b *testing.B) {
			for b.Loop() {
				n := 0
				for line := range decodeCatalogue(w.cached(catalogueFile)).all(needle) {
					if _, ok := entryOf(line); ok {
						n++
					}
				}
				if n == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
