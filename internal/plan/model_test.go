package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// The model's commits are named by a letter and a number: a3 has a0…a3 in its
// history. Commits that begin with x lie beside: only x itself has them.
type line struct{}

func (line) Contains(_ shop.Repository, ancestor, descendant shop.CommitID) bool {
	if ancestor == "" || descendant == "" {
		return false
	}
	if ancestor == descendant {
		return true
	}
	return ancestor[0] == descendant[0] && ancestor[0] != 'x' && number(ancestor) <= number(descendant)
}

func number(c shop.CommitID) int {
	n, err := strconv.Atoi(string(c[1:]))
	if err != nil {
		panic(err)
	}
	return n
}

// rel is the n-th release of the model, both its halves new.
func rel(n int) shop.Release { return mixed(n, n) }

func mixed(app, configuration int) shop.Release {
	return shop.Release{App: shop.CommitID(fmt.Sprintf("a%d", app)), Configuration: shop.CommitID(fmt.Sprintf("c%d", configuration))}
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const (
	dwell = 2 * time.Minute
	grace = 5 * time.Minute
)

// A condition is how the ShopSets of a tier stand.
type condition int

const (
	live        condition = iota // what the tier carries, healthy for long
	arrived                      // healthy, but not for the dwell time yet
	progressing                  // read, on its way
	waitsHand                    // read, out of sync, nothing runs
	unread                       // Argo CD shows an older commit
	degraded                     // for less than grace
	stuck                        // degraded for longer than that
	refused                      // the last sync failed
	none                         // the tier has no ShopSet
	conditions
)

func (c condition) set(t *shop.TierState) {
	s := shop.ShopSetState{Name: "s-" + shop.ShopSetID(t.Spec.Name), Current: true, Revision: t.System, At: t.System,
		Sync: shop.Synced, Health: shop.Healthy, Phase: shop.Succeeded, Since: noon.Add(-24 * time.Hour)}
	switch c {
	case arrived:
		s.Since = noon.Add(-time.Minute)
	case progressing:
		s.Health, s.Phase = shop.Progressing, shop.Running
	case waitsHand:
		s.Sync, s.Phase = shop.OutOfSync, ""
	case unread:
		s.Current, s.Revision, s.At, s.Phase = false, "s-old", "s-old", ""
	case degraded:
		s.Health, s.Since, s.Message = shop.Degraded, noon.Add(-time.Minute), "crash loop"
	case stuck:
		s.Health, s.Since, s.Message = shop.Degraded, noon.Add(-time.Hour), "crash loop"
	case refused:
		s.Phase, s.Failure, s.Health = shop.Failed, "forbidden", shop.Missing
	case none:
		t.ShopSets = nil
		return
	}
	t.ShopSets = []shop.ShopSetState{s}
}

// tierAt makes a tier that runs a release in peace; its branches are at tip.
func tierAt(n int, runs, tip shop.Release, before ...shop.Release) shop.TierState {
	t := shop.TierState{
		Spec: shop.TierSpec{Name: shop.TierAt(n)},
		App:  tip.App, Configuration: tip.Configuration, System: shop.CommitID(fmt.Sprintf("s%d", 10*n)),
		Runs: runs, Number: 1 + len(before), BroughtAt: noon.Add(-24 * time.Hour),
	}
	t.Brought = t.System
	t.History = []shop.Carried{{Number: t.Number, Release: runs, System: t.System, At: t.BroughtAt}}
	for i, r := range before {
		t.History = append(t.History, shop.Carried{Number: len(before) - i, Release: r, System: shop.CommitID(fmt.Sprintf("s%d", 100*n+i)),
			At: noon.Add(-time.Duration(48+24*i) * time.Hour), Until: noon.Add(-time.Duration(24+24*i) * time.Hour),
			Health: shop.Healthy, HealthySince: noon.Add(-time.Duration(47+24*i) * time.Hour)})
	}
	live.set(&t)
	return t
}

func stateOf(tiers ...shop.TierState) shop.State {
	return shop.State{Now: noon, System: "test", Main: "m0", Policy: shop.Policy{Name: "test"}, Tiers: tiers,
		Graph: line{}, HasConfiguration: true}
}

// model is a state that operations change, as the real world would: effects,
// not intentions.
type model struct {
	shop.State
	made    []string // effects, by wish
	hinted  map[string]bool
	commits int
	waits   int
}

func newModel(s shop.State) *model {
	s.Tiers = slices.Clone(s.Tiers)
	for i := range s.Tiers {
		s.Tiers[i].ShopSets = slices.Clone(s.Tiers[i].ShopSets)
		s.Tiers[i].RoutesBehind = slices.Clone(s.Tiers[i].RoutesBehind)
		s.Tiers[i].History = slices.Clone(s.Tiers[i].History)
	}
	return &model{State: s, hinted: map[string]bool{}}
}

// do carries one operation out, or says why the world would not take it.
func (m *model) do(op plan.Op) error {
	if !plan.Waits(op) {
		m.made = append(m.made, op.Wish())
	}
	switch op := op.(type) {
	case plan.MoveBranch:
		return m.move(op)
	case plan.WriteSystem:
		return m.write(op)
	case plan.Refresh:
		m.hinted[op.Wish()] = true
	case plan.Sync:
		m.sync(op.Tier)
	case plan.InstallRoot:
		if m.tier(op.Tier).System == "" {
			return fmt.Errorf("%s has no branch that a root could follow", op.Tier)
		}
		m.tier(op.Tier).Rooted = true
	default:
		return m.wait(op)
	}
	return nil
}

func (m *model) tier(t shop.Tier) *shop.TierState { return &m.Tiers[t.Number()] }

func (m *model) move(op plan.MoveBranch) error {
	if n := op.Tier.Number(); n == len(m.Tiers) {
		m.Tiers = append(m.Tiers, shop.TierState{}) // the intent does not have it yet
	}
	t := m.tier(op.Tier)
	tip := &t.App
	if op.Repository == shop.ConfigurationRepository {
		tip = &t.Configuration
	}
	switch {
	case *tip != op.From:
		return fmt.Errorf("refused: %s is at %q, not at %q", op.Tier, *tip, op.From)
	case op.From != "" && !m.Graph.Contains(op.Repository, op.From, op.To):
		return fmt.Errorf("I1: %s does not go forward", op.Tier)
	case op.From == op.To:
		return fmt.Errorf("nothing moves")
	}
	*tip = op.To
	return m.inOrder()
}

// inOrder holds I1 and I2 after every effect.
func (m *model) inOrder() error {
	for n, t := range m.Tiers {
		if t.App != "" && t.App[0] == 'x' {
			continue // somebody's hotfix, there from the beginning
		}
		if t.System != "" && !m.Within(t.Runs, shop.Release{App: t.App, Configuration: t.Configuration}) {
			return fmt.Errorf("I2: %s carries %v, its branches hold %s %s", t.Spec.Name, t.Runs, t.App, t.Configuration)
		}
		if n == 0 || t.App == "" || t.Configuration == "" {
			continue
		}
		b := m.Tiers[n-1]
		if !m.Within(shop.Release{App: t.App, Configuration: t.Configuration}, shop.Release{App: b.App, Configuration: b.Configuration}) {
			return fmt.Errorf("I1: %s holds %s %s, the tier below %s %s", t.Spec.Name, t.App, t.Configuration, b.App, b.Configuration)
		}
	}
	return nil
}

func (m *model) write(op plan.WriteSystem) error {
	if op.Main != m.Main {
		return fmt.Errorf("refused: main is at %q, not at %q", m.Main, op.Main)
	}
	for _, e := range op.Edits {
		if err := m.edit(e); err != nil {
			return err
		}
	}
	if len(op.Edits) > 0 {
		m.commits++
		m.Main = shop.CommitID(fmt.Sprintf("m%d", 1000+m.commits))
	}
	for _, w := range op.Tiers {
		if err := m.carry(w, len(op.Edits) > 0); err != nil {
			return err
		}
	}
	return m.inOrder()
}

func (m *model) edit(e shop.Edit) error {
	tier := shop.Tier(e.Name)
	switch {
	case e.Field == "freeze" || e.Field == "verified" || e.Field == "rejected":
		return m.hold(e)
	case e.Kind != shop.KindTier:
	case e.Field == "" && m.tier(tier).Spec.Name != "":
		return fmt.Errorf("%s is there already", tier)
	case e.Field == "":
		m.tier(tier).Spec = *e.Value.(*shop.TierSpec)
	case e.Field == "pin" && e.Value == nil:
		if m.tier(tier).Spec.Pin == nil {
			return fmt.Errorf("there is no pin to lift")
		}
		m.tier(tier).Spec.Pin = nil
	case e.Field == "pin":
		m.tier(tier).Spec.Pin = e.Value.(*shop.Pin)
	default:
		return fmt.Errorf("no model for the edit %v", e)
	}
	return nil
}

// carry is the commit of one tier branch.
func (m *model) carry(w plan.TierWrite, edits bool) error {
	t := m.tier(w.Tier)
	switch {
	case w.System != t.System:
		return fmt.Errorf("refused: %s is at %q, not at %q", w.Tier, t.System, w.System)
	case w.App != t.App || w.Configuration != t.Configuration:
		return fmt.Errorf("%s: the write was judged on %s %s, the branches are at %s %s", w.Tier, w.App, w.Configuration, t.App, t.Configuration)
	case w.From != t.Runs:
		return fmt.Errorf("%s: the write replaces %v, it carries %v", w.Tier, w.From, t.Runs)
	case w.Release == t.Runs && !edits && !t.Stale && !t.Edited:
		return fmt.Errorf("%s: the commit would be empty", w.Tier)
	case t.Spec.Pin != nil && t.Spec.Pin.Release != w.Release:
		return fmt.Errorf("I2: %s is pinned to %v and would carry %v", w.Tier, t.Spec.Pin.Release, w.Release)
	case w.Repair != t.Edited:
		return fmt.Errorf("%s: repair is %v, edited is %v", w.Tier, w.Repair, t.Edited)
	}
	entering := w.Release != t.Runs && t.System != "" && w.Tier.Number() > 0 && t.Spec.Pin == nil
	if entering {
		if err := m.entry(*t, w); err != nil {
			return err
		}
	}
	m.commits++
	id := shop.CommitID(fmt.Sprintf("s%d", 10000+m.commits))
	if w.Release != t.Runs || t.System == "" {
		if len(t.History) > 0 {
			t.History[0].Until, t.History[0].Health, t.History[0].HealthySince = m.Now, w.Replaced.Health, w.Replaced.HealthySince
		}
		t.History = append([]shop.Carried{{Number: len(t.History) + 1, Release: w.Release, System: id, At: m.Now}}, t.History...)
		t.Brought, t.BroughtAt, t.Number = id, m.Now, len(t.History)
		for i := range t.ShopSets {
			t.ShopSets[i].Current, t.ShopSets[i].Phase = false, ""
		}
	}
	t.System, t.Runs, t.Stale, t.Edited, t.Mine = id, w.Release, false, false, true
	return nil
}

// entry holds I3: what enters a tier was carried below, was healthy there, and
// nobody keeps it out.
func (m *model) entry(t shop.TierState, w plan.TierWrite) error {
	b := m.Tiers[w.Tier.Number()-1]
	_, rejected := m.Policy.RejectedBy(w.Release)
	switch {
	case t.Spec.Frozen(m.Now) != nil:
		return fmt.Errorf("I3: %s is frozen", w.Tier)
	case rejected:
		return fmt.Errorf("I3: %v is rejected", w.Release)
	case b.Spec.Pin != nil && b.Spec.Pin.Release != w.Release:
		return fmt.Errorf("I3: %s is pinned to another release", b.Spec.Name)
	case m.ArgoCD.None && slices.ContainsFunc(b.History, func(c shop.Carried) bool { return c.Release == w.Release }):
		return nil
	case b.Runs == w.Release && !b.HealthySince().IsZero():
		return nil
	case b.Runs != w.Release && slices.ContainsFunc(b.History, func(c shop.Carried) bool { return c.Release == w.Release && c.Health == shop.Healthy }):
		return nil
	}
	return fmt.Errorf("I3: %v was not seen healthy on %s", w.Release, b.Spec.Name)
}

func (m *model) sync(tier shop.Tier) {
	for i := range m.tier(tier).ShopSets {
		s := &m.tier(tier).ShopSets[i]
		if s.Live() {
			continue // there is nothing to do for it
		}
		s.Phase, s.Health, s.Failure = shop.Running, shop.Progressing, ""
	}
	for i := range m.tier(tier).RoutesBehind {
		m.tier(tier).RoutesBehind[i].Phase = shop.Running
	}
}

var errNeverOpens = fmt.Errorf("what is waited for never comes by itself")

// wait is what the others do meanwhile.
func (m *model) wait(op plan.Op) error {
	if m.waits++; m.waits > 40 {
		return fmt.Errorf("waits for ever: %s", op.Wish())
	}
	switch op := op.(type) {
	case plan.AwaitGates:
		return m.open(op)
	case plan.AwaitHand:
		m.sync(op.Tier)
	case plan.AwaitRead:
		t := m.tier(op.Tier)
		for i := range t.ShopSets {
			s := &t.ShopSets[i]
			again := s.Current && s.Sync == shop.OutOfSync // somebody did the hand step meanwhile
			s.Current, s.Revision, s.At, s.Since = true, t.System, t.System, m.Now
			if t.Spec.Sync == "manual" && !again {
				s.Sync, s.Phase = shop.OutOfSync, ""
			} else {
				s.Sync, s.Health, s.Phase = shop.Synced, shop.Progressing, shop.Running
			}
		}
	case plan.AwaitRoutes:
		if routes := &m.tier(op.Tier).RoutesBehind; len(*routes) > 0 && (*routes)[0].Phase == shop.Running {
			*routes = nil
		}
	case plan.AwaitRollout:
		for i := range m.tier(op.Tier).ShopSets {
			s := &m.tier(op.Tier).ShopSets[i]
			if !s.Live() {
				s.Sync, s.Health, s.Phase, s.Since = shop.Synced, shop.Healthy, shop.Succeeded, m.Now
				s.Current, s.Revision = true, m.tier(op.Tier).System
			}
		}
	case plan.AwaitDwell:
		m.Now = m.tier(op.Tier).HealthySince().Add(m.tier(op.Tier).Spec.DwellOr())
	default:
		return fmt.Errorf("no model for %T", op)
	}
	return nil
}

// open lets each gate open the way its status says; a gate that must be mended
// first ends the run.
func (m *model) open(op plan.AwaitGates) error {
	below, _ := op.Tier.Below()
	for _, g := range plan.Closed(op.Gates) {
		switch {
		case g.Because == plan.GateNotAsked:
			m.ask(op.Tier, op.Release)
		case g.Status == plan.Pending && !g.OpensAt.IsZero():
			m.Now = g.OpensAt
		case g.Status == plan.Pending:
			if err := m.wait(plan.AwaitRollout{Tier: below}); err != nil {
				return err
			}
		case g.Status == plan.Held && g.Because == plan.IsFrozen && !g.OpensAt.IsZero():
			m.Now = g.OpensAt
		default:
			return errNeverOpens
		}
	}
	return nil
}

// figures are what a table prints.
type figures struct{ states, plans, longest, stopped, held int }

func (f figures) print(t *testing.T, table string) {
	t.Helper()
	t.Logf("figure table=%s states=%d plans=%d longest=%d stopped=%d held=%d repeat=%q",
		table, f.states, f.plans, f.longest, f.stopped, f.held, "go test -v -run "+t.Name()+" ./internal/plan")
}

// play takes a plan from its first line to its end. After each operation the
// new plan is what was left of it; only waiting may fall away. What was shown
// is what was done.
func (f *figures) play(g shop.Goal, first shop.State) (*model, []plan.Op, error) {
	f.states++
	m := newModel(first)
	shown, err := plan.For(g, m.State)
	f.plans++
	if err != nil {
		f.stopped++
		return m, nil, err
	}
	f.longest = max(f.longest, len(shown))
	if err := literally(shown, first); err != nil {
		return m, shown, brokenf("carry the plan out as it is shown: %v", err)
	}
	todo := shown
	for len(todo) > 0 {
		if err := m.do(todo[0]); err != nil {
			if err == errNeverOpens {
				f.held++
				return m, shown, err
			}
			return m, shown, brokenf("carry %q out: %v", todo[0].Wish(), err)
		}
		next, err := plan.For(g, m.State)
		f.plans++
		var stop *plan.Stop
		if errors.As(err, &stop) && (stop.Why == plan.DegradedStays || stop.Why == plan.SyncFailed) {
			f.stopped++ // it was degraded before, and the write has not mended it
			return m, shown, err
		}
		if err != nil {
			return m, shown, brokenf("after %q: %v", todo[0].Wish(), err)
		}
		next = m.unhinted(next)
		if !plan.Covers(shown, next) {
			return m, shown, brokenf("after %q: %v is not covered by %v", todo[0].Wish(), wishes(next), wishes(shown))
		}
		if left := tail(todo, next); left != "" {
			return m, shown, brokenf("after %q:\n got %v\nwant %v\n %s", todo[0].Wish(), wishes(next), wishes(todo[1:]), left)
		}
		todo = next
	}
	if want := effects(shown); !slices.Equal(m.made, want) {
		return m, shown, brokenf("made %v, shown were %v", m.made, want)
	}
	return m, shown, nil
}

// literally does what is shown, without another look: the ids and tips in the
// plan are those that will be there.
func literally(shown []plan.Op, first shop.State) error {
	m := newModel(first)
	for _, op := range shown {
		err := m.do(op)
		if err == errNeverOpens {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", op.Wish(), err)
		}
	}
	return nil
}

type brokenError string

func (e brokenError) Error() string { return string(e) }

func brokenf(format string, args ...any) error { return brokenError(fmt.Sprintf(format, args...)) }

func (m *model) unhinted(todo []plan.Op) (left []plan.Op) {
	for _, op := range todo {
		if !m.hinted[op.Wish()] {
			left = append(left, op)
		}
	}
	return left
}

// tail says how next is not what todo left: nothing new, no effect lost.
func tail(todo, next []plan.Op) string {
	rest := todo
	if !plan.Waits(todo[0]) {
		rest = todo[1:]
	}
	for _, op := range next {
		i := slices.IndexFunc(rest, func(o plan.Op) bool { return o.Wish() == op.Wish() })
		if i < 0 {
			return "new: " + op.Wish()
		}
		for _, gone := range rest[:i] {
			if !plan.Waits(gone) {
				return "lost: " + gone.Wish()
			}
		}
		rest = rest[i+1:]
	}
	for _, gone := range rest {
		if !plan.Waits(gone) {
			return "lost: " + gone.Wish()
		}
	}
	return ""
}

func effects(ops []plan.Op) (made []string) {
	for _, op := range ops {
		if !plan.Waits(op) {
			made = append(made, op.Wish())
		}
	}
	return made
}

func wishes(ops []plan.Op) string {
	var b strings.Builder
	for _, op := range ops {
		b.WriteString("\n  " + op.Wish())
	}
	return b.String()
}

// brief is a state in one line, for messages.
func brief(s shop.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "argocd=%+v", s.ArgoCD)
	for _, t := range s.Tiers {
		fmt.Fprintf(&b, "; %s runs %v tips %s %s", t.Spec.Name, t.Runs, t.App, t.Configuration)
		if t.Spec.Pin != nil {
			fmt.Fprintf(&b, " pin %v", t.Spec.Pin.Release)
		}
		if t.Spec.Freeze != nil {
			fmt.Fprintf(&b, " freeze %v", t.Spec.Freeze.Until)
		}
		fmt.Fprintf(&b, " sync=%q stale=%v mine=%v edited=%v", t.Spec.Sync, t.Stale, t.Mine, t.Edited)
		for _, x := range t.ShopSets {
			fmt.Fprintf(&b, " [%s %s %s current=%v]", x.Sync, x.Health, x.Phase, x.Current)
		}
	}
	return b.String()
}
