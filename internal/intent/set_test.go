package intent

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// world is a small intent without a mistake.
func world() map[string][]byte {
	return map[string][]byte{
		"policy.yaml":                 file("Policy", "bazaar", "repositories: {system: a/s, app: a/a}", "shops: 3", "dbConnections: 10", "plans:", "  small: {dbConnections: 1}", "  large: {weight: 2, dbConnections: 9}", "defaultPlan: small", "wildcard: {host: \"*.example.jp\", shopset: s-1}"),
		"tiers/tier-0.yaml":           file("Tier", "tier-0", "sync: auto"),
		"tiers/tier-1.yaml":           file("Tier", "tier-1", "sync: auto"),
		"configurations/default.yaml": file("Configuration", "default", "service: web"),
		"clusters/tokyo.yaml":         file("Cluster", "tokyo", "destination: tokyo", "failureDomains: [a, b]"),
		"shopsets/s-1.yaml":           file("ShopSet", "s-1", "tier: tier-0", "configuration: default", "cluster: tokyo", "failureDomain: a"),
		"shopsets/s-2.yaml":           file("ShopSet", "s-2", "tier: tier-1", "configuration: default", "cluster: tokyo", "failureDomain: b"),
		Path("Shop", "hana"):          file("Shop", "hana", "shopset: s-1", "hosts: [hana.example.jp]"),
		Path("Shop", "kome"):          file("Shop", "kome", "shopset: s-2", "movingFrom: s-1", "hosts:", "  - kome.example.jp", "  - kome.jp"),
		"bootstrap/tier-1.yaml":       []byte("a: b\nkind: anything\n"),
		"README.md":                   []byte("# ours\n"),
		".github/workflows/ci.yaml":   []byte("on: push\n"),
	}
}

