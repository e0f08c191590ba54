package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// serveWord is the first word of the program that `demo start` leaves in the
// background: shopctl __demo DIR SEED SHOPS. Nobody types it.
const serveWord = "__demo"

// serve runs the demo of a folder until it is asked to stop. What it says goes
// to stderr, which is the demo's log file.
func serve(ctx context.Context, env *Env) int {
	w, err := openDemo(ctx, env)
	if err == nil {
		select {
		case <-ctx.Done():
		case <-w.Done():
		case <-goneAway(ctx, env, w.ConfigFile()):
		}
		err = w.Stop()
	}
	if err != nil {
		fmt.Fprintf(env.Stderr, "%v\n", err)
		return ExitFailed
	}
	return ExitOK
}

// folderPoll is how often the demo looks whether its folder is still there.
const folderPoll = time.Second

// goneAway is closed when somebody has taken the demo's folder away: nobody
// could find what goes on there, nor stop it.
func goneAway(ctx context.Context, env *Env, file string) <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		for env.Sleep(ctx, folderPoll) == nil {
			if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
				close(gone)
				return
			}
		}
	}()
	return gone
}

// openDemo goes on with the world of the folder, or makes one.
func openDemo(ctx context.Context, env *Env) (*rehearsal.World, error) {
	if len(env.Args) != 4 {
		return nil, fmt.Errorf("serve the demo: %q is not %s DIR SEED SHOPS", env.Args, serveWord)
	}
	dir := env.Args[1]
	seed, err := strconv.ParseUint(env.Args[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("serve the demo: %w", err)
	}
	shops, err := strconv.Atoi(env.Args[3])
	if err != nil {
		return nil, fmt.Errorf("serve the demo: %w", err)
	}
	o := rehearsal.Options{Seed: seed, Shops: shops, Log: env.Stderr, Reconcile: env.runner(dir), Forge: rehearsal.OpenForge}
	w, err := rehearsal.Open(ctx, dir, o)
	if errors.Is(err, rehearsal.ErrNoWorld) {
		return rehearsal.Create(ctx, dir, o)
	}
	return w, err
}

// Who the demo's runner is in the commits that it makes.
const (
	runnerName  = "shopctl runner"
	runnerEmail = "runner@demo.example"
)

// runner is what CI does after each push and on a schedule: shopctl reconcile,
// in this process, with a cache of its own and as somebody of its own.
func (e *Env) runner(dir string) func(context.Context) error {
	own := filepath.Join(dir, "runner")
	variables := map[string]string{
		"SHOPCTL_CONFIG":  filepath.Join(dir, ".shopctl.yml"),
		"GIT_AUTHOR_NAME": runnerName, "GIT_AUTHOR_EMAIL": runnerEmail,
		"HOME": own, "XDG_CONFIG_HOME": own, "XDG_CACHE_HOME": filepath.Join(own, "cache"), "XDG_STATE_HOME": filepath.Join(own, "state"),
	}
	chance := rand.New(rand.NewPCG(e.Rand.Uint64(), e.Rand.Uint64()))
	return func(ctx context.Context) error {
		maps.Copy(variables, rehearsal.RunnerEnvironment(dir))
		var said bytes.Buffer
		exit := Run(ctx, &Env{
			Args: []string{"reconcile", "--yes", "--no-input", "--quiet"}, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &said,
			Getenv: func(name string) string { return variables[name] }, Dir: dir,
			Now: e.Now, Zone: e.Zone, Sleep: e.Sleep, Rand: chance, Build: e.Build, OpenWorld: e.OpenWorld, Programs: e.Programs,
		})
		if exit == ExitOK {
			return nil
		}
		return fmt.Errorf("exit %d: %s", exit, strings.TrimSpace(said.String()))
	}
}
