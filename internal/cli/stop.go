package cli

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// failOf gives the errors of plan, apply, intent and the world their codes;
// nil when it knows none.
func (c *Call) failOf(err error) *Fail {
	var (
		stop    *plan.Stop
		waiting *apply.WaitingError
		changed *apply.ChangedError
		outside *shop.Fault
		written intent.Errors
		one     *intent.Error
	)
	switch {
	case errors.As(err, &stop):
		return c.stopped(stop)
	case errors.As(err, &waiting):
		return c.waits(waiting)
	case errors.As(err, &changed):
		return &Fail{Code: PlanChanged, Message: c.Text.Errand.PlanChanged, Hints: []Hint{{Text: c.Text.Errand.LookAgain, Command: c.Again()}}}
	case errors.As(err, &outside):
		return c.outside(outside)
	case errors.As(err, &written):
		return c.badIntent(written)
	case errors.As(err, &one):
		return c.badIntent(intent.Errors{one})
	}
	return nil
}

// stopCodes is the code of each reason for which a plan stops.
func stopCodes() map[plan.StopReason]Code {
	return map[plan.StopReason]Code{
		plan.UnknownTier: NoSuchTier, plan.LowestTier: BadValue, plan.TierSkipped: TierSkipped,
		plan.UnknownRelease: NoSuchRelease, plan.Diverged: Diverged, plan.Edited: EditedByHand,
		plan.NoBranch: BranchesMissing, plan.DegradedStays: DidNotGetHealthy, plan.SyncFailed: SyncFailed,
		plan.Superseded: OtherPromotion, plan.NothingBefore: NoSuchRelease, plan.AlreadyPinned: Pinned,
		plan.NeedsArgoCD: CannotBeKnown, plan.Deserted: CannotBeKnown, plan.ArgoCDNoAnswer: ArgoCDUnreachable, plan.NotNewest: BadValue,
		plan.Foreign: OtherContent, plan.NoBase: MissingValue, plan.NoService: MissingValue,
		plan.Unordered: Diverged, plan.NoSubject: NoSuchShop, plan.ReleaseRejected: RejectedRelease,
		plan.NeedsForge: NeedsForge, plan.NoImage: NoSuchImage, plan.ImageByHand: ImageByHand, plan.NoHead: NoSuchBranch,
		plan.HeadDiffers: HeadDiffers, plan.NoPull: NoSuchPull, plan.NotAChange: NotAChange,
		plan.PullIsClosed: PullNotMergeable, plan.PullIsDraft: PullNotMergeable, plan.PullConflicts: PullNotMergeable, plan.TakenBack: PullNotMergeable,
	}
}

func (c *Call) stopped(s *plan.Stop) *Fail {
	if len(s.Troubles) > 0 {
		return c.troubled(s)
	}
	below, _ := s.Tier.Below()
	facts := i18n.StopFacts{Tier: string(s.Tier), Release: s.Release.Short(), Repository: string(s.Repository),
		Commit: s.Commit.Short(), By: s.By, Text: s.Text, Below: string(below), N: len(s.ShopSets), Of: s.Of}
	code, known := stopCodes()[s.Why]
	if !known {
		code = Failed
	}
	f := &Fail{Code: code, Message: string(s.Why)}
	if say := c.Text.Errand.Stop[string(s.Why)]; say != nil {
		f.Message = say(facts)
	}
	f.Reasons = complaints(s.ShopSets)
	f.Hints = c.stopHints(s)
	return f
}

// complaints are what the ShopSets say, in the application's words.
func complaints(sets []shop.ShopSetState) (reasons []string) {
	for _, s := range sets {
		text := s.Failure
		if text == "" {
			text = s.Message
		}
		if text == "" {
			text = string(s.Health)
		}
		reasons = append(reasons, show.Pad(string(s.Name), 5)+"  "+text)
	}
	return reasons
}

