package forge

import (
	"bytes"
	"encoding/json"
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
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// scene is a forge over one repository with the branches main, tier-0, tier-1
// and tier-2, each request and answer held against GitHub's description.
type scene struct {
	t     *testing.T
	forge *Forge
	check *validated
	url   string
	bare  string
	clone string

	mu    sync.Mutex
	now   time.Time
	moved []string
	token string // that "thin" sends
}

// Who is who: ada administers, bea and cid write, dan reads, eve has no role.
var cast = []Person{
	{Login: "ada", Name: "Ada", Email: "ada@example.com", Role: Admin},
	{Login: "bea", Name: "Bea", Email: "bea@example.com", Role: Write},
	{Login: "cid", Name: "Cid", Email: "cid@example.com", Role: Write},
	{Login: "dan", Name: "Dan", Email: "dan@example.com", Role: Read},
	{Login: "eve", Name: "Eve", Email: "eve@example.com"},
	{Login: "ship[bot]", Name: "ship", Email: "ship@example.com", Role: Write, App: 77},
	{Login: actionsBot, Name: "actions", Email: "actions@example.com", Role: Write, App: ActionsApp},
}

// template is made once and copied: git is slow to start.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "forge")
	if err != nil {
		return "", err
	}
	script := `set -e
git init -q --bare --template= -b tier-0 app.git
git init -q --template= -b tier-0 clone
cd clone
printf 'a\n' > a
git add . && git commit -q -m 'Begin'
git branch main && git branch tier-1 && git branch tier-2
git remote add origin ../app.git
git push -q origin main tier-0 tier-1 tier-2
printf 'x\n' > b
git add . && git commit -q -m 'Write b

In b.'
git push -q origin HEAD:refs/prepared/b`
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir, cmd.Env = dir, gitEnvironment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return dir, err
})

