package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Find is the path of the .shopctl.yml that holds for dir: in dir or above it,
// up to the root of the git repository; outside of one, in dir only. The error
// wraps fs.ErrNotExist when there is none.
func Find(dir string) (string, error) {
	root, inside := gitRoot(dir)
	for at := dir; ; at = filepath.Dir(at) {
		file := filepath.Join(at, FileName)
		_, err := os.Stat(file)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return "", fmt.Errorf("look for %q: %w", file, err)
		}
		if !inside || at == root || filepath.Dir(at) == at {
			return "", fmt.Errorf("look for %s from %q upwards: %w", FileName, dir, fs.ErrNotExist)
		}
	}
}

func gitRoot(dir string) (string, bool) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at, true
		}
		if filepath.Dir(at) == at {
			return "", false
		}
	}
}

// Paths are the places of the user's own files, the same on every system.
type Paths struct {
	Settings string // settings.yaml
	Cache    string // directory, disposable
	State    string // directory: log file, demo
}

// PathsFrom reads the XDG variables; relative values of them do not count.
func PathsFrom(getenv func(string) string) Paths {
	dir := func(variable, otherwise string) string {
		base := getenv(variable)
		if !filepath.IsAbs(base) {
			base = filepath.Join(getenv("HOME"), otherwise)
		}
		return filepath.Join(base, "shopctl")
	}
	return Paths{
		Settings: filepath.Join(dir("XDG_CONFIG_HOME", ".config"), "settings.yaml"),
		Cache:    dir("XDG_CACHE_HOME", ".cache"),
		State:    dir("XDG_STATE_HOME", filepath.Join(".local", "state")),
	}
}

// LogFile is where raw errors go.
func (p Paths) LogFile() string { return filepath.Join(p.State, "shopctl.log") }