func (c *Call) stopHints(s *plan.Stop) []Hint {
	t := c.Text.Errand
	switch s.Why {
	case plan.UnknownTier:
		return []Hint{{Text: t.ListTiers, Command: "shopctl tier list"}}
	case plan.Edited:
		return []Hint{{Text: t.Fix, Command: "shopctl reconcile " + string(s.Tier)}}
	case plan.NoBranch:
		return []Hint{{Text: t.Fix, Command: "shopctl doctor"}}
	case plan.TierSkipped:
		below, _ := s.Tier.Below()
		return []Hint{{Text: t.First, Command: "shopctl promote " + string(below)}}
	case plan.LowestTier:
		return []Hint{{Text: t.Fix, Command: "shopctl reconcile " + string(s.Tier)}}
	case plan.DegradedStays, plan.SyncFailed:
		return []Hint{{Text: t.GoBack, Command: "shopctl rollback " + string(s.Tier)}, {Text: t.LookAgain, Command: "shopctl status"}}
	case plan.AlreadyPinned, plan.UnknownRelease, plan.NothingBefore:
		return []Hint{{Text: t.ListReleases, Command: "shopctl releases " + string(s.Tier)}}
	case plan.Superseded:
		return []Hint{{Text: t.LookAgain, Command: "shopctl activity"}}
	case plan.Diverged, plan.Unordered:
		return []Hint{{Text: t.Fix, Command: "shopctl doctor"}}
	case plan.NoBase:
		return []Hint{{Text: t.NameIt, Command: c.Again("--base DIR")}}
	case plan.NoService:
		return []Hint{{Text: t.NameIt, Command: c.Again("--service NAME")}}
	case plan.NotNewest:
		return []Hint{{Text: t.Fix, Command: "shopctl tier add " + string(s.Tier)}}
	}
	return c.changeStops(s)
}

// waits is the end of a run that waited for what did not come: nothing failed.
func (c *Call) waits(w *apply.WaitingError) *Fail {
	t := c.Text.Errand
	switch op := w.Op.(type) {
	case plan.AwaitGates:
		return c.shut(w, op)
	case plan.AwaitFront:
		return c.unseen(w, op)
	case plan.AwaitDrain:
		return &Fail{Code: TimeIsUp, Message: c.Text.Closing.AwaitDrain, Hints: []Hint{{Text: t.GoOn, Command: c.sameAgain(w.State)}}}
	case plan.AwaitMerge, plan.AwaitMergeable, plan.MergePull, plan.MergeByItself, plan.OpenPull:
		return c.stillToMerge(w.State, op)
	case plan.AwaitHand:
		return &Fail{Code: NeedsSync, Message: t.AwaitingHand(string(op.Tier)), Hints: []Hint{{Text: t.SyncByHand, Command: "shopctl sync " + string(op.Tier)}}}
	}
	if f := c.routesWait(w); f != nil {
		return f
	}
	tier, release := subject(w.Op)
	f := &Fail{Code: TimeIsUp, Message: t.TimeIsUp(string(tier)), Hints: []Hint{{Text: t.GoOn, Command: waitLine(tier, release)}}}
	if silent := w.State.ArgoCD.Silent; silent != "" {
		f.Code, f.Message, f.Reasons = ArgoCDUnreachable, t.Unseen(string(tier)), []string{silent}
		return f
	}
	if ts, ok := w.State.Tier(tier); ok {
		f.Reasons = append([]string{t.RollingOut(ts.Ready(), len(ts.ShopSets))}, complaints(notLive(ts))...)
	}
	return f
}

func notLive(t shop.TierState) (sets []shop.ShopSetState) {
	for _, s := range t.ShopSets {
		if !s.Live() && s.Message != "" {
			sets = append(sets, s)
		}
	}
	return sets
}

// subject is what an operation that waits is about.
func subject(op plan.Op) (shop.Tier, shop.Release) {
	switch op := op.(type) {
	case plan.AwaitRead:
		return op.Tier, op.Release
	case plan.AwaitRollout:
		return op.Tier, op.Release
	case plan.AwaitDwell:
		return op.Tier, op.Release
	case plan.AwaitGates:
		return op.Tier, op.Release
	case plan.AwaitHand:
		return op.Tier, shop.Release{}
	case plan.Refresh:
		return op.Tier, shop.Release{}
	}
	return "", shop.Release{}
}

