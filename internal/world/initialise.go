package world

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// stateOfInit is what init has to know: the branches that are there, and what
// the app repository can be built from. There may be no intent yet.
func (w *World) stateOfInit(ctx context.Context, g shop.Init, have *shop.State, refs map[shop.Repository]git.Refs, apps applications) error {
	for n := range w.tiersThere(g, have.Main) {
		tier := shop.TierAt(n)
		have.Tiers = append(have.Tiers, shop.TierState{
			Spec:          shop.TierSpec{Name: tier},
			App:           commitID(refs[shop.AppRepository].Tips[tier.Branch()]),
			Configuration: commitID(refs[shop.ConfigurationRepository].Tips[tier.Branch()]),
			System:        commitID(refs[shop.SystemRepository].Tips[tier.Branch()]),
			Rooted:        apps.roots[tier],
		})
	}
	have.Found.Heads = map[shop.Repository]shop.CommitID{}
	for repo, r := range refs {
		if head := headOf(r); !head.IsZero() && repo != shop.SystemRepository {
			have.Found.Heads[repo] = commitID(head)
			if err := w.repository(repo).Fetch(ctx, head); err != nil {
				return fault(repo, err)
			}
		}
	}
	foreign, err := w.foreign(have, refs[shop.SystemRepository])
	if have.Found.Foreign = foreign; err != nil || foreign || have.Main != "" {
		return err
	}
	return w.findBase(ctx, g, have)
}

// tiersThere is how many tiers the intent has, or shall have.
func (w *World) tiersThere(g shop.Init, main shop.CommitID) int {
	v, err := w.viewOf(w.system(), id(main))
	if err != nil || main == "" {
		return g.Tiers
	}
	names, err := v.names("tiers")
	if err != nil || len(names) == 0 {
		return g.Tiers
	}
	return len(names)
}

// headOf is the tip of the default branch: HEAD, else main.
func headOf(r git.Refs) git.ID {
	if tip, ok := r.Tips[r.Head]; ok {
		return tip
	}
	return r.Tips[shop.MainBranch]
}

// foreign reports whether the system repository holds something that is not
// this system. A repository without any branch is free.
func (w *World) foreign(have *shop.State, refs git.Refs) (bool, error) {
	if have.Main == "" {
		for ref := range refs.Tips {
			if isTierBranch(ref) {
				return true, nil
			}
		}
		return false, nil
	}
	v, err := w.viewOf(w.system(), id(have.Main))
	if err != nil {
		return false, err
	}
	policy, err := v.policy()
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return policy.Name != w.System, nil
}

// basePlaces is where init looks for a base.
var basePlaces = []string{".", "k8s", "deploy", "config/k8s"}

func (w *World) findBase(ctx context.Context, g shop.Init, have *shop.State) error {
	app, err := w.headTree(ctx, shop.AppRepository, have.Found.Heads)
	if err != nil || app == nil {
		return err
	}
	places := basePlaces
	if g.Base != "" {
		places = []string{g.Base}
	}
	for _, dir := range places {
		if _, err := app.ReadFile(path.Join(dir, "kustomization.yaml")); err == nil {
			have.Found.Base = dir
			break
		}
	}
	config, err := w.headTree(ctx, shop.ConfigurationRepository, have.Found.Heads)
	if err != nil {
		return err
	}
	if config == nil && w.hasConfiguration() {
		have.Found.Path = "." // it is about to be made
	} else if config != nil {
		if _, err := config.ReadFile("kustomization.yaml"); err == nil {
			have.Found.Path = "."
		}
	}
	if have.Found.Base == "" {
		return nil
	}
	services, err := render.Services(have.Found.Base, app)
	if err != nil {
		return fmt.Errorf("build the base in %s of the app repository: %w", have.Found.Base, err)
	}
	have.Found.Services = slices.DeleteFunc(services, func(s string) bool { return s == "maintenance" })
	return nil
}

func (w *World) headTree(ctx context.Context, repo shop.Repository, heads map[shop.Repository]shop.CommitID) (render.Tree, error) {
	if heads[repo] == "" {
		return nil, nil
	}
	c, err := w.repository(repo).Commit(id(heads[repo]))
	if err != nil {
		return nil, err
	}
	return w.treeOf(ctx, repo, c.Tree), nil
}

// stateOfNewTier adds what is there of a tier that the intent does not have yet.
func (w *World) stateOfNewTier(g shop.AddTier, v view, have *shop.State, refs map[shop.Repository]git.Refs) error {
	n := g.Tier.Number()
	if n != len(have.Tiers) || n == 0 {
		return nil
	}
	have.Tiers = append(have.Tiers, shop.TierState{
		App:           commitID(refs[shop.AppRepository].Tips[g.Tier.Branch()]),
		Configuration: commitID(refs[shop.ConfigurationRepository].Tips[g.Tier.Branch()]),
		System:        commitID(refs[shop.SystemRepository].Tips[g.Tier.Branch()]),
	})
	for _, s := range have.Tiers[n-1].ShopSets {
		pattern, err := resource[*shop.ShopSet](v, shop.KindShopSet, string(s.Name))
		if err == nil {
			have.Found.Pattern = pattern
			return nil
		}
	}
	return nil
}

// seed makes the first commit of a repository that has none: a small base, or
// a Component without content.
func (w *World) seed(ctx context.Context, op plan.Seed) error {
	who, err := w.Identity()
	if err != nil {
		return err
	}
	files := seedApp
	if op.Repository == shop.ConfigurationRepository {
		files = seedConfiguration
	}
	b := git.NewBatch(w.repository(op.Repository))
	set := fileSet{}
	for path, text := range files {
		set[path] = []byte(text)
	}
	tree, err := commitFiles(b, git.ID{}, set)
	if err != nil {
		return err
	}
	sign := git.Signature{Name: who.Name, Email: who.Email, When: w.Now()}
	commit, err := b.PutCommit(git.Commit{Tree: tree, Author: sign, Committer: sign, Message: "Begin with what shopctl needs\n"})
	if err != nil {
		return err
	}
	return w.repository(op.Repository).Push(ctx, []git.Update{{Ref: shop.MainBranch, New: commit}}, b)
}

var seedConfiguration = map[string]string{
	// Kustomize refuses one that holds nothing at all.
	"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nmetadata:\n  name: configuration\n",
}

var seedApp = map[string]string{
	"kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - web.yaml
images:
  - name: web
    newName: registry.example/web
    newTag: latest
`,
	"web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: web
          envFrom:
            - configMapRef: {name: shopset}
          ports:
            - containerPort: 3000
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: 3000
`,
}
