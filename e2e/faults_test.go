package e2e

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/e2e/stack"
	"github.com/shopctl/shopctl/internal/rehearsal"
)

// mended is how long a wait may take, outage included: Argo CD's own poll, which
// would help in the end, comes after three minutes.
const mended = "100s"

// A part of the real stack dies in the middle of a rollout and comes back.
// shopctl converges, and calls nothing live before it is.
func TestFaults(t *testing.T) {
	var gitFails atomic.Bool
	p := repositoriesBehind(t, "faults", rehearsal.GitOptions{}, outage(&gitFails))
	settled(t, p, 1)
	restarts := func(process *stack.Process, ready func() error) (breaks, mends func(t *testing.T)) {
		mends = func(t *testing.T) {
			if process.Running() {
				return
			}
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			until(t, process.Name, ready)
		}
		t.Cleanup(func() { mends(t) }) // however the scenario ends, the next one finds it
		return func(*testing.T) { process.Kill() }, mends
	}
	answers := func(process *stack.Process) func() error {
		return func() error { return world.ArgoCD.Answers(context.WithoutCancel(t.Context()), process) }
	}
	type fault struct {
		name          string
		breaks, mends func(t *testing.T)
	}
	var all []fault
	add := func(name string, breaks, mends func(t *testing.T)) { all = append(all, fault{name, breaks, mends}) }
	b, m := restarts(world.ArgoCD.RepoServer, answers(world.ArgoCD.RepoServer))
	add("repo-server is killed", b, m)
	b, m = restarts(world.ArgoCD.Controller, answers(world.ArgoCD.Controller))
	add("application-controller is killed", b, m)
	b, m = restarts(world.Kube.APIServer, func() error { return world.Kube.Ready(context.WithoutCancel(t.Context())) })
	add("kube-apiserver is killed", b, m)
	add("git answers Argo CD with 500", func(*testing.T) { gitFails.Store(true) }, func(*testing.T) { gitFails.Store(false) })

	for n, f := range all {
		t.Run(f.name, func(t *testing.T) {
			q := *p
			q.t = t
			want := fmt.Sprintf("registry.example/shop:%d", n+2)
			commit := q.commit("app", "tier-0", f.name, base(want))
			if n%2 == 0 {
				q.shopctl(0, "reconcile", "tier-0", "--yes")
				f.breaks(t)
			} else {
				f.breaks(t)
				q.shopctl(0, "reconcile", "tier-0", "--yes")
			}
			ended := make(chan said, 1)
			go func() { ended <- q.try("wait", "tier-0", "--for", "release="+commit, "--timeout", mended) }()
			select {
			case s := <-ended:
				if s.exit == 0 && image(t, "faults-0") != want {
					t.Errorf("called live while %s", f.name)
				}
				ended <- s
			case <-time.After(10 * time.Second): // long enough for shopctl to look some times
			}
			f.mends(t)
			if s := <-ended; s.exit != 0 {
				t.Logf("it gave up: exit %d; the same command once more", s.exit)
				q.shopctl(0, "wait", "tier-0", "--for", "release="+commit, "--timeout", mended)
			}
			if got := image(t, "faults-0"); got != want {
				t.Errorf("faults-0 runs %s, want %s", got, want)
			}
		})
	}
}
