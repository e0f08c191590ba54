package git

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is real git behind http-backend, over one folder of bare repositories.
type server struct {
	*httptest.Server
	t    testing.TB
	root string

	mu       sync.Mutex
	requests []string
	before   func(http.ResponseWriter, *http.Request) bool // true: answered
	after    func(answer []byte) []byte                    // nil answer: cut the connection
}

func gitOutput(t testing.TB, dir string, stdin string, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Stdin = strings.NewReader(stdin)
	c.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=C", "GIT_COMMITTER_EMAIL=c@example.com")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

func newServer(t testing.TB) *server {
	t.Helper()
	s := &server{t: t, root: t.TempDir()}
	backend := filepath.Join(gitOutput(t, ".", "", "--exec-path"), "git-http-backend")
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { s.serve(backend, w, q) }))
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(backend string, w http.ResponseWriter, q *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, q.Method+" "+q.URL.Path)
	before, after := s.before, s.after
	s.mu.Unlock()
	if before != nil && before(w, q) {
		return
	}
	// net/http/cgi gives a chunked body no length, and git then refuses it.
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return // a client that went away
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	q.ContentLength = int64(len(body))
	h := &cgi.Handler{
		Path: backend,
		Env: []string{
			"GIT_PROJECT_ROOT=" + s.root, "GIT_HTTP_EXPORT_ALL=1",
			"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "HOME=" + s.root,
		},
		Stderr: io.Discard,
	}
	if after == nil {
		h.ServeHTTP(w, q)
		return
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, q)
	answer := after(rec.Body.Bytes())
	if answer == nil {
		panic(http.ErrAbortHandler)
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(answer)
}

// repository makes a bare repository that takes what ours would.
func (s *server) repository(name string) string {
	s.t.Helper()
	dir := filepath.Join(s.root, name)
	gitOutput(s.t, s.root, "", "init", "-q", "--bare", "-b", "main", dir)
	for _, setting := range []string{
		"http.receivepack=true", "receive.denyNonFastForwards=true", "transfer.fsckObjects=true",
		"uploadpack.allowFilter=true", "uploadpack.allowAnySHA1InWant=true",
	} {
		key, value, _ := strings.Cut(setting, "=")
		gitOutput(s.t, dir, "", "config", key, value)
	}
	return dir
}

func (s *server) open(name string, change ...func(*Options)) *Repository {
	s.t.Helper()
	o := Options{Address: s.URL + "/" + name}
	for _, c := range change {
		c(&o)
	}
	r, err := Open(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(r.Close)
	return r
}

func (s *server) set(before func(http.ResponseWriter, *http.Request) bool, after func([]byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.after = before, after
}

// seen returns the requests since the last call.
func (s *server) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.requests
	s.requests = nil
	return seen
}

func cached(t testing.TB) func(*Options) {
	dir := t.TempDir()
	return func(o *Options) { o.CacheDir = dir }
}

func signature(minute int) Signature {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 2*3600))
	return Signature{Name: "Ann Example", Email: "ann@example.com", When: start.Add(time.Duration(minute) * time.Minute)}
}

// commitFiles adds a commit with changes of whole files to a batch.
func commitFiles(t testing.TB, b *Batch, minute int, parent ID, files map[string]string) ID {
	t.Helper()
	var root ID
	var parents []ID
	if !parent.IsZero() {
		root, parents = mustCommit(t, b, parent).Tree, []ID{parent}
	}
	changes := map[string]Change{}
	for path, text := range files {
		changes[path] = Change{Mode: ModeFile, ID: b.PutBlob([]byte(text))}
	}
	tree, err := b.Edit(root, changes)
	if err != nil {
		t.Fatal(err)
	}
	id, err := b.PutCommit(Commit{
		Tree: tree, Parents: parents, Author: signature(minute), Committer: signature(minute),
		Message: "Change files\n\nShopctl-Operation: 1\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func mustCommit(t testing.TB, o Objects, id ID) Commit {
	t.Helper()
	c, err := o.Commit(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fsck(t testing.TB, dir string) {
	t.Helper()
	if out := gitOutput(t, dir, "", "fsck", "--strict", "--full", "--no-dangling"); out != "" {
		t.Errorf("git fsck: %s", out)
	}
}

var ctx = context.Background()
