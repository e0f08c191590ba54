package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/github"
)

// forgeOf connects the commands to the system's forge; nil when it has none.
// It reaches nothing yet.
func forgeOf(s settings.System, o cli.WorldOptions, known *tokens, now func() time.Time) (*github.Client, world.Forge, error) {
	if s.Forge != settings.ForgeGitHub {
		return nil, nil, nil
	}
	client, err := github.New(github.Options{
		API: s.API, Now: now, Log: o.Log,
		Token: known.forgeToken,
		Cache: filepath.Join(o.Cache, "forge"),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("open the forge: %w", err)
	}
	repos := map[shop.Repository]github.Repo{}
	for name, address := range map[shop.Repository]settings.Address{
		shop.AppRepository: s.App, shop.ConfigurationRepository: s.Configuration, shop.SystemRepository: s.System,
	} {
		if address.IsZero() {
			continue
		}
		if repos[name], err = github.ParseRepo(address.URL); err != nil {
			return nil, nil, fmt.Errorf("the %s repository is not on the forge: %w", name, err)
		}
	}
	return client, world.GitHub(client, repos, now), nil
}
