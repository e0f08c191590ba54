package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
)

// opened is a World and what has to be closed with it.
type opened struct{ *world.World }

// Close ends nothing: connections belong to the process.
func (opened) Close() error { return nil }

// openWorld connects the commands to git and Argo CD. It reaches nothing yet.
func openWorld(ctx context.Context, s settings.System, o cli.WorldOptions) (cli.World, error) {
	repos := map[shop.Repository]world.Repository{}
	for name, address := range map[shop.Repository]settings.Address{
		shop.AppRepository: s.App, shop.ConfigurationRepository: s.Configuration, shop.SystemRepository: s.System,
	} {
		if address.IsZero() {
			continue
		}
		options := git.Options{
			Address: address.URL, CacheDir: filepath.Join(o.Cache, "git"),
			Credentials: credentials(o.Getenv), Progress: progress{name, o.Log},
		}
		if name != shop.SystemRepository {
			options.Filter = "blob:none"
		}
		repo, err := git.Open(options)
		if err != nil {
			return nil, fmt.Errorf("open the %s repository: %w", name, err)
		}
		repos[name] = repo
	}
	argo, err := openArgoCD(s, o)
	if err != nil {
		return nil, err
	}
	options := world.Options{
		System: s.Name, Repositories: repos, Operation: o.Operation,

		Now: time.Now, Chance: rand.Float64,
		Identity: identity(ctx, s, o.Getenv),
		Cache:    filepath.Join(o.Cache, "systems", keyOf(s.System.URL)),
	}
	if argo != nil {
		options.ArgoCD = argo
	}
	if s.Demo && argo != nil {
		options.Now = clockOf(argo)
	}
	w, err := world.New(options)
	if err != nil {
		return nil, err
	}
	return opened{w}, nil
}

func openArgoCD(s settings.System, o cli.WorldOptions) (*argocd.Client, error) {
	if s.ArgoCD == "" {
		return nil, nil
	}
	find := sync.OnceValues(func() (argocd.Token, error) { return argoToken(s, o.Getenv) })
	client, err := argocd.New(argocd.Options{
		URL:   s.ArgoCD,
		Token: func(context.Context) (argocd.Token, error) { return find() },
	})
	if err != nil {
		return nil, fmt.Errorf("open Argo CD: %w", err)
	}
	return client, nil
}

func argoToken(s settings.System, getenv func(string) string) (argocd.Token, error) {
	if s.Demo {
		text, err := os.ReadFile(rehearsal.TokenFile(filepath.Dir(s.File)))
		if err != nil {
			return argocd.Token{}, nil // it answers who only reads
		}
		return argocd.NewToken(string(text)), nil
	}
	home, _ := os.UserHomeDir() // without one there is no login file to read
	login, err := argocd.FindLogin(s.ArgoCD, argocd.Environment{
		AuthToken: getenv("ARGOCD_AUTH_TOKEN"), Server: getenv("ARGOCD_SERVER"),
		Config: argocd.ConfigPath(home, getenv),
	})
	if errors.Is(err, argocd.ErrNoLogin) {
		return argocd.Token{}, nil
	}
	return login.Token, err
}

// clockOf takes the time from the demo's Argo CD, so that `demo advance` moves it.
func clockOf(argo *argocd.Client) func() time.Time {
	return func() time.Time {
		if at, ok := argo.Date(); ok {
			return at
		}
		return time.Now()
	}
}

// identity is asked for when the first commit is made, not before.
func identity(ctx context.Context, s settings.System, getenv func(string) string) func() (world.Identity, error) {
	return sync.OnceValues(func() (world.Identity, error) {
		dir, err := os.Getwd()
		if err != nil {
			dir = filepath.Dir(s.File)
		}
		name, email := git.Identity(ctx, dir, getenv)
		if name == "" || email == "" {
			return world.Identity{}, &shop.Fault{Kind: shop.NoIdentity}
		}
		actor := fmt.Sprintf("%s <%s>", name, email)
		if run := getenv("GITHUB_RUN_NUMBER"); run != "" && getenv("GITHUB_ACTIONS") == "true" {
			actor += fmt.Sprintf(" (run %s)", run)
		}
		return world.Identity{Actor: actor, Name: name, Email: email}, nil
	})
}

// progress hands on what a server says during a push, for --debug.
type progress struct {
	repo shop.Repository
	log  func(string, ...any)
}

func (p progress) Write(b []byte) (int, error) {
	if p.log != nil {
		p.log("%s repository: %s", p.repo, b)
	}
	return len(b), nil
}

func keyOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:8])
}
