package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/show"
)

// classify gives an error its code. It is the only place that knows the errors
// of other packages; an error that it does not know has code SHOP-1001.
func (c *Call) classify(err error) *Fail {
	if f, ok := asFail(err); ok {
		return f
	}
	if f := c.failOf(err); f != nil {
		return f
	}
	t := c.Text.Frame
	var (
		problems   settings.Problems
		field      *show.UnknownField
		expression *show.BadExpression
	)
	switch {
	case errors.As(err, &problems):
		return c.badFile(problems)
	case errors.As(err, &field):
		return &Fail{
			Code: UnknownField, Message: t.UnknownField(field.Field, field.Known),
			Hints: []Hint{{Text: t.FieldsAre, Command: c.line.command.path() + " --json="}},
		}
	case errors.As(err, &expression):
		return &Fail{Code: BadExpression, Message: err.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return c.timeIsUp(err)
	default:
		return &Fail{Code: Failed, Message: firstLine(err.Error()), Cause: err}
	}
}

func (c *Call) timeIsUp(err error) *Fail {
	f := &Fail{Code: TimeIsUp, Message: c.Text.Frame.TimeIsUp, Cause: err}
	if _, can := c.line.command.flag("timeout"); can && !c.Given("timeout") {
		f.Hints = []Hint{{Text: c.Text.Frame.AskAgain, Command: c.Again("--timeout=1h")}}
	}
	return f
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func (c *Call) badFile(problems settings.Problems) *Fail {
	f := &Fail{Code: BadSettings, Message: c.Text.Frame.BadFile(problems[0].File, len(problems))}
	if problems[0].File == c.file {
		f.Code = BadSystemFile
	}
	for _, p := range problems {
		reason := p.Error()
		if p.Hint != "" {
			reason += "\n  " + p.Hint
		}
		f.Reasons = append(f.Reasons, reason)
	}
	return f
}
