package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/login"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/github"
)

// clientID is that of the OAuth App that people log in through; the release
// build sets it. SHOPCTL_CLIENT_ID names another one, for servers of one's own.
var clientID string

// logins are the logins of one system. It reaches nothing before it is asked.
type logins struct {
	system settings.System
	o      cli.LoginOptions
	tokens *tokens
}

func openLogins(s settings.System, o cli.LoginOptions) (cli.Logins, error) {
	if s.File == "" { // no system: the forge that most have
		s.Forge, s.API = settings.ForgeGitHub, "https://api.github.com"
	}
	return &logins{system: s, o: o, tokens: newTokens(s, o.Getenv, o.Hide)}, nil
}

func (l *logins) Host(side cli.Side) string {
	switch {
	case side == cli.SideArgoCD:
		return hostAt(l.system.ArgoCD)
	case l.system.Forge == settings.ForgeGitHub:
		return login.HostOfAPI(l.system.API)
	}
	return ""
}

func hostAt(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func (l *logins) Who(ctx context.Context, side cli.Side) (cli.Login, error) {
	if side == cli.SideArgoCD {
		found, err := l.tokens.argoCD(ctx)
		if err != nil {
			return cli.Login{}, loginError(err)
		}
		who, err := l.atArgoCD(ctx, found.Token)
		who.Source, who.Expires = found.Source, found.Expires
		return who, err
	}
	token, source, err := l.tokens.forge(ctx, l.Host(side))
	if err != nil {
		return cli.Login{}, err
	}
	if token == "" {
		return cli.Login{}, &cli.LoginError{Kind: cli.NoLogin}
	}
	who, err := l.atForge(ctx, github.NewToken(token))
	who.Source = source
	return who, err
}

func (l *logins) Check(ctx context.Context, side cli.Side, token string) (cli.Login, error) {
	if side == cli.SideArgoCD {
		return l.atArgoCD(ctx, argocd.NewToken(token))
	}
	return l.atForge(ctx, github.NewToken(token))
}

func (l *logins) atForge(ctx context.Context, token github.Token) (cli.Login, error) {
	c, err := l.client(token)
	if err != nil {
		return cli.Login{}, err
	}
	me, err := c.Me(ctx)
	if err != nil {
		return cli.Login{}, loginError(err)
	}
	return cli.Login{Name: me.Login, Kind: string(me.Token), Scopes: me.Scopes, Expires: me.Expires, Robot: me.IsActions()}, nil
}

func (l *logins) client(token github.Token) (*github.Client, error) {
	c, err := github.New(github.Options{
		API: l.system.API, Now: l.o.Now, Log: l.o.Log,
		Token: func(context.Context) (github.Token, error) { return token, nil },
	})
	if err != nil {
		return nil, fmt.Errorf("open the forge: %w", err)
	}
	return c, nil
}

func (l *logins) atArgoCD(ctx context.Context, token argocd.Token) (cli.Login, error) {
	c, err := argocd.New(argocd.Options{URL: l.system.ArgoCD, Token: func(context.Context) (argocd.Token, error) { return token, nil }})
	if err != nil {
		return cli.Login{}, fmt.Errorf("open Argo CD: %w", err)
	}
	in, name, err := c.UserInfo(ctx)
	if err != nil {
		return cli.Login{}, loginError(err)
	}
	if !in {
		kind := cli.BadLogin
		if token.IsZero() {
			kind = cli.NoLogin
		}
		return cli.Login{}, &cli.LoginError{Kind: kind}
	}
	return cli.Login{Name: name}, nil
}

func (l *logins) Keep(ctx context.Context, side cli.Side, token string) (string, error) {
	defer l.tokens.forget()
	return l.tokens.store.Keep(ctx, login.Side(side), l.Host(side), login.Kept{Token: token}) //nolint:wrapcheck // it says what it did
}

func (l *logins) KeepGH(ctx context.Context) (string, error) {
	defer l.tokens.forget()
	return l.tokens.store.Keep(ctx, login.Forge, l.Host(cli.SideForge), login.Kept{GH: true}) //nolint:wrapcheck // it says what it did
}

func (l *logins) Forget(ctx context.Context, side cli.Side) ([]string, error) {
	defer l.tokens.forget()
	return l.tokens.store.Forget(ctx, login.Side(side), l.Host(side)) //nolint:wrapcheck // it says what it did
}

func (l *logins) Above(side cli.Side) string {
	if side == cli.SideArgoCD {
		if l.o.Getenv("ARGOCD_AUTH_TOKEN") != "" {
			return "ARGOCD_AUTH_TOKEN"
		}
		return ""
	}
	if _, name, host := login.FromEnvironment(l.o.Getenv); login.SameHost(host, l.Host(side)) {
		return name
	}
	return ""
}

func (l *logins) HasGH(ctx context.Context) bool { return ghToken(ctx, l.Host(cli.SideForge)) != "" }

// Begin asks for what a person needs: repositories, the teams that review, and
// nothing else. A classic scope for less than all repositories there is not.
func (l *logins) Begin(ctx context.Context) (cli.DeviceLogin, error) {
	id := clientID
	if v := l.o.Getenv("SHOPCTL_CLIENT_ID"); v != "" {
		id = v
	}
	if l.system.Demo {
		id = "shopctl-demo"
	}
	if id == "" {
		return nil, &cli.LoginError{Kind: cli.NoDeviceLogin}
	}
	d := &device{Device: github.Device{API: l.system.API, ClientID: id, Scopes: []string{"repo", "read:org"}, HTTP: http.DefaultClient, Now: l.o.Now}}
	code, err := d.Start(ctx)
	if err != nil {
		return nil, deviceError(err)
	}
	d.code = code
	return d, nil
}

// device is a login by code that has begun.
type device struct {
	github.Device
	code github.DeviceCode
}

func (d *device) Code() (code, address string) { return d.code.UserCode, d.code.Address }

func (d *device) Poll(ctx context.Context) (string, time.Duration, error) {
	token, next, err := d.Device.Poll(ctx, d.code)
	d.code = next
	var e *github.Error
	if errors.As(err, &e) && e.Passing() {
		return "", max(e.RetryAt.Sub(d.Now()), time.Second), nil
	}
	return token.Reveal(), 0, deviceError(err)
}

func deviceError(err error) error {
	for kind, as := range map[github.Kind]cli.LoginErrorKind{
		github.Denied: cli.CodeDeclined, github.CodeExpired: cli.CodeExpired,
		github.WrongAddress: cli.NoDeviceLogin, github.NotFound: cli.NoDeviceLogin, github.Invalid: cli.NoDeviceLogin,
	} {
		if errors.Is(err, kind) {
			return &cli.LoginError{Kind: as, Err: err}
		}
	}
	return loginError(err)
}

// loginError translates what a server said into why there is no login.
func loginError(err error) error {
	var (
		forge *github.Error
		argo  *argocd.Error
	)
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, argocd.ErrNoLogin):
		kind := cli.NoLogin
		if errors.Is(err, argocd.ErrUnbound) {
			kind = cli.UnboundToken
		}
		return &cli.LoginError{Kind: kind, Err: err}
	case errors.As(err, &forge):
		e := &cli.LoginError{Kind: cli.BadLogin, Text: forge.Error(), Err: err}
		if forge.Passing() || forge.Kind == github.WrongAddress {
			e.Kind = cli.NoAnswer
		}
		return e
	case errors.As(err, &argo):
		e := &cli.LoginError{Kind: cli.NoAnswer, Text: argo.Error(), Err: err}
		if argo.Kind == argocd.Unauthorized || argo.Kind == argocd.Forbidden {
			e.Kind = cli.BadLogin
		}
		return e
	}
	return err
}

