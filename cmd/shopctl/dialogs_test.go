//go:build unix

package main

import "strings"

// closes fills the dialog of a maintenance in for the tier under the cursor, and
// reads how it ended. What the dialog asks the command does not ask again.
func (s *seat) closes(tier, message, until string) {
	s.Helper()
	s.press("m")
	s.sees("maintenance on", "a maintenance always has an end")
	s.types(message)
	s.press("Tab")
	s.types(until)
	s.sees("will answer 503", "(opens by itself)")
	s.press("Tab", "Tab")
	s.types(tier)
	s.press("Tab", "Tab")
	s.sees("[ Turn on ]")
	s.press("Enter")
	s.sees("─ done ─", "is closed")
	s.press("Escape")
	s.until("the page before", func(screen string) bool { return !strings.Contains(screen, "─ done ─") })
}
