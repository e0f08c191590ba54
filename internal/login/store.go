package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Kept is what is known of a login.
type Kept struct {
	Token string `json:"token,omitempty"`
	GH    bool   `json:"gh,omitempty"` // the token is asked of gh each time
}

// Ring is a keyring of the system.
type Ring interface {
	Get(service, user string) (string, error) // ErrNone when it has none
	Set(service, user, secret string) error
	Delete(service, user string) error
}

// ErrNone says that there is no login.
var ErrNone = errors.New("no login is kept")

// Store is where logins are kept.
type Store struct {
	File  string        // of mode 0600, for where there is no keyring
	Ring  Ring          // nil: there is none
	Limit time.Duration // a keyring that is silent for longer counts as none; zero: 3 s
}

// Keyring is the name of the place that is no file.
const Keyring = "keyring"

const (
	service   = "shopctl"
	ringLimit = 3 * time.Second
)

// Find gives what is kept for one host and where. The error is ErrNone when
// nothing is.
func (s Store) Find(ctx context.Context, side Side, host string) (Kept, string, error) {
	all, err := s.read()
	if err != nil {
		return Kept{}, "", err
	}
	if k, ok := all[key(side, host)]; ok {
		return k, s.File, nil
	}
	if s.Ring == nil || host == "" {
		return Kept{}, "", ErrNone
	}
	secret, err := s.ring(ctx, func() (string, error) { return s.Ring.Get(service, key(side, host)) })
	if err != nil || secret == "" {
		return Kept{}, "", ErrNone // a keyring that does not answer is as good as none
	}
	return Kept{Token: secret}, Keyring, nil
}

// Keep puts a login away and says where: into the keyring, else into the file.
func (s Store) Keep(ctx context.Context, side Side, host string, k Kept) (where string, err error) {
	if host == "" {
		return "", errors.New("a login needs a host")
	}
	if s.Ring != nil && !k.GH {
		_, err := s.ring(ctx, func() (string, error) { return "", s.Ring.Set(service, key(side, host), k.Token) })
		if err == nil {
			return Keyring, s.change(func(all map[string]Kept) { delete(all, key(side, host)) })
		}
	}
	return s.File, s.change(func(all map[string]Kept) { all[key(side, host)] = k })
}

// Forget takes a login out of every place and says out of which.
func (s Store) Forget(ctx context.Context, side Side, host string) (where []string, err error) {
	if s.Ring != nil {
		_, err := s.ring(ctx, func() (string, error) { return "", s.Ring.Delete(service, key(side, host)) })
		if err == nil {
			where = append(where, Keyring)
		}
	}
	all, err := s.read()
	if err != nil {
		return where, err
	}
	if _, ok := all[key(side, host)]; !ok {
		return where, nil
	}
	return append(where, s.File), s.change(func(all map[string]Kept) { delete(all, key(side, host)) })
}

func key(side Side, host string) string { return string(side) + ":" + strings.ToLower(host) }

// ring asks the keyring, and goes on without it after a while: it may wait for
// a window that nobody sees.
func (s Store) ring(ctx context.Context, ask func() (string, error)) (string, error) {
	limit := s.Limit
	if limit <= 0 {
		limit = ringLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type answer struct {
		secret string
		err    error
	}
	got := make(chan answer, 1)
	go func() {
		secret, err := ask()
		got <- answer{secret, err}
	}()
	select {
	case a := <-got:
		return a.secret, a.err
	case <-ctx.Done():
		return "", fmt.Errorf("ask the keyring: %w", ctx.Err())
	}
}

type file struct {
	Logins map[string]Kept `json:"logins"`
}

// read refuses a file that others may read: what stands there is no secret.
func (s Store) read() (map[string]Kept, error) {
	data, err := os.ReadFile(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]Kept{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the logins in %q: %w", s.File, err)
	}
	if info, err := os.Stat(s.File); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read the logins in %q: run chmod 600 on it, and renew the tokens", s.File)
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("read the logins in %q: it is not as shopctl wrote it", s.File)
	}
	if f.Logins == nil {
		f.Logins = map[string]Kept{}
	}
	return f.Logins, nil
}

// change writes the file anew; one without logins is removed.
func (s Store) change(edit func(map[string]Kept)) error {
	all, err := s.read()
	if err != nil {
		return err
	}
	had := len(all)
	edit(all)
	if len(all) == 0 {
		if had == 0 {
			return nil
		}
		return os.Remove(s.File) //nolint:wrapcheck // it names the file
	}
	data, err := json.MarshalIndent(file{all}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the logins: %w", err)
	}
	return s.replace(append(data, '\n'))
}

func (s Store) replace(data []byte) error {
	if err := os.MkdirAll(filepath.Dir(s.File), 0o700); err != nil {
		return fmt.Errorf("keep the login: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(s.File), ".logins-*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep the login: %w", err)
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), s.File)
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // the first error is the one to tell
		return fmt.Errorf("keep the login: %w", err)
	}
	return nil
}
