package plan_test

import (
	"slices"
	"testing"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// A risk stands in the write of the tier that it is about, and in what is approved.
func TestRisks(t *testing.T) {
	have := stateOf(tierAt(0, rel(1), rel(1), rel(0)), tierAt(1, rel(0), rel(0)), tierAt(2, rel(0), rel(0)))
	g := shop.Promote{To: "tier-2", From: "tier-0", Release: rel(1)}
	plain, err := plan.For(g, have)
	if err != nil {
		t.Fatal(err)
	}
	g.Risks = []shop.Risk{{Tier: "tier-2", Name: "b"}, {Tier: "tier-2", Name: "a"}, {Tier: "tier-2", Name: "a"}}
	todo, err := plan.For(g, have)
	if err != nil {
		t.Fatal(err)
	}
	want := map[shop.Tier][]string{"tier-1": nil, "tier-2": {"a", "b"}}
	for _, op := range todo {
		if w, ok := op.(plan.WriteSystem); ok {
			if tier := w.Tiers[0].Tier; !slices.Equal(w.Risks, want[tier]) {
				t.Errorf("%s: %v", tier, w.Risks)
			}
		}
	}
	if plan.Hash(plain) == plan.Hash(todo) {
		t.Error("a plan with a risk has the hash of one without")
	}
	back, err := plan.For(shop.Rollback{Tier: "tier-1", Release: rel(0), Risks: []shop.Risk{{Tier: "tier-1", Name: "a"}}},
		stateOf(tierAt(0, rel(1), rel(1), rel(0)), tierAt(1, rel(1), rel(1), rel(0))))
	if err != nil {
		t.Fatal(err)
	}
	if w, ok := back[0].(plan.WriteSystem); !ok || !slices.Equal(w.Risks, []string{"a"}) {
		t.Errorf("rollback: %v", back[0].Wish())
	}
}
