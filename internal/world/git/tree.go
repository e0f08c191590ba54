package git

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// compareEntries is git's order of a tree: a folder counts as if its name
// ended in "/".
func compareEntries(a, b Entry) int {
	n := min(len(a.Name), len(b.Name))
	if c := strings.Compare(a.Name[:n], b.Name[:n]); c != 0 {
		return c
	}
	return cmp.Compare(byteAfter(a, n), byteAfter(b, n))
}

func byteAfter(e Entry, n int) int {
	switch {
	case n < len(e.Name):
		return int(e.Name[n]) + 1
	case e.Mode == ModeTree:
		return '/' + 1
	default:
		return 0
	}
}

// checkName refuses the names that git fsck refuses, and those that become
// ".git" on some file system.
func checkName(name string) error {
	switch name {
	case "", ".", "..":
		return fmt.Errorf("%q is no name of a file", name)
	}
	if strings.ContainsAny(name, "/\\\x00") {
		return fmt.Errorf("%q is no name of a file", name)
	}
	plain := strings.ToLower(strings.Map(dropIgnorable, name))
	plain, _, _ = strings.Cut(plain, ":")
	switch strings.TrimRight(plain, ". ") {
	case ".git", "git~1":
		return fmt.Errorf("%q would be taken for git's own folder", name)
	}
	return nil
}

// dropIgnorable removes the code points that HFS+ does not see in names.
func dropIgnorable(r rune) rune {
	switch {
	case r >= 0x200c && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x206a && r <= 0x206f, r == 0xfeff:
		return -1
	}
	return r
}

func checkMode(m Mode) error {
	switch m {
	case ModeTree, ModeFile, ModeExecutable, ModeLink, ModeGitlink:
		return nil
	}
	return fmt.Errorf("%o is no mode of a file", m)
}

// entriesOf reads a tree; the zero id is the empty one.
func entriesOf(o Objects, id ID) ([]Entry, error) {
	if id.IsZero() {
		return nil, nil
	}
	return o.Tree(id)
}

// find looks a name up in the entries of one tree, whatever its mode.
func find(entries []Entry, name string) (Entry, bool) {
	for _, mode := range []Mode{ModeFile, ModeTree} {
		i, ok := slices.BinarySearchFunc(entries, Entry{Name: name, Mode: mode}, compareEntries)
		if ok {
			return entries[i], true
		}
	}
	return Entry{}, false
}

// Lookup finds the entry at a path ("a/b/c") below a root tree. A path that
// leads nowhere is a *PathError. The entry's Name is the last part of path.
func Lookup(o Objects, root ID, path string) (Entry, error) {
	at := Entry{Mode: ModeTree, ID: root}
	for rest, more := path, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		if at.Mode != ModeTree {
			return Entry{}, &PathError{Path: path}
		}
		entries, err := entriesOf(o, at.ID)
		if err != nil {
			return Entry{}, err
		}
		next, ok := find(entries, name)
		if !ok {
			return Entry{}, &PathError{Path: path}
		}
		at = next
	}
	return at, nil
}

// Walk visits every file and gitlink below root in path order. Folders are
// shown too, before what they hold, with Mode ModeTree: SkipTree passes over
// one. Any other error ends the walk.
func Walk(o Objects, root ID, visit func(path string, e Entry) error) error {
	return walk(o, "", root, visit)
}

func walk(o Objects, prefix string, id ID, visit func(string, Entry) error) error {
	entries, err := entriesOf(o, id)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := prefix + e.Name
		err := visit(path, e)
		if e.Mode == ModeTree && errors.Is(err, SkipTree) {
			continue
		}
		if err != nil {
			return err
		}
		if e.Mode != ModeTree {
			continue
		}
		if err := walk(o, path+"/", e.ID, visit); err != nil {
			return err
		}
	}
	return nil
}

// Diff visits every file and gitlink that differs between two root trees, in
// path order; the zero Entry stands for "not there". Equal folders are not
// read. A zero id is the empty tree.
func Diff(o Objects, a, b ID, visit func(path string, old, new Entry) error) error {
	return diff(o, "", a, b, visit)
}

func diff(o Objects, prefix string, a, b ID, visit func(string, Entry, Entry) error) error {
	if a == b {
		return nil
	}
	olds, err := entriesOf(o, a)
	if err != nil {
		return err
	}
	news, err := entriesOf(o, b)
	if err != nil {
		return err
	}
	for len(olds) > 0 || len(news) > 0 {
		var was, is Entry
		switch order := headOrder(olds, news); {
		case order < 0:
			was, olds = olds[0], olds[1:]
		case order > 0:
			is, news = news[0], news[1:]
		default:
			was, olds = olds[0], olds[1:]
			is, news = news[0], news[1:]
		}
		if err := diffEntry(o, prefix, was, is, visit); err != nil {
			return err
		}
	}
	return nil
}

// headOrder tells which of two lists has the smaller first entry.
func headOrder(a, b []Entry) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return compareEntries(a[0], b[0])
}

func diffEntry(o Objects, prefix string, was, is Entry, visit func(string, Entry, Entry) error) error {
	if was.Mode == is.Mode && was.ID == is.ID {
		return nil
	}
	path := prefix + cmp.Or(was.Name, is.Name)
	if was.Mode == ModeTree || is.Mode == ModeTree {
		// Equal in order means equal in kind: never a file on one side only.
		return diff(o, path+"/", was.ID, is.ID, visit)
	}
	return visit(path, was, is)
}
