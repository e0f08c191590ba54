package cli

import (
	"context"
	"runtime"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

type versionResult struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Time     string `json:"time"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func versionCommand() *Command {
	return &Command{
		Name: "version", Group: HelpGroup, Plain: true,
		Help: func(t *i18n.Text) i18n.Help { return t.Version.Help },
		Kind: "Version", Fields: versionResult{}, Run: runVersion,
	}
}

func runVersion(_ context.Context, c *Call) error {
	b := c.Env.Build
	v := versionResult{b.Version, b.Commit, b.Time, b.Modified, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	return c.Show(Result{
		Value: v,
		Rows:  [][]string{{v.Version, v.Commit, v.Time, v.Go, v.Platform}},
		Human: func(p show.Page) {
			p.Line("shopctl ", v.Version)
			if v.Commit != "" {
				modified := ""
				if v.Modified {
					modified = " (modified)"
				}
				p.Line("commit  ", v.Commit, modified, "  ", v.Time)
			}
			p.Line("go      ", v.Go, "  ", v.Platform)
		},
	})
}
