//go:build unix

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/screens"
)

// deed is one operation, on the board and as a line.
type deed struct {
	name  string
	board func(s *seat)
	line  []string
}

// The same operation on the board and on the command line leaves the same
// commits, but for ids and time: of two copies of a world one is worked on here,
// the other there.
func TestBoardAndLineLeaveTheSameCommits(t *testing.T) {
	if why := screens.Missing(); why != "" {
		t.Skip("NOT TESTED in a real terminal: " + why)
	}
	t.Parallel()
	typed, here := copyOfWorld(t)
	lined, there := copyOfWorld(t)
	if got, want := commitsSince(t, typed, nil), commitsSince(t, lined, nil); got != want {
		t.Fatalf("the copies differ to begin with:\n%s", cmp.Diff(want, got))
	}
	s := boardIn(t, typed, here)
	s.sees("fresh", "tier-2")
	s.press("Right")
	shop := shopOf(t, lined, there)
	for _, d := range []deed{
		{
			"promote", func(s *seat) {
				s.press("p")
				s.agrees("Promote", "tier-1", "tried it")
			}, []string{"promote", "tier-1", "--confirm=tier-1", "--accept-risk=irreversible-migration", "-m", "tried it"},
		},
		{
			"rollback", func(s *seat) {
				s.press("R")
				s.agrees("Roll back", "tier-1", "too slow") // a migration stays behind
			}, []string{"rollback", "tier-1", "--confirm=tier-1", "--accept-risk=irreversible-migration", "-m", "too slow"},
		},
		{
			"maintenance of a tier by the dialog", func(s *seat) { s.closes("tier-1", "棚卸し", "30m") },
			[]string{"maintenance", "on", "--tier", "tier-1", "--for", "30m", "--message", "棚卸し", "--confirm=tier-1"},
		},
		byPalette("maintenance on", "Turn on", "maintenance", "on", "--shop", shop, "--for", "30m", "--message", "棚卸し"),
		{
			"shop move", func(s *seat) {
				s.press("Tab") // from the commits to the ShopSets
				s.sees("> s-101")
				s.press("Enter")
				s.sees("> " + shop)
				s.press("v")
				s.sees("move "+shop+" to", "lives here")
				s.until("the other ShopSet", func(screen string) bool {
					if strings.Contains(screen, "> s-102") {
						return true
					}
					s.press("Down")
					return false
				})
				s.press("Enter")
				s.agrees("Move")
			}, []string{"shop", "move", shop, "--shopset", "s-102", "--yes"},
		},
	} {
		before := [2]refs{refsOf(t, typed), refsOf(t, lined)}
		d.board(s)
		cmd := inWorld(lined, there, "shopctl", d.line...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", d.name, err, out)
		}
		got, want := commitsSince(t, typed, before[0]), commitsSince(t, lined, before[1])
		if want == "" {
			t.Errorf("%s: no commit", d.name)
		}
		if got != want {
			t.Errorf("%s: the commits differ, the line's -, the board's +:\n%s", d.name, cmp.Diff(want, got))
		}
	}
	s.press("Escape") // out of the shops
	s.sees("q quit")
	s.press("q")
	s.left("0")
}

// byPalette types the line into the palette.
func byPalette(name, button string, line ...string) deed {
	return deed{name, func(s *seat) {
		s.press(":")
		s.sees("━ command ━")
		s.types(strings.Join(line, " "))
		s.press("Enter")
		s.agrees(button)
	}, append(slices.Clone(line), "--yes")}
}

// agrees goes from a preview to its question, types what is asked for, presses
// the button, and reads how it ended.
func (s *seat) agrees(button string, typed ...string) {
	s.Helper()
	s.sees("continue to confirm")
	s.press("Enter")
	s.sees("[ Cancel ]", button)
	for i, text := range typed {
		if i > 0 {
			s.press("Tab")
		}
		s.types(text)
	}
	s.press("Tab")
	s.sees("[ " + button + " ]")
	s.press("Enter")
	s.sees("╭─ done ─")
	s.press("Escape")
	s.until("the page before", func(screen string) bool { return !strings.Contains(screen, "─ done ─") })
}

// copyOfWorld is a world like every other that it makes. Nobody else writes there.
func copyOfWorld(t *testing.T) (home string, world *rehearsal.World) {
	t.Helper()
	home = t.TempDir()
	world, err := rehearsal.Create(context.Background(), filepath.Join(home, "world"), rehearsal.Options{Start: worldStart, Runs: true, Shops: 40})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	return home, world
}

func boardIn(t *testing.T, home string, world *rehearsal.World) *seat {
	t.Helper()
	shell := inWorld(home, world, "sh", "-c", fmt.Sprintf(atTheShell, "ui"))
	session, err := screens.Start(screens.Options{Width: 120, Height: 40, Dir: home, Command: shell.Args, Env: append(shell.Env, "LANG=C.UTF-8", "TZ=UTC")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return &seat{t, session, world, home}
}

// shopOf is a shop of s-101.
func shopOf(t *testing.T, home string, world *rehearsal.World) string {
	t.Helper()
	out, err := inWorld(home, world, "shopctl", "shop", "list", "--shopset", "s-101").Output()
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(string(out), "\t")
	return name
}

// refs are the branches of the repositories, by repository and name.
type refs map[[2]string]string

var repositoryNames = []string{"app", "configuration", "system"}

func refsOf(t *testing.T, home string) refs {
	t.Helper()
	all := refs{}
	for _, repo := range repositoryNames {
		for _, line := range strings.Split(strings.TrimSpace(gitIn(t, home, repo, "for-each-ref", "--format=%(refname) %(objectname)")), "\n") {
			name, id, _ := strings.Cut(line, " ")
			all[[2]string{repo, name}] = id
		}
	}
	return all
}

// What two copies of a world may differ in: ids, and times.
var mayDiffer = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "TIME"},
	{regexp.MustCompile(`\b[0-9a-f]{7,64}\b`), "ID"},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "ADDRESS"},
}

// commitsSince are the commits that branches have and had not, with what they
// change, in a form that two copies share.
func commitsSince(t *testing.T, home string, before refs) string {
	t.Helper()
	var b strings.Builder
	now := refsOf(t, home)
	for _, repo := range repositoryNames {
		for _, key := range slices.SortedFunc(maps.Keys(now), func(a, b [2]string) int { return strings.Compare(a[1], b[1]) }) {
			if key[0] != repo || now[key] == before[key] {
				continue
			}
			span := now[key]
			if old := before[key]; old != "" {
				span = old + ".." + span
			}
			fmt.Fprintf(&b, "== %s %s\n%s", repo, key[1], gitIn(t, home, repo, "log", "--reverse", "--no-renames", "--format=commit by %an <%ae>, %cn <%ce>%n%B", "-p", span))
		}
	}
	text := b.String()
	for _, d := range mayDiffer {
		text = d.what.ReplaceAllString(text, d.as)
	}
	return text
}

func gitIn(t *testing.T, home, repo string, args ...string) string {
	t.Helper()
	dir := filepath.Join(home, "world", "repositories", repo+".git")
	cmd := exec.Command("git", append([]string{"--git-dir", dir, "-c", "safe.directory=*"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+home)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v in %s: %v", args, repo, err)
	}
	return string(out)
}
