package git

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"hash/crc32"

	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// packWriter makes a pack in memory, and what its index needs.
type packWriter struct {
	b       bytes.Buffer
	z       *zlib.Writer
	entries []idxEntry
}

func newPackWriter() *packWriter {
	w := &packWriter{}
	w.b.WriteString("PACK")
	w.b.Write([]byte{0, 0, 0, 2, 0, 0, 0, 0}) // version; finish sets the count
	w.z = zlib.NewWriter(&w.b)
	return w
}

// add writes an object whole.
func (w *packWriter) add(id ID, k kind, data []byte) error {
	return w.entry(id, k, ID{}, data)
}

// addDelta writes an object as its difference from base, which the receiver
// has. It is written whole when that is not clearly longer.
func (w *packWriter) addDelta(id ID, k kind, data []byte, baseID ID, base []byte) error {
	delta := packfile.DiffDelta(base, data)
	if len(delta) > len(data)/2 {
		return w.add(id, k, data)
	}
	return w.entry(id, entryIDDelta, baseID, delta)
}

func (w *packWriter) entry(id ID, k kind, base ID, data []byte) error {
	start := w.b.Len()
	b := byte(k)<<4 | byte(len(data)&15)
	for rest := len(data) >> 4; rest != 0; rest >>= 7 {
		w.b.WriteByte(b | 0x80)
		b = byte(rest & 0x7f)
	}
	w.b.WriteByte(b)
	if k == entryIDDelta {
		w.b.Write(base[:])
	}
	w.z.Reset(&w.b)
	if _, err := w.z.Write(data); err != nil {
		return err
	}
	if err := w.z.Close(); err != nil {
		return err
	}
	crc := crc32.ChecksumIEEE(w.b.Bytes()[start:])
	w.entries = append(w.entries, idxEntry{id: id, crc: crc, offset: uint32(start)})
	return nil
}

// finish sets count and checksum and returns the pack.
func (w *packWriter) finish() (data []byte, sum ID) {
	data = w.b.Bytes()
	binary.BigEndian.PutUint32(data[8:], uint32(len(w.entries)))
	sum = sha1.Sum(data)
	return append(data, sum[:]...), sum
}

// sendPack packs what the tips reach of the batch. With a store each tree, and
// each file that was edited, goes as its difference from its former version
// when the store has that: what the store has, the server has.
func (b *Batch) sendPack(tips []ID, server *store) ([]byte, error) {
	w := newPackWriter()
	if b != nil {
		ids, err := b.reachable(tips)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if err := b.sendObject(w, id, server); err != nil {
				return nil, err
			}
		}
	}
	data, _ := w.finish()
	return data, nil
}

func (b *Batch) sendObject(w *packWriter, id ID, server *store) error {
	o := b.objects[id]
	if server == nil || len(o.data) < 100 {
		return w.add(id, o.kind, o.data)
	}
	base := b.storedBase(o.base)
	if base.IsZero() || !server.has(base) {
		return w.add(id, o.kind, o.data)
	}
	k, data, err := server.read(base)
	if err != nil || k != o.kind {
		return w.add(id, o.kind, o.data) // a base only saves bytes
	}
	return w.addDelta(id, o.kind, o.data, base, data)
}

// keepPack packs what the tips reach of the batch, whole, for the own store:
// no network has to carry it, so it is packed fast.
func (b *Batch) keepPack(tips []ID) (data []byte, entries []idxEntry, sum ID, err error) {
	ids, err := b.reachable(tips)
	if err != nil {
		return nil, nil, ID{}, err
	}
	w := newPackWriter()
	if w.z, err = zlib.NewWriterLevel(&w.b, zlib.BestSpeed); err != nil {
		return nil, nil, ID{}, err
	}
	for _, id := range ids {
		if err := w.add(id, b.objects[id].kind, b.objects[id].data); err != nil {
			return nil, nil, ID{}, err
		}
	}
	data, sum = w.finish()
	return data, w.entries, sum, nil
}
