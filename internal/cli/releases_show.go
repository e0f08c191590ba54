package cli

import (
	"context"
	"fmt"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func showRelease(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	tier := shop.Tier(c.String("tier"))
	if tier != "" {
		if _, err := findTier(c, have, string(tier)); err != nil {
			return err
		}
	}
	at, err := findRelease(c, w, have, tier, c.Arg(0))
	if err != nil {
		return err
	}
	v := releaseResult{Release: releaseOf(at.Release, at.Number), Tier: at.Tier, Commits: []commitJSON{}}
	for _, t := range have.Tiers {
		for _, one := range carriedBy(have, t) {
			if one.App == at.Release.App && one.Configuration == at.Release.Configuration {
				v.Tiers = append(v.Tiers, one)
			}
		}
	}
	former, changes, err := broughtWith(w, have, at)
	if err != nil {
		return err
	}
	if !former.IsZero() {
		t, _ := have.Tier(at.Tier)
		r := releaseOf(former, numberOf(t, former))
		v.Former = &r
	}
	v.Commits = changesJSON(changes)
	c.byHand(c.fetchLine(shop.AppRepository), fmt.Sprintf("git -C app.git log %s..%s", former.App, at.Release.App))
	return c.Show(Result{Value: v, Rows: carriedRows(v.Tiers), Human: func(p show.Page) {
		p.Now = have.Now
		c.humanRelease(p, v, changes)
	}})
}

// broughtWith is what a tier carried before a release came to it for the first
// time, and the commits that came with it.
func broughtWith(w World, have shop.State, at found) (former shop.Release, changes []change, err error) {
	t, _ := have.Tier(at.Tier)
	for i := len(t.History) - 1; i >= 0; i-- {
		if t.History[i].Release != at.Release {
			continue
		}
		if i+1 < len(t.History) {
			former = t.History[i+1].Release
		}
		changes, err = between(w, have, former, at.Release)
		return former, changes, err
	}
	return former, nil, nil
}

func (c *Call) humanRelease(p show.Page, v releaseResult, changes []change) {
	t := c.Text.Releases
	name := string(v.Tier) + " " + number(v.Release.Number) + "  app " + v.Release.App.Short()
	if v.Release.Configuration != "" {
		name += ", configuration " + v.Release.Configuration.Short()
	}
	if v.Former != nil {
		name += "  (" + t.Before(releaseText(v.Former.Number, shop.Release{App: v.Former.App})) + ")"
	}
	p.Line(p.Paint(show.Bold, name))
	p.Line()
	c.carriedTable(p, v.Tiers)
	if len(changes) > 0 {
		p.Line()
		c.commitTable(p, changes, 50)
	}
}
