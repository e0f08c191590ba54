package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type activityResult struct {
	Activities []activityJSON `json:"activities"`
}

// activityJSON is one operation that git holds.
type activityJSON struct {
	At          string        `json:"at"`
	By          string        `json:"by"`
	What        string        `json:"what"`
	Targets     []string      `json:"targets"`
	Result      shop.Health   `json:"result,omitempty"` // of a release: what was last seen of it
	TookSeconds *int64        `json:"tookSeconds"`      // until it was healthy; null: not known
	Reason      string        `json:"reason,omitempty"`
	Commit      shop.CommitID `json:"commit"`
	Operation   string        `json:"operation"`       // empty: written without shopctl
	Risks       []string      `json:"risks,omitempty"` // that were accepted
}

func activityCommand() *Command {
	return &Command{
		Name: "activity", Group: Look, Help: func(t *i18n.Text) i18n.Help { return t.Activity.Help },
		Flags: []Flag{
			{Name: "follow", Short: "f", Shell: true}, {Name: "since", Value: "2d"}, {Name: "who", Value: "W"},
			{Name: "target", Value: "T", Complete: completeTiers}, limitFlag(),
		},
		Kind: "Activity", Fields: activityResult{}, Run: runActivity,
	}
}

func runActivity(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	pick := picked{who: strings.ToLower(c.String("who"))}
	if text := c.String("since"); text != "" {
		var ok bool
		if pick.since, ok = parseSince(text, have.Now, c.Env.Zone); !ok {
			return &Fail{Code: BadValue, Message: c.Text.Activity.BadSince(text), Reasons: []string{c.Text.Activity.SinceForms}}
		}
		if !c.JSON() && c.Env.Terminal.Out {
			c.Say(c.Text.Activity.Since(pageAt(c.Talk, have.Now).Clock(pick.since)))
		}
	}
	if name := c.String("target"); name != "" {
		if pick.target, err = findTarget(c, w, have, name); err != nil {
			return err
		}
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git log --branches --date=iso")
	if c.Is("follow") {
		return followActivity(ctx, c, w, have, pick)
	}
	all, err := w.Activity(pick.since)
	if err != nil {
		return err
	}
	all = pick.from(all)
	total := len(all)
	if total == 0 {
		c.Say(c.Text.Activity.Nothing)
	}
	all = all[:min(total, c.limit(total))]
	return c.Show(c.activities(have, all, total-len(all)))
}

// pageAt is a page of another moment.
func pageAt(p show.Page, now time.Time) show.Page { p.Now = now; return p }

// picked is what of the activity is wanted.
type picked struct {
	since  time.Time
	who    string
	target target
}

func (p picked) from(all []shop.Activity) (some []shop.Activity) {
	for _, a := range all {
		if strings.Contains(strings.ToLower(a.By), p.who) && p.concerns(a) && !a.At.Before(p.since) {
			some = append(some, a)
		}
	}
	return some
}

// concerns reports whether an operation is about the target: a tier by its
// branch, a ShopSet or a shop by its name in what was done.
func (p picked) concerns(a shop.Activity) bool {
	word := cmp.Or(string(p.target.Shop), string(p.target.ShopSet))
	switch {
	case word != "":
		return slices.Contains(strings.FieldsFunc(a.What, func(r rune) bool { return r == ' ' || r == ',' || r == ':' || r == '/' }), word)
	case p.target.Tier != "":
		return slices.Contains(a.Branches, string(p.target.Tier))
	}
	return true
}

func (c *Call) activities(have shop.State, all []shop.Activity, more int) Result {
	v := activityResult{Activities: []activityJSON{}}
	var rows [][]string
	for _, a := range all {
		one := activityOf(have, a)
		v.Activities = append(v.Activities, one)
		took := ""
		if one.TookSeconds != nil {
			took = strconv.FormatInt(*one.TookSeconds, 10)
		}
		rows = append(rows, []string{
			one.At, one.By, one.What, strings.Join(one.Targets, ","), string(one.Result), took, one.Reason, string(one.Commit), one.Operation,
		})
	}
	return Result{Value: v, Rows: rows, Human: func(p show.Page) {
		p.Now = have.Now
		c.activityTable(p, v.Activities)
		if more > 0 {
			p.Line(c.Text.Releases.More(more))
		}
	}}
}

// activityOf adds what came of it: of a release what the next one recorded, of
// the newest what Argo CD says now.
func activityOf(have shop.State, a shop.Activity) activityJSON {
	one := activityJSON{At: show.Stamp(a.At), By: a.By, What: a.What, Reason: a.Reason, Commit: a.Commit, Operation: a.Operation, Targets: targetsOf(a), Risks: a.Risks}
	for _, name := range a.Branches {
		t, ok := have.Tier(shop.Tier(name))
		if !ok {
			continue
		}
		for _, h := range carriedBy(have, t) {
			if h.Commit != a.Commit && (h.At != one.At || h.By != a.By) {
				continue
			}
			one.Result, one.TookSeconds = h.Health, h.RolloutSeconds
		}
	}
	return one
}

// targetsOf are the tiers that it concerned; main alone stays main.
func targetsOf(a shop.Activity) (targets []string) {
	for _, b := range a.Branches {
		if b != "main" || len(a.Branches) == 1 {
			targets = append(targets, b)
		}
	}
	return targets
}

func (c *Call) activityTable(p show.Page, all []activityJSON) {
	t := c.Text.Activity
	table := show.Table{Columns: []show.Column{
		{Head: t.When}, {Head: t.Who}, {Head: t.What, Flex: true}, {Head: t.Target}, {Head: t.Result}, {Head: t.Took, Right: true},
	}}
	for _, one := range all {
		mark, word := c.resultOf(one)
		what := show.Clean(one.What)
		if one.Reason != "" {
			what += "  " + show.Clean(one.Reason)
		}
		table.Rows = append(table.Rows, []string{clockOf(p, one.At), show.Clean(nameOf(one.By)), what, targetText(one.Targets), p.Mark(mark, word), one.took()})
	}
	p.Table(table)
}

// resultOf is what came of an operation.
func (c *Call) resultOf(one activityJSON) (show.Symbol, string) {
	switch {
	case one.Result != "":
		return show.OfHealth(one.Result), c.Text.Look.HealthWord(one.Result, -1)
	case one.Operation == "":
		return show.Warn, c.Text.Activity.ByHand
	}
	return show.Good, c.Text.Activity.Done
}

// took is the time until it was healthy, for people; empty: not known.
func (one activityJSON) took() string {
	if one.TookSeconds == nil {
		return ""
	}
	return show.Length(time.Duration(*one.TookSeconds) * time.Second)
}

// targetText names few tiers, and counts many.
func targetText(targets []string) string {
	if len(targets) > 2 {
		return targets[0] + " +" + strconv.Itoa(len(targets)-1)
	}
	return strings.Join(targets, " ")
}

// followActivity prints what was, oldest first, then what comes, each once.
func followActivity(ctx context.Context, c *Call, w World, have shop.State, pick picked) error {
	if c.json != nil {
		c.json.Indent = false
	}
	if pick.since.IsZero() {
		pick.since = have.Now.Add(-24 * time.Hour)
	}
	seen := map[string]bool{}
	for faults := 0; ; {
		all, err := w.Activity(pick.since)
		if err != nil {
			return err
		}
		for _, a := range slices.Backward(pick.from(all)) {
			key := cmp.Or(a.Operation, string(a.Commit))
			if seen[key] {
				continue
			}
			seen[key] = true
			if err := c.Show(c.activities(have, []shop.Activity{a}, 0)); err != nil {
				return err
			}
		}
		for again := true; again; {
			if err := c.Env.Sleep(ctx, watchEvery); err != nil {
				return err
			}
			next, err := w.Observe(ctx, shop.Look{})
			var passing *apply.AgainError
			again = errors.As(err, &passing)
			switch {
			case again:
				faults++
				c.Say(c.Talk.Mark(show.Warn, c.Text.Status.Reconnecting(faults)))
			case err != nil:
				return err
			default:
				have, faults = next, 0
			}
		}
	}
}
