package git

import (
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The cache of a repository is a bare one, which git itself can read, with a
// small file beside each pack. Packs, and these files, are written under
// temporary names and renamed; nothing is ever changed in place. So any number
// of processes may share it without a lock.

// sidecar is the small file pack-<name>.tips.
type sidecar struct {
	tips   []ID     // commits whose whole history is there with this pack
	needs  []string // packs that the history goes on in
	covers []string // former packs whose objects are in this one
}

func (c sidecar) encode() []byte {
	var b bytes.Buffer
	for _, id := range c.tips {
		fmt.Fprintf(&b, "tip %s\n", id)
	}
	for _, name := range c.needs {
		fmt.Fprintf(&b, "needs %s\n", name)
	}
	for _, name := range c.covers {
		fmt.Fprintf(&b, "covers %s\n", name)
	}
	b.WriteString("end\n")
	return b.Bytes()
}

func decodeSidecar(data []byte) (c sidecar, err error) {
	body, ok := bytes.CutSuffix(data, []byte("end\n"))
	if !ok {
		return c, errors.New("list of tips is cut off")
	}
	for line := range strings.Lines(string(body)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		id, err := ParseID(value)
		if err != nil {
			return c, err
		}
		switch key {
		case "tip":
			c.tips = append(c.tips, id)
		case "needs":
			c.needs = append(c.needs, value)
		case "covers":
			c.covers = append(c.covers, value)
		default:
			return c, fmt.Errorf("unknown line %q", line)
		}
	}
	return c, nil
}

// cacheFolder is the folder of one repository. The filter is part of the name:
// what is complete with one is not complete without it.
func cacheFolder(dir, address, filter string) string {
	sum := sha256.Sum256([]byte(address + "\n" + filter + "\n1")) // 1: version of this layout
	return filepath.Join(dir, hex.EncodeToString(sum[:12]))
}

// openStore opens the cache in folder, or makes it. A damaged one is moved away
// and made anew; when nothing can be written the store lives in memory.
func openStore(folder string) *store {
	if folder == "" {
		return &store{}
	}
	for range 2 {
		if err := makeCache(folder); err != nil {
			return &store{}
		}
		s := &store{dir: filepath.Join(folder, "objects", "pack")}
		if err := s.scan(); err == nil {
			return s
		}
		s.close()
		dropCache(folder)
	}
	return &store{}
}

// makeCache prepares the folder beside its place and renames it there.
func makeCache(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, "objects", "pack")); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(folder), "new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	for _, name := range []string{"objects/pack", "objects/info", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(temp, name), 0o700); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"HEAD":   "ref: refs/heads/main\n",
		"config": "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
	} {
		if err := os.WriteFile(filepath.Join(temp, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	WritePoint("before-rename", "cache")
	if err := os.Rename(temp, folder); err != nil {
		// Somebody else was quicker, or something that is no cache lies there.
		if _, gone := os.Stat(filepath.Join(folder, "objects", "pack")); gone != nil {
			dropCache(folder)
			return os.Rename(temp, folder)
		}
	}
	return nil
}

// dropCache moves a damaged cache away as a whole, so that processes that read
// it go on with the files they have open, and deletes it then.
func dropCache(folder string) {
	away := folder + ".dropped-" + randomName()
	if os.Rename(folder, away) == nil {
		_ = os.RemoveAll(away) // what stays behind is never read again
	}
}

func randomName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// scan opens the packs that are in the folder now and not yet open. An error
// means that the folder is damaged.
func (s *store) scan() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		return nil
	}
	var err error
	for range 5 {
		// A pack that vanished while we looked was merged: look again.
		if err = s.scanOnce(); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return err
}

func (s *store) scanOnce() error {
	sidecars, names, err := s.sidecars()
	if err != nil {
		return err
	}
	covered := coveredBy(sidecars)
	for name, c := range sidecars {
		for _, need := range c.needs {
			if _, there := sidecars[need]; !there && !covered[need] {
				return fmt.Errorf("pack %s is gone, which %s needs", need, name)
			}
		}
	}
	for _, name := range names {
		switch {
		case covered[name]:
			s.removeFiles(name) // a merge was interrupted
		case !slices.Contains(s.names(), name):
			p, err := openPack(name, s.stem(name))
			if err != nil {
				return err
			}
			s.push(p, sidecars[name].tips)
		}
	}
	s.packs = slices.DeleteFunc(s.packs, func(p *pack) bool {
		if covered[p.name] {
			p.close()
		}
		return covered[p.name]
	})
	return nil
}

// sidecars reads what is known of each pack; names has the oldest pack first.
func (s *store) sidecars() (all map[string]sidecar, names []string, err error) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, nil, err
	}
	all = map[string]sidecar{}
	times := map[string]time.Time{}
	for _, f := range files {
		name, ok := packName(f.Name(), ".idx")
		if !ok {
			continue
		}
		info, err := f.Info()
		if err != nil {
			return nil, nil, err
		}
		data, err := os.ReadFile(s.stem(name) + ".tips")
		if err != nil {
			return nil, nil, err
		}
		if all[name], err = decodeSidecar(data); err != nil {
			return nil, nil, err
		}
		times[name] = info.ModTime()
		names = append(names, name)
	}
	slices.SortStableFunc(names, func(a, b string) int { return times[a].Compare(times[b]) })
	return all, names, nil
}

