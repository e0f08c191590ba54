package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// initialise sets a system up. What is there stays; what is missing is made,
// the system repository last.
func initialise(g shop.Init, have shop.State) ([]Op, error) {
	if have.Found.Foreign {
		return nil, &Stop{Why: Foreign, Repository: shop.SystemRepository, Commit: have.Main}
	}
	if have.Main != "" {
		return roots(have), nil
	}
	var ops []Op
	for _, repo := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository} {
		if repo == shop.ConfigurationRepository && !have.HasConfiguration {
			continue
		}
		branches, err := initBranches(g, have, repo)
		if err != nil {
			return nil, err
		}
		ops = append(ops, branches...)
	}
	if g.Base, g.Service = orFound(g.Base, have.Found.Base), theService(g, have.Found); seeds(have, shop.AppRepository) {
		g.Base, g.Service = ".", "web"
	}
	if g.Base == "" {
		return nil, &Stop{Why: NoBase, Repository: shop.AppRepository}
	}
	if g.Service == "" {
		return nil, &Stop{Why: NoService, Repository: shop.AppRepository, Text: strings.Join(have.Found.Services, " ")}
	}
	sys := WriteSystem{Edits: initEdits(g, have), Title: "Set up " + g.System}
	top := have.Tiers[g.Tiers-1]
	r := shop.Release{App: orFoundID(top.App, have, shop.AppRepository), Configuration: orFoundID(top.Configuration, have, shop.ConfigurationRepository)}
	for n := range g.Tiers {
		t := have.Tiers[n]
		sys.Tiers = append(sys.Tiers, TierWrite{Tier: shop.TierAt(n), Release: r, System: t.System,
			App:           orFoundID(t.App, have, shop.AppRepository),
			Configuration: orFoundID(t.Configuration, have, shop.ConfigurationRepository)})
	}
	ops = append(ops, sys)
	if !have.ArgoCD.None && have.ArgoCD.Silent == "" {
		for n := range g.Tiers {
			ops = append(ops, InstallRoot{shop.TierAt(n)})
		}
	}
	return ops, nil
}

// roots gives Argo CD what it does not have yet.
func roots(have shop.State) (ops []Op) {
	for _, t := range have.Tiers {
		ops = append(ops, root(have, t)...)
	}
	return ops
}

func root(have shop.State, t shop.TierState) []Op {
	if t.Rooted || have.ArgoCD.None || have.ArgoCD.Silent != "" {
		return nil
	}
	return []Op{InstallRoot{t.Spec.Name}}
}

func seeds(have shop.State, repo shop.Repository) bool { return have.Found.Heads[repo] == "" }

// initBranches makes the tier branches of one repository at the tip of its
// default branch, and leaves those that are there if they are in order.
func initBranches(g shop.Init, have shop.State, repo shop.Repository) (ops []Op, err error) {
	if seeds(have, repo) {
		ops = append(ops, Seed{repo})
	}
	create := CreateBranches{Repository: repo}
	var below shop.CommitID
	for n := range g.Tiers {
		t := have.Tiers[n]
		tip := t.App
		if repo == shop.ConfigurationRepository {
			tip = t.Configuration
		}
		switch {
		case tip == "":
			to := have.Found.Heads[repo]
			if below != "" {
				to = below // of branches that are there the lowest decides
			}
			create.Tiers, create.To = append(create.Tiers, shop.TierAt(n)), append(create.To, to)
			below = to
		case below != "" && !have.Graph.Contains(repo, tip, below):
			return nil, &Stop{Why: Unordered, Tier: shop.TierAt(n), Repository: repo, Commit: tip}
		default:
			below = tip
		}
	}
	if len(create.Tiers) > 0 {
		ops = append(ops, create)
	}
	return ops, nil
}

func orFound(given, found string) string {
	if given != "" {
		return given
	}
	return found
}

func orFoundID(tip shop.CommitID, have shop.State, repo shop.Repository) shop.CommitID {
	if tip != "" {
		return tip
	}
	return have.Found.Heads[repo]
}

// theService is the one that was named, else web, else the only one.
func theService(g shop.Init, found shop.Found) string {
	switch {
	case g.Service != "":
		return g.Service
	case slices.Contains(found.Services, "web"):
		return "web"
	case len(found.Services) == 1:
		return found.Services[0]
	}
	return ""
}

// initEdits is the intent that init writes.
func initEdits(g shop.Init, have shop.State) (edits []shop.Edit) {
	add := func(kind shop.Kind, name string, value any) {
		edits = append(edits, shop.Edit{Kind: kind, Name: name, Value: value})
	}
	add(shop.KindPolicy, g.System, &shop.Policy{Name: g.System, Repositories: g.Repositories})
	for n := range g.Tiers {
		spec := &shop.TierSpec{Name: shop.TierAt(n)}
		if g.Live && n == g.Tiers-1 {
			spec.Protection = "name"
		}
		add(shop.KindTier, string(spec.Name), spec)
	}
	configuration := &shop.Configuration{Name: "default", Base: g.Base, Service: g.Service, Path: have.Found.Path}
	if g.Base == "." {
		configuration.Base = ""
	}
	add(shop.KindConfiguration, "default", configuration)
	add(shop.KindCluster, "in-cluster", &shop.Cluster{Name: "in-cluster", Destination: "in-cluster"})
	for n := range g.Tiers {
		name := FirstShopSet(shop.TierAt(n))
		add(shop.KindShopSet, string(name), &shop.ShopSet{Name: name, Tier: shop.TierAt(n), Configuration: "default", Cluster: "in-cluster"})
	}
	return edits
}

// FirstShopSet is the name that init gives to a tier's first ShopSet: s-001,
// s-101, s-201 and so on.
func FirstShopSet(t shop.Tier) shop.ShopSetID {
	return shop.ShopSetID(fmt.Sprintf("s-%d01", t.Number()))
}