// Rights asks the servers what the login may do. What they do not say is
// unknown, and the last word is always the push itself.
func (l *logins) Rights(ctx context.Context, side cli.Side, tiers []shop.Tier) ([]cli.Right, error) {
	if len(tiers) == 0 {
		return nil, nil
	}
	if side == cli.SideArgoCD {
		return l.argoRights(ctx, tiers)
	}
	token, _, err := l.tokens.forge(ctx, l.Host(side))
	if err != nil {
		return nil, err
	}
	c, err := l.client(github.NewToken(token))
	if err != nil {
		return nil, err
	}
	me, err := c.Me(ctx)
	if err != nil {
		return nil, loginError(err)
	}
	rights := make([]cli.Right, len(tiers))
	for i, tier := range tiers {
		rights[i] = cli.Right{Tier: tier, May: "yes"}
	}
	for _, side := range []struct {
		name    string
		address settings.Address
	}{{"system", l.system.System}, {"app", l.system.App}, {"configuration", l.system.Configuration}} {
		if side.address.IsZero() {
			continue
		}
		repo, err := github.ParseRepo(side.address.URL)
		if err != nil {
			return nil, fmt.Errorf("the %s repository: %w", side.name, err)
		}
		if err := forgeRights(ctx, c, me.Login, repo, rights); err != nil {
			return nil, loginError(err)
		}
	}
	return rights, nil
}

