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

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/tui"
)

// A look that goes wrong does not end the menu: what was seen last is said again,
// with its time.
func TestALostLookEndsNoMenu(t *testing.T) {
	lost := func() (shop.State, error) { return shop.State{}, errors.New("connection reset") }
	w := &scripted{looks: []func() (shop.State, error){one(shop.Healthy, noon), lost, one(shop.Degraded, noon.Add(time.Minute))}}
	var out, talk bytes.Buffer
	dir := t.TempDir()
	file := filepath.Join(dir, ".shopctl.yml")
	if err := os.WriteFile(file, []byte("name: prod\nsystem: ./system.git\napp: ./app.git\nargocd: none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	exit := Run(context.Background(), &Env{
		Args: []string{"ui", "--accessible"}, Stdin: strings.NewReader("4\n4\n5\n"), Stdout: &out, Stderr: &talk, Dir: dir, Zone: time.UTC,
		Now: func() time.Time { return noon }, Terminal: Terminal{In: true, Out: true, Err: true, Width: 80},
		Getenv:     func(name string) string { return map[string]string{"HOME": dir, "SHOPCTL_CONFIG": file}[name] },
		OpenWorld:  func(context.Context, settings.System, WorldOptions) (World, error) { return w, nil },
		OpenLogins: func(settings.System, LoginOptions) (Logins, error) { return nil, errors.New("no logins") },
		Rand:       rand.New(rand.NewPCG(1, 2)),
	})
	var said []string
	for _, line := range strings.Split(out.String(), "\n") {
		if strings.Contains(line, "tier-0:") || strings.Contains(line, "connection reset") {
			said = append(said, line)
		}
	}
	want := []string{
		"1 tier-0: release v1, healthy, synced, 2 shops, nothing waiting",
		"The look went wrong: connection reset. This is how it was at 12:00 UTC.",
		"1 tier-0: release v1, healthy, synced, 2 shops, nothing waiting",
		"1 tier-0: release v1, degraded, synced, 2 shops, nothing waiting",
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") || exit != ExitOK {
		t.Errorf("exit %d\n%s\n%s", exit, out.String(), talk.String())
	}
}

// Without the right to a tier the menu says so, and offers nothing that needs it.
func TestTheMenuOffersWhatMayBeDone(t *testing.T) {
	got := stage{in: "6\n", terminal: Terminal{In: true, Out: true, Err: true}}.play(t, func(ctx context.Context, c *Call) error {
		m := &menu{c: c, b: tui.Board{At: noon}}
		return m.tier(ctx, tui.Tier{Name: "tier-1", MayNot: "you may only read example/app"})
	}, "status", "--accessible")
	for _, not := range []string{"promote into", "roll back"} {
		if strings.Contains(got.out, not) {
			t.Errorf("it offers to %s", not)
		}
	}
	if !strings.Contains(got.out, "you may only read example/app") || !strings.Contains(got.out, "close tier-1 for maintenance") || got.exit != ExitOK {
		t.Errorf("%+v", got)
	}
}
