//go:build unix

package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/screens"
)

const screensDir = "../../docs/screens"

// picture is a line of docs/screens/list.
type picture struct {
	name, language, title string
	width, height         int
	steps                 []string
}

func pictures(t *testing.T) (all []picture) {
	t.Helper()
	file, err := os.Open(filepath.Join(screensDir, "list"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		before, rest, quoted := strings.Cut(line, `"`)
		title, steps, ended := strings.Cut(rest, `"`)
		var p picture
		if n, err := fmt.Sscanf(before, "%s %dx%d %s", &p.name, &p.width, &p.height, &p.language); n != 4 || !quoted || !ended {
			t.Fatalf("%s: %q is no picture: %v", file.Name(), line, err)
		}
		p.title, p.steps = title, strings.Fields(steps)
		all = append(all, p)
	}
	return all
}

// `make screens-check` compares them, `make screens` draws them anew: whoever
// changes a view does not have to draw, whoever merges it has.
func TestScreens(t *testing.T) {
	if os.Getenv("SCREENS") == "" {
		t.Skip("make screens-check compares the pictures")
	}
	if why := screens.Missing(); why != "" {
		t.Skip("NOT COMPARED: " + why)
	}
	for _, p := range pictures(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			painted := p.taken(t)
			files := map[string]string{
				p.name + ".txt":      screens.Text(painted),
				p.name + ".svg":      screens.SVG(painted, p.title, p.width, p.height, screens.Light),
				p.name + ".dark.svg": screens.SVG(painted, p.title, p.width, p.height, screens.Dark),
			}
			for name, got := range files {
				file := filepath.Join(screensDir, name)
				if os.Getenv("UPDATE") != "" {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil || string(want) != got {
					t.Errorf("%s is not what the board shows (make screens draws it anew; %v):\n%s", name, err, files[p.name+".txt"])
				}
			}
		})
	}
}

// studio is a world that stands still, and a terminal in it once it is looked at.
type studio struct {
	*testing.T
	picture
	world *rehearsal.World
	home  string
	moved time.Duration // the clock of the programs
	*screens.Session
}

// taken is the painted screen that the steps lead to.
func (p picture) taken(t *testing.T) string {
	t.Helper()
	s := studio{T: t, picture: p, home: t.TempDir()}
	dir := filepath.Join(s.home, "world")
	world, err := rehearsal.Create(context.Background(), dir, rehearsal.Options{Start: worldStart, Reconcile: func(ctx context.Context) error { return reconcileAll(ctx, dir) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	s.world = world
	for _, step := range p.steps {
		if err := s.step(step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	painted, err := s.Still()
	if err != nil {
		t.Fatal(err)
	}
	return s.withoutPorts(painted)
}

func (s *studio) step(step string) error {
	word, text, _ := strings.Cut(step, ":")
	words := strings.Split(text, "_")
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "~", " ")
	}
	switch word {
	case "run":
		out, err := s.command(words...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	case "advance", "world":
		return s.advance(word, text)
	case "open":
		return s.open(words...)
	case "see":
		text = strings.Join(words, " ")
		return s.Until(strconv.Quote(text), func(screen string) bool { return strings.Contains(screen, text) })
	case "still":
		_, err := s.Still()
		return err
	case "type":
		return s.Type(strings.Join(words, " "))
	}
	return s.Keys(step)
}

// command runs in the world, by the world's clock.
func (s *studio) command(args ...string) *exec.Cmd {
	cmd := inWorld(s.home, s.world, "shopctl-frozen", args...)
	cmd.Env = append(cmd.Env, "LANG="+s.language+".UTF-8", "SHOPCTL_LANG="+s.language, "TZ=Asia/Tokyo", "SHOPCTL_UI_AMBIGUOUS_WIDTH=1", "STANDS_AT="+s.clock())
	return cmd
}

func (s *studio) open(args ...string) (err error) {
	cmd := s.command(args...)
	s.Session, err = screens.Start(screens.Options{Width: s.width, Height: s.height, Dir: s.home, Command: cmd.Args, Env: cmd.Env})
	if err == nil {
		s.Cleanup(func() { _ = s.Session.Close() })
	}
	return err
}

// clock is the file with the time of the programs.
func (s *studio) clock() string { return filepath.Join(s.home, "clock") }

// advance moves the clock of the world, and that of the programs unless it is the
// world's alone.
func (s *studio) advance(which, by string) error {
	d, err := time.ParseDuration(by)
	if err != nil {
		return err
	}
	if which != "world" {
		s.moved += d
		if err := os.WriteFile(s.clock()+".new", []byte(worldStart.Add(s.moved).Format(time.RFC3339Nano)), 0o600); err != nil {
			return err
		}
		if err := os.Rename(s.clock()+".new", s.clock()); err != nil {
			return err
		}
	}
	return s.world.Advance(d)
}

// withoutPorts gives the commits of the system repository ids that follow from what
// they say: the real ones follow from the ports of this world, too.
func (s *studio) withoutPorts(painted string) string {
	s.Helper()
	out, err := exec.Command("git", "-C", filepath.Join(s.home, "world", "repositories", "system.git"), "log", "--all", "--reverse", "--format=%h %s", "--abbrev=7").Output()
	if err != nil {
		s.Fatal(err)
	}
	for n, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		id, subject, _ := strings.Cut(line, " ")
		sum := sha256.Sum256(fmt.Append(nil, n, subject))
		painted = strings.ReplaceAll(painted, id[:7], hex.EncodeToString(sum[:])[:7])
	}
	return painted
}

// The page that everybody reads first shows the board as a picture and as the same
// text; every picture that a page names is there, and each of the list is on a page.
func TestPagesShowThePictures(t *testing.T) {
	readme := filepath.Join("..", "..", "README.md")
	text := read(t, readme)
	twin := "```text\n" + read(t, filepath.Join(screensDir, "board.txt")) + "```\n"
	from := strings.Index(text, "```text\n shopctl  ")
	if from < 0 {
		t.Fatal("README.md does not show the board")
	}
	to := from + strings.Index(text[from:], "\n```\n") + len("\n```\n")
	if text[from:to] != twin {
		if os.Getenv("UPDATE") == "" {
			t.Error("README.md shows another board than docs/screens/board.txt (UPDATE=1 writes it)")
		} else if err := os.WriteFile(readme, []byte(text[:from]+twin+text[to:]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page := read(t, filepath.Join(screensDir, "..", "board.md"))
	for _, p := range pictures(t) {
		for _, name := range []string{p.name + ".svg", p.name + ".dark.svg", p.name + ".txt"} {
			read(t, filepath.Join(screensDir, name))
			if !strings.Contains(page, "screens/"+name) {
				t.Errorf("docs/board.md does not show %s", name)
			}
		}
	}
	for _, m := range regexp.MustCompile(`screens/[a-z-]+(\.dark)?\.(svg|txt)`).FindAllString(page+text, -1) {
		read(t, filepath.Join(screensDir, "..", m))
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
