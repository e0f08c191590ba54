package worldtest_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/rehearsal/forge"
	"github.com/shopctl/shopctl/internal/world/github"
)

var app = github.Repo{Owner: rehearsal.ForgeOwner, Name: "app"}

// row is one behaviour of the forge on the rehearsal world.
type row struct {
	*stage
	forge  *forge.Forge
	client *github.Client
	set    func(name string) // begins a quirk
}

// TestRows shows the behaviours that a promotion tool must survive on the
// rehearsal world's forge, by their number in docs/github.md.
func TestRows(t *testing.T) {
	for name, play := range map[string]func(*testing.T, *row){
		"01 mergeability comes late":                      row01,
		"02 a merge is refused in words":                  row02,
		"03 the base moved":                               row03,
		"04 the head moved":                               row04,
		"05 nothing to promote":                           row05,
		"06 it exists":                                    row06,
		"07 a head without owner":                         row07,
		"08 no such branch":                               row08,
		"09 reads lag behind":                             row09,
		"12 rulesets and classic rules":                   row12,
		"13 fine-grained tokens cannot read runs":         row13,
		"14 the token of a workflow":                      row14,
		"15 secondary limits in every shape":              row15,
		"16 the hourly limit":                             row16,
		"17 no usable answer":                             row17,
		"19 auto-merge":                                   row19,
		"20 the merge queue":                              row20,
		"21 the branch is updated later":                  row21,
		"22 thin tokens and hidden repositories":          row22,
		"23 single sign-on":                               row23,
		"24 an Enterprise Server":                         row24,
		"26 unchanged answers cost nothing":               row26,
		"28 a push merges it, seen late":                  row28,
		"30 a status is one of a commit and has a length": row30,
		"31 a repository has a new name":                  row31,
		"32 a plan without protection":                    row32,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, rehearsal.StrictForge)
			f := s.world.Forge()
			r := &row{stage: s, forge: f, client: s.client(f.TokenOf("ryu"))}
			r.set = func(name string) {
				if err := f.Break(forge.Quirk{Name: name}); err != nil {
					t.Fatal(err)
				}
			}
			play(t, r)
		})
	}
}

func (r *row) is(err error, kind github.Kind) *github.Error {
	r.t.Helper()
	var e *github.Error
	if !errors.Is(err, kind) || !errors.As(err, &e) {
		r.t.Fatalf("got %v, want %q", err, kind)
	}
	return e
}

func (r *row) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// open opens a pull request of a new commit into tier-0.
func (r *row) open() github.Pull {
	r.t.Helper()
	r.stage.stage().Commit("feature", "tier-0")
	p, err := r.client.OpenPull(r.t.Context(), app, github.NewPull{Title: "A change", Body: "Why.", Head: "feature", Base: "tier-0"})
	r.must(err)
	return p
}

// read reads a pull request until it is as wanted.
func (r *row) read(number int, good func(github.Pull) bool) github.Pull {
	r.t.Helper()
	for range 20 {
		p, err := r.client.Pull(r.t.Context(), app, number)
		if err == nil && good(p) {
			return p
		}
		if err != nil && !errors.Is(err, github.Stale) {
			r.t.Fatal(err)
		}
		r.must(r.world.Advance(5 * time.Second))
	}
	r.t.Fatal("it never became so")
	return github.Pull{}
}

func known(p github.Pull) bool { return p.Merge != github.NotKnown }

func row01(t *testing.T, r *row) {
	r.set("fresh")
	p := r.open()
	if p.Merge != github.NotKnown {
		t.Errorf("a new one is %s", p.Merge)
	}
	first, err := r.client.Pull(t.Context(), app, p.Number)
	r.must(err)
	if first.Merge != github.NotKnown {
		t.Errorf("the first read is %s", first.Merge)
	}
	if p = r.read(p.Number, known); p.Merge != github.Mergeable {
		t.Errorf("then it is %s", p.Merge)
	}
	r.set("mergeable-never")
	r.stage.stage().Commit("feature", "feature")
	for range 5 {
		if p, err = r.client.Pull(t.Context(), app, p.Number); err != nil || p.Merge != github.NotKnown {
			t.Errorf("%s, %v", p.Merge, err)
		}
	}
}

