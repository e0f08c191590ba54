package git

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Checkout is where a working directory of a person stands.
type Checkout struct {
	Branch  string // empty: no branch is checked out
	Commit  string
	Remotes []string // addresses
}

// CheckoutAt asks git where a directory stands. Nothing is fetched or changed.
func CheckoutAt(ctx context.Context, dir string) (c Checkout, err error) {
	out, err := exec.CommandContext(ctx, "git", "-C", dir, "rev-parse", "HEAD").Output()
	if err != nil {
		return c, fmt.Errorf("look at the checkout in %q: %w", dir, err)
	}
	c.Commit = strings.TrimSpace(string(out))
	// Both fail where there is nothing to tell.
	out, _ = exec.CommandContext(ctx, "git", "-C", dir, "symbolic-ref", "--quiet", "--short", "HEAD").Output()
	c.Branch = strings.TrimSpace(string(out))
	out, _ = exec.CommandContext(ctx, "git", "-C", dir, "config", "--get-regexp", `^remote\..*\.url$`).Output()
	for line := range strings.Lines(string(out)) {
		if _, url, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			c.Remotes = append(c.Remotes, url)
		}
	}
	return c, nil
}
