package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// What the intent takes.
const (
	longestMessage = 4 << 10
	mostRanges     = 64
)

func runMaintenanceOn(ctx context.Context, c *Call) error {
	about, err := c.theSubject(c.Text.Closing.WhatToClose)
	if err != nil {
		return err
	}
	g := shop.Close{Subject: about, NoWait: !c.Waits()}
	if g.Maintenance, err = c.asked(); err != nil {
		return err
	}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (_ shop.Goal, err error) {
			if err := c.theScene(w, have, about); err != nil {
				return g, err
			}
			if g.Maintenance.Until, err = c.theEnd(ctx, have.Now); err != nil {
				return g, err
			}
			return g, c.drainEnds(g.Maintenance, have.Now)
		},
		confirm: func(shop.State, shop.Goal) Confirmation {
			if about.Kind == shop.KindShop {
				return Confirmation{Level: LevelAsk, Question: c.Text.Closing.Question(about.Name)}
			}
			return Confirmation{Level: LevelName, Name: about.Name}
		},
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, _ []plan.Op) error {
			c.previewClose(p, have, g)
			return nil
		},
		done: c.closed,
	})
}

// asked is the maintenance as the line says it, without its end.
func (c *Call) asked() (m shop.Maintenance, err error) {
	t := c.Text.Closing
	m.Message, m.Drain, m.Reason = c.String("message"), shop.Duration(c.Duration("drain", 0)), c.Reason()
	switch {
	case c.Given("until") && c.Given("for"):
		return m, &Fail{Code: ConflictingFlags, Message: t.BothEnds}
	case len(m.Message) > longestMessage:
		return m, &Fail{Code: BadValue, Message: t.LongMessage(len(m.Message), longestMessage)}
	case strings.ContainsFunc(m.Message, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == unicode.ReplacementChar }):
		return m, &Fail{Code: BadValue, Message: t.BadMessage}
	case !c.Given("until") && !c.Given("for") && !c.CanAsk():
		return m, c.needsEnd()
	}
	for _, text := range c.Strings("allow") {
		p, err := netip.ParsePrefix(text)
		if err != nil || p != p.Masked() {
			return m, c.noRange(text)
		}
		if !slices.Contains(m.Allow, p.String()) {
			m.Allow = append(m.Allow, p.String())
		}
	}
	if len(m.Allow) > mostRanges {
		return m, &Fail{Code: BadValue, Message: t.TooManyRanges(mostRanges)}
	}
	return m, nil
}

func (c *Call) needsEnd() error {
	return &Fail{Code: MissingValue, Message: c.Text.Closing.NeedsEnd, Hints: []Hint{{Text: c.Text.Closing.GiveEnd, Command: c.Again("--for 30m")}}}
}

// noRange names the range that may be meant.
func (c *Call) noRange(text string) error {
	f := &Fail{Code: BadValue, Message: c.Text.Closing.NoRange(text)}
	other := "203.0.113.0/28"
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		other = netip.PrefixFrom(a, a.BitLen()).String()
	} else if p, err := netip.ParsePrefix(text); err == nil {
		other = p.Masked().String()
	}
	f.Hints = []Hint{{Text: c.Text.Closing.RangeForm, Command: c.instead(text, other)}}
	return f
}

// theEnd is when the maintenance ends; a terminal is asked for it. It is kept in
// the user's zone: customers read it so.
func (c *Call) theEnd(ctx context.Context, now time.Time) (time.Time, error) {
	text := c.String("until")
	if c.Given("for") {
		text = c.String("for")
	}
	if text != "" || c.Given("until") || c.Given("for") {
		at, err := c.when(text, now)
		return at.In(c.zone()), err
	}
	c.Talk.Line(c.Text.Closing.NeedsEnd, ": ", c.Text.Closing.EndForms)
	for {
		text, err := c.Ask(ctx, c.Text.Closing.UntilWhen)
		if err != nil {
			return time.Time{}, c.declined(err)
		}
		at, err := c.when(text, now)
		if err == nil {
			return at.In(c.zone()), nil
		}
		c.Talk.Line(show.Clean(err.Error()))
	}
}

// drainEnds refuses a maintenance that is over before the requests that had
// begun: there would be nothing left to wait for.
func (c *Call) drainEnds(m shop.Maintenance, now time.Time) error {
	if drain := time.Duration(m.Drain); drain == 0 || now.Add(drain).Before(m.Until) {
		return nil
	}
	f := &Fail{Code: BadValue, Message: c.Text.Closing.LongDrain(m.Drain.String(), show.Length(m.Until.Sub(now)))}
	if end := cmp.Or(c.String("for"), c.String("until")); end != "" {
		f.Hints = []Hint{{Text: c.Text.Closing.CloseLonger, Command: c.instead(end, (2 * m.Drain).String())}}
	}
	return f
}

func (c *Call) previewClose(p show.Page, have shop.State, g shop.Close) {
	t, m := c.Text.Closing, g.Maintenance
	p.Line(t.Title(c.kindOf(g.Subject), g.Name, p.Clock(m.Until)), "   ", c.system.Title())
	if m.Message == "" {
		p.Line("  ", t.See)
	} else {
		p.Line("  ", t.SeeText(show.Clean(m.Message)))
	}
	if g.Kind != shop.KindShop {
		shops, sets := serves(have, g.Subject)
		p.Line("  ", t.Serves(shops, sets))
	}
	if len(m.Allow) > 0 {
		p.Line("  ", t.LetIn(strings.Join(m.Allow, ", ")))
	}
	if m.Drain > 0 {
		p.Line("  ", t.Drains(m.Drain.String()))
	}
	for _, n := range c.closeNotes(p, have, m) {
		p.Line("  ", p.Mark(n.mark, n.text))
	}
	c.sayRunner(p, have)
}

