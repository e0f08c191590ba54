package render

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shopctl/shopctl/internal/intent"
)

const wildcardFile = "wildcard.yaml"

// The kinds of Kustomize that the configuration's path may hold.
const (
	component     = "Component"
	kustomization = "Kustomization"
)

// overlay is the kustomization.yaml of a ShopSet. Names keep their base names, for
// no transformer rewrites the Service that an HTTPRoute names: a ShopSet has a
// namespace of its own instead.
func overlay(in Input) ([]byte, error) {
	parameters, err := in.parameters()
	if err != nil {
		return nil, err
	}
	resources := []string{under("base", in.Configuration.Base)}
	var components []string
	if in.Configuration.Path != "" {
		switch config := under("config", in.Configuration.Path); in.Facts.Config {
		case component:
			components = []string{config}
		case kustomization:
			resources = append(resources, config)
		default:
			return nil, fmt.Errorf("nothing is known of the configuration's %q", in.Configuration.Path)
		}
	}
	if in.wildcard() {
		resources = append(resources, wildcardFile)
	}
	var literals []string
	for _, key := range slices.Sorted(maps.Keys(parameters)) {
		literals = append(literals, key+"="+literal(parameters[key]))
	}
	k := object{
		"apiVersion": "kustomize.config.k8s.io/v1beta1",
		"kind":       kustomization,
		"namespace":  intent.Namespace(in.ShopSet),
		"resources":  resources,
		"labels":     []object{{"pairs": in.labels()}},
		"configMapGenerator": []object{{
			"name":     parametersName,
			"literals": literals,
			"options":  object{"disableNameSuffixHash": true}, // envFrom names it as it is
		}},
	}
	if components != nil {
		k["components"] = components
	}
	return append([]byte(header), document(k)...), nil
}

// parametersName is the ConfigMap that tells the application where it runs.
const parametersName = "shopset"

// parameters are the data of the ConfigMap: the Configuration's, over them the
// ShopSet's, and what shopctl knows.
func (in Input) parameters() (map[string]string, error) {
	domain := intent.FailureDomain(in.ShopSet, in.Cluster)
	if domain == "" {
		return nil, fmt.Errorf("cluster %q has several failure domains and the ShopSet names none", in.Cluster.Name)
	}
	all := map[string]string{}
	maps.Copy(all, in.Configuration.Parameters)
	maps.Copy(all, in.ShopSet.Parameters)
	maps.Copy(all, map[string]string{
		"SYSTEM":         in.Policy.Name,
		"TIER":           string(in.Tier.Name),
		"SHOPSET":        string(in.ShopSet.Name),
		"CLUSTER":        in.Cluster.Name,
		"FAILURE_DOMAIN": domain,
	})
	return all, nil
}

// literal keeps Kustomize from taking off the quotes that belong to a value: it
// takes one pair off when both ends have the same.
func literal(v string) string {
	if n := len(v); n >= 2 && v[0] == v[n-1] && (v[0] == '"' || v[0] == '\'') {
		return `"` + v + `"`
	}
	return v
}
