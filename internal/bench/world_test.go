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
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// A place is a system of some size behind git's http-backend, without Argo CD,
// and a client of it that has been there before.
type place struct {
	b      *testing.B
	shops  int
	git    string // folder of the bare repositories
	home   string // of the client
	url    string // of the git server
	wire   *wire
	merged int
}

// began is a fixed day, so that two places of one size are equal.
var began = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)

// open makes a system with so many shops. Nothing holds releases back there:
// gates are not what is measured.
func open(b *testing.B, shops int) *place {
	b.Helper()
	dir := b.TempDir()
	from := time.Now()
	w, err := rehearsal.Create(context.Background(), filepath.Join(dir, "world"), rehearsal.Options{Shops: shops, Seed: 1, Start: began})
	if err != nil {
		b.Fatal(err)
	}
	if err := w.Stop(); err != nil {
		b.Fatal(err)
	}
	p := &place{b: b, shops: shops, git: filepath.Join(dir, "world", "repositories"), home: filepath.Join(dir, "home")}
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
	p.merged++
	var stream strings.Builder
	p.commitTo(&stream, "refs/heads/tier-0", fmt.Sprintf("Change %d", p.merged))
	text := fmt.Sprintf("puts %d\n", p.merged)
	fmt.Fprintf(&stream, "M 100644 inline app/models/measured.rb\ndata %d\n%s\n", len(text), text)
	p.imported("app.git", stream.String())
}

func (p *place) commitTo(stream *strings.Builder, ref, title string) {
	fmt.Fprintf(stream, "commit %s\ncommitter Ryu <ryu@example.com> %d +0000\ndata %d\n%s\nfrom %s^0\n",
		ref, time.Now().Unix(), len(title), title, ref)
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
	cmd := exec.Command(shopctl(p.b), args...)
	cmd.Dir = p.home
	cmd.Env = []string{"HOME=" + p.home, "PATH=" + filepath.Join(p.home, "bin"), "LANG=C.UTF-8",
		"GIT_AUTHOR_NAME=Takuya", "GIT_AUTHOR_EMAIL=takuya@example.com", "SHOPCTL_LANG=en"}
	c, _ := run(p.b, cmd)
	if calls, err := os.ReadFile(filepath.Join(p.home, "git-was-run")); err == nil {
		p.b.Fatalf("shopctl %s ran git: %s", strings.Join(args, " "), calls)
	}
	return c
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
	sequential int // the longest row of requests of which each waited for the one before
	pushes     int
}

// wire notes each request between client and server.
type wire struct {
	next http.Handler
	mu   sync.Mutex
	seen []exchange
}

type exchange struct {
	from, to time.Time
	sent     int64
	push     bool
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	e := exchange{from: time.Now(), sent: headerBytes(r) + max(r.ContentLength, 0), push: r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "git-receive-pack")}
	w.next.ServeHTTP(rw, r)
	e.to = time.Now()
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

// during gives the traffic of some work.
func (w *wire) during(work func()) traffic {
	w.mu.Lock()
	w.seen = nil
	w.mu.Unlock()
	work()
	w.mu.Lock()
	defer w.mu.Unlock()
	var t traffic
	slices.SortFunc(w.seen, func(a, b exchange) int { return a.to.Compare(b.to) })
	var end time.Time
	for _, e := range w.seen {
		t.requests++
		t.sent += e.sent
		if e.push {
			t.pushes++
		}
		if e.from.After(end) {
			t.sequential++
			end = e.to
		}
	}
	return t
}
