// Package termguard keeps libraries from asking the terminal questions while
// the program starts: some do so in a package init and wait seconds for an
// answer that a plain pty never gives. It imports only os, so that it is
// initialised before them, and is the first import of main. It is not for
// deciding about colour.
//
//	func main() { termguard.Restore(); … }
package termguard

import "os"

var term, had = os.LookupEnv("TERM")

func init() { os.Setenv("TERM", "dumb") }

// Restore puts TERM back as it was; call it first in main.
func Restore() {
	if had {
		os.Setenv("TERM", term)
		return
	}
	os.Unsetenv("TERM")
}
