package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/shopctl/shopctl/internal/login"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/github"
)

// tokens finds the tokens of one system. Which servers it has may be said by a
// repository, so each token goes only to the host that it was given for. Each
// host is looked up once.
type tokens struct {
	system settings.System
	getenv func(string) string
	hide   func(string) // keeps a token out of what is printed; nil: nobody prints
	store  login.Store

	mu    sync.Mutex
	found map[string]foundToken
}

type foundToken struct {
	text, source string
	err          error
}

func newTokens(s settings.System, getenv func(string) string, hide func(string)) *tokens {
	// Where no keyring is, the logins stand beside the user's settings.
	file := filepath.Join(filepath.Dir(settings.PathsFrom(getenv).Settings), "logins.json")
	return &tokens{
		system: s, getenv: getenv, hide: hide, found: map[string]foundToken{},
		store: login.Store{File: file, Ring: login.SystemRing(getenv)},
	}
}

// demo is where the token of a demo comes from.
const demo = "the demo"

// forge is the forge's token for a host and where it comes from; both are empty
// when there is none: that of the environment, a login that is kept, gh's.
func (t *tokens) forge(ctx context.Context, host string) (text, source string, err error) {
	if token, name, only := login.FromEnvironment(t.getenv); token != "" && login.SameHost(host, only) {
		return token, name, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	f, known := t.found[host]
	if !known {
		f.text, f.source, f.err = t.kept(ctx, host)
		t.conceal(f.text)
		t.found[host] = f
	}
	return f.text, f.source, f.err
}

func (t *tokens) kept(ctx context.Context, host string) (text, source string, err error) {
	k, where, err := t.store.Find(ctx, login.Forge, host)
	switch {
	case err == nil && k.GH:
		return ghToken(ctx, host), "gh", nil
	case err == nil:
		return k.Token, where, nil
	case !errors.Is(err, login.ErrNone):
		return "", "", err //nolint:wrapcheck // it names the file
	case t.system.Demo && login.SameHost(host, login.HostOfAPI(t.system.API)):
		return t.demoToken(rehearsal.ForgeTokenFile)
	}
	return "", "", nil
}

func (t *tokens) conceal(token string) {
	if token != "" && t.hide != nil {
		t.hide(token)
	}
}

func (t *tokens) demoToken(file func(dir string) string) (text, source string, err error) {
	data, err := os.ReadFile(file(filepath.Dir(t.system.File)))
	if err != nil {
		return "", "", nil //nolint:nilerr // it answers who has none
	}
	return strings.TrimSpace(string(data)), demo, nil
}

// forgeToken is the token for the system's forge, as its client wants it.
func (t *tokens) forgeToken(ctx context.Context) (github.Token, error) {
	text, _, err := t.forge(ctx, login.HostOfAPI(t.system.API))
	return github.NewToken(text), err
}

// argoCD finds the login for the system's Argo CD: the variable if it is for
// this server, what is kept, what `argocd login` wrote.
func (t *tokens) argoCD(ctx context.Context) (argocd.Login, error) {
	k, where, err := t.store.Find(ctx, login.ArgoCD, hostAt(t.system.ArgoCD))
	if err != nil && !errors.Is(err, login.ErrNone) {
		return argocd.Login{}, err //nolint:wrapcheck // it names the file
	}
	env := argocd.Environment{
		AuthToken: t.getenv("ARGOCD_AUTH_TOKEN"), Server: t.getenv("ARGOCD_SERVER"), Known: k.Token != "",
	}
	if t.system.Demo && env.Server == "" {
		env.AuthToken = "" // it is for another one
	}
	t.conceal(k.Token)
	home, _ := os.UserHomeDir() // without one there is no login file to read
	env.Config = argocd.ConfigPath(home, t.getenv)
	found, err := argocd.FindLogin(t.system.ArgoCD, env)
	switch {
	case err == nil && found.Source == "ARGOCD_AUTH_TOKEN":
	case k.Token != "":
		return argocd.NewLogin(k.Token, where), nil
	case errors.Is(err, argocd.ErrNoLogin) && t.system.Demo:
		if text, source, _ := t.demoToken(rehearsal.TokenFile); text != "" {
			return argocd.NewLogin(text, source), nil
		}
	}
	return found, err //nolint:wrapcheck // it says what is wrong
}

// forget lets the next question look again.
func (t *tokens) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.found)
}

// ghToken asks gh for its token; empty when gh is not there or has none.
func ghToken(ctx context.Context, host string) string {
	cmd := exec.CommandContext(ctx, "gh", "auth", "token", "--hostname", host)
	cmd.Env = append(withoutTokens(os.Environ()), "GH_PROMPT_DISABLED=1")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
