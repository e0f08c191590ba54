package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// boardVersion is that of the layout below; another one is not read.
const boardVersion = 1

// keptBoard is the board of an earlier run, as the cache has it.
type keptBoard struct {
	Version int
	System  string
	Board   tui.Board
}

const (
	// mostKept bounds what is read of it, in bytes.
	mostKept = 32 << 20
	// keepEvery is the least time between two writes of it.
	keepEvery = time.Minute
)

// keptFile is where the board of this system is kept.
func (d *desk) keptFile() string {
	if d.c.Paths.Cache == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(d.c.system.Name + "\n" + d.c.system.System.URL))
	return filepath.Join(d.c.Paths.Cache, "boards", hex.EncodeToString(sum[:8])+".json")
}

// Remembered is the board as an earlier run saw it last. The file is not
// trusted: what it says is cleaned, what it may not decide is taken from the
// settings, and it counts as seen by nobody.
func (d *desk) Remembered() (tui.Board, bool) {
	empty := d.empty()
	kept, ok := readKept(d.keptFile())
	if !ok || kept.System != d.c.system.Name {
		return empty, false
	}
	b := kept.Board
	for i, t := range b.Tiers {
		if t.Name != shop.TierAt(i) {
			return empty, false
		}
		b.Tiers[i].MayNot = ""
	}
	cleanAll(reflect.ValueOf(&b))
	b.System, b.App, b.Live, b.Demo = empty.System, empty.App, empty.Live, empty.Demo
	b.Look, b.List, b.Silent, b.ReadOnly = 0, "", "", ""
	return b, true
}

func readKept(file string) (kept keptBoard, ok bool) {
	if file == "" {
		return kept, false
	}
	f, err := os.Open(file)
	if err != nil {
		return kept, false
	}
	defer f.Close() //nolint:errcheck // nothing was written
	err = json.NewDecoder(io.LimitReader(f, mostKept)).Decode(&kept)
	return kept, err == nil && kept.Version == boardVersion && !kept.Board.At.IsZero()
}

// cleanAll takes out of every text what a terminal would obey.
func cleanAll(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			cleanAll(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			cleanAll(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			cleanAll(v.Index(i))
		}
	case reflect.String:
		if was := v.String(); v.CanSet() && show.Clean(was) != was {
			v.SetString(show.Clean(was))
		}
	}
}

// keep writes a board down for the run that comes, once in a while.
func (d *desk) keep(b tui.Board) {
	now := d.c.Env.Now()
	if b.Silent != "" || len(b.Tiers) == 0 || now.Sub(d.keptAt) < keepEvery {
		return
	}
	d.keptAt = now
	if err := writeKept(d.keptFile(), keptBoard{boardVersion, d.c.system.Name, b}); err != nil {
		d.c.Logf("ui: keep the board: %s", err)
	}
}

func writeKept(file string, kept keptBoard) error {
	if file == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return writeWhole(file, data, 0o600)
}
