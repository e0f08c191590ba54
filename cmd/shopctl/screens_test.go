//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
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

// taken is the painted screen that the steps lead to, in a world that stands still.
func (p picture) taken(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, "world")
	world, err := rehearsal.Create(context.Background(), dir, rehearsal.Options{Start: worldStart, Reconcile: func(ctx context.Context) error { return reconcileAll(ctx, dir) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	cmd := inWorld(home, world, "shopctl-frozen", "ui", "--no-mouse")
	session, err := screens.Start(screens.Options{
		Width: p.width, Height: p.height, Dir: home, Command: cmd.Args,
		Env: append(cmd.Env, "LANG="+p.language+".UTF-8", "SHOPCTL_LANG="+p.language, "TZ=Asia/Tokyo", "SHOPCTL_UI_AMBIGUOUS_WIDTH=1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	for _, step := range p.steps {
		if err := p.step(session, world, step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	painted, err := session.Still()
	if err != nil {
		t.Fatal(err)
	}
	return painted
}

func (p picture) step(s *screens.Session, world *rehearsal.World, step string) error {
	word, text, _ := strings.Cut(step, ":")
	text = strings.ReplaceAll(text, "_", " ")
	switch word {
	case "see":
		return s.Until(strconv.Quote(text), func(screen string) bool { return strings.Contains(screen, text) })
	case "type":
		return s.Type(text)
	case "advance":
		d, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		return world.Advance(d)
	}
	return s.Keys(step)
}
