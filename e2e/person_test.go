package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/e2e/stack"
	"github.com/shopctl/shopctl/internal/rehearsal"
)

// person is somebody with a laptop: a home of their own, clones of the
// repositories, the real git and the real shopctl.
type person struct {
	t    *testing.T
	name string // of the system
	home string
	url  string // of the git server
	env  []string
}

// repositories serves empty repositories and gives the person who owns them.
func repositories(t *testing.T, name string, o rehearsal.GitOptions) *person {
	t.Helper()
	return repositoriesBehind(t, name, o, func(next http.Handler) http.Handler { return next })
}

// repositoriesBehind serves them behind something that may fail.
func repositoriesBehind(t *testing.T, name string, o rehearsal.GitOptions, front func(http.Handler) http.Handler) *person {
	t.Helper()
	dir := bare(t)
	server := httptest.NewServer(front(rehearsal.NewGitServer(dir, o)))
	t.Cleanup(server.Close)
	p := newPerson(t, name, server.URL)
	if o.Password != "" {
		p.knows(o.Password)
	}
	return p
}

// knows lets this person's git give a password to every server that asks.
func (p *person) knows(password string) {
	p.t.Helper()
	p.git("config", "--global", "credential.helper", "!f() { echo username=mika; echo password="+password+"; }; f")
}

// bare makes empty repositories in a folder.
func bare(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, repo := range []string{"app", "configuration", "system"} {
		output(t, exec.Command("git", "init", "-q", "--bare", "-b", "main", filepath.Join(dir, repo+".git")))
	}
	return dir
}

// newPerson has a home of their own and works on the repositories at an address.
func newPerson(t *testing.T, name, url string) *person {
	t.Helper()
	p := &person{t: t, name: name, home: t.TempDir(), url: url}
	p.env = []string{
		"HOME=" + p.home, "PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "TZ=UTC",
		"XDG_CACHE_HOME=" + filepath.Join(p.home, "cache"), "XDG_STATE_HOME=" + filepath.Join(p.home, "state"),
		"XDG_CONFIG_HOME=" + filepath.Join(p.home, "config"),
	}
	p.git("config", "--global", "user.name", "Mika")
	p.git("config", "--global", "user.email", "mika@example.jp")
	return p
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *person) git(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env, cmd.Dir = p.env, p.home
	return output(p.t, cmd)
}

// login uses a token of an account of Argo CD from now on; empty: none.
func (p *person) login(account string) {
	p.t.Helper()
	token := ""
	if account != "" {
		var err error
		if token, err = world.ArgoCD.TokenOf(p.t.Context(), account); err != nil {
			p.t.Fatal(err)
		}
	}
	p.env = append(p.env, "ARGOCD_AUTH_TOKEN="+token) // the last one counts
}

// files are the files of a commit by path; an empty text removes one.
type files map[string]string

// commit writes, commits and pushes with plain git, and gives the commit's id.
func (p *person) commit(repo, branch, message string, change files) string {
	p.t.Helper()
	dir := filepath.Join(p.home, repo)
	if _, err := os.Stat(dir); err != nil {
		p.git("clone", "-q", p.url+"/"+repo+".git", dir)
	}
	p.git("-C", dir, "fetch", "-q", "origin")
	if cmd := exec.Command("git", "-C", dir, "rev-parse", "-q", "--verify", "origin/"+branch); cmd.Run() == nil {
		p.git("-C", dir, "checkout", "-q", "-B", branch, "origin/"+branch)
	} else {
		p.git("-C", dir, "checkout", "-q", "-B", branch)
	}
	for path, text := range change {
		file := filepath.Join(dir, path)
		if text == "" {
			p.git("-C", dir, "rm", "-q", path)
			continue
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			p.t.Fatal(err)
		}
	}
	p.git("-C", dir, "add", "-A")
	p.git("-C", dir, "commit", "-q", "-m", message)
	p.git("-C", dir, "push", "-q", "origin", branch)
	return p.git("-C", dir, "rev-parse", "HEAD")
}

// tip is the commit of a branch on the server.
func (p *person) tip(repo, branch string) string {
	p.t.Helper()
	id, _, _ := strings.Cut(p.git("ls-remote", p.url+"/"+repo+".git", "refs/heads/"+branch), "\t")
	return id
}

