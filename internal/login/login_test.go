package login

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

type memory struct {
	kept map[string]string
	down error
	hang chan struct{}
}

func (m *memory) wait() error {
	if m.hang != nil {
		<-m.hang
	}
	return m.down
}

func (m *memory) Get(service, user string) (string, error) {
	if err := m.wait(); err != nil {
		return "", err
	}
	if s, ok := m.kept[service+user]; ok {
		return s, nil
	}
	return "", ErrNone
}

func (m *memory) Set(service, user, secret string) error {
	if err := m.wait(); err != nil {
		return err
	}
	m.kept[service+user] = secret
	return nil
}

func (m *memory) Delete(service, user string) error {
	if err := m.wait(); err != nil {
		return err
	}
	if _, ok := m.kept[service+user]; !ok {
		return ErrNone
	}
	delete(m.kept, service+user)
	return nil
}

func newStore(t *testing.T, r Ring) Store {
	return Store{File: filepath.Join(t.TempDir(), "shopctl", "logins.json"), Ring: r}
}

func TestKeepFindForget(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for name, c := range map[string]struct {
		ring *memory
		kept Kept
		file bool
	}{
		"a keyring":             {&memory{kept: map[string]string{}}, Kept{Token: "t"}, false},
		"none":                  {nil, Kept{Token: "t"}, true},
		"one that fails":        {&memory{down: errors.New("no window")}, Kept{Token: "t"}, true},
		"one that is silent":    {&memory{hang: hang, down: errors.New("too late")}, Kept{Token: "t"}, true},
		"gh keeps it by itself": {&memory{kept: map[string]string{}}, Kept{GH: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, nil)
			if c.ring != nil {
				s.Ring, s.Limit = c.ring, time.Millisecond
				if c.ring.hang == nil {
					s.Limit = 0
				}
			}
			want := Keyring
			if c.file {
				want = s.File
			}
			where, err := s.Keep(t.Context(), Forge, "GitHub.com", c.kept)
			if err != nil || where != want {
				t.Fatalf("kept in %q, %v", where, err)
			}
			got, where, err := s.Find(t.Context(), Forge, "github.COM")
			if err != nil || where != want || got != c.kept {
				t.Errorf("found %+v in %q, %v", got, where, err)
			}
			for _, other := range []struct {
				side Side
				host string
			}{{ArgoCD, "github.com"}, {Forge, "evil.example"}, {Forge, "x.github.com"}, {Forge, ""}, {Forge, "github.com:444"}} {
				if _, _, err := s.Find(t.Context(), other.side, other.host); !errors.Is(err, ErrNone) {
					t.Errorf("%v: %v", other, err)
				}
			}
			forgot, err := s.Forget(t.Context(), Forge, "github.com")
			if err != nil || !reflect.DeepEqual(forgot, []string{want}) {
				t.Errorf("forgot %q, %v", forgot, err)
			}
			if forgot, err = s.Forget(t.Context(), Forge, "github.com"); err != nil || len(forgot) != 0 {
				t.Errorf("forgot again %q, %v", forgot, err)
			}
			if _, err := os.Stat(s.File); !errors.Is(err, os.ErrNotExist) {
				t.Error("an empty file is left")
			}
		})
	}
}

