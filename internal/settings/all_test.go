package settings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, file, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPrecedence(t *testing.T) {
	user := write(t, filepath.Join(t.TempDir(), "settings.yaml"), "color: never\nlang: en\nwait.timeout: 1m\nui.theme: mono\ngates.smoke: ./smoke\n")
	system, err := Decode("/s/.shopctl.yml", []byte("name: a\nsystem: ./s\napp: ./a\nargocd: none\nsettings: {lang: ja, wait.timeout: 2m, ui.theme: blue-orange}\n"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"SHOPCTL_WAIT_TIMEOUT": "3m", "SHOPCTL_ACCESSIBLE": "1", "SHOPCTL_LANG": "en"}
	all, err := Read(Sources{
		Flags: map[string]string{"lang": "ja"}, Getenv: func(k string) string { return env[k] }, System: system, UserFile: user,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Value{
		{"lang", "ja", FromFlag, "--lang"},
		{"wait.timeout", "3m", FromEnvironment, "SHOPCTL_WAIT_TIMEOUT"},
		{"accessible", "true", FromEnvironment, "SHOPCTL_ACCESSIBLE"},
		{"ui.theme", "blue-orange", FromSystem, "/s/.shopctl.yml:5"},
		{"color", "never", FromUser, user + ":1"},
		{"gates.smoke", "./smoke", FromUser, user + ":5"},
		{"ui.mouse", "true", FromBuiltIn, ""},
	} {
		if got := all.Get(want.Name); got != want {
			t.Errorf("Get(%q) = %+v, want %+v", want.Name, got, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	user := write(t, filepath.Join(t.TempDir(), "settings.yaml"), "color: never\ncolour: blue\n")
	env := map[string]string{"SHOPCTL_COLOR": "pink"}
	all, err := Read(Sources{Getenv: func(k string) string { return env[k] }, UserFile: user})
	var p Problems
	if !errors.As(err, &p) || len(p) != 2 || p[0].Line != 2 || p[0].Hint != "did you mean color?" || p[1].File != "SHOPCTL_COLOR" {
		t.Errorf("Read: %#v", err)
	}
	if got := all.Get("color").Value; got != "never" {
		t.Errorf("what was right is lost: color %q", got)
	}
}

func TestSetKeepsTheRest(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "settings.yaml")
	step := func(name, value, want string, changes bool) {
		t.Helper()
		changed, err := Set(file, name, value)
		if err != nil || changed != changes {
			t.Fatalf("Set(%s, %s) = %v, %v", name, value, changed, err)
		}
		got, err := os.ReadFile(file)
		if err != nil || string(got) != want {
			t.Fatalf("after Set(%s, %s): %q, %v", name, value, got, err)
		}
	}
	step("lang", "ja", "lang: ja\n", true)
	write(t, file, "# mine\nlang: ja # both\ncolor: never\n")
	step("lang", "en", "# mine\nlang: en # both\ncolor: never\n", true)
	step("lang", "en", "# mine\nlang: en # both\ncolor: never\n", false)
	step("color", "", "# mine\nlang: en # both\n", true)
	step("ui.mouse", "false", "# mine\nlang: en # both\nui.mouse: \"false\"\n", true)
	if _, err := Read(Sources{Getenv: func(string) string { return "" }, UserFile: file}); err != nil {
		t.Errorf("what Set wrote does not read: %v", err)
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "repository", "app", "models")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	above := write(t, filepath.Join(root, FileName), "")
	if _, err := Find(deep); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("outside of a repository the folders above do not count: %v", err)
	}
	write(t, filepath.Join(root, "repository", ".git", "HEAD"), "")
	if _, err := Find(deep); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("above the root of the repository nothing counts: %v (there is %s)", err, above)
	}
	want := write(t, filepath.Join(root, "repository", FileName), "")
	if got, err := Find(deep); got != want {
		t.Errorf("Find = %q, %v, want %q", got, err, want)
	}
}
