package rehearsal

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// GitOptions says how a GitServer behaves. The zero value is a friendly server
// that everybody on this machine may read and write.
type GitOptions struct {
	// Config gives further git settings of a repository, "key=value", such as
	// "receive.advertiseAtomic=false".
	Config func(repository string) []string
	// Password, when set, is asked of everybody: as the password of any user, or
	// as a bearer token. Without it the answer is 401.
	Password string
	// ReadPassword opens reading only; a push with it is answered 403.
	ReadPassword string
	// Who says who asks, instead of the passwords, and the status for somebody who
	// may not.
	Who func(r *http.Request, write bool) (user string, status int)
	// Fault is asked before each request what shall go wrong.
	Fault func(GitRequest) GitFault
	// OnPush is called after a push that moved refs, before its reply is sent.
	OnPush func(GitPush)
}

// GitRequest is a request as a Fault sees it.
type GitRequest struct {
	Repository string // "app.git", or a longer path below the folder
	User       string // as Who says
	Service    string // git-upload-pack or git-receive-pack
	Refs       bool   // it asks for the refs only
	Updates    []RefUpdate
}

// RefUpdate is one line of a push. Ids are full; zeros mean none.
type RefUpdate struct{ Ref, Old, New string }

// GitPush says which refs a push moved.
type GitPush struct {
	Repository string
	User       string // as Who says
	Moved      []RefUpdate
}

// GitFault is what goes wrong with a request; the zero value is nothing.
type GitFault struct {
	Delay  time.Duration // before anything else
	Status int           // this answer instead of git's
	Cut    Cut
	Refuse string // the text of a pre-receive hook that refuses the push
}

// Cut says where a connection breaks.
type Cut int

// Where a connection breaks. With CutReply git has done its work and nobody
// hears of it; with CutMiddle half of the reply arrives.
const (
	CutNothing Cut = iota
	CutRequest
	CutReply
	CutMiddle
)

// GitCount is what a repository's clients did.
type GitCount struct {
	Requests int   // all requests
	Pushes   int   // pushes that moved at least one ref
	Refused  int   // pushes that moved none
	In, Out  int64 // bytes of bodies
}

// GitServer serves the bare repositories below a folder by git's own
// http-backend.
type GitServer struct {
	dir      string
	options  GitOptions
	execPath func() (string, error)

	mu     sync.Mutex
	counts map[string]GitCount
	hooks  string // made when the first push is refused by a text
}

// NewGitServer serves the bare repositories below dir: dir/app.git is at /app.git.
func NewGitServer(dir string, o GitOptions) *GitServer {
	return &GitServer{dir: dir, options: o, counts: map[string]GitCount{}, execPath: sync.OnceValues(gitExecPath)}
}

