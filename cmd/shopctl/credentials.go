package main

import (
	"context"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// tokenUser is the user name that goes with a token in basic authentication.
const tokenUser = "x-access-token"

// credentials answers what a git server asks for: the forge's token if there is
// one for that host, else what git's credential helper knows. No token of ours
// goes over a line that is not encrypted, but to this machine.
func credentials(known *tokens) func(context.Context, string) (user, password string, err error) {
	return func(ctx context.Context, address string) (string, string, error) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return "", "", nil
		}
		if u.Scheme == "https" || isLoopback(u.Hostname()) {
			token, _, err := known.forge(ctx, u.Host)
			if err != nil || token != "" {
				return tokenUser, token, err
			}
		}
		user, password := askHelper(ctx, u)
		return user, password, nil
	}
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

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// withoutTokens is an environment for another program.
func withoutTokens(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasSuffix(name, "_TOKEN")
	})
}
