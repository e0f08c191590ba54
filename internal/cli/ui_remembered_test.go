package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/tui"
)

func keeper(t *testing.T, dir, system string) *desk {
	t.Helper()
	c := &Call{Env: &Env{Now: func() time.Time { return time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC) }}}
	c.Paths.Cache = dir
	c.system = settings.System{Name: system, Live: true}
	c.system.System.URL = "https://git.example/acme/system.git"
	return &desk{c: c, now: newNow()}
}

func boardToKeep() tui.Board {
	until := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	return tui.Board{
		Look: 7, List: "4e1d9aa", System: "prod", At: time.Date(2026, 11, 20, 0, 59, 0, 0, time.UTC), ReadOnly: "no right",
		Tiers: []tui.Tier{{
			Name: "tier-0", Number: 128, Health: shop.Healthy, MayNot: "no right", Notes: []tui.Note{{Text: "凍結"}},
			ShopSets: []tui.ShopSet{{Name: "s-1", Tier: "tier-0", Health: shop.Degraded, Trouble: "exit 1", Closed: &until}},
			Waiting:  []tui.Commit{{ID: "a1b2c3d", Title: "在庫APIのN+1を修正"}},
		}},
	}
}

func TestTheBoardIsRemembered(t *testing.T) {
	dir := t.TempDir()
	if _, ok := keeper(t, dir, "prod").Remembered(); ok {
		t.Error("there was none")
	}
	keeper(t, dir, "prod").keep(boardToKeep())
	got, ok := keeper(t, dir, "prod").Remembered()
	want := boardToKeep()
	want.Live, want.App = true, got.App
	want.Look, want.List, want.ReadOnly, want.Tiers[0].MayNot = 0, "", "", ""
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("remembered %v:\n%s", ok, diff)
	}
	if info, err := os.Stat(keeper(t, dir, "prod").keptFile()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info, err)
	}
	if b, ok := keeper(t, dir, "staging").Remembered(); ok || b.System != "staging" {
		t.Errorf("another system remembers %v", b)
	}
}

// What was not seen in full is not kept, and the file is written once a minute.
func TestWhatIsKept(t *testing.T) {
	d := keeper(t, t.TempDir(), "prod")
	silent := boardToKeep()
	silent.Silent = "timeout"
	d.keep(silent)
	d.keep(tui.Board{})
	if _, ok := d.Remembered(); ok {
		t.Error("kept what nobody saw")
	}
	d.keep(boardToKeep())
	again := boardToKeep()
	again.Tiers[0].Number = 129
	d.keep(again)
	if b, _ := d.Remembered(); len(b.Tiers) != 1 || b.Tiers[0].Number != 128 {
		t.Errorf("written twice within a minute: %v", b.Tiers)
	}
}

// The file may hold anything.
func TestWhatIsRememberedIsNotTrusted(t *testing.T) {
	for _, tt := range []struct {
		name, from, to string
		ok             bool
	}{
		{"another version", `"Version":1`, `"Version":2`, false},
		{"another system", `"System":"prod"`, `"System":"staging"`, false},
		{"cut off", `"MayNot"`, `"`, false},
		{"a tier in another's place", `"Name":"tier-0"`, `"Name":"tier-1"`, false},
		{"no time", `"At":"2026-11-20T00:59:00Z"`, `"At":"0001-01-01T00:00:00Z"`, false},
		{"escape codes", "exit 1", `\u001b[2Jexit\u202e 1`, true},
	} {
		d := keeper(t, t.TempDir(), "prod")
		d.keep(boardToKeep())
		data, err := os.ReadFile(d.keptFile())
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(data), tt.from, tt.to, 1)
		if text == string(data) {
			t.Fatalf("%s: nothing to replace in %s", tt.name, data)
		}
		if err := os.WriteFile(d.keptFile(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, ok := d.Remembered()
		if ok != tt.ok {
			t.Errorf("%s: remembered %v", tt.name, ok)
		}
		if ok && strings.ContainsAny(b.Tiers[0].ShopSets[0].Trouble, "\x1b\u202e") {
			t.Errorf("%s: %q", tt.name, b.Tiers[0].ShopSets[0].Trouble)
		}
	}
}
