package intent

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

const commented = `# The tier of the friends.
apiVersion: shopset.dev/v1alpha1
kind: Tier
metadata:
  name: tier-1
spec:
  gates:
    # a night

    soak:   4h   # agreed with mika
  sync: "auto"

  # because of INC-12
  pin:
    app: a123456789abcdef0123456789abcdef01234567
    reason: |
      a literal
      # with a hash

  # who may enter
  review: required
# the end
`

func edit(kind shop.Kind, name, field string, value any) shop.Edit {
	return shop.Edit{Kind: kind, Name: name, Field: field, Value: value}
}

func TestApply(t *testing.T) {
	tier := func(field string, value any) []shop.Edit { return []shop.Edit{edit("Tier", "tier-1", field, value)} }
	at := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		edits    []shop.Edit
		old, new string // the only text that changes
		was      any
	}{
		{"set a word", tier("sync", "manual"), `  sync: "auto"`, `  sync: manual`, "auto"},
		{"keep the comment behind", tier("gates.soak", shop.Duration(time.Hour)), "soak:   4h   # agreed", "soak: 1h # agreed", shop.Duration(4 * time.Hour)},
		{"replace a block", tier("pin", &shop.Pin{Release: shop.Release{App: commit}, Record: shop.Record{Reason: "later"}}),
			"    reason: |\n      a literal\n      # with a hash\n", "    reason: later\n",
			&shop.Pin{Release: shop.Release{App: commit}, Record: shop.Record{Reason: "a literal\n# with a hash\n"}}},
		{"replace inside a block", tier("pin.reason", "later"), "    reason: |\n      a literal\n      # with a hash\n", "    reason: later\n", "a literal\n# with a hash\n"},
		{"remove a block with its comment", tier("pin", nil),
			"  # because of INC-12\n  pin:\n    app: " + commit + "\n    reason: |\n      a literal\n      # with a hash\n", "",
			&shop.Pin{Release: shop.Release{App: commit}, Record: shop.Record{Reason: "a literal\n# with a hash\n"}}},
		{"remove the only key inside", tier("gates.soak", nil), "  gates:\n    # a night\n\n    soak:   4h   # agreed with mika\n", "", shop.Duration(4 * time.Hour)},
		{"add a key", tier("freeze", shop.Freeze{Record: shop.Record{By: "mika"}, Until: at}), "  review: required\n",
			"  review: required\n  freeze:\n    by: mika\n    until: 2026-01-31T10:00:00Z\n", nil},
		{"add an inner key", tier("gates.verify", true), "# agreed with mika\n", "# agreed with mika\n    verify: true\n", nil},
		{"nothing to remove", tier("freeze", nil), "", "", nil},
		{"nil pointer removes", tier("freeze", (*shop.Freeze)(nil)), "", "", nil},
		{"the same value", tier("sync", "auto"), "", "", "auto"},
		{"the same block", tier("pin", shop.Pin{Release: shop.Release{App: commit}, Record: shop.Record{Reason: "a literal\n# with a hash\n"}}), "", "",
			&shop.Pin{Release: shop.Release{App: commit}, Record: shop.Record{Reason: "a literal\n# with a hash\n"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, was, err := Apply("tiers/tier-1.yaml", []byte(commented), tt.edits...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Replace(commented, tt.old, tt.new, 1), string(got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]any{tt.was}, was); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Two edits of different keys both survive, in either order (I5).
func TestApplyBoth(t *testing.T) {
	a, b := edit("Tier", "tier-1", "freeze", &shop.Freeze{Record: shop.Record{Reason: "sale"}}), edit("Tier", "tier-1", "pin", nil)
	for _, order := range [][]shop.Edit{{a, b}, {b, a}} {
		data := []byte(commented)
		for _, e := range order {
			var err error
			if data, _, err = Apply("tiers/tier-1.yaml", data, e); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Decode("tiers/tier-1.yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		if tier := r.(*shop.TierSpec); tier.Freeze == nil || tier.Pin != nil {
			t.Errorf("one edit is lost:\n%s", data)
		}
	}
}

// Other styles are written anew, with their comments.
func TestApplyOtherStyles(t *testing.T) {
	head := "apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata: {name: tier-1} # one\n"
	for _, tt := range []struct{ name, spec, want string }{
		{"flow", "spec: {sync: auto} # two\n", "spec: {sync: auto, dwell: 1m} # two\n"},
		{"empty", "spec: {}\n", "spec:\n  dwell: 1m\n"},
		{"no spec", "", "spec:\n  dwell: 1m\n"},
		{"no end of line", "spec:\n  sync: auto", "spec:\n  sync: auto\n  dwell: 1m\n"},
		{"wide", "spec:\n        sync: auto\n", "spec:\n        sync: auto\n        dwell: 1m\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := Apply("tiers/tier-1.yaml", []byte(head+tt.spec), edit("Tier", "tier-1", "dwell", shop.Duration(time.Minute)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(head+tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A narrow change that would mean something else is not made.
func TestApplyNotByLines(t *testing.T) {
	literal := file("Tier", "tier-1", "freeze:", "  reason: |+", "    kept", "", "")
	got, _, err := Apply("tiers/tier-1.yaml", literal, edit("Tier", "tier-1", "sync", "manual"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Decode("tiers/tier-1.yaml", got)
	if err != nil || r.(*shop.TierSpec).Freeze.Reason != "kept\n\n\n" || r.(*shop.TierSpec).Sync != "manual" {
		t.Errorf("%v\n%s", err, got)
	}
	anchored := file("Tier", "tier-1", "pin: {app: &a "+commit+", reason: x}", "verified: {app: *a, result: good}")
	got, _, err = Apply("tiers/tier-1.yaml", anchored, edit("Tier", "tier-1", "pin", nil))
	if err != nil {
		t.Fatal(err)
	}
	if r, err = Decode("tiers/tier-1.yaml", got); err != nil || r.(*shop.TierSpec).Verified.App != commit {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestApplyLastKey(t *testing.T) {
	data := file("Tier", "tier-1", "sync: manual")
	got, _, err := Apply("tiers/tier-1.yaml", data, edit("Tier", "tier-1", "sync", nil))
	if err != nil || !strings.HasSuffix(string(got), "\nspec: {}\n") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestApplyFiles(t *testing.T) {
	hana := &shop.Shop{Name: "hana", Hosts: []string{"hana.example.jp"}, ShopSet: "s-1"}
	path := Path("Shop", "hana")
	data, was, err := Apply(path, nil, edit("Shop", "hana", "", *hana))
	if err != nil || was[0] != nil {
		t.Fatal(was, err)
	}
	own := append([]byte("# mine\n"), data...)
	same, was, err := Apply(path, own, edit("Shop", "hana", "", hana))
	if diff := cmp.Diff([]any{Resource(hana)}, was); err != nil || string(same) != string(own) || diff != "" {
		t.Errorf("%v %s\n%s", err, same, diff)
	}
	gone, was, err := Apply(path, data, edit("Shop", "hana", "", nil))
	if err != nil || gone != nil || was[0] == nil {
		t.Error(gone, was, err)
	}
	parameters := file("ShopSet", "s-1", "tier: tier-0", "configuration: c", "cluster: k")
	got, was, err := Apply("shopsets/s-1.yaml", parameters, edit("ShopSet", "s-1", "parameters.QUEUE", "10"))
	if want := string(parameters) + "  parameters:\n    QUEUE: \"10\"\n"; err != nil || string(got) != want || was[0] != nil {
		t.Errorf("%v %v\n%s", err, was, got)
	}
	_, was, err = Apply("shopsets/s-1.yaml", got, edit("ShopSet", "s-1", "parameters.QUEUE", "11"))
	if err != nil || was[0] != "10" {
		t.Error(was, err)
	}
}

func TestApplyRefuses(t *testing.T) {
	for _, tt := range []struct {
		path string
		data []byte
		edit shop.Edit
		want string
	}{
		{"tiers/tier-1.yaml", []byte(commented), edit("Tier", "tier-2", "sync", "auto"), `edit tiers/tier-1.yaml: Tier "tier-2" lies elsewhere`},
		{"tiers/tier-1.yaml", []byte(commented), edit("Tier", "tier-1", "snyc", "auto"), `edit tiers/tier-1.yaml: there is no key "snyc"`},
		{"tiers/tier-1.yaml", []byte(commented), edit("Tier", "tier-1", "sync.x", "auto"), `edit tiers/tier-1.yaml: "sync" has no key "x"`},
		{"tiers/tier-1.yaml", []byte(commented), edit("Tier", "tier-1", "sync", "never"), `tiers/tier-1.yaml:10: "sync": "never" is not possible (one of auto, manual)`},
		{"tiers/tier-1.yaml", nil, edit("Tier", "tier-1", "sync", "auto"), `tiers/tier-1.yaml: the file is missing: "sync" cannot be set`},
		{Path("Shop", "hana"), file("Shop", "hana", "shopset: s-1", "hosts: [a.b]"), edit("Shop", "hana", "shopset", nil), Path("Shop", "hana") + `:6: "shopset" is missing`},
	} {
		_, _, err := Apply(tt.path, tt.data, tt.edit)
		if err == nil || err.Error() != tt.want {
			t.Errorf("got %v\nwant %s", err, tt.want)
		}
	}
}
