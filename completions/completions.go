// Package completions holds the scripts that make shells complete the words of
// shopctl. They call `shopctl __complete`, which runs no command; nothing that
// it prints is evaluated.
package completions

import _ "embed"

//go:embed shopctl.bash
var bash string

//go:embed _shopctl
var zsh string

//go:embed shopctl.fish
var fish string

// Script is the script of a shell: bash, zsh or fish; empty for any other.
func Script(shell string) string {
	return map[string]string{"bash": bash, "zsh": zsh, "fish": fish}[shell]
}
