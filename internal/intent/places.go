package intent

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// hostProfile takes what a browser would look up, and is as strict as DNS.
var hostProfile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(true), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// Host is the form of a hostname that certificates and routes use: lower case,
// every label ASCII (xn--…). It refuses addresses, ports and wildcards.
func Host(v string) (string, error) {
	if plainHost(v) {
		return v, nil
	}
	if _, err := netip.ParseAddr(strings.Trim(v, "[]")); err == nil {
		return "", hinted{fmt.Sprintf("%q is an address", v), "a hostname like shop.example.jp"}
	}
	ascii, err := hostProfile.ToASCII(v)
	if err != nil || ascii == "" || strings.HasSuffix(ascii, ".") {
		return "", hinted{fmt.Sprintf("%q is no hostname", v), "like shop.example.jp, without scheme, port or path"}
	}
	return ascii, nil
}

// ShownHost is the form of a hostname for people: 花.example instead of xn--….
func ShownHost(h string) string {
	if !strings.Contains(h, "xn--") {
		return h
	}
	shown, err := idna.Display.ToUnicode(h)
	if err != nil || shown == "" {
		return h
	}
	return shown
}

// plainHost is the quick yes for the usual hostname: letters, digits, inner
// hyphens, nothing that IDNA would look at.
func plainHost(v string) bool {
	if len(v) > 253 {
		return false
	}
	start, letter := 0, false
	for i := 0; i <= len(v); i++ {
		if i < len(v) && v[i] != '.' {
			c := v[i]
			letter = letter || c >= 'a' && c <= 'z'
			if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
				return false
			}
			continue
		}
		label := v[start:i]
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || len(label) > 3 && label[2:4] == "--" {
			return false
		}
		start = i + 1
	}
	return letter
}

var host = scalar[string]{"text", texts, Host, about(textSchema, map[string]any{"minLength": 1, "maxLength": 253, "pattern": `^[^\s/:*@]+$`})}

// wildcardHost is a hostname, or one whose first label is a star.
var wildcardHost = scalar[string]{"text", texts, func(v string) (string, error) {
	rest, star := strings.CutPrefix(v, "*.")
	h, err := Host(rest)
	if star {
		h = "*." + h
	}
	return h, err
}, about(textSchema, map[string]any{"minLength": 1, "maxLength": 253, "pattern": `^(\*\.)?[^\s/:*@]+$`})}

const pathForm = `^[A-Za-z0-9._][A-Za-z0-9._/-]*$`

var pathRE = regexp.MustCompile(pathForm)

// directory is a path inside a repository.
var directory = scalar[string]{"text", texts, func(v string) (string, error) {
	clean := path.Clean(v)
	if !pathRE.MatchString(v) || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", hinted{fmt.Sprintf("%q is no directory of the repository", v), "like k8s or deploy/base"}
	}
	for part := range strings.SplitSeq(clean, "/") {
		if strings.EqualFold(part, ".git") || strings.HasPrefix(part, "-") {
			return "", fmt.Errorf("%q is no directory of the repository", v)
		}
	}
	return v, nil
}, about(textSchema, map[string]any{"pattern": pathForm})}

// prefix is a range of addresses.
var prefix = scalar[string]{"text", texts, func(v string) (string, error) {
	p, err := netip.ParsePrefix(v)
	switch {
	case err == nil && p == p.Masked():
		return v, nil
	case err == nil:
		return "", hinted{fmt.Sprintf("%q has bits beside the network", v), p.Masked().String()}
	}
	if a, err := netip.ParseAddr(v); err == nil {
		return "", hinted{fmt.Sprintf("%q is no range", v), netip.PrefixFrom(a, a.BitLen()).String()}
	}
	return "", hinted{fmt.Sprintf("%q is no range of addresses", v), "like 203.0.113.0/24"}
}, about(textSchema, map[string]any{"pattern": `^[0-9a-fA-F.:]+/[0-9]{1,3}$`})}

// gateURL is what an http gate asks.
var gateURL = scalar[string]{"text", texts, func(v string) (string, error) {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return "", hinted{fmt.Sprintf("%q is no https address", v), "like https://release.example.jp/ok; http only on this machine"}
	case u.User != nil:
		return "", errors.New("a gate sends no credentials: leave user and password out")
	}
	return v, nil
}, about(textSchema, map[string]any{"pattern": `^(https://[^\s@/]|http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(/|$))[^\s@]*$`})}

// zone is a name of the time zone database.
var zone = scalar[string]{"text", texts, func(v string) (string, error) {
	if _, err := time.LoadLocation(v); err != nil || v == "" || v == "Local" {
		return "", hinted{fmt.Sprintf("%q is no time zone", v), "like Asia/Tokyo or UTC"}
	}
	return v, nil
}, about(textSchema, map[string]any{"pattern": `^[A-Za-z0-9_+/-]+$`})}

// destination is how Argo CD knows a cluster: a name or an https address.
var destination = scalar[string]{"text", texts, func(v string) (string, error) {
	if !strings.Contains(v, "://") {
		if v == "" || strings.ContainsAny(v, " \t\n\"'") || len(v) > 253 {
			return "", fmt.Errorf("%q is no cluster's name", v)
		}
		return v, nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", hinted{fmt.Sprintf("%q is no address of a cluster", v), "the name or the https address that Argo CD has for it"}
	}
	return v, nil
}, about(textSchema, map[string]any{"minLength": 1, "maxLength": 253, "pattern": `^[^\s"']+$`})}

// address is where a repository lies, as Argo CD fetches it.
var address = scalar[string]{"text", texts, func(v string) (string, error) { return v, Address(v) },
	about(textSchema, map[string]any{"minLength": 1, "pattern": `^[^\s"'\\]+$`})}

var (
	ownerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$`)
	scpForm   = regexp.MustCompile(`^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^\s:][^\s]*$`)
)

// Address says what is wrong with the address of a repository (product.md,
// Addresses), nil if nothing is.
func Address(v string) error {
	if v == "" || strings.ContainsAny(v, " \t\r\n\"'\\") {
		return hinted{fmt.Sprintf("%q is no address of a repository", v), "owner/name, https://, ssh:// or git@host:path"}
	}
	if strings.HasPrefix(v, "/") || strings.HasPrefix(v, "./") || ownerName.MatchString(v) || scpForm.MatchString(v) {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil {
		return hinted{"is no address of a repository", "owner/name, https://, ssh:// or git@host:path"}
	}
	switch {
	case u.Scheme != "ssh" && u.User != nil, u.Scheme == "ssh" && hasPassword(u):
		return hinted{"holds a user, password or token", "leave it out: git's credential helper or SHOPCTL_TOKEN gives it"}
	case u.Scheme == "https" && u.Host != "", u.Scheme == "ssh" && u.Host != "", u.Scheme == "file" && u.Path != "":
		return nil
	case u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	case u.Scheme == "http":
		return hinted{fmt.Sprintf("%q is not encrypted", v), "https://; http:// only on loopback"}
	}
	return hinted{fmt.Sprintf("%q is no address of a repository", v), "owner/name, https://, ssh:// or git@host:path"}
}

func hasPassword(u *url.URL) bool {
	_, has := u.User.Password()
	return has
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
