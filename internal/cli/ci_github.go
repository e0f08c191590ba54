package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// workflowFile is where GitHub looks for it, below the root of the app repository.
const workflowFile = ".github/workflows/release.yml"

type workflowResult struct {
	File     string      `json:"file"`
	Changed  bool        `json:"changed"`
	Tiers    []shop.Tier `json:"tiers"`   // that it can promote to
	Secrets  []string    `json:"secrets"` // that the repository needs
	Workflow string      `json:"workflow"`
}

func ciCommand() *Command {
	return &Command{
		Name: "ci", Group: SetUp, Help: func(t *i18n.Text) i18n.Help { return t.CI.Help },
		Subs: []*Command{{Name: "github", Mutates: true, Kind: "Workflow", Fields: workflowResult{}, Run: runCIGitHub}},
	}
}

// runCIGitHub writes the workflow. A file that says something else is somebody's work.
func runCIGitHub(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written there
	lines := c.workflowLines(have.Top())
	v := c.workflow(have.Top(), lines)
	if c.DryRun() {
		return c.Show(Result{Value: v, Rows: nil, Human: func(p show.Page) { p.Line(strings.TrimSuffix(v.Workflow, "\n")) }})
	}
	if v.Changed, err = c.writeWorkflow(v.Workflow); err != nil {
		return err
	}
	var rows [][]string
	for _, l := range lines {
		if l.why != "" {
			rows = append(rows, []string{strings.TrimSpace(l.text), l.why})
		}
	}
	return c.Show(Result{Value: v, Rows: rows, Human: func(p show.Page) {
		t := c.Text.CI
		if !v.Changed {
			p.Line(p.Mark(show.Good, t.Already(v.File)))
			return
		}
		p.Line(p.Mark(show.Good, t.Wrote(v.File)))
		p.Line()
		table := show.Table{Columns: []show.Column{{}, {Flex: true}}}
		for _, row := range rows {
			table.Rows = append(table.Rows, []string{"  " + row[0], row[1]})
		}
		p.Table(table)
		p.Line()
		p.Line(t.Secrets)
		for _, s := range v.Secrets {
			p.Line("  gh secret set ", s)
		}
		p.Line(t.Paste)
		p.Line("  git add ", workflowFile, " && git commit -m ", Quote(t.Commit), " && git push")
	}})
}

// workflow is the result for a system whose highest tier is top.
func (c *Call) workflow(top shop.Tier, lines []workflowLine) workflowResult {
	v := workflowResult{File: c.workflowPath(), Tiers: []shop.Tier{}, Secrets: []string{"SHOPCTL_TOKEN"}, Workflow: workflowText(lines)}
	for n := 1; n <= top.Number(); n++ {
		v.Tiers = append(v.Tiers, shop.TierAt(n))
	}
	if c.system.ArgoCD != "" {
		v.Secrets = append(v.Secrets, "ARGOCD_AUTH_TOKEN")
	}
	return v
}