func TestLoad(t *testing.T) {
	s, err := Load(maps.All(world()))
	if err != nil {
		t.Fatal(err)
	}
	if s.Policy.Name != "bazaar" || len(s.Tiers) != 2 || len(s.ShopSets) != 2 || len(s.Shops) != 2 || len(s.Configurations) != 1 || len(s.Clusters) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestBadSets(t *testing.T) {
	hana, kome, momiji := Path("Shop", "hana"), Path("Shop", "kome"), Path("Shop", "momiji")
	type files = map[string][]byte
	for _, tt := range []struct {
		name  string
		files files // nil removes
		want  string
	}{
		{"duplicate shop", files{"shops/zz/hana.yaml": file("Shop", "hana", "shopset: s-2", "hosts: [x.jp]")}, `shops/zz/hana.yaml:1: no place for a Shop ("hana" belongs in ` + hana + `)`},
		{"shop elsewhere", files{"shops/hana.yaml": file("Shop", "hana")}, `shops/hana.yaml:1: no place for a Shop ("hana" belongs in ` + hana + `)`},
		{"ending", files{"tiers/tier-2.yml": file("Tier", "tier-2")}, `tiers/tier-2.yml:1: no place for a Tier ("tier-2" belongs in tiers/tier-2.yaml)`},
		{"bad file name", files{"clusters/To_kyo.yaml": blank}, `clusters/To_kyo.yaml: "To_kyo" is no name of a Cluster (lower-case letters, digits and inner hyphens, at most 63)`},
		{"host twice", files{momiji: file("Shop", "momiji", "shopset: s-1", "hosts:", "  - momiji.jp", "  - KOME.jp")}, momiji + `:9: host "kome.jp" is taken by shop "kome", ` + kome + `:10`},
		{"host of the wildcard", files{"policy.yaml": []byte(strings.Replace(string(world()["policy.yaml"]), "*.example.jp", "hana.example.jp", 1))}, hana + `:7: host "hana.example.jp" is the wildcard's, policy.yaml:13`},
		{"missing tier", files{"shopsets/s-3.yaml": file("ShopSet", "s-3", "tier: tier-3", "configuration: default", "cluster: tokyo", "failureDomain: a")}, `shopsets/s-3.yaml:6: there is no tier "tier-3" (did you mean "tier-0"?)`},
		{"gap", files{"tiers/tier-3.yaml": file("Tier", "tier-3", "sync: auto")}, `tiers/tier-2.yaml: the file is missing (tiers count from tier-0 without gaps)`},
		{"no configuration", files{"shopsets/s-3.yaml": file("ShopSet", "s-3", "tier: tier-0", "configuration: defaulz", "cluster: tokyo", "failureDomain: a")}, `shopsets/s-3.yaml:7: there is no Configuration "defaulz" (did you mean "default"?)`},
		{"no cluster", files{"shopsets/s-3.yaml": file("ShopSet", "s-3", "tier: tier-0", "configuration: default", "cluster: osaka")}, `shopsets/s-3.yaml:8: there is no cluster "osaka"`},
		{"no failure domain", files{"shopsets/s-3.yaml": file("ShopSet", "s-3", "tier: tier-0", "configuration: default", "cluster: tokyo")}, `shopsets/s-3.yaml:6: "failureDomain" is missing: cluster "tokyo" has several (one of a, b)`},
		{"wrong failure domain", files{"shopsets/s-3.yaml": file("ShopSet", "s-3", "tier: tier-0", "configuration: default", "cluster: tokyo", "failureDomain: c")}, `shopsets/s-3.yaml:9: there is no failure domain "c" in cluster "tokyo" (one of a, b)`},
		{"namespace twice", files{"shopsets/s-3.yaml": file("ShopSet", "s-3", "tier: tier-0", "configuration: default", "cluster: tokyo", "failureDomain: a", "namespace: s-1")}, `shopsets/s-3.yaml:10: namespace "s-1" of cluster "tokyo" is taken by ShopSet "s-1", shopsets/s-1.yaml:6`},
		{"long names", files{"shopsets/s-3.yaml": nil, "shopsets/" + strings.Repeat("s", 51) + ".yaml": file("ShopSet", strings.Repeat("s", 51), "tier: tier-0", "configuration: default", "cluster: tokyo", "failureDomain: a")},
			"shopsets/" + strings.Repeat("s", 51) + `.yaml:6: the names of system "bazaar" and ShopSet "` + strings.Repeat("s", 51) + `" have 57 characters together; at most 56 are possible`},
		{"no ShopSet", files{momiji: file("Shop", "momiji", "shopset: s-7", "hosts: [m.jp]")}, momiji + `:6: there is no ShopSet "s-7" (did you mean "s-1"?)`},
		{"moving from nowhere", files{momiji: file("Shop", "momiji", "shopset: s-1", "hosts: [m.jp]", "movingFrom: gone")}, momiji + `:8: there is no ShopSet "gone"`},
		{"no plan", files{momiji: file("Shop", "momiji", "shopset: s-1", "hosts: [m.jp]", "plan: smal")}, momiji + `:8: there is no plan "smal" (did you mean "small"?)`},
		{"weight", files{momiji: file("Shop", "momiji", "shopset: s-2", "hosts: [m.jp]", "plan: large"), "shopsets/s-2.yaml": append(world()["shopsets/s-2.yaml"], "  shops: 2\n"...)}, `shopsets/s-2.yaml:10: the shops of ShopSet "s-2" weigh 3; it holds 2`},
		{"connections", files{momiji: file("Shop", "momiji", "shopset: s-1", "hosts: [m.jp]", "plan: large"), hana: file("Shop", "hana", "shopset: s-1", "hosts: [hana.example.jp]", "plan: small"), "policy.yaml": []byte(strings.Replace(string(world()["policy.yaml"]), "dbConnections: 10", "dbConnections: 9", 1))}, `shopsets/s-1.yaml:6: the shops of ShopSet "s-1" use 10 database connections; it has 9`},
		{"wildcard of no ShopSet", files{"policy.yaml": []byte(strings.Replace(string(world()["policy.yaml"]), "shopset: s-1", "shopset: s-9", 1))}, `policy.yaml:13: there is no ShopSet "s-9" (did you mean "s-1"?)`},
		{"plan of no tier", files{"policy.yaml": []byte(strings.Replace(string(world()["policy.yaml"]), "weight: 2", "tier: tier-9", 1))}, `policy.yaml:11: there is no tier "tier-9" (did you mean "tier-0"?)`},
		{"no policy", files{"policy.yaml": nil}, `policy.yaml: the file is missing`},
		{"two files", files{hana: file("Shop", "hana", "hosts: [h.jp]"), "tiers/tier-1.yaml": file("Tier", "tier-1", "snyc: auto")}, hana + ":6: \"shopset\" is missing\ntiers/tier-1.yaml:6: unknown key \"snyc\" (did you mean \"sync\"?)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := world()
			for file, data := range tt.files {
				if all[file] = data; data == nil {
					delete(all, file)
				}
			}
			_, err := Load(maps.All(all))
			if err == nil {
				t.Fatalf("no error, want %s", tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// blank is a file without content.
var blank = []byte{}

// Without Source there are no lines, but the same mistakes.
func TestCheckWithoutSource(t *testing.T) {
	s, err := Load(maps.All(world()))
	if err != nil {
		t.Fatal(err)
	}
	s.Source = nil
	delete(s.Tiers, "tier-1")
	want := `shopsets/s-2.yaml: there is no tier "tier-1" (did you mean "tier-0"?)`
	if err := s.Check(); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}
