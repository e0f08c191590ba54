package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

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

// commandsFront gives the board the plain lines of what is done now: afterwards
// nobody can draft them, for the branches have moved.
func (c *Call) commandsFront(ctx context.Context, w World, have shop.State, todo []plan.Op) {
	text, err := c.plainCommands(ctx, w, have, todo)
	if err != nil { // no reason not to go on with what was agreed to
		text = []byte(err.Error())
	}
	c.front.Commands(lines(string(text)))
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
	if q.Hand {
		ask.Do = c.Text.BoardErrand.Do["sync"]
	}
	a, err := c.askPerson(ctx, ask)
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
	a, err := c.askPerson(ctx, tui.Question{Level: tui.Why, Text: c.Text.BoardErrand.WhyFirst, Do: c.Text.BoardErrand.GoOnWithIt, WantsWhy: true})
	switch {
	case errors.Is(err, tui.ErrNo):
		return &Fail{Code: Declined, Message: c.Text.Frame.Declined}
	case err != nil:
		return err
	}
	return c.takeReason(a.Reason, true)
}

// askPerson puts a question to the board. How long it is thought about is no part
// of the run.
func (c *Call) askPerson(ctx context.Context, q tui.Question) (tui.Answer, error) {
	defer c.thinks()()
	return c.front.Ask(ctx, q) //nolint:wrapcheck // who asked tells what came of it
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

// tellOn tells those who draw how the run stands: the board, or the terminal.
func (p *progress) tellOn() {
	switch {
	case p.c.front != nil:
		v := p.picture()
		v.Events, p.events = p.events, nil
		p.c.front.Progress(v)
	case p.c.live != nil:
		p.c.live.show(p.underline())
	}
}

// picture is how the run stands.
func (p *progress) picture() tui.Progress {
	if s := p.step(p.next()); s.tier != "" {
		p.about = s
	}
	tier := p.about.tier
	was, is := stateOf(p.first, tier), stateOf(p.seen, tier)
	v := tui.Progress{Tier: tier, At: p.seen.Now, Steps: slices.Concat(p.steps, p.busy(), p.toCome()), Wait: p.step(p.next()).watch}
	if r := p.about.release; !r.IsZero() && (p.about.rollout || r != was.Runs) {
		v.Release = nextName(is, r)
	}
	if was.Runs != is.Runs {
		v.Back = undoLine(was, is)
	}
	if v.Wait != "" {
		v.Usual = p.c.estimate(is)
	}
	if p.writesMore() {
		v.Wait = "" // the line itself goes on with it
	}
	return v
}

// underline is what is drawn under the lines of the steps that are done; nil:
// nothing goes on.
func (p *progress) underline() func(width, height int) []string {
	v := p.picture()
	v.Steps = v.Steps[len(p.steps):]
	if len(v.Steps) == 0 {
		return nil
	}
	c, told, went, fault := p.c, p.c.Env.Now(), p.went, p.fault
	page := c.Talk
	return func(w, h int) []string {
		now := c.Env.Now()
		var under []string
		if v.Usual != "" {
			under = append(under, "  "+c.Text.Steps.Lasts(show.Length(now.Sub(went)), v.Usual))
		}
		if fault != "" {
			under = append(under, page.Mark(show.Warn, fault))
		}
		under = under[:min(len(under), max(0, h-1))]
		for i, line := range under {
			under[i] = page.Cut(line, w)
		}
		r := tui.Rollout{Page: page, Text: c.Text, Gone: now.Sub(told), Bars: true}
		v := v
		v.Steps = c.withWork(v.Steps, p.work.Load())
		return append(r.Lines(v, w, h-len(under)), under...)
	}
}

// busy is the step that is done or waited for now; none between two.
func (p *progress) busy() []tui.Step {
	s := p.step(p.current)
	if s.next == "" {
		return nil
	}
	one := tui.Step{Mark: show.Busy, Text: s.nowText(p.c.Text.Errand, p.seen), Took: p.c.Env.Now().Sub(p.began)}
	switch op := p.current.(type) {
	case plan.MoveBranch:
		one.Text = p.c.Text.Steps.MoveBranches(string(op.Tier), p.repositories(slices.Concat(p.moved, p.movesOf(op.Tier))))
	case plan.AwaitRollout:
		t := stateOf(p.seen, s.tier)
		one.Ready, one.Of, one.ShopSets = t.Ready(), len(t.ShopSets), shopSetsOf(t)
		if one.Text, one.Detail = s.next, one.Text; degraded(t) == 0 && p.seen.ArgoCD.Silent == "" {
			one.Detail = "" // the bar says it
		}
	case plan.AwaitRoutes:
		if done, of := p.counts(op); of > 1 {
			one.Ready, one.Of, one.Counted = done, of, p.c.Text.Steps.Counted(show.Number(done), show.Number(of))
		}
	}
	return []tui.Step{one}
}

// movesOf are the branches of a tier that are still to be moved.
func (p *progress) movesOf(tier shop.Tier) (moves []plan.MoveBranch) {
	for _, op := range p.left {
		if move, ok := op.(plan.MoveBranch); ok && move.Tier == tier {
			moves = append(moves, move)
		}
	}
	return moves
}

// toCome are the steps that are left after that; moves of one tier are one.
func (p *progress) toCome() (all []tui.Step) {
	var moving shop.Tier
	if move, ok := p.current.(plan.MoveBranch); ok {
		moving = move.Tier
	}
	for _, op := range p.left {
		s := p.step(op)
		if move, ok := op.(plan.MoveBranch); ok {
			if move.Tier == moving {
				continue
			}
			moving = move.Tier
			s.next = p.c.Text.Steps.MoveBranches(string(moving), p.repositories(p.movesOf(moving)))
		}
		if s.next != "" && (p.current == nil || op.Wish() != p.current.Wish()) {
			all = append(all, tui.Step{Mark: show.Nothing, Text: s.next, Detail: s.needs})
		}
	}
	return all
}

// shopSetsOf are the ShopSets of a tier as the board has them.
func shopSetsOf(t shop.TierState) (all []tui.ShopSet) {
	for _, s := range t.ShopSets {
		all = append(all, tui.ShopSet{
			Name: s.Name, Tier: t.Spec.Name, Health: setHealth(s), Sync: setSync(s), Live: s.Live(), Came: came(s), Refused: refused(s), Shops: s.Shops, Since: s.Since, Trouble: show.Clean(problem(s)),
		})
	}
	return all
}

// came is how far a ShopSet is with what its tier carries.
func came(s shop.ShopSetState) int {
	switch {
	case s.Live():
		return tui.Arrived
	case !s.Current:
		return 0
	case s.Phase == shop.Running:
		return 2
	case s.Sync == shop.Synced:
		return 3
	}
	return 1
}

// changes are what happened to the ShopSets of a tier between two looks.
func (c *Call) changes(at time.Time, was, is shop.TierState) (events []tui.Event) {
	before := map[shop.ShopSetID]tui.Note{}
	for _, s := range was.ShopSets {
		before[s.Name] = c.setNote(s)
	}
	for _, s := range is.ShopSets {
		note := c.setNote(s)
		if old, known := before[s.Name]; known && old != note {
			events = append(events, tui.Event{At: at, About: string(s.Name), Note: note})
		}
	}
	return events
}

// setNote is how a ShopSet is, in a few words.
func (c *Call) setNote(s shop.ShopSetState) tui.Note {
	mark, word := show.OfHealth(setHealth(s)), c.Text.Look.HealthWord(setHealth(s), -1)
	if text := trouble(s); text != "" {
		word += ": " + show.Clean(text)
	}
	return tui.Note{Mark: mark, Text: word}
}
