package world_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// written makes a commit on a branch of the system repository, as anybody with
// plain git could. files are whole contents, gitlinks by their path.
func (p *place) written(branch, message string, files, links map[string]string) {
	p.t.Helper()
	clone := filepath.Join(p.t.TempDir(), "system")
	run(p.t, p.dir, "git", "clone", "-q", "-b", branch, p.address("system"), clone)
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(clone, name)), 0o700); err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(clone, name), []byte(text), 0o600); err != nil {
			p.t.Fatal(err)
		}
		run(p.t, clone, "git", "add", name)
	}
	for name, id := range links {
		run(p.t, clone, "git", "update-index", "--cacheinfo", "160000,"+id+","+name)
	}
	run(p.t, clone, "git", "commit", "-qm", message)
	run(p.t, clone, "git", "push", "-q", "origin", branch)
}

// forged is a message that says shopctl wrote it.
func (p *place) forged() string {
	return "x\n\nShopctl-Operation: 1\nShopctl-Intent: " + p.ref("system", "main")
}

func tierFile(tier, spec string) string {
	return "apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata: {name: " + tier + "}\nspec:\n" + spec
}

const maintenance = "  maintenance: {until: %, message: closed}\n"

// Every mistake that a person can make with plain git is named, at its tier
// and with what it is; a whole system has none.
func TestExamine(t *testing.T) {
	reconcile := func(shop.State) shop.Goal { return shop.Reconcile{} }
	for _, c := range []struct {
		name  string
		spoil func(p *place)
		want  []string // subject topic, in order, of all that is not good
	}{
		{"whole", func(*place) {}, nil},
		{"gitlink beyond the branch", func(p *place) {
			merged := p.merge("a.rb")
			p.reach(reconcile)
			p.written("tier-1", p.forged(), nil, map[string]string{"base": merged})
		}, []string{"tier-1 not-on-branch"}},
		{"a release that the tier below never carried", func(p *place) {
			first := p.merge("a.rb")
			p.merge("b.rb")
			p.reach(reconcile)
			run(p.t, p.dir, "git", "-C", "app.git", "update-ref", "refs/heads/tier-1", first)
			p.written("tier-1", p.forged(), nil, map[string]string{"base": first})
		}, []string{"tier-1 never-below"}},
		{"branches without a release", func(p *place) {
			first := p.merge("a.rb")
			p.merge("b.rb")
			p.reach(reconcile)
			run(p.t, p.dir, "git", "-C", "app.git", "update-ref", "refs/heads/tier-1", first)
		}, []string{"tier-1 mixed"}},
		{"a pin that nobody followed", func(p *place) {
			merged := p.merge("a.rb")
			p.reach(reconcile)
			p.written("main", "pin", map[string]string{"tiers/tier-1.yaml": tierFile("tier-1", "  pin: {app: "+merged+", configuration: "+p.link("tier-1", "config")+", reason: x, by: ryu, at: 2026-11-20T00:00:00Z}\n")}, nil)
		}, []string{"tier-1 pin-not-followed"}},
		{"a file changed under a forged trailer", func(p *place) {
			p.written("tier-1", p.forged(), map[string]string{"argocd/s-101.yaml": "a: b\n"}, nil)
		}, []string{"tier-1 differs"}},
		{"a file changed by hand", func(p *place) {
			p.written("tier-1", "by hand", map[string]string{"argocd/s-101.yaml": "a: b\n"}, nil)
		}, []string{"tier-1 edited"}},
		{"a file of no ShopSet", func(p *place) {
			p.written("tier-1", p.forged(), map[string]string{"notes.txt": "x\n"}, nil)
		}, []string{"tier-1 broken-rule", "tier-1 differs"}},
		{"a maintenance past its end", func(p *place) {
			p.written("main", "close", map[string]string{"tiers/tier-1.yaml": tierFile("tier-1", strings.Replace(maintenance, "%", "2020-01-01T00:00:00Z", 1))}, nil)
		}, []string{"tier-1 overdue", "tier-1 behind"}},
		{"an intent that is not rendered yet", func(p *place) {
			p.written("main", "another", map[string]string{"shopsets/s-102.yaml": "apiVersion: shopset.dev/v1alpha1\nkind: ShopSet\nmetadata: {name: s-102}\nspec: {tier: tier-1, configuration: default, cluster: in-cluster}\n"}, nil)
		}, []string{"tier-1 behind"}},
		{"two mistakes in the intent", func(p *place) {
			p.written("main", "x", map[string]string{"tiers/tier-1.yaml": tierFile("tier-1", "  soack: 1h\n"), "shops/00/x.yaml": "a: b\n"}, nil)
		}, []string{"intent mistake"}},
		{"a branch that is gone", func(p *place) {
			run(p.t, p.dir, "git", "-C", "app.git", "update-ref", "-d", "refs/heads/tier-1")
		}, []string{"tier-1 no-branch"}},
		{"a repository that is gone", func(p *place) {
			if err := os.RemoveAll(filepath.Join(p.dir, "app.git")); err != nil {
				p.t.Fatal(err)
			}
		}, []string{"app no-repository"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			p.reach(func(shop.State) shop.Goal {
				return shop.Init{System: "prod", Tiers: 2, Repositories: shop.Repositories{System: p.address("system"), App: p.address("app"), Configuration: p.address("configuration")}}
			})
			c.spoil(p)
			var got []string
			for _, f := range p.world().Examine(context.Background()) {
				if f.Status != shop.Good && f.Topic != "argocd-none" {
					got = append(got, f.Subject+" "+f.Topic)
					t.Log(f.Subject, f.Topic, f.Facts)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("found (-want +got)\n%s", diff)
			}
		})
	}
}
