package settings

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Address is where a repository is.
type Address struct {
	Written string // as it stands in the file
	URL     string // as git takes it: https://, http://, ssh://, git@host:path, file://
	Host    string // without port; empty for a path on this machine
}

// IsZero reports whether there is no address.
func (a Address) IsZero() bool { return a.URL == "" }

// Base is the last part of the address without .git: the repository's short name.
func (a Address) Base() string {
	whole := apart(a.URL).path
	return whole[strings.LastIndexByte(whole, '/')+1:]
}

// Web is the page of the repository on its forge, by https; empty for one that
// lies on this machine, or that is read without encryption.
func (a Address) Web() string {
	p := apart(a.URL)
	switch p.scheme {
	case "ssh":
		return "https://" + p.host + "/" + p.path // its port is ssh's
	case "https":
		return "https://" + p.authority() + "/" + p.path
	}
	return ""
}

// SameRepository reports whether two addresses that git takes name one repository,
// however each is spelt: git@host:owner/name.git is https://host/owner/name.
func SameRepository(a, b string) bool {
	x, y := apart(a), apart(b)
	return x.authority() == y.authority() && x.path == y.path
}

// parts are those of an address that git takes, without user and .git.
type parts struct{ scheme, host, port, path string }

// authority is the host, with a port where it matters: that of ssh says nothing
// of where the same repository is read by https.
func (p parts) authority() string {
	if p.port == "" || p.scheme == "ssh" || p.scheme == "https" && p.port == "443" {
		return p.host
	}
	return p.host + ":" + p.port
}

// apart takes an address apart; one that is nothing else is a path on this machine.
func apart(address string) (p parts) {
	scheme, rest, isURL := strings.Cut(address, "://")
	host, name, scp := strings.Cut(address, ":")
	switch {
	case isURL:
		p.scheme = strings.ToLower(scheme)
		host, name, _ = strings.Cut(rest, "/")
	case scp && !strings.Contains(host, "/"):
		p.scheme = "ssh"
	default:
		p.scheme, host, name = "file", "", address
	}
	p.path = strings.TrimSuffix(strings.Trim(name, "/"), ".git")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host, p.port = host[:i], host[i+1:]
	}
	p.host = strings.ToLower(host)
	return p
}

var (
	ownerName = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9]*/[-._A-Za-z0-9]+$`)
	secrets   = regexp.MustCompile(`://[^/]*@`) // what must not be repeated on the screen
	scp       = regexp.MustCompile(`^(git)@([-.A-Za-z0-9]+):([^:]+)$`)
)

// ParseAddress reads an address of a repository. Relative paths are taken from dir.
func ParseAddress(written, dir string) (Address, error) {
	a := Address{Written: written}
	switch {
	case written == "":
		return a, errors.New("the address is empty")
	case strings.ContainsAny(written, " \t\r\n\x00"):
		return a, fmt.Errorf("%q is no address of a repository", written)
	case strings.HasPrefix(written, "./") || strings.HasPrefix(written, "../"):
		a.URL = "file://" + filepath.ToSlash(filepath.Join(dir, written))
		return a, nil
	case strings.HasPrefix(written, "/"):
		a.URL = "file://" + path.Clean(written)
		return a, nil
	case ownerName.MatchString(written):
		a.URL, a.Host = "https://github.com/"+written, "github.com"
		return a, nil
	}
	if m := scp.FindStringSubmatch(written); m != nil {
		a.URL, a.Host = written, strings.ToLower(m[2])
		return a, nil
	}
	return parseURL(a)
}

func parseURL(a Address) (Address, error) {
	u, err := url.Parse(a.Written)
	if err != nil || !strings.Contains(a.Written, "://") {
		return a, fmt.Errorf("%q is no address of a repository", secrets.ReplaceAllString(a.Written, "://***@"))
	}
	if _, secret := u.User.Password(); secret || u.User != nil && u.Scheme != "ssh" {
		return a, errors.New("an address holds no user, password or token")
	}
	switch {
	case u.RawQuery != "" || u.Fragment != "":
		return a, errors.New("an address has no part behind ? or #")
	case u.Scheme == "file" && (u.Host != "" || u.Path == ""):
		return a, fmt.Errorf("%q is no path on this machine", a.Written)
	case u.Scheme == "file":
	case u.Host == "" || strings.Trim(u.Path, "/") == "":
		return a, fmt.Errorf("%q names no repository", a.Written)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return a, fmt.Errorf("%q is not encrypted; http is for loopback only", a.Written)
	case u.Scheme != "https" && u.Scheme != "ssh" && u.Scheme != "http":
		return a, fmt.Errorf("%q begins with %s://, which is not supported", a.Written, u.Scheme)
	}
	a.URL, a.Host = a.Written, strings.ToLower(u.Hostname())
	return a, nil
}

// loopback reports whether a host is this machine. Only literal names count:
// a name server may say anything.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
