package git

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"

	gogit "github.com/go-git/go-git/v5"
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
	for _, c := range configs(dir, getenv) {
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

func configs(dir string, getenv func(string) string) (all []*config.Config) {
	if r, err := gogit.PlainOpenWithOptions(dir, &gogit.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true}); err == nil {
		if c, err := r.ConfigScoped(config.LocalScope); err == nil {
			all = append(all, c)
		}
	}
	if getenv("GIT_CONFIG_GLOBAL") != "" {
		return all // only git itself reads that one right
	}
	if c, err := config.LoadConfig(config.GlobalScope); err == nil {
		all = append(all, c)
	}
	return all
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
