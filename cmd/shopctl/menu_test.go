//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// said is what a person types after a prompt.
type said struct{ prompt, text string }

// The board for ears: each flow as it is heard, without one escape code.
func TestMenu(t *testing.T) {
	number := func(n string) said { return said{"]: ", n} }
	quit := number("7")
	promote := []said{number("2"), number("1"), {": ", "tier-1"}, {"commit: ", "tried it"}}
	closing := []said{number("4"), {"part of it: ", "bunko"}, number("1"), number("2"), {"18:00: ", "30m"}, {"or nothing: ", "在庫の点検中です"}, {"[y/N] ", "y"}}
	for name, flow := range map[string][]said{
		"promote":  append(append([]said{}, promote...), quit),
		"rollback": {number("2"), number("2"), {"[y/N] ", "y"}, number("2"), number("9"), quit},
		"close":    append(append([]said{}, closing...), quit),
		"open":     append(append([]said{}, closing...), number("4"), said{"part of it: ", "bunko"}, number("1"), number("3"), quit),
		"find":     {number("4"), {"part of it: ", "ｂｕｎｋｏ"}, number("1"), number("1"), number("9"), number("4"), {"part of it: ", "nobody"}, quit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			world, err := rehearsal.Create(context.Background(), filepath.Join(dir, "world"), rehearsal.Options{Start: worldStart, Shops: 40, Runs: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = world.Stop() })
			cmd := inWorld(dir, world, "shopctl", "ui")
			cmd.Env = append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC", "ACCESSIBLE=1")
			heard := talk(t, cmd, flow)
			if strings.Contains(heard, "\x1b") {
				t.Errorf("an escape code in %q", heard)
			}
			file := filepath.Join("testdata", "menu", name+".txt")
			got := timeless(heard)
			if os.Getenv("UPDATE") != "" {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(file); err != nil || got != string(want) {
				t.Errorf("%s: heard\n%s\nwant\n%s%v", file, got, want, err)
			}
		})
	}
}

// talk answers each prompt in turn and gives all that was heard, with what was typed.
func talk(t *testing.T, cmd *exec.Cmd, flow []said) string {
	t.Helper()
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var mu sync.Mutex
	var all bytes.Buffer
	more := make(chan struct{}, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		part := make([]byte, 4096)
		for {
			n, err := terminal.Read(part)
			mu.Lock()
			all.Write(part[:n])
			mu.Unlock()
			select {
			case more <- struct{}{}:
			default:
			}
			if err != nil {
				return // EIO when the program has left
			}
		}
	}()
	heard := func() string {
		mu.Lock()
		defer mu.Unlock()
		return all.String()
	}
	late := time.After(90 * time.Second)
	at := 0 // what was heard when something was typed last
	for _, one := range flow {
		for len(heard()) <= at || !strings.HasSuffix(heard(), one.prompt) {
			select {
			case <-more:
			case <-ended:
				t.Fatalf("it ended before %q:\n%s", one.prompt, heard())
			case <-late:
				_ = cmd.Process.Kill()
				t.Fatalf("%q did not come:\n%s", one.prompt, heard())
			}
		}
		at = len(heard())
		if _, err := io.WriteString(terminal, one.text+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-ended:
	case <-late:
		_ = cmd.Process.Kill()
		t.Fatalf("it did not end:\n%s", heard())
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, heard())
	}
	return strings.ReplaceAll(heard(), "\r\n", "\n")
}

// timeless takes out what is another in each run: how long it took, and the sentences
// that come when that is long.
func timeless(text string) string {
	for _, r := range [][2]string{
		{`(?m)^.*\(\d+(m\d+)?\.?\d*s\)\n`, ""},
		{`\d+m\d+\.\ds|\b\d+\.\ds`, "N.Ns"},
		{` +N\.Ns`, " N.Ns"},
		{`\bin (\d+m)?\d+s\b`, "in Ns"},
		{`\(\d+s\)\.`, "(Ns)."},
		{`healthy for \d+m(\d+s)?\b`, "healthy for Nm"},
		{`\d\d:\d\d:\d\d`, "HH:MM:SS"},
		{`\d\d:\d\d UTC`, "HH:MM UTC"},
		{`Shopset-Bypass: [0-9a-f]{20}`, "Shopset-Bypass: WORD"},
		{`127\.0\.0\.1:\d+`, "HOST"},
	} {
		text = regexp.MustCompile(r[0]).ReplaceAllString(text, r[1])
	}
	return text
}

// However accessible mode is asked for, nothing is drawn: not by the board, nor
// by any other command on a terminal.
func TestAccessibleIsPlain(t *testing.T) {
	dir, world := stoodWorld(t)
	run := func(t *testing.T, env []string, flow []said, args ...string) {
		cmd := inWorld(dir, world, "shopctl", args...)
		cmd.Env = append(append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8"), env...)
		if heard := talk(t, cmd, flow); strings.Contains(heard, "\x1b") {
			t.Errorf("an escape code in %q", heard)
		}
	}
	settings := filepath.Join(t.TempDir(), "shopctl", "settings.yaml")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(settings, []byte("accessible: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	leave := []said{{"]: ", "7"}}
	for name, c := range map[string]struct{ env, args []string }{
		"ACCESSIBLE":         {env: []string{"ACCESSIBLE=1"}},
		"SHOPCTL_ACCESSIBLE": {env: []string{"SHOPCTL_ACCESSIBLE=1"}},
		"the flag":           {args: []string{"--accessible"}},
		"the setting":        {env: []string{"XDG_CONFIG_HOME=" + filepath.Dir(filepath.Dir(settings))}},
		"read-only":          {env: []string{"ACCESSIBLE=1"}, args: []string{"--read-only"}},
	} {
		t.Run(name, func(t *testing.T) { run(t, c.env, leave, append([]string{"ui"}, c.args...)...) })
	}
	for _, line := range []string{
		"", "status", "status tier-1", "releases tier-1", "activity", "diff tier-1", "diff tier-1 --manifests", "where tier-1", "why tier-1", "tier list", "shop list",
		"shop show bunko", "shop search はな", "shopset list", "shopset show s-101", "configuration list", "maintenance status", "doctor", "settings list", "help promote",
		"explain SHOP-2001", "promote tier-1 -n", "rollback tier-1 -n", "reconcile -n", "reconcile --yes", "version", "wait tier-1",
	} {
		t.Run("shopctl "+line, func(t *testing.T) {
			cmd := inWorld(dir, world, "shopctl", strings.Fields(line)...)
			cmd.Env = append(cmd.Env, "TERM=xterm-256color", "ACCESSIBLE=1", "LANG=C.UTF-8")
			terminal, err := pty.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			hung := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
			defer hung.Stop()
			heard, _ := io.ReadAll(terminal) // ends with EIO when the program has left
			_ = cmd.Wait()                   // its exit code is for other tests
			if len(heard) == 0 || bytes.Contains(heard, []byte("\x1b")) {
				t.Errorf("heard %q", heard)
			}
		})
	}
}
