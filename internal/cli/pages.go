package cli

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// compareJSON is a page of the forge that shows what lies between two commits.
type compareJSON struct {
	Repository shop.Repository `json:"repository"`
	URL        string          `json:"url"`
}

// repositoryOf is where a repository of the system lies.
func (c *Call) repositoryOf(repo shop.Repository) settings.Address {
	return map[shop.Repository]settings.Address{
		shop.AppRepository: c.system.App, shop.ConfigurationRepository: c.system.Configuration, shop.SystemRepository: c.system.System,
	}[repo]
}

// webOf is the page of a repository on its forge, by https; empty for one that
// lies on this machine, or on a forge that shopctl does not know.
func (c *Call) webOf(repo shop.Repository) string {
	if c.system.Forge != settings.ForgeGitHub {
		return ""
	}
	return c.repositoryOf(repo).Web()
}

// pages are those that show the diff in the browser.
func (d *diff) pages() []compareJSON {
	all := []compareJSON{}
	for _, side := range d.sides() {
		if web := d.c.webOf(side.repo); web != "" && side.from != "" {
			all = append(all, compareJSON{side.repo, web + "/compare/" + string(side.from) + "..." + string(side.to)})
		}
	}
	return all
}

// web opens the diff in the browser.
func (d *diff) web(ctx context.Context) error {
	if len(d.value.Compare) == 0 {
		if len(d.changes) == 0 {
			d.c.Say(d.c.Text.Diff.Nothing(string(d.tier.Spec.Name)))
			return nil
		}
		return &Fail{Code: NoPage, Message: d.c.Text.Open.NoForge, Hints: []Hint{{Text: d.c.Text.Open.InTheTerminal, Command: "shopctl diff " + string(d.tier.Spec.Name)}}}
	}
	var urls []string
	for _, page := range d.value.Compare {
		urls = append(urls, page.URL)
	}
	return d.c.browse(ctx, d.value, urls...)
}

// browse shows pages: on a terminal in the browser, elsewhere their addresses
// are the result. The browser is the user's, from the environment alone, and it
// gets nothing but https.
func (c *Call) browse(ctx context.Context, value any, urls ...string) error {
	rows := make([][]string, len(urls))
	for i, u := range urls {
		rows[i] = []string{u}
	}
	result := Result{Value: value, Rows: rows, Human: func(p show.Page) {
		for _, u := range urls {
			p.Line(show.Clean(u))
		}
	}}
	program := c.browser()
	if program == "" || !c.Env.Terminal.Out || c.JSON() {
		return c.Show(result)
	}
	if slices.ContainsFunc(urls, func(u string) bool { return !strings.HasPrefix(u, "https://") }) {
		c.Say(c.Talk.Mark(show.Warn, c.Text.Open.NotOpened))
		return c.Show(result)
	}
	words := strings.Fields(program)
	for _, u := range urls {
		exit, err := c.Env.Programs.Run(ctx, Program{Path: words[0], Args: append(words[1:len(words):len(words)], u), Stdout: c.Env.Stderr, Stderr: c.Env.Stderr, Apart: c.apart})
		if err != nil || exit != 0 {
			c.Say(c.Talk.Mark(show.Warn, c.Text.Open.BrowserFailed(show.Clean(words[0]))))
			return c.Show(result)
		}
	}
	return c.Show(result)
}

// browser is the user's own: SHOPCTL_BROWSER, else BROWSER, else that of the desktop.
func (c *Call) browser() string {
	for _, name := range []string{"SHOPCTL_BROWSER", "BROWSER"} {
		if program := strings.TrimSpace(c.Env.Getenv(name)); program != "" {
			return program
		}
	}
	switch {
	case c.Env.Getenv("DISPLAY") != "" || c.Env.Getenv("WAYLAND_DISPLAY") != "":
		return "xdg-open"
	case c.Env.Getenv("__CFBundleIdentifier") != "" || c.Env.Getenv("TERM_PROGRAM") == "Apple_Terminal" || c.Env.Getenv("TERM_PROGRAM") == "iTerm.app":
		return "open"
	}
	return ""
}

// The two ways in which GitHub writes a pull request into a subject.
var (
	squashed = regexp.MustCompile(`^(.*\S)\s+\(#([0-9]{1,9})\)$`)
	merged   = regexp.MustCompile(`^Merge pull request #([0-9]{1,9}) from `)
)

// titleOf is the pull request that a commit came with, 0 when it names none, and
// its title without the number.
func titleOf(commit shop.Commit) (number int, title string) {
	if m := squashed.FindStringSubmatch(commit.Subject); m != nil {
		number, _ = strconv.Atoi(m[2]) // digits
		return number, m[1]
	}
	if m := merged.FindStringSubmatch(commit.Subject); m != nil {
		number, _ = strconv.Atoi(m[1]) // digits
		if first, _, _ := strings.Cut(commit.Body, "\n"); first != "" {
			return number, first
		}
		return number, commit.Subject
	}
	return 0, commit.Subject
}

// pullText is a pull request as people write it; empty for none.
func pullText(number int) string {
	if number == 0 {
		return ""
	}
	return "#" + strconv.Itoa(number)
}
