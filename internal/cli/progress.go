package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// progress tells how a run goes on: a line for each step when it is done, a
// sign of life while something is waited for.
type progress struct {
	c        *Call
	did      []plan.Op         // carried out by this run
	current  plan.Op           // being done or waited for
	began    time.Time         // of current
	start    time.Time         // of the run
	moved    []plan.MoveBranch // to be told in one line
	movedAt  time.Time
	entered  map[shop.Tier]bool      // gates that were open
	unread   map[shop.Tier]time.Time // written, and not seen read yet
	routedAt time.Time
	routing  *plan.AwaitRoutes // routes that were written, and not seen applied yet
	waited   bool
	faults   int
	beat     show.Heartbeat
	seen     shop.State
	left     []plan.Op   // to do, as seen last
	steps    []tui.Step  // that are done
	leaving  func() bool // the user wants to leave
}

func newProgress(c *Call, leaving func() bool) *progress {
	every := 10 * time.Second
	if c.CI.Out != nil {
		every = 30 * time.Second
	}
	return &progress{
		c: c, leaving: leaving, beat: show.Heartbeat{Every: every}, start: c.Env.Now(),
		entered: map[shop.Tier]bool{}, unread: map[shop.Tier]time.Time{},
	}
}

// report is the one listener of a run. Started comes before the effect, so
// that the log holds what was about to happen.
func (p *progress) report(e apply.Event) error {
	if p.c.front != nil {
		defer p.tellFront()
	}
	now := p.c.Env.Now()
	if e.Op != nil {
		p.c.Logf("%s: %s: %v", e.Kind, e.Op.Wish(), e.Err)
	}
	if e.State.System != "" {
		p.seen = e.State
	}
	if e.Todo != nil {
		p.left = e.Todo
	}
	switch e.Kind {
	case apply.Started:
		p.enters(e.Op, now)
		if _, hint := e.Op.(plan.Refresh); hint && p.current != nil && plan.Waits(p.current) {
			break // given again: what is waited for has not come
		}
		p.turn(e.Op, now)
	case apply.Finished:
		if e.Err == nil && e.Op != nil {
			p.did, p.left = append(p.did, e.Op), e.Todo[1:]
			p.finished(e.Op, now)
		}
		p.faults = 0
	case apply.Waiting:
		p.waited = true
		p.turn(awaited(e), now)
		if p.beat.Due(now) {
			p.stillWaiting(e.State, now)
		}
	case apply.Retrying:
		p.retrying(e)
	case apply.Reached:
		p.turn(nil, now)
	}
	return nil
}

// next is the first thing that is left, hints aside; nil for none.
func (p *progress) next() plan.Op {
	for _, op := range p.left {
		if !plan.Harmless(op) {
			return op
		}
	}
	return nil
}

// awaited is what is really waited for: a hint that was given is not.
func awaited(e apply.Event) plan.Op {
	if _, merges := e.Op.(plan.MergePull); merges {
		return e.Op // in the merge queue
	}
	for _, op := range e.Todo {
		if plan.Waits(op) {
			return op
		}
	}
	return e.Op
}

// turn begins another operation; what was waited for before it has come.
func (p *progress) turn(op plan.Op, now time.Time) {
	if op != nil && p.current != nil && op.Wish() == p.current.Wish() {
		return
	}
	if _, moves := op.(plan.MoveBranch); !moves {
		p.tellMoves(now)
	}
	_, merges := p.current.(plan.MergePull) // done when the forge says so, not when it was asked
	if p.current != nil && (plan.Waits(p.current) || merges) {
		if text := p.arrived(p.current); text != "" {
			p.line(text, now.Sub(p.began), p.current)
		}
	}
	p.reads(op, now)
	p.routed(op, now)
	p.current, p.began = op, now
	p.beat.Spoke(now)
}

// enters tells once a tier that the gates in front of it were open.
func (p *progress) enters(op plan.Op, now time.Time) {
	tier, gated := shop.Tier(""), false
	switch op := op.(type) {
	case plan.MoveBranch:
		tier, gated = op.Tier, true
	case plan.WriteSystem:
		if len(op.Tiers) == 1 {
			tier, gated = op.Tiers[0].Tier, len(op.Tiers[0].Gates) > 0
		}
	}
	if _, waited := p.current.(plan.AwaitGates); gated && !waited && !p.entered[tier] {
		p.line(p.c.Text.Errand.Gates, now.Sub(p.start), plan.AwaitGates{Tier: tier})
	}
	p.entered[tier] = p.entered[tier] || gated
	p.start = now
}

// reads tells that Argo CD reads what was written, when it did so before
// anybody had to wait for it.
func (p *progress) reads(op plan.Op, now time.Time) {
	tier, _ := subject(op)
	since, written := p.unread[tier]
	if !written {
		return
	}
	switch op.(type) {
	case plan.AwaitRead:
		delete(p.unread, tier) // told when it has come
	case plan.AwaitRollout, plan.AwaitDwell:
		p.line(p.c.Text.Errand.Read, now.Sub(since), plan.AwaitRead{Tier: tier})
		delete(p.unread, tier)
	}
}

