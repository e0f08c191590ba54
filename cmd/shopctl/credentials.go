package main

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// tokenUser is the user name that goes with a token in basic authentication.
const tokenUser = "x-access-token"

// credentials answers what a git server asks for: the token of the environment
// if it belongs to that host, else what git's credential helper knows.
func credentials(getenv func(string) string) func(context.Context, string) (user, password string, err error) {
	return func(ctx context.Context, address string) (string, string, error) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return "", "", nil
		}
		if token := environmentToken(getenv); token != "" && strings.EqualFold(u.Host, tokenHost(getenv)) {
			return tokenUser, token, nil
		}
		user, password := askHelper(ctx, u)
		return user, password, nil
	}
}

func environmentToken(getenv func(string) string) string {
	for _, name := range []string{"SHOPCTL_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"} {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return ""
}

// tokenHost is the only host that the token of the environment goes to.
func tokenHost(getenv func(string) string) string {
	if host := getenv("SHOPCTL_TOKEN_HOST"); host != "" {
		return host
	}
	if u, err := url.Parse(getenv("GITHUB_SERVER_URL")); err == nil && u.Host != "" {
		return u.Host
	}
	return "github.com"
}

// askHelper asks git's credential helper, which never asks a person here. It
// is run once, when a server has refused to go on without.
func askHelper(ctx context.Context, u *url.URL) (user, password string) {
	cmd := exec.CommandContext(ctx, "git", "credential", "fill")
	cmd.Env = append(withoutTokens(os.Environ()), "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=")
	cmd.Stdin = strings.NewReader("protocol=" + u.Scheme + "\nhost=" + u.Host + "\npath=" + strings.TrimPrefix(u.Path, "/") + "\n\n")
	out, err := cmd.Output()
	if err != nil {
		return "", ""
	}
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		switch key {
		case "username":
			user = value
		case "password":
			password = value
		}
	}
	return user, password
}

// withoutTokens is an environment for another program.
func withoutTokens(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasSuffix(name, "_TOKEN")
	})
}
