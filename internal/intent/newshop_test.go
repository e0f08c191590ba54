package intent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

func TestReadShops(t *testing.T) {
	want := []shop.NewShop{
		{Shop: shop.Shop{Name: "momiji", Hosts: []string{"momiji.example", "www.momiji.example"}, Plan: "small", DisplayName: "Momiji, Crafts"}, Line: 2},
		{Shop: shop.Shop{Name: "hana", Hosts: []string{"xn--p8j9a0d9c9a.example"}, ShopSet: "s-101", DisplayName: "がく"}, Line: 4},
	}
	for file, text := range map[string]string{
		"a.csv": "displayName,name,host,plan,shopset\n\"Momiji, Crafts\",momiji,momiji.example  WWW.momiji.example,small,\n\nか\u3099く,hana,はじめよう.example,,s-101\n",
		"b.csv": "\ufeffname, host, plan, shopset, displayName\r\nmomiji,momiji.example www.momiji.example,small,,\"Momiji, Crafts\"\r\n\r\nhana,はじめよう.example,,s-101,がく\r\n",
		"c.yaml": "# shops\n- {name: momiji, host: [momiji.example, www.momiji.example], plan: small, displayName: \"Momiji, Crafts\"}\n\n" +
			"- name: hana\n  host: はじめよう.example\n  shopset: s-101\n  displayName: がく\n",
	} {
		got, err := ReadShops(file, []byte(text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", file, err, diff)
		}
	}
}

// Every mistake is named with its line, and nothing else is.
func TestReadShopsMistakes(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct{ file, text, want string }{
		{"a.csv", "", "a.csv:1: the file is empty"},
		{"a.csv", "name,host\n", "a.csv:1: the file names no shop"},
		{"a.csv", "name,hosts\nx,x.example\n", `a.csv:1: the first line names the columns name, host, plan, shopset, displayName; it has "hosts"`},
		{"a.csv", "host,plan\n", `a.csv:1: the first line names the columns; "name" is missing`},
		{"a.csv", "name,host\na,a.example\nb\nc,c.example,\n", "a.csv:3: the line has 1 fields; there are 2 columns\na.csv:4: the line has 3 fields; there are 2 columns"},
		{"a.csv", "name,host\na,\"a.example\nb,b.example\n", "a.csv:2: extraneous or missing \" in quoted-field"},
		{"a.csv", "name,host\n../etc,a.example\na/b,b.example\n..,c.example\n", "a.csv:2: \"../etc\" is no name of a shop"},
		{"a.csv", "name,host\n" + long + ",a.example\n", "a.csv:2: \"" + long[:70] + "…\" is no name of a shop"},
		{"a.csv", "name,host\na\x01b,a.example\n", `a.csv:2: "a\x01b" is no name of a shop`},
		{"a.csv", "name,host\na,\n", "a.csv:2: the shop has no host"},
		{"a.csv", "name,host\na,*.a.example\n", `a.csv:2: "*.a.example": a shop has no wildcard`},
		{"a.csv", "name,host\na,https://a.example\n", `a.csv:2: "https://a.example" is no hostname`},
		{"a.csv", "name,host\na,a.example A.example\n", `a.csv:2: host "a.example" is given twice`},
		{"a.csv", "name,host,displayName\na,a.example,\"x\ny\"\n", "a.csv:2: the display name has control characters"},
		{"a.csv", "name,host,displayName\na,a.example," + long + "\n", "a.csv:2: the display name has 300 bytes"},
		{"a.csv", "name,host,plan\na,a.example,no plan\n", `a.csv:2: "no plan" is no plan`},
		{"a.csv", "name,host,shopset\na,a.example,S 1\n", `a.csv:2: "S 1" is no ShopSet`},
		{"a.csv", "name,host\na,\xff\n", "a.csv:2"},
		{"a.yaml", "name: a\n", "a.yaml:1: a list of shops is wanted"},
		{"a.yaml", "- a\n", "a.yaml:1: a shop is a mapping"},
		{"a.yaml", "- {name: a, host: a.example}\n- {name: b, hosts: b.example}\n", `a.yaml:2: unknown or repeated key "hosts"`},
		{"a.yaml", "- {name: [a], host: a.example}\n", `a.yaml:1: "name" is text`},
	} {
		_, err := ReadShops(c.file, []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

func TestReadShopsAll(t *testing.T) {
	var b strings.Builder
	b.WriteString("name,host\n")
	for n := range 1000 {
		if n == 698 {
			b.WriteString("Shop 698,\n")
			continue
		}
		fmt.Fprintf(&b, "shop-%d,shop-%d.example\n", n, n)
	}
	_, err := ReadShops("a.csv", []byte(b.String()))
	if err == nil || strings.Count(err.Error(), "a.csv:") != 2 || !strings.HasPrefix(err.Error(), "a.csv:700: ") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadShops(f *testing.F) {
	f.Add("a.csv", "name,host\na,a.example\n")
	f.Add("a.yaml", "- {name: a, host: a.example}\n")
	f.Fuzz(func(t *testing.T, file, text string) {
		shops, err := ReadShops(file, []byte(text))
		if err != nil {
			return
		}
		for _, s := range shops {
			if !shop.ValidName(string(s.Name)) || len(s.Hosts) == 0 {
				t.Errorf("took %+v", s)
			}
		}
	})
}
