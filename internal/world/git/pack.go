package git

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

const (
	packHead = 12
	packTail = 20

	entryOffsetDelta kind = 6
	entryIDDelta     kind = 7

	// maxObject bounds what one object may unfold to.
	maxObject = 128 << 20
	// maxChain bounds the deltas that lead to one object (git itself: 50).
	maxChain = 4096
)

// pack reads single objects of a pack. Packs are read at places, by several
// goroutines and processes at once, and never changed.
type pack struct {
	name string // hexadecimal
	content
	idx   *idx
	bases bases
	files []io.Closer
}

// newPack pairs a pack with its index. A pack of another length or checksum
// than the index was made for is an error.
func newPack(name string, r io.ReaderAt, size int64, index io.ReaderAt, indexSize int64) (*pack, error) {
	x, err := openIdx(index, indexSize)
	if err != nil {
		return nil, err
	}
	var sum ID
	if size < packHead+packTail {
		return nil, fmt.Errorf("pack %s is cut off", name)
	}
	if _, err := r.ReadAt(sum[:], size-packTail); err != nil {
		return nil, fmt.Errorf("read pack %s: %w", name, err)
	}
	if sum != x.sum {
		return nil, fmt.Errorf("pack %s does not belong to its index", name)
	}
	return &pack{name: name, content: content{ReaderAt: r, size: size}, idx: x}, nil
}

// openPack opens <stem>.pack and <stem>.idx.
func openPack(name, stem string) (*pack, error) {
	f, size, err := openSized(stem + ".pack")
	if err != nil {
		return nil, err
	}
	x, indexSize, err := openSized(stem + ".idx")
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	p, err := newPack(name, f, size, x, indexSize)
	if err != nil {
		return nil, errors.Join(err, f.Close(), x.Close())
	}
	p.files = []io.Closer{f, x}
	return p, nil
}

