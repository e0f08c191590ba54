package e2e

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/shopctl/shopctl/e2e/stack"
)

// world is the one stack that all scenarios share; each has repositories and
// namespaces of its own.
var world *stack.Stack

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (exit int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	programs, err := stack.FromEnvironment(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 2
	}
	dir, err := os.MkdirTemp("", "shopctl-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 2
	}
	began := time.Now()
	say := func(format string, args ...any) { fmt.Printf("e2e: "+format+"\n", args...) }
	defer func() {
		if exit != 0 {
			say("the logs of every process: %s", dir+"/logs")
			return
		}
		_ = os.RemoveAll(dir) // what is left lies in the folder for temporary files
	}()
	world, err = stack.Start(ctx, stack.Options{Dir: dir, Programs: programs, Say: say})
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer func() {
		say("resident at the end: %s", world.Memory())
		world.Stop()
		say("ended after %s", time.Since(began).Round(time.Second/10))
	}()
	orderly := context.AfterFunc(ctx, func() { world.Stop(); os.Exit(130) })
	defer orderly() // the context ends with this function too
	return m.Run()
}
