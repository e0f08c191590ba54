package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// What an errand says and asks when the board carries it out.

// previewFront gives the board the preview that a terminal would see, and what
// the command has beside it.
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
	v := tui.Preview{Title: strings.TrimSpace(all[0]), Summary: all[1:]}
	if e.board != nil {
		if err := e.board(w, have, todo, &v); err != nil {
			return err
		}
	}
	c.front.Preview(v)
	return nil
}

// askFront puts a confirmation to the board.
func (c *Call) askFront(ctx context.Context, q Confirmation) error {
	ask := tui.Question{
		Text: cmp.Or(q.Board, q.Question, c.Text.BoardErrand.GoOn), What: q.What, Name: q.Name, Risks: q.Risks, WantsWhy: len(q.Risks) > 0 && c.Reason() == "",
		Do: c.Text.BoardErrand.Do[strings.TrimPrefix(c.line.command.path(), "shopctl ")], Sync: q.Hand,
	}
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
	return c.takeReason(a.Reason, ask.WantsWhy)
}

// askFrontWhy asks for a reason that has to be known before anything else is.
func (c *Call) askFrontWhy(ctx context.Context) error {
	a, err := c.front.Ask(ctx, tui.Question{Level: tui.Why, Text: c.Text.BoardErrand.WhyFirst, Do: c.Text.BoardErrand.GoOnWithIt, WantsWhy: true})
	switch {
	case errors.Is(err, tui.ErrNo):
		return &Fail{Code: Declined, Message: c.Text.Frame.Declined}
	case err != nil:
		return err
	}
	return c.takeReason(a.Reason, true)
}

func (c *Call) takeReason(text string, needed bool) error {
	if text != "" {
		c.reason = text
	}
	if needed && c.Reason() == "" {
		return c.needsReason()
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
