package render

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// changed gives copies of a resource, each with one field changed.
func changed(r intent.Resource) map[string]intent.Resource {
	all := map[string]intent.Resource{}
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		c := reflect.New(v.Type())
		c.Elem().Set(v)
		f := c.Elem().Field(i)
		name := v.Type().Field(i).Name
		if name == "Name" {
			continue // another resource
		}
		switch value := f.Addr().Interface().(type) {
		case *string:
			*value = map[string]string{"Sync": "manual", "Routing": "ingress", "FailureDomain": "tokyo-b", "Gateway": "x/y", "Configuration": "bare", "Cluster": "osaka"}[name]
			if *value == "" {
				*value = "changed"
			}
			if v.Field(i).String() == *value {
				*value = "gateway"
			}
		case *int:
			*value += 77
		case *bool:
			*value = !*value
		case *shop.Tier:
			*value = "tier-0"
		case *shop.ShopSetID:
			*value = "s-102"
		case *[]string:
			*value = append([]string{"changed"}, *value...)
		case *map[string]string:
			*value = map[string]string{"CHANGED": "yes"}
		case **shop.Maintenance:
			*value = &shop.Maintenance{Until: time.Unix(1e9, 0)}
		case **shop.Wildcard:
			*value = &shop.Wildcard{Host: "*.changed.jp", ShopSet: "s-102"}
		case *shop.Repositories:
			value.System, value.App = "changed/system", "another/app"
		case **shop.Freeze:
			*value = &shop.Freeze{Record: shop.Record{Reason: "changed"}}
		case **shop.Pin:
			*value = &shop.Pin{Release: shop.Release{App: "x"}}
		case **shop.Verified:
			*value = &shop.Verified{Result: "bad"}
		case **shop.Duration:
			*value = new(shop.Duration)
		case *shop.Gates:
			value.Verify = !value.Verify
		case *map[string]shop.Plan:
			*value = map[string]shop.Plan{"changed": {}}
		case *[]shop.Rejected:
			*value = []shop.Rejected{{}}
		default:
			panic(name + " of " + v.Type().Name() + ": how does it change?")
		}
		all[name] = c.Interface()
	}
	return all
}

// seen renders everything and says which kinds of file differ.
func seen(before, after Files) (c Concern) {
	differ := func(file string) {
		switch {
		case file == ".gitmodules":
			c |= Modules
		case strings.HasPrefix(file, "bootstrap/"):
			c |= Roots
		case strings.Contains(file, "/shops/") && !strings.HasSuffix(file, keep):
			c |= Routes
		default:
			c |= Overlays
		}
	}
	for file, data := range before {
		if other, has := after[file]; !has || string(other) != string(data) {
			differ(file)
		}
	}
	for file := range after {
		if _, has := before[file]; !has {
			differ(file)
		}
	}
	return c
}

func everything(t *testing.T, set *intent.Set, facts map[string]Facts) Files {
	t.Helper()
	all := Files{}
	for _, tier := range set.Tiers {
		files, err := Tier(set, tier.Name, facts)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(all, files)
		name, data := Bootstrap(*set.Policy, *tier, set.Clusters)
		all[name] = data
	}
	return all
}

// Every field of every kind, changed alone: what differs in the rendered files is
// concerned, and what is not rendered concerns nothing.
func TestConcernsMissNothing(t *testing.T) {
	s := sample(t)
	facts := s.facts(t, s.set(t))
	set := s.set(t)
	before := everything(t, set, facts)
	kinds := map[string]int{}
	quiet := []string{"IngressClass", "Gateway", "FailureDomains"} // rendered in some clusters only
	for _, r := range []intent.Resource{set.Policy, set.Tiers["tier-1"], set.ShopSets["s-101"], set.Shops["hana"], set.Configurations["default"], set.Clusters["tokyo"], set.Clusters["osaka"]} {
		for field, other := range changed(r) {
			now := s.set(t)
			now.Add(other)
			differs := seen(before, everything(t, now, facts))
			if !strings.HasPrefix(field, "Tier") {
				kinds[field] = int(differs)
			}
			concern := Concerns(r, other)
			if missed := differs &^ concern; missed != None {
				t.Errorf("%s.%s: concern %b misses %b", intent.KindOf(r), field, concern, missed)
			}
			if differs == None && concern != None && !slices.Contains(quiet, field) {
				t.Errorf("%s.%s: concern %b, and nothing differs", intent.KindOf(r), field, concern)
			}
		}
		if Concerns(r, r) != None {
			t.Errorf("%s concerns itself", intent.KindOf(r))
		}
	}
	for _, field := range []string{"Freeze", "Pin", "Gates", "Verified", "Dwell", "Rejected", "Plans", "DBConnections", "Draining", "DisplayName", "Cloud", "Region", "Migrations"} {
		if kinds[field] != 0 {
			t.Errorf("%s is rendered: %b", field, kinds[field])
		}
	}
	if Concerns(nil, set.Shops["hana"]) != Routes || Concerns((*shop.ShopSet)(nil), set.ShopSets["s-101"]) != Overlays|Routes || Concerns(nil, nil) != None {
		t.Error("what appears is not concerned")
	}
}
