package rehearsal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal/forge"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Options say what a world is made of and who takes part in it.
type Options struct {
	Shops int       // 200
	Tiers int       // 3; at most 9
	Seed  uint64    // decides names, ids and durations
	Start time.Time // when set, the clock stands there and only Advance moves it
	Runs  bool      // with Start: the clock runs on from there
	// Reconcile is what the world's own runner does after each push to tier-0 of
	// the app or configuration repository or to main, and when the clock was
	// advanced, as CI does on a schedule. It is never called twice at once. nil:
	// the world has no runner.
	Reconcile func(context.Context) error
	// RequireToken makes Argo CD answer 401 to whoever has no token. Otherwise
	// everybody on this machine may do everything, as the demo has no secrets.
	RequireToken bool
	// Poll is how often Argo CD looks at git by itself, in demo time: 1s;
	// negative: never.
	Poll time.Duration
	// NoWebhook keeps pushes from being told to Argo CD.
	NoWebhook bool
	// GitFault goes wrong besides the faults of Break.
	GitFault func(GitRequest) GitFault
	// Forge says whether a GitHub-compatible forge stands before the repositories.
	Forge ForgeMode
	Log   io.Writer // one line an event; nil: none
}

func (o Options) withDefaults() Options {
	if o.Shops == 0 {
		o.Shops = 200
	}
	if o.Tiers == 0 {
		o.Tiers = 3
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	return o
}

// record is what a world keeps of itself.
type record struct {
	Shops  int           `json:"shops"`
	Tiers  int           `json:"tiers"`
	Seed   uint64        `json:"seed"`
	Start  time.Time     `json:"start"`            // when the world began
	Frozen bool          `json:"frozen,omitempty"` // only Advance moves the clock
	Offset time.Duration `json:"offset"`
	Merged int           `json:"merged"` // how many prepared changes were merged
	Token  string        `json:"token"`
	Forge  ForgeMode     `json:"forge,omitempty"`
	Ports  [3]int        `json:"ports"` // git, Argo CD, control
}

// World is a rehearsal world that runs.
type World struct {
	dir     string
	options Options
	clock   *Clock
	argo    *ArgoCD
	git     *GitServer
	forge   *forge.Forge // nil: none
	log     sync.Mutex

	mu     sync.Mutex // of record and of the files of the state
	record record

	listeners [3]net.Listener
	servers   [3]*http.Server
	runner    *runner
	bare      map[string]*git.Bare
	stopping  chan struct{} // closed when somebody asked for the end
	stopOnce  sync.Once
	loops     sync.WaitGroup
	dirty     chan struct{}
	ended     chan struct{} // closed by Stop
}

const (
	recordFile  = "world.json"
	argoFile    = "argocd.json"
	controlFile = "control.json"
	tokenFile   = "argocd.token"
	configFile  = ".shopctl.yml"
	logFile     = "demo.log"
	gitFolder   = "repositories"
)

// What a folder may say to Open and Find.
var (
	ErrNoWorld = errors.New("no rehearsal world")
	ErrRuns    = errors.New("the rehearsal world runs already")
)

// Create makes a new world in dir, which must not exist or be empty, and opens it.
func Create(ctx context.Context, dir string, o Options) (*World, error) {
	o = o.withDefaults()
	if o.Tiers < 1 || o.Tiers > 9 || o.Shops < 0 {
		return nil, fmt.Errorf("make a rehearsal world: %d tiers and %d shops are not possible", o.Tiers, o.Shops)
	}
	if !fresh(dir) {
		return nil, fmt.Errorf("make a rehearsal world: %q is not empty", dir)
	}
	// A world without a record was killed while it was being made.
	if err := os.RemoveAll(filepath.Join(dir, gitFolder)); err != nil {
		return nil, fmt.Errorf("make a rehearsal world: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, gitFolder), 0o700); err != nil {
		return nil, fmt.Errorf("make a rehearsal world: %w", err)
	}
	r := record{Shops: o.Shops, Tiers: o.Tiers, Seed: o.Seed, Start: o.Start.UTC(), Frozen: !o.Start.IsZero(), Token: randomToken(), Forge: o.Forge}
	switch now := time.Now().UTC(); {
	case !r.Frozen:
		r.Start = now.Truncate(time.Second)
	case o.Runs:
		r.Frozen, r.Offset = false, r.Start.Sub(now)
	}
	w, err := newWorld(dir, o, r)
	if err != nil {
		return nil, err
	}
	if err := w.populate(ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, w.serve(ctx)
}

// fresh reports whether a folder holds nothing that somebody may miss.
func fresh(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err != nil || !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() != gitFolder && e.Name() != logFile })
}

// Open goes on with the world in dir. ErrNoWorld is wrapped when there is none,
// ErrRuns when another process serves it.
func Open(ctx context.Context, dir string, o Options) (*World, error) {
	var r record
	if err := readState(filepath.Join(dir, recordFile), &r); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = ErrNoWorld
		}
		return nil, fmt.Errorf("open %q: %w", dir, err)
	}
	if _, err := Find(ctx, dir); err == nil {
		return nil, fmt.Errorf("open %q: %w", dir, ErrRuns)
	}
	o = o.withDefaults()
	o.Shops, o.Tiers, o.Seed, o.Forge = r.Shops, r.Tiers, r.Seed, r.Forge
	w, err := newWorld(dir, o, r)
	if err != nil {
		return nil, err
	}
	if err := w.follow(); err != nil {
		w.close()
		return nil, err
	}
	return w, w.serve(ctx)
}

// newWorld has its clock and its addresses, but nobody answers there yet.
func newWorld(dir string, o Options, r record) (*World, error) {
	w := &World{
		dir: dir, options: o, record: r, bare: map[string]*git.Bare{},
		stopping: make(chan struct{}), ended: make(chan struct{}), dirty: make(chan struct{}, 1),
	}
	w.clock = NewClock(time.Now, r.Offset)
	if r.Frozen {
		w.clock = FrozenClock(r.Start)
		w.clock.Advance(r.Offset)
	}
	for i, port := range r.Ports {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil && port != 0 {
			l, err = net.Listen("tcp", "127.0.0.1:0") // somebody else has the port now
		}
		if err != nil {
			w.close()
			return nil, fmt.Errorf("listen on loopback: %w", err)
		}
		w.listeners[i] = l
		w.record.Ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return w, nil
}

// populate writes repositories and what Argo CD did until now.
func (w *World) populate(ctx context.Context) error {
	pasts, err := build(ctx, w.gitDir(), w.options, w.record.Start, w.Addresses())
	if err != nil {
		return err
	}
	if err := w.openRepositories(); err != nil {
		return err
	}
	if w.argo, err = NewArgoCD(w.argoOptions(nil)); err != nil {
		return err
	}
	for n := range w.options.Tiers {
		if err := w.bootstrap(shop.TierAt(n), pasts[shop.TierAt(n)]); err != nil {
			return err
		}
	}
	return nil
}

// bootstrap gives Argo CD the root Application of a tier with its past.
func (w *World) bootstrap(t shop.Tier, past []moment) error {
	system := w.bare[systemGit]
	refs, err := system.Refs()
	if err != nil {
		return err
	}
	data, err := fileAt(system, refs.Tips[shop.MainBranch], "bootstrap/"+string(t)+".yaml")
	if err != nil {
		return err
	}
	return w.argo.bootstrap(data, past)
}

// follow opens what an earlier life left.
func (w *World) follow() error {
	if err := w.openRepositories(); err != nil {
		return err
	}
	state, err := os.ReadFile(filepath.Join(w.dir, argoFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read the state of Argo CD: %w", err)
	}
	w.argo, err = NewArgoCD(w.argoOptions(state))
	return err
}

func (w *World) openRepositories() error {
	for _, name := range []string{appGit, configurationGit, systemGit} {
		b, err := git.OpenBare(filepath.Join(w.gitDir(), name))
		if err != nil {
			return err
		}
		w.bare[name] = b
	}
	return nil
}

func (w *World) argoOptions(state []byte) ArgoOptions {
	return ArgoOptions{
		Clock: w.clock, Poll: w.options.Poll, Seed: w.options.Seed, State: state,
		Token: w.record.Token, Anonymous: !w.options.RequireToken,
		Repository: w.repository, Changed: w.save,
	}
}

// repository finds the repository that an Application names by the last part
// of its address, for the port may have changed since it was written.
func (w *World) repository(url string) (Repository, error) {
	if b, ok := w.bare[filepath.Base(url)]; ok {
		return b, nil
	}
	return nil, fmt.Errorf("repository %q is not permitted", url)
}

// serve writes the files that others find the world by, and answers.
func (w *World) serve(ctx context.Context) error {
	if err := w.openForge(); err != nil {
		w.close()
		return err
	}
	w.git = NewGitServer(w.gitDir(), w.gitOptions())
	w.runner = newRunner(w.options.Reconcile, w.logf)
	if err := w.writeFiles(); err != nil {
		w.close()
		return err
	}
	handlers := [3]http.Handler{w.gitAndForge(), newFront(w.argo).or(w.argo.Handler()), w.control()}
	for i, h := range handlers {
		w.servers[i] = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: quietLog()}
		go func() { _ = w.servers[i].Serve(w.listeners[i]) }() // ends with Stop
	}
	w.loops.Go(w.saveLoop)
	if w.options.Reconcile != nil {
		w.loops.Go(w.watchEnds)
	}
	w.runner.start(context.WithoutCancel(ctx))
	w.argo.Settle()
	w.logf("world serves at %s", w.GitURL())
	return nil
}

func (w *World) gitDir() string { return filepath.Join(w.dir, gitFolder) }

func (w *World) url(i int) string { return fmt.Sprintf("http://127.0.0.1:%d", w.record.Ports[i]) }

// GitURL is below which the repositories are: GitURL()/app.git.
func (w *World) GitURL() string { return w.url(0) }

// ArgoURL is the address of Argo CD, and of the door that customers come through:
// who names the host of a shop there is answered as a customer.
func (w *World) ArgoURL() string { return w.url(1) }

// Addresses are those of the repositories.
func (w *World) Addresses() shop.Repositories {
	at := w.GitURL() + "/"
	if w.options.Forge != NoForge {
		at += ForgeOwner + "/"
	}
	return shop.Repositories{System: at + systemGit, App: at + appGit, Configuration: at + configurationGit}
}

// ConfigFile is the path of the .shopctl.yml that leads into the world.
func (w *World) ConfigFile() string { return filepath.Join(w.dir, configFile) }

// Token opens everything in the world's Argo CD. It also lies in TokenFile.
func (w *World) Token() string { return w.record.Token }

// Now is the world's time.
func (w *World) Now() time.Time { return w.clock.Now() }

// Git is the world's git server, for its counts.
func (w *World) Git() *GitServer { return w.git }

// Argo is the world's Argo CD.
func (w *World) Argo() *ArgoCD { return w.argo }

// Idle waits until the runner has nothing to do.
func (w *World) Idle(ctx context.Context) error { return w.runner.idle(ctx) }

// Done is closed when somebody asked the world to stop.
func (w *World) Done() <-chan struct{} { return w.stopping }

func randomToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func readState(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read %q: %w", file, err)
	}
	return nil
}
