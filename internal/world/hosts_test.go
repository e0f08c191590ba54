package world

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// told is all that a census says.
func (d *drift) told(w *World, c *census, hosts map[string]bool) map[string]string {
	d.t.Helper()
	v, err := w.viewOf(w.system(), d.main.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	holders, err := w.holders(v, c, slices.Sorted(maps.Keys(hosts)))
	if err != nil {
		d.t.Fatal(err)
	}
	all := map[string]string{}
	for host, s := range holders {
		all[host] = string(s)
	}
	for h, n := range c.homes() {
		all[fmt.Sprint(h)] = fmt.Sprint(n)
	}
	if c.clash {
		all["clash"] = "yes"
	}
	return all
}

// A census and a roster that followed every change say what new ones say, from
// memory and from their files.
func TestCensusFollows(t *testing.T) {
	d := newDrift(t, 7)
	memo, cache := NewMemo(), t.TempDir()
	hosts := map[string]bool{"nobody.example.jp": true}
	written := map[string]int{}
	for day := range 100 {
		before := copied(d.set)
		pick(d, everyday...).do(d)
		if day%25 == 20 {
			d.rename(maxNews)
		}
		d.commitMain()
		for _, s := range d.set.Shops {
			for _, h := range s.Hosts {
				hosts[h] = true
			}
		}
		fresh := d.world(nil, "")
		v, err := fresh.viewOf(fresh.system(), d.main.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.set(); err != nil { // a census is only asked of what holds together
			d.set = before
			d.commitMain()
			continue
		}
		want, roster := d.census(fresh)
		for _, w := range []*World{d.world(memo, ""), d.world(nil, cache)} {
			before := stats(cache)
			got, gotRoster := d.census(w)
			if diff := cmp.Diff(d.told(fresh, want, hosts), d.told(w, got, hosts)); diff != "" {
				t.Fatalf("day %d: %s", d.days, diff)
			}
			if diff := cmp.Diff(roster, gotRoster, cmp.AllowUnexported(enrolled{})); diff != "" {
				t.Fatalf("day %d: %s", d.days, diff)
			}
			for name, later := range stats(cache) {
				if !os.SameFile(before[name], later) {
					written[name]++
				}
			}
		}
	}
	if written[censusFile] < 2 || written[newsFile] < 20 {
		t.Errorf("files were written %v times: what is new never became old, or is not kept", written)
	}
	d.damage(cache, newsFile, hosts)
	d.damage(cache, censusFile, hosts)
	d.damage(cache, rosterFile, hosts)
}

// rename gives the shops so many new hosts.
func (d *drift) rename(n int) {
	for _, name := range slices.Sorted(maps.Keys(d.set.Shops)) {
		s := *d.set.Shops[name]
		s.Hosts = nil
		for range 16 {
			s.Hosts = append(s.Hosts, fmt.Sprintf("h-%d-%d.example.jp", d.days, n))
			n--
		}
		d.set.Add(&s)
	}
	if n > 0 {
		d.t.Fatal("too few shops")
	}
}

func stats(cache string) map[string]os.FileInfo {
	all := map[string]os.FileInfo{}
	for _, name := range []string{censusFile, newsFile} {
		if info, err := os.Stat(filepath.Join(cache, name)); err == nil {
			all[name] = info
		}
	}
	return all
}

func (d *drift) census(w *World) (*census, roster) {
	d.t.Helper()
	v, err := w.viewOf(w.system(), d.main.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	c, err := w.census(v)
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := w.roster(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return c, r
}

// damage holds what comes of a file that is cut off, or has another byte
// somewhere, or is of another system, to what it should be.
func (d *drift) damage(cache, name string, hosts map[string]bool) {
	d.t.Helper()
	path := filepath.Join(cache, name)
	whole, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	fresh := d.world(nil, "")
	want, roster := d.census(fresh)
	other := newDrift(d.t, 8)
	for n := range 2 {
		other.census(other.world(nil, filepath.Join(cache, "other")))
		other.addShop(50 + n)
		other.commitMain()
	}
	foreign, err := os.ReadFile(filepath.Join(cache, "other", name))
	if err != nil {
		d.t.Fatal(err)
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for what, data := range map[string][]byte{"cut": whole[:len(whole)/2], "flipped": flipped, "empty": nil, "foreign": foreign} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			d.t.Fatal(err)
		}
		w := d.world(nil, cache)
		got, gotRoster := d.census(w)
		if diff := cmp.Diff(d.told(fresh, want, hosts), d.told(w, got, hosts)); diff != "" {
			d.t.Errorf("%s file of %s: %s", what, name, diff)
		}
		if diff := cmp.Diff(roster, gotRoster, cmp.AllowUnexported(enrolled{})); diff != "" {
			d.t.Errorf("%s file of %s: %s", what, name, diff)
		}
	}
}

// The folder of a ShopSet is counted once, whatever lies in the cache.
func TestCounts(t *testing.T) {
	d := sample(t, 3)
	cache := t.TempDir()
	want := map[shop.ShopSetID]int{}
	for _, s := range d.set.Shops {
		for _, home := range []shop.ShopSetID{s.ShopSet, s.MovingFrom} {
			if set := d.set.ShopSets[home]; set != nil && set.Tier == "tier-1" {
				want[home]++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.set.ShopSets)) {
		if d.set.ShopSets[name].Tier == "tier-1" {
			want[name] += 0
		}
	}
	for _, data := range []string{"", "whole", "no sum", "sum 00000000\n"} {
		if data != "" && data != "whole" {
			if err := os.WriteFile(filepath.Join(cache, "counts-tier-1"), []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		names, shops, err := d.world(nil, cache).shopSetsOf("tier-1", d.tips["tier-1"].Tree)
		if err != nil {
			t.Fatal(err)
		}
		got := map[shop.ShopSetID]int{}
		for i, name := range names {
			got[name] = shops[i]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %q: %s", data, diff)
		}
	}
	// What was counted is not read again.
	w := d.world(nil, cache)
	w.Repositories[shop.SystemRepository] = shallow{d.repos[shop.SystemRepository], d.tips["tier-1"].Tree}
	if _, _, err := w.shopSetsOf("tier-1", d.tips["tier-1"].Tree); err != nil {
		t.Error(err)
	}
}

// shallow has the root of a tree and the folders right in it.
type shallow struct {
	stored
	root git.ID
}

func (s shallow) Tree(id git.ID) ([]git.Entry, error) {
	e, err := git.Lookup(s.stored, s.root, "shopsets")
	if err != nil || id != e.ID && id != s.root {
		return nil, &git.MissingError{ID: id}
	}
	return s.stored.Tree(id)
}
