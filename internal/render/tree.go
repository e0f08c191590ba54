package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Tree gives the files of one commit. Paths are relative to its root, with
// slashes. Only regular files and folders count: a symlink or a submodule is
// fs.ErrNotExist. A nil Tree is an empty one.
type Tree interface {
	ReadFile(path string) ([]byte, error) // fs.ErrNotExist when there is none
	IsDir(path string) bool
}

// FromFS is the Tree of a file system.
func FromFS(fsys fs.FS) Tree { return fsTree{fsys} }

type fsTree struct{ fs.FS }

func (t fsTree) ReadFile(p string) ([]byte, error) {
	if info, err := fs.Stat(t.FS, p); err == nil && !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return fs.ReadFile(t.FS, p)
}

func (t fsTree) IsDir(p string) bool {
	info, err := fs.Stat(t.FS, p)
	return err == nil && info.IsDir()
}

// clone is a tier branch with its submodules as Kustomize sees it: read-only, in
// memory, each file read when it is asked for.
type clone struct {
	files        Files
	base, config Tree
	instead      map[string][]byte // by absolute path; the probes
}

// maxFile bounds what one file of a person can cost.
const maxFile = 16 << 20

var errReadOnly = errors.New("read-only")

// in gives the tree that a path lies in, nil for the generated files.
func (w *clone) in(name string) (Tree, string) {
	name = strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
	for root, tree := range map[string]Tree{"base": w.base, "config": w.config} {
		if name == root {
			return tree, "."
		}
		if rest, ok := strings.CutPrefix(name, root+"/"); ok {
			return tree, rest
		}
	}
	return nil, name
}

func submodule(name string) bool {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	top, _, _ := strings.Cut(name, "/")
	return top == "base" || top == "config"
}

func (w *clone) ReadFile(name string) ([]byte, error) {
	if data, ok := w.instead[path.Clean("/"+name)]; ok {
		return data, nil
	}
	tree, rest := w.in(name)
	switch {
	case tree != nil:
		data, err := tree.ReadFile(rest)
		if err == nil && len(data) > maxFile {
			return nil, fmt.Errorf("%s is larger than %d MiB", name, maxFile>>20)
		}
		return data, err
	case submodule(name):
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if data, ok := w.files[rest]; ok {
		return data, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (w *clone) IsDir(name string) bool {
	tree, rest := w.in(name)
	switch {
	case tree != nil:
		return rest == "." || tree.IsDir(rest)
	case submodule(name):
		return false
	case rest == "":
		return true
	}
	for file := range w.files {
		if strings.HasPrefix(file, rest+"/") {
			return true
		}
	}
	return false
}

func (w *clone) Exists(name string) bool {
	if w.IsDir(name) {
		return true
	}
	_, err := w.ReadFile(name)
	return err == nil
}

// CleanedAbs parts a path into its folder and its file, as Kustomize wants it.
func (w *clone) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	clean := path.Clean("/" + filepath.ToSlash(name))
	if w.IsDir(clean) {
		return filesys.ConfirmedDir(clean), "", nil
	}
	if w.Exists(clean) {
		return filesys.ConfirmedDir(path.Dir(clean)), path.Base(clean), nil
	}
	return "", "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (w *clone) Create(string) (filesys.File, error) { return nil, errReadOnly }
func (w *clone) Open(string) (filesys.File, error)   { return nil, errReadOnly }
func (w *clone) Mkdir(string) error                  { return errReadOnly }
func (w *clone) MkdirAll(string) error               { return errReadOnly }
func (w *clone) RemoveAll(string) error              { return errReadOnly }
func (w *clone) WriteFile(string, []byte) error      { return errReadOnly }
func (w *clone) ReadDir(string) ([]string, error)    { return nil, errReadOnly }
func (w *clone) Glob(string) ([]string, error)       { return nil, errReadOnly }
func (w *clone) Walk(string, filepath.WalkFunc) error {
	return errReadOnly
}
