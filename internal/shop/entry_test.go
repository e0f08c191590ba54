package shop

import "testing"

func TestFold(t *testing.T) {
	for _, c := range [][2]string{{"s-104", "s-104"}, {"ｓ－１０４", "s-104"}, {"ハナ", "はな"}, {"ﾊﾅ", "はな"}, {"はな", "はな"}, {"Momiji Crafts", "momiji crafts"}, {"ヴ", "ゔ"}, {"書店", "書店"}, {"か\u3099", "が"}} {
		if got := Fold(c[0]); got != c[1] {
			t.Errorf("Fold(%q) = %q, want %q", c[0], got, c[1])
		}
	}
}

func TestFilter(t *testing.T) {
	e := Entry{Name: "hana-ya", DisplayName: "はなや", Hosts: []string{"hana-ya.example", "www.hana.example"}, ShopSet: "s-207"}
	e.Folded = Fold("hana-ya hana-ya.example www.hana.example はなや")
	facts := Facts{Tier: "tier-2", State: "maintenance", Plan: "small", Release: "v121"}
	for query, want := range map[string]bool{
		"": true, "hana": true, "ハナ": true, "ＨＡＮＡ": true, "www": true, "momiji": false, "!momiji": true, "!hana": false,
		"hana tier:2": true, "hana tier:tier-2": true, "tier:1": false, "!tier:1": true, "state:maint": true, "!state:maint": false,
		"plan:small shopset:s-2": true, "release:v121": true, "host:www.hana": true, "host:はな": false, "name:はな": true, "shop:はな": false,
		"~hny": true, "~hana-yahana": false, "~wwwはな": false, "~はや": true, "host:~wex": true, "host:~はや": false, "shop:~hny": true, "shop:~wex": false, "state:~mnt": true, "~": true, "~zq": false, "name:~hny": true, "!~hny": false, "hana momiji": false, "tier:": true,
	} {
		f, unknown := ParseFilter(query)
		if unknown != "" {
			t.Errorf("%q: unknown field %q", query, unknown)
		}
		if got := f.Match(e, facts); got != want {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
		if n := f.Needle(); want && n != "" && !(&term{text: n}).in(e.Folded) {
			t.Errorf("%q: the needle %q hides the shop", query, n)
		}
	}
	if _, unknown := ParseFilter("hana colour:red"); unknown != "colour" {
		t.Errorf("unknown field %q", unknown)
	}
}