func gitEnvironment() []string {
	return append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Bea", "GIT_AUTHOR_EMAIL=bea@example.com", "GIT_COMMITTER_NAME=Bea", "GIT_COMMITTER_EMAIL=bea@example.com",
		"GIT_AUTHOR_DATE=1763640000 +0000", "GIT_COMMITTER_DATE=1763640000 +0000")
}

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := template(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func newScene(t *testing.T) *scene {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	s := &scene{t: t, now: noon, bare: filepath.Join(dir, "app.git"), clone: filepath.Join(dir, "clone")}
	s.forge = s.open(nil)
	s.check = &validated{handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.forge.ServeHTTP(w, r) }), report: t.Errorf, seen: passed}
	server := httptest.NewServer(s.check)
	t.Cleanup(server.Close)
	s.url = server.URL
	if s.check.router, err = router(server.URL); err != nil {
		t.Fatal(err)
	}
	if err := s.forge.Break(Quirk{Name: "fresh"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// again is the scene without rules, statuses and quirks, and with a branch where
// it was.
func (s *scene) again(t *testing.T, branch, id string) {
	t.Helper()
	s.t = t
	s.must(s.forge.Unprotect("app"))
	s.forge.Mend()
	r, err := s.forge.find("app")
	s.must(err)
	r.Statuses, r.Runs = nil, nil
	s.git(s.bare, "update-ref", "refs/heads/"+branch, id)
}

// passed are the operations that some test had validated.
var passed = map[string]bool{}

func (s *scene) open(state []byte) *Forge {
	s.t.Helper()
	f, err := New(Options{
		Dir: filepath.Dir(s.bare), Owner: "acme", Repositories: []string{"app"}, People: cast, State: state,
		Now: func() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now },
		Moved: func(_ string, moves []Move) {
			for _, m := range moves {
				s.moved = append(s.moved, m.Ref)
			}
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

func (s *scene) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *scene) git(dir string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, gitEnvironment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes a file on a branch, behind the forge's back, and gives the id.
// A branch that is new begins at tier-0.
func (s *scene) commit(branch, file, text string) string {
	s.t.Helper()
	if branch == "b" && file == "b" && s.tip("b") == "" { // most tests need this one
		s.git(s.bare, "update-ref", "refs/heads/b", "refs/prepared/b")
		return s.tip("b")
	}
	s.git(s.clone, "fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
	from := "origin/" + branch
	if s.tip(branch) == "" {
		from = "origin/tier-0"
	}
	s.git(s.clone, "checkout", "-q", "-B", "work", from)
	if err := os.WriteFile(filepath.Join(s.clone, file), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	s.git(s.clone, "add", ".")
	s.git(s.clone, "commit", "-q", "-m", "Write "+file+"\n\nIn "+branch+".")
	s.git(s.clone, "push", "-q", "origin", "HEAD:refs/heads/"+branch)
	return s.tip(branch)
}

func (s *scene) tip(branch string) string {
	out, _ := exec.Command("git", "--git-dir="+s.bare, "rev-parse", "-q", "--verify", "refs/heads/"+branch).Output()
	return strings.TrimSpace(string(out))
}

// push is a git push by somebody, as the pre-receive hook judges it; it gives
// what the hook says.
func (s *scene) push(login, branch, id string) string {
	s.t.Helper()
	old := s.tip(branch)
	if old == "" {
		old = noCommit
	}
	p := Push{Repository: "app.git", User: login, Moves: []Move{{"refs/heads/" + branch, old, id}}}
	if why := s.forge.Judge(p); why != "" {
		return why
	}
	s.git(s.bare, "update-ref", "refs/heads/"+branch, id)
	s.forge.Pushed(p)
	return ""
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	json   any
}

// at walks into the JSON: "head.sha", "errors.0.message".
func (a answer) at(path string) any {
	v := a.json
	for step := range strings.SplitSeq(path, ".") {
		switch o := v.(type) {
		case map[string]any:
			v = o[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(o) {
				return nil
			}
			v = o[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) count() int {
	list, _ := a.json.([]any)
	return len(list)
}

// ask sends a request to the API as somebody; an empty login sends no token. A
// path that begins with / is below the repository.
func (s *scene) ask(login, method, path string, body any, headers ...string) answer {
	s.t.Helper()
	address := s.url + "/api/v3/repos/acme/app" + path
	if !strings.HasPrefix(path, "/") && path != "" {
		address = s.url + "/" + path
	}
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	r, err := http.NewRequest(method, address, in)
	if err != nil {
		s.t.Fatal(err)
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	token := s.forge.TokenOf(login)
	if login == "thin" {
		token = s.token
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(data)}
	_ = json.Unmarshal(data, &a.json) // a page is none
	return a
}

// pull opens a pull request of bea's.
func (s *scene) pull(head, base string) int {
	s.t.Helper()
	a := s.ask("bea", "POST", "/pulls", object{"title": head, "head": "acme:" + head, "base": base})
	if a.status != http.StatusCreated {
		s.t.Fatalf("open %s -> %s: %d %s", head, base, a.status, a.body)
	}
	return int(a.at("number").(float64))
}

// feature is a branch with a commit and its pull request into tier-0.
func (s *scene) feature(name string) (number int, sha string) {
	s.t.Helper()
	sha = s.commit(name, strings.ReplaceAll(name, "/", "-"), "x\n")
	return s.pull(name, "tier-0"), sha
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// mistake lets the forge answer otherwise than it does.
func (s *scene) mistake(change func(body string) (int, string)) {
	s.check.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		s.forge.ServeHTTP(rec, r)
		status, body := change(rec.Body.String())
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// reports collects what the validation says, instead of failing the test.
func (s *scene) reports() *[]string {
	var said []string
	s.check.report = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	return &said
}

// newGitRequest is what git sends, its token as a password.
func newGitRequest(token string) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodGet, "http://forge.example/app.git/info/refs?service=git-receive-pack", nil)
	if err == nil && token != "" {
		r.SetBasicAuth("x-access-token", token)
	}
	return r, err
}
