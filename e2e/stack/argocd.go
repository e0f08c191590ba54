package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// ArgoCD is Argo CD without its web page: server, application-controller and
// repo-server, with redis.
type ArgoCD struct {
	*API                           // of the administrator
	Server, Controller, RepoServer *Process

	ready map[*Process]string // the address that answers when it works
}

const adminPassword = "e2e-administrator"

// Accounts are the accounts of this Argo CD and what each may do. The rights of
// shopctl are the least it works with: to read and sync the Applications of the
// projects of tiers, and to write those projects and their roots.
const Accounts = `
p, role:shopctl, applications, get, *-tier-*/*, allow
p, role:shopctl, applications, sync, *-tier-*/*, allow
p, role:shopctl, applications, create, *-tier-*/*, allow
p, role:shopctl, applications, update, *-tier-*/*, allow
p, role:shopctl, projects, get, *-tier-*, allow
p, role:shopctl, projects, create, *-tier-*, allow
p, role:shopctl, projects, update, *-tier-*, allow
g, shopctl, role:shopctl
g, reader, role:readonly
`

func startArgoCD(ctx context.Context, l *launcher, dir string, programs Programs, kube *Kube) (*ArgoCD, error) {
	ports, err := freePorts(6)
	if err != nil {
		return nil, err
	}
	redis, repo, repoMetrics, metrics, api, apiMetrics := ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]
	a := &ArgoCD{API: &API{URL: "http://127.0.0.1:" + api, Client: &http.Client{}}}
	if err := a.configure(ctx, kube); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "redis")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, err
	}
	if _, err := l.launch("redis", programs.Redis, os.Environ(), "--port", redis, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", data); err != nil {
		return nil, err
	}
	environment, err := argoEnvironment(dir, programs, kube)
	if err != nil {
		return nil, err
	}
	run := func(name string, args ...string) (p *Process) {
		if err == nil {
			p, err = l.launch(name, filepath.Join(programs.Argo, "argocd"), append(slices.Clip(environment), "ARGOCD_BINARY_NAME="+name), args...)
		}
		return p
	}
	a.RepoServer = run("argocd-repo-server", "--address", "127.0.0.1", "--port", repo,
		"--metrics-address", "127.0.0.1", "--metrics-port", repoMetrics, "--redis", "127.0.0.1:"+redis)
	a.Controller = run("argocd-application-controller", "--redis", "127.0.0.1:"+redis, "--repo-server", "127.0.0.1:"+repo,
		"--metrics-port", metrics, "--app-resync", "180", "--self-heal-timeout-seconds", "1")
	a.Server = run("argocd-server", "--insecure", "--address", "127.0.0.1", "--port", api, "--metrics-port", apiMetrics,
		"--redis", "127.0.0.1:"+redis, "--repo-server", "127.0.0.1:"+repo, "--dex-server", "http://127.0.0.1:1") // no Dex: nobody listens there
	if err != nil {
		return nil, err
	}
	a.ready = map[*Process]string{
		a.RepoServer: "http://127.0.0.1:" + repoMetrics + "/healthz?full=true",
		a.Controller: "http://127.0.0.1:" + metrics + "/healthz",
		a.Server:     a.URL + "/healthz?full=true",
	}
	for p := range a.ready {
		if err := a.Answers(ctx, p); err != nil {
			return nil, err
		}
	}
	return a, a.login(ctx)
}

// Answers waits until one of the three servers works.
func (a *ArgoCD) Answers(ctx context.Context, p *Process) error {
	return eventually(ctx, p.Name, p, func(ctx context.Context) error {
		one := &API{URL: a.ready[p], Client: a.Client}
		return one.Send(ctx, http.MethodGet, "", "", nil, nil)
	})
}

