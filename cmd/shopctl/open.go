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
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
	"github.com/shopctl/shopctl/internal/world/github"
)

// opened is a World and what has to be closed with it.
type opened struct {
	*world.World
	forge *github.Client // nil: there is none
	used  func(cli.Usage)
}

// Close ends nothing: connections belong to the process. It tells what was
// used of the forge's limits.
func (o opened) Close() error {
	if o.forge != nil && o.used != nil {
		if b := o.forge.Budget(); b.Calls > 0 {
			o.used(cli.Usage(b))
		}
	}
	return nil
}

// openWorld connects the commands to git and Argo CD. It reaches nothing yet.
func openWorld(ctx context.Context, s settings.System, o cli.WorldOptions) (cli.World, error) {
	known := newTokens(s, o.Getenv, o.Hide)
	repos := map[shop.Repository]world.Repository{}
	for name, address := range map[shop.Repository]settings.Address{
		shop.AppRepository: s.App, shop.ConfigurationRepository: s.Configuration, shop.SystemRepository: s.System,
	} {
		if address.IsZero() {
			continue
		}
		options := git.Options{
			Address: address.URL, CacheDir: filepath.Join(o.Cache, "git"),
			Credentials: credentials(known), Progress: progress{name, o.Log},
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
	argo, err := openArgoCD(ctx, s, o, known)
	if err != nil {
		return nil, err
	}
	now := time.Now
	if s.Demo && argo != nil {
		now = clockOf(argo)
	}
	client, forge, err := forgeOf(s, o, known, now)
	if err != nil {
		return nil, err
	}
	options := world.Options{
		System: s.Name, Repositories: repos, Operation: o.Operation,
		Gates: gates(o),
		Now:   now, Chance: rand.Float64, Forge: forge,
		Identity: identity(ctx, s, o.Getenv, forge),
		Cache:    filepath.Join(o.Cache, "systems", keyOf(s.System.URL)), Told: o.Told,
	}
	if argo != nil {
		options.ArgoCD, options.Ask = argo, asker(s)
	}
	if s.Demo {
		options.Runs = "demo"
	}
	w, err := world.New(options)
	if err != nil {
		return nil, err
	}
	return opened{w, client, o.Used}, nil
}

func openArgoCD(ctx context.Context, s settings.System, o cli.WorldOptions, known *tokens) (*argocd.Client, error) {
	if s.ArgoCD == "" {
		return nil, nil
	}
	find := sync.OnceValues(func() (argocd.Token, error) {
		found, err := known.argoCD(ctx)
		if errors.Is(err, argocd.ErrNoLogin) {
			if o.Log != nil {
				o.Log("Argo CD: %s", err)
			}
			return argocd.Token{}, nil // it may answer who only reads
		}
		return found.Token, err
	})
	client, err := argocd.New(argocd.Options{
		URL:   s.ArgoCD,
		Token: func(context.Context) (argocd.Token, error) { return find() },
	})
	if err != nil {
		return nil, fmt.Errorf("open Argo CD: %w", err)
	}
	return client, nil
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

// identity is asked for when the first commit is made, not before: who the
// token stands for where there is a forge, else who git says it is.
func identity(ctx context.Context, s settings.System, getenv func(string) string, forge world.Forge) func() (world.Identity, error) {
	return sync.OnceValues(func() (world.Identity, error) {
		dir, err := os.Getwd()
		if err != nil {
			dir = filepath.Dir(s.File)
		}
		name, email := git.Identity(ctx, dir, getenv)
		login, err := loginAt(ctx, forge)
		if err != nil {
			return world.Identity{}, err
		}
		actor := fmt.Sprintf("%s <%s>", name, email)
		if login != "" {
			actor = login
		}
		if login != "" && (name == "" || email == "") {
			name, email = login, login+"@users.noreply.github.com"
		}
		if name == "" || email == "" {
			return world.Identity{}, &shop.Fault{Kind: shop.NoIdentity}
		}
		if run := getenv("GITHUB_RUN_NUMBER"); run != "" && getenv("GITHUB_ACTIONS") == "true" {
			actor += fmt.Sprintf(" (run %s)", run)
		}
		return world.Identity{Actor: actor, Name: name, Email: email}, nil
	})
}

// loginAt is the login behind the token; empty where there is no forge, or
// where it does not say, as of some tokens of Apps.
func loginAt(ctx context.Context, forge world.Forge) (string, error) {
	if forge == nil {
		return "", nil
	}
	who, err := forge.Who(ctx)
	var f *shop.Fault
	if errors.As(err, &f) && (f.Kind == shop.ForgeRight || f.Kind == shop.ForgeMissing) {
		return "", nil
	}
	return who.Login, err
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

// checkout is where a directory stands, as git has it.
func checkout(ctx context.Context, dir string) (cli.Checkout, error) {
	c, err := git.CheckoutAt(ctx, dir)
	return cli.Checkout{Branch: c.Branch, Commit: shop.CommitID(c.Commit), Remotes: c.Remotes}, err
}