func row02(t *testing.T, r *row) {
	p := r.open()
	r.read(p.Number, known)
	r.must(r.forge.Set("app", forge.Settings{NoSquash: true}))
	_, err := r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: p.Head.SHA, Method: "squash"})
	r.is(err, github.MethodRefused)
	r.stage.stage().Require("tier-0", "ci/unit")
	_, err = r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: p.Head.SHA})
	if e := r.is(err, github.Blocked); !strings.Contains(e.Text, "ci/unit") || e.Passing() {
		t.Errorf("%+v", e)
	}
	r.must(r.forge.Unprotect("app"))
	r.must(r.forge.Protect("app", "tier-0", forge.Classic{Reviews: 1, Admins: true}))
	_, err = r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: p.Head.SHA})
	if e := r.is(err, github.Blocked); !strings.Contains(e.Text, "approving review") {
		t.Errorf("%+v", e)
	}
}

func row03(t *testing.T, r *row) {
	p := r.open()
	r.read(p.Number, known)
	r.must(r.forge.Break(forge.Quirk{Name: "base-moved", Times: 1}))
	_, err := r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: p.Head.SHA})
	if e := r.is(err, github.BaseMoved); !e.Passing() {
		t.Error("it is not said to pass")
	}
	_, err = r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: p.Head.SHA})
	r.must(err)
}

func row04(t *testing.T, r *row) {
	p := r.open()
	r.stage.stage().Commit("feature", "feature")
	now := r.read(p.Number, func(now github.Pull) bool { return known(now) && now.Head.SHA != p.Head.SHA })
	_, err := r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: p.Head.SHA})
	if e := r.is(err, github.HeadMoved); e.Passing() || e.Status != http.StatusConflict {
		t.Errorf("%+v", e)
	}
	_, err = r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: now.Head.SHA})
	r.must(err)
}

func row05(t *testing.T, r *row) {
	_, err := r.client.OpenPull(t.Context(), app, github.NewPull{Title: "Nothing", Head: "tier-1", Base: "tier-0"})
	r.is(err, github.NothingToMerge)
}

func row06(t *testing.T, r *row) {
	r.set("fresh")
	p := r.open()
	again, err := r.client.OpenPull(t.Context(), app, github.NewPull{Title: "A better title", Body: "Why.", Head: "feature", Base: "tier-0", Labels: []string{"release"}})
	r.must(err)
	all, err := r.forge.Pulls("app")
	r.must(err)
	if again.Number != p.Number || len(all) != 1 || all[0].Title != "A better title" || len(all[0].Labels) != 1 {
		t.Errorf("%+v, %+v", again, all)
	}
}

func row07(t *testing.T, r *row) {
	r.set("fresh")
	p := r.open()
	r.stage.stage().Commit("other", "tier-0")
	_, err := r.client.OpenPull(t.Context(), app, github.NewPull{Title: "Another", Head: "other", Base: "tier-0"})
	r.must(err)
	found, err := r.client.FindPulls(t.Context(), app, github.PullQuery{Head: "feature", Base: "tier-0"})
	r.must(err)
	if len(found) != 1 || found[0].Number != p.Number {
		t.Errorf("%+v", found)
	}
}

func row08(t *testing.T, r *row) {
	for _, n := range []github.NewPull{{Title: "x", Head: "never", Base: "tier-0"}, {Title: "x", Head: "tier-0", Base: "never"}} {
		_, err := r.client.OpenPull(t.Context(), app, n)
		r.is(err, github.NoBranch)
	}
	_, err := r.client.Pull(t.Context(), app, 999)
	r.is(err, github.NotFound)
}

func row09(t *testing.T, r *row) {
	r.set("stale")
	p := r.open()
	_, err := r.client.Pull(t.Context(), app, p.Number)
	if err != nil {
		r.is(err, github.Stale)
	}
	r.read(p.Number, func(github.Pull) bool { return true })
	title := "Another title"
	_, err = r.client.EditPull(t.Context(), app, p.Number, github.PullEdit{Title: &title})
	r.must(err)
	// Whatever comes back from now on has the new title or is refused as old.
	r.read(p.Number, func(now github.Pull) bool { return now.Title == title })
}

