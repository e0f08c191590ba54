package rehearsal

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// gitRun runs git apart from the settings of whoever runs the tests.
func gitRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := gitTry(dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

func gitTry(dir string, args ...string) (string, error) {
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ryu", "GIT_AUTHOR_EMAIL=ryu@example.com", "GIT_COMMITTER_NAME=Ryu", "GIT_COMMITTER_EMAIL=ryu@example.com")
	out, err := c.CombinedOutput()
	return string(out), err
}

// served is a folder with app.git behind a server, and a clone with one commit
// on main that is not pushed yet.
func served(t *testing.T, o GitOptions) (s *GitServer, url, clone string) {
	t.Helper()
	dir := t.TempDir()
	gitRun(t, dir, "init", "-q", "--bare", "-b", "main", "app.git")
	s = NewGitServer(dir, o)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	h.Config.ErrorLog = nil
	clone = filepath.Join(t.TempDir(), "clone")
	gitRun(t, dir, "init", "-q", "-b", "main", clone)
	gitRun(t, clone, "remote", "add", "origin", h.URL+"/app.git")
	commitFile(t, clone, "README.md", "hello\n")
	return s, h.URL + "/app.git", clone
}

func commitFile(t *testing.T, clone, name, text string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(clone, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	gitRun(t, clone, "add", ".")
	gitRun(t, clone, "commit", "-q", "-m", "Write "+name)
	return gitRun(t, clone, "rev-parse", "HEAD")
}

func TestGitServerPushAndClone(t *testing.T) {
	var pushes []GitPush
	s, url, clone := served(t, GitOptions{OnPush: func(p GitPush) { pushes = append(pushes, p) }})
	big := commitFile(t, clone, "big", strings.Repeat("incompressible is what this is not\n", 100))
	// Above 1 MiB git sends chunked bodies, whatever the pack holds.
	gitRun(t, clone, "-c", "http.postBuffer=1", "push", "-q", "origin", "main")
	gitRun(t, clone, "push", "-q", "origin", "main") // nothing to do
	zero := strings.Repeat("0", 40)
	want := []GitPush{{Repository: "app.git", User: "rehearsal", Moved: []RefUpdate{{Ref: "refs/heads/main", Old: zero, New: big}}}}
	if d := cmp.Diff(want, pushes); d != "" {
		t.Errorf("pushes (-want +got)\n%s", d)
	}
	c := s.Count("app.git")
	if c.Pushes != 1 || c.Refused != 0 || c.Requests < 4 || c.In == 0 || c.Out == 0 {
		t.Errorf("counts: %+v", c)
	}
	again := filepath.Join(t.TempDir(), "again")
	gitRun(t, clone, "clone", "-q", "--filter=blob:none", url, again)
	if got := gitRun(t, again, "rev-parse", "HEAD"); got != big {
		t.Errorf("cloned %s, want %s", got, big)
	}
}

func TestGitServerRefuses(t *testing.T) {
	s, _, clone := served(t, GitOptions{})
	first := gitRun(t, clone, "rev-parse", "HEAD")
	gitRun(t, clone, "push", "-q", "origin", "main", "main:tier-1") // git itself keeps the branch of HEAD
	gitRun(t, clone, "commit", "-q", "--amend", "-m", "Rewritten")
	for name, args := range map[string][]string{
		"a rewind":   {"push", "--force", "origin", "main"},
		"a deletion": {"push", "origin", ":tier-1"},
	} {
		if out, err := gitTry(clone, args...); err == nil {
			t.Errorf("%s went through:\n%s", name, out)
		}
	}
	if got := gitRun(t, clone, "ls-remote", "origin", "main"); !strings.HasPrefix(got, first) {
		t.Errorf("main is %s, want %s", got, first)
	}
	if c := s.Count("app.git"); c.Pushes != 1 || c.Refused != 2 {
		t.Errorf("counts: %+v", c)
	}
}

func TestGitServerFaults(t *testing.T) {
	receive := func(f GitFault) func(GitRequest) GitFault {
		return func(r GitRequest) GitFault {
			if len(r.Updates) == 0 {
				return GitFault{}
			}
			return f
		}
	}
	tests := map[string]struct {
		options GitOptions
		url     string // user and password
		want    string // in what git says; empty: success
		moved   bool
		args    []string
	}{
		"healthy":           {moved: true},
		"no atomic":         {options: GitOptions{Config: func(string) []string { return []string{"receive.advertiseAtomic=false"} }}, args: []string{"--atomic"}, want: "atomic"},
		"GH006":             {options: GitOptions{Fault: receive(GitFault{Refuse: "error: GH006: Protected branch update failed for refs/heads/main."})}, want: "remote: error: GH006: Protected branch"},
		"server error":      {options: GitOptions{Fault: func(GitRequest) GitFault { return GitFault{Status: 503} }}, want: "503"},
		"cut before":        {options: GitOptions{Fault: receive(GitFault{Cut: CutRequest})}, want: "fatal"},
		"reply swallowed":   {options: GitOptions{Fault: receive(GitFault{Cut: CutReply})}, want: "fatal", moved: true},
		"cut in the middle": {options: GitOptions{Fault: receive(GitFault{Cut: CutMiddle})}, want: "fatal", moved: true},
		"no password":       {options: GitOptions{Password: "secret"}, want: "could not read Username"},
		"wrong password":    {options: GitOptions{Password: "secret"}, url: "ryu:wrong@", want: "Authentication failed"},
		"password":          {options: GitOptions{Password: "secret"}, url: "ryu:secret@", moved: true},
		"only reading":      {options: GitOptions{Password: "secret", ReadPassword: "look"}, url: "ryu:look@", want: "403"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, url, clone := served(t, tt.options)
			gitRun(t, clone, "remote", "set-url", "origin", strings.Replace(url, "http://", "http://"+tt.url, 1))
			out, err := gitTry(clone, append(append([]string{"push"}, tt.args...), "origin", "main")...)
			if (err == nil) != (tt.want == "") || !strings.Contains(out, tt.want) {
				t.Errorf("push: %v, want %q in:\n%s", err, tt.want, out)
			}
			_, err = os.Stat(filepath.Join(s.dir, "app.git", "refs", "heads", "main"))
			if moved := err == nil; moved != tt.moved {
				t.Errorf("main moved: %v, want %v", moved, tt.moved)
			}
		})
	}
}

func TestGitServerIsOnlyGit(t *testing.T) {
	_, url, _ := served(t, GitOptions{})
	for _, path := range []string{"/HEAD", "/config", "/info/refs", "/../app.git/config"} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}
