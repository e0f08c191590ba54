package worldtest_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
	"github.com/shopctl/shopctl/internal/world/worldtest"
)

// The same promotion with forge git and with forge github.
func TestRelease(t *testing.T) {
	for name, mode := range map[string]rehearsal.ForgeMode{"git": rehearsal.NoForge, "github": rehearsal.StrictForge} {
		t.Run(name, func(t *testing.T) {
			worldtest.Release(t, func(t *testing.T) worldtest.Site {
				s := newStage(t, mode)
				return worldtest.Site{World: s.newWorld, Tip: s.tip, Forge: mode != rehearsal.NoForge}
			})
		})
	}
}

func (s *stage) tip(repo shop.Repository, branch string) shop.CommitID {
	out := s.run(s.clone, "ls-remote", s.with("ryu", s.addresses()[repo]), "refs/heads/"+branch)
	id, _, _ := strings.Cut(out, "\t")
	return shop.CommitID(id)
}

func (s *stage) addresses() map[shop.Repository]string {
	a := s.world.Addresses()
	return map[shop.Repository]string{shop.AppRepository: a.App, shop.ConfigurationRepository: a.Configuration, shop.SystemRepository: a.System}
}

// newWorld is what one run of the program has, with a cache of its own.
func (s *stage) newWorld() apply.World {
	s.t.Helper()
	dir := s.t.TempDir()
	repos := map[shop.Repository]world.Repository{}
	for name, address := range s.addresses() {
		r, err := git.Open(git.Options{Address: address, CacheDir: filepath.Join(dir, "git"),
			Credentials: func(context.Context, string) (string, string, error) { return "x-access-token", s.tokenOf("ryu"), nil }})
		if err != nil {
			s.t.Fatal(err)
		}
		repos[name] = r
	}
	argo, err := argocd.New(argocd.Options{URL: s.world.ArgoURL(), Token: func(context.Context) (argocd.Token, error) { return argocd.NewToken(s.world.Token()), nil }})
	if err != nil {
		s.t.Fatal(err)
	}
	o := world.Options{
		System: "demo", Repositories: repos, ArgoCD: argo, Operation: strings.Repeat("ab", 16), Now: s.world.Now, Chance: func() float64 { return 0 },
		Cache: filepath.Join(dir, "system"),
		Identity: func() (world.Identity, error) {
			return world.Identity{Actor: "ryu", Name: "Ryu", Email: "ryu@example.com"}, nil
		},
	}
	if s.world.Forge() != nil {
		o.Forge = s.as("ryu")
	}
	w, err := world.New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

var start = time.Date(2026, 11, 20, 1, 41, 2, 0, time.UTC)
