//go:build unix

package tui

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const ownKeyboard = true

// keyboardInput reads a terminal, but not beyond the end of the board: what is
// typed after it is the shell's.
type keyboardInput struct {
	tty         *os.File
	ended, stop *os.File // a pipe: closing stop ends the waiting
}

func newKeyboard(tty *os.File) (*keyboard, error) {
	ended, stop, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &keyboard{keyboardInput: keyboardInput{tty, ended, stop}}, nil
}

// within reads what is typed in a time, nothing when nothing was. A limit below
// zero is none.
func (k *keyboardInput) within(limit time.Duration, p []byte) (int, error) {
	tty, ended := int(k.tty.Fd()), int(k.ended.Fd())
	for end := time.Now().Add(limit); ; {
		var wait *unix.Timeval
		if limit >= 0 {
			t := unix.NsecToTimeval(max(0, time.Until(end)).Nanoseconds())
			wait = &t
		}
		var ready unix.FdSet
		ready.Set(tty)
		ready.Set(ended)
		n, err := unix.Select(max(tty, ended)+1, &ready, nil, nil, wait)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, nil
		case ready.IsSet(ended):
			return 0, io.EOF
		}
		if n, err = unix.Read(tty, p); n > 0 {
			return n, nil
		}
		if err == unix.EINTR || err == unix.EAGAIN {
			continue
		}
		return 0, errGone
	}
}

func (k *keyboardInput) close() {
	_ = k.stop.Close() // of a pipe of our own
}
