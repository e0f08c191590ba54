package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

const (
	// maxObjects bounds what one answer of a server may hold.
	maxObjects = 8 << 20
	// maxHeld bounds the bytes that are unfolded at one time while the deltas
	// of a pack are followed.
	maxHeld = 512 << 20
)

// indexer names every object of a pack. go-git's parser would do it too, but
// unfolds each object three times and takes a gigabyte on a server's word.
type indexer struct {
	data    []byte // without the checksum
	entries []idxEntry
	bases   map[int64]base // objects that are no deltas, by offset
	byPlace map[int64][]delta
	byID    map[ID][]delta
	held    int
}

type base struct {
	kind kind
	at   int // of the packed bytes
	size int
	id   ID
}

type delta struct {
	offset int64 // of the entry
	at     int   // of the packed bytes
	size   int
	crc    uint32
}

// indexPack reads a whole pack, unfolds and names every object in it, and
// proves its checksum. A thin pack is an error.
func indexPack(data []byte) (entries []idxEntry, sum ID, err error) {
	defer recoverTo(&err, "index pack")
	if len(data) < packHead+packTail || string(data[:4]) != "PACK" || binary.BigEndian.Uint32(data[4:]) != 2 {
		return nil, ID{}, errors.New("the answer is no pack of version 2")
	}
	if len(data) > maxPack {
		return nil, ID{}, fmt.Errorf("pack is larger than %d bytes", maxPack)
	}
	body := data[:len(data)-packTail]
	sum = sha1.Sum(body)
	if !bytes.Equal(sum[:], data[len(body):]) {
		return nil, ID{}, errors.New("pack does not match its checksum")
	}
	count := int(binary.BigEndian.Uint32(data[8:]))
	if count > maxObjects || count > len(body) {
		return nil, ID{}, fmt.Errorf("pack announces %d objects", count)
	}
	x := &indexer{data: body, bases: map[int64]base{}, byPlace: map[int64][]delta{}, byID: map[ID][]delta{}}
	if err := x.scan(count); err != nil {
		return nil, ID{}, err
	}
	if err := x.resolve(); err != nil {
		return nil, ID{}, err
	}
	if len(x.entries) != count {
		return nil, ID{}, fmt.Errorf("%d objects of the pack lack their base", count-len(x.entries))
	}
	return x.entries, sum, nil
}

// scan goes through the entries one after the other. It names the objects that
// are whole, and notes the deltas under their bases.
func (x *indexer) scan(count int) error {
	r := bytes.NewReader(nil)
	for at, i := packHead, 0; i < count; i++ {
		offset := int64(at)
		k, size, used := entryHead(x.data[at:])
		if used == 0 || size > maxObject {
			return fmt.Errorf("object %d of the pack has a bad header", i)
		}
		at += used
		var baseID ID
		var basePlace int64
		switch k {
		case kindCommit, kindTree, kindBlob, kindTag:
		case entryOffsetDelta:
			back, used := offsetVarint(x.data[at:])
			if used == 0 || back <= 0 || back > offset {
				return fmt.Errorf("object %d of the pack has a bad base", i)
			}
			at += used
			basePlace = offset - back
		case entryIDDelta:
			if at+20 > len(x.data) {
				return errors.New("pack is cut off")
			}
			at += copy(baseID[:], x.data[at:])
		default:
			return fmt.Errorf("object %d of the pack is of kind %d", i, k)
		}
		r.Reset(x.data[at:])
		content, err := inflate(r, int(size))
		if err != nil {
			return fmt.Errorf("object %d of the pack: %w", i, err)
		}
		end := len(x.data) - r.Len()
		crc := crc32.ChecksumIEEE(x.data[offset:end])
		d := delta{offset: offset, at: at, size: int(size), crc: crc}
		switch k {
		case entryOffsetDelta:
			x.byPlace[basePlace] = append(x.byPlace[basePlace], d)
		case entryIDDelta:
			x.byID[baseID] = append(x.byID[baseID], d)
		default:
			id := foreignID(k, content)
			x.bases[offset] = base{kind: k, at: at, size: int(size), id: id}
			x.entries = append(x.entries, idxEntry{id: id, crc: crc, offset: uint32(offset)})
		}
		at = end
		if i == count-1 && at != len(x.data) {
			return errors.New("pack has more in it than it announces")
		}
	}
	return nil
}

// foreignID names an object that came from outside. go-git's hash also knows
// the known ways to make two objects with one name.
func foreignID(k kind, data []byte) ID {
	h := plumbing.NewHasher(plumbing.ObjectType(k), int64(len(data)))
	_, _ = h.Write(data) // a hash takes everything
	return ID(h.Sum())
}

// resolve follows the deltas from every whole object that has some.
func (x *indexer) resolve() error {
	for offset, b := range x.bases {
		if len(x.byPlace[offset]) == 0 && len(x.byID[b.id]) == 0 {
			continue
		}
		content, err := inflate(bytes.NewReader(x.data[b.at:]), b.size)
		if err != nil {
			return err
		}
		if err := x.follow(offset, b.id, b.kind, content, 0); err != nil {
			return err
		}
	}
	return nil
}

// follow names the objects that are deltas of one that is unfolded.
func (x *indexer) follow(offset int64, id ID, k kind, content []byte, depth int) error {
	x.held += len(content)
	defer func() { x.held -= len(content) }()
	if depth > maxChain || x.held > maxHeld {
		return errors.New("deltas of the pack are too deep")
	}
	children := x.byPlace[offset]
	if more := x.byID[id]; len(more) > 0 {
		children = append(children[:len(children):len(children)], more...)
		delete(x.byID, id) // twins of an object resolve its deltas once
	}
	for _, d := range children {
		packed, err := inflate(bytes.NewReader(x.data[d.at:]), d.size)
		if err != nil {
			return err
		}
		size, err := deltaSize(packed)
		if err != nil || size > maxObject {
			return errors.New("pack has a bad delta")
		}
		made, err := packfile.PatchDelta(content, packed)
		if err != nil {
			return fmt.Errorf("pack has a bad delta: %w", err)
		}
		madeID := foreignID(k, made)
		x.entries = append(x.entries, idxEntry{id: madeID, crc: d.crc, offset: uint32(d.offset)})
		if err := x.follow(d.offset, madeID, k, made, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// recoverTo turns a panic over hostile input into an error, at the boundary
// where the input comes in.
func recoverTo(err *error, doing string) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: the data is broken (%v)", doing, r)
	}
}
