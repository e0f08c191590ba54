// Package login finds and keeps tokens: in the environment, bound to one host;
// in the keyring of the system; else in a file of mode 0600, which is said. It
// asks nobody and sends nothing. A token is only ever given out for the host
// that it was kept for.
//
//	store := login.Store{File: file, Ring: login.SystemRing(getenv)}
//	where, err := store.Keep(ctx, login.Forge, "github.com", login.Kept{Token: text})
//	kept, where, err := store.Find(ctx, login.Forge, "github.com")
package login

import (
	"net/url"
	"strings"
)

// Side is whose token it is.
type Side string

// The two sides.
const (
	Forge  Side = "forge"
	ArgoCD Side = "argocd"
)

// FromEnvironment is the forge's token of the environment, the variable that it
// comes from, and the only host that it goes to.
func FromEnvironment(getenv func(string) string) (token, name, host string) {
	for _, name := range []string{"SHOPCTL_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"} {
		if v := strings.TrimSpace(getenv(name)); v != "" {
			return v, name, environmentHost(getenv)
		}
	}
	return "", "", ""
}

func environmentHost(getenv func(string) string) string {
	if host := getenv("SHOPCTL_TOKEN_HOST"); host != "" {
		return host
	}
	if u, err := url.Parse(getenv("GITHUB_SERVER_URL")); err == nil && u.Host != "" {
		return u.Host
	}
	return "github.com"
}

// HostOfAPI is the host that a login for an API is named after: GitHub's API is
// at api.github.com, and the login is one for github.com. On any other server
// both are the same.
func HostOfAPI(api string) string {
	u, err := url.Parse(api)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Host)
	if below, ok := strings.CutPrefix(host, "api."); ok && (below == "github.com" || strings.HasSuffix(below, ".ghe.com")) {
		return below
	}
	return host
}

// SameHost compares hosts as they stand in addresses, with their ports.
func SameHost(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