// argoEnvironment is Argo CD's own way to run outside a cluster: the address
// of "this cluster" means that of $KUBECONFIG then.
func argoEnvironment(dir string, programs Programs, kube *Kube) ([]string, error) {
	environment := []string{
		"ARGOCD_ASK_PASS_SOCK=" + filepath.Join(dir, "askpass.sock"), // else all stacks of a machine share one
		"ARGOCD_FAKE_IN_CLUSTER=true", "ARGOCD_GPG_ENABLED=false", "KUBECONFIG=" + kube.Config,
		"PATH=" + programs.Argo + string(os.PathListSeparator) + os.Getenv("PATH"), // it calls argocd and kustomize by name
	}
	for _, d := range []struct{ name, path string }{
		{"HOME", "home"}, {"TMPDIR", "tmp"}, {"ARGOCD_PLUGINSOCKFILEPATH", "plugins"}, {"ARGOCD_TLS_DATA_PATH", "tls"},
		{"ARGOCD_SSH_DATA_PATH", "ssh"}, {"ARGOCD_GNUPGHOME", "gpg/keys"}, {"ARGOCD_GPG_DATA_PATH", "gpg/source"},
	} {
		path := filepath.Join(dir, "argocd", d.path)
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, err
		}
		environment = append(environment, d.name+"="+path)
	}
	return environment, nil
}

func (a *ArgoCD) configure(ctx context.Context, kube *Kube) error {
	hash, err := bcrypt.GenerateFromPassword([]byte(adminPassword), bcrypt.MinCost)
	if err != nil {
		return err
	}
	if err := kube.create(ctx, map[string][]string{"/api/v1/namespaces": {argoNamespace}}); err != nil {
		return err
	}
	return kube.create(ctx, map[string][]string{
		"/api/v1/namespaces/argocd/configmaps": {
			configMap("argocd-cm", map[string]string{
				"url": a.URL, "application.resourceTrackingMethod": "annotation",
				"accounts.shopctl": "apiKey", "accounts.reader": "apiKey", "accounts.nobody": "apiKey",
			}),
			configMap("argocd-rbac-cm", map[string]string{"policy.csv": Accounts}),
			configMap("argocd-tls-certs-cm", nil), configMap("argocd-ssh-known-hosts-cm", nil), configMap("argocd-gpg-keys-cm", nil),
		},
		"/api/v1/namespaces/argocd/secrets": {labelled("Secret", "argocd-secret", "stringData", map[string]string{
			"admin.password": string(hash), "admin.passwordMtime": time.Now().UTC().Format(time.RFC3339),
			"server.secretkey": "e2e-of-shopctl-e2e-of-shopctl-00", "webhook.github.secret": WebhookSecret,
		})},
	})
}

// WebhookSecret signs what a forge tells Argo CD.
const WebhookSecret = "e2e-webhook"

func (a *ArgoCD) login(ctx context.Context) error {
	body, err := json.Marshal(map[string]string{"username": "admin", "password": adminPassword})
	if err != nil {
		return err
	}
	var session struct{ Token string }
	if err := a.Send(ctx, http.MethodPost, "/api/v1/session", JSON, body, &session); err != nil {
		return fmt.Errorf("log in to Argo CD: %w", err)
	}
	a.API.Token = session.Token
	return nil
}

// TokenOf makes a token of an account.
func (a *ArgoCD) TokenOf(ctx context.Context, account string) (string, error) {
	var made struct{ Token string }
	err := a.Send(ctx, http.MethodPost, "/api/v1/account/"+account+"/token", JSON, []byte("{}"), &made)
	return made.Token, err
}

// Permit gives Argo CD the password of a private repository.
func (a *ArgoCD) Permit(ctx context.Context, repository, user, password string) error {
	body, err := json.Marshal(map[string]string{"repo": repository, "username": user, "password": password})
	if err != nil {
		return err
	}
	return a.Send(ctx, http.MethodPost, "/api/v1/repositories", JSON, body, nil)
}

// Port is the port that the server listens on.
func (a *ArgoCD) Port() string { return a.URL[strings.LastIndexByte(a.URL, ':')+1:] }
