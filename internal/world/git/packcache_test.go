package git

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Objects of a pack that is gone through are what they were when it was read at
// its places, whoever reads them and whatever he does with them.
func TestPackInMemory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deltas.git")
	gitOutput(t, ".", "", "init", "-q", "--bare", dir)
	var stream strings.Builder
	for n := range 120 {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", 1_800_000_000+n)
		for file := range 3 {
			text := strings.Repeat(fmt.Sprintf("a line of file %d that stays\n", file), 30) + fmt.Sprintln("and one that does not:", n)
			fmt.Fprintf(&stream, "M 100644 inline d/%d\ndata %d\n%s\n", file, len(text), text)
		}
	}
	gitOutput(t, dir, stream.String(), "fast-import", "--quiet")
	gitOutput(t, dir, "", "repack", "-adfq", "--depth=50", "--window=20")
	packs, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(packs, err)
	}
	p, err := openPack("deltas", strings.TrimSuffix(packs[0], ".pack"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	ids := strings.Fields(gitOutput(t, dir, "", "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
	read := func(hex string) error {
		id, err := ParseID(hex)
		if err != nil {
			return err
		}
		offset, _, err := p.idx.find(id)
		if err != nil {
			return err
		}
		k, data, err := p.read(offset)
		if err != nil {
			return err
		}
		if got := hashOf(k, data); got != id {
			return fmt.Errorf("%s: it is %s", id, got)
		}
		clear(data) // it belongs to who asked
		return nil
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 3 {
				for _, id := range ids {
					if err := read(id); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	if p.whole.Load() == nil || len(p.bases.at) == 0 {
		t.Errorf("after %d reads of %d objects nothing was kept", p.reads.Load(), len(ids))
	}
}
