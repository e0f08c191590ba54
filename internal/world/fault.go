package world

import (
	"errors"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
)

// fault translates an error of package git into the words of package shop, and
// marks what may be over at the next look.
func fault(repo shop.Repository, err error) error {
	if err == nil {
		return nil
	}
	var (
		stale       *git.StaleError
		unavailable *git.UnavailableError
		limited     *git.RateLimitError
		auth        *git.AuthError
		missing     *git.NoRepositoryError
		noAtomic    *git.NoAtomicError
		rejected    *git.RejectedError
	)
	f := &shop.Fault{Repository: repo, Err: err}
	switch {
	case errors.As(err, &stale):
		f.Kind = shop.Busy
		return &apply.AgainError{Err: f}
	case errors.As(err, &limited):
		f.Kind, f.Address = shop.Busy, limited.Address
		return &apply.AgainError{Err: f, After: max(limited.After, time.Minute)}
	case errors.As(err, &unavailable):
		f.Kind, f.Address, f.Text = shop.Unreachable, unavailable.Address, unavailable.Err.Error()
		return &apply.AgainError{Err: f}
	case errors.As(err, &auth):
		f.Kind, f.Address = shop.NotLoggedIn, auth.Address
		if auth.Status == 403 {
			f.Kind = shop.NoRight
		}
	case errors.As(err, &missing):
		f.Kind, f.Address = shop.NoRepository, missing.Address
	case errors.As(err, &noAtomic):
		f.Kind, f.Address = shop.NotAtomic, noAtomic.Address
	case errors.As(err, &rejected):
		f.Kind, f.Text = shop.Protected, rejected.Text
		f.Rules, f.Tier = refusal(rejected.Text)
		if f.Tier == "" {
			f.Tier = shop.Tier(strings.TrimPrefix(rejected.Ref, "refs/heads/"))
		}
	default:
		return err
	}
	return f
}

// argoFault does the same for Argo CD.
func argoFault(err error) error {
	var answer *argocd.Error
	if !errors.As(err, &answer) {
		return err
	}
	f := &shop.Fault{Kind: shop.ArgoCDFault, Text: answer.Error(), Err: err}
	switch answer.Kind {
	case argocd.Unavailable, argocd.RateLimited:
		f.Kind = shop.Unreachable
		return &apply.AgainError{Err: f, After: answer.RetryAfter}
	case argocd.Unauthorized:
		f.Kind = shop.ArgoCDNoLogin
	}
	return f
}
