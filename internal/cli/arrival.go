package cli

import (
	"fmt"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// arrivalResult is how a release came to a tier: the JSON of promote, rollback,
// unpin, sync and wait. It is filled after the wait.
type arrivalResult struct {
	planResult
	Tier        shop.Tier    `json:"tier"`
	Result      string       `json:"result"`  // the name of the exit code
	Changed     bool         `json:"changed"` // false: it was so already
	Release     *releaseJSON `json:"release"`
	Previous    *releaseJSON `json:"previous"`
	Pinned      bool         `json:"pinned"`
	Health      shop.Health  `json:"health"`
	Sync        shop.Sync    `json:"sync"`
	ShopSets    int          `json:"shopsets"`
	Ready       int          `json:"shopsetsReady"`
	Unchecked   []string     `json:"unchecked,omitempty"` // gates that could not be checked
	TookSeconds float64      `json:"tookSeconds"`
}

// arrived is the result of a run that brought a release to a tier.
func (c *Call) arrived(w World, before, have shop.State, tier shop.Tier, did []plan.Op, took time.Duration, say func(tier, release, took string) string) (Result, error) {
	t, _ := have.Tier(tier)
	was, _ := before.Tier(tier)
	v := arrivalResult{
		Tier: tier, Result: ExitName(ExitOK), Changed: !onlyWaits(did), Pinned: t.Spec.Pin != nil,
		Health: t.Health(), Sync: t.Sync(), ShopSets: len(t.ShopSets), Ready: t.Ready(), TookSeconds: took.Seconds(),
	}
	v.Risks = accepted(did)
	runs := releaseOf(t.Runs, t.Number)
	v.Release = &runs
	if was.Runs != t.Runs {
		previous := releaseOf(was.Runs, was.Number)
		v.Previous = &previous
	}
	v.Unchecked = unchecked(did)
	if err := c.reportArrival(w, v, was, t, took); err != nil {
		return Result{}, err
	}
	unwatched := v.Changed && !c.Waits() && c.line.command.Mutates
	goOn := waitLine(tier, t.Runs)
	if unwatched && !c.Env.Terminal.Out {
		c.Say(c.Text.Errand.GoesOn(string(tier), number(t.Number)), "   ", goOn)
	}
	return Result{
		Value: v,
		Rows:  [][]string{{string(tier), v.Result, number(t.Number), string(t.Runs.App), string(t.Runs.Configuration), string(v.Health), string(v.Sync), fmt.Sprintf("%.0f", took.Seconds())}},
		Human: func(p show.Page) {
			if !v.Changed {
				p.Line(c.Text.Errand.Runs(string(tier), releaseName(t, t.Runs)))
				return
			}
			p.Line()
			if unwatched {
				p.Line(c.Text.Errand.GoesOn(string(tier), number(t.Number)))
				p.Line("  ", show.Pad(c.Text.Errand.Wait, 7), goOn)
			} else {
				p.Line(say(string(tier), number(t.Number), show.Length(took)))
			}
			c.whatNext(p, have, was, t)
		},
	}, nil
}

// whatNext prints the lines to paste: back, and on.
func (c *Call) whatNext(p show.Page, have shop.State, was, t shop.TierState) {
	e := c.Text.Errand
	tier := t.Spec.Name
	if undo := undoLine(was, t); undo != "" {
		p.Line("  ", show.Pad(e.Undo, 7), undo)
	}
	if above := tier.Number() + 1; above < len(have.Tiers) && t.Spec.Pin == nil {
		p.Line("  ", show.Pad(e.Next, 7), "shopctl diff ", string(shop.TierAt(above)))
	}
}

// unchecked names the gates that let a release pass without being checked.
func unchecked(did []plan.Op) (names []string) {
	for _, op := range did {
		w, ok := op.(plan.WriteSystem)
		if !ok {
			continue
		}
		for _, t := range w.Tiers {
			for _, g := range t.Gates {
				if g.Status == plan.Unchecked {
					names = append(names, string(t.Tier)+"/"+g.Name)
				}
			}
		}
	}
	return names
}

// outputs are what a step of GitHub Actions hands on.
func (c *Call) outputs(v arrivalResult) {
	values := [][2]string{
		{"release", number(v.Release.Number)}, {"app-commit", string(v.Release.App)},
		{"configuration-commit", string(v.Release.Configuration)}, {"result", v.Result},
	}
	if v.Previous != nil {
		values = append(values, [2]string{"previous", number(v.Previous.Number)})
	}
	for _, o := range values {
		c.Output(o[0], o[1])
	}
}

// number is a release number as people write it.
func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("v%d", n)
}

// releaseName is a release on a tier for people: "v128 9f8e7d6", or the short
// commit alone where it has no number.
func releaseName(t shop.TierState, r shop.Release) string {
	if n := numberOf(t, r); n > 0 {
		return number(n) + " (" + r.Short() + ")"
	}
	return r.Short()
}

// shortName is a release on a tier by its number, or by its commit where it has none.
func shortName(t shop.TierState, r shop.Release) string {
	if n := numberOf(t, r); n > 0 {
		return number(n)
	}
	return r.Short()
}

// nextName is the number that a release gets when it comes to a tier.
func nextName(t shop.TierState, r shop.Release) string {
	if n := numberOf(t, r); n > 0 {
		return number(n)
	}
	return number(newestNumber(t) + 1)
}
