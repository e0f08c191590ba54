package git

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// ErrStop ends a history walk early without an error; SkipTree, returned for a
// folder by the visitor of Walk, passes over what the folder holds.
var (
	ErrStop  = errors.New("stop the walk")
	SkipTree = errors.New("skip this folder") //nolint:staticcheck // a sentinel, named as fs.SkipDir is
)

// MissingError says that an object is not in the store.
type MissingError struct{ ID ID }

func (e *MissingError) Error() string { return fmt.Sprintf("object %s is not there", e.ID) }

// PathError says that a tree has nothing at a path. errors.Is(err,
// fs.ErrNotExist) holds for it.
type PathError struct{ Path string }

func (e *PathError) Error() string { return fmt.Sprintf("nothing at %q", e.Path) }

// Unwrap makes it one of the standard library's "does not exist".
func (e *PathError) Unwrap() error { return fs.ErrNotExist }

// StaleError says that the server refused a push because Ref is no longer at
// Old. No ref of the push moved. Reading the refs again decides what to do. Ref
// is empty when the push named several and the server did not say which it was.
type StaleError struct {
	Ref  string
	Old  ID
	Text string // the server's words, cleaned; for people only
}

func (e *StaleError) Error() string {
	if e.Ref == "" {
		return fmt.Sprintf("one of the refs is no longer where it was: %s", e.Text)
	}
	return fmt.Sprintf("%s is no longer at %s: %s", e.Ref, e.Old, e.Text)
}

// RejectedError says that a rule of the server (a hook, a protected branch, a
// check of the objects) refused a push. No ref moved, and the same push would
// be refused again. Ref is empty when the whole push was refused.
type RejectedError struct {
	Ref  string
	Text string // the server's words, cleaned of control characters
}

func (e *RejectedError) Error() string {
	if e.Ref == "" {
		return fmt.Sprintf("the server refused the push: %s", e.Text)
	}
	return fmt.Sprintf("the server refused to move %s: %s", e.Ref, e.Text)
}

// AuthError says that the server wants other credentials, or that these lack a
// right. Status is the HTTP status, 0 for SSH.
type AuthError struct {
	Address string
	Status  int
}

func (e *AuthError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("%s: no SSH key was accepted", e.Address)
	}
	return fmt.Sprintf("%s: access refused (HTTP %d)", e.Address, e.Status)
}

// NoRepositoryError says that nothing is at the address, or that it is hidden
// from these credentials.
type NoRepositoryError struct{ Address string }

func (e *NoRepositoryError) Error() string { return fmt.Sprintf("no repository at %s", e.Address) }

// NoAtomicError says that the server cannot move several refs at once, all or
// none. Nothing is ever pushed to such a server.
type NoAtomicError struct{ Address string }

func (e *NoAtomicError) Error() string {
	return fmt.Sprintf("%s does not offer atomic pushes", e.Address)
}

// UnavailableError says that the network, the server or its answer failed.
// Sent: a push may have been applied all the same; only reading the refs tells.
type UnavailableError struct {
	Address string
	Sent    bool
	Err     error
}

func (e *UnavailableError) Error() string { return fmt.Sprintf("%s: %v", e.Address, e.Err) }

// Unwrap is the cause, context.DeadlineExceeded for instance.
func (e *UnavailableError) Unwrap() error { return e.Err }

// RateLimitError says that the server wants to be left alone for a while.
// After is zero when it did not say how long.
type RateLimitError struct {
	Address string
	After   time.Duration
}

func (e *RateLimitError) Error() string {
	if e.After == 0 {
		return fmt.Sprintf("%s: too many requests", e.Address)
	}
	return fmt.Sprintf("%s: too many requests; try again in %s", e.Address, e.After)
}
