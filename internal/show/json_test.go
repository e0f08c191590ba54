package show

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type release struct {
	Number int    `json:"number"`
	App    string `json:"app"`
}

type sample struct {
	System  string   `json:"system"`
	Release *release `json:"release"`
	Reason  string   `json:"reason,omitempty"`
	hidden  int
}

var one = sample{System: "prod", Release: &release{129, "<a1b2c3d>"}, hidden: 1}

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		name string
		how  JSON
		want string
	}{
		{"all", JSON{}, `{"apiVersion":"shopctl/v1","kind":"Promotion","system":"prod","release":{"number":129,"app":"<a1b2c3d>"}}`},
		{"fields", JSON{Fields: []string{"reason", "system"}}, `{"apiVersion":"shopctl/v1","kind":"Promotion","reason":null,"system":"prod"}`},
		{"jq number", JSON{Fields: []string{"release"}, Query: ".release.number"}, "129"},
		{"jq text", JSON{Query: ".release.app, .kind"}, "<a1b2c3d>\nPromotion"},
		{"template", JSON{Template: "{{.release.number}}\n"}, "129"},
		{"no environment", JSON{Query: "env | length"}, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := c.how.Prepare(sample{}); err != nil {
				t.Fatal(err)
			}
			if err := c.how.Write(&b, "Promotion", one); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want+"\n", b.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestJSONRefuses(t *testing.T) {
	var unknown *UnknownField
	if err := (&JSON{Fields: []string{"relase"}}).Prepare(sample{}); !errors.As(err, &unknown) || strings.Join(unknown.Known, " ") != "system release reason" {
		t.Errorf("unknown field: %v", err)
	}
	var bad *BadExpression
	for _, j := range []JSON{{Query: ".["}, {Query: "nope"}, {Template: "{{"}} {
		if err := j.Prepare(sample{}); !errors.As(err, &bad) {
			t.Errorf("%+v: %v", j, err)
		}
	}
	j := JSON{Query: `error("x")`}
	if err := j.Prepare(sample{}); err != nil {
		t.Fatal(err)
	}
	if err := j.Write(&bytes.Buffer{}, "X", one); !errors.As(err, &bad) {
		t.Errorf("an error of the expression: %v", err)
	}
}

func TestActions(t *testing.T) {
	var b bytes.Buffer
	a := Actions{Out: &b}
	end := a.Group("Plan: 100%")
	a.Warning("tier-1: s-104, web", "not ready\nthen 50%")
	end()
	want := "::group::Plan: 100%25\n::warning title=tier-1%3A s-104%2C web::not ready%0Athen 50%25\n::endgroup::\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	Actions{}.Error("", "says nothing")
	if got := OutputLine("a", "x\nSHOPCTL_END\n"); got != "a<<SHOPCTL_END_\nx\nSHOPCTL_END\n\nSHOPCTL_END_\n" {
		t.Errorf("OutputLine = %q", got)
	}
	if got := Summary(strings.Repeat("0123456789\n", 200000)); len(got) >= 1<<20 || !strings.HasSuffix(got, "9\n\n…\n") {
		t.Errorf("Summary has %d bytes and ends %q", len(got), got[len(got)-8:])
	}
}
