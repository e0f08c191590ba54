package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// whyResult is what stands between a tier and the release of the tier below.
type whyResult struct {
	Tier    shop.Tier    `json:"tier"`
	From    shop.Tier    `json:"from,omitempty"` // empty: the lowest tier takes what is merged
	Release *releaseJSON `json:"release"`        // its number on From
	Open    bool         `json:"open"`           // no gate is closed
	Waiting bool         `json:"waiting"`        // false: the tier has it already
	Result  string       `json:"result"`         // the name of the exit code that promote would give
	Exit    int          `json:"exit"`
	OpensAt string       `json:"opensAt,omitempty"` // not before; absent: not known
	Problem string       `json:"problem,omitempty"` // what is in the way besides gates
	Gates   []gateJSON   `json:"gates"`
}

// gateJSON is one gate as it was judged.
type gateJSON struct {
	Name         string          `json:"name"`
	Status       plan.GateStatus `json:"status"` // open, unchecked, pending, held, refused, unavailable
	Because      plan.Cause      `json:"because"`
	Tier         shop.Tier       `json:"tier"` // that the cause lies in
	By           string          `json:"by,omitempty"`
	Reason       string          `json:"reason,omitempty"`
	Since        string          `json:"since,omitempty"`
	OpensAt      string          `json:"opensAt,omitempty"`
	NeedsSeconds int64           `json:"needsSeconds,omitempty"`
	Ready        int             `json:"shopsetsReady,omitempty"`
	Of           int             `json:"shopsets,omitempty"`
	Address      string          `json:"address,omitempty"`
	Skippable    bool            `json:"skippable"`
	Text         string          `json:"text"`
	Opens        string          `json:"opens,omitempty"` // who or what opens it
}

func whyCommand() *Command {
	return &Command{
		Name: "why", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Why.Help },
		Args:  []Arg{{Name: "TIER", Complete: completeTiers}},
		Flags: []Flag{exitCodeFlag()},
		Kind:  "Why", Fields: whyResult{}, Run: runWhy,
	}
}

