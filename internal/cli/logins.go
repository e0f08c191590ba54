package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// Side is a server that knows who the user is.
type Side string

// The sides.
const (
	SideForge  Side = "forge"
	SideArgoCD Side = "argocd"
)

// Logins is who the user is at the forge and at Argo CD. main gives it. Errors
// from outside are *LoginError.
type Logins interface {
	// Host names the server of a side; empty: the system has none.
	Host(Side) string
	// Who asks the server who the login that holds belongs to.
	Who(context.Context, Side) (Login, error)
	// Check asks the same with a token that is not kept yet.
	Check(ctx context.Context, side Side, token string) (Login, error)
	// Keep puts a token away and says where: "keyring", or a file.
	Keep(ctx context.Context, side Side, token string) (where string, err error)
	// Forget takes what Keep and KeepGH put away out again, and says where it was.
	Forget(context.Context, Side) (where []string, err error)
	// Above names what wins over a kept login: a variable; empty: nothing.
	Above(Side) string
	// HasGH reports whether gh has a login for the forge.
	HasGH(context.Context) bool
	// KeepGH lets gh be asked for its token from now on.
	KeepGH(context.Context) (where string, err error)
	// Begin begins a login by a code that is typed into a browser.
	Begin(context.Context) (DeviceLogin, error)
	// Rights says what the login may do to each tier. It is an estimate: the
	// server decides at the push.
	Rights(ctx context.Context, side Side, tiers []shop.Tier) ([]Right, error)
}

// DeviceLogin is a login that waits for a person.
type DeviceLogin interface {
	// Code is what to type, and where.
	Code() (code, address string)
	// Poll gives the token, or the time to wait before the next Poll.
	Poll(context.Context) (token string, again time.Duration, err error)
}

// Login is a login that a server has confirmed.
type Login struct {
	Name    string
	Source  string   // SHOPCTL_TOKEN, keyring, a file, gh, argocd login …
	Kind    string   // of the token, in the forge's words; empty: it has none
	Scopes  []string // of a classic token
	Expires time.Time
	Robot   bool // what it does starts no workflow
}

// Right is what a login may do to one tier.
type Right struct {
	Tier  shop.Tier `json:"tier"`
	May   string    `json:"may"`             // yes, no or unknown
	Why   string    `json:"why,omitempty"`   // in case of no or unknown: see i18n.Auth
	Where string    `json:"where,omitempty"` // the repository, or Argo CD's host
	Rule  string    `json:"rule,omitempty"`  // of the forge, that binds the branch
}

// LoginError is why there is no login.
type LoginError struct {
	Kind LoginErrorKind
	Text string // the server's words, cleaned
	Err  error
}

func (e *LoginError) Error() string { return string(e.Kind) + ": " + e.Text }

func (e *LoginError) Unwrap() error { return e.Err }

// LoginErrorKind is the kind of a LoginError.
type LoginErrorKind string

// The kinds.
const (
	NoLogin       LoginErrorKind = "no login"
	UnboundToken  LoginErrorKind = "token without a server"
	BadLogin      LoginErrorKind = "not accepted"
	NoAnswer      LoginErrorKind = "no answer"
	CodeDeclined  LoginErrorKind = "declined"
	CodeExpired   LoginErrorKind = "code expired"
	NoDeviceLogin LoginErrorKind = "no device login"
)

// LoginOptions are what logins need from the command line.
type LoginOptions struct {
	Getenv func(string) string
	Now    func() time.Time
	Log    func(format string, args ...any)
	Hide   func(secret string)
}

// logins opens the logins of the system of this directory, or outside of one
// those of github.com.
func (c *Call) logins() (Logins, error) {
	if c.wrong != nil {
		return nil, c.wrong
	}
	return c.Env.OpenLogins(c.system, LoginOptions{Getenv: c.Env.Getenv, Now: c.Env.Now, Log: c.Logf, Hide: c.log.hide})
}