func waitLine(tier shop.Tier, r shop.Release) string {
	if r.IsZero() {
		return fmt.Sprintf("shopctl wait %s --for healthy", tier)
	}
	return fmt.Sprintf("shopctl wait %s --for release=%s", tier, r.Short())
}

// shut is the end of a run in front of closed gates. With several the first of
// 9, 1, 4, 5, 7, 6, 11, 8 decides.
func (c *Call) shut(w *apply.WaitingError, op plan.AwaitGates) *Fail {
	t := c.Text.Errand
	closed := plan.Closed(op.Gates)
	var exits []int
	for _, g := range closed {
		exits = append(exits, gateCode(g).Exit())
	}
	worst := Worst(exits...)
	f := &Fail{Code: OpensLater, Message: t.Stopped(string(op.Tier))}
	for _, g := range closed {
		if code := gateCode(g); code.Exit() == worst {
			f.Code = code
			f.Hints = c.gateHints(op.Tier, g)
			if worst != ExitPending {
				f.Message, f.Reasons = c.gateHeadline(w.State, g)
				closed = slices.DeleteFunc(closed, func(other plan.Gate) bool { return other == g })
			}
			break
		}
	}
	if worst == ExitPending {
		c.pending(f, w, op, closed)
		c.skips(f, w.State, op)
		return f
	}
	for _, g := range closed {
		f.Reasons = append(f.Reasons, c.gateLine(c.Talk, w.State.Now, g))
	}
	c.skips(f, w.State, op)
	return f
}

// pending is the end in front of gates that open by themselves: what came so
// far, what is waited for, and when to go on.
func (c *Call) pending(f *Fail, w *apply.WaitingError, op plan.AwaitGates, closed []plan.Gate) {
	t := c.Text.Errand
	f.Calm = true
	for _, tier := range w.State.Tiers {
		name := tier.Spec.Name
		if name.Number() > 0 && name.Number() < op.Tier.Number() && tier.Runs == op.Release && !tier.HealthySince().IsZero() {
			f.Reasons = append(f.Reasons, c.Talk.Mark(show.Good, t.RunsHealthy(string(name), releaseName(tier, tier.Runs))))
		}
	}
	for _, g := range closed {
		f.Reasons = append(f.Reasons, c.Talk.Mark(gateSymbol(g), t.WaitsFor(string(op.Tier), c.gateText(w.State.Now, g))))
	}
	f.Hints = []Hint{{Text: t.GoOn, Command: c.Again()}}
	if opens := lastOpening(closed); !opens.IsZero() {
		f.Hints[0].Text = t.GoOnAfter(c.Talk.Clock(opens))
	}
}

// gateHeadline is what holds a release off, and by whose word.
func (c *Call) gateHeadline(have shop.State, g plan.Gate) (message string, reasons []string) {
	t := c.Text.Errand
	facts := i18n.GateFacts{Tier: string(g.Tier), Reason: g.Reason, By: g.By}
	if !g.OpensAt.IsZero() {
		facts.Opens = c.Talk.Clock(g.OpensAt)
	}
	if tier, ok := have.Tier(g.Tier); ok && tier.Spec.Pin != nil {
		facts.Name = releaseName(tier, tier.Spec.Pin.Release)
	}
	say := t.Held[string(g.Because)]
	if say == nil {
		return c.gateText(have.Now, g), nil
	}
	if !g.Since.IsZero() {
		facts.Since = c.Talk.Clock(g.Since)
	}
	if who := t.HeldBy(facts); who != "" {
		reasons = []string{who}
	}
	return say(facts), reasons
}

func lastOpening(gates []plan.Gate) (last time.Time) {
	for _, g := range gates {
		if g.OpensAt.After(last) {
			last = g.OpensAt
		}
	}
	return last
}

