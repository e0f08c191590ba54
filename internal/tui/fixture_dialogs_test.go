package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Complete knows the tiers, and what begins with them.
func (d *fakeDesk) Complete(_ context.Context, words []string) (all []Word) {
	for _, t := range d.board.Tiers {
		if strings.HasPrefix(string(t.Name), words[len(words)-1]) {
			all = append(all, Word{Text: string(t.Name)})
		}
	}
	return all
}

// Closing takes 30m and 03:00, and knows one range that is none.
func (d *fakeDesk) Closing(_ context.Context, args []string) (Closing, error) {
	if slices.Contains(args, "nonsense") {
		return Closing{}, errors.New(`"nonsense" is no range of addresses`)
	}
	switch args[slices.Index(args, "--until")+1] {
	case "30m":
		return Closing{Until: fixtureNow.Add(30 * time.Minute), ByItself: true}, nil
	case "03:00":
		return Closing{Until: time.Date(2026, 11, 21, 3, 0, 0, 0, tokyo), ByItself: true}, nil
	}
	return Closing{}, errors.New(`"09:00 yesterday" is over`)
}
