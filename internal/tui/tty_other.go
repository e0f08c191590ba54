//go:build !unix

package tui

import (
	"io"
	"os"
	"time"
)

// Elsewhere bubbletea reads the console by itself, and nothing is asked.
const ownKeyboard = false

type keyboardInput struct{}

func newKeyboard(*os.File) (*keyboard, error) { return &keyboard{}, nil }

func (keyboardInput) within(time.Duration, []byte) (int, error) { return 0, io.EOF }

func (keyboardInput) close() {}
