//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/shopctl/shopctl/internal/cli"
)

// detached is a session of its own: no terminal, no Ctrl-C.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// alone takes a file for this process and for those that inherit it, until the
// last of them has ended. It is false when others have it.
func alone(f *os.File) bool {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return !errors.Is(err, syscall.EWOULDBLOCK)
}

// Become replaces this process, so that a shell has the terminal to itself.
func (programs) Become(ctx context.Context, p cli.Program) error {
	cmd, err := command(ctx, p)
	if err == nil {
		err = cmd.Err
	}
	if err != nil {
		return fmt.Errorf("start %q: %w", p.Path, err)
	}
	return fmt.Errorf("start %q: %w", p.Path, syscall.Exec(cmd.Path, cmd.Args, cmd.Environ()))
}
