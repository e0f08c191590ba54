package cli

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/show"
)

// watchEvery is the time between two looks.
const watchEvery = 2 * time.Second

// watchStatus looks again and again, and prints what has changed: a block of
// lines, or one JSON object a line. A passing fault does not end it.
func watchStatus(ctx context.Context, c *Call, w World, wanted string) error {
	if c.json != nil {
		c.json.Indent = false
	}
	last := ""
	for faults := 0; ; {
		s, err := look(ctx, c, w, wanted)
		var passing *apply.AgainError
		switch {
		case errors.As(err, &passing):
			faults++
			c.Say(c.Talk.Mark(show.Warn, c.Text.Status.Reconnecting(faults)))
		case err != nil:
			return err
		default:
			faults = 0
			if facts := s.facts(); facts != last {
				if err := c.Show(s.result(c)); err != nil {
					return err
				}
				last = facts
			}
		}
		if err := c.Env.Sleep(ctx, watchEvery); err != nil {
			return err
		}
	}
}

// facts is what must differ for a look to be worth a line: not the clock.
func (s *status) facts() string {
	v := s.value
	v.ObservedAt = ""
	v.Tiers = slices.Clone(v.Tiers)
	for i := range v.Tiers {
		v.Tiers[i].Waiting.OldestSeconds = 0
	}
	text, err := json.Marshal(v)
	if err != nil {
		return show.Stamp(s.have.Now) // never the same
	}
	return string(text)
}