// forgeRights lowers the rights to those that one repository gives.
func forgeRights(ctx context.Context, c *github.Client, me string, repo github.Repo, rights []cli.Right) error {
	home, err := c.Repository(ctx, repo)
	if errors.Is(err, github.NotFound) || errors.Is(err, github.Forbidden) {
		lower(rights, cli.Right{May: "no", Why: "no-access", Where: repo.String()})
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // the caller translates it
	}
	if !home.Permissions.Push {
		lower(rights, cli.Right{May: "no", Why: "no-push", Where: repo.String()})
		return nil
	}
	for i := range rights {
		r, err := mayPush(ctx, c, me, home, string(rights[i].Tier))
		if err != nil {
			return err
		}
		r.Where = repo.String()
		lower(rights[i:i+1], r)
	}
	return nil
}

// lower takes a right down, never up.
func lower(rights []cli.Right, to cli.Right) {
	order := []string{"no", "unknown", "yes"}
	for i := range rights {
		if slices.Index(order, to.May) < slices.Index(order, rights[i].May) {
			to.Tier = rights[i].Tier
			rights[i] = to
		}
	}
}

// mayPush reads the rules of one branch.
func mayPush(ctx context.Context, c *github.Client, me string, home github.Repository, branch string) (cli.Right, error) {
	rules, err := c.Rules(ctx, home.Repo, branch)
	if err != nil {
		return cli.Right{}, err //nolint:wrapcheck // the caller translates it
	}
	right := cli.Right{May: "yes"}
	for _, r := range rules.List {
		if r.Type != "update" && r.Type != "pull_request" {
			continue
		}
		set, err := c.Ruleset(ctx, home.Repo, r.RulesetID)
		switch {
		case err != nil || set.MayBypass == "":
			right = cli.Right{May: "unknown", Why: "rule-unseen", Rule: r.Type}
		case set.MayBypass != "always":
			return cli.Right{May: "no", Why: "rule", Rule: r.Type}, nil
		}
	}
	switch p := rules.Classic; {
	case right.May == "unknown":
		return right, nil
	case p.State == github.ProtectionBlank:
		return cli.Right{May: "unknown", Why: "not-seen"}, nil
	case p.Locked:
		return cli.Right{May: "no", Why: "locked"}, nil
	case home.Permissions.Admin && !p.Admins:
		return right, nil
	case p.Restricted && !slices.Contains(p.Writers, me):
		return cli.Right{May: "no", Why: "restricted"}, nil
	}
	return right, nil
}

// argoRights asks whether the login may sync what stands for each tier.
func (l *logins) argoRights(ctx context.Context, tiers []shop.Tier) ([]cli.Right, error) {
	found, err := l.tokens.argoCD(ctx)
	if err != nil {
		return nil, loginError(err)
	}
	c, err := argocd.New(argocd.Options{URL: l.system.ArgoCD, Token: func(context.Context) (argocd.Token, error) { return found.Token, nil }})
	if err != nil {
		return nil, fmt.Errorf("open Argo CD: %w", err)
	}
	const side = cli.SideArgoCD
	var rights []cli.Right
	for _, tier := range tiers {
		r := cli.Right{Tier: tier, May: "yes"}
		may, err := c.CanI(ctx, "applications", "sync", l.system.Name+"-"+string(tier)+"/*")
		switch {
		case errors.Is(err, context.Canceled):
			return nil, err //nolint:wrapcheck // who called it off knows
		case err != nil:
			r.May, r.Why, r.Where = "unknown", "not-answered", l.Host(side)
		case !may:
			r.May, r.Why, r.Where = "no", "no-sync", l.Host(side)
		}
		rights = append(rights, r)
	}
	return rights, nil
}
