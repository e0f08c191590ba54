package shop_test

import (
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

func TestShopStateIsTheWorst(t *testing.T) {
	now := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	until := func(d time.Duration) *shop.Maintenance { return &shop.Maintenance{Until: now.Add(d)} }
	for _, tt := range []struct {
		health   shop.Health
		switches []*shop.Maintenance
		entry    shop.Entry
		want     shop.ShopState
	}{
		{shop.Healthy, nil, shop.Entry{}, shop.ShopOpen},
		{shop.Progressing, []*shop.Maintenance{nil, nil}, shop.Entry{}, shop.ShopOpen},
		{shop.UnknownHealth, nil, shop.Entry{}, shop.ShopUnknown},
		{shop.Suspended, nil, shop.Entry{}, shop.ShopUnknown},
		{"", nil, shop.Entry{}, shop.ShopUnknown},
		{shop.UnknownHealth, nil, shop.Entry{MovingFrom: "s-1"}, shop.ShopMoving},
		{shop.Healthy, nil, shop.Entry{MovingFrom: "s-1"}, shop.ShopMoving},
		{shop.Healthy, nil, shop.Entry{MovingFrom: "s-1", Closed: now.Add(time.Hour)}, shop.ShopClosed},
		{shop.Healthy, []*shop.Maintenance{until(time.Hour)}, shop.Entry{MovingFrom: "s-1"}, shop.ShopClosed},
		{shop.UnknownHealth, []*shop.Maintenance{nil, until(time.Hour)}, shop.Entry{}, shop.ShopClosed},
		{shop.Healthy, []*shop.Maintenance{until(time.Hour)}, shop.Entry{Closed: now}, shop.ShopOverdue},
		{shop.Healthy, []*shop.Maintenance{until(time.Hour), until(-time.Hour)}, shop.Entry{Closed: now.Add(time.Hour)}, shop.ShopOverdue},
		{shop.Degraded, []*shop.Maintenance{until(-time.Hour)}, shop.Entry{Closed: now}, shop.ShopDegraded},
		{shop.Missing, nil, shop.Entry{}, shop.ShopDegraded},
	} {
		if got := shop.WorseShopState(tt.health.ShopState(now, tt.switches...), tt.entry.State(now)); got != tt.want {
			t.Errorf("%s %v %+v: %s, want %s", tt.health, tt.switches, tt.entry, got, tt.want)
		}
	}
	if got := shop.WorseShopState(shop.ShopDegraded, shop.ShopRefused); got != shop.ShopRefused {
		t.Errorf("a refused route in a degraded ShopSet: %s", got)
	}
	if got := shop.WorseShopState("what", "ever"); got != shop.ShopUnknown {
		t.Errorf("two words that are none: %s", got)
	}
}