func row12(t *testing.T, r *row) {
	parameters, err := json.Marshal(map[string]any{"required_status_checks": []forge.Context{{Context: "shopctl/gate/tier-1"}}})
	r.must(err)
	r.must(r.forge.Rule("app", forge.Ruleset{Name: "gate", Branches: []string{"tier-1"}, Rules: []forge.Rule{
		{Type: "required_status_checks", Parameters: parameters}, {Type: "something_new"},
	}}))
	got, err := r.client.Rules(t.Context(), app, "tier-1")
	r.must(err)
	if got.Classic.State != github.Unprotected || len(got.Required()) != 1 || !got.Has("something_new") {
		t.Errorf("%+v", got)
	}
	got, err = r.stage.client(r.forge.TokenOf("mika")).Rules(t.Context(), app, "tier-1")
	r.must(err)
	if got.Classic.State != github.ProtectionBlank || len(got.Required()) != 1 {
		t.Errorf("who may not look sees %+v", got.Classic)
	}
	r.must(r.forge.Protect("app", "tier-1", forge.Classic{Restricted: true, Pushers: []string{"takuya"}, Admins: true}))
	got, err = r.client.Rules(t.Context(), app, "tier-1")
	r.must(err)
	if c := got.Classic; c.State != github.Protected || !c.Restricted || len(c.Writers) != 1 || c.Writers[0] != "takuya" || !c.Admins {
		t.Errorf("%+v", c)
	}
}

func row13(t *testing.T, r *row) {
	tip := string(r.stage.stage().Tip("tier-0"))
	r.must(r.forge.SetCheck("app", tip, "unit", "success"))
	thin := r.stage.client(r.forge.Issue(forge.Token{Login: "ryu", Kind: forge.FineGrained, Lacks: []string{"checks=read"}}))
	got, err := thin.Checks(t.Context(), app, tip)
	r.must(err)
	if !got.RunsUnknown || got.Of(github.Required{Context: "unit"}).State != github.Unknown {
		t.Errorf("%+v", got)
	}
	got, err = r.client.Checks(t.Context(), app, tip)
	r.must(err)
	if got.RunsUnknown || got.Of(github.Required{Context: "unit"}).State != github.Success || got.Of(github.Required{Context: "never"}).State != github.Expected {
		t.Errorf("%+v", got)
	}
}

func row14(t *testing.T, r *row) {
	bot := r.stage.client(r.forge.TokenOf(rehearsal.ActionsBot))
	me, err := bot.Me(t.Context())
	r.must(err)
	if !me.IsActions() {
		t.Errorf("%+v", me)
	}
	r.stage.stage().Commit("feature", "tier-0")
	r.set("no-actions-pulls")
	_, err = bot.OpenPull(t.Context(), app, github.NewPull{Title: "x", Head: "feature", Base: "tier-0"})
	r.is(err, github.ActionsMayNot)
}

func row15(t *testing.T, r *row) {
	for _, shape := range [][]string{{}, {"limits-429"}, {"limits-untimed"}, {"limits-undocumented"}, {"limits-429", "limits-untimed", "limits-undocumented"}} {
		for _, quirk := range append(shape, "secondary-limit") {
			r.set(quirk)
		}
		c := r.stage.client(r.forge.TokenOf("ryu"))
		_, err := c.Reviews(t.Context(), app, 1)
		e := r.is(err, github.Slowed)
		if !e.RetryAt.After(r.world.Now()) {
			t.Errorf("%q: at %s, and it is %s", shape, e.RetryAt, r.world.Now())
		}
		before := c.Budget().Calls
		_, err = c.Repository(t.Context(), app)
		r.is(err, github.Slowed)
		if c.Budget().Calls != before {
			t.Errorf("%q: it was asked while it wants rest", shape)
		}
		r.forge.Mend()
		r.must(r.world.Advance(e.RetryAt.Sub(r.world.Now()) + time.Second))
		_, err = c.Repository(t.Context(), app)
		r.must(err)
	}
}