func (c *Call) gateHints(tier shop.Tier, g plan.Gate) []Hint {
	t := c.Text.Errand
	wait := Hint{Text: t.WaitForOpen, Command: fmt.Sprintf("shopctl wait %s --for open", tier)}
	switch g.Because {
	case plan.IsFrozen:
		return []Hint{wait, {Text: t.LiftIt, Command: fmt.Sprintf(`shopctl tier unfreeze %s -m "…"`, tier)}}
	case plan.IsPinned, plan.BelowPinned:
		return []Hint{{Text: t.LiftIt, Command: "shopctl unpin " + string(g.Tier)}}
	case plan.NeverCarried:
		return []Hint{{Text: t.First, Command: "shopctl promote " + string(g.Tier)}}
	case plan.IsRejected:
		return []Hint{{Text: t.ListReleases, Command: "shopctl releases " + string(shop.TierAt(0))}}
	case plan.IsUnhealthy, plan.NeverHealthy:
		return []Hint{{Text: t.LookAgain, Command: "shopctl status " + string(g.Tier)}}
	case plan.ArgoCDSilent:
		return []Hint{{Text: t.LookAgain, Command: "shopctl doctor"}}
	case plan.NotVerified, plan.VerifiedBad:
		return []Hint{{Text: t.Fix, Command: "shopctl verify " + string(g.Tier)}}
	}
	if hints := c.forgeHints(g); hints != nil {
		return hints
	}
	if g.Because == plan.GateNotSet {
		return []Hint{{Text: c.Text.Gates.SetProgram, Command: "shopctl settings set gates." + g.Name + " PROGRAM"}}
	}
	return []Hint{wait}
}

func gateCode(g plan.Gate) Code {
	switch g.Because {
	case plan.IsFrozen:
		return Frozen
	case plan.IsPinned, plan.BelowPinned:
		return Pinned
	case plan.NotVerified:
		return ApprovalMissing
	case plan.IsRejected:
		return RejectedRelease
	case plan.NeverCarried:
		return TierSkipped
	case plan.IsUnhealthy, plan.NeverHealthy, plan.NoShopSets, plan.ReplacedTooSoon:
		return BelowUnhealthy
	case plan.ArgoCDSilent:
		return ArgoCDUnreachable
	case plan.Soaking, plan.SoakNotBegun:
		return Soaking
	case plan.RollingOut, plan.GateNotAsked:
		return OpensLater
	case plan.OutsideWindow:
		return OutsideWindow
	case plan.GateMute:
		return GateSilent
	}
	return forgeGateCode(g)
}

// gateLine is a gate as one line: symbol, name, sentence.
func (c *Call) gateLine(p show.Page, now time.Time, g plan.Gate) string {
	return p.Mark(gateSymbol(g), show.Pad(g.Name, 8)) + "  " + c.gateRow(now, g)
}

func gateSymbol(g plan.Gate) show.Symbol {
	switch g.Status {
	case plan.Open:
		return show.Good
	case plan.Pending:
		return show.Busy
	case plan.Held:
		return show.Held
	case plan.Refused:
		return show.Bad
	case plan.Skipped:
		return show.Warn
	}
	return show.Unknown
}

func (c *Call) gateText(now time.Time, g plan.Gate) string {
	say := c.Text.Errand.Gate[cause(g)]
	if say == nil {
		return string(g.Because)
	}
	return show.Clean(say(c.gateFacts(now, g)))
}

// cause is the reason of a gate, as its sentences are found by it.
func cause(g plan.Gate) string {
	if g.Because == plan.ReplacedTooSoon && g.Since.IsZero() {
		return string(plan.SoakNotBegun) // it never ran there
	}
	return string(g.Because)
}

// gateFacts are what its sentences may need.
func (c *Call) gateFacts(now time.Time, g plan.Gate) i18n.GateFacts {
	f := i18n.GateFacts{Tier: string(g.Tier), By: g.By, Reason: g.Reason, Name: g.Name, Ready: g.Ready, Of: g.Of}
	if !g.Since.IsZero() {
		f.Since = show.Length(now.Sub(g.Since))
	}
	if !g.OpensAt.IsZero() {
		f.Opens, f.Left = c.Talk.Clock(g.OpensAt), show.Length(g.OpensAt.Sub(now))
	}
	f.Needs = shop.Duration(g.Needs).String()
	f.Check, f.Repository, f.Address, f.Commit = g.Check, string(g.Repository), g.Address, g.Commit().Short()
	return f
}

