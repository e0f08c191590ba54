package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options say where a repository is and what may be used to reach it.
type Options struct {
	// Address is https://, http:// (loopback; the caller checks), ssh://,
	// git@host:path, file:// or an absolute path.
	Address string
	// CacheDir is the folder of the disposable caches; empty: all in memory.
	CacheDir string
	// Filter is "" or "blob:none". It is used when the server offers filters
	// and wants by id; else everything is fetched.
	Filter string
	// Credentials answers with nothing when there are none. It is asked when
	// the server wants some, or wanted some the last time; never for SSH.
	Credentials func(ctx context.Context, url string) (user, password string, err error)
	// Progress gets what the server says while it takes a push, line by line,
	// cleaned of control characters; nil: dropped.
	Progress io.Writer
	// HTTP makes the requests; nil: the default of net/http with its proxies.
	HTTP http.RoundTripper
}

// Repository is one repository on a server, with what has been fetched of it.
// It is safe for use by several goroutines, each with its own Batch.
type Repository struct {
	options Options
	shown   string // the address without user, password and query
	folder  string // of the cache; empty = memory
	wire    wire
	counts  counters

	fetching sync.Mutex // one fetch at a time: the second finds what the first brought
	doubted  bool       // the cache was dropped since the server did not have what it has

	mu      sync.Mutex
	store   *store
	upload  session // the last advertisement, where it can be used again
	receive session
}

// Open prepares the cache; it does not reach for the network. The error is an
// address or a filter that is none.
func Open(o Options) (*Repository, error) {
	if o.Filter != "" && o.Filter != "blob:none" {
		return nil, fmt.Errorf("open %q: unknown filter %q", redact(o.Address), o.Filter)
	}
	r := &Repository{options: o, shown: redact(o.Address)}
	if o.CacheDir != "" {
		r.folder = cacheFolder(o.CacheDir, r.shown, o.Filter)
	}
	w, err := newWire(r)
	if err != nil {
		return nil, fmt.Errorf("open %q: %w", r.shown, err)
	}
	r.wire = w
	r.store = openStore(r.folder)
	return r, nil
}

// Close lets go of files and of a connection that waits for a push.
func (r *Repository) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range []session{r.upload, r.receive} {
		if s != nil {
			s.close()
		}
	}
	r.upload, r.receive = nil, nil
	r.store.close()
}

// redact removes what must not be shown of an address.
func redact(address string) string {
	if !strings.Contains(address, "://") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		scheme, _, _ := strings.Cut(address, "://")
		return scheme + "://…"
	}
	u.RawQuery, u.Fragment = "", ""
	switch {
	case u.Scheme != "ssh":
		u.User = nil
	case u.User != nil:
		u.User = url.User(u.User.Username())
	}
	return u.String()
}

// Commit reads a fetched commit.
func (r *Repository) Commit(id ID) (Commit, error) { return healing(r, id, (*store).commit) }

// Tree reads a fetched tree.
func (r *Repository) Tree(id ID) ([]Entry, error) { return healing(r, id, (*store).tree) }

// Blob reads a fetched blob. With a filter, Need comes first.
func (r *Repository) Blob(id ID) ([]byte, error) {
	return healing(r, id, func(s *store, id ID) ([]byte, error) { return s.readKind(id, kindBlob) })
}

func (r *Repository) has(id ID) bool { return r.current().has(id) }

func (r *Repository) current() *store {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store
}

// healing reads, and when the cache proves damaged drops it, fetches anew and
// reads again: a cache is never the user's business.
func healing[T any](r *Repository, id ID, read func(*store, ID) (T, error)) (T, error) {
	s := r.current()
	value, err := read(s, id)
	var broken *brokenError
	if !errors.As(err, &broken) {
		return value, err
	}
	if err := r.heal(s); err != nil {
		return value, fmt.Errorf("%w; fetch it anew: %w", broken, err)
	}
	return read(r.current(), id)
}

// healTime bounds the fetch that replaces a damaged cache. Reading has no
// context of its own, and this happens almost never.
const healTime = 5 * time.Minute

func (r *Repository) heal(damaged *store) error {
	r.fetching.Lock()
	defer r.fetching.Unlock()
	if r.current() != damaged {
		return nil // another goroutine did it
	}
	r.replace()
	ctx, cancel := context.WithTimeout(context.Background(), healTime)
	defer cancel()
	return r.fetchBranches(ctx)
}

// wantsAuth remembers, by an empty file, that the server asked for credentials:
// asked for up front they save the round trip of a refusal.
func (r *Repository) wantsAuth() bool {
	if r.folder == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(r.folder, "wants-credentials"))
	return err == nil
}

func (r *Repository) noteWantsAuth() {
	if r.folder != "" {
		_ = os.WriteFile(filepath.Join(r.folder, "wants-credentials"), nil, 0o600) // only a hint
	}
}