func coveredBy(sidecars map[string]sidecar) map[string]bool {
	covered := map[string]bool{}
	for _, c := range sidecars {
		for _, name := range c.covers {
			covered[name] = true
		}
	}
	return covered
}

func packName(file, suffix string) (string, bool) {
	name, ok := strings.CutPrefix(file, "pack-")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, suffix)
}

func (s *store) stem(name string) string { return filepath.Join(s.dir, "pack-"+name) }

// write puts a pack into the folder; the index, by which others see it, comes
// last.
func (s *store) write(data, index []byte, sum ID, c sidecar) (*pack, error) {
	name := sum.String()
	for _, f := range []struct {
		suffix string
		data   []byte
	}{{".pack", data}, {".tips", c.encode()}, {".idx", index}} {
		if err := writeRenamed(s.stem(name)+f.suffix, f.data); err != nil {
			return nil, err
		}
	}
	return openPack(name, s.stem(name))
}

func writeRenamed(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "tmp_")
	if err != nil {
		return err
	}
	HalfWritten(f, path, data)
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	WritePoint("before-rename", path)
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	WritePoint("after-rename", path)
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

const (
	manyPacks = 50
	smallPack = 8 << 20
)

// mergeWhenMany joins small packs into one when many have piled up. It copies
// their entries as they are, so it costs no more than reading the files; the
// offsets of deltas are relative and stay right. A failure only leaves the
// packs as they were.
func (s *store) mergeWhenMany() {
	var small []*pack
	for _, p := range s.packs {
		if len(p.files) > 0 && p.size < smallPack {
			small = append(small, p)
		}
	}
	if len(small) <= manyPacks {
		return
	}
	merged, err := s.merge(small)
	if err != nil {
		return
	}
	s.packs = append([]*pack{merged}, slices.DeleteFunc(s.packs, func(p *pack) bool { return slices.Contains(small, p) })...)
	for _, p := range small {
		p.close()
		s.removeFiles(p.name)
	}
	s.sweep(merged.name)
}

// removeFiles deletes a pack that a later one covers: nobody looks for it any
// more, and who has it open reads on.
func (s *store) removeFiles(name string) {
	for _, suffix := range []string{".idx", ".tips", ".pack"} {
		WritePoint("remove", s.stem(name)+suffix)
		_ = os.Remove(s.stem(name) + suffix) // what stays is ignored, and tried again
	}
}

// sweep deletes temporary files that killed processes left an hour or more
// before the pack of that name was written.
func (s *store) sweep(name string) {
	written, err := os.Stat(s.stem(name) + ".pack")
	if err != nil {
		return
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "tmp_*"))
	if err != nil {
		return
	}
	for _, path := range files {
		if info, err := os.Stat(path); err == nil && written.ModTime().Sub(info.ModTime()) > time.Hour {
			_ = os.Remove(path)
		}
	}
}

func (s *store) merge(small []*pack) (*pack, error) {
	sidecars, _, err := s.sidecars()
	if err != nil {
		return nil, err
	}
	data := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x00")
	var entries []idxEntry
	c := sidecar{tips: s.tips}
	for _, p := range small {
		body := make([]byte, p.size-packHead-packTail)
		if _, err := p.ReadAt(body, packHead); err != nil && len(body) > 0 {
			return nil, err
		}
		own, err := p.idx.entries()
		if err != nil {
			return nil, err
		}
		shift := uint32(len(data) - packHead)
		for i := range own {
			own[i].offset += shift
		}
		entries = append(entries, own...)
		data = append(data, body...)
		c.covers = append(c.covers, p.name)
	}
	c.needs, c.covers = mergedNeeds(sidecars, c.covers)
	binary.BigEndian.PutUint32(data[8:], uint32(len(entries)))
	sum := ID(sha1.Sum(data))
	return s.write(append(data, sum[:]...), encodeIdx(entries, sum), sum, c)
}

// mergedNeeds says what a merged pack needs and covers: it needs the packs that
// stay, and goes on to cover what these still name.
func mergedNeeds(sidecars map[string]sidecar, merged []string) (needs, covers []string) {
	covers = slices.Clone(merged)
	before := coveredBy(sidecars)
	for name, c := range sidecars {
		if slices.Contains(merged, name) || before[name] {
			continue
		}
		needs = append(needs, name)
		for _, need := range c.needs {
			if before[need] && !slices.Contains(covers, need) {
				covers = append(covers, need)
			}
		}
	}
	slices.Sort(needs)
	slices.Sort(covers)
	return needs, covers
}
