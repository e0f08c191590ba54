//go:build !unix

package main

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"github.com/shopctl/shopctl/internal/cli"
)

func detached() *syscall.SysProcAttr { return nil }

func alone(*os.File) bool { return true }

// Become runs a program with this one's streams and ends with it.
func (programs) Become(ctx context.Context, p cli.Program) error {
	cmd, err := command(ctx, p)
	if err != nil {
		return err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run %q: %w", p.Path, err)
	}
	return nil
}
