package render

import (
	"net/url"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// Shared are the files that all tier branches have in common: .gitmodules, with
// addresses relative to the system repository where they lie on the same host, so
// that a clone uses the protocol and the credentials it was cloned with.
func Shared(p shop.Policy) Files {
	var b strings.Builder
	b.WriteString(header)
	module := func(name, address string) {
		b.WriteString("[submodule \"" + name + "\"]\n\tpath = " + name + "\n\turl = " + quote(relative(p.Repositories.System, address)) + "\n")
	}
	module("base", p.Repositories.App)
	if p.Repositories.Configuration != "" {
		module("config", p.Repositories.Configuration)
	}
	// The root Application reads this folder before there is a ShopSet.
	return Files{".gitmodules": []byte(b.String()), "argocd/" + keep: {}}
}

// quote keeps git from reading a comment inside an address.
func quote(v string) string {
	if strings.ContainsAny(v, "#;") {
		return `"` + v + `"`
	}
	return v
}

// Fetch is an address as git and Argo CD take it: owner/name is on GitHub.
func Fetch(address string) string {
	if strings.Contains(address, ":") || strings.HasPrefix(address, "/") || strings.HasPrefix(address, ".") {
		return address
	}
	return "https://github.com/" + strings.TrimSuffix(address, ".git") + ".git"
}

// relative is the address of a repository as seen from the system repository, or
// the address itself when they lie on different hosts.
func relative(system, other string) string {
	from, fromPath := split(Fetch(system))
	to, toPath := split(Fetch(other))
	if from != to {
		return Fetch(other)
	}
	a, b := strings.Split(fromPath, "/"), strings.Split(toPath, "/")
	common := 0
	for common < len(a)-1 && common < len(b)-1 && a[common] == b[common] {
		common++
	}
	return strings.Repeat("../", len(a)-common) + strings.Join(b[common:], "/")
}

// split parts an address into what selects the host and the path on it.
func split(address string) (host, path string) {
	if u, err := url.Parse(address); err == nil && u.Scheme != "" && strings.Contains(address, "://") {
		return u.Scheme + "://" + u.User.String() + "@" + u.Host, strings.Trim(u.Path, "/")
	}
	if host, path, scp := strings.Cut(address, ":"); scp {
		return host, strings.Trim(path, "/")
	}
	if strings.HasPrefix(address, ".") {
		return ".", strings.Trim(strings.TrimPrefix(address, "./"), "/")
	}
	return "", strings.Trim(address, "/")
}
