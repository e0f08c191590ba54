package render

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// Assert builds the overlay of a ShopSet in memory, as `kubectl kustomize` would on
// a clone of the tier branch, and looks at the result: a Kustomize build that does
// something else than was meant succeeds silently. It gives what was built.
func Assert(in Input, files Files, base, config Tree) ([]byte, error) {
	dir := "shopsets/" + string(in.ShopSet.Name)
	w := &clone{files: files, base: base, config: config}
	built, err := w.build(dir)
	if err != nil {
		return nil, err
	}
	for _, check := range []func() error{
		func() error { return placed(built, intent.Namespace(in.ShopSet)) },
		func() error { return labelled(built, in.labels()) },
		func() error { return told(built, in) },
		func() error { return serves(built, in.Configuration.Service, intent.Port(in.Configuration)) },
		func() error { return routed(built, files, dir) },
		func() error { return ownTier(built, in.Tier.Name) },
	} {
		if err := check(); err != nil {
			return nil, fmt.Errorf("check %s: %w", dir, err)
		}
	}
	out, err := built.AsYaml()
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", dir, err)
	}
	return out, nil
}

func decodeObject(r *resource.Resource, into any) error {
	text, err := r.AsYAML()
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, into)
}

func labelled(built resmap.ResMap, want map[string]string) error {
	for _, r := range built.Resources() {
		have := r.GetLabels()
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if have[key] != want[key] {
				return fmt.Errorf("%s %q has label %s %q, not %q", r.GetKind(), r.GetName(), key, have[key], want[key])
			}
		}
	}
	return nil
}

// told reports whether the ConfigMap says to the application where it runs.
func told(built resmap.ResMap, in Input) error {
	want, err := in.parameters()
	if err != nil {
		return err
	}
	for _, r := range built.Resources() {
		if r.GetKind() != "ConfigMap" || r.GetName() != parametersName {
			continue
		}
		have := r.GetDataMap()
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if have[key] != want[key] {
				return fmt.Errorf("ConfigMap %q has %s=%q, not %q", parametersName, key, have[key], want[key])
			}
		}
		return nil
	}
	return fmt.Errorf("there is no ConfigMap %q", parametersName)
}

// backend is a Service as routes name it: the port on the line after the name, or
// for an Ingress one further.
var backend = regexp.MustCompile(`(?m)^ +(?:- )?name: "?([a-z0-9.-]+)"?\n +port:(?: |\n +number: )([0-9]+)$`)

// generated is a Service that a file of routes brings itself.
var generated = regexp.MustCompile(`(?m)^kind: Service\nmetadata:\n(?:  .*\n)*?  name: ([a-z0-9-]+)$`)

// routed reports whether every Service that a route names was built, or is one
// that was generated for a maintenance.
func routed(built resmap.ResMap, files Files, dir string) error {
	known := map[string]bool{}
	answers := map[string]bool{}
	for file, data := range files {
		if path.Dir(file) != dir+"/shops" {
			continue
		}
		for _, m := range generated.FindAllSubmatch(data, -1) {
			answers[string(m[1])] = true
		}
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if path.Dir(file) != dir+"/shops" || path.Base(file) == keep || path.Base(file) == closedFile {
			continue
		}
		all := backend.FindAllSubmatch(files[file], -1)
		if len(all) == 0 {
			return fmt.Errorf("%s names no Service", file)
		}
		for _, m := range all {
			if known[string(m[0])] || answers[string(m[1])] && string(m[2]) == "80" {
				continue
			}
			var port int
			if _, err := fmt.Sscan(string(m[2]), &port); err != nil {
				return fmt.Errorf("%s: port %q: %w", file, m[2], err)
			}
			if err := serves(built, string(m[1]), port); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			known[string(m[0])] = true
		}
	}
	return nil
}

// ownTier reports whether no object names another tier (I9): app and configuration
// branches hold nothing that does.
func ownTier(built resmap.ResMap, own shop.Tier) error {
	for _, r := range built.Resources() {
		if r.GetKind() == "ConfigMap" && r.GetName() == parametersName {
			continue // told looked at it; a parameter may name anything
		}
		var n yaml.Node
		if err := decodeObject(r, &n); err != nil {
			return fmt.Errorf("read %s %q: %w", r.GetKind(), r.GetName(), err)
		}
		if other := otherTier(&n, own); other != "" {
			return fmt.Errorf("%s %q names %s, in %s (I9)", r.GetKind(), r.GetName(), other, own)
		}
	}
	return nil
}

func otherTier(n *yaml.Node, own shop.Tier) shop.Tier {
	if t := shop.Tier(n.Value); n.Kind == yaml.ScalarNode && t != own && t.Number() >= 0 {
		return t
	}
	for _, c := range n.Content {
		if t := otherTier(c, own); t != "" {
			return t
		}
	}
	return ""
}

var tierLine = regexp.MustCompile(`(?m)^ *(?:shopset\.dev/tier|targetRevision): "?([^"\n]*)"?$`)

// Check9 holds the files of a tier branch against I9: there are only those of
// ShopSets of this tier, and what all tiers share.
func Check9(files Files, t shop.Tier) error {
	for _, file := range slices.Sorted(maps.Keys(files)) {
		top, rest, _ := strings.Cut(file, "/")
		switch {
		case file == ".gitmodules", path.Base(file) == keep:
			continue
		case top == "argocd" && strings.HasSuffix(rest, ".yaml") && !strings.Contains(rest, "/"):
			set := strings.TrimSuffix(rest, ".yaml")
			if _, has := files["shopsets/"+set+"/kustomization.yaml"]; !has {
				return fmt.Errorf("I9: %s is there without the overlay of ShopSet %q", file, set)
			}
		case top == "shopsets":
			set, _, _ := strings.Cut(rest, "/")
			if _, has := files["argocd/"+set+".yaml"]; !has {
				return fmt.Errorf("I9: %s is there without the Applications of ShopSet %q", file, set)
			}
		default:
			return fmt.Errorf("I9: %s belongs to no ShopSet of %s", file, t)
		}
		found := tierLine.FindAllSubmatch(files[file], -1)
		if len(found) == 0 {
			return fmt.Errorf("I9: %s names no tier", file)
		}
		for _, m := range found {
			if !bytes.Equal(m[1], []byte(t)) {
				return fmt.Errorf("I9: %s names tier %q, on %s", file, m[1], t)
			}
		}
	}
	return nil
}
