package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
)

func FuzzDecodeTree(f *testing.F) {
	f.Add(encodeTree([]Entry{{"a", ModeFile, ID{1}}, {"b", ModeTree, ID{2}}}))
	f.Add([]byte("100644 a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := decodeTree(data)
		if err != nil {
			return
		}
		again, err := decodeTree(encodeTree(entries))
		if err != nil || !slices.Equal(again, entries) {
			t.Errorf("%q becomes %v, then %v, %v", data, entries, again, err)
		}
	})
}

func FuzzDecodeCommit(f *testing.F) {
	data, err := encodeCommit(Commit{Tree: ID{1}, Parents: []ID{{2}}, Author: signature(0), Committer: signature(1), Message: "x\n"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("tree 0100000000000000000000000000000000000000\nauthor a <b> 1 +9999\ngpgsig x\n y\n\nm"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeCommit(ID{}, data)
		if err == nil && c.Tree.IsZero() {
			t.Errorf("%q has no tree", data)
		}
	})
}

func FuzzEdit(f *testing.F) {
	for _, path := range []string{"a/b", "a/.git/x", "..", "a//b", "dir/a/x", ".g\u200dit", "git~1 ", ".git::$INDEX_ALLOCATION"} {
		f.Add(path)
	}
	base := NewBatch(nil)
	blob := base.PutBlob([]byte("x"))
	root, err := base.Edit(ID{}, map[string]Change{"dir/a": {Mode: ModeFile, ID: blob}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		b := NewBatch(base)
		next, err := b.Edit(root, map[string]Change{path: {Mode: ModeFile, ID: blob}})
		if err != nil {
			if b.Len() != 0 {
				t.Errorf("a refused edit made %d objects", b.Len())
			}
			return
		}
		for part := range strings.SplitSeq(path, "/") {
			if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
				t.Errorf("%q was taken", path)
			}
		}
		if e, err := Lookup(b, next, path); err != nil || e.ID != blob {
			t.Errorf("%q is not there: %v", path, err)
		}
	})
}

// samplePack has whole objects, and deltas by place and by id.
func samplePack(t testing.TB) []byte {
	t.Helper()
	w := newPackWriter()
	text := bytes.Repeat([]byte("line of text\n"), 40)
	next := append(bytes.Clone(text), "more\n"...)
	for _, err := range []error{
		w.add(hashOf(kindBlob, text), kindBlob, text),
		w.addDelta(hashOf(kindBlob, next), kindBlob, next, hashOf(kindBlob, text), text),
		w.add(hashOf(kindTree, nil), kindTree, nil),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	data, _ := w.finish()
	return data
}

// FuzzPack reads hostile packs, and then every object by its place.
func FuzzPack(f *testing.F) {
	f.Add(samplePack(f)[:len(samplePack(f))-20])
	f.Add([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01\x30"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha1.Sum(body)
		data := append(bytes.Clone(body), sum[:]...)
		entries, packSum, err := indexPack(data)
		if err != nil {
			return
		}
		s := &store{}
		if err := s.keep(data, entries, packSum, nil); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if _, _, err := s.read(e.id); err != nil {
				t.Errorf("object %s at %d: %v", e.id, e.offset, err)
			}
		}
	})
}

// FuzzPackOnDisk reads a pack and an index that do not fit each other.
func FuzzPackOnDisk(f *testing.F) {
	data := samplePack(f)
	entries, sum, err := indexPack(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, encodeIdx(slices.Clone(entries), sum))
	f.Fuzz(func(t *testing.T, data, index []byte) {
		p, err := newPack("x", bytes.NewReader(data), int64(len(data)), bytes.NewReader(index), int64(len(index)))
		if err != nil {
			return
		}
		for _, e := range entries {
			if offset, ok, err := p.idx.find(e.id); ok && err == nil {
				_, _, _ = p.read(offset)
			}
		}
		if p.idx.count() < 1000 {
			_, _ = p.idx.entries()
		}
	})
}

