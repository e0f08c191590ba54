package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// inCluster is the cluster that Argo CD itself runs in.
const inCluster = "https://kubernetes.default.svc"

// The kinds of Application, as their label says.
const (
	kindRoot    = "root"
	kindShopSet = "shopset"
	kindShops   = "shops"
)

// No Application carries the annotation manifest-generate-paths: with it Argo CD
// checks a revision out without its submodules first, and may then generate the
// release before under the new revision (decision 13).

// applications are the two of a ShopSet: its overlay, and its routes.
func applications(in Input) []byte {
	dir := "shopsets/" + string(in.ShopSet.Name)
	app := in.application(kindShopSet, "", object{"path": dir})
	// The last shop of a ShopSet may leave it.
	shops := in.application(kindShops, "-shops", object{"path": dir + "/shops"})
	if automated, has := shops["spec"].(object)["syncPolicy"].(object)["automated"].(object); has {
		automated["allowEmpty"] = true
	}
	return slices.Concat([]byte(header), document(app), []byte("---\n"), document(shops))
}

func (in Input) application(kind, suffix string, source object) object {
	labels := in.labels()
	labels["shopset.dev/cluster"] = in.Cluster.Name
	labels["shopset.dev/kind"] = kind
	source["repoURL"] = Fetch(in.Policy.Repositories.System)
	source["targetRevision"] = string(in.Tier.Name)
	destination := object{"namespace": intent.Namespace(in.ShopSet)}
	maps.Copy(destination, clusterOf(in.Cluster))
	policy := object{"syncOptions": []string{"CreateNamespace=true"}}
	if intent.SyncOf(in.Tier) == "auto" {
		policy["automated"] = object{"prune": true, "selfHeal": true}
	}
	return object{
		"apiVersion": "argoproj.io/v1alpha1",
		"kind":       "Application",
		"metadata": object{
			"name":      in.Policy.Name + "-" + string(in.ShopSet.Name) + suffix,
			"namespace": intent.ArgoCDNamespace(in.Policy),
			"labels":    labels,
			// A ShopSet that leaves the intent takes its objects along.
			"finalizers": []string{"resources-finalizer.argocd.argoproj.io"},
		},
		"spec": object{
			"project":     Project(in.Policy, in.Tier.Name),
			"source":      source,
			"destination": destination,
			"syncPolicy":  policy,
		},
	}
}

// clusterOf is the cluster of a destination, by address or by name.
func clusterOf(c shop.Cluster) object {
	if strings.Contains(c.Destination, "://") {
		return object{"server": c.Destination}
	}
	return object{"name": c.Destination}
}

// Project is the name of a tier's AppProject and of its root Application.
func Project(p shop.Policy, t shop.Tier) string { return p.Name + "-" + string(t) }

// Bootstrap is the file that is applied to Argo CD once: the AppProject of a tier
// and the root Application that follows the tier's argocd/ folder. A new Cluster
// changes it, a new ShopSet does not.
func Bootstrap(p shop.Policy, t shop.TierSpec, clusters map[string]*shop.Cluster) (path string, data []byte) {
	metadata := func() object {
		return object{
			"name":      Project(p, t.Name),
			"namespace": intent.ArgoCDNamespace(p),
			"labels": object{
				"shopset.dev/system": p.Name,
				"shopset.dev/tier":   string(t.Name),
				"shopset.dev/kind":   kindRoot,
			},
		}
	}
	project := object{
		"apiVersion": "argoproj.io/v1alpha1",
		"kind":       "AppProject",
		"metadata":   metadata(),
		"spec": object{
			"description":  "Tier " + string(t.Name) + " of " + p.Name,
			"sourceRepos":  []string{Fetch(p.Repositories.System)},
			"destinations": destinations(p, clusters),
			// All else is namespaced: a ShopSet shares its cluster with others.
			"clusterResourceWhitelist": []object{{"group": "", "kind": "Namespace"}},
		},
	}
	root := object{
		"apiVersion": "argoproj.io/v1alpha1",
		"kind":       "Application",
		"metadata":   metadata(),
		"spec": object{
			"project": Project(p, t.Name),
			"source": object{
				"repoURL":        Fetch(p.Repositories.System),
				"targetRevision": string(t.Name),
				"path":           "argocd",
			},
			"destination": object{"server": inCluster, "namespace": intent.ArgoCDNamespace(p)},
			// Applications appear by themselves; in a manual tier they leave, and take
			// a ShopSet along, only at a sync.
			"syncPolicy": object{"automated": object{"prune": intent.SyncOf(t) == "auto", "selfHeal": true}},
		},
	}
	return "bootstrap/" + string(t.Name) + ".yaml", slices.Concat([]byte(header), document(project), []byte("---\n"), document(root))
}

// destinations are the clusters of the system, and the place of the Applications
// themselves. Namespaces are open: each ShopSet brings its own.
func destinations(p shop.Policy, clusters map[string]*shop.Cluster) []object {
	all := []object{{"server": inCluster, "namespace": intent.ArgoCDNamespace(p)}}
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(clusters)) {
		c := *clusters[name]
		if seen[c.Destination] {
			continue
		}
		seen[c.Destination] = true
		d := clusterOf(c)
		d["namespace"] = "*"
		all = append(all, d)
	}
	return all
}
