package world

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// built is a system whose app and configuration are real, with so many
// ShopSets on tier-0, rendered there.
func built(t *testing.T, shopSets int) *drift {
	d := emptyDrift(t, 1)
	d.apps = []shop.CommitID{d.plain(shop.AppRepository, seedApp)}
	d.confs = []shop.CommitID{d.plain(shop.ConfigurationRepository, seedConfiguration)}
	d.set.Add(&shop.Policy{Name: "prod", Repositories: shop.Repositories{System: "example-shop/system", App: "example-shop/app", Configuration: "example-shop/configuration"}})
	d.set.Add(&shop.TierSpec{Name: "tier-0"})
	d.set.Add(&shop.Configuration{Name: "default", Path: ".", Service: "web"})
	d.set.Add(&shop.Cluster{Name: "tokyo", Destination: "tokyo"})
	for n := range shopSets {
		name := shop.ShopSetID(fmt.Sprintf("s-%d", n))
		d.set.Add(&shop.ShopSet{Name: name, Tier: "tier-0", Configuration: "default", Cluster: "tokyo"})
		d.set.Add(&shop.Shop{Name: shop.ShopID("in-" + name), Hosts: []string{string(name) + ".example.jp"}, ShopSet: name})
	}
	d.commitMain()
	tree, err := d.render(d.builder(NewMemo()), "tier-0", d.release(), git.Commit{}, true)
	if err != nil {
		t.Fatal(err)
	}
	d.write("tier-0", git.Commit{}, tree, true)
	return d
}

// builder is a World that can write, and builds what it writes.
func (d *drift) builder(memo *Memo) *World {
	w := d.world(memo, "")
	o := w.Options
	o.Facts, o.Operation = nil, strings.Repeat("b", 32)
	o.Identity = func() (Identity, error) { return Identity{"ryu", "ryu", "ryu@example.com"}, nil }
	o.Now = func() time.Time { return time.Unix(1_900_000_000, 0) }
	real, err := New(o)
	if err != nil {
		d.t.Fatal(err)
	}
	real.remember(w.seen.refs)
	return real
}

// changed makes a commit of an app or a configuration with one text replaced.
func (d *drift) changed(repo shop.Repository, seed map[string]string, old, new string) shop.CommitID {
	d.t.Helper()
	files := maps.Clone(seed)
	found := false
	for path, text := range files {
		files[path] = strings.Replace(text, old, new, 1)
		found = found || files[path] != text
	}
	if !found {
		d.t.Fatalf("no %q to be replaced", old)
	}
	return d.plain(repo, files)
}

// bring is the write that brings a release to tier-0.
func (d *drift) bring(r shop.Release, edits ...shop.Edit) plan.WriteSystem {
	return plan.WriteSystem{Title: "bring it", Main: commitID(d.main.ID), Edits: edits, Tiers: []plan.TierWrite{{
		Tier: "tier-0", Release: r, From: d.release(), System: commitID(d.tips["tier-0"].ID), App: r.App, Configuration: r.Configuration,
	}}}
}

// A release that cannot be built, or that builds to something else than was
// meant, is refused with the reason.
func TestDoesNotBuild(t *testing.T) {
	d := built(t, 3)
	for _, tt := range []struct {
		name     string
		repo     shop.Repository
		old, new string
		want     string
	}{
		{"image", shop.AppRepository, "newTag: latest", "newTag: v2", ""},
		{"no Service", shop.AppRepository, "kind: Service\nmetadata:\n  name: web", "kind: Service\nmetadata:\n  name: wbe", `Configuration "default": the base has no Service "web", but wbe`},
		{"no YAML", shop.AppRepository, "  selector: {app: web}", "  selector: {app: web", `Configuration "default": `},
		{"no port", shop.AppRepository, "- port: 80", "- port: 81", `Configuration "default": Service "web" has no port 80, but 81`},
		{"another tier", shop.AppRepository, "          image: web", "          image: web\n          env: [{name: RING, value: tier-2}]", `Configuration "default": check shopsets/s-0: Deployment "web" names tier-2, in tier-0 (I9)`},
		{"patch", shop.ConfigurationRepository, "metadata:", "patches:\n  - patch: '[{\"op\": \"test\", \"path\": \"/kind\", \"value\": \"x\"}]'\n    target: {kind: Deployment, name: wbe}\nmetadata:", `Configuration "default": config/kustomization.yaml:5: the patch matches nothing: target kind Deployment, name wbe`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := d.release()
			if tt.repo == shop.AppRepository {
				r.App = d.changed(tt.repo, seedApp, tt.old, tt.new)
			} else {
				r.Configuration = d.changed(tt.repo, seedConfiguration, tt.old, tt.new)
			}
			_, err := d.builder(nil).Build(context.Background(), d.bring(r))
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var f *shop.Fault
			if !errors.As(err, &f) || f.Kind != shop.DoesNotBuild || !strings.HasPrefix(f.Text, tt.want) {
				t.Errorf("got %#v\nwant %s", err, tt.want)
			}
		})
	}
}