func row16(t *testing.T, r *row) {
	for _, shape := range []string{"", "limits-429"} {
		if shape != "" {
			r.set(shape)
		}
		r.set("primary-limit")
		c := r.stage.client(r.forge.TokenOf("ryu"))
		_, err := c.Repository(t.Context(), app)
		e := r.is(err, github.Limited)
		if d := e.RetryAt.Sub(r.world.Now()); d <= 0 || d > time.Hour {
			t.Errorf("%q: again after %s", shape, d)
		}
		r.forge.Mend()
		_, err = c.Repository(t.Context(), app)
		r.is(err, github.Limited)
		r.must(r.world.Advance(e.RetryAt.Sub(r.world.Now()) + time.Second))
		_, err = c.Repository(t.Context(), app)
		r.must(err)
	}
}

func row17(t *testing.T, r *row) {
	for _, quirk := range []string{"bad-gateway", "down"} {
		r.must(r.forge.Break(forge.Quirk{Name: quirk, Times: 1}))
		_, err := r.client.Repository(t.Context(), app)
		if e := r.is(err, github.Unavailable); !e.Passing() {
			t.Errorf("%+v", e)
		}
		_, err = r.client.Repository(t.Context(), app)
		r.must(err)
	}
	// A change that was done, and nobody heard of it: looking shows it.
	tip := string(r.stage.stage().Tip("tier-0"))
	for _, hit := range []forge.Hit{{Cut: forge.CutAfter}, {After: true, Status: http.StatusGatewayTimeout}} {
		r.forge.Hook(func(q forge.Request) forge.Hit {
			if q.Method == http.MethodPost {
				return hit
			}
			return forge.Hit{}
		})
		err := r.client.SetStatus(t.Context(), app, tip, github.Status{Context: "shopctl/gate/tier-1", State: github.Pending})
		if e := r.is(err, github.Unavailable); !e.Uncertain || !e.Passing() {
			t.Errorf("%+v", e)
		}
		r.forge.Hook(nil)
	}
	states, err := r.forge.Statuses("app", tip)
	r.must(err)
	if states["shopctl/gate/tier-1"] != "pending" {
		t.Errorf("%v", states)
	}
}

func row19(t *testing.T, r *row) {
	p := r.open()
	p = r.read(p.Number, known)
	r.is(r.client.AutoMerge(t.Context(), p, "merge"), github.NoAutoMerge) // no rule, nothing to wait for
	r.stage.stage().Require("tier-0", "ci/unit")
	r.must(r.forge.SetCheck("app", p.Head.SHA, "ci/unit", "success"))
	r.is(r.client.AutoMerge(t.Context(), p, "merge"), github.AlreadyClean)
	r.must(r.forge.SetCheck("app", p.Head.SHA, "ci/unit", "pending"))
	r.must(r.client.AutoMerge(t.Context(), p, "merge"))
	r.read(p.Number, func(now github.Pull) bool { return now.AutoMerge })
	r.must(r.client.StopAutoMerge(t.Context(), p))
	r.read(p.Number, func(now github.Pull) bool { return !now.AutoMerge })
	r.must(r.forge.Set("app", forge.Settings{NoAutoMerge: true}))
	r.is(r.client.AutoMerge(t.Context(), p, "merge"), github.NoAutoMerge)
}

func row20(t *testing.T, r *row) {
	p := r.open()
	p = r.read(p.Number, known)
	r.must(r.forge.Rule("app", forge.Ruleset{Name: "queue", Branches: []string{"tier-0"}, Rules: []forge.Rule{{Type: "merge_queue"}}}))
	_, err := r.client.Merge(t.Context(), app, p.Number, github.MergeRequest{SHA: p.Head.SHA})
	r.is(err, github.QueueRequired)
	r.must(r.client.Enqueue(t.Context(), p))
}

