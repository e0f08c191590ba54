package git

import (
	"testing"
)

// start pushes a first commit with some files to main and tier-1.
func start(t *testing.T, r *Repository) ID {
	t.Helper()
	b := NewBatch(r)
	files := map[string]string{}
	for i := range 300 {
		files["shops/"+string(rune('a'+i%26))+"/shop-"+ID{byte(i), byte(i >> 8)}.String()[:6]+".yaml"] = "kind: Shop\n"
	}
	id := commitFiles(t, b, 0, ID{}, files)
	err := r.Push(ctx, []Update{{Ref: "refs/heads/main", New: id}, {Ref: "refs/heads/tier-1", New: id}}, b)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPushAndFetch(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	r := s.open("shop.git")
	refs, err := r.RefsForPush(ctx)
	if err != nil || len(refs.Tips) != 0 {
		t.Fatalf("empty repository: %v, %v", refs, err)
	}
	first := start(t, r)
	s.seen()
	b := NewBatch(r)
	second := commitFiles(t, b, 1, first, map[string]string{"shops/a/new.yaml": "kind: Shop\n", "base/x": "1"})
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: second}}, b); err != nil {
		t.Fatal(err)
	}
	if seen := s.seen(); len(seen) != 1 {
		t.Errorf("a push after the first made requests %q, want one", seen)
	}
	fsck(t, dir)
	if got := gitOutput(t, dir, "", "rev-parse", "main"); got != second.String() {
		t.Errorf("main is %s, want %s", got, second)
	}

	cache := cached(t)
	reader := s.open("shop.git", cache)
	refs, err = reader.Refs(ctx)
	if err != nil || refs.Tips["refs/heads/main"] != second || refs.Head != "refs/heads/main" {
		t.Fatalf("refs are %v, %v", refs, err)
	}
	if err := reader.Fetch(ctx, first); err != nil {
		t.Fatal(err)
	}
	if err := reader.Fetch(ctx, second); err != nil {
		t.Fatal(err)
	}
	e, err := Lookup(reader, mustCommit(t, reader, second).Tree, "shops/a/new.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := reader.Blob(e.ID); err != nil || string(text) != "kind: Shop\n" {
		t.Errorf("blob is %q, %v", text, err)
	}
	fsck(t, reader.folder)
	s.seen()
	again := s.open("shop.git", cache)
	if err := again.Fetch(ctx, first, second); err != nil {
		t.Fatal(err)
	}
	if seen := s.seen(); len(seen) != 0 {
		t.Errorf("a warm cache made requests %q", seen)
	}
	mustCommit(t, again, first)
}

// TestOnlyWhatIsReachedIsSent: a batch that was built twice, after a lost race,
// leaves its first attempt at home.
func TestOnlyWhatIsReachedIsSent(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	r := s.open("shop.git")
	first := start(t, r)
	b := NewBatch(r)
	lost := commitFiles(t, b, 1, first, map[string]string{"lost": "1"})
	kept := commitFiles(t, b, 2, first, map[string]string{"kept": "1"})
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: kept}}, b); err != nil {
		t.Fatal(err)
	}
	bare, err := OpenBare(dir)
	if err != nil {
		t.Fatal(err)
	}
	mustCommit(t, bare, kept)
	if _, err := bare.Commit(lost); !isMissing(err) {
		t.Errorf("the lost attempt was sent (%v)", err)
	}
	if _, err := r.Commit(lost); !isMissing(err) {
		t.Errorf("the lost attempt was kept (%v)", err)
	}
}

// TestMemory: the store of the simulation answers as a repository does.
func TestMemory(t *testing.T) {
	m := NewMemory()
	b := NewBatch(m)
	id := commitFiles(t, b, 0, ID{}, map[string]string{"a/b": "1"})
	if _, err := m.Commit(id); !isMissing(err) {
		t.Errorf("a batch that was not added is there (%v)", err)
	}
	m.Add(b)
	again := NewBatch(m)
	if commitFiles(t, again, 0, ID{}, map[string]string{"a/b": "1"}) != id || again.Len() != 0 {
		t.Errorf("the same objects were made again: %d", again.Len())
	}
	e, err := Lookup(m, mustCommit(t, m, id).Tree, "a/b")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := m.Blob(e.ID); err != nil || string(text) != "1" {
		t.Errorf("blob is %q, %v", text, err)
	}
}
