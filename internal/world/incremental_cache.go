package world

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Files of the cache are worked out again when they are not whole: the last
// line holds a sum of all before it.

const sumLine = len("sum 00000000\n")

// cached reads a file of the cache, empty if there is none that is whole. It is
// read once and not copied: the list of all shops is some megabytes long.
func (w *World) cached(name string) string {
	if w.Cache == "" {
		return ""
	}
	f, err := os.Open(filepath.Join(w.Cache, name))
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil || info.Size() < int64(sumLine) {
		return ""
	}
	size := info.Size() - int64(sumLine)
	var body strings.Builder
	body.Grow(int(size))
	sum := crc32.New(castagnoli)
	if _, err := io.CopyN(io.MultiWriter(&body, sum), f, size); err != nil {
		return ""
	}
	if last, err := io.ReadAll(f); err != nil || !bytes.Equal(last, sumText(sum.Sum32())) {
		return ""
	}
	return body.String()
}

// cache keeps a file for the runs that come. It is best effort.
func (w *World) cache(name string, body []byte) {
	if w.Cache != "" {
		writeAtomically(filepath.Join(w.Cache, name), append(body, sumText(crc32.Checksum(body, castagnoli))...))
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sumText(sum uint32) []byte { return fmt.Appendf(nil, "sum %08x\n", sum) }
