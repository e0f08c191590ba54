//go:build unix

package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// Some libraries ask the terminal questions before main begins, and wait 5 s
// for the answer. version must end on a terminal that never answers, and must
// not have asked.
func TestVersionAsksTheTerminalNothing(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "shopctl")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, name := range []string{"xterm-256color", "dumb", ""} {
		// Below the 5 s of a stall, far above what a start takes.
		ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
		defer cancel()
		command := exec.CommandContext(ctx, binary, "version", "--color=never")
		command.Env = []string{"TERM=" + name, "HOME=" + t.TempDir()}
		terminal, err := pty.Start(command)
		if err != nil {
			t.Fatal(err)
		}
		out, _ := io.ReadAll(terminal) // ends with EIO when the program has left
		terminal.Close()
		if err := command.Wait(); err != nil {
			t.Errorf("TERM=%q: %v", name, err)
		}
		if !strings.HasPrefix(string(out), "shopctl ") || strings.Contains(string(out), "\x1b") {
			t.Errorf("TERM=%q: the terminal got %q", name, out)
		}
	}
}