func openSized(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func (p *pack) close() {
	for _, f := range p.files {
		_ = f.Close() // only read: nothing can be lost
	}
}

// read unfolds the object at an offset. Ids of bases in other packs do not
// occur: no thin pack is ever stored.
func (p *pack) read(offset int64) (kind, []byte, error) {
	var layers []layer
	for range maxChain {
		if known, ok := p.bases.get(offset); ok && len(layers) > 0 {
			return p.patch(known, layers)
		}
		k, below, data, err := p.entry(offset)
		if err != nil {
			return 0, nil, fmt.Errorf("pack %s at %d: %w", p.name, offset, err)
		}
		if k != entryOffsetDelta {
			if len(layers) == 0 {
				return k, data, nil
			}
			p.keep(offset, unfolded{k, data})
			return p.patch(unfolded{k, data}, layers)
		}
		layers = append(layers, layer{offset, data})
		offset = below
	}
	return 0, nil, fmt.Errorf("pack %s: more than %d deltas in a row", p.name, maxChain)
}

// layer is a delta and where it lies.
type layer struct {
	offset int64
	delta  []byte
}

// patch makes an object of a base and the deltas that lead to it, the last first.
func (p *pack) patch(b unfolded, layers []layer) (kind, []byte, error) {
	for i, l := range slices.Backward(layers) {
		size, err := deltaSize(l.delta)
		if err != nil || size > maxObject {
			return 0, nil, fmt.Errorf("pack %s: bad delta", p.name)
		}
		if b.data, err = packfile.PatchDelta(b.data, l.delta); err != nil {
			return 0, nil, fmt.Errorf("pack %s: apply delta: %w", p.name, err)
		}
		if i > 0 {
			p.keep(l.offset, b)
		}
	}
	return b.kind, b.data, nil
}

// keep remembers a base while the whole pack is gone through.
func (p *pack) keep(offset int64, b unfolded) {
	if p.many() {
		p.bases.put(offset, b)
	}
}

// deltaSize is the length of what a delta makes.
func deltaSize(delta []byte) (uint64, error) {
	_, n := binary.Uvarint(delta)
	if n <= 0 {
		return 0, errors.New("bad delta")
	}
	size, m := binary.Uvarint(delta[n:])
	if m <= 0 {
		return 0, errors.New("bad delta")
	}
	return size, nil
}

// entry reads one entry. Every delta comes back as an entryOffsetDelta with
// the offset of its base.
func (p *pack) entry(offset int64) (k kind, base int64, data []byte, err error) {
	if offset < packHead || offset >= p.size-packTail {
		return 0, 0, nil, errors.New("outside of the pack")
	}
	var head [32]byte
	n, err := p.head(head[:], offset)
	if err != nil {
		return 0, 0, nil, err
	}
	k, size, at := entryHead(head[:n])
	if at == 0 || size > maxObject {
		return 0, 0, nil, errors.New("bad header")
	}
	switch k {
	case kindCommit, kindTree, kindBlob, kindTag:
	case entryOffsetDelta:
		back, used := offsetVarint(head[at:n])
		if used == 0 || back <= 0 || back > offset {
			return 0, 0, nil, errors.New("bad offset of a base")
		}
		at += used
		base = offset - back
	case entryIDDelta:
		if at+20 > n {
			return 0, 0, nil, errors.New("bad id of a base")
		}
		var found bool
		base, found, err = p.idx.find(ID(head[at : at+20]))
		if err != nil || !found {
			return 0, 0, nil, errors.Join(err, errors.New("base is not in the pack"))
		}
		at += 20
		k = entryOffsetDelta
	default:
		return 0, 0, nil, fmt.Errorf("kind %d", k)
	}
	data, err = inflate(p.from(offset+int64(at)), int(size))
	return k, base, data, err
}

// entryHead reads kind and size; at = 0 means that it is cut off.
func entryHead(b []byte) (k kind, size uint64, at int) {
	for shift, i := 4, 0; i < len(b) && shift < 60; i++ {
		if i == 0 {
			k = kind(b[0] >> 4 & 7)
			size = uint64(b[0] & 15)
		} else {
			size |= uint64(b[i]&0x7f) << shift
			shift += 7
		}
		if b[i]&0x80 == 0 {
			return k, size, i + 1
		}
	}
	return 0, 0, 0
}

// offsetVarint reads the distance to a base, in git's own notation.
func offsetVarint(b []byte) (value int64, used int) {
	for i := 0; i < len(b) && i < 9; i++ {
		if i > 0 {
			value++
		}
		value = value<<7 | int64(b[i]&0x7f)
		if b[i]&0x80 == 0 {
			return value, i + 1
		}
	}
	return 0, 0
}

// inflaters keeps zlib's windows, 40 kB each, for the next object.
var inflaters = sync.Pool{New: func() any { return &inflater{in: bufio.NewReader(nil)} }}

// inflater has the buffer that zlib would make anew for every object.
type inflater struct {
	in *bufio.Reader
	z  io.ReadCloser // nil at first: zlib reads the head of what it opens
}

// open leaves a reader of bytes where the object ends; another is read ahead of.
func (i *inflater) open(r io.Reader) (err error) {
	if _, exact := r.(io.ByteReader); !exact {
		i.in.Reset(r)
		r = i.in
	}
	if i.z != nil {
		return i.z.(zlib.Resetter).Reset(r, nil)
	}
	i.z, err = zlib.NewReader(r)
	return err
}

func inflate(r io.Reader, size int) ([]byte, error) {
	i := inflaters.Get().(*inflater)
	defer inflaters.Put(i)
	if err := i.open(r); err != nil {
		return nil, err
	}
	// Grow with what is really there: the size is only a claim.
	var b bytes.Buffer
	b.Grow(min(size, 1<<20) + bytes.MinRead)
	n, err := b.ReadFrom(io.LimitReader(i.z, int64(size)+1))
	if err != nil {
		return nil, err
	}
	if n != int64(size) {
		return nil, fmt.Errorf("%d bytes where %d were announced", n, size)
	}
	return b.Bytes(), nil
}