// said is what a shopctl command answered.
type said struct {
	t              *testing.T
	line           string
	stdout, stderr string
	exit           int
}

// patience is how long one command may take.
const patience = 4 * time.Minute

// shopctl runs the real binary as this person would, with the wanted exit code.
func (p *person) shopctl(exit int, args ...string) said {
	p.t.Helper()
	s := p.try(args...)
	if s.exit != exit {
		p.t.Fatalf("%s: exit %d, want %d", s.line, s.exit, exit)
	}
	return s
}

// try runs the real binary, whatever its exit code.
func (p *person) try(args ...string) said {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Getenv("E2E_SHOPCTL"), args...)
	cmd.Env, cmd.Dir = p.env, p.home
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	s := said{t: p.t, line: "shopctl " + strings.Join(args, " "), stdout: stdout.String(), stderr: stderr.String()}
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		s.exit = failed.ExitCode()
	case err != nil:
		p.t.Fatalf("%s: %v", s.line, err)
	}
	p.t.Logf("$ %s   # exit %d, %.1f s\n%s%s", s.line, s.exit, time.Since(began).Seconds(), s.stderr, s.stdout)
	return s
}

// says demands a text on one of the two streams.
func (s said) says(texts ...string) said {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.stdout+s.stderr, text) {
			s.t.Errorf("%s: does not say %q", s.line, text)
		}
	}
	return s
}

// decode reads the JSON of a command that was run with --json.
func (s said) decode(into any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.stdout), into); err != nil {
		s.t.Fatalf("%s: %v\n%s", s.line, err, s.stdout)
	}
}

// until asks again until there is no error; a wait that ends by time is a failure.
func until(t *testing.T, what string, ask func() error) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%s: %v", what, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// image is what a Deployment of the real cluster is to run.
func image(t *testing.T, namespace string) string {
	t.Helper()
	var d struct {
		Spec struct {
			Template struct {
				Spec struct{ Containers []struct{ Image string } }
			}
		}
	}
	if err := world.Kube.Get(t.Context(), "/apis/apps/v1/namespaces/"+namespace+"/deployments/web", &d); err != nil {
		return err.Error()
	}
	return d.Spec.Template.Spec.Containers[0].Image
}

// base is the app repository of a shop application that runs an image.
func base(image string) files {
	return files{
		"k8s/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\n",
		"k8s/web.yaml":           fmt.Sprintf(web, image),
	}
}

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  progressDeadlineSeconds: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: %s
          envFrom: [{configMapRef: {name: shopset}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 3000}]
`

// shopFile is a Shop of the intent, as a person writes it by hand.
func shopFile(name, shopset string) files {
	sum := sha256.Sum256([]byte(name))
	return files{fmt.Sprintf("shops/%x/%s.yaml", sum[:1], name): "apiVersion: shopset.dev/v1alpha1\nkind: Shop\nmetadata:\n  name: " + name +
		"\nspec:\n  hosts: [" + name + ".example.jp]\n  shopset: " + shopset + "\n"}
}

// remove deletes an object of the cluster by its path.
func remove(t *testing.T, path string) {
	t.Helper()
	if err := world.Kube.Send(t.Context(), http.MethodDelete, path, "", nil, nil); err != nil {
		t.Fatal(err)
	}
}

// gone reports an error while something is still at a path of the cluster.
func gone(t *testing.T, path string) error {
	var refused *stack.Refusal
	switch err := world.Kube.Get(t.Context(), path, nil); {
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%s is still there", path)
}

// revive starts a server that is gone and waits until it answers.
func revive(t *testing.T, process *stack.Process) {
	t.Helper()
	if process.Running() {
		return
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	// t.Context has ended when this is called to clean up.
	if err := world.ArgoCD.Answers(context.WithoutCancel(t.Context()), process); err != nil {
		t.Fatal(err)
	}
}

// outage answers everybody but shopctl itself with 500 while it lasts.
func outage(lasts *atomic.Bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if lasts.Load() && r.UserAgent() != "git/shopctl" {
				http.Error(w, "out of order", http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
