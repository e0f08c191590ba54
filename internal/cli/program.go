package cli

import (
	"context"
	"io"
)

// Program is another program to run.
type Program struct {
	Path           string // empty: this program itself
	Args           []string
	Set            []string // NAME=value, over this program's own environment
	Dir            string   // empty: where this one runs
	Stdout, Stderr io.Writer
	Apart          bool // it cannot reach the terminal, whatever it is
}

// Programs runs other programs. main gives it; only the demo needs it.
type Programs interface {
	// Run waits for the end and gives the exit code.
	Run(context.Context, Program) (exit int, err error)
	// Detach starts a program that goes on when this one has ended, with its
	// output in a log file. One log file is for one program at a time: a second
	// one is not started while the first one runs. ended is closed when the
	// started one has ended.
	Detach(p Program, log string) (ended <-chan struct{}, err error)
	// Become puts a program into this one's place, with its streams.
	Become(context.Context, Program) error
}
