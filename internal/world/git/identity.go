package git

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/config"
)

// Identity is who git says commits are by: the environment, else the settings
// of the repository around dir, else those of the user. Both are empty when
// git knows nobody. git itself is asked only when its files leave it open, for
// they may include others.
func Identity(ctx context.Context, dir string, getenv func(string) string) (name, email string) {
	name, email = getenv("GIT_AUTHOR_NAME"), getenv("GIT_AUTHOR_EMAIL")
	if name != "" && email != "" {
		return name, email
	}
	for _, file := range configFiles(dir, getenv) {
		c := readConfig(file)
		name, email = orElse(name, c.User.Name), orElse(email, c.User.Email)
	}
	if name == "" {
		name = askGit(ctx, dir, "user.name")
	}
	if email == "" {
		email = askGit(ctx, dir, "user.email")
	}
	return name, email
}

// configFiles are those that git reads first, the repository's before the user's.
func configFiles(dir string, getenv func(string) string) (files []string) {
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(filepath.Join(d, ".git")); err == nil && info.IsDir() {
			files = append(files, filepath.Join(d, ".git", "config"))
			break
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	if global := getenv("GIT_CONFIG_GLOBAL"); global != "" {
		return append(files, global)
	}
	home := getenv("HOME")
	return append(files, filepath.Join(home, ".gitconfig"), filepath.Join(orElse(getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config")), "git", "config"))
}

// readConfig is empty where there is nothing to read.
func readConfig(file string) *config.Config {
	f, err := os.Open(file)
	if err != nil {
		return config.NewConfig()
	}
	defer f.Close() //nolint:errcheck // it was only read
	c, err := config.ReadConfig(f)
	if err != nil {
		return config.NewConfig()
	}
	return c
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func askGit(ctx context.Context, dir, key string) string {
	cmd := exec.CommandContext(ctx, "git", "config", "--get", key)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasSuffix(name, "_TOKEN") // no other program needs one
	})
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
