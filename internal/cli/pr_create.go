package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// pullChanged is what became of a person's change: the JSON of pr create and merge.
type pullChanged struct {
	planResult
	Result  string    `json:"result"`  // the name of the exit code
	Changed bool      `json:"changed"` // false: it was so already
	Pull    *pullJSON `json:"pull"`    // null: tier-0 has the change already
	Live    bool      `json:"live"`    // it runs on tier-0, healthy; only where that was waited for
}

// runPRCreate opens a pull request into tier-0: of a branch, or of images that
// it sets itself. One that is open is adopted.
func runPRCreate(ctx context.Context, c *Call) error {
	g, err := c.proposal(ctx)
	if err != nil {
		return err
	}
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(w World, have shop.State) (shop.Goal, error) {
			g = c.described(w, have, g)
			return g, nil
		},
		confirm: func(shop.State, shop.Goal) Confirmation { return Confirmation{Level: LevelNone} },
		preview: func(p show.Page, _ World, have shop.State, _ shop.Goal, todo []plan.Op) error {
			t := c.Text.PR
			p.Line(t.Title(g.Title), "   ", c.system.Title())
			p.Line("  ", t.From(g.Head, string(shop.TierAt(0)), string(g.Repository), have.Change.Ahead))
			for _, i := range g.Images {
				p.Line("  ", i.String())
			}
			if g.Auto {
				p.Line("  ", t.WillMerge)
			}
			return nil
		},
		done: func(_ World, _, have shop.State, _ shop.Goal, did []plan.Op, _ time.Duration) (Result, error) {
			return c.changed(have, did, g.Repository, g.Live), nil
		},
	})
}

// proposal reads the line.
func (c *Call) proposal(ctx context.Context) (g shop.ProposeChange, err error) {
	g = shop.ProposeChange{
		Title: c.String("title"), Body: c.String("body"), Draft: c.Is("draft"), Labels: c.Strings("label"), Reviewers: c.Strings("reviewer"),
		Auto: c.Is("auto"), Method: c.String("method"), Live: c.Is("wait"), Head: c.String("head"), Grace: c.grace(),
	}
	if g.Draft && g.Auto {
		return g, &Fail{Code: ConflictingFlags, Message: c.Text.Frame.ConflictingOptions("--draft", "--auto")}
	}
	for flag, text := range map[string]string{"--title": g.Title, "--body": g.Body} {
		if unprintable(text) {
			return g, &Fail{Code: BadValue, Message: c.Text.PR.Unprintable(flag)}
		}
	}
	if g.Repository, err = c.pullRepository(); err != nil {
		return g, err
	}
	for _, text := range c.Strings("image") {
		image, err := shop.ParseImage(text)
		if err != nil {
			return g, &Fail{Code: BadValue, Message: c.Text.PR.BadImage(text), Hints: []Hint{{Text: c.Text.Frame.WriteIt, Command: "--image web=registry.example/web:sha-123"}}}
		}
		g.Images = append(g.Images, image)
	}
	switch {
	case len(g.Images) > 0 && g.Head != "":
		return g, &Fail{Code: ConflictingFlags, Message: c.Text.Frame.ConflictingOptions("--image", "--head")}
	case len(g.Images) > 0:
		g.Head = shop.ImagesBranch(g.Images)
	case g.Head == "":
		return c.currentBranch(ctx, g)
	}
	return g, c.changeBranch(g.Head)
}

// unprintable reports whether text has characters that a terminal acts on.
func unprintable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	})
}

// currentBranch takes the branch of the working directory, which must be a
// checkout of one of the two repositories.
func (c *Call) currentBranch(ctx context.Context, g shop.ProposeChange) (shop.ProposeChange, error) {
	t := c.Text.PR
	here, err := c.Env.Checkout(ctx, c.Env.Dir)
	if err != nil {
		return g, &Fail{Code: MissingValue, Message: t.NoCheckout, Cause: err, Hints: []Hint{{Text: t.NameBranch, Command: c.Again("--head BRANCH")}}}
	}
	if here.Branch == "" {
		return g, &Fail{Code: MissingValue, Message: t.Detached, Hints: []Hint{{Text: t.NameBranch, Command: c.Again("--head BRANCH")}}}
	}
	for _, one := range []struct {
		repo    shop.Repository
		address settings.Address
	}{{shop.AppRepository, c.system.App}, {shop.ConfigurationRepository, c.system.Configuration}} {
		if !one.address.IsZero() && here.of(one.address.URL) && (!c.Is("configuration") || one.repo == shop.ConfigurationRepository) {
			g.Repository, g.Head, g.Tip = one.repo, here.Branch, here.Commit
			return g, c.changeBranch(g.Head)
		}
	}
	return g, &Fail{Code: OtherContent, Message: t.OtherRepository(c.Env.Dir), Hints: []Hint{{Text: t.NameBranch, Command: c.Again("--head BRANCH")}}}
}

