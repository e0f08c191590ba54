//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
)

// Long work is interrupted and run again: what is done stays, the same line goes
// on, and nothing is done twice.
func TestLongWorkGoesOnAfterCtrlC(t *testing.T) {
	for name, c := range map[string]struct {
		args    []string
		written string // the line from which on Ctrl-C comes
		goOn    string
		prepare func(t *testing.T, dir string, world *rehearsal.World)
	}{
		"shop add --from": {
			args:    []string{"shop", "add", "--from", "many.csv", "--tier", "tier-2"},
			written: "Written to the intent", goOn: "Stopped. What is done stays. Go on with: shopctl shop add --from many.csv --tier tier-2",
		},
		"shopset drain": {
			args:    []string{"shopset", "drain", "s-101", "--confirm=s-101"},
			written: "Written to the intent", goOn: "Stopped. What is done stays. Go on with: shopctl shopset drain s-101 --confirm=s-101",
		},
		// It is cut off while it writes: nobody knows whether that came through.
		"reconcile": {
			args: []string{"reconcile", "--yes"}, written: "Reconcile 3 tiers",
			goOn:    "Stopped. What is done stays. Go on with: shopctl reconcile --yes",
			prepare: concernAll,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, world := stoodWorld(t)
			writeShops(t, filepath.Join(dir, "many.csv"), 300)
			if c.prepare != nil {
				c.prepare(t, dir, world)
			}
			run := func() (int, string) {
				return interrupted(t, inWorld(dir, world, "shopctl", c.args...), os.Interrupt, c.written)
			}
			if exit, said := run(); exit != 130 || !strings.Contains(said, c.goOn+"\n") {
				t.Fatalf("interrupted: exit %d\n%s", exit, said)
			}
			if err := world.Break("none"); err != nil {
				t.Fatal(err)
			}
			before := mains(t, dir, world)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			moving := make(chan error, 1)
			go func() { moving <- goesOn(ctx, world) }()
			for n := 2; n <= 3; n++ {
				out, err := inWorld(dir, world, "shopctl", c.args...).CombinedOutput()
				if err != nil {
					t.Fatalf("run %d: %v\n%s", n, err, out)
				}
				if n == 3 && !strings.Contains(string(out), "already so") {
					t.Errorf("the third run did something:\n%.2000s", out)
				}
			}
			cancel()
			if err := <-moving; err != nil {
				t.Error(err)
			}
			if name == "shop add --from" && mains(t, dir, world) != before {
				t.Error("a second run wrote the intent again")
			}
		})
	}
}

// writeShops writes a list of so many shops.
func writeShops(t *testing.T, file string, n int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("name,host\n")
	for i := range n {
		fmt.Fprintf(&b, "many-%d,many-%d.example\n", i, i)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// concernAll changes by hand what every tier is made from, and makes git slow.
func concernAll(t *testing.T, dir string, world *rehearsal.World) {
	t.Helper()
	const script = `git clone -q "$1" hand && cd hand && sed -i "/^  gateway:/d; s/^spec:/spec:\n  gateway: other\/shops/" clusters/*.yaml &&
		git -c user.name=Takuya -c user.email=takuya@example.com commit -qam "another gateway" && git push -q origin main`
	out, err := inWorld(dir, world, "sh", "-c", script, "sh", world.Addresses().System).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := world.Break("git-slow"); err != nil {
		t.Fatal(err)
	}
}

// mains is the tip of the intent.
func mains(t *testing.T, dir string, world *rehearsal.World) string {
	t.Helper()
	cmd := inWorld(dir, world, "git", "ls-remote", world.Addresses().System, "refs/heads/main")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// Who opens a world hears how far its long work is: each kind, never backwards.
func TestLongWorkIsTold(t *testing.T) {
	_, world := stoodWorld(t)
	system, err := settings.Load(world.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	heard := map[shop.WorkKind][]shop.Work{}
	var mu sync.Mutex
	who := map[string]string{"GIT_AUTHOR_NAME": "Takuya", "GIT_AUTHOR_EMAIL": "takuya@example.com"}
	w, err := openWorld(t.Context(), system, cli.WorldOptions{
		Cache: t.TempDir(), Operation: strings.Repeat("0", 32), Getenv: func(name string) string { return who[name] },
		Told: func(w shop.Work) {
			mu.Lock()
			defer mu.Unlock()
			heard[w.What] = append(heard[w.What], w)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	g := shop.AddShops{NoWait: true}
	for i := range 200 {
		g.Shops = append(g.Shops, shop.NewShop{Shop: shop.Shop{Name: shop.ShopID(fmt.Sprintf("many-%d", i)), Hosts: []string{fmt.Sprintf("many-%d.example", i)}}, Tier: "tier-2"})
	}
	have, err := w.Observe(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	todo, err := plan.For(g, have)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Do(t.Context(), todo[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Observe(t.Context(), shop.Reconcile{}); err != nil {
		t.Fatal(err)
	}
	for _, what := range []shop.WorkKind{shop.Reading, shop.Comparing, shop.Editing, shop.Rendering, shop.Sending} {
		if len(heard[what]) == 0 {
			t.Errorf("nothing was heard of %s", what)
		}
	}
	edits := heard[shop.Editing]
	if n := len(edits); n != 4 || edits[n-1].Done != 192 || edits[n-1].Of != 200 {
		t.Errorf("of 200 edits was heard %v", edits)
	}
}