// faultCodes is the code of each kind of fault from outside.
func faultCodes() map[shop.FaultKind]Code {
	return map[shop.FaultKind]Code{
		shop.Unreachable: RepositoryUnreachable, shop.Busy: OthersKeepAtIt, shop.NotLoggedIn: LoginRejected,
		shop.NoRight: NoRight, shop.NoRepository: NoSuchRepository, shop.NotAtomic: NotAtomic,
		shop.Protected: NoRight, shop.NoIntent: OtherContent, shop.OtherSystem: OtherContent,
		shop.BrokenRule: GateClosed, shop.ArgoCDFault: Failed, shop.ArgoCDNoLogin: LoginRejected,
		shop.AmbiguousID: Ambiguous, shop.NoIdentity: NoIdentity, shop.DoesNotBuild: DoesNotBuild,
	}
}

func (c *Call) outside(f *shop.Fault) *Fail {
	t := c.Text.Errand
	what := string(f.Repository) + " repository"
	code := faultCodes()[f.Kind]
	if f.Repository == "" {
		what = "Argo CD"
		if f.Kind == shop.Unreachable {
			code = ArgoCDUnreachable
		}
	}
	out := &Fail{Code: code, Cause: f, Message: string(f.Kind)}
	if say := t.Fault[string(f.Kind)]; say != nil {
		out.Message = show.Clean(say(i18n.FaultFacts{Repository: what, Address: f.Address, Tier: string(f.Tier), Text: f.Text}))
	}
	if f.OfForge() {
		c.forgeFault(f, out)
		return out
	}
	switch f.Kind {
	case shop.Unreachable:
		out.Reasons = []string{f.Address + ": " + f.Text}
		out.Hints = []Hint{{Text: t.AskAgainLater, Command: c.Again()}, {Text: t.Fix, Command: "shopctl doctor"}}
	case shop.Protected:
		c.refused(f, out)
		out.Hints = []Hint{{Text: t.Fix, Command: "shopctl doctor"}}
	case shop.Busy:
		out.Hints = []Hint{{Text: t.AskAgainLater, Command: c.Again()}}
	case shop.NoIdentity:
		out.Hints = []Hint{{Command: t.Hint["config-name"]}, {Command: t.Hint["config-email"]}}
	case shop.NotLoggedIn:
		out.Hints = []Hint{{Text: t.GiveToken, Command: "export SHOPCTL_TOKEN=… SHOPCTL_TOKEN_HOST=" + hostOf(f.Address)}}
		if c.system.Forge == settings.ForgeGitHub {
			out.Hints = append([]Hint{{Text: t.GiveToken, Command: loginLine(SideForge)}}, Hint{Command: out.Hints[0].Command})
		}
	case shop.ArgoCDNoLogin:
		out.Hints = []Hint{
			{Text: t.GiveToken, Command: loginLine(SideArgoCD)}, {Command: "export ARGOCD_SERVER=" + hostOf(c.system.ArgoCD) + " ARGOCD_AUTH_TOKEN=…"},
		}
	case shop.NoIntent:
		out.Hints = []Hint{{Text: c.Text.Frame.NoSystemHint, Command: "shopctl init"}}
	case shop.NoRepository, shop.NotAtomic, shop.OtherSystem:
		out.Hints = []Hint{{Text: t.Fix, Command: "shopctl doctor"}}
	}
	return out
}

// badIntent shows each mistake of the intent with its file and line.
func (c *Call) badIntent(errs intent.Errors) *Fail {
	f := &Fail{Code: BadIntent, Message: c.Text.Errand.BadIntent(len(errs))}
	for _, e := range errs {
		f.Reasons = append(f.Reasons, e.Error())
	}
	return f
}

// hostOf is the host of an address, to name it in a hint.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
