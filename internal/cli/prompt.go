package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/show"
)

// CanAsk reports whether there is somebody to ask.
func (c *Call) CanAsk() bool {
	return c.Env.Terminal.In && c.Env.Terminal.Err && !c.Is("no-input")
}

// thinks notes how long a question is thought about; what it gives ends that.
func (c *Call) thinks() func() {
	began := c.Env.Now()
	return func() { c.thought += c.Env.Now().Sub(began) }
}

// Ask prints a prompt and reads one line. At the end of input it is io.EOF.
func (c *Call) Ask(ctx context.Context, prompt string) (string, error) {
	defer c.thinks()()
	if c.lines == nil {
		c.lines = bufio.NewReader(c.Env.Stdin)
	}
	c.live.show(nil)
	io.WriteString(c.Env.Stderr, prompt)
	type answer struct {
		text string
		err  error
	}
	// A read of a terminal cannot be interrupted; Ctrl-C must not wait for it.
	got := make(chan answer, 1)
	go func() {
		text, err := c.lines.ReadString('\n')
		got <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		io.WriteString(c.Env.Stderr, "\n")
		return "", fmt.Errorf("ask: %w", ctx.Err())
	case a := <-got:
		if a.err != nil && a.text == "" {
			io.WriteString(c.Env.Stderr, "\n")
			return "", a.err
		}
		return strings.TrimSpace(a.text), nil
	}
}

// Choose lets the user pick one of a list by its number; the result counts from 0.
func (c *Call) Choose(ctx context.Context, question string, choices []string) (int, error) {
	c.Talk.Line(question)
	for i, choice := range choices {
		c.Talk.Line("  ", show.PadLeft(strconv.Itoa(i+1), 2), "  ", choice)
	}
	for {
		text, err := c.Ask(ctx, c.Text.Frame.Pick(len(choices)))
		if err != nil {
			return 0, c.declined(err)
		}
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(choices) {
			return n - 1, nil
		}
		c.Talk.Line(c.Text.Frame.PickAgain(len(choices)))
	}
}

// declined makes the end of input a no.
func (c *Call) declined(err error) error {
	if err == io.EOF {
		return &Fail{Code: Declined, Message: c.Text.Frame.Declined}
	}
	return err
}