// FuzzAnswers reads what a hostile server says at each point.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("001e# service=git-upload-pack\n0000004c0100000000000000000000000000000000000000 refs/heads/a\x00atomic ofs-delta\n0000"))
	f.Add([]byte("0008NAK\n0006\x01P0000"))
	f.Add([]byte("000eunpack ok\n0019ok refs/heads/main\n0000"))
	f.Add([]byte("0030\x01000eunpack ok\n0019ok refs/heads/main\n00000000"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if a, err := decodeAdvert(bytes.NewReader(data)); err == nil {
			tipsOf(a)
			headOf(a)
			branches(a)
		}
		ask := packp.NewUploadPackRequest()
		if answer, err := decodeUpload(io.NopCloser(bytes.NewReader(data)), ask); err == nil {
			if pack, err := readPack(answer, ask); err == nil {
				_, _, _ = indexPack(pack)
			}
		}
		said := &progress{}
		for _, use := range []capability.Capability{capability.Quiet, capability.Sideband64k} {
			q := packp.NewReferenceUpdateRequest()
			q.Progress = said
			if err := q.Capabilities.Set(use); err != nil {
				t.Fatal(err)
			}
			if report, err := decodeReport(bytes.NewReader(data), q); err == nil {
				err := verdict(report, []Update{{Ref: "refs/heads/main", New: ID{1}}}, said.text())
				if err != nil && strings.ContainsFunc(err.Error(), func(c rune) bool { return unicode.IsControl(c) && c != '\n' }) {
					t.Errorf("error %q holds control characters", err)
				}
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[31mb\x1b]8;;http://x\x07c\u202ed\r\xff\xc2\x9b31m")
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range clean(s) {
			if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
				t.Errorf("%q leaves %q", s, c)
			}
		}
	})
}

func FuzzSidecar(f *testing.F) {
	f.Add(sidecar{tips: []ID{{1}}, needs: []string{ID{2}.String()}, covers: []string{ID{3}.String()}}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeSidecar(data)
		if err != nil {
			return
		}
		if _, err := decodeSidecar(c.encode()); err != nil {
			t.Errorf("%q is not read again: %v", data, err)
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, a := range []string{"https://u:canary@h/x?canary", "ssh://git:canary@h/x", "git@h:x", "/abs", "file:///x", "-oProxyCommand=x:y", "http://"} {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, a string) {
		if _, err := Open(Options{Address: "https://u:canary@h/" + a}); err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("error shows a password: %v", err)
		}
		if strings.HasPrefix(a, "-") {
			if _, err := Open(Options{Address: a}); err == nil {
				t.Errorf("%q was opened", a)
			}
		}
	})
}

// TestRefNamesAsGit compares the rule for names of refs with git's.
func TestRefNamesAsGit(t *testing.T) {
	for _, name := range []string{
		"refs/heads/tier-1", "refs/heads/a/b", "refs/heads/ä", "refs/heads/@", "refs/heads/a@b", "refs/heads/-x",
		"refs/heads/", "refs/heads", "refs//a", "refs/heads/.a", "refs/heads/a.", "refs/heads/a..b", "refs/heads/a.lock",
		"refs/heads/a.lock/b", "refs/heads/a@{b", "refs/heads/a b", "refs/heads/a~1", "refs/heads/a^", "refs/heads/a:b",
		"refs/heads/a?", "refs/heads/a*", "refs/heads/a[", `refs/heads/a\b`, "refs/heads/a\x7f", "refs/heads/a\tb", "refs/a.b/c",
	} {
		want := exec.Command("git", "check-ref-format", name).Run() == nil
		if got := validRef(name); got != want {
			t.Errorf("%q: %v, git says %v", name, got, want)
		}
	}
}

// TestPackBombs must end quickly, with an error and little memory.
func TestPackBombs(t *testing.T) {
	big := newPackWriter()
	if err := big.add(ID{}, kindBlob, nil); err != nil {
		t.Fatal(err)
	}
	whole, _ := big.finish()
	head := func(count uint32, entry ...byte) []byte {
		b := append([]byte("PACK\x00\x00\x00\x02"), 0, 0, 0, 0)
		binary.BigEndian.PutUint32(b[8:], count)
		return append(b, entry...)
	}
	if _, _, err := indexPack(append(bytes.Clone(whole[:len(whole)-1]), whole[len(whole)-1]^1)); err == nil {
		t.Error("a wrong checksum was taken")
	}
	if _, _, err := indexPack(whole); err != nil {
		t.Error(err)
	}
	for name, body := range map[string][]byte{
		"four billion objects":   head(1<<32-1, whole[12:len(whole)-20]...),
		"one huge object":        head(1, 0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x78, 0x9c),
		"a size that is a lie":   head(1, 0xbf, 0xff, 0xff, 0x03, 0x78, 0x9c, 0x03, 0, 0, 0, 0, 1),
		"thin":                   head(1, append(append([]byte{0x74}, make([]byte, 20)...), 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1)...),
		"a base after its end":   head(1, 0x64, 0xff, 0xff, 0x7f),
		"more than it announces": append(head(1, whole[12:len(whole)-20]...), "more"...),
	} {
		sum := sha1.Sum(body)
		if _, _, err := indexPack(append(body, sum[:]...)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
