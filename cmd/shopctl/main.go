// Command shopctl moves releases from tier to tier and looks after shops.
package main

import (
	"github.com/shopctl/shopctl/internal/termguard"

	"context"
	crand "crypto/rand"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/shopctl/shopctl/internal/cli"
)

func main() {
	termguard.Restore()
	collectLate()
	ctx, cancel := context.WithCancelCause(context.Background())
	go cancelOnSignal(cancel)
	os.Exit(cli.Run(ctx, environment()))
}

// cancelOnSignal lets the first signal stop the work in an orderly way; the
// second one ends the program at once.
func cancelOnSignal(cancel context.CancelCauseFunc) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	cancel(cli.Interrupted{Exit: exitOf(<-signals)})
	os.Exit(exitOf(<-signals))
}

func exitOf(s os.Signal) int {
	if s == os.Interrupt {
		return cli.ExitInterrupt
	}
	return cli.ExitTerminated
}

func environment() *cli.Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	return &cli.Env{
		Args:   os.Args[1:],
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Getenv: os.Getenv,
		Dir:    dir,
		Terminal: cli.Terminal{
			In:    term.IsTerminal(int(os.Stdin.Fd())),
			Out:   term.IsTerminal(int(os.Stdout.Fd())),
			Err:   term.IsTerminal(int(os.Stderr.Fd())),
			Width: width(), Size: screenSize(),
		}.Forced(os.Getenv),
		Now:       time.Now,
		Zone:      time.Local,
		Sleep:     sleep,
		Rand:      rand.New(rand.NewPCG(seed(), seed())),
		Build:     build(),
		OpenWorld: openWorld, OpenLogins: openLogins, ReadSecret: readSecret,
		Programs: programs{},
		Checkout: checkout,
	}
}

// readSecret reads a line from the terminal without showing it.
func readSecret() (string, error) {
	text, err := term.ReadPassword(int(os.Stdin.Fd()))
	return string(text), err //nolint:wrapcheck // it says what went wrong
}

// width is that of the first stream that is a terminal.
func width() int {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			return w
		}
	}
	return 0
}

// screenSize tells how large the terminal is that stderr is; nil: it is none.
func screenSize() func() (width, height int) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return func() (int, int) {
		w, h, err := term.GetSize(int(os.Stderr.Fd()))
		if err != nil {
			return 0, 0
		}
		return w, h
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait: %w", ctx.Err())
	case <-t.C:
		return nil
	}
}

func seed() uint64 {
	var b [8]byte
	crand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return binary.NativeEndian.Uint64(b[:])
}

// version is set by the release build.
var version string

func build() cli.Build {
	b := cli.Build{Version: version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
