package cli

import (
	"fmt"
	"strings"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// step is all that is said of one operation of a plan.
type step struct {
	tier    shop.Tier    // what it is about, if that is a tier
	release shop.Release // that comes to the tier
	next    string       // as a step to come, and while it is done; empty: people are not told of it
	needs   string       // how long it takes at least
	now     string       // while it is waited for; empty: next
	done    string       // once it is over; empty: people are not told
	facts   string       // once it is over, as key=value: the same in every language
	comes   bool         // it is over when what it asked for has come, and told then
	rollout bool         // what it waits for is counted in ShopSets
	watch   string       // the line that waits for it from elsewhere; empty: none
	late    func(*apply.WaitingError) *Fail
}

// stepOf is the one table of what is said of each operation. have is the state
// as seen last.
func (c *Call) stepOf(op plan.Op, have shop.State) step {
	t, n := c.Text.Errand, c.Text.Steps
	switch op := op.(type) {
	case plan.MoveBranch:
		return step{
			tier: op.Tier, release: op.Release, next: n.MoveBranches(string(op.Tier), string(op.Repository)),
			facts: fmt.Sprintf("moved tier=%s %s=%s", op.Tier, op.Repository, op.To.Short()),
		}
	case plan.CreateBranches:
		return step{
			next: n.CreateBranches(string(op.Repository), len(op.Tiers)), done: t.CreatedBranches(string(op.Repository), len(op.Tiers)),
			facts: fmt.Sprintf("created repository=%s branches=%d", op.Repository, len(op.Tiers)),
		}
	case plan.Seed:
		return step{next: n.Seed(string(op.Repository)), done: t.Seeded(string(op.Repository)), facts: fmt.Sprintf("seeded repository=%s", op.Repository)}
	case plan.WriteSystem:
		return c.writeStep(op, have)
	case plan.Sync:
		return step{tier: op.Tier, next: n.Sync(string(op.Tier)), done: t.Synced(string(op.Tier)), facts: "synced tier=" + string(op.Tier)}
	case plan.InstallRoot:
		return step{tier: op.Tier, next: n.InstallRoot(string(op.Tier)), done: t.Rooted(string(op.Tier)), facts: "installed tier=" + string(op.Tier)}
	case plan.Propose:
		return step{
			tier: op.Tier, release: op.Release, next: n.Propose(string(op.Tier)), done: t.Proposed(string(op.Tier), op.Release.Short()),
			facts: "proposed tier=" + string(op.Tier),
		}
	case plan.Refresh:
		return step{tier: op.Tier}
	case plan.Publish:
		return step{tier: op.Tier, release: op.Release}
	case plan.Conclude:
		return step{tier: op.Tier}
	case plan.AwaitGates:
		return step{
			tier: op.Tier, release: op.Release, comes: true, rollout: true, next: n.Gates, now: t.Awaiting(string(op.Tier)), done: t.Gates,
			facts: "gates=ok tier=" + string(op.Tier), late: func(w *apply.WaitingError) *Fail { return c.shut(w, op) },
		}
	case plan.AwaitHand:
		return step{
			tier: op.Tier, comes: true, rollout: true, next: n.Hand, now: t.AwaitingHand(string(op.Tier)), watch: waitLine(op.Tier, shop.Release{}), late: c.wantsHand,
		}
	case plan.AwaitRead:
		return c.arrivalStep(op.Tier, op.Release, have, step{next: n.Read, done: t.Read, facts: "read"})
	case plan.AwaitRollout:
		s := stateOf(have, op.Tier)
		return c.arrivalStep(op.Tier, op.Release, have, step{next: n.Rollout, done: t.RolledOut(s.Ready(), len(s.ShopSets)), facts: "rolled-out"})
	case plan.AwaitDwell:
		dwell := shop.Duration(stateOf(have, op.Tier).Spec.DwellOr()).String()
		return c.arrivalStep(op.Tier, op.Release, have, step{
			next: n.Dwell, needs: n.Needs(dwell), now: t.StaysHealthy(dwell), done: t.StayedHealthy(dwell), facts: "stayed-healthy",
		})
	}
	if s, ok := c.shopStep(op, have); ok {
		return s
	}
	return c.changeStep(op)
}

// arrivalStep completes a step on the way of a release into a tier.
func (c *Call) arrivalStep(tier shop.Tier, r shop.Release, have shop.State, s step) step {
	t := c.Text.Errand
	s.tier, s.release, s.comes, s.rollout, s.watch = tier, r, true, true, waitLine(tier, r)
	s.facts += " tier=" + string(tier)
	ts := stateOf(have, tier)
	switch n := degraded(ts); {
	case s.now != "":
	case n > 0:
		s.now = t.Degraded(n, len(ts.ShopSets))
	default:
		s.now = t.RollingOut(ts.Ready(), len(ts.ShopSets))
	}
	return s
}

// writeStep is a write of the system repository, by what it is about.
func (c *Call) writeStep(op plan.WriteSystem, have shop.State) step {
	var tiers []string
	for _, t := range op.Tiers {
		tiers = append(tiers, string(t.Tier))
	}
	s := step{facts: "written tiers=" + strings.Join(tiers, ",")}
	what := strings.Join(tiers, ", ")
	if len(op.Tiers) == 1 {
		s.tier, s.release = op.Tiers[0].Tier, op.Tiers[0].Release
		if sets := len(stateOf(have, s.tier).ShopSets); sets > 0 {
			what = c.Text.Errand.ShopSets(sets)
		}
	}
	switch {
	case onlyMaintenance(op):
		s.next, s.done = c.Text.Steps.WriteIntent, c.Text.Closing.WrittenIntent
	case aboutShops(op) && endsMoves(op):
		s.next, s.done = c.Text.Steps.EndMove, c.Text.Shop.OldRouteOut
	case aboutShops(op):
		s.next, s.done = c.Text.Steps.WriteIntent, c.Text.Shop.Written
	default:
		s.next, s.done = c.Text.Steps.Write(what), c.Text.Errand.Written(what)
	}
	return s
}

// shopStep is an operation on shops, ShopSets and what customers meet.
func (c *Call) shopStep(op plan.Op, have shop.State) (step, bool) {
	t, n := c.Text.Closing, c.Text.Steps
	switch op := op.(type) {
	case plan.AwaitRoutes:
		s := step{
			tier: op.Tier, comes: true, next: n.Routes(len(op.Routes)), now: c.Text.Shop.WaitsForRoute, done: c.routesCame(op, have),
			facts: fmt.Sprintf("routes=%d tier=%s gone=%t", len(op.Routes), op.Tier, op.Gone),
			late:  func(w *apply.WaitingError) *Fail { return c.notYet(w, c.Text.Shop.RouteNotYet(len(op.Routes))) },
		}
		if inCluster(have, op.Routes) {
			s.now = c.Text.Route.WaitsForGateway
		}
		switch {
		case op.Gone:
			s.next, s.now = n.RoutesGone, c.Text.Shop.WaitsForRouteOut
		case len(op.Routes) != 1:
			s.now = n.WaitsForRoutes
		}
		return s, true
	case plan.AwaitShopSet:
		name := string(op.ShopSet)
		s := step{
			tier: op.Tier, comes: true, next: n.ShopSet(name), now: c.Text.Shop.WaitsForShopSet(name), done: c.Text.Shop.ShopSetRuns(name),
			facts: fmt.Sprintf("shopset=%s gone=%t", op.ShopSet, op.Gone),
			late:  func(w *apply.WaitingError) *Fail { return c.notYet(w, c.Text.Errand.TimeIsUp(name)) },
		}
		if op.Gone {
			s.next, s.done = n.ShopSetGone(name), c.Text.Shop.ShopSetGone(name)
		}
		return s, true
	case plan.AwaitFront:
		s := step{
			comes: true, next: n.Open, now: t.AwaitOpen, done: c.frontSeen(have), facts: "visible target=" + wordOf(op.Subject) + "/" + op.Subject.Name,
			late: func(w *apply.WaitingError) *Fail { return c.unseen(w, op) },
		}
		if op.Closed {
			s.next, s.now = n.Closed, t.AwaitClosed
		}
		return s, true
	case plan.AwaitDrain:
		return step{
			comes: true, next: n.Drain, now: t.AwaitDrain, done: t.Drained(c.String("drain")), facts: "drained target=" + wordOf(op.Subject) + "/" + op.Subject.Name,
			late: c.stillDrains,
		}, true
	}
	return step{}, false
}

// changeStep is an operation on people's changes into tier-0.
func (c *Call) changeStep(op plan.Op) step {
	t, n := c.Text.PR, c.Text.Steps
	s := step{facts: op.Wish(), late: func(w *apply.WaitingError) *Fail { return c.stillToMerge(w.State, w.Op) }}
	switch op.(type) {
	case plan.SetImages:
		s.next, s.done, s.late = n.SetImages, t.ImagesSet, nil
	case plan.OpenPull:
		s.next, s.done = n.OpenPull, t.PullOpened
	case plan.MergeByItself:
		s.next, s.done = n.MergeByItself, t.MergesByItself
	case plan.MergePull, plan.AwaitMerge:
		s.comes, s.next, s.now, s.done = true, n.Merge, t.AwaitsMerge, t.PullMerged
	case plan.AwaitMergeable:
		s.comes, s.next, s.now = true, n.Mergeable, t.AwaitsWord
	default:
		return step{facts: op.Wish()}
	}
	return s
}

// nowText is the sentence for what is done or waited for.
func (s step) nowText(t i18n.Errand, have shop.State) string {
	switch {
	case have.ArgoCD.Silent != "" && s.tier != "":
		return t.Unseen(string(s.tier))
	case s.now != "":
		return s.now
	}
	return s.next
}

func stateOf(have shop.State, tier shop.Tier) shop.TierState {
	t, _ := have.Tier(tier)
	return t
}

func degraded(t shop.TierState) (n int) {
	for _, s := range t.ShopSets {
		if s.Current && s.Health == shop.Degraded {
			n++
		}
	}
	return n
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
