package git

import (
	"fmt"
	"slices"
	"strings"
)

// object is one object that was made here.
type object struct {
	kind kind
	data []byte
	base ID // a similar object, likely to be on the server; zero = none
}

// haver is what stores of this package add to Objects: an answer that reads no
// object.
type haver interface{ has(ID) bool }

// Batch holds the objects of one push: those made here, in front of those of
// the store below. It is not safe for use by several goroutines.
type Batch struct {
	below   Objects
	objects map[ID]object
	order   []ID
	trees   map[ID][]Entry // decoded form of own trees
}

// NewBatch starts an empty batch over a store. A nil store holds nothing.
func NewBatch(below Objects) *Batch {
	if below == nil {
		below = NewMemory()
	}
	return &Batch{below: below, objects: map[ID]object{}, trees: map[ID][]Entry{}}
}

// Len is the number of objects that the batch adds.
func (b *Batch) Len() int { return len(b.order) }

// Commit reads a commit of the batch, or of the store below it.
func (b *Batch) Commit(id ID) (Commit, error) {
	o, ok := b.objects[id]
	if !ok {
		return b.below.Commit(id)
	}
	if o.kind != kindCommit {
		return Commit{}, kindError(id, o.kind, kindCommit)
	}
	return decodeCommit(id, o.data)
}

// Tree reads a tree of the batch, or of the store below it.
func (b *Batch) Tree(id ID) ([]Entry, error) {
	if entries, ok := b.trees[id]; ok {
		return entries, nil
	}
	if o, ok := b.objects[id]; ok {
		return nil, kindError(id, o.kind, kindTree)
	}
	return b.below.Tree(id)
}

// Blob reads a blob of the batch, or of the store below it.
func (b *Batch) Blob(id ID) ([]byte, error) {
	o, ok := b.objects[id]
	if !ok {
		return b.below.Blob(id)
	}
	if o.kind != kindBlob {
		return nil, kindError(id, o.kind, kindBlob)
	}
	return o.data, nil
}

func kindError(id ID, is, want kind) error {
	return fmt.Errorf("object %s is a %s, not a %s", id, is, want)
}

func (b *Batch) has(id ID) bool {
	if _, ok := b.objects[id]; ok {
		return true
	}
	h, ok := b.below.(haver)
	return ok && h.has(id)
}

// put adds an object, unless it is there already.
func (b *Batch) put(k kind, data []byte, base ID) ID {
	id := hashOf(k, data)
	if !b.has(id) {
		b.objects[id] = object{kind: k, data: data, base: base}
		b.order = append(b.order, id)
	}
	return id
}

// PutBlob adds a file's content, which the caller does not change afterwards.
func (b *Batch) PutBlob(data []byte) ID { return b.put(kindBlob, data, ID{}) }

// PutTree adds a tree. Entries come in any order; bad names, modes, zero ids
// and duplicates are errors.
func (b *Batch) PutTree(entries []Entry) (ID, error) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, compareEntries)
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		if err := checkEntry(e); err != nil {
			return ID{}, err
		}
		if names[e.Name] {
			return ID{}, fmt.Errorf("tree has %q twice", e.Name)
		}
		names[e.Name] = true
	}
	return b.putTree(entries, ID{}), nil
}

func checkEntry(e Entry) error {
	if err := checkName(e.Name); err != nil {
		return err
	}
	if err := checkMode(e.Mode); err != nil {
		return fmt.Errorf("%q: %w", e.Name, err)
	}
	if e.ID.IsZero() {
		return fmt.Errorf("%q names no object", e.Name)
	}
	return nil
}

// putTree adds entries that are known to be sound and in order.
func (b *Batch) putTree(entries []Entry, base ID) ID {
	id := b.put(kindTree, encodeTree(entries), base)
	if _, own := b.objects[id]; own {
		b.trees[id] = entries
	}
	return id
}

// PutCommit adds a commit; c.ID is ignored. The message is kept as it is.
func (b *Batch) PutCommit(c Commit) (ID, error) {
	data, err := encodeCommit(c)
	if err != nil {
		return ID{}, err
	}
	return b.put(kindCommit, data, ID{}), nil
}

// reachable lists the batch's own objects that the tips reach, in the order in
// which they were made. What no tip needs is never sent.
func (b *Batch) reachable(tips []ID) ([]ID, error) {
	seen := map[ID]bool{}
	todo := slices.Clone(tips)
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		o, own := b.objects[id]
		if !own || seen[id] {
			continue
		}
		seen[id] = true
		switch o.kind {
		case kindCommit:
			c, err := decodeCommit(id, o.data)
			if err != nil {
				return nil, err
			}
			todo = append(append(todo, c.Tree), c.Parents...)
		case kindTree:
			for _, e := range b.trees[id] {
				if e.Mode != ModeGitlink {
					todo = append(todo, e.ID)
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(b.order), func(id ID) bool { return !seen[id] }), nil
}

// storedBase follows the bases of own objects down to one that is not own.
func (b *Batch) storedBase(id ID) ID {
	for range len(b.order) + 1 {
		o, own := b.objects[id]
		if !own {
			return id
		}
		id = o.base
	}
	return ID{}
}

// bottom is the store under this batch and those below it.
func (b *Batch) bottom() Objects {
	below := b.below
	for {
		next, ok := below.(*Batch)
		if !ok {
			return below
		}
		below = next.below
	}
}

// validPath splits a path and refuses what no tree may hold.
func validPath(path string) ([]string, error) {
	parts := strings.Split(path, "/")
	for _, name := range parts {
		if err := checkName(name); err != nil {
			return nil, fmt.Errorf("path %q: %w", path, err)
		}
	}
	return parts, nil
}
