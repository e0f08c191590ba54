package rehearsal

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/world/git"
)

// configText leads shopctl into the world. It holds no secret.
func (w *World) configText() string {
	a := w.Addresses()
	return fmt.Sprintf("name: %s\nsystem: %s\napp: %s\nconfiguration: %s\nargocd: %s\n%sdemo: true\n",
		System, a.System, a.App, a.Configuration, w.ArgoURL(), w.forgeText())
}

// TokenFile is where the world in a folder keeps the token of its Argo CD, with
// mode 0600.
func TokenFile(dir string) string { return filepath.Join(dir, tokenFile) }

// LogFile is where whoever serves the world of a folder may keep what it says.
// It may be there before the world is.
func LogFile(dir string) string { return filepath.Join(dir, logFile) }

// writeFiles writes what others find the world by. The record comes last but
// one: a folder without it is no world.
func (w *World) writeFiles() error {
	if err := replaceFile(w.ConfigFile(), []byte(w.configText())); err != nil {
		return err
	}
	if err := replaceFile(TokenFile(w.dir), []byte(w.record.Token)); err != nil {
		return err
	}
	if err := w.saveNow(); err != nil {
		return err
	}
	data, err := json.Marshal(controlRecord{URL: w.url(2), Token: w.record.Token, PID: os.Getpid()})
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(w.dir, controlFile), data)
}

// save marks the state of Argo CD as changed; it is written soon.
func (w *World) save() {
	select {
	case w.dirty <- struct{}{}:
	default:
	}
}

// saveEvery bounds how often the state is written. What a killed world had not
// written yet, the next one learns from git again.
const saveEvery = 200 * time.Millisecond

func (w *World) saveLoop() {
	for {
		select {
		case <-w.ended:
			return
		case <-w.dirty:
		}
		if err := w.saveNow(); err != nil {
			w.logf("%v", err)
		}
		select {
		case <-w.ended:
			return
		case <-time.After(saveEvery):
		}
	}
}

func (w *World) saveNow() error {
	state, err := w.argo.State()
	if err != nil {
		return fmt.Errorf("write the state of Argo CD: %w", err)
	}
	if err := w.saveForge(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := replaceFile(filepath.Join(w.dir, argoFile), state); err != nil {
		return err
	}
	return w.writeRecord()
}

// writeRecord needs the lock.
func (w *World) writeRecord() error {
	data, err := json.Marshal(w.record)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(w.dir, recordFile), data)
}

// replaceFile writes a file of the world so that nobody ever reads half of it.
func replaceFile(file string, data []byte) error {
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return fmt.Errorf("write %q: %w", file, err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return fmt.Errorf("write %q: %w", file, err)
	}
	return nil
}

// fileAt reads a file of a commit.
func fileAt(repo git.Objects, id git.ID, path string) ([]byte, error) {
	c, err := repo.Commit(id)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	at := git.Entry{Mode: git.ModeTree, ID: c.Tree}
	for step := range strings.SplitSeq(path, "/") {
		entries, err := repo.Tree(at.ID)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", path, err)
		}
		i := slices.IndexFunc(entries, func(e git.Entry) bool { return e.Name == step })
		if i < 0 {
			return nil, fmt.Errorf("read %q: %w", path, os.ErrNotExist)
		}
		at = entries[i]
	}
	return repo.Blob(at.ID)
}

// quietLog keeps the servers' own talk to themselves: broken connections are
// what this package is for.
func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }
