//go:build unix

package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// A place is a system of some size behind git's http-backend, without Argo CD,
// and a client of it that has been there before.
type place struct {
	b     *testing.B
	shops int
	git   string // folder of the bare repositories
	home  string // of the client
	url   string // of the git server
	wire  *wire
	began time.Time // of the world; what others write came long ago
	wrote int       // commits by others
	kept  map[string]string
}

// open makes a system with so many shops. Nothing holds releases back there:
// gates are not what is measured.
func open(b *testing.B, shops int) *place {
	b.Helper()
	shopctl(b)
	dir := b.TempDir()
	from := time.Now()
	began := from.Add(-24 * time.Hour).Truncate(time.Hour)
	w, err := rehearsal.Create(context.Background(), filepath.Join(dir, "world"), rehearsal.Options{Shops: shops, Seed: 1, Start: began})
	if err != nil {
		b.Fatal(err)
	}
	if err := w.Stop(); err != nil {
		b.Fatal(err)
	}
	p := &place{b: b, shops: shops, began: began, git: filepath.Join(dir, "world", "repositories"), home: filepath.Join(dir, "home")}
	p.wire = &wire{next: rehearsal.NewGitServer(p.git, rehearsal.GitOptions{})}
	server := httptest.NewServer(p.wire)
	b.Cleanup(server.Close)
	p.url = server.URL
	p.write(filepath.Join(p.home, ".shopctl.yml"), strings.NewReplacer("URL", server.URL).Replace(
		"name: demo\nsystem: URL/system.git\napp: URL/app.git\nconfiguration: URL/configuration.git\nargocd: none\nforge: git\n"))
	p.write(filepath.Join(p.home, "bin", "git"), "#!/bin/sh\necho \"$@\" >> \"$HOME/git-was-run\"\nexit 1\n")
	if err := os.Chmod(filepath.Join(p.home, "bin", "git"), 0o700); err != nil {
		b.Fatal(err)
	}
	p.opened()
	b.Logf("%d shops made in %s", shops, time.Since(from).Round(time.Millisecond))
	return p
}

// opened takes soak and protection from the tiers and lets every branch follow.
func (p *place) opened() {
	var stream strings.Builder
	p.commitTo(&stream, "refs/heads/main", "Open the tiers")
	for n := range 3 {
		file := fmt.Sprintf("tiers/tier-%d.yaml", n)
		text := fmt.Sprintf("apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata:\n  name: tier-%d\nspec: {}\n", n)
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", file, len(text), text)
	}
	p.imported("system.git", stream.String())
	p.shopctl("reconcile", "--yes")
}

// merge makes one commit of an app developer on tier-0.
func (p *place) merge() {
	var stream strings.Builder
	p.commitTo(&stream, "refs/heads/tier-0", "A change")
	text := fmt.Sprintf("puts %d\n", p.wrote)
	fmt.Fprintf(&stream, "M 100644 inline app/models/measured.rb\ndata %d\n%s\n", len(text), text)
	p.imported("app.git", stream.String())
}

// commitTo begins a commit of somebody else. It is old, or shopctl would think
// that others are at work and wait a random time for them.
func (p *place) commitTo(stream *strings.Builder, ref, title string) {
	p.wrote++
	at := p.began.Add(time.Duration(p.wrote) * time.Second)
	fmt.Fprintf(stream, "commit %s\ncommitter Ryu <ryu@example.com> %d +0000\ndata %d\n%s\nfrom %s^0\n",
		ref, at.Unix(), len(title), title, ref)
}

// keep remembers all branches and the client's cache, for back.
func (p *place) keep() {
	p.b.Helper()
	p.kept = map[string]string{}
	for _, repository := range []string{"app.git", "configuration.git", "system.git"} {
		_, refs := run(p.b, exec.Command("git", "--git-dir="+filepath.Join(p.git, repository), "for-each-ref", "--format=update %(refname) %(objectname)"))
		p.kept[repository] = refs
	}
	p.copied(p.caches(), p.caches()+".kept")
}

// back makes everything as it was at keep, so that each measured run finds the
// same and no run finds the fresh commit of the one before.
func (p *place) back() {
	p.b.Helper()
	for repository, refs := range p.kept {
		cmd := exec.Command("git", "--git-dir="+filepath.Join(p.git, repository), "update-ref", "--stdin")
		cmd.Stdin = strings.NewReader(refs)
		run(p.b, cmd)
	}
	p.copied(p.caches()+".kept", p.caches())
}

