// Package termguard keeps libraries from judging the terminal by themselves while
// the program starts. Some ask it in a package init and wait seconds for an answer
// that a plain pty never gives; one counts frames as two cells because of the
// language. It imports only os, so that it is initialised before them, and is the
// first import of main. It is not for deciding about colour.
//
//	func main() { termguard.Restore(); … }
package termguard

import "os"

// What the libraries see instead: a terminal that cannot be asked, and characters
// of ambiguous width that are narrow.
var instead = [...]struct{ name, value string }{{"TERM", "dumb"}, {"RUNEWIDTH_EASTASIAN", "0"}}

type found struct {
	value string
	had   bool
}

var before [len(instead)]found

func init() {
	for i, v := range instead {
		before[i].value, before[i].had = os.LookupEnv(v.name)
		os.Setenv(v.name, v.value)
	}
}

// Restore puts the environment back as it was; call it first in main.
func Restore() {
	for i, v := range instead {
		if before[i].had {
			os.Setenv(v.name, before[i].value)
		} else {
			os.Unsetenv(v.name)
		}
	}
}
