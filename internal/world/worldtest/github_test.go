package worldtest_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/rehearsal/forge"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world"
	"github.com/shopctl/shopctl/internal/world/github"
	"github.com/shopctl/shopctl/internal/world/worldtest"
)

// TestGitHub plays the suite with the client of GitHub on the rehearsal world's
// forge: real HTTP, real git, late answers.
func TestGitHub(t *testing.T) {
	worldtest.Forge(t, func(t *testing.T) worldtest.Stage { return newStage(t, rehearsal.StrictForge).stage() })
}

// stage is a rehearsal world whose app repository people work on.
type stage struct {
	t     *testing.T
	world *rehearsal.World
	clone string
	files int
}

func newStage(t *testing.T, mode rehearsal.ForgeMode) *stage {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	w, err := rehearsal.Create(t.Context(), filepath.Join(dir, "world"), rehearsal.Options{
		Start: start, Shops: 3, Tiers: 3, Forge: mode,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Stop() })
	s := &stage{t: t, world: w, clone: filepath.Join(dir, "clone")}
	s.run(dir, "clone", "-q", s.with("ryu", s.world.Addresses().App), s.clone)
	return s
}

// with is an address with somebody's token, for git itself.
func (s *stage) with(login, address string) string {
	if token := s.tokenOf(login); token != "" {
		return strings.Replace(address, "://", "://x-access-token:"+token+"@", 1)
	}
	return address
}

// tokenOf is somebody's token; empty where there is no forge.
func (s *stage) tokenOf(login string) string {
	if f := s.world.Forge(); f != nil {
		return f.TokenOf(login)
	}
	return ""
}

func (s *stage) run(dir string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ryu", "GIT_AUTHOR_EMAIL=ryu@example.com", "GIT_COMMITTER_NAME=Ryu", "GIT_COMMITTER_EMAIL=ryu@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (s *stage) stage() worldtest.Stage {
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	f := s.world.Forge()
	return worldtest.Stage{
		As: s.as,
		Commit: func(branch, from string) shop.CommitID {
			s.files++
			s.run(s.clone, "fetch", "-q", "origin")
			s.run(s.clone, "checkout", "-q", "-B", branch, "origin/"+from)
			must(os.WriteFile(filepath.Join(s.clone, branch), []byte(strings.Repeat("x", s.files)), 0o600))
			s.run(s.clone, "add", ".")
			s.run(s.clone, "commit", "-q", "-m", "A change on "+branch)
			s.run(s.clone, "push", "-q", "origin", "HEAD:refs/heads/"+branch)
			return shop.CommitID(s.run(s.clone, "rev-parse", "HEAD"))
		},
		Tip: func(branch string) shop.CommitID {
			id, _, _ := strings.Cut(s.run(s.clone, "ls-remote", "origin", "refs/heads/"+branch), "\t")
			return shop.CommitID(id)
		},
		Check:  func(c shop.CommitID, name, state string) { must(f.SetCheck("app", string(c), name, state)) },
		Review: func(number int, login, verdict string) { must(f.Review("app", number, login, verdict)) },
		Require: func(branch, status string) {
			parameters, err := json.Marshal(map[string]any{"required_status_checks": []forge.Context{{Context: status}}})
			must(err)
			must(f.Rule("app", forge.Ruleset{Name: "required " + branch, Branches: []string{branch}, Rules: []forge.Rule{{Type: "required_status_checks", Parameters: parameters}}}))
		},
		Later: func() { must(s.world.Advance(5 * time.Second)) },
	}
}

func (s *stage) client(token string) *github.Client {
	s.t.Helper()
	c, err := github.New(github.Options{
		API: s.world.ForgeURL(), Now: s.world.Now, Cache: s.t.TempDir(),
		Token: func(context.Context) (github.Token, error) { return github.NewToken(token), nil },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *stage) as(login string) world.Forge {
	token := "ghp_wrong"
	if login != "" {
		token = s.world.Forge().TokenOf(login)
	}
	repos := map[shop.Repository]github.Repo{}
	for _, name := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository} {
		repos[name] = github.Repo{Owner: rehearsal.ForgeOwner, Name: string(name)}
	}
	return world.GitHub(s.client(token), repos, s.world.Now)
}