func runWhy(ctx context.Context, c *Call) error {
	w, err := c.World(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	have, err := w.Observe(ctx, shop.Await{Tier: shop.Tier(c.Arg(0)), For: shop.ForOpen})
	if err != nil {
		return err
	}
	c.Out.Now, c.Talk.Now = have.Now, have.Now
	t, err := findTier(c, have, c.Arg(0))
	if err != nil {
		return err
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git show main:tiers/"+string(t.Spec.Name)+".yaml main:policy.yaml")
	y := newReasons(c, have, t)
	if err := c.Show(Result{Value: y.value, Rows: y.rows(), Human: y.human}); err != nil {
		return err
	}
	if c.Is("exit-code") && y.value.Exit != ExitOK {
		return Exit(y.value.Exit)
	}
	return nil
}

// reasons is the answer of why.
type reasons struct {
	c     *Call
	have  shop.State
	t, b  shop.TierState
	gates []plan.Gate
	stop  *Fail // what is in the way besides gates
	value whyResult
}

func newReasons(c *Call, have shop.State, t shop.TierState) *reasons {
	y := &reasons{c: c, have: have, t: t}
	y.value = whyResult{Tier: t.Spec.Name, Gates: []gateJSON{}}
	below, upper := t.Spec.Name.Below()
	if upper {
		y.b, _ = have.Tier(below)
		r := releaseOf(y.b.Runs, y.b.Number)
		y.value.From, y.value.Release = below, &r
		y.value.Waiting = t.Runs != y.b.Runs && !have.Within(y.b.Runs, t.Runs)
	}
	if y.value.Waiting {
		y.gates = plan.Gates(have, t.Spec.Name, y.b.Runs, false)
	} else {
		y.gates = plan.Holds(have, t) // nobody is asked about what is there already
	}
	slices.SortStableFunc(y.gates, func(a, b plan.Gate) int { return cmp.Compare(gateOrder(a), gateOrder(b)) })
	closed := plan.Closed(y.gates)
	y.value.Open = len(closed) == 0
	if upper {
		y.judge(closed)
	}
	y.value.Result = ExitName(y.value.Exit)
	if at, known := y.earliest(closed); known {
		y.value.OpensAt = show.Stamp(at)
	}
	for _, g := range y.gates {
		y.value.Gates = append(y.value.Gates, y.gate(g))
	}
	return y
}

// judge finds the code that promote would give.
func (y *reasons) judge(closed []plan.Gate) {
	_, err := plan.For(shop.Promote{To: y.t.Spec.Name, From: y.b.Spec.Name, Release: y.b.Runs, Grace: time.Minute}, y.have)
	var stop *plan.Stop
	var exits []int
	if errors.As(err, &stop) {
		y.stop = y.c.stopped(stop)
		y.value.Problem = y.stop.Message
		exits = append(exits, y.stop.Exit())
	}
	if y.value.Waiting {
		for _, g := range closed {
			exits = append(exits, gateCode(g).Exit())
		}
	}
	y.value.Exit = Worst(exits...)
}

// gateOrder is the order in which people ask: was it tested, does it run, who
// has a say, who holds it.
func gateOrder(g plan.Gate) int {
	order := []string{"checks", "review", "health", "soak", "verify", "windows", "", "freeze", "pin", "reject"}
	if i := slices.Index(order, g.Name); i >= 0 {
		return i
	}
	return slices.Index(order, "")
}

// earliest is the time before which a tier does not open. It is known when all
// that is closed opens by itself.
func (y *reasons) earliest(closed []plan.Gate) (last time.Time, known bool) {
	for _, g := range closed {
		at := y.opensAt(g)
		if at.IsZero() && g.Status != plan.Pending {
			return time.Time{}, false
		}
		if at.After(last) {
			last = at
		}
	}
	return last, !last.IsZero()
}

// opensAt is when a gate opens by itself; for a soak that has not begun a guess.
func (y *reasons) opensAt(g plan.Gate) time.Time {
	if g.OpensAt.IsZero() && g.Because == plan.SoakNotBegun {
		return y.have.Now.Add(g.Needs)
	}
	return g.OpensAt
}

func (y *reasons) gate(g plan.Gate) gateJSON {
	return gateJSON{
		Name: g.Name, Status: g.Status, Because: g.Because, Tier: g.Tier, By: g.By, Reason: g.Reason, Since: show.Stamp(g.Since), OpensAt: show.Stamp(g.OpensAt),
		NeedsSeconds: int64(g.Needs / time.Second), Ready: g.Ready, Of: g.Of, Address: g.Address, Skippable: plan.MaySkip(y.t.Spec, g.Name),
		Text: y.c.gateRow(y.have.Now, g), Opens: y.opens(g),
	}
}

// opens says who or what opens a gate, and when; empty for one that is open.
func (y *reasons) opens(g plan.Gate) string {
	if g.Passes() {
		return ""
	}
	say := y.c.Text.Gates.Opens[cause(g)]
	if say != nil {
		return cleanFacts(say, y.c.gateFacts(y.have.Now, g))
	}
	if g.Status != plan.Pending {
		return ""
	}
	opens, about := "", ""
	switch at := y.opensAt(g); {
	case !g.OpensAt.IsZero():
		opens = y.c.Out.Clock(at)
	case !at.IsZero():
		about = y.c.Out.Clock(at)
	}
	return y.c.Text.Gates.ByItself(opens, about)
}

// cleanFacts makes a sentence whose parts may come from outside.
func cleanFacts(say func(i18n.GateFacts) string, f i18n.GateFacts) string { return show.Clean(say(f)) }

func (y *reasons) rows() (rows [][]string) {
	for _, g := range y.value.Gates {
		rows = append(rows, []string{
			string(y.value.Tier), g.Name, string(g.Status), string(g.Because), string(g.Tier), g.By, g.Reason, g.Since, g.OpensAt,
			strconv.FormatBool(g.Skippable),
		})
	}
	return rows
}

func (y *reasons) human(p show.Page) {
	closed := plan.Closed(y.gates)
	p.Line(y.headline(len(closed)))
	if y.stop != nil {
		p.Line()
		p.Line("  ", p.Mark(show.Bad, show.Clean(y.stop.Message)))
	}
	if len(y.gates) > 0 {
		p.Line()
		y.table(p)
	}
	y.last(p, closed)
}

func (y *reasons) headline(closed int) string {
	t := y.c.Text.Why
	tier, from, release := string(y.t.Spec.Name), string(y.value.From), releaseName(y.b, y.b.Runs)
	switch {
	case from == "" && len(y.gates) == 0:
		return t.Lowest(tier) + "; " + t.Free(tier)
	case from == "":
		return t.Lowest(tier)
	case !y.value.Waiting:
		return t.Runs(tier, release, from)
	case closed > 0:
		return t.Shut(tier, release, from, closed, len(y.gates))
	case y.stop != nil:
		return t.Stopped(tier, release, from)
	}
	return t.Open(tier, release, from, len(y.gates))
}

// widestReason is how wide a sentence may be before what opens it moves to the right.
const widestReason = 56

func (y *reasons) table(p show.Page) {
	name, text := 0, 0
	for _, g := range y.value.Gates {
		name = max(name, show.Width(g.Name))
		if g.Opens != "" && show.Width(g.Text) <= widestReason {
			text = max(text, show.Width(g.Text))
		}
	}
	for i, g := range y.value.Gates {
		line := "  " + p.Mark(gateSymbol(y.gates[i]), show.Pad(g.Name, name+2))
		if g.Opens == "" {
			p.Line(line, g.Text)
			continue
		}
		p.Line(line, show.Pad(g.Text, text), "  ", g.Opens)
	}
}

// last says when it opens at the earliest, and how to go on.
func (y *reasons) last(p show.Page, closed []plan.Gate) {
	t, e := y.c.Text.Why, y.c.Text.Errand
	tier := string(y.t.Spec.Name)
	switch at, known := y.earliest(closed); {
	case y.stop != nil && len(y.stop.Hints) > 0:
		p.Line(e.Next, " ", y.stop.Hints[0].Command)
	case !y.value.Waiting:
	case len(closed) == 0:
		p.Line(e.Next, " shopctl promote ", tier)
	default:
		line := t.Unknown
		if known {
			line = t.NotBefore(p.Clock(at))
		} else if people := waitsForPeople(closed); people != "" {
			line = t.Person(people)
		}
		p.Line(line, "   ", t.Wait, " shopctl wait ", tier, " --for open")
	}
}

// waitsForPeople names the gates that do not open by themselves.
func waitsForPeople(closed []plan.Gate) string {
	var names []string
	for _, g := range closed {
		if g.Status != plan.Pending && g.OpensAt.IsZero() && !slices.Contains(names, g.Name) {
			names = append(names, g.Name)
		}
	}
	return strings.Join(names, ", ")
}
