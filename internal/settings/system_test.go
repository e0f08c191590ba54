package settings

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const whole = `name: prod
system: example/system
app: example/storefront
configuration: git@github.com:example/configuration.git
argocd: https://argocd.example.com/
live: true
settings:
  lang: ja
  wait.timeout: 20m
`

func TestDecode(t *testing.T) {
	got, err := Decode("/home/ryu/storefront/.shopctl.yml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := System{
		File: "/home/ryu/storefront/.shopctl.yml", Name: "prod",
		System:        Address{"example/system", "https://github.com/example/system", "github.com"},
		App:           Address{"example/storefront", "https://github.com/example/storefront", "github.com"},
		Configuration: Address{"git@github.com:example/configuration.git", "git@github.com:example/configuration.git", "github.com"},
		ArgoCD:        "https://argocd.example.com", Forge: ForgeGitHub, API: "https://api.github.com", Live: true,
		Settings: map[string]string{"lang": "ja", "wait.timeout": "20m"},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(System{})); d != "" {
		t.Error(d)
	}
	if got.Title() != "PROD" || got.AppName() != "storefront" || got.Configuration.Base() != "configuration" {
		t.Errorf("names: %q %q %q", got.Title(), got.AppName(), got.Configuration.Base())
	}
}

func TestDecodeGit(t *testing.T) {
	got, err := Decode("/src/.shopctl.yml", []byte("name: a\nsystem: ./system.git\napp: http://127.0.0.1:8080/app.git\nargocd: none\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Forge != ForgeGit || got.API != "" || got.ArgoCD != "" || got.System.URL != "file:///src/system.git" || !got.Configuration.IsZero() {
		t.Errorf("got %+v", got)
	}
}

// Each mistake is one line changed in a right file.
func TestDecodeRefuses(t *testing.T) {
	const base = "name: prod\nsystem: a/system\napp: a/app\nargocd: none\n"
	change := func(old, line string) string { return strings.Replace(base, old, line, 1) }
	for _, c := range []struct{ name, file, want string }{
		{"unknown key", base + "arogcd: none\n", `f:5: unknown key "arogcd"|did you mean argocd?`},
		{"far key", base + "zzz: 1\n", `f:5: unknown key "zzz"|known keys: name system`},
		{"duplicate", base + "name: b\n", `f:5: the key "name" stands twice|line 1`},
		{"missing", change("app: a/app\n", ""), `f: the key "app" is missing|add app`},
		{"empty", "", `f: the key "name" is missing`},
		{"bad name", change("prod", "Prod_1"), `f:1: "Prod_1" is no name`},
		{"number", change("prod", "12"), `f:1: "name" needs a text`},
		{"token", change("a/app", "https://me:secret@github.com/a/app"), `f:3: app: an address holds no user, password or token`},
		{"broken token", change("a/app", "https://me:s%zzecret@github.com/a/app"), `f:3: app: "https://***@github.com`},
		{"http", change("a/app", "http://git.example.com/app"), `f:3: app: "http://git.example.com/app" is not encrypted`},
		{"scheme", change("a/app", "git://git.example.com/app"), `begins with git://`},
		{"word", change("a/app", "storefront"), `f:3: app: "storefront" is no address`},
		{"twice", change("a/app", "a/system"), `f:3: app and system are the same repository`},
		{"argocd", change("none", "argocd.example.com"), `f:4: "argocd.example.com" is no https address`},
		{"argocd http", change("none", "http://argocd.example.com"), `not encrypted`},
		{"forge", base + "forge: gitlab\n", `f:5: "gitlab" is no forge|github or git`},
		{"elsewhere", change("a/app", "https://ghe.example.com/a/app") + "forge: github\n", `needs the key api|add api: https://ghe.example.com/api/v3`},
		{"api", base + "forge: git\napi: https://x.example.com\n", `f:6: api is for forge: github only`},
		{"live", base + "live: maybe\n", `f:5: "live" is true or false`},
		{"demo", base + "demo: true\n", `f:5: demo: true needs every address on this machine, and system is at github.com`},
		{"setting", base + "settings:\n  lang: fr\n", `f:6: settings.lang: "fr" is not one of en ja`},
		{"own setting", base + "settings:\n  gates.smoke: rm\n", `f:6: "settings.gates.smoke" may not stand here`},
		{"nested", base + "settings:\n  wait:\n    timeout: 1m\n", `f:6: unknown key "settings.wait"|wait.timeout: …`},
		{"no yaml", "name: [", `this is no YAML`},
		{"list", "- a\n", `f:1: the file holds no keys`},
		{"two", base + "---\nname: b\n", `a second document`},
		{"alias", "name: &n prod\nsystem: a/system\napp: *n\nargocd: none\n", `f:3: "app" needs a text`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode("f", []byte(c.file))
			var p Problems
			if !errors.As(err, &p) {
				t.Fatalf("Decode: %v, want Problems", err)
			}
			all := p.Error()
			for _, one := range p {
				all += "\n" + one.Hint
			}
			for _, want := range strings.Split(c.want, "|") {
				if !strings.Contains(all, want) {
					t.Errorf("lacks %q:\n%s", want, all)
				}
			}
			if strings.Contains(all, "secret") || strings.Contains(all, "zzecret") {
				t.Errorf("repeats the secret: %s", all)
			}
		})
	}
}

func TestDemoOnLoopback(t *testing.T) {
	const file = "name: demo\nsystem: http://127.0.0.1:1/system.git\napp: http://[::1]:1/app.git\nargocd: http://localhost:2\nforge: github\napi: http://127.0.0.1:3/api\ndemo: true\n"
	got, err := Decode("f", []byte(file))
	if err != nil || !got.Demo || got.API != "http://127.0.0.1:3/api" {
		t.Fatalf("got %+v, %v", got, err)
	}
}
