package git

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
)

// idxEntry says where in a pack an object begins.
type idxEntry struct {
	id     ID
	crc    uint32
	offset uint32
}

const (
	idxHead   = 8
	idxFanout = 256 * 4
	idxTail   = 40
	// maxPack keeps every offset in 31 bits, so that an index needs no second
	// table of offsets. No pack of ours comes near.
	maxPack = 1<<31 - 1
)

var idxMagic = []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}

// encodeIdx writes a version 2 index, which git reads too.
func encodeIdx(entries []idxEntry, packSum ID) []byte {
	slices.SortFunc(entries, func(a, b idxEntry) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.offset, b.offset))
	})
	b := make([]byte, 0, idxHead+idxFanout+28*len(entries)+idxTail)
	b = append(b, idxMagic...)
	n := 0
	for first := range 256 {
		for n < len(entries) && int(entries[n].id[0]) == first {
			n++
		}
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	for i := range entries {
		b = append(b, entries[i].id[:]...)
	}
	for i := range entries {
		b = binary.BigEndian.AppendUint32(b, entries[i].crc)
	}
	for i := range entries {
		b = binary.BigEndian.AppendUint32(b, entries[i].offset)
	}
	b = append(b, packSum[:]...)
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

// idx looks objects up in an index without reading all of it: one step through
// the fan-out, then a search by pieces. The whole index of 100,000 shops has
// 8 MB, and a command needs twenty objects of it.
type idx struct {
	r       io.ReaderAt
	size    int64
	fanout  [256]uint32
	sum     ID // of the pack
	lookups atomic.Int32
	whole   atomic.Pointer[bytes.Reader]
}

// manyLookups is where reading the whole index becomes cheaper than one system
// call for each step of each search; small indexes are read whole at once.
const (
	manyLookups = 500
	smallIdx    = 64 << 10
)

// reader is the file, or its content once that pays.
func (x *idx) reader() io.ReaderAt {
	if r := x.whole.Load(); r != nil {
		return r
	}
	if x.size > smallIdx && x.lookups.Add(1) < manyLookups {
		return x.r
	}
	b := make([]byte, x.size)
	if _, err := x.r.ReadAt(b, 0); err != nil {
		return x.r // the search will meet the same error and report it
	}
	r := bytes.NewReader(b)
	x.whole.Store(r)
	return r
}

func openIdx(r io.ReaderAt, size int64) (*idx, error) {
	x := &idx{r: r, size: size}
	var head [idxHead + idxFanout]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	if !bytes.Equal(head[:idxHead], idxMagic) {
		return nil, fmt.Errorf("not a pack index of version 2")
	}
	last := uint32(0)
	for i := range x.fanout {
		x.fanout[i] = binary.BigEndian.Uint32(head[idxHead+4*i:])
		if x.fanout[i] < last {
			return nil, fmt.Errorf("pack index is out of order")
		}
		last = x.fanout[i]
	}
	// A longer one has a table of 64-bit offsets: git's own, beyond 2 GiB.
	if size < idxHead+idxFanout+28*int64(last)+idxTail {
		return nil, fmt.Errorf("pack index is cut off")
	}
	if _, err := r.ReadAt(x.sum[:], size-idxTail); err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	return x, nil
}

func (x *idx) count() int64 { return int64(x.fanout[255]) }

// find returns the offset of an object.
func (x *idx) find(id ID) (int64, bool, error) {
	low := int64(0)
	if id[0] > 0 {
		low = int64(x.fanout[id[0]-1])
	}
	high := int64(x.fanout[id[0]])
	if low == high {
		return 0, false, nil
	}
	r := x.reader()
	const piece = 64 // names read at once when few are left
	var names [piece * 20]byte
	for high-low > piece {
		middle := low + (high-low)/2
		if _, err := r.ReadAt(names[:20], idxHead+idxFanout+20*middle); err != nil {
			return 0, false, fmt.Errorf("read index: %w", err)
		}
		if bytes.Compare(names[:20], id[:]) <= 0 {
			low = middle
		} else {
			high = middle
		}
	}
	part := names[:20*(high-low)]
	if _, err := r.ReadAt(part, idxHead+idxFanout+20*low); err != nil {
		return 0, false, fmt.Errorf("read index: %w", err)
	}
	for i := range high - low {
		if bytes.Equal(part[20*i:20*i+20], id[:]) {
			return x.offset(r, low+i)
		}
	}
	return 0, false, nil
}

func (x *idx) offset(r io.ReaderAt, i int64) (int64, bool, error) {
	n := x.count()
	var b [8]byte
	if _, err := r.ReadAt(b[:4], idxHead+idxFanout+24*n+4*i); err != nil {
		return 0, false, fmt.Errorf("read index: %w", err)
	}
	short := binary.BigEndian.Uint32(b[:4])
	if short&(1<<31) == 0 {
		return int64(short), true, nil
	}
	if _, err := r.ReadAt(b[:], idxHead+idxFanout+28*n+8*int64(short&^(1<<31))); err != nil {
		return 0, false, fmt.Errorf("read index: %w", err)
	}
	return int64(binary.BigEndian.Uint64(b[:])), true, nil
}

// entries reads all of it, for merging packs.
func (x *idx) entries() ([]idxEntry, error) {
	n := x.count()
	b := make([]byte, 28*n)
	if _, err := x.r.ReadAt(b, idxHead+idxFanout); err != nil && len(b) > 0 {
		return nil, fmt.Errorf("read index: %w", err)
	}
	entries := make([]idxEntry, n)
	for i := range entries {
		e := &entries[i]
		copy(e.id[:], b[20*i:])
		e.crc = binary.BigEndian.Uint32(b[20*n+4*int64(i):])
		e.offset = binary.BigEndian.Uint32(b[24*n+4*int64(i):])
	}
	return entries, nil
}
