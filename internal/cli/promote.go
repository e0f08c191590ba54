package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

func promoteCommand() *Command {
	return &Command{
		Name: "promote", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Promote.Help },
		Args: []Arg{{Name: "TIER", Optional: true, Complete: completeTiers}},
		Flags: []Flag{
			{Name: "to", Value: "TIER", Complete: completeTiers}, {Name: "from", Value: "TIER", Complete: completeTiers},
			{Name: "release", Value: "RELEASE", Complete: completeReleases}, {Name: "unpin"}, {Name: "sync"}, graceFlag(), exitCodeFlag(),
		},
		Mutates: true, Kind: "Promotion", Fields: arrivalResult{}, Run: runPromote,
	}
}

func graceFlag() Flag { return Flag{Name: "degraded-grace", Value: "60s", Kind: Duration} }

func (c *Call) grace() time.Duration { return c.Duration("degraded-grace", time.Minute) }

func runPromote(ctx context.Context, c *Call) error {
	g, err := c.promoteGoal(ctx)
	if err != nil {
		return err
	}
	var newer shop.Release
	var migrations byTier
	var reach radii
	var board *promotionView
	return c.carryOut(ctx, errand{
		look: g, chooses: !c.Given("release"),
		goal: func(w World, have shop.State) (shop.Goal, error) {
			var err error
			if g, newer, err = c.chosen(w, have, g); err != nil {
				return g, err
			}
			migrations, err = entering(ctx, w, have, g)
			g.Risks = migrations.risks()
			if g.Reason == "" {
				g.Reason = onTheWay(have, g).Reason
			}
			return g, err
		},
		confirm: func(have shop.State, _ shop.Goal) Confirmation {
			q := c.confirmTier(have, g.To, c.Text.Promote.Question(string(g.To)))
			q.Risks = append(riskNames(toAsk(have, g)), skipRisks(have, g)...)
			if len(reach) > 0 {
				q.Details = func() { c.details(reach) }
			}
			if board != nil {
				q = board.question(q)
			}
			return q
		},
		title: func(w World, have shop.State, _ shop.Goal, todo []plan.Op) (string, error) {
			return c.planTitle(w, have, g, todo)
		},
		preview: func(p show.Page, w World, have shop.State, _ shop.Goal, todo []plan.Op) (err error) {
			if reach, err = radiiOf(ctx, w, have, g.Release, todo); err != nil {
				return err
			}
			return c.previewPromotion(p, w, have, g, previewed{newer, migrations, reach}, todo)
		},
		board: func(w World, have shop.State, todo []plan.Op, v *tui.Preview) (err error) {
			board, err = c.boardPromotion(w, have, g, previewed{newer, migrations, reach}, todo, v)
			return err
		},
		done: func(w World, before, have shop.State, _ shop.Goal, did []plan.Op, took time.Duration) (Result, error) {
			return c.arrived(w, before, have, g.To, did, took, c.Text.Promote.Done)
		},
	})
}

// promoteGoal reads the line; the release is chosen after the first look.
func (c *Call) promoteGoal(ctx context.Context) (shop.Promote, error) {
	g := shop.Promote{
		Unpin: c.Is("unpin"), Skip: plan.SkippedBy(c.Strings("accept-risk")), Sync: c.Is("sync"), NoWait: !c.Waits(), Grace: c.grace(), Reason: c.Reason(),
	}
	to := c.Arg(0)
	if c.Given("to") {
		if to != "" {
			return g, &Fail{Code: ConflictingFlags, Message: c.Text.Frame.ConflictingOptions(to, "--to")}
		}
		to = c.String("to")
	}
	if to == "" {
		tier, err := c.pickTier(ctx)
		if err != nil {
			return g, err
		}
		to = string(tier)
	}
	if g.To = shop.Tier(to); g.To.Number() < 0 {
		return g, &plan.Stop{Why: plan.UnknownTier, Tier: g.To}
	}
	below, upper := g.To.Below()
	if !upper {
		return g, &plan.Stop{Why: plan.LowestTier, Tier: g.To}
	}
	g.From = below
	if c.Given("to") {
		g.From = "tier-0"
	}
	if c.Given("from") {
		if g.From = shop.Tier(c.String("from")); g.From.Number() < 0 {
			return g, &plan.Stop{Why: plan.UnknownTier, Tier: g.From}
		}
		if g.From.Number() >= g.To.Number() {
			return g, &Fail{Code: BadValue, Message: c.Text.Promote.NotBelow(string(g.From), to)}
		}
		if !c.Given("to") && g.From != below {
			return g, &plan.Stop{Why: plan.TierSkipped, Tier: g.To}
		}
	}
	return g, nil
}

// pickTier asks for the tier, on a terminal only.
func (c *Call) pickTier(ctx context.Context) (shop.Tier, error) {
	if !c.CanAsk() {
		return "", &Fail{Code: MissingArgument, Message: c.Text.Promote.NeedsTier, Hints: []Hint{{Command: "shopctl promote tier-1"}}}
	}
	w, err := c.World(ctx)
	if err != nil {
		return "", err
	}
	defer w.Close()
	have, err := w.Observe(ctx, shop.Look{})
	if err != nil {
		return "", err
	}
	names := tierNames(have)[1:]
	n, err := c.Choose(ctx, c.Text.Promote.WhichTier, names)
	if err != nil {
		return "", err
	}
	return shop.Tier(names[n]), nil
}

