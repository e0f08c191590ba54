package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// pullJSON is a pull request into tier-0.
type pullJSON struct {
	Repository shop.Repository `json:"repository"`
	Number     int             `json:"number"`
	Title      string          `json:"title"`
	Author     string          `json:"author"`
	URL        string          `json:"url"`
	Head       string          `json:"head"` // its branch; owner:branch of a fork
	Commit     shop.CommitID   `json:"commit"`
	Base       shop.Tier       `json:"base"`
	State      shop.PullState  `json:"state"`
	Draft      bool            `json:"draft"`
	Merges     shop.Merges     `json:"merges"`    // yes, conflict, unknown; of an open one
	AutoMerge  bool            `json:"autoMerge"` // the forge merges it once nothing blocks it
	MergedAs   shop.CommitID   `json:"mergedAs,omitempty"`
	Opened     string          `json:"opened"`
	Labels     []string        `json:"labels"`
}

type (
	pullsResult struct {
		Pulls []pullJSON `json:"pulls"`
	}
	pullDetail struct {
		pullJSON
		Blocked string       `json:"blocked,omitempty"` // why it does not merge yet
		Reviews []reviewJSON `json:"reviews"`           // the last word of each reviewer
		Checks  []checkJSON  `json:"checks"`
	}
	reviewJSON struct {
		By    string           `json:"by"`
		State shop.ReviewState `json:"state"`
		At    string           `json:"at"`
	}
	checkJSON struct {
		Name  string          `json:"name"`
		State shop.CheckState `json:"state"`
		Text  string          `json:"text,omitempty"`
		URL   string          `json:"url,omitempty"`
	}
)

func pullOf(p shop.PullRequest) pullJSON {
	return pullJSON{
		p.Repository, p.Number, p.Title, p.Author, p.Address, p.Branch, p.Head, p.Base, p.State, p.Draft,
		cmp.Or(p.Merges, shop.MergesUnknown), p.Auto, p.MergedAs, show.Stamp(p.Opened), append([]string{}, p.Labels...),
	}
}

func (v pullJSON) row() []string {
	return []string{
		string(v.Repository), strconv.Itoa(v.Number), string(v.State), v.Author, v.Head, string(v.Commit), string(v.Merges), v.Opened, v.Title, v.URL,
	}
}

func prCommand() *Command {
	where := Flag{Name: "configuration"}
	number := Arg{Name: "NUMBER"}
	return &Command{
		Name: "pr", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.PR.Help },
		Subs: []*Command{
			{
				Name: "create", Mutates: true, Kind: "PullRequestCreation", Fields: pullChanged{}, Run: runPRCreate,
				Flags: []Flag{
					{Name: "image", Value: "NAME=IMAGE", Many: true}, {Name: "title", Value: "TEXT"}, {Name: "body", Value: "TEXT"},
					{Name: "label", Value: "NAME", Many: true}, {Name: "reviewer", Value: "LOGIN", Many: true}, {Name: "draft"},
					{Name: "head", Value: "BRANCH"}, {Name: "auto"}, methodFlag(), where, graceFlag(),
				},
			},
			{Name: "list", Flags: []Flag{where, {Name: "web"}}, Kind: "PullRequests", Fields: pullsResult{}, Run: runPRList},
			{Name: "show", Args: []Arg{number}, Flags: []Flag{where, {Name: "web"}}, Kind: "PullRequest", Fields: pullDetail{}, Run: runPRShow},
			{
				Name: "merge", Args: []Arg{number}, Flags: []Flag{methodFlag(), where, graceFlag()},
				Mutates: true, Kind: "PullRequestMerge", Fields: pullChanged{}, Run: runPRMerge,
			},
		},
	}
}

func methodFlag() Flag {
	return Flag{Name: "method", Value: "merge|squash|rebase", Choices: []string{shop.MergeCommit, shop.MergeSquash, shop.MergeRebase}}
}