// workflowText is the file of some lines.
func workflowText(lines []workflowLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
		if l.why != "" {
			b.WriteString(" # " + l.why)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (c *Call) workflowPath() string {
	return filepath.Join(filepath.Dir(c.system.File), filepath.FromSlash(workflowFile))
}

// writeWorkflow reports whether it wrote: the same file again is left alone.
func (c *Call) writeWorkflow(text string) (wrote bool, err error) {
	file := c.workflowPath()
	old, err := os.ReadFile(file)
	switch {
	case err == nil && string(old) == text:
		return false, nil
	case err == nil:
		return false, &Fail{Code: OtherContent, Message: c.Text.CI.Other(file), Hints: []Hint{{Text: c.Text.CI.Compare, Command: "shopctl ci github --dry-run"}}}
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("read %q: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return false, fmt.Errorf("make the folder of %q: %w", file, err)
	}
	if err := writeWhole(file, []byte(text), 0o644); err != nil {
		return false, fmt.Errorf("write %q: %w", file, err)
	}
	return true, nil
}

// workflowLine is a line of the workflow, and why it is there.
type workflowLine struct{ text, why string }

// workflowLines are the workflow of a system whose highest tier is top. It does
// in CI what a person would type: reconcile, wait, promote.
func (c *Call) workflowLines(top shop.Tier) []workflowLine {
	t := c.Text.CI
	lines := []workflowLine{
		{"# " + t.Head, ""},
		{"name: release", ""},
		{"on:", ""},
		{"  push:", ""},
		{"    branches: [tier-0]", t.OnPush},
		{"  schedule:", ""},
		{`    - cron: "*/15 * * * *"`, t.OnSchedule},
		{"  workflow_dispatch:", t.ByHand},
		{"    inputs:", ""},
		{"      to:", ""},
		{"        description: " + t.Input, ""},
		{"        type: choice", ""},
		{"        options: [" + strings.Join(choices(top), ", ") + "]", t.NoTier},
		{"      risk:", t.RiskInput},
		{"        type: string", ""},
		{"      reason:", ""},
		{"        type: string", ""},
		{"permissions:", ""},
		{"  contents: read", t.Permissions},
		{"concurrency:", ""},
		{"  group: release", t.Concurrency},
		{"  cancel-in-progress: false", t.NoCancel},
		{"jobs:", ""},
		{"  release:", ""},
		{"    runs-on: ubuntu-latest", ""},
		{"    timeout-minutes: 90", ""},
		{"    env:", ""},
		{"      SHOPCTL_TOKEN: ${{ secrets.SHOPCTL_TOKEN }}", t.Token},
	}
	if host := tokenHostOf(c.system); host != "" {
		lines = append(lines, workflowLine{"      SHOPCTL_TOKEN_HOST: " + host, t.TokenHost})
	}
	if c.system.ArgoCD != "" {
		lines = append(lines,
			workflowLine{"      ARGOCD_AUTH_TOKEN: ${{ secrets.ARGOCD_AUTH_TOKEN }}", t.ArgoCD},
			workflowLine{"      ARGOCD_SERVER: " + hostOf(c.system.ArgoCD), t.ArgoCDHost},
		)
	}
	return append(lines,
		workflowLine{"      GIT_AUTHOR_NAME: ${{ github.actor }}", t.Actor},
		workflowLine{"      GIT_AUTHOR_EMAIL: ${{ github.actor }}@users.noreply.github.com", ""},
		workflowLine{"    steps:", ""},
		workflowLine{"      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683", t.Checkout},
		workflowLine{"        with:", ""},
		workflowLine{"          persist-credentials: false", t.NoCredentials},
		workflowLine{"      - name: install", ""},
		workflowLine{"        run: go install github.com/shopctl/shopctl/cmd/shopctl@" + c.installable(), t.Install},
		workflowLine{"      - name: reconcile", ""},
		workflowLine{"        run: shopctl reconcile --yes", t.Reconcile},
		workflowLine{"      - name: live on tier-0", ""},
		workflowLine{"        if: github.event_name == 'push'", ""},
		workflowLine{`        run: shopctl wait tier-0 --for "release=$GITHUB_SHA"`, t.Wait},
		workflowLine{"      - name: promote", ""},
		workflowLine{"        env:", ""},
		workflowLine{"          TO: ${{ inputs.to || vars.SHOPCTL_PROMOTE_TO }}", t.To},
		workflowLine{"          RISK: ${{ inputs.risk }}", ""},
		workflowLine{"          REASON: ${{ inputs.reason }}", ""},
		workflowLine{"        run: |", ""},
		workflowLine{`          [ -n "$TO" ] && [ "$TO" != none ] || exit 0`, ""},
		workflowLine{"          code=0", ""},
		workflowLine{`          shopctl promote --to "$TO" --confirm="$TO" ${RISK:+--accept-risk="$RISK" -m "$REASON"} || code=$?`, t.Promote},
		workflowLine{`          case $code in 6|8) echo "$TO waits, see above"; exit 0 ;; esac`, t.Waits},
		workflowLine{"          exit $code", ""},
	)
}

// choices are the tiers that a person may pick by hand.
func choices(top shop.Tier) []string {
	names := []string{"none"}
	for n := 1; n <= top.Number(); n++ {
		names = append(names, string(shop.TierAt(n)))
	}
	return names
}

// tokenHostOf is the host that the token is for, where it is not github.com.
func tokenHostOf(s settings.System) string {
	host := hostOf(s.App.URL)
	if host == "github.com" {
		return ""
	}
	return host
}

// installable is a version that `go install` finds.
func (c *Call) installable() string {
	if v := c.Env.Build.Version; strings.HasPrefix(v, "v") && !strings.ContainsAny(v, "+") {
		return v
	}
	return "latest"
}
