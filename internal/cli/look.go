package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// What the commands that only look have in common.

// observe opens the system and looks at it. The caller closes the World.
func (c *Call) observe(ctx context.Context) (World, shop.State, error) {
	w, err := c.World(ctx)
	if err != nil {
		return nil, shop.State{}, err
	}
	have, err := w.Observe(ctx, shop.Look{Closed: true})
	if err != nil {
		w.Close() //nolint:errcheck // the first error is the one to tell
		return nil, have, err
	}
	return w, have, nil
}

// byHand prints the plain lines that show the same, when they are asked for.
func (c *Call) byHand(lines ...string) {
	if !c.Is("show-commands") {
		return
	}
	for _, l := range lines {
		c.Talk.Line(l)
	}
}

// fetchLine brings the branches of a repository into a bare clone.
func (c *Call) fetchLine(repo shop.Repository) string {
	address := map[shop.Repository]string{
		shop.AppRepository: c.system.App.URL, shop.ConfigurationRepository: c.system.Configuration.URL, shop.SystemRepository: c.system.System.URL,
	}[repo]
	return "git clone -q --bare " + Quote(address) + " " + string(repo) + ".git"
}

// applicationsLine lists the Applications of the system, or of one tier.
func applicationsLine(have shop.State, tier shop.Tier) string {
	selector := "shopset.dev/system=" + have.System
	if tier != "" {
		selector += ",shopset.dev/tier=" + string(tier)
	}
	return "kubectl -n " + argoNamespace(have) + " get applications -l " + selector
}

// argoNamespace is where the Applications live.
func argoNamespace(have shop.State) string { return cmp.Or(have.Policy.ArgoCDNamespace, "argocd") }

// title is the head of a page: the system, whether it is live or the demo, the app.
func (c *Call) title() string {
	name := c.system.Name
	switch {
	case c.system.Live:
		name += " (LIVE)"
	case c.system.Demo:
		name += " (DEMO)"
	}
	return show.Clean(name) + "  " + show.Clean(c.system.AppName())
}

// header prints the title and how old what follows is.
func (c *Call) header(p show.Page, have shop.State) {
	t := c.Text.Look
	title, age := p.Paint(show.Bold, c.title()), t.Fresh(show.Age(have.Now, have.ArgoCD.Asked))
	switch {
	case have.ArgoCD.None:
		age = p.Mark(show.Unknown, t.NoArgoCD)
	case have.ArgoCD.Silent != "":
		age = p.Mark(show.Warn, t.Silent)
	}
	width := p.Width
	if width <= 0 {
		width = errorWidth
	}
	p.Line(title, show.Spaces(max(2, min(width, 100)-show.Width(title)-show.Width(age))), age)
	p.Line()
}

// next prints the line to paste, if this version has the command.
func (c *Call) next(p show.Page, command string) {
	if command == "" || !c.has(strings.Fields(strings.TrimPrefix(command, "shopctl "))) {
		return
	}
	p.Line()
	p.Line(c.Text.Look.Next, " ", command)
}

// releaseText is a release as it is shown: v128 9f8e7d6.
func releaseText(n int, r shop.Release) string {
	if r.IsZero() {
		return "-"
	}
	return number(n) + " " + r.Short()
}

// tierHealth is how a tier is with what it carries: what is healthy at another
// release is on its way, not healthy.
func tierHealth(t shop.TierState) shop.Health {
	health := t.Health()
	if health != shop.Healthy {
		return health
	}
	for _, s := range t.ShopSets {
		health = worse(health, setHealth(s))
	}
	return health
}

func worse(a, b shop.Health) shop.Health {
	if a == shop.Healthy {
		return b
	}
	return a
}

func setHealth(s shop.ShopSetState) shop.Health {
	switch {
	case s.Health != shop.Healthy:
		return s.Health
	case s.Revision == "":
		return shop.UnknownHealth
	case !s.Current || s.Phase == shop.Running:
		return shop.Progressing
	}
	return shop.Healthy
}

// unhealthy reports whether a ShopSet is in a bad state: degraded, missing, or
// its last sync was refused.
func unhealthy(s shop.ShopSetState) bool {
	return s.Health == shop.Degraded || s.Health == shop.Missing || refused(s)
}

// refused reports whether the last sync of a ShopSet has failed.
func refused(s shop.ShopSetState) bool { return s.Phase == shop.Failed || s.Phase == shop.Errored }

// healthMark is a health with its symbol; ready of all is how far it came.
func (c *Call) healthMark(p show.Page, h shop.Health, ready, all int) string {
	return p.Mark(show.OfHealth(h), c.Text.Look.HealthWord(h, percent(ready, all)))
}

// percent is -1 when there is nothing to count.
func percent(ready, all int) int {
	if all == 0 {
		return -1
	}
	return ready * 100 / all
}

func (c *Call) syncMark(p show.Page, s shop.Sync) string {
	return p.Mark(show.OfSync(s), c.Text.Look.SyncWord(s))
}

// change is a commit of one of the two repositories that people write.
type change struct {
	Repository shop.Repository
	shop.Commit
}

func changesJSON(changes []change) []commitJSON {
	all := make([]commitJSON, 0, len(changes))
	for _, one := range changes {
		all = append(all, commitOf(one.Repository, one.Commit))
	}
	return all
}

// waiting are the commits that wait in front of a tier: those of the release
// below that the tier's own has not; in front of tier-0, those that were merged.
func waiting(w World, have shop.State, tier shop.Tier) (commits []change, err error) {
	t, _ := have.Tier(tier)
	offer := shop.Release{App: t.App, Configuration: t.Configuration}
	if below, upper := tier.Below(); upper {
		b, _ := have.Tier(below)
		offer = b.Runs
	}
	return between(w, have, t.Runs, offer)
}

// between are the commits that a release has and another has not, the app's
// first, newest first.
func between(w World, have shop.State, from, to shop.Release) (commits []change, err error) {
	for _, side := range []struct {
		repo     shop.Repository
		from, to shop.CommitID
	}{
		{shop.AppRepository, from.App, to.App},
		{shop.ConfigurationRepository, from.Configuration, to.Configuration},
	} {
		if side.to == "" || side.from == side.to {
			continue
		}
		found, err := w.Commits(side.repo, side.from, side.to, 0)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			commits = append(commits, change{side.repo, one})
		}
	}
	return commits, nil
}

// commitTable lists commits for people, at most so many of them.
func (c *Call) commitTable(p show.Page, changes []change, most int) {
	table := show.Table{Columns: []show.Column{{}, {}, {}, {}, {Flex: true}, {}}}
	for i, one := range changes {
		if i == most {
			break
		}
		pull, title := titleOf(one.Commit)
		table.Rows = append(table.Rows, []string{
			one.ID.Short(), show.Clean(one.AuthorName), show.Age(p.Now, one.At), string(one.Repository), show.Clean(title), pullText(pull),
		})
	}
	p.Table(table)
	if rest := len(changes) - most; rest > 0 {
		p.Line(c.Text.Releases.MoreCommits(rest))
	}
}