// What the keyring takes is not left in the file.
func TestKeyringTakesOver(t *testing.T) {
	s := newStore(t, nil)
	for _, host := range []string{"github.com", "other.example"} {
		if _, err := s.Keep(t.Context(), Forge, host, Kept{Token: "old"}); err != nil {
			t.Fatal(err)
		}
	}
	s.Ring = &memory{kept: map[string]string{}}
	if _, err := s.Keep(t.Context(), Forge, "github.com", Kept{Token: "new"}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(s.File)
	if err != nil || strings.Contains(string(data), "github.com") || !strings.Contains(string(data), "other.example") {
		t.Errorf("%s, %v", data, err)
	}
	if k, where, err := s.Find(t.Context(), Forge, "github.com"); err != nil || k.Token != "new" || where != Keyring {
		t.Errorf("%+v %q %v", k, where, err)
	}
}

// T5: the file is one's own, and one that is not is refused.
func TestTheFileIsOnesOwn(t *testing.T) {
	s := newStore(t, nil)
	keep := func() error { _, err := s.Keep(t.Context(), Forge, "github.com", Kept{Token: "t"}); return err }
	if err := keep(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{s.File: 0o600, filepath.Dir(s.File): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s is %v, %v", path, info.Mode(), err)
		}
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o666} {
		if err := os.Chmod(s.File, mode); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Find(t.Context(), Forge, "github.com")
		if err == nil || errors.Is(err, ErrNone) || keep() == nil {
			t.Errorf("%v: %v", mode, err)
		}
	}
	if err := os.Chmod(s.File, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"", "{", `{"logins":[]}`} {
		if err := os.WriteFile(s.File, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Find(t.Context(), Forge, "github.com"); err == nil || errors.Is(err, ErrNone) {
			t.Errorf("%q: %v", broken, err)
		}
	}
	if _, err := s.Keep(context.Background(), Forge, "", Kept{Token: "t"}); err == nil {
		t.Error("a login for no host is kept")
	}
}

func TestFromEnvironment(t *testing.T) {
	for _, c := range []struct {
		env               map[string]string
		token, name, host string
	}{
		{nil, "", "", ""},
		{map[string]string{"GITHUB_TOKEN": "c"}, "c", "GITHUB_TOKEN", "github.com"},
		{map[string]string{"GH_TOKEN": " b\n", "GITHUB_TOKEN": "c"}, "b", "GH_TOKEN", "github.com"},
		{map[string]string{"SHOPCTL_TOKEN": "a", "GH_TOKEN": "b"}, "a", "SHOPCTL_TOKEN", "github.com"},
		{map[string]string{"GITHUB_TOKEN": "c", "GITHUB_SERVER_URL": "https://ghes.example:8443"}, "c", "GITHUB_TOKEN", "ghes.example:8443"},
		{map[string]string{"SHOPCTL_TOKEN": "a", "SHOPCTL_TOKEN_HOST": "x.example", "GITHUB_SERVER_URL": "https://ghes.example"}, "a", "SHOPCTL_TOKEN", "x.example"},
		{map[string]string{"SHOPCTL_TOKEN": "a", "GITHUB_SERVER_URL": "::"}, "a", "SHOPCTL_TOKEN", "github.com"},
	} {
		token, name, host := FromEnvironment(func(n string) string { return c.env[n] })
		if token != c.token || name != c.name || host != c.host {
			t.Errorf("%v: %q %q %q", c.env, token, name, host)
		}
	}
}

func TestHostOfAPI(t *testing.T) {
	for api, want := range map[string]string{
		"https://api.github.com": "github.com", "https://API.github.com/": "github.com", "https://ghes.example/api/v3": "ghes.example",
		"https://api.shop.ghe.com": "shop.ghe.com", "http://127.0.0.1:80/api/v3": "127.0.0.1:80", "https://api.evil.example": "api.evil.example",
		"https://api.github.com.evil.example": "api.github.com.evil.example", "https://api.github.com:444": "api.github.com:444", "::": "", "": "",
	} {
		if got := HostOfAPI(api); got != want {
			t.Errorf("%s: %q, want %q", api, got, want)
		}
	}
	if SameHost("", "") || !SameHost("A", "a") || SameHost("a", "a:443") {
		t.Error("hosts are compared otherwise")
	}
}

// Where no session has a bus none is looked for: the library would start one.
func TestSystemRing(t *testing.T) {
	none := func(string) string { return "" }
	if os.Getenv("GOOS") == "" && SystemRing(none) != nil && filepath.Separator == '/' {
		if _, err := os.Stat("/proc"); err == nil {
			t.Error("a keyring without a bus")
		}
	}
	bus := func(name string) string {
		return map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}[name]
	}
	if SystemRing(bus) == nil {
		t.Error("no keyring on a bus")
	}
}
