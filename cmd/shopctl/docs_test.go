package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

// TestDocs runs every console block of README.md and docs/ against a demo world
// of its own, page by page and from top to bottom in one shell, as a reader
// would. UPDATE=1 writes what really came into the pages.
func TestDocs(t *testing.T) {
	if testing.Short() {
		t.Skip("starts demo worlds")
	}
	for _, page := range pages(t) {
		t.Run(filepath.ToSlash(strings.TrimPrefix(page, filepath.Join("..", "..")+string(filepath.Separator))), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			parts := split(string(text))
			runPage(t, parts)
			if got := join(parts); got != string(text) {
				if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// pages are those that have a console block.
func pages(t *testing.T) (found []string) {
	t.Helper()
	root := filepath.Join("..", "..")
	files := []string{filepath.Join(root, "README.md")}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".md") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\n```console\n") {
			found = append(found, name)
		}
	}
	return found
}

// A part of a page is text that is left alone, or one command of a console
// block with its output.
type part struct {
	text    string // or the output
	command string // "" for text
	line    int
}

// split takes a page apart. A command is a line that begins with "$ "; lines
// that end with a backslash go on.
func split(page string) (parts []part) {
	console, open := false, false
	for n, line := range strings.SplitAfter(page, "\n") {
		words := strings.TrimSuffix(line, "\n")
		switch {
		case !console:
			console = words == "```console"
			open = false
		case words == "```":
			console, open = false, false
		case strings.HasPrefix(words, "$ "):
			parts = append(parts, part{command: words[2:], line: n + 1})
			open = true
			continue
		case open && strings.HasSuffix(parts[len(parts)-1].command, `\`) && parts[len(parts)-1].text == "":
			parts[len(parts)-1].command += "\n" + words
			continue
		}
		if !open && (len(parts) == 0 || parts[len(parts)-1].command != "") {
			parts = append(parts, part{line: n + 1})
		}
		parts[len(parts)-1].text += line
	}
	return parts
}

func join(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.command != "" {
			b.WriteString("$ " + p.command + "\n")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// runPage runs the commands of a page and, with UPDATE, puts their output in.
func runPage(t *testing.T, parts []part) {
	s := startShell(t)
	ids := translation{}
	for i, p := range parts {
		if p.command == "" {
			continue
		}
		got := strings.Trim(s.run(ids.here(p.command)), "\n")
		body := strings.TrimRight(p.text, "\n")
		ids.learn(body, got)
		if alike(body, got) {
			continue
		}
		if os.Getenv("UPDATE") != "" {
			parts[i].text = ids.there(got) + "\n"
			if rest := p.text[len(body):]; strings.Count(rest, "\n") > 1 {
				parts[i].text += "\n" // the empty line before the next command
			}
			continue
		}
		t.Errorf("line %d: $ %s (-page +really)\n%s", p.line, p.command, diff.Diff(strings.Split(same(body), "\n"), strings.Split(same(got), "\n")))
	}
}

var commitID = regexp.MustCompile(`\b[0-9a-f]{7,40}\b`)

// A translation knows which commit of the page is which of this world: ids
// hang on the time at which a world began.
type translation map[string]string

// learn reads two outputs of one shape.
func (t translation) learn(page, got string) {
	a, b := commitID.FindAllString(page, -1), commitID.FindAllString(got, -1)
	if len(a) != len(b) {
		return
	}
	for i := range a {
		if _, known := t[a[i]]; !known {
			t[a[i]] = b[i]
		}
	}
}

// here is a command of the page with the ids of this world.
func (t translation) here(command string) string {
	return commitID.ReplaceAllStringFunc(command, func(id string) string { return cmp.Or(t[id], id) })
}

// there is an output of this world with the ids that the page has for them.
func (t translation) there(got string) string {
	back := map[string]string{}
	for page, here := range t {
		back[here] = page
	}
	return commitID.ReplaceAllStringFunc(got, func(id string) string { return cmp.Or(back[id], id) })
}

// What differs from run to run, and what stands for it.
var differs = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "ADDRESS"},
	{commitID, "ID"},
	{regexp.MustCompile(`\b(\d{4}-)?\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?( [A-Z]{3,4}|Z)?`), "TIME"},
	{regexp.MustCompile(`\b\d\d:\d\d(:\d\d)?( [A-Z]{3,4}|Z)?`), "TIME"},
	{regexp.MustCompile(`\b(\d+(\.\d+)?(ms|s|m|h|d))+\b`), "AGE"},
	{regexp.MustCompile(`[ \t]+`), " "},
	{regexp.MustCompile(`(?m) $`), ""},
}

func same(s string) string {
	for _, d := range differs {
		s = d.re.ReplaceAllString(s, d.to)
	}
	return s
}

// alike compares line by line; a line "…" on the page stands for any lines.
func alike(page, got string) bool {
	return matches(strings.Split(same(page), "\n"), strings.Split(same(got), "\n"))
}

func matches(page, got []string) bool {
	switch {
	case len(page) == 0:
		return len(got) == 0
	case page[0] == "…":
		for i := range len(got) + 1 {
			if matches(page[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && page[0] == got[0] && matches(page[1:], got[1:])
}

// A shell runs the commands of one page.
type shell struct {
	t    *testing.T
	in   io.Writer
	out  *bufio.Reader
	home string
	mark string
}

const commandTime = 60 * time.Second

func startShell(t *testing.T) *shell {
	t.Helper()
	sh, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	home := filepath.Join(t.TempDir(), "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(sh, "--noprofile", "--norc")
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TERM=xterm-256color", "TZ=UTC",
		"SHOPCTL_FORCE_TTY=100", "NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Takuya", "GIT_AUTHOR_EMAIL=takuya@example.com", "GIT_COMMITTER_NAME=Takuya", "GIT_COMMITTER_EMAIL=takuya@example.com"}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	s := &shell{t: t, in: in, out: bufio.NewReader(r), home: home, mark: fmt.Sprintf("== %d ==", os.Getpid())}
	t.Cleanup(func() {
		s.run("shopctl demo stop")
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Logf("shell: %v", err)
		}
		r.Close()
	})
	return s
}

// run gives what one command wrote, with the home as ~.
func (s *shell) run(command string) string {
	s.t.Helper()
	fmt.Fprintf(s.in, "{ %s\n} </dev/null; printf '\\n%s %%d\\n' $?\n", command, s.mark)
	timer := time.AfterFunc(commandTime, func() { panic(fmt.Sprintf("$ %s: no end after %s", command, commandTime)) })
	defer timer.Stop()
	var got strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		if code, ended := strings.CutPrefix(line, s.mark+" "); ended {
			if n, err := strconv.Atoi(strings.TrimSpace(code)); err != nil || n == 127 {
				s.t.Errorf("$ %s: exit %s", command, code)
			}
			break
		}
		if err != nil {
			s.t.Fatalf("$ %s: %v\n%s", command, err, &got)
		}
		got.WriteString(line)
	}
	return strings.ReplaceAll(strings.TrimSuffix(got.String(), "\n"), s.home, "~")
}

func TestDocsSplit(t *testing.T) {
	page := "# x\n\n```console\n$ a \\\n  b\nout\n\n$ c\n```\ntext\n```sh\n$ not run\n```\n"
	parts := split(page)
	if got := join(parts); got != page {
		t.Errorf("taken apart and put together: (-want +got)\n%s", diff.Diff(page, got))
	}
	var commands []string
	for _, p := range parts {
		if p.command != "" {
			commands = append(commands, p.command+" => "+p.text)
		}
	}
	if d := diff.Diff([]string{"a \\\n  b => out\n\n", "c => "}, commands); d != "" {
		t.Errorf("commands (-want +got)\n%s", d)
	}
}

func TestDocsTranslation(t *testing.T) {
	ids := translation{}
	ids.learn("tier-0 a1b2c3d, tier-1 0c9d8e7", "tier-0 1111111, tier-1 2222222")
	if got, want := ids.here("shopctl where 0c9d8e7 v2"), "shopctl where 2222222 v2"; got != want {
		t.Errorf("here: %q, want %q", got, want)
	}
	if got, want := ids.there("3333333 on top of 1111111"), "3333333 on top of a1b2c3d"; got != want {
		t.Errorf("there: %q, want %q", got, want)
	}
}

func TestDocsAlike(t *testing.T) {
	for _, c := range []struct {
		page, got string
		want      bool
	}{
		{"v12 a1b2c3d  41m", "v12 0c9d8e7 2h4m", true},
		{"v12 a1b2c3d", "v13 a1b2c3d", false},
		{"a\n…\nd", "a\nb\nc\nd", true},
		{"a\n…", "a", true},
		{"a\n…\nd", "a\nb", false},
		{"at http://127.0.0.1:41234/", "at http://127.0.0.1:5/", true},
		{"✓ healthy", "! degraded", false},
	} {
		if got := alike(c.page, c.got); got != c.want {
			t.Errorf("alike(%q, %q) = %t", c.page, c.got, got)
		}
	}
}
