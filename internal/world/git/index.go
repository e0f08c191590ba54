package git

import (
	"bufio"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// maxObjects bounds what one answer of a server may hold.
const maxObjects = 8 << 20

// indexer collects what the parser finds in a pack.
type indexer struct{ entries []idxEntry }

// OnHeader refuses absurd counts before anything is read.
func (x *indexer) OnHeader(count uint32) error {
	if count > maxObjects {
		return fmt.Errorf("pack of %d objects: more than %d", count, maxObjects)
	}
	return nil
}

// OnInflatedObjectHeader bounds the size of each object.
func (x *indexer) OnInflatedObjectHeader(_ plumbing.ObjectType, size int64, _ int64) error {
	if size > maxObject {
		return fmt.Errorf("object of %d bytes: more than %d", size, maxObject)
	}
	return nil
}

// OnInflatedObjectContent notes where an object lies.
func (x *indexer) OnInflatedObjectContent(id plumbing.Hash, at int64, crc uint32, _ []byte) error {
	if at > maxPack {
		return fmt.Errorf("pack is larger than %d bytes", maxPack)
	}
	x.entries = append(x.entries, idxEntry{id: ID(id), crc: crc, offset: uint32(at)})
	return nil
}

// OnFooter has nothing to add: the checksum is proven apart.
func (x *indexer) OnFooter(plumbing.Hash) error { return nil }

// indexPack reads a whole pack, unfolds and names every object in it, and
// proves its checksum. A thin pack is an error.
func indexPack(r io.ReadSeeker, size int64) (entries []idxEntry, sum ID, err error) {
	defer recoverTo(&err, "index pack")
	if size < packHead+packTail {
		return nil, ID{}, errors.New("pack is cut off")
	}
	h := sha1.New()
	if _, err := io.CopyN(h, bufio.NewReaderSize(r, 1<<16), size-packTail); err != nil {
		return nil, ID{}, fmt.Errorf("read pack: %w", err)
	}
	h.Sum(sum[:0])
	var trailer ID
	if _, err := r.Seek(size-packTail, io.SeekStart); err != nil {
		return nil, ID{}, err
	}
	if _, err := io.ReadFull(r, trailer[:]); err != nil {
		return nil, ID{}, fmt.Errorf("read pack: %w", err)
	}
	if trailer != sum {
		return nil, ID{}, errors.New("pack does not match its checksum")
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, ID{}, err
	}
	found := &indexer{}
	parser, err := packfile.NewParser(packfile.NewScanner(r), found)
	if err != nil {
		return nil, ID{}, err
	}
	if _, err := parser.Parse(); err != nil {
		return nil, ID{}, fmt.Errorf("read pack: %w", err)
	}
	return found.entries, sum, nil
}

// recoverTo turns a panic over hostile input into an error, at the boundary
// where the input comes in.
func recoverTo(err *error, doing string) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: the data is broken (%v)", doing, r)
	}
}
