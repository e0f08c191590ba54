package login

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/zalando/go-keyring"
)

// SystemRing is the keyring of this system; nil where there is none. On Linux
// one is looked for only where a session has a bus: without it the library would
// start a program to make one.
func SystemRing(getenv func(string) string) Ring {
	switch runtime.GOOS {
	case "darwin", "windows":
		return ring{}
	case "linux":
		if getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
			return ring{}
		}
		if dir := getenv("XDG_RUNTIME_DIR"); dir != "" {
			if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil {
				return ring{}
			}
		}
	}
	return nil
}

type ring struct{}

func (ring) Get(service, user string) (string, error) {
	secret, err := keyring.Get(service, user)
	if errors.Is(err, keyring.ErrNotFound) {
		return "", ErrNone
	}
	return secret, err //nolint:wrapcheck // nobody shows it: a keyring that fails counts as none
}

func (ring) Set(service, user, secret string) error {
	return keyring.Set(service, user, secret) //nolint:wrapcheck // as above
}

func (ring) Delete(service, user string) error {
	return keyring.Delete(service, user) //nolint:wrapcheck // as above
}