// pullRepository is the repository that a `pr` command is about.
func (c *Call) pullRepository() (shop.Repository, error) {
	if !c.Is("configuration") {
		return shop.AppRepository, nil
	}
	if c.system.Configuration.IsZero() {
		return "", &Fail{Code: BadValue, Message: c.Text.PR.NoConfiguration}
	}
	return shop.ConfigurationRepository, nil
}

// pullNamed is the pull request that the line names, as 482 or #482, and its repository.
func (c *Call) pullNamed() (shop.Repository, int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(c.Arg(0), "#"))
	if err != nil || n < 1 {
		return "", 0, &Fail{Code: BadValue, Message: c.Text.PR.NoNumber(c.Arg(0)), Hints: []Hint{{Text: c.Text.PR.ListThem, Command: "shopctl pr list"}}}
	}
	repo, err := c.pullRepository()
	return repo, n, err
}

func runPRList(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	repos := []shop.Repository{shop.AppRepository}
	if have.HasConfiguration {
		repos = append(repos, shop.ConfigurationRepository)
	}
	if only, err := c.pullRepository(); err != nil {
		return err
	} else if c.Is("configuration") {
		repos = []shop.Repository{only}
	}
	v := pullsResult{Pulls: []pullJSON{}}
	var rows [][]string
	for _, repo := range repos {
		pulls, err := w.Changes(ctx, repo)
		if err != nil {
			return err
		}
		for _, p := range pulls {
			v.Pulls = append(v.Pulls, pullOf(p))
			rows = append(rows, pullOf(p).row())
		}
	}
	if c.Is("web") {
		var pages []string
		for _, repo := range repos {
			page, err := c.forgePage(repo, "/pulls?"+url.Values{"q": {"is:pr is:open base:" + string(shop.TierAt(0))}}.Encode())
			if err != nil {
				return err
			}
			pages = append(pages, page)
		}
		return c.browse(ctx, v, pages...)
	}
	c.byHand("gh pr list --base tier-0")
	return c.Show(Result{Value: v, Rows: rows, Human: func(p show.Page) {
		p.Now = have.Now
		t := c.Text.PR
		if len(v.Pulls) == 0 {
			p.Line(t.None)
			return
		}
		table := show.Table{Columns: []show.Column{{Head: t.Number}, {Head: t.Repository}, {Head: t.Author}, {Head: t.Opened}, {Head: t.State}, {Head: t.TitleHead, Flex: true}}}
		for _, one := range v.Pulls {
			opened, _ := time.Parse(time.RFC3339, one.Opened)
			table.Rows = append(table.Rows, []string{
				"#" + strconv.Itoa(one.Number), string(one.Repository), show.Clean(one.Author), show.Age(p.Now, opened), c.pullMark(p, one), show.Clean(one.Title),
			})
		}
		p.Table(table)
		first := v.Pulls[0]
		c.next(p, prLine("show", first.Repository, first.Number))
	}})
}

// prLine is a `pr` command about one pull request, to paste.
func prLine(verb string, repo shop.Repository, number int) string {
	line := fmt.Sprintf("shopctl pr %s %d", verb, number)
	if repo == shop.ConfigurationRepository {
		line += " --configuration"
	}
	return line
}

// pullMark is how a pull request stands, in a word.
func (c *Call) pullMark(p show.Page, v pullJSON) string {
	t := c.Text.PR
	switch {
	case v.State == shop.PullMerged:
		return p.Mark(show.Good, t.Merged)
	case v.State == shop.PullClosed:
		return p.Mark(show.Nothing, t.Closed)
	case v.Draft:
		return p.Mark(show.Held, t.Draft)
	case v.Merges == shop.MergesNot:
		return p.Mark(show.Bad, t.Conflicts)
	case v.AutoMerge:
		return p.Mark(show.Busy, t.Auto)
	}
	return p.Mark(show.Busy, t.Open)
}

