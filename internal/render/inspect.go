package render

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// Inspect builds the base of a Configuration with its settings once, and says what
// rendering has to know of them. It refuses trees that no ShopSet could run: no
// kustomization, no such Service or port, objects that belong to the whole cluster.
func Inspect(c shop.Configuration, p shop.Policy, base, config Tree) (Facts, error) {
	var facts Facts
	w := &clone{base: base, config: config}
	if _, _, err := w.kustomizationIn("/" + path.Join("base", c.Base)); err != nil {
		return facts, fmt.Errorf("Configuration %q: the app repository has %w", c.Name, err)
	}
	if c.Path != "" {
		kind, err := w.kindOf("/" + path.Join("config", c.Path))
		if err != nil {
			return facts, fmt.Errorf("Configuration %q: the configuration repository has %w", c.Name, err)
		}
		facts.Config = kind
	}
	in := Input{Policy: p, Tier: shop.TierSpec{Name: "tier-0"}, Configuration: c, Facts: facts,
		ShopSet: shop.ShopSet{Name: "inspected"}, Cluster: shop.Cluster{Name: "inspected"}}
	in.Policy.Wildcard = nil
	k, err := overlay(in)
	if err != nil {
		return facts, fmt.Errorf("Configuration %q: %w", c.Name, err)
	}
	w.files = Files{"shopsets/inspected/kustomization.yaml": k}
	built, err := w.build("shopsets/inspected")
	if err != nil {
		return facts, fmt.Errorf("Configuration %q: %w", c.Name, err)
	}
	if err := serves(built, c.Service, intent.Port(c)); err != nil {
		return facts, fmt.Errorf("Configuration %q: %w", c.Name, err)
	}
	if err := placed(built, "inspected"); err != nil {
		return facts, fmt.Errorf("Configuration %q: %w", c.Name, err)
	}
	if ports := servicePorts(built, intent.MaintenanceService(p)); len(ports) > 0 {
		facts.MaintenancePort = ports[0]
	}
	return facts, nil
}

// kindOf is the kind of a folder's kustomization.
func (w *clone) kindOf(dir string) (string, error) {
	file, data, err := w.kustomizationIn(dir)
	if err != nil {
		return "", err
	}
	root, err := mapping(file, data)
	if err != nil {
		return "", err
	}
	kind := valueOf(root, "kind")
	switch {
	case kind == nil, kind.Value == kustomization:
		return kustomization, nil
	case kind.Value == component:
		return component, nil
	}
	return "", fmt.Errorf("%s:%d: kind %q is neither %s nor %s", shown(file), kind.Line, kind.Value, component, kustomization)
}

// servicePorts are the ports of a Service, none when there is no such Service.
func servicePorts(built resmap.ResMap, name string) (ports []int) {
	for _, r := range built.Resources() {
		if r.GetKind() != "Service" || r.GetGvk().Group != "" || r.GetName() != name {
			continue
		}
		var service struct {
			Spec struct {
				Ports []struct {
					Port int `yaml:"port"`
				} `yaml:"ports"`
			} `yaml:"spec"`
		}
		if err := decodeObject(r, &service); err != nil {
			return nil
		}
		for _, p := range service.Spec.Ports {
			ports = append(ports, p.Port)
		}
	}
	return ports
}

// serves reports whether a Service with a port was built.
func serves(built resmap.ResMap, name string, port int) error {
	ports := servicePorts(built, name)
	if len(ports) == 0 {
		var have []string
		for _, r := range built.Resources() {
			if r.GetKind() == "Service" {
				have = append(have, r.GetName())
			}
		}
		if len(have) == 0 {
			return fmt.Errorf("the base has no Service %q, nor any other", name)
		}
		return fmt.Errorf("the base has no Service %q, but %s", name, strings.Join(have, ", "))
	}
	for _, p := range ports {
		if p == port {
			return nil
		}
	}
	return fmt.Errorf("Service %q has no port %d, but %s", name, port, strings.Trim(fmt.Sprint(ports), "[]"))
}

// placed reports whether every object lies in a namespace.
func placed(built resmap.ResMap, namespace string) error {
	for _, r := range built.Resources() {
		switch own := r.GetNamespace(); own {
		case namespace:
		case "":
			return fmt.Errorf("%s %q belongs to the whole cluster: ShopSets that share it would fight over it", r.GetKind(), r.GetName())
		default:
			return fmt.Errorf("%s %q is in namespace %q, not in %q", r.GetKind(), r.GetName(), own, namespace)
		}
	}
	return nil
}