func gitExecPath() (string, error) {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		return "", fmt.Errorf("ask git for its folder: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Count tells what was done to a repository so far.
func (s *GitServer) Count(repository string) GitCount {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[repository]
}

// ServeHTTP answers one request of git's smart protocol.
func (s *GitServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	repository, service, refs := splitGitPath(r)
	if service == "" {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "read the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	write := service == "git-receive-pack"
	user, code := s.who(r, write)
	q := GitRequest{Repository: repository, User: user, Service: service, Refs: refs}
	if write && !refs {
		q.Updates = pushedUpdates(unzipped(body, r.Header.Get("Content-Encoding")))
	}
	var fault GitFault
	if s.options.Fault != nil {
		fault = s.options.Fault(q)
	}
	if !pause(r.Context(), fault.Delay) {
		return
	}
	s.count(repository, func(c *GitCount) { c.Requests++; c.In += int64(len(body)) })
	if fault.Cut == CutRequest {
		panic(http.ErrAbortHandler)
	}
	if code != 0 {
		if code == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="rehearsal"`)
		}
		http.Error(w, http.StatusText(code), code)
		return
	}
	if fault.Status != 0 {
		http.Error(w, http.StatusText(fault.Status), fault.Status)
		return
	}
	answer, err := s.ask(r, q, body, fault.Refuse)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if len(q.Updates) > 0 {
		s.pushed(q, accepted(q.Updates, answer.body.Bytes()))
	}
	s.count(repository, func(c *GitCount) { c.Out += int64(answer.body.Len()) })
	answer.send(w, fault.Cut)
}

// splitGitPath finds repository and service of a request; no service means that
// it is none of the smart protocol.
func splitGitPath(r *http.Request) (repository, service string, refs bool) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if repository, ok := strings.CutSuffix(path, "/info/refs"); ok {
		switch service := r.URL.Query().Get("service"); service {
		case "git-upload-pack", "git-receive-pack":
			return repository, service, true
		}
		return "", "", false
	}
	for _, service := range []string{"git-upload-pack", "git-receive-pack"} {
		if repository, ok := strings.CutSuffix(path, "/"+service); ok {
			return repository, service, false
		}
	}
	return "", "", false
}

// who is who asks, and the status for him if he may not.
func (s *GitServer) who(r *http.Request, write bool) (user string, status int) {
	if s.options.Who != nil {
		return s.options.Who(r, write)
	}
	return "rehearsal", s.refusedStatus(r, write)
}

// refusedStatus is the status for somebody who may not do this, 0 if he may.
func (s *GitServer) refusedStatus(r *http.Request, write bool) int {
	if s.options.Password == "" {
		return 0
	}
	_, given, basic := r.BasicAuth()
	if !basic {
		given = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	if same(given, s.options.Password) {
		return 0
	}
	if s.options.ReadPassword == "" || !same(given, s.options.ReadPassword) {
		return http.StatusUnauthorized
	}
	if write {
		return http.StatusForbidden
	}
	return 0
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// ask lets git answer. The body is whole by now: net/http/cgi refuses chunked
// ones, and git sends those above 1 MiB.
func (s *GitServer) ask(r *http.Request, q GitRequest, body []byte, refusal string) (*capture, error) {
	execPath, err := s.execPath()
	if err != nil {
		return nil, err
	}
	settings := []string{
		"http.receivepack=true", "receive.denyNonFastForwards=true", "receive.denyDeletes=true",
		"transfer.fsckObjects=true", "uploadpack.allowFilter=true", "uploadpack.allowAnySHA1InWant=true",
		"safe.directory=*", "gc.auto=0", "transfer.hideRefs=refs/rehearsal",
	}
	if s.options.Config != nil {
		settings = append(settings, s.options.Config(q.Repository)...)
	}
	env := []string{
		"GIT_PROJECT_ROOT=" + s.dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=" + q.User,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
	}
	if refusal != "" {
		hooks, err := s.refusingHooks()
		if err != nil {
			return nil, err
		}
		settings = append(settings, "core.hooksPath="+hooks)
		env = append(env, "FORGE_REFUSAL="+refusal)
	}
	env = append(env, configEnvironment(settings)...)

	r2 := r.Clone(r.Context())
	r2.Body, r2.ContentLength, r2.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	answer := &capture{header: http.Header{}, code: http.StatusOK}
	h := cgi.Handler{Path: filepath.Join(execPath, "git-http-backend"), Dir: s.dir, Env: env, Stderr: io.Discard}
	h.ServeHTTP(answer, r2)
	return answer, nil
}

// configEnvironment hands settings to git and to the programs that it starts.
func configEnvironment(settings []string) []string {
	env := []string{fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings))}
	for i, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return env
}

// refusingHooks is a folder with a pre-receive hook that refuses in the words
// of FORGE_REFUSAL, as forges do.
func (s *GitServer) refusingHooks() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hooks != "" {
		return s.hooks, nil
	}
	dir := filepath.Join(s.dir, ".hooks")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the folder of hooks: %w", err)
	}
	const script = "#!/bin/sh\n[ -z \"$FORGE_REFUSAL\" ] && exit 0\nprintf '%s\\n' \"$FORGE_REFUSAL\" >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(dir, "pre-receive"), []byte(script), 0o755); err != nil {
		return "", fmt.Errorf("write the refusing hook: %w", err)
	}
	s.hooks = dir
	return dir, nil
}

func (s *GitServer) pushed(q GitRequest, moved []RefUpdate) {
	s.count(q.Repository, func(c *GitCount) {
		if len(moved) == 0 {
			c.Refused++
			return
		}
		c.Pushes++
	})
	if len(moved) > 0 && s.options.OnPush != nil {
		s.options.OnPush(GitPush{Repository: q.Repository, User: q.User, Moved: moved})
	}
}

func (s *GitServer) count(repository string, change func(*GitCount)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts[repository]
	change(&c)
	s.counts[repository] = c
}

// pause waits, and reports false when the client has gone meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func unzipped(body []byte, encoding string) []byte {
	if encoding != "gzip" {
		return body
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil
	}
	return plain
}

// capture keeps an answer, so that it can be read, counted and lost.
type capture struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) WriteHeader(code int)        { c.code = code }
func (c *capture) Write(b []byte) (int, error) { return c.body.Write(b) }

func (c *capture) send(w http.ResponseWriter, cut Cut) {
	if cut == CutReply {
		panic(http.ErrAbortHandler)
	}
	for k, v := range c.header {
		w.Header()[k] = v
	}
	body := c.body.Bytes()
	if cut == CutMiddle {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		body = body[:len(body)/2]
	}
	w.WriteHeader(c.code)
	_, _ = w.Write(body) // the client may have gone: nothing to do about it
	if cut == CutMiddle {
		panic(http.ErrAbortHandler)
	}
}
