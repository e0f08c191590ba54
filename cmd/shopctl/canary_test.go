package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/login"
)

// The tokens that must not be seen anywhere.
const (
	forgeCanary = "ghp_CANARYforge0123456789abcdef"
	argoCanary  = "CANARYargo.0123456789.abcdef"
)

// badServers answer every request wrongly. Some repeat what they were sent, as
// a proxy that is debugged does.
func badServers() map[string]http.HandlerFunc {
	repeat := func(status int, kind string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			if status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			}
			_, password, _ := r.BasicAuth()
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"message":"you sent %s %s","error":"you sent %s %s"}`, r.Header.Get("Authorization"), password, r.Header.Get("Authorization"), password)
		}
	}
	return map[string]http.HandlerFunc{
		"401 that repeats": repeat(http.StatusUnauthorized, "application/json"),
		"403 that repeats": repeat(http.StatusForbidden, "application/json"),
		"404":              func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) },
		"422 that repeats": repeat(http.StatusUnprocessableEntity, "application/json"),
		"500 that repeats": repeat(http.StatusInternalServerError, "text/plain"),
		"200 that repeats": repeat(http.StatusOK, "application/json"),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/x?"+r.URL.RawQuery, http.StatusFound)
		},
		"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
}

// The tokens of the environment, and those that are kept, are in no output, no
// file but that of the logins, and in no other program's words or environment:
// with every flag that talks more, against servers that fail in every way.
func TestCanary(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	commands := [][]string{
		{"status"}, {"doctor"}, {"auth", "status"}, {"auth", "status", "--json"}, {"promote", "tier-1", "--yes", "--confirm=tier-1"},
		{"reconcile", "--yes"}, {"releases"}, {"activity"}, {"wait", "tier-0", "--timeout=1s"}, {"render", "tier-0"}, {"sync", "tier-0", "--yes"},
		{"auth", "login", "--with-token"}, {"auth", "logout"}, {"settings", "list"}, {"pr", "list"}, {"why", "tier-1"},
	}
	for name, answer := range badServers() {
		for _, kept := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, kept %v", name, kept), func(t *testing.T) {
				t.Parallel()
				c := newCanary(t, self, answer, kept)
				for i, words := range commands {
					flags := [][]string{{"-v"}, {"--debug"}, {"--debug", "--ci=github"}}[i%3]
					c.run(append(append([]string{}, words...), flags...))
				}
				c.search()
			})
		}
	}
}

type canary struct {
	t    *testing.T
	self string
	home string
	env  []string
}

// newCanary is a home, a system whose servers are all one that answers wrongly,
// and programs that write down what they are called with.
func newCanary(t *testing.T, self string, answer http.HandlerFunc, kept bool) *canary {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	server.Config.ErrorLog = nil
	host := strings.TrimPrefix(server.URL, "http://")
	c := &canary{t: t, self: self, home: t.TempDir()}
	bin := filepath.Join(c.home, "bin")
	c.write("bin/gh", "#!/bin/sh\n(echo \"$0 $@\"; env) >> "+filepath.Join(c.home, "programs")+"\nexit 1\n", 0o700)
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	c.write("bin/git", "#!/bin/sh\n(echo \"$0 $@\"; env) >> "+filepath.Join(c.home, "programs")+"\nexec "+git+" \"$@\"\n", 0o700)
	c.write(".shopctl.yml", strings.ReplaceAll(`name: canary
system: URL/acme/system.git
app: URL/acme/app.git
argocd: URL
forge: github
api: URL/api/v3
`, "URL", server.URL), 0o600)
	c.env = []string{"HOME=" + c.home, "PATH=" + bin + ":" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "SHOPCTL_FORCE_TTY=200", "SHOPCTL_WAIT_TIMEOUT=1s"}
	if kept {
		store := login.Store{File: filepath.Join(c.home, ".config", "shopctl", "logins.json")}
		for side, token := range map[login.Side]string{login.Forge: forgeCanary, login.ArgoCD: argoCanary} {
			if _, err := store.Keep(t.Context(), side, host, login.Kept{Token: token}); err != nil {
				t.Fatal(err)
			}
		}
	} else {
		c.env = append(c.env, "SHOPCTL_TOKEN="+forgeCanary, "SHOPCTL_TOKEN_HOST="+host, "ARGOCD_AUTH_TOKEN="+argoCanary, "ARGOCD_SERVER="+host)
	}
	return c
}

func (c *canary) write(name, content string, mode fs.FileMode) {
	c.t.Helper()
	file := filepath.Join(c.home, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		c.t.Fatal(err)
	}
}

// run runs the program as a person would; how it ends does not matter here.
func (c *canary) run(words []string) {
	cmd := exec.CommandContext(c.t.Context(), c.self, words...)
	cmd.Args[0] = "shopctl" // so the test binary is the program
	cmd.Dir, cmd.Env, cmd.Stdin = c.home, c.env, strings.NewReader(forgeCanary+"\n")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run()
	if out.Len() == 0 && !strings.Contains(strings.Join(words, " "), "logout") {
		c.t.Errorf("%q says nothing: it did not run", words)
	}
	c.look(fmt.Sprintf("the output of %q", words), out.String())
}

// search looks into every file that was left.
func (c *canary) search() {
	if _, err := os.Stat(filepath.Join(c.home, "programs")); err != nil {
		c.t.Error("no other program was started")
	}
	err := filepath.WalkDir(c.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "logins.json" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		c.look(path, string(data))
		return err
	})
	if err != nil {
		c.t.Error(err)
	}
}

func (c *canary) look(where, text string) {
	for _, token := range []string{forgeCanary, argoCanary} {
		if i := strings.Index(text, token); i >= 0 {
			c.t.Errorf("a token is in %s: …%s…", where, text[max(0, i-200):min(len(text), i+60)])
		}
	}
}
