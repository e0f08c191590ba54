package render

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

var tokyo = time.FixedZone("", 9*60*60)

// shut is a maintenance as people write one.
func shut(until string, allow ...string) *shop.Maintenance {
	t, err := time.ParseInLocation("15:04", until, tokyo)
	if err != nil {
		panic(err)
	}
	return &shop.Maintenance{
		Until: t.AddDate(2026, 10, 19), Message: "在庫の点検中です", Allow: allow,
		Record: shop.Record{By: "mika", At: time.Date(2026, 11, 20, 5, 3, 0, 0, time.UTC), Reason: "stock"},
	}
}

// place is a ShopSet whose base brings a maintenance Service at a port, or none.
func place(port int) Input {
	return Input{
		Policy: shop.Policy{Name: "prod"}, Tier: shop.TierSpec{Name: "tier-1"}, ShopSet: shop.ShopSet{Name: "s-104"},
		Configuration: shop.Configuration{Name: "default", Service: "web"}, Cluster: shop.Cluster{Name: "tokyo"}, Facts: Facts{MaintenancePort: port},
	}
}

// documents are those of one file, in order.
func documents(t testing.TB, data []byte) (all []object) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(string(data)))
	for {
		var one object
		if err := d.Decode(&one); err != nil {
			return all
		}
		all = append(all, one)
	}
}

func kinds(all []object) (words []string) {
	for _, d := range all {
		words = append(words, d["kind"].(string)+"/"+d["metadata"].(object)["name"].(string))
	}
	return words
}

// Which Service answers, for every combination of the three switches, of a base
// with and without a Service of its own, and of somebody who is let in. The
// switch that ends last is the one that shows.
func TestWhoAnswers(t *testing.T) {
	for _, port := range []int{0, 8080} {
		for _, allow := range [][]string{nil, {"203.0.113.0/28"}} {
			for mask := range 8 {
				in, s := place(port), shop.Shop{Name: "bunko", Hosts: []string{"bunko.example"}, ShopSet: "s-104"}
				wants := ""
				if mask&1 != 0 {
					in.Tier.Maintenance, wants = shut("14:00", allow...), "maintenance-shopset"
				}
				if mask&2 != 0 {
					in.ShopSet.Maintenance, wants = shut("15:00", allow...), "maintenance-shopset"
				}
				if mask&4 != 0 {
					s.Maintenance = shut("14:30", allow...)
					if mask&2 == 0 {
						wants = "maintenance-shop-bunko"
					}
				}
				generates := wants != "" && (port == 0 || len(allow) > 0)
				_, route := Route(in, s)
				all := kinds(documents(t, route))
				want := []string{"HTTPRoute/bunko"}
				if generates && wants == "maintenance-shop-bunko" {
					want = append(want, "ConfigMap/"+wants, "Service/"+wants, "Deployment/"+wants)
				}
				if !slices.Equal(all, want) {
					t.Errorf("port %d, allow %v, switches %03b: %v, not %v", port, allow, mask, all, want)
				}
				names := "web"
				switch {
				case generates:
					names = wants
				case wants != "":
					names = "maintenance"
				}
				if first, _, _ := strings.Cut(string(route), "---\n"); !strings.Contains(first, "- name: "+names+"\n") {
					t.Errorf("port %d, allow %v, switches %03b: it should lead to %s:\n%s", port, allow, mask, names, first)
				}
				files, err := ShopSet(in)
				if err != nil {
					t.Fatal(err)
				}
				if _, has := files[ClosedPath("s-104")]; has != (mask&3 != 0 && (port == 0 || len(allow) > 0)) {
					t.Errorf("port %d, allow %v, switches %03b: the ShopSet's own backend: %v", port, allow, mask, has)
				}
			}
		}
	}
}

// What answers is there, and runs, before a route leads to it; and goes after
// the last one has left it.
func TestMakeBeforeBreak(t *testing.T) {
	s := shop.Shop{Name: "bunko", Hosts: []string{"bunko.example"}, Maintenance: shut("14:33")}
	_, data := Route(place(0), s)
	all := documents(t, data)
	for i, d := range all {
		notes, _ := d["metadata"].(object)["annotations"].(object)
		if wave := notes["argocd.argoproj.io/sync-wave"]; i == 0 && wave != nil || i > 0 && wave != "-1" {
			t.Errorf("%v is in wave %v", d["kind"], wave)
		}
		if last := notes["argocd.argoproj.io/sync-options"]; i > 0 && last != "PruneLast=true" {
			t.Errorf("%v goes before the routes do", d["kind"])
		}
	}
	deployment := all[3]["spec"].(object)
	if deployment["progressDeadlineSeconds"] != 60 {
		t.Error("what cannot start holds up the other routes for ten minutes")
	}
	s.Maintenance.Message = "another"
	_, other := Route(place(0), s)
	content := func(all []object) any {
		return all[3]["spec"].(object)["template"].(object)["metadata"].(object)["annotations"].(object)["shopset.dev/content"]
	}
	if content(all) == content(documents(t, other)) {
		t.Error("another message, and the old page stays")
	}
}

