//go:build unix

package bench

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/creack/pty"
)

const (
	startLimit = 8.0 // times a hello-world program
	sizeLimit  = int64(29 << 20)
	startPairs = 30
)

// bare is a process environment with nothing set up.
func bare(b *testing.B) []string {
	return []string{"HOME=" + b.TempDir(), "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8"}
}

func BenchmarkStart(b *testing.B) {
	ours, theirs, env := shopctl(b), hello(b), bare(b)
	start := func(file string, args ...string) func() cost {
		return func() cost {
			cmd := exec.Command(file, args...)
			cmd.Env, cmd.Dir = env, "/"
			c, _ := run(b, cmd)
			return c
		}
	}
	for _, c := range []struct {
		name string
		args []string
	}{{"version", []string{"version"}}, {"short-help", nil}, {"completion", []string{"__complete", "prom"}}} {
		a, h, made := pairs(startPairs, start(ours, c.args...), start(theirs))
		compareStart(b, "start-"+c.name, a, h, made)
	}
}

// Some libraries ask the terminal for its colours before main begins, and wait
// seconds for the answer. This terminal never gives one.
func BenchmarkStartOnSilentTerminal(b *testing.B) {
	ours, theirs, env := shopctl(b), hello(b), bare(b)
	start := func(file string, args ...string) func() cost {
		return func() cost {
			c, said := silent(b, file, args, env)
			if bytes.ContainsRune(said, '\x1b') {
				b.Errorf("%s sent the terminal %q", file, said)
			}
			return c
		}
	}
	a, h, made := pairs(startPairs, start(ours, "version", "--color=never"), start(theirs))
	compareStart(b, "start-silent-terminal", a, h, made)
}

// silent runs a program on a terminal that shows and never answers.
func silent(b *testing.B, file string, args, env []string) (cost, []byte) {
	b.Helper()
	cmd := exec.Command(file, args...)
	cmd.Env, cmd.Dir = env, "/"
	began := time.Now()
	screen, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		b.Fatalf("start %q on a terminal: %v", file, err)
	}
	defer screen.Close()
	said, _ := io.ReadAll(screen) // ends with an error when the program closes its side
	if err := cmd.Wait(); err != nil {
		b.Fatalf("%q on a terminal: %v\n%s", file, err, said)
	}
	return spent(cmd, began), said
}

func compareStart(b *testing.B, name string, a, h cost, made int) {
	b.Helper()
	cpu, wall := ratio(a.cpu, h.cpu), ratio(a.wall, h.wall)
	figure(name, "cpu-ratio", cpu, "wall-ratio", wall, "limit", startLimit,
		"cpu", a.cpu, "hello-cpu", h.cpu, "wall", a.wall, "hello-wall", h.wall, "pairs", made)
	atMost(b, name+": CPU against hello-world", cpu, startLimit)
	atMost(b, name+": wall time against hello-world", wall, startLimit)
}

// BenchmarkSize looks at what `make build` and a release make: their settings
// (decision 12) are the Makefile's.
func BenchmarkSize(b *testing.B) {
	build := exec.Command("make", "-C", "../..", "build")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("make build: %v\n%s", err, out)
	}
	info, err := os.Stat("../../bin/shopctl")
	if err != nil {
		b.Fatal(err)
	}
	figure("size", "bytes", info.Size(), "limit", sizeLimit)
	atMost(b, "stripped binary", info.Size(), sizeLimit)
}
