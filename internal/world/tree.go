package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// repoTree gives the files of one commit of the app or configuration
// repository to package render. Blobs that are not here yet are fetched a
// folder at a time.
type repoTree struct {
	ctx  context.Context
	repo Repository
	root git.ID
	had  map[string]bool // folders whose blobs were asked for
	// failed is why something could not be read, other than that it is not there.
	failed error
}

// treeOf is nil for a system without that repository.
func (w *World) treeOf(ctx context.Context, repo shop.Repository, root git.ID) render.Tree {
	r := w.Repositories[repo]
	if r == nil || root.IsZero() {
		return nil
	}
	return &repoTree{ctx: ctx, repo: r, root: root, had: map[string]bool{}}
}

func (t *repoTree) lookup(p string) (git.Entry, error) {
	if p = path.Clean(p); p == "." {
		return git.Entry{Mode: git.ModeTree, ID: t.root}, nil
	}
	e, err := git.Lookup(t.repo, t.root, p)
	return e, t.noted(err)
}

// noted keeps the error: who builds from the tree words it anew.
func (t *repoTree) noted(err error) error {
	if err != nil && !errors.Is(err, fs.ErrNotExist) && t.failed == nil {
		t.failed = err
	}
	return err
}

func (t *repoTree) ReadFile(p string) ([]byte, error) {
	e, err := t.lookup(p)
	if err != nil {
		return nil, err
	}
	if e.Mode != git.ModeFile && e.Mode != git.ModeExecutable {
		return nil, fmt.Errorf("%s: %w", p, fs.ErrNotExist)
	}
	if err := t.need(path.Dir(path.Clean(p))); err != nil {
		return nil, err
	}
	data, err := t.repo.Blob(e.ID)
	return data, t.noted(err)
}

func (t *repoTree) IsDir(p string) bool {
	e, err := t.lookup(p)
	return err == nil && e.Mode == git.ModeTree
}

// need fetches the blobs of a folder in one request, if the server holds some back.
func (t *repoTree) need(dir string) error {
	if t.had[dir] {
		return nil
	}
	t.had[dir] = true
	e, err := t.lookup(dir)
	if err != nil {
		return err
	}
	entries, err := t.repo.Tree(e.ID)
	if err != nil {
		return t.noted(err)
	}
	var blobs []git.ID
	for _, e := range entries {
		if e.Mode == git.ModeFile || e.Mode == git.ModeExecutable {
			blobs = append(blobs, e.ID)
		}
	}
	return t.noted(t.repo.Need(t.ctx, blobs...))
}
