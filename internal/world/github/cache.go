package github

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// cache keeps answers that have an ETag, on disk. It is disposable: whatever
// goes wrong with it only costs a request.
type cache struct{ dir string }

type entry struct {
	ETag string          `json:"etag"`
	Link string          `json:"link,omitempty"`
	Body json.RawMessage `json:"body"`
}

// cacheKey is bound to the token: for another one the same ETag means nothing.
func cacheKey(token Token, r *http.Request) string {
	sum := sha256.Sum256([]byte(token.Reveal() + "\n" + r.URL.String() + "\n" + r.Header.Get("Accept")))
	return hex.EncodeToString(sum[:])
}

func (c cache) load(key string) (e entry) {
	if c.dir == "" {
		return entry{}
	}
	data, err := os.ReadFile(c.file(key))
	if err != nil || json.Unmarshal(data, &e) != nil || len(e.Body) == 0 {
		return entry{}
	}
	return e
}

// store keeps a whole answer; a new one takes the place of the old one at once.
func (c cache) store(key string, e entry) {
	if c.dir == "" || e.ETag == "" || len(e.Body) == 0 {
		return
	}
	data, err := json.Marshal(e)
	if err != nil || os.MkdirAll(c.dir, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(c.dir, "new-*") // 0600
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if closed := f.Close(); err != nil || closed != nil || os.Rename(f.Name(), c.file(key)) != nil {
		_ = os.Remove(f.Name())
	}
	c.prune()
}

// mostKept is how many answers are kept; a renewed token leaves those of the
// former one behind.
const mostKept = 500

// prune takes the older half away once there are too many.
func (c cache) prune() {
	all, err := os.ReadDir(c.dir)
	if err != nil || len(all) <= mostKept {
		return
	}
	age := map[string]time.Time{}
	for _, e := range all {
		if info, err := e.Info(); err == nil {
			age[e.Name()] = info.ModTime()
		}
	}
	slices.SortFunc(all, func(a, b os.DirEntry) int { return age[a.Name()].Compare(age[b.Name()]) })
	for _, e := range all[:len(all)/2] {
		_ = os.Remove(filepath.Join(c.dir, e.Name()))
	}
}

func (c cache) file(key string) string { return filepath.Join(c.dir, key+".json") }

// response is the kept answer, as if it had been sent.
func (e entry) response(r *http.Request) *http.Response {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Etag": {e.ETag}}
	if e.Link != "" {
		h.Set("Link", e.Link)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(e.Body)), ContentLength: int64(len(e.Body)), Request: r,
	}
}
