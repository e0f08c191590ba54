package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/rehearsal"
)

// person is somebody at a terminal, with a world that has a forge and a home of
// his own.
type person struct {
	t        *testing.T
	world    *rehearsal.World
	home     string
	input    string
	sleep    func(context.Context, time.Duration) error
	out, err bytes.Buffer
}

func newPerson(t *testing.T) *person {
	t.Helper()
	dir := t.TempDir()
	world, err := rehearsal.Create(t.Context(), filepath.Join(dir, "world"), rehearsal.Options{Start: worldStart, Shops: 4, Forge: rehearsal.StrictForge})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	if err := os.Remove(rehearsal.ForgeTokenFile(filepath.Dir(world.ConfigFile()))); err != nil {
		t.Fatal(err)
	}
	return &person{t: t, world: world, home: dir}
}

func (p *person) types(args ...string) int {
	p.out.Reset()
	p.err.Reset()
	return cli.Run(p.t.Context(), &cli.Env{
		Args: args, Stdin: strings.NewReader(p.input), Stdout: &p.out, Stderr: &p.err, Dir: p.home,
		Terminal: cli.Terminal{In: true, Out: true, Err: true, Width: 100}, Now: time.Now, Zone: time.UTC,
		Getenv: func(name string) string {
			return map[string]string{"HOME": p.home, "SHOPCTL_CONFIG": p.world.ConfigFile(), "NO_COLOR": "1"}[name]
		},
		Sleep: p.sleep, Rand: rand.New(rand.NewPCG(1, 2)), OpenWorld: openWorld, OpenLogins: openLogins,
	})
}

func (p *person) want(exit int, texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.out.String()+p.err.String(), text) {
			p.t.Errorf("no %q in\n%s%s", text, p.out.String(), p.err.String())
		}
	}
	if p.t.Failed() || exit != 0 && !strings.Contains(p.err.String(), "exit") {
		p.t.Fatalf("%s%s", p.out.String(), p.err.String())
	}
}

// A person logs in by a code: it is shown, typed into a browser, and waited for.
func TestLoginByCode(t *testing.T) {
	p := newPerson(t)
	waits := 0
	p.sleep = func(_ context.Context, d time.Duration) error {
		if waits++; d < 4*time.Second || d > 5*time.Second {
			t.Errorf("waits for %s, and the forge asks for 5 s", d)
		}
		if waits == 2 {
			return p.world.Forge().Authorize("", "takuya")
		}
		return nil
	}
	if exit := p.types("auth", "login"); exit != 0 {
		t.Errorf("exit %d", exit)
	}
	p.want(0, "Type ", "/login/device", "logged in to 127.0.0.1:", " as takuya")
	if waits != 2 {
		t.Errorf("waited %d times", waits)
	}
	p.types("auth", "status", "forge")
	p.want(0, "takuya")
}

func TestLoginByCodeThatIsDeclined(t *testing.T) {
	p := newPerson(t)
	p.sleep = func(context.Context, time.Duration) error { return p.world.Forge().Authorize("", "") }
	if exit := p.types("auth", "login"); exit != cli.ExitDeclined {
		t.Errorf("exit %d", exit)
	}
	p.want(cli.ExitDeclined, "declined in the browser")
}

// gh is asked for its token once the person has said so, and is told none.
func TestLoginByGH(t *testing.T) {
	p := newPerson(t)
	bin := t.TempDir()
	token := p.world.Forge().TokenOf("mika")
	script := "#!/bin/sh\nenv > " + filepath.Join(bin, "env") + "\necho \"$@\" > " + filepath.Join(bin, "args") + "\necho " + token + "\n"
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("SHOPCTL_TOKEN", "ghp_canary")
	p.input = "y\n"
	if exit := p.types("auth", "login"); exit != 0 {
		t.Errorf("exit %d", exit)
	}
	p.want(0, "gh is logged in to 127.0.0.1:", "as mika")
	kept, err := os.ReadFile(filepath.Join(p.home, ".config", "shopctl", "logins.json"))
	if err != nil || strings.Contains(string(kept), token) || !strings.Contains(string(kept), `"gh": true`) {
		t.Errorf("kept %s, %v", kept, err)
	}
	env, err := os.ReadFile(filepath.Join(bin, "env"))
	if err != nil || strings.Contains(string(env), "ghp_canary") {
		t.Errorf("gh was given a token of ours, or %v", err)
	}
	p.input = ""
	p.types("auth", "status", "forge") // not asked again
	p.want(0, "mika", "gh (oauth)")
}

// Who says no to gh logs in by a code.
func TestLoginWithoutGH(t *testing.T) {
	p := newPerson(t)
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "gh"), []byte("#!/bin/sh\necho x\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	p.input = "n\n"
	p.sleep = func(context.Context, time.Duration) error { return p.world.Forge().Authorize("", "ryu") }
	if exit := p.types("auth", "login"); exit != 0 {
		t.Errorf("exit %d", exit)
	}
	p.want(0, "Use its login from now on?", "as ryu")
}
