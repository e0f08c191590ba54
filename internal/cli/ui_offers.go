package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/tui"
)

// The command lines of ours in a text, each up to what cannot be part of it.
var ourLines = regexp.MustCompile(`(^|[ (])(shopctl -{0,2}[a-z].*?)(\)|   |$)`)

// aWish is a word that stands for one that the user has to think of.
var aWish = regexp.MustCompile(`^(…|\.\.\.|[A-Z][A-Z|]+(\.[a-z]+)?)$`)

// offers are the command lines in a result or an error that the board can carry
// out as they are.
func (d *desk) offers(text []string) (offers []tui.Offer) {
	for _, line := range text {
		for _, found := range ourLines.FindAllStringSubmatch(line, -1) {
			o, ok := d.offer(strings.TrimSpace(found[2]))
			if ok && !slices.ContainsFunc(offers, func(other tui.Offer) bool { return slices.Equal(other.Args, o.Args) }) {
				offers = append(offers, o)
			}
		}
	}
	return offers
}

// offer reads one line. A reason that has still to be thought of is left out:
// the board asks for it.
func (d *desk) offer(line string) (tui.Offer, bool) {
	bare := strings.TrimSpace(strings.NewReplacer(` -m "…"`, "", ` --reason "…"`, "").Replace(line))
	words, open := tui.Words(bare)
	if open || len(words) < 2 {
		return tui.Offer{}, false
	}
	shared := d.shared()
	args := slices.DeleteFunc(words[1:], func(w string) bool { return slices.Contains(shared, w) })
	command := normalise(tree(), args)
	if command.refused != nil || slices.ContainsFunc(args, aWish.MatchString) || !onBoard(command.command) {
		return tui.Offer{}, false
	}
	return tui.Offer{Line: line, Args: args, Runs: command.command.Mutates || command.command.Name == "wait"}, true
}

// onBoard reports whether a command can be carried out from the board: it needs
// no terminal of its own.
func onBoard(c *Command) bool {
	if c.Run == nil {
		return false
	}
	for at := c; at != nil; at = at.parent {
		if at.Group == SetUp || at.Name == "ui" {
			return false
		}
	}
	return true
}
