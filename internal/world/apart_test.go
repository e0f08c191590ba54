package world

import (
	"testing"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// Only a switch goes past the mistakes of others: not what adds a shop, and not
// a promotion that lifts a pin.
func TestSwitches(t *testing.T) {
	pin := shop.Edit{Kind: shop.KindTier, Name: "tier-1", Field: "pin"}
	for _, tt := range []struct {
		name string
		op   plan.WriteSystem
		want bool
	}{
		{"no edit", plan.WriteSystem{}, false},
		{"unpin", plan.WriteSystem{Edits: []shop.Edit{pin}}, true},
		{"promote --unpin", plan.WriteSystem{Edits: []shop.Edit{pin}, Lifts: shop.Release{App: "a"}}, false},
		{"close", plan.WriteSystem{Edits: []shop.Edit{{Kind: shop.KindShop, Name: "a", Field: "maintenance"}}}, true},
		{"add", plan.WriteSystem{Edits: []shop.Edit{{Kind: shop.KindShop, Name: "a"}}}, false},
		{"hosts", plan.WriteSystem{Edits: []shop.Edit{pin, {Kind: shop.KindShop, Name: "a", Field: "hosts"}}}, false},
	} {
		if got := switches(tt.op); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