// Nothing that a person wrote becomes markup, configuration or a line that says
// which tier a file belongs to.
func TestMessagesAreHarmless(t *testing.T) {
	for _, message := range []string{
		"在庫の点検中です <script>alert(1)</script>", "a & b \"c\" 'd'", "}\n  shopset.dev/tier: tier-9\ntargetRevision: tier-9", "x\u202ey\x00\x1b[31m", "$host ${x}; } return 200;",
		"@UNTIL@ @STAMP@", strings.Repeat("あ", 1300),
	} {
		for _, port := range []int{0, 80} {
			in, s := place(port), shop.Shop{Name: "bunko", Hosts: []string{"bunko.example"}, Maintenance: shut("14:33", "203.0.113.0/28")}
			s.Maintenance.Message, s.Maintenance.Reason = message, message
			path, data := Route(in, s)
			files, err := ShopSet(in)
			if err != nil {
				t.Fatal(err)
			}
			files[path] = data
			if err := Check9(files, "tier-1"); err != nil {
				t.Errorf("%q: %v", message, err)
			}
			config := documents(t, data)[1]["data"].(object)
			for _, bad := range []string{"<script", "\x1b", "\x00", "\u202e", "\n  shopset"} {
				if strings.Contains(config["closed.html"].(string), bad) {
					t.Errorf("%q: the page holds %q", message, bad)
				}
			}
			if nginx := config["nginx.conf"].(string); strings.Contains(nginx, "script>") || strings.Contains(nginx, "return 200") {
				t.Errorf("%q: it got into the configuration:\n%s", message, nginx)
			}
			s.Maintenance.Allow = nil
			_, direct := Route(place(80), s)
			for _, line := range strings.Split(string(direct), "\n") {
				if value, is := strings.CutPrefix(strings.TrimSpace(line), "value: "); is && len(value) > longestHeader+2 {
					t.Errorf("a header has %d bytes", len(value))
				}
			}
		}
	}
}

// The page says when it ends in the zone in which the end was given.
func TestPage(t *testing.T) {
	m := shut("14:33")
	page := place(0).page(&closing{m, shop.KindShop, "bunko"})
	for _, want := range []string{`lang="ja"`, "在庫の点検中です", "再開予定", `datetime="2026-11-20T05:33:00Z"`, "2026-11-20 14:33 (UTC+09:00)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	m.Message = ""
	if page := place(0).page(&closing{m, shop.KindShop, "bunko"}); !strings.Contains(page, "We are closed for maintenance.") {
		t.Errorf("without a message:\n%s", page)
	}
}

// Names of 63 letters give names that Kubernetes takes, each its own.
func TestClosedNames(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"set", "a", strings.Repeat("a", 63), strings.Repeat("a", 62) + "b", strings.Repeat("1-", 31) + "1"} {
		got := closedName(&closing{nil, shop.KindShop, name})
		if len(got) > 63 || seen[got] != "" || got == closedName(&closing{nil, shop.KindShopSet, "x"}) {
			t.Errorf("%s: %s", name, got)
		}
		seen[got] = name
	}
}

// The word is another for another maintenance, and the same each time.
func TestBypass(t *testing.T) {
	m := *shut("14:33")
	words := map[string]bool{}
	for range 2 {
		words[Bypass("prod", shop.KindShop, "bunko", m)] = true
	}
	later := m
	later.At = later.At.Add(time.Second)
	words[Bypass("prod", shop.KindShop, "bunko", later)] = true
	words[Bypass("prod", shop.KindShop, "other", m)] = true
	words[Bypass("prod", shop.KindShopSet, "bunko", m)] = true
	if len(words) != 4 {
		t.Errorf("%d words: %v", len(words), slices.Sorted(maps.Keys(words)))
	}
}