func (p *progress) finished(op plan.Op, now time.Time) {
	t := p.c.Text.Errand
	text := ""
	switch op := op.(type) {
	case plan.MoveBranch:
		if len(p.moved) == 0 {
			p.movedAt = p.began
		}
		p.moved = append(p.moved, op)
		p.current = op
		return
	case plan.CreateBranches:
		text = t.CreatedBranches(string(op.Repository), len(op.Tiers))
	case plan.Seed:
		text = t.Seeded(string(op.Repository))
	case plan.WriteSystem:
		text = t.Written(p.written(op))
		switch {
		case onlyMaintenance(op):
			text = p.c.Text.Closing.WrittenIntent
		case aboutShops(op):
			text = p.c.Text.Shop.Written
			p.routing = firstRoutes(p.left)
			p.routedAt = now
			if endsMoves(op) {
				text = p.c.Text.Shop.OldRouteOut
			}
		}
		for _, tier := range op.Tiers {
			p.unread[tier.Tier] = now
		}
	case plan.Sync:
		text = t.Synced(string(op.Tier))
	case plan.Propose:
		text = t.Proposed(string(op.Tier), op.Release.Short())
	case plan.InstallRoot:
		text = t.Rooted(string(op.Tier))
	case plan.SetImages:
		text = p.c.Text.PR.ImagesSet
	case plan.OpenPull:
		text = p.c.Text.PR.PullOpened
	case plan.MergeByItself:
		text = p.c.Text.PR.MergesByItself
	default:
		return
	}
	p.line(text, now.Sub(p.began), op)
	p.current = nil
}

// written names the tiers of a write, or its ShopSets when it is one tier.
func (p *progress) written(op plan.WriteSystem) string {
	if len(op.Tiers) == 1 {
		if t, ok := p.seen.Tier(op.Tiers[0].Tier); ok && len(t.ShopSets) > 0 {
			return p.c.Text.Errand.ShopSets(len(t.ShopSets))
		}
	}
	var names []string
	for _, t := range op.Tiers {
		names = append(names, string(t.Tier))
	}
	return strings.Join(names, ", ")
}

func (p *progress) tellMoves(now time.Time) {
	if len(p.moved) == 0 {
		return
	}
	var names, facts []string
	for _, op := range p.moved {
		names = append(names, string(op.Repository))
		facts = append(facts, fmt.Sprintf("%s=%s", op.Repository, op.To.Short()))
	}
	tier := string(p.moved[0].Tier)
	p.told(p.c.Text.Errand.MovedBranches(tier, strings.Join(names, p.c.Text.Errand.And)), now.Sub(p.movedAt), "moved tier="+tier+" "+strings.Join(facts, " "))
	p.moved = nil
}

// arrived is the line for what was waited for and has come.
func (p *progress) arrived(op plan.Op) string {
	t := p.c.Text.Errand
	tier, _ := subject(op)
	state, _ := p.seen.Tier(tier)
	switch op := op.(type) {
	case plan.AwaitMerge, plan.MergePull:
		return p.c.Text.PR.PullMerged
	case plan.AwaitGates:
		return t.Gates
	case plan.AwaitRead:
		return t.Read
	case plan.AwaitRollout:
		return t.RolledOut(state.Ready(), len(state.ShopSets))
	case plan.AwaitRoutes:
		return p.routesCame(op)
	case plan.AwaitShopSet:
		return p.shopSetCame(op)
	case plan.AwaitDwell:
		return t.StayedHealthy(shop.Duration(state.Spec.DwellOr()).String())
	case plan.AwaitFront:
		return p.c.frontSeen(p.seen)
	case plan.AwaitDrain:
		return p.c.Text.Closing.Drained(p.c.String("drain"))
	}
	return ""
}

// onlyMaintenance reports whether a write closes or opens, and does nothing else.
func onlyMaintenance(op plan.WriteSystem) bool {
	for _, e := range op.Edits {
		if e.Field != "maintenance" {
			return false
		}
	}
	return len(op.Edits) > 0
}

// waitingFor is the sentence for what is waited for now.
func (p *progress) waitingFor(have shop.State) string {
	t := p.c.Text.Errand
	tier, _ := subject(p.current)
	state, _ := have.Tier(tier)
	if have.ArgoCD.Silent != "" {
		return t.Unseen(string(tier))
	}
	switch op := p.current.(type) {
	case plan.AwaitRoutes:
		return p.waitsForRoutes(op)
	case plan.AwaitShopSet:
		return p.c.Text.Shop.WaitsForShopSet(string(op.ShopSet))
	case plan.AwaitFront:
		if op.Closed {
			return p.c.Text.Closing.AwaitClosed
		}
		return p.c.Text.Closing.AwaitOpen
	case plan.AwaitDrain:
		return p.c.Text.Closing.AwaitDrain
	case plan.AwaitMerge, plan.MergePull:
		return p.c.Text.PR.AwaitsMerge
	case plan.AwaitMergeable:
		return p.c.Text.PR.AwaitsWord
	case plan.AwaitGates:
		return t.Awaiting(string(tier))
	case plan.AwaitHand:
		return t.AwaitingHand(string(tier))
	case plan.AwaitDwell:
		return t.StaysHealthy(shop.Duration(state.Spec.DwellOr()).String())
	}
	if n := degraded(state); n > 0 {
		return t.Degraded(n, len(state.ShopSets))
	}
	return t.RollingOut(state.Ready(), len(state.ShopSets))
}

