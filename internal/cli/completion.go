package cli

import (
	"context"
	"io"

	"github.com/shopctl/shopctl/completions"
	"github.com/shopctl/shopctl/internal/i18n"
)

func completionCommand() *Command {
	return &Command{
		Name: "completion", Group: SetUp, Plain: true, Shell: true,
		Help: func(t *i18n.Text) i18n.Help { return t.Completion.Help },
		Args: []Arg{{Name: "bash|zsh|fish", Choices: []string{"bash", "zsh", "fish"}}},
		Run: func(_ context.Context, c *Call) error {
			_, err := io.WriteString(c.Env.Stdout, completions.Script(c.Arg(0)))
			return err
		},
	}
}
