package cli

import (
	"net/url"
	"strings"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
)

// status is the green light of a gate, which the forge wants before the push.
func (s *script) status(op plan.MoveBranch) {
	if s.system.Forge != settings.ForgeGitHub || op.Tier.Number() == 0 {
		return
	}
	s.line("gh api -X POST repos/%s/statuses/%s -f state=success -f context=%s", s.name(op.Repository), op.To, shop.GateContext(op.Tier))
}

// propose is the frozen branch of a promotion and its pull request.
func (s *script) propose(op plan.Propose) {
	branch, to := shop.HeadBranch(op.Tier, op.Release), op.Release.App
	if op.Repository == shop.ConfigurationRepository {
		to = op.Release.Configuration
	}
	s.push(op.Repository, []string{lease("refs/heads/"+branch, "")}, []string{string(to) + ":refs/heads/" + branch})
	s.line("gh api -X POST repos/%s/pulls -f head=%s -f base=%s -f title=%s", s.name(op.Repository), branch, op.Tier, Quote(op.Title))
}

// name is what the forge calls a repository: the last two parts of its address.
func (s *script) name(repo shop.Repository) string {
	address := s.system.App
	if repo == shop.ConfigurationRepository {
		address = s.system.Configuration
	}
	path := address.URL
	if u, err := url.Parse(path); err == nil && u.Host != "" {
		path = u.Path
	} else if _, after, ok := strings.Cut(path, ":"); ok {
		path = after
	}
	parts := strings.Split(strings.TrimSuffix(strings.Trim(path, "/"), ".git"), "/")
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}