// unread is a repository from which no file comes.
type unread struct{ Repository }

var errNetwork = errors.New("no network")

func (unread) Need(context.Context, ...git.ID) error { return errNetwork }

// A file that cannot be fetched says nothing of the release.
func TestUnreadDoesBuild(t *testing.T) {
	d := built(t, 1)
	r := d.release()
	r.App = d.changed(shop.AppRepository, seedApp, "latest", "v2")
	w := d.builder(nil)
	w.Repositories[shop.AppRepository] = unread{w.Repositories[shop.AppRepository]}
	_, err := w.Build(context.Background(), d.bring(r))
	var f *shop.Fault
	if !errors.Is(err, errNetwork) || errors.As(err, &f) {
		t.Errorf("got %v", err)
	}
}

// What is built does not grow with the number of ShopSets, and a shop more
// changes nothing that would have to be built.
func TestBuildsOneOfAKind(t *testing.T) {
	d := built(t, 40)
	policy := *d.set.Policy
	policy.Wildcard = &shop.Wildcard{Host: "*.example.jp", ShopSet: "s-7"}
	r := d.release()
	r.App = d.changed(shop.AppRepository, seedApp, "latest", "v2")
	shopMore := shop.Edit{Kind: shop.KindShop, Name: "more", Value: &shop.Shop{Name: "more", Hosts: []string{"more.example.jp"}, ShopSet: "s-3"}}
	shopSetMore := shop.Edit{Kind: shop.KindShopSet, Name: "s-40", Value: &shop.ShopSet{Name: "s-40", Tier: "tier-0", Configuration: "default", Cluster: "tokyo"}}
	for _, tt := range []struct {
		name string
		op   plan.WriteSystem
		want int
	}{
		{"a release", d.bring(r), 1},
		{"a shop", d.bring(d.release(), shopMore), 0},
		{"a ShopSet", d.bring(d.release(), shopSetMore), 1},
		{"a wildcard", d.bring(d.release(), shop.Edit{Kind: shop.KindPolicy, Name: "prod", Value: &policy}), 1},
		{"a release with a wildcard", d.bring(r, shop.Edit{Kind: shop.KindPolicy, Name: "prod", Value: &policy}), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			memo := NewMemo()
			for range 2 { // a second try builds nothing again
				if _, err := d.builder(memo).Build(context.Background(), tt.op); err != nil {
					t.Fatal(err)
				}
				if len(memo.asserted) != tt.want {
					t.Errorf("built %d, want %d", len(memo.asserted), tt.want)
				}
			}
		})
	}
}

// Files of another tier, or without what belongs to them, are not written (I9).
func TestForeignFiles(t *testing.T) {
	d := built(t, 2)
	for _, tt := range []struct {
		name  string
		file  string
		data  string
		cut   string
		wants string
	}{
		{name: "of another tier", file: "argocd/s-0.yaml", data: "shopset.dev/tier: tier-1\n", wants: `I9: argocd/s-0.yaml names tier "tier-1", on tier-0`},
		{name: "of no ShopSet", file: "shopsets/s-9/shops/x.yaml", data: "shopset.dev/tier: tier-0\n", wants: `I9: shopsets/s-9/shops/x.yaml is there without the Applications of ShopSet "s-9"`},
		{name: "of nobody", file: "extra.yaml", data: "shopset.dev/tier: tier-0\n", wants: `I9: extra.yaml belongs to no ShopSet of tier-0`},
		{name: "Applications gone", cut: "argocd/s-1.yaml", wants: `I9: shopsets/s-1/kustomization.yaml is there without the Applications of ShopSet "s-1"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := d.builder(nil)
			v, err := w.viewOf(w.system(), d.main.ID)
			if err != nil {
				t.Fatal(err)
			}
			r := rendering{changes: map[string]git.Change{}, content: map[string][]byte{}}
			if tt.file != "" {
				r.put(tt.file, []byte(tt.data))
			} else {
				r.changes[tt.cut] = git.Change{}
			}
			b := git.NewBatch(w.system())
			for _, data := range r.content {
				b.PutBlob(data)
			}
			tree, err := b.Edit(d.tips["tier-0"].Tree, r.changes)
			if err != nil {
				t.Fatal(err)
			}
			var f *shop.Fault
			if err := w.assert(context.Background(), v, "tier-0", d.release(), r, b, tree); !errors.As(err, &f) || f.Kind != shop.BrokenRule || f.Text != tt.wants {
				t.Errorf("got %v\nwant %s", err, tt.wants)
			}
		})
	}
}