// caches is the folder of everything that the client keeps.
func (p *place) caches() string { return filepath.Join(p.home, ".cache") }

func (p *place) copied(from, to string) {
	p.b.Helper()
	if err := os.RemoveAll(to); err != nil {
		p.b.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		p.b.Fatal(err)
	}
}

// imported writes into a repository on the server, behind the client's back.
func (p *place) imported(repository, stream string) {
	p.b.Helper()
	cmd := exec.Command("git", "--git-dir="+filepath.Join(p.git, repository), "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(stream)
	run(p.b, cmd)
}

// shopctl runs the program as the client, with no git in its reach.
func (p *place) shopctl(args ...string) cost {
	p.b.Helper()
	c, _ := run(p.b, p.command(args...))
	if calls, err := os.ReadFile(filepath.Join(p.home, "git-was-run")); err == nil {
		p.b.Fatalf("shopctl %s ran git: %s", strings.Join(args, " "), calls)
	}
	return c
}

func (p *place) command(args ...string) *exec.Cmd {
	p.b.Helper()
	cmd := exec.Command(shopctl(p.b), args...)
	cmd.Dir = p.home
	cmd.Env = []string{"HOME=" + p.home, "PATH=" + filepath.Join(p.home, "bin"), "LANG=C.UTF-8",
		"GIT_AUTHOR_NAME=Takuya", "GIT_AUTHOR_EMAIL=takuya@example.com", "SHOPCTL_LANG=en"}
	return cmd
}

func (p *place) write(file, text string) {
	p.b.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		p.b.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.b.Fatal(err)
	}
}

// traffic is what went over the wire.
type traffic struct {
	sent       int64 // bytes of bodies and of request lines and headers
	requests   int
	sequential int // the longest row of requests of which each waited for the one before; 0 without delay
	pushes     int
	answering  cost     // of the server, from a push to the end of its answer
	row        []string // what was asked, a "then" where one waited for another
}

// wire notes each request between client and server.
type wire struct {
	next  http.Handler
	mu    sync.Mutex
	delay time.Duration // of each request
	seen  []exchange
}

type exchange struct {
	from, to time.Time
	what     string
	sent     int64
	push     bool
	cpu      time.Duration // of processes that ended meanwhile: git's, if nothing else was asked
}

// childrensCPU is what all processes that we started and that ended have taken.
func childrensCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	e := exchange{from: time.Now(), what: r.Method + " " + r.URL.RequestURI(), sent: headerBytes(r) + max(r.ContentLength, 0), push: r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "git-receive-pack")}
	w.mu.Lock()
	delay := w.delay
	w.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
	}
	before := childrensCPU()
	w.next.ServeHTTP(rw, r)
	e.to, e.cpu = time.Now(), childrensCPU()-before
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, e)
}

func headerBytes(r *http.Request) int64 {
	n := len(r.Method) + len(r.URL.RequestURI()) + len(" HTTP/1.1 \r\n") + len("Host: \r\n") + len(r.Host)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return int64(n)
}

// most of two, for a report of the worst.
func (t traffic) most(u traffic) traffic {
	if u.sequential > t.sequential {
		t.row = u.row
	}
	t.sent, t.requests = max(t.sent, u.sent), max(t.requests, u.requests)
	t.sequential, t.pushes = max(t.sequential, u.sequential), max(t.pushes, u.pushes)
	return t
}

// far is a round trip long enough for requests that are sent together to be
// under way together, on a busy machine too.
const far = 200 * time.Millisecond

// during gives the traffic of some work, over a wire of this delay.
func (w *wire) during(delay time.Duration, work func()) traffic {
	w.mu.Lock()
	w.seen, w.delay = nil, delay
	w.mu.Unlock()
	work()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = 0
	var t traffic
	slices.SortFunc(w.seen, func(a, b exchange) int { return a.to.Compare(b.to) })
	var end time.Time
	for _, e := range w.seen {
		t.requests++
		t.sent += e.sent
		if e.push {
			t.pushes++
			t.answering = t.answering.and(cost{cpu: e.cpu, wall: e.to.Sub(e.from)})
		}
		if delay > 0 && e.from.After(end) {
			t.sequential++
			end = e.to
			t.row = append(t.row, "then")
		}
		t.row = append(t.row, e.what)
	}
	return t
}