// chosen settles the release, by its name or as plan.Choose has it.
func (c *Call) chosen(w World, have shop.State, g shop.Promote) (_ shop.Promote, newer shop.Release, err error) {
	if _, err := findTier(c, have, string(g.To)); err != nil {
		return g, newer, err
	}
	if c.Given("release") {
		g.Release, _, err = resolveRelease(c, w, have, g.From, c.String("release"))
		return g, newer, err
	}
	g.Release, newer, err = plan.Choose(have, g)
	return g, newer, err
}

// confirmTier asks as the tier's file wants it.
func (c *Call) confirmTier(have shop.State, tier shop.Tier, question string) Confirmation {
	q := Confirmation{Level: LevelAsk, Question: question, Name: string(tier)}
	if t, ok := have.Tier(tier); ok && t.Spec.Protection == "name" {
		q.Level = LevelName
	}
	return q
}

// previewed is what a preview tells besides the commits and gates.
type previewed struct {
	newer      shop.Release // that is not taken
	migrations byTier
	reach      radii
}

// previewCommits is how many commits a preview lists.
const previewCommits = 20

func (c *Call) previewPromotion(p show.Page, w World, have shop.State, g shop.Promote, about previewed, todo []plan.Op) error {
	t := c.Text.Promote
	from, _ := have.Tier(g.From)
	for n := g.From.Number() + 1; n <= g.To.Number(); n++ {
		tier := have.Tiers[n]
		if !writesTier(todo, tier.Spec.Name) {
			continue
		}
		p.Line(t.Title(c.system.AppName(), string(g.From), shortName(from, g.Release), string(tier.Spec.Name), nextName(tier, g.Release), shortName(tier, tier.Runs)),
			"   ", c.system.Title())
		p.Line()
		if err := c.previewCommits(p, w, tier.Runs, g.Release); err != nil {
			return err
		}
		if reach, known := about.reach[tier.Spec.Name]; known {
			p.Line("  ", strings.TrimSpace(c.radiusLine(p, reach)+" "+c.estimate(tier)))
		}
		c.previewClosed(p, have, tier.Spec.Name)
		gates := plan.Gates(have, tier.Spec.Name, g.Release, g.Unpin && tier.Spec.Name == g.To)
		for _, gate := range plan.Skip(tier.Spec, gates, g.Skip) {
			p.Line("  ", c.gateAhead(p, have, gate, g))
		}
		for _, line := range c.migrationLines(p, about.migrations[tier.Spec.Name]) {
			p.Line("  ", line)
		}
		if pin := tier.Spec.Pin; pin != nil && g.Unpin && tier.Spec.Name == g.To {
			p.Line("  ", p.Mark(show.Warn, t.Unpins(string(g.To), pin.Release.Short(), show.Clean(pin.By))))
		}
		p.Line()
	}
	if !about.newer.IsZero() {
		p.Line("  ", p.Mark(show.Warn, t.Newer(string(g.From), releaseName(from, about.newer))))
		p.Line()
	}
	return nil
}

// gateAhead is a gate in a preview.
func (c *Call) gateAhead(p show.Page, have shop.State, gate plan.Gate, g shop.Promote) string {
	return c.gateLine(p, have.Now, comesBefore(have, gate, g))
}

// comesBefore is a gate as it stands for a promotion: what a tier below has
// still to run, and this promotion brings there first, is no refusal.
func comesBefore(have shop.State, gate plan.Gate, g shop.Promote) plan.Gate {
	below, _ := have.Tier(gate.Tier)
	comes := gate.Tier.Number() > g.From.Number() && below.Runs != g.Release
	if comes && gate.Because == plan.NeverCarried {
		gate.Status = plan.Pending
	}
	return gate
}

func writesTier(todo []plan.Op, tier shop.Tier) bool {
	return slices.ContainsFunc(todo, func(op plan.Op) bool {
		w, ok := op.(plan.WriteSystem)
		return ok && slices.ContainsFunc(w.Tiers, func(t plan.TierWrite) bool { return t.Tier == tier })
	})
}

func (c *Call) previewCommits(p show.Page, w World, old, new shop.Release) error {
	commits, err := w.Commits(shop.AppRepository, old.App, new.App, 0)
	if err != nil {
		return err
	}
	table := show.Table{Columns: []show.Column{{}, {}, {}, {Flex: true}, {}}}
	for i, commit := range commits {
		if i == previewCommits {
			break
		}
		pull, title := titleOf(commit)
		table.Rows = append(table.Rows, []string{
			"  " + commit.ID.Short(), show.Clean(commit.AuthorName), show.Age(p.Now, commit.At), show.Clean(title), pullText(pull),
		})
	}
	if len(table.Rows) > 0 {
		p.Table(table)
	}
	if n := len(commits) - previewCommits; n > 0 {
		p.Line("  ", c.Text.Promote.More(n))
	}
	if old.Configuration != new.Configuration {
		config, err := w.Commits(shop.ConfigurationRepository, old.Configuration, new.Configuration, 0)
		if err != nil {
			return err
		}
		p.Line("  ", c.Text.Promote.Configured(len(config)))
	}
	if len(table.Rows) > 0 || old.Configuration != new.Configuration {
		p.Line()
	}
	return nil
}
