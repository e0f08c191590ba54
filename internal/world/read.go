package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Read gives files of a commit by path; what is no file there is absent. Those
// that the server held back come with one request.
func (w *World) Read(ctx context.Context, repo shop.Repository, at shop.CommitID, paths []string) (map[string][]byte, error) {
	r := w.repository(repo)
	commit, err := r.Commit(id(at))
	if err != nil {
		return nil, fmt.Errorf("read %s commit %s: %w", repo, at.Short(), err)
	}
	blobs := map[string]git.ID{}
	var need []git.ID
	for _, path := range paths {
		e, err := git.Lookup(r, commit.Tree, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("read %s: %w", path, err)
		case e.Mode == git.ModeFile || e.Mode == git.ModeExecutable:
			blobs[path], need = e.ID, append(need, e.ID)
		}
	}
	if err := r.Need(ctx, need...); err != nil {
		return nil, fault(repo, err)
	}
	files := make(map[string][]byte, len(blobs))
	for path, blob := range blobs {
		if files[path], err = r.Blob(blob); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	return files, nil
}
