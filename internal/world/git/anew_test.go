package git

import (
	"errors"
	"os"
	"testing"
)

// A repository that is made anew at its old address lacks what the cache has of
// the former one. The first push finds out, and the next one goes through.
func TestRepositoryMadeAnew(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	cache := cached(t)
	files := map[string]string{"shops/one.yaml": "one\n", "shops/two.yaml": "two\n"}
	push := func(r *Repository, minute int) error {
		refs, err := r.RefsForPush(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Fetch(ctx, refs.Tips["refs/heads/main"]); err != nil {
			t.Fatal(err)
		}
		b := NewBatch(r)
		id := commitFiles(t, b, minute, ID{}, files)
		return r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: refs.Tips["refs/heads/main"], New: id}}, b)
	}
	if err := push(s.open("shop.git", cache), 1); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.repository("shop.git")

	r := s.open("shop.git", cache)
	var stale *StaleError
	if err := push(r, 2); !errors.As(err, &stale) {
		t.Fatalf("error is %T %v, want a StaleError: look again", err, err)
	}
	if err := push(r, 3); err != nil {
		t.Fatal(err)
	}
	fsck(t, dir)
}

// What a server refuses twice is refused: looking again for ever helps nobody.
func TestObjectsThatAreRefused(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	gitOutput(t, dir, "", "config", "receive.maxInputSize", "20")
	r := s.open("shop.git", cached(t))
	push := func() error {
		b := NewBatch(r)
		return r.Push(ctx, []Update{{Ref: "refs/heads/main", New: commitFiles(t, b, 1, ID{}, map[string]string{"a": "a\n"})}}, b)
	}
	var stale *StaleError
	if err := push(); !errors.As(err, &stale) {
		t.Fatalf("error is %T %v, want a StaleError", err, err)
	}
	var rejected *RejectedError
	if err := push(); !errors.As(err, &rejected) {
		t.Fatalf("error is %T %v, want a RejectedError", err, err)
	}
}
