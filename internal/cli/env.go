package cli

import (
	"context"
	"io"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
)

// Env is everything that a command has from outside. main fills it; tests fill
// it with what they like. Nothing in this package asks the process itself.
type Env struct {
	Args     []string // without the program's name
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Getenv   func(string) string
	Dir      string // working directory, absolute
	Terminal Terminal
	Now      func() time.Time
	Zone     *time.Location
	Sleep    func(context.Context, time.Duration) error // for the outermost loop of a command only
	Rand     *rand.Rand
	Build    Build
	// OpenWorld connects to the repositories and Argo CD of a system.
	OpenWorld func(context.Context, settings.System, WorldOptions) (World, error)
	// OpenLogins finds the logins of a system, or with none those of github.com.
	OpenLogins func(settings.System, LoginOptions) (Logins, error)
	// ReadSecret reads a line from the terminal without showing it; nil: it cannot.
	ReadSecret func() (string, error)
	Programs   Programs
	// Checkout tells which branch of what a directory has checked out.
	Checkout func(ctx context.Context, dir string) (Checkout, error)
}

// Terminal tells which streams are terminals and how wide the output is.
type Terminal struct {
	In, Out, Err bool
	Width        int // cells; 0: not known
	// Size is that of the terminal which stderr is, in cells, now; nil: it is none.
	Size func() (width, height int)
}

// Forced is the terminal as SHOPCTL_FORCE_TTY wants it, for tests and pictures:
// a width, which makes the two output streams terminals. Whether there is
// somebody to ask is never forced.
func (t Terminal) Forced(getenv func(string) string) Terminal {
	if width, err := strconv.Atoi(getenv("SHOPCTL_FORCE_TTY")); err == nil && width > 0 {
		t.Out, t.Err, t.Width = true, true, width
	}
	return t
}

// Build says how this program was built.
type Build struct {
	Version  string // v1.2.3, or devel
	Commit   string // may be empty
	Time     string // of the commit, RFC 3339; may be empty
	Modified bool   // built from a tree with changes
}

// WorldOptions are the sides of a world that the command line decides.
type WorldOptions struct {
	Cache     string // directory for disposable copies
	Operation string // 128 random bits of this run, in hexadecimal
	Getenv    func(string) string
	Program   func(gate string) string         // that the runner's own settings name for a gate; empty: none
	Log       func(format string, args ...any) // raw facts for the log file and --debug; secrets are masked
	Hide      func(secret string)              // keeps a secret out of everything that is printed
	Told      func(shop.Work)                  // how far long work is, from any goroutine
	Used      func(Usage)                      // told at the end what was used of the forge's limits
}

// Usage is what was used of the forge's limits.
type Usage struct {
	Calls       int       // requests
	Points      int       // of the limit that bursts meet: a read 1, a change 5
	NotModified int       // of Calls: they cost nothing of the hour
	Limit       int       // an hour; 0: the forge does not say
	Remaining   int       // of Limit
	Reset       time.Time // when the hour begins anew
}

// Interrupted is the cause with which main cancels the context.
type Interrupted struct{ Exit int } // 130: Ctrl-C, 143: TERM

func (i Interrupted) Error() string { return "interrupted" }