func runPRShow(ctx context.Context, c *Call) error {
	repo, number, err := c.pullNamed()
	if err != nil {
		return err
	}
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	pull, checks, err := w.Change(ctx, repo, number)
	if err != nil {
		return c.noPull(err, number)
	}
	c.byHand(fmt.Sprintf("gh pr view %d", number))
	v := pullDetail{pullJSON: pullOf(pull), Blocked: pull.Blocked, Reviews: []reviewJSON{}, Checks: []checkJSON{}}
	for _, r := range pull.Reviews {
		v.Reviews = append(v.Reviews, reviewJSON{r.By, r.State, show.Stamp(r.At)})
	}
	for _, k := range checks {
		v.Checks = append(v.Checks, checkJSON{k.Name, k.State, k.Text, k.URL})
	}
	if c.Is("web") {
		return c.browse(ctx, v, v.URL)
	}
	return c.Show(Result{Value: v, Rows: [][]string{v.row()}, Human: func(p show.Page) {
		p.Now = have.Now
		c.humanPull(p, v)
	}})
}

func (c *Call) humanPull(p show.Page, v pullDetail) {
	t := c.Text.PR
	opened, _ := time.Parse(time.RFC3339, v.Opened)
	p.Line(p.Paint(show.Bold, fmt.Sprintf("#%d  %s", v.Number, show.Clean(v.Title))))
	p.Line(t.By(show.Clean(v.Author), show.Age(p.Now, opened), show.Clean(v.Head), string(v.Base)), "   ", string(v.Repository))
	p.Line(show.Clean(v.URL))
	p.Line()
	p.Line("  ", c.pullMark(p, v.pullJSON), "   ", show.Clean(v.Blocked))
	for _, r := range v.Reviews {
		mark := p.Mark(show.Good, t.Approved)
		if r.State != shop.ReviewApproved {
			mark = p.Mark(show.Bad, t.WantsChanges)
		}
		p.Line("  ", mark, "   ", show.Clean(r.By))
	}
	for _, k := range v.Checks {
		symbol := map[shop.CheckState]show.Symbol{shop.CheckPassed: show.Good, shop.CheckFailed: show.Bad, shop.CheckPending: show.Busy}[k.State]
		p.Line("  ", p.Mark(symbol, show.Clean(k.Name)), "   ", show.Clean(k.Text))
	}
	switch {
	case v.State == shop.PullMerged:
		c.next(p, "shopctl where "+v.MergedAs.Short())
	case v.State == shop.PullOpen && v.Base.Number() == 0 && !v.Draft && v.Merges != shop.MergesNot:
		c.next(p, prLine("merge", v.Repository, v.Number))
	}
}

// noPull says which pull request it is that the forge does not have.
func (c *Call) noPull(err error, number int) error {
	var f *shop.Fault
	if errors.As(err, &f) && f.Kind == shop.ForgeMissing {
		return &Fail{Code: NoSuchPull, Message: c.Text.PR.NoPull(number), Cause: err, Hints: []Hint{{Text: c.Text.PR.ListThem, Command: "shopctl pr list"}}}
	}
	return err
}

// changeStops are the hints for what stops a change into tier-0.
func (c *Call) changeStops(s *plan.Stop) []Hint {
	t := c.Text.PR
	switch s.Why {
	case plan.NoHead, plan.HeadDiffers:
		return []Hint{{Text: t.PushIt, Command: "git push -u origin " + Quote(s.Text)}, {Text: t.ThenAgain, Command: c.Again()}}
	case plan.NoImage:
		if len(s.Names) > 0 {
			return []Hint{{Text: t.ImagesAre, Command: show.Clean(strings.Join(s.Names, ", "))}}
		}
	case plan.NotAChange:
		return []Hint{{Text: t.Promote, Command: "shopctl promote " + string(s.Tier)}}
	case plan.NoPull, plan.PullIsClosed:
		return []Hint{{Text: t.ListThem, Command: "shopctl pr list"}}
	case plan.PullConflicts:
		return []Hint{{Text: t.Resolve, Command: "git merge origin/tier-0"}}
	case plan.TakenBack:
		return []Hint{{Text: t.See, Command: "shopctl pr show " + s.Text}}
	case plan.PullIsDraft:
		return []Hint{{Text: t.See, Command: "shopctl pr show " + s.Text}}
	case plan.NeedsForge:
		return []Hint{{Text: t.SetForge, Command: "forge: github"}}
	}
	return nil
}