func row21(t *testing.T, r *row) {
	p := r.open()
	r.stage.stage().Commit("tier-0", "tier-0")
	r.is(r.client.UpdateBranch(t.Context(), app, p.Number, strings.Repeat("0", 40)), github.HeadMoved)
	r.must(r.client.UpdateBranch(t.Context(), app, p.Number, p.Head.SHA))
	r.read(p.Number, func(now github.Pull) bool { return now.Head.SHA != p.Head.SHA })
}

func row22(t *testing.T, r *row) {
	thin := r.stage.client(r.forge.Issue(forge.Token{Login: "ryu", Kind: forge.FineGrained, Lacks: []string{"statuses=write"}}))
	err := thin.SetStatus(t.Context(), app, string(r.stage.stage().Tip("tier-0")), github.Status{Context: "x", State: github.Success})
	if e := r.is(err, github.Forbidden); e.Permissions != "statuses=write" || !strings.Contains(e.Error(), "statuses=write") {
		t.Errorf("%+v", e)
	}
	r.set("hidden")
	_, err = r.client.Repository(t.Context(), app)
	r.is(err, github.NotFound)
}

func row23(t *testing.T, r *row) {
	r.set("saml")
	_, err := r.client.Repository(t.Context(), app)
	r.is(err, github.SSORequired)
	_, err = r.client.FindPulls(t.Context(), app, github.PullQuery{})
	r.is(err, github.SSORequired)
	r.is(r.client.AutoMerge(t.Context(), github.Pull{ID: "x"}, ""), github.SSORequired)
}

func row24(t *testing.T, r *row) {
	r.set("ghes")
	_, err := r.client.Repository(t.Context(), app)
	r.must(err)
	if b := r.client.Budget(); b.Limit != 0 {
		t.Errorf("a server without limits has %+v", b)
	}
	wrong, err := github.New(github.Options{API: strings.TrimSuffix(r.world.ForgeURL(), "/api/v3"), Now: r.world.Now})
	r.must(err)
	_, err = wrong.Repository(t.Context(), app)
	r.is(err, github.WrongAddress)
}

func row26(t *testing.T, r *row) {
	for range 2 {
		_, err := r.client.Repository(t.Context(), app)
		r.must(err)
	}
	b := r.client.Budget()
	if b.Calls != 2 || b.NotModified != 1 || b.Remaining != b.Limit-1 {
		t.Errorf("%+v", b)
	}
	if c := r.forge.Counts(); c.NotModified != 1 {
		t.Errorf("%+v", c)
	}
}

func row28(t *testing.T, r *row) {
	p := r.open()
	r.run(r.clone, "push", "-q", "origin", p.Head.SHA+":refs/heads/tier-0")
	now := r.read(p.Number, func(now github.Pull) bool { return now.State != github.Open })
	if now.State != github.Merged {
		t.Errorf("%+v", now)
	}
}

func row30(t *testing.T, r *row) {
	tip := string(r.stage.stage().Tip("tier-0"))
	r.must(r.client.SetStatus(t.Context(), app, tip, github.Status{Context: "shopctl/gate/tier-2", State: github.Success, Description: strings.Repeat("理由 ", 100)}))
	states, err := r.forge.Statuses("app", tip)
	r.must(err)
	if len(states) != 1 || states["shopctl/gate/tier-2"] != "success" {
		t.Errorf("%v", states)
	}
}

func row31(t *testing.T, r *row) {
	p := r.open()
	r.must(r.forge.Rename("app", "storefront"))
	home, err := r.client.Repository(t.Context(), app)
	r.must(err)
	if home.Repo.Name != "storefront" {
		t.Errorf("%+v", home)
	}
	r.must(r.client.Comment(t.Context(), app, p.Number, "Still here."))
	all, err := r.forge.Pulls("storefront")
	r.must(err)
	if len(all) != 1 || len(all[0].Comments) != 1 {
		t.Errorf("%+v", all)
	}
}

func row32(t *testing.T, r *row) {
	r.set("free-plan")
	got, err := r.client.Rules(t.Context(), app, "tier-1")
	r.must(err)
	if !got.NoRulesets {
		t.Errorf("%+v", got)
	}
}
