package e2e

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/rehearsal/forge"
)

// A tier that wants a review is entered by a pull request at a forge that
// somebody else approved, and by nothing else, while the real Argo CD is fine
// with the release. Frozen, an approval does not help.
func TestReview(t *testing.T) {
	p, hub := repositoriesAtForge(t, "review")
	settled(t, p, 2, "--forge", "github", "--api", strings.TrimSuffix(p.url, "/acme")+"/api/v3")
	p.commit("system", "main", "tier-1 wants a review", files{"tiers/tier-1.yaml": tierFile("tier-1", "dwell: 1s", "review: required")})
	p.shopctl(0, "reconcile", "--yes")

	const before, want = "registry.example/shop:1", "registry.example/shop:2"
	release := p.commit("app", "tier-0", "Release", base(want))
	p.shopctl(0, "reconcile", "tier-0", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "release="+release)
	if got := image(t, "review-0"); got != want {
		t.Errorf("review-0 runs %s, want %s", got, want)
	}
	kept := func() {
		t.Helper()
		if got := image(t, "review-1"); got != before {
			t.Errorf("review-1 runs %s, which is not to go there yet", got)
		}
	}

	p.shopctl(0, "tier", "freeze", "tier-1", "-m", "Black Friday", "--yes")
	p.shopctl(6, "promote", "tier-1", "--yes").says("Black Friday")
	p.shopctl(0, "tier", "unfreeze", "tier-1", "-m", "over", "--yes")

	address := p.url + "/app/pull/1"
	for range 2 { // the second time it is the same pull request
		p.shopctl(6, "promote", "tier-1", "--yes").says("nobody but mika has approved " + address + " yet")
		if one := onlyPull(t, hub); !one.Open || one.Base != "tier-1" || one.HeadSHA == "" || one.Approvals != 0 {
			t.Errorf("the pull request is %+v, want it open into tier-1", one)
		}
	}
	if err := hub.Review("app", 0, "mika", forge.Approves); err == nil {
		t.Error("mika approved their own pull request")
	}
	kept()

	if err := hub.Review("app", 0, "takuya", forge.Approves); err != nil {
		t.Fatal(err)
	}
	p.shopctl(0, "tier", "freeze", "tier-1", "-m", "Cyber Monday", "--yes")
	p.shopctl(6, "promote", "tier-1", "--yes").says("Cyber Monday")
	kept()
	p.shopctl(0, "tier", "unfreeze", "tier-1", "-m", "over too", "--yes")

	p.shopctl(0, "promote", "tier-1", "--yes").says("approved by takuya")
	p.shopctl(0, "wait", "tier-1", "--for", "release="+release, "--timeout", "1s")
	if got := image(t, "review-1"); got != want {
		t.Errorf("review-1 runs %s, want %s", got, want)
	}
	if one := onlyPull(t, hub); one.Open || !one.Merged {
		t.Errorf("the pull request is %+v, want it merged", one)
	}
	p.shopctl(0, "promote", "tier-1", "--yes").says("already so")
}

// onlyPull is the one pull request of the app repository.
func onlyPull(t *testing.T, hub *forge.Forge) forge.Pull {
	t.Helper()
	all, err := hub.Pulls("app")
	if err != nil || len(all) != 1 {
		t.Fatalf("the pull requests are %+v, %v; want one", all, err)
	}
	return all[0]
}

// repositoriesAtForge serves empty repositories at a forge where the person
// who owns them has a token, as has takuya, who may write too. Everybody reads.
func repositoriesAtForge(t *testing.T, name string) (*person, *forge.Forge) {
	t.Helper()
	dir := bare(t)
	hub, err := forge.New(forge.Options{
		Dir: dir, Owner: "acme", Repositories: []string{"app", "configuration", "system"}, Now: time.Now,
		People: []forge.Person{
			{Login: "mika", Name: "Mika", Email: "mika@example.jp", Role: forge.Admin},
			{Login: "takuya", Name: "Takuya", Email: "takuya@example.jp", Role: forge.Write},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	moves := func(updates []rehearsal.RefUpdate) (out []forge.Move) {
		for _, u := range updates {
			out = append(out, forge.Move(u))
		}
		return out
	}
	git := rehearsal.NewGitServer(dir, rehearsal.GitOptions{
		Who:    hub.Who,
		Config: func(string) []string { return []string{"receive.denyDeletes=false"} }, // of a head branch
		Fault: func(r rehearsal.GitRequest) (f rehearsal.GitFault) {
			if len(r.Updates) > 0 {
				f.Refuse = hub.Judge(forge.Push{Repository: r.Repository, User: r.User, Moves: moves(r.Updates)})
			}
			return f
		},
		OnPush: func(g rehearsal.GitPush) {
			hub.Pushed(forge.Push{Repository: g.Repository, User: g.User, Moves: moves(g.Moved)})
		},
	})
	server := httptest.NewServer(rehearsal.ForgeBeforeGit(hub, git))
	t.Cleanup(server.Close)
	p := newPerson(t, name, server.URL+"/acme")
	token := hub.TokenOf("mika")
	p.knows(token)
	p.env = append(p.env, "SHOPCTL_TOKEN="+token, "SHOPCTL_TOKEN_HOST="+strings.TrimPrefix(server.URL, "http://"))
	return p, hub
}
