package git

import (
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Bare reads a bare repository on this machine, straight from its files and
// without a process. It never writes. It is safe for use by several goroutines.
type Bare struct {
	dir string

	mu    sync.Mutex
	store *store
}

// OpenBare opens the bare repository in dir.
func OpenBare(dir string) (*Bare, error) {
	if _, err := os.Stat(filepath.Join(dir, "HEAD")); err != nil {
		return nil, fmt.Errorf("open repository %q: %w", dir, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "objects")); err != nil {
		return nil, fmt.Errorf("open repository %q: %w", dir, err)
	}
	return &Bare{dir: dir, store: &store{dir: filepath.Join(dir, "objects", "pack")}}, nil
}

// Close lets go of the files.
func (b *Bare) Close() { b.store.close() }

// Refs reads the refs as they are now.
func (b *Bare) Refs() (Refs, error) {
	refs := Refs{Tips: map[string]ID{}}
	head, err := os.ReadFile(filepath.Join(b.dir, "HEAD"))
	if err != nil {
		return Refs{}, err
	}
	if name, ok := strings.CutPrefix(strings.TrimSpace(string(head)), "ref: "); ok {
		refs.Head = name
	}
	// Loose refs first: one that is packed in between is then found twice, the
	// other way round it could be missed. The loose one is the newer.
	loose := map[string]ID{}
	if err := b.looseRefs(loose); err != nil {
		return Refs{}, err
	}
	if err := b.packedRefs(refs.Tips); err != nil {
		return Refs{}, err
	}
	for name, id := range loose {
		refs.Tips[name] = id
	}
	return refs, nil
}

func (b *Bare) looseRefs(tips map[string]ID) error {
	return filepath.WalkDir(filepath.Join(b.dir, "refs"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // moved into packed-refs while we looked
		}
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".lock") {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		id, err := ParseID(strings.TrimSpace(string(text)))
		if err != nil {
			return nil // a symbolic ref other than HEAD
		}
		name, err := filepath.Rel(b.dir, path)
		tips[filepath.ToSlash(name)] = id
		return err
	})
}

func (b *Bare) packedRefs(tips map[string]ID) error {
	text, err := os.ReadFile(filepath.Join(b.dir, "packed-refs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		hex, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if id, err := ParseID(hex); ok && err == nil {
			tips[name] = id
		}
	}
	return nil
}

// Commit reads a commit.
func (b *Bare) Commit(id ID) (Commit, error) {
	if c, ok := b.store.decoded.commit(id); ok {
		return c, nil
	}
	data, err := b.read(id, kindCommit)
	if err != nil {
		return Commit{}, err
	}
	c, err := decodeCommit(id, data)
	if err == nil {
		b.store.decoded.addCommit(c)
	}
	return c, err
}

// Tree reads a tree.
func (b *Bare) Tree(id ID) ([]Entry, error) {
	if entries, ok := b.store.decoded.tree(id); ok {
		return entries, nil
	}
	data, err := b.read(id, kindTree)
	if isMissing(err) && id == hashOf(kindTree, nil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := decodeTree(data)
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", id, err)
	}
	b.store.decoded.addTree(id, entries)
	return entries, nil
}

// Blob reads a blob.
func (b *Bare) Blob(id ID) ([]byte, error) { return b.read(id, kindBlob) }

// read looks into loose objects, known packs, and packs that are new.
func (b *Bare) read(id ID, want kind) ([]byte, error) {
	for try := 0; ; try++ {
		k, data, err := b.loose(id)
		if errors.Is(err, fs.ErrNotExist) {
			k, data, err = b.store.read(id)
		}
		if isMissing(err) && try == 0 {
			if err := b.openNewPacks(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if k != want {
			return nil, kindError(id, k, want)
		}
		return data, nil
	}
}

func (b *Bare) openNewPacks() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	files, err := os.ReadDir(b.store.dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		name, ok := packName(f.Name(), ".idx")
		if !ok || b.store.knows(name) {
			continue
		}
		p, err := openPack(name, b.store.stem(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // packed anew while we looked
		}
		if err != nil {
			return err
		}
		b.store.add(p)
	}
	return nil
}

// loose reads an object from its own file.
func (b *Bare) loose(id ID) (kind, []byte, error) {
	name := id.String()
	f, err := os.Open(filepath.Join(b.dir, "objects", name[:2], name[2:]))
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := zlib.NewReader(f)
	if err != nil {
		return 0, nil, fmt.Errorf("object %s: %w", id, err)
	}
	data, err := io.ReadAll(io.LimitReader(z, maxObject))
	if err != nil {
		return 0, nil, fmt.Errorf("object %s: %w", id, err)
	}
	head, body, ok := strings.Cut(string(data), "\x00")
	word, size, _ := strings.Cut(head, " ")
	if n, err := strconv.Atoi(size); !ok || err != nil || n != len(body) {
		return 0, nil, fmt.Errorf("object %s: bad header", id)
	}
	for _, k := range []kind{kindCommit, kindTree, kindBlob, kindTag} {
		if k.String() == word {
			return k, []byte(body), nil
		}
	}
	return 0, nil, fmt.Errorf("object %s: it is a %q", id, word)
}
