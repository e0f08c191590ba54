package git

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
)

func TestFilterLeavesBlobsUntilNeeded(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	w := s.open("shop.git")
	first := start(t, w)
	b := NewBatch(w)
	second := commitFiles(t, b, 1, first, map[string]string{"a": "one", "b": "two"})
	if err := w.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: second}}, b); err != nil {
		t.Fatal(err)
	}
	r := s.open("shop.git", cached(t), func(o *Options) { o.Filter = "blob:none" })
	if err := r.Fetch(ctx, second); err != nil {
		t.Fatal(err)
	}
	tree := mustCommit(t, r, second).Tree
	var ids []ID
	for _, path := range []string{"a", "b"} {
		e, err := Lookup(r, tree, path)
		if err != nil {
			t.Fatal(err)
		}
		var missing *MissingError
		if _, err := r.Blob(e.ID); !errors.As(err, &missing) {
			t.Fatalf("a filtered blob was there (%v)", err)
		}
		ids = append(ids, e.ID)
	}
	s.seen()
	if err := r.Need(ctx, ids...); err != nil {
		t.Fatal(err)
	}
	if n := len(s.seen()); n != 1 {
		t.Errorf("Need made %d requests, want 1", n)
	}
	if err := r.Need(ctx, ids...); err != nil || len(s.seen()) != 0 {
		t.Errorf("Need of what is there: %v", err)
	}
	if text, err := r.Blob(ids[1]); err != nil || string(text) != "two" {
		t.Errorf("blob is %q, %v", text, err)
	}
	// An edit and a push work without the files that were left out.
	b = NewBatch(r)
	third := commitFiles(t, b, 2, second, map[string]string{"a": "three"})
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: second, New: third}}, b); err != nil {
		t.Fatal(err)
	}
	fsck(t, filepath.Join(s.root, "shop.git"))
}

func TestFilterNotOffered(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	gitOutput(t, dir, "", "config", "uploadpack.allowAnySHA1InWant", "false")
	id := start(t, s.open("shop.git"))
	r := s.open("shop.git", func(o *Options) { o.Filter = "blob:none" })
	if err := r.Fetch(ctx, id); err != nil {
		t.Fatal(err)
	}
	err := Walk(r, mustCommit(t, r, id).Tree, func(_ string, e Entry) error {
		if e.Mode == ModeTree {
			return nil
		}
		_, err := r.Blob(e.ID)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFetchOfWhatIsNotThere(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	start(t, s.open("shop.git"))
	var missing *MissingError
	err := s.open("shop.git").Fetch(ctx, ID{1, 2, 3})
	if !errors.As(err, &missing) || missing.ID != (ID{1, 2, 3}) {
		t.Errorf("error is %T %v", err, err)
	}
}

func TestIncrementalFetchIsSmall(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	w := s.open("shop.git")
	first := start(t, w)
	r := s.open("shop.git", cached(t))
	if err := r.Fetch(ctx, first); err != nil {
		t.Fatal(err)
	}
	b := NewBatch(w)
	second := commitFiles(t, b, 1, first, map[string]string{"shops/a/x": "1"})
	if err := w.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: second}}, b); err != nil {
		t.Fatal(err)
	}
	if err := r.Fetch(ctx, second); err != nil {
		t.Fatal(err)
	}
	if n := r.current().packs[0].idx.count(); n != 5 { // commit, root, shops, shops/a, file
		t.Errorf("the second fetch brought %d objects, want 5", n)
	}
	fsck(t, r.folder)
}

func TestPathTransport(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	for _, address := range []string{dir, "file://" + dir} {
		r, err := Open(Options{Address: address, CacheDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		refs, err := r.RefsForPush(ctx)
		if err != nil {
			t.Fatal(err)
		}
		main := refs.Tips["refs/heads/main"]
		if err := r.Fetch(ctx, main); err != nil && !main.IsZero() {
			t.Fatal(err)
		}
		b := NewBatch(r)
		id := commitFiles(t, b, 1, main, map[string]string{"x": address})
		if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: main, New: id}}, b); err != nil {
			t.Fatal(err)
		}
		var stale *StaleError
		next := commitFiles(t, b, 2, id, map[string]string{"x": "2"})
		if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: main, New: next}}, b); !errors.As(err, &stale) {
			t.Errorf("stale push: %T %v", err, err)
		}
		if refs, err = r.Refs(ctx); err != nil || refs.Tips["refs/heads/main"] != id || refs.Head != "refs/heads/main" {
			t.Errorf("refs are %v, %v", refs, err)
		}
		fsck(t, dir)
	}
	hook(t, dir, "pre-receive", "echo GH006: no >&2; exit 1")
	r, err := Open(Options{Address: dir})
	if err != nil {
		t.Fatal(err)
	}
	refs, err := r.RefsForPush(ctx)
	if err != nil {
		t.Fatal(err)
	}
	main := refs.Tips["refs/heads/main"]
	if err := r.Fetch(ctx, main); err != nil {
		t.Fatal(err)
	}
	b := NewBatch(r)
	id := commitFiles(t, b, 1, main, map[string]string{"y": "1"})
	var rejected *RejectedError
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: main, New: id}}, b); !errors.As(err, &rejected) || !strings.Contains(rejected.Text, "GH006") {
		t.Errorf("hook: %T %v", err, err)
	}
	var none *NoRepositoryError
	if r, err = Open(Options{Address: filepath.Join(s.root, "nothing.git")}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Refs(ctx); !errors.As(err, &none) {
		t.Errorf("no repository: %T %v", err, err)
	}
}

