package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// reportArrival tells GitHub Actions how a release came to a tier: the last
// line of the log, the outputs of the step, and its summary.
func (c *Call) reportArrival(w World, v arrivalResult, was, t shop.TierState, took time.Duration) error {
	if c.CI.Out == nil {
		return nil
	}
	c.outputs(v)
	c.Talk.Line(stampTime(c.Env.Now()), " done tier=", string(v.Tier), " release=", number(v.Release.Number), " took=", show.Took(took))
	if !v.Changed {
		return nil
	}
	text, err := summary(w, was, t)
	if err == nil {
		c.Summary(text)
	}
	return err
}

// reportFailure is the output of a step that did not get there.
func (c *Call) reportFailure(err error) {
	var exit Exit
	switch {
	case errors.Is(err, context.Canceled):
		exit = ExitInterrupt
	case !errors.As(err, &exit):
		exit = Exit(c.classify(err).Exit())
	}
	c.Output("result", ExitName(int(exit)))
}

// summary is the release as Markdown: what it was and is, its commits, its
// ShopSets, and the way back.
func summary(w World, was, t shop.TierState) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s: %s\n\n| tier | release | before | shops |\n| --- | --- | --- | --- |\n", t.Spec.Name, number(t.Number))
	fmt.Fprintf(&b, "| %s | %s | %s | %d |\n", t.Spec.Name, releaseName(t, t.Runs), releaseName(was, was.Runs), t.Shops)
	if was.Runs != t.Runs && was.Runs.App != "" {
		commits, err := w.Commits(shop.AppRepository, was.Runs.App, t.Runs.App, previewCommits)
		if err != nil {
			return "", err
		}
		if len(commits) > 0 {
			b.WriteString("\n| commit | author | change |\n| --- | --- | --- |\n")
		}
		for _, commit := range commits {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", commit.ID.Short(), show.MarkdownCell(commit.AuthorName), show.MarkdownCell(commit.Subject))
		}
	}
	if len(t.ShopSets) > 0 {
		b.WriteString("\n| ShopSet | health | sync |\n| --- | --- | --- |\n")
	}
	for _, s := range t.ShopSets {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Name, s.Health, s.Sync)
	}
	if undo := undoLine(was, t); undo != "" {
		fmt.Fprintf(&b, "\nUndo: `%s`\n", undo)
	}
	return b.String(), nil
}

// undoLine is the way back; empty when nothing came.
func undoLine(was, t shop.TierState) string {
	switch {
	case t.Spec.Pin != nil:
		return "shopctl unpin " + string(t.Spec.Name)
	case was.Number > 0 && was.Runs != t.Runs:
		return fmt.Sprintf("shopctl rollback %s v%d", t.Spec.Name, was.Number)
	}
	return ""
}

// planTitle is the head of the plan's fold in the log.
func (c *Call) planTitle(w World, have shop.State, g shop.Promote, todo []plan.Op) (string, error) {
	from, _ := have.Tier(g.From)
	for _, tier := range have.Tiers {
		if !writesTier(todo, tier.Spec.Name) {
			continue
		}
		commits, err := w.Commits(shop.AppRepository, tier.Runs.App, g.Release.App, 0)
		if err != nil {
			return "", err
		}
		return c.Text.Promote.Plan(c.system.AppName(), string(g.From), shortName(from, g.Release), string(tier.Spec.Name), nextName(tier, g.Release), len(commits), tier.Shops), nil
	}
	return "", nil
}