func degraded(t shop.TierState) (n int) {
	for _, s := range t.ShopSets {
		if s.Current && s.Health == shop.Degraded {
			n++
		}
	}
	return n
}

func (p *progress) stillWaiting(have shop.State, now time.Time) {
	if p.c.Quiet() {
		return
	}
	elapsed := show.Took(now.Sub(p.began))
	if p.c.CI.Out != nil {
		if !plan.AboutRelease(p.current) {
			p.c.Talk.Linef("%s waiting elapsed=%s: %s", stampTime(now), elapsed, p.waitingFor(have))
			return
		}
		tier, _ := subject(p.current)
		state, _ := have.Tier(tier)
		p.c.Talk.Linef("%s rollout tier=%s shopsets=%d/%d elapsed=%s", stampTime(now), tier, state.Ready(), len(state.ShopSets), elapsed)
		return
	}
	p.c.Talk.Line(p.c.Talk.Mark(show.Busy, p.c.Text.Errand.StillWaiting(p.waitingFor(have), elapsed)))
}

func (p *progress) retrying(e apply.Event) {
	if p.leaving() {
		return // what was cut off is no fault
	}
	p.faults++
	var f *shop.Fault
	if errors.As(e.Err, &f) && f.Kind == shop.Busy {
		p.c.Logf("retry in %s: %v", e.After, e.Err)
		return
	}
	if p.c.Quiet() {
		return
	}
	p.c.Talk.Line(p.c.Talk.Mark(show.Warn, p.c.Text.Errand.Reconnecting(p.faults, firstLine(show.Clean(e.Err.Error())))))
}

// stepWidth is where the time of a step stands.
const stepWidth = 44

// line tells a step that is done.
func (p *progress) line(text string, took time.Duration, op plan.Op) { p.told(text, took, ciStep(op)) }

// told tells a step to people; in CI as key=value with its time.
func (p *progress) told(text string, took time.Duration, facts string) {
	p.beat.Spoke(p.c.Env.Now())
	p.steps = append(p.steps, tui.Step{Mark: show.Good, Text: text, Took: took})
	if p.c.Quiet() {
		return
	}
	if p.c.CI.Out != nil {
		p.c.Talk.Line(stampTime(p.c.Env.Now()), " ", facts, " took=", show.Took(took))
		return
	}
	mark := p.c.Talk.Mark(show.Good, text)
	p.c.Talk.Line(show.Pad(mark, stepWidth), show.PadLeft(show.Took(took), 8))
}

func stampTime(t time.Time) string { return t.UTC().Format("15:04:05Z") }

// ciStep is a step as key=value, the same in every language.
func ciStep(op plan.Op) string {
	tier, _ := subject(op)
	switch op := op.(type) {
	case plan.CreateBranches:
		return fmt.Sprintf("created repository=%s branches=%d", op.Repository, len(op.Tiers))
	case plan.Seed:
		return fmt.Sprintf("seeded repository=%s", op.Repository)
	case plan.WriteSystem:
		var tiers []string
		for _, t := range op.Tiers {
			tiers = append(tiers, string(t.Tier))
		}
		return "written tiers=" + strings.Join(tiers, ",")
	case plan.Sync:
		return "synced tier=" + string(op.Tier)
	case plan.Propose:
		return "proposed tier=" + string(op.Tier)
	case plan.InstallRoot:
		return "installed tier=" + string(op.Tier)
	case plan.AwaitRoutes:
		return fmt.Sprintf("routes=%d tier=%s gone=%t", len(op.Routes), op.Tier, op.Gone)
	case plan.AwaitShopSet:
		return fmt.Sprintf("shopset=%s gone=%t", op.ShopSet, op.Gone)
	case plan.AwaitGates:
		return "gates=ok tier=" + string(tier)
	case plan.AwaitRead:
		return "read tier=" + string(tier)
	case plan.AwaitRollout:
		return "rolled-out tier=" + string(tier)
	case plan.AwaitDwell:
		return "stayed-healthy tier=" + string(tier)
	case plan.AwaitFront:
		return "visible target=" + wordOf(op.Subject) + "/" + op.Subject.Name
	case plan.AwaitDrain:
		return "drained target=" + wordOf(op.Subject) + "/" + op.Subject.Name
	}
	return op.Wish()
}
