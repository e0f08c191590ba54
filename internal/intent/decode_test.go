package intent

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// file writes a resource with a spec of some lines; the spec begins on line 6.
func file(kind shop.Kind, name string, spec ...string) []byte {
	text := fmt.Sprintf("apiVersion: shopset.dev/v1alpha1\nkind: %s\nmetadata:\n  name: %q\nspec:\n", kind, name)
	for _, l := range spec {
		text += "  " + l + "\n"
	}
	return []byte(text)
}

const commit = "a123456789abcdef0123456789abcdef01234567"

func TestBadFiles(t *testing.T) {
	tier := func(spec ...string) []byte { return file("Tier", "tier-1", spec...) }
	hana := Path("Shop", "hana")
	shopFile := func(spec ...string) []byte { return file("Shop", "hana", spec...) }
	long := "hosts: [" + strings.TrimSuffix(strings.Repeat("a.example.jp, ", 17), ", ") + "]"
	for _, tt := range []struct {
		name, path string
		data       []byte
		want       string
	}{
		{"unknown key", "tiers/tier-1.yaml", tier("gates:", "  soack: 4h"), `tiers/tier-1.yaml:7: unknown key "soack" (did you mean "soak"?)`},
		{"unknown top key", "tiers/tier-1.yaml", append(tier("sync: auto"), "status: {}\n"...), `tiers/tier-1.yaml:7: unknown key "status"`},
		{"labels in metadata", "tiers/tier-1.yaml", []byte("apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata:\n  name: tier-1\n  labels: {}\n"), `tiers/tier-1.yaml:5: unknown key "labels"`},
		{"duplicate key", "tiers/tier-1.yaml", tier("sync: auto", "sync: manual"), `tiers/tier-1.yaml:7: duplicate key "sync"`},
		{"wrong kind", "tiers/tier-1.yaml", file("Shop", "tier-1", "sync: auto"), `tiers/tier-1.yaml:2: kind "Shop" in a place for a Tier`},
		{"wrong version", "tiers/tier-1.yaml", []byte(strings.Replace(string(tier("sync: auto")), "v1alpha1", "v2", 1)), `tiers/tier-1.yaml:1: apiVersion "shopset.dev/v2" is not known: this is shopset.dev/v1alpha1`},
		{"wrong name", "tiers/tier-1.yaml", file("Tier", "tier-2", "sync: auto"), `tiers/tier-1.yaml:4: metadata.name "tier-2" is not the name of the file, "tier-1"`},
		{"no tier", "tiers/gold.yaml", file("Tier", "gold", "sync: auto"), `tiers/gold.yaml:6: "gold" is no tier: tiers are called tier-0, tier-1 and so on`},
		{"wrong type", "tiers/tier-1.yaml", tier("gates: [soak]"), `tiers/tier-1.yaml:6: "gates" must be a mapping, not a list`},
		{"number for text", "tiers/tier-1.yaml", tier("freeze:", "  reason: 12"), `tiers/tier-1.yaml:7: "freeze.reason" must be text, not a number (put it in quotes: "12")`},
		{"yes for true", "tiers/tier-1.yaml", tier("gates:", "  verify: yes"), `tiers/tier-1.yaml:7: "gates.verify" must be true or false, not text`},
		{"null", "tiers/tier-1.yaml", tier("pin:"), `tiers/tier-1.yaml:6: "pin" has no value (leave the key out)`},
		{"enum", "tiers/tier-1.yaml", tier("sync: never"), `tiers/tier-1.yaml:6: "sync": "never" is not possible (one of auto, manual)`},
		{"duration", "tiers/tier-1.yaml", tier("dwell: 2 minutes"), `tiers/tier-1.yaml:6: "dwell": "2 minutes" is no duration (write 30s, 10m or 4h)`},
		{"fine duration", "tiers/tier-1.yaml", tier("dwell: 5ms"), `tiers/tier-1.yaml:6: "dwell": "5ms" is no duration (write 30s, 10m or 4h)`},
		{"time without zone", "tiers/tier-1.yaml", tier("freeze:", "  until: 2026-01-31 10:00"), `tiers/tier-1.yaml:7: "freeze.until": "2026-01-31 10:00" has no zone (2026-01-31T10:00:00+09:00, or Z for UTC)`},
		{"no end of maintenance", "tiers/tier-1.yaml", tier("maintenance:", "  reason: move"), `tiers/tier-1.yaml:7: "maintenance.until" is missing`},
		{"short commit", "tiers/tier-1.yaml", tier("pin:", "  app: 0123456"), `tiers/tier-1.yaml:7: "pin.app" must be text, not a number (put it in quotes: "0123456")`},
		{"gates of tier-0", "tiers/tier-0.yaml", file("Tier", "tier-0", "gates:", "  soak: 4h"), `tiers/tier-0.yaml:7: tier-0 takes every change: it has no gates`},
		{"review of tier-0", "tiers/tier-0.yaml", file("Tier", "tier-0", "review: required"), `tiers/tier-0.yaml:6: tier-0 takes every change: it has no review`},
		{"http gate", "tiers/tier-1.yaml", tier("gates:", "  http:", "    - {name: ok, url: http://x.example.jp}"), `tiers/tier-1.yaml:8: "gates.http.url": "http://x.example.jp" is no https address (like https://release.example.jp/ok; http only on this machine)`},
		{"gate twice", "tiers/tier-1.yaml", tier("gates:", "  commands:", "    - name: soak"), `tiers/tier-1.yaml:8: there is already a gate "soak"`},
		{"skip health", "tiers/tier-1.yaml", tier("gates:", "  skippable: [soak, health]"), `tiers/tier-1.yaml:7: "health" cannot be skippable (health, freeze, pin and reject are never skipped)`},
		{"window backwards", "tiers/tier-1.yaml", tier("gates:", "  windows:", "    - {days: [mon], from: \"17:00\", to: \"10:00\", zone: UTC}"), `tiers/tier-1.yaml:8: the window ends at 10:00, before it begins at 17:00 (two windows that meet at midnight)`},
		{"window zone", "tiers/tier-1.yaml", tier("gates:", "  windows:", "    - {days: [mon], from: \"10:00\", to: \"17:00\", zone: Asia/Tokio}"), `tiers/tier-1.yaml:8: "gates.windows.zone": "Asia/Tokio" is no time zone (like Asia/Tokyo or UTC)`},
		{"range", "tiers/tier-1.yaml", tier("maintenance:", "  until: 2026-01-31T10:00:00Z", "  allow: [203.0.113.7]"), `tiers/tier-1.yaml:8: "maintenance.allow": "203.0.113.7" is no range (203.0.113.7/32)`},
		{"two documents", "tiers/tier-1.yaml", append(tier("sync: auto"), "---\nkind: Tier\n"...), `tiers/tier-1.yaml:7: more than one document in a file (one file a resource)`},
		{"empty", "tiers/tier-1.yaml", nil, `tiers/tier-1.yaml:1: the file is empty`},
		{"no YAML", "tiers/tier-1.yaml", tier("gates: {soak"), `tiers/tier-1.yaml:6: no YAML: did not find expected ',' or '}'`},
		{"not UTF-8", "tiers/tier-1.yaml", tier("freeze:", "  reason: \xff"), `tiers/tier-1.yaml:7: not UTF-8`},
		{"too large", "tiers/tier-1.yaml", []byte(strings.Repeat("#", maxBytes+1)), `tiers/tier-1.yaml: larger than 1 MiB`},
		{"too many values", "tiers/tier-1.yaml", []byte(strings.Repeat("- ", maxMarks+1)), `tiers/tier-1.yaml: more than 50000 values`},
		{"too deep", "tiers/tier-1.yaml", []byte(strings.Repeat("[", 80) + strings.Repeat("]", 80)), `tiers/tier-1.yaml:1: nested deeper than 64 levels`},
		{"another place", "bootstrap/tier-1.yaml", tier(), `bootstrap/tier-1.yaml: no place for a resource`},

		{"no hosts", hana, shopFile("shopset: s-1"), hana + `:6: "hosts" is missing`},
		{"empty hosts", hana, shopFile("shopset: s-1", "hosts: []"), hana + `:7: "hosts" has no entry`},
		{"17 hosts", hana, shopFile("shopset: s-1", long), hana + `:7: "hosts" has 17 entries; at most 16 are possible`},
		{"host twice in one shop", hana, shopFile("shopset: s-1", "hosts:", "  - a.example.jp", "  - A.example.jp"), hana + `:9: "hosts" names "a.example.jp" twice`},
		{"url for host", hana, shopFile("shopset: s-1", "hosts: [https://a.example.jp/]"), hana + `:7: "hosts": "https://a.example.jp/" is no hostname (like shop.example.jp, without scheme, port or path)`},
		{"address for host", hana, shopFile("shopset: s-1", "hosts: [203.0.113.7]"), hana + `:7: "hosts": "203.0.113.7" is an address (a hostname like shop.example.jp)`},
		{"wildcard for host", hana, shopFile("shopset: s-1", `hosts: ["*.example.jp"]`), hana + `:7: "hosts": "*.example.jp" is no hostname (like shop.example.jp, without scheme, port or path)`},
		{"bad name", hana, shopFile("shopset: S_1", "hosts: [a.example.jp]"), hana + `:6: "shopset": "S_1" is no name (lower-case letters, digits and inner hyphens, at most 63)`},
		{"moves nowhere", hana, shopFile("shopset: s-1", "hosts: [a.example.jp]", "movingFrom: s-1"), hana + `:8: the shop moves from "s-1" to "s-1"`},

		{"capacity", "policy.yaml", file("Policy", "p", "repositories: {system: a/s, app: a/a}", "shops: 2501"), `policy.yaml:7: "shops": 2501 is not between 1 and 2500`},
		{"token in address", "policy.yaml", file("Policy", "p", "repositories: {system: \"https://x:secret@git.example.jp/s\", app: a/a}"), `policy.yaml:6: "repositories.system": holds a user, password or token (leave it out: git's credential helper or SHOPCTL_TOKEN gives it)`},
		{"http address", "policy.yaml", file("Policy", "p", "repositories: {system: \"http://git.example.jp/s\", app: a/a}"), `policy.yaml:6: "repositories.system": "http://git.example.jp/s" is not encrypted (https://; http:// only on loopback)`},
		{"no default plan", "policy.yaml", file("Policy", "p", "repositories: {system: a/s, app: a/a}", "plans:", "  a: {}", "  b: {}"), `policy.yaml:8: with several plans "defaultPlan" must name one`},
		{"missing default plan", "policy.yaml", file("Policy", "p", "repositories: {system: a/s, app: a/a}", "defaultPlan: big"), `policy.yaml:7: there is no plan "big"`},
		{"reserved parameter", "configurations/c.yaml", file("Configuration", "c", "service: web", "parameters: {TIER: x}"), `configurations/c.yaml:7: key "TIER" of "parameters" is written by shopctl`},
		{"path outside", "configurations/c.yaml", file("Configuration", "c", "service: web", "base: ../other"), `configurations/c.yaml:7: "base": "../other" is no directory of the repository (like k8s or deploy/base)`},
		{"git's own folder", "configurations/c.yaml", file("Configuration", "c", "service: web", "base: k8s/.git/x"), `configurations/c.yaml:7: "base": "k8s/.git/x" is no directory of the repository`},
		{"-shops", "shopsets/a-shops.yaml", file("ShopSet", "a-shops", "tier: tier-0", "configuration: c", "cluster: k"), `shopsets/a-shops.yaml:6: a ShopSet's name does not end in -shops: "a-shops"`},
		{"gateway", "clusters/k.yaml", file("Cluster", "k", "destination: k", "gateway: shops"), `clusters/k.yaml:7: "gateway": "shops" is no gateway like default/shops`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(tt.path, tt.data)
			if err == nil {
				t.Fatalf("no error, want %q", tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// All mistakes of a file are named, in the order of its lines.
func TestSeveralMistakes(t *testing.T) {
	_, err := Decode("tiers/tier-1.yaml", file("Tier", "tier-1", "snyc: auto", "dwell: long", "pin: {}"))
	want := `tiers/tier-1.yaml:6: unknown key "snyc" (did you mean "sync"?)
tiers/tier-1.yaml:7: "dwell": "long" is no duration (write 30s, 10m or 4h)
tiers/tier-1.yaml:8: "pin.app" is missing`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	var one *Error
	if !errors.As(err, &one) || one.Line != 6 || one.Column != 3 {
		t.Errorf("first mistake at %+v", one)
	}
}

func TestAliasBomb(t *testing.T) {
	spec := []string{"gates:", "  http:", "    - &g {name: a, url: https://a.example.jp}"}
	for range 20 {
		spec = append(spec, "    - *g")
	}
	spec = append(spec, "  windows:", "    - &w {days: &d [mon], from: &f \"10:00\", to: &t \"17:00\", zone: &z UTC}")
	for range 31 {
		spec = append(spec, "    - {days: *d, from: *f, to: *t, zone: *z}")
	}
	_, err := Decode("tiers/tier-1.yaml", file("Tier", "tier-1", spec...))
	if err == nil || !strings.Contains(err.Error(), "more than 100 aliases") {
		t.Errorf("got %v", err)
	}
	if _, err := Decode("tiers/tier-1.yaml", file("Tier", "tier-1", "gates: &g", "  http: *g")); err == nil {
		t.Error("a value that contains itself was read")
	}
}

func TestHost(t *testing.T) {
	for in, want := range map[string]string{
		"Hana.Example.JP": "hana.example.jp", "花.example.jp": "xn--jh1a.example.jp", "xn--jh1a.example.jp": "xn--jh1a.example.jp",
		"a.b": "a.b", "localhost": "localhost", "1.example.jp": "1.example.jp",
	} {
		if got, err := Host(in); got != want || err != nil {
			t.Errorf("Host(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", ".", "a..b", "a.", "-a.jp", "a-.jp", "a_b.jp", "a b.jp", "a.jp:80", "::1", "1.2.3.4", "xn--a.jp", strings.Repeat("a", 64) + ".jp", strings.Repeat("abc.", 64) + "jp", "ab--c.jp", "a\x00.jp"} {
		if got, err := Host(in); err == nil {
			t.Errorf("Host(%q) = %q", in, got)
		}
	}
}

// examples hold every field of every kind.
func examples() []Resource {
	at := time.Date(2026, 1, 31, 10, 0, 0, 0, time.FixedZone("", 9*3600))
	dwell := shop.Duration(90 * time.Second)
	release := shop.Release{App: commit, Configuration: commit}
	record := shop.Record{Reason: "yes: it broke", By: "mika", At: at}
	m := &shop.Maintenance{Until: at, Message: "在庫の点検中です\nbis gleich", Allow: []string{"203.0.113.0/24"}, Drain: shop.Duration(30 * time.Second), Record: record}
	return []Resource{
		&shop.Policy{Name: "bazaar", Repositories: shop.Repositories{System: "a/system", App: "git@h:a/app.git", Configuration: "https://h/c"},
			ArgoCDNamespace: "cd", Shops: 100, DBConnections: 7, Plans: map[string]shop.Plan{"large": {Weight: 3, DBConnections: 2, Tier: "tier-1"}, "123": {}},
			DefaultPlan: "large", Wildcard: &shop.Wildcard{Host: "*.example.jp", ShopSet: "s-1"}, MaintenanceService: "closed", Migrations: "db/m",
			Rejected: []shop.Rejected{{Release: release, Record: record}}},
		&shop.TierSpec{Name: "tier-1", Sync: "manual", Protection: "name", Review: "required", Dwell: &dwell,
			Gates: shop.Gates{Soak: shop.Duration(4 * time.Hour), Checks: &shop.Checks{Contexts: []string{"ci/test", "on"}}, Verify: true,
				Windows:   []shop.Window{{Days: []string{"mon", "tue"}, From: "10:00", To: "17:00", Zone: "UTC"}},
				HTTP:      []shop.HTTPGate{{Name: "probe", URL: "https://h/x?a=b", Timeout: shop.Duration(5 * time.Second)}},
				Commands:  []shop.CommandGate{{Name: "run", Timeout: shop.Duration(time.Minute)}},
				Skippable: []string{"soak", "run"}},
			Freeze: &shop.Freeze{Record: record, Until: at}, Pin: &shop.Pin{Release: release, Record: record},
			Verified:    &shop.Verified{Release: release, Result: "good", Note: "ok", By: "mika", At: at},
			Maintenance: m},
		&shop.ShopSet{Name: "s-1", Tier: "tier-1", Configuration: "default", Cluster: "tokyo", FailureDomain: "a", Namespace: "null", Shops: 5, DBConnections: 6,
			Parameters: map[string]string{"QUEUE": "10", "EMPTY": "", "TEXT": "a: b # c\n"}, Draining: true, Maintenance: m},
		&shop.Shop{Name: "hana", DisplayName: "はな", Hosts: []string{"hana.example.jp"}, ShopSet: "s-1", Plan: "large", MovingFrom: "s-2", Maintenance: m},
		&shop.Configuration{Name: "default", Base: "k8s", Path: "shop", Service: "web", Port: 8080, Parameters: map[string]string{"A": "1"}},
		&shop.Cluster{Name: "tokyo", Destination: "https://h", Cloud: "aws", Region: "ap-northeast-1", FailureDomains: []string{"a", "b"}, Routing: "ingress", Gateway: "x/y", IngressClass: "nginx"},
	}
}

// What is encoded decodes to the same, for all fields: so the tables and the tags
// of the Go types have the same keys.
func TestRoundTrip(t *testing.T) {
	for _, want := range examples() {
		if field := zeroField(reflect.ValueOf(want).Elem()); field != "" && field != "All" {
			t.Errorf("the example of %s has no %s", KindOf(want), field)
		}
		data, err := Encode(want)
		if err != nil {
			t.Errorf("%s: %v\n%s", KindOf(want), err, data)
			continue
		}
		got, err := Decode(Path(KindOf(want), NameOf(want)), data)
		if err != nil {
			t.Errorf("%v\n%s", err, data)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		again, err := Encode(got)
		if err != nil || string(again) != string(data) {
			t.Errorf("encoded again: %v\n%s", err, cmp.Diff(string(data), string(again)))
		}
	}
}

// zeroField names a field that has no value.
func zeroField(v reflect.Value) string {
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case f.IsZero():
			return v.Type().Field(i).Name
		case f.Kind() == reflect.Pointer && f.Elem().Kind() == reflect.Struct:
			f = f.Elem()
			fallthrough
		case f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[time.Time]():
			if name := zeroField(f); name != "" {
				return name
			}
		}
	}
	return ""
}

func TestEncodeRefuses(t *testing.T) {
	for _, r := range []Resource{&shop.Shop{Name: "hana"}, &shop.Shop{Name: "Hana!", Hosts: []string{"a.b"}, ShopSet: "s"}, "text", nil} {
		if data, err := Encode(r); err == nil {
			t.Errorf("Encode(%v) wrote\n%s", r, data)
		}
	}
}

func TestEmptyTier(t *testing.T) {
	r, err := Decode("tiers/tier-1.yaml", []byte("apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata:\n  name: tier-1\n"))
	if diff := cmp.Diff(Resource(&shop.TierSpec{Name: "tier-1"}), r); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	data, err := Encode(r)
	if err != nil || !strings.HasSuffix(string(data), "\nspec: {}\n") {
		t.Errorf("%v\n%s", err, data)
	}
}

func TestIdentify(t *testing.T) {
	for _, kind := range Kinds() {
		path := Path(kind, "tier-1")
		got, name, ok := Identify(path)
		if want := "tier-1"; !ok || got != kind || name != want && kind != shop.KindPolicy {
			t.Errorf("Identify(%q) = %q, %q, %v", path, got, name, ok)
		}
	}
	others := []string{"", "policy.yml", "README.md", "bootstrap/tier-1.yaml", "tiers/x/tier-1.yaml", "tiers/Tier.yaml", "tiers/tier-1.yml", "shops/hana.yaml", "shops/zz/hana.yaml", "shops/../policy.yaml", "./policy.yaml", "tiers/.yaml", "tiers/tier-1.yaml/x"}
	if i := slices.IndexFunc(others, func(p string) bool { _, _, ok := Identify(p); return ok }); i >= 0 {
		t.Errorf("Identify(%q) found a resource", others[i])
	}
}
