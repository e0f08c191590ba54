package world

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
)

// Files of the cache are worked out again when they are not whole: the last
// line holds a sum of all before it.

const sumLine = len("sum 00000000\n")

// cached reads a file of the cache, nil if there is none that is whole.
func (w *World) cached(name string) []byte {
	if w.Cache == "" {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(w.Cache, name))
	if err != nil || len(data) < sumLine {
		return nil
	}
	body := data[:len(data)-sumLine]
	if !bytes.Equal(data[len(body):], sumOf(body)) {
		return nil
	}
	return body
}

// cache keeps a file for the runs that come. It is best effort.
func (w *World) cache(name string, body []byte) {
	if w.Cache != "" {
		writeAtomically(filepath.Join(w.Cache, name), append(body, sumOf(body)...))
	}
}

func sumOf(body []byte) []byte {
	return fmt.Appendf(nil, "sum %08x\n", crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}
