package argocd

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/v2/util/localconfig"
)

// Token is a bearer token. Whatever prints or encodes it writes three stars, or
// an address in memory; the zero value is no token.
type Token struct{ text *string } // fmt and json do not look behind an inner pointer

// NewToken makes a token of its text, without white space around it.
func NewToken(text string) Token {
	text = strings.TrimSpace(text)
	if text == "" {
		return Token{}
	}
	return Token{&text}
}

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t.text == nil }

// String is three stars.
func (Token) String() string { return "***" }

// MarshalText writes three stars: a token is never stored by shopctl.
func (Token) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Environment is what a login is looked up in. The caller reads it from the
// process; nothing here does.
type Environment struct {
	AuthToken string // ARGOCD_AUTH_TOKEN
	Server    string // ARGOCD_SERVER: if set, AuthToken goes there alone
	Config    string // the file of `argocd login`, see ConfigPath
	Known     bool   // the user has said in another way that he knows this server
}

// Login is a token for one server and where it came from.
type Login struct {
	Token   Token
	Source  string    // ARGOCD_AUTH_TOKEN, or the name of a context of `argocd login`
	Expires time.Time // zero: it does not say
}

// ErrNoLogin says that no token for the server was found.
var ErrNoLogin = errors.New("no login for this Argo CD")

// ErrUnbound says that there is a token, and nobody but a file of a repository
// names the server that it would go to.
var ErrUnbound = errors.New("ARGOCD_AUTH_TOKEN is set, and ARGOCD_SERVER does not say for which server")

// NewLogin is a login that was kept elsewhere.
func NewLogin(token, source string) Login { return login(localconfig.User{AuthToken: token}, source) }

// FindLogin finds the token for the server of an address: ARGOCD_AUTH_TOKEN, else
// the context of `argocd login` for the same host and port, the current one first.
// The address may come from a repository, so the variable goes to a server that
// the user has named himself: by ARGOCD_SERVER, by having logged in there, or
// because it is this machine.
func FindLogin(address string, env Environment) (Login, error) {
	u, err := parseBase(address)
	if err != nil {
		return Login{}, err
	}
	want := origin(u)
	variable := Login{}
	if env.AuthToken != "" && (env.Server == "" || sameServer(want, env.Server)) {
		variable = login(localconfig.User{AuthToken: env.AuthToken}, "ARGOCD_AUTH_TOKEN")
		if env.Server != "" || env.Known || isLoopback(u.Hostname()) {
			return variable, nil
		}
	}
	found, err := contextFor(want, env.Config)
	switch {
	case err == nil && !variable.Token.IsZero():
		return variable, nil
	case errors.Is(err, ErrNoLogin) && !variable.Token.IsZero():
		return Login{}, fmt.Errorf("%q: %w: %w", want, ErrNoLogin, ErrUnbound)
	}
	return found, err
}

// contextFor finds what `argocd login` wrote for one server.
func contextFor(want, file string) (Login, error) {
	config, err := localconfig.ReadLocalConfig(file)
	if err != nil {
		return Login{}, fmt.Errorf("read the logins of argocd in %q: %w", file, err)
	}
	if config == nil {
		return Login{}, fmt.Errorf("%q: %w", want, ErrNoLogin)
	}
	names := []string{config.CurrentContext}
	for _, c := range config.Contexts {
		names = append(names, c.Name)
	}
	for _, name := range names {
		if name == "" {
			continue // it would resolve to the current one
		}
		c, err := config.ResolveContext(name)
		if err == nil && c.User.AuthToken != "" && sameServer(want, c.Server.Server) {
			return login(c.User, clean(name)), nil
		}
	}
	return Login{}, fmt.Errorf("%q: %w", want, ErrNoLogin)
}

func login(user localconfig.User, source string) Login {
	l := Login{Token: NewToken(user.AuthToken), Source: source}
	if claims, err := user.Claims(); err == nil && claims.ExpiresAt != nil {
		l.Expires = claims.ExpiresAt.Time
	}
	return l
}

// sameServer compares an origin with a server as argocd writes it: host, or
// host:port, without a scheme. Without a port it is the scheme's own.
func sameServer(origin, server string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		host, port = strings.Trim(server, "[]"), map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.EqualFold(u.Hostname(), host) && u.Port() == port
}

// ConfigPath is where `argocd login` keeps its contexts: $ARGOCD_CONFIG_DIR, else
// ~/.argocd if it exists, else argocd in $XDG_CONFIG_HOME or ~/.config.
func ConfigPath(home string, getenv func(string) string) string {
	if dir := getenv("ARGOCD_CONFIG_DIR"); dir != "" {
		return filepath.Join(dir, "config")
	}
	old := filepath.Join(home, ".argocd")
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(old, "config")
	}
	if dir := getenv("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "argocd", "config")
	}
	return filepath.Join(home, ".config", "argocd", "config")
}
