package intent

import (
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// The tables: one line a key, the single source of decoding and of the JSON
// schemas. Their order is that of the page that describes the resources.

const (
	short = 200     // bytes of a label, a person, a context
	long  = 4 << 10 // bytes of a reason or a message
)

// record are the keys that say who did something.
func record[T any](of func(*T) *shop.Record) []field {
	return []field{
		at("reason", text(long), func(v *T) *string { return &of(v).Reason }),
		at("by", text(short), func(v *T) *string { return &of(v).By }),
		at("at", instant, func(v *T) *time.Time { return &of(v).At }),
	}
}

// release are the keys that name a release.
func release[T any](of func(*T) *shop.Release) []field {
	return []field{
		must(at("app", commitID, func(v *T) *shop.CommitID { return &of(v).App })),
		at("configuration", commitID, func(v *T) *shop.CommitID { return &of(v).Configuration }),
	}
}

func keys(groups ...[]field) (all []field) {
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

var maintenance = object[shop.Maintenance](keys([]field{
	must(at("until", instant, func(m *shop.Maintenance) *time.Time { return &m.Until })),
	at("message", text(long), func(m *shop.Maintenance) *string { return &m.Message }),
	at("allow", list[string]{of: prefix, min: 1, max: 64, unique: true}, func(m *shop.Maintenance) *[]string { return &m.Allow }),
	at("drain", duration(0), func(m *shop.Maintenance) *shop.Duration { return &m.Drain }),
}, record(func(m *shop.Maintenance) *shop.Record { return &m.Record })))

var policySpec = object[shop.Policy]{
	must(at("repositories", object[shop.Repositories]{
		must(at("system", address, func(r *shop.Repositories) *string { return &r.System })),
		must(at("app", address, func(r *shop.Repositories) *string { return &r.App })),
		at("configuration", address, func(r *shop.Repositories) *string { return &r.Configuration }),
	}, func(p *shop.Policy) *shop.Repositories { return &p.Repositories })),
	at("argocdNamespace", name[string](), func(p *shop.Policy) *string { return &p.ArgoCDNamespace }),
	at("shops", number(1, MaxShops), func(p *shop.Policy) *int { return &p.Shops }),
	at("dbConnections", number(1, 1_000_000), func(p *shop.Policy) *int { return &p.DBConnections }),
	at("plans", table[shop.Plan]{key: name[string](), of: object[shop.Plan]{
		at("weight", number(1, MaxShops), func(p *shop.Plan) *int { return &p.Weight }),
		at("dbConnections", number(0, 1_000_000), func(p *shop.Plan) *int { return &p.DBConnections }),
		at("tier", tierName, func(p *shop.Plan) *shop.Tier { return &p.Tier }),
	}}, func(p *shop.Policy) *map[string]shop.Plan { return &p.Plans }),
	at("defaultPlan", name[string](), func(p *shop.Policy) *string { return &p.DefaultPlan }),
	at("wildcard", object[shop.Wildcard]{
		must(at("host", wildcardHost, func(v *shop.Wildcard) *string { return &v.Host })),
		must(at("shopset", name[shop.ShopSetID](), func(v *shop.Wildcard) *shop.ShopSetID { return &v.ShopSet })),
	}, func(p *shop.Policy) **shop.Wildcard { return &p.Wildcard }),
	at("maintenanceService", name[string](), func(p *shop.Policy) *string { return &p.MaintenanceService }),
	at("migrations", directory, func(p *shop.Policy) *string { return &p.Migrations }),
	at("rejected", list[shop.Rejected]{of: object[shop.Rejected](keys(
		release(func(r *shop.Rejected) *shop.Release { return &r.Release }),
		record(func(r *shop.Rejected) *shop.Record { return &r.Record }),
	)), max: 10_000}, func(p *shop.Policy) *[]shop.Rejected { return &p.Rejected }),
}

var gates = object[shop.Gates]{
	at("soak", duration(0), func(g *shop.Gates) *shop.Duration { return &g.Soak }),
	at("checks", checks{}, func(g *shop.Gates) **shop.Checks { return &g.Checks }),
	at("verify", truth, func(g *shop.Gates) *bool { return &g.Verify }),
	at("windows", list[shop.Window]{of: object[shop.Window]{
		must(at("days", list[string]{of: oneOf("mon", "tue", "wed", "thu", "fri", "sat", "sun"), min: 1, max: 7, unique: true}, func(w *shop.Window) *[]string { return &w.Days })),
		must(at("from", pattern[string]("time of day like 10:00", `^([01][0-9]|2[0-3]):[0-5][0-9]$`), func(w *shop.Window) *string { return &w.From })),
		must(at("to", pattern[string]("time of day like 17:00", `^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`), func(w *shop.Window) *string { return &w.To })),
		must(at("zone", zone, func(w *shop.Window) *string { return &w.Zone })),
	}, min: 1, max: 32}, func(g *shop.Gates) *[]shop.Window { return &g.Windows }),
	at("http", list[shop.HTTPGate]{of: object[shop.HTTPGate]{
		must(at("name", name[string](), func(g *shop.HTTPGate) *string { return &g.Name })),
		must(at("url", gateURL, func(g *shop.HTTPGate) *string { return &g.URL })),
		at("timeout", duration(time.Second), func(g *shop.HTTPGate) *shop.Duration { return &g.Timeout }),
	}, max: 32}, func(g *shop.Gates) *[]shop.HTTPGate { return &g.HTTP }),
	at("commands", list[shop.CommandGate]{of: object[shop.CommandGate]{
		must(at("name", name[string](), func(g *shop.CommandGate) *string { return &g.Name })),
		at("timeout", duration(time.Second), func(g *shop.CommandGate) *shop.Duration { return &g.Timeout }),
	}, max: 32}, func(g *shop.Gates) *[]shop.CommandGate { return &g.Commands }),
	at("skippable", list[string]{of: name[string](), max: 70, unique: true}, func(g *shop.Gates) *[]string { return &g.Skippable }),
}

var tierSpec = object[shop.TierSpec]{
	at("sync", oneOf("auto", "manual"), func(t *shop.TierSpec) *string { return &t.Sync }),
	at("protection", oneOf("none", "name"), func(t *shop.TierSpec) *string { return &t.Protection }),
	at("review", oneOf("none", "required"), func(t *shop.TierSpec) *string { return &t.Review }),
	at("dwell", duration(0), func(t *shop.TierSpec) **shop.Duration { return &t.Dwell }),
	at("gates", gates, func(t *shop.TierSpec) *shop.Gates { return &t.Gates }),
	at("freeze", object[shop.Freeze](keys(
		record(func(f *shop.Freeze) *shop.Record { return &f.Record }),
		[]field{at("until", instant, func(f *shop.Freeze) *time.Time { return &f.Until })},
	)), func(t *shop.TierSpec) **shop.Freeze { return &t.Freeze }),
	at("pin", object[shop.Pin](keys(
		release(func(p *shop.Pin) *shop.Release { return &p.Release }),
		record(func(p *shop.Pin) *shop.Record { return &p.Record }),
	)), func(t *shop.TierSpec) **shop.Pin { return &t.Pin }),
	at("verified", object[shop.Verified](keys(
		release(func(v *shop.Verified) *shop.Release { return &v.Release }),
		[]field{
			must(at("result", oneOf("good", "bad"), func(v *shop.Verified) *string { return &v.Result })),
			at("note", text(long), func(v *shop.Verified) *string { return &v.Note }),
			at("by", text(short), func(v *shop.Verified) *string { return &v.By }),
			at("at", instant, func(v *shop.Verified) *time.Time { return &v.At }),
		},
	)), func(t *shop.TierSpec) **shop.Verified { return &t.Verified }),
	at("maintenance", maintenance, func(t *shop.TierSpec) **shop.Maintenance { return &t.Maintenance }),
}

// parameters become the environment of the application.
var parameters = table[string]{
	key: pattern[string]("name of a variable like QUEUE_SIZE", `^[A-Za-z_][A-Za-z0-9_]*$`),
	of:  anyText(long),
	miss: map[string]string{
		"SYSTEM": generated, "TIER": generated, "SHOPSET": generated, "CLUSTER": generated, "FAILURE_DOMAIN": generated,
	},
}

const generated = "is written by shopctl"

var shopSetSpec = object[shop.ShopSet]{
	must(at("tier", tierName, func(s *shop.ShopSet) *shop.Tier { return &s.Tier })),
	must(at("configuration", name[string](), func(s *shop.ShopSet) *string { return &s.Configuration })),
	must(at("cluster", name[string](), func(s *shop.ShopSet) *string { return &s.Cluster })),
	at("failureDomain", name[string](), func(s *shop.ShopSet) *string { return &s.FailureDomain }),
	at("namespace", name[string](), func(s *shop.ShopSet) *string { return &s.Namespace }),
	at("shops", number(1, MaxShops), func(s *shop.ShopSet) *int { return &s.Shops }),
	at("dbConnections", number(1, 1_000_000), func(s *shop.ShopSet) *int { return &s.DBConnections }),
	at("parameters", parameters, func(s *shop.ShopSet) *map[string]string { return &s.Parameters }),
	at("draining", truth, func(s *shop.ShopSet) *bool { return &s.Draining }),
	at("maintenance", maintenance, func(s *shop.ShopSet) **shop.Maintenance { return &s.Maintenance }),
}

var shopSpec = object[shop.Shop]{
	at("displayName", text(short), func(s *shop.Shop) *string { return &s.DisplayName }),
	must(at("hosts", list[string]{of: host, min: 1, max: 16, unique: true}, func(s *shop.Shop) *[]string { return &s.Hosts })),
	must(at("shopset", name[shop.ShopSetID](), func(s *shop.Shop) *shop.ShopSetID { return &s.ShopSet })),
	at("plan", name[string](), func(s *shop.Shop) *string { return &s.Plan }),
	at("movingFrom", name[shop.ShopSetID](), func(s *shop.Shop) *shop.ShopSetID { return &s.MovingFrom }),
	at("maintenance", maintenance, func(s *shop.Shop) **shop.Maintenance { return &s.Maintenance }),
}

var configurationSpec = object[shop.Configuration]{
	at("base", directory, func(c *shop.Configuration) *string { return &c.Base }),
	at("path", directory, func(c *shop.Configuration) *string { return &c.Path }),
	must(at("service", name[string](), func(c *shop.Configuration) *string { return &c.Service })),
	at("port", number(1, 65535), func(c *shop.Configuration) *int { return &c.Port }),
	at("parameters", parameters, func(c *shop.Configuration) *map[string]string { return &c.Parameters }),
}

var clusterSpec = object[shop.Cluster]{
	must(at("destination", destination, func(c *shop.Cluster) *string { return &c.Destination })),
	at("cloud", text(short), func(c *shop.Cluster) *string { return &c.Cloud }),
	at("region", text(short), func(c *shop.Cluster) *string { return &c.Region }),
	at("failureDomains", list[string]{of: name[string](), min: 1, max: 100, unique: true}, func(c *shop.Cluster) *[]string { return &c.FailureDomains }),
	at("routing", oneOf("gateway", "ingress"), func(c *shop.Cluster) *string { return &c.Routing }),
	at("gateway", pattern[string]("gateway like default/shops", `^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`), func(c *shop.Cluster) *string { return &c.Gateway }),
	at("ingressClass", name[string](), func(c *shop.Cluster) *string { return &c.IngressClass }),
}
