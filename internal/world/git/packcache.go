package git

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
)

// Who reads a few objects of a pack reads them at their places. Who goes through
// all of them, such as the first look at 100,000 shops, reads the pack into
// memory and keeps what deltas build on: otherwise each object would unfold its
// whole chain of up to 50 again.
const (
	manyReads   = 2_000
	largestPack = 64 << 20 // is kept in memory
	keptBases   = 8 << 20  // bytes; then it begins anew
)

// content is the file of a pack, or what was read of it.
type content struct {
	io.ReaderAt
	size  int64
	reads atomic.Int32
	whole atomic.Pointer[[]byte]
}

// many reports whether the whole pack is gone through.
func (c *content) many() bool { return c.reads.Load() >= manyReads }

// from reads from an offset up to the sums at the end.
func (c *content) from(offset int64) io.Reader {
	if b := c.all(); b != nil {
		return bytes.NewReader(b[offset : c.size-packTail])
	}
	return io.NewSectionReader(c.ReaderAt, offset, c.size-packTail-offset)
}

// all is the pack in memory, once that pays.
func (c *content) all() []byte {
	if b := c.whole.Load(); b != nil {
		return *b
	}
	if c.reads.Add(1) != manyReads || c.size > largestPack {
		return nil
	}
	b := make([]byte, c.size)
	if _, err := c.ReadAt(b, 0); err != nil {
		return nil // reading at the place will meet the same error and report it
	}
	c.whole.Store(&b)
	return b
}

// head reads the first bytes at an offset, at most those that the pack has.
func (c *content) head(b []byte, offset int64) (int, error) {
	b = b[:min(int64(len(b)), c.size-offset)]
	if whole := c.whole.Load(); whole != nil {
		return copy(b, (*whole)[offset:]), nil
	}
	return c.ReadAt(b, offset)
}

// bases are unfolded objects that others are deltas of, by offset.
type bases struct {
	mu     sync.Mutex
	at     map[int64]unfolded
	volume int
}

type unfolded struct {
	kind kind
	data []byte // never changed, never handed out
}

func (b *bases) get(offset int64) (unfolded, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	one, ok := b.at[offset]
	return one, ok
}

func (b *bases) put(offset int64, one unfolded) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.at == nil || b.volume+len(one.data) > keptBases {
		b.at, b.volume = map[int64]unfolded{}, 0
	}
	b.at[offset] = one
	b.volume += len(one.data)
}
