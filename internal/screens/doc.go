// Package screens drives a program in a real terminal, and draws what it shows.
// The terminal is tmux: it knows wide characters and modes as terminals do, and
// tells where the cursor is. A picture is an SVG of one screen, with its text
// beside it. It is for tests and for `make screens`; shopctl does not link it.
//
//	s, err := screens.Start(screens.Options{Width: 80, Height: 24, Command: []string{"shopctl", "ui"}})
//	defer s.Close()
//	err = s.Until("the board", func(screen string) bool { return strings.Contains(screen, "tier-2") })
//	err = s.Keys("/")
package screens
