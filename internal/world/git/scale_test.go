package git

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// shopFiles is intent of the size of a customer base: shops in 256 folders.
func shopFiles(b *Batch, n int) map[string]Change {
	changes := make(map[string]Change, n)
	for i := range n {
		name := fmt.Sprintf("shop-%06d", i)
		sum := sha256.Sum256([]byte(name))
		text := fmt.Sprintf("apiVersion: shopset.dev/v1alpha1\nkind: Shop\nmetadata:\n  name: %s\nspec:\n  hosts: [%s.shops.example]\n  shopset: set-%04d\n", name, name, i/100)
		changes[fmt.Sprintf("shops/%02x/%s.yaml", sum[0], name)] = Change{Mode: ModeFile, ID: b.PutBlob([]byte(text))}
	}
	for i := range n / 100 {
		text := fmt.Sprintf("kind: ShopSet\nmetadata: {name: set-%04d}\n", i)
		changes[fmt.Sprintf("shopsets/set-%04d.yaml", i)] = Change{Mode: ModeFile, ID: b.PutBlob([]byte(text))}
	}
	return changes
}

// commitChanges adds a commit of changes to a batch.
func commitChanges(t testing.TB, b *Batch, minute int, parent ID, changes map[string]Change) ID {
	t.Helper()
	c := Commit{Author: signature(minute), Committer: signature(minute), Message: "Change\n"}
	if !parent.IsZero() {
		c.Tree, c.Parents = mustCommit(t, b, parent).Tree, []ID{parent}
	}
	var err error
	if c.Tree, err = b.Edit(c.Tree, changes); err != nil {
		t.Fatal(err)
	}
	id, err := b.PutCommit(c)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// cpu is the processor time of this process, its children left out.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// manyShops pushes n shops to a new repository, and their commit to two
// branches.
func manyShops(t testing.TB, s *server, name string, n int) ID {
	t.Helper()
	s.repository(name)
	w := s.open(name)
	b := NewBatch(w)
	first := commitChanges(t, b, 0, ID{}, shopFiles(b, n))
	if err := w.Push(ctx, []Update{{Ref: "refs/heads/main", New: first}, {Ref: "refs/heads/tier-1", New: first}}, b); err != nil {
		t.Fatal(err)
	}
	return first
}

// TestOneShopAtAnySize pushes one new shop to a system of 1,000 and of 100,000:
// the pack must not grow with the repository.
func TestOneShopAtAnySize(t *testing.T) {
	if testing.Short() {
		t.Skip("pushes 100,000 files")
	}
	s := newServer(t)
	for _, n := range []int{1_000, 100_000} {
		name := fmt.Sprintf("shops-%d.git", n)
		first := manyShops(t, s, name, n)
		cache := cached(t)
		before := cpu(t)
		if err := s.open(name, cache).Fetch(ctx, first); err != nil {
			t.Fatal(err)
		}
		cold := cpu(t) - before

		before = cpu(t)
		r := s.open(name, cache)
		refs, err := r.RefsForPush(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Fetch(ctx, refs.Tips["refs/heads/main"]); err != nil {
			t.Fatal(err)
		}
		b := NewBatch(r)
		blob := b.PutBlob([]byte("kind: Shop\n"))
		next := commitChanges(t, b, 1, first, map[string]Change{"shops/3f/new.yaml": {Mode: ModeFile, ID: blob}})
		err = r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: next}, {Ref: "refs/heads/tier-1", Old: first, New: next}}, b)
		if err != nil {
			t.Fatal(err)
		}
		warm := cpu(t) - before
		u := r.Usage()
		fmt.Printf("figure test=one-shop shops=%d pack_bytes=%d sent_bytes=%d round_trips=%d requests=%d warm_cpu_ms=%.1f cold_fetch_cpu_ms=%.0f  # go test -run TestOneShopAtAnySize ./internal/world/git\n",
			n, u.PackSent, u.Sent, u.RoundTrips, u.Requests, warm.Seconds()*1000, cold.Seconds()*1000)
		if u.PackSent > 3000 || u.Sent > 10_000 || u.RoundTrips > 2 {
			t.Errorf("at %d shops one more cost %+v", n, u)
		}
		before = cpu(t)
		sent := u.PackSent
		b = NewBatch(r)
		changes := map[string]Change{}
		for i := range 1000 {
			blob := b.PutBlob(fmt.Appendf(nil, "kind: Shop\nmetadata: {name: new-%d}\n", i))
			changes[fmt.Sprintf("shops/%02x/new-%d.yaml", i%256, i)] = Change{Mode: ModeFile, ID: blob}
		}
		last := commitChanges(t, b, 2, next, changes)
		if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: next, New: last}}, b); err != nil {
			t.Fatal(err)
		}
		sent = r.Usage().PackSent - sent
		fmt.Printf("figure test=1000-shops shops=%d pack_bytes=%d cpu_ms=%.0f\n", n, sent, (cpu(t)-before).Seconds()*1000)
		if sent > 2_000_000 {
			t.Errorf("at %d shops 1,000 more sent %d bytes", n, sent)
		}
		fsck(t, filepath.Join(s.root, name))
	}
}
