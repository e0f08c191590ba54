package git

import (
	"fmt"
	"slices"
)

// Change is what an edit puts at a path; the zero ID removes what is there.
type Change struct {
	Mode Mode
	ID   ID
}

// node is one folder of the changes of an edit.
type node struct {
	change *Change          // what happens to the path itself
	below  map[string]*node // changes further down
}

// Edit makes a new root tree from an old one (zero: the empty tree) and the
// changes, by full path ("shops/3f/x.yaml"), and returns its id. Only trees on
// the way to a change are read and made.
//
// A change with the zero ID removes the file or the whole folder; nothing there
// is no error. Folders that become empty vanish. Mode ModeTree puts a tree that
// exists already. A file in the way of a folder, or a folder in the way of a
// file, is an error unless the same edit removes it. When nothing is left the
// id is that of the empty tree.
func (b *Batch) Edit(root ID, changes map[string]Change) (ID, error) {
	top := &node{}
	for path, c := range changes {
		if err := top.add(path, c); err != nil {
			return ID{}, err
		}
	}
	id, err := b.apply("", root, top)
	if err != nil {
		return ID{}, err
	}
	if id.IsZero() {
		return b.putTree(nil, ID{}), nil
	}
	return id, nil
}

func (n *node) add(path string, c Change) error {
	parts, err := validPath(path)
	if err != nil {
		return err
	}
	if !c.ID.IsZero() {
		if err := checkMode(c.Mode); err != nil {
			return fmt.Errorf("path %q: %w", path, err)
		}
	}
	for _, name := range parts {
		if n.below == nil {
			n.below = map[string]*node{}
		}
		next := n.below[name]
		if next == nil {
			next = &node{}
			n.below[name] = next
		}
		n = next
	}
	n.change = &c
	return nil
}

// apply returns the id of the edited folder, zero when nothing is left in it.
func (b *Batch) apply(prefix string, id ID, n *node) (ID, error) {
	old, err := entriesOf(b, id)
	if err != nil {
		return ID{}, err
	}
	names := make([]string, 0, len(n.below))
	for name := range n.below {
		names = append(names, name)
	}
	slices.Sort(names)
	var put []Entry
	gone := make(map[string]bool, len(names))
	for _, name := range names {
		was, _ := find(old, name)
		is, err := b.applyOne(prefix+name, was, n.below[name])
		if err != nil {
			return ID{}, err
		}
		if is.Mode == was.Mode && is.ID == was.ID {
			continue
		}
		gone[name] = true
		if !is.ID.IsZero() {
			is.Name = name
			put = append(put, is)
		}
	}
	if len(gone) == 0 {
		return id, nil
	}
	slices.SortFunc(put, compareEntries)
	entries := mergeEntries(old, gone, put)
	if len(entries) == 0 {
		return ID{}, nil
	}
	return b.putTree(entries, id), nil
}

// mergeEntries leaves out the names that are gone and sorts in the new ones.
func mergeEntries(old []Entry, gone map[string]bool, put []Entry) []Entry {
	entries := make([]Entry, 0, len(old)+len(put))
	for _, e := range old {
		if gone[e.Name] {
			continue
		}
		for len(put) > 0 && compareEntries(put[0], e) < 0 {
			entries, put = append(entries, put[0]), put[1:]
		}
		entries = append(entries, e)
	}
	return append(entries, put...)
}

// applyOne edits what one name of a folder stands for; the zero ID = nothing.
func (b *Batch) applyOne(path string, was Entry, n *node) (Entry, error) {
	removed := n.change != nil && n.change.ID.IsZero()
	if removed {
		if n.below == nil {
			return Entry{}, nil
		}
		was = Entry{}
	}
	putHere := n.change != nil && !removed
	if n.below == nil {
		return b.putOne(path, was, *n.change)
	}
	if was.Mode != ModeTree && !was.ID.IsZero() && n.puts() {
		return Entry{}, fmt.Errorf("edit %q: a file is where a folder should be", path)
	}
	if was.Mode != ModeTree && !was.ID.IsZero() {
		return was, nil // removals below a file: nothing is there
	}
	id, err := b.apply(path+"/", was.ID, n)
	if err != nil {
		return Entry{}, err
	}
	if !putHere {
		return folder(id), nil
	}
	if n.puts() {
		return Entry{}, fmt.Errorf("edit %q: changed itself, and below", path)
	}
	return b.putOne(path, folder(id), *n.change)
}

func folder(id ID) Entry {
	if id.IsZero() {
		return Entry{}
	}
	return Entry{Mode: ModeTree, ID: id}
}

// putOne places a change where was stands now.
func (b *Batch) putOne(path string, was Entry, c Change) (Entry, error) {
	if !was.ID.IsZero() && (was.Mode == ModeTree) != (c.Mode == ModeTree) {
		return Entry{}, fmt.Errorf("edit %q: a folder and a file cannot both be there", path)
	}
	if o, own := b.objects[c.ID]; own && o.kind == kindBlob && o.base.IsZero() && was.ID != c.ID && was.Mode != ModeGitlink {
		o.base = was.ID
		b.objects[c.ID] = o
	}
	return Entry{Mode: c.Mode, ID: c.ID}, nil
}

// puts reports whether any change below adds something.
func (n *node) puts() bool {
	for _, next := range n.below {
		if next.change != nil && !next.change.ID.IsZero() || next.puts() {
			return true
		}
	}
	return false
}
