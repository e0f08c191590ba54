package cli

import (
	"fmt"
	"runtime/debug"
)

// beside carries out what a goroutine of the desk does. A panic in it would end
// the program with the terminal as the board has it: it is given back, with its
// trace, to panic with where the board's guard stands around; empty: there was none.
func beside(do func()) (panicked string) {
	defer func() {
		if p := recover(); p != nil {
			panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
	}()
	do()
	return ""
}
