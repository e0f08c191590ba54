package world

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// view is the intent at one tree of the system repository's main.
type view struct {
	w    *World
	o    git.Objects
	tree git.ID
	at   git.ID // the commit of main; zero: there is none yet
}

func (w *World) viewOf(o git.Objects, main git.ID) (view, error) {
	if main.IsZero() {
		return view{w: w, o: o}, nil
	}
	c, err := o.Commit(main)
	if err != nil {
		return view{}, fmt.Errorf("read the intent at %s: %w", commitID(main).Short(), err)
	}
	return view{w: w, o: o, tree: c.Tree, at: main}, nil
}

type resourceKey struct {
	path string
	blob git.ID
}

func (v view) decode(path string, blob git.ID) (intent.Resource, error) {
	return memoised(v.w.Memo, v.w.Memo.resources, resourceKey{path, blob}, func() (intent.Resource, error) {
		data, err := v.o.Blob(blob)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		return intent.Decode(path, data)
	})
}

// decoded is a resource that decode has remembered.
func (v view) decoded(path string, blob git.ID) (intent.Resource, bool) {
	v.w.Memo.mu.Lock()
	defer v.w.Memo.mu.Unlock()
	r, known := v.w.Memo.resources[resourceKey{path, blob}]
	return r, known
}

// resource reads one resource; fs.ErrNotExist if there is none.
func resource[T intent.Resource](v view, kind shop.Kind, name string) (T, error) {
	var zero T
	path := intent.Path(kind, name)
	if v.tree.IsZero() {
		return zero, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	e, err := git.Lookup(v.o, v.tree, path)
	if err != nil {
		return zero, err
	}
	if e.Mode != git.ModeFile && e.Mode != git.ModeExecutable {
		return zero, &intent.Error{File: path, Line: 1, Message: "is no regular file"}
	}
	r, err := v.decode(path, e.ID)
	if err != nil {
		return zero, err
	}
	return r.(T), nil
}

func (v view) policy() (*shop.Policy, error) {
	return resource[*shop.Policy](v, shop.KindPolicy, "")
}

// tiers reads the tiers from the lowest up. A gap is an error.
func (v view) tiers() (tiers []*shop.TierSpec, err error) {
	names, err := v.names("tiers")
	if err != nil {
		return nil, err
	}
	for n := range names {
		t, err := resource[*shop.TierSpec](v, shop.KindTier, string(shop.TierAt(n)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &intent.Error{File: intent.Path(shop.KindTier, string(shop.TierAt(n))), Line: 1,
				Message: fmt.Sprintf("is missing: %d tiers are numbered from tier-0 without gaps", len(names))}
		}
		if err != nil {
			return nil, err
		}
		tiers = append(tiers, t)
	}
	return tiers, nil
}

// clusters reads all clusters by name.
func (v view) clusters() (map[string]*shop.Cluster, error) {
	names, err := v.names("clusters")
	if err != nil {
		return nil, err
	}
	clusters := map[string]*shop.Cluster{}
	for _, name := range names {
		if clusters[name], err = resource[*shop.Cluster](v, shop.KindCluster, name); err != nil {
			return nil, err
		}
	}
	return clusters, nil
}

// names lists the resources in a folder, without their ending.
func (v view) names(folder string) (names []string, err error) {
	if v.tree.IsZero() {
		return nil, nil
	}
	e, err := git.Lookup(v.o, v.tree, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := v.o.Tree(e.ID)
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name, ".yaml"); ok && e.Mode == git.ModeFile {
			names = append(names, name)
		}
	}
	return names, err
}

// files gives every file of the intent.
func (v view) files(failed *error) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if v.tree.IsZero() {
			return
		}
		read := v.w.counting(shop.Reading, 0)
		*failed = git.Walk(v.o, v.tree, func(path string, e git.Entry) error {
			read()
			if e.Mode != git.ModeFile && e.Mode != git.ModeExecutable {
				return nil
			}
			data, err := v.o.Blob(e.ID)
			if err != nil {
				return fmt.Errorf("read %s: %w", path, err)
			}
			if !yield(path, data) {
				return git.ErrStop
			}
			return nil
		})
	}
}

// set reads and checks the whole intent: what it costs grows with the number of shops.
func (v view) set() (*intent.Set, error) {
	return memoised(v.w.Memo, v.w.Memo.sets, v.tree, func() (*intent.Set, error) {
		var failed error
		set, err := intent.Load(v.files(&failed))
		return set, errors.Join(failed, err)
	})
}

// apply applies one edit to a file, as it is or as earlier edits left it, and
// gives the new content and what was overwritten. No content: the file goes.
func (v view) apply(edited fileSet, e shop.Edit) (path string, data []byte, was []any, err error) {
	path = intent.Path(e.Kind, e.Name)
	old, known := edited[path]
	if !known {
		if old, err = v.read(path); err != nil {
			return path, nil, nil, err
		}
	}
	data, was, err = intent.Apply(path, old, e)
	return path, data, was, err
}

// read gives a file's content, nil if there is none.
func (v view) read(path string) ([]byte, error) {
	if v.tree.IsZero() {
		return nil, nil
	}
	e, err := git.Lookup(v.o, v.tree, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v.o.Blob(e.ID)
}
