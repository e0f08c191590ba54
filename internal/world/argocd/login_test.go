package argocd_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v2/util/localconfig"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// expiring is an unsigned JWT with exp = 2026-11-21T00:00:00Z.
const expiring = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTUyMTkyMDB9."

func contexts(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	err := localconfig.WriteLocalConfig(localconfig.LocalConfig{
		CurrentContext: "second",
		Contexts: []localconfig.ContextRef{{Name: "first", Server: "argocd.example.com", User: "u1"},
			{Name: "second", Server: "ARGOCD.example.com", User: "u2"}, {Name: "port", Server: "argocd.example.com:8443", User: "u3"},
			{Name: "local", Server: "localhost:8080", User: "u1"}, {Name: "out", Server: "empty.example.com", User: "u4"},
			{Name: "broken", Server: "argocd.example.com", User: "nobody"}, {Name: "six", Server: "[::1]:8080", User: "u3"}},
		Servers: []localconfig.Server{{Server: "argocd.example.com"}, {Server: "ARGOCD.example.com"}, {Server: "argocd.example.com:8443"},
			{Server: "localhost:8080", PlainText: true}, {Server: "empty.example.com"}, {Server: "[::1]:8080"}},
		Users: []localconfig.User{{Name: "u1", AuthToken: "token-1"}, {Name: "u2", AuthToken: expiring}, {Name: "u3", AuthToken: "token-3"}, {Name: "u4"}},
	}, path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFindLogin(t *testing.T) {
	config := contexts(t)
	none := filepath.Join(t.TempDir(), "none")
	for _, tt := range []struct {
		name, url     string
		env           argocd.Environment
		token, source string
	}{
		{"the variable wins", "https://argocd.example.com", argocd.Environment{AuthToken: " env\n", Config: config}, "env", "ARGOCD_AUTH_TOKEN"},
		{"the variable for a server that nobody but a repository names", "https://evil.example.com", argocd.Environment{AuthToken: "env", Config: config}, "", ""},
		{"the variable without any other login", "https://argocd.example.com", argocd.Environment{AuthToken: "env", Config: none}, "", ""},
		{"the variable for a server that the user knows", "https://argocd.example.com", argocd.Environment{AuthToken: "env", Config: none, Known: true}, "env", "ARGOCD_AUTH_TOKEN"},
		{"the variable on this machine", "http://127.0.0.1:8080", argocd.Environment{AuthToken: "env", Config: none}, "env", "ARGOCD_AUTH_TOKEN"},
		{"the variable for this server", "https://argocd.example.com", argocd.Environment{AuthToken: "env", Server: "argocd.example.com:443", Config: none}, "env", "ARGOCD_AUTH_TOKEN"},
		{"the variable for another server", "https://evil.example.com", argocd.Environment{AuthToken: "env", Server: "argocd.example.com", Config: none}, "", ""},
		{"the current context first", "https://argocd.example.com/", argocd.Environment{Config: config}, expiring, "second"},
		{"the port as written", "https://argocd.example.com:443/root", argocd.Environment{Config: config}, expiring, "second"},
		{"another port", "https://argocd.example.com:8443", argocd.Environment{Config: config}, "token-3", "port"},
		{"no such port", "https://argocd.example.com:9443", argocd.Environment{Config: config}, "", ""},
		{"loopback", "http://localhost:8080", argocd.Environment{Config: config}, "token-1", "local"},
		{"loopback in six", "http://[::1]:8080", argocd.Environment{Config: config}, "token-3", "six"},
		{"logged out", "https://empty.example.com", argocd.Environment{Config: config}, "", ""},
		{"another host", "https://evil.example.com", argocd.Environment{Config: config}, "", ""},
		{"a host below", "https://x.argocd.example.com", argocd.Environment{Config: config}, "", ""},
		{"no file", "https://argocd.example.com", argocd.Environment{Config: none}, "", ""},
		{"nothing at all", "https://argocd.example.com", argocd.Environment{}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := argocd.FindLogin(tt.url, tt.env)
			if (tt.token == "") != errors.Is(err, argocd.ErrNoLogin) {
				t.Errorf("error %v", err)
			}
			if sent(t, got.Token) != tt.token || got.Source != tt.source {
				t.Errorf("token of %q (right one: %v)", got.Source, sent(t, got.Token) == tt.token)
			}
			wantExpiry := tt.token == expiring
			if got.Expires.Equal(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)) != wantExpiry || got.Expires.IsZero() == wantExpiry {
				t.Errorf("expires %v", got.Expires)
			}
		})
	}
}

func TestFindLoginSaysWhatIsWrong(t *testing.T) {
	config := contexts(t)
	if err := os.Chmod(config, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := argocd.FindLogin("https://argocd.example.com", argocd.Environment{Config: config}); err == nil ||
		errors.Is(err, argocd.ErrNoLogin) || !strings.Contains(err.Error(), "permission") {
		t.Errorf("a file that others may read: %v", err)
	}
	if _, err := argocd.FindLogin("http://argocd.example.com", argocd.Environment{AuthToken: "t"}); err == nil {
		t.Error("a login for an address without TLS")
	}
}

// sent is the text of a token, as a server gets it.
func sent(t *testing.T, token argocd.Token) string {
	t.Helper()
	var header string
	c := serveWith(t, func(_ http.ResponseWriter, r *http.Request) { header = r.Header.Get("Authorization") },
		argocd.Options{Token: func(context.Context) (argocd.Token, error) { return token, nil }})
	_, _ = c.Version(t.Context())
	return strings.TrimPrefix(header, "Bearer ")
}

func TestConfigPath(t *testing.T) {
	home := t.TempDir()
	env := map[string]string{}
	check := func(want string) {
		t.Helper()
		if got := argocd.ConfigPath(home, func(k string) string { return env[k] }); got != filepath.FromSlash(want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	check(home + "/.config/argocd/config")
	env["XDG_CONFIG_HOME"] = "/xdg"
	check("/xdg/argocd/config")
	if err := os.Mkdir(filepath.Join(home, ".argocd"), 0o700); err != nil {
		t.Fatal(err)
	}
	check(home + "/.argocd/config")
	env["ARGOCD_CONFIG_DIR"] = "/dir"
	check("/dir/config")
}

func TestTokenIsNeverPrinted(t *testing.T) {
	secret := argocd.NewToken(canary)
	login := argocd.Login{Token: secret, Source: "x"}
	hidden := struct {
		t argocd.Token
		p *argocd.Token
	}{secret, &secret}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3s"} {
		fmt.Fprintf(&out, verb+verb+verb+verb, secret, login, &login, hidden)
	}
	for _, v := range []any{secret, login, hidden, map[argocd.Token]argocd.Token{secret: secret}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	fmt.Fprint(&out, secret, secret.String(), errors.New("x: "+secret.String()))
	for _, part := range []string{canary, canary[:6], fmt.Sprintf("%x", canary)[:12]} {
		if strings.Contains(out.String(), part) {
			t.Errorf("printed: %s", out.String())
		}
	}
}
