package cli

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// scripted is a World that shows one state after the other.
type scripted struct {
	World
	looks []func() (shop.State, error)
	did   []shop.Activity
	n     int
}

func (s *scripted) Observe(context.Context, shop.Goal) (shop.State, error) {
	s.n++
	return s.looks[min(s.n, len(s.looks))-1]()
}

func (s *scripted) Activity(time.Time) ([]shop.Activity, error) {
	return s.did[len(s.did)-min(s.n, len(s.did)):], nil
}

func (*scripted) Commits(shop.Repository, shop.CommitID, shop.CommitID, int) ([]shop.Commit, error) {
	return nil, nil
}

func (*scripted) Close() error { return nil }

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func one(health shop.Health, now time.Time) func() (shop.State, error) {
	r := shop.Release{App: shop.CommitID(strings.Repeat("a", 40))}
	return func() (shop.State, error) {
		return shop.State{Now: now, System: "prod", Tiers: []shop.TierState{{
			Spec: shop.TierSpec{Name: "tier-0"}, App: r.App, System: r.App, Runs: r, Number: 1, Shops: 2,
			ShopSets: []shop.ShopSetState{{Name: "s-001", Shops: 2, Health: health, Sync: shop.Synced, Revision: r.App, Current: true}},
		}}}, nil
	}
}

// watcher runs a command over a scripted world until it has slept n times.
func watcher(t *testing.T, w World, n int, args ...string) (stdout, stderr string, exit int) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var out, talk bytes.Buffer
	dir := t.TempDir()
	file := filepath.Join(dir, ".shopctl.yml")
	if err := os.WriteFile(file, []byte("name: prod\nsystem: ./system.git\napp: ./app.git\nargocd: none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := &Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &talk, Dir: dir, Now: func() time.Time { return noon }, Zone: time.UTC,
		Getenv: func(name string) string { return map[string]string{"HOME": dir, "SHOPCTL_CONFIG": file}[name] },
		Sleep: func(context.Context, time.Duration) error {
			if n--; n > 0 {
				return nil
			}
			cancel(Interrupted{Exit: ExitInterrupt})
			return context.Canceled
		},
		OpenWorld: func(context.Context, settings.System, WorldOptions) (World, error) { return w, nil },
		Rand:      rand.New(rand.NewPCG(1, 2)),
	}
	exit = Run(ctx, env)
	return out.String(), talk.String(), exit
}

func TestStatusWatch(t *testing.T) {
	lost := func() (shop.State, error) {
		return shop.State{}, &apply.AgainError{Err: errors.New("connection reset")}
	}
	w := &scripted{looks: []func() (shop.State, error){
		one(shop.Progressing, noon), one(shop.Progressing, noon.Add(2*time.Second)), lost, lost, one(shop.Healthy, noon.Add(8*time.Second)),
	}}
	out, talk, exit := watcher(t, w, 6, "status", "--watch", "--json=tiers", "--jq", ".tiers[0].health")
	if out != "Progressing\nHealthy\n" || exit != ExitInterrupt {
		t.Errorf("watch printed %q, exit %d: one object for each change, 130 at Ctrl-C", out, exit)
	}
	if want := "! reconnecting (1)…\n! reconnecting (2)…\n"; talk != want {
		t.Errorf("talk %q, want %q", talk, want)
	}
}

func TestActivityFollow(t *testing.T) {
	did := func(what string, n int) shop.Activity {
		return shop.Activity{At: noon.Add(time.Duration(n) * time.Second), By: "ryu", What: what, Operation: what, Branches: []string{"tier-0"}}
	}
	w := &scripted{looks: []func() (shop.State, error){one(shop.Healthy, noon)}, did: []shop.Activity{did("third", 3), did("second", 2), did("first", 1)}}
	out, _, exit := watcher(t, w, 5, "activity", "--follow", "--since=1h", "--json", "--jq", ".activities | map(.what) | .[]")
	if out != "first\nsecond\nthird\n" || exit != ExitInterrupt {
		t.Errorf("followed %q, exit %d: each once, in their order", out, exit)
	}
}

// What nobody knows, and what is healthy at another release, is never healthy.
func TestTierHealth(t *testing.T) {
	base := shop.ShopSetState{Health: shop.Healthy, Sync: shop.Synced, Revision: "x", Current: true}
	for _, c := range []struct {
		name   string
		change func(*shop.ShopSetState)
		want   shop.Health
	}{
		{"live", func(*shop.ShopSetState) {}, shop.Healthy},
		{"another release", func(s *shop.ShopSetState) { s.Current = false }, shop.Progressing},
		{"being synced", func(s *shop.ShopSetState) { s.Phase = shop.Running }, shop.Progressing},
		{"no revision", func(s *shop.ShopSetState) { s.Revision = "" }, shop.UnknownHealth},
		{"degraded", func(s *shop.ShopSetState) { s.Health = shop.Degraded }, shop.Degraded},
		{"a word that nobody knows", func(s *shop.ShopSetState) { s.Health = "Great" }, shop.UnknownHealth},
	} {
		s := base
		c.change(&s)
		if got := tierHealth(shop.TierState{ShopSets: []shop.ShopSetState{base, s}}); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := tierHealth(shop.TierState{}); got != shop.UnknownHealth {
		t.Errorf("no ShopSet: %s", got)
	}
}

func TestParseSince(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*60*60)
	for text, want := range map[string]string{
		"30m":                       "2026-11-20T11:30:00Z",
		"2d":                        "2026-11-18T12:00:00Z",
		"1h30m":                     "2026-11-20T10:30:00Z",
		"18:00":                     "2026-11-20T09:00:00Z", // JST
		"23:00":                     "2026-11-19T14:00:00Z", // still to come today
		"2026-11-01":                "2026-10-31T15:00:00Z",
		"2026-11-01 10:00":          "2026-11-01T01:00:00Z",
		"11-19 10:00":               "2026-11-19T01:00:00Z",
		"12-24":                     "2025-12-23T15:00:00Z", // of last year
		"2026-11-01T00:00:00+01:00": "2026-10-31T23:00:00Z",
		"":                          "", "yesterday": "", "-1d": "", "1w": "", "25:00": "", "d": "",
	} {
		at, ok := parseSince(text, noon, tokyo)
		if got := show.Stamp(at); ok != (want != "") || got != want {
			t.Errorf("%q: %s %t, want %s", text, got, ok, want)
		}
	}
}

// Each topic that doctor tells has a sentence, and what is not good a fix.
func TestDoctorSentences(t *testing.T) {
	text := i18n.For(i18n.English)
	c := &Call{Env: &Env{}, Text: text, root: tree()}
	facts := map[string]string{"commit": "abc", "repository": "app", "kind": "shop", "name": "x", "below": "tier-0"}
	for topic := range text.Doctor.Found {
		for _, status := range []shop.FindingStatus{shop.Warning, shop.Bad} {
			f := shop.Finding{Subject: "tier-1", Status: status, Topic: topic, Facts: facts}
			if topic == "tier" || topic == "system" || topic == "identity" || topic == "repository" || topic == "argocd" || topic == "intent" || topic == "forge" || topic == "rules" || strings.HasPrefix(topic, "more-") {
				continue // never but good, or the rest of a list
			}
			if c.fixOf(text, f) == "" {
				t.Errorf("%s has no fix", topic)
			}
		}
	}
	for topic := range text.Doctor.Fixes {
		if text.Doctor.Found[topic] == nil {
			t.Errorf("the fix of %s is for nothing", topic)
		}
	}
}
