//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// Ctrl-C during a rollout: one line says that it goes on, and the line that it
// names picks it up from elsewhere.
func TestInterrupt(t *testing.T) {
	// What this process catches is not ignored by those that it starts, even if
	// it was started under nohup.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(caught) })
	for _, c := range []struct {
		name   string
		signal os.Signal
		exit   int
	}{{"Ctrl-C", os.Interrupt, 130}, {"TERM", syscall.SIGTERM, 143}, {"HUP", syscall.SIGHUP, 143}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			// Its clock stands, so the rollout cannot end before the signal.
			world, err := rehearsal.Create(context.Background(), filepath.Join(dir, "world"), rehearsal.Options{Start: worldStart, Shops: 40})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = world.Stop() })
			exit, said := interrupted(t, inWorld(dir, world, "shopctl", "promote", "tier-1", "--confirm=tier-1", "--accept-risk=irreversible-migration", "-m", "tried"), c.signal, "System repository written")
			if exit != c.exit {
				t.Errorf("exit %d, want %d", exit, c.exit)
			}
			line := regexp.MustCompile(`(?m)^Stopped watching\. The rollout goes on\. (shopctl wait tier-1 --for release=[0-9a-f]{7})$`).FindStringSubmatch(said)
			if line == nil {
				t.Fatalf("no line to go on with:\n%s", said)
			}
			if err := world.Advance(time.Minute); err != nil {
				t.Fatal(err)
			}
			words := strings.Fields(line[1])
			if out, err := inWorld(dir, world, words[0], words[1:]...).CombinedOutput(); err != nil || !strings.Contains(string(out), "\tHealthy\tSynced\t") {
				t.Errorf("%s: %v\n%s", line[1], err, out)
			}
		})
	}
}

// inWorld is a command of somebody who works in a world.
func inWorld(dir string, world *rehearsal.World, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "SHOPCTL_CONFIG=" + world.ConfigFile(),
		"GIT_AUTHOR_NAME=Takuya", "GIT_AUTHOR_EMAIL=takuya@example.com"}
	return cmd
}

// interrupted sends a signal as soon as a command has said something.
func interrupted(t *testing.T, cmd *exec.Cmd, signal os.Signal, mark string) (exit int, said string) {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hung := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	var all bytes.Buffer
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		all.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), mark) {
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), all.String()
}
