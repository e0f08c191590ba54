//go:build unix

package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A cost is what one run of a program took. Memory is missing on purpose: what
// the kernel reports for a short process is that of its parent.
type cost struct {
	cpu, wall time.Duration // user and system time of the process and its children
}

func (c cost) and(d cost) cost { return cost{cpu: c.cpu + d.cpu, wall: c.wall + d.wall} }

// run runs a program that must succeed and gives its cost and output.
func run(b *testing.B, cmd *exec.Cmd) (cost, string) {
	b.Helper()
	var out, talk bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout, cmd.Stderr = &out, &talk
	}
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, &out, &talk)
	}
	return spent(cmd, began), out.String()
}

func spent(cmd *exec.Cmd, began time.Time) cost {
	p := cmd.ProcessState
	return cost{cpu: p.UserTime() + p.SystemTime(), wall: time.Since(began)}
}

// pairs runs two things alternately, so that what else the machine does meets
// both, and gives the median cost of each. The first pair only warms up. What
// is far too slow is not run n times: three pairs will do to say so.
func pairs(n int, first, second func() cost) (a, b cost, made int) {
	var as, bs []cost
	began := time.Now()
	for i := range n + 1 {
		x, y := first(), second()
		if i > 0 {
			as, bs = append(as, x), append(bs, y)
		}
		if len(as) >= 3 && time.Since(began) > tooLong {
			break
		}
	}
	return median(as), median(bs), len(as)
}

const tooLong = 2 * time.Minute

func median(all []cost) cost {
	return cost{
		cpu:  middle(all, func(c cost) time.Duration { return c.cpu }),
		wall: middle(all, func(c cost) time.Duration { return c.wall }),
	}
}

// least is the least CPU and the least time: what nothing else on the machine
// lengthened. Time that is waited for a server needs it more than CPU does.
func least(all []cost) cost {
	c := all[0]
	for _, one := range all {
		c = cost{cpu: min(c.cpu, one.cpu), wall: min(c.wall, one.wall)}
	}
	return c
}

func middle(all []cost, of func(cost) time.Duration) time.Duration {
	values := make([]time.Duration, len(all))
	for i, c := range all {
		values[i] = of(c)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

// figure prints results on one line that a program can find.
func figure(name string, values ...any) {
	line := "figure " + name
	for i := 0; i+1 < len(values); i += 2 {
		switch v := values[i+1].(type) {
		case time.Duration:
			line += fmt.Sprintf(" %v=%.2fms", values[i], float64(v)/1e6)
		case float64:
			line += fmt.Sprintf(" %v=%.2f", values[i], v)
		default:
			line += fmt.Sprintf(" %v=%v", values[i], v)
		}
	}
	fmt.Fprintln(os.Stdout, line)
}

// atMost fails the benchmark when a mark is missed.
func atMost[T int | int64 | float64 | time.Duration](b *testing.B, what string, got, limit T) {
	b.Helper()
	if got > limit {
		b.Errorf("%s: %v, more than %v", what, got, limit)
	}
}

var built struct {
	sync.Mutex
	dir string
}

// program builds a main package the way it is released and gives the file.
func program(b *testing.B, name, source string) string {
	b.Helper()
	built.Lock()
	defer built.Unlock()
	file := filepath.Join(built.dir, name)
	if _, err := os.Stat(file); err == nil {
		return file
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build %s: %v\n%s", source, err, out)
	}
	return file
}

func shopctl(b *testing.B) string { return program(b, "shopctl", "../../cmd/shopctl") }

// hello is the smallest Go program that says something.
func hello(b *testing.B) string {
	source := filepath.Join(b.TempDir(), "hello.go")
	text := "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello, world\") }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return program(b, "hello", source)
}

func TestMain(m *testing.M) {
	if work := works[os.Getenv(childVariable)]; work != nil {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	dir, err := os.MkdirTemp("", "shopctl-bench-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built.dir = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}
