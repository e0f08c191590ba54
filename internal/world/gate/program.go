package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Program is one that decides: exit 0 is yes.
type Program struct {
	Line    string   // its name or absolute path, and its arguments, separated by spaces; no shell reads it
	Env     []string // all that it is given, PATH among it
	Timeout time.Duration
}

// DefaultProgramTimeout is how long a program may take.
const DefaultProgramTimeout = time.Minute

// Limits of a program's output, and of the time that is left to it to fall silent.
const (
	mostOutput = 64 << 10
	lastWords  = 2 * time.Second
)

// Run starts a program and waits for its end. What is not a name on PATH has to
// be an absolute path: the directory that the user happens to be in decides
// nothing.
func Run(ctx context.Context, p Program) Answer {
	if p.Timeout <= 0 {
		p.Timeout = DefaultProgramTimeout
	}
	line := strings.Fields(p.Line)
	if len(line) == 0 {
		return Answer{No, "no program is named"}
	}
	if strings.ContainsAny(line[0], `/\`) && !filepath.IsAbs(line[0]) {
		return Answer{No, line[0] + " is no absolute path"}
	}
	path, err := exec.LookPath(line[0])
	if err != nil {
		return Answer{No, cut("cannot be started: " + bareExec(err).Error())}
	}
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	out := &limited{left: mostOutput}
	cmd := exec.CommandContext(ctx, path, line[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = p.Env, out, out, lastWords
	ofItsOwn(cmd)
	err = cmd.Run()
	said := lastLine(out.String())
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Answer{Silent, fmt.Sprintf("no end within %s", p.Timeout)}
	case err == nil:
		return Answer{Yes, said}
	case errors.As(err, &exit):
		return Answer{No, suffixed(exit.String(), said)}
	}
	return Answer{No, cut("cannot be started: " + bareExec(err).Error())}
}

// bareExec leaves the name out, which the gate names by itself.
func bareExec(err error) error {
	var of *exec.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// limited keeps the first bytes and swallows the rest: a program that talks
// without end is heard to its end all the same.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(b []byte) (int, error) {
	keep := min(len(b), l.left)
	l.left -= keep
	l.Buffer.Write(b[:keep])
	return len(b), nil
}