// closeNotes are what is to be known of the subject before it is closed.
func (c *Call) closeNotes(p show.Page, have shop.State, m shop.Maintenance) (notes []markedLine) {
	t := c.Text.Closing
	if was := have.Scene.Maintenance; was != nil {
		notes = append(notes, markedLine{show.Warn, t.Replaces(p.Clock(was.Until), show.Clean(was.By))})
		message, ranges := "", ""
		if m.Message == "" {
			message = show.Clean(was.Message)
		}
		if len(m.Allow) == 0 {
			ranges = strings.Join(was.Allow, ", ")
		}
		if message != "" || ranges != "" {
			notes = append(notes, markedLine{show.Warn, t.Loses(message, ranges)})
		}
	}
	for _, x := range have.Scene.Others {
		notes = append(notes, markedLine{show.Held, t.Others(c.kindOf(x.Subject), x.Name, p.Clock(x.Until))})
	}
	return notes
}

// sayRunner tells who will write the end, or that nobody will.
func (c *Call) sayRunner(p show.Page, have shop.State) {
	if runner := have.Scene.Runner; runner != "" {
		p.Line("  ", c.Text.Closing.Runner(show.Clean(runner)))
		return
	}
	p.Line("  ", p.Mark(show.Warn, c.Text.Closing.NoRunner))
}

// closed is how `maintenance on` ended.
func (c *Call) closed(_ World, before, have shop.State, goal shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
	g := goal.(shop.Close)
	v, since := c.maintained(have, g.Subject, did, took)
	t := c.Text.Closing
	if was := before.Scene.Maintenance; was != nil && v.Changed {
		c.Logf("replaced the maintenance until %s by %s", show.Stamp(was.Until), was.By)
	}
	r := c.maintenanceOf(v)
	r.Human = func(p show.Page) {
		if v.Changed {
			p.Line()
		}
		until := p.Clock(g.Maintenance.Until)
		switch {
		case since.IsZero():
			p.Line(t.ClosedInGit(g.Name, until))
		default:
			p.Line(t.Closed(g.Name, since.In(c.zone()).Format("15:04:05"), until))
		}
		if slices.ContainsFunc(v.Answers, func(a answerJSON) bool { return a.LetIn }) {
			p.Line("  ", t.AskedFrom)
		}
		if have.Scene.Runner == "" {
			p.Line("  ", p.Mark(show.Warn, t.NoRunner))
		}
		p.Line("  ", t.Earlier, " ", switchLine("off", g.Subject), "     ", t.All, " shopctl maintenance status")
		if v.Link != "" {
			p.Line("  ", show.Pad(t.Staff, show.Width(t.Earlier)), " ", v.Link)
		}
		if v.knock != "" {
			p.Line("  ", show.Pad(t.Staff, show.Width(t.Earlier)), " ", v.knock)
		}
	}
	return r, nil
}

// maintained fills in how a subject stands after the last look; since is when
// customers were first seen to meet it so, zero when nobody looked.
func (c *Call) maintained(have shop.State, about shop.Subject, did []plan.Op, took time.Duration) (v maintenanceResult, since time.Time) {
	s := have.Scene
	v = maintenanceResult{
		Kind: wordOf(about), Name: about.Name, Result: ExitName(ExitOK), Changed: !onlyWaits(did), Closed: s.Maintenance != nil,
		Allow: []string{}, Answers: []answerJSON{}, ClosedToo: []closedAllJSON{}, Runner: s.Runner, TookSeconds: took.Seconds(),
	}
	if m := s.Maintenance; m != nil {
		v.Until, v.Message, v.Allow = show.Stamp(m.Until), m.Message, append(v.Allow, m.Allow...)
		v.DrainSeconds, v.recordJSON = time.Duration(m.Drain).Seconds(), recordOf(m.Record)
	}
	for _, f := range s.Fronts {
		a := answerJSON{f.ShopSet, f.Host, f.Applied, f.Answer.Status, f.Answer.RetryAfter, f.Answer.LetIn, f.Answer.Failure}
		v.Answers = append(v.Answers, a)
		if s.Word != "" && f.Host != "" && v.Link == "" {
			v.Link = fmt.Sprintf("https://%s/?shopset_bypass=%s", f.Host, s.Word)
		}
		if s.Header != "" && f.Host != "" && v.Header == "" {
			v.Header, v.knock = s.Header, "curl -H "+Quote(s.Header)+" https://"+f.Host+"/"
		}
	}
	for _, x := range s.Others {
		v.ClosedToo = append(v.ClosedToo, closedAllOf(x, have.Now))
	}
	if len(s.Fronts) > 0 && s.Shows(v.Closed || len(s.Others) > 0) && c.Waits() {
		since = have.Now
		for _, f := range s.Fronts {
			if f.Answer.Asked {
				since = f.Answer.At
			}
		}
		v.VisibleSince = show.Stamp(since)
	}
	return v, since
}

func (c *Call) maintenanceOf(v maintenanceResult) Result {
	return Result{Value: v, Rows: [][]string{{
		v.Kind, v.Name, v.Result, fmt.Sprint(v.Closed), v.Until, v.VisibleSince, v.Link, fmt.Sprintf("%.0f", v.TookSeconds),
	}}}
}
