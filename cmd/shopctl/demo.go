package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/shopctl/shopctl/internal/cli"
)

// programs runs other programs, for the demo.
type programs struct{}

// patience is how long a program that was told to end may take.
const patience = 2 * time.Second

// Run waits for the end of a program and gives its exit code. When the context
// ends, so does the program.
func (programs) Run(ctx context.Context, p cli.Program) (int, error) {
	cmd, err := command(ctx, p)
	if err != nil {
		return 0, err
	}
	cmd.Stdout, cmd.Stderr = p.Stdout, p.Stderr
	if p.Apart {
		cmd.SysProcAttr = detached()
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = patience
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// Detach starts a program that goes on when this one has ended.
func (programs) Detach(p cli.Program, log string) (<-chan struct{}, error) {
	ended := make(chan struct{})
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open %q: %w", log, err)
	}
	defer func() { _ = out.Close() }() // the program has its own
	if !alone(out) {
		return ended, nil // somebody else has just started it
	}
	cmd, err := command(context.Background(), p)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = out, out, detached()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %q: %w", cmd.Path, err)
	}
	go func() {
		_ = cmd.Wait() // what it had to say stands in the log
		close(ended)
	}()
	return ended, nil
}

// command has nobody to ask. This program is called by its name, wherever it lies.
func command(ctx context.Context, p cli.Program) (*exec.Cmd, error) {
	path := p.Path
	if path == "" {
		own, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		path = own
	}
	cmd := exec.CommandContext(ctx, path, p.Args...)
	if p.Path == "" {
		cmd.Args[0] = "shopctl"
	}
	cmd.Env, cmd.Dir = append(os.Environ(), p.Set...), p.Dir
	return cmd, nil
}
