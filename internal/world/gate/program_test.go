//go:build unix

package gate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program writes a shell script and gives its absolute path.
func program(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "decides")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRun(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       Answer
	}{
		{"0 opens", "exit 0", Answer{Yes, ""}},
		{"with its last words", "echo looked; echo 'no incident' >&2", Answer{Yes, "no incident"}},
		{"anything else shuts", "echo 'INC-12 is open'; exit 3", Answer{No, "exit status 3: INC-12 is open"}},
		{"killed by a signal", "kill -9 $$", Answer{No, "signal: killed"}},
		{"one that talks much is heard to its end", "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done; exit 0", Answer{Yes, "01234567890123456789012345678901"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := Run(context.Background(), Program{Line: program(t, row.text), Env: []string{"PATH=/usr/bin:/bin"}, Timeout: 30 * time.Second})
			if got.Verdict != row.want.Verdict || !strings.HasPrefix(got.Text, row.want.Text) || row.want.Text == "" && got.Text != "" {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

// It gets its arguments without a shell, and no more of the environment than it is given.
func TestRunGives(t *testing.T) {
	t.Setenv("SHOPCTL_TOKEN", "canary")
	t.Setenv("GITHUB_TOKEN", "canary")
	file := program(t, `env | grep -v -e '^PWD=' -e '^SHLVL=' -e '^_=' -e '^OLDPWD=' | sort | tr '\n' ' '; echo "[$1][$2][$#]"`)
	got := Run(context.Background(), Program{Line: file + " $HOME;x  two", Env: []string{"PATH=/usr/bin:/bin", "SHOPCTL_GATE=incidents"}, Timeout: 30 * time.Second})
	if want := "PATH=/usr/bin:/bin SHOPCTL_GATE=incidents [$HOME;x][two][2]"; got.Verdict != Yes || got.Text != want {
		t.Errorf("got %+v, want %q", got, want)
	}
}

// What does not end in time has not said yes; nothing that it started is left.
func TestRunTooLong(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "alive")
	file := program(t, "sleep 600 & echo $! > "+fifo+"; wait")
	got := Run(context.Background(), Program{Line: file, Env: []string{"PATH=/usr/bin:/bin"}, Timeout: 300 * time.Millisecond})
	if got != (Answer{Silent, "no end within 300ms"}) {
		t.Errorf("got %+v", got)
	}
	pid, err := os.ReadFile(fifo)
	if err != nil {
		t.Skip("it was ended before it began")
	}
	proc := filepath.Join("/proc", strings.TrimSpace(string(pid)))
	deadline, again := time.After(10*time.Second), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for {
		state, err := os.ReadFile(filepath.Join(proc, "stat"))
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("process %s outlived the gate: %s", pid, state)
		}
	}
}

// The directory that the user is in decides nothing.
func TestRunRefuses(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("planted", []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"", "   ", "./planted", "sub/../planted", "planted", "no-such-program-here", "/no/such/program", dir} {
		if got := Run(context.Background(), Program{Line: line, Timeout: time.Second}); got.Verdict != No || got.Text == "" {
			t.Errorf("%q: got %+v", line, got)
		}
	}
	t.Setenv("PATH", ".:"+os.Getenv("PATH"))
	if got := Run(context.Background(), Program{Line: "planted", Timeout: time.Second}); got.Verdict != No {
		t.Errorf("from the current directory by PATH: got %+v", got)
	}
}
