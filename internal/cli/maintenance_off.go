package cli

import (
	"context"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func runMaintenanceOff(ctx context.Context, c *Call) error {
	about, err := c.theSubject(c.Text.Closing.WhatToOpen)
	if err != nil {
		return err
	}
	g := shop.Open{Subject: about, Reason: c.Reason(), NoWait: !c.Waits()}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (shop.Goal, error) { return g, c.theScene(w, have, about) },
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelNone}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, _ []plan.Op) error {
			p.Line(c.Text.Closing.OpenTitle(c.kindOf(about), about.Name), "   ", c.system.Title())
			for _, x := range have.Scene.Others {
				p.Line("  ", p.Mark(show.Held, c.Text.Closing.Others(c.kindOf(x.Subject), x.Name, p.Clock(x.Until))))
			}
			return nil
		},
		done: c.opened,
	})
}

// opened is how `maintenance off` ended.
func (c *Call) opened(_ World, _, have shop.State, goal shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
	g := goal.(shop.Open)
	v, since := c.maintained(have, g.Subject, did, took)
	t := c.Text.Closing
	r := c.maintenanceOf(v)
	r.Human = func(p show.Page) {
		for _, x := range have.Scene.Others {
			p.Line(p.Mark(show.Held, t.StaysClosed(g.Name, c.kindOf(x.Subject)+" "+x.Name, p.Clock(x.Until))), "   ", switchLine("off", x.Subject))
		}
		switch {
		case len(have.Scene.Others) > 0:
		case since.IsZero():
			p.Line(t.OpenInGit(g.Name))
		default:
			p.Line(t.Open(g.Name, c.answers(have), since.In(c.zone()).Format("15:04:05")))
		}
	}
	return r, nil
}

// frontSeen is the step at whose end customers meet what was wished.
func (c *Call) frontSeen(have shop.State) string {
	for _, f := range have.Scene.Fronts {
		if f.Answer.Asked {
			return c.Text.Closing.Seen(intent.ShownHost(f.Host), f.Answer.Status)
		}
	}
	return c.Text.Closing.Routed
}

// answers is what the first address that was asked says.
func (c *Call) answers(have shop.State) string {
	for _, f := range have.Scene.Fronts {
		if f.Answer.Asked {
			return c.Text.Closing.Answers(intent.ShownHost(f.Host), f.Answer.Status)
		}
	}
	return c.Text.Closing.Routed
}

// unseen is the end of a run that customers have not seen the effect of: it is
// written, and the same line goes on.
func (c *Call) unseen(w *apply.WaitingError, op plan.AwaitFront) *Fail {
	t := c.Text.Closing
	f := &Fail{Code: TimeIsUp, Message: t.NotSeen(c.kindOf(op.Subject), op.Subject.Name, op.Closed), Hints: []Hint{{Text: c.Text.Errand.GoOn, Command: c.sameAgain(w.State)}}}
	if silent := w.State.ArgoCD.Silent; silent != "" {
		f.Code, f.Reasons = ArgoCDUnreachable, []string{silent}
		return f
	}
	for _, front := range w.State.Scene.Fronts {
		switch a := front.Answer; {
		case !front.Applied:
			f.Reasons = append(f.Reasons, t.NotRouted(string(front.ShopSet)))
		case a.Asked && a.Status == 0:
			f.Reasons = append(f.Reasons, t.NoAnswer(intent.ShownHost(front.Host), a.Failure))
		case a.Asked && a.Closed() != op.Closed:
			f.Reasons = append(f.Reasons, t.Answers(intent.ShownHost(front.Host), a.Status))
		}
	}
	return f
}

// sameAgain is the line that goes on: with the end that was written, for --for
// would count anew.
func (c *Call) sameAgain(have shop.State) string {
	line := c.Again()
	if m := have.Scene.Maintenance; m != nil && c.Given("for") {
		for _, form := range []string{"--for " + c.String("for"), "--for=" + c.String("for")} {
			line = strings.Replace(line, form, "--until "+show.Stamp(m.Until), 1)
		}
	}
	return line
}