// changeBranch refuses the branches that are shopctl's own or a tier's.
func (c *Call) changeBranch(branch string) error {
	if shop.Tier(branch).Number() >= 0 || unprintable(branch) || strings.ContainsAny(branch, " ~^:?*[\\") {
		return &Fail{Code: BadValue, Message: c.Text.PR.NotABranch(branch), Hints: []Hint{{Text: c.Text.PR.MakeOne, Command: "git switch -c my-change"}}}
	}
	return nil
}

// described fills in the title and the text that were not given: what the commits say.
func (c *Call) described(w World, have shop.State, g shop.ProposeChange) shop.ProposeChange {
	commits, err := w.Commits(g.Repository, have.Change.Base, have.Change.Tip, previewCommits)
	if err != nil || have.Change.Tip == "" {
		commits = nil
	}
	if g.Title == "" {
		switch {
		case len(g.Images) > 0:
			var names []string
			for _, i := range g.Images {
				names = append(names, i.Name+" "+imageVersion(i))
			}
			g.Title = strings.Join(names, ", ")
		case len(commits) == 1:
			g.Title = show.Clean(commits[0].Subject)
		default:
			g.Title = strings.NewReplacer("-", " ", "_", " ").Replace(g.Head)
		}
	}
	if g.Body == "" {
		var b strings.Builder
		for _, i := range g.Images {
			b.WriteString("- `" + i.String() + "`\n")
		}
		for _, one := range commits {
			b.WriteString("- " + show.MarkdownCell(one.Subject) + " (" + one.ID.Short() + ")\n")
		}
		g.Body = b.String()
	}
	return g
}

// imageVersion is the part of an image that changes.
func imageVersion(i shop.Image) string {
	if i.Digest != "" {
		return i.Digest[:len("sha256:")+12]
	}
	return i.NewTag
}

// changed is how a run on a change ended.
func (c *Call) changed(have shop.State, did []plan.Op, repo shop.Repository, live bool) Result {
	v := pullChanged{Result: ExitName(ExitOK), Changed: !onlyWaits(did), Live: live}
	row := []string{string(repo), "", "merged"}
	if p := have.Change.Pull; p != nil {
		pull := pullOf(*p)
		v.Pull, row = &pull, pull.row()
	}
	c.Output("result", v.Result)
	if v.Pull != nil {
		c.Output("pull-request", v.Pull.URL)
	}
	return Result{Value: v, Rows: [][]string{row}, Human: func(p show.Page) {
		t := c.Text.PR
		switch {
		case v.Pull == nil:
			p.Line(t.Nothing)
			return
		case live:
			p.Line(t.IsLive(v.Pull.Number, string(shop.TierAt(0))))
		default:
			p.Line(c.pullMark(p, *v.Pull), "   #", strconv.Itoa(v.Pull.Number), "  ", show.Clean(v.Pull.Title))
			p.Line(show.Clean(v.Pull.URL))
		}
		switch v.Pull.State {
		case shop.PullMerged:
			p.Line("  ", show.Pad(c.Text.Errand.Next, 7), "shopctl diff tier-1")
		case shop.PullOpen:
			p.Line("  ", show.Pad(c.Text.Errand.Next, 7), prLine("merge", repo, v.Pull.Number))
		}
	}}
}

// Checkout is where a working directory stands.
type Checkout struct {
	Branch  string // empty: no branch is checked out
	Commit  shop.CommitID
	Remotes []string // their addresses
}

// of reports whether a checkout is one of the repository at an address.
func (here Checkout) of(address string) bool {
	return slices.ContainsFunc(here.Remotes, func(remote string) bool { return settings.SameRepository(remote, address) })
}
