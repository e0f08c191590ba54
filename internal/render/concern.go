package render

import (
	"reflect"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// Concern tells what a changed resource changes in the rendered files; its values
// are bits. It never misses a change; it may name one too many.
type Concern int

// What is rendered.
const (
	Overlays Concern = 1 << iota // overlay, wildcard and Applications of the ShopSets that name the resource
	Routes                       // the routes of their shops
	Modules                      // what all tiers share: .gitmodules
	Roots                        // bootstrap/ on main

	None Concern = 0
	All          = Overlays | Routes | Modules | Roots
)

// Concerns compares two states of one resource; nil is a resource that is not
// there. Freeze, pin, gates, capacity, plans and the like concern nothing.
func Concerns(old, new intent.Resource) (c Concern) {
	if absent(old) || absent(new) {
		if absent(old) && absent(new) {
			return None
		}
		r := old
		if absent(old) {
			r = new
		}
		switch r.(type) {
		case *shop.Shop:
			return Routes
		case *shop.ShopSet:
			return Overlays | Routes
		case *shop.Configuration:
			return Overlays | Routes
		}
		return All
	}
	if reflect.TypeOf(old) != reflect.TypeOf(new) {
		return All
	}
	before, after := rendered(old), rendered(new)
	for i, part := range before {
		if !reflect.DeepEqual(part.of, after[i].of) {
			c |= part.concern
		}
	}
	return c
}

func absent(r intent.Resource) bool {
	return r == nil || reflect.ValueOf(r).Kind() == reflect.Pointer && reflect.ValueOf(r).IsNil()
}

// part is something of a resource and where it is rendered.
type part struct {
	concern Concern
	of      any
}

// rendered are the parts of a resource that rendering reads. A wildcard's route is
// part of the overlay, so what concerns routes concerns overlays too; only a
// shop's own keys do not.
func rendered(r intent.Resource) []part {
	const both = Overlays | Routes
	switch r := r.(type) {
	case *shop.Policy:
		return []part{
			{both | Roots, r.Name},
			{Overlays | Modules | Roots, r.Repositories},
			{Overlays | Roots, intent.ArgoCDNamespace(*r)},
			{Overlays, r.Wildcard},
			{both, intent.MaintenanceService(*r)},
		}
	case *shop.TierSpec:
		return []part{
			{All, r.Name},
			{Overlays | Roots, intent.SyncOf(*r)},
			{both, closes(r.Maintenance)},
		}
	case *shop.ShopSet:
		return []part{
			{both, r.Name}, {both, r.Tier}, {both, r.Configuration}, {both, r.Cluster}, {both, intent.Namespace(*r)},
			{Overlays, r.FailureDomain},
			{Overlays, r.Parameters},
			{both, closes(r.Maintenance)},
		}
	case *shop.Shop:
		return []part{{Routes, r.Name}, {Routes, r.Hosts}, {Routes, r.ShopSet}, {Routes, r.MovingFrom}, {Routes, closes(r.Maintenance)}}
	case *shop.Configuration:
		return []part{
			{both, r.Name},
			{Overlays, r.Base}, {Overlays, r.Path}, {Overlays, r.Parameters},
			{both, r.Service}, {both, intent.Port(*r)},
		}
	case *shop.Cluster:
		return []part{
			{both | Roots, r.Name},
			{Overlays | Roots, r.Destination},
			{Overlays, intent.FailureDomains(*r)},
			{both, intent.Routing(*r)}, {both, intent.Gateway(*r)}, {both, r.IngressClass},
		}
	}
	return []part{{All, r}}
}

// closes is what rendering reads of a maintenance: all but drain. Equal times in
// other zones are shown otherwise.
func closes(m *shop.Maintenance) any {
	if m == nil {
		return nil
	}
	c := *m
	c.Drain = 0
	return []any{c.Until.Format(time.RFC3339), c.Message, c.Allow, c.At.Unix(), c.By, c.Reason}
}
