package cli

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Level is how much must be said before something changes.
type Level int

// The levels. A risk makes any of them the highest.
const (
	LevelNone Level = iota // runs
	LevelAsk               // y/N, or --yes
	LevelName              // type the name, or --confirm=NAME
)

// Confirmation is what is to be confirmed. The preview must be on the screen.
type Confirmation struct {
	Level    Level
	Question string   // for LevelAsk: "Go back?"
	Name     string   // for LevelName: what must be typed
	Risks    []string // names of risks; each must be accepted
	Details  func()   // on the answer d: the full diff; may be nil
	Board    string   // how the board asks it; empty: as Question
	Hand     bool     // it is about a step in the middle of a run
	What     []string // what it does, where no preview stands beside the question
}

// Confirm asks, or takes the answer from the flags. Nil means go on. Off a
// terminal nothing is asked: the error names the flag to add.
func (c *Call) Confirm(ctx context.Context, q Confirmation) error {
	if len(q.Risks) > 0 {
		q.Level = LevelName
	}
	if c.front != nil && c.front.Offered() {
		return c.askFront(ctx, q)
	}
	if q.Level == LevelNone {
		return nil
	}
	name, given := c.line.value("confirm")
	// A hand step that comes up on the way is often about another name than the
	// one that the line confirms.
	other := q.Hand && given && name != q.Name
	if c.front != nil && (!c.answered() || other) {
		return c.askFront(ctx, q)
	}
	if given && !other {
		if err := c.sameName(name, q.Name); err != nil {
			return err
		}
		return c.acceptRisks(q)
	}
	if c.Is("yes") {
		if q.Level == LevelName {
			return &Fail{Code: YesIsNotEnough, Message: c.Text.Frame.YesIsNotEnough(q.Name), Hints: c.answerHint(q)}
		}
		return nil
	}
	if !c.CanAsk() {
		message := c.Text.Frame.NeedsAnswer
		if q.Level == LevelName {
			message = c.Text.Frame.NeedsName(q.Name)
		}
		return &Fail{Code: NeedsAnswer, Message: message, Hints: c.answerHint(q)}
	}
	if q.Level == LevelName {
		return c.askName(ctx, q)
	}
	return c.askYes(ctx, q)
}

// answered reports whether the line holds the answer already.
func (c *Call) answered() bool { return c.Given("confirm") || c.Is("yes") }

func (c *Call) askYes(ctx context.Context, q Confirmation) error {
	text, err := c.Ask(ctx, q.Question+c.Text.Frame.YesNo)
	if err != nil {
		return c.declined(err)
	}
	if yes := strings.ToLower(text); yes == "y" || yes == "yes" {
		return nil
	}
	return &Fail{Code: Declined, Message: c.Text.Frame.Declined}
}

func (c *Call) askName(ctx context.Context, q Confirmation) error {
	if len(q.Risks) > 0 {
		c.Talk.Line(c.Text.Frame.RiskLine(q.Risks))
	}
	for {
		text, err := c.Ask(ctx, c.Text.Frame.TypeName(q.Name, q.Details != nil))
		if err != nil {
			return c.declined(err)
		}
		if text == "d" && q.Details != nil {
			q.Details()
			continue
		}
		if err := c.sameName(text, q.Name); err != nil {
			return err
		}
		return c.askReason(ctx, q)
	}
}

// askReason asks why a risk is taken, unless -m said it.
func (c *Call) askReason(ctx context.Context, q Confirmation) error {
	if len(q.Risks) == 0 || c.Reason() != "" {
		return nil
	}
	return c.askWhy(ctx)
}

// mustSayWhy wants a reason for what is recorded with one: it asks, and off a
// terminal names the flag.
func (c *Call) mustSayWhy(ctx context.Context) error {
	switch {
	case c.Reason() != "":
		return nil
	case c.front != nil:
		return c.askFrontWhy(ctx)
	case c.CanAsk():
		return c.askWhy(ctx)
	}
	return c.needsReason()
}

func (c *Call) askWhy(ctx context.Context) error {
	text, err := c.Ask(ctx, c.Text.Frame.Reason)
	if err != nil {
		return c.declined(err)
	}
	if text == "" {
		return &Fail{Code: NeedsReason, Message: c.Text.Frame.NeedsReason}
	}
	c.reason = text
	return nil
}

func (c *Call) sameName(typed, name string) error {
	if name == "" || norm.NFC.String(strings.TrimSpace(typed)) == norm.NFC.String(name) {
		return nil
	}
	return &Fail{Code: WrongName, Message: c.Text.Frame.WrongName(typed, name)}
}

// acceptRisks is for scripts: each risk by its name, and a reason.
func (c *Call) acceptRisks(q Confirmation) error {
	accepted := c.Strings("accept-risk")
	for _, risk := range q.Risks {
		if !slices.Contains(accepted, risk) {
			return &Fail{
				Code: RiskNotAccepted, Message: c.Text.Frame.RiskNotTaken(risk),
				Hints: []Hint{{Text: c.Text.Frame.RiskHint, Command: c.Again("--accept-risk="+risk, `-m "…"`)}},
			}
		}
	}
	if len(q.Risks) > 0 && c.Reason() == "" {
		return c.needsReason()
	}
	return nil
}

func (c *Call) needsReason() error {
	return &Fail{
		Code: NeedsReason, Message: c.Text.Frame.NeedsReason,
		Hints: []Hint{{Text: c.Text.Frame.ReasonHint, Command: c.Again(`-m "…"`)}},
	}
}

func (c *Call) answerHint(q Confirmation) []Hint {
	extra := []string{"--yes"}
	if q.Level == LevelName {
		extra = []string{"--confirm=" + q.Name}
		for _, risk := range q.Risks {
			extra = append(extra, "--accept-risk="+risk)
		}
		if len(q.Risks) > 0 && c.Reason() == "" {
			extra = append(extra, `-m "…"`)
		}
	}
	return []Hint{{Text: c.Text.Frame.AnswerWith, Command: c.Again(extra...)}}
}
