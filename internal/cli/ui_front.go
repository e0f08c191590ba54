package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// What an errand says and asks when the board carries it out.

// previewFront gives the board the preview that a terminal would see.
func (c *Call) previewFront(w World, e errand, have shop.State, g shop.Goal, todo []plan.Op) error {
	var out bytes.Buffer
	if e.preview != nil {
		p := c.Talk
		p.Out = &out
		if err := e.preview(p, w, have, g, todo); err != nil {
			return err
		}
	}
	all := lines(out.String())
	v := tui.Preview{Summary: all}
	if len(all) > 0 {
		v.Title, v.Summary = strings.TrimSpace(all[0]), all[1:]
	}
	c.front.Preview(v)
	return nil
}

// askFront puts a confirmation to the board.
func (c *Call) askFront(ctx context.Context, q Confirmation) error {
	ask := tui.Question{Text: q.Question, Name: q.Name, Risks: q.Risks, WantsWhy: len(q.Risks) > 0 && c.Reason() == ""}
	if q.Level == LevelName {
		ask.Level = tui.ByName
	}
	a, err := c.front.Ask(ctx, ask)
	switch {
	case errors.Is(err, tui.ErrNo):
		return &Fail{Code: Declined, Message: c.Text.Frame.Declined}
	case err != nil:
		return err
	}
	if ask.Level == tui.ByName {
		if a.Name == "" {
			return &Fail{Code: Declined, Message: c.Text.Frame.Declined}
		}
		if err := c.sameName(a.Name, q.Name); err != nil {
			return err
		}
	}
	if a.Reason != "" {
		c.reason = a.Reason
	}
	if ask.WantsWhy && c.Reason() == "" {
		return &Fail{Code: NeedsReason, Message: c.Text.Frame.NeedsReason}
	}
	return nil
}

// tellFront tells the board how the run stands.
func (p *progress) tellFront() {
	tier, release := subject(p.next())
	state, _ := p.seen.Tier(tier)
	v := tui.Progress{Tier: tier, Release: nextName(state, release), At: p.seen.Now, Steps: append([]tui.Step(nil), p.steps...)}
	if p.current != nil {
		v.Steps = append(v.Steps, tui.Step{
			Mark: show.Busy, Text: p.waitingFor(p.seen), Took: p.c.Env.Now().Sub(p.began), Ready: state.Ready(), Of: len(state.ShopSets),
		})
	}
	p.c.front.Progress(v)
}
