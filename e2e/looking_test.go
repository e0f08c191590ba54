package e2e

import (
	"fmt"
	"testing"

	"github.com/shopctl/shopctl/e2e/stack"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// Three ways in which Argo CD learns of a push: shopctl's hint, the webhook of a
// forge, and its own poll. Each alone is enough.
func TestThreeWaysToLook(t *testing.T) {
	p := repositories(t, "looking", rehearsal.GitOptions{})
	settled(t, p, 1)
	n := 1
	// pushes writes a release onto the tier branch, with a token that may or may
	// not make Argo CD look.
	pushes := func(t *testing.T, account string) (tip, want string) {
		q := *p
		q.t = t
		n++
		want = fmt.Sprintf("registry.example/shop:%d", n)
		q.commit("app", "tier-0", "Release", base(want))
		q.login(account)
		q.shopctl(0, "reconcile", "tier-0", "--yes")
		return q.tip("system", "tier-0"), want
	}
	arrives := func(t *testing.T, tip, want string) {
		t.Helper()
		until(t, "the release in the cluster", func() error {
			q := *p
			q.t = t
			if a := q.application("s-001").Status.Sync; a.Revision != tip || a.Status != "Synced" {
				return fmt.Errorf("%s at %.7s, want %.7s", a.Status, a.Revision, tip)
			}
			if got := image(t, "looking-0"); got != want {
				return fmt.Errorf("it runs %s", got)
			}
			return nil
		})
	}
	t.Run("a hint", func(t *testing.T) {
		tip, want := pushes(t, "shopctl")
		arrives(t, tip, want)
	})
	t.Run("a webhook", func(t *testing.T) {
		tip, want := pushes(t, "nobody")
		if a := p.application("s-001").Status.Sync; a.Revision == tip {
			t.Fatal("Argo CD looked by itself: this shows nothing")
		}
		webhook(t, p.url+"/system", "tier-0", tip, "base")
		arrives(t, tip, want)
	})
	t.Run("the poll", func(t *testing.T) {
		// Both have to know: the controller when to ask, and the repo-server for how
		// long it may answer from what it has.
		often := []string{"ARGOCD_RECONCILIATION_TIMEOUT=3s"}
		restart := func(args, env []string) {
			for _, process := range []*stack.Process{world.ArgoCD.RepoServer, world.ArgoCD.Controller} {
				var more []string
				if process == world.ArgoCD.Controller {
					more = args
				}
				if err := process.Restart(more, env); err != nil {
					t.Fatal(err)
				}
				if err := world.ArgoCD.Answers(t.Context(), process); err != nil {
					t.Fatal(err)
				}
			}
		}
		restart([]string{"--app-resync", "3"}, often)
		defer restart(nil, nil)
		// What was remembered with the longer time is looked up anew once.
		if _, err := client(t, "shopctl").Refresh(t.Context(), "looking-s-001", argocd.Hard); err != nil {
			t.Fatal(err)
		}
		tip, want := pushes(t, "nobody")
		arrives(t, tip, want)
	})
}