// history pushes n commits, one push each, and returns their ids.
func history(t *testing.T, r *Repository, n int) []ID {
	t.Helper()
	ids := []ID{start(t, r)}
	for i := range n {
		b := NewBatch(r)
		id := commitFiles(t, b, i+1, ids[i], map[string]string{fmt.Sprintf("shops/a/n%03d", i%7): fmt.Sprint(i)})
		if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: ids[i], New: id}}, b); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestManyPacksAreMerged(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	cache := cached(t)
	r := s.open("shop.git", cache)
	ids := history(t, r, manyPacks-5)
	old := s.open("shop.git", cache) // knows the packs that are there now
	last := ids[len(ids)-1]
	for i := range 10 {
		b := NewBatch(r)
		id := commitFiles(t, b, 100+i, last, map[string]string{"late": fmt.Sprint(i)})
		if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: last, New: id}}, b); err != nil {
			t.Fatal(err)
		}
		ids, last = append(ids, id), id
	}
	// It writes a pack that builds on packs that are merged by now.
	b := NewBatch(old)
	side := commitFiles(t, b, 200, ids[manyPacks-5], map[string]string{"side": "1"})
	if err := old.Push(ctx, []Update{{Ref: "refs/heads/side", New: side}}, b); err != nil {
		t.Fatal(err)
	}
	ids = append(ids, side)
	packs, err := filepath.Glob(filepath.Join(r.folder, "objects/pack/*.pack"))
	if err != nil || len(packs) > 10 {
		t.Errorf("%d packs are there, %v", len(packs), err)
	}
	fsck(t, r.folder)
	s.seen()
	for _, reader := range []*Repository{s.open("shop.git", cache), old, r} {
		if err := reader.Fetch(ctx, ids...); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if _, err := Lookup(reader, mustCommit(t, reader, id).Tree, "shops/a"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if seen := s.seen(); len(seen) != 0 {
		t.Errorf("reading the merged cache made requests %q", seen)
	}
}

func TestDamagedCacheIsMadeAnew(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, pack string){
		"index cut off": func(t *testing.T, pack string) { truncate(t, pack+".idx", 900) },
		"pack cut off":  func(t *testing.T, pack string) { truncate(t, pack+".pack", 40) },
		"pack garbled":  func(t *testing.T, pack string) { garble(t, pack+".pack") },
		"tips gone":     func(t *testing.T, pack string) { remove(t, pack+".tips") },
		"pack gone": func(t *testing.T, pack string) {
			for _, suffix := range []string{".pack", ".idx", ".tips"} {
				remove(t, pack+suffix)
			}
		},
		"packs are a file": func(t *testing.T, pack string) {
			if err := os.RemoveAll(filepath.Dir(pack)); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Dir(pack), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.repository("shop.git")
			cache := cached(t)
			r := s.open("shop.git", cache)
			ids := history(t, r, 3)
			oldest := r.current().packs[len(r.current().packs)-1].name
			r.Close()
			damage(t, filepath.Join(r.folder, "objects/pack/pack-"+oldest))
			r = s.open("shop.git", cache)
			if err := r.Fetch(ctx, ids[3]); err != nil {
				t.Fatal(err)
			}
			err := Walk(r, mustCommit(t, r, ids[0]).Tree, func(_ string, e Entry) error {
				if e.Mode == ModeTree {
					return nil
				}
				_, err := r.Blob(e.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			fsck(t, r.folder)
			left, err := filepath.Glob(r.folder + ".*")
			if err != nil || len(left) != 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// garble changes a byte of every object and leaves lengths and checksum.
func garble(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 20; i < len(data)-20; i += 25 {
		data[i] ^= 0x55
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	id := start(t, s.open("shop.git"))
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := s.open("shop.git", func(o *Options) { o.CacheDir = file })
	if err := r.Fetch(ctx, id); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, r, id)
}

func TestManyShareOneCache(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	ids := history(t, s.open("shop.git"), 12)
	cache := cached(t)
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			r := s.open("shop.git", cache)
			if err := r.Fetch(ctx, ids[i%len(ids)]); err != nil {
				t.Error(err)
				return
			}
			c, err := r.Commit(ids[i%len(ids)])
			if err == nil {
				_, err = Lookup(r, c.Tree, "shops/a")
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r := s.open("shop.git", cache)
	fsck(t, r.folder)
	left, err := filepath.Glob(filepath.Join(r.folder, "objects/pack/tmp_*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestOpenBareSeesEveryPush(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	if _, err := OpenBare(s.root); err == nil {
		t.Error("a folder that is no repository was opened")
	}
	bare, err := OpenBare(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	r := s.open("shop.git")
	ids := history(t, r, 3)
	check := func() {
		t.Helper()
		refs, err := bare.Refs()
		if err != nil || refs.Tips["refs/heads/main"] != ids[3] || refs.Head != "refs/heads/main" || len(refs.Tips) != 2 {
			t.Fatalf("refs are %v, %v", refs, err)
		}
		for _, id := range ids {
			err := Walk(bare, mustCommit(t, bare, id).Tree, func(_ string, e Entry) error {
				if e.Mode == ModeTree {
					return nil
				}
				want, err := r.Blob(e.ID)
				if err != nil {
					return err
				}
				got, err := bare.Blob(e.ID)
				if err == nil && !bytes.Equal(got, want) {
					err = fmt.Errorf("blob %s differs", e.ID)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	check()
	gitOutput(t, dir, "", "gc", "-q", "--prune=now")
	gitOutput(t, dir, "", "pack-refs", "--all")
	check()
	b := NewBatch(bare)
	ids = append(ids, commitFiles(t, b, 9, ids[3], map[string]string{"x": "1"}))
	if slices.Contains(ids[:4], ids[4]) {
		t.Fatal("no new commit")
	}
}

func TestObjectUnderAWrongName(t *testing.T) {
	w := newPackWriter()
	liar := hashOf(kindBlob, []byte("what was asked for"))
	if err := w.add(liar, kindBlob, []byte("something else")); err != nil {
		t.Fatal(err)
	}
	data, sum := w.finish()
	s := &store{}
	if err := s.keep(data, w.entries, sum, nil); err != nil {
		t.Fatal(err)
	}
	var broken *brokenError
	if _, _, err := s.read(liar); !errors.As(err, &broken) {
		t.Errorf("error is %v", err)
	}
}

// TestCacheThatVanishes: what was fetched into memory must not be what packs on
// disk build on.
func TestCacheThatVanishes(t *testing.T) {
	s := newServer(t)
	s.repository("shop.git")
	ids := history(t, s.open("shop.git"), 3)
	cache := cached(t)
	r := s.open("shop.git", cache)
	if err := os.RemoveAll(r.folder); err != nil {
		t.Fatal(err)
	}
	r.fetching.Lock() // as if the folder had gone after the look at it
	err := r.fetch(ctx, func(*packp.AdvRefs) []ID { return ids[:1] })
	r.fetching.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	other := s.open("shop.git", cache)
	if err := r.Fetch(ctx, ids[2]); err != nil {
		t.Fatal(err)
	}
	if packs, err := filepath.Glob(filepath.Join(r.folder, "objects/pack/*.pack")); err != nil || len(packs) != 0 {
		t.Errorf("packs on disk build on one in memory: %q, %v", packs, err)
	}
	if err := other.Fetch(ctx, ids[3]); err != nil {
		t.Fatal(err)
	}
	s.seen()
	if err := s.open("shop.git", cache).Fetch(ctx, ids[3]); err != nil {
		t.Fatal(err)
	}
	if seen := s.seen(); len(seen) != 0 {
		t.Errorf("the cache of the other process was spoilt: requests %q", seen)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	r := &Repository{}
	if _, err := io.ReadAll(r.bounded(strings.NewReader("12345"), 4)); err == nil {
		t.Error("5 bytes passed a limit of 4")
	}
	if b, err := io.ReadAll(r.bounded(strings.NewReader("1234"), 4)); err != nil || len(b) != 4 {
		t.Errorf("4 bytes with a limit of 4: %q, %v", b, err)
	}
}
