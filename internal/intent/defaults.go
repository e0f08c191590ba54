package intent

import (
	"github.com/shopctl/shopctl/internal/shop"
)

// MaxShops is the most that a ShopSet may hold: above it routes never build.
const MaxShops = 2500

// The defaults of product.md, for what a file leaves out. Nothing of them is ever
// written back.

// ArgoCDNamespace is where the Applications of the system live.
func ArgoCDNamespace(p shop.Policy) string { return or(p.ArgoCDNamespace, "argocd") }

// MaintenanceService is the Service that answers 503.
func MaintenanceService(p shop.Policy) string { return or(p.MaintenanceService, "maintenance") }

// Migrations is where the app repository keeps its Rails migrations.
func Migrations(p shop.Policy) string { return or(p.Migrations, "db/migrate") }

// StandardPlan is the one plan of a Policy that names none.
const StandardPlan = "standard"

// DefaultPlan is the plan of a shop that names none.
func DefaultPlan(p shop.Policy) string {
	if p.DefaultPlan != "" {
		return p.DefaultPlan
	}
	for only := range p.Plans {
		if len(p.Plans) == 1 {
			return only
		}
	}
	return StandardPlan
}

// PlanOf is what a shop of a plan costs, its weight filled in; an empty name is
// the default plan. ok is false when there is no such plan.
func PlanOf(p shop.Policy, name string) (plan shop.Plan, ok bool) {
	if name == "" {
		name = DefaultPlan(p)
	}
	plan, ok = p.Plans[name]
	if len(p.Plans) == 0 && name == StandardPlan {
		ok = true
	}
	plan.Weight = or(plan.Weight, 1)
	return plan, ok
}

// Capacity is what a ShopSet may hold: weight of shops, and database connections
// (0: not counted).
func Capacity(p shop.Policy, s shop.ShopSet) (shops, dbConnections int) {
	return or(s.Shops, or(p.Shops, MaxShops)), or(s.DBConnections, p.DBConnections)
}

// Namespace is where the objects of a ShopSet live.
func Namespace(s shop.ShopSet) string { return or(s.Namespace, string(s.Name)) }

// FailureDomains are those of a cluster, never none.
func FailureDomains(c shop.Cluster) []string {
	if len(c.FailureDomains) == 0 {
		return []string{c.Name}
	}
	return c.FailureDomains
}

// FailureDomain is the one of a ShopSet; empty when it names none and its cluster
// has several.
func FailureDomain(s shop.ShopSet, c shop.Cluster) string {
	if all := FailureDomains(c); s.FailureDomain == "" && len(all) == 1 {
		return all[0]
	}
	return s.FailureDomain
}

// Routing is how hostnames reach a ShopSet of the cluster: gateway or ingress.
func Routing(c shop.Cluster) string { return or(c.Routing, "gateway") }

// Gateway is the gateway of the cluster, namespace/name.
func Gateway(c shop.Cluster) string { return or(c.Gateway, "default/shops") }

// Port is the port of the Service that routes name.
func Port(c shop.Configuration) int { return or(c.Port, 80) }

// SyncOf is auto or manual.
func SyncOf(t shop.TierSpec) string { return or(t.Sync, "auto") }

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
