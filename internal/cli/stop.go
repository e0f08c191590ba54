package cli

import (
	"errors"
	"fmt"
	"net/url"

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
	s := c.stepOf(w.Op, w.State)
	if s.late != nil {
		return s.late(w)
	}
	t := c.Text.Errand
	f := &Fail{Code: TimeIsUp, Message: t.TimeIsUp(string(s.tier)), Hints: []Hint{{Text: t.GoOn, Command: c.goOn(s)}}}
	if silent := w.State.ArgoCD.Silent; silent != "" {
		f.Code, f.Message, f.Reasons = ArgoCDUnreachable, t.Unseen(string(s.tier)), []string{silent}
		return f
	}
	if ts, ok := w.State.Tier(s.tier); ok {
		f.Reasons = append([]string{t.RollingOut(ts.Ready(), len(ts.ShopSets))}, complaints(notLive(ts))...)
	}
	return f
}

// goOn is the line that goes on with a step.
func (c *Call) goOn(s step) string {
	if s.watch != "" {
		return s.watch
	}
	return c.Again()
}

// wantsHand is the end of a run in front of a hand step.
func (c *Call) wantsHand(w *apply.WaitingError) *Fail {
	t, tier := c.Text.Errand, string(c.stepOf(w.Op, w.State).tier)
	return &Fail{Code: NeedsSync, Message: t.AwaitingHand(tier), Hints: []Hint{{Text: t.SyncByHand, Command: "shopctl sync " + tier}}}
}

// stillDrains is the end of a run while requests still end.
func (c *Call) stillDrains(w *apply.WaitingError) *Fail {
	return &Fail{Code: TimeIsUp, Message: c.Text.Closing.AwaitDrain, Hints: []Hint{{Text: c.Text.Errand.GoOn, Command: c.sameAgain(w.State)}}}
}

func notLive(t shop.TierState) (sets []shop.ShopSetState) {
	for _, s := range t.ShopSets {
		if !s.Live() && s.Message != "" {
			sets = append(sets, s)
		}
	}
	return sets
}

func waitLine(tier shop.Tier, r shop.Release) string {
	if r.IsZero() {
		return fmt.Sprintf("shopctl wait %s --for healthy", tier)
	}
	return fmt.Sprintf("shopctl wait %s --for release=%s", tier, r.Short())
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
	for i, e := range errs {
		if i == mostListed {
			f.Reasons = append(f.Reasons, c.Text.Shop.AndMore(len(errs)-i))
			break
		}
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
