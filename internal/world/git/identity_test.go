package git

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestIdentity(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	for _, name := range []string{"GIT_CONFIG_GLOBAL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	is := func(what, wantName, wantEmail string) {
		t.Helper()
		if name, email := Identity(t.Context(), dir, os.Getenv); name != wantName || email != wantEmail {
			t.Errorf("%s: got %q <%q>, want %q <%q>", what, name, email, wantName, wantEmail)
		}
	}
	is("nobody", "", "")
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(home, "more"), "[user]\n\temail = included@example.com\n")
	write(filepath.Join(home, ".gitconfig"), "[user]\n\tname = 山田\n[include]\n\tpath = more\n")
	is("the user's, one part by an include that git follows", "山田", "included@example.com")
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := exec.Command("git", "-C", dir, "config", "user.name", "local").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	is("the repository's first", "local", "included@example.com")
	t.Setenv("GIT_AUTHOR_NAME", "env")
	t.Setenv("GIT_AUTHOR_EMAIL", "env@example.com")
	is("the environment before all", "env", "env@example.com")
}
