package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// asked are two tiers in peace: release 1 runs on tier-0 and may enter tier-1,
// which runs release 0. Each row of the table changes one thing.
func asked() shop.State {
	return stateOf(tierAt(0, rel(1), rel(2), rel(0)), tierAt(1, rel(0), rel(0)))
}

// One row for each cause that a gate can have.
func TestGates(t *testing.T) {
	by := shop.Record{By: "Aiko", Reason: "sale", At: noon.Add(-time.Hour)}
	day := noon.Add(-24 * time.Hour)
	rows := []struct {
		name   string
		change func(*shop.State)
		r      shop.Release
		unpin  bool
		want   plan.Gate // the gate that the row is about
	}{
		{"healthy", func(s *shop.State) {}, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Open, Because: plan.IsHealthy, Tier: "tier-0", Since: day, Ready: 1, Of: 1}},
		{"was healthy", func(s *shop.State) {}, rel(0), false,
			plan.Gate{Name: "health", Status: plan.Open, Because: plan.WasHealthy, Tier: "tier-0", Since: noon.Add(-47 * time.Hour), Ready: 1, Of: 1}},
		{"the newest time it was carried was bad, an older one good", func(s *shop.State) {
			h := &s.Tiers[0].History
			*h = append((*h)[:1:1], shop.Carried{Release: rel(0), System: "s7", Health: shop.Degraded}, (*h)[1])
		}, rel(0), false,
			plan.Gate{Name: "health", Status: plan.Open, Because: plan.WasHealthy, Tier: "tier-0", Since: noon.Add(-47 * time.Hour), Ready: 1, Of: 1}},
		{"never healthy", func(s *shop.State) { s.Tiers[0].History[1].Health = shop.Degraded }, rel(0), false,
			plan.Gate{Name: "health", Status: plan.Refused, Because: plan.NeverHealthy, Tier: "tier-0", Ready: 1, Of: 1}},
		{"never carried", func(s *shop.State) {}, rel(2), false,
			plan.Gate{Name: "health", Status: plan.Refused, Because: plan.NeverCarried, Tier: "tier-0", Ready: 1, Of: 1}},
		{"never carried, without Argo CD", func(s *shop.State) { argo(s, shop.ArgoCD{None: true}) }, rel(2), false,
			plan.Gate{Name: "health", Status: plan.Refused, Because: plan.NeverCarried, Tier: "tier-0", Of: 1}},
		{"no Argo CD", func(s *shop.State) { argo(s, shop.ArgoCD{None: true}) }, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Unchecked, Because: plan.NoArgoCD, Tier: "tier-0", Of: 1}},
		{"Argo CD silent", func(s *shop.State) { argo(s, shop.ArgoCD{Silent: "no route"}) }, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Unavailable, Because: plan.ArgoCDSilent, Tier: "tier-0", Of: 1, Reason: "no route"}},
		{"Argo CD silent, but it was seen", func(s *shop.State) { argo(s, shop.ArgoCD{Silent: "no route"}) }, rel(0), false,
			plan.Gate{Name: "health", Status: plan.Open, Because: plan.WasHealthy, Tier: "tier-0", Since: noon.Add(-47 * time.Hour), Of: 1}},
		{"no ShopSets", func(s *shop.State) { none.set(&s.Tiers[0]) }, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Refused, Because: plan.NoShopSets, Tier: "tier-0"}},
		{"rolling out", func(s *shop.State) { progressing.set(&s.Tiers[0]) }, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Pending, Because: plan.RollingOut, Tier: "tier-0", Of: 1}},
		{"an older revision never counts", func(s *shop.State) { unread.set(&s.Tiers[0]) }, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Pending, Because: plan.RollingOut, Tier: "tier-0", Of: 1}},
		{"unhealthy", func(s *shop.State) { stuck.set(&s.Tiers[0]) }, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Refused, Because: plan.IsUnhealthy, Tier: "tier-0", Of: 1, Reason: "s-tier-0: crash loop"}},
		{"one of two is healthy", func(s *shop.State) {
			s.Tiers[0].ShopSets = append(s.Tiers[0].ShopSets, s.Tiers[0].ShopSets[0])
			s.Tiers[0].ShopSets[1].Sync = shop.OutOfSync
		}, rel(1), false,
			plan.Gate{Name: "health", Status: plan.Pending, Because: plan.RollingOut, Tier: "tier-0", Ready: 1, Of: 2}},

		{"soaked", func(s *shop.State) { s.Tiers[1].Spec.Gates.Soak = shop.Duration(24 * time.Hour) }, rel(1), false,
			plan.Gate{Name: "soak", Status: plan.Open, Because: plan.Soaked, Tier: "tier-0", Since: day, Needs: 24 * time.Hour}},
		{"soaking", func(s *shop.State) { s.Tiers[1].Spec.Gates.Soak = shop.Duration(25 * time.Hour) }, rel(1), false,
			plan.Gate{Name: "soak", Status: plan.Pending, Because: plan.Soaking, Tier: "tier-0", Since: day, Needs: 25 * time.Hour, OpensAt: noon.Add(time.Hour)}},
		{"soak not begun", func(s *shop.State) { s.Tiers[1].Spec.Gates.Soak = soakOf(true); progressing.set(&s.Tiers[0]) }, rel(1), false,
			plan.Gate{Name: "soak", Status: plan.Pending, Because: plan.SoakNotBegun, Tier: "tier-0", Needs: time.Hour}},
		{"soak, Argo CD silent", func(s *shop.State) {
			s.Tiers[1].Spec.Gates.Soak = soakOf(true)
			argo(s, shop.ArgoCD{Silent: "no route"})
		}, rel(1), false,
			plan.Gate{Name: "soak", Status: plan.Unavailable, Because: plan.ArgoCDSilent, Tier: "tier-0", Needs: time.Hour}},
		{"soak without Argo CD counts from the commit", func(s *shop.State) {
			s.Tiers[1].Spec.Gates.Soak = shop.Duration(25 * time.Hour)
			argo(s, shop.ArgoCD{None: true})
		}, rel(1), false,
			plan.Gate{Name: "soak", Status: plan.Pending, Because: plan.Soaking, Tier: "tier-0", Since: day, Needs: 25 * time.Hour, OpensAt: noon.Add(time.Hour)}},
		{"soaked before it was replaced", func(s *shop.State) { s.Tiers[1].Spec.Gates.Soak = shop.Duration(23 * time.Hour) }, rel(0), false,
			plan.Gate{Name: "soak", Status: plan.Open, Because: plan.Soaked, Tier: "tier-0", Since: noon.Add(-47 * time.Hour), Needs: 23 * time.Hour}},
		{"replaced too soon", func(s *shop.State) { s.Tiers[1].Spec.Gates.Soak = shop.Duration(24 * time.Hour) }, rel(0), false,
			plan.Gate{Name: "soak", Status: plan.Refused, Because: plan.ReplacedTooSoon, Tier: "tier-0", Since: noon.Add(-47 * time.Hour), Needs: 24 * time.Hour}},

		{"frozen", func(s *shop.State) { s.Tiers[1].Spec.Freeze = &shop.Freeze{Record: by} }, rel(1), false,
			plan.Gate{Name: "freeze", Status: plan.Held, Because: plan.IsFrozen, Tier: "tier-1", By: "Aiko", Reason: "sale", Since: by.At}},
		{"frozen until", func(s *shop.State) {
			s.Tiers[1].Spec.Freeze = &shop.Freeze{Record: by, Until: noon.Add(time.Second)}
		}, rel(1), false,
			plan.Gate{Name: "freeze", Status: plan.Held, Because: plan.IsFrozen, Tier: "tier-1", By: "Aiko", Reason: "sale", Since: by.At, OpensAt: noon.Add(time.Second)}},
		{"pinned", func(s *shop.State) { s.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(0), Record: by} }, rel(1), false,
			plan.Gate{Name: "pin", Status: plan.Held, Because: plan.IsPinned, Tier: "tier-1", By: "Aiko", Reason: "sale", Since: by.At}},
		{"pinned, to be lifted", func(s *shop.State) { s.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(0), Record: by} }, rel(1), true,
			plan.Gate{Name: "pin", Status: plan.Open, Because: plan.PinLifted, Tier: "tier-1", By: "Aiko", Reason: "sale", Since: by.At}},
		{"the tier below is pinned", func(s *shop.State) { s.Tiers[0].Spec.Pin = &shop.Pin{Release: rel(0), Record: by} }, rel(1), true,
			plan.Gate{Name: "pin", Status: plan.Held, Because: plan.BelowPinned, Tier: "tier-0", By: "Aiko", Reason: "sale", Since: by.At}},
		{"rejected", func(s *shop.State) {
			s.Policy.Rejected = []shop.Rejected{{Release: rel(1), Record: by}}
		}, rel(1), false,
			plan.Gate{Name: "reject", Status: plan.Refused, Because: plan.IsRejected, Tier: "tier-1", By: "Aiko", Reason: "sale", Since: by.At}},
		{"rejected with every configuration", func(s *shop.State) {
			s.Policy.Rejected = []shop.Rejected{{Release: shop.Release{App: "a1"}, Record: by}}
		}, rel(1), false,
			plan.Gate{Name: "reject", Status: plan.Refused, Because: plan.IsRejected, Tier: "tier-1", By: "Aiko", Reason: "sale", Since: by.At}},
		{"verified", func(s *shop.State) {
			s.Tiers[1].Spec.Gates.Verify = true
			s.Tiers[0].Spec.Verified = &shop.Verified{Release: rel(1), Result: "good", Note: "fine", By: "Aiko", At: noon}
		}, rel(1), false,
			plan.Gate{Name: "verify", Status: plan.Open, Because: plan.IsVerified, Tier: "tier-0", By: "Aiko", Reason: "fine", Since: noon}},
		{"not verified", func(s *shop.State) {
			s.Tiers[1].Spec.Gates.Verify = true
			s.Tiers[0].Spec.Verified = &shop.Verified{Release: rel(0), Result: "good"}
		}, rel(1), false,
			plan.Gate{Name: "verify", Status: plan.Held, Because: plan.NotVerified, Tier: "tier-0"}},
		{"verified bad", func(s *shop.State) {
			s.Tiers[1].Spec.Gates.Verify = true
			s.Tiers[0].Spec.Verified = &shop.Verified{Release: rel(1), Result: "bad", Note: "blank page", By: "Aiko"}
		}, rel(1), false,
			plan.Gate{Name: "verify", Status: plan.Refused, Because: plan.VerifiedBad, Tier: "tier-0", By: "Aiko", Reason: "blank page"}},
		{"a window in a zone that is not known here", func(s *shop.State) {
			s.Tiers[1].Spec.Gates.Windows = []shop.Window{{Zone: "Mars/Olympus"}}
		}, rel(1), false, plan.Gate{Name: "windows", Status: plan.Refused, Because: plan.NotSupported, Tier: "tier-1", Reason: "the zone Mars/Olympus is not known here"}},
	}
	causes := map[plan.Cause]bool{}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := asked()
			row.change(&s)
			causes[row.want.Because] = true
			gates := plan.Gates(s, "tier-1", row.r, row.unpin)
			for _, g := range gates {
				if g.Name == row.want.Name && g.Tier == row.want.Tier {
					if d := cmp.Diff(row.want, g); d != "" {
						t.Errorf("want -, got +\n%s", d)
					}
					return
				}
			}
			t.Errorf("no gate %s among %+v", row.want.Name, gates)
		})
	}
	for _, c := range []plan.Cause{plan.IsHealthy, plan.WasHealthy, plan.NoArgoCD, plan.ArgoCDSilent, plan.RollingOut, plan.IsUnhealthy,
		plan.NeverCarried, plan.NeverHealthy, plan.NoShopSets, plan.Soaked, plan.Soaking, plan.SoakNotBegun, plan.ReplacedTooSoon, plan.IsFrozen,
		plan.IsPinned, plan.BelowPinned, plan.PinLifted, plan.IsRejected, plan.IsVerified, plan.NotVerified, plan.VerifiedBad, plan.NotSupported} {
		if !causes[c] {
			t.Errorf("no row for the cause %s", c)
		}
	}
}

