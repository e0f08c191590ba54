package cli

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// watchEvery is the time between two looks.
const watchEvery = 2 * time.Second

// watchStatus looks again and again, and prints what has changed: a block of
// lines, or one JSON object a line. A passing fault does not end it.
func watchStatus(ctx context.Context, c *Call, w World, wanted string) error {
	if c.json == nil && c.Env.Terminal.Out && c.livelyTerminal() {
		return watchInPlace(ctx, c, w, wanted)
	}
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

// watchInPlace draws the tiers again and again. What was seen last stays while
// nothing new can be seen, and is called stale.
func watchInPlace(ctx context.Context, c *Call, w World, wanted string) error {
	c.watchLive(ctx)
	defer c.endLive()
	d := &desk{c: c, w: w}
	page, g := c.Out, tui.Glance{Text: c.Text}
	c.live.show(func(w, h int) []string { return []string{page.Cut(page.Mark(show.Busy, c.Text.Board.Looking), w)} })
	var seen time.Time // by this machine's clock
	for {
		s, err := look(ctx, c, w, "")
		var passing *apply.AgainError
		switch {
		case errors.As(err, &passing):
			g.Tries++
		case err != nil:
			return err
		default:
			if g.Of, err = watched(c, w, s.have, wanted); err != nil {
				return err
			}
			if g.Board, err = d.board(ctx, s, 0); err != nil {
				return err
			}
			g.Tries, seen = 0, c.Env.Now()
		}
		c.live.show(c.glance(page, g, seen))
		if err := c.Env.Sleep(ctx, watchEvery); err != nil {
			return err
		}
	}
}

// glance draws a picture that grows older from the moment at which it was seen.
func (c *Call) glance(page show.Page, g tui.Glance, seen time.Time) func(w, h int) []string {
	return func(w, h int) []string {
		g := g
		g.Page = page
		if !seen.IsZero() {
			g.Age = c.Env.Now().Sub(seen)
		}
		return g.Lines(w, h)
	}
}

// watched is the part that is looked at.
func watched(c *Call, w World, have shop.State, wanted string) (of tui.Target, err error) {
	if wanted == "" {
		return of, nil
	}
	t, err := findTarget(c, w, have, wanted)
	return tui.Target{Tier: t.Tier, ShopSet: t.ShopSet}, err
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
