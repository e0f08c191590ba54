//go:build unix

package crash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// program is shopctl with its write points, built once.
var program = sync.OnceValues(func() (string, error) {
	file := filepath.Join(scratch, "shopctl")
	out, err := exec.Command("go", "build", "-tags", "crashpoints", "-o", file, "../../cmd/shopctl").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build shopctl: %w\n%s", err, out)
	}
	return file, nil
})

// scratch is removed when all tests are over.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "shopctl-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// long asks for the form that takes minutes.
func long() bool { return os.Getenv("SHOPCTL_LONG") != "" }

// A server is git's http-backend at an address that stays, over repositories
// that are exchanged from case to case.
type server struct {
	*httptest.Server
	mu   sync.Mutex
	next *rehearsal.GitServer
	busy int
}

func newServer(t *testing.T) *server {
	s := &server{}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP hands git whatever arrived, also of a client that died half-way,
// and lets git finish what a client no longer waits for.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	next := s.next
	s.busy++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.busy--
		s.mu.Unlock()
	}()
	body, _ := io.ReadAll(r.Body) // an error: the client died, this is what it sent
	r = r.WithContext(context.WithoutCancel(r.Context()))
	r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	next.ServeHTTP(w, r)
}

// settled waits until no request is under way.
func (s *server) settled(t *testing.T) {
	t.Helper()
	s.until(t, "the server is idle", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.busy == 0
	})
}

func (s *server) until(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !so(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long until %s", what)
		}
	}
}

// A place is a system on a server, and somebody's home with a .shopctl.yml.
type place struct {
	t      *testing.T
	dir    string
	server *server
	count  *rehearsal.GitServer
}

var repositories = []string{"app.git", "configuration.git", "system.git"}

// at serves what lies in a folder.
func at(t *testing.T, s *server, dir string, o rehearsal.GitOptions) *place {
	p := &place{t: t, dir: dir, server: s, count: rehearsal.NewGitServer(filepath.Join(dir, "git"), o)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = p.count
	return p
}

// empty makes three repositories without a commit.
func empty(t *testing.T, s *server, dir string, o rehearsal.GitOptions) *place {
	t.Helper()
	for _, name := range repositories {
		command(t, exec.Command("git", "init", "-q", "--bare", "-b", "main", filepath.Join(dir, "git", name)))
	}
	if err := os.MkdirAll(filepath.Join(dir, "home"), 0o700); err != nil {
		t.Fatal(err)
	}
	return at(t, s, dir, o)
}

// copied is the same place once more, at another server's address or the same.
func (p *place) copied(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	return at(t, p.server, dir, rehearsal.GitOptions{})
}

func (p *place) repository(name string) string { return filepath.Join(p.dir, "git", name) }

func (p *place) cache() string { return filepath.Join(p.dir, "home", ".cache") }

// initArgs is the line that sets the system up.
func (p *place) initArgs(tiers int) []string {
	return []string{"init", "--name=shop", "--system=" + p.server.URL + "/system.git", "--app=" + p.server.URL + "/app.git",
		"--configuration=" + p.server.URL + "/configuration.git", "--argocd=none", "--forge=git", fmt.Sprintf("--tiers=%d", tiers), "--yes"}
}

// A client says who runs shopctl, and where.
type client struct {
	name, cache string
	env         []string
}

// start prepares one run of shopctl.
func (p *place) start(c client, args ...string) *exec.Cmd {
	p.t.Helper()
	file, err := program()
	if err != nil {
		p.t.Fatal(err)
	}
	if c.name == "" {
		c.name = "Takuya"
	}
	if c.cache == "" {
		c.cache = p.cache()
	}
	cmd := exec.Command(file, args...)
	cmd.Dir = filepath.Join(p.dir, "home")
	cmd.Env = append([]string{"HOME=" + cmd.Dir, "XDG_CACHE_HOME=" + c.cache, "PATH=" + os.DevNull, "LANG=C.UTF-8", "SHOPCTL_LANG=en",
		"GIT_AUTHOR_NAME=" + c.name, "GIT_AUTHOR_EMAIL=crash@example.com"}, c.env...)
	return cmd
}

// An outcome is how a run ended.
type outcome struct {
	exit     int // -1: killed
	out, err string
	took     time.Duration
}

func (o outcome) String() string { return fmt.Sprintf("exit %d\n%s%s", o.exit, o.out, o.err) }

// shopctl runs the program to its end.
func (p *place) shopctl(c client, args ...string) outcome {
	p.t.Helper()
	return finished(p.t, p.start(c, args...))
}

func finished(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	began := time.Now()
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Error(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), talk.String(), time.Since(began)}
}

// must is shopctl where nothing may go wrong.
func (p *place) must(args ...string) outcome {
	p.t.Helper()
	o := p.shopctl(client{}, args...)
	if o.exit != 0 {
		p.t.Fatalf("shopctl %s: %v", strings.Join(args, " "), o)
	}
	return o
}

// git runs plain git on a bare repository.
func (p *place) git(repository string, args ...string) string {
	p.t.Helper()
	return command(p.t, exec.Command("git", append([]string{"--git-dir=" + p.repository(repository)}, args...)...))
}

func (p *place) gitWith(stdin, repository string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"--git-dir=" + p.repository(repository)}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	return command(p.t, cmd)
}

func command(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	cmd.Env = gitEnvironment()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, talk.String())
	}
	return out.String()
}

func gitEnvironment() []string {
	return append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C",
		"GIT_AUTHOR_NAME=Ryu", "GIT_AUTHOR_EMAIL=ryu@example.com", "GIT_COMMITTER_NAME=Ryu", "GIT_COMMITTER_EMAIL=ryu@example.com")
}

// merge puts a commit on tier-0 of a repository, as a merged pull request does.
func (p *place) merge(repository, title string) {
	p.t.Helper()
	const ref = "refs/heads/tier-0"
	stream := fmt.Sprintf("commit %s\ncommitter Ryu <ryu@example.com> %d +0000\ndata %d\n%s\nfrom %s^0\nM 100644 inline NEWS\ndata %d\n%s\n",
		ref, time.Now().Unix(), len(title), title, ref, len(title), title)
	p.gitWith(stream, repository, "fast-import", "--quiet")
}