// Gates that nothing asks for are not there, so nobody reads of them.
func TestGatesAbsent(t *testing.T) {
	names := func(s shop.State, tier shop.Tier) (names []string) {
		for _, g := range plan.Gates(s, tier, rel(1), false) {
			names = append(names, g.Name)
		}
		return names
	}
	if d := cmp.Diff([]string{"health"}, names(asked(), "tier-1")); d != "" {
		t.Error(d)
	}
	past := asked()
	past.Tiers[1].Spec.Freeze = &shop.Freeze{Until: noon}
	past.Tiers[1].Spec.Pin = &shop.Pin{Release: rel(1)}
	past.Tiers[0].Spec.Pin = &shop.Pin{Release: rel(1)}
	if d := cmp.Diff([]string{"health"}, names(past, "tier-1")); d != "" {
		t.Error("a freeze that is over, a pin to the very release:", d)
	}
	if got := names(asked(), "tier-0"); got != nil {
		t.Errorf("tier-0 has gates: %v", got)
	}
}

func TestClosed(t *testing.T) {
	for status, passes := range map[plan.GateStatus]bool{plan.Open: true, plan.Unchecked: true, plan.Skipped: true,
		plan.Pending: false, plan.Held: false, plan.Refused: false, plan.Unavailable: false, "": false} {
		g := plan.Gate{Status: status}
		if g.Passes() != passes || (len(plan.Closed([]plan.Gate{g})) == 0) != passes {
			t.Errorf("%q passes: %v", status, g.Passes())
		}
	}
}
