package cli

import (
	"errors"
	"io"
	"os"

	"github.com/shopctl/shopctl/internal/show"
)

// Output sets an output of the step in GitHub Actions: release=v129. Elsewhere
// it does nothing.
func (c *Call) Output(name, value string) {
	c.append("GITHUB_OUTPUT", show.OutputLine(name, value))
}

// Summary adds Markdown to the summary of the step in GitHub Actions. Elsewhere
// it does nothing. Text from outside must pass show.MarkdownCell.
func (c *Call) Summary(markdown string) {
	c.append("GITHUB_STEP_SUMMARY", show.Summary(markdown))
}

// append is told to the log when it goes wrong: the work itself is done, and
// its exit code must say so.
func (c *Call) append(variable, text string) {
	file := c.Env.Getenv(variable)
	if c.CI.Out == nil || file == "" {
		return
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = io.WriteString(f, text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		c.Logf("write %s: %v", variable, err)
	}
}
