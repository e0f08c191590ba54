package main

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/termguard"
)

func TestMain(m *testing.M) {
	// Scripts wait for rollouts most of the time; -parallel on the line still wins.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"shopctl": main, "shopctl-frozen": frozen})
}

// frozen is the program with a clock that stands, in the file STANDS_AT or where
// all worlds begin, and with chance that is always the same: for pictures.
func frozen() {
	termguard.Restore()
	env := environment()
	env.Now = func() time.Time {
		text, _ := os.ReadFile(os.Getenv("STANDS_AT")) // no file: the clock was not moved
		if at, err := time.Parse(time.RFC3339Nano, string(text)); err == nil {
			return at
		}
		return worldStart
	}
	env.Rand = rand.New(rand.NewPCG(1, 2))
	os.Exit(cli.Run(context.Background(), env))
}

// TestScript runs the tool as its users meet it. UPDATE=1 rewrites the outputs
// that scripts compare with.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds:                commands(),
	})
}

// commands are those that scripts have besides testscript's own.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	all := worldCommands()
	all["exits"] = exits
	all["repositories"] = repositoriesCommand
	all["same-trees"] = sameTrees
	all["serve"] = serve
	all["answers"] = answers
	all["verdict"] = verdict
	all["workflow"] = workflow
	return all
}

// setup gives each script a home of its own and an environment that says
// nothing. A script that needs a world asks for it with a command in Cmds.
func setup(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	for _, v := range [][2]string{
		{"HOME", home},
		{"XDG_CONFIG_HOME", filepath.Join(home, ".config")},
		{"XDG_CACHE_HOME", filepath.Join(home, ".cache")},
		{"XDG_STATE_HOME", filepath.Join(home, ".local", "state")},
		{"LANG", "C"}, {"LC_ALL", ""}, {"LC_MESSAGES", ""}, {"TERM", "xterm-256color"}, {"TZ", "UTC"},
		{"GIT_CONFIG_NOSYSTEM", "1"}, {"GITHUB_ACTIONS", ""}, {"NO_COLOR", ""},
	} {
		env.Setenv(v[0], v[1])
	}
	return os.MkdirAll(home, 0o700)
}
